"""What the house may ask of a switchboard, and nothing else: each action with its headers, and the form each value has.

Whoever adds an action adds a line here. A telephone is digits, an extension is digits, a channel and a key are of few
signs: what somebody typed cannot become a second header, and nothing can be run there (`Command`, `System`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from telephony.ami import NotSendable, encode

KEY = re.compile(r"[A-Za-z0-9._-]{1,140}", re.ASCII)
DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)
EXTENSION = re.compile(r"[0-9*#]{1,20}", re.ASCII)
CHANNEL = re.compile(r"[A-Za-z0-9]{2,12}/[A-Za-z0-9@._+;/-]{1,120}", re.ASCII)
CHANNEL_OR_UID = re.compile(r"[A-Za-z0-9@._+;/-]{1,140}", re.ASCII)
WORD = re.compile(r"[A-Za-z0-9_.-]{1,80}", re.ASCII)
TEXT = re.compile(r"[^\x00-\x1f\x7f|<>\"]{0,80}")  # a pause reason, a secret: `|` would shift the fields of queue_log
VARIABLE = re.compile(r"_{0,2}[A-Z][A-Z0-9_]{0,40}=[A-Za-z0-9._-]{0,140}", re.ASCII)
NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
YES = re.compile(r"true|false|yes|no|on|off|0|1", re.ASCII)
SPYING = re.compile(r"ChanSpy", re.ASCII)
# A call of one telephone, or whichever it is in; quiet, whispering or joining, and never longer than the call (E, S).
SPIED = re.compile(r"[A-Za-z0-9]{2,12}/[0-9]{1,10}-[0-9a-f]{0,8}", re.ASCII)
SPIED_ON = re.compile(SPIED.pattern + r",q[wB]?ES", re.ASCII)
CHANSPY = re.compile(r"app_chanspy", re.ASCII)
MD5 = re.compile(r"MD5|[0-9a-f]{32}", re.ASCII)

ACTIONS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "Challenge": {"AuthType": MD5},
    "Login": {"AuthType": MD5, "Username": WORD, "Secret": TEXT, "Key": MD5, "Events": YES},
    "Logoff": {},
    "Ping": {},
    "CoreSettings": {},
    "CoreShowChannels": {},
    "DeviceStateList": {},
    "SIPpeers": {},
    "QueueStatus": {"Queue": WORD, "Member": CHANNEL},
    "QueuePause": {"Interface": CHANNEL, "Paused": YES, "Queue": WORD, "Reason": TEXT},
    "QueueAdd": {"Queue": WORD, "Interface": CHANNEL, "MemberName": TEXT, "Penalty": NUMBER, "Paused": YES},
    "QueueRemove": {"Queue": WORD, "Interface": CHANNEL},
    "ExtensionState": {"Exten": EXTENSION, "Context": WORD},
    "ShowDialPlan": {"Context": WORD},
    "ListCommands": {},
    "ModuleCheck": {"Module": CHANSPY},
    "Originate": {
        "Channel": CHANNEL,
        "Context": WORD,
        "Exten": EXTENSION,
        "Priority": NUMBER,
        "Application": SPYING,
        "Data": SPIED_ON,
        "CallerID": DIGITS,
        "Timeout": NUMBER,
        "Async": YES,
        "ChannelId": KEY,
        "OtherChannelId": KEY,
        "Variable": VARIABLE,
    },
    "Hangup": {"Channel": CHANNEL_OR_UID, "Cause": NUMBER},
    "BlindTransfer": {"Channel": CHANNEL, "Context": WORD, "Exten": DIGITS},
    "Redirect": {"Channel": CHANNEL, "Context": WORD, "Exten": EXTENSION, "Priority": NUMBER},
    "Atxfer": {"Channel": CHANNEL, "Context": WORD, "Exten": EXTENSION, "Priority": NUMBER},
}


def action(name: str, headers: Iterable[tuple[str, str]] = (), *, action_id: str) -> bytes:
    """The bytes of an action. Raises NotSendable for one that is not of the list, or a value that has not its form."""
    allowed = ACTIONS.get(name)
    if allowed is None:
        raise NotSendable("Action")
    if not KEY.fullmatch(action_id):
        raise NotSendable("ActionID")
    pairs = list(headers)
    for key, value in pairs:
        form = allowed.get(key)
        if form is None or not form.fullmatch(value):
            raise NotSendable(key)
    return encode([("Action", name), ("ActionID", action_id), *pairs])


def ring_agent_then(
    *, key: str, telephone: str, number: str, context: str, shown: str, seconds: int, takes_keys: bool
) -> bytes:
    """A click: ring the agent at `telephone` (`PJSIP/1001`) for `seconds`, then dial `number` in `context`.

    `shown`: the number the customer sees; the dialplan sets it. `takes_keys`: whether the switchboard makes `key` the
    uid of the agent's channel; in any case it stands in a variable of hers. Raises NotSendable.
    """
    headers = [
        ("Channel", telephone),
        ("Context", context),
        ("Exten", number),
        ("Priority", "1"),
        ("CallerID", number),  # what the agent's telephone shows
        ("Timeout", str(seconds * 1000)),
        ("Async", "true"),  # else the whole connection stands still until she answers
        ("Variable", f"__CALLCENTER_ATTEMPT={key}"),
        ("Variable", f"CALLCENTER_SHOWN={shown}"),
    ]
    if takes_keys:
        headers += [("ChannelId", key), ("OtherChannelId", f"{key}-2")]
    if not DIGITS.fullmatch(number):  # a customer's telephone: no star, no hash
        raise NotSendable("Exten")
    return action("Originate", headers, action_id=key)


def listen_in(*, key: str, telephone: str, spied: str, how: str, shown: str, seconds: int, takes_keys: bool) -> bytes:
    """Ring a supervisor at `telephone` for so many seconds, then let her hear the channel `spied`.

    `how`: empty to listen, `w` to whisper to whoever sits there, `B` to be heard by both. `shown`: the number her
    telephone shows. Raises NotSendable.
    """
    headers = [
        ("Channel", telephone),
        ("Application", "ChanSpy"),
        ("Data", f"{spied},q{how}ES"),
        ("CallerID", shown),
        ("Timeout", str(seconds * 1000)),
        ("Async", "true"),
        ("Variable", f"__CALLCENTER_ATTEMPT={key}"),
    ]
    if takes_keys:
        headers += [("ChannelId", key), ("OtherChannelId", f"{key}-2")]
    return action("Originate", headers, action_id=key)
