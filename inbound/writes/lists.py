"""Which writes the pages show: what waits for a person, and the money and SIMs of a day to reconcile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import User
from inbound.fields import kinship_words
from inbound.models import OutsideWrite
from inbound.outside.actions import actions
from inbound.writes.limits import of_the_day
from inbound.writes.states import State
from screens.spreadsheets import Sheet
from screens.templatetags.screens import masked_card, masked_text
from service_level.days import LA_PAZ
from systems.registry import name_of

FOR_A_PERSON = (State.APPROVAL, State.UNCERTAIN, State.PARKED, State.REFUSED, State.BY_HAND)
UNDER_WAY = (State.WAITING, State.SENDING)
SHOWN: dict[str, tuple[str | Promise, tuple[OutsideWrite.State, ...]]] = {
    "person": (gettext_lazy("Por resolver"), FOR_A_PERSON),  # but for what was seen to: wait_for_a_person
    "approval": (gettext_lazy("Por aprobar"), (State.APPROVAL,)),
    "uncertain": (gettext_lazy("Inciertas"), (State.UNCERTAIN,)),
    "under_way": (gettext_lazy("En camino"), UNDER_WAY),
    "done": (gettext_lazy("Hechas"), (State.DONE,)),
    "not_done": (gettext_lazy("No hechas"), (State.NOT_DONE,)),
}


@dataclass(frozen=True)
class Asked:
    """The filters of the list."""

    show: str = "person"
    system: str = ""


@dataclass(frozen=True)
class SystemTotal:
    """What a day came to in one system: all that was asked, what is done with its amount, and what is open."""

    system: str
    asked: int
    done: int
    amount: Decimal
    not_done: int
    open: int


def find_writes(*, asked: Asked, user: User) -> QuerySet[OutsideWrite]:
    """What `user` may see of what is asked for, the longest waiting first; of what is settled the newest."""
    found = _of_system(OutsideWrite.objects.visible_to(user), asked.system)
    newest_first = asked.show in ("done", "not_done")
    of_the_tab = found.filter(state__in=SHOWN[asked.show][1])
    of_the_tab = wait_for_a_person(of_the_tab) if asked.show == "person" else of_the_tab
    ordered = of_the_tab.order_by("-owed_at" if newest_first else "owed_at", "pk")
    return ordered.select_related("owed_by", "walk__line")


def wait_for_a_person(writes: QuerySet[OutsideWrite]) -> QuerySet[OutsideWrite]:
    """Those that somebody has to see to; not one that was refused, and whoever worked its card has settled it."""
    is_settled = Q(card__settled_at__isnull=False) | Q(card__merged_into__settled_at__isnull=False)
    return writes.filter(state__in=FOR_A_PERSON).exclude(is_settled, state=State.REFUSED)


def count_writes(*, asked: Asked, user: User) -> dict[str, int | None]:
    """How many each tab has; those that only grow are not counted."""
    found = _of_system(OutsideWrite.objects.visible_to(user), asked.system)
    each = [wait_for_a_person(found), found.filter(state__in=UNDER_WAY)]
    by_state = {state: n for some in each for state, n in some.values_list("state").annotate(Count("pk"))}
    counts: dict[str, int | None] = dict.fromkeys(SHOWN)
    for show in ("person", "approval", "uncertain", "under_way"):
        counts[show] = sum(by_state.get(state, 0) for state in SHOWN[show][1])
    return counts


def of_day(*, day: date, user: User, system: str = "") -> QuerySet[OutsideWrite]:
    """The accountable writes asked for on a day, in order: the list that is held against the other system's own."""
    noon = datetime.combine(day, time(12), LA_PAZ)
    found = of_the_day(OutsideWrite.objects.visible_to(user).filter(is_accountable=True), now=noon)
    return _of_system(found, system).select_related("owed_by", "settled_by", "walk__line").order_by("owed_at", "pk")


def totals_of(writes: QuerySet[OutsideWrite]) -> list[SystemTotal]:
    """What they come to by system; one query."""
    done, not_done = Q(state=State.DONE), Q(state__in=(State.NOT_DONE, State.REFUSED))
    found = (
        writes.order_by()
        .values("system")
        .annotate(
            asked=Count("pk"),
            done=Count("pk", filter=done),
            moved=Sum("amount", filter=done),
            undone=Count("pk", filter=not_done),
        )
    )
    totals = [
        SystemTotal(
            name_of(line["system"]),
            line["asked"],
            line["done"],
            line["moved"] or Decimal(0),
            line["undone"],
            line["asked"] - line["done"] - line["undone"],
        )
        for line in found
    ]
    return sorted(totals, key=lambda total: total.system)


def day_sheets(writes: QuerySet[OutsideWrite], *, masked: bool) -> list[Sheet]:
    """A day as a workbook: each operation, and the totals by system."""
    totals = totals_of(writes)
    heads = [
        _("Hora"), _("Agente"), _("Línea"), _("Sistema"), _("Operación"), _("A quién"), _("Monto (Bs)"),
        _("Lo pidió"), _("Carnet"), _("Parentesco"), _("Estado"), _("Referencia"), _("Resuelto"), _("Por"),
    ]  # fmt: skip
    of_system = [(total.system, total.asked, total.done, total.amount, total.not_done, total.open) for total in totals]
    system_heads = [
        *(_("Sistema"), _("Pedidas"), _("Hechas"), _("Bs hechos"), _("No hechas o rechazadas"), _("Sin resolver"))
    ]
    return [
        Sheet(_("Operaciones"), heads, _rows(writes, masked=masked)),
        Sheet(_("Por sistema"), system_heads, of_system),
    ]


def words_of(action: str) -> str:
    """What an action is called; one that is not in the registry any more is called by its name."""
    known = actions().get(action)
    return str(known.words) if known else action


def _of_system(writes: QuerySet[OutsideWrite], system: str) -> QuerySet[OutsideWrite]:
    return writes.filter(system=system) if system else writes


def _rows(writes: QuerySet[OutsideWrite], *, masked: bool) -> Iterable[list[Any]]:
    for one in writes:
        yield [
            one.owed_at, str(one.owed_by), one.walk.line.number, one.get_system_display(), words_of(one.action),
            masked_text(one.to_whom) if masked else one.to_whom, one.amount, one.requester_name,
            masked_card(one.requester_card) if masked and one.requester_card else one.requester_card,
            kinship_words(one.requester_kinship), one.get_state_display(), one.reference, one.settled_at,
            str(one.settled_by or ""),
        ]  # fmt: skip
