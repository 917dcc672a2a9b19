"""Things done once for their key, whatever arrives twice or at the same moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from sandbox.models import Deed
from sandbox.refusals import Refused

NEWEST = 200


def do_once(
    *,
    system: str,
    verb: str,
    key: str,
    payload: Mapping[str, str],
    asked_by: Mapping[str, str],
    prefix: str,
    effect: Callable[[str], None],
    now: datetime,
) -> str:
    """Do `effect` with the reference it gets and write it into the book, in one transaction; return the reference.

    The row of the key comes first: a second request with it waits there until the first is through, and then finds
    what that one did. Raises Refused, 409 when the key was used for something else.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO sandbox_deed (system, verb, key, payload, asked_by, reference, at)"
                " VALUES (%s, %s, %s, %s, %s, '', %s) ON CONFLICT (system, key) DO NOTHING RETURNING id",
                [system, verb, key, json.dumps(payload), json.dumps(asked_by), now],
            )
            inserted = cursor.fetchone()
        if inserted is None:
            before = Deed.objects.get(system=system, key=key)
            if (before.verb, before.payload) != (verb, payload):
                raise Refused("Esa clave ya se usó para otra cosa.", status=409)
            return before.reference
        reference = f"{prefix}-{inserted[0]:07d}"
        effect(reference)
        Deed.objects.filter(pk=inserted[0]).update(reference=reference)
    return reference


def told(*, key: str = "", system: str = "") -> list[dict[str, Any]]:
    """The newest of the book, those of a key or a system only when it is given."""
    deeds = Deed.objects.order_by("-pk")
    if key:
        deeds = deeds.filter(key=key)
    if system:
        deeds = deeds.filter(system=system)
    return [
        {
            "system": deed.system,
            "verb": deed.verb,
            "key": deed.key,
            "payload": deed.payload,
            "asked_by": deed.asked_by,
            "at": deed.at.isoformat(),
            "reference": deed.reference,
        }
        for deed in deeds[:NEWEST]
    ]
