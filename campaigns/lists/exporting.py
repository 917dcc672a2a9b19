"""Lists as workbooks, made in the background: a hundred thousand rows must not hold a request.

The row of the export is the work. It is leased before it is made, counted as it is written, and parked with its error
at the third failure, where whoever asked sees it and may ask again. A fence that rises with each lease keeps a worker
that was thought dead from handing in its file. Files are kept for a day and then deleted: personal data does not lie
about.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.files import File
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from agents.disclosure import record_export
from agents.models import User
from campaigns.lists.books import Filters, open_book
from campaigns.models import ListExport
from screens.spreadsheets import write_workbook

ATTEMPTS = 3
LEASE = timedelta(minutes=30)  # a million rows take a few minutes
PATIENCE = timedelta(seconds=30)  # between a try that failed and the next one
KEPT = timedelta(days=1)
TOLD_EVERY = 2_000  # rows between two steps of the bar
LANGUAGE = "es"

log = logging.getLogger(__name__)
State = ListExport.State


class LeaseLost(Exception):
    """Another worker has the export by now."""


def ask_export(*, kind: ListExport.Kind, filters: Filters, words: str, by: User, now: datetime) -> ListExport:
    """Owe an export of exactly what is filtered, and write it into the book of exports (`words` say of what).

    Telephones and cards are masked in it for whoever sees them masked on the page.
    """
    masked = not by.steers_campaigns
    rows = open_book(kind=kind, filters=filters, by=by, masked=masked, now=now).rows
    record_export(user=by, subject=words, rows=rows, now=now)
    return ListExport.objects.create(kind=kind, asked_by=by, asked_at=now, filters=filters, rows=rows, is_masked=masked)


def exports_of(*, user: User, now: datetime) -> QuerySet[ListExport]:
    """What `user` asked for, may still have, and was not kept longer than a day."""
    found: QuerySet[ListExport] = ListExport.objects.visible_to(user).filter(asked_at__gt=now - KEPT)
    return found


def make_export(*, export_id: int, now: datetime) -> bool:
    """Make the workbook of an export; False when it was not: done already, somebody else's for now, or it failed."""
    mine = ListExport.objects.filter(_to_do(now), pk=export_id)
    if not mine.update(lease_until=now + LEASE, attempts=F("attempts") + 1, fence=F("fence") + 1, rows_written=0):
        return False
    export = ListExport.objects.select_related("asked_by").get(pk=export_id)
    try:
        _make(export, now)
    except LeaseLost:
        log.warning("export %s was given to another worker", export.pk)
        return False
    except Exception as failure:  # whatever it is: it is kept in the row, for whoever asked
        log.exception("export %s: attempt %s failed", export.pk, export.attempts)
        state = State.FAILED if export.attempts >= ATTEMPTS else State.WAITING
        error = f"{type(failure).__name__}: {failure}"[:300]
        _ours(export).update(state=state, error=error, lease_until=now + PATIENCE)
        return False
    return True


def make_again(*, export: ListExport) -> None:
    """Try again what failed for the last time."""
    ListExport.objects.filter(pk=export.pk, state=State.FAILED).update(
        state=State.WAITING, attempts=0, error="", lease_until=None
    )


def sweep_exports(*, now: datetime) -> list[int]:
    """Ids of exports that wait for a worker; gives up those whose workers vanished, and deletes old files."""
    lost = ListExport.objects.filter(state=State.WAITING, attempts__gte=ATTEMPTS, lease_until__lte=now)
    lost.update(state=State.FAILED, lease_until=None, fence=F("fence") + 1, error=_("Cada intento se interrumpió."))
    for old in ListExport.objects.filter(asked_at__lt=now - KEPT).order_by("pk")[:100]:
        if old.file:
            old.file.delete(save=False)
        old.delete()
    return list(ListExport.objects.filter(_to_do(now)).order_by("asked_at").values_list("pk", flat=True)[:100])


def _make(export: ListExport, now: datetime) -> None:
    with translation.override(LANGUAGE), tempfile.TemporaryFile() as target:
        book = open_book(
            kind=export.kind, filters=export.filters, by=export.asked_by, masked=export.is_masked, now=export.asked_at
        )
        written = write_workbook([replace(book.sheet, rows=_counting(export, book.sheet.rows))], target)
        target.seek(0)
        export.file.save(f"{book.name}.xlsx", File(target), save=False)
    handed_in = _ours(export).update(
        file=export.file.name, state=State.READY, lease_until=None, rows_written=written, error=""
    )
    if not handed_in:
        export.file.delete(save=False)
        raise LeaseLost


def _ours(export: ListExport) -> QuerySet[ListExport]:
    return ListExport.objects.filter(pk=export.pk, fence=export.fence, state=State.WAITING)


def _to_do(now: datetime) -> Q:
    is_free = Q(lease_until=None) | Q(lease_until__lte=now)
    return Q(state=State.WAITING, attempts__lt=ATTEMPTS) & is_free


def _counting(export: ListExport, rows: Any) -> Iterator[Any]:
    for number, row in enumerate(rows, 1):
        if number % TOLD_EVERY == 0 and not _ours(export).update(rows_written=number):
            raise LeaseLost
        yield row
