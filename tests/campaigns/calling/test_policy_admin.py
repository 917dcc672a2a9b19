"""The policy in the admin: editable, and nothing dangerous unguarded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from campaigns.calling.rulebook import NO_RESULT
from campaigns.models import Attempt, CallingPolicy, CallingWindow, Campaign, Contact, Disposition
from tests.campaigns.a_campaign import moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house_rules")]
SignedIn = Callable[[User | Agent], Client]


def test_the_policy_is_one_row_that_is_changed_and_never_deleted(ines: User, signed_in: SignedIn) -> None:
    client = signed_in(ines)
    answer = client.get(reverse("admin:campaigns_callingpolicy_changelist"))
    assert answer.headers["Location"] == reverse("admin:campaigns_callingpolicy_change", args=[1])
    assert client.get(reverse("admin:campaigns_callingpolicy_add")).status_code == 403
    assert client.post(reverse("admin:campaigns_callingpolicy_delete", args=[1])).status_code == 403
    assert CallingPolicy.objects.count() == 1


@pytest.mark.parametrize(
    ("opens", "closes", "saved"), [("07:00", "08:00", True), ("19:00", "21:00", False), ("08:00", "07:00", False)]
)
def test_windows_of_a_day_do_not_overlap(ines: User, signed_in: SignedIn, opens: str, closes: str, saved: bool) -> None:
    before = CallingWindow.objects.count()
    data = {"weekday": 0, "opens": opens, "closes": closes}
    answer = signed_in(ines).post(reverse("admin:campaigns_callingwindow_add"), data)
    assert (answer.status_code == 302) == saved
    assert CallingWindow.objects.count() - before == int(saved)


def test_a_used_result_keeps_its_meaning_and_cannot_be_deleted(
    ines: User, ana: Agent, december: Campaign, make_contact: Callable[..., Contact], signed_in: SignedIn
) -> None:
    used = Disposition.objects.filter(party="right", is_final=True).first()
    assert used is not None
    contact = make_contact(ana)
    now = moment("2026-11-26 10:00")
    Attempt.objects.create(
        campaign=december,
        contact=contact,
        agent=ana,
        fence=1,
        dialled_at=now,
        day=now.date(),
        disposition=used,
        resulted_at=now,
    )
    client = signed_in(ines)
    page = {"name": "Otro nombre", "party": "none", "position": 5, "retry_minutes": "", "is_active": "on"}
    client.post(reverse("admin:campaigns_disposition_change", args=[used.pk]), page)
    used.refresh_from_db()
    assert (used.name, used.party) == ("Otro nombre", "right")
    assert client.post(reverse("admin:campaigns_disposition_delete", args=[used.pk])).status_code == 403
    client.post(
        reverse("admin:campaigns_disposition_changelist"), {"action": "switch_off", "_selected_action": [used.pk]}
    )
    used.refresh_from_db()
    assert not used.is_active


def test_the_result_that_the_sweep_writes_is_neither_offered_nor_deleted(ines: User, signed_in: SignedIn) -> None:
    no_result = Disposition.objects.get(code=NO_RESULT)
    client = signed_in(ines)
    client.post(
        reverse("admin:campaigns_disposition_changelist"), {"action": "switch_on", "_selected_action": [no_result.pk]}
    )
    no_result.refresh_from_db()
    assert not no_result.is_active
    assert client.post(reverse("admin:campaigns_disposition_delete", args=[no_result.pk])).status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_final": "on", "retry_minutes": "30"}, "final no se vuelve a llamar"),
        ({"retry_minutes": ""}, "en cuántos minutos"),
        ({"key": "1"}, "ya la usa otro"),
        ({"key": "x"}, "Del 1 al 9"),
    ],
)
def test_a_result_that_contradicts_itself_says_so(
    ines: User, signed_in: SignedIn, changes: dict[str, str], words: str
) -> None:
    page = {"name": "Prueba", "code": "prueba", "party": "none", "scope": "contact", "position": "1"}
    page |= {"retry_minutes": "30", "is_active": "on", "key": ""} | changes
    answer = signed_in(ines).post(reverse("admin:campaigns_disposition_add"), page)
    assert words in answer.content.decode()
    assert not Disposition.objects.filter(code="prueba").exists()


def test_a_campaign_is_read_in_the_admin_and_only_its_script_changes(
    ines: User, december: Campaign, signed_in: SignedIn
) -> None:
    client = signed_in(ines)
    address = reverse("admin:campaigns_campaign_change", args=[december.pk])
    assert client.get(address).status_code == 200
    client.post(
        address,
        {"script": "Hola", "state": "closed", "report_due_at_0": "25/11/2026", "report_due_at_1": "07:00"}
        | {f"{name}-{part}": "0" for name in ("changes", "shares") for part in ("TOTAL_FORMS", "INITIAL_FORMS")},
    )
    december.refresh_from_db()
    assert (december.script, december.state) == ("Hola", "running")
    assert client.post(reverse("admin:campaigns_campaign_delete", args=[december.pk])).status_code == 403


@pytest.mark.parametrize("name", ["campaign", "callingwindow", "disposition", "callingpolicy"])
def test_every_list_opens_and_can_be_searched(ines: User, december: Campaign, signed_in: SignedIn, name: str) -> None:
    client = signed_in(ines)
    address = reverse(f"admin:campaigns_{name}_changelist")
    assert client.get(address, follow=True).status_code == 200
    assert client.get(address, {"q": "x"}, follow=True).status_code == 200


def test_help_is_there_for_everything_an_administrator_sets() -> None:
    registered = {model.__name__ for model in admin.site._registry}
    assert {"CallingPolicy", "CallingWindow", "Disposition", "Campaign"} <= registered
