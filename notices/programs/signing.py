"""How a message shows from whom it is: the scheme of Standard Webhooks, which libraries of many languages verify."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from allauth.mfa.adapter import get_adapter

PREFIX = "whsec_"


def new_secret() -> str:
    """For the program; keep it by `sealed`."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sealed(secret: str) -> str:
    """As it stands in the database, encrypted as the secrets of factors are."""
    return str(get_adapter().encrypt(secret))


def opened(stored: str) -> str:
    return str(get_adapter().decrypt(stored))


def headers(*, secret: str, message: str, body: bytes, now: datetime) -> dict[str, str]:
    """`message`: its name, the same however often it is sent. The moment is within the signature: an old message that
    somebody kept is refused by who verifies it.
    """
    stamp = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signature = hmac.new(key, f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
