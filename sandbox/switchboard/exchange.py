"""The switchboard itself: its channels, telephones, queues and file, and the smallest things that happen to them.

Whatever happens is said to whoever listens in the moment it happens. What is made of these things is told elsewhere.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from sandbox.switchboard.channels import UNKNOWN, Bridge, Channel, Place, State, settle
from sandbox.switchboard.clock import Clock
from sandbox.switchboard.queue_log import QueueLog
from sandbox.switchboard.queues import Member, Queue, queues
from sandbox.switchboard.telephones import Behaviour, Customer, Device, Telephone, telephones
from sandbox.switchboard.wire import Said
from sandbox.switchboard.words import Words

NAMES = ("José Muñoz", "María Peña", "Ángel Nuñez", "Inés Güemes", "Ramón Ibáñez")


@dataclass
class Customs:
    """How people behave, as the knobs say. `talks`: seconds from and to; `always`: what becomes of every customer.

    `rings`: seconds the dialplan rings at somebody before it gives up.
    """

    always: Customer | None = None
    talks: tuple[float, float] = (20, 240)
    rings: float = 30.0
    has_names: bool = False  # whether callers come with a name


@dataclass
class Exchange:
    """`say` is given every message in its order, `send` lets a channel go on at a place of the dialplan.

    `dice` draws all that is drawn here.
    """

    clock: Clock
    words: Words
    log: QueueLog
    dice: random.Random
    say: Callable[[Said], None]
    send: Callable[[Channel, Place], None]
    customs: Customs = field(default_factory=Customs)
    channels: dict[str, Channel] = field(default_factory=dict)  # by uid, those that are not hung up
    telephones: dict[str, Telephone] = field(default_factory=telephones)
    queues: dict[str, Queue] = field(default_factory=queues)
    has_trunk: bool = True  # whether calls to outside get through
    clicks: dict[str, int] = field(default_factory=dict)  # how many ended so, by the word of the dialplan
    _uids: itertools.count[int] = field(default_factory=itertools.count)
    _serials: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def tell(self, *told: tuple[Said, ...]) -> None:
        for messages in told:
            for message in messages:
                self.say(message)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let it happen beside. Its fault is the switchboard's: it is shown, and the switchboard goes on."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            told = {"message": "what was under way at the switchboard broke off", "exception": fault}
            asyncio.get_running_loop().call_exception_handler(told)

    def interface(self, exten: str) -> str:
        return f"{self.words.technology}/{exten}"

    def telephone_at(self, device: str) -> Telephone | None:
        """The one of `PJSIP/1001`, if there is one of this technology."""
        technology, _slash, exten = device.partition("/")
        return self.telephones.get(exten) if technology == self.words.technology else None

    # channels

    def begin(self, *, device: str = "", number: str = "", context: str, uid: str = "", linked: str = "") -> Channel:
        """A new channel to a telephone, or through the trunk to a number."""
        serial = next(self._serials)
        name = f"{device}-{serial:08x}" if device else self.words.trunk(number, serial)
        uid = uid or self._uid()
        channel = Channel(name, uid, linked or uid, device=device, context=context, began=self.clock.passed())
        self.channels[uid] = channel
        self.tell(self.words.began(channel))
        return channel

    def show(self, channel: Channel, *, number: str, connected: str, name: str = UNKNOWN) -> None:
        """Who is at its other end, and whom that one sees."""
        channel.number, channel.caller, channel.connected = number, name, connected
        self.tell(self.words.shows(channel), self.words.connected_line(channel))

    def run(self, channel: Channel, application: str, data: str = "", *, priority: int | None = None) -> None:
        channel.application, channel.data = application, data
        channel.priority = priority or channel.priority
        self.tell(self.words.runs(channel))

    def set(self, channel: Channel, name: str, value: str) -> None:
        channel.variables[name] = value
        self.tell(self.words.variable(channel, name, value))

    def ring(self, channel: Channel) -> None:
        channel.state = State.RINGING
        self.tell(self.words.changed(channel))
        self.look_at(channel.device)

    def answer(self, channel: Channel) -> None:
        channel.state = State.UP
        self.tell(self.words.changed(channel))
        self.look_at(channel.device)

    def hang_up(self, channel: Channel, cause: int) -> None:
        if channel.gone.done():
            return
        for last in channel.at_end:
            last()
        settle(channel.gone)
        self.channels.pop(channel.uid, None)
        self.tell(self.words.hung_up(channel, cause))
        self.look_at(channel.device)

    def found(self, name: str) -> Channel | None:
        """A channel by its name or its uid."""
        return self.channels.get(name) or next((one for one in self.channels.values() if one.name == name), None)

    async def behave(self, channel: Channel, behaviour: Behaviour) -> None:
        """Do to a channel that was dialled what whoever is there does: answer it, or clear it, or neither."""
        if behaviour.seconds is None or await self.clock.wait(channel.gone, channel.lifted, seconds=behaviour.seconds):
            return
        if behaviour.cause:
            channel.ask_to_stop(cause=behaviour.cause)
        else:
            settle(channel.lifted)

    # bridges

    def join(self, caller: Channel, called: Channel) -> Bridge:
        """Both hear each other from now on."""
        bridge = self.room_for(caller, called)
        self.enter(bridge, caller)
        return bridge

    def room_for(self, caller: Channel, called: Channel) -> Bridge:
        """A bridge in which the called one waits for the caller, who comes later."""
        bridge = Bridge(self._bridge_uid(), (caller, called))
        self.tell(self.words.bridge_made(bridge))
        self.enter(bridge, called)
        return bridge

    def enter(self, bridge: Bridge, channel: Channel) -> None:
        bridge.inside.append(channel)
        channel.bridge = bridge
        settle(channel.met)
        self.tell(self.words.bridge_entered(bridge, channel))

    def leave(self, channel: Channel) -> None:
        """The bridge is gone with the last who leaves it."""
        bridge, channel.bridge = channel.bridge, None
        if bridge is None:
            return
        bridge.inside.remove(channel)
        self.tell(self.words.bridge_left(bridge, channel))
        if not bridge.inside:
            self.tell(self.words.bridge_gone(bridge))

    # telephones and the queues they serve

    def device_state(self, device: str) -> Device:
        telephone = self.telephone_at(device)
        if telephone is None or not telephone.is_registered:
            return Device.UNAVAILABLE
        states = {one.state for one in self.channels.values() if one.device == device}
        if State.UP in states:
            return Device.IN_USE
        return Device.RINGING if states else Device.NOT_IN_USE

    @property
    def trunk_state(self) -> Device:
        return Device.NOT_IN_USE if self.has_trunk else Device.UNAVAILABLE

    def look_at(self, device: str) -> None:
        """Tell what became of a telephone, if it is not what was told last."""
        telephone = self.telephone_at(device)
        if telephone is None or (state := self.device_state(device)) == telephone.told:
            return
        telephone.told = state
        self.tell(self.words.device(device, state))
        for member in self.memberships(device):
            self.tell(self.words.member("QueueMemberStatus", member, state))

    def memberships(self, interface: str) -> list[Member]:
        return [one for queue in self.queues.values() for one in queue.members if one.interface == interface]

    def take_calls(self, exten: str, *, picks_up: float) -> None:
        """The telephone is a member of every queue, as one that its configuration names."""
        self.telephones[exten].picks_up = picks_up
        for queue in self.queues.values():
            queue.members.append(Member(queue.name, self.interface(exten), exten))

    def record(self, queue: str, agent: str, event: str, *data: object, callid: str) -> None:
        """A line of queue_log."""
        self.log.write(seconds=self.clock.now(), callid=callid, queue=queue, agent=agent, event=event, data=data)

    def _bridge_uid(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def _uid(self) -> str:
        return f"{int(self.clock.now())}.{next(self._uids)}"
