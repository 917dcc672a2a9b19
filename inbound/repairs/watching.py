"""Seguimiento a Daño: the limit a caller was told is watched, and when it is over the damage is looked at.

The clock does it from the rows, so that nothing that happens to a worker or a browser loses a customer: each damage a
call registered gets its row, with the moment its caller was told; when that is over Smartflex is asked, and a damage
that is not attended becomes a card, mailed to the operations centre by itself.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import due_by, raise_escalation
from inbound.models import Footstep, OutsideWrite, RepairLimit, WatchedRepair
from inbound.outside.found_words import words_of
from inbound.outside.reaching import look_up
from inbound.walks.asked import call_back_on, name_of_the_caller, zone_of
from inbound.walks.let_down import words_heard
from inbound.walks.state import flow_of, known_on, path_of, read_state
from service_level.days import LA_PAZ

KIND = "overdue_repair"
REGISTERED = "smartflex.register_damage"
DAMAGES, LIMIT = "smartflex.damages", "house.repair_limit"
LOOKED_BACK = timedelta(days=7)  # a damage registered longer ago has its row, or began before there were any
STILL_TALKING = timedelta(minutes=10)  # the caller may not have heard the limit yet
ASKED_IN_VAIN = timedelta(hours=1)  # after the limit; then a person looks
AT_A_TIME = 50
SWEEP = 20.0  # seconds
State = WatchedRepair.State


def watch_repairs(*, now: datetime) -> int:
    """Begin to watch what was registered, and look at what is due. Returns how many cards were raised.

    Call it outside of any transaction: it asks another system. Several may run at once.
    """
    begin_to_watch(now=now)
    due = WatchedRepair.objects.filter(state=State.WATCHED, due_at__lte=now).order_by("due_at")
    raised, ends = 0, time.monotonic() + SWEEP
    for repair in due.select_related("write__walk__line", "write__owed_by")[:AT_A_TIME]:
        raised += _look_at(repair, now=now)
        if time.monotonic() >= ends:  # a slow system: what is left is the next tick's
            break
    return raised


def begin_to_watch(*, now: datetime) -> int:
    """A row for each damage registered lately that has none. Returns how many."""
    told = Q(walk__ended_at__isnull=False) | Q(settled_at__lt=now - STILL_TALKING)
    done = OutsideWrite.objects.filter(told, action=REGISTERED, state="done", settled_at__gte=now - LOOKED_BACK)
    new = done.filter(repair=None, walk__anonymised_at=None).select_related("walk__line").order_by("settled_at")
    rows = [_watch_of(write) for write in new[:AT_A_TIME]]
    WatchedRepair.objects.bulk_create(rows, ignore_conflicts=True)  # another sweep at the same moment
    return len(rows)


def _watch_of(write: OutsideWrite) -> WatchedRepair:
    path = path_of(list(Footstep.objects.filter(walk=write.walk).order_by("position")))
    customer = known_on(path, before=write.walk.brought).get("customer")
    segment = str(customer.get("segment") or "") if isinstance(customer, Mapping) else ""
    component = str(write.payload.get("component") or "")
    due_at = _told_until(path, write) or _limit_of(segment, component, since=write.settled_at or write.owed_at)
    return WatchedRepair(
        write=write, segment=segment[:24], component=component[:60], due_at=due_at,
        state=State.WATCHED if due_at else State.UNLIMITED,
    )  # fmt: skip


def _told_until(path: list[Footstep], write: OutsideWrite) -> datetime | None:
    """The moment the agent read out after the damage was registered; None where none was found."""
    for passed in reversed(path):
        asked = flow_of(passed.version_id).steps[passed.step].look_up
        if passed.position > write.position and asked == LIMIT and passed.found:
            return parse_datetime(str(passed.found.get("until") or ""))
    return None


def _limit_of(segment: str, component: str, *, since: datetime) -> datetime | None:
    """Of a damage whose caller was told nothing: confirmed later, or written down by hand."""
    row = RepairLimit.objects.for_one(of=RepairLimit.Of.REPAIR, segment=segment, component=component)
    return due_by(now=since, working_hours=float(row.working_hours)) if row else None


def _look_at(repair: WatchedRepair, *, now: datetime) -> int:
    """Ask what became of a damage whose time is over. What cannot be asked is asked again, for an hour."""
    write = repair.write
    contract = str(write.payload.get("contract") or write.walk.contract)
    looked = look_up(name=DAMAGES, arguments={"contract": contract}, now=now)
    if isinstance(looked.found, list):
        there: Mapping[str, Any] = next((one for one in looked.found if str(one.get("number")) == write.reference), {})
        if is_attended(there):
            return _settle(repair, state=State.KEPT, found=str(there["state"]), now=now)
        return _settle(repair, state=State.LATE, found=str(there.get("state") or ""), now=now)
    if repair.due_at and now < repair.due_at + ASKED_IN_VAIN:
        return 0
    return _settle(repair, state=State.NOT_SEEN, found="", now=now, trouble=looked.trouble)


def is_attended(damage: Mapping[str, Any]) -> bool:
    """Closed, executed or attended, and with service; one that was annulled was not repaired."""
    return damage.get("state") in ("closed", "executed", "attended") and damage.get("has_service") is not False


def _settle(repair: WatchedRepair, *, state: WatchedRepair.State, found: str, now: datetime, trouble: str = "") -> int:
    with transaction.atomic():
        mine = WatchedRepair.objects.select_for_update(no_key=True).filter(pk=repair.pk, state=State.WATCHED).first()
        if mine is None:
            return 0
        mine.state, mine.found, mine.looked_at = state, found[:40], now
        if state != State.KEPT:
            mine.card = _hand_over(repair, _why(state, found, trouble), found=found, now=now)
        mine.save()
    return int(mine.card_id is not None)


def _why(state: WatchedRepair.State, found: str, trouble: str) -> str:
    if state == State.NOT_SEEN:
        words = _("Venció el plazo de la reparación y no se pudo comprobar si se hizo: véalo en Smartflex.")
        return f"{words} {trouble}".strip()
    if not found:
        return _("Venció el plazo de la reparación y Smartflex no muestra el daño.")
    return _("Venció el plazo de la reparación y en Smartflex figura: %(state)s.") % {"state": words_of("state", found)}


def _hand_over(repair: WatchedRepair, reason: str, *, found: str, now: datetime) -> Escalation:
    write, here = repair.write, read_state(walk=repair.write.walk)
    until = timezone.localtime(repair.due_at, LA_PAZ)
    details = {
        "damage": write.reference,
        "service_number": str(write.payload.get("service_number") or ""),
        "component": repair.component,
        "segment": repair.segment,
        "state": words_of("state", found),
        "until": f"{until:%d/%m/%Y %H:%M}",
    }
    return raise_escalation(
        key=f"repair:{write.pk}",
        kind=KIND,
        line=write.walk.line.number,
        contract=write.walk.contract,
        customer_name=name_of_the_caller(write.walk, here.known),
        telephone=call_back_on(write.walk, here.known),
        zone=zone_of(here.known),
        reason=reason,
        details={name: text for name, text in details.items() if text},
        promised=words_heard(here, write),
        by=write.owed_by,
        now=now,
    )
