"""What a switchboard's answers about one queue, one telephone or one context mean to whoever sets it up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from telephony.ami import Message

RESULT = "ClickToCallResult"  # what the dialplan says at the end of a call of ours
FIELD = "DialStatus: ${DIALSTATUS}"  # without it nothing is known by that event; variables keep their case
TOLD = re.compile(r",\s*(?i:dialstatus)\s*:\s*\$\{DIALSTATUS\}\s*(?:,|$)")
UNREGISTERED = "4"  # of ExtensionState: unavailable
NO_HINT = ("-1", "-2", "")  # nobody watches that extension
GONE = ("4", "5")  # of a queue's member: invalid, unavailable


class State(StrEnum):
    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried. `do` is what to do about it, empty where there is nothing to do."""

    what: str
    state: State
    words: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class Telephone:
    """An extension and its channel: `1001`, `PJSIP/1001`."""

    number: str
    channel: str


def queue_of(queue: str, line: str, *, is_there: bool, members: int, is_only: bool = True) -> Finding:
    """Whether a line's queue is one of the switchboard's. One without members is there: they may join later.

    `is_only`: there is no other switchboard that could have it.
    """
    what, said = f"queue {queue}", {"queue": queue, "line": line, "count": members}
    if not is_there:
        words = _("La cola %(queue)s de %(line)s no está en la central.") % said
        if not is_only:
            return Finding(what, State.UNKNOWN, words, _("Está bien si la tiene otra de las centrales en uso."))
        return Finding(what, State.MISSING, words, _("Créela en la central, o corrija la cola de la línea."))
    words = ngettext(
        "La cola %(queue)s de %(line)s está, con %(count)s teléfono.",
        "La cola %(queue)s de %(line)s está, con %(count)s teléfonos.",
        members,
    )
    return Finding(what, State.OK, words % said)


def telephone_of(telephone: Telephone, answer: Message, members: Sequence[Message]) -> Finding:
    """Whether it is registered: by what watches it, else by a queue that has it."""
    what, said = f"telephone {telephone.number}", {"telephone": telephone.channel}
    absent = Finding(
        what, State.MISSING, _("%(telephone)s no está registrado.") % said,
        _("Encienda el teléfono y mire su clave; o márquelo como no activo, si ya no existe."),
    )  # fmt: skip
    there = Finding(what, State.OK, _("%(telephone)s está registrado.") % said)
    if other := _of_another_technology(telephone, answer, members):
        words = _("La central tiene %(other)s, y el interno se llamaría como %(telephone)s: ninguna llamada saldría.")
        do = _("Corrija la tecnología de la central o del interno, en la administración.")
        return Finding(what, State.MISSING, words % {**said, "other": other}, do)
    status = answer.get("status") if answer.succeeded else ""
    if status == UNREGISTERED:
        return absent
    if status not in NO_HINT:
        return there
    own = [one for one in members if member_interface(one) == telephone.channel]
    if own:
        return absent if any(one.get("status") in GONE for one in own) else there
    do = _("Llámelo una vez; o póngale un hint en el plan de marcado.")
    return Finding(what, State.UNKNOWN, _("La central no vigila %(telephone)s: no dice si está.") % said, do)


def trunk_of(device: str, listed: Mapping[str, bool] | None) -> Finding:
    """Whether a trunk can be had. `listed`: what the switchboard tells of its devices; None where it tells of none."""
    what, said = f"trunk {device}", {"trunk": device}
    if listed is None:
        do = _("Mírelo en la central: pjsip show endpoints, o sip show peers.")
        return Finding(what, State.UNKNOWN, _("La central no dice si alcanza la troncal %(trunk)s.") % said, do)
    if device not in listed:
        words = _("La central no dice nada de una troncal %(trunk)s.") % said
        do = _("Mire su nombre y su tecnología; y que la central la vigile (qualify).")
        return Finding(what, State.UNKNOWN, words, do)
    if not listed[device]:
        do = _("Mire la red y el registro de la troncal: por ella no sale ni entra ninguna llamada.")
        return Finding(what, State.MISSING, _("La central no alcanza la troncal %(trunk)s.") % said, do)
    return Finding(what, State.OK, _("La central alcanza la troncal %(trunk)s.") % said)


def _of_another_technology(telephone: Telephone, answer: Message, members: Iterable[Message]) -> str:
    """What the switchboard calls that number by, where it is another than the row says; '' where nothing says so."""
    hinted = answer.get("hint").split("&") if answer.succeeded else []
    channels = [one.partition("@")[0] for one in (*hinted, *map(member_interface, members))]
    of_it = [one for one in channels if one.partition("/")[2] == telephone.number and not one.startswith("Local/")]
    return "" if telephone.channel in of_it else next(iter(of_it), "")


def dialplan_of(what: str, context: str, answer: Message, listed: Sequence[Message], *, has_to_tell: bool) -> Finding:
    """Whether a context is there; of the one that calls customers, whether it says how a call ended."""
    said = {"context": context}
    if not answer.succeeded:
        if "did not find" in answer.get("message").lower():
            do = _("Escríbalo en extensions_custom.conf como dice docs/switchboard.md; y después: dialplan reload.")
            return Finding(what, State.MISSING, _("El plan de marcado no tiene [%(context)s].") % said, do)
        do = _("Déle al usuario write = reporting, o mírelo en la central: dialplan show %(context)s.") % said
        return Finding(what, State.UNKNOWN, _("La central no dice si tiene [%(context)s].") % said, do)
    told = [one.get("appdata") for one in listed if _is_at_the_end(one)]
    if has_to_tell and not any(TOLD.search(data) for data in told):
        words = _("[%(context)s] no dice al final cómo terminó la llamada (%(event)s).")
        do = _("Agregue su extensión h: sin ella ocupado y fuera de servicio se confunden.")
        if told:
            do = _("Su extensión h no lleva «%(field)s»: escríbala como dice docs/switchboard.md.") % {"field": FIELD}
        return Finding(what, State.MISSING, words % {**said, "event": RESULT}, do)
    return Finding(what, State.OK, _("El plan de marcado tiene [%(context)s].") % said)


def queue_events_of(*, is_told: bool, rang: bool) -> Finding:
    """Whether an older switchboard tells whom its queues ring. `is_told`: it did while it was looked at.

    `rang`: the telephone of a member rang or was lifted meanwhile, and somebody had come into a queue.
    """
    what = "queue events"
    if is_told:
        return Finding(what, State.OK, _("Las colas dicen a quién llaman (AgentCalled)."))
    do = _("En cada cola: eventwhencalled = yes y eventmemberstatus = yes; vea docs/switchboard.md.")
    if rang:
        words = _("Una cola llamó a un teléfono y no lo dijo (AgentCalled): no se vería que timbra ni quién contesta.")
        return Finding(what, State.MISSING, words, do)
    words = _("Ninguna cola llamó a nadie mientras se miraba: no se sabe si lo diría (AgentCalled).")
    return Finding(what, State.UNKNOWN, words, do)


def _is_at_the_end(step: Message) -> bool:
    """Whether a step of a dialplan tells the event, where a channel comes to when it is hung up: anywhere else it is
    told of no call of ours, or before it ended.
    """
    name = step.get("appdata").partition(",")[0].strip().lower()
    is_told = step.get("application").lower() == "userevent" and name == RESULT.lower()
    return is_told and step.get("extension") == "h"


def classes_heard(needed: Iterable[str], heard: Iterable[str]) -> list[Finding]:
    """Which classes of events were heard meanwhile; of one that was not nobody knows whether it would be."""
    found = []
    for one in needed:
        said = {"class": one}
        if one in heard:
            found.append(Finding(f"events {one}", State.OK, _("Se oyen los sucesos de %(class)s.") % said))
        else:
            words = _("No hubo sucesos de %(class)s mientras se miraba.") % said
            do = _("Haga una llamada a una cola mientras se comprueba; deben estar en read, en manager.conf.")
            found.append(Finding(f"events {one}", State.UNKNOWN, words, do))
    return found


def member_interface(member: Message) -> str:
    """`Location` in QueueMember of older ones, `Interface` later; `/n` and what is after `@` are of Local channels."""
    return member.get("stateinterface") or member.get("interface") or member.get("location")
