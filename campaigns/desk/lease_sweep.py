"""Leases that ran out: the contact is free again, and the call in the middle of which a desk died is closed.

The clock sweeps, and a desk that looks for its next contact does too. Nobody takes a contact from somebody whose lease
ran out in any other way, so whoever takes it finds no open call, and the desk it was taken from is not left with one.
Locks: entry, then its attempts; rows that somebody works on are passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from campaigns.calling.rulebook import NO_RESULT, RuleBook, read_rules
from campaigns.calling.rules import ready_after
from campaigns.desk.tallying import tally, write_tally
from campaigns.desk.uncalled import uncalled
from campaigns.models import Attempt, DeskDraft, ListEntry

SWEPT_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    freed: int
    without_result: int


def sweep_leases(*, now: datetime, limit: int = SWEPT_AT_MOST, book: RuleBook | None = None) -> Swept:
    """Free what expired leases hold. An open call gets «sin resultado»; its agent is shown it and may still tell."""
    book = book or read_rules(now=now)
    with transaction.atomic():
        unheld = ListEntry.objects.select_for_update(of=("self",), skip_locked=True)
        expired = unheld.filter(lease_agent__isnull=False, lease_until__lte=now).order_by("lease_until")[:limit]
        entries = {entry.contact_id: entry for entry in expired}
        if left := [contact_id for contact_id in _left_calls(book) if contact_id not in entries]:
            entries |= {entry.contact_id: entry for entry in unheld.filter(pk__in=left[:limit]).order_by("pk")}
        return _let_go(list(entries.values()), book)


def let_go_if_over(*, contact_id: int, book: RuleBook) -> bool:
    """Free one contact whose lease ran out, in the caller's transaction; False when it is free or held."""
    rows = ListEntry.objects.select_for_update(of=("self",))
    expired = list(rows.filter(pk=contact_id, lease_agent__isnull=False, lease_until__lte=book.now))
    return bool(_let_go(expired, book).freed)


def _left_calls(book: RuleBook) -> list[int]:
    """Contacts with an open call that nobody can end: of an older lease, or of an earlier day without any lease.

    The first cannot happen as long as everybody takes contacts as this room does; it is mended here all the same. The
    second is the call that was in the air when its campaign was closed, and whose agent did not come back that day.
    """
    waiting = Attempt.objects.filter(resulted_at=None)
    of_older_lease = Q(contact__entry__fence__gt=F("fence"))
    of_nobody = Q(contact__entry__lease_agent=None, day__lt=book.today)
    return list(waiting.filter(of_older_lease | of_nobody).values_list("contact_id", flat=True))


def _let_go(entries: Sequence[ListEntry], book: RuleBook) -> Swept:
    attempts: dict[int, list[Attempt]] = {entry.contact_id: [] for entry in entries}
    for attempt in Attempt.objects.filter(contact_id__in=attempts) if entries else ():
        attempts[attempt.contact_id].append(attempt)
    freed = without_result = 0
    for entry in entries:
        freed += entry.lease_until is not None and entry.lease_until <= book.now
        without_result += _free(entry, attempts[entry.contact_id], book)
    return Swept(freed=freed, without_result=without_result)


def _free(entry: ListEntry, attempts: list[Attempt], book: RuleBook) -> bool:
    changed: list[str] = []
    is_over = entry.lease_until is None or entry.lease_until <= book.now
    left = [call for call in attempts if call.resulted_at is None and (is_over or call.fence < entry.fence)]
    if is_over:
        entry.lease_agent = entry.lease_until = None
        changed += ["lease_agent", "lease_until"]
    if left and (none := uncalled(call.pk for call in left)):
        # the switchboard never rang the customer: there is no call to be without a result
        Attempt.objects.filter(pk__in=none).delete()
        left = [call for call in left if call.pk not in none]
        attempts = [call for call in attempts if call.pk not in none]
    for call in left:
        call.disposition, call.resulted_at = book.by_code[NO_RESULT], book.now
        call.note = call.note or _half_typed_note(call)
        call.save(update_fields=["disposition", "resulted_at", "note"])
    if left:
        counted = tally(attempts, book=book)
        changed += [*write_tally(entry, counted), "ready_at"]
        entry.ready_at = ready_after(
            disposition=book.by_code[NO_RESULT],
            book=book,
            attempts_on_day=counted.attempts_on_day,
            last_attempt_at=counted.last_attempt_at,
        )
    entry.save(update_fields=changed)
    return bool(left)


def _half_typed_note(call: Attempt) -> str:
    """What the agent had typed and not recorded; it stays with the call instead of with a desk that is gone."""
    draft = DeskDraft.objects.filter(agent=call.agent_id, contact=call.contact_id, fence=call.fence).first()
    return str(draft.fields.get("note", ""))[:500] if draft else ""
