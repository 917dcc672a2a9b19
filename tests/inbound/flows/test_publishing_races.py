"""Several who publish at once, on real transactions: one version each text, numbers without a gap."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from agents.models import User
from inbound.flows.publishing import PublishingRefused, publish_draft, publish_files
from inbound.models import FlowDraft, FlowVersion, ServiceLine
from tests.campaigns.together import at_once
from tests.inbound.flows_to_read import text_of
from tests.inbound.lines_on_file import texts_with_a_row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-25 09:30")


def test_four_programs_that_start_at_once_publish_each_flow_once(now: datetime) -> None:
    texts = texts_with_a_row()
    at_once(lambda _n: publish_files(texts=texts, now=now), list(range(4)))
    assert list(FlowVersion.objects.values_list("version", flat=True)) == [1] * 11


def test_a_draft_that_is_published_by_four_hands_is_published_once(now: datetime, ines: User) -> None:
    line = ServiceLine.objects.get(number="104")
    FlowDraft.objects.create(line=line, source=text_of("104"), saved_at=now, saved_by=ines)

    def publish(_n: int) -> bool:
        try:
            publish_draft(line=line, by=ines, now=now)
        except PublishingRefused:
            return False
        return True

    assert sorted(at_once(publish, list(range(4)))) == [False, False, False, True]
    assert FlowVersion.objects.filter(line=line).count() == 1
