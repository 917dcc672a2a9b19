"""Asterisk 12 and later: Issabel, FreePBX 13. Every channel event has `Uniqueid` and `Linkedid`."""

from __future__ import annotations

from collections.abc import Mapping

from telephony.ami import Message
from telephony.events import (
    ChannelSeen,
    DialBegan,
    DialEnded,
    Event,
    Held,
    Joined,
    MemberConnected,
    MemberDone,
    MemberPaused,
    MemberRemoved,
    MemberRung,
    MemberRungInVain,
    Parted,
    Transferred,
)
from telephony.vocabularies.shared import (
    RINGING,
    UP,
    Reader,
    began,
    booted,
    call_placed,
    caller_seen,
    changed,
    clock,
    device_seen,
    given_up,
    hung_up,
    key_told,
    leg,
    list_ended,
    member,
    member_seen,
    queue_joined,
    queue_left,
    said_by_dialplan,
    shutting_down,
    spy_began,
    text,
    whole,
)


def _dial_began(message: Message) -> Event | None:
    called = leg(message, "dest")
    return DialBegan(leg(message), called) if called else None


def _dial_ended(message: Message) -> Event | None:
    called = leg(message, "dest")
    return DialEnded(leg(message), called, message.get("dialstatus").upper()) if called else None


def _joined(message: Message) -> Event | None:
    found, bridge = leg(message), text(message, "bridgeuniqueid")
    return Joined(bridge, found) if found and bridge else None


def _parted(message: Message) -> Event | None:
    found, bridge = leg(message), text(message, "bridgeuniqueid")
    return Parted(bridge, found) if found and bridge else None


def _held(message: Message) -> Event | None:
    found = leg(message)
    return Held(found, is_on=message.event.lower() == "hold") if found else None


def _blind(message: Message) -> Event | None:
    by, whom = leg(message, "transferer"), leg(message, "transferee")
    if by is None or whom is None:
        return None
    return Transferred(by, whom, None, text(message, "extension")[:40], _came_about(message))


def _attended(message: Message) -> Event | None:
    by, whom = leg(message, "origtransferer"), leg(message, "transferee")
    if by is None or whom is None:
        return None
    answered = message.get("transfertargetchannelstatedesc").lower() != "ringing"  # she hung up before he lifted
    return Transferred(by, whom, leg(message, "transfertarget") if answered else None, "", _came_about(message))


def _came_about(message: Message) -> bool:
    return message.get("result").lower() == "success"


def _rung(message: Message) -> Event | None:
    who, caller = member(message, "interface", "membername"), leg(message)
    return MemberRung(who, caller, leg(message, "dest")) if who and caller else None


def _rung_in_vain(message: Message) -> Event | None:
    who, caller = member(message, "interface", "membername"), leg(message)
    return MemberRungInVain(who, caller) if who and caller else None


def _connected(message: Message) -> Event | None:
    who, caller = member(message, "interface", "membername"), leg(message)
    return MemberConnected(who, caller, leg(message, "dest"), whole(message, "holdtime")) if who and caller else None


def _done(message: Message) -> Event | None:
    who, caller = member(message, "interface", "membername"), leg(message)
    if who is None or caller is None:
        return None
    return MemberDone(who, caller, whole(message, "talktime"), message.get("reason").lower())


def _paused(message: Message) -> Event | None:
    who = member(message, "interface", "membername")
    return MemberPaused(who, message.get("paused") == "1", text(message, "pausedreason")[:80]) if who else None


def _seen(message: Message) -> Event | None:
    return member_seen(message, "interface", "membername")


def _listed(message: Message) -> Event | None:
    return member_seen(message, "location", "name")


def _removed(message: Message) -> Event | None:
    who = member(message, "interface", "membername")
    return MemberRemoved(who) if who else None


def _channel_seen(message: Message) -> Event | None:
    found = leg(message)
    if found is None:
        return None
    state = whole(message, "channelstate")
    bridge = text(message, "bridgeid")
    return ChannelSeen(found, state == UP, clock(message.get("duration")), bridge, rings=state == RINGING)


def _device(message: Message) -> Event | None:
    """`UNKNOWN` is of one nobody watches, and says neither."""
    state = message.get("state").upper()
    return device_seen(message.get("device"), None if state in ("", "UNKNOWN") else state not in GONE)


GONE = ("UNAVAILABLE", "INVALID")  # states of a device

READERS: Mapping[str, Reader] = {
    "newchannel": began,
    "newstate": changed,
    "varset": key_told,
    "dialbegin": _dial_began,
    "dialend": _dial_ended,
    "bridgeenter": _joined,
    "bridgeleave": _parted,
    "hold": _held,
    "unhold": _held,
    "hangup": hung_up,
    "blindtransfer": _blind,
    "attendedtransfer": _attended,
    "queuecallerjoin": queue_joined,
    "queuecallerleave": queue_left,
    "queuecallerabandon": given_up,
    "agentcalled": _rung,
    "agentringnoanswer": _rung_in_vain,
    "agentconnect": _connected,
    "agentcomplete": _done,
    "queuememberpause": _paused,
    "queuememberstatus": _seen,
    "queuememberadded": _seen,
    "queuemember": _listed,
    "queuememberremoved": _removed,
    "queueentry": caller_seen,
    "originateresponse": call_placed,
    "userevent": said_by_dialplan,
    "chanspystart": spy_began,
    "coreshowchannel": _channel_seen,
    "coreshowchannelscomplete": list_ended,
    "queuestatuscomplete": list_ended,
    "devicestatechange": _device,
    "devicestatelistcomplete": list_ended,
    "fullybooted": booted,
    "shutdown": shutting_down,
}
