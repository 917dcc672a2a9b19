"""A sealed month of the indicator as a PDF to be signed and sent to the regulator: drawn from the seal alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from screens.charts import day_by_day
from screens.differences import differences
from screens.sealed_document import FONT, PAPER_WIDTH, framed, typeset
from screens.templatetags.screens import NOTHING, figure, lasting
from service_level.indicator.figures import percent
from service_level.indicator.page import level_in_words, month_in_words
from service_level.models import MonthSeal
from service_level.sealing.words import TOTALS, figure_in_words

CHANGES_SHOWN = 60


def draw_document(sealed: MonthSeal) -> bytes:
    """The same bytes whenever it is drawn."""
    return typeset(document_values(sealed), at=sealed.sealed_at)


def document_values(sealed: MonthSeal) -> dict[str, Any]:
    """All that the document says, as `screens/documents/seal.typ` asks for it."""
    title, month = _("Indicador de llamadas atendidas"), month_in_words(sealed.month)
    return {
        **framed(title=title, month=month, revision=sealed.revision, sha256=sealed.sha256),
        "warning": _uncovered(sealed),
        "facts": _facts(sealed, month),
        "tiles": _tiles(sealed),
        "charts": _charts(sealed),
        "tables": [_lines(sealed)],
        "changes": _changes(sealed),
        "evidence": _evidence(sealed),
        "definitions": _(
            "Nivel: contestadas dentro del plazo, desde que entran a la cola, sobre las que cuentan, por cien. La "
            "espera es de segundos enteros, como los anota la central. De espera desconocida, cuenta como tarde."
        ),
    }


def _uncovered(sealed: MonthSeal) -> str:
    days = ", ".join(f"{date.fromisoformat(day):%d/%m}" for day in sealed.evidence["uncovered"])
    return _("Días de trabajo sin ninguna línea de la central: %(days)s.") % {"days": days} if days else ""


def _facts(sealed: MonthSeal, month: str) -> list[dict[str, Any]]:
    formula, at = sealed.formula, timezone.localtime(sealed.sealed_at)
    short = formula["shortest_hang_up"]
    left_out = [
        _("quien colgó antes de %(s)s s") % {"s": short} if short else "",
        "" if formula["counts_timed_out"] else _("las que agotan la espera"),
        "" if formula["counts_other"] else _("las que salen de otra manera"),
    ]
    goal = {"target": figure(Decimal(formula["target"])), "seconds": formula["seconds"]}
    facts = [
        (_("Mes"), month),
        (_("Norma"), formula["document"]),
        (_("Meta"), _("%(target)s %% dentro de %(seconds)s segundos, estos incluidos") % goal),
        (_("No cuentan"), ", ".join(filter(None, left_out))),
        (_("Sellado el"), f"{at:%d/%m/%Y %H:%M}"),
        (_("Sellado por"), str(sealed.sealed_by) if sealed.sealed_by else _("el sistema, por sí solo")),
        (_("Motivo de la revisión"), sealed.reason),
    ]
    told = [{"label": label, "value": value, "is_hash": False} for label, value in facts if value]
    hashes = [(_("Huella (SHA-256)"), sealed.sha256), (_("Huella del sello anterior"), sealed.previous)]
    return [*told, *({"label": label, "value": value, "is_hash": True} for label, value in hashes if value)]


def _tiles(sealed: MonthSeal) -> list[dict[str, str]]:
    att, every = sealed.figures["totals"]["att"], sealed.figures["totals"]["all"]
    tiles = [
        (_("Nivel, líneas de la ATT"), _level(att), _("de %(all)s que cuentan") % {"all": figure(att["counted"])}),
        (_("Atendidas a tiempo"), figure(att["within"]), _("de %(n)s atendidas") % {"n": figure(att["answered"])}),
        (
            _("No atendidas"),
            figure(att["hung_up"] + att["timed_out"] + att["other"]),
            _("de %(n)s registradas") % {"n": figure(att["received"])},
        ),
        (_("Nivel, todas las líneas"), _level(every), _("de %(all)s que cuentan") % {"all": figure(every["counted"])}),
    ]
    return [{"label": label, "figure": value, "base": base} for label, value, base in tiles]


def _charts(sealed: MonthSeal) -> list[dict[str, Any]]:
    """Day by day, of the lines the regulator counts."""
    counted = {line for line, _name, for_att in sealed.formula["queues"].values() if for_att}
    levels = {}
    for day, told in sealed.figures["days"].items():
        hers = [said for line, said in told.items() if line in counted]
        level = percent(sum(one[2] for one in hers), sum(one[1] for one in hers))
        if level is not None:
            levels[date.fromisoformat(day)] = level
    if not levels:
        return []
    target = Decimal(sealed.formula["target"])
    series = {_("A tiempo (%)"): list(levels.items()), _("Meta (%)"): [(day, target) for day in levels]}
    chart = day_by_day(title=_("Día a día, a tiempo de cada cien"), series=series)
    svg = chart.on_paper(width=PAPER_WIDTH, font=FONT)
    return [{"title": chart.title, "alt": chart.spec["description"] or chart.title, "wide": True, "svg": svg}]


def _lines(sealed: MonthSeal) -> dict[str, Any]:
    named = {line: (name, for_att) for line, name, for_att in sealed.formula["queues"].values()}
    rows = [
        [f"{line} {named.get(line, ('', False))[0]}".strip(), _("sí") if named.get(line, ("", False))[1] else _("no")]
        + _cells(counts)
        for line, counts in sealed.figures["lines"].items()
    ]
    rows += [[str(words), "", *_cells(sealed.figures["totals"][name])] for name, words in TOTALS.items()]
    heads = [
        _("Línea"), _("ATT"), _("Registradas"), _("Atendidas"), _("A tiempo"), _("Nivel"), _("No atendidas"),
        _("Espera media"), _("Más larga"),
    ]  # fmt: skip
    return {"title": _("Por línea"), "heads": heads, "rows": rows}


def _cells(counts: dict[str, Any]) -> list[str]:
    known = counts["answered"] - counts["unknown"]
    return [
        figure(counts["received"]), figure(counts["answered"]), figure(counts["within"]), _level(counts),
        figure(counts["hung_up"] + counts["timed_out"] + counts["other"]),
        lasting(counts["wait_total"] / known if known else None), lasting(counts["longest"]),
    ]  # fmt: skip


def _level(counts: dict[str, Any]) -> str:
    return level_in_words(None if counts["level"] is None else Decimal(counts["level"]))


def _changes(sealed: MonthSeal) -> dict[str, Any]:
    before = MonthSeal.objects.filter(month=sealed.month, revision=sealed.revision - 1).first()
    found = differences(before=before.figures, after=sealed.figures) if before else []
    rows = [[figure_in_words(one.figure), _said(one.before), _said(one.after)] for one in found[:CHANGES_SHOWN]]
    if len(found) > CHANGES_SHOWN:
        rows.append([_("y %(count)d más, en la página") % {"count": len(found) - CHANGES_SHOWN}, "", ""])
    title = _("Qué cambia con esta revisión")
    return {"title": title, "heads": [_("Cifra"), _("Antes"), _("Ahora")], "rows": rows}


def _said(value: Any) -> str:
    return NOTHING if value is None else str(value)


def _evidence(sealed: MonthSeal) -> dict[str, Any]:
    rows = [
        {"words": _day_and_board(name), "rows": figure(lines), "told": told, "is_hash": True}
        for name, (lines, told) in sorted(sealed.evidence["lines"].items())
    ]
    return {
        "title": _("De qué se contó"),
        "words": _("Líneas de queue_log de cada día y central, y su huella SHA-256: contadas otra vez dan lo mismo."),
        "heads": [_("Día y central"), _("Líneas"), _("Huella")],
        "rows": rows,
    }


def _day_and_board(name: str) -> str:
    """`2026-11-03 Central` as it is read."""
    day, _space, board = name.partition(" ")
    return f"{date.fromisoformat(day):%d/%m/%Y} · {board}"
