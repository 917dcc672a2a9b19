"""The ten days of an installation, the Friday noon of public telephony: tables of cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.flows.conditions import proposed_branch
from inbound.models import Content
from inbound.outside.readings import installation_term, public_phone_window, read, visit_notice
from service_level.days import LA_PAZ
from tests.inbound.flows_to_read import flow_of

At = Callable[..., datetime]


@pytest.mark.parametrize(
    ("day", "hour", "until"),
    [
        ("2026-11-28", "10:30", {"day": "2026-11-28", "hour": "09:30"}),
        ("2026-12-01", "00:15", {"day": "2026-11-30", "hour": "23:15"}),
        ("", "10:30", None),
        ("2026-11-28", "", None),
        ("0001-01-01", "00:00", None),
    ],
)
def test_a_visit_is_prepared_an_hour_before_it(day: str, hour: str, until: Any, at: At) -> None:
    assert visit_notice(day=day, hour=hour) == until
    assert read("house.visit_notice", {"day": day, "hour": hour}, now=at("2026-11-25 09:00")) == until


@pytest.mark.parametrize(
    ("sold_on", "now", "days", "is_inside", "overdue"),
    [
        ("2026-11-25", "2026-11-25 09:00", 0, True, 0),
        ("2026-11-24", "2026-11-25 09:00", 1, True, 0),
        ("2026-11-16", "2026-11-25 09:00", 9, True, 0),
        ("2026-11-15", "2026-11-25 00:00", 10, True, 0),
        ("2026-11-15", "2026-11-25 23:59:59", 10, True, 0),  # the whole tenth day
        ("2026-11-14", "2026-11-25 00:00", 11, False, 1),  # the eleventh from its first second
        ("2026-11-14", "2026-11-25 09:00", 11, False, 1),
        ("2026-10-25", "2026-11-25 09:00", 31, False, 21),
        ("2026-12-24", "2027-01-03 09:00", 10, True, 0),  # over the year's end
        ("2028-02-19", "2028-02-29 09:00", 10, True, 0),  # and a leap day
        ("2028-02-20", "2028-03-02 09:00", 11, False, 1),
        ("2026-11-30", "2026-11-25 09:00", 0, True, 0),  # dated tomorrow: nothing has passed
        ("2026-11-15T18:00:00-04:00", "2026-11-25 09:00", 10, True, 0),
    ],
)
def test_an_installation_is_inside_its_term_up_to_the_tenth_day(
    at: At, sold_on: str, now: str, days: int, is_inside: bool, overdue: int
) -> None:
    term = installation_term(sold_on=sold_on, now=at(now))
    assert term is not None
    assert (term["days"], term["is_inside"], term["overdue_days"]) == (days, is_inside, overdue)
    proposed = proposed_branch(flow_of("103").steps["inside_term"], {"term": term})
    assert proposed is not None
    assert proposed.name == ("inside" if is_inside else "overdue")


def test_days_are_those_of_la_paz() -> None:
    """03:59 in Greenwich is still the day before in La Paz."""
    term = installation_term(sold_on="2026-11-14", now=datetime(2026, 11, 25, 3, 59, tzinfo=UTC))
    assert term is not None
    assert term["days"] == 10
    assert term["last_day"] == "2026-11-24"


@pytest.mark.parametrize("sold_on", ["", "ayer", "25/11/2026", "2026-13-01", "9999-12-31", "\ud800"])
def test_a_day_that_is_none_leaves_the_decision_to_the_agent(at: At, sold_on: str) -> None:
    assert installation_term(sold_on=sold_on, now=at("2026-11-25 09:00")) is None
    assert proposed_branch(flow_of("103").steps["inside_term"], {"term": None}) is None


@pytest.mark.parametrize(
    ("now", "is_weekend", "until"),
    [
        ("2026-11-23 00:00:00", False, "2026-11-27T11:59:59-04:00"),  # Monday
        ("2026-11-25 15:00:00", False, "2026-11-27T11:59:59-04:00"),
        ("2026-11-27 11:59:59", False, "2026-11-27T11:59:59-04:00"),
        ("2026-11-27 11:59:59.999999", False, "2026-11-27T11:59:59-04:00"),
        ("2026-11-27 12:00:00", True, "2026-11-29T23:59:59-04:00"),  # 12:00:00 already belongs to the weekend
        ("2026-11-27 18:00:00", True, "2026-11-29T23:59:59-04:00"),
        ("2026-11-28 00:00:00", True, "2026-11-29T23:59:59-04:00"),
        ("2026-11-29 12:00:00", True, "2026-11-29T23:59:59-04:00"),
        ("2026-11-29 23:59:59", True, "2026-11-29T23:59:59-04:00"),
        ("2026-11-29 23:59:59.999999", True, "2026-11-29T23:59:59-04:00"),
        ("2026-11-30 00:00:00", False, "2026-12-04T11:59:59-04:00"),
        ("2027-01-01 11:00:00", False, "2027-01-01T11:59:59-04:00"),  # a holiday is no weekend
        ("2027-01-01 12:00:00", True, "2027-01-03T23:59:59-04:00"),
    ],
)
def test_the_weekend_of_public_telephony_begins_at_noon_of_friday(
    at: At, now: str, is_weekend: bool, until: str
) -> None:
    window = public_phone_window(now=at(now))
    assert window == {"is_weekend": is_weekend, "until": until}
    proposed = proposed_branch(flow_of("4639999").steps["when"], {"window": window})
    assert proposed is not None
    assert proposed.next == ("weekend_fault" if is_weekend else "fault")


def test_noon_is_la_pazs() -> None:
    assert not public_phone_window(now=datetime(2026, 11, 27, 15, 59, 59, tzinfo=UTC))["is_weekend"]
    assert public_phone_window(now=datetime(2026, 11, 27, 16, 0, 0, tzinfo=UTC))["is_weekend"]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)))
def test_a_window_never_ends_before_now(moment: datetime) -> None:
    now = moment.replace(microsecond=0, tzinfo=LA_PAZ)
    assert datetime.fromisoformat(public_phone_window(now=now)["until"]) >= now


def test_a_reading_is_found_by_the_name_of_its_look_up(at: At) -> None:
    now = at("2026-11-25 09:00")
    term: Any = read("house.installation_term", {"sold_on": "2026-11-24"}, now=now)
    assert term["days"] == 1
    assert read("house.installation_term", {}, now=now) is None
    assert read("house.public_phone_window", {}, now=now) == public_phone_window(now=now)
    with pytest.raises(KeyError):
        read("house.nothing", {}, now=now)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("peru", "Perú"),
        ("MEXICO", "México"),
        ("usa", "Estados Unidos"),
        ("EE. UU.", "Estados Unidos"),
        ("EEUU", "Estados Unidos"),
        ("Estados Unidos de América", "Estados Unidos"),
        ("Holanda", "Países Bajos"),
        ("Inglaterra", "Reino Unido"),
        ("Brazil", "Brasil"),
        ("New York", "Nueva York"),
        ("Sao Paulo", "São Paulo"),
        ("madrid", "Madrid"),
    ],
)
def test_a_country_is_found_as_people_say_it(said: str, found: str) -> None:
    assert [row["name"] for row in Content.objects.said_of("countries", words=said)] == [found]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "department"),
    [
        *(("sucre", "Chuquisaca"), ("trinidad", "Beni"), ("cobija", "Pando"), ("el alto", "La Paz")),
        *(("sacaba", "Cochabamba"), ("quillacollo", "Cochabamba"), ("montero", "Santa Cruz"), ("uyuni", "Potosí")),
        *(("Santa Cruz de la Sierra", "Santa Cruz"), ("santa cruz", "Santa Cruz"), ("yacuiba", "Tarija")),
    ],
)
def test_a_town_is_found_by_the_code_of_its_department(said: str, department: str) -> None:
    assert [row["name"] for row in Content.objects.said_of("codes", words=said)] == [department]
