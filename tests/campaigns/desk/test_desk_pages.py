"""The agent's pages: what they show, who may see it, and how many questions they ask the database."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import AgentState, DataPolicy, Disclosure, Search
from campaigns.assignment.moving import Selection
from campaigns.assignment.rebalancing import reassign
from campaigns.calling.reasons import in_short
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next
from campaigns.desk.lease_sweep import sweep_leases
from campaigns.desk.leases import release_desk
from campaigns.desk.results import record_result
from campaigns.models import (
    Attempt,
    CallBack,
    CallingPolicy,
    Campaign,
    DeskDraft,
    ListEntry,
    PaymentPromise,
    Renewal,
    RenewalPayment,
)
from campaigns.month import lifecycle
from campaigns.promises_and_callbacks.call_backs import agree
from tests.campaigns.desk.at_desk import at_desk

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def clear_cache():
    cache.clear()


@pytest.fixture
def clock(time_machine_at):
    return time_machine_at


@pytest.fixture
def time_machine_at(at):
    """Stops the clock: `clock("2026-11-26 10:00")`."""
    import time_machine

    started = []

    def stop(text):
        traveller = time_machine.travel(at(text), tick=False)
        traveller.start()
        started.append(traveller)

    yield stop
    for traveller in reversed(started):
        traveller.stop()


@pytest.fixture
def opened(make_contact, ana, clock, at):
    """Ana's desk at ten with Rosa's contact open, and another one after it."""
    clock("2026-11-26 10:00")
    contact = make_contact(ana, "Rosa Flores")
    make_contact(ana, "Juan Rojas")
    give_next(agent=ana, now=at("2026-11-26 10:00"))
    return contact


def post(client, name, contact, fence=1, **more):
    """What a button of the desk sends; a result is meant, dialled or not."""
    fields = {"contact": contact.pk, "fence": fence, **({"undialled": "1"} if name == "desk_result" else {}), **more}
    return client.post(reverse(f"campaigns:{name}"), fields, **HTMX)


def test_the_desk_shows_the_next_contact_with_all_an_agent_needs(make_contact, ana, signed_in, clock):
    clock("2026-11-26 10:00")
    contact = make_contact(ana, "Rosa Flores")
    page = at_desk(signed_in(ana)).content.decode()
    for shown in ("Rosa Flores", contact.contract, "Fibra 120", "Bs\xa0289,00", "+591\xa0707-00001", "Pagará", "Guion"):
        assert shown in page
    assert ListEntry.objects.get().lease_agent == ana


def test_calling_opens_the_link_of_the_telephone(opened, ana, signed_in):
    answer = post(signed_in(ana), "desk_call", opened, telephone=opened.telephones[0])
    assert answer["HX-Trigger-After-Swap"] == '{"dialled": {"link": "tel:+59170700001"}}'
    assert "En llamada" in answer.content.decode()
    assert Attempt.objects.get().resulted_at is None


def test_a_payment_between_giving_and_dialling_is_said_on_the_card(opened, ana, signed_in):
    ListEntry.objects.filter(contact=opened).update(state="paid", paid_on=date(2026, 11, 26))
    answer = post(signed_in(ana), "desk_call", opened, telephone=opened.telephones[0])
    assert answer.status_code == 409
    assert "Ya pagó el 26/11/2026." in answer.content.decode()
    assert not Attempt.objects.exists()


def test_a_result_brings_the_next_contact(opened, ana, signed_in):
    answer = post(signed_in(ana), "desk_result", opened, disposition="no_answer", note="Suena y suena")
    assert "Juan Rojas" in answer.content.decode()
    assert "Corregir último" in answer.content.decode()
    assert Attempt.objects.get().note == "Suena y suena"


def test_a_result_and_the_next_page_ask_at_most_fourteen_questions(opened, ana, signed_in):
    client = signed_in(ana)
    at_desk(client)
    with CaptureQueriesContext(connection) as asked:
        answer = post(client, "desk_result", opened, disposition="no_answer")
    assert "Juan Rojas" in answer.content.decode()
    # outside a test's own transaction a savepoint is a BEGIN
    questions = [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(questions) <= 14, questions


def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(opened, ana, signed_in):
    answer = post(
        signed_in(ana), "desk_result", opened, disposition="promise", promised_on="2026-11-27", promised_amount="x1",
        note="Dice que el viernes",
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Escriba el monto como 289,00." in page
    assert "Dice que el viernes" in page
    assert 'value="x1"' in page


def test_a_promise_is_taken_as_people_write_money(opened, ana, signed_in):
    answers = {"disposition": "promise", "promised_on": "2026-11-27", "promised_amount": "150,50"}
    post(signed_in(ana), "desk_result", opened, **answers)
    assert PaymentPromise.objects.get().amount == Decimal("150.50")


def test_a_call_back_is_agreed_from_the_desk(opened, ana, signed_in, at):
    answers = {"disposition": "call_back", "call_back_day": "2026-11-26", "call_back_time": "16:40"}
    post(signed_in(ana), "desk_result", opened, **answers, call_back_personal="team")
    agreed = CallBack.objects.get()
    assert (agreed.due_at, agreed.reach) == (at("2026-11-26 16:40"), "team")


def test_a_double_click_records_once_and_moves_on(opened, ana, signed_in):
    client = signed_in(ana)
    post(client, "desk_result", opened, disposition="no_answer")
    answer = post(client, "desk_result", opened, disposition="no_answer")
    assert Attempt.objects.count() == 1
    assert "Juan Rojas" in answer.content.decode()


def test_another_result_from_an_old_form_is_not_recorded_and_does_not_seem_to_be(opened, ana, signed_in):
    client = signed_in(ana)
    post(client, "desk_result", opened, disposition="no_answer")
    answer = post(client, "desk_result", opened, disposition="refused", reason="Precio")
    assert "Esta llamada ya tenía el resultado «No contesta»" in answer.content.decode()
    assert Attempt.objects.get().disposition.code == "no_answer"


def test_an_old_tab_that_dials_gets_the_desk_as_it_is_now_and_not_the_telephones_of_another(opened, ana, signed_in):
    """The other tab went on to Juan Rojas: his telephones must not come in under Rosa's name."""
    client = signed_in(ana)
    post(client, "desk_result", opened, disposition="no_answer")
    answer = post(client, "desk_call", opened, telephone=opened.telephones[0])
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#desk")
    page = answer.content.decode()
    assert "Juan Rojas" in page
    assert "ya no está abierto en su escritorio" in page
    assert Attempt.objects.filter(resulted_at=None).count() == 0


def test_an_old_tab_of_an_earlier_lease_of_the_same_contact_gets_the_new_form(opened, ana, signed_in):
    ListEntry.objects.filter(contact=opened).update(fence=2)
    answer = post(signed_in(ana), "desk_call", opened, telephone=opened.telephones[0])
    assert answer["HX-Retarget"] == "#desk"
    assert 'name="fence"\n             value="2"' in answer.content.decode()


def test_what_was_typed_about_one_customer_is_never_shown_under_another(opened, ana, signed_in):
    client = signed_in(ana)
    post(client, "desk_result", opened, disposition="no_answer")
    answer = post(client, "desk_result", opened, disposition="promise", promised_on="nunca", note="Está de viaje")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Esa página era de otro contacto. El resultado no se registró." in page
    assert "Está de viaje" not in page


def test_a_call_whose_answer_was_lost_is_dialled_again_from_the_reloaded_desk(opened, ana, signed_in):
    client = signed_in(ana)
    post(client, "desk_call", opened, telephone=opened.telephones[0])  # its answer never arrived
    assert "Marcar otra vez" in at_desk(client).content.decode()
    answer = post(client, "desk_call", opened, telephone=opened.telephones[0])
    assert answer["HX-Trigger-After-Swap"] == '{"dialled": {"link": "tel:+59170700001"}}'
    assert Attempt.objects.count() == 1
    ListEntry.objects.filter(contact=opened).update(state="paid", paid_on=date(2026, 11, 26))
    assert post(client, "desk_call", opened, telephone=opened.telephones[0]).status_code == 409


def test_a_stale_result_says_what_was_kept(opened, ana, luis, signed_in, clock, at):
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=at("2026-11-26 10:00"))
    sweep_leases(now=at("2026-11-26 10:30"))
    ListEntry.objects.filter(contact=opened).update(owner=luis)
    clock("2026-11-26 14:00")
    give_next(agent=luis, now=at("2026-11-26 14:00"))
    answer = post(signed_in(ana), "desk_result", opened, disposition="no_answer")
    assert "El resultado no se registró." in answer.content.decode()


def test_a_desk_whose_contact_was_taken_works_on_and_is_told_what_was_kept(opened, ana, luis, signed_in, clock, at):
    """Ana's browser died in the middle of a call; nobody swept, and Luis has her customer now."""
    client = signed_in(ana)
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=at("2026-11-26 10:00"))
    post(client, "desk_draft", opened, note="Pide que llamen a su hijo")
    ListEntry.objects.filter(contact=opened).update(owner=luis)
    assert give_next(agent=luis, now=at("2026-11-26 10:30")) is None  # he swept, and the call counts: it waits its hour
    clock("2026-11-26 14:00")
    assert give_next(agent=luis, now=at("2026-11-26 14:00")).contact_id == opened.pk
    client = signed_in(ana)
    page = at_desk(client).content.decode()
    for shown in (
        "Juan Rojas",
        "Su reserva venció y la llamada de 26/11 10:00 quedó sin resultado.",
        "Se conservó su nota: «Pide que llamen a su hijo».",
        "Ahora lo atiende otra persona.",
    ):
        assert shown in page
    assert "Decir cómo terminó" not in page
    answer = post(client, "desk_result", opened, disposition="no_answer", note="Pide que llamen a su hijo mayor")
    assert answer.status_code == 200
    assert "ahora lo tiene Luis. El resultado no se registró. Su nota quedó" in answer.content.decode()
    assert "Juan Rojas" in answer.content.decode()
    assert Attempt.objects.get().note == "Pide que llamen a su hijo mayor"


def test_a_pause_asked_from_an_old_page_frees_what_is_open_now(opened, ana, signed_in, at):
    client = signed_in(ana)
    post(client, "desk_result", opened, disposition="no_answer")
    assert "Está en pausa" in post(client, "desk_pause", opened, reason="BANO").content.decode()
    assert not ListEntry.objects.filter(lease_agent=ana).exists()


def test_half_a_note_survives_a_reload(opened, ana, signed_in):
    client = signed_in(ana)
    assert post(client, "desk_draft", opened, note="Pide rebaja y", disposition="refused").status_code == 204
    page = at_desk(client).content.decode()
    assert "Pide rebaja y" in page
    post(client, "desk_result", opened, disposition="no_answer")
    assert post(client, "desk_draft", opened, note="tarde").status_code == 204
    assert DeskDraft.objects.get().fields["note"] == "Pide rebaja y"


def test_what_was_typed_before_a_pause_is_there_after_it_and_gone_once_it_is_recorded(opened, ana, signed_in, at):
    client = signed_in(ana)
    assert post(client, "desk_draft", opened, note="Pide rebaja y").status_code == 204
    post(client, "desk_pause", opened, reason="BANO")
    again = ListEntry.objects.get(contact=opened)
    assert not again.lease_agent_id
    client.post(reverse("campaigns:desk_pause"), {"verb": "end"}, **HTMX)
    again.refresh_from_db()
    assert again.lease_agent_id == ana.pk
    page = at_desk(client).content.decode()
    assert "Pide rebaja y" in page
    post(client, "desk_result", opened, fence=again.fence, disposition="no_answer", note="Pide rebaja y ya")
    assert Attempt.objects.get().note == "Pide rebaja y ya"
    ListEntry.objects.filter(lease_agent=ana).update(lease_agent=None, lease_until=None)
    ListEntry.objects.filter(contact=opened).update(
        state="open", lease_agent=ana, lease_until=at("2026-11-26 10:09"), fence=again.fence + 5
    )
    assert ">Pide rebaja y</textarea>" not in at_desk(client).content.decode()


def test_the_pulse_renews_the_lease_and_tells_of_a_payment(opened, ana, signed_in, clock, at):
    client = signed_in(ana)
    shown = re.search(r'name="shown" value="([^"]+)"', at_desk(client).content.decode())[1]
    clock("2026-11-26 10:08")
    assert post(client, "desk_pulse", opened, shown=shown).status_code == 204
    assert ListEntry.objects.get(contact=opened).lease_until == at("2026-11-26 10:18")
    ListEntry.objects.filter(contact=opened).update(state="paid", paid_on=date(2026, 11, 26))
    assert "no hace falta llamar" in post(client, "desk_pulse", opened).content.decode()
    ListEntry.objects.filter(contact=opened).update(state="open", paid_on=None, lease_agent=None, lease_until=None)
    assert "Ya no está reservado" in post(client, "desk_pulse", opened).content.decode()


def test_who_looks_and_gives_back_leaves_rows_and_meets_the_limit(opened, ana, make_contact, signed_in):
    """Her list is not read through by giving back what she was given."""
    DataPolicy(searches_a_minute=2).save()
    make_contact(ana, "Another One")
    make_contact(ana, "And Another")
    client, answers = signed_in(ana), []
    for _time in range(3):
        given = ListEntry.objects.select_related("contact").get(lease_agent=ana)
        answers.append(post(client, "desk_give_back", given.contact, fence=given.fence).status_code)
    assert answers == [200, 200, 429]
    assert Search.objects.filter(user=ana.user, asked=opened.contract).exists()
    assert ListEntry.objects.filter(lease_agent=ana).count() == 1, "it stays with her"


def test_a_pulse_of_whom_she_does_not_have_open_is_a_look(opened, ana, make_contact, signed_in):
    """Her list is not read through by the pulses of contacts that are reserved for nobody."""
    DataPolicy(searches_a_minute=2).save()
    others = [make_contact(ana, name) for name in ("One", "Two", "Three")]
    client = signed_in(ana)
    post(client, "desk_pulse", opened)
    assert not Search.objects.exists(), "whom she has open is looked at once"
    answers = [post(client, "desk_pulse", other, fence=1) for other in others]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Ya no está reservado" in answers[0].content.decode()
    assert [row.asked for row in Search.objects.order_by("pk")] == [other.contract for other in others]
    assert others[2].name not in answers[2].content.decode()


def test_who_opens_a_chosen_contact_leaves_a_row(opened, ana, make_contact, signed_in):
    chosen = make_contact(ana, "Chosen One")
    signed_in(ana).post(reverse("campaigns:contact_open", args=[chosen.pk]))
    assert [one.asked for one in Search.objects.filter(user=ana.user)] == [chosen.contract]


def test_a_paid_contact_is_let_go_with_one_key(opened, ana, signed_in):
    ListEntry.objects.filter(contact=opened).update(state="paid")
    answer = post(signed_in(ana), "desk_give_back", opened)
    assert "Juan Rojas" in answer.content.decode()


def test_a_pause_gives_the_contact_back_and_ends_with_the_same_one(opened, ana, signed_in):
    client = signed_in(ana)
    assert "Está en pausa" in post(client, "desk_pause", opened, reason="BANO").content.decode()
    assert AgentState.objects.open().get().state == "paused"
    answer = client.post(reverse("campaigns:desk_pause"), {"verb": "end"}, **HTMX)
    assert "Rosa Flores" in answer.content.decode()
    assert AgentState.objects.open().get().state == "available"


def test_there_is_no_pause_while_a_call_waits_for_its_result(opened, ana, signed_in, at):
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=at("2026-11-26 10:00"))
    answer = post(signed_in(ana), "desk_pause", opened, reason="BANO")
    assert "registre primero el resultado" in answer.content.decode()
    assert not AgentState.objects.filter(state="paused").exists()


def test_an_empty_desk_says_why_and_until_when(make_contact, ana, signed_in, clock, at):
    clock("2026-11-26 10:00")
    make_contact(ana, ready_at=at("2026-11-26 12:30"))
    page = at_desk(signed_in(ana)).content.decode()
    assert "Todos sus contactos esperan su próxima hora." in page
    assert "26/11 12:30" in page


def test_history_shows_earlier_months_of_the_contract(make_contact, ana, luis, signed_in, clock, at):
    clock("2026-11-26 10:00")
    contact = make_contact(ana, "Rosa Flores")
    october = Campaign.objects.create(
        period=date(2026, 11, 1), state="closed", calls_from=date(2026, 10, 25), calls_until=date(2026, 10, 31),
        report_due_at=at("2026-10-25 07:00"), created_at=at("2026-10-25 06:00"),
    )  # fmt: skip
    make_contact(
        luis, campaign=october, contract=contact.contract, state="paid", paid_on=date(2026, 10, 30),
        contacted_at=at("2026-10-28 10:00"), contacted_by=luis,
    )  # fmt: skip
    page = at_desk(signed_in(ana)).content.decode()
    assert "pagó tras contacto" in page
    assert "Luis" in page
    earlier = ListEntry.objects.filter(campaign=october)
    earlier.update(state="open", paid_on=None, contacted_at=None, contacted_by=None)
    assert "no pagó; no se le llamó" in at_desk(signed_in(ana)).content.decode()
    earlier.update(attempts=2)
    assert "no pagó; no se le encontró" in at_desk(signed_in(ana)).content.decode()


def test_the_script_speaks_with_the_customers_data(make_contact, ana, signed_in, december, clock):
    clock("2026-11-26 10:00")
    Campaign.objects.update(script="Hola {cliente}: {monto} por {servicios} hasta el {vence}. {agente}")
    make_contact(ana, "Rosa Flores")
    page = at_desk(signed_in(ana)).content.decode()
    assert "Hola Rosa Flores: Bs 289,00 por Internet hasta el 30/11. Ana" in page


TWO_OWED = [("INTERNET", date(2026, 11, 30)), ("TV", date(2026, 11, 28))]


@pytest.mark.parametrize(
    ("services", "paid", "said"),
    [
        (TWO_OWED, [], "sus servicios vencen: Internet el 30/11 y Televisión el 28/11. El monto es Bs 578,00."),
        (TWO_OWED, ["TV"], "su servicio de Internet vence el 30/11. El monto es Bs 289,00."),
        (TWO_OWED, ["INTERNET"], "su servicio de Televisión vence el 28/11. El monto es Bs 289,00."),
        (
            [("INTERNET", date(2026, 11, 30)), ("TV", date(2026, 11, 30))],
            [],
            "sus servicios de Internet y Televisión vencen el 30/11. El monto",
        ),
        (
            [("TV", date(2026, 11, 30)), ("TV", date(2026, 11, 28))],
            [],
            "sus servicios de Televisión vencen el 28/11 y el 30/11. El monto",
        ),
        (
            [*TWO_OWED, ("TV", date(2026, 11, 29))],
            [],
            "sus servicios vencen: Internet el 30/11 y Televisión el 28/11 y el 29/11.",
        ),
    ],
)
def test_the_script_speaks_of_each_service_still_owed_with_its_own_day(
    make_contact, ana, signed_in, clock, services, paid, said
):
    clock("2026-11-26 10:00")
    give_services(make_contact(ana, "Rosa Flores"), services, paid)
    assert f"Le llamo porque {said}" in at_desk(signed_in(ana)).content.decode()


def test_who_paid_while_she_is_open_is_not_asked_to_pay(make_contact, ana, signed_in, clock):
    clock("2026-11-26 10:00")
    contact = make_contact(ana, "Rosa Flores")
    client = signed_in(ana)
    assert "¿Qué día piensa pagar?" in at_desk(client).content.decode()
    give_services(contact, TWO_OWED, ["INTERNET", "TV"])
    ListEntry.objects.filter(contact=contact).update(state="paid", paid_on=date(2026, 11, 26))
    entry = ListEntry.objects.get(contact=contact)
    said = {"contact": contact.pk, "fence": entry.fence}
    page = at_desk(client).content.decode()
    pulse = client.post(reverse("campaigns:desk_pulse"), said).content.decode()
    for told in (page, pulse):  # at once, not only when the page is loaded again
        assert "Su pago ya está registrado." in told
        assert 'id="script-words"' in told
    assert "piensa pagar" not in page
    assert "El monto es" not in page
    ListEntry.objects.filter(contact=contact).update(state="gone", paid_on=None)
    assert "esta llamada ya no hace falta" in client.post(reverse("campaigns:desk_pulse"), said).content.decode()


def test_a_script_of_ones_own_says_the_days_in_the_order_of_the_services(make_contact, ana, signed_in, clock):
    clock("2026-11-26 10:00")
    Campaign.objects.update(script="{servicios} hasta el {vence}. Otra vez: {vencimientos}.")
    give_services(make_contact(ana, "Rosa Flores"), TWO_OWED, [])
    page = at_desk(signed_in(ana)).content.decode()
    assert "Internet y Televisión hasta el 30/11 y el 28/11, respectivamente. Otra vez: sus servicios vencen" in page


def give_services(contact, services, paid):
    """Instead of its one: each of Bs 289; those of a kind in `paid` are paid."""
    Renewal.objects.filter(contact=contact).delete()
    for line, (service, due_on) in enumerate(services, 1):
        renewal = Renewal.objects.create(
            campaign_id=contact.campaign_id, contact=contact, report_line=line, service=service,
            service_number=f"77{contact.pk}{line}", due_on=due_on, amount_due=289,
        )  # fmt: skip
        if service in paid:
            RenewalPayment.objects.create(
                renewal=renewal, campaign_id=contact.campaign_id, contact=contact, amount=289,
                first_paid_on=date(2026, 11, 25), paid_on=date(2026, 11, 25),
            )  # fmt: skip


@pytest.mark.parametrize("name", ["desk", "my_list", "my_day"])
def test_desks_are_for_agents(name, elena, signed_in, december):
    assert signed_in(elena).get(reverse(f"campaigns:{name}")).status_code == 403


def test_the_contact_of_another_agent_does_not_exist(make_contact, luis, ana, elena, oscar, signed_in):
    contact = make_contact(luis, "Rosa Flores")
    for name in ("contact", "contact_open"):
        verb = signed_in(ana).get if name == "contact" else signed_in(ana).post
        assert verb(reverse(f"campaigns:{name}", args=[contact.pk])).status_code == 404
    for client in (signed_in(elena), signed_in(oscar)):
        assert "Rosa Flores" in client.get(reverse("campaigns:contact", args=[contact.pk])).content.decode()


def test_an_auditor_sees_masked_data_until_a_reason_is_given_and_logged(make_contact, luis, oscar, signed_in):
    contact, client = make_contact(luis, identity_card="4567890"), signed_in(oscar)
    address = reverse("campaigns:contact_reveal", args=[contact.pk])
    page = client.get(reverse("campaigns:contact", args=[contact.pk])).content.decode()
    assert "707-00001" not in page
    assert "4567890" not in page
    client.post(address, {"reason": " "})
    assert not Disclosure.objects.exists()
    assert "707-00001" in client.post(address, {"reason": "Queja 45"}).content.decode()
    assert Disclosure.objects.get().reason == "Queja 45"


def test_the_contact_page_says_why_not_now(make_contact, ana, signed_in, clock, at):
    clock("2026-11-26 10:00")
    contact = make_contact(ana, ready_at=at("2026-11-26 12:00"))
    page = signed_in(ana).get(reverse("campaigns:contact", args=[contact.pk])).content.decode()
    assert "Espera hasta el 26/11 12:00." in page


def test_a_contact_opened_by_choice_is_at_the_desk(make_contact, ana, signed_in, clock):
    clock("2026-11-26 10:00")
    make_contact(ana, "Rosa Flores", position=1)
    chosen = make_contact(ana, "Juan Rojas", position=2)
    client = signed_in(ana)
    client.post(reverse("campaigns:contact_open", args=[chosen.pk]))
    assert "Juan Rojas" in at_desk(client).content.decode()


def test_the_own_list_filters_says_why_not_and_exports(make_contact, ana, luis, signed_in, clock, at):
    clock("2026-11-26 10:00")
    make_contact(ana, "Rosa Flores"), make_contact(ana, "Juan Rojas", ready_at=at("2026-11-26 12:00"))
    make_contact(ana, "Eva Paz", state="paid"), make_contact(luis, "Ajena Total")
    client = signed_in(ana)
    page = client.get(reverse("campaigns:my_list")).content.decode()
    assert "Ajena Total" not in page
    for shown in ("Rosa Flores", "se puede llamar", "en espera", "ya pagó"):
        assert shown in page
    waiting = client.get(reverse("campaigns:my_list"), {"state": "waiting"}).content.decode()
    assert ("Juan Rojas" in waiting, "Rosa Flores" in waiting) == (True, False)
    assert "Exportar" not in waiting
    refused = client.post(f"{reverse('campaigns:my_list_export')}?state=paid", follow=True)
    assert "pídala a supervisión" in refused.content.decode()
    assert not Disclosure.objects.exists()
    CallingPolicy.objects.update_or_create(pk=1, defaults={"agents_export": True})
    assert "Exportar" in client.get(reverse("campaigns:my_list"), {"state": "waiting"}).content.decode()
    answer = client.post(f"{reverse('campaigns:my_list_export')}?state=paid")
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    assert Disclosure.objects.get().rows == 1
    assert client.get(reverse("campaigns:my_list_export")).status_code == 405


def test_the_own_list_begins_with_who_may_be_called_and_says_what_it_comes_to(make_contact, ana, signed_in, clock, at):
    clock("2026-11-26 10:00")
    late, soon = at("2026-11-26 17:00"), at("2026-11-26 12:00")
    make_contact(ana, "Eva Paz", position=1, state="paid", paid_on=date(2026, 11, 25), ready_at=soon)
    make_contact(ana, "Hugo Paz", position=2, ready_at=late), make_contact(ana, "Juan Rojas", position=3, ready_at=soon)
    make_contact(ana, "Rosa Flores", position=4)
    client = signed_in(ana)
    page = client.get(reverse("campaigns:my_list")).content.decode()
    names = ("Rosa Flores", "Juan Rojas", "Hugo Paz", "Eva Paz")
    assert sorted(names, key=page.index) == [*names]
    rows = {name: next(row for row in page.split("<tr") if name in row) for name in names}
    assert "26/11 12:00" in rows["Juan Rojas"]
    assert "26/11 12:00" not in rows["Eva Paz"]  # nobody calls her any more
    assert "4 en total" in page
    CallingPolicy.objects.update_or_create(pk=1, defaults={"agents_export": True})
    answer = client.post(reverse("campaigns:my_list_export"))
    assert 'filename="mi-lista-2026-11-26.xlsx"' in answer["Content-Disposition"]


def test_the_own_list_shows_what_is_owed_now_and_until_when(make_contact, ana, signed_in, clock):
    """Contract 205461 showed 634,00 in the list and 215,00 at the desk: one of its services had been paid meanwhile."""
    clock("2026-11-26 10:00")
    contact = make_contact(ana, "Rosa Flores", amount_due="578.00", due_on=date(2026, 11, 28))
    give_services(contact, TWO_OWED, ["TV"])
    nothing = make_contact(ana, "Juan Rojas", amount_due="99.00", state="paid", paid_on=date(2026, 11, 25))
    give_services(nothing, [TWO_OWED[1]], ["TV"])
    half = make_contact(ana, "Eva Luna")
    RenewalPayment.objects.create(
        renewal=Renewal.objects.get(contact=half), campaign_id=half.campaign_id, contact=half, amount="100.00",
        first_paid_on=date(2026, 11, 25),
    )  # fmt: skip
    client = signed_in(ana)
    page = client.get(reverse("campaigns:my_list"), {"sort": "amount"}).content.decode()
    rows = [re.sub(r"<[^>]+>|\s+", " ", row) for row in page.split("<tr")]
    shown = {name: next(row for row in rows if name in row) for name in ("Rosa Flores", "Juan Rojas", "Eva Luna")}
    assert "30/11 Bs 289,00" in re.sub(r"\s+", " ", shown["Rosa Flores"])
    assert "— Bs 0,00" in re.sub(r"\s+", " ", shown["Juan Rojas"])
    assert "30/11 Bs 189,00" in re.sub(r"\s+", " ", shown["Eva Luna"])
    assert page.index("Juan Rojas") < page.index("Eva Luna") < page.index("Rosa Flores")


def test_a_promise_is_of_no_more_than_is_owed_now(make_contact, ana, signed_in, clock, at):
    clock("2026-11-26 10:00")
    contact = make_contact(ana, "Rosa Flores", amount_due="578.00")
    give_services(contact, TWO_OWED, ["TV"])
    give_next(agent=ana, now=at("2026-11-26 10:00"))
    answers = {"disposition": "promise", "promised_on": "2026-11-27"}
    answer = post(signed_in(ana), "desk_result", contact, **answers, promised_amount="300")
    assert "El monto pasa de lo que debe: Bs 289,00." in answer.content.decode()


def test_the_desk_has_its_place_in_the_navigation(make_contact, ana, signed_in, clock):
    clock("2026-11-26 10:00")
    contact = make_contact(ana, "Rosa Flores")
    client, desk = signed_in(ana), reverse("campaigns:desk")
    for address, is_here in ((desk, True), (reverse("campaigns:my_list"), False), (reverse("inbound:lines"), False)):
        link = re.search(rf'<a href="{desk}"[^>]*>Escritorio</a>', client.get(address).content.decode())
        assert link, address
        assert ("aria-current" in link[0]) is is_here
    assert "Escritorio</a>" in client.get(reverse("campaigns:contact", args=[contact.pk])).content.decode()


def test_what_was_done_today_stays_on_the_counters_when_the_campaign_closes(opened, ana, signed_in):
    client = signed_in(ana)
    at_desk(client)  # counted once; each result then moves it
    answers = {"disposition": "promise", "promised_on": "2026-11-27", "promised_amount": "150,50"}
    page = post(client, "desk_result", opened, **answers).content.decode()
    today = ("<strong>1</strong> llamada", "<strong>1</strong> contacto", "<strong>1</strong> compromiso")
    assert all(figure in page for figure in (*today, "<strong>1</strong> de 2 gestionados"))
    Campaign.objects.update(state="closed")
    page = at_desk(client).content.decode()
    assert all(figure in page for figure in (*today, "Sin contactos asignados"))
    day = client.get(reverse("campaigns:my_day")).content.decode()
    assert "100\xa0% de 1" in day


def test_leaving_a_pause_gives_the_contact_and_dials_on_another_key_than_enter(opened, ana, signed_in, december):
    Campaign.objects.update(dialling="countdown")
    client = signed_in(ana)
    post(client, "desk_pause", opened, reason="BANO")
    page = client.post(reverse("campaigns:desk_pause"), {"verb": "end"}, **HTMX).content.decode()
    assert "Rosa Flores" in page
    assert 'data-key="Enter"' not in page
    assert "data-countdown" not in re.sub("data-countdown-words", "", page)
    assert re.search(r'data-key="m"[^>]*>\s*Llamar', page)
    assert re.search(r'id="customer-name"[^>]*data-focus', page)
    assert page.count("button primary") == 1


def test_one_button_of_the_desk_is_primary_whatever_it_is_at(opened, ana, signed_in, at):
    client, address = signed_in(ana), reverse("campaigns:desk")
    primary = r'<button class="button[^"]* primary[^"]*"[^>]*data-main="([a-z]+)"|<button class="button primary'

    def main_verbs(page):
        return [found.group(1) for found in re.finditer(primary, page.split('id="confirm"')[0])]

    assert main_verbs(client.get(address).content.decode()) == ["dial"]
    refused = post(client, "desk_result", opened, disposition="claim")
    assert main_verbs(refused.content.decode()) == ["record"]
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=at("2026-11-26 10:00"))
    assert main_verbs(client.get(address).content.decode()) == ["record"]


def test_after_the_note_comes_the_verb_that_records(opened, ana, signed_in):
    page = at_desk(signed_in(ana)).content.decode()
    assert page.index('id="note"') < page.index('id="record"') < page.index('data-key="s"') < page.index('data-key="p"')


def test_the_next_agreed_calls_stand_on_the_desk(make_contact, opened, ana, luis, signed_in, at, clock):
    first, later, of_luis = (make_contact(ana, name) for name in ("Eva Luna", "Hugo Paz", "Ajena Total"))
    for contact, agent, hour in ((later, ana, "16:00"), (first, ana, "10:30"), (of_luis, luis, "15:00")):
        agree(agent=agent, contact=contact, due_at=at(f"2026-11-26 {hour}"), now=at("2026-11-26 10:00"))
    page = at_desk(signed_in(ana)).content.decode()
    panel = page[page.index("next-calls-title") :].split("</section>")[0]
    assert panel.index("26/11 10:30") < panel.index("Eva Luna") < panel.index("26/11 16:00") < panel.index("Hugo Paz")
    assert ("Ajena Total" in panel, "Vencida" in panel) == (False, False)
    clock("2026-11-26 10:31")
    assert "Vencida" in at_desk(signed_in(ana)).content.decode()
    CallBack.objects.all().delete()
    assert "next-calls-title" not in at_desk(signed_in(ana)).content.decode()


def test_a_call_that_lasts_says_since_when(opened, ana, signed_in, at, clock):
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=at("2026-11-26 10:00"))
    clock("2026-11-26 10:02")
    page = at_desk(signed_in(ana)).content.decode()
    assert re.search(r'En llamada.*?role="timer"[^>]*data-seconds="120"', page, re.DOTALL)


def test_the_own_list_asks_the_same_number_of_questions_for_many(
    make_contact, ana, signed_in, clock, django_assert_max_num_queries
):
    clock("2026-11-26 10:00")
    for _number in range(30):
        make_contact(ana)
    client = signed_in(ana)
    client.get(reverse("campaigns:my_day"))  # her shift begins with the first page
    with django_assert_max_num_queries(14):
        client.get(reverse("campaigns:my_list"))


def test_the_agenda_has_overdue_calls_first_and_the_team_sees_what_went_to_it(
    make_contact, ana, luis, marta, elena, oscar, signed_in, clock, at
):
    clock("2026-11-26 09:00")
    late, soon = make_contact(ana, "Rosa Flores"), make_contact(ana, "Juan Rojas")
    agree(agent=ana, contact=soon, due_at=at("2026-11-26 15:00"), now=at("2026-11-26 09:00"))
    agree(agent=ana, contact=late, due_at=at("2026-11-26 09:30"), now=at("2026-11-26 09:00"))
    clock("2026-11-26 10:30")
    page = signed_in(ana).get(reverse("campaigns:agenda")).content.decode()
    assert page.index("Rosa Flores") < page.index("Juan Rojas")
    assert "Vencida" in page
    CallBack.objects.filter(contact=late).update(reach="team")
    assert "Rosa Flores" in signed_in(luis).get(reverse("campaigns:agenda")).content.decode()
    assert "Rosa Flores" not in signed_in(marta).get(reverse("campaigns:agenda")).content.decode()
    assert "Juan Rojas" in signed_in(elena).get(reverse("campaigns:agenda")).content.decode()
    read_only = signed_in(oscar).get(reverse("campaigns:agenda")).content.decode()
    assert reverse("campaigns:contact", args=[soon.pk]) in read_only
    assert reverse("campaigns:call_back", args=[CallBack.objects.get(contact=soon).pk]) not in read_only


def test_an_agreed_call_is_moved_or_cancelled_from_its_page(make_contact, ana, luis, elena, signed_in, clock, at):
    clock("2026-11-26 09:00")
    agreed = agree(agent=ana, contact=make_contact(ana), due_at=at("2026-11-26 15:00"), now=at("2026-11-26 09:00"))
    address = reverse("campaigns:call_back", args=[agreed.pk])
    assert signed_in(luis).get(address).status_code == 404
    client = signed_in(elena)
    assert client.get(address).status_code == 200
    refused = client.post(address, {"verb": "move", "day": "2026-11-29", "clock": "10:00", "agent": luis.pk})
    assert "30/11 08:30" in refused.content.decode()
    client.post(address, {"verb": "move", "day": "2026-11-27", "clock": "10:00", "agent": luis.pk})
    agreed.refresh_from_db()
    assert (agreed.due_at, agreed.agent) == (at("2026-11-27 10:00"), luis)
    client.post(address, {"verb": "cancel", "reason": "Lo pidió el cliente"})
    agreed.refresh_from_db()
    assert agreed.state == "cancelled"


def test_who_changed_an_agreed_call_stands_on_the_customers_page(make_contact, ana, luis, elena, signed_in, at, clock):
    """Ana's call went to the team; Elena moves it, Luis of the team cancels it."""
    clock("2026-11-26 09:00")
    contact = make_contact(ana)
    agreed = agree(
        agent=ana, contact=contact, due_at=at("2026-11-26 15:00"), now=at("2026-11-26 09:00"), note="Con su hija"
    )
    address = reverse("campaigns:call_back", args=[agreed.pk])
    signed_in(elena).post(
        address, {"verb": "move", "day": "2026-11-27", "clock": "10:00", "agent": ana.pk, "why": "Reunión"}
    )
    CallBack.objects.update(reach="team")
    signed_in(luis).post(address, {"verb": "cancel", "reason": "Ya vino a la oficina"})
    page = " ".join(signed_in(ana).get(reverse("campaigns:contact", args=[contact.pk])).content.decode().split())
    for told in (
        "<q>Con su hija</q>",
        "acordada para el 26/11 15:00",
        "cambiada al 27/11 10:00 · Elena: Reunión",
        "pasó al equipo",
        "anulada · Luis: Ya vino a la oficina",
    ):
        assert told in page


def test_an_agreed_call_that_a_correction_took_back_is_still_told(opened, ana, signed_in):
    client = signed_in(ana)
    answers = {"disposition": "call_back", "call_back_day": "2026-11-26", "call_back_time": "16:40"}
    post(client, "desk_result", opened, **answers)
    client.post(reverse("campaigns:correct_result", args=[Attempt.objects.get().pk]), {"disposition": "no_answer"})
    page = client.get(reverse("campaigns:contact", args=[opened.pk])).content.decode()
    assert "retirada: se corrigió el resultado · Ana" in " ".join(page.split())


def test_the_own_day_counts_by_hour(opened, ana, signed_in, at, result):
    record_result(agent=ana, contact=opened, fence=1, disposition=result("already_paid"), now=at("2026-11-26 10:00"))
    page = signed_in(ana).get(reverse("campaigns:my_day")).content.decode()
    assert "10:00" in page
    assert "100\xa0% de 1" in page
    assert re.search(r"<title id=\"[^\"]+\">Llamadas por hora</title>", page)
    assert "10: Habló con el cliente 1, Sin hablar con el cliente 0" in page  # what a screen reader says of the drawing
    assert "Ver como tabla" in page


def test_the_last_result_is_corrected_on_its_page(opened, ana, signed_in, clock):
    client = signed_in(ana)
    post(client, "desk_result", opened, disposition="refused", reason="Precio")
    attempt = Attempt.objects.get()
    address = reverse("campaigns:correct_result", args=[attempt.pk])
    assert "Precio" in client.get(address).content.decode()
    assert Search.objects.get().asked == attempt.contact.contract, "her page is a look"
    assert client.post(address, {"disposition": "claim"}).status_code == 422
    assert Search.objects.count() == 2, "and so is what was wrong, which shows it again"
    client.post(address, {"disposition": "claim", "note": "Le cobran doble"})
    assert Search.objects.count() == 2
    attempt.refresh_from_db()
    assert attempt.disposition.code == "claim"
    clock("2026-11-26 10:40")
    assert client.get(address).status_code == 302


def test_a_correction_begins_with_what_was_said(opened, ana, signed_in):
    client = signed_in(ana)
    answers = {
        "disposition": "promise",
        "promised_on": "2026-11-28",
        "promised_amount": "150,50",
        "note": "Cobra el 28",
    }
    post(client, "desk_result", opened, **answers)
    page = client.get(reverse("campaigns:correct_result", args=[Attempt.objects.get().pk])).content.decode()
    for said in ('value="2026-11-28"', 'value="150,50"', "Cobra el 28"):
        assert said in page


def test_the_list_says_only_what_lasts_of_who_is_never_called_again():
    assert in_short(["paid", "too_soon", "same_part_of_day"]) == "ya pagó"
    assert in_short(["too_soon", "retry_delay"]) == "llamado hace poco, en espera"
    assert in_short(["no_telephone", "campaign_cap", "exhausted"]) == "teléfonos retirados, sin más intentos"


def test_a_call_left_without_result_is_shown_at_the_desk(opened, ana, signed_in, clock, at):
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=at("2026-11-26 10:00"))
    sweep_leases(now=at("2026-11-26 10:30"))
    clock("2026-11-26 11:00")
    page = at_desk(signed_in(ana)).content.decode()
    assert "quedó sin resultado" in page
    assert "Decir cómo terminó" in page


def test_the_desk_of_somebody_without_agent_does_not_exist(december, signed_in, django_user_model):
    nobody = django_user_model.objects.create(username="nadie", role="agent")
    assert at_desk(signed_in(nobody)).status_code == 404


@pytest.mark.parametrize("value", ["", "abc", "-1", "9" * 30])
def test_a_broken_form_is_not_an_error_of_the_server(ana, signed_in, december, value):
    answer = signed_in(ana).post(reverse("campaigns:desk_result"), {"contact": value, "fence": "1"}, **HTMX)
    assert answer.status_code == 404


def test_in_english_the_results_are_english_and_what_is_said_to_the_customer_spanish(opened, ana, signed_in):
    client = signed_in(ana)
    client.cookies["callcenter_language"] = "en"
    page = at_desk(client).content.decode()
    for words in ("Will pay", "No answer", "Wrong number", "Other…"):
        assert words in page
    assert "Buenos días, ¿hablo con Rosa Flores?" in page
    assert '<option value="Precio" label="Price">' in page


def test_while_the_campaign_is_paused_the_desk_says_so_and_keeps_her_counts(
    opened, ana, elena, december, signed_in, at
):
    client = signed_in(ana)
    post(client, "desk_result", opened, disposition="no_answer")
    release_desk(agent=ana, now=at("2026-11-26 10:00"))
    lifecycle.pause(campaign=december, by=elena, now=at("2026-11-26 10:00"))
    page = at_desk(client).content.decode()
    assert "La campaña está en pausa desde las 10:00 (Elena): sus contactos la esperan." in page
    assert "<strong>1</strong> de 2 gestionados" in page
    for untrue in ("Sin contactos asignados", "No hay ninguna campaña en curso", "terminó su lista"):
        assert untrue not in page
    assert "Juan Rojas" in client.get(reverse("campaigns:my_list")).content.decode()


def test_a_call_in_a_paused_campaign_is_refused_with_who_paused_it(opened, ana, elena, december, signed_in, at):
    lifecycle.pause(campaign=december, by=elena, now=at("2026-11-25 19:30"))
    answer = post(signed_in(ana), "desk_call", opened, telephone=opened.telephones[0])
    assert answer.status_code == 409
    assert "en pausa desde el 25/11 a las 19:30 (Elena): no se llama hasta que siga." in answer.content.decode()


def test_whose_contacts_were_taken_away_has_not_finished_her_list(
    make_contact, opened, ana, luis, elena, december, signed_in, at
):
    make_contact(ana, "Pedro Paz", state="paid")
    client = signed_in(ana)
    post(client, "desk_result", opened, disposition="no_answer")
    release_desk(agent=ana, now=at("2026-11-26 10:00"))
    assert "<strong>1</strong> de 2 gestionados" in at_desk(client).content.decode()
    release_desk(agent=ana, now=at("2026-11-26 10:00"))
    of_ana = Selection(agents=(ana.pk,))
    reassign(campaign=december, selection=of_ana, to=[luis], by=elena, now=at("2026-11-26 10:00"))
    cache.clear()  # as after its minute
    page = at_desk(client).content.decode()
    assert "El 26/11 10:00 supervisión pasó 2 contactos de su lista a otras." in page
    assert "terminó su lista" not in page
    assert "gestionó 1 de otras listas" in page


def test_a_result_of_nobody_who_was_dialled_is_asked_about_once(opened, ana, signed_in):
    client = signed_in(ana)
    asked = post(client, "desk_result", opened, disposition="no_answer", undialled="", note="Suena y suena")
    page = asked.content.decode()
    assert asked.status_code == 422
    assert page.count("No marcó a este cliente: ¿lo llamó con otro teléfono?") == 1
    assert "Suena y suena" in page
    assert not Attempt.objects.exists()
    assert post(client, "desk_result", opened, disposition="no_answer", undialled="1").status_code == 200
    assert Attempt.objects.get().contact == opened


def test_a_result_of_a_call_is_recorded_without_a_question(opened, ana, signed_in):
    client = signed_in(ana)
    post(client, "desk_call", opened, telephone=opened.telephones[0])
    answer = post(client, "desk_result", opened, disposition="no_answer", undialled="")
    assert "Juan Rojas" in answer.content.decode()


def test_of_whom_she_may_not_dial_nothing_is_asked(opened, ana, signed_in):
    client = signed_in(ana)
    assert 'name="undialled"' not in at_desk(client).content.decode()
    ListEntry.objects.filter(contact=opened).update(state="paid", paid_on=date(2026, 11, 26))
    assert 'name="undialled" value="1"' in at_desk(client).content.decode()


def test_what_is_refused_is_said_once_and_an_old_tab_calls_nobody_by_a_second_enter(opened, ana, signed_in, at):
    client = signed_in(ana)
    post(client, "desk_result", opened, disposition="no_answer")
    page = post(client, "desk_call", opened, telephone=opened.telephones[0]).content.decode()
    assert page.count("Este contacto ya no está abierto en su escritorio") == 1
    assert 'data-key="Enter"' not in page
    juan = ListEntry.objects.get(lease_agent=ana).contact
    dial(agent=ana, contact=juan, telephone=juan.telephones[0], now=at("2026-11-26 10:00"))
    page = post(client, "desk_give_back", juan).content.decode()
    assert page.count("Ya marcó a este cliente: registre primero el resultado") == 1


def test_a_pause_without_a_reason_is_refused_and_the_contact_stays_open(opened, ana, signed_in):
    answer = post(signed_in(ana), "desk_pause", opened, note="Dice que")
    assert (answer.status_code, "Elija el motivo de la pausa." in answer.content.decode()) == (409, True)
    assert "Dice que" in answer.content.decode()
    assert ListEntry.objects.get(contact=opened).lease_agent == ana
    assert AgentState.objects.open().get().state == "available"


def test_a_pause_says_which_it_is_since_when_how_long_it_may_last_and_that_its_limit_went_by(
    opened, ana, signed_in, clock
):
    client = signed_in(ana)
    page = " ".join(post(client, "desk_pause", opened, reason="BANO").content.decode().split())
    assert 'Está en pausa: <span lang="es">Baño</span>' in page
    assert "Desde las 10:00. Puede durar 10 min: hasta las 10:10." in page
    assert "<p data-over hidden>" in page
    clock("2026-11-26 10:10")
    page = " ".join(at_desk(client).content.decode().split())
    assert "<p data-over>" in page
    assert client.post(reverse("campaigns:desk_pause"), {"reason": "REUNION"}, **HTMX).status_code == 200
    assert "No tiene límite." in at_desk(client).content.decode()
