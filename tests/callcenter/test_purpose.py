"""A demo does not work on a production's database, nor a production on a demo's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from callcenter import purpose
from callcenter.celery import works_on_its_own_database
from callcenter.models import DatabasePurpose

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_production() -> None:
    DatabasePurpose.objects.update_or_create(pk=1, defaults={"environment": "production"})


def test_whoever_migrated_it_first_says_what_a_database_is_for() -> None:
    assert DatabasePurpose.objects.get().environment == "demo"
    purpose.remember_purpose()
    assert DatabasePurpose.objects.get().environment == "demo"
    purpose.refuse_another_purpose()


IT_SAYS = re.escape("CALLCENTER_ENV: this database is a production's")


@pytest.mark.parametrize("command", ["migrate", "demo"])
def test_a_demo_leaves_a_productions_database_alone(of_production: None, command: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=IT_SAYS):
        call_command(command, verbosity=0)


def test_a_worker_of_a_demo_ends_before_it_begins(of_production: None) -> None:
    with pytest.raises(SystemExit, match=IT_SAYS):
        works_on_its_own_database()


def test_production_does_not_begin_on_a_demos_database(settings: Any) -> None:
    settings.CALLCENTER_ENV = "production"
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL: this database is a demo's"):
        purpose.refuse_another_purpose()


def test_a_database_without_a_word_takes_the_first_that_comes(settings: Any) -> None:
    DatabasePurpose.objects.all().delete()
    settings.CALLCENTER_ENV = "production"
    purpose.refuse_another_purpose()
    purpose.remember_purpose()
    assert DatabasePurpose.objects.get().environment == "production"
