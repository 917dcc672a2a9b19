"""How a file becomes a report's row: stored once, whoever brings it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.models import Campaign, Report, ReportKind, ReportSource
from campaigns.month.periods import write_period
from notices import mailing
from notices.models import NoticeKind

CHUNK = 1 << 20
ENDINGS = (".xlsx", ".xls", ".ods", ".csv", ".txt")
_PERIOD = re.compile(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?!\d)")


class FileRefused(ValueError):
    """The file does not become a report; the message is the sentence for whoever brought it. `known`: the report that
    has its bytes already.
    """

    def __init__(self, sentence: str, *, known: Report | None = None) -> None:
        super().__init__(sentence)
        self.known = known


class NotKept(Exception):
    """There is no room for the file, or its storage does not answer; the message is the sentence for whoever brought
    it. It may come again.
    """

    def __init__(self, sentence: str, *, is_full: bool) -> None:
        super().__init__(sentence)
        self.is_full = is_full


class _Counted(File):
    """A file that is hashed and measured while it is stored, and stops at the limit."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name)
        self._bytes = file
        self.digest = hashlib.sha256()
        self.length = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while chunk := self._bytes.read(CHUNK):
            self.digest.update(chunk)
            self.length += len(chunk)
            if self.length > settings.MAX_REPORT_BYTES:
                limit = settings.MAX_REPORT_BYTES // 2**20
                raise FileRefused(_("El archivo pasa de %(limit)s MB, el máximo permitido.") % {"limit": limit})
            yield chunk


@dataclass
class LaidDown:
    """A file that is stored and has no row yet. `size`: bytes."""

    kind: str
    name: str
    period: date | None
    place: str
    sha256: str
    size: int
    at: datetime
    is_kept: bool = False

    def report(self, *, source: ReportSource | None = None, uploaded_by: User | None = None) -> Report:
        """Its report, waiting to be read; the same bytes again return the one they have. Raises FileRefused."""
        report, self.is_kept = _make_row(
            kind=self.kind, period=self.period, sha256=self.sha256, name=PurePath(self.name).name[:200],
            file=self.place, size=self.size, source=source, uploaded_by=uploaded_by, arrived_at=self.at,
        )  # fmt: skip
        return report


def receive_report(
    *,
    kind: str,
    name: str,
    file: IO[bytes],
    period: date | None,
    now: datetime,
    source: ReportSource | None = None,
    uploaded_by: User | None = None,
) -> Report:
    """Store the bytes and make their report, waiting to be read. The same bytes again return the report they have.

    `period` is the month to be paid for; without it the name must say it (`ccvp-2026-12.xlsx`); a recaudo needs none.
    Raises FileRefused and NotKept.
    """
    with laid_down(kind=kind, name=name, file=file, period=period, now=now) as there:
        return there.report(source=source, uploaded_by=uploaded_by)


@contextlib.contextmanager
def laid_down(*, kind: str, name: str, file: IO[bytes], period: date | None, now: datetime) -> Iterator[LaidDown]:
    """Store the bytes, outside of any transaction, for a storage may be slow; what has no report when the block ends is
    taken away again. Raises FileRefused and NotKept.
    """
    period = period or period_in(name)
    _check_name(kind=kind, name=name, period=period)
    content = _Counted(file, name)
    place = f"reports/{now:%Y/%m}/{kind}-{secrets.token_hex(8)}{PurePath(name).suffix.lower()}"
    place = _store(place, content)
    there = LaidDown(kind, name, period, place, content.digest.hexdigest(), content.length, now)
    try:
        yield there
    except (OperationalError, InterfaceError):
        raise  # whether its row was kept is not known: no row may point at a file that is gone
    except BaseException:
        default_storage.delete(place)
        raise
    if not there.is_kept:  # known already
        default_storage.delete(place)


def _store(place: str, content: _Counted) -> str:
    try:
        return default_storage.save(place, content)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            said = _(
                "No hay lugar en el disco del servidor: no se guardó nada. Avise a quien lo opera y súbalo de nuevo."
            )
            raise NotKept(said, is_full=True) from error
        if error.errno == errno.EHOSTUNREACH:  # of an object storage
            said = _("El almacén de archivos no responde: no se guardó nada. Espere unos minutos y súbalo de nuevo.")
            raise NotKept(said, is_full=False) from error
        raise


def period_in(name: str) -> date | None:
    """The month a file's name speaks of, or None: `ccvp-2026-12.xlsx`, `CCVP_202612.csv`."""
    found = _PERIOD.search(name)
    return date(int(found[1]), int(found[2]), 1) if found else None


def _check_name(*, kind: str, name: str, period: date | None) -> None:
    if PurePath(name).suffix.lower() not in ENDINGS:
        raise FileRefused(_("«%(name)s» no es una hoja de cálculo: use xlsx, xls, ods o csv.") % {"name": name[:80]})
    if kind == ReportKind.CCVP and period is None:
        raise FileRefused(_("Diga de qué mes por pagar es el reporte: el nombre del archivo no lo dice."))


def _make_row(*, kind: str, period: date | None, sha256: str, size: int, **more: Any) -> tuple[Report, bool]:
    """The report of these bytes and whether it is new. The unique constraint is the judge when two come at once."""
    if size == 0:
        raise FileRefused(_("El archivo está vacío."))
    live = Report.objects.filter(kind=kind, sha256=sha256).exclude(
        state__in=[
            Report.State.REFUSED,
            Report.State.DISCARDED,
            Report.State.WITHDRAWN,
            Report.State.SUPERSEDED,
        ]
    )
    known = live.first()
    if known is None:
        _check_month_is_open(kind=kind, period=period)
        try:
            with transaction.atomic():
                return Report.objects.create(kind=kind, period=period, sha256=sha256, size=size, **more), True
        except IntegrityError:
            known = live.get()
    if kind == ReportKind.CCVP and known.period != period and known.period:
        raise FileRefused(_where_it_is(known) % {"period": write_period(known.period)}, known=known)
    return known, False


def _where_it_is(known: Report) -> str:
    """What became of a file that was brought for another month."""
    if known.state == Report.State.PUBLISHED:
        return _("Este mismo archivo ya se tomó como reporte de %(period)s.")
    if known.state in (Report.State.HELD, Report.State.PARKED):
        return _(
            "Este mismo archivo ya se subió como reporte de %(period)s y no se tomó: espera una decisión. Descártelo"
            " allí para subirlo con otro mes."
        )
    return _("Este mismo archivo ya se subió como reporte de %(period)s y todavía se lee.")


def _check_month_is_open(*, kind: str, period: date | None) -> None:
    if kind != ReportKind.CCVP or period is None:
        return
    if Campaign.objects.filter(period=period, state=Campaign.State.CLOSED).exists():
        raise FileRefused(
            _("La campaña de %(period)s ya está cerrada: no se toma otro reporte.") % {"period": write_period(period)}
        )


def mail_held(*, report: Report, now: datetime) -> None:
    """Owe the supervisors a mail: a report waits for their word."""
    mailing.owe(
        key=f"report-held-{report.pk}-{report.fence}",
        kind=NoticeKind.REPORT_HELD,
        subject=_("Un reporte espera su decisión: %(name)s") % {"name": report.name},
        body=_("%(why)s\n\nRevise el reporte: %(url)s") % {"why": _fresh(report).held_because, "url": _address(report)},
        now=now,
    )


def mail_failed(*, report: Report, now: datetime) -> None:
    """Owe the supervisors a mail: a report could not be taken."""
    mailing.owe(
        key=f"report-failed-{report.pk}-{report.fence}",
        kind=NoticeKind.REPORT_FAILED,
        subject=_("No se pudo tomar el reporte %(name)s") % {"name": report.name},
        body=_("%(why)s\n\nRevise el reporte: %(url)s") % {"why": _fresh(report).last_error, "url": _address(report)},
        now=now,
    )


def _fresh(report: Report) -> Report:
    return Report.objects.get(pk=report.pk)


def _address(report: Report) -> str:
    return f"{settings.PUBLIC_URL}/reports/{report.pk}/"
