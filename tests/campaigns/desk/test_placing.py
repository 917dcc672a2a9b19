"""The desk dials by the switchboard from where its agent sits, and by hand where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from agents.models import Agent, AgentState, By
from agents.states import Event, change_state
from campaigns.calling.rulebook import read_rules
from campaigns.calling.rules import CallRefused, why_not
from campaigns.desk.giving import give_next
from campaigns.desk.lease_sweep import sweep_leases
from campaigns.desk.placing import Dialled, dial_at_seat, proposed_for, see_call
from campaigns.desk.results import record_result
from campaigns.desk.uncalled import take_back_uncalled
from campaigns.models import Attempt, AttemptCall, Contact, Disposition, DoNotCall, ListEntry
from telephony.models import Extension, Listening, OutgoingCall, QueueCall, QueueRing, Switchboard
from telephony.outcomes import Outcome
from telephony.seats import sit_down
from tests.campaigns.desk.at_desk import at_desk
from tests.telephony.a_listener import linked

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
SignedIn = Callable[[Any], Client]


@pytest.fixture
def now(at: Callable[[str], datetime]) -> Iterator[datetime]:
    cache.clear()
    moment = at("2026-11-26 10:00")
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def opened(make_contact: Callable[..., Contact], ana: Agent, now: datetime) -> Contact:
    contact = make_contact(ana, "Rosa Flores")
    make_contact(ana, "Juan Rojas")
    give_next(agent=ana, now=now)
    return contact


@pytest.fixture
def board() -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)


@pytest.fixture
def seated(board: Switchboard, ana: Agent, now: datetime) -> Iterator[Agent]:
    sit_down(agent=ana, extension=Extension.objects.create(switchboard=board, number="1001"), now=now)
    with linked(board, now):
        yield ana


def dial(agent: Agent, contact: Contact, now: datetime, place: int = 0) -> Dialled:
    book = read_rules(now=now)
    return dial_at_seat(
        agent=agent, contact=contact, telephone=contact.telephones[place], now=now, mode="preview", book=book
    )


def ends(call: OutgoingCall | None, outcome: Outcome, now: datetime, *, customer_rang: bool = False) -> OutgoingCall:
    assert call is not None
    told: dict[str, Any] = {"state": "over", "outcome": outcome, "ended_at": now}
    if customer_rang:
        told["customer_rang_at"] = now
    OutgoingCall.objects.filter(pk=call.pk).update(**told)
    call.refresh_from_db()
    return call


def post(client: Client, name: str, contact: Contact, **more: Any) -> Any:
    fields = {"contact": contact.pk, "fence": ListEntry.objects.get(contact=contact).fence, **more}
    return client.post(reverse(f"campaigns:{name}"), fields, **HTMX)


def phase(client: Client, **shown: Any) -> Any:
    asked = {"attempt": Attempt.objects.get(resulted_at=None).pk, **shown}
    return client.get(reverse("campaigns:desk_call_phase"), asked, **HTMX)


def test_attempt_and_call_are_one_click(seated: Agent, opened: Contact, now: datetime) -> None:
    dialled = dial(seated, opened, now)
    assert dialled.call is not None
    assert (dialled.call.telephone, dialled.call.number) == ("PJSIP/1001", opened.telephones[0])
    joined = AttemptCall.objects.get()
    assert (joined.attempt, joined.call, joined.began_it) == (dialled.attempt, dialled.call, True)
    again = dial(seated, opened, now)
    assert (again.attempt, again.call) == (dialled.attempt, dialled.call)
    assert AttemptCall.objects.count() == 1


def test_without_a_seat_she_dials_by_hand_and_nothing_is_asked_for(ana: Agent, opened: Contact, now: datetime) -> None:
    assert dial(ana, opened, now).call is None
    assert not OutgoingCall.objects.exists()


def test_without_a_link_she_is_told_and_dials_by_hand(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    Listening.objects.update(lease_until=None, connected_at=None)
    answer = post(signed_in(seated), "desk_call", opened, telephone=opened.telephones[0])
    assert answer.status_code == 200
    assert "No hay enlace con la central" in answer.content.decode()
    assert answer["HX-Trigger-After-Swap"] == '{"dialled": {"link": "tel:+59170700001"}}'
    assert Attempt.objects.get().resulted_at is None
    assert not AttemptCall.objects.exists()


def test_the_rules_are_asked_at_the_moment_of_dialling(seated: Agent, opened: Contact, now: datetime) -> None:
    DoNotCall.objects.create(contract=opened.contract, since=now)
    with pytest.raises(CallRefused):
        dial(seated, opened, now)
    assert not OutgoingCall.objects.exists()


def test_the_desk_shows_the_phase_and_how_to_hang_up_and_opens_no_link(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(seated)
    answer = post(client, "desk_call", opened, telephone=opened.telephones[0])
    assert "HX-Trigger-After-Swap" not in answer
    assert "Por marcar" in answer.content.decode()
    call = OutgoingCall.objects.get()
    for state, words in (("agent_rings", "Timbra su teléfono"), ("customer_rings", "Timbra el cliente")):
        OutgoingCall.objects.update(state=state, sent_at=now, fence=1)
        told = phase(client, shown=f"{call.key}-asked")
        assert words in told.content.decode()
        assert "Colgar" in told.content.decode()
        assert phase(client, shown=f"{call.key}-{state}").status_code == 204
    OutgoingCall.objects.update(state="talking", answered_at=now - timedelta(seconds=42))
    assert 'data-counts="42"' in phase(client).content.decode()


def test_hanging_up_is_asked_for_once_and_shown(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(seated)
    dial(seated, opened, now)
    OutgoingCall.objects.update(state="customer_rings", sent_at=now, fence=1)
    page = post(client, "desk_hang_up", opened).content.decode()
    assert "Colgando" in page
    assert 'id="hang-up"' not in page
    assert OutgoingCall.objects.get().ending_asked_at == now


def test_what_was_not_sent_yet_is_hung_up_here_and_was_no_call(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    dial(seated, opened, now)
    page = post(signed_in(seated), "desk_hang_up", opened).content.decode()
    assert "No se llamó al cliente y no cuenta como intento" in page
    assert not Attempt.objects.exists()
    assert OutgoingCall.objects.get().outcome == Outcome.CANCELLED


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.NO_ANSWER, "no_answer"),
        (Outcome.BUSY, "busy"),
        (Outcome.CONGESTION, "technical_failure"),
        (Outcome.OUT_OF_REACH, "switched_off"),
        (Outcome.UNALLOCATED, "out_of_service"),
        (Outcome.MACHINE, "voicemail"),
        (Outcome.REJECTED, "hung_up"),
        (Outcome.ANSWERED, None),
        (Outcome.CANCELLED, None),
        (Outcome.FAILED, None),
        (Outcome.UNKNOWN, None),
    ],
)
def test_the_result_is_proposed_and_recorded_by_nobody(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime, outcome: Outcome, code: str | None
) -> None:
    call = ends(dial(seated, opened, now).call, outcome, now, customer_rang=True)
    proposed = proposed_for(call, book=read_rules(now=now))
    assert (proposed.code if proposed else None) == code
    told = phase(signed_in(seated))
    assert told.status_code == (200 if outcome == Outcome.UNKNOWN else 286)
    assert (f'data-proposes value="{code}"' in told.content.decode()) == (code is not None)
    page = at_desk(signed_in(seated)).content.decode()
    assert page.count("checked") == (1 if code else 0)
    assert Attempt.objects.get().resulted_at is None


def test_a_call_of_which_nobody_heard_is_found_again_by_the_page_that_shows_it(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    client, call = signed_in(seated), dial(seated, opened, now).call
    ends(call, Outcome.UNKNOWN, now)
    assert reverse("campaigns:desk_call_phase") in at_desk(client).content.decode(), "the page asks on"
    told = phase(client, shown="another")
    assert (told.status_code, "Colgar" in told.content.decode()) == (200, False)
    assert phase(client, shown=f"{OutgoingCall.objects.get().key}-over").status_code == 204
    OutgoingCall.objects.update(state="talking", outcome="", sent_at=now, fence=1, ended_at=None, answered_at=now)
    again = phase(client, shown=f"{OutgoingCall.objects.get().key}-over")
    assert (again.status_code, "Colgar" in again.content.decode()) == (200, True)


def test_an_unknown_end_is_said_to_be_unknown(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    ends(dial(seated, opened, now).call, Outcome.UNKNOWN, now)
    told = phase(signed_in(seated)).content.decode()
    assert "No se sabe: se perdió el enlace con la central" in told
    assert "Diga usted el resultado" in told
    assert Attempt.objects.filter(resulted_at=None).exists()


def test_what_she_chose_stands_beside_what_is_proposed(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(seated)
    post(client, "desk_draft", opened, disposition="busy", note="Suena raro")
    ends(dial(seated, opened, now).call, Outcome.NO_ANSWER, now, customer_rang=True)
    page = " ".join(at_desk(client).content.decode().split())
    checked = page[: page.index("checked")].rpartition('value="')[2]
    assert checked.startswith('busy"')


OWN_LEG = [
    *(Outcome.AGENT_BUSY, Outcome.AGENT_NO_ANSWER, Outcome.AGENT_REFUSED, Outcome.AGENT_ABSENT),
    *(Outcome.AGENT_CONGESTION, Outcome.NOT_PLACED, Outcome.CANCELLED),
]


@pytest.mark.parametrize("outcome", OWN_LEG)
def test_a_call_that_ended_at_her_own_telephone_is_no_attempt_and_she_may_dial_again(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime, outcome: Outcome
) -> None:
    client = signed_in(seated)
    ends(dial(seated, opened, now).call, outcome, now)
    told = phase(client)
    assert told["HX-Retarget"] == "#telephones"
    assert "No se llamó al cliente y no cuenta como intento" in told.content.decode()
    assert not Attempt.objects.exists()
    entry = ListEntry.objects.get(contact=opened)
    assert (entry.attempts, entry.last_attempt_at, entry.lease_agent) == (0, None, seated)
    assert why_not(contact=opened, now=now, agent=seated, telephone=opened.telephones[0]) == []
    again = dial(seated, opened, now)
    assert again.call is not None
    assert OutgoingCall.objects.count() == 2  # what was asked for before stays


def test_a_call_that_reached_the_customer_is_never_taken_back(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    first = dial(seated, opened, now)
    ends(first.call, Outcome.BUSY, now, customer_rang=True)
    second = dial(seated, opened, now + timedelta(seconds=1))
    assert second.attempt == first.attempt
    assert second.call != first.call
    ends(second.call, Outcome.AGENT_NO_ANSWER, now)
    assert take_back_uncalled(agent=seated) is None
    told = phase(signed_in(seated))
    assert told.status_code == 286
    assert "No levantó su teléfono" in told.content.decode()
    assert Attempt.objects.filter(resulted_at=None).exists()


def test_what_was_dialled_by_hand_before_is_never_taken_back(
    seated: Agent, board: Switchboard, opened: Contact, now: datetime
) -> None:
    Listening.objects.update(connected_at=None)
    dial(seated, opened, now)
    Listening.objects.update(connected_at=now)
    ends(dial(seated, opened, now).call, Outcome.AGENT_BUSY, now)
    assert take_back_uncalled(agent=seated) is None
    assert Attempt.objects.filter(resulted_at=None).exists()


def test_by_hand_after_her_telephone_failed_is_an_attempt_of_its_own(
    seated: Agent, opened: Contact, now: datetime
) -> None:
    ends(dial(seated, opened, now).call, Outcome.AGENT_ABSENT, now)
    Listening.objects.update(connected_at=None)
    assert dial(seated, opened, now).problem
    assert take_back_uncalled(agent=seated) is None
    assert not AttemptCall.objects.exists()
    assert Attempt.objects.count() == 1


def test_a_desk_that_was_left_counts_no_call_that_rang_nobody(seated: Agent, opened: Contact, now: datetime) -> None:
    ends(dial(seated, opened, now).call, Outcome.AGENT_NO_ANSWER, now)
    later = now + timedelta(hours=1)
    swept = sweep_leases(now=later)
    assert (swept.freed, swept.without_result) == (1, 0)
    assert not Attempt.objects.exists()
    assert ListEntry.objects.get(contact=opened).attempts == 0


def test_while_her_last_call_goes_on_nobody_else_is_dialled(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(seated)
    dial(seated, opened, now)
    OutgoingCall.objects.update(state="talking", sent_at=now, fence=1, customer_rang_at=now, answered_at=now)
    book, busy = read_rules(now=now), Disposition.objects.get(code="already_paid")
    record_result(agent=seated, contact=opened, fence=1, disposition=busy, now=now, book=book)
    given = give_next(agent=seated, now=now)
    assert given is not None
    other = Contact.objects.get(pk=given.contact_id)
    refused = post(client, "desk_call", other, telephone=other.telephones[0])
    assert refused.status_code == 409
    assert "Su llamada anterior todavía no terminó" in refused.content.decode()
    assert "Colgar" in refused.content.decode()
    post(client, "desk_hang_up", other)
    assert OutgoingCall.objects.get().ending_asked_at == now
    assert not Attempt.objects.filter(resulted_at=None).exists()


def test_an_old_page_asks_no_more(seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime) -> None:
    dial(seated, opened, now)
    told = signed_in(seated).get(reverse("campaigns:desk_call_phase"), {"attempt": "1"}, **HTMX)
    assert (told.status_code, told["HX-Reswap"]) == (286, "none")


def test_what_is_shown_of_a_call_costs_one_question(
    seated: Agent, opened: Contact, now: datetime, django_assert_num_queries: Any
) -> None:
    attempt, book = dial(seated, opened, now).attempt, read_rules(now=now)
    with django_assert_num_queries(1):
        seen = see_call(attempt_id=attempt.pk, book=book)
    assert seen is not None
    with django_assert_num_queries(1):
        assert see_call(attempt_id=0, book=book) is None


def test_who_dials_first_and_says_so_has_the_switchboard_dial_where_she_sits(
    board: Switchboard, ana: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    type(opened.campaign).objects.update(dialling="manual")
    client = signed_in(ana)
    assert "Marqué" in at_desk(client).content.decode()
    sit_down(agent=ana, extension=Extension.objects.create(switchboard=board, number="1001"), now=now)
    page = at_desk(client).content.decode()
    assert "Marqué" not in page
    with linked(board, now):
        post(client, "desk_call", opened, telephone=opened.telephones[0])
    assert AttemptCall.objects.exists()


def test_who_said_how_it_ended_wraps_up_no_more(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(seated)
    at_desk(client)  # a sign of life: her shift begins
    call = dial(seated, opened, now).call
    assert call is not None
    for event in (Event.RANG, Event.ANSWERED, Event.HUNG_UP):
        change_state(agent=seated, event=event, now=now, by=By.TELEPHONE, call=call.key)
    ends(call, Outcome.BUSY, now, customer_rang=True)
    assert AgentState.objects.open().get().state == "wrapping_up"
    post(client, "desk_result", opened, disposition="busy")
    assert AgentState.objects.open().get().state == "available"


@pytest.fixture
def of_a_queue(seated: Agent, board: Switchboard, now: datetime) -> QueueCall:
    """She talks with a caller of a queue, since a minute."""
    since = now - timedelta(minutes=1)
    change_state(agent=seated, event=Event.SIGNED_IN, now=since, by=By.DESK)
    call = QueueCall.objects.create(
        switchboard=board, queue="101", uid="1.1", state="talking", agent=seated, joined_at=since, answered_at=since
    )
    change_state(agent=seated, event=Event.ANSWERED, now=since, by=By.TELEPHONE, call=call.key)
    return call


def is_over(call: QueueCall, now: datetime) -> None:
    QueueCall.objects.filter(pk=call.pk).update(state="over", outcome="done", ended_at=now)


@pytest.mark.parametrize("phase", ["talking", "ringing"])
def test_while_a_queues_caller_is_at_her_telephone_no_customer_is_dialled(
    seated: Agent, opened: Contact, of_a_queue: QueueCall, signed_in: SignedIn, now: datetime, phase: str
) -> None:
    if phase == "ringing":
        QueueCall.objects.update(state="ringing", agent=None, answered_at=None)
        QueueRing.objects.create(call=of_a_queue, telephone="SIP/1001", agent=seated, began_at=now)
    refused = post(signed_in(seated), "desk_call", opened, telephone=opened.telephones[0])
    assert refused.status_code == 409
    words = {"talking": "Está en una llamada de la cola 101", "ringing": "Le timbra una llamada de la cola 101"}
    assert words[phase] in refused.content.decode()
    assert "Colgar" not in refused.content.decode()  # of a queue's call the strip has that
    assert not OutgoingCall.objects.exists()
    assert not Attempt.objects.exists()
    QueueRing.objects.update(ended_at=now)
    is_over(of_a_queue, now)
    assert dial(seated, opened, now).call is not None


def free(client: Client, contact: Contact) -> Any:
    shown = f"{contact.pk}-{ListEntry.objects.get(contact=contact).fence}"
    return client.get(reverse("campaigns:desk_when_free"), {"shown": shown}, **HTMX)


def counts(page: str) -> bool:
    return "data-countdown=" in page


@pytest.mark.parametrize("dialling", ["progressive", "countdown"])
def test_what_is_called_by_itself_waits_until_she_is_free(
    seated: Agent, opened: Contact, of_a_queue: QueueCall, signed_in: SignedIn, now: datetime, dialling: str
) -> None:
    type(opened.campaign).objects.update(dialling=dialling)
    client = signed_in(seated)
    page = at_desk(client).content.decode()
    assert "Está en una llamada de la cola 101" in page
    assert "data-waits" in page
    assert not counts(page)
    assert free(client, opened).status_code == 204
    is_over(of_a_queue, now)
    change_state(agent=seated, event=Event.HUNG_UP, now=now, by=By.TELEPHONE, call=of_a_queue.key)
    assert free(client, opened).status_code == 204  # she wraps up
    change_state(agent=seated, event=Event.WRAPPED_UP, now=now, by=By.CLOCK)
    told = free(client, opened)
    assert (told.status_code, counts(told.content.decode())) == (200, True)
    assert "data-waits" not in told.content.decode()
    assert counts(at_desk(client).content.decode())


def test_a_page_of_another_customer_waits_for_nothing(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    told = signed_in(seated).get(reverse("campaigns:desk_when_free"), {"shown": "0-1"}, **HTMX)
    assert (told.status_code, told["HX-Reswap"]) == (286, "none")


def test_whose_last_call_goes_on_is_offered_to_hang_it_up_before_the_next_is_called(
    seated: Agent, opened: Contact, signed_in: SignedIn, now: datetime
) -> None:
    type(opened.campaign).objects.update(dialling="progressive")
    client = signed_in(seated)
    at_desk(client)
    call = dial(seated, opened, now).call
    assert call is not None
    change_state(agent=seated, event=Event.ANSWERED, now=now, by=By.TELEPHONE, call=call.key)
    OutgoingCall.objects.update(state="talking", sent_at=now, fence=1, customer_rang_at=now, answered_at=now)
    page = post(client, "desk_result", opened, disposition="already_paid").content.decode()
    assert "Está en una llamada: primero se termina." in page
    assert "Colgar" in page
    assert not counts(page)
    ends(call, Outcome.ANSWERED, now)
    change_state(agent=seated, event=Event.HUNG_UP, now=now, by=By.TELEPHONE, call=call.key)
    assert counts(at_desk(client).content.decode())  # its result stands: nothing is left to wrap up
