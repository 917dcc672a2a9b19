"""Much money in a call: the amount typed once more, another person who approves it, and what the caller is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import Agent, User
from escalations.models import Escalation
from inbound.flows.publishing import publish_files
from inbound.models import Footstep, OutsideWrite, ServiceLine
from inbound.walks.answering import StepRefused
from inbound.walks.footsteps import WalkRefused
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.walking import keep_draft
from inbound.writes import second_person
from inbound.writes.delivering import deliver_due
from inbound.writes.states import State
from tests.inbound.a_walk import TOP_UP, Caller, publish
from tests.inbound.flows_to_read import text_of
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken
from tests.inbound.walks.test_outcomes import Said

pytestmark = pytest.mark.django_db
SetMode = Callable[..., None]
SignedIn = Callable[[Any], Client]
MONDAY = "2026-11-23 10:00"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def call(side: OtherSide, ana: Agent, at: Callable[..., datetime]) -> Callable[..., Said]:
    """A call of 109 that stands before its top-up of Bs 20."""

    def begin(agent: Agent = ana, when: str = MONDAY) -> Said:
        if not ServiceLine.objects.filter(number="109", versions__isnull=False).exists():
            publish_files(texts={"109": text_of("109")}, now=at(MONDAY))
        said = Said(Caller(agent, ServiceLine.objects.get(number="109"), at(when)), "109", "top_up")
        said.up_to_it()
        return said

    return begin


def page_of(said: Said, client: Client) -> str:
    return client.get(f"/lines/walks/{said.caller.walk.key}/").content.decode()


def press(said: Said, client: Client, **sent: str) -> Any:
    sent = {"position": str(said.caller.position), **sent}
    address = f"/lines/walks/{said.caller.walk.key}/answer/"
    return client.post(address, sent, headers={"HX-Request": "true"})


# -- typed once more ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", ["", "2", "200", "20,01", "veinte", "-20"])
def test_an_amount_that_is_not_typed_again_moves_nothing(
    again: str, call: Callable[..., Said], set_mode: SetMode, side: OtherSide
) -> None:
    set_mode("c_cli4g", typed_again_above=19)
    said = call()
    with pytest.raises(StepRefused) as refused:
        said.caller.answer(confirmed=True, amount_again=again)
    assert "amount_again" in refused.value.errors
    assert not OutsideWrite.objects.exists()
    assert said.caller.step == "top_up"


@pytest.mark.parametrize("again", ["20", "20,00", " Bs 20.00 "])
def test_typed_again_it_is_asked_for(again: str, call: Callable[..., Said], set_mode: SetMode) -> None:
    set_mode("c_cli4g", typed_again_above=19)
    said = call()
    said.caller.answer(confirmed=True, amount_again=again)
    assert OutsideWrite.objects.get().amount == 20


@pytest.mark.parametrize("above", [20, 0])
def test_of_less_the_second_word_is_enough(above: int, call: Callable[..., Said], set_mode: SetMode) -> None:
    set_mode("c_cli4g", typed_again_above=above)
    said = call()
    said.caller.answer(confirmed=True)
    assert OutsideWrite.objects.count() == 1


def test_the_panel_asks_for_it_says_what_is_wrong_and_keeps_what_was_typed(
    call: Callable[..., Said], set_mode: SetMode, ana: Agent, signed_in: SignedIn
) -> None:
    set_mode("c_cli4g", typed_again_above=19)
    said, client = call(), signed_in(ana)
    assert 'name="amount_again"' not in page_of(said, client)
    asked = press(said, client)
    panel = asked.content.decode()
    assert asked.status_code == 422
    assert 'for="amount-again"' in panel
    assert 'name="amount_again" value=""' in panel
    assert "Pasa de Bs\u00a019,00" in panel
    wrong = press(said, client, confirmed="yes", amount_again="200").content.decode()
    assert 'name="amount_again" value="200"' in wrong
    assert 'aria-invalid="true" aria-describedby="amount-again-error"' in wrong
    assert "No es el monto que se va a mover" in wrong
    assert not OutsideWrite.objects.exists()


def test_what_a_draft_kept_of_it_confirms_nothing(
    call: Callable[..., Said], set_mode: SetMode, ana: Agent, signed_in: SignedIn
) -> None:
    set_mode("c_cli4g", typed_again_above=19)
    said, client = call(), signed_in(ana)
    kept, position = {"amount_again": "20"}, said.caller.position
    keep_draft(by=ana.user, key=said.caller.walk.key, position=position, fields=kept, now=said.caller.now)
    assert 'name="amount_again" value=""' in press(said, client).content.decode()


# -- not again so soon -------------------------------------------------------------------------------------------------


def test_who_asks_again_in_another_call_reads_what_became_of_it_and_goes_on_to_supervision(
    call: Callable[..., Said], luis: Agent, signed_in: SignedIn, side: OtherSide
) -> None:
    first = call()
    first.caller.answer(confirmed=True)
    first.caller.outcome()
    assert first.caller.step == "topped_up"
    OutsideWrite.objects.update(settled_at=timezone.now())  # the page goes by the clock on the wall
    again, client = call(luis), signed_in(luis)
    refused = press(again, client, confirmed="yes")
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Esto ya se hizo para" in page
    assert first.write.reference in page
    assert "Seguir sin hacerlo" in page
    assert len(side.book) == OutsideWrite.objects.count() == 1
    assert (again.caller.step, again.caller.here.known["amount"]) == ("top_up", "20.00"), "nothing typed is lost"
    again.caller.answer("refused", reason="Ya se hizo")
    assert again.caller.step == "not_topped_up"
    again.to_the_end()
    assert Escalation.objects.get().kind.code == "write_not_done"


# -- a second person ---------------------------------------------------------------------------------------------------


@pytest.fixture
def much(call: Callable[..., Said], set_mode: SetMode) -> Said:
    """A top-up of more than one person may do alone, asked for and told."""
    set_mode("c_cli4g", second_person_above=19)
    said = call()
    said.caller.answer(confirmed=True)
    said.caller.outcome()
    return said


def test_she_is_told_that_it_is_not_done_yet_and_until_when(
    much: Said, ana: Agent, signed_in: SignedIn, side: OtherSide
) -> None:
    assert (much.write.state, much.caller.step) == (State.APPROVAL, "top_up_to_confirm")
    page = page_of(much, signed_in(ana))
    assert "Todavía no está hecha: supervisión la revisa, a más tardar a las 11:00." in page
    assert "La recarga todavía no está confirmada" in page
    assert "está hecha. Gracias" not in page
    assert "c_cli4g/top_up" not in [entry[0] for entry in side.asked]


def test_before_she_confirms_the_agent_reads_that_another_approves_it(
    call: Callable[..., Said], set_mode: SetMode, ana: Agent, signed_in: SignedIn
) -> None:
    said, client = call(), signed_in(ana)
    assert "otra persona de supervisión la aprueba" not in press(said, client).content.decode()
    set_mode("c_cli4g", second_person_above=19)
    assert "otra persona de supervisión la aprueba antes de que salga, en 60 minutos" in (
        press(said, client).content.decode()
    )


def test_the_agent_sees_on_her_page_when_it_was_approved_while_she_talks(
    much: Said, ana: Agent, elena: User, signed_in: SignedIn
) -> None:
    address, client = f"/lines/walks/{much.caller.walk.key}/left-behind/", signed_in(ana)
    assert "every 2s" in client.get(address).content.decode()
    second_person.approve(write=much.write, by=elena, now=much.caller.now)
    deliver_due(now=much.caller.now)
    assert "Hecho" in client.get(address).content.decode()
    much.to_the_end()
    assert see_to_the_let_down(now=much.caller.now + MINUTE) == 0, "nobody is let down"


def test_who_hangs_up_while_it_waits_has_a_card_that_tells_what_became_of_it(
    much: Said, elena: User, side: OtherSide
) -> None:
    much.to_the_end()
    assert see_to_the_let_down(now=much.caller.now + MINUTE) == 1
    card = Escalation.objects.get()
    assert (card.customer_name, card.telephone) == ("Rosa Flores", "+59170712345")
    assert "espera que otra persona de supervisión la apruebe" in card.reason
    assert "todavía no está confirmada" in card.promised
    second_person.approve(write=much.write, by=elena, now=much.caller.now + MINUTE)
    assert "Todavía no está hecha" in card.changes.latest("pk").note
    deliver_due(now=much.caller.now + MINUTE)
    assert "ya se hizo en C_CLI4G, con la referencia REF-" in card.changes.latest("pk").note
    assert see_to_the_let_down(now=much.caller.now + 2 * MINUTE) == 0
    assert broken() == {}


def test_of_what_was_declined_the_card_says_why_and_whom_to_call(much: Said, elena: User) -> None:
    much.to_the_end()
    second_person.decline(write=much.write, reason="No es la titular", by=elena, now=much.caller.now)
    assert see_to_the_let_down(now=much.caller.now + MINUTE) == 1
    card = Escalation.objects.get()
    assert card.telephone
    assert "No se aprobó: No es la titular" in card.reason


@pytest.mark.parametrize("is_carded", [True, False])
def test_of_what_nobody_approved_in_time_as_well(is_carded: bool, much: Said, side: OtherSide) -> None:
    much.to_the_end()
    if is_carded:
        assert see_to_the_let_down(now=much.caller.now + MINUTE) == 1
    late = much.caller.now + 61 * MINUTE
    deliver_due(now=late)
    see_to_the_let_down(now=late)
    card = Escalation.objects.get()
    told = card.changes.latest("pk").note if is_carded else card.reason
    assert "Nadie la aprobó hasta las 11:00" in told
    assert "c_cli4g/top_up" not in [entry[0] for entry in side.book]
    assert broken() == {}


def test_another_call_about_the_same_hears_the_same(much: Said, call: Callable[..., Said], luis: Agent) -> None:
    much.to_the_end()
    again = call(luis)
    again.caller.answer(confirmed=True)
    assert again.caller.step == "top_up_to_confirm"
    assert OutsideWrite.objects.filter(is_accountable=True).count() == 1


def test_declined_it_may_be_asked_for_with_less(much: Said, elena: User, set_mode: SetMode, side: OtherSide) -> None:
    second_person.decline(write=much.write, reason="Mucho", by=elena, now=much.caller.now)
    much.caller.back(to=Footstep.objects.get(walk=much.caller.walk, step="pocket").position)
    here = much.caller.here
    much.caller.answer(amount="10", requester_is="other", requester_kinship="child")
    assert here.walk.pk
    much.caller.answer(confirmed=True)
    much.caller.outcome()
    assert much.caller.step == "topped_up"
    assert [entry[2]["amount"] for entry in side.book] == ["10.00"]


def test_a_step_that_has_only_words_for_done_does_not_ask_for_so_much(
    ana: Agent, now: datetime, set_mode: SetMode
) -> None:
    set_mode("c_cli4g", second_person_above=19)
    call = Caller(ana, publish(TOP_UP, now, line="109"), now)
    call.answer(
        number="4251234", amount="20", requester_name="Ana", requester_card="345678 CB", requester_kinship="child"
    )
    with pytest.raises(WalkRefused, match="otra persona"):
        call.answer(confirmed=True)
    assert not OutsideWrite.objects.exists()


# -- pages of supervision ----------------------------------------------------------------------------------------------


def test_a_supervisor_finds_it_and_approves_it_and_who_asked_reads_why_she_cannot(
    much: Said, ana: Agent, elena: User, signed_in: SignedIn
) -> None:
    address = f"/lines/writes/{much.write.pk}/"
    theirs = signed_in(elena)
    assert address in theirs.get("/lines/writes/?show=approval").content.decode()
    assert "Aprobar Bs\u00a020,00" in theirs.get(address).content.decode()
    hers = signed_in(ana).get(address).content.decode()
    assert "No la pida otra vez" in hers
    assert "/approve/" not in hers
    User.objects.filter(pk=ana.user.pk).update(role="supervisor")
    mine = signed_in(User.objects.get(pk=ana.user.pk))
    own = mine.get(address).content.decode()
    assert "La pidió usted: la resuelve otra persona de supervisión." in own
    assert 'aria-disabled="true" aria-describedby="why-not-approve"' in own
    assert "La pidió usted" in mine.post(f"{address}approve/", follow=True).content.decode()
    assert much.write.state == State.APPROVAL
    assert "por qué no se aprueba" in theirs.post(f"{address}decline/", follow=True).content.decode()
    theirs.post(f"{address}decline/", {"reason": "No es la titular"})
    assert much.write.state == State.NOT_DONE
    assert "No se aprobó: No es la titular" in theirs.get(address).content.decode()


def test_a_doubt_and_a_limit_are_another_persons_too(
    much: Said, ana: Agent, elena: User, signed_in: SignedIn, now: datetime
) -> None:
    OutsideWrite.objects.update(state="uncertain")
    address = f"/lines/writes/{much.write.pk}/"
    User.objects.filter(pk=ana.user.pk).update(role="supervisor")
    mine, theirs = signed_in(User.objects.get(pk=ana.user.pk)), signed_in(elena)
    assert 'aria-disabled="true" aria-describedby="why-not-settle"' in mine.get(address).content.decode()
    sent = {"outcome": "not_done", "reason": "No está"}
    assert "La pidió usted" in mine.post(f"{address}settle/", sent, follow=True).content.decode()
    assert much.write.state == State.UNCERTAIN
    theirs.post(f"{address}settle/", sent)
    assert much.write.state == State.NOT_DONE
    own = mine.get(address).content.decode()
    assert "Sigue contando para el límite del día" in own
    assert 'aria-disabled="true" aria-describedby="why-not-give-back-reason-' in own
    mine.post(f"{address}give-back/", {"reason": "x"})
    assert "Sigue contando" in theirs.get(address).content.decode()
    theirs.post(f"{address}give-back/", {"reason": "Visto en el libro"})
    given = theirs.get(address).content.decode()
    assert "No cuenta para el límite del día" in given
    assert "Visto en el libro" in given
