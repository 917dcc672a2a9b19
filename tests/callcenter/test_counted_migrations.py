"""What migrating costs: a trigger is noted on its model, which is not rendered anew for it."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import models
from django.db.migrations.state import ModelState, ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from callcenter.counted_migrations import triggers_change_no_model

STAYS = pgtrigger.Protect(name="stays", operation=pgtrigger.Delete)


@pytest.fixture
def state() -> ProjectState:
    """One model, that nothing is known of but its key."""
    there = ProjectState()
    there.add_model(ModelState("work", "Note", [("id", models.AutoField(primary_key=True))]))
    return there


def test_a_trigger_comes_and_goes_and_the_model_stays_the_same_one(state: ProjectState) -> None:
    note = state.apps.get_model("work", "note")
    with triggers_change_no_model():
        AddTrigger("note", STAYS).state_forwards("work", state)
        assert state.apps.get_model("work", "note") is note
        assert note._meta.triggers == state.models["work", "note"].options["triggers"] == [STAYS]
        RemoveTrigger("note", "stays").state_forwards("work", state)
        assert state.apps.get_model("work", "note") is note
        assert note._meta.triggers == state.models["work", "note"].options["triggers"] == []


def test_a_state_that_nobody_rendered_yet_is_rendered_with_its_triggers(state: ProjectState) -> None:
    with triggers_change_no_model():
        AddTrigger("note", STAYS).state_forwards("work", state)
        assert "apps" not in vars(state)
    assert state.apps.get_model("work", "note")._meta.triggers == [STAYS]


def test_afterwards_the_library_does_as_it_did(state: ProjectState) -> None:
    note = state.apps.get_model("work", "note")
    with triggers_change_no_model():
        pass
    AddTrigger("note", STAYS).state_forwards("work", state)
    assert state.apps.get_model("work", "note") is not note
