"""What messages are signed with: sealed under keys that rotate, changed with a day's notice, never made up."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from agents.models import FactChange, User
from agents.sealing import seal
from notices.models import Delivery, Webhook
from notices.programs.secret_keys import BOTH_HOLD, give_secret
from tests.notices.a_program import SECRET, Program, deliver, happens, hook, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("any_machine")]
OLD, NEW, OTHER = "the-old-key-" * 4, "the-new-key-" * 4, "another-key-" * 4


def verifies(program: Program, secret: str) -> list[bool]:
    """Of each message it was told, whether who knows `secret` believes it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    found = []
    for sent, body in program.told:
        signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
        right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        found.append(right in sent["webhook-signature"].split(" "))
    return found


def renew() -> str:
    told = StringIO()
    call_command("renew_factor_keys", stdout=told)
    return told.getvalue()


def test_the_one_before_holds_a_day_longer(program: Program, now: datetime) -> None:
    webhook = hook(program.url, now - timedelta(days=30))
    new = give_secret(webhook, now=now)
    webhook.save()
    happens(now, 1)
    assert deliver(now + BOTH_HOLD - timedelta(seconds=1)) == 1
    happens(now, 2)
    assert deliver(now + BOTH_HOLD) == 1
    assert verifies(program, new) == [True, True]
    assert verifies(program, SECRET) == [True, False]


def test_of_two_changes_in_a_day_the_one_its_program_has_holds_on(program: Program, now: datetime) -> None:
    """Whoever lost what was shown changes it again."""
    webhook = hook(program.url, now - timedelta(days=30))
    give_secret(webhook, now=now)
    webhook.save()
    again = now + timedelta(hours=3)
    new = give_secret(webhook, now=again)
    webhook.save()
    happens(again, 1)
    assert deliver(again + BOTH_HOLD - timedelta(seconds=1)) == 1
    assert verifies(program, SECRET) == verifies(program, new) == [True]
    give_secret(webhook, now=again + BOTH_HOLD)
    webhook.save()
    happens(again, 2)
    assert deliver(again + BOTH_HOLD) == 1
    assert verifies(program, SECRET) == [True, False]
    assert verifies(program, new) == [True, True], "the one before, a day later"


def test_keys_are_renewed_and_the_old_one_may_go(program: Program, now: datetime, settings: Any) -> None:
    settings.FACTOR_KEYS = [OLD]
    webhook = hook(program.url, now - timedelta(days=30))
    new = give_secret(webhook, now=now)
    webhook.save()
    settings.FACTOR_KEYS = [NEW, OLD]
    assert renew() == "secrets under the first key: 0 of factors, 2 of webhooks\n"
    settings.FACTOR_KEYS = [NEW]
    happens(now, 1)
    assert deliver(now) == 1
    assert verifies(program, new) == verifies(program, SECRET) == [True]


def test_what_no_key_reads_signs_nothing_and_goes_once_one_does(program: Program, now: datetime, settings: Any) -> None:
    settings.FACTOR_KEYS = [OLD]
    hook(program.url, now)
    happens(now, 1)
    settings.FACTOR_KEYS = [OTHER]
    assert deliver(now) == 0
    assert (program.told, states()) == ([], ["waiting"])
    assert "FACTOR_KEYS" in Delivery.objects.get().last_error
    with pytest.raises(CommandError, match="0 secrets of factors and 1 of webhooks are readable by none"):
        renew()
    settings.FACTOR_KEYS = [OTHER, OLD]
    assert deliver(now + timedelta(minutes=2)) == 1
    assert verifies(program, SECRET) == [True]


def test_what_no_key_reads_waits_two_days_and_then_for_a_person(program: Program, now: datetime, settings: Any) -> None:
    hook(program.url, now)
    happens(now, 1)
    settings.FACTOR_KEYS = [OTHER]
    deliver(now)
    for hours in range(4):
        deliver(now + timedelta(days=3, hours=2 * hours))
    assert (program.told, states()) == ([], ["parked"])


def test_one_before_that_no_key_reads_stops_nothing(program: Program, now: datetime) -> None:
    webhook = hook(program.url, now)
    Webhook.objects.filter(pk=webhook.pk).update(previous_secret="written by hand")
    happens(now, 1)
    assert deliver(now) == 1
    assert verifies(program, SECRET) == [True]


def test_another_secret_is_told_in_the_book_of_changes(program: Program, now: datetime) -> None:
    webhook = hook(program.url, now)
    before = FactChange.objects.count()
    Webhook.objects.filter(pk=webhook.pk).update(secret=seal("whsec_b3duIHNlY3JldA=="))
    told = FactChange.objects.order_by("-pk")[0]
    assert (FactChange.objects.count(), told.table_name, told.columns) == (before + 1, "notices_webhook", ["secret"])


def test_who_changes_it_reads_that_both_hold_for_a_day(
    ines: User, signed_in: Callable[[Any], Client], program: Program, now: datetime
) -> None:
    webhook = hook(program.url, now)
    act = {"_selected_action": [webhook.pk], "action": "change_secret"}
    shown = signed_in(ines).post(reverse("admin:notices_webhook_changelist"), act).content.decode()
    assert "whsec_" in shown
    assert "Durante un día" in shown
    assert Webhook.objects.get().previous_secret == webhook.secret
