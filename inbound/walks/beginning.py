"""A call begins to be attended: the first step of its line's flow."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from inbound.models import ServiceLine, Walk
from inbound.walks.footsteps import WalkRefused, enter
from inbound.walks.state import flow_of, version_to_walk
from telephony.models import QueueCall


def begin_walk(
    *,
    agent: Agent,
    line: ServiceLine,
    key: uuid.UUID,
    now: datetime,
    caller_number: str = "",
    call: QueueCall | None = None,
) -> Walk:
    """Attend a call of `line`. The same `key`, which the button of the page carries, begins one walk however often.

    `call`: as the switchboard knows it, where one announced it. Raises NoFlow when the line has no published flow.
    """
    version = version_to_walk(line=line)
    with transaction.atomic():
        walk, is_new = Walk.objects.get_or_create(
            key=key,
            defaults={
                "line": line, "version": version, "agent": agent, "caller_number": caller_number, "began_at": now,
                "last_sign_at": now, "call": call,
            },
        )  # fmt: skip
        if is_new:
            enter(walk, [], version.pk, flow_of(version.pk).start, known={}, now=now)
            walk.save(update_fields=["position", "last_sign_at"])
    if walk.agent_id != agent.pk:
        raise WalkRefused(_("Esa atención es de otra persona."))
    return walk
