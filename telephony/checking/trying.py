"""Trying a switchboard: what a site's connection has, what it lacks, and what nobody can know without a call.

One connection, which only asks: rights are tried with actions that lack what they are about, so that the switchboard
says either that it is forbidden or what is missing. Nothing is called, paused or moved, and no row is written.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from telephony.ami import Message, NotSendable
from telephony.channels import number_of
from telephony.checking.findings import (
    Finding,
    State,
    Telephone,
    classes_heard,
    dialplan_of,
    member_interface,
    queue_events_of,
    queue_of,
    telephone_of,
    trunk_of,
)
from telephony.checking.probing import NotASwitchboard, Probe, Unanswered
from telephony.events import DeviceSeen
from telephony.link import Address
from telephony.vocabularies import Vocabulary

CLOCK_MAY_DIFFER = 5.0  # seconds; waits and calls are told by this clock
DENIED = "permission denied"
RINGS, JOINS = "agentcalled", "join"  # a queue rings a member; somebody came into a queue
NO_SUCH_ACTION = "invalid/unknown command"


class _Ended(Exception):
    """There is no going on after this step."""


@dataclass(frozen=True)
class Wanted:
    """What the switchboard is to have: as it stands in the rows. `queues`: each with what it is of, for the words."""

    address: Address
    secret_variable: str
    context: str
    transfer_context: str
    telephones: Sequence[Telephone]
    queues: Sequence[tuple[str, str]]
    trunks: Sequence[str] = ()
    is_the_only_one: bool = True  # else a queue it has not may be another's


@dataclass(frozen=True)
class Patience:
    """Seconds: for each answer, and to hear what happens meanwhile."""

    answer: float = 8.0
    hear: float = 3.0


async def check(wanted: Wanted, *, clock: Callable[[], datetime], patience: Patience) -> list[Finding]:
    """Try it. Returns what was found, in the order it was tried; what was not come to is not in it."""
    return await _Checkup(wanted, clock, patience).run()


class _Checkup:
    def __init__(self, wanted: Wanted, clock: Callable[[], datetime], patience: Patience) -> None:
        self._wanted, self._clock, self._patience = wanted, clock, patience
        self._found: list[Finding] = []
        self._vocabulary = Vocabulary("")
        self._members: list[Message] = []  # of all queues
        self._has_queues = False

    async def run(self) -> list[Finding]:
        probe = None
        try:
            self._has_secret()
            probe = await self._reach()
            await self._come_in(probe)
            for step in (
                self._rights, self._clocks, self._contexts, self._queues, self._telephones, self._trunks, self._chanspy,
                self._events,
            ):  # fmt: skip
                await step(probe)
        except _Ended:
            pass
        except Unanswered:
            words = _("Dejó de contestar en medio de la comprobación: lo que sigue no se probó.")
            self._missing("answers", words, _("Mire la central y la red entre ambas, y pruebe otra vez."))
        except NotSendable as header:
            words = _("En la fila de la central hay un valor que no se envía así (%(header)s).") % {"header": header}
            self._missing("row", words, _("Corríjalo en la administración: solo letras, cifras, punto y guion."))
        finally:
            if probe is not None:
                await probe.leave()
        return self._found

    def _ok(self, what: str, words: str) -> None:
        self._found.append(Finding(what, State.OK, words))

    def _missing(self, what: str, words: str, do: str) -> None:
        self._found.append(Finding(what, State.MISSING, words, do))

    def _unknown(self, what: str, words: str, do: str = "") -> None:
        self._found.append(Finding(what, State.UNKNOWN, words, do))

    def _has_secret(self) -> None:
        said = {"variable": self._wanted.secret_variable}
        if self._wanted.address.secret:
            self._ok("secret", _("La variable %(variable)s tiene una clave.") % said)
        else:
            words = _("La variable %(variable)s no tiene clave en este entorno.") % said
            do = _("Póngala en el archivo .env del servidor, la misma que en manager.conf.")
            self._missing("secret", words, do)

    async def _reach(self) -> Probe:
        """Its name, its port, its TLS, in this order: whoever hears which one fails need not look at the others."""
        where = self._wanted.address
        said = {"host": where.host, "port": where.port}
        seconds = self._patience.answer
        try:
            loop = asyncio.get_running_loop()
            known = await loop.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
        except OSError:
            words = _("La dirección %(host)s no se conoce desde aquí.") % said
            self._missing("name", words, _("Corrija la dirección de la central, o escriba su IP."))
            raise _Ended from None
        self._ok("name", _("%(host)s es %(address)s.") % {**said, "address": known[0][4][0]})
        try:
            async with asyncio.timeout(seconds):
                reader, writer = await asyncio.open_connection(where.host, where.port)
        except TimeoutError:
            words = _("El puerto %(port)s de %(host)s no contesta.") % said
            self._missing("port", words, _("Ábralo en el cortafuegos para este servidor."))
            raise _Ended from None
        except OSError:
            words = _("El puerto %(port)s de %(host)s está cerrado.") % said
            do = _("En manager.conf: enabled = yes, y el mismo port y un bindaddr que se alcance desde aquí.")
            self._missing("port", words, do)
            raise _Ended from None
        self._ok("port", _("El puerto %(port)s está abierto.") % said)
        probe = Probe(reader, writer, seconds)
        if where.tls is not None:
            await self._secure(probe, where.tls, where.host)
        return probe

    async def _secure(self, probe: Probe, tls: ssl.SSLContext, host: str) -> None:
        try:
            await probe.secure(tls, host=host)
        except ssl.SSLCertVerificationError as error:
            words = _("El certificado de la central no vale: %(why)s.") % {"why": error.verify_message}
            do = _("Ponga en tlscertfile uno que valga para esa dirección, y su autoridad en este servidor.")
        except (OSError, TimeoutError):
            words = _("La central no habla TLS en ese puerto.")
            do = _("En manager.conf: tlsenable = yes y su tlsbindaddr (5039); o quite «con TLS» de la central.")
        else:
            self._ok("tls", _("TLS con un certificado que vale."))
            return
        self._missing("tls", words, do)
        probe.writer.transport.abort()
        raise _Ended

    async def _come_in(self, probe: Probe) -> None:
        where = self._wanted.address
        try:
            await probe.greet()
        except NotASwitchboard as other:
            words = _("Ahí no contesta un AMI: dijo «%(said)s».") if str(other) else _("Ahí no saluda ningún AMI.")
            do = _("Mire el puerto: el AMI de Asterisk suele estar en el 5038.")
            self._missing("greeting", words % {"said": str(other)}, do)
            raise _Ended from None
        self._vocabulary = Vocabulary(probe.version)
        kind = _("Asterisk 11 o anterior") if self._vocabulary.is_older else _("Asterisk 12 o posterior")
        said = {"version": probe.version, "kind": kind}
        self._ok("greeting", _("Saluda como AMI %(version)s: se le habla como a %(kind)s.") % said)
        answer = await probe.sign_in(where.user, where.secret)
        if not answer.succeeded:
            words = _("No acepta al usuario %(user)s con esa clave.") % {"user": where.user}
            do = _("Mire en manager.conf el nombre, secret, permit y allowmultiplelogin; y después: manager reload.")
            self._missing("sign_in", words, do)
            raise _Ended
        self._ok("sign_in", _("Acepta al usuario %(user)s.") % {"user": where.user})
        try:
            await probe.boot()
        except Unanswered:
            words = _("No dijo que esté lista (FullyBooted): así el enlace no empieza.")
            self._missing("booted", words, _("Déle al usuario read = system; o espere, si la central recién arranca."))
        else:
            self._ok("booted", _("Está lista (FullyBooted)."))

    async def _rights(self, probe: Probe) -> None:
        """By class of `write`: each action of it that the house needs, asked for with nothing in it."""
        blind = "Redirect" if self._vocabulary.is_older else "BlindTransfer"
        needed = {"originate": ["Originate"], "call": ["Hangup", blind, "Atxfer"], "agent": ["QueuePause"]}
        for right, names in needed.items():
            answers = {name: _said(await probe.ask(name)) for name in names}
            denied = [name for name, said in answers.items() if DENIED in said]
            absent = [name for name, said in answers.items() if NO_SUCH_ACTION in said]
            told = {"right": right, "names": ", ".join(denied or absent or names)}
            if denied:
                words = _("El usuario no puede pedir: %(names)s.") % told
                self._missing(f"right {right}", words, _("Agregue %(right)s a su write en manager.conf.") % told)
            elif absent:
                words = _("La central no conoce: %(names)s.") % told
                self._missing(f"right {right}", words, _("Cargue el módulo que lo tiene: module load."))
            else:
                self._ok(f"right {right}", _("Puede pedir (%(right)s): %(names)s.") % told)
        answer, _listed = await probe.ask_for_all("CoreShowChannels")
        if answer.succeeded:
            self._ok("right channels", _("Puede ver las llamadas que hay (CoreShowChannels)."))
        else:
            words = _("El usuario no puede ver las llamadas que hay (CoreShowChannels): así el enlace no empieza.")
            self._missing("right channels", words, _("Agregue reporting a su write en manager.conf."))

    async def _clocks(self, probe: Probe) -> None:
        before = self._clock()
        told = (await probe.ask("Ping")).get("timestamp")
        after = self._clock()
        try:
            theirs = float(told)
        except ValueError:
            self._unknown("clock", _("La central no dice su hora."))
            return
        ours = (before.timestamp() + after.timestamp()) / 2
        differs = max(0.0, abs(theirs - ours) - (after - before).total_seconds() / 2)
        said = {"seconds": f"{differs:.1f}".replace(".", ",")}
        if differs <= CLOCK_MAY_DIFFER:
            self._ok("clock", _("Su hora difiere %(seconds)s s de la de aquí.") % said)
        else:
            words = _("Su hora difiere %(seconds)s s de la de aquí.") % said
            self._missing("clock", words, _("Ponga ambas en hora con NTP."))

    async def _contexts(self, probe: Probe) -> None:
        out, inside = self._wanted.context, self._wanted.transfer_context
        for what, context in (("context", out), ("transfer_context", inside)):
            answer, listed = await probe.ask_for_all("ShowDialPlan", [("Context", context)])
            self._found.append(dialplan_of(what, context, answer, listed, has_to_tell=what == "context"))

    async def _queues(self, probe: Probe) -> None:
        answer, listed = await probe.ask_for_all("QueueStatus")
        self._members = [one for one in listed if one.event.lower() == "queuemember"]
        if not answer.succeeded:
            self._unknown("queues", _("La central no dice qué colas tiene: %(said)s") % {"said": answer.get("message")})
            return
        there = {one.get("queue") for one in listed if one.event.lower() == "queueparams"}
        self._has_queues = bool(there)
        if not self._wanted.queues:
            self._unknown("queues", _("Ninguna línea dice su cola."), _("Escríbala en la línea, en la administración."))
        for queue, line in self._wanted.queues:
            count = sum(one.get("queue") == queue for one in self._members)
            self._found.append(
                queue_of(queue, line, is_there=queue in there, members=count, is_only=self._wanted.is_the_only_one)
            )

    async def _telephones(self, probe: Probe) -> None:
        if not self._wanted.telephones:
            do = _("Escríbalos en la administración, en Telefonía.")
            self._missing("telephones", _("La central no tiene internos en uso."), do)
        for telephone in self._wanted.telephones:
            headers = [("Exten", telephone.number), ("Context", self._wanted.transfer_context)]
            answer = await probe.ask("ExtensionState", headers)
            self._found.append(telephone_of(telephone, answer, self._members))

    async def _trunks(self, probe: Probe) -> None:
        """By the same list as the link's: whoever is not in it is watched by nobody."""
        if not self._wanted.trunks:
            return
        answer, listed = await probe.ask_for_all(self._vocabulary.asks_for_devices)
        seen = [one for message in listed for one in self._vocabulary.read(message) if isinstance(one, DeviceSeen)]
        told = {one.device: one.is_there for one in seen} if answer.succeeded else None
        self._found.extend(trunk_of(one, told) for one in self._wanted.trunks)

    async def _chanspy(self, probe: Probe) -> None:
        said = _said(answer := await probe.ask("ModuleCheck", [("Module", "app_chanspy")]))
        if answer.succeeded:
            self._ok("chanspy", _("Tiene ChanSpy: se puede escuchar, susurrar e intervenir."))
        elif "not loaded" in said:
            do = _("En la central: module load app_chanspy.so. Sin él no se puede escuchar.")
            self._missing("chanspy", _("No tiene cargado ChanSpy."), do)
        else:
            do = _("Mírelo en la central: core show application ChanSpy.")
            self._unknown("chanspy", _("El usuario no puede preguntar si está ChanSpy, y no le hace falta."), do)

    async def _events(self, probe: Probe) -> None:
        """Which classes its user reads, nobody tells: only what happened in the meantime shows it."""
        needed = {"call", "agent", "user"} | ({"dialplan"} if self._vocabulary.is_older else set())
        asks_for_rings = self._vocabulary.is_older and self._has_queues  # newer ones tell of them always
        await probe.hear(needed, seconds=self._patience.hear, event=RINGS if asks_for_rings else "")
        self._found.extend(classes_heard(sorted(needed), probe.classes))
        if asks_for_rings:
            members = {number_of(member_interface(one)) for one in self._members} - {""}
            rang = JOINS in probe.happened and not members.isdisjoint(number_of(one) for one in probe.rang)
            self._found.append(queue_events_of(is_told=RINGS in probe.happened, rang=rang))


def _said(answer: Message) -> str:
    return answer.get("message").lower()
