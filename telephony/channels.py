"""Names of channels and telephones, as either generation of Asterisk writes them.

A channel is `PJSIP/1001-0000002a` or `Local/1001@agents-2ba;1`; a telephone is its name without the call; a queue calls
a member by an interface, `PJSIP/1001` or `Local/1001@from-queue/n`.
"""

from __future__ import annotations

import re

INTERFACE = re.compile(r"[A-Za-z0-9]+/([0-9]+)(?:@.*)?", re.ASCII)
DEVICE = re.compile(r"[A-Za-z0-9]{2,12}/[A-Za-z0-9._@-]{1,60}", re.ASCII)
NOT_A_DEVICE = ("Local/", "Message/", "Surrogate/")


def number_of(interface: str) -> str:
    """The extension a queue rings as `interface`; empty where it is none of ours."""
    found = INTERFACE.fullmatch(interface)
    return found[1] if found else ""


def interface_of(channel: str) -> str:
    """The telephone a channel is of: `SIP/1001-0000002a` is of SIP/1001."""
    return channel.rpartition("-")[0]


def end_of(channel: str) -> str:
    """The extension, or the trunk, a channel is of: 1001 of `PJSIP/1001-0000002a` and of `Local/1001@agents-2ba;1`."""
    return interface_of(channel).partition("/")[2].partition("@")[0]


def is_device(name: str) -> bool:
    """Whether it is a telephone or a trunk: what is neither has a state as well, `Queue:101_avail` or `Custom:DND`."""
    return DEVICE.fullmatch(name) is not None and not name.startswith(NOT_A_DEVICE)
