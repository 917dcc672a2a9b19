"""The word each connection of the application says to its database, which the database's password does not tell.

It is made of `SECRET_KEY`, so that every process of a site says the same and nothing more has to be kept.
"""

import hashlib
import hmac
from collections.abc import Iterable

SAID_AS = "callcenter.hand"  # a setting of the session, which no other session sees


def word_of(secret: str) -> str:
    """64 hexadecimal digits."""
    return hmac.new(secret.encode(), b"whose hand writes in the database", hashlib.sha256).hexdigest()


def words_of(secrets: Iterable[str]) -> list[str]:
    """Of each, the one that is said first."""
    return [word_of(secret) for secret in secrets]
