"""Secrets that are kept to be used, encrypted in the database under keys that rotate.

The first of `FACTOR_KEYS` encrypts, all of them read. Whoever can write into the database and has no key makes nothing
that is read.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class NoKeyReads(Exception):
    """None of the keys wrote what stands there."""


@dataclass
class Renewed:
    """How many secrets were encrypted anew, and how many no key reads."""

    renewed: int = 0
    unreadable: int = 0

    def under_the_first_key(self, sealed: str) -> str:
        """The same secret, encrypted anew; what no key reads stays as it is, and is counted."""
        try:
            anew = _keys().rotate(sealed.encode()).decode()
        except InvalidToken:
            self.unreadable += 1
            return sealed
        self.renewed += 1
        return anew


def seal(secret: str) -> str:
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises NoKeyReads."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise NoKeyReads from error


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_key_of(text)) for text in settings.FACTOR_KEYS])


def _key_of(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"callcenter.factors" + text.encode()).digest())
