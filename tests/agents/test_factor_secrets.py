"""What second factors are made from is encrypted in the database, under keys that rotate."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.management import call_command
from django.core.management.base import CommandError

from agents.models import User

pytestmark = pytest.mark.django_db
OLD, NEW, OTHER = "the-old-key-" * 4, "the-new-key-" * 4, "another-key-" * 4


@pytest.fixture
def secret(elena: User, settings: Any) -> str:
    settings.FACTOR_KEYS = [OLD]
    made = totp.generate_totp_secret()
    totp.TOTP.activate(elena, made)
    RecoveryCodes.activate(elena)
    return made


def is_right(secret: str) -> bool:
    factor = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    return bool(totp.validate_totp_code(totp.decrypt(factor.data["secret"]), code))


def test_neither_the_secret_nor_the_recovery_codes_stand_in_the_database(secret: str, elena: User) -> None:
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    codes = RecoveryCodes.activate(elena).generate_codes()
    assert [one for one in (secret, *codes) if one in kept] == []
    assert is_right(secret)


def test_keys_are_renewed_and_the_old_one_may_go(secret: str, elena: User, settings: Any) -> None:
    codes = RecoveryCodes.activate(elena).generate_codes()
    before = Authenticator.objects.get(type="totp").data["secret"]
    settings.FACTOR_KEYS = [NEW, OLD]
    assert is_right(secret), "both are read"
    told = StringIO()
    call_command("renew_factor_keys", stdout=told)
    assert told.getvalue() == "secrets under the first key: 2 of factors, 0 of webhooks\n"
    settings.FACTOR_KEYS = [NEW]
    assert is_right(secret)
    assert RecoveryCodes.activate(elena).generate_codes() == codes
    assert Authenticator.objects.get(type="totp").data["secret"] != before


def test_what_no_key_reads_opens_nothing_and_is_told(secret: str, settings: Any) -> None:
    """Neither after its key was lost, nor where somebody writes a secret of her own into the database."""
    settings.FACTOR_KEYS = [OTHER]
    assert not is_right(secret)
    with pytest.raises(CommandError, match="2 secrets of factors and 0 of webhooks are readable by none"):
        call_command("renew_factor_keys", stdout=StringIO())
    settings.FACTOR_KEYS = [OLD]
    own = totp.generate_totp_secret()
    Authenticator.objects.filter(type="totp").update(data={"secret": own})
    assert not is_right(own)
