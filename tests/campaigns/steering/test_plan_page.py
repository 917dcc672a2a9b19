"""The page a supervisor steers a running month by."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.assignment.participants import takers_of
from campaigns.figures.figures import read_figures
from campaigns.figures.patterns import count_patterns
from campaigns.figures.refreshing import refresh_figures
from campaigns.models import AgentDay, CallingPolicy, Campaign, Goal, LeftFigure, ListEntry
from campaigns.month import lifecycle
from campaigns.steering.comparing import side_by_side
from campaigns.steering.goals import Progress, read_goals
from campaigns.steering.next_plan import ENOUGH_CONTACTS
from campaigns.steering.pace import read_pace
from service_level.models import StaffingNeed
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment
from tests.campaigns.a_month import make_month

PAGE = "/campaigns/2026-12/plan/"


@pytest.fixture(autouse=True)
def _on_the_28th(at):
    with time_machine.travel(at("2026-11-28 10:00"), tick=True):
        yield


def counted(campaign):
    refresh_figures(campaign=campaign, now=moment("2026-11-28 10:00"))
    count_patterns(campaign=campaign, now=moment("2026-11-28 10:00"))
    return campaign


@pytest.fixture
def month(house_rules, ana, luis):
    campaign = make_month({"ana": ana, "luis": luis})
    for agent in (ana, luis):
        campaign.shares.create(agent=agent)
    return counted(campaign)


def words_of(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_the_supervisor_reads_what_will_be_left_and_what_that_rests_on(month, elena, signed_in):
    page = words_of(signed_in(elena).get(PAGE))
    assert "con 9 llamadas salieron 4 contactos sin agotar sus intentos: 2,3 por cada uno" in page
    assert "contactos por llamar" in page.lower()
    assert "Contactos por llamar al final de cada día" in page
    assert "No hay un mes anterior que se haya llamado." in page
    assert "43 % de 7" in page  # who was reached with the first attempt


def test_the_campaigns_page_leads_there(month, elena, signed_in):
    assert f'href="{PAGE}" data-key="m"' in signed_in(elena).get("/campaigns/2026-12/").content.decode()


def test_before_the_launch_it_says_that_the_launch_is_missing(elena, signed_in, house_rules):
    make_campaign()
    page = words_of(signed_in(elena).get(PAGE))
    assert "Falta lanzar la campaña" in page
    assert "Ver la propuesta" in page


def test_before_the_first_count_it_says_so(month, elena, signed_in):
    month.pattern_refresh.delete()
    assert "Todavía no se contó lo hecho" in words_of(signed_in(elena).get(PAGE))


def test_the_page_reads_figures_only_and_few_of_them(month, elena, signed_in):
    client = signed_in(elena)
    client.get(f"{PAGE}?part=charts")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    told = " ".join(query["sql"] for query in queries)
    assert "campaigns_listentry" not in told
    assert "campaigns_attempt " not in told
    assert len(queries) <= 36


def test_charts_nobody_drew_yet_come_after_the_page(month, elena, signed_in):
    cache.clear()
    client = signed_in(elena)
    assert 'class="drawing"' not in client.get(PAGE).content.decode()
    charts = client.get(f"{PAGE}?part=charts").content.decode()
    assert "<html" not in charts
    assert charts.count("<figure") == 4


def goals(**more):
    return {"g0-services_paid": "", "g0-contacted": "", **more}


def test_a_goal_says_what_is_still_needed_a_day(month, ana, elena, signed_in):
    """Two services were paid after contact and four contacts reached; Saturday and Monday are left to call."""
    client = signed_in(elena)
    sent = goals(**{"g0-services_paid": "12", f"g{ana.pk}-contacted": "3"})
    page = words_of(client.post(f"{PAGE}goals/", sent, follow=True))
    assert "Cambiaron 2 metas." in page
    of_month = page.split("Todo el mes</th>")[1].split("</tr>")[0]
    assert "17 %" in of_month
    assert '<td class="number">10</td> <td class="number">5</td>' in of_month
    assert "cumplida" in page.split("Ana")[-1]


def test_a_goal_taken_away_is_gone_and_the_audit_keeps_it(month, elena, signed_in):
    client = signed_in(elena)
    client.post(f"{PAGE}goals/", goals(**{"g0-contacted": "5"}))
    client.post(f"{PAGE}goals/", goals())
    assert not Goal.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label, contacted FROM campaigns_goalevent ORDER BY pgh_id")
        assert cursor.fetchall() == [("insert", 5), ("delete", 5)]


def test_a_goal_that_is_no_number_is_told_beside_its_field(month, elena, signed_in):
    response = signed_in(elena).post(f"{PAGE}goals/", goals(**{"g0-contacted": "muchos"}))
    assert response.status_code == 422
    assert 'value="muchos"' in response.content.decode()
    assert "No se guardó ninguna meta. Meta de contactados: Todo el mes: " in response.content.decode()
    assert re.search(r'<input[^>]*name="g0-contacted"[^>]* autofocus', response.content.decode())
    assert not Goal.objects.exists()


def test_goals_beyond_what_there_is_are_kept_and_told_beside_their_field(month, ana, luis, elena, signed_in):
    """Ana has five contacts, the month twelve; its goal is nine."""
    client = signed_in(elena)
    sent = goals(**{"g0-contacted": "9", f"g{ana.pk}-contacted": "5000", f"g{luis.pk}-services_paid": "900"})
    page = words_of(client.post(f"{PAGE}goals/", sent, follow=True))
    assert Goal.objects.get(agent=ana).contacted == 5000
    assigned = read_goals(campaign=month, figures=read_figures(campaign=month), days_left=1)
    (of_ana,) = [row for row in assigned if row.agent_id == ana.pk]
    assert of_ana.contacted.odd == f"pasa de lo que hay: {of_ana.assigned}"
    assert f"Ana, contactados: {of_ana.contacted.odd}" in page.replace(str(ana), "Ana")
    assert f'aria-describedby="odd-g{ana.pk}-contacted"' in page
    assert f'id="odd-g{ana.pk}-contacted"' in page
    assert Progress(done=0, goal=300, days_left=1, there=400, of_month=200).odd == "pasa de la meta del mes: 200"
    assert Progress(done=0, goal=83, days_left=1, there=83, of_month=200).odd == ""
    page = words_of(client.post(f"{PAGE}goals/", goals(**{"g0-contacted": "9"}), follow=True))
    assert "pasa de" not in page


def test_an_auditor_reads_goals_and_sets_none(month, oscar, signed_in):
    client = signed_in(oscar)
    page = client.get(PAGE).content.decode()
    assert "Guardar metas" not in page
    assert "Tomar estas cifras" not in page
    assert client.post(f"{PAGE}goals/", goals(**{"g0-contacted": "5"})).status_code == 403


def test_a_closed_month_keeps_its_goals(month, elena, signed_in):
    Campaign.objects.filter(pk=month.pk).update(state="closed", closed_at=moment("2026-11-28 09:00"))
    client = signed_in(elena)
    page = words_of(client.get(PAGE))
    assert "sus metas quedan como estaban" in page
    assert "horas de llamadas en" not in page  # nobody calls any more, whatever days were left
    client.post(f"{PAGE}goals/", goals(**{"g0-contacted": "5"}))
    assert not Goal.objects.exists()


def test_hours_after_an_early_close_are_no_hours_of_calling(month, elena, signed_in):
    closed_at = moment("2026-11-28 09:00")
    Campaign.objects.filter(pk=month.pk).update(state="closed", closed_at=closed_at)
    month.refresh_from_db()
    before = read_pace(campaign=month)
    waiting = ListEntry.objects.filter(campaign=month, state="open").order_by("pk")[:1]
    ListEntry.objects.filter(pk__in=waiting.values("pk")).update(state="paid", paid_known_at=moment("2026-11-29 10:00"))
    count_patterns(campaign=month, now=moment("2026-12-04 10:00"))
    after = read_pace(campaign=month)
    assert (after.hours, after.calls_a_planned_hour) == (before.hours, before.calls_a_planned_hour)
    assert after.open_at_the_end == before.open_at_the_end
    assert "contados el 04/12 10:00" in words_of(signed_in(elena).get(PAGE))


def test_the_two_halves_are_compared_with_an_interval(month, elena, signed_in):
    client = signed_in(elena)
    assert "Este mes no sigue la hora en que contestan" in words_of(client.get(PAGE))
    Campaign.objects.filter(pk=month.pk).update(follows_answers=True)
    month.pattern_refresh.halves = {"following": [200, 120], "other": [180, 81]}
    month.pattern_refresh.save()
    page = words_of(client.get(PAGE))
    assert "60,0 % de 200" in page
    assert "45,0 % de 180" in page
    assert "+15,0" in page
    assert "puntos; 95 %: entre +4,9 y +24,6" in page
    assert "Es provisional hasta el cierre" in page


def many_left(month, number=40):
    """So many left the list, in thirty calls of each agent a day."""
    AgentDay.objects.filter(campaign=month).update(attempts=30)
    LeftFigure.objects.filter(campaign=month).delete()
    LeftFigure.objects.create(campaign=month, day=date(2026, 11, 25), called=number, uncalled=0)


def test_what_it_really_took_becomes_the_plan_and_the_audit_says_who_took_it_over(month, elena, signed_in):
    many_left(month, ENOUGH_CONTACTS - 1)
    client = signed_in(elena)
    assert "hacen falta 30" in words_of(client.get(PAGE))
    many_left(month)
    CallingPolicy.objects.update_or_create(pk=1, defaults={"calls_an_hour": 18, "attempts_expected": Decimal("2.0")})
    assert "Llamadas por hora: 2 en vez de 18. Intentos por contacto: 2,9 en vez de 2,0." in words_of(client.get(PAGE))
    sent = {"calls_an_hour": "2", "attempts": "2.9", "is_meant": "on"}
    page = words_of(client.post(f"{PAGE}take-over/", sent, follow=True))
    assert "El plan de los próximos meses cuenta con 2 llamadas por hora y 2,9 intentos." in page
    policy = CallingPolicy.objects.get(pk=1)
    assert (policy.calls_an_hour, policy.attempts_expected) == (2, Decimal("2.9"))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.calls_an_hour, c.metadata->>'user' FROM campaigns_callingpolicyevent e
                 JOIN pghistory_context c ON c.id = e.pgh_context_id ORDER BY e.pgh_id DESC LIMIT 1"""
        )
        assert cursor.fetchone() == (2, str(elena.pk))


def test_numbers_far_from_those_of_the_plan_are_taken_only_when_they_are_meant(month, elena, signed_in):
    many_left(month)
    CallingPolicy.objects.update_or_create(pk=1, defaults={"calls_an_hour": 18, "attempts_expected": Decimal("2.0")})
    client = signed_in(elena)
    assert "Son muy distintas de las del plan, más de la mitad." in words_of(client.get(PAGE))
    page = words_of(client.post(f"{PAGE}take-over/", {"calls_an_hour": "2", "attempts": "2.9"}, follow=True))
    assert "márquelo para tomarlas" in page
    assert CallingPolicy.objects.get(pk=1).calls_an_hour == 18
    CallingPolicy.objects.filter(pk=1).update(calls_an_hour=3)
    assert "Son muy distintas" not in words_of(client.get(PAGE))
    client.post(f"{PAGE}take-over/", {"calls_an_hour": "2", "attempts": "2.9"})
    assert CallingPolicy.objects.get(pk=1).calls_an_hour == 2


def test_the_calls_an_hour_of_the_month_are_one_number_under_one_name(month, elena, signed_in):
    many_left(month)
    page = words_of(signed_in(elena).get(PAGE))
    measured = f"{read_pace(campaign=month).calls_a_planned_hour:.1f}".replace(".", ",")
    assert page.count("Llamadas por hora de un agente a jornada completa") == 2
    assert f"{measured} en este mes" in page


def test_less_than_a_call_an_hour_is_no_plan(month, elena, signed_in):
    many_left(month)
    AgentDay.objects.filter(campaign=month).update(attempts=1)
    page = words_of(signed_in(elena).get(PAGE))
    assert "Se hizo menos de una llamada por hora de calendario y agente" in page
    assert "Planear los próximos meses" not in page


def test_numbers_that_changed_since_they_were_shown_are_not_taken_over(month, elena, signed_in):
    many_left(month)
    client = signed_in(elena)
    page = words_of(client.post(f"{PAGE}take-over/", {"calls_an_hour": "17", "attempts": "2.4"}, follow=True))
    assert "Las cifras cambiaron mientras las miraba" in page
    assert not CallingPolicy.objects.filter(calls_an_hour=17).exists()


def test_a_launched_month_is_held_against_the_plan_of_its_launch(house_rules, elena):
    campaign = make_campaign(assigned_at=moment("2026-11-25 07:00"))
    campaign.planned_attempts = campaign.planned_calls_an_hour = None
    CallingPolicy.objects.update_or_create(pk=1, defaults={"calls_an_hour": 15, "attempts_expected": Decimal("2.5")})
    lifecycle.fix_measurement(campaign, now=moment("2026-11-25 08:00"))
    campaign.state, campaign.launched_at = Campaign.State.RUNNING, moment("2026-11-25 08:00")
    campaign.save()
    CallingPolicy.objects.filter(pk=1).update(calls_an_hour=30)
    count_patterns(campaign=campaign, now=moment("2026-11-28 10:00"))
    pace = read_pace(campaign=campaign)
    assert (pace.planned_calls_an_hour, pace.planned_attempts, pace.planned_part) == (15, 2.5, 1.0)


def test_the_plan_counts_the_hours_the_lines_left_at_the_launch(house_rules, ana, elena, signed_in):
    """Ana calls alone, and each afternoon the lines need her."""
    campaign = make_campaign(assigned_at=moment("2026-11-25 07:00"))
    add_contacts(campaign, 20)
    takers_of(campaign)
    afternoons = [
        moment(f"2026-11-{day} {hour}:{half:02}") for day in range(25, 31) for hour in range(14, 18) for half in (0, 30)
    ]
    StaffingNeed.objects.bulk_create(
        StaffingNeed(line="", began_at=at, calls=9, handling=180, agents=1, seats=1, level=0.9) for at in afternoons
    )
    lifecycle.fix_measurement(campaign, now=moment("2026-11-25 08:00"))
    campaign.state, campaign.launched_at = Campaign.State.RUNNING, moment("2026-11-25 08:00")
    campaign.save()
    StaffingNeed.objects.all().delete()
    count_patterns(campaign=campaign, now=moment("2026-11-28 10:00"))
    assert read_pace(campaign=campaign).planned_part == pytest.approx(2 / 3), "four of twelve hours"
    assert "El plan cuenta con el 67 % de las horas" in words_of(signed_in(elena).get(PAGE))


def test_months_stand_side_by_side_on_the_same_day_of_their_calls(month, ana, luis):
    """By the end of the third day (27 November) five of Ana's and two of Luis's contacts were handled."""
    october = make_campaign(
        date(2026, 11, 1), state=Campaign.State.CLOSED, launched_at=moment("2026-10-25 08:00"),
    )  # fmt: skip
    for day, contacted in ((25, 4), (27, 6), (28, 50)):
        october.day_figures.create(
            day=date(2026, 10, day), cut="agent", unit="contact", part="TV", agent=ana, zone="", handled=contacted,
            contacted=contacted, promised=0, paid=0, paid_after_contact=0, amount_paid=0, amount_paid_after_contact=0,
        )  # fmt: skip
    found = side_by_side(campaign=month, now=moment("2026-11-28 10:00"))
    assert found.days == 3
    assert [(one.campaign, one.handled, one.contacted) for one in found.months] == [(month, 7, 4), (october, 10, 10)]
    assert [one.attempts for one in found.months] == [9, 0]
    assert [one.services_paid for one in found.months] == [4, 0]  # on the 22nd, 25th and 27th: A1, A2 twice, L2


def test_a_month_that_is_over_is_compared_until_its_payments_stop_counting(month, elena, signed_in, at):
    """Six days of calls and five of grace: not 68 days in February."""
    Campaign.objects.filter(pk=month.pk).update(state="closed", closed_at=moment("2026-11-28 09:00"))
    month.refresh_from_db()
    with time_machine.travel(at("2027-02-01 10:00"), tick=True):
        page = words_of(signed_in(elena).get(PAGE))
    assert "sus pagos hasta el final del día 11, contado desde su primer día de llamadas" in page


def test_months_without_contacts_draw_no_empty_chart(elena, signed_in, house_rules):
    make_campaign(date(2026, 12, 1), state=Campaign.State.RUNNING, launched_at=moment("2026-11-25 08:00"))
    page = words_of(signed_in(elena).get(PAGE))
    assert "Mes contra mes" in page
    assert "Contactados de cada 100 contactos" not in page


def test_on_the_first_day_there_is_nothing_to_compare_yet(month, elena, signed_in, at):
    with time_machine.travel(at("2026-11-25 17:00"), tick=True):
        assert "Se compara por días completos, desde el 26/11/2026" in words_of(signed_in(elena).get(PAGE))
