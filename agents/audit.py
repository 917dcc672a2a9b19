"""Who changed what: triggers of the database see every change, bulk and raw SQL included (docs/decisions/0192).

Three things a model may be. `@audited()`: each of its rows as it became is kept as an event; for what people edit.
`@facts(…)`: what a fact was before it was changed or deleted is kept, a statement a row; for what comes by the million.
`@append_only(…)`: a book, of which nothing is changed or taken away but personal data, by the one door of retention.
Every model is one of them or stands in `tests/agents/test_what_is_audited.py` with the reason why it is neither.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models

AnyModel = TypeVar("AnyModel", bound=models.Model)

IN_ONE_ROW = 1_000  # changed rows of a statement that one row of the book of changes holds at most


@dataclass(frozen=True)
class Book:
    """What stands in it is there for good. `at`: when it was written down; `personal`: columns retention takes away."""

    table: str
    key: str
    at: str
    personal: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Columns of a table that are facts. `at`: when a row became one, where a column says it; `inserts`: where the book
    of changes does.
    """

    table: str
    key: str
    at: str
    columns: tuple[str, ...]
    inserts: bool


_books: dict[type[models.Model], tuple[str, tuple[str, ...]]] = {}
_facts: dict[type[models.Model], tuple[str, tuple[str, ...], bool]] = {}


def audited(
    *, exclude: list[str] | None = None, personal: Sequence[str] = ()
) -> Callable[[type[AnyModel]], type[AnyModel]]:
    """Class decorator for a model whose every insert, update and delete is kept as an event row.

    `personal`: columns of the copies that retention may take away; nothing else of them is ever changed.
    """
    trackers = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

    def track(model: type[AnyModel]) -> type[AnyModel]:
        tracked: type[AnyModel] = pghistory.track(
            *trackers, exclude=exclude, meta={"triggers": _refusals(tuple(personal))}
        )(model)
        _books[tracked.pgh_event_model] = ("pgh_created_at", tuple(personal))  # type: ignore[attr-defined]
        return tracked

    return track


def append_only(
    *, at: str, personal: Sequence[str] = (), unless: str = ""
) -> Callable[[type[AnyModel]], type[AnyModel]]:
    """Class decorator for a book: nothing of it is changed, deleted or emptied. `at`: when a row was written down.

    `personal`: columns that retention may take away, through `audit_forget` alone. `unless`: SQL over OLD and NEW for
    an UPDATE that is none of it.
    """

    def register(model: type[AnyModel]) -> type[AnyModel]:
        _books[model] = (at, tuple(personal))
        pgtrigger.register(*_refusals(tuple(personal), unless))(model)
        return model

    return register


def facts(
    *names: str, at: str = "", personal: Sequence[str] = (), inserts: bool = False
) -> Callable[[type[AnyModel]], type[AnyModel]]:
    """Class decorator: what these fields were before a change, and in a row that is deleted, is kept (`FactChange`).

    `at`: the field that says when a row became a fact; while it is empty nothing of the row is kept, and it is itself
    one. A change of the `personal` ones is kept without what they were: nothing in the book of changes leads to a
    customer. `inserts`: the book tells which rows a statement inserted as well, for a table that does not say when.
    """

    def register(model: type[AnyModel]) -> type[AnyModel]:
        kept = (*names, at) if at and at not in names else names
        _facts[model] = (at, kept, inserts)
        keeps = partial(_KeptChange, kept=kept, at=at)
        pgtrigger.register(
            keeps(name="facts_changed", operation=pgtrigger.Update, noticed=tuple(personal)),
            keeps(name="facts_deleted", operation=pgtrigger.Delete),
            *([keeps(name="facts_inserted", operation=pgtrigger.Insert)] if inserts else []),
            _no_truncate("facts_not_emptied"),
        )(model)
        return model

    return register


def books() -> list[Book]:
    """Those of every model, by the name of their table; and the two of libraries that the first migration guards."""
    found = [_book(model, at, personal) for model, (at, personal) in _books.items()]
    return sorted([*found, *_of_libraries()], key=lambda book: book.table)


def tables_of_facts() -> list[Facts]:
    """Those of every model, by the name of their table."""
    found = []
    for model, (at, names, inserts) in _facts.items():
        named = _columns(model)
        kept = tuple(named[name] for name in names)
        found.append(Facts(model._meta.db_table, _key(model), named[at] if at else "", kept, inserts))
    return sorted(found, key=lambda one: one.table)


def _book(model: type[models.Model], at: str, personal: tuple[str, ...]) -> Book:
    named = _columns(model)
    gone = tuple(named[name] for name in personal)
    return Book(model._meta.db_table, _key(model), named[at], gone, tuple(named.values()))


def _columns(model: models.Model | type[models.Model]) -> dict[str, str]:
    """Of each field with one, its column."""
    return {field.name: str(field.column) for field in model._meta.concrete_fields}


def _key(model: models.Model | type[models.Model]) -> str:
    return str(model._meta.pk.column)  # type: ignore[union-attr]  # every model here has a key


def _of_libraries() -> list[Book]:
    from django.contrib.admin.models import LogEntry
    from pghistory.models import Context

    return [_book(LogEntry, "action_time", ()), _book(Context, "created_at", ())]


KEEP = """INSERT INTO public.agents_factchange
    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)
SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME,"""
BY_WHOM = "session_user, inet_client_addr(), (SELECT public._pgh_attach_context())"  # asked once, and only if needed
FIRST_AND_LAST = "jsonb_build_object('first', min({key}), 'last', max({key}))"
SOME = "HAVING count(*) > 0; RETURN NULL;"
REFUSED = """RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME
             USING ERRCODE = 'insufficient_privilege';"""


def _refusals(personal: tuple[str, ...], unless: str = "") -> list[pgtrigger.Trigger]:
    """No UPDATE, no DELETE, no TRUNCATE; but `personal` columns through the door that retention opens."""
    refusal = _Refusal(name="append_only", personal=personal, unless=unless)
    return [refusal, _no_truncate("append_only_not_emptied")]


def _no_truncate(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name, level=pgtrigger.Statement, when=pgtrigger.Before, operation=pgtrigger.Truncate, func=REFUSED
    )


class _Refusal(pgtrigger.Trigger):  # type: ignore[misc]  # the library is not typed
    def __init__(self, *, name: str, personal: tuple[str, ...], unless: str) -> None:
        self.personal, self.unless = personal, unless
        super().__init__(name=name, when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete)

    def get_func(self, model: models.Model | type[models.Model]) -> str:
        allowed = [self.unless] if self.unless else []
        if self.personal:
            named = _columns(model)
            columns = ", ".join(f"'{named[name]}'" for name in self.personal)
            allowed.append(f"""public.audit_door_is_open(TG_TABLE_NAME)
                AND to_jsonb(NEW) - ARRAY[{columns}] = to_jsonb(OLD) - ARRAY[{columns}]""")
        return "".join(f"IF TG_OP = 'UPDATE' AND {one} THEN RETURN NEW; END IF; " for one in allowed) + REFUSED


class _KeptChange(pgtrigger.Trigger):  # type: ignore[misc]
    """A statement's changes to the `kept` columns, all of them at once: a row for each row would cost a bulk change
    half its time again, and fifteen times the room (docs/decisions/0192).
    """

    def __init__(
        self,
        *,
        name: str,
        operation: pgtrigger.Operation,
        kept: tuple[str, ...],
        at: str,
        noticed: tuple[str, ...] = (),
    ) -> None:
        self.kept, self.at, self.noticed = kept, at, noticed
        sees = {
            "UPDATE": pgtrigger.Referencing(old="old_rows", new="new_rows"),
            "DELETE": pgtrigger.Referencing(old="old_rows"),
            "INSERT": pgtrigger.Referencing(new="new_rows"),
        }
        super().__init__(
            name=name,
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=sees[str(operation)],
        )

    def get_func(self, model: models.Model | type[models.Model]) -> str:
        named, key = _columns(model), f'"{_key(model)}"'
        if str(self.operation) == "INSERT":
            return (
                f"{KEEP} 'insert', count(*), '{{}}', {FIRST_AND_LAST.format(key=key)}, {BY_WHOM} FROM new_rows {SOME}"
            )
        kept = [named[name] for name in self.kept]
        was = ", ".join(f'o."{column}"' for column in kept)
        found = "old_rows o"
        is_fact = f'o."{named[self.at]}" IS NOT NULL' if self.at else "TRUE"
        if str(self.operation) == "UPDATE":
            # a row that changed its key is told as well: no new one is found by the old key
            compared = [*kept, *(named[name] for name in self.noticed)]
            old, new = (", ".join(f'{row}."{column}"' for column in compared) for row in "on")
            found += f" LEFT JOIN new_rows n ON n.{key} = o.{key}"
            is_fact += f" AND (ROW({old}) IS DISTINCT FROM ROW({new}) OR n.{key} IS NULL)"
        return f"""{KEEP} lower(TG_OP), count(*), '{{{",".join(kept)}}}', jsonb_object_agg(key, was), {BY_WHOM}
          FROM (SELECT o.{key} AS key, jsonb_build_array({was}) AS was,
                       (row_number() OVER () - 1) / {IN_ONE_ROW} AS part
                  FROM {found} WHERE {is_fact}) changed
         GROUP BY part;
        RETURN NULL;"""
