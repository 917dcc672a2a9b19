"""Which repairs the page shows, and how many of those that fell due were kept, by segment and component."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agents.models import User
from inbound.models import RepairLimit, WatchedRepair
from inbound.outside.found_words import words_of
from inbound.walks.asked import name_of_the_caller
from screens.spreadsheets import Sheet
from service_level.days import bounds_of, read_day

State = WatchedRepair.State
SHOWN: dict[str, tuple[str | Promise, WatchedRepair.State]] = {
    state.value: (state.label, state)
    for state in (State.LATE, State.WATCHED, State.KEPT, State.NOT_SEEN, State.UNLIMITED)
}
OPEN = (State.WATCHED,)  # these are shown whatever their day
DAYS_SHOWN = 31
LONGEST = timedelta(days=366)
AT_ONCE = 500  # rows read from the database at a time


@dataclass(frozen=True)
class Asked:
    """The filters: which state, and the days on which the limit ends; both are inside."""

    show: str
    first: date
    last: date

    @property
    def words(self) -> str:
        """The filters for the book of exports; there is nobody's data in them."""
        return f"{SHOWN[self.show][0]}, {self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"


@dataclass(frozen=True)
class Kept:
    """Of the limits of one segment and component that ended on the days asked for: how many were kept."""

    segment: str
    component: str
    ended: int
    kept: int
    late: int
    not_seen: int

    @property
    def share(self) -> float | None:
        """Kept of those that were seen, 0 to 1; None where none was."""
        seen = self.kept + self.late
        return self.kept / seen if seen else None


def asked_for(*, sent: Mapping[str, str], today: date) -> Asked:
    """The filters of an address; what cannot be read is left out, days the wrong way round are turned."""
    show = sent.get("show", "")
    begins = today - timedelta(days=DAYS_SHOWN - 1)
    days = [read_day(sent.get("first")) or begins, read_day(sent.get("last")) or today]
    first, last = min(days), max(days)
    return Asked(show if show in SHOWN else State.LATE.value, max(first, last - LONGEST), last)


def find_repairs(*, asked: Asked, user: User) -> QuerySet[WatchedRepair]:
    """What is still in its limit, what ends first before; of what ended or has no limit, the newest first."""
    state = SHOWN[asked.show][1]
    found = WatchedRepair.objects.visible_to(user).filter(state=state)
    found = found.select_related("write__walk__line", "card")
    if state in OPEN:
        return found.order_by("due_at", "pk")
    begins, ends = bounds_of(asked.first, asked.last)
    moment = "write__settled_at" if state == State.UNLIMITED else "due_at"
    return found.filter(**{f"{moment}__gte": begins, f"{moment}__lt": ends}).order_by(f"-{moment}", "-pk")


def how_kept(*, asked: Asked, user: User) -> list[Kept]:
    """Of the limits that ended on those days, by segment and component; one query."""
    begins, ends = bounds_of(asked.first, asked.last)
    ended = WatchedRepair.objects.visible_to(user).filter(due_at__gte=begins, due_at__lt=ends)
    ended = ended.filter(state__in=(State.KEPT, State.LATE, State.NOT_SEEN))
    counts = {state.value: Count("pk", filter=Q(state=state)) for state in (State.KEPT, State.LATE, State.NOT_SEEN)}
    told = ended.order_by("segment", "component").values("segment", "component").annotate(ended=Count("pk"), **counts)
    return [Kept(**row) for row in told.values("segment", "component", "ended", "kept", "late", "not_seen")]


def count_repairs(*, user: User) -> dict[str, int | None]:
    """How many are in their limit; of those that only grow there is no count."""
    watched = WatchedRepair.objects.visible_to(user).filter(state=State.WATCHED).count()
    return {show: watched if show == State.WATCHED.value else None for show in SHOWN}


def customer_of(repair: WatchedRepair) -> str:
    """Whose damage it is."""
    return name_of_the_caller(repair.write.walk, {})


def found_words(repair: WatchedRepair) -> str:
    """The state that was seen in the other system, as people say it."""
    return words_of("state", repair.found)


def sheets_of(repairs: QuerySet[WatchedRepair], kept: list[Kept]) -> list[Sheet]:
    """What is filtered, and how many were kept, as a workbook."""
    heads = [
        _("Daño"), _("Línea"), _("Contrato"), _("Cliente"), _("Segmento"), _("Componente"), _("Registrado"),
        _("Vence"), _("Estado"), _("En Smartflex"), _("Comprobado"),
    ]  # fmt: skip
    of_each = [_("Segmento"), _("Componente"), _("Vencieron"), _("Cumplidos"), _("Fuera de plazo"), _("No comprobados")]
    rows = [[one.segment, one.component, one.ended, one.kept, one.late, one.not_seen] for one in kept]
    return [Sheet(_("Plazos"), heads, _rows(repairs)), Sheet(_("Cumplimiento"), of_each, rows)]


def _rows(repairs: QuerySet[WatchedRepair]) -> Iterator[list[Any]]:
    for one in repairs.iterator(chunk_size=AT_ONCE):
        walk = one.write.walk
        yield [
            one.write.reference, walk.line.number, walk.contract, customer_of(one), one.segment, one.component,
            one.write.settled_at, one.due_at, one.get_state_display(), found_words(one), one.looked_at,
        ]  # fmt: skip


def has_limits() -> bool:
    """Whether the centre wrote any limit of a repair."""
    return RepairLimit.objects.filter(of=RepairLimit.Of.REPAIR).exists()
