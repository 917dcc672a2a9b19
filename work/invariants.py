"""What must hold of every kind of owed work at any moment: generated from the registry, checked from the rows.

Each is a promise and the query for what breaks it: one column that names the row, as a text, without personal data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from work.kinds import Kind, kinds


@dataclass(frozen=True)
class Rule:
    """A promise and what finds the rows that break it: a query, or a function where no query can tell."""

    name: str
    promise: str | Promise
    sql: str = ""
    look: Callable[[], list[str]] | None = None


def rules() -> list[Rule]:
    """The promises of every kind there is."""
    return [rule for kind in kinds() for rule in rules_of(kind)]


def rules_of(kind: Kind[Any]) -> list[Rule]:
    """The promises of one kind."""
    broken = f"SELECT '{kind.name} ' || w.{kind.model._meta.pk.column} FROM {kind.model._meta.db_table} w WHERE "
    leased = f"w.state NOT IN {_listed(kind.open_states)} AND w.lease_until IS NOT NULL"
    if kind.at_work:
        leased += f" OR (w.state IN {_listed(kind.at_work)}) <> (w.lease_until IS NOT NULL)"
    return [
        Rule(
            f"{kind.name}_is_leased_while_at_work",
            gettext_lazy("El trabajo pendiente está reservado mientras alguien lo hace, y solo entonces."),
            broken + leased,
        ),
        Rule(
            f"{kind.name}_counts_its_attempts",
            gettext_lazy("Cada intento de un trabajo pendiente está contado, y ninguno se intenta más de lo previsto."),
            broken + f"w.attempts > {kind.attempts} OR w.attempts > w.fence",
        ),
        Rule(
            f"{kind.name}_says_since_when_it_is_parked",
            gettext_lazy("Lo detenido dice desde cuándo, y lo que no está detenido no lo dice."),
            broken + f"(w.state = '{kind.parked}') <> (w.parked_at IS NOT NULL)",
        ),
    ]


def _listed(states: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"
