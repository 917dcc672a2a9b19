"""What gives power over others takes two administrators: one asks, another confirms."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from agents import people
from agents.accounts import NOWHERE, Kind, Place, note
from agents.models import AccountEvent, PowerRequest, Role, User

POWERFUL = (Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR)  # an auditor reads everybody's work
VALID = timedelta(days=2)
REMEMBERED = timedelta(days=30)  # for so long an account that had power is dealt with as one that has
Outcome = PowerRequest.Outcome


class PowerRefused(Exception):
    """It is not asked for, or not decided; the message says why and what to do."""


def needs_two(role: str) -> bool:
    """Whether an account of this role has power over others, or reads all of them: it takes two hands."""
    return role in POWERFUL


def had_power(user: User, *, now: datetime) -> bool:
    """Whether it is such an account, or was until a month ago: whoever takes its role away has not its password yet; or
    is to be one: who asked for that has not put a password meanwhile.
    """
    asked_for = PowerRequest.objects.waiting().filter(user=user, kind=PowerRequest.Kind.ROLE)
    return needs_two(user.role) or asked_for.exists() or with_power_lately(now=now).filter(pk=user.pk).exists()


def with_power_lately(*, now: datetime) -> QuerySet[User]:
    """Who has power over others, or had it until a month ago."""
    in_the_audit = User._meta.get_field("events").related_model._default_manager
    copies = in_the_audit.filter(pgh_obj=OuterRef("pk"))
    last = copies.filter(role__in=POWERFUL).order_by("-pgh_id").values("pgh_id")[:1]
    after = copies.filter(pgh_id__gt=OuterRef("last_with_power"))
    lost_lately = Exists(after) & ~Exists(after.filter(pgh_created_at__lte=now - REMEMBERED))
    return User.objects.annotate(last_with_power=Subquery(last)).filter(Q(role__in=POWERFUL) | lost_lately)


def ask(
    *, kind: PowerRequest.Kind, user: User, by: User, now: datetime, role: str = "", password: str = ""
) -> PowerRequest:
    """Ask for it in the words of another administrator. `password`: the one that is to be. Raises PowerRefused."""
    expire(now=now)
    hashed = make_password(password) if password else ""
    try:
        with transaction.atomic():
            return PowerRequest.objects.create(
                kind=kind, user=user, role=role, password=hashed, asked_by=by, asked_at=now
            )
    except IntegrityError:
        raise PowerRefused(_("Eso mismo ya está pedido para %(user)s y espera.") % {"user": user}) from None


def set_role(*, user: User, role: str, by: User, now: datetime, place: Place = NOWHERE) -> bool:
    """Change it, or ask another administrator where it gives power. Returns whether it is done. Raises PowerRefused."""
    if needs_two(role):
        ask(kind=PowerRequest.Kind.ROLE, user=user, by=by, now=now, role=role)
        return False
    people.change_role(user=user, role=role, by=by, now=now, place=place)
    return True


def switch_on(*, user: User, by: User, now: datetime, place: Place = NOWHERE) -> bool:
    """Let her in again, or ask where she has power over others. Returns whether it is done. Raises PowerRefused."""
    if had_power(user, now=now):
        ask(kind=PowerRequest.Kind.ACTIVE, user=user, by=by, now=now)
        return False
    people.activate(user=user, by=by, now=now, place=place)
    return True


def take_off_factor(*, user: User, by: User, now: datetime, place: Place = NOWHERE) -> bool:
    """Now, or by another where she has power over others. Returns whether it is done. Raises PowerRefused."""
    if had_power(user, now=now):
        ask(kind=PowerRequest.Kind.FACTOR, user=user, by=by, now=now)
        return False
    people.take_off_second_factor(user=user, by=by, now=now, place=place)
    return True


def put_password(*, user: User, password: str, by: User, now: datetime, place: Place = NOWHERE) -> PowerRequest | None:
    """One's own at once, another's for one sign-in; or what was asked for, where she has power over others. Raises
    PowerRefused.
    """
    if user == by:
        people.change_own_password(user=user, password=password, now=now, place=place)
    elif had_power(user, now=now):
        return ask(kind=PowerRequest.Kind.PASSWORD, user=user, by=by, now=now, password=password)
    else:
        people.put_initial_password(user=user, password=password, by=by, now=now, place=place)
    return None


@transaction.atomic
def confirm(*, request: PowerRequest, by: User, now: datetime, place: Place = NOWHERE) -> None:
    """Do what was asked for. Raises PowerRefused: to who asked for it, and of what is decided or too old."""
    asked = _take(request, by=by, now=now)
    user, password = asked.user, asked.password
    asked.decided_by, asked.decided_at, asked.outcome, asked.password = by, now, Outcome.CONFIRMED, ""
    asked.save()
    words = _("pedido por %(by)s") % {"by": asked.asked_by}
    match asked.kind:
        case PowerRequest.Kind.ROLE:
            people.change_role(user=user, role=asked.role, by=by, now=now, place=place, words=words)
            if not user.is_active and not _was_switched_off(user, since=asked.asked_at):
                people.activate(user=user, by=by, now=now, place=place, words=words)
        case PowerRequest.Kind.PASSWORD:
            people.put_initial_password(user=user, hashed=password, by=by, now=now, place=place, words=words)
        case PowerRequest.Kind.FACTOR:
            people.take_off_second_factor(user=user, by=by, now=now, place=place, words=words)
        case PowerRequest.Kind.ACTIVE:
            people.activate(user=user, by=by, now=now, place=place, words=words)


@transaction.atomic
def refuse(*, request: PowerRequest, by: User, now: datetime, place: Place = NOWHERE) -> None:
    """Leave it as it is; whoever asked may take it back. Raises PowerRefused of what is decided."""
    asked = PowerRequest.objects.select_for_update(of=("self",)).select_related("user", "asked_by").get(pk=request.pk)
    if asked.outcome:
        raise PowerRefused(_("Ya se decidió: %(outcome)s.") % {"outcome": asked.get_outcome_display()})
    own = asked.asked_by_id == by.pk
    asked.decided_by, asked.decided_at, asked.outcome, asked.password = None if own else by, now, Outcome.REFUSED, ""
    asked.save()
    words = f"{asked.get_kind_display()}, " + _("pedido por %(by)s") % {"by": asked.asked_by}
    note(user=asked.user, kind=Kind.REFUSED, now=now, by=by, place=place, words=words)


def expire(*, now: datetime) -> int:
    """What nobody decided within two days is asked for no more. Returns how many."""
    old = PowerRequest.objects.waiting().filter(asked_at__lt=now - VALID)
    return old.update(outcome=Outcome.EXPIRED, decided_at=now, password="")


def _was_switched_off(user: User, *, since: datetime) -> bool:
    """By somebody who knew more than who asked: a role gives no way in again."""
    return AccountEvent.objects.filter(user=user, kind=Kind.DEACTIVATED, at__gte=since).exists()


def _take(request: PowerRequest, *, by: User, now: datetime) -> PowerRequest:
    asked = PowerRequest.objects.select_for_update(of=("self",)).select_related("user", "asked_by").get(pk=request.pk)
    if asked.outcome:
        raise PowerRefused(_("Ya se decidió: %(outcome)s.") % {"outcome": asked.get_outcome_display()})
    if asked.asked_at < now - VALID:
        raise PowerRefused(_("Se pidió hace más de dos días: pídalo otra vez."))
    if by.pk in (asked.asked_by_id, asked.user_id):
        raise PowerRefused(_("Lo confirma otra persona que administra, no quien lo pidió ni para quien es."))
    return asked
