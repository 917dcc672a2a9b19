"""What the tests stand on: a test that commits leaves nothing to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.models import User
from campaigns.models import Disposition
from service_level.models import Holiday
from tests.databases import Restorer, key_of_what_migrating_makes
from tests.sources import HOUSE


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


@pytest.mark.parametrize(
    ("changed", "makes_another"),
    [
        ("campaigns/migrations/0001_initial.py", True),
        ("systems/smartflex/__init__.py", True),
        ("inbound/flows/104.yaml", True),
        ("campaigns/desk/giving.py", False),
        ("campaigns/migrations/0009_not_there.py", False),
    ],
)
def test_the_key_of_a_template_changes_with_what_migrating_makes(changed, makes_another, monkeypatch) -> None:
    before, read = key_of_what_migrating_makes(), Path.read_bytes

    def read_changed(path: Path) -> bytes:
        return read(path) + b"#" * (path == HOUSE / changed)

    assert before == key_of_what_migrating_makes()
    monkeypatch.setattr(Path, "read_bytes", read_changed)
    assert (key_of_what_migrating_makes() != before) is makes_another
