"""What an administrator may do to which rows, in one table; what a forged form changes: nothing; who else: nobody.

A model that comes to the admin fails here until somebody decides what may be done to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from agents.models import User
from campaigns.models import Campaign
from tests.callcenter.world import World

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]

# v view, a add, c change, d delete one; rows in use, and what only the application writes, are looked at elsewhere
MAY = {
    "agents.AccountEvent": "v",
    "api.Token": "vac",
    "agents.Agent": "vac",
    "control_room.AlertLimit": "vc",
    "control_room.Wallboard": "vacd",
    "agents.DataPolicy": "vc",
    "agents.Disclosure": "v",
    "agents.StrangeWrite": "v",
    "agents.LegalHold": "vac",  # the action that lifts; a hold itself is not changed
    "agents.PowerRequest": "v",
    "agents.RemovalRun": "v",
    "agents.Search": "v",
    "agents.Skill": "vac",
    "agents.PauseReason": "vac",
    "agents.StatePolicy": "vc",
    "agents.Team": "vacd",
    "agents.User": "vac",
    "axes.AccessAttempt": "vcd",  # deleting one unlocks; every field of it is read only
    "axes.AccessFailureLog": "v",
    "axes.AccessLog": "v",
    "campaigns.CallingPolicy": "vc",
    "campaigns.CallingWindow": "vacd",
    "campaigns.Campaign": "vc",
    "campaigns.ColumnAlias": "vacd",
    "campaigns.Disposition": "vac",
    "campaigns.ReportSource": "vac",
    "django_celery_beat.IntervalSchedule": "vac",
    "django_celery_beat.PeriodicTask": "vac",
    "escalations.Kind": "vacd",
    "escalations.Unit": "vacd",
    "inbound.Content": "vacd",
    "inbound.FlowDraft": "vacd",
    "inbound.FlowVersion": "v",
    "inbound.OutsideSystem": "vc",
    "inbound.PersonInCharge": "vc",
    "inbound.RepairLimit": "vacd",
    "inbound.ReservedSearch": "v",
    "inbound.ServiceLine": "vac",
    "notices.Delivery": "v",
    "notices.Recipient": "vacd",
    "notices.Webhook": "vac",
    "pghistory.Events": "v",
    "service_level.Formula": "vacd",
    "service_level.Holiday": "vacd",
    "service_level.MeasuredQueue": "vacd",
    "service_level.StaffingPolicy": "vc",
    "service_level.WorkingHours": "vacd",
    "telephony.CallOrder": "v",
    "telephony.Extension": "vac",
    "telephony.Listening": "v",
    "telephony.LogSource": "vacd",
    "telephony.Monitoring": "v",
    "telephony.OutgoingCall": "v",
    "telephony.QueueCall": "v",
    "telephony.Switchboard": "vac",
    "telephony.Trunk": "vac",
}


def test_what_an_administrator_may_do_is_written_down(ines: User, rf: RequestFactory) -> None:
    asked = rf.get("/admin/")
    asked.user = ines
    found = {}
    for model, its_admin in admin.site._registry.items():
        rights = {
            "v": its_admin.has_view_permission,
            "a": its_admin.has_add_permission,
            "c": its_admin.has_change_permission,
            "d": its_admin.has_delete_permission,
        }
        found[model._meta.label] = "".join(letter for letter, may in rights.items() if may(asked))
    assert found == MAY


@pytest.mark.sweep
@pytest.mark.parametrize("who", ["ana", "elena", "oscar"])
def test_nobody_else_changes_anything_by_a_forged_form(world: World, signed_in: SignedIn, who: str) -> None:
    client = signed_in(world.user(who))
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        forged = {"action": "delete_selected", "_selected_action": ["1"], "post": "yes"}
        for path in (
            reverse(f"{name}_changelist"),
            reverse(f"{name}_change", args=[1]),
            reverse(f"{name}_delete", args=[1]),
        ):
            with transaction.atomic():
                assert client.post(path, forged).status_code in (302, 403, 404), path
                transaction.set_rollback(True)
    password = client.post(reverse("admin:auth_user_password_change", args=[world.ines.pk]), {"password1": "x" * 20})
    assert password.status_code in (302, 403, 404)
    world.ines.refresh_from_db()
    assert world.ines.is_superuser


def test_a_form_with_more_than_the_page_has_changes_no_fact(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.ines)
    campaign = world.campaign
    forged = {
        "state": "closed",
        "period": "2030-01-01",
        "launched_at_0": "2020-01-01",
        "script": "Buenas",
        "assigned_at": "",
    }
    forged |= {"report_due_at_0": "2026-11-25", "report_due_at_1": "07:00:00", "anonymised_at": "2020-01-01"}
    for inline in ("changes", "shares"):
        forged |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    client.post(reverse("admin:campaigns_campaign_change", args=[campaign.pk]), forged)
    kept = Campaign.objects.get(pk=campaign.pk)
    assert (kept.state, kept.period, kept.anonymised_at) == (campaign.state, campaign.period, None)


def test_a_form_makes_nobody_a_superuser(world: World, signed_in: SignedIn) -> None:
    address = reverse("admin:agents_user_change", args=[world.ana.user.pk])
    forged = {"username": "ana", "first_name": "Ana", "role": "agent", "is_active": "on", "is_superuser": "on"}
    signed_in(world.ines).post(address, {**forged, "is_staff": "on", "sessions_ended": "9", "password": "x"})
    kept = User.objects.get(pk=world.ana.user.pk)
    assert (kept.is_superuser, kept.is_staff, kept.sessions_ended, kept.password) == (False, False, 0, "")
