"""Whoever opens an account knows its password: no customer is shown by one hand alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents import people, power
from agents.hiring import hire
from agents.models import AccountEvent, Agent, PowerRequest, Role, User
from agents.newcomers import read_sheet
from agents.presence import sign_in
from agents.state_sweep import sweep_states
from agents.states import open_state
from campaigns.models import Contact
from escalations.models import Unit
from notices.models import Notice
from tests.campaigns.conftest import december, house_rules, make_contact

__all__ = ["december", "house_rules", "make_contact"]
pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]


def sees_customers(client: Client) -> bool:
    pages = [client.get(reverse(name)).status_code for name in ("campaigns:desk", "inbound:lines", "campaigns:search")]
    begun = client.post(reverse("inbound:begin"), {"line": "101"}).status_code  # 404: no flow is published here
    assert len({*pages, 200 if begun == 404 else begun}) == 1, (pages, begun)
    return pages[0] == 200


def test_an_agent_one_person_made_sees_no_customer_until_supervision_says_so(
    ines: User, elena: User, signed_in: SignedIn, make_contact: Callable[..., Contact]
) -> None:
    hire(read_sheet("usuario;nombre;funcion;listas\nzoe;Zoe;agente;ambas").newcomers, by=ines, now=timezone.now())
    zoe = Agent.objects.get(user__username="zoe")
    contact = make_contact(zoe)
    assert not zoe.is_on_duty
    User.objects.filter(pk=zoe.user_id).update(first_entry="")
    hers, others = signed_in(zoe), signed_in(elena)
    assert not sees_customers(hers)
    assert not Contact.objects.visible_to(User.objects.get(pk=zoe.user_id)).exists()
    told = hers.get("/", follow=True).content.decode()
    assert "Supervisión todavía no la puso de turno" in told
    assert "Pida a su supervisión" in told
    assert "quien administra el centro" not in told
    assert not open_state(zoe)  # calls would ring where her pages do not open
    assert hers.get(reverse("customer", args=[contact.contract])).status_code == 403
    page = signed_in(ines).get(reverse("admin:agents_agent_change", args=[zoe.pk])).content.decode()
    assert 'name="is_on_duty"' not in page  # who administers does not put her on duty
    assert "Espera que la ponga de turno" in others.get(reverse("agents:people")).content.decode()
    others.post(reverse("agents:change_duty", args=[zoe.pk]), {"on_duty": "yes"})
    assert sees_customers(hers)


def test_whose_password_is_put_in_mid_shift_is_signed_out_and_supervision_hears_it(
    ines: User, elena: User, ana: Agent
) -> None:
    """Her switchboard follows what she does: nothing rings where her page does not open."""
    User.objects.filter(pk=elena.pk).update(email="elena@example.org")
    now = timezone.now()
    sign_in(user=ana.user, now=now)
    power.put_password(user=ana.user, password="rio-verde-en-agosto", by=ines, now=now)
    sweep_states(now=now)
    assert not open_state(ana)
    event = AccountEvent.objects.get(user=elena, kind=AccountEvent.Kind.TO_ADMIT)
    assert (event.note, event.is_of_the_centre) == ("ana", True)
    assert not AccountEvent.objects.filter(kind=AccountEvent.Kind.TO_ADMIT).exclude(user=elena).exists()
    owed = Notice.objects.get(to=["elena@example.org"])
    assert "Personas" in owed.body
    assert not sign_in(user=User.objects.get(pk=ana.user_id), now=now)
    people.set_duty(agent=ana, on_duty=True)
    assert sign_in(user=User.objects.get(pk=ana.user_id), now=now)


def test_many_who_wait_are_told_as_one(ines: User, elena: User) -> None:
    names = ["bea", "cleo", "dora", "eva", "flor"]
    sheet = "\n".join(["usuario;nombre;funcion;listas", *(f"{name};{name};agente;ambas" for name in names)])
    hire(read_sheet(sheet).newcomers, by=ines, now=timezone.now())
    assert AccountEvent.objects.get(user=elena).note == "bea, cleo, dora y 2 más"


@pytest.mark.parametrize("way", ["password", "switched off and on"])
def test_who_is_opened_by_somebody_else_waits_again(
    way: str, ines: User, elena: User, ana: Agent, signed_in: SignedIn
) -> None:
    now = timezone.now()
    if way == "password":
        power.put_password(user=ana.user, password="rio-verde-en-agosto", by=ines, now=now)
    else:
        people.deactivate(user=ana.user, by=ines, now=now)
        power.switch_on(user=ana.user, by=ines, now=now)
    User.objects.filter(pk=ana.user_id).update(first_entry="")
    assert not sees_customers(signed_in(User.objects.get(pk=ana.user_id)))
    people.set_duty(agent=ana, on_duty=True)
    assert sees_customers(signed_in(User.objects.get(pk=ana.user_id)))


def test_who_was_to_have_power_and_was_not_confirmed_waits_as_well(
    ines: User, elena: User, signed_in: SignedIn
) -> None:
    """One administrator pastes a supervisor, takes the request back, and switches the account on: an agent it is."""
    now = timezone.now()
    hire(read_sheet("usuario;nombre;funcion;listas\nzoe;Zoe;supervisora;").newcomers, by=ines, now=now)
    zoe = User.objects.get(username="zoe")
    power.refuse(request=PowerRequest.objects.get(user=zoe), by=ines, now=now)
    assert power.switch_on(user=zoe, by=ines, now=now)
    User.objects.filter(pk=zoe.pk).update(first_entry="")
    assert not sees_customers(signed_in(User.objects.get(pk=zoe.pk)))


def test_supervision_sees_beside_the_name_of_the_page_how_many_wait(
    ines: User, elena: User, ana: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(elena)
    assert "Agentes que esperan" not in client.get(reverse("agents:people")).content.decode()
    power.put_password(user=ana.user, password="rio-verde-en-agosto", by=ines, now=timezone.now())
    assert 'title="Agentes que esperan que las ponga de turno">1<' in client.get("/people/").content.decode()
    assert not Agent.objects.get(pk=ana.pk).is_on_duty  # nothing is dealt to who may be nobody


def test_supervision_hears_to_whom_letters_go(ines: User, elena: User, signed_in: SignedIn) -> None:
    """Who administers may put herself there, and the letters name customers."""
    User.objects.filter(pk=elena.pk).update(email="elena@example.org")
    unit = Unit.objects.order_by("pk")[0]
    client, page = signed_in(ines), reverse("admin:escalations_unit_change", args=[unit.pk])
    sent = {
        "name": unit.name, "addresses-TOTAL_FORMS": "1", "addresses-INITIAL_FORMS": "0",
        "addresses-0-name": "Inés", "addresses-0-email": "ines.private@example.com", "addresses-0-sector": "",
        "addresses-0-is_substitute": "on", "addresses-0-valid_from": "2026-11-01", "addresses-0-valid_until": "",
    }  # fmt: skip
    assert client.post(page, sent).status_code == 302
    event = AccountEvent.objects.get(user=elena)
    assert (event.kind, event.by) == (AccountEvent.Kind.ADDRESSES, ines)
    assert "ines.private@example.com" in event.note
    assert Notice.objects.filter(kind="account", to=["elena@example.org"]).exists()
    shown = signed_in(elena).get(reverse("agents:people")).content.decode()
    assert "Cambió algo por lo que usted responde" in shown
    assert "cartas sobre clientes" in shown


def test_who_asks_for_customers_that_are_not_hers_leaves_as_many_rows(ana: Agent, signed_in: SignedIn) -> None:
    client = signed_in(ana)
    answers = [client.get(reverse("customer", args=[f"20{number:04}"])).status_code for number in range(60)]
    assert answers[0] == 404
    assert answers[-1] == 429


@pytest.mark.parametrize("before", [Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR])
def test_who_becomes_an_agent_waits_as_well(before: Role, ines: User, elena: User, signed_in: SignedIn) -> None:
    """Else one administrator makes a customer's reader of another, who may be nobody."""
    other = User.objects.create(username="otra", role=before, is_staff=before == Role.ADMINISTRATOR)
    power.set_role(user=other, role=Role.AGENT, by=ines, now=timezone.now())
    assert not sees_customers(signed_in(User.objects.get(pk=other.pk)))
    people.set_duty(agent=Agent.objects.get(user=other), on_duty=True)
    assert sees_customers(signed_in(User.objects.get(pk=other.pk)))


def test_supervision_hears_who_receives_what_was_theirs(ines: User, elena: User, signed_in: SignedIn) -> None:
    page = reverse("admin:notices_recipient_add")
    sent = {"kind": "campaign_sealed", "name": "X", "email": "x@example.com", "is_active": "on"}
    assert signed_in(ines).post(page, sent).status_code == 302
    event = AccountEvent.objects.get(user=elena)
    assert (event.kind, "x@example.com" in event.note) == (AccountEvent.Kind.ADDRESSES, True)
