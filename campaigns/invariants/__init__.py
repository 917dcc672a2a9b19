"""What must hold of the data at any moment, checked from the rows themselves.

The database keeps most promises by constraints; these are the ones it cannot: keys between mass tables that are not
enforced row by row, sums that are kept in two places, and rules of the trade. Each check is one query for what breaks
it, told by business keys without personal data. Runs after every fault test, every night, and whenever one likes; a
sealed month is counted afresh from its rows, so it takes as long as sealing all of them again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection, models
from django.utils.translation import gettext_lazy

from campaigns.invariants import of_calls, of_lists, of_money, of_months
from work.invariants import Rule

SHOWN = 5
INVARIANTS = [*of_lists.RULES, *of_calls.RULES, *of_money.RULES, *of_months.RULES]


@dataclass(frozen=True)
class Finding:
    """A broken promise: how many rows, and some of them."""

    name: str
    promise: str
    count: int
    examples: list[str] = field(default_factory=list)


def check_invariants(*, besides: Iterable[Rule] = ()) -> list[Finding]:
    """Everything that does not hold, of this room and of `besides`; empty when all is well."""
    found = [_check(rule) for rule in (*INVARIANTS, *orphans(), *besides)]
    return [finding for finding in found if finding is not None]


def orphans() -> list[Rule]:
    """One check for each foreign key that the database does not enforce."""
    return [
        Rule(
            name=f"orphan_{model._meta.model_name}_{key.name}",
            promise=gettext_lazy("Toda referencia lleva a una fila que existe."),
            sql=f"""
              SELECT '{model._meta.model_name} ' || r.{model._meta.pk.column} FROM {model._meta.db_table} r
               WHERE r.{key.column} IS NOT NULL AND NOT EXISTS (
                 SELECT FROM {key.related_model._meta.db_table} o
                  WHERE o.{key.target_field.column} = r.{key.column})""",
        )
        for model in apps.get_app_config("campaigns").get_models()
        for key in model._meta.concrete_fields
        if isinstance(key, models.ForeignKey) and not _is_enforced(key)
    ]


def _is_enforced(key: models.ForeignKey[Any, Any]) -> bool:
    """Whether the database keeps the key; those of history (pghistory events) need not lead anywhere."""
    return bool(getattr(key, "db_constraint", True)) or issubclass(key.model, pghistory.models.Event)


def _check(rule: Rule) -> Finding | None:
    if rule.look is not None:
        examples = rule.look()
        count = len(examples)
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT row_name, count(*) OVER () FROM ({rule.sql}) AS broken (row_name) LIMIT {SHOWN}")
            rows = cursor.fetchall()
        examples = [str(name) for name, _count in rows]
        count = rows[0][1] if rows else 0
    return Finding(rule.name, str(rule.promise), count, examples[:SHOWN]) if count else None
