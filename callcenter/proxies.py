"""Whose request it is, when it came through a proxy: the one place that reads X-Forwarded-For and X-Forwarded-Proto.

Before Django, so that from there on `REMOTE_ADDR` and the scheme are right for whoever asks: the lock of sign-ins, the
audit, the gate of /metrics (docs/decisions/0100).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Address = IPv4Address | IPv6Address

_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+")


class VisitorsAddress:
    """Puts the visitor's address and scheme where the proxy's stand, if the proxy is one of `proxies`."""

    def __init__(self, application: Application, *, proxies: Sequence[str]) -> None:
        self._application = application
        self._proxies = [ip_network(name) for name in proxies]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        peer = address_in(environ.get("REMOTE_ADDR", ""))
        if peer is not None and self._is_ours(peer):
            visitor = self._visitor(environ.get("HTTP_X_FORWARDED_FOR", ""))
            if visitor is not None:
                environ["REMOTE_ADDR"] = str(visitor)
                if environ.get("HTTP_X_FORWARDED_PROTO") in ("http", "https"):
                    environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]
        return self._application(environ, start_response)

    def _visitor(self, told: str) -> Address | None:
        """From the right, where the nearest proxy wrote, the first that is no proxy of ours; None if it is no address.

        What stands left of it was written by the visitor, or by somebody we know nothing about.
        """
        visitor = None
        for text in reversed(told.split(",")):
            visitor = address_in(text)
            if visitor is None or not self._is_ours(visitor):
                return visitor
        return visitor

    def _is_ours(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def address_in(text: str) -> Address | None:
    """An address as proxies write it, with or without its port; an IPv4 address however it is wrapped."""
    text = text.strip()
    if ported := _WITH_PORT.fullmatch(text):
        text = ported[1] or ported[2]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
