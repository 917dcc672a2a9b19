"""A write that may be sent twice is done once: by the key its program gives it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Header, Schema, Status

from api.bearer import token_of
from api.models import Reply
from api.problems import REFUSALS, Problem

KEPT = timedelta(days=3)
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$",
        description="One of each write, chosen by you: sent again within three days, the same answer and done once.",
    ),
]  # fmt: skip


def once(
    request: HttpRequest, *, key: str, now: datetime, work: Callable[[], tuple[int, Schema]]
) -> Status[dict[str, Any]]:
    """What `work` answers, or answered before under this key. A refusal is not kept: mended, it may be sent again.

    What is kept has no personal data in it. Raises Problem where the key was another request's, and what `work` raises.
    """
    token = token_of(request)
    sent = _sha256_of(request)
    refused: Exception | None = None
    with transaction.atomic():
        with connection.cursor() as cursor:  # of two at the same moment one works, and the other is told of it
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"api {token.pk} {key}"])
        before = Reply.objects.filter(token=token, key=key).first()
        if before is not None:
            if before.sent_sha256 != sent:
                raise Problem(422, "key_of_another", _("Esa Idempotency-Key ya se usó para otro pedido."))
            return Status(before.status, before.body)
        try:
            status, told = work()
        except REFUSALS as error:  # what its verb kept of it stays: the note of a call that was made
            refused = error
        else:
            body = told.model_dump(mode="json")
            Reply.objects.create(token=token, key=key, sent_sha256=sent, status=status, body=body, at=now)
    if refused is not None:
        raise refused
    return Status(status, body)


def _sha256_of(request: HttpRequest) -> str:
    """What is asked for and of which version of it: of another it is another request."""
    version = request.headers.get("If-Match")
    head = f"{request.method} {request.path}\n" + (f"If-Match: {version}\n" if version else "")
    return hashlib.sha256(head.encode() + request.body).hexdigest()


def forget(*, now: datetime) -> int:
    """Replies nobody asks for any more. Returns how many went."""
    return Reply.objects.filter(at__lt=now - KEPT).delete()[0]
