"""What the page of one escalation shows: its verbs with their forms or why not, its doubles, its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import Role, User
from escalations.dialling import Calling, calling_about, calls_about
from escalations.letters import units
from escalations.lifecycle import Verb, why_not
from escalations.mentioning import colleagues, unread_on
from escalations.models import Escalation, EscalationCall, Kind, Mention
from escalations.working import doubles_of
from screens.templatetags.screens import lasting
from telephony.calls_seen import talk_seconds, told_later
from telephony.models import OutgoingCall


@dataclass(frozen=True)
class Words:
    """How a verb is called on its button, what is said when it is done, and its key."""

    button: str | Promise
    done: str | Promise
    key: str = ""


WORDS: Mapping[Verb, Words] = {
    Verb.TAKE: Words(_("Tomar"), _("La tomó usted."), "t"),
    Verb.GO_ON: Words(_("Seguir con ella"), _("Sigue con ella."), "s"),
    Verb.RESOLVE: Words(_("Resolver"), _("Quedó resuelta."), "r"),
    Verb.INFORM: Words(_("Informar al cliente"), _("Cliente informado: quedó cerrada."), "i"),
    Verb.WAIT: Words(_("Esperar a una unidad"), _("Espera a la unidad."), "w"),
    Verb.REJECT: Words(_("No corresponde"), _("Quedó como que no corresponde."), "x"),
    Verb.NOTE: Words(_("Anotar"), _("Nota guardada."), "n"),
    Verb.HAND_OVER: Words(_("Entregar a otra persona"), _("Entregada."), "h"),
    Verb.GIVE_BACK: Words(_("Devolver"), _("Está otra vez entre las nuevas."), "d"),
    Verb.REOPEN: Words(_("Reabrir"), _("Reabierta: la tiene usted."), "o"),
    Verb.MERGE: Words(_("Unir"), _("La otra quedó unida a esta.")),
}
MAIN = (Verb.TAKE, Verb.GO_ON, Verb.INFORM, Verb.RESOLVE)  # the button of the page, the first that can be pressed
TOLD: Mapping[str, str | Promise] = {  # a line of the history
    "raise": _("Derivada"), "take": _("Tomada"), "give_back": _("Devuelta"), "hand_over": _("Entregada"),
    "wait": _("En espera"), "go_on": _("Se sigue con ella"), "resolve": _("Resuelta"),
    "reject": _("No corresponde"), "inform": _("Cliente informado"), "reopen": _("Reabierta"),
    "merge": _("Unida a otra"), "note": _("Nota"), "warn": _("Por vencer"), "breach": _("Venció sin resolver"),
    "by_itself": _("Resuelta por sí sola"),
}  # fmt: skip


@dataclass(frozen=True)
class VerbShown:
    """A verb that can be taken now, with its form."""

    verb: Verb
    words: Words
    form: forms.Form
    is_main: bool
    is_open: bool


@dataclass
class Refused:
    """Verbs that cannot be taken now for the same reason."""

    why: str
    words: list[str | Promise] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """A line of the history: what was done to the card, or a call that was asked for about it."""

    at: datetime
    told: str | Promise
    by: User | None
    note: str = ""


@dataclass(frozen=True)
class CardPage:
    """Everything of the page that the escalation's own row does not tell."""

    verbs: list[VerbShown]
    refused: list[Refused]
    doubles: list[Escalation]
    why_no_merge: str
    history: list[Line]
    calling: Calling
    units: list[str]
    mentions: list[Mention]
    colleagues: list[tuple[str, str]]
    below_verbs: list[str]
    below_history: list[str]


def card_page(
    *, escalation: Escalation, user: User, now: datetime, form_of: Callable[[Verb], forms.Form], opened: str = ""
) -> CardPage:  # fmt: skip
    """The page of an escalation for this person.

    `form_of` gives the form of a verb, `opened` is the verb whose form is unfolded. `escalation` comes with its kind
    and owner.
    """
    verbs: list[VerbShown] = []
    refused: dict[str, Refused] = {}
    main = next((verb for verb in MAIN if not why_not(verb, escalation=escalation, by=user)), None)
    for verb, words in WORDS.items():
        if verb == Verb.MERGE:  # stands beside each double
            continue
        if why := why_not(verb, escalation=escalation, by=user):
            refused.setdefault(why, Refused(why)).words.append(words.button)
            continue
        verbs.append(VerbShown(verb, words, form_of(verb), verb == main, verb == opened))
    asked = calls_about(escalation)
    calling = calling_about(escalation, asked, by=user, now=now)
    for shown in verbs:
        if shown.verb == Verb.INFORM and calling.call and not calling.call.is_answered_for:
            shown.form.initial["how"] = Escalation.How.TELEPHONE
    may_wait = any(shown.verb == Verb.WAIT for shown in verbs)
    return CardPage(
        verbs=verbs,
        refused=list(refused.values()),
        doubles=doubles_of(escalation, user=user) if escalation.state in Escalation.UNSETTLED else [],
        why_no_merge=why_not(Verb.MERGE, escalation=escalation, by=user),
        history=history_of(escalation, asked, now=now),
        calling=calling,
        units=list(units().values_list("name", flat=True)) if may_wait else [],
        mentions=unread_on(escalation=escalation, user=user) if user.steers_campaigns else [],
        colleagues=colleagues() if any(shown.verb == Verb.NOTE for shown in verbs) else [],
        below_verbs=_pieces("below_verbs", escalation),
        below_history=_pieces("below_history", escalation),
    )


def _pieces(place: str, escalation: Escalation) -> list[str]:
    """Addresses of what other rooms show on a card: the settings name their views, so that no lower room has to."""
    return [reverse(view, args=[escalation.pk]) for view in settings.CARD_PIECES[place]]


def history_of(escalation: Escalation, asked: list[EscalationCall], *, now: datetime) -> list[Line]:
    """Its changes and its calls (`asked`, of `calls_about`), the newest first, each with what it is called."""
    changes = escalation.changes.select_related("by").order_by("-pk")
    done = [Line(one.at, TOLD.get(one.verb, one.verb), one.by, one.note) for one in changes]
    called = [Line(one.asked_at, _called(one.call, now=now), one.by) for one in asked]
    # merged and not sorted: changes stay in the order they were made in, whatever their clocks said
    return list(merge(called, done, key=lambda line: line.at, reverse=True))


def _called(call: OutgoingCall, *, now: datetime) -> str:
    """«Llamada: contestó (0:42)»."""
    seconds = talk_seconds(call, now=now) if call.is_over else 0
    told = f"{told_later(call)} ({lasting(seconds)})" if seconds else told_later(call)
    return gettext("Llamada: %(what)s") % {"what": told}


def who_may_have(escalation: Escalation) -> QuerySet[User]:
    """Who works its kind, but for who has it: supervision, and agents where the calls are theirs to make."""
    others = _at_work(Q(role=Role.AGENT) if escalation.kind.worked_by == Kind.Worker.AGENT else Q())
    return others.exclude(pk=escalation.owner_id or 0)


def who_may_have_any() -> QuerySet[User]:
    """Who works cards of every kind: supervision."""
    return _at_work(Q())


def _at_work(besides: Q) -> QuerySet[User]:
    works = Q(role=Role.SUPERVISOR)
    return User.objects.filter(works | besides if besides else works, is_active=True).order_by("first_name", "username")
