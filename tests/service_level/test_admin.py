"""The admin of working hours: any of them may go, but not the last."""

from __future__ import annotations

from datetime import time

import pytest
from django.test import Client

from agents.models import User
from service_level.models import WorkingHours

pytestmark = pytest.mark.django_db


def test_hours_may_go_but_not_the_last_ones(client: Client) -> None:
    client.force_login(User.objects.create_superuser("ines", role="administrator"))
    WorkingHours.objects.all().delete()
    monday, tuesday = (WorkingHours.objects.create(weekday=day, opens=time(8), closes=time(18)) for day in (0, 1))

    def delete(hours: WorkingHours) -> str:
        address = f"/admin/service_level/workinghours/{hours.pk}/delete/"
        return client.post(address, {"post": "yes"}).content.decode()

    delete(monday)
    assert list(WorkingHours.objects.all()) == [tuesday]
    assert "el único horario que queda" in delete(tuesday)
    assert list(WorkingHours.objects.all()) == [tuesday]
