"""What a seal says of the effect of the calls, on paper and by mail; whether all payments it rests on were known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.figures.figures import Figures
from campaigns.figures.hold_out import Effect
from campaigns.figures.serialising import plain_effect, read_effect
from campaigns.models import Seal
from campaigns.month.measurement import payments_reach
from screens.templatetags.screens import NOTHING, bs, figure

KNOWN_UNTIL = "payments_known_until"  # in the evidence: told, as the policy is, and not compared; it moves every day


@dataclass(frozen=True)
class KnownPayments:
    """Until when payments were known to a seal; None before the first collections report."""

    until: datetime | None
    lacks_some: bool  # of those the effect rests on

    @property
    def words(self) -> str:
        return known_words(self.until)


def known_words(until: datetime | None) -> str:
    """A moment, or that there is none yet."""
    if until is None:
        return _("todavía no llegó ningún reporte de pagos")
    return f"{timezone.localtime(until):%d/%m/%Y %H:%M}"


def known_payments_of(sealed: Seal) -> KnownPayments | None:
    """None of a seal of before it was kept."""
    if KNOWN_UNTIL not in sealed.evidence:
        return None
    told = sealed.evidence[KNOWN_UNTIL]
    until = datetime.fromisoformat(told) if told else None
    effect: Mapping[str, Any] = sealed.figures.get("effect") or {}
    day: str | None = effect.get("evaluated_on")
    return KnownPayments(until, day is not None and not payments_reach(until=until, day=date.fromisoformat(day)))


def effect_lines(figures: Figures) -> list[tuple[str, str, str]]:
    """What the calls added, in points and in Bs, each with its base; until it is measured, when it will be, and while
    payments of its day are missing, that they are.
    """
    label = _("Efecto de las llamadas")
    effect = read_effect(plain_effect(figures))  # as the seal keeps it: page and paper round the same number
    if effect is None:
        words = _("sin grupo de control")
        if figures.put_aside and figures.is_provisional and figures.evaluated_on:
            words = _("se mide con los pagos hasta el %(day)s") % {"day": f"{figures.evaluated_on:%d/%m/%Y}"}
        elif figures.put_aside:
            words = _("no se llamó a nadie, o falta con quién comparar")
        return [(label, NOTHING, words)]
    if figures.lacks_payments and figures.evaluated_on:  # with some of them missing it would be told otherwise later
        known = known_words(figures.payments_known_until)
        words = _("se mide con los pagos hasta el %(day)s, y se los conoce hasta: %(known)s")
        return [(label, NOTHING, words % {"day": f"{figures.evaluated_on:%d/%m/%Y}", "known": known})]
    lines = [(label, effect.contacts.signed_points, _points_words(effect.contacts))]
    if money := effect.money:
        words = _("95 %%: entre %(low)s y %(high)s") % {"low": bs(money.low), "high": bs(money.high)}
        lines.append((_("Lo que aportaron las llamadas"), bs(money.added), words))
    return lines


def why_provisional(figures: Figures) -> str:
    """The sentence of an effect that was asked for before all payments of its day were known; '' of any other."""
    if not figures.lacks_payments or figures.evaluated_on is None:
        return ""
    return _(
        "El efecto todavía no se sabe: cuentan los pagos hasta el %(day)s, y al sellar se los conocía hasta: %(known)s."
    ) % {"day": f"{figures.evaluated_on:%d/%m/%Y}", "known": known_words(figures.payments_known_until)}


def _points_words(effect: Effect) -> str:
    low, high = effect.signed_interval
    words = {"low": low, "high": high, "alone": figure(effect.held_out)}
    return _("puntos; 95 %%: entre %(low)s y %(high)s; %(alone)s de control") % words
