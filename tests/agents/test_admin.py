"""People are set up in the admin, and nothing there takes a person's past away."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from agents import power
from agents.models import Agent, PauseReason, PowerRequest, Role, StatePolicy, User

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
    berta = User.objects.create(username="berta", role=Role.ADMINISTRATOR)
    power.confirm(request=PowerRequest.objects.get(), by=berta, now=timezone.now())
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


@pytest.mark.parametrize("model", ["user", "agent", "skill", "disclosure", "pausereason"])
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


def all_admins() -> dict[str, Any]:
    return {model._meta.label: its_admin for model, its_admin in admin.site._registry.items()}


def test_nothing_is_deleted_in_bulk_but_the_failures_that_lock_somebody_out(ines: User, rf: RequestFactory) -> None:
    asked = rf.get("/admin/")
    asked.user = ines
    offered = {label for label, its_admin in all_admins().items() if "delete_selected" in its_admin.get_actions(asked)}
    assert offered == {"axes.AccessAttempt"}


@pytest.mark.parametrize("label", ["axes.AccessLog", "axes.AccessFailureLog", "agents.Disclosure", "pghistory.Events"])
def test_books_are_only_read(ines: User, rf: RequestFactory, label: str) -> None:
    asked = rf.get("/admin/")
    asked.user = ines
    its_admin = all_admins()[label]
    allowed = (its_admin.has_add_permission, its_admin.has_change_permission, its_admin.has_delete_permission)
    assert not any(may(asked) for may in allowed)


def test_the_secrets_of_second_factors_are_on_no_page() -> None:
    assert not {"mfa.Authenticator", "account.EmailAddress"} & set(all_admins())


def test_a_card_stays_the_persons_whose_calls_it_has(ines: User, ana: Agent, luis: Agent, signed_in: SignedIn) -> None:
    address = reverse("admin:agents_agent_change", args=[ana.pk])
    luis.user.agent.delete()
    forged = {"user": str(luis.user.pk), "weight": "0.5", "is_on_duty": "on", "team": str(ana.team_id)}
    assert signed_in(ines).post(address, forged).status_code == 302
    ana.refresh_from_db()
    assert (ana.user.username, float(ana.weight)) == ("ana", 0.5)


def test_a_reason_to_pause_is_switched_off_and_keeps_its_code(ines: User, signed_in: SignedIn) -> None:
    client, rest = signed_in(ines), PauseReason.objects.get(code="REFRIGERIO")
    address = reverse("admin:agents_pausereason_change", args=[rest.pk])
    page = {"code": "OTRO", "name": "Té", "key": "1", "limit_minutes": "20", "counts_as": "rest", "position": "10"}
    assert client.post(address, page).status_code == 302
    rest.refresh_from_db()
    assert (rest.code, rest.name, rest.limit_minutes, rest.is_active) == ("REFRIGERIO", "Té", 20, False)
    assert client.post(reverse("admin:agents_pausereason_delete", args=[rest.pk])).status_code == 403


def test_two_reasons_that_can_be_chosen_have_not_one_key(ines: User, signed_in: SignedIn) -> None:
    page = {"code": "TE", "name": "Té", "key": "1", "counts_as": "rest", "position": "99", "is_active": "on"}
    refused = signed_in(ines).post(reverse("admin:agents_pausereason_add"), page)
    assert refused.status_code == 200
    assert not PauseReason.objects.filter(code="TE").exists()
    assert signed_in(ines).post(reverse("admin:agents_pausereason_add"), page | {"key": "8"}).status_code == 302


def test_the_policy_of_states_is_one_row_that_is_changed(ines: User, signed_in: SignedIn) -> None:
    client = signed_in(ines)
    assert not StatePolicy.objects.exists()
    one = client.get(reverse("admin:agents_statepolicy_changelist"), follow=True)
    assert one.redirect_chain[-1][0] == reverse("admin:agents_statepolicy_change", args=[1])
    assert 'name="wrap_up_seconds" value="' in one.content.decode()  # as they are in force while nobody saved any
    assert not StatePolicy.objects.exists()
    assert client.get(reverse("admin:agents_statepolicy_change", args=[2]), follow=True).redirect_chain
    page = {"wrap_up_seconds": "30", "away_minutes": "20", "sign_out_minutes": "60"}
    client.post(reverse("admin:agents_statepolicy_change", args=[1]), page)
    assert StatePolicy.objects.in_force().wrap_up_seconds == 30
    assert client.get(reverse("admin:agents_statepolicy_add")).status_code == 403
