"""A code of an authenticator app opens once, whatever server or cache is down: the factor's row keeps the last one."""

from __future__ import annotations

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db import transaction

LAST = "last_counter"  # among the factor's data: of thirty seconds each, since 1970


@transaction.atomic
def spend(*, factor: Authenticator, code: str) -> bool:
    """Whether a right code may open: neither it nor one after it has. Then it is spent."""
    kept = Authenticator.objects.select_for_update().get(pk=factor.pk)
    secret = get_adapter().decrypt(kept.data["secret"])
    right = [
        counter
        for counter in totp.yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, counter)))
    ]
    if not right or max(right) <= kept.data.get(LAST, -1):
        return False
    kept.data[LAST] = max(right)
    kept.save(update_fields=["data"])
    return True
