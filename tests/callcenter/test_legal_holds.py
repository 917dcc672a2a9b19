"""A court asks for a customer's data: they stay, whatever the policy says, until the hold is lifted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from agents.admin.keeping import KINDS, OF
from agents.keeping import ask_to_lift, lift_holds, place_hold
from agents.models import Agent, AgentMessage, DataPolicy, LegalHold, RemovalRun, Role, Search, User
from callcenter import retention
from callcenter.retention import TakenAway, keeps_each_from, take_away_personal_data
from campaigns.closing import sealing
from campaigns.models import Campaign, Contact, Receipt
from escalations.models import Escalation
from inbound.models import Walk
from notices.forgetting import forget_mails
from notices.models import Notice
from telephony.models import QueueCall
from tests.audit import years_later
from tests.callcenter.world import World, drawn_once

pytestmark = pytest.mark.django_db
HERS, HER_NUMBER = "1011018", "+59171234567"
ANOTHERS, ANOTHERS_NUMBER = "1022022", "+59179999999"
MONTHS_LATER = timedelta(days=3 * 365)


@pytest.fixture
def two(world: World, result: Any) -> World:
    """Two customers, each in a month that is over, a call, a card, a queue and a look-up of three years ago."""
    now = world.now
    world.furnish()
    board = world.queue_call.switchboard
    for contract, number in ((HERS, HER_NUMBER), (ANOTHERS, ANOTHERS_NUMBER)):
        contact = world.make_contact(world.ana, f"Cliente {contract}")
        Contact.objects.filter(pk=contact.pk).update(contract=contract, telephones=[number])
        walk = Walk.objects.create(
            line=world.line, version=world.walk.version, agent=world.ana, began_at=now, ended_at=now, position=1,
            contract=contract, customer_name="Alguien", caller_number=number, result="x", result_label="x",
        )  # fmt: skip
        assert walk.pk
        Escalation.objects.create(
            key=f"x:{contract}", kind_id="billing_claim", line="102", reason="x", details={}, contract=contract,
            customer_name="Alguien", telephone=number, state="rejected", settled_at=now, closed_at=now, raised_at=now,
            raised_by=world.ana.user, due_at=now,
        )  # fmt: skip
        QueueCall.objects.create(
            switchboard=board, queue="101", uid=contract, number=number, state="over", outcome="done", joined_at=now,
            ended_at=now,
        )  # fmt: skip
        Search.objects.create(user=world.ana.user, at=now, where="line", what="x", asked=contract)
        Receipt.objects.create(
            number=f"R{contract}", report=world.report, contract=contract, service_number="9", paid_on=now.date(),
            amount=9,
        )  # fmt: skip
        Notice.objects.create(
            key=contract, kind="report_failed", to=["a@b.example"], subject="x", body=contract, not_before=now,
            created_at=now, sent_at=now, state="sent",
        )  # fmt: skip
        AgentMessage.objects.create(agent=world.ana, sender=world.elena, text=f"Llame a {contract}", sent_at=now)
    Campaign.objects.update(state="closed", closed_at=now)
    with patch.object(sealing, "draw_document", drawn_once):
        sealing.seal(campaign=Campaign.objects.get(pk=world.campaign.pk), by=None, now=now)
        last = Campaign.objects.get(pk=world.campaign.pk)
        sealing.reseal(campaign=last, by=None, reason="fin", now=now + timedelta(days=40))
    return world


def left_of(contract: str, number: str) -> set[str]:
    found = {
        "contact": Contact.objects.filter(contract=contract),
        "call": Walk.objects.filter(contract=contract),
        "card": Escalation.objects.filter(contract=contract),
        "queue": QueueCall.objects.filter(number=number),
        "search": Search.objects.filter(asked=contract),
        "receipt": Receipt.objects.filter(contract=contract),
        "mail": Notice.objects.filter(body=contract),
        "message": AgentMessage.objects.filter(text__contains=contract),
    }
    return {name for name, rows in found.items() if rows.exists()}


EVERYWHERE = {"contact", "call", "card", "queue", "search", "receipt", "mail", "message"}


def hold(by: User, now: datetime, **whom: Any) -> LegalHold:
    placed = LegalHold(asked_by="Juzgado 3.º, oficio 45/2026", reason="Proceso", **whom)
    place_hold(placed, by=by, now=now)
    return placed


def lift(holds: Any, *, by: User, now: datetime) -> int:
    """One asks, and another who administers lifts them."""
    other, _made = User.objects.get_or_create(username="otra", role=Role.ADMINISTRATOR, is_staff=True)
    ask_to_lift(holds, by=other, reason="Terminó el proceso", now=now)
    return lift_holds(holds, by=by, now=now)


def test_who_is_held_stays_and_the_others_go(two: World, ines: User) -> None:
    later = two.now + MONTHS_LATER
    hold(ines, two.now, contract=HERS, telephone=HER_NUMBER[-8:])
    with years_later():
        take_away_personal_data(now=later)
    assert left_of(HERS, HER_NUMBER) == EVERYWHERE
    assert left_of(ANOTHERS, ANOTHERS_NUMBER) == set()
    assert Campaign.objects.get(pk=two.campaign.pk).anonymised_at == later


def test_a_telephone_is_of_the_contracts_lists_name_it_for(two: World, ines: User) -> None:
    hold(ines, two.now, telephone=HER_NUMBER[-8:])
    with years_later():
        take_away_personal_data(now=two.now + MONTHS_LATER)
    assert left_of(HERS, HER_NUMBER) == EVERYWHERE
    assert left_of(ANOTHERS, ANOTHERS_NUMBER) == set()
    assert RemovalRun.objects.get().taken["contacts"] == Contact.objects.exclude(contract=HERS).count()


def test_whose_it_is_stands_on_no_page_of_changes(two: World, ines: User, signed_in: Callable[[Any], Client]) -> None:
    """Its own page masks it from then on: a copy of it would not."""
    hold(ines, two.now, contract=HERS, telephone=HER_NUMBER[-8:])
    kept = LegalHold._meta.get_field("events").related_model._default_manager.get()
    changes, client = reverse("admin:pghistory_events_changelist"), signed_in(ines)
    for address in (
        reverse("admin:pghistory_events_change", args=[f"{kept._meta.label}:{kept.pk}"]),
        f"{changes}?event_model={kept._meta.label_lower}",
        f"{changes}?obj=agents.LegalHold:{kept.pgh_obj_id}",
    ):
        answer = client.get(address)
        assert answer.status_code == 404
        assert HERS not in answer.content.decode()
    assert HERS not in client.get(changes).content.decode()


def test_what_was_held_goes_when_the_hold_is_lifted(two: World, ines: User) -> None:
    later = two.now + MONTHS_LATER
    hold(ines, two.now, contract=HERS, telephone=HER_NUMBER[-8:])
    with years_later():
        take_away_personal_data(now=later)
        assert lift(LegalHold.objects.all(), by=ines, now=later) == 1
        assert lift(LegalHold.objects.all(), by=ines, now=later) == 0
        take_away_personal_data(now=later + timedelta(days=1))
    assert left_of(HERS, HER_NUMBER) == set()
    assert LegalHold.objects.get().settled_at == later + timedelta(days=1)


def test_one_that_is_lifted_while_a_run_goes_on_is_looked_at_by_the_next(two: World, ines: User) -> None:
    later = two.now + MONTHS_LATER
    placed = hold(ines, two.now, contract=HERS, telephone=HER_NUMBER[-8:])

    def lift_it(**about: Any) -> int:
        lift(LegalHold.objects.all(), by=ines, now=later)
        return forget_mails(**about)

    with years_later():
        with patch.object(retention, "forget_mails", lift_it):
            take_away_personal_data(now=later)
        placed.refresh_from_db()
        assert (placed.lifted_at, placed.settled_at) == (later, None)
        assert "contact" in left_of(HERS, HER_NUMBER)
        take_away_personal_data(now=later + timedelta(days=1))
    assert left_of(HERS, HER_NUMBER) == set()


def test_of_a_lifted_telephone_what_its_contracts_kept_goes(two: World, ines: User) -> None:
    """In another month, whose names are gone, the same contract has another telephone."""
    later = two.now + MONTHS_LATER
    month = Campaign.objects.get(pk=two.campaign.pk)
    month.pk, month.period, month.anonymised_at = None, date(2026, 10, 1), two.now
    month.calls_from, month.calls_until = date(2026, 9, 25), date(2026, 9, 30)
    month.save(force_insert=True)
    other = two.make_contact(two.ana, "Cliente de otro mes")
    Contact.objects.filter(pk=other.pk).update(contract=HERS, telephones=["+59170000001"], campaign=month)
    hold(ines, two.now, telephone=HER_NUMBER[-8:])
    with years_later():
        take_away_personal_data(now=later)
        assert Contact.objects.filter(contract=HERS).count() == 2
        lift(LegalHold.objects.all(), by=ines, now=later)
        take_away_personal_data(now=later + timedelta(days=1))
    assert not Contact.objects.filter(contract=HERS).exists()


def test_whom_another_hold_still_names_stays(two: World, ines: User) -> None:
    later = two.now + MONTHS_LATER
    first = hold(ines, two.now, contract=HERS, telephone=HER_NUMBER[-8:])
    hold(ines, two.now, contract=HERS, telephone=HER_NUMBER[-8:])
    with years_later():
        take_away_personal_data(now=later)
        lift(LegalHold.objects.filter(pk=first.pk), by=ines, now=later)
        take_away_personal_data(now=later)
    assert left_of(HERS, HER_NUMBER) == EVERYWHERE


def test_a_hold_of_everything_stops_it(two: World, ines: User) -> None:
    hold(ines, two.now, of_everything=True)
    later = two.now + MONTHS_LATER
    with years_later():
        told = take_away_personal_data(now=later)
    assert (told.months, told.calls, told.searches) == ([], 0, 0)
    assert left_of(ANOTHERS, ANOTHERS_NUMBER) == EVERYWHERE
    assert not RemovalRun.objects.exists()


def test_each_run_that_took_something_is_written_down(two: World, ines: User) -> None:
    later = two.now + MONTHS_LATER
    placed = hold(ines, two.now, contract=HERS)
    with years_later():
        would = take_away_personal_data(now=later, only_look=True)
        assert not RemovalRun.objects.exists()
        told = take_away_personal_data(now=later)
        take_away_personal_data(now=later + timedelta(minutes=1))
    assert (would.calls, would.searches, would.messages, would.mails) == (
        told.calls, told.searches, told.messages, told.mails,
    )  # fmt: skip
    run = RemovalRun.objects.get()
    assert (run.at, run.taken["calls"], run.holds) == (later, told.calls, [placed.pk])
    assert run.before["books"].startswith("2027-11-25")


def test_each_kind_has_its_months(two: World) -> None:
    DataPolicy.objects.create(months_of_books=3, months_of_numbers=6, months_of_calls=12)
    for months, gone in ((4, {"search", "message"}), (7, {"queue"}), (13, {"call", "card", "mail"})):
        before = left_of(HERS, HER_NUMBER)
        with years_later():
            take_away_personal_data(now=two.now + timedelta(days=31 * months))
        assert before - left_of(HERS, HER_NUMBER) == gone
    assert left_of(HERS, HER_NUMBER) == {"contact", "receipt"}


def test_whom_a_hold_was_of_goes_as_well(ines: User, at: Callable[[str], datetime]) -> None:
    """The hold itself names somebody, and so do its copies in the audit."""
    placed = hold(ines, at("2026-11-26 10:00"), contract=HERS, telephone=HER_NUMBER[-8:])
    lift(LegalHold.objects.all(), by=ines, now=at("2026-12-26 10:00"))
    with years_later():
        take_away_personal_data(now=at("2026-12-27 02:00"))
        placed.refresh_from_db()
        assert placed.contract == HERS
        take_away_personal_data(now=at("2029-12-27 02:00"))
    placed.refresh_from_db()
    copies = placed.events.values_list("contract", "telephone", "reason")  # type: ignore[attr-defined]
    assert {*copies, (placed.contract, placed.telephone, "")} == {("", "", "")}
    assert placed.asked_by == "Juzgado 3.º, oficio 45/2026"


@pytest.mark.parametrize("whom", [{}, {"of_everything": True, "contract": HERS}, {"telephone": "4251234"}])
def test_a_hold_of_nobody_or_of_two_things_is_refused(ines: User, at: Any, whom: dict[str, Any]) -> None:
    asked = LegalHold(asked_by="x", reason="x", since=at("2026-11-26 10:00"), placed_by=ines, **whom)
    with pytest.raises(ValidationError):
        asked.full_clean()


def test_the_policy_keeps_a_quarter_at_least() -> None:
    with pytest.raises(IntegrityError):
        DataPolicy.objects.create(months_of_calls=2)


def test_an_administrator_places_and_lifts_one(
    ines: User, signed_in: Callable[[User | Agent], Client], settings: Any
) -> None:
    client = signed_in(ines)
    listed = reverse("admin:agents_legalhold_changelist")
    asked = {"contract": HERS, "telephone": "", "asked_by": "ATT, nota 12", "reason": "Reclamo"}
    assert client.post(reverse("admin:agents_legalhold_add"), asked).status_code == 302
    placed = LegalHold.objects.get()
    assert (placed.placed_by, placed.lifted_at) == (ines, None)
    assert client.post(reverse("admin:agents_legalhold_change", args=[placed.pk]), asked).status_code == 403
    shown = client.get(reverse("admin:agents_legalhold_change", args=[placed.pk])).content.decode()
    assert "ATT, nota 12" in shown
    assert HERS not in shown  # who configures sees no customer
    assert HERS not in client.get(listed).content.decode()
    assert client.get(listed, {"contract__startswith": "10"}).status_code == 400
    inmaculada = User.objects.create(username="inma", role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)

    def act(who: User, action: str, reason: str = "") -> str:
        sent = {"action": action, "_selected_action": [placed.pk], "reason": reason}
        return signed_in(who).post(listed, sent, follow=True).content.decode()

    assert "Escriba por qué" in act(ines, "ask_to_lift")
    assert "No cambió nada" in act(inmaculada, "lift"), "nobody has asked for it"
    assert "Se pidió levantar 1 retención." in act(ines, "ask_to_lift", "Terminó el proceso 70712345")
    assert "No cambió nada" in act(ines, "lift"), "another does"
    assert "1 retención sigue." in act(inmaculada, "leave")
    assert "Se pidió levantar 1 retención." in act(ines, "ask_to_lift", "Terminó el proceso 70712345")
    shown = signed_in(inmaculada).get(reverse("admin:agents_legalhold_change", args=[placed.pk])).content.decode()
    assert "Terminó el proceso" in shown
    assert "70712345" not in shown
    assert "Se levantó 1 retención." in act(inmaculada, "lift")
    assert "No cambió nada" in act(inmaculada, "lift")
    placed.refresh_from_db()
    assert (placed.lift_asked_by, placed.lifted_by) == (ines, inmaculada)
    shown = client.get(reverse("admin:agents_legalhold_change", args=[placed.pk])).content.decode()
    one, other = str(ines), str(inmaculada)
    told = [f"se puso · {one}", f"se pidió levantarla · {one}", f"sigue · {other}", f"se levantó · {other}"]
    assert [words in shown for words in told] == [True] * 4
    client = signed_in(ines)
    wrong = client.post(reverse("admin:agents_legalhold_add"), {**asked, "contract": ""})
    assert "Escriba un contrato o un teléfono" in wrong.content.decode()


def test_what_was_taken_is_read_in_the_admin(
    ines: User, signed_in: Callable[[User | Agent], Client], at: Callable[[str], datetime]
) -> None:
    now = at("2026-11-26 02:00")
    before = {of: moment.isoformat() for of, moment in keeps_each_from(now=now).items()}
    run = RemovalRun.objects.create(
        at=now, before=before, taken={"months": ["2024-09", "2024-10"], "calls": 7, "files": 0}, holds=[]
    )
    client = signed_in(ines)
    page = client.get(reverse("admin:agents_removalrun_changelist")).content.decode()
    assert "meses: 09/2024 10/2024, atenciones: 7" in page
    assert "archivos" not in page
    page = client.get(reverse("admin:agents_removalrun_change", args=[run.pk])).content.decode()
    assert f"atenciones y derivaciones: {keeps_each_from(now=now)['calls']:%d/%m/%Y}" in page


def test_all_that_is_taken_has_its_word() -> None:
    assert {one.name for one in fields(TakenAway)} == OF.keys()


def test_all_that_has_an_age_has_its_word(at: Callable[[str], datetime]) -> None:
    assert keeps_each_from(now=at("2026-11-26 02:00")).keys() == KINDS.keys()
