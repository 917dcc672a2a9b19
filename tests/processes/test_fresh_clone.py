"""The first command of a fresh clone: nothing was set up, and nothing has to be."""

from __future__ import annotations

import json

import pytest

from tests.processes.conftest import FreshClone

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]


def test_the_first_command_of_a_fresh_clone_prepares_its_own_database(fresh_clone: FreshClone) -> None:
    assert fresh_clone.first.returncode == 0, fresh_clone.first.stderr
    assert "Preparing the database" in fresh_clone.first.stderr
    assert json.loads(fresh_clone.first.stdout)["broken"] == []
    assert fresh_clone.left_behind == []
