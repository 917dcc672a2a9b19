"""What an authenticator app and its recovery codes are made from: sealed in the database, and what no key reads opens
nothing.
"""

from __future__ import annotations

import structlog
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import transaction

from agents.sealing import NoKeyReads, Renewed, seal, unseal

SECRETS = ("secret", "seed")  # of an authenticator app; of recovery codes

log = structlog.get_logger(__name__)


class EncryptedFactors(DefaultMFAAdapter):
    """allauth asks it to keep and to read a secret."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What no key reads becomes a secret that nobody has: its codes are wrong."""
        try:
            return unseal(encrypted_text)
        except NoKeyReads:
            log.exception("factor_cannot_be_read")
            secret: str = generate_totp_secret()
            return secret


@transaction.atomic
def renew_factors() -> Renewed:
    """Encrypt the secrets of all factors anew under the first key."""
    told = Renewed()
    for factor in Authenticator.objects.select_for_update().order_by("pk"):
        for name in SECRETS:
            if name in factor.data:
                factor.data[name] = told.under_the_first_key(factor.data[name])
        factor.save(update_fields=["data"])
    return told
