"""What two sealed counts do not agree in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """One figure that is not what it was."""

    figure: str
    before: Any
    after: Any


def differences(*, before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Every figure that differs, by its path; the names of people do not count, nor what was not told before."""
    old, new = _flat(before), _flat({name: after[name] for name in before if name in after})
    return [
        Difference(path, old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        parts = {name: part for name, part in value.items() if name not in ("agent", "name")}
        return {
            k: v for name, part in parts.items() for k, v in _flat(part, f"{path}.{name}" if path else name).items()
        }
    if isinstance(value, list):
        named = {_name_of(part, place): part for place, part in enumerate(value)}
        return {k: v for name, part in named.items() for k, v in _flat(part, f"{path}.{name}").items()}
    return {path: value}


def _name_of(part: Any, place: int) -> str:
    """What a part of a list is told by: its own key where it has one, else its place."""
    return str(part.get("id", part.get("day", place)) if isinstance(part, dict) else place)
