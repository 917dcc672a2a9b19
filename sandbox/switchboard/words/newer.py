"""Asterisk 12 and later, as it was recorded: every channel with all that is known of it, one event a thing."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.switchboard.channels import CAUSES, Bridge, Channel, Ending, Place
from sandbox.switchboard.queues import Member
from sandbox.switchboard.wire import Said

STATES = {0: "Down", 4: "Ring", 5: "Ringing", 6: "Up"}
DEVICES = {1: "NOT_INUSE", 2: "INUSE", 5: "UNAVAILABLE", 6: "RINGING"}
DIALS = {17: "BUSY", 34: "CONGESTION", 3: "CHANUNAVAIL", 20: "CHANUNAVAIL"}  # of a cause; all others are NOANSWER


def said(event: str, privilege: str, *parts: Said) -> tuple[Said]:
    return ([("Event", event), ("Privilege", f"{privilege},all"), *(pair for part in parts for pair in part)],)


def leg(channel: Channel, prefix: str = "") -> Said:
    told: list[tuple[str, object]] = [
        ("Channel", channel.name),
        ("ChannelState", channel.state.value),
        ("ChannelStateDesc", STATES[channel.state]),
        ("CallerIDNum", channel.number),
        ("CallerIDName", channel.caller),
        ("ConnectedLineNum", channel.connected),
        ("ConnectedLineName", channel.connected_name),
        ("Language", "es"),
        ("AccountCode", ""),
        ("Context", channel.context),
        ("Exten", channel.exten),
        ("Priority", channel.priority),
        ("Uniqueid", channel.uid),
        ("Linkedid", channel.linked),
    ]
    return [(prefix + name, str(value)) for name, value in told]


def of_bridge(bridge: Bridge, prefix: str = "") -> Said:
    told = [
        ("BridgeUniqueid", bridge.uid),
        ("BridgeType", "basic"),
        ("BridgeTechnology", "simple_bridge"),
        ("BridgeCreator", "<unknown>"),
        ("BridgeName", "<unknown>"),
        ("BridgeNumChannels", str(len(bridge.inside))),
        ("BridgeVideoSourceMode", "none"),
    ]
    return [(prefix + name, value) for name, value in told]


class Newer:
    """Words of 13.0.0. `takes_keys`: `ChannelId` of an Originate becomes the uid of its channel."""

    is_older = False
    takes_keys = True
    technology = "PJSIP"
    trunk_device = "PJSIP/trunk"

    def trunk(self, _number: str, serial: int) -> str:
        return f"PJSIP/trunk-{serial:08x}"

    def began(self, channel: Channel) -> tuple[Said, ...]:
        return said("Newchannel", "call", leg(channel))

    def variable(self, channel: Channel, name: str, value: str) -> tuple[Said, ...]:
        return said("VarSet", "dialplan", leg(channel), [("Variable", name), ("Value", value)])

    def changed(self, channel: Channel) -> tuple[Said, ...]:
        return said("Newstate", "call", leg(channel))

    def shows(self, channel: Channel) -> tuple[Said, ...]:
        return said(
            "NewCallerid", "call", leg(channel), [("CID-CallingPres", "0 (Presentation Allowed, Not Screened)")]
        )

    def connected_line(self, channel: Channel) -> tuple[Said, ...]:
        return said("NewConnectedLine", "call", leg(channel))

    def runs(self, channel: Channel) -> tuple[Said, ...]:
        doing = [("Extension", channel.exten), ("Application", channel.application), ("AppData", channel.data)]
        return said("Newexten", "dialplan", leg(channel), doing)

    def dial_began(self, caller: Channel | None, called: Channel, dialled: str) -> tuple[Said, ...]:
        return said("DialBegin", "call", self._both(caller, called), [("DialString", dialled)])

    def dial_rings(self, caller: Channel | None, called: Channel) -> tuple[Said, ...]:
        return said("DialState", "call", self._both(caller, called), [("DialStatus", "RINGING")])

    def dial_ended(self, caller: Channel | None, called: Channel, status: str) -> tuple[Said, ...]:
        return said("DialEnd", "call", self._both(caller, called), [("DialStatus", status)])

    def dial_cleared(self, caller: Channel | None, called: Channel, cause: int) -> tuple[Said, ...]:
        return self.dial_ended(caller, called, DIALS.get(cause, "NOANSWER"))

    def dial_is_over(self, _caller: Channel, _status: str) -> tuple[Said, ...]:
        return ()

    def bridge_made(self, bridge: Bridge) -> tuple[Said, ...]:
        return said("BridgeCreate", "call", of_bridge(bridge))

    def bridge_entered(self, bridge: Bridge, channel: Channel) -> tuple[Said, ...]:
        return said("BridgeEnter", "call", of_bridge(bridge), leg(channel))

    def bridge_left(self, bridge: Bridge, channel: Channel) -> tuple[Said, ...]:
        return said("BridgeLeave", "call", of_bridge(bridge), leg(channel))

    def bridge_gone(self, bridge: Bridge) -> tuple[Said, ...]:
        return said("BridgeDestroy", "call", of_bridge(bridge))

    def asked_to_hang_up(self, channel: Channel, cause: int) -> tuple[Said, ...]:
        return said("HangupRequest", "call", leg(channel), [("Cause", str(cause))])

    def told_to_hang_up(self, channel: Channel, cause: int) -> tuple[Said, ...]:
        return said("SoftHangupRequest", "call", leg(channel), [("Cause", str(cause))])

    def hung_up(self, channel: Channel, cause: int) -> tuple[Said, ...]:
        why = [("Cause", str(cause)), ("Cause-txt", CAUSES.get(cause, "Unknown"))]
        return said("Hangup", "call", leg(channel), why)

    def device(self, device: str, state: int) -> tuple[Said, ...]:
        return said("DeviceStateChange", "call", [("Device", device), ("State", DEVICES[state])])

    def registered(self, device: str, is_registered: bool) -> tuple[Said, ...]:
        status = "Reachable" if is_registered else "Unreachable"
        return said("PeerStatus", "system", [("ChannelType", "PJSIP"), ("Peer", device), ("PeerStatus", status)])

    def held(self, channel: Channel, is_on: bool) -> tuple[Said, ...]:
        return said("Hold" if is_on else "Unhold", "call", leg(channel))

    def handed_over_blindly(self, ending: Ending, bridge: Bridge) -> tuple[Said, ...]:
        by, whom = ending.by, bridge.other(ending.by)
        to = ending.place or Place("", "")
        return said(
            *("BlindTransfer", "call", [("Result", "Success")], leg(by, "Transferer"), leg(whom, "Transferee")),
            *(of_bridge(bridge), [("IsExternal", "Yes"), ("Context", to.context), ("Extension", to.exten)]),
        )

    def handed_over_after_speaking(self, by: Channel, whom: Channel, to: Channel, second: Bridge) -> tuple[Said, ...]:
        bridge = by.bridge or second
        where = [("IsExternal", "No"), ("DestType", "Bridge"), ("DestBridgeUniqueid", bridge.uid)]
        return said(
            *("AttendedTransfer", "call", [("Result", "Success")]),
            *(leg(by, "OrigTransferer"), of_bridge(bridge, "Orig"), leg(by, "SecondTransferer")),
            *(of_bridge(second, "Second"), leg(whom, "Transferee"), leg(to, "TransferTarget"), where),
        )

    def bridges_merged(self, to: Bridge, from_: Bridge) -> tuple[Said, ...]:
        return said("BridgeMerge", "call", of_bridge(to, "To"), of_bridge(from_, "From"))

    def waits(self, caller: Channel, queue: str, position: int, count: int) -> tuple[Said, ...]:
        where = [("Queue", queue), ("Position", str(position)), ("Count", str(count))]
        return said("QueueCallerJoin", "agent", leg(caller), where)

    def waits_no_more(self, caller: Channel, queue: str, position: int, count: int) -> tuple[Said, ...]:
        where = [("Queue", queue), ("Position", str(position)), ("Count", str(count))]
        return said("QueueCallerLeave", "agent", leg(caller), where)

    def gave_up(self, caller: Channel, queue: str, position: int, original: int, waited: int) -> tuple[Said, ...]:
        told: list[tuple[str, object]] = [
            *(("Queue", queue), ("Position", position), ("OriginalPosition", original), ("HoldTime", waited))
        ]
        return said("QueueCallerAbandon", "agent", leg(caller), [(name, str(value)) for name, value in told])

    def rings_member(self, caller: Channel, called: Channel, member: Member) -> tuple[Said, ...]:
        return self._of_agent("AgentCalled", caller, called, member)

    def queue_dial_began(self, caller: Channel, called: Channel, dialled: str) -> tuple[Said, ...]:
        return self.dial_began(caller, called, dialled)

    def rung_in_vain(self, caller: Channel, called: Channel, member: Member, milliseconds: int) -> tuple[Said, ...]:
        return self._of_agent("AgentRingNoAnswer", caller, called, member, RingTime=milliseconds)

    def member_connected(
        self, caller: Channel, called: Channel, member: Member, waited: int, rang: int
    ) -> tuple[Said, ...]:
        return self._of_agent("AgentConnect", caller, called, member, HoldTime=waited, RingTime=rang)

    def member_done(
        self, caller: Channel, called: Channel, member: Member, waited: int, talked: int, reason: str
    ) -> tuple[Said, ...]:
        """Whose channel is gone by then, as after a transfer, is not told of."""
        is_there = None if called.gone.done() else called
        told = {"HoldTime": waited, "TalkTime": talked, "Reason": reason}
        return self._of_agent("AgentComplete", caller, is_there, member, **told)

    def member(self, event: str, member: Member, status: int) -> tuple[Said, ...]:
        """`QueueMemberAdded`, `…Removed`, `…Status`, `…Pause`."""
        return said(event, "agent", self.of_member(member, status, listed=False))

    def member_paused(self, member: Member, status: int) -> tuple[Said, ...]:
        return self.member("QueueMemberPause", member, status)

    def of_member(self, member: Member, status: int, *, listed: bool) -> Said:
        """What is known of a member: in a list under other names, and without `Ringinuse`."""
        name, interface = ("Name", "Location") if listed else ("MemberName", "Interface")
        told: list[tuple[str, object]] = [
            *(("Queue", member.queue), (name, member.name), (interface, member.interface)),
            *(("StateInterface", member.interface), ("Membership", "dynamic"), ("Penalty", member.penalty)),
            *(("CallsTaken", member.calls_taken), ("LastCall", int(member.last_call))),
            *(("LastPause", int(member.last_pause)), ("LoginTime", int(member.login))),
            *(("InCall", int(member.is_in_call)), ("Status", status), ("Paused", int(member.is_paused))),
            *(("PausedReason", member.reason), *([] if listed else [("Ringinuse", 0)]), ("Wrapuptime", 0)),
        ]
        return [(key, str(value)) for key, value in told]

    def call_placed(self, told: Mapping[str, str]) -> tuple[Said, ...]:
        return said("OriginateResponse", "call", list(told.items()))

    def dialplan_says(self, channel: Channel, name: str, told: Mapping[str, str]) -> tuple[Said, ...]:
        return said("UserEvent", "user", leg(channel), [("UserEvent", name)], list(told.items()))

    def spying(self, spy: Channel, spied: Channel, *, begins: bool) -> tuple[Said, ...]:
        if not begins:
            return said("ChanSpyStop", "call", leg(spy, "Spyer"))
        return said("ChanSpyStart", "call", leg(spy, "Spyer"), leg(spied, "Spyee"))

    def _both(self, caller: Channel | None, called: Channel) -> Said:
        return [*(leg(caller) if caller else []), *leg(called, "Dest")]

    def _of_agent(
        self, event: str, caller: Channel, called: Channel | None, member: Member, **more: object
    ) -> tuple[Said, ...]:
        who = [("Queue", member.queue), ("Interface", member.interface), ("MemberName", member.name)]
        told = [(name, str(value)) for name, value in more.items()]
        return said(event, "agent", leg(caller), leg(called, "Dest") if called else [], who, told)
