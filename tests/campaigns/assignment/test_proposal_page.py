"""The proposal page, its assignment and its launch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from unittest.mock import Mock

import pytest
import time_machine
from django.test import Client

from agents.models import Agent, User
from campaigns import tasks
from campaigns.assignment import assigning
from campaigns.assignment.assigning import open_lists
from campaigns.figures.figures import read_totals
from campaigns.figures.refreshing import refresh_figures
from campaigns.models import AssignmentShare, Campaign, Contact, FigureRefresh, ListEntry
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment, owners, spoke
from tests.campaigns.a_month import make_month

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User | Agent], Client]


@pytest.fixture(autouse=True)
def _on_the_25th() -> Iterator[None]:
    with time_machine.travel(moment("2026-11-25 09:00"), tick=False):
        yield


@pytest.fixture
def december(house_rules: None, ana: Agent, luis: Agent) -> Campaign:
    campaign = make_campaign()
    add_contacts(campaign, 30)
    add_contacts(campaign, 10, "BOTH", start=100)
    open_lists(campaign=campaign, now=moment("2026-11-25 08:00"))
    return campaign


def answers(**changes: str) -> dict[str, str]:
    data = {"order": "due", "hold_out": "0", "hold_out_seed": "1", "script": ""}
    for share in AssignmentShare.objects.all():
        data |= {f"s{share.pk}-{name}": "on" for name in ("is_included", "takes_internet", "takes_tv")}
        data[f"s{share.pk}-weight"] = "1"
    return data | changes


def test_the_proposal_says_who_gets_what_and_whether_the_time_is_enough(
    december: Campaign, elena: User, signed_in: SignedIn
) -> None:
    page = signed_in(elena).get("/campaigns/2026-12/proposal/").content.decode()
    assert "Alcanza con 2 agentes hasta el 25/11/2026." in page
    assert "Lanzar campaña" in page
    assert "Ana" in page


def test_the_supervisor_changes_shares_order_and_hold_out_and_it_is_assigned_again(
    december: Campaign, ana: Agent, elena: User, signed_in: SignedIn
) -> None:
    share = AssignmentShare.objects.get(agent=ana)
    data = answers(order="amount", hold_out="10", script="Buenos días", **{f"s{share.pk}-weight": "2"})
    answer = signed_in(elena).post("/campaigns/2026-12/deal/", data)
    assert answer.status_code == 302
    december.refresh_from_db()
    assert (december.order, str(december.hold_out_share), december.script) == ("amount", "0.100", "Buenos días")
    assert owners(december) == {"Ana": 24, "Luis": 12}


def test_that_nobody_takes_part_is_said_once(december: Campaign, elena: User, signed_in: SignedIn) -> None:
    nobody = {name: value for name, value in answers().items() if not name.endswith("is_included")}
    answer = signed_in(elena).post("/campaigns/2026-12/deal/", nobody, follow=True)
    page = answer.content.decode()
    assert [str(message) for message in answer.context["messages"]] == ["Repartidos 0 contactos entre 0 agentes."]
    assert [message.level_tag for message in answer.context["messages"]] == ["info"]
    for listed in ("30 contactos de la lista Internet quedan", "10 contactos de la lista Internet y televisión quedan"):
        assert page.count(listed) == 1


def test_calling_first_when_they_answer_is_switched_on_before_the_launch_and_said_of_each_contact(
    december: Campaign, ana: Agent, elena: User, signed_in: SignedIn
) -> None:
    client = signed_in(elena)
    rule = "Cuando se acaban sigue el resto de las dos mitades, por orden de prioridad"
    page = client.get("/campaigns/2026-12/proposal/").content.decode()
    assert rule in page
    assert 'name="follows_answers"' in page
    entry = ListEntry.objects.filter(campaign=december).select_related("contact")[0]
    assert "Se llama primero" not in client.get(f"/desk/contacts/{entry.pk}/").content.decode()
    client.post("/campaigns/2026-12/deal/", answers(follows_answers="on"))
    december.refresh_from_db()
    assert december.follows_answers
    assert "por el orden de prioridad" in client.get(f"/desk/contacts/{entry.pk}/").content.decode()
    ListEntry.objects.filter(pk=entry.pk).update(answers_in=2)
    page = client.get(f"/desk/contacts/{entry.pk}/").content.decode()
    assert "por la tarde: entonces contestaron más los clientes de su lista" in page
    november = make_campaign(date(2026, 11, 1), state="closed", launched_at=moment("2026-10-25 08:00"))
    add_contacts(november, 40)
    spoke(november, entry.contact.contract, ana, moment("2026-10-26 15:00"))
    november.attempts.update(telephone="+59170700000")
    page = client.get(f"/desk/contacts/{entry.pk}/").content.decode()
    assert "por la tarde: entonces contestó la última vez" in page


def test_a_large_campaign_is_assigned_in_the_background_and_not_launched_meanwhile(
    december: Campaign,
    elena: User,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    monkeypatch.setattr(assigning, "ASSIGNED_AT_ONCE", 39)
    monkeypatch.setattr(tasks.assign_what_was_asked, "delay", rung := Mock())
    client = signed_in(elena)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        client.post("/campaigns/2026-12/deal/", answers(hold_out="10"))
    rung.assert_called_once()
    assert owners(december) == {"Ana": 20, "Luis": 20}
    page = client.get("/campaigns/2026-12/").content.decode()
    assert "Repartiendo los contactos" in page
    assert "Se está repartiendo" in page
    assert client.get("/campaigns/2026-12/deal/progress/").status_code == 200
    assert [campaign.pk for campaign in assigning.assign_what_was_asked(now=moment("2026-11-25 09:01"))] == [
        december.pk
    ]
    assert assigning.assign_what_was_asked(now=moment("2026-11-25 09:01")) == []
    assert owners(december) == {"Ana": 18, "Luis": 18}
    assert client.get("/campaigns/2026-12/deal/progress/").headers["HX-Refresh"] == "true"
    assert "Repartiendo los contactos" not in client.get("/campaigns/2026-12/").content.decode()


@pytest.mark.parametrize(("name", "value"), [("hold_out", "60"), ("order", "x"), ("weight", "0")])
def test_what_cannot_be_is_said_beside_the_field_and_changes_nothing(
    december: Campaign, ana: Agent, elena: User, signed_in: SignedIn, name: str, value: str
) -> None:
    share = AssignmentShare.objects.get(agent=ana)
    data = answers(**{f"s{share.pk}-weight" if name == "weight" else name: value})
    answer = signed_in(elena).post("/campaigns/2026-12/deal/", data)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    december.refresh_from_db()
    assert december.hold_out_share == 0


def test_a_refused_proposal_says_so_above_and_leads_to_its_first_wrong_field(
    december: Campaign, ana: Agent, luis: Agent, elena: User, signed_in: SignedIn
) -> None:
    of_ana, of_luis = (AssignmentShare.objects.get(agent=agent).pk for agent in (ana, luis))
    data = answers(**{f"s{of_luis}-weight": "x", f"s{of_ana}-weight": "abc", "hold_out": "60"})
    page = signed_in(elena).post("/campaigns/2026-12/deal/", data).content.decode()
    assert f"No se guardó ni se repartió nada. Peso: {ana}: " in page
    (field,) = re.findall(r"<input[^>]* autofocus[^>]*>", page)
    assert f'name="s{of_ana}-weight"' in field


def test_the_supervisor_launches_from_the_page(december: Campaign, elena: User, signed_in: SignedIn) -> None:
    signed_in(elena).post("/campaigns/2026-12/launch/")
    december.refresh_from_db()
    assert december.state == "running"
    assert december.changes.get().by == elena


def test_a_launch_that_cannot_be_says_why_on_its_button(december: Campaign, elena: User, signed_in: SignedIn) -> None:
    with time_machine.travel(moment("2026-12-01 09:00"), tick=False):
        page = signed_in(elena).get("/campaigns/2026-12/proposal/").content.decode()
    assert "Las llamadas terminaron el 30/11/2026" in page
    assert 'aria-disabled="true"' in page


def test_an_auditor_reads_the_proposal_and_changes_nothing(
    december: Campaign, oscar: User, ana: Agent, signed_in: SignedIn
) -> None:
    page = signed_in(oscar).get("/campaigns/2026-12/proposal/").content.decode()
    assert "Guardar y repartir" not in page
    assert "Lanzar campaña" not in page
    for address in ("/campaigns/2026-12/deal/", "/campaigns/2026-12/launch/"):
        assert signed_in(oscar).post(address).status_code == 403
        assert signed_in(ana).post(address).status_code == 403
    assert signed_in(ana).get("/campaigns/2026-12/proposal/").status_code == 403


def test_a_month_without_its_report_says_what_is_awaited(elena: User, signed_in: SignedIn) -> None:
    make_campaign(state="expected", late_since=moment("2026-11-25 09:00"))
    page = signed_in(elena).get("/campaigns/2026-12/proposal/").content.decode()
    assert "está atrasado" in page


@pytest.mark.parametrize("period", ["2026-11", "2026-13", "nada"])
def test_a_month_that_is_not_there_is_not_found(elena: User, signed_in: SignedIn, period: str) -> None:
    assert signed_in(elena).get(f"/campaigns/{period}/proposal/").status_code == 404


def test_the_page_asks_the_database_as_often_with_many_agents(
    december: Campaign,
    elena: User,
    signed_in: SignedIn,
    make_agent: Callable[..., Agent],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for number in range(20):
        agent = make_agent(f"Agente{number}")
        AssignmentShare.objects.create(campaign=december, agent=agent)
    client = signed_in(elena)
    with django_assert_max_num_queries(22):  # type: ignore[attr-defined]
        client.get("/campaigns/2026-12/proposal/")


def test_a_centre_of_hundreds_of_agents_can_be_assigned_from_the_page(
    december: Campaign, elena: User, signed_in: SignedIn
) -> None:
    people = User.objects.bulk_create([User(username=f"a{n}", first_name=f"A{n}") for n in range(270)])
    agents = Agent.objects.bulk_create([Agent(user=person) for person in people])
    AssignmentShare.objects.bulk_create([AssignmentShare(campaign=december, agent=agent) for agent in agents])
    data = answers()
    assert len(data) > 1000
    assert signed_in(elena).post("/campaigns/2026-12/deal/", data).status_code == 302
    assert max(owners(december).values()) == 1


def test_the_proposal_says_how_small_an_effect_each_control_group_shows(
    december: Campaign, elena: User, signed_in: SignedIn
) -> None:
    page = " ".join(signed_in(elena).get("/campaigns/2026-12/").content.decode().split())
    assert "Qué efecto se alcanza a ver" in page
    assert "Sin un mes anterior ya pagado con que calcular" in page
    assert "44,3 puntos" in page  # with half of forty left alone: 2,8 × √(0,25 × (1/20 + 1/20))
    assert "con los pagos hasta el 05/12/2026" in page
    signed_in(elena).post("/campaigns/2026-12/deal/", answers(hold_out="50", hold_out_seed="5"))
    page = " ".join(signed_in(elena).get("/campaigns/2026-12/").content.decode().split())
    assert "elegido" in page
    assert held_out_told(page) == ListEntry.objects.filter(state="held_out").count()


def held_out_told(page: str) -> int:
    """How many the table of effects says are not called, of the share that was chosen."""
    told = re.search(r'aria-current="true">.*?<td class="number">(\d+)</td>', page)
    assert told is not None
    return int(told[1])


def test_how_many_pay_is_taken_from_a_month_whose_payments_are_in_and_names_it(
    house_rules: None, ana: Agent, luis: Agent, elena: User, signed_in: SignedIn
) -> None:
    before = make_month({"ana": ana, "luis": luis})
    refresh_figures(campaign=before, now=moment("2026-11-28 12:00"))
    january = make_campaign(date(2027, 1, 1))
    add_contacts(january, 40)
    open_lists(campaign=january, now=moment("2026-12-25 08:00"))
    client = signed_in(elena)

    def page() -> str:
        return " ".join(client.get("/campaigns/2027-01/").content.decode().replace("\u00a0", " ").split())

    assert "Sin un mes anterior ya pagado" in page(), "it is still being called"
    Campaign.objects.filter(pk=before.pk).update(state="closed", closed_at=moment("2026-11-30 20:00"))
    assert "Sin un mes anterior ya pagado" in page(), "it is still being paid"
    FigureRefresh.objects.update(effect={"evaluated_on": "2026-12-05"})
    counts = read_totals(campaign=before).contacts
    assert (
        f"Con la parte que pagó en diciembre 2026: {counts.callable_paid / counts.callable * 100:.0f} % de los"
        in page()
    )


def test_people_of_one_household_are_worth_one(december: Campaign, elena: User, signed_in: SignedIn) -> None:
    Contact.objects.update(identity_card="77")
    Contact.objects.filter(contract__in=["C1", "C2"]).update(identity_card="78")
    signed_in(elena).post("/campaigns/2026-12/deal/", answers())
    page = " ".join(signed_in(elena).get("/campaigns/2026-12/").content.decode().split())
    assert "44,9 puntos" in page  # 39 of 40: those of more than twenty at one card are no household
