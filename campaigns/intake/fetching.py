"""Looking for reports where the sources say: look often, take once."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path, PurePath

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.intake.receiving import FileRefused, NotKept, period_in, receive_report
from campaigns.models import Campaign, Report, ReportKind, ReportSource, SeenFile
from campaigns.month.periods import period_of, write_period
from screens.connections import one_session
from systems.errors import UNFORESEEN
from systems.reports.places import in_words, newest_first
from systems.reports.sources import (
    Found,
    LeftOut,
    SourceRefused,
    SourceSettings,
    SourceUnavailable,
    fetch,
    look,
)

log = logging.getLogger(__name__)

QUIET = timedelta(seconds=10)  # a file that changed more recently may still be growing
LOOKING = "campaigns.look_for_reports"


@dataclass(frozen=True)
class _Wanted:
    """A file of a source that is to be taken, and the month it is of (None: a recaudo that names none)."""

    found: Found
    period: date | None


def look_for_reports(*, now: datetime) -> list[Report]:
    """Take what is new at every active source. Returns the reports made by this call, to be rung for.

    Two looks at once: the second leaves at once. An error stays on its source and hinders no other; so does why a file
    was refused, as long as that version is the one that lies there.
    """
    made: list[Report] = []
    with _alone() as alone:
        if not alone:
            return made
        for source in ReportSource.objects.filter(is_active=True).order_by("pk"):
            found, error = _look_at(source=source, now=now)
            made += found
            if error:
                log.warning("source %s: %s", source.pk, error)
            ReportSource.objects.filter(pk=source.pk).update(last_looked_at=now, last_error=error[:2000])
    return made


def looked_at() -> dict[str, datetime | None]:
    """When the clock looked last at each source in use, by its name."""
    return dict(ReportSource.objects.filter(is_active=True).values_list("name", "last_looked_at"))


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else is looking now. The lock goes with the connection, however this process ends."""
    with one_session(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOOKING])
        alone = bool(cursor.fetchone()[0])
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [LOOKING])


def settings_of(source: ReportSource) -> SourceSettings:
    """A source as its client takes it, its secret out of the environment."""
    return SourceSettings(
        transport=source.transport,
        location=source.location,
        pattern=source.pattern,
        host_key=source.host_key,
        hosts=settings.REPORT_SOURCE_HOSTS,
        folders=settings.REPORT_SOURCE_FOLDERS,
        secret=os.environ.get(source.secret_name, "") if source.secret_name else "",
    )


def _look_at(*, source: ReportSource, now: datetime) -> tuple[list[Report], str]:
    """The new reports of one source, and what went wrong there (empty: nothing). One bad file hinders no other, and
    hides none.
    """
    place = settings_of(source)
    made: list[Report] = []
    try:
        wanted, left_out = _wanted(source=source, place=place, now=now)
    except (SourceUnavailable, SourceRefused) as unavailable:
        return made, str(unavailable)
    except UNFORESEEN as odd:  # what nobody foresaw of one place keeps nobody from the others
        return made, _unforeseen(odd, source)
    wrong = []
    for one in wanted:
        try:
            report = _take(source=source, place=place, wanted=one, now=now)
        except (SourceUnavailable, SourceRefused, NotKept) as unavailable:
            wrong.append(LeftOut(str(unavailable), one.found.modified))
        except FileRefused as refusal:
            wrong.append(LeftOut(f"{one.found.name}: {refusal}", one.found.modified))
        except UNFORESEEN as odd:  # nor one file from the others
            wrong.append(LeftOut(_unforeseen(odd, source), one.found.modified))
        else:
            made += [report] if report is not None else []
    return made, in_words(newest_first(wrong) + newest_first(left_out))


def _unforeseen(error: Exception, source: ReportSource) -> str:
    """As its page says it, without the words, which may quote a row."""
    log.exception("source %s", source.pk)
    return _("Falló de un modo imprevisto (%(error)s): está en el registro.") % {"error": type(error).__name__}


def _wanted(*, source: ReportSource, place: SourceSettings, now: datetime) -> tuple[list[_Wanted], list[LeftOut]]:
    """Files of the months that are looked for, each once, and what looks like one and is left out."""
    wanted: dict[str, _Wanted] = {}
    wrong = []
    names_months = "{period}" in source.pattern
    for period in _periods(source=source, now=now):
        listing = look(place, period=write_period(period))
        wrong += listing.left_out
        for found in listing.files:
            named = period if names_months else period_in(found.name)
            month = named or (period if source.kind == ReportKind.CCVP else None)
            wanted.setdefault(found.name, _Wanted(found, month))
        if not names_months:
            break  # the same files lie there for every month
    return list(wanted.values()), wrong


def _periods(*, source: ReportSource, now: datetime) -> list[date]:
    """CCVP: the months that wait for their report. Recaudo: the months that are, or just were, called about."""
    if source.kind == ReportKind.CCVP:
        expected = Campaign.objects.filter(state=Campaign.State.EXPECTED)
        return list(expected.order_by("period").values_list("period", flat=True))
    this_month = period_of(timezone.localdate(now))
    return [this_month, (this_month - timedelta(days=1)).replace(day=1)]


def _take(*, source: ReportSource, place: SourceSettings, wanted: _Wanted, now: datetime) -> Report | None:
    """Fetch one version of one file once; one of which its server tells no time each time, for only its bytes tell
    whether it is another. Returns its report when it is new, None when it is not or still grows. Raises FileRefused,
    each time that it is looked at.
    """
    found = wanted.found
    seen, _made = SeenFile.objects.get_or_create(
        source=source, name=found.name[:300], version=_version(found), defaults={"seen_at": now}
    )
    if found.modified is not None and _is_settled(seen):
        _refuse_again(seen)
        return None
    if not _is_quiet(found=found, seen=seen, now=now):
        return None
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        fetched = fetch(place, found.name, to=Path(folder) / "file", max_bytes=settings.MAX_REPORT_BYTES)
        last = seen if found.modified is not None else _last_settled(seen)
        if last is not None and _is_known(fetched.sha256, seen=last):
            _refuse_again(last)
            return None
        try:
            with fetched.path.open("rb") as file:
                report = receive_report(
                    kind=source.kind, name=found.name, file=file, period=wanted.period, now=now, source=source
                )
        except FileRefused as refusal:
            if refusal.known is None:  # else it is taken once somebody discards the other
                _settle(seen, sha256=fetched.sha256, outcome=str(refusal), was_refused=True, now=now)
            raise
    _settle(seen, sha256=fetched.sha256, outcome=_("Tomado"), was_refused=False, now=now)
    is_new = report is not None and report.source_id == source.pk and report.arrived_at == now
    return report if is_new else None


def _settle(seen: SeenFile, *, sha256: str, outcome: str, was_refused: bool, now: datetime) -> None:
    settled = {"settled_at": now, "outcome": outcome[:300], "was_refused": was_refused, "sha256": sha256}
    SeenFile.objects.filter(pk=seen.pk).update(**settled)


def _last_settled(seen: SeenFile) -> SeenFile | None:
    """What was done last with a file of this name, whatever its size was then."""
    settled = SeenFile.objects.filter(source=seen.source_id, name=seen.name, settled_at__isnull=False)
    return settled.order_by("-settled_at", "-pk").first()


def _is_settled(seen: SeenFile) -> bool:
    """Whether nothing is left to do; what was refused before digests were kept is looked at once more."""
    return seen.settled_at is not None and bool(seen.sha256 or not seen.was_refused)


def _refuse_again(seen: SeenFile) -> None:
    """Raise FileRefused where that is what came of it."""
    if seen.was_refused:
        raise FileRefused(seen.outcome)


def _is_known(sha256: str, *, seen: SeenFile) -> bool:
    """Whether these bytes were settled, whatever became of their report, whoever brought it and whether it stands."""
    if not _is_settled(seen):
        return False
    if seen.sha256:
        return seen.sha256 == sha256
    reports = Report.objects.filter(source=seen.source, name=PurePath(seen.name).name[:200]).order_by("-pk")
    return reports.values_list("sha256", flat=True).first() == sha256  # settled before digests were kept


def _version(found: Found) -> str:
    return f"{found.size}-{found.modified.isoformat() if found.modified else ''}"


def _is_quiet(*, found: Found, seen: SeenFile, now: datetime) -> bool:
    """Whether the file has stopped growing: it is old enough, or this very version was seen a while ago."""
    changed_long_ago = found.modified is not None and found.modified <= now - QUIET
    return changed_long_ago or seen.seen_at <= now - QUIET
