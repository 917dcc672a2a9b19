"""People are set up in the admin, and nothing there takes a person's past away."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from agents.models import Agent, Role, User

SignedIn = Callable[[User | Agent], Client]


def a_person(**changes: str) -> dict[str, str]:
    return {"username": "rosa", "first_name": "Rosa", "last_name": "Paz", "email": "", "is_active": "on", **changes}


def test_an_administrator_hires_an_agent_who_gets_her_card(ines: User, signed_in: SignedIn) -> None:
    page = {"username": "rosa", "role": "agent", "usable_password": "true"}
    page |= {"password1": "una-frase-larga", "password2": "una-frase-larga"}
    answer = signed_in(ines).post(reverse("admin:agents_user_add"), page)
    assert answer.status_code == 302
    rosa = User.objects.get(username="rosa")
    assert rosa.check_password("una-frase-larga")
    assert not rosa.is_staff
    assert Agent.objects.filter(user=rosa).exists()


def test_a_new_role_opens_and_closes_the_admin_site(ines: User, ana: Agent, signed_in: SignedIn) -> None:
    address = reverse("admin:agents_user_change", args=[ana.user.pk])
    signed_in(ines).post(address, a_person(username="ana", role="administrator"))
    ana.refresh_from_db()
    assert (ana.user.is_staff, ana.user.is_superuser, ana.is_on_duty) == (True, True, False)
    signed_in(ines).post(address, a_person(username="ana", role="agent"))
    ana.user.refresh_from_db()
    assert (ana.user.is_staff, ana.user.is_superuser) == (False, False)


def test_somebody_who_left_is_switched_off_and_gets_no_contacts(ines: User, ana: Agent, signed_in: SignedIn) -> None:
    choice = {"action": "switch_off", "_selected_action": [str(ana.user.pk), str(ines.pk)]}
    signed_in(ines).post(reverse("admin:agents_user_changelist"), choice)
    ana.refresh_from_db()
    ines.refresh_from_db()
    assert (ana.user.is_active, ana.is_on_duty) == (False, False)
    assert ines.is_active  # nobody locks herself out


def test_an_administrator_does_not_demote_herself(ines: User, signed_in: SignedIn) -> None:
    signed_in(ines).post(
        reverse("admin:agents_user_change", args=[ines.pk]), a_person(username="ines", role="agent", is_active="")
    )
    ines.refresh_from_db()
    assert (ines.role, ines.is_active, ines.is_superuser) == (Role.ADMINISTRATOR, True, True)


@pytest.mark.parametrize("model", ["user", "agent", "skill", "disclosure"])
def test_people_cards_skills_and_the_book_are_never_deleted(model: str, ines: User, signed_in: SignedIn) -> None:
    answer = signed_in(ines).get(reverse(f"admin:agents_{model}_changelist"))
    assert answer.status_code == 200
    assert b"delete_selected" not in answer.content


def test_every_list_of_the_admin_opens_and_searches(ines: User, ana: Agent, signed_in: SignedIn) -> None:
    client = signed_in(ines)
    for model, its_admin in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        answer = client.get(address, {"q": "a"} if its_admin.search_fields else {}, follow=True)  # one row has no list
        assert answer.status_code == 200, address


@pytest.mark.parametrize("who", ["ana", "elena", "oscar"])
def test_nobody_else_reaches_the_admin_site(who: str, request: pytest.FixtureRequest, signed_in: SignedIn) -> None:
    answer = signed_in(request.getfixturevalue(who)).get(reverse("admin:agents_user_changelist"))
    assert answer.status_code in (302, 403, 404)
