"""Asterisk 1.8 to 11: fewer fields, other names, and no word of which call a channel is of.

Written from its sources and public traces. Its `Dial` ends when the application does, after the two have spoken;
a call it places itself, and one of a queue, is no `Dial` at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.switchboard.channels import CAUSES, UNKNOWN, Bridge, Channel, Ending
from sandbox.switchboard.queues import Member
from sandbox.switchboard.wire import Said
from sandbox.switchboard.words.newer import STATES, said


def lines(channel: Channel) -> Said:
    return [
        *(("CallerIDNum", channel.number), ("CallerIDName", channel.caller)),
        *(("ConnectedLineNum", channel.connected), ("ConnectedLineName", channel.connected_name)),
    ]


def known(value: str) -> str:
    return "" if value == UNKNOWN else value


class Older:
    """Words of 1.3."""

    is_older = True
    takes_keys = False
    technology = "SIP"
    trunk_device = "SIP/trunk"

    def trunk(self, number: str, serial: int) -> str:
        return f"DAHDI/i1/{number}-{serial:x}"

    def began(self, channel: Channel) -> tuple[Said, ...]:
        told: list[tuple[str, object]] = [
            *(("Channel", channel.name), ("ChannelState", channel.state.value)),
            *(("ChannelStateDesc", STATES[channel.state]), ("CallerIDNum", known(channel.number))),
            *(("CallerIDName", known(channel.caller)), ("AccountCode", ""), ("Exten", channel.exten.strip("s"))),
            *(("Context", channel.context), ("Uniqueid", channel.uid)),
        ]
        return said("Newchannel", "call", [(name, str(value)) for name, value in told])

    def variable(self, channel: Channel, name: str, value: str) -> tuple[Said, ...]:
        told = [("Channel", channel.name), ("Variable", name), ("Value", value), ("Uniqueid", channel.uid)]
        return said("VarSet", "dialplan", told)

    def changed(self, channel: Channel) -> tuple[Said, ...]:
        state = [("ChannelState", str(channel.state.value)), ("ChannelStateDesc", STATES[channel.state])]
        line = [(name, known(value)) for name, value in lines(channel)]
        return said("Newstate", "call", [("Channel", channel.name)], state, line, [("Uniqueid", channel.uid)])

    def shows(self, channel: Channel) -> tuple[Said, ...]:
        told = [
            *(("Channel", channel.name), ("CallerIDNum", channel.number), ("CallerIDName", known(channel.caller))),
            *(("Uniqueid", channel.uid), ("CID-CallingPres", "0 (Presentation Allowed, Not Screened)")),
        ]
        return said("NewCallerid", "call", told)

    def connected_line(self, _channel: Channel) -> tuple[Said, ...]:
        return ()

    def runs(self, channel: Channel) -> tuple[Said, ...]:
        told: list[tuple[str, object]] = [
            *(("Channel", channel.name), ("Context", channel.context), ("Extension", channel.exten)),
            *(("Priority", channel.priority), ("Application", channel.application), ("AppData", channel.data)),
            ("Uniqueid", channel.uid),
        ]
        return said("Newexten", "dialplan", [(name, str(value)) for name, value in told])

    def dial_began(self, caller: Channel | None, called: Channel, dialled: str) -> tuple[Said, ...]:
        if caller is None:
            return ()
        ids = [("UniqueID", caller.uid), ("DestUniqueID", called.uid), ("Dialstring", dialled.partition("/")[2])]
        channels = [("SubEvent", "Begin"), ("Channel", caller.name), ("Destination", called.name)]
        return said("Dial", "call", channels, lines(caller), ids)

    def dial_rings(self, _caller: Channel | None, _called: Channel) -> tuple[Said, ...]:
        return ()

    def dial_ended(self, _caller: Channel | None, _called: Channel, _status: str) -> tuple[Said, ...]:
        return ()

    def dial_cleared(self, _caller: Channel | None, _called: Channel, _cause: int) -> tuple[Said, ...]:
        return ()

    def dial_is_over(self, caller: Channel, status: str) -> tuple[Said, ...]:
        told = [("SubEvent", "End"), ("Channel", caller.name), ("UniqueID", caller.uid), ("DialStatus", status)]
        return said("Dial", "call", told)

    def bridge_made(self, _bridge: Bridge) -> tuple[Said, ...]:
        return ()

    def bridge_entered(self, bridge: Bridge, _channel: Channel) -> tuple[Said, ...]:
        if len(bridge.inside) != 2:
            return ()
        return said("Bridge", "call", [("Bridgestate", "Link"), ("Bridgetype", "core")], self._ends(bridge))

    def bridge_left(self, bridge: Bridge, _channel: Channel) -> tuple[Said, ...]:
        return said("Unlink", "call", self._ends(bridge)) if len(bridge.inside) == 1 else ()

    def bridge_gone(self, _bridge: Bridge) -> tuple[Said, ...]:
        return ()

    def asked_to_hang_up(self, _channel: Channel, _cause: int) -> tuple[Said, ...]:
        return ()

    def told_to_hang_up(self, _channel: Channel, _cause: int) -> tuple[Said, ...]:
        return ()

    def hung_up(self, channel: Channel, cause: int) -> tuple[Said, ...]:
        why = [("AccountCode", ""), ("Cause", str(cause)), ("Cause-txt", CAUSES.get(cause, "Unknown"))]
        return said("Hangup", "call", [("Channel", channel.name), ("Uniqueid", channel.uid)], lines(channel), why)

    def device(self, _device: str, _state: int) -> tuple[Said, ...]:
        return ()

    def registered(self, device: str, is_registered: bool) -> tuple[Said, ...]:
        status = "Registered" if is_registered else "Unregistered"
        return said("PeerStatus", "system", [("ChannelType", "SIP"), ("Peer", device), ("PeerStatus", status)])

    def held(self, channel: Channel, is_on: bool) -> tuple[Said, ...]:
        told = [("Status", "On" if is_on else "Off"), ("Channel", channel.name), ("Uniqueid", channel.uid)]
        return said("Hold", "call", told)

    def handed_over_blindly(self, ending: Ending, bridge: Bridge) -> tuple[Said, ...]:
        to = [("TransferExten", ending.place.exten), ("TransferContext", ending.place.context)] if ending.place else []
        return self._transfer("Blind", ending.by, bridge.other(ending.by), to)

    def handed_over_after_speaking(self, by: Channel, whom: Channel, _to: Channel, _second: Bridge) -> tuple[Said, ...]:
        return self._transfer("Attended", by, whom, [])

    def bridges_merged(self, _to: Bridge, _from: Bridge) -> tuple[Said, ...]:
        return ()

    def waits(self, caller: Channel, queue: str, position: int, count: int) -> tuple[Said, ...]:
        where = [("Queue", queue), ("Position", str(position)), ("Count", str(count)), ("Uniqueid", caller.uid)]
        return said("Join", "call", [("Channel", caller.name)], lines(caller), where)

    def waits_no_more(self, caller: Channel, queue: str, position: int, count: int) -> tuple[Said, ...]:
        where = [("Queue", queue), ("Count", str(count)), ("Position", str(position)), ("Uniqueid", caller.uid)]
        return said("Leave", "call", [("Channel", caller.name)], where)

    def gave_up(self, caller: Channel, queue: str, position: int, original: int, waited: int) -> tuple[Said, ...]:
        told: list[tuple[str, object]] = [
            *(("Queue", queue), ("Uniqueid", caller.uid), ("Position", position)),
            *(("OriginalPosition", original), ("HoldTime", waited)),
        ]
        return said("QueueCallerAbandon", "agent", [(name, str(value)) for name, value in told])

    def rings_member(self, caller: Channel, called: Channel, member: Member) -> tuple[Said, ...]:
        who = [("Queue", member.queue), ("AgentCalled", member.interface), ("AgentName", member.name)]
        channels = [("ChannelCalling", caller.name), ("DestinationChannel", called.name)]
        where = [
            *(("Context", caller.context), ("Extension", caller.exten), ("Priority", str(caller.priority))),
            ("Uniqueid", caller.uid),
        ]
        return said("AgentCalled", "agent", who, channels, lines(caller), where)

    def queue_dial_began(self, _caller: Channel, _called: Channel, _dialled: str) -> tuple[Said, ...]:
        return ()

    def rung_in_vain(self, caller: Channel, called: Channel, member: Member, milliseconds: int) -> tuple[Said, ...]:
        return self._of_agent("AgentRingNoAnswer", caller, called, member, Ringtime=milliseconds)

    def member_connected(
        self, caller: Channel, called: Channel, member: Member, waited: int, rang: int
    ) -> tuple[Said, ...]:
        told = {"Holdtime": waited, "BridgedChannel": called.uid, "Ringtime": rang}
        return self._of_agent("AgentConnect", caller, called, member, **told)

    def member_done(
        self, caller: Channel, called: Channel, member: Member, waited: int, talked: int, reason: str
    ) -> tuple[Said, ...]:
        told = {"HoldTime": waited, "TalkTime": talked, "Reason": reason}
        return self._of_agent("AgentComplete", caller, called, member, **told)

    def member(self, event: str, member: Member, status: int) -> tuple[Said, ...]:
        if event == "QueueMemberRemoved":
            who = [("Queue", member.queue), ("Location", member.interface), ("MemberName", member.name)]
            return said(event, "agent", who)
        return said(event, "agent", self.of_member(member, status, listed=False))

    def member_paused(self, member: Member, _status: int) -> tuple[Said, ...]:
        told = [
            *(("Queue", member.queue), ("Location", member.interface), ("MemberName", member.name)),
            *(("Paused", str(int(member.is_paused))), ("Reason", member.reason)),
        ]
        return said("QueueMemberPaused", "agent", told)

    def of_member(self, member: Member, status: int, *, listed: bool) -> Said:
        who = [("Name", member.name), ("Location", member.interface), ("StateInterface", member.interface)]
        if not listed:
            who = [("Location", member.interface), ("MemberName", member.name), ("StateInterface", member.interface)]
        told: list[tuple[str, object]] = [
            *(("Queue", member.queue), *who, ("Membership", "dynamic"), ("Penalty", member.penalty)),
            *(("CallsTaken", member.calls_taken), ("LastCall", int(member.last_call))),
            *(("Status", status), ("Paused", int(member.is_paused))),
        ]
        return [(name, str(value)) for name, value in told]

    def call_placed(self, told: Mapping[str, str]) -> tuple[Said, ...]:
        failed = told["Response"] != "Success"  # the channel that was tried is hung up by then, and told as none
        return said("OriginateResponse", "call", list({**told, **({"Uniqueid": "<null>"} if failed else {})}.items()))

    def dialplan_says(self, channel: Channel, name: str, told: Mapping[str, str]) -> tuple[Said, ...]:
        return said("UserEvent", "user", [("UserEvent", name), ("Uniqueid", channel.uid)], list(told.items()))

    def spying(self, spy: Channel, spied: Channel, *, begins: bool) -> tuple[Said, ...]:
        if not begins:
            return said("ChanSpyStop", "call", [("SpyeeChannel", spied.name)])
        return said("ChanSpyStart", "call", [("SpyerChannel", spy.name), ("SpyeeChannel", spied.name)])

    def _ends(self, bridge: Bridge) -> Said:
        told = []
        for name in ("Channel", "Uniqueid", "CallerID"):
            for number, one in enumerate(bridge.pair, 1):
                value = {"Channel": one.name, "Uniqueid": one.uid, "CallerID": known(one.number)}[name]
                told.append((f"{name}{number}", value))
        return told

    def _transfer(self, kind: str, by: Channel, whom: Channel, to: Said) -> tuple[Said, ...]:
        told = [
            *(("TransferMethod", "SIP"), ("TransferType", kind), ("Channel", by.name), ("Uniqueid", by.uid)),
            *(("SIP-Callid", by.uid), ("TargetChannel", whom.name), ("TargetUniqueid", whom.uid)),
        ]
        return said("Transfer", "call", told, to)

    def _of_agent(
        self, event: str, caller: Channel, called: Channel, member: Member, **more: object
    ) -> tuple[Said, ...]:
        who = [
            *(("Queue", member.queue), ("Uniqueid", caller.uid), ("Channel", called.name)),
            *(("Member", member.interface), ("MemberName", member.name)),
        ]
        return said(event, "agent", who, [(name, str(value)) for name, value in more.items()])
