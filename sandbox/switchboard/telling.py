"""What the switchboard says of itself, as JSON."""

from __future__ import annotations

from typing import Any

from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.queues import Queue


def state_of(exchange: Exchange) -> dict[str, Any]:
    """Channels that are there, telephones that are no longer as at the beginning, queues with what they counted."""
    clock = exchange.clock
    return {
        "now": clock.now(),
        "passed": clock.passed(),
        "channels": [
            {
                "uid": one.uid,
                "channel": one.name,
                "linked": one.linked,
                "number": one.number,
                "state": one.state.name.lower(),
                "bridge": one.bridge.uid if one.bridge else "",
            }
            for one in exchange.channels.values()
        ],
        "extensions": {
            one.exten: {
                "registered": one.is_registered,
                "picks_up": one.picks_up,
                "state": exchange.device_state(exchange.interface(one.exten)).name.lower(),
            }
            for one in exchange.telephones.values()
        },
        "queues": {queue.name: _queue(queue) for queue in exchange.queues.values()},
        "clicks": dict(exchange.clicks),
    }


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "waiting": [{"uid": one.caller.uid, "number": one.caller.number} for one in queue.entries],
        "members": [
            {
                "interface": one.interface,
                "name": one.name,
                "paused": one.is_paused,
                "reason": one.reason,
                "calls_taken": one.calls_taken,
            }
            for one in queue.members
        ],
        "counted": {name: number for name, number in sorted(queue.counted.items()) if number},
        "waited": queue.waited,
        "talked": queue.talked,
    }
