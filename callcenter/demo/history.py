"""The demo's month before: a campaign that ran from the 25th to the last day, was paid, and closed.

It goes through the same verbs as any month, with the hours it would have had, so that history, continuity of agents
and the comparison with last month have something to show. Only reports come in by the verb instead of by a folder.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from agents.models import Agent, User
from callcenter.demo.customers import customers_of
from callcenter.demo.exports import Payment, payments_csv, prepaid_rows, prepaid_workbook
from callcenter.demo.progress import Step, untold
from callcenter.demo.smartflex import CHANNELS
from campaigns.assignment import assigning
from campaigns.desk import dialling, giving, leases, results
from campaigns.desk.answers import Answers
from campaigns.figures import refreshing
from campaigns.intake import receiving, taking_in
from campaigns.models import Campaign, Contact, Disposition, Renewal, ReportKind, ReportSource
from campaigns.month import lifecycle, planner
from campaigns.month.periods import calls_from, calls_until, period_of, write_period

CALLS_A_DAY = 7  # of each agent; enough to look at, little enough to make in seconds
MINUTES_A_CALL = 7
REPORT, CALLING = 3, 8  # efforts: taking the report in, and a day of calls, beside the other steps
# How calls end, in a hundred. Codes an installation renamed or switched off are left out.
ENDINGS = {"promise": 26, "already_paid": 7, "call_back": 6, "no_answer": 31, "busy": 9, "wrong_number": 4,
           "third_party": 8, "refused": 9}  # fmt: skip
HOLD_OUT = Decimal("0.15")
PAYS = {"promised": 0.62, "contacted": 0.38, "": 0.24}
PAYS_IN_GRACE = 0.04  # of those who had not


@dataclass(frozen=True)
class _Month:
    period: date
    campaign: Campaign
    draw: random.Random


def steps(*, now: datetime) -> list[Step]:
    """What making the month before consists of, in order."""
    return [*_steps(_period_before(now)).values()]


def _steps(period: date) -> dict[str, Step]:
    first_day, last_day = calls_from(period), calls_until(period)
    days = [first_day + timedelta(days=number) for number in range((last_day - first_day).days + 1)]
    calls = {f"{day}": Step("calls", day, CALLING) for day in days}
    return {"report": Step("report", effort=REPORT), **calls, "payments": Step("payments"), "closing": Step("closing")}


def _period_before(now: datetime) -> date:
    return period_of(timezone.localdate(now).replace(day=1) - timedelta(days=1))


def make_last_month(*, by: User, now: datetime, begin: Callable[[Step], None] = untold) -> Campaign:
    """Make the campaign whose calls ended before this month, closed, with calls, promises and payments.

    `begin` is told each of its `steps` before it is taken.
    """
    this_month = timezone.localdate(now).replace(day=1)
    period = _period_before(now)
    told = _steps(period)
    first_day, last_day = calls_from(period), calls_until(period)
    begin(told["report"])
    planner.make_months_exist(now=_at(first_day, 6, 30))
    _bring(
        ReportKind.CCVP,
        f"ccvp-{write_period(period)}.xlsx",
        prepaid_workbook(prepaid_rows(customers_of(period), period), period),
        period,
        _at(first_day, 6, 45),
    )
    campaign = Campaign.objects.get(period=period)
    campaign.hold_out_share = HOLD_OUT
    campaign.save(update_fields=["hold_out_share"])
    assigning.assign(campaign=campaign, now=_at(first_day, 8, 10))
    lifecycle.launch(campaign=campaign, by=by, now=_at(first_day, 8, 20))
    month = _Month(period, campaign, random.Random(f"last month {period:%Y-%m}"))  # noqa: S311  # believable, not secret
    day = first_day
    while day <= last_day:
        begin(told[f"{day}"])
        _call_all_day(month, day)
        day += timedelta(days=1)
    begin(told["payments"])
    content = payments_csv(_paid(month, first_day, last_day))
    _bring(ReportKind.RECAUDO, f"recaudo-{write_period(period)}.csv", content, period, _at(last_day, 22, 30))
    begin(told["closing"])
    lifecycle.close_overdue(now=_at(this_month, 0, 20))
    campaign.refresh_from_db()
    if campaign.evaluated_on and campaign.evaluated_on + timedelta(days=1) < timezone.localdate(now):
        _bring_the_days_of_grace(month, last_day, campaign.evaluated_on)
    refreshing.refresh_figures(campaign=campaign, now=_at(this_month, 0, 25), afresh=True)
    campaign.refresh_from_db()
    return campaign


def _bring_the_days_of_grace(month: _Month, last_day: date, until: date) -> None:
    """Who paid after the last day of calls, up to the day by which the month is judged."""
    unpaid = Renewal.objects.filter(campaign=month.campaign, payment=None).select_related("contact").order_by("pk")
    days = [last_day + timedelta(days=number) for number in range(1, (until - last_day).days + 1)]
    chosen = [renewal for renewal in unpaid if month.draw.random() < PAYS_IN_GRACE]
    payments = [_payment(month, renewal, days[-1 - place % len(days)]) for place, renewal in enumerate(chosen)]
    name, arrives = f"recaudo-{write_period(month.period)}-gracia.csv", until + timedelta(days=1)
    _bring(ReportKind.RECAUDO, name, payments_csv(payments), month.period, _at(arrives, 6, 30))


def _bring(kind: ReportKind, name: str, content: bytes, period: date, now: datetime) -> None:
    source = ReportSource.objects.filter(kind=kind).first()
    file = io.BytesIO(content)
    report = receiving.receive_report(kind=kind, name=name, file=file, period=period, now=now, source=source)
    taking_in.take_in(report_id=report.pk, now=now)


def _call_all_day(month: _Month, day: date) -> None:
    endings = {one.code: one for one in Disposition.objects.filter(code__in=ENDINGS, is_active=True)}
    for agent in Agent.objects.on_duty().order_by("pk"):
        moment = _at(day, 9, month.draw.randint(0, 20))
        for _call in range(CALLS_A_DAY):
            given = giving.give_next(agent=agent, now=moment)
            if given is None:
                break
            _call_one(month, agent, given, endings, moment)
            moment += timedelta(minutes=MINUTES_A_CALL + month.draw.randint(-2, 4))


def _call_one(
    month: _Month, agent: Agent, given: giving.Given, endings: dict[str, Disposition], moment: datetime
) -> None:
    contact = Contact.objects.get(pk=given.contact_id)
    telephones = results.usable_telephones(contact)
    code = month.draw.choices(list(endings), [ENDINGS[code] for code in endings])[0]
    ending = endings[code]
    dialling.dial(agent=agent, contact=contact, telephone=telephones[0], now=moment)
    ends = moment + timedelta(seconds=month.draw.randint(20, 240))
    last_day = calls_until(month.period)
    promises = ending.requires_promise
    recorded = results.record_result(
        agent=agent,
        contact=contact,
        fence=given.fence,
        disposition=ending,
        answers=Answers(
            telephone=telephones[0],
            reason="Precio" if ending.requires_reason else "",
            promised_on=min(timezone.localdate(ends) + timedelta(days=2), last_day) if promises else None,
            promised_amount=contact.amount_due if promises else None,
            call_back_at=ends + timedelta(hours=3) if ending.requires_call_back else None,
        ),
        now=ends,
    )
    if recorded.stays_open:
        leases.release(agent=agent, contact_id=contact.pk, fence=recorded.fence, now=ends)


def _paid(month: _Month, first_day: date, last_day: date) -> list[Payment]:
    payments = []
    renewals = Renewal.objects.filter(campaign=month.campaign).order_by("pk").select_related("contact__entry")
    for renewal in renewals:
        entry = renewal.contact.entry
        spoke = "promised" if entry.promised_at else "contacted" if entry.contacted_at else ""
        if month.draw.random() >= PAYS[spoke]:
            continue
        spoken_on = timezone.localdate(entry.contacted_at) if entry.contacted_at else first_day - timedelta(days=3)
        paid_on = spoken_on + timedelta(days=month.draw.randint(0, max((last_day - spoken_on).days, 0)))
        payments.append(_payment(month, renewal, paid_on))
    return payments


def _payment(month: _Month, renewal: Renewal, paid_on: date) -> Payment:
    product = "Internet" if renewal.service == "INTERNET" else "TV Cable"
    receipt = f"{renewal.service_number}-{month.period:%y%m}"
    details = (renewal.contact.contract, renewal.service_number, product, paid_on, int(Decimal(renewal.amount_due)))
    return Payment(receipt, *details, month.draw.choice(CHANNELS))


def _at(day: date, hour: int, minute: int) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001
