"""Lists as workbooks, made in the background: a hundred thousand rows must not hold a request.

The row of the export is the work (`work/`): leased before it is made, counted as it is written, and parked with its
error at the third failure, where whoever asked sees it and may ask again. Files are kept for a day and then deleted:
personal data does not lie about.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.files import File
from django.db.models import QuerySet
from django.utils import translation

from agents.disclosure import record_export
from agents.models import User
from campaigns.lists.books import Filters, open_book
from campaigns.models import ListExport
from screens.spreadsheets import write_workbook
from work.ending import done, renew
from work.steps import LeaseLost
from work.trying_again import try_again

LEASE = timedelta(minutes=30)  # a million rows take a few minutes
PATIENCE = timedelta(seconds=30)  # between a try that failed and the next one
KEPT = timedelta(days=1)
TOLD_EVERY = 2_000  # rows between two steps of the bar
LANGUAGE = "es"

State = ListExport.State


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


def make_again(*, export: ListExport, now: datetime) -> None:
    """Try again what failed for the last time; anything else is left as it is."""
    if export.state == State.FAILED:
        try_again(owed=export, now=now)


def delete_old_exports(*, now: datetime) -> int:
    """Delete what was kept for a day, with its file. Returns how many."""
    old = list(ListExport.objects.filter(asked_at__lt=now - KEPT).order_by("pk")[:100])
    for export in old:
        if export.file:
            export.file.delete(save=False)
        export.delete()
    return len(old)


def make_book(export: ListExport, *, now: datetime) -> None:
    """Write the workbook of a claimed export and hand it in. Raises LeaseLost when another has it by then."""
    renew(owed=export, now=now, rows_written=0)
    with translation.override(LANGUAGE), tempfile.TemporaryFile() as target:
        book = open_book(
            kind=export.kind, filters=export.filters, by=export.asked_by, masked=export.is_masked, now=export.asked_at
        )
        written = write_workbook([replace(book.sheet, rows=_counting(export, book.sheet.rows, now))], target)
        target.seek(0)
        export.file.save(f"{book.name}.xlsx", File(target), save=False)
    try:
        done(owed=export, now=now, file=export.file.name, rows_written=written)
    except LeaseLost:
        export.file.delete(save=False)
        raise


def _counting(export: ListExport, rows: Any, now: datetime) -> Iterator[Any]:
    for number, row in enumerate(rows, 1):
        if number % TOLD_EVERY == 0:
            renew(owed=export, now=now, rows_written=number)
        yield row
