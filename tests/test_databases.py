"""What the tests stand on: a test that commits leaves nothing to the next."""

from __future__ import annotations

import pytest

from agents.models import User
from campaigns.models import Disposition
from service_level.models import Holiday
from tests.databases import Restorer, key_of_what_migrating_makes


@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_gone_and_what_migrations_made_is_back(django_db_setup: Restorer) -> None:
    models = (Disposition, Disposition.pgh_event_model, Holiday, Holiday.pgh_event_model)
    as_migrated = [list(model.objects.order_by("pk").values()) for model in models]
    assert all(as_migrated)
    User.objects.create(username="x")
    Holiday.objects.all().delete()
    Disposition.objects.update(name="x")
    django_db_setup.restore()
    assert not User.objects.exists()
    assert [list(model.objects.order_by("pk").values()) for model in models] == as_migrated


def test_the_key_of_a_template_is_the_same_until_something_changes(tmp_path, monkeypatch) -> None:
    before = key_of_what_migrating_makes()
    assert before == key_of_what_migrating_makes()
    monkeypatch.setattr("tests.databases.ROOMS", ("agents",))
    assert key_of_what_migrating_makes() != before
