"""Lists as workbooks, made in the background: a hundred thousand rows must not hold a request.

The row of the export is the work. It is leased before it is made, counted as it is written, and parked at the third
failure. Files are kept for a day and then deleted: personal data does not lie about.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.files import File
from django.db.models import F, Q
from django.utils import translation

from agents.disclosure import record_export
from agents.models import User
from campaigns.lists.contact_sheet import contact_sheet
from campaigns.lists.listing import Asked, find_contacts
from campaigns.models import Campaign, ListExport
from campaigns.month.periods import write_period
from screens.spreadsheets import write_workbook

ATTEMPTS = 3
LEASE = timedelta(minutes=30)  # a million rows take a few minutes
KEPT = timedelta(days=1)
TOLD_EVERY = 2_000  # rows between two steps of the bar
LANGUAGE = "es"


def ask_export(*, campaign: Campaign, asked: Asked, by: User, now: datetime) -> ListExport:
    """Owe an export of exactly what is filtered, and write it into the book of exports."""
    rows = find_contacts(campaign=campaign, asked=asked, user=by).count()
    record_export(user=by, subject=f"contacts {campaign} {asked.words}", rows=rows, now=now)
    return ListExport.objects.create(campaign=campaign, asked_by=by, asked_at=now, filters=asdict(asked), rows=rows)


def make_export(*, export_id: int, now: datetime) -> bool:
    """Make the workbook of an export; False when it is done already or somebody else's for now."""
    mine = ListExport.objects.filter(_to_do(now), pk=export_id).update(
        lease_until=now + LEASE, attempts=F("attempts") + 1, rows_written=0
    )
    if not mine:
        return False
    export = ListExport.objects.select_related("campaign", "asked_by").get(pk=export_id)
    found = find_contacts(campaign=export.campaign, asked=Asked(**export.filters), user=export.asked_by)
    sheet = contact_sheet(found.order_by("name_key", "pk"))
    with translation.override(LANGUAGE), tempfile.TemporaryFile() as target:
        counted = replace(sheet, rows=_counting(export, sheet.rows))
        export.rows_written = write_workbook([counted], target)
        target.seek(0)
        export.file.save(f"contactos-{write_period(export.campaign.period)}.xlsx", File(target), save=False)
    export.state = ListExport.State.READY
    export.lease_until = None
    export.save(update_fields=["file", "state", "rows_written", "lease_until"])
    return True


def sweep_exports(*, now: datetime) -> list[int]:
    """Ids of exports that wait for a worker; gives up those that failed too often, and deletes old files."""
    lost = ListExport.objects.filter(state=ListExport.State.WAITING, attempts__gte=ATTEMPTS, lease_until__lte=now)
    lost.update(state=ListExport.State.FAILED, lease_until=None)
    for old in ListExport.objects.filter(asked_at__lt=now - KEPT).order_by("pk")[:100]:
        if old.file:
            old.file.delete(save=False)
        old.delete()
    return list(ListExport.objects.filter(_to_do(now)).order_by("asked_at").values_list("pk", flat=True)[:100])


def _to_do(now: datetime) -> Q:
    is_free = Q(lease_until=None) | Q(lease_until__lte=now)
    return Q(state=ListExport.State.WAITING, attempts__lt=ATTEMPTS) & is_free


def _counting(export: ListExport, rows: Any) -> Iterator[Any]:
    for number, row in enumerate(rows, 1):
        if number % TOLD_EVERY == 0:
            ListExport.objects.filter(pk=export.pk).update(rows_written=number)
        yield row
