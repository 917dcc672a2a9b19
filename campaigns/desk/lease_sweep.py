"""Leases that ran out: the contact is free again, and a call in the middle of which a desk died is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.calling import ready_after
from campaigns.desk.tallying import tally, write_tally
from campaigns.models import Attempt, ListEntry
from campaigns.rules.rulebook import NO_RESULT, RuleBook, read_rules

SWEPT_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    freed: int
    without_result: int


def sweep_leases(*, now: datetime, limit: int = SWEPT_AT_MOST) -> Swept:
    """Free what expired leases hold. An open call gets «sin resultado»; its agent is shown it and may still tell."""
    book = read_rules(now=now)
    freed = without_result = 0
    with transaction.atomic():
        expired = (
            ListEntry.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(lease_agent__isnull=False, lease_until__lte=now)
            .order_by("lease_until")[:limit]
        )
        entries = {entry.contact_id: entry for entry in expired}
        attempts: dict[int, list[Attempt]] = {contact_id: [] for contact_id in entries}
        for attempt in Attempt.objects.filter(contact_id__in=entries):
            attempts[attempt.contact_id].append(attempt)
        for contact_id, entry in entries.items():
            without_result += _free(entry, attempts[contact_id], book)
            freed += 1
    return Swept(freed=freed, without_result=without_result)


def _free(entry: ListEntry, attempts: list[Attempt], book: RuleBook) -> bool:
    changed = ["lease_agent", "lease_until"]
    open_calls = [call for call in attempts if call.resulted_at is None and call.agent_id == entry.lease_agent_id]
    entry.lease_agent = entry.lease_until = None
    for call in open_calls:
        call.disposition, call.resulted_at = book.by_code[NO_RESULT], book.now
        call.save(update_fields=["disposition", "resulted_at"])
    if open_calls:
        counted = tally(attempts, book=book)
        changed += [*write_tally(entry, counted), "ready_at"]
        entry.ready_at = ready_after(
            disposition=book.by_code[NO_RESULT],
            book=book,
            attempts_on_day=counted.attempts_on_day,
            last_attempt_at=counted.last_attempt_at,
        )
    entry.save(update_fields=changed)
    return bool(open_calls)
