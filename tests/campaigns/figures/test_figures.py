"""The figures of a month whose answers are counted by hand (tests/campaigns/a_month.py)."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.figures.figures import read_figures
from campaigns.figures.filters import Only
from campaigns.figures.measuring import Counts
from campaigns.figures.refreshing import refresh_figures
from campaigns.figures.sheets import sheets_of
from campaigns.models import Attempt, Campaign, FigureCell, FigureRefresh, ListEntry, Report, Unit
from tests.campaigns.a_month import make_month


@pytest.fixture
def month(ana, luis, at):
    campaign = make_month({"ana": ana, "luis": luis})
    assert refresh_figures(campaign=campaign, now=at("2026-11-28 10:00"))
    return campaign


def told(counts: Counts) -> tuple[int, ...]:
    return (
        counts.items, counts.handled, counts.contacted, counts.promised, counts.paid, counts.paid_after_contact,
        counts.paid_without_contact, counts.not_paid,
    )  # fmt: skip


#                                   items handled contacted promised paid after without not paid
ALL = {
    "contacts, all": (Only(), Unit.CONTACT, (12, 7, 4, 3, 5, 2, 3, 7)),
    "services, all": (Only(), Unit.SERVICE, (14, 8, 5, 4, 6, 2, 4, 8)),
    "services of Internet": (Only(service="INTERNET"), Unit.SERVICE, (7, 5, 2, 2, 4, 1, 3, 3)),
    "services of TV": (Only(service="TV"), Unit.SERVICE, (7, 3, 3, 2, 2, 1, 1, 5)),
    "contacts with TV": (Only(service="TV"), Unit.CONTACT, (7, 3, 3, 2, 2, 1, 1, 5)),
    "contacts of Sacaba": (Only(zone="Sacaba"), Unit.CONTACT, (3, 1, 1, 0, 1, 0, 1, 2)),
    "services of Sacaba": (Only(zone="Sacaba"), Unit.SERVICE, (4, 1, 1, 0, 1, 0, 1, 3)),
    "TV of Sacaba": (Only(zone="Sacaba", service="TV"), Unit.SERVICE, (3, 1, 1, 0, 1, 0, 1, 2)),
}


@pytest.mark.parametrize("case", ALL)
def test_every_figure_is_as_counted_by_hand(month, case):
    only, unit, expected = ALL[case]
    figures = read_figures(campaign=month, only=only)
    assert told(figures.contacts if unit == Unit.CONTACT else figures.services) == expected


def test_work_is_credited_to_who_spoke_then_to_who_handled_then_to_the_owner(month, ana, luis):
    lines = {line.agent: line for line in read_figures(campaign=month).by_agent}
    assert told(lines[ana.pk].contacts) == (5, 5, 3, 2, 2, 2, 0, 3)  # A1 to A5: A5 is Luis's now, the work was Ana's
    assert told(lines[luis.pk].contacts) == (4, 2, 1, 1, 2, 0, 2, 2)  # L1 to L4
    assert told(lines[None].contacts) == (3, 0, 0, 0, 1, 0, 1, 2)  # nobody's: N1, H1, H2
    assert (lines[ana.pk].contacts.assigned, lines[luis.pk].contacts.assigned) == (4, 5)


def test_the_figures_of_one_agent(month, ana):
    figures = read_figures(campaign=month, only=Only(agent=ana.pk))
    assert told(figures.services) == (6, 6, 4, 3, 3, 2, 1, 3)
    assert [line.agent for line in figures.by_agent] == [ana.pk]
    assert figures.effect is None


def test_in_bolivianos_a_service_weighs_what_it_owes(month):
    services = read_figures(campaign=month).services
    assert services.amount == Decimal("1640")
    assert services.amount_contacted == Decimal("560")  # 100 + 290 + 80 + 90
    assert services.amount_paid == Decimal("680")  # 100 + 200 + 90 + 90 + 100 + 100
    assert services.amount_paid_after_contact == Decimal("190")  # 100 + 90: A2's Internet was paid before the call
    assert services.amount_paid_without_contact == Decimal("490")
    assert services.amount_received == Decimal("740")  # with 40 of an underpayment and 20 of an overpayment


def test_each_rate_stands_on_its_base(month):
    rates = read_figures(campaign=month).contacts.rates
    assert (rates["handled"].part, rates["handled"].base) == (7, 12)
    assert (rates["contacted"].part, rates["contacted"].base) == (4, 7)
    assert (rates["paid_after_contact"].part, rates["paid_after_contact"].base) == (2, 4)
    assert rates["paid_after_contact"].share == Decimal("0.5000")
    assert Counts().rates["contacted"].share is None


def test_day_by_day(month):
    days = {line.day.day: line for line in read_figures(campaign=month).by_day}
    assert {
        day: (d.contacts.handled, d.contacts.contacted, d.contacts.paid, d.attempts) for day, d in days.items()
    } == {
        22: (0, 0, 1, 0),
        25: (6, 2, 1, 6),
        26: (1, 2, 0, 3),
        27: (0, 0, 1, 0),
        28: (0, 0, 2, 0),
    }
    assert sum(line.services.paid for line in days.values()) == 6


def test_one_day_one_agent_and_one_zone(month, ana):
    of_day = read_figures(campaign=month, only=Only(day=date(2026, 11, 26)))
    assert (of_day.contacts.handled, of_day.contacts.contacted) == (1, 2)
    assert {d.code: n for d, n in of_day.by_disposition} == {"month-will_pay": 2, "month-no_answer": 1}
    anas = read_figures(campaign=month, only=Only(day=date(2026, 11, 26), agent=ana.pk))
    assert (anas.contacts.handled, anas.contacts.contacted) == (1, 1)
    in_zone = read_figures(campaign=month, only=Only(day=date(2026, 11, 25), zone="Sacaba"))
    assert (in_zone.contacts.handled, in_zone.contacts.contacted) == (1, 1)


def test_by_disposition(month):
    by_code = {d.code: n for d, n in read_figures(campaign=month).by_disposition}
    assert by_code == {"month-no_answer": 4, "month-will_pay": 3, "month-refuses": 1, "month-third": 1}


def test_time_at_work_is_the_quarters_with_results(month, ana):
    (line,) = read_figures(campaign=month, only=Only(agent=ana.pk)).by_agent
    assert (line.attempts, line.quarters) == (7, 7)
    assert line.attempts_an_hour == Decimal("4.0")


def test_until_the_day_of_the_evaluation_there_is_no_effect_and_then_it_compares_who_was_drawn(month, at):
    refresh_figures(campaign=month, now=at("2026-12-05 23:00"), afresh=True)
    figures = read_figures(campaign=month)
    assert (figures.effect, figures.is_provisional, figures.put_aside) == (None, True, 2)
    refresh_figures(campaign=month, now=at("2026-12-06 00:05"))
    assert read_figures(campaign=month).is_provisional  # the payments of the last day are not in yet
    Report.objects.update(data_until=at("2026-12-06 00:00"))
    assert refresh_figures(campaign=month, now=at("2026-12-06 06:10"))  # nothing happened, but they are in
    figures = read_figures(campaign=month)
    contacts, services, money = figures.effect.contacts, figures.effect.services, figures.effect.money
    assert not figures.is_provisional
    assert (contacts.called_paid, contacts.called, contacts.held_out_paid, contacts.held_out) == (
        3,
        8,
        1,
        2,
    )  # L2 had paid before the launch, N1 has no telephone
    assert (services.called, services.held_out) == (10, 2)
    assert money.low < money.added < money.high
    assert read_figures(campaign=month, only=Only(service="TV")).effect is None


def test_who_came_after_the_launch_is_on_neither_side(month, at):
    drawn = ListEntry.objects.filter(campaign=month).order_by("contact_id")
    last = drawn.get(contact__contract="A5").contact_id
    later = drawn.filter(contact_id__gt=last).count()
    before = read_figures(campaign=month).contacts.callable
    Campaign.objects.update(drawn_until=last)
    month.refresh_from_db()
    refresh_figures(campaign=month, now=at("2026-11-28 11:00"), afresh=True)
    assert later
    assert before > read_figures(campaign=month).contacts.callable <= 5


def test_without_a_report_of_payments_nobody_waits_longer_than_two_days(month, at):
    refresh_figures(campaign=month, now=at("2026-12-07 23:00"), afresh=True)
    assert read_figures(campaign=month).effect is None
    refresh_figures(campaign=month, now=at("2026-12-08 00:10"), afresh=True)
    assert read_figures(campaign=month).effect is not None


def test_where_nobody_was_called_there_is_no_effect(month, at):
    ListEntry.objects.update(handled_at=None, contacted_at=None, promised_at=None)
    refresh_figures(campaign=month, now=at("2026-12-08 00:05"), afresh=True)
    figures = read_figures(campaign=month)
    assert (figures.effect, figures.is_provisional) == (None, False)


def test_nothing_is_counted_while_nothing_happens(month, at):
    assert refresh_figures(campaign=month, now=at("2026-11-28 10:00") + timedelta(minutes=17))  # may be corrected
    assert not refresh_figures(campaign=month, now=at("2026-11-28 10:18"))
    assert FigureRefresh.objects.get(campaign=month).counted_at == at("2026-11-28 10:18")


def test_a_new_result_is_counted(month, ana, at):
    refresh_figures(campaign=month, now=at("2026-11-28 10:01"))
    entry = ListEntry.objects.get(contact__contract="L4")
    old = Attempt.objects.filter(agent=ana).first()
    Attempt.objects.create(
        campaign=month, contact=entry.contact, agent=ana, fence=9, dialled_at=at("2026-11-28 10:02"),
        day=date(2026, 11, 28), disposition=old.disposition, resulted_at=at("2026-11-28 10:03"),
    )  # fmt: skip
    ListEntry.objects.filter(pk=entry.pk).update(handled_at=at("2026-11-28 10:03"), handled_by=ana)
    assert refresh_figures(campaign=month, now=at("2026-11-28 10:05"))
    figures = read_figures(campaign=month)
    assert figures.contacts.handled == 8
    assert figures.by_day[-1].contacts.handled == 1
    assert figures.by_day[-1].attempts == 1
    assert sum(line.attempts for line in figures.by_day) == 10


def test_counting_again_leaves_the_same_rows(month, at):
    before = set(FigureCell.objects.values_list("pk", flat=True))
    refresh_figures(campaign=month, now=at("2026-11-28 11:00"), afresh=True)
    assert set(FigureCell.objects.values_list("pk", flat=True)) == before


def test_days_and_calls_are_read_by_zone_of_which_there_are_fewer_than_agents(month):
    with CaptureQueriesContext(connection) as queries:
        read_figures(campaign=month, only=Only(service="TV"))
    asked = [q["sql"] for q in queries if "dayfigure" in q["sql"] or "attemptfigure" in q["sql"]]
    assert ["'zone'" in sql for sql in asked] == [True, True]


def test_reading_takes_few_queries(month):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read_figures(campaign=month)
    assert len(queries) <= 10


def test_the_command_tells_services_first(month):
    out = io.StringIO()
    call_command("campaign_figures", "2026-12", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["handled"], told["contacted"], told["promised"], told["paid"]) == (8, 5, 4, 6)
    assert (told["paid_after_contact"], told["paid_without_contact"], told["not_paid"]) == (2, 4, 8)
    assert told["amounts"]["paid"] == "680.00"
    assert told["rates"]["services"]["contacted"] == {"part": 5, "base": 8, "of": "handled", "share": "0.6250"}
    assert told["by_service"]["TV"]["paid"] == 2
    assert {line["agent"] for line in told["by_agent"]} == {"Ana", "Luis", ""}


@pytest.mark.parametrize("period", ["diciembre", "2026-13", "2027-01"])
def test_the_command_refuses_what_is_no_campaign(db, period):
    with pytest.raises(CommandError, match=r"2026-12|2027-01"):
        call_command("campaign_figures", period)


def test_a_workbook_of_one_day_tells_what_happened_on_it_and_nothing_of_a_whole(month):
    figures = read_figures(campaign=month, only=Only(day=date(2026, 11, 26)))
    sheets = sheets_of(figures)
    assert [sheet.title for sheet in sheets] == ["Resumen", "Día a día", "Resultados"]
    told = {(row[0], row[1]): row[2] for row in sheets[0].rows}
    assert told["Contactos", "Gestionados"] == figures.contacts.handled > 0
    assert all(row[2] is None or isinstance(row[2], str) or row[2] >= 0 for row in sheets[0].rows)
    assert not {"No pagaron", "Total"} & {words for _unit, words in told}


def test_a_month_that_was_measured_is_not_to_be_measured_again(month):
    figures = read_figures(campaign=month, only=Only(service="TV"))
    measured = replace(figures, is_evaluated=True, put_aside=3, evaluated_on=date(2026, 11, 29))
    words = [row[1] for row in sheets_of(measured)[0].rows]
    assert "Efecto de las llamadas: se mide sobre toda la campaña" in words
    assert "Efecto de las llamadas: se mide el" not in words


def test_agents_of_one_day_have_no_rate_of_who_paid_on_it(month, elena, client):
    client.force_login(elena)
    page = client.get("/campaigns/2026-12/?day=2026-11-26")
    assert {row.record["conversion"] for row in page.context["agent_table"].rows} == {None}
    assert "De toda la campaña, sin los filtros:" in page.content.decode()
    assert "De toda la campaña, sin los filtros:" not in client.get("/campaigns/2026-12/").content.decode()
