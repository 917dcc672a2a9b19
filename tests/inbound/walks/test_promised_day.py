"""The day a call was promised for is the day its card is due on, whenever that was read (103.6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent
from escalations.models import Escalation
from inbound.flows.publishing import publish_files
from inbound.models import ServiceLine
from inbound.outside.reaching import Looked
from inbound.walks import walking
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import text_of

pytestmark = pytest.mark.django_db
CUSTOMER = {"contract": "1001575", "name": "ROSA FLORES", "telephones": ["70712345"], "products": []}
ORDER = {"number": "OT-1", "state": "assigned", "zone": "Norte", "sector": "Norte"}


@pytest.mark.parametrize(
    ("read_at", "handed_over_at", "promised", "due"),
    [
        ("2026-11-23 10:00", "2026-11-23 10:05", "en el transcurso del día", "2026-11-23 20:00"),
        ("2026-11-23 19:58", "2026-11-23 20:03", "en el transcurso del día", "2026-11-23 20:03"),
        ("2026-11-23 20:01", "2026-11-23 20:03", "el 24/11/2026", "2026-11-24 11:30"),
    ],
)
def test_a_call_is_due_on_the_day_it_was_promised_for(
    ana: Agent, at: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch,
    read_at: str, handed_over_at: str, promised: str, due: str,
) -> None:  # fmt: skip
    found: dict[str, Any] = {"smartflex.customer": CUSTOMER, "smartflex.orders": [ORDER]}
    monkeypatch.setattr(walking, "look_up", lambda *, name, **_more: Looked(found[name]))
    publish_files(texts={"103": text_of("103")}, now=at(read_at))
    caller = Caller(ana, ServiceLine.objects.get(number="103"), at(read_at))
    caller.answer()
    caller.answer(customer="1001575", customer_name="Rosa Flores")
    while caller.here.step.kind == "look_up":
        caller.look()
    caller.answer("assigned")
    caller.answer(str(caller.here.footstep.proposed))
    caller.now = at(handed_over_at)
    caller.answer(telephone="70712345")
    card = Escalation.objects.get()
    assert promised in card.promised
    assert card.due_at == at(due)
