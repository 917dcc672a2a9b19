"""Days of calling left: the same count on the desk and on the campaign's page."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from campaigns.calling.days_left import days_left_in_words
from campaigns.calling.rulebook import read_rules
from service_level.models import Holiday
from tests.campaigns.desk.at_desk import at_desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-25 07:00", "quedan 5 días de llamadas"),  # Wednesday to Monday, without the Sunday
        ("2026-11-25 19:59", "quedan 5 días de llamadas"),
        ("2026-11-25 20:00", "quedan 4 días de llamadas"),  # its window closed
        ("2026-11-28 12:59", "quedan 2 días de llamadas"),
        ("2026-11-28 13:00", "queda 1 día de llamadas"),
        ("2026-11-29 10:00", "queda 1 día de llamadas"),
        ("2026-11-30 10:00", "hoy es el último día de llamadas"),
        ("2026-11-30 20:00", "ya no quedan horas de llamadas"),
        ("2026-12-01 10:00", "ya no quedan horas de llamadas"),
    ],
)
def test_days_with_hours_of_calling_are_counted(house_rules, at, moment, words):
    hours = read_rules(now=at(moment)).hours
    assert days_left_in_words(hours=hours, now=at(moment), last=date(2026, 11, 30)) == words


def test_a_day_off_is_not_counted(house_rules, at):
    Holiday.objects.create(day=date(2026, 11, 27), name="Feriado departamental", is_day_off=True)
    now = at("2026-11-26 10:00")
    told = days_left_in_words(hours=read_rules(now=now).hours, now=now, last=date(2026, 11, 30))
    assert told == "quedan 3 días de llamadas"


def test_agent_and_supervisor_read_the_same(make_contact, ana, elena, signed_in, at):
    cache.clear()
    make_contact(ana)
    with time_machine.travel(at("2026-11-26 10:00"), tick=False):
        desk = at_desk(signed_in(ana)).content.decode()
        page = signed_in(elena).get(reverse("campaigns:campaign", args=["2026-12"])).content.decode()
    assert "Quedan 4 días de llamadas" in desk
    assert "quedan 4 días de llamadas" in page


def test_who_paid_without_a_call_is_not_handled_on_the_desk_either(make_contact, ana, signed_in, at):
    """The glossary: handled has at least one result. Nor is she one of those whom the agent has to call."""
    cache.clear()
    make_contact(ana, state="paid", paid_on=date(2026, 11, 26))
    make_contact(ana, handled_at=at("2026-11-26 09:00"), handled_by=ana)
    make_contact(ana)
    with time_machine.travel(at("2026-11-26 10:00"), tick=False):
        desk = " ".join(at_desk(signed_in(ana)).content.decode().split())
    assert "<strong>1</strong> de 2 gestionados" in desk
