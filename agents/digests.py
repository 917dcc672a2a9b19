"""Each day that is over is summed up, of every book and table of facts, in one chain (docs/decisions/0192)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.utils import timezone

from agents.audit import Book, Facts, books, tables_of_facts
from agents.audit_sums import Day, can_be_summed, columns_of, sums
from agents.models import AuditDigest

log = structlog.get_logger(__name__)

# What was begun before midnight is written down by then: no task lasts longer than two hours.
GRACE = timedelta(hours=4)
_LOCK = 20_261_130  # any number of our own: two workers at once sum up one after the other


def summed_tables() -> list[Book | Facts]:
    """Those whose days are summed up, by the name of their table."""
    every: list[Book | Facts] = [*books(), *tables_of_facts()]
    found = [table for table in every if can_be_summed(table)]
    # of the digests themselves the chain is the proof
    return sorted((one for one in found if one.table != AuditDigest._meta.db_table), key=lambda one: one.table)


class NotSummed(Exception):
    """Some tables could not be summed up, by name; the others were."""


def make_digests(*, now: datetime) -> int:
    """Sum up what days are over and have no digest yet; returns how many it made. Again and again does no harm.

    Raises NotSummed, after it made all the others.
    """
    made, failed = 0, []
    for table in summed_tables():
        try:
            made += _make_of(table, now=now)
        except DatabaseError as error:
            log.exception("not_summed", table=table.table)
            failed.append(f"{table.table} ({type(error).__name__})")
    if failed:
        raise NotSummed(", ".join(failed))
    return made


@transaction.atomic
def _make_of(table: Book | Facts, *, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    made = 0
    for day in _days_due(table, now=now):
        made += 1
        _write(table, day)
    return made


def _days_due(table: Book | Facts, *, now: datetime) -> Iterator[Day]:
    """From where the last digest ends to the last midnight of La Paz that is long enough ago."""
    newest = timezone.localtime(now - GRACE).replace(hour=0, minute=0, second=0, microsecond=0)
    last = AuditDigest.objects.filter(table_name=table.table).order_by("-until").first()
    since = last.until if last else None
    until = timezone.localtime(since) + timedelta(days=1) if since else newest
    if since is None and newest < _installed_at():
        return  # what an installation brings along, a demo's months among it, may still be coming in
    while until <= newest:
        yield Day(since, until)
        since, until = until, until + timedelta(days=1)


def _installed_at() -> datetime:
    found: datetime = MigrationRecorder.Migration.objects.aggregate(first=Min("applied"))["first"]
    return found


def _write(table: Book | Facts, day: Day) -> None:
    columns = columns_of(table)
    (found,), seen = sums(table, [day], columns=columns)
    digest = AuditDigest(
        table_name=table.table,
        since=day.since,
        until=day.until,
        count=found.count,
        columns=columns,
        sha256=found.sha256,
        sha256_whole=found.whole,
        made_at=seen.made_at,
        snapshot=seen.snapshot,
    )
    before = AuditDigest.objects.order_by("-id").values_list("chain", flat=True).first() or ""
    digest.chain = link(digest, before=before)
    digest.save(force_insert=True)


def link(digest: AuditDigest, *, before: str) -> str:
    """The digest of a digest, and of the one before it: whoever knows the newest knows all of them."""
    moments = [_written(moment) for moment in (digest.since, digest.until, digest.made_at)]
    told = [before, digest.table_name, *moments, str(digest.count), *digest.columns, digest.snapshot]
    told += [digest.sha256, digest.sha256_whole]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _written(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""
