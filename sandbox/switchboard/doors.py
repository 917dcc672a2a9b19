"""The knobs over HTTP, on a port of their own: JSON in and out, one request a connection, no library.

`GET /state` · `POST /knobs` (`knobs.py` has them) · `POST /call-in`: `line`, and if one likes `number`, `patience`,
`talk`, `queue_timeout` (seconds) and who `ends` the talk, `caller` or `agent` · `POST /answer`, `/decline`, `/hang-up`
(`extension`) and `/transfer` (`extension`, `to`, `attended`): what the agent does at her telephone.

It listens on this machine alone, because it asks nobody who he is, and does nothing for a page of a browser.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sandbox.switchboard.callers import call_in
from sandbox.switchboard.channels import REJECTED, Channel, Place, State, settle
from sandbox.switchboard.conversations import ask_first, hand_over_blindly
from sandbox.switchboard.dialplan import INTERNAL, is_there
from sandbox.switchboard.knobs import Knobs, Refused, telephone_of
from sandbox.switchboard.telling import state_of

LONGEST_BODY = 64 * 1024  # bytes
PATIENCE = 10.0  # seconds for a request to come whole
REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    403: "Forbidden",
    405: "Method Not Allowed",
    409: "Conflict",
}

Asked = Mapping[str, Any]


class NotNow(Exception):
    """There is nothing there to do it to; the message says so."""


class Doors:
    """Hand `serve` to a server on the loopback address."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs, self._exchange = knobs, knobs.exchange
        self._posts: Mapping[str, Callable[[Asked], None]] = {
            "/knobs": knobs.turn,
            "/call-in": self._call_in,
            "/answer": self._answer,
            "/decline": self._decline,
            "/hang-up": self._hang_up,
            "/transfer": self._transfer,
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, answered, and the connection is closed."""
        try:
            async with asyncio.timeout(PATIENCE):
                asked = await _request(reader)
            status, told = self._handle(*asked.whole, is_of_a_page=asked.is_of_a_page)
        except ConnectionError:
            writer.close()  # whoever asked is gone
            return
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            status, told = 400, {"error": "No se entiende lo enviado."}
        data = json.dumps(told, ensure_ascii=False).encode()
        head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}"
        writer.write(f"{head}\r\nConnection: close\r\n\r\n".encode() + data)
        writer.close()

    def _handle(self, method: str, path: str, body: bytes, *, is_of_a_page: bool) -> tuple[int, dict[str, Any]]:
        if is_of_a_page:
            return 403, {"error": "Una página no mueve las perillas."}
        if path == "/state":
            return (200, self._state()) if method == "GET" else (405, {"error": "Se espera GET."})
        post = self._posts.get(path)
        if post is None:
            return 404, {"error": "No existe esa dirección."}
        if method != "POST":
            return 405, {"error": "Se espera POST."}
        asked = json.loads(body or b"{}")
        if not isinstance(asked, dict):
            return 400, {"error": "Se espera un objeto."}
        self._exchange.clock.hold()
        try:
            post(asked)
        except Refused as refused:
            return 400, {"error": str(refused)}
        except NotNow as why:
            return 409, {"error": str(why)}
        return 200, self._state()

    def _state(self) -> dict[str, Any]:
        return {"knobs": self._knobs.as_json(), **state_of(self._exchange), **self._wire()}

    def _wire(self) -> dict[str, Any]:
        return {"connections": self._knobs.connections.counted(), "version": self._knobs.connections.version}

    def _call_in(self, asked: Asked) -> None:
        seconds = {"patience", "talk", "queue_timeout"}
        if strangers := set(asked) - seconds - {"line", "number", "ends"}:
            raise Refused(f"Una llamada no tiene: {', '.join(sorted(strangers))}.")
        line, number = str(asked.get("line", "")), str(asked.get("number", ""))
        if line not in self._exchange.queues:
            raise Refused("No existe esa línea.")
        if number and not (number.isascii() and number.isdigit() and len(number) <= 18):
            raise Refused("Un número son cifras.")
        waits = {name: _seconds(asked[name]) for name in seconds & set(asked)}
        ends = asked.get("ends")
        if ends not in (None, "caller", "agent"):
            raise Refused("Termina caller o agent.")
        call_in(self._exchange, line=line, number=number, ends=None if ends is None else ends == "caller", **waits)

    def _answer(self, asked: Asked) -> None:
        settle(self._channel(asked, State.RINGING).lifted)

    def _decline(self, asked: Asked) -> None:
        self._channel(asked, State.RINGING).ask_to_stop(cause=REJECTED)

    def _hang_up(self, asked: Asked) -> None:
        self._channel(asked, *State).ask_to_stop()

    def _transfer(self, asked: Asked) -> None:
        """Hand over the call she is in: blindly, or after speaking with whom she calls; hanging up hands it over."""
        channel, place = self._channel(asked, State.UP), Place(INTERNAL, str(asked.get("to", "")))
        if not is_there(place):
            raise Refused("No existe ese destino.")
        if asked.get("attended") is True:
            self._exchange.spawn(ask_first(self._exchange, channel, place))
        elif not hand_over_blindly(self._exchange, channel, place):
            raise NotNow("Ese interno no está hablando con nadie.")

    def _channel(self, asked: Asked, *states: State) -> Channel:
        """The one at her telephone, in one of these states."""
        telephone = telephone_of(self._exchange, asked.get("extension"))
        device = self._exchange.interface(telephone.exten)
        for channel in self._exchange.channels.values():
            if channel.device == device and channel.state in states:
                return channel
        raise NotNow("En ese interno no hay tal llamada.")


def _seconds(told: Any) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= 86400:
        raise Refused("Los segundos son un número de 0 a 86400.")
    return float(told)


class Request(NamedTuple):
    """What was asked for over HTTP. `whole`: method, path and body."""

    whole: tuple[str, str, bytes]
    is_of_a_page: bool  # browsers say from where a page asks


async def _request(reader: asyncio.StreamReader) -> Request:
    """Raises ValueError for what is no request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _version = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in head[1:])}
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= LONGEST_BODY:
        raise ValueError(length)
    return Request((method, path.partition("?")[0], await reader.readexactly(length)), "origin" in headers)
