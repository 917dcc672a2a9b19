"""What an administrator writes for agents to read out is read out as it stands there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from inbound.models import Content

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wrote", "braced"),
    [
        ({"text": "El plan cuesta {precio} al mes."}, "{precio}"),
        ({"text": "El plan cuesta {precio al mes."}, "{precio al mes."),
        ({"name": "Hogar {velocidad}"}, "{velocidad}"),
        ({"code": "}"}, "}"),
    ],
)
def test_a_place_that_nobody_fills_in_is_refused(
    wrote: dict[str, str], braced: str, ines: User, signed_in: Callable[[Any], Client]
) -> None:
    sends = {"topic": "plans", "name": "Hogar", "text": "Bs 149 al mes.", "position": "100", "is_active": "on"}
    client, address = signed_in(ines), reverse("admin:inbound_content_add")
    page = client.post(address, {**sends, **wrote}).content.decode()
    assert f"«{braced}» se leería tal cual: aquí nada se llena, escriba el dato mismo." in page
    assert not Content.objects.filter(topic="plans").exists()
    assert client.post(address, sends).status_code == 302
    assert Content.objects.get(topic="plans").text == "Bs 149 al mes."
