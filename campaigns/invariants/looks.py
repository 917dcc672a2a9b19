"""What no query can tell: files, fingerprints, and figures counted afresh from the rows.

Whoever looks changes nothing: what is counted is rolled back. The moment is that of the look, or of the seal where that
was later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import cast

from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from campaigns.closing.evidence import collect_evidence, what_moved
from campaigns.closing.sealing import files_that_moved, is_intact, is_provisional, last_seal, said_of, what_differs
from campaigns.figures.patterns import count_patterns
from campaigns.figures.refreshing import (
    count_into_cells,
    count_what_changed,
    counting_alone,
    is_up_to_date,
    one_snapshot,
)
from campaigns.models import (
    Attempt,
    Campaign,
    ChangedRows,
    Contact,
    FigureRefresh,
    HourFigure,
    LeftFigure,
    ListEntry,
    PatternRefresh,
    Report,
    Seal,
)
from campaigns.month.measurement import draw_fingerprint
from notices.models import Attachment

# What nothing may change any more once a month is closed; payments and their places may, while they still count.
FIXED_AT_THE_CLOSE = ("renewals", "customers", "steps", "script", "launch")
CELLS = ("figurecell", "dayfigure", "attemptfigure", "agentday")


def seals_that_changed() -> list[str]:
    return [
        f"{sealed.campaign} r{sealed.revision}"
        for sealed in Seal.objects.select_related("campaign").order_by("campaign__period", "revision")
        if not is_intact(sealed)
    ]


def seals_beyond_their_base() -> list[str]:
    broken = []
    for sealed in Seal.objects.select_related("campaign").order_by("campaign__period", "revision"):
        for unit, rates in sealed.figures.get("rates", {}).items():
            broken += [
                f"{sealed.campaign} r{sealed.revision} {unit}.{name}"
                for name, rate in rates.items()
                if not 0 <= rate["part"] <= rate["base"]
            ]
    return broken


def attachments_without_file() -> list[str]:
    return [
        f"{attachment.notice.key} {attachment.name}"
        for attachment in Attachment.objects.select_related("notice").order_by("pk")
        if not attachment.file.name or not attachment.file.storage.exists(attachment.file.name)
    ]


def seals_out_of_their_chain() -> list[str]:
    """Revisions that do not follow the one before, and seals whose files are not what was sealed."""
    broken = []
    before: Seal | None = None
    for sealed in _seals():
        if before is not None and before.campaign_id != sealed.campaign_id:
            before = None
        follows = sealed.revision == (before.revision if before else 0) + 1
        if not follows or what_moved(kept=sealed.evidence, found={"previous": said_of(before)}):
            broken.append(f"{sealed.campaign} r{sealed.revision}")
        before = sealed
    return broken


def seals_without_their_files() -> list[str]:
    """Workbooks and documents that are gone or are not what was sealed."""
    return [f"{sealed.campaign} r{sealed.revision} {name}" for sealed in _seals() for name in files_that_moved(sealed)]


def months_that_differ_from_their_seal() -> list[str]:
    """Sealed months whose figures, evidence or cells, counted afresh from their rows, are not what was sealed."""
    sealed = _with_names().filter(seals__isnull=False).distinct().order_by("period")
    return [found for campaign in sealed for found in _afresh(campaign, _differs_from_its_seal)]


def cells_that_differ_from_the_rows() -> list[str]:
    """Months without a seal whose counted cells, brought up to this moment by what changed since they were counted, are
    not what counting afresh gives.
    """
    counted = _with_names().filter(figure_refresh__isnull=False, seals__isnull=True).order_by("period")
    return [found for campaign in counted for found in _afresh(campaign, _has_other_cells)]


def _afresh(campaign: Campaign, look: Callable[[Campaign], list[str]]) -> list[str]:
    """What `look` finds while the month is counted by nobody else; all it wrote is rolled back."""
    try:
        with counting_alone(campaign, waits=True), transaction.atomic():
            one_snapshot()
            found = look(campaign)
            transaction.set_rollback(True)
    except IntegrityError as error:  # rows that point nowhere
        return [f"{campaign}: {type(error).__name__}"]
    return found


def _differs_from_its_seal(campaign: Campaign) -> list[str]:
    sealed = last_seal(campaign=campaign)
    if sealed is None:
        return []
    refreshed = FigureRefresh.objects.filter(campaign=campaign).first()
    if refreshed is None:
        return [f"{campaign} r{sealed.revision}: figurerefresh"]
    is_counted = is_up_to_date(campaign=campaign, now=_moment())
    kept = {**_cells(campaign), **_told(campaign)} if is_counted else None
    count_into_cells(campaign=campaign, now=max(_moment(), sealed.sealed_at), afresh=True)
    moved = what_moved(kept=sealed.evidence, found=collect_evidence(campaign=campaign, kept=sealed.evidence))
    figures = what_differs(sealed)
    if is_provisional(sealed):
        moved, figures = [name for name in moved if name in _fixed_since(sealed)], []
    counted = {**_cells(campaign), **_told(campaign)}
    cells = [name for name, told in counted.items() if kept is not None and told != kept[name]]
    names = [*moved, *cells, *(one.figure for one in figures)]
    return [f"{campaign} r{sealed.revision}: {', '.join(names[:3])}"] if names else []


def _fixed_since(sealed: Seal) -> set[str]:
    """Origins that nothing may have changed since: calls and promises too, once the calls that were open are told."""
    fixed, campaign = set(FIXED_AT_THE_CLOSE), sealed.campaign
    if not Attempt.objects.filter(campaign=campaign).filter(Q(resulted_at__gt=sealed.sealed_at) | Q(resulted_at=None)):
        fixed |= {"attempts", "notes", "promises"}
    return fixed


def patterns_that_differ_from_the_rows() -> list[str]:
    """Closed months whose hours and days of the plan page are not what counting afresh gives."""
    counted = _with_names().filter(state=Campaign.State.CLOSED, pattern_refresh__isnull=False).order_by("period")
    return [found for campaign in counted for found in _afresh(campaign, _has_other_patterns)]


def _has_other_patterns(campaign: Campaign) -> list[str]:
    refresh = PatternRefresh.objects.get(campaign=campaign)
    if ChangedRows.objects.filter(campaign=campaign, at__gt=refresh.counted_at).exists():
        return []  # they are counted again in a moment
    kept = _patterns(campaign)
    refresh.delete()
    if not count_patterns(campaign=campaign, now=refresh.counted_at):
        return []
    return [f"{campaign} {table}" for table, told in _patterns(campaign).items() if told != kept[table]]


def _patterns(campaign: Campaign) -> dict[str, list[object]]:
    refresh = PatternRefresh.objects.filter(campaign=campaign).values_list("open", "unassigned", "halves")
    hours = HourFigure.objects.filter(campaign=campaign).order_by("day", "hour", "number")
    left = LeftFigure.objects.filter(campaign=campaign).order_by("day")
    return {
        "patternrefresh": list(refresh),
        "hourfigure": list(hours.values_list("day", "hour", "number", "attempts", "contacted")),
        "leftfigure": list(left.values_list("day", "called", "exhausted", "uncalled")),
    }


def _has_other_cells(campaign: Campaign) -> list[str]:
    now = max(_moment(), FigureRefresh.objects.get(campaign=campaign).counted_at)
    if not is_up_to_date(campaign=campaign, now=now) and not count_what_changed(campaign=campaign, now=now):
        return []  # all of them are counted again in a moment
    kept, states = _cells(campaign), _by_state(campaign)
    count_into_cells(campaign=campaign, now=now, afresh=True)
    other = [table for table, told in _cells(campaign).items() if told != kept[table]]
    other += ["by_state"] if _by_state(campaign) != states else []
    return [f"{campaign} {name}" for name in other]


def _told(campaign: Campaign) -> dict[str, str]:
    """What the count tells beside its cells, as one text each."""
    effect = FigureRefresh.objects.get(campaign=campaign).effect
    return {"by_state": str(sorted(_by_state(campaign).items())), "effect": str(sorted(effect.items()))}


def _by_state(campaign: Campaign) -> dict[str, int]:
    """Contacts by state; promises are counted more rarely, and those credited are as sure as their cells."""
    told = FigureRefresh.objects.get(campaign=campaign).by_state
    return {state: told[state] for state in (*ListEntry.State.values, "unassigned") if told.get(state)}


def _with_names() -> QuerySet[Campaign]:
    """Months whose contacts have their names; of one whose names are being taken away the first has none any more."""
    first = Contact.objects.filter(campaign=OuterRef("pk")).order_by("pk").values("contract")[:1]
    months = Campaign.objects.filter(anonymised_at=None).annotate(first_contract=Subquery(first))
    return months.exclude(first_contract__startswith="anon-")


def draws_that_changed() -> list[str]:
    """Launched months whose control group, share, seed or day is not that of the launch."""
    launched = _with_names().exclude(draw_sha256="").order_by("period")
    return [str(campaign) for campaign in launched if draw_fingerprint(campaign) != campaign.draw_sha256]


def reports_without_their_file() -> list[str]:
    """Reports whose file is gone or is not the one that came."""
    return [
        report.sha256[:12]
        for report in Report.objects.exclude(file="").order_by("pk")
        if _sha256_of(str(report.file.name)) != report.sha256
    ]


def _moment() -> datetime:
    """Of the look, by the clock of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (now,) = cursor.fetchone()
    return cast("datetime", now)


def _sha256_of(name: str) -> str:
    if not default_storage.exists(name):
        return ""
    with default_storage.open(name, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _seals() -> Iterator[Seal]:
    yield from Seal.objects.select_related("campaign").order_by("campaign__period", "revision")


def _cells(campaign: Campaign) -> dict[str, str]:
    found = {}
    with connection.cursor() as cursor:
        for table in CELLS:
            cursor.execute(
                f"""SELECT md5(coalesce(string_agg(told, '|' ORDER BY told), ''))
                      FROM (SELECT (to_jsonb(cell) - 'id')::text AS told FROM campaigns_{table} cell
                             WHERE campaign_id = %s) told""",
                [campaign.pk],
            )
            (found[table],) = cursor.fetchone()
    return found
