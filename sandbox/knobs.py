"""How a system behaves now, as somebody set it."""

from __future__ import annotations

from typing import Any

from sandbox.models import Knob
from sandbox.refusals import Refused

LONGEST_LATENCY = 60_000  # milliseconds


def knob_of(*, system: str) -> Knob:
    """The knob as it is set; up and quick when nobody touched it."""
    return Knob.objects.filter(pk=system).first() or Knob(system=system)


def turn(*, system: str, latency_ms: object = 0, mode: object = Knob.Mode.UP.value) -> Knob:
    """Set a knob; what is left out is as at the beginning. Raises Refused."""
    if isinstance(latency_ms, bool) or not isinstance(latency_ms, int) or not 0 <= latency_ms <= LONGEST_LATENCY:
        raise Refused(f"La demora es un número de 0 a {LONGEST_LATENCY} milisegundos.", status=400)
    if mode not in Knob.Mode.values:
        raise Refused(f"El modo es uno de: {', '.join(Knob.Mode.values)}.", status=400)
    knob, _is_new = Knob.objects.update_or_create(pk=system, defaults={"latency_ms": latency_ms, "mode": mode})
    return knob


def as_json(knob: Knob) -> dict[str, Any]:
    return {"system": knob.system, "latency_ms": knob.latency_ms, "mode": knob.mode}
