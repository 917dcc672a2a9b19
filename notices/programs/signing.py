"""How a message shows from whom it is: the scheme of Standard Webhooks, which libraries of many languages verify."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from notices.programs.secret_keys import PREFIX


def headers(*, secrets: Sequence[str], message: str, body: bytes, now: datetime) -> dict[str, str]:
    """`message`: its name, the same however often it is sent. `secrets`: who knows one of them verifies it. The moment
    is within the signature: an old message that somebody kept is refused by who verifies it.
    """
    stamp = str(int(now.timestamp()))
    signed = f"{message}.{stamp}.".encode() + body
    signatures = [hmac.new(_key(secret), signed, hashlib.sha256).digest() for secret in secrets]
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in signatures),
    }


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
