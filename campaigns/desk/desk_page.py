"""What the desk shows: the open contact with its form, or why there is none and when there will be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop as _

from agents.models import Agent, PauseReason
from agents.pausing import PauseSeen, pause_of, reasons_to_pause
from campaigns.calling.calling_hours import local, on_clock
from campaigns.calling.days_left import days_left_in_words
from campaigns.calling.rulebook import NO_RESULT, RuleBook
from campaigns.desk.card_reading import read_card
from campaigns.desk.correcting import CORRECTED_WITHIN
from campaigns.desk.desk_card import Card
from campaigns.desk.giving import Nothing, why_nothing
from campaigns.desk.household import with_household
from campaigns.desk.own_work import Progress, own_progress
from campaigns.desk.placing import CallAtDesk, see_call, why_not_free
from campaigns.desk.script import SCRIPT, fill_script
from campaigns.desk.taking import Given, read_desk
from campaigns.models import Attempt, CallBack, Campaign, Disposition, ListEntry
from campaigns.promises_and_callbacks.call_backs import next_possible
from telephony.calls_seen import call_under_way
from telephony.seats import seat_of

NEXT_CALLS = 3
TO_SEE_WHOM = 3  # seconds, in a campaign that dials progressively: time to see who it is and to stop it
REASONS = (
    _("Precio"),
    _("Se cambió de empresa"),
    _("No usa el servicio"),
    _("Mal servicio"),
    _("Se traslada"),
    _("Viaja"),
)


@dataclass(frozen=True)
class Choice:
    """A disposition as the desk offers it: with the digit that chooses it."""

    disposition: Disposition
    key: str

    @property
    def needs(self) -> str:
        """The groups of fields it opens, for the page's script."""
        wanted = {
            "promise": self.disposition.requires_promise,
            "call-back": self.disposition.requires_call_back,
            "reason": self.disposition.requires_reason,
            "note": self.disposition.requires_note,
        }
        return " ".join(name for name, needed in wanted.items() if needed)


@dataclass(frozen=True)
class Desk:
    """The whole desk. Either `card` and its form, or `nothing`."""

    agent: Agent
    progress: Progress
    days_left: str
    given: Given | None = None
    card: Card | None = None
    script: str = ""
    keyed: list[Choice] = field(default_factory=list)
    others: list[Choice] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    suggested: dict[str, str] = field(default_factory=dict)  # of `values`, by the field's id: what follows what is owed
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    telephone: str = ""
    nothing: Nothing | None = None
    pause: PauseSeen | None = None
    countdown: int = 0
    waits: str = ""  # why the countdown does not begin yet
    reasons: tuple[str, ...] = REASONS
    now: datetime | None = None
    unseen: bool = False
    next_calls: list[CallBack] = field(default_factory=list)
    call: CallAtDesk | None = None  # of the open attempt, where the switchboard makes it
    is_in_another_call: bool = False  # to somebody whose result is recorded: it has to be hung up first
    is_lost: bool = False  # the reservation: what was said may still be recorded, nobody is dialled

    @property
    def shown(self) -> str:
        """What the page says to its pulse: it shows all this already."""
        return _mark(self.card, is_lost=self.is_lost) if self.card else ""

    @property
    def pause_reasons(self) -> list[PauseReason]:
        """Asked for by the whole page alone: its dialog stays while contacts come and go."""
        return reasons_to_pause()

    @property
    def calling(self) -> bool:
        return bool(self.given and self.given.attempt_id)

    @cached_property
    def has_seat(self) -> bool:
        """Whether the switchboard dials for her; asked for only where it is not the browser that does otherwise."""
        return seat_of(self.agent) is not None

    @property
    def dials_by_hand(self) -> bool:
        """Whether she dials first, and then says so."""
        return self.card is not None and self.card.dialling == Campaign.Dialling.MANUAL and not self.has_seat

    @property
    def may_dial_again(self) -> bool:
        """The telephone of the open attempt; where the switchboard called, what is told of the call offers it."""
        return self.may_be_called and not self.dials_by_hand and self.call is None

    @property
    def call_seconds(self) -> int:
        """How long the open call lasts; 0 without one."""
        attempt = self.given.attempt_id if self.given else None
        began = next((call.at for call in self.card.history if call.attempt_id == attempt), None) if self.card else None
        return max(int((self.now - began).total_seconds()), 0) if self.now and began and attempt else 0

    @property
    def open_since(self) -> str:
        """The name under which the browser keeps when it first showed this contact in this lease."""
        return f"{self.given.contact_id}-{self.given.fence}" if self.given else ""

    @property
    def may_dial(self) -> bool:
        return self.may_be_called and not self.calling

    @property
    def may_be_called(self) -> bool:
        return self.card is not None and not (self.is_lost or self.card.is_paid or self.card.is_gone)

    @property
    def asks_for_a_dial(self) -> bool:
        """Whether a result without a call is asked about; not of whom she may not dial, whatever he told her."""
        return self.may_dial and bool(self.telephone)

    @property
    def main_verb(self) -> str:
        """The one button that is primary: dialling until a result is chosen, then recording it."""
        chosen = self.values.get("disposition")
        return "dial" if self.may_dial and self.telephone and not chosen else "record"

    @property
    def dial_key(self) -> str:
        """Whoever pressed Enter for something else may press it twice: the second is not to call a customer."""
        return "m" if self.unseen else "Enter"

    @property
    def dial_key_shown(self) -> str:
        return "m" if self.unseen else "⏎"

    @property
    def dials_on_enter(self) -> bool:
        return self.main_verb == "dial" and not self.unseen and not self.errors


def lay_desk(
    *,
    agent: Agent,
    book: RuleBook,
    given: Given | None,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    problem: str = "",
    unseen: bool = False,
) -> Desk:
    """Read what the desk shows for `given`; `typed` is a refused form, shown again as it was.

    `unseen`: it stands there after a pause or in place of an old page, and calls nobody before its agent has looked.
    """
    card = read_card(contact_id=given.contact_id, agent=agent) if given else None
    card = with_household(card=card, agent=agent, book=book) if card else None
    progress = own_progress(agent=agent, book=book)
    if given is None or card is None:
        nothing = why_nothing(agent=agent, now=book.now, book=book)
        return Desk(
            agent=agent,
            progress=progress,
            days_left="",
            nothing=nothing,
            pause=pause_of(agent, now=book.now),
            problem=problem,
            now=book.now,
            next_calls=next_calls(agent=agent),
        )
    keyed, others = choices(book)
    called = next((call.telephone for call in card.history if call.attempt_id == given.attempt_id), None)
    agreed = card.call_back["telephone"] if card.call_back else ""
    usable = [line.number for line in card.usable]
    telephone = called if called is not None else (agreed if agreed in usable else next(iter(usable), ""))
    countdown = 0 if card.is_paid or card.is_gone or unseen else _countdown(card, agent=agent, book=book)
    waits = why_not_free(agent=agent) if countdown and not given.attempt_id else ""
    suggested = suggestions(card, book)
    call = see_call(attempt_id=given.attempt_id, book=book) if given.attempt_id else None
    proposed = {"disposition": call.proposed.code} if call and call.proposed else {}
    return Desk(
        agent=agent,
        progress=progress,
        days_left=days_left_in_words(hours=book.hours, now=book.now, last=card.calls_until),
        given=given,
        card=card,
        script=fill_script(card.script or SCRIPT, card, agent),
        keyed=keyed,
        others=others,
        values={**suggested, **proposed, "telephone": telephone, **(typed if typed is not None else card.draft)},
        suggested={"promised-on": suggested["promised_on"], "promised-amount": suggested["promised_amount"]},
        errors=errors or {},
        problem=problem,
        telephone=telephone,
        call=call,
        countdown=0 if waits else countdown,
        waits=waits,
        is_in_another_call=bool(waits) and call_under_way(agent=agent) is not None,
        now=book.now,
        unseen=unseen,
        next_calls=next_calls(agent=agent, but=card.pk),
    )


def _countdown(card: Card, *, agent: Agent, book: RuleBook) -> int:
    """Seconds until this customer is called without a click; 0: not at all.

    Progressive: one line an agent, rung at her telephone first, so nobody is called whom no agent speaks with. Who has
    no seat presses the button, as in preview.
    """
    if card.dialling == Campaign.Dialling.COUNTDOWN:
        return book.policy.countdown_seconds
    if card.dialling == Campaign.Dialling.PROGRESSIVE and seat_of(agent) is not None:
        return TO_SEE_WHOM
    return 0


def lay_again(
    *, agent: Agent, book: RuleBook, contact_id: int, fence: int, is_kept: bool, shown: str, unseen: bool
) -> Desk | None:
    """The desk of the contact that is open, when there is something else to show than `shown`; None when there is not.

    `is_kept`: it is still reserved for her. No call is counted down to: nobody has pressed anything.
    """
    card = read_card(contact_id=contact_id, agent=agent)
    if card is None or _mark(card, is_lost=not is_kept) == shown:
        return None
    opened = read_desk(agent=agent, book=book).open
    if opened is None or (opened.contact_id, opened.fence) != (contact_id, fence):
        opened = Given(contact_id, fence, book.now, "open")
    laid = lay_desk(agent=agent, book=book, given=opened, unseen=unseen)
    return replace(laid, countdown=0, waits="", is_lost=not is_kept)


def _mark(card: Card, *, is_lost: bool) -> str:
    return f"{card.mark}{'-' if is_lost else ''}"


def next_calls(*, agent: Agent, but: int = 0) -> list[CallBack]:
    """The agreed calls that come next, hers and her team's; not that of the contact `but`, whose card says it."""
    waiting = CallBack.objects.waiting_for_agent(agent).exclude(contact_id=but).select_related("contact")
    return list(waiting.order_by("due_at")[:NEXT_CALLS])


def choices(book: RuleBook) -> tuple[list[Choice], list[Choice]]:
    """The dispositions with a key of their own, and those under «Otro», which are numbered from 1 in their dialog."""
    active = [disposition for disposition in book.dispositions if disposition.is_active]
    keyed = [Choice(disposition, disposition.key) for disposition in active if disposition.key]
    others = [disposition for disposition in active if not disposition.key and disposition.code != NO_RESULT]
    keys = "123456789abcdefhijklm"
    return keyed, [Choice(disposition, keys[place]) for place, disposition in enumerate(others[: len(keys)])]


def last_results(*, agent: Agent, book: RuleBook) -> list[Attempt]:
    """Own results of today that may still be corrected, and calls that were left without one; newest first.

    `is_past` says that somebody else has or had the contact since: then there is nothing left to say about the call.
    """
    today = Attempt.objects.filter(campaign__in=book.in_hand, day=book.today, agent=agent, resulted_at__isnull=False)
    no_result = book.by_code.get(NO_RESULT)
    recent = today.filter(resulted_at__gte=book.now - CORRECTED_WITHIN)
    left = today.filter(disposition=no_result)
    same = OuterRef("contact_id")
    later = Attempt.objects.filter(contact_id=same, dialled_at__gt=OuterRef("dialled_at"))
    held = ListEntry.objects.filter(contact_id=same, lease_until__gt=book.now).exclude(lease_agent=agent)
    found = (recent | left).annotate(is_past=Exists(later) | Exists(held))
    found = found.select_related("contact", "disposition").order_by("-resulted_at")
    return [call for place, call in enumerate(found[:6]) if place == 0 or call.disposition_id == _pk(no_result)]


def suggestions(card: Card, book: RuleBook) -> dict[str, str]:
    """What the fields hold before anybody types: tomorrow or the due date, all that is owed, in two hours."""
    tomorrow = book.today + timedelta(days=1)
    due = min((line.due_on for line in card.services if line.left), default=tomorrow)
    latest = book.today + timedelta(days=book.policy.promise_days)
    campaign = Campaign(calls_from=book.today, calls_until=card.calls_until)
    hour = next_possible(campaign=campaign, after=_quarter(book.now + timedelta(hours=2)), book=book)
    hour = local(hour or on_clock(card.calls_until, book.hours.evening_starts))
    return {
        "promised_on": f"{min(max(tomorrow, min(due, latest)), latest):%Y-%m-%d}",
        "promised_amount": f"{card.total_left:.2f}".replace(".", ","),
        "call_back_day": f"{hour:%Y-%m-%d}",
        "call_back_time": f"{hour:%H:%M}",
        "call_back_personal": "personal",
    }


def _quarter(moment: datetime) -> datetime:
    return moment - timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)


def _pk(disposition: Disposition | None) -> int:
    return disposition.pk if disposition else 0
