"""Which of the calls: what counts by a formula, and each kind a figure is made of, as a condition and in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from service_level.models import Formula
from telephony.queue_log.evidence import ODDITIES

WHICH = {
    "": gettext_lazy("Todas las registradas"),
    "within": gettext_lazy("Atendidas a tiempo"),
    "late": gettext_lazy("Atendidas tarde"),
    "answered": gettext_lazy("Atendidas"),
    "missed": gettext_lazy("Fuera de plazo"),
    "abandoned": gettext_lazy("No atendidas"),
    "hung_up": gettext_lazy("Colgaron esperando"),
    "timed_out": gettext_lazy("Agotaron la espera"),
    "other": gettext_lazy("Salieron de otra manera"),
    "waiting": gettext_lazy("Esperan todavía"),
    "unknown": gettext_lazy("Sin espera conocida"),
    "odd": gettext_lazy("Con anomalías"),
}
BANDS = (0, 16, 31, 46, 61, 76, 91)  # seconds in which a band of waits begins, as Asternic lays them
SHORT = 5  # seconds before which whoever hangs up is left out by many
ANSWERED, ABANDONED = Q(outcome="answered"), Q(outcome__in=["hung_up", "timed_out", "other"])
NONE = Q(pk=None)


@dataclass(frozen=True)
class Variant:
    """Another account of the same calls: which count, and which of these are in time."""

    code: str
    words: str
    how: str
    counted: Q
    within: Q


def conditions(formula: Formula) -> dict[str, tuple[str, Q]]:
    """Each kind of calls by the name it has in an address: its words and its condition."""
    within, late = in_time(formula.seconds), ANSWERED & ~in_time(formula.seconds)
    plain = {
        "": ANSWERED | ABANDONED,
        "within": within,
        "late": late,
        "answered": ANSWERED,
        "missed": late | _counted_unanswered(formula),
        "abandoned": ABANDONED,
        "waiting": Q(outcome="waiting"),
        "unknown": ANSWERED & Q(wait=None),
        "odd": ~Q(oddities=[]),
    }
    found = {name: (str(words), plain.get(name, Q(outcome=name))) for name, words in WHICH.items()}
    ours, *others = variants(formula)
    for other in others:
        words = _("Las que «%(variant)s» cuenta de otra manera") % {"variant": other.words}
        found[f"differs_{other.code}"] = words, differing(ours, other)
    for begins in BANDS:
        found[f"answered_{begins}"] = _("Atendidas: %(band)s") % {"band": band_words(begins)}, ANSWERED & band(begins)
        found[f"lost_{begins}"] = _("No atendidas: %(band)s") % {"band": band_words(begins)}, ABANDONED & band(begins)
    for oddity, kind in ODDITIES.items():
        found[f"odd_{oddity}"] = str(kind), Q(oddities__contains=[str(oddity)])
    return found


def variants(formula: Formula) -> list[Variant]:
    """Ours first. Asterisk's two are those of `app_queue` (`ServicelevelPerf` and `ServicelevelPerf2`), which takes
    every way out but the key for abandoned; its second takes whoever hung up in time for served in time.
    """
    seconds, counted = formula.seconds, ANSWERED | _counted_unanswered(formula)
    lost = ABANDONED & ~Q(ended="EXITWITHKEY")
    by_clock = _("Hasta los %(s)s segundos: la central anota segundos enteros, y puede errar en uno.")
    return [
        Variant("", _("El indicador"), _("Como lo manda la fórmula del mes."), counted, in_time(seconds)),
        Variant("strict", _("Un segundo menos"), by_clock % {"s": seconds - 1}, counted, in_time(seconds - 1)),
        Variant("loose", _("Un segundo más"), by_clock % {"s": seconds + 1}, counted, in_time(seconds + 1)),
        Variant(
            "short",
            _("Sin los que cuelgan enseguida"),
            _("No cuenta quien colgó antes de %(s)s segundos.") % {"s": SHORT},
            counted & ~Q(outcome="hung_up", wait__lt=SHORT),
            in_time(seconds),
        ),
        Variant(
            "hung_up",
            _("Solo atendidas y colgadas"),
            _("No cuentan las que agotan la espera ni las que salen de otra manera."),
            ANSWERED | Q(outcome="hung_up"),
            in_time(seconds),
        ),
        Variant(
            "sl",
            _("Asterisk, SL"),
            _("Solo de las atendidas: quien no fue atendido no cuenta (ServicelevelPerf)."),
            ANSWERED,
            in_time(seconds),
        ),
        Variant(
            "sl2",
            _("Asterisk, SL2"),
            _("Quien se fue dentro del plazo vale como atendido; con una tecla no cuenta (ServicelevelPerf2)."),
            ANSWERED | lost,
            in_time(seconds) | (lost & Q(wait__isnull=False, wait__lte=seconds)),
        ),
    ]


def in_time(seconds: int) -> Q:
    """Answered within them, these included; of whom the wait is unknown, that is not known."""
    return ANSWERED & Q(wait__isnull=False, wait__lte=seconds)


def differing(one: Variant, other: Variant) -> Q:
    """Those that count in one account and not in the other, or are in time in one of them."""
    return (one.counted ^ other.counted) | (one.within ^ other.within)


def band(begins: int) -> Q:
    """Who waited from these seconds up to the next band."""
    ends = next((after for after in BANDS if after > begins), None)
    return Q(wait__gte=begins) & (Q(wait__lt=ends) if ends else Q())


def band_words(begins: int) -> str:
    ends = next((after for after in BANDS if after > begins), None)
    if ends is None:
        return _("%(s)s s y más") % {"s": begins}
    return _("de %(first)s a %(last)s s") % {"first": begins, "last": ends - 1}


def _counted_unanswered(formula: Formula) -> Q:
    counted = Q(outcome="hung_up") & (Q(wait=None) | Q(wait__gte=formula.shortest_hang_up))
    counted |= Q(outcome="timed_out") if formula.counts_timed_out else NONE
    return counted | (Q(outcome="other") if formula.counts_other else NONE)
