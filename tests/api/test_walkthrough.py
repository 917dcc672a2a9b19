"""A program works an agent's list, hands over payments and works a card; whatever is sent twice is done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from agents.models import Agent, AgentState, Search, User
from agents.people import close_sessions
from agents.presence import sign_in, sign_out
from api import once
from api.models import Reply
from campaigns.intake.taking_in import take_in
from campaigns.models import Attempt, Contact, ListEntry, Receipt, Report
from escalations.models import Change, Escalation
from escalations.raising import raise_escalation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def she_is_there(ana: Agent, now: Any) -> None:
    sign_in(user=ana.user, now=now)


def test_a_desk_is_nobodys_while_its_agent_is_not_there(
    program: Any, make_contact: Any, ana: Agent, ines: User, now: Any
) -> None:
    """Else a program shows customers and says how calls ended in the name of somebody who is at home."""
    contact, ask = make_contact(ana, "Rosa Flores"), program(ana, "desk")
    fence = ask("desk/next/", {}).json()["fence"]
    telephone = contact.telephones[0]
    sign_out(user=ana.user, now=now)
    said = {"fence": fence, "disposition": "no_answer", "telephone": telephone, "undialled": True}
    for address, sent in (
        ("desk/next/", {}),
        (f"desk/contacts/{contact.pk}/calls/", {"telephone": telephone}),
        (f"desk/contacts/{contact.pk}/results/", said),
    ):
        answer = ask(address, sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_signed_in")
        assert "Rosa" not in answer.content.decode()
    assert not Attempt.objects.exists()
    sign_in(user=ana.user, now=now)
    assert ask("desk/next/", {}).json()["contact"]["id"] == contact.pk
    AgentState.objects.open().filter(agent=ana).update(state=AgentState.State.AWAY)
    assert ask("desk/next/", {}).json()["code"] == "not_signed_in", "her page gives no sign of her"
    AgentState.objects.open().filter(agent=ana).update(state=AgentState.State.AVAILABLE)
    close_sessions(user=ana.user, by=ines, now=now)
    assert ask("desk/next/", {}).json()["code"] == "not_signed_in", "somebody ended her sessions"


def test_an_agents_list_is_worked(program: Any, make_contact: Any, ana: Agent, now: Any) -> None:
    first, second = make_contact(ana, "Rosa Flores"), make_contact(ana, "Pedro Rojas", position=9)
    ask = program(ana, "desk")
    given = ask("desk/next/", {}).json()
    assert (given["contact"]["id"], given["contact"]["name"], given["reasons"]) == (first.pk, "Rosa Flores", [])
    assert ask("desk/next/", {}).json()["fence"] == given["fence"], "asked again it is the same"
    here, telephone = f"desk/contacts/{first.pk}", given["contact"]["telephones"][0]
    called = [ask(f"{here}/calls/", {"telephone": telephone}) for _time in range(2)]
    assert [answer.status_code for answer in called] == [201, 201]
    assert called[0].json() == called[1].json()
    said = {"fence": given["fence"], "disposition": "promise", "promised_on": "2026-11-27", "promised_amount": "999.00"}
    refused = ask(f"{here}/results/", said, key="her-result-1")
    assert (refused.status_code, refused.json()["code"]) == (422, "answers_missing")
    assert "289,00" in refused.json()["errors"]["promised_amount"]
    said["promised_amount"] = "289.00"
    done = [ask(f"{here}/results/", said, key="her-result-1") for _time in range(2)]
    assert [answer.status_code for answer in done] == [201, 201]
    assert done[0].json() == done[1].json()
    assert done[0].json() | {"repeated": True} == ask(f"{here}/results/", said).json(), "without its key as well"
    attempt = Attempt.objects.get()
    assert (attempt.disposition.code, attempt.telephone, attempt.agent) == ("promise", telephone, ana)  # type: ignore[union-attr]
    assert ask("desk/next/", {}).json()["contact"]["id"] == second.pk
    call_command("check_invariants")


def test_why_there_is_nothing_and_why_not_to_call(program: Any, make_contact: Any, ana: Agent, now: Any) -> None:
    ask = program(ana, "desk")
    nothing = ask("desk/next/", {}).json()
    assert nothing["contact"] is None
    assert nothing["reasons"][0]["sentence"]
    contact = make_contact(ana, "Rosa Flores")
    ask("desk/next/", {})
    with time_machine.travel(now + timedelta(hours=13)):
        late = ask(f"desk/contacts/{contact.pk}/calls/", {"telephone": contact.telephones[0]})
    assert (late.status_code, late.json()["code"]) == (409, "not_to_be_called")
    assert late.json()["errors"][0]["sentence"] in late.json()["detail"]


def test_what_was_said_of_a_reservation_that_is_over_is_kept(
    program: Any, make_contact: Any, ana: Agent, luis: Agent
) -> None:
    contact = make_contact(ana, "Rosa Flores")
    ask = program(ana, "desk")
    fence = ask("desk/next/", {}).json()["fence"]
    ask(f"desk/contacts/{contact.pk}/calls/", {"telephone": contact.telephones[0]})
    ListEntry.objects.update(lease_agent=luis, fence=fence + 1)
    said = {"fence": fence, "disposition": "no_answer", "note": "Pidió que la llamen"}
    late = ask(f"desk/contacts/{contact.pk}/results/", said)
    assert (late.status_code, late.json()["code"]) == (409, "reservation_over")
    assert "ahora lo tiene Luis" in late.json()["detail"]
    assert Attempt.objects.get().note == "Pidió que la llamen"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("call_back_at", "0001-01-01T00:00:00Z"),
        ("call_back_at", "9999-12-31T23:59:59-04:00"),
        ("call_back_at", "9999-12-31T23:59:59Z"),
        ("call_back_at", "2026-11-26T10:00:00"),
        ("promised_on", "0001-01-01"),
        ("promised_on", "9999-12-31"),
    ],
)
def test_a_day_that_nobody_can_mean_is_one_clear_error(
    name: str, value: str, program: Any, make_contact: Any, ana: Agent
) -> None:
    contact, ask = make_contact(ana, "Rosa Flores"), program(ana, "desk")
    said = {"fence": ask("desk/next/", {}).json()["fence"], "disposition": "call_back", name: value}
    answer = ask(f"desk/contacts/{contact.pk}/results/", said)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_valid")
    assert [name in str(one) for one in answer.json()["errors"]] == [True]
    assert not Attempt.objects.exists()


def test_a_contact_of_another_is_not_there(program: Any, make_contact: Any, ana: Agent, marta: Agent) -> None:
    contact = make_contact(marta, "Rosa Flores")
    ask = program(ana, "desk", "campaigns", "personal")
    for answer in (
        ask(f"contacts/{contact.pk}/"),
        ask(f"desk/contacts/{contact.pk}/calls/", {"telephone": contact.telephones[0]}),
        ask(f"desk/contacts/{contact.pk}/results/", {"fence": 0, "disposition": "no_answer"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert ask("campaigns/2026-12/contacts/").json()["results"] == []


@pytest.mark.django_db(transaction=True)
def test_payments_become_a_report_and_what_they_pay(
    program: Any, make_contact: Any, ana: Agent, elena: User, now: Any
) -> None:
    contact = make_contact(ana, "Rosa Flores")
    ask = program(elena, "payments")
    receipt = {"receipt": "R-1", "contract": contact.contract, "paid_on": "2026-11-25", "amount": "289.00"}
    sent = {"receipts": [receipt, {**receipt, "receipt": "R-2", "contract": "C99999"}]}
    answers = [ask("payments/", sent, key="batch-2026-11-25") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    report = Report.objects.get()
    assert [answer.json()["id"] for answer in answers] == [report.pk, report.pk]
    assert ask("payments/", {"receipts": [receipt]}, key="batch-2026-11-25").json()["code"] == "key_of_another"
    take_in(report_id=report.pk, now=now)
    told = ask(f"payments/{report.pk}/").json()
    assert (told["state"], told["rows"], told["taken"], told["rejected"]) == ("published", 2, 2, 0)
    assert [(one.number, one.standing) for one in Receipt.objects.order_by("number")] == [
        ("R-1", "counted"), ("R-2", "unmatched")
    ]  # fmt: skip
    assert Contact.objects.get(pk=contact.pk).entry.state == "paid"
    again = ask("payments/", sent, key="another-day-1")
    assert again.json()["id"] != report.pk or again.status_code == 202
    call_command("check_invariants")


@pytest.fixture
def card(december: Any, ana: Agent, now: Any) -> Escalation:
    return raise_escalation(
        key="x:1", kind="billing_claim", line="101", reason="Sin señal, llamar al 70712345", details={},
        by=ana.user, now=now, contract="C00001", customer_name="Rosa Flores", telephone="+59170712345",
    )  # fmt: skip


def test_a_card_is_worked_as_it_was_read(program: Any, card: Escalation, elena: User) -> None:
    ask = program(elena, "cards", "cards:work", "personal")
    read = ask(f"cards/{card.pk}/")
    assert (read.json()["name"], read.json()["telephones"]) == ("Rosa Flores", ["+59170712345"])
    version = read["ETag"]
    assert ask(f"cards/{card.pk}/take/", {}).json()["code"] == "not_valid", "without the version it was read in"
    taken = [ask(f"cards/{card.pk}/take/", {}, key="take-card-1", If_Match=version) for _time in range(2)]
    assert [answer.json()["state"] for answer in taken] == ["taken", "taken"]
    assert Change.objects.filter(escalation=card, verb="take").count() == 1
    late = ask(f"cards/{card.pk}/resolve/", {"outcome": "Listo"}, If_Match=version)
    assert (late.status_code, late.json()["code"]) == (412, "changed_since")
    version = f'"{taken[0].json()["version"]}"'
    refused = ask(f"cards/{card.pk}/go-on/", {}, If_Match=version)
    assert (refused.status_code, refused.json()["code"]) == (409, "card_refused")
    done = ask(f"cards/{card.pk}/resolve/", {"outcome": "Se cambió el módem"}, If_Match=version)
    assert done.json()["state"] == "resolved"
    call_command("check_invariants")


def test_a_key_of_a_write_about_another_version_is_another_requests(
    program: Any, card: Escalation, elena: User
) -> None:
    """What is answered would be of a card that nobody read so."""
    ask = program(elena, "cards:work")
    noted = {"text": "Llamó otra vez"}
    first = ask(f"cards/{card.pk}/notes/", noted, key="note-it-once", If_Match='"0"')
    again = ask(f"cards/{card.pk}/notes/", noted, key="note-it-once", If_Match='"1"')
    assert first.status_code == 200, first.json()
    assert (again.status_code, again.json()["code"]) == (422, "key_of_another")


def test_who_only_reads_works_no_card(program: Any, card: Escalation, ana: Agent) -> None:
    answer = program(ana, "cards", "cards:work")(f"cards/{card.pk}/take/", {}, If_Match='"0"')
    assert (answer.status_code, answer.json()["code"]) == (409, "card_refused")


def test_replies_are_forgotten_and_hold_nobodys_data(
    program: Any, make_contact: Callable[..., Contact], card: Escalation, ana: Agent, elena: User, now: Any
) -> None:
    contact = make_contact(ana, "Rosa Flores")
    ask = program(ana, "desk")
    fence = ask("desk/next/", {}).json()["fence"]
    said = {"fence": fence, "disposition": "no_answer", "telephone": contact.telephones[0], "undialled": True}
    assert ask(f"desk/contacts/{contact.pk}/results/", said).status_code == 201
    assert program(elena, "cards:work")(f"cards/{card.pk}/take/", {}, If_Match='"0"').status_code == 200
    kept = str([*Reply.objects.values_list("body", flat=True)])
    assert Reply.objects.count() == 2
    for personal in ("Rosa", "707", contact.contract):
        assert personal not in kept
    assert once.forget(now=now + timedelta(days=2)) == 0
    assert once.forget(now=now + timedelta(days=4)) == 2
    assert Search.objects.count() == 0


def test_a_result_that_is_sent_again_is_answered_the_same_though_its_agent_has_gone(
    program: Any, make_contact: Any, ana: Agent, now: Any
) -> None:
    """Its program does not know that it was recorded."""
    contact, ask = make_contact(ana, "Rosa Flores"), program(ana, "desk")
    fence = ask("desk/next/", {}).json()["fence"]
    said = {"fence": fence, "disposition": "no_answer", "telephone": contact.telephones[0], "undialled": True}
    first = ask(f"desk/contacts/{contact.pk}/results/", said, key="the-same-one")
    sign_out(user=ana.user, now=now)
    again = ask(f"desk/contacts/{contact.pk}/results/", said, key="the-same-one")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert Attempt.objects.count() == 1
