"""Every page of the auditor: a number somebody typed into a text is masked, wherever the text stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from agents.models import AgentMessage, DataPolicy
from tests.callcenter import planted
from tests.callcenter.test_every_address import ADDRESSES
from tests.callcenter.world import World
from tests.databases import undone

pytestmark = pytest.mark.django_db
NUMBER = "76543219"
TYPED = f"llame al {NUMBER}"


def test_who_only_reads_sees_no_number_that_was_typed(
    world: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planted, "WORDS", TYPED)
    planted.plant(world)
    AgentMessage.objects.update(text=TYPED)
    world.contact.refresh_from_db()
    DataPolicy(searches_a_minute=10_000).save()
    client, whole, masked = signed_in(world.oscar), [], set()
    for address in ADDRESSES:
        if "oscar" in address.opens_to and address.sends is None:
            with undone():
                answer = client.get(reverse(address.name, kwargs=address.of(world) if address.of else {}))
            text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="replace")
            whole += [address.name] if NUMBER in text else []
            masked |= {address.name} if "llame al ••••••19" in text else set()
    assert whole == []
    assert masked >= {"campaigns:agenda", "campaigns:contact", "customer", "control_room:agent"}
