"""A small December with known answers: twelve contracts, each with its fate. Calls from 25/11 to 30/11/2026."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from agents.models import Agent
from campaigns.models import (
    Attempt,
    Campaign,
    Contact,
    ContactChange,
    Disposition,
    ListEntry,
    PaymentPromise,
    Receipt,
    Renewal,
    RenewalPayment,
    Report,
)
from tests.campaigns.a_campaign import make_campaign, moment


@dataclass(frozen=True)
class Fate:
    """What became of a contract. Services as (service, due in Bs); payments as (service, day of November, Bs)."""

    contract: str
    owner: str
    services: tuple[tuple[str, int], ...]
    calls: tuple[tuple[str, str, str], ...] = ()  # (agent, moment, disposition)
    payments: tuple[tuple[str, int, int], ...] = ()
    zone: str = "Sarco"
    state: str = "open"
    telephones: int = 1


FATES = (
    # reached by her owner on the 25th, paid on the same day: after contact
    Fate("A1", "ana", (("INTERNET", 100),), (("ana", "25 10:00", "will_pay"),), (("INTERNET", 25, 100),), state="paid"),
    # reached on the 26th, Internet paid before and TV after: one service of each kind, the contact after
    Fate(
        "A2", "ana", (("INTERNET", 200), ("TV", 90)), (("ana", "26 09:00", "will_pay"),),
        (("INTERNET", 25, 200), ("TV", 27, 90)), state="paid",
    ),
    # reached, never paid
    Fate("A3", "ana", (("TV", 80),), (("ana", "25 11:00", "refuses"),), zone="Sacaba", state="done"),
    # handled only: nobody answers, twice
    Fate("A4", "ana", (("INTERNET", 150),), (("ana", "25 11:30", "no_answer"), ("ana", "26 15:00", "no_answer"))),
    # handled by Ana, now Luis's: the work stays Ana's
    Fate("A5", "luis", (("INTERNET", 120),), (("ana", "25 12:00", "no_answer"),)),
    # handled by Ana, reached by Luis: Luis's; underpaid, so not paid
    Fate(
        "L1", "luis", (("TV", 90),), (("ana", "25 12:30", "no_answer"), ("luis", "26 10:00", "will_pay")),
        (("TV", 27, 40),),
    ),
    # never called, paid before the calls began
    Fate("L2", "luis", (("TV", 90),), (), (("TV", 22, 90),), zone="Sacaba", state="paid"),
    # handled but not reached, paid: without contact; overpaid in two parts
    Fate("L3", "luis", (("INTERNET", 100),), (("luis", "25 10:30", "third"),),
         (("INTERNET", 26, 60), ("INTERNET", 28, 60)), state="paid"),
    # untouched
    Fate("L4", "luis", (("INTERNET", 300), ("TV", 100)), zone="Sacaba"),
    # no telephone
    Fate("N1", "", (("TV", 70),), state="not_callable", telephones=0),
    # held out: one paid, one not
    Fate("H1", "", (("INTERNET", 100),), (), (("INTERNET", 28, 100),), state="held_out"),
    Fate("H2", "", (("TV", 50),), state="held_out"),
)  # fmt: skip

RIGHT = {"will_pay", "refuses"}


def make_month(people: dict[str, Agent], **more: Any) -> Campaign:
    """The campaign with all of FATES, as intake, calls and payments would have left it."""
    launched = {
        "state": Campaign.State.RUNNING, "launched_at": moment("2026-11-25 08:00"), "hold_out_share": Decimal("0.15"),
        "evaluated_on": date(2026, 12, 5),
    }  # fmt: skip
    campaign = make_campaign(date(2026, 12, 1), **{**launched, **more})
    kinds = {
        "will_pay": {"name": "Pagará", "party": "right", "is_final": True, "requires_promise": True},
        "refuses": {"name": "No desea", "party": "right", "is_final": True},
        "no_answer": {"name": "No contesta", "party": "none", "retry_minutes": 120},
        "third": {"name": "Tercero", "party": "third", "retry_minutes": 120},
    }
    dispositions = {
        code: Disposition.objects.get_or_create(code=f"month-{code}", defaults=values)[0]
        for code, values in kinds.items()
    }
    collections = Report.objects.create(
        kind="recaudo", sha256="r" * 64, name="recaudo.xlsx", size=1, arrived_at=moment("2026-11-28 06:00"),
        state="published", published_at=moment("2026-11-28 06:05"), data_until=moment("2026-11-28 06:00"),
    )  # fmt: skip
    for number, fate in enumerate(FATES, 1):
        _lay(campaign, number, fate, people, dispositions, collections)
    return campaign


def _lay(campaign, number, fate, people, dispositions, collections):  # type: ignore[no-untyped-def]
    codes = {service for service, _amount in fate.services}
    call_list = "BOTH" if len(codes) == 2 else codes.pop()
    contact = Contact.objects.create(
        campaign=campaign, contract=fate.contract, call_list=call_list, name=f"Cliente {fate.contract}",
        name_key=f"CLIENTE {fate.contract}", telephones=[f"+5917070000{n}" for n in range(fate.telephones)],
        zone=fate.zone, amount_due=sum(amount for _service, amount in fate.services), due_on=date(2026, 11, 30),
    )  # fmt: skip
    days_paid = []
    for service, amount in fate.services:
        renewal = Renewal.objects.create(
            campaign=campaign, contact=contact, report_line=number, service=service,
            service_number=f"{fate.contract}{service}", due_on=date(2026, 11, 30), amount_due=amount,
        )  # fmt: skip
        paid = [(date(2026, 11, day), Decimal(bs)) for name, day, bs in fate.payments if name == service]
        total, paid_on = Decimal(0), None
        for part, (day, bs) in enumerate(paid):
            total += bs
            paid_on = paid_on or (day if total >= amount else None)
            Receipt.objects.create(
                number=f"R-{fate.contract}-{service}-{part}", report=collections, contract=fate.contract,
                service_number=renewal.service_number, service=service, paid_on=day, amount=bs, campaign=campaign,
                renewal=renewal, standing="counted",
            )  # fmt: skip
        if paid:
            RenewalPayment.objects.create(
                renewal=renewal, campaign=campaign, contact=contact, amount=total, first_paid_on=paid[0][0],
                paid_on=paid_on,
            )  # fmt: skip
        days_paid.append(paid_on)
    calls = [(people[who], moment(f"2026-11-{when}"), what) for who, when, what in fate.calls]
    reached = [(who, when, what) for who, when, what in calls if what in RIGHT]
    promised = [when for _who, when, what in calls if what == "will_pay"]
    ListEntry.objects.create(
        contact=contact, campaign=campaign, call_list=call_list, state=fate.state, owner=people.get(fate.owner),
        position=number, ready_at=moment("2026-11-25 08:30"), attempts=len(calls), fence=len(calls),
        handled_at=calls[0][1] if calls else None, handled_by=calls[0][0] if calls else None,
        contacted_at=reached[0][1] if reached else None, contacted_by=reached[0][0] if reached else None,
        promised_at=promised[0] if promised else None,
        last_disposition=dispositions[calls[-1][2]] if calls else None,
        paid_on=max(days_paid) if all(days_paid) else None,
        paid_known_at=collections.published_at if all(days_paid) else None,
    )  # fmt: skip
    if step := {"paid": "pay", "done": "finish"}.get(fate.state):
        ContactChange.objects.create(
            contact_id=contact.pk, verb=step, from_state="open", to_state=fate.state,
            at=collections.published_at if step == "pay" else calls[-1][1],
        )  # fmt: skip
    for fence, (who, when, what) in enumerate(calls, 1):
        attempt = Attempt.objects.create(
            campaign=campaign, contact=contact, agent=who, telephone="+59170700000", fence=fence, dialled_at=when,
            day=when.date(), disposition=dispositions[what], resulted_at=when,
        )  # fmt: skip
        if what == "will_pay":
            PaymentPromise.objects.create(
                campaign=campaign, contact=contact, attempt=attempt, agent=who, promised_on=date(2026, 11, 28),
                amount=contact.amount_due, made_at=when,
            )  # fmt: skip
