"""What stands on the supervisors' board: four columns of open cards, what is overdue first, and how many there are.

A column shows its first cards and the whole count; filters cut both. Where a card is moved to is a verb
(docs/decisions/0120): MOVES says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents.models import User
from escalations.filters import Filters, choices_among, due, labelled, late, named, narrowed, whose
from escalations.lifecycle import Verb
from escalations.models import Escalation, Kind

State = Escalation.State
READ = (  # what a card shows; reasons and details are long, and opened one at a time
    *("customer_name", "contract", "promised", "due_at", "warn_at", "state", "version", "waits_for", "closed_at"),
    *("kind__code", "kind__name", "kind__stops_while_waiting"),
    *("owner__username", "owner__first_name", "owner__last_name"),
)
AT_FIRST = 10  # cards of a column that come with the page: more than a screen has room for
SHOWN = 50  # cards of a column once one looks further; the rest are reached by filtering, or in the list


@dataclass(frozen=True)
class Column:
    """A column: which states stand in it, and what is told when nothing does."""

    code: str
    words: str | Promise
    states: tuple[str, ...]
    empty: str | Promise


COLUMNS = (
    Column("new", _("Nuevas"), (State.NEW,), _("Nadie espera: todas están tomadas.")),
    Column("taken", _("Tomadas"), (State.TAKEN,), _("Ninguna se está trabajando.")),
    Column("waiting", _("Esperan a una unidad"), (State.WAITING,), _("No se espera a ninguna unidad.")),
    Column("to_inform", _("Por informar"), (State.RESOLVED, State.REJECTED), _("A nadie le falta la respuesta.")),
)
COLUMN_OF = {state: column.code for column in COLUMNS for state in column.states}

# By column left and column reached. Whatever else is tried is the verb of the column reached, which then says why not.
MOVES: Mapping[tuple[str, str], Verb] = {
    ("new", "taken"): Verb.TAKE,
    ("taken", "new"): Verb.GIVE_BACK,
    ("taken", "waiting"): Verb.WAIT,
    ("waiting", "taken"): Verb.GO_ON,
    ("taken", "to_inform"): Verb.RESOLVE,
    ("waiting", "to_inform"): Verb.RESOLVE,
    ("to_inform", "taken"): Verb.REOPEN,
    # refused, with the sentence of the lifecycle
    ("new", "waiting"): Verb.WAIT,
    ("new", "to_inform"): Verb.RESOLVE,
    ("waiting", "new"): Verb.GIVE_BACK,
    ("to_inform", "new"): Verb.GIVE_BACK,
    ("to_inform", "waiting"): Verb.WAIT,
}
AT_ONCE = (Verb.TAKE, Verb.GIVE_BACK, Verb.GO_ON)  # moves that ask for nothing; each is undone by the move back


@dataclass(frozen=True)
class ColumnCards:
    """A column as it is shown: its first cards, and how many there are."""

    column: Column
    cards: list[Escalation]
    count: int
    overdue: int

    @property
    def more(self) -> int:
        """Cards that are not shown."""
        return max(0, self.count - len(self.cards))


@dataclass(frozen=True)
class Counts:
    """How many there are: by column, and under each chip with the other filters as they are."""

    columns: dict[str, int]
    overdue: dict[str, int]
    chips: dict[str, int]


def cards_on_board(*, asked: Filters, user: User, now: datetime) -> Any:
    """Open escalations under these filters, with what a card shows."""
    found = _open(asked, user).filter(whose(asked.mine, user), named(asked.mentioned, user), due(asked.due, now=now))
    return found.select_related("kind", "owner").only(*READ)


def columns_of(*, asked: Filters, user: User, now: datetime, counts: Counts) -> list[ColumnCards]:
    """The columns, each with the cards the page comes with: what is overdue first, then what is due first."""
    columns = []
    for column in COLUMNS:
        count, overdue = counts.columns[column.code], counts.overdue[column.code]
        cards = first_cards(column, asked=asked, user=user, now=now, most=AT_FIRST) if count else []
        columns.append(ColumnCards(column, cards, count, overdue))
    return columns


def first_cards(column: Column, *, asked: Filters, user: User, now: datetime, most: int = SHOWN) -> list[Escalation]:
    """The first cards of one column, what is overdue first."""
    rows = cards_on_board(asked=asked, user=user, now=now).filter(state__in=column.states)
    if column.code == "waiting":  # only here may something whose time is past not be overdue
        rows = rows.annotate(late=Case(When(late(now=now), then=0), default=1, output_field=IntegerField()))
        return list(rows.order_by("late", "due_at", "pk")[:most])
    return list(rows.order_by("due_at", "pk")[:most])


def count_board(*, asked: Filters, user: User, now: datetime) -> Counts:
    """All the figures of the board, by one query."""
    these = whose(asked.mine, user) & named(asked.mentioned, user)
    then = due(asked.due, now=now)
    rows = (
        _open(asked, user)
        .order_by()
        .values("state")
        .annotate(
            shown=Count("pk", filter=these & then),
            overdue_shown=Count("pk", filter=these & then & late(now=now)),
            mine=Count("pk", filter=whose(True, user) & then),
            all=Count("pk", filter=then),
            today=Count("pk", filter=these & due("today", now=now)),
            overdue=Count("pk", filter=these & late(now=now)),
        )
    )
    by_state = list(rows)
    columns = {column.code: 0 for column in COLUMNS}
    overdue = dict(columns)
    for row in by_state:
        columns[COLUMN_OF[row["state"]]] += row["shown"]
        overdue[COLUMN_OF[row["state"]]] += row["overdue_shown"]
    chips = {name: sum(row[name] for row in by_state) for name in ("mine", "all", "today", "overdue")}
    return Counts(columns, overdue, chips)


def choices_of(*, asked: Filters, user: User) -> dict[str, list[Any]]:
    """Kinds, lines and zones there are open cards of, and those that are chosen, for the filters."""
    kinds, lines, zones = choices_among(Escalation.objects.visible_to(user).open(), asked)
    return {"kinds": labelled(Kind.objects.filter(code__in=kinds)), "lines": lines, "zones": zones}


def _open(asked: Filters, user: User) -> QuerySet[Escalation]:
    return narrowed(Escalation.objects.visible_to(user).open(), asked)
