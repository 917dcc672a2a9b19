"""Holidays are proposed, never imposed."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from service_level.holidays_of_a_year import propose_holidays
from service_level.models import Holiday, WorkingHours

pytestmark = pytest.mark.django_db


def test_a_new_house_knows_three_years_and_waits_for_a_word_on_17_october() -> None:
    assert Holiday.objects.filter(day=date(2026, 12, 25), is_day_off=True).exists()
    assert Holiday.objects.get(day=date(2026, 9, 14)).is_day_off  # Cochabamba's own
    for year in (2025, 2026, 2027):
        assert not Holiday.objects.get(day=date(year, 10, 17)).is_day_off


def test_what_somebody_edited_stays_when_the_year_is_proposed_again() -> None:
    Holiday.objects.filter(day=date(2026, 5, 1)).update(name="Día del Trabajo, trabajado", is_day_off=False)
    Holiday.objects.filter(day=date(2026, 12, 25)).delete()
    assert [holiday.day for holiday in propose_holidays(year=2026)] == [date(2026, 12, 25)]
    assert not Holiday.objects.get(day=date(2026, 5, 1)).is_day_off


def test_a_year_nobody_has_seeded_yet_comes_whole() -> None:
    told = StringIO()
    call_command("seed_holidays", "2031", stdout=told)
    assert "2031-12-25 Navidad" in told.getvalue()
    assert "2031-10-17 Día de la Dignidad Nacional (worked until confirmed)" in told.getvalue()
    with pytest.raises(CommandError, match="between 2000 and 2100"):
        call_command("seed_holidays", "20311")


def test_the_centre_works_six_days() -> None:
    assert set(WorkingHours.objects.values_list("weekday", flat=True)) == set(range(6))
