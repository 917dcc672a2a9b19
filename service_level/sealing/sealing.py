"""Sealing the indicator of a month that is over, the revisions of it, and counting a sealed one again.

Nothing is sealed that its own lines do not give: figures are counted twice, from the rows and from the lines alone.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import User
from screens.differences import Difference, differences
from service_level.days import LA_PAZ, bounds_of
from service_level.indicator.counting import days_to_be_counted, formula_of
from service_level.indicator.page import uncovered
from service_level.models import MonthSeal
from service_level.months import after, written
from service_level.sealing.figures import figures_as_counted, figures_from_lines, plain_formula
from telephony.models import LoggedVisit
from telephony.queue_log.recounting import fingerprints

Lines = dict[str, list[Any]]  # by day and switchboard: how many, and their fingerprint
DAY_LENGTH = len("2026-11-03")


class SealRefused(Exception):
    """It cannot be sealed now; the message is the sentence people read."""


@dataclass(frozen=True)
class Recount:
    """What counting again found. `figures`: from the lines there are now, by the sealed formula. `moved`: days whose
    lines are others than were sealed, `2026-11-03 Central`.
    """

    seal: MonthSeal
    figures: dict[str, Any]
    differences: list[Difference]
    moved: list[str]
    is_intact: bool

    @property
    def agrees(self) -> bool:
        """Same figures, same lines, and the seal and those before it hold."""
        return self.is_intact and not self.differences and not self.moved


def seal(*, month: date, by: User | None, now: datetime, reason: str = "") -> MonthSeal:
    """The next revision of a month that is over. Raises SealRefused."""
    reason = reason.strip()[:200]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('seal of the indicator', 0))")  # one chain
        last = check_can_be_sealed(month, reason=reason, now=now)
        formula, figures = plain_formula(formula_of(month), month), figures_as_counted(month)
        if not figures["days"]:
            raise SealRefused(_("De este mes no hay ninguna llamada que sellar."))
        if differences(before=figures_from_lines(month, formula), after=figures):
            _check_nothing_came(month)
            words = _("Las cifras no son las que dan las líneas de la central: no se sella. Pida una comprobación.")
            raise SealRefused(words)
        evidence = collect_evidence(month, now=now)
        if last is not None and (last.formula, last.figures, last.evidence) == (formula, figures, evidence):
            raise SealRefused(_("Nada cambió desde la última revisión: no hay nada que sellar."))
        made = MonthSeal(
            month=month,
            revision=last.revision + 1 if last else 1,
            sealed_at=now,
            sealed_by=by,
            reason=reason if last else "",
            formula=formula,
            figures=figures,
            evidence=evidence,
            previous=_newest_sha256(),
        )
        made.sha256 = fingerprint(made)
        made.save()
    return made


def last_seal(month: date) -> MonthSeal | None:
    """The newest revision; None while the month is not sealed."""
    return MonthSeal.objects.filter(month=month).order_by("-revision").first()


def recount(sealed: MonthSeal, *, now: datetime) -> Recount:
    """Count a sealed month again from its lines, by the formula it was sealed with. Changes nothing."""
    figures = figures_from_lines(sealed.month, sealed.formula)
    kept, found = sealed.evidence["lines"], collect_evidence(sealed.month, now=now)["lines"]
    moved = _moved(kept, found)
    return Recount(
        sealed,
        figures,
        differences(before=sealed.figures, after=figures),
        moved,
        is_intact=not broken_seals(upto=sealed),
    )


def _moved(kept: Lines, found: Lines) -> list[str]:
    """Days with other lines, whatever their switchboard is called by now."""

    def by_day(lines: Lines) -> dict[str, list[Any]]:
        days = defaultdict[str, list[Any]](list)
        for name, told in lines.items():
            days[name[:DAY_LENGTH]].append(told)
        return {day: sorted(several) for day, several in days.items()}

    before, after_it = by_day(kept), by_day(found)
    other = {day for day in before.keys() | after_it.keys() if before.get(day) != after_it.get(day)}
    names = {name for name in kept.keys() | found.keys() if kept.get(name) != found.get(name)}
    return sorted(name for name in names if name[:DAY_LENGTH] in other)


def what_differs_now(sealed: MonthSeal) -> list[Difference]:
    """Which sealed figures the indicator tells otherwise now."""
    return differences(before=sealed.figures, after=figures_as_counted(sealed.month))


def broken_seals(upto: MonthSeal | None = None) -> list[str]:
    """Seals whose fingerprint does not hold, or that do not follow the one made before or the revision before; `upto`:
    that one and those before it.
    """
    broken, previous, revisions = [], "", Counter[date]()
    seals = MonthSeal.objects.order_by("pk")
    for one in seals.filter(pk__lte=upto.pk) if upto else seals:
        revisions[one.month] += 1
        if (one.previous, one.revision) != (previous, revisions[one.month]) or fingerprint(one) != one.sha256:
            broken.append(str(one))
        previous, revisions[one.month] = one.sha256, one.revision
    return broken


def _newest_sha256() -> str:
    newest = MonthSeal.objects.order_by("pk").last()
    return newest.sha256 if newest else ""


def fingerprint(sealed: MonthSeal) -> str:
    """sha-256 over all a revision says, written in one way only."""
    told = {
        "month": written(sealed.month),
        "revision": sealed.revision,
        "sealed_at": sealed.sealed_at.astimezone(LA_PAZ).isoformat(),
        "sealed_by": sealed.sealed_by_id,
        "reason": sealed.reason,
        "formula": sealed.formula,
        "figures": sealed.figures,
        "evidence": sealed.evidence,
        "previous": sealed.previous,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def collect_evidence(month: date, *, now: datetime) -> dict[str, Any]:
    """What the figures rest on: the lines of each day and switchboard with their fingerprint, how many calls are odd in
    which way, and the days of which there is no line at all.
    """
    begins, ends = bounds_of(month, after(month) - timedelta(days=1))
    odd = LoggedVisit.objects.filter(entered_at__gte=begins, entered_at__lt=ends).exclude(oddities=[])
    kinds = Counter(kind for kinds in odd.values_list("oddities", flat=True).iterator() for kind in kinds)
    return {
        "lines": {f"{day} {board}": [lines, told] for board, day, lines, told in fingerprints(begins, ends)},
        "oddities": dict(sorted(kinds.items())),
        "uncovered": [day.isoformat() for day in uncovered(month, now=now)],
    }


def check_can_be_sealed(month: date, *, reason: str, now: datetime) -> MonthSeal | None:
    """The revision before, if there is one. Raises SealRefused for what is known before anything is counted."""
    last = last_seal(month)
    if after(month) > now.astimezone(LA_PAZ).date():
        raise SealRefused(_("El mes todavía no termina: se sella cuando ya no entra ninguna llamada."))
    if last is not None and not reason:
        raise SealRefused(_("Una revisión necesita su motivo."))
    _check_nothing_came(month)
    _check_all_ended(month)
    return last


def _check_all_ended(month: date) -> None:
    """Whoever waits still is told otherwise by the next lines, whatever month they are of."""
    begins, ends = bounds_of(month, after(month) - timedelta(days=1))
    still = LoggedVisit.objects.filter(entered_at__gte=begins, entered_at__lt=ends, outcome=LoggedVisit.Outcome.WAITING)
    if waiting := still.count():
        words = ngettext(
            "De una llamada del mes no consta cómo terminó: se sabe, o se da por perdida, cuando la central escribió "
            "doce horas más.",
            "De %(n)d llamadas del mes no consta cómo terminaron: se sabe, o se dan por perdidas, cuando la central "
            "escribió doce horas más.",
            waiting,
        )
        raise SealRefused(words % {"n": waiting})


def _check_nothing_came(month: date) -> None:
    if days_to_be_counted(month):
        raise SealRefused(_("Hay días que se están contando de nuevo: intente otra vez en unos segundos."))
