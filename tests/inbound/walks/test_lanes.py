"""The supervisor's lane of a flow, walked from its card: it knows the call, only who has the card walks it, and its
end moves the card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from agents.keeping import Held
from agents.models import Agent, User
from escalations import working
from escalations.models import Escalation, UnitAddress
from escalations.raising import raise_escalation
from inbound.anonymising import anonymise_walks
from inbound.attended.finding import asked_for, find_walks
from inbound.attended.time_figures import time_figures
from inbound.flows.paths import every_path
from inbound.flows.publishing import files
from inbound.models import FlowVersion, Footstep, OutsideSystem, OutsideWrite, ServiceLine, Walk
from inbound.walks.answering import StepRefused
from inbound.walks.footsteps import StaleStep, WalkRefused
from inbound.walks.lanes import begin_lane, handed_over
from inbound.walks.page import lay_walk
from inbound.walks.state import read_state
from notices.models import Notice
from tests.audit import behind_the_audit
from tests.inbound.a_walk import FLOW, Attending, Caller, publish
from tests.inbound.flows_to_read import LINES, flow_of
from tests.inbound.lines_on_file import publish_every_flow
from tests.inbound.walks.test_every_line import walk_to_the_end

pytestmark = pytest.mark.django_db
MONDAY = "2026-11-23 10:00"
LANES = [
    (line, way) for line in LINES if flow_of(line).lanes
    for way in every_path(flow_of(line), start=flow_of(line).lanes["supervisor"])
]  # fmt: skip
# the end of a lane -> the card's state, whether it is closed, and what is written on it
ENDS = {
    "claim_registered": ("resolved", False, "Reclamo económico registrado. OLD-1"),
    "bill_explained": ("informed", True, "Factura explicada al cliente"),
    "reentry_sent": ("resolved", False, "Nueva digitación enviada por correo. Jefatura de sector: Jefa"),
}


@pytest.fixture
def monday(at: Callable[[str], datetime]) -> datetime:
    return at(MONDAY)


@pytest.fixture
def call_of(ana: Agent, monday: datetime) -> Callable[[str], Caller]:
    """A call of a line that handed its card to the lane: `call_of("102")`."""
    publish_every_flow(now=monday)
    OutsideSystem.objects.update(mode="by_hand")

    def make(number: str) -> Caller:
        flow = flow_of(number)
        way = next(w for w in every_path(flow) if any(flow.steps[name].hands_to for name, _branch in w))
        caller = Caller(ana, ServiceLine.objects.get(number=number), monday)
        walk_to_the_end(caller, way)
        return caller

    return make


@pytest.fixture
def card(call_of: Callable[[str], Caller]) -> Escalation:
    """A billing claim nobody has taken."""
    call_of("102")
    return Escalation.objects.get()


def taken(card: Escalation, by: User, now: datetime) -> Escalation:
    return working.take(escalation_id=card.pk, by=by, now=now)


@pytest.mark.parametrize(("line", "way"), LANES, ids=[f"{line}-{way[-1][0]}-{len(way)}" for line, way in LANES])
def test_every_lane_is_walked_to_its_end_and_moves_its_card(line, way, call_of, elena, monday):
    call_of(line)
    card = taken(Escalation.objects.get(), elena, monday)
    end = flow_of(line).steps[way[-1][0]]
    lane = Attending(elena, card, monday + timedelta(minutes=5))
    if end.mailed:
        UnitAddress.objects.create(
            unit=card.kind.unit, sector="Norte", name="Jefa", email="norte@comteco.test", valid_from=monday.date()
        )
        with pytest.raises(WalkRefused, match="todavía no se entregó"):
            walk_to_the_end(lane, way)
        assert card.letters.get().notice.to == ["norte@comteco.test"]
        way = way[-1:]
        Notice.objects.update(state="sent", sent_at=monday)
    walk_to_the_end(lane, way)
    walk = Walk.objects.get(escalation=card)
    assert (walk.result, walk.agent, walk.by) == (end.result, None, elena)
    card.refresh_from_db()
    state, is_closed, outcome = ENDS[end.result]
    assert (card.state, card.closed_at is not None) == (state, is_closed)
    assert set(outcome.split(". ")) <= set(card.outcome.split(". ")), "how it ended, what was written and its number"
    if end.settles == "informed":
        assert (card.informed_how, card.informed_by) == ("telephone", elena)
    owed = OutsideWrite.objects.filter(walk=walk)
    assert {write.action for write in owed} == {flow_of(line).steps[name].action for name, _b in way} - {""}
    assert {write.owed_by for write in owed} <= {elena}  # and no interaction: the call had its own


@pytest.fixture
def ticket(call_of, elena, monday):
    """The lane of a slip for a new entry, at the step that writes; who heads a sector is one a sector."""
    call_of("103")
    card = taken(Escalation.objects.get(), elena, monday)
    Escalation.objects.update(details={**card.details, "sector": "SUR"})
    for sector in ("Norte", "Sur"):
        UnitAddress.objects.create(
            unit=card.kind.unit, sector=sector, name=f"Jefa {sector}", email=f"{sector.lower()}@comteco.test",
            valid_from=monday.date(),
        )  # fmt: skip
    lane = Attending(elena, card, monday)
    lane.answer()
    return lane


def test_the_sector_is_one_of_those_there_are_and_the_mail_goes(ticket, elena, monday):
    page = lay_walk(here=ticket.here, by=elena)
    (field,) = page.fields
    assert [code for code, _words in field.options] == ["Norte", "Sur"]
    assert "Nueva digitación" in page.letter.subject
    with pytest.raises(StepRefused):
        ticket.answer(sector="Sacaba")
    assert not Notice.objects.filter(kind="escalation_letter").exists()
    ticket.answer(sector="Sur")
    notice = Escalation.objects.get().letters.get().notice
    assert (notice.to, notice.body) == (["sur@comteco.test"], page.letter.text.replace("SUR", "Sur"))
    ticket.back()
    ticket.answer(sector="Sur")
    assert Escalation.objects.get().letters.count() == 1, "one that is under way stands for it"
    ticket.back()
    assert lay_walk(here=ticket.here, by=elena).written_to == ["Jefa Sur"]
    ticket.answer(sector="Norte")
    assert "trámite: Norte" in Escalation.objects.get().letters.latest("pk").notice.body, "it names the one it goes to"
    assert [one.notice.to for one in Escalation.objects.get().letters.order_by("pk")][1] == ["norte@comteco.test"]


def test_where_nobody_receives_it_the_lane_says_so_and_stays(ticket, monday):
    UnitAddress.objects.update(valid_until=monday.date() - timedelta(days=1), valid_from=monday.date() - timedelta(9))
    with pytest.raises(StepRefused):
        ticket.answer(sector="Sur")
    assert ticket.step == "ticket_sent"


def test_the_order_s_sector_stands_chosen_however_it_is_written(ticket, elena):
    here = ticket.here
    here.known["order"] = {"sector": " sur "}
    assert lay_walk(here=here, by=elena).fields[0].value == "Sur"
    UnitAddress.objects.filter(sector="Sur").update(sector="")
    assert lay_walk(here=here, by=elena).fields[0].value == "*", "who has all of them"


def test_every_end_of_a_lane_is_known_here():
    assert {flow_of(line).steps[way[-1][0]].result for line, way in LANES} == set(ENDS)


def test_the_lane_knows_what_the_call_knew_and_stays_on_its_version(card, elena, monday):
    first = FlowVersion.objects.get(line__number="102")
    publish(flow_text("102").replace("Reclamo recibido", "Otro título"), monday, line="102")
    lane = Attending(elena, taken(card, elena, monday), monday)
    page = lay_walk(here=lane.here, by=elena)
    assert (lane.walk.version, page.here.step.title) == (first, "Reclamo recibido")
    assert page.say == "Reclama Algo. Contrato 1011018. Dice: Algo"
    lane.answer()
    assert lane.here.known["claim"] == "Algo"
    lane.back()
    assert lay_walk(here=lane.here, by=elena).say == page.say


def test_only_who_has_the_card_walks_it(card, elena, rosa, ana, monday):
    with pytest.raises(WalkRefused, match="tómela primero"):
        Attending(elena, card, monday)
    taken(card, elena, monday)
    with pytest.raises(WalkRefused, match="La tiene Elena"):
        Attending(rosa, card, monday)
    with pytest.raises(WalkRefused, match="supervisión"):
        Attending(ana.user, card, monday)
    lane = Attending(elena, card, monday)
    lane.answer()
    working.hand_over(escalation_id=card.pk, to=rosa, by=elena, now=monday)
    with pytest.raises(Walk.DoesNotExist):
        lane.answer("applies")
    lane.by = rosa
    lane.look()
    lane.by_hand()
    lane.answer("applies")
    assert Walk.objects.get(pk=lane.walk.pk).by == rosa


def test_where_a_card_comes_from_is_told_by_its_footstep(card, elena, monday):
    """Not by its key, which only says what is owed once."""
    Escalation.objects.filter(pk=card.pk).update(key="another")
    came = handed_over(card=taken(card, elena, monday))
    assert came is not None
    assert (came.footstep.escalation, came.footstep.kind) == (card, "hand_over")
    writes = {passed.write.action for passed in Footstep.objects.filter(write__isnull=False).select_related("write")}
    assert "smartflex.write_interaction" in writes


def test_pressed_twice_it_begins_once(card, elena, monday):
    taken(card, elena, monday)
    first, second = (begin_lane(escalation_id=card.pk, by=elena, now=monday) for _click in range(2))
    assert first == second
    position = first.position
    lane = Attending(elena, card, monday)
    lane.answer(position=position)
    with pytest.raises(StaleStep):
        lane.answer(position=position)


def test_a_card_settled_by_hand_leaves_its_lane_where_it_stands(card, elena, monday):
    lane = Attending(elena, taken(card, elena, monday), monday)
    working.resolve(escalation_id=card.pk, outcome="Hablado", by=elena, now=monday)
    with pytest.raises(WalkRefused, match="Ya está resuelta"):
        lane.answer()
    working.reopen(escalation_id=card.pk, reason="Llamó de nuevo", by=elena, now=monday)
    lane.answer()
    assert lane.step == "claimed_account"


def test_what_else_one_works_is_not_what_was_settled_by_hand(call_of, elena, monday):
    for number in ("102", "103"):
        call_of(number)
    raised = Escalation.objects.filter(kind__in=("billing_claim", "reentry_ticket"))
    cards = [taken(card, elena, monday) for card in raised]
    first, second = (Attending(elena, card, monday) for card in cards)
    assert lay_walk(here=read_state(walk=second.walk), by=elena).others == [first.walk]
    working.resolve(escalation_id=cards[0].pk, outcome="Hablado", by=elena, now=monday)
    assert lay_walk(here=read_state(walk=second.walk), by=elena).others == []


def test_a_flow_published_before_ends_said_what_they_settle_resolves(ana, elena, monday):
    old = flow_text("102").replace("settles: informed, ", "").replace("settles: resolved, ", "")
    line = publish(old, monday, line="102")
    OutsideSystem.objects.update(mode="by_hand")
    flow = flow_of("102")
    way = next(w for w in every_path(flow) if any(flow.steps[name].hands_to for name, _branch in w))
    walk_to_the_end(Caller(ana, line, monday), way)
    lane = Attending(elena, taken(Escalation.objects.get(), elena, monday), monday)
    walk_to_the_end(lane, next(w for w in every_path(flow, start="claim_received") if w[-1][0] == "bill_explained"))
    assert Escalation.objects.get().state == "resolved"


def test_a_card_of_a_step_without_a_lane_is_worked_without_one(ana, elena, monday):
    call = Caller(ana, publish(FLOW, monday, line="101"), monday)
    OutsideSystem.objects.update(mode="by_hand")
    call.answer()
    call.answer(customer="1001")
    call.look()
    call.by_hand()
    call.answer("attended")
    call.answer(caller_name="Rosa", telephone="70712345")
    card = taken(Escalation.objects.get(), elena, monday)
    assert (came := handed_over(card=card)) is not None
    assert came.lane == ""
    with pytest.raises(WalkRefused, match="no tiene un carril"):
        Attending(elena, card, monday)


def test_a_walk_is_of_an_agent_or_of_a_card(card, ana, elena, monday):
    lane = Attending(elena, taken(card, elena, monday), monday)
    for change in ({"agent": ana}, {"walked_by": None}, {"escalation": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Walk.objects.filter(pk=lane.walk.pk).update(**change)


def test_a_lane_is_no_call(card, elena, monday):
    Attending(elena, taken(card, elena, monday), monday)
    asked = asked_for(sent={}, now=monday)
    assert find_walks(asked=asked, user=elena).count() == 1
    assert time_figures(asked=asked).calls == 1


def test_personal_data_go_from_a_lane_too(card, elena, monday):
    lane = Attending(elena, taken(card, elena, monday), monday)
    with behind_the_audit():
        OutsideWrite.objects.all().delete()
    later = monday + timedelta(days=800)
    anonymise_walks(held=Held(), before=later, now=later)
    walk = Walk.objects.get(pk=lane.walk.pk)
    assert (walk.brought, walk.contract) == ({}, "")


# the pages


def fragment(client: Client, name: str, card: Escalation) -> str:
    answer = client.get(reverse(f"inbound:{name}", args=[card.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_card_offers_its_lane_and_says_why_not(card, elena, rosa, signed_in, monday):
    hers, others = signed_in(elena), signed_in(rosa)
    assert "tómela primero" in fragment(hers, "card_lane", card)
    taken(card, elena, monday)
    assert "Atender el reclamo" in (shown := fragment(hers, "card_lane", card))
    assert "disabled" not in shown
    assert "La tiene Elena" in fragment(others, "card_lane", card)
    refused = others.post(reverse("inbound:card_attend", args=[card.pk]), follow=True)
    assert "La tiene Elena" in refused.content.decode()
    begun = hers.post(reverse("inbound:card_attend", args=[card.pk]))
    walk = Walk.objects.get(escalation=card)
    assert begun.headers["Location"] == reverse("inbound:walk", args=[walk.key])
    page = hers.get(begun.headers["Location"]).content.decode()
    assert "Reclamo recibido" in page
    assert f'href="tel:{card.telephone}"' in page
    assert reverse("escalations:escalation", args=[card.pk]) in page
    assert 'id="step-form"' not in others.get(begun.headers["Location"]).content.decode()
    send = {"position": str(walk.position)}
    assert others.post(reverse("inbound:walk_answer", args=[walk.key]), send).status_code == 404
    assert hers.post(reverse("inbound:walk_answer", args=[walk.key]), send).status_code == 302
    assert "Seguir atendiendo" in fragment(hers, "card_lane", card)


def test_the_lane_leads_to_the_mail_and_knows_the_sector_it_goes_to(call_of, elena, signed_in, monday):
    call_of("103")
    card = taken(Escalation.objects.get(), elena, monday)
    walk = begin_lane(escalation_id=card.pk, by=elena, now=monday)
    walk.brought = {**walk.brought, "order": {"sector": "Sacaba"}}
    walk.save(update_fields=["brought"])
    client = signed_in(elena)
    client.post(reverse("inbound:walk_answer", args=[walk.key]), {"position": str(walk.position)})
    page = client.get(reverse("inbound:walk", args=[walk.key])).content.decode()
    assert "Correo a la Jefatura del sector" in page
    assert "El sector de la orden es Sacaba." in page
    assert f'href="{reverse("escalations:letter", args=[card.pk])}"' in page


def test_the_card_shows_the_trail_of_its_call_masked_where_nobody_calls(card, elena, oscar, ana, marta, signed_in):
    for reader in (elena, ana.user):
        assert "1011018" in (shown := fragment(signed_in(reader), "card_trail", card))
        assert "Derivar el reclamo a supervisión" in shown
    masked = fragment(signed_in(oscar), "card_trail", card)
    assert "Derivar el reclamo a supervisión" in masked
    assert "1011018" not in masked
    answer = signed_in(marta.user).get(reverse("inbound:card_trail", args=[card.pk]))
    assert answer.status_code == 404


def test_the_cards_page_asks_the_lines_for_both(card, elena, signed_in):
    page = signed_in(elena).get(reverse("escalations:escalation", args=[card.pk])).content.decode()
    for name in ("card_lane", "card_trail"):
        assert f'hx-get="{reverse(f"inbound:{name}", args=[card.pk])}"' in page


def test_a_card_of_no_call_shows_nothing(ana, elena, signed_in, monday):
    card = raise_escalation(
        key="attempt:7", kind="complaint", line="", reason="Queja", details={}, by=ana.user, now=monday
    )
    assert fragment(signed_in(elena), "card_trail", card).strip() == ""
    assert fragment(signed_in(elena), "card_lane", card).strip() == ""


def flow_text(line: str) -> str:
    return next(text for name, text in files().items() if name == f"{line}.yaml")
