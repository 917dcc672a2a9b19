"""What the month owes, as kinds of owed work."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.intake import deciding, ringing, taking_in
from campaigns.lists import exporting
from campaigns.models import Errand, ErrandKind, ListExport, Report
from campaigns.month import errands
from campaigns.month.periods import write_period
from campaigns.rows.progress import LEASE
from work.kinds import Kind

REPORTS = Kind(
    name="report",
    model=Report,
    words=_("Reportes"),
    since="arrived_at",
    waiting=Report.State.WAITING,
    at_work=taking_in.AT_WORK,
    held=(Report.State.HELD,),
    parked=Report.State.PARKED,
    over=(
        Report.State.PUBLISHED,
        Report.State.REFUSED,
        Report.State.DISCARDED,
        Report.State.WITHDRAWN,
        Report.State.SUPERSEDED,
    ),
    lease=LEASE,
    waits=(timedelta(0), timedelta(0)),  # the sweep rings again once a minute
    page=lambda report: reverse("campaigns:report", args=[report.pk]),
    writes_besides=taking_in.write_with,
    tried_again_from=(Report.State.HELD,),
    again=deciding.read_parked_again,
    in_words=taking_in.in_our_words,
    rings_after=ringing.FIRST_RING,
)
EXPORTS = Kind(
    name="export",
    model=ListExport,
    words=_("Exportaciones de listas"),
    since="asked_at",
    waiting=ListExport.State.WAITING,
    parked=ListExport.State.FAILED,
    over=(ListExport.State.READY,),
    lease=exporting.LEASE,
    waits=(exporting.PATIENCE, exporting.PATIENCE),
    verb=exporting.make_book,
    title=lambda export: str(export.get_kind_display()),
    page=lambda export: reverse("campaigns:list_export", args=[export.pk]),
)


def _page_of(errand: Errand) -> str:
    name = "campaigns:seal" if errand.kind == ErrandKind.SEAL else "campaigns:campaign"
    return reverse(name, args=[write_period(errand.campaign.period)])


ERRANDS = Kind(
    name="errand",
    model=Errand,
    words=_("Repartos y sellos de campañas"),
    since="owed_at",
    waiting=Errand.State.WAITING,
    parked=Errand.State.PARKED,
    lease=errands.LEASE,
    waits=(errands.PATIENCE, errands.PATIENCE),
    page=_page_of,
)
