"""How the lines reach the outside systems: each connected, by hand or off, as the admin says now.

Nothing is kept between two uses but what the clients share, their connections and breakers: mode and time-out are read
from the table each time, which is one small query beside a request over the network.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from agents.models import User
from inbound.flows.shapes import HOUSE
from inbound.models import OutsideSystem, ReservedSearch, System
from inbound.outside.look_ups import LOOK_UPS
from systems.errors import OutcomeUnknown, SystemRefused, SystemUnavailable

log = logging.getLogger(__name__)
Mode = OutsideSystem.Mode
TROUBLE_LENGTH = 200  # of a footstep

CLIENTS = {
    "smartflex": "systems.smartflex.Smartflex",
    "lbc": "systems.lbc.Lbc",
    "c_cli4g": "systems.c_cli4g.CCli4g",
    "gsi": "systems.gsi.Gsi",
    "pac": "systems.pac.Pac",
    "guiatel": "systems.guiatel.Guiatel",
    "guia_comercial": "systems.guia_comercial.GuiaComercial",
    "p_empleados": "systems.p_empleados.PEmpleados",
    "boliviatel": "systems.boliviatel.Boliviatel",
    "btel2": "systems.btel2.Btel2",
    "mio": "systems.mio.Mio",
    "qbc": "systems.qbc.Qbc",
    "nocc": "systems.nocc.Nocc",
}


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
class Standing:
    """How one system is used at this moment."""

    code: str
    name: str
    mode: OutsideSystem.Mode
    timeout: float
    address: str


def standing_of(code: str, *, row: OutsideSystem | None = None) -> Standing:
    """The standing of one system, read now unless its `row` is at hand.

    One that is connected but has no address in the settings is used by hand; one without a row is connected.
    """
    row = row or OutsideSystem.objects.filter(code=code).first() or OutsideSystem(code=code)
    address = settings.SYSTEM_URLS.get(code, settings.SYSTEMS_URL)
    mode = Mode(row.mode)
    if mode == Mode.CONNECTED and not address:
        mode = Mode.BY_HAND
    return Standing(code, str(System(code).label), mode, float(row.timeout_seconds), address)


class Clients:
    """The clients of the systems by their code, `clients.smartflex`; one that is not connected raises NotConnected."""

    def __init__(self, standings: Mapping[str, Standing]) -> None:
        self._standings = standings

    def mode_of(self, code: str) -> OutsideSystem.Mode:
        """How the system stands."""
        return self._standings[code].mode

    def __getattr__(self, code: str) -> Any:
        if code not in CLIENTS:
            raise AttributeError(code)
        standing = self._standings[code]
        if standing.mode != Mode.CONNECTED:
            raise NotConnected(standing.mode, why_not_connected(standing))
        client = import_string(CLIENTS[code])
        return client(
            standing.address, token=settings.SYSTEM_TOKENS.get(code, settings.SYSTEMS_TOKEN), timeout=standing.timeout
        )


def clients(*, now: datetime) -> Clients:
    """The clients as the systems stand at `now`, which is when they are read."""
    rows = {row.code: row for row in OutsideSystem.objects.all()}
    return Clients({code: standing_of(code, row=rows.get(code)) for code in CLIENTS})


def why_not_connected(standing: Standing) -> str:
    """The sentence of a step whose system is not asked."""
    if standing.mode == Mode.OFF:
        return _("%(system)s está apagado: siga sin ese dato.") % {"system": standing.name}
    return _("%(system)s se usa a mano: mire su pantalla de siempre.") % {"system": standing.name}


def look_up(*, name: str, arguments: Mapping[str, Any], now: datetime, by: User | None = None) -> Looked:
    """Ask what `name` of the registry says. Never raises for a system that fails, and never takes longer than its

    time-out. Call it outside of any transaction: it goes over the network. Numbers in reserve are counted in the audit
    under the name of `by` and are not in what it returns. Raises KeyError for a look-up that is not in the registry.
    """
    asked = LOOK_UPS[name]
    said = {key: str(value).strip() for key, value in arguments.items() if value is not None}
    if name.startswith(HOUSE):
        return Looked(asked.run(None, said, now))
    standing = standing_of(asked.system)
    if standing.mode != Mode.CONNECTED:
        trouble = why_not_connected(standing) if standing.mode == Mode.OFF else ""
        return Looked(None, trouble, by_hand=standing.mode == Mode.BY_HAND)
    if missing := [need for need in asked.needs if not said.get(need)]:
        log.warning("look-up %s without %s", name, ", ".join(missing))
        return _unanswered(_("Falta un dato para preguntar a %(system)s.") % {"system": standing.name})
    try:
        found = asked.run(Clients({asked.system: standing}), said, now)
    except (SystemUnavailable, SystemRefused, OutcomeUnknown) as failure:
        if asked.kept_back:  # its own words may say the very thing that is kept back
            return _unanswered(_("%(system)s no respondió a la búsqueda.") % {"system": standing.name})
        told = str(failure)
        return _unanswered(told if standing.name in told else f"{standing.name}: {told}")
    except Exception:  # an answer nobody foresaw: the caller waits, so the agent goes on by hand and we read the log
        log.exception("look-up %s failed", name)
        return _unanswered(_("No se entendió la respuesta de %(system)s.") % {"system": standing.name})
    if asked.kept_back and (reserved := found.pop(asked.kept_back, 0)):
        ReservedSearch.objects.create(at=now, by=by, reserved=reserved)
    return Looked(found)


def _unanswered(trouble: str) -> Looked:
    return Looked(None, trouble[:TROUBLE_LENGTH], by_hand=True)
