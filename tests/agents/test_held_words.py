"""What a legal hold keeps of words people typed: whoever is held is found however she was written."""

from __future__ import annotations

from datetime import datetime

import pytest

from agents.keeping import Held
from agents.models import Agent, Search

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "is_kept"),
    [
        ("70712345", True), ("+591 707-12345", True), ("707-12-345", True), ("707 12345", True),
        ("44251000", True), ("4251000", True), ("425-1000", True), ("+591 4 425 1000", True),
        ("C00001", True), ("70712346", False), ("425-1001", False), ("C00002", False), ("Rosa Flores", False),
    ],
)  # fmt: skip
def test_however_they_are_written(typed: str, is_kept: bool, ana: Agent, at: type[datetime]) -> None:
    Search.objects.create(user=ana.user, at=at("2026-11-26 10:00"), where="desk", asked=typed)  # type: ignore[arg-type]
    held = Held(contracts=("C00001",), telephones=("70712345", "44251000"))
    assert Search.objects.filter(held.named_in("asked")).exists() == is_kept
