"""How the lines reach the outside systems: each connected, by hand or off, as the admin says now.

Nothing is kept between two uses but what the clients share, their connections and breakers: mode and time-out are read
from the table each time, which is one small query beside a request over the network.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from agents.models import Search, User
from agents.searching import note_search
from inbound.models import OutsideSystem, ReservedSearch
from inbound.outside.look_ups import look_ups
from inbound.outside.readings import HOUSE
from systems.connection import Connection, Done
from systems.errors import OutcomeUnknown, SystemRefused, SystemUnavailable
from systems.registry import asked_cells, cells, name_of
from systems.wire import papers_of

log = logging.getLogger(__name__)
Mode = OutsideSystem.Mode
TRIAL_WAIT = 2.0  # seconds
TROUBLE_LENGTH = 200  # of a footstep


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look-up brought: `found` is JSON-able and None when nothing was found or nobody could be asked.

    `trouble` says why nobody answered. `by_hand`: the agent may write what the old screen says, in the fields of the
    look-up; neither found nor by hand means that the system is off and the step goes on without it.
    """

    found: Any
    trouble: str = ""
    by_hand: bool = False


class NotConnected(Exception):
    """The system is not to be asked by a machine now; `mode` says what to do instead."""

    def __init__(self, mode: OutsideSystem.Mode, sentence: str) -> None:
        super().__init__(sentence)
        self.mode = mode


@dataclass(frozen=True, slots=True)
class SystemUse:
    """How one system is used at this moment."""

    code: str
    name: str
    mode: OutsideSystem.Mode
    timeout: float
    address: str
    is_trial: bool = False  # no system of the site: it is not shown what lets the site in


def use_of(code: str, *, row: OutsideSystem | None = None) -> SystemUse:
    """The use of one system, read now unless its `row` is at hand.

    One that is connected but has no address in the settings is used by hand; one without a row is connected.
    """
    row = row or OutsideSystem.objects.filter(code=code).first() or OutsideSystem(code=code)
    address = settings.SYSTEM_URLS.get(code, settings.SYSTEMS_URL)
    mode = Mode(row.mode)
    if mode == Mode.CONNECTED and not address:
        mode = Mode.BY_HAND
    return SystemUse(code, name_of(code), mode, float(row.timeout_seconds), address)


class Clients:
    """The clients of the systems by their code, `clients.smartflex`; one that is not connected raises NotConnected."""

    def __init__(self, uses: Mapping[str, SystemUse]) -> None:
        self._uses = uses

    def mode_of(self, code: str) -> OutsideSystem.Mode:
        """How the system stands; one that a site has no longer is off."""
        return self._use(code).mode

    def __getattr__(self, code: str) -> Any:
        if code not in asked_cells():
            raise AttributeError(code)
        use = self._way_to(code)
        lets_in = {"token": ""} if use.is_trial else let_in_by(code)
        return cells()[code].client_at(use.address, timeout=use.timeout, **lets_in)

    def was_done(self, code: str, *, key: str) -> Done | None:
        """Whether a write of the system with this key was done. Raises NotConnected and SystemUnavailable."""
        use = self._way_to(code)
        return Connection(code, use.address, timeout=use.timeout, **let_in_by(code)).was_done(key=key)

    def _way_to(self, code: str) -> SystemUse:
        """How a connected system is used. Raises NotConnected."""
        use = self._use(code)
        if use.mode != Mode.CONNECTED:
            raise NotConnected(use.mode, why_not_connected(use))
        return use

    def _use(self, code: str) -> SystemUse:
        return self._uses.get(code) or SystemUse(code, name_of(code), Mode.OFF, timeout=0, address="")


def let_in_by(code: str) -> dict[str, Any]:
    """What a system lets us in by: its `token` and `papers`, where it has its own, else those of all."""
    papers = papers_of(settings.SYSTEMS_PAPERS, settings.SYSTEM_PAPERS.get(code, {}))
    return {"token": settings.SYSTEM_TOKENS.get(code, settings.SYSTEMS_TOKEN), "papers": papers}


def put_in_systems(rows: type[OutsideSystem] = OutsideSystem) -> None:
    """A row for each system that has none yet, with the limits its cell begins with; a row that is there stays.

    `rows`: the model, as the migrations have it where they are not through yet.
    """
    known = set(rows.objects.values_list("code", flat=True))
    rows.objects.bulk_create(
        [
            rows(
                code=code,
                daily_limit=cell.limits.daily_amount,
                largest_amount=cell.limits.largest_amount,
                daily_writes=cell.limits.daily_writes,
                cool_down_minutes=cell.limits.cool_down_minutes,
            )
            for code, cell in cells().items()
            if code not in known
        ],
        ignore_conflicts=True,  # two releases that begin at the same moment
    )


def clients(*, now: datetime) -> Clients:
    """The clients as the systems stand at `now`, which is when they are read."""
    rows = {row.code: row for row in OutsideSystem.objects.all()}
    return Clients({code: use_of(code, row=rows.get(code)) for code in asked_cells()})


def why_not_connected(use: SystemUse) -> str:
    """The sentence of a step whose system is not asked."""
    if use.mode == Mode.OFF:
        return _("%(system)s está apagado: siga sin ese dato.") % {"system": use.name}
    return _("%(system)s se usa a mano: mire su pantalla de siempre.") % {"system": use.name}


def look_up(
    *,
    name: str,
    arguments: Mapping[str, Any],
    now: datetime,
    by: User | None = None,
    call: uuid.UUID | None = None,
    instead: str | None = None,
) -> Looked:
    """Ask what `name` of the registry says. Raises KeyError for a look-up that is not in the registry.

    `instead`: who is asked in place of the site's own systems, for a trial; empty: nobody, it is written by hand.

    What `by` asks for is written down before it is, with the `call` it is for; raises TooMuch where that is more than
    her work needs. Never raises for a system that fails, and never takes longer than its time-out. Call it outside of
    any transaction: it goes over the network. Numbers in reserve are counted in the audit under the name of `by` and
    are not in what it returns.
    """
    asked = look_ups()[name]
    said = {key: str(value).strip() for key, value in arguments.items() if value is not None}
    if name.startswith(HOUSE):
        return Looked(asked.run(None, said, now))
    use = use_of(asked.system) if instead is None else _on_trial(asked.system, instead)
    if use.mode != Mode.CONNECTED:
        trouble = why_not_connected(use) if use.mode == Mode.OFF else ""
        return Looked(None, trouble, by_hand=use.mode == Mode.BY_HAND)
    if missing := [need for need in asked.needs if not said.get(need)]:
        log.warning("look-up %s without %s", name, ", ".join(missing))
        return _unanswered(_("Falta un dato para preguntar a %(system)s.") % {"system": use.name})
    if by is not None and instead is None:
        words = " · ".join(said[need] for need in sorted(said) if said[need])
        note_search(user=by, where=Search.Where.CALL, what=name, asked=words, call=call, now=now)
    try:
        found = asked.run(Clients({asked.system: use}), said, now)
    except (SystemUnavailable, SystemRefused, OutcomeUnknown) as failure:
        if asked.kept_back:  # its own words may say the very thing that is kept back
            return _unanswered(_("%(system)s no respondió a la búsqueda.") % {"system": use.name})
        told = str(failure)
        return _unanswered(told if use.name in told else f"{use.name}: {told}")
    except Exception:  # an answer nobody foresaw: the caller waits, so the agent goes on by hand and we read the log
        log.exception("look-up %s failed", name)
        return _unanswered(_("No se entendió la respuesta de %(system)s.") % {"system": use.name})
    if asked.kept_back and (reserved := found.pop(asked.kept_back, 0)) and instead is None:
        ReservedSearch.objects.create(at=now, by=by, reserved=reserved)
    return Looked(found)


def _on_trial(code: str, address: str) -> SystemUse:
    """A system that is no system of the site."""
    return SystemUse(
        code, name_of(code), Mode.CONNECTED if address else Mode.BY_HAND, TRIAL_WAIT, address, is_trial=True
    )


def _unanswered(trouble: str) -> Looked:
    return Looked(None, trouble[:TROUBLE_LENGTH], by_hand=True)
