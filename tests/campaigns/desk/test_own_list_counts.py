"""The agent's own list and her desk agree in numbers, or say what each counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from agents.models import Agent
from tests.campaigns.desk.at_desk import at_desk

pytestmark = pytest.mark.django_db


def test_list_and_desk_say_what_they_count(
    make_contact: Callable[..., Any],
    ana: Agent,
    signed_in: Callable[[Any], Any],
    time_machine: Any,
    at: Callable[..., Any],
) -> None:
    time_machine.move_to(at("2026-11-26 10:00"), tick=False)
    make_contact(ana, "Rosa Flores"), make_contact(ana, "Juan Rojas", handled_at=at("2026-11-26 09:00"))
    make_contact(ana, "Eva Paz", state="paid", paid_on=date(2026, 11, 25))
    for name in ("Hugo Paz", "Luz Paz"):
        make_contact(ana, name, state="gone")
    client = signed_in(ana)
    page = " ".join(client.get(reverse("campaigns:my_list")).content.decode().split())
    assert ("3 en total" in page, "Hugo Paz" in page) == (True, False)
    assert "Tiene asignados 3 contactos; en el escritorio cuentan 2." in page
    assert "1 pagó sin que se le llamara o no se puede llamar." in page
    assert "2 que ya no están en el reporte" in page
    assert "de 2 gestionados" in at_desk(client).content.decode()
    gone = client.get(reverse("campaigns:my_list"), {"state": "gone"}).content.decode()
    assert ("2 en total" in gone, "Hugo Paz" in gone) == (True, True)
