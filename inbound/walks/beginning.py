"""A call begins to be attended: the first step of its line's flow."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from inbound.fields import CALLER_NAME, TELEPHONE
from inbound.models import Footstep, ServiceLine, Walk
from inbound.walks.footsteps import WalkRefused, enter
from inbound.walks.state import flow_of, known_on, path_of, version_to_walk
from telephony.models import QueueCall

RANDOM = 4  # the version of a key that a page offers


def begin_walk(
    *,
    agent: Agent,
    line: ServiceLine,
    key: uuid.UUID,
    now: datetime,
    caller_number: str = "",
    call: QueueCall | None = None,
    before: Walk | None = None,
) -> Walk:
    """Attend a call of `line`. The same `key`, which the button of the page carries, begins one walk however often.

    `call`: as the switchboard knows it, where one announced it. `before`: how the same caller was attended until she
    was handed over; what she said of herself comes along. Raises NoFlow when the line has no published flow, ValueError
    of a key that no page offers: that of a call which a switchboard announced can be worked out, and nobody begins its
    walk without it, with a number of her own.
    """
    if call is None and key.version != RANDOM:
        raise ValueError(f"{key} is no random key")
    version = version_to_walk(line=line)
    said = _said_of_herself(before) if before is not None else {}
    name = said.get(CALLER_NAME) or (before.caller_name if before is not None else "")
    with transaction.atomic():
        walk, is_new = Walk.objects.get_or_create(
            key=key,
            defaults={
                "line": line, "version": version, "agent": agent, "caller_number": caller_number, "began_at": now,
                "last_sign_at": now, "call": call, "brought": said, "caller_name": name,
            },
        )  # fmt: skip
        if is_new:
            enter(walk, [], version.pk, flow_of(version.pk).start, known=said, now=now)
            walk.save(update_fields=["position", "last_sign_at"])
    if walk.agent_id != agent.pk:
        raise WalkRefused(_("Esa atención es de otra persona."))
    return walk


def _said_of_herself(before: Walk) -> dict[str, str]:
    """Her name and where she is called back. What was found is found again: she is asked anew whom it is about."""
    path = path_of(list(Footstep.objects.filter(walk=before).order_by("position")))
    known = known_on(path, before=before.brought)
    said = {name: known.get(name) for name in (CALLER_NAME, TELEPHONE)}
    return {name: text for name, text in said.items() if isinstance(text, str) and text}
