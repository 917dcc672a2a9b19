"""What an authenticator app and its recovery codes are made from, encrypted in the database under keys that rotate.

The first of `FACTOR_KEYS` encrypts, all of them read. Whoever can write into the database and has no key plants no
factor: what cannot be read opens nothing.
"""

from __future__ import annotations

import base64
import hashlib

import structlog
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction

SECRETS = ("secret", "seed")  # of an authenticator app; of recovery codes

log = structlog.get_logger(__name__)


class EncryptedFactors(DefaultMFAAdapter):
    """allauth asks it to keep and to read a secret."""

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What no key reads becomes a secret that nobody has: its codes are wrong."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.exception("factor_cannot_be_read")
            secret: str = generate_totp_secret()
            return secret


@transaction.atomic
def renew_keys() -> tuple[int, int]:
    """Encrypt all secrets anew under the first key: how many were, and how many no key reads."""
    keys, renewed, unreadable = _keys(), 0, 0
    for factor in Authenticator.objects.select_for_update().order_by("pk"):
        for name in SECRETS:
            if name not in factor.data:
                continue
            try:
                factor.data[name] = keys.rotate(factor.data[name].encode()).decode()
                renewed += 1
            except InvalidToken:
                unreadable += 1
        factor.save(update_fields=["data"])
    return renewed, unreadable


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_key_of(text)) for text in settings.FACTOR_KEYS])


def _key_of(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"callcenter.factors" + text.encode()).digest())
