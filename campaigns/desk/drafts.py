"""What an agent has typed and not yet recorded, kept on the server: a reload or a dead browser loses nothing."""

from __future__ import annotations

from datetime import datetime

from agents.models import Agent
from campaigns.models import DeskDraft, ListEntry

# the fields of the result panel, as its form names them
KEPT = (
    *("disposition", "telephone", "note", "reason", "promised_on", "promised_amount"),
    *("call_back_day", "call_back_time", "call_back_personal"),
)
LONGEST = 600


def keep_draft(*, agent: Agent, contact_id: int, fence: int, fields: dict[str, str], now: datetime) -> bool:
    """Keep the half-typed form of the contact open at this desk; one that came too late is dropped."""
    if not ListEntry.objects.filter(contact_id=contact_id, lease_agent=agent, fence=fence).exists():
        return False
    kept = {name: fields[name][:LONGEST] for name in KEPT if fields.get(name)}
    DeskDraft.objects.update_or_create(
        agent=agent, defaults={"contact_id": contact_id, "fence": fence, "fields": kept, "saved_at": now}
    )
    return True
