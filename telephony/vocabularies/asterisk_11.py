"""Asterisk 1.8 to 11: Elastix 2.5 and 4. Written from its documentation and public traces, not from a recording.

A channel does not say which call it is of (`linked` stays empty), a dial that ends does not say whom it called, and one
`Bridge` tells of both its ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from telephony.ami import Message
from telephony.events import (
    ChannelSeen,
    DialBegan,
    DialEnded,
    Event,
    Held,
    Joined,
    Leg,
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
    LONGEST,
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


def _dialled(message: Message) -> Event | None:
    caller = leg(message)
    if message.get("subevent").lower() == "begin":
        uid = text(message, "destuniqueid")[:LONGEST]
        called = Leg(uid, channel=text(message, "destination")[:LONGEST], number=text(message, "connectedlinenum")[:40])
        return DialBegan(caller, called) if uid else None
    return DialEnded(caller, None, message.get("dialstatus").upper()) if caller else None


def _bridged(message: Message) -> tuple[Event, ...]:
    """Both ends of a bridge that was made, or is over (`Unlink`)."""
    ends = [_end(message, "1"), _end(message, "2")]
    bridge = "+".join(one.uid for one in ends)
    is_over = message.event.lower() == "unlink" or message.get("bridgestate").lower() == "unlink"
    return tuple((Parted if is_over else Joined)(bridge, one) for one in ends if one.uid)


def _end(message: Message, which: str) -> Leg:
    number = text(message, f"callerid{which}")[:40]
    channel = text(message, f"channel{which}")[:LONGEST]
    return Leg(text(message, f"uniqueid{which}")[:LONGEST], channel=channel, number=number)


def _held(message: Message) -> Event | None:
    found = leg(message)
    return Held(found, is_on=message.get("status").lower() == "on") if found else None


def _transferred(message: Message) -> Event | None:
    """Of a telephone that did it itself. It came about: what fails is not told at all."""
    by, uid = leg(message), text(message, "targetuniqueid")[:LONGEST]
    if by is None or not uid:
        return None
    other = Leg(uid, channel=text(message, "targetchannel")[:LONGEST])
    if message.get("transfertype").lower() == "attended":
        return Transferred(by, other, other, "", came_about=True)
    return Transferred(by, other, None, text(message, "transferexten")[:40], came_about=True)


def _rung(message: Message) -> Event | None:
    """`Channel…` is the caller's, and the telephone that rings has a name only."""
    who, caller = member(message, "agentcalled", "agentname"), leg(message)
    if who is None or caller is None:
        return None
    caller = replace(caller, channel=text(message, "channelcalling")[:LONGEST])
    return MemberRung(who, caller, _telephone("", text(message, "destinationchannel")))


def _rung_in_vain(message: Message) -> Event | None:
    who, caller = member(message, "member", "membername"), _caller(message)
    return MemberRungInVain(who, caller) if who and caller else None


def _connected(message: Message) -> Event | None:
    who, caller = member(message, "member", "membername"), _caller(message)
    if who is None or caller is None:
        return None
    telephone = _telephone(text(message, "bridgedchannel"), text(message, "channel"))
    return MemberConnected(who, caller, telephone, whole(message, "holdtime"))


def _done(message: Message) -> Event | None:
    who, caller = member(message, "member", "membername"), _caller(message)
    if who is None or caller is None:
        return None
    return MemberDone(who, caller, whole(message, "talktime"), message.get("reason").lower())


def _caller(message: Message) -> Leg | None:
    """The uid is the caller's and the channel the agent's."""
    uid = text(message, "uniqueid")[:LONGEST]
    return Leg(uid) if uid else None


def _telephone(uid: str, channel: str) -> Leg | None:
    return Leg(uid[:LONGEST], channel=channel[:LONGEST]) if uid or channel else None


def _paused(message: Message) -> Event | None:
    who = member(message, "location", "membername")
    return MemberPaused(who, message.get("paused") == "1", text(message, "reason")[:80]) if who else None


def _seen(message: Message) -> Event | None:
    return member_seen(message, "location", "membername")


def _listed(message: Message) -> Event | None:
    return member_seen(message, "location", "name")


def _removed(message: Message) -> Event | None:
    who = member(message, "location", "membername")
    return MemberRemoved(who) if who else None


def _channel_seen(message: Message) -> Event | None:
    found = leg(message)
    if found is None:
        return None
    bridge = text(message, "bridgeduniqueid")
    state, both = whole(message, "channelstate"), f"{found.uid}+{bridge}" if bridge else ""
    return ChannelSeen(found, state == UP, clock(message.get("duration")), both, rings=state == RINGING)


def _peer(message: Message) -> Event | None:
    return device_seen(message.get("peer"), PEERS.get(message.get("peerstatus").lower()))


def _peer_listed(message: Message) -> Event | None:
    """`OK (12 ms)`, `LAGGED (2104 ms)`, `UNREACHABLE`; `UNKNOWN` is of one that never came, `Unmonitored` of one nobody
    asks.
    """
    device = f"{message.get('channeltype').upper()}/{message.get('objectname')}"
    return device_seen(device, LISTED_PEERS.get(message.get("status").partition(" ")[0].lower()))


PEERS = {
    **dict.fromkeys(("registered", "reachable", "lagged"), True),
    **dict.fromkeys(("unregistered", "unreachable", "rejected"), False),
}
LISTED_PEERS = {"ok": True, "lagged": True, "unreachable": False, "unknown": False}

READERS: Mapping[str, Reader] = {
    "newchannel": began,
    "newstate": changed,
    "varset": key_told,
    "dial": _dialled,
    "bridge": _bridged,
    "unlink": _bridged,
    "hold": _held,
    "hangup": hung_up,
    "transfer": _transferred,
    "join": queue_joined,
    "leave": queue_left,
    "queuecallerabandon": given_up,
    "agentcalled": _rung,
    "agentringnoanswer": _rung_in_vain,
    "agentconnect": _connected,
    "agentcomplete": _done,
    "queuememberpaused": _paused,
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
    "peerstatus": _peer,
    "peerentry": _peer_listed,
    "peerlistcomplete": list_ended,
    "fullybooted": booted,
    "shutdown": shutting_down,
}
