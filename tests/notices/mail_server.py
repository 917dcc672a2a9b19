"""A mail server on loopback that speaks as much SMTP as a client needs, for whoever proves what becomes of mail."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

HELD = 60.0  # seconds a server that hangs holds whoever waits for ever


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a client needs. Mail to `nobody@…` is refused, `full@…` for now, `poison@…` makes
    it hang up, `closing@…` makes it close while it `shuts_down`.

    With `hangs` nothing is ever said; `greeting` and `signing_in` are what it says to everybody.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self, *, port: int = 0, hangs: bool = False, greeting: str = "220 ready", signing_in: str = "235 welcome"
    ) -> None:
        super().__init__(("127.0.0.1", port), Session)
        self.hangs, self.greeting, self.signing_in = hangs, greeting, signing_in
        self.shuts_down = True
        self.taken: list[str] = []
        self.knocks = self.sessions = 0
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class Session(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.server.knocks += 1
        if self.server.hangs:
            self.connection.settimeout(HELD)
            self.rfile.read(1)  # until the caller gives up
            return
        self.server.sessions += 1
        self.say(self.server.greeting)
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("EHLO"):
                self.say("250-here")
                self.say("250 AUTH PLAIN")
            elif verb.startswith("AUTH"):
                self.say(self.server.signing_in)
            elif verb.startswith("RCPT TO:<NOBODY"):
                self.say("550 no such user")
            elif verb.startswith("RCPT TO:<FULL"):
                self.say("452 no room left")
            elif verb.startswith("RCPT TO:<CLOSING") and self.server.shuts_down:
                self.say("421 closing for tonight")
            elif verb.startswith("RCPT TO:<POISON"):
                return
            elif verb == "DATA":
                self.say("354 go on")
                message = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    message += part
                self.server.taken.append(message.decode())
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")


@pytest.fixture
def mail_server(settings: Any) -> Iterator[Callable[..., MailServer]]:
    servers: list[MailServer] = []

    def start(**how: Any) -> MailServer:
        server = MailServer(**how)
        servers.append(server)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 1 if server.hangs else HELD / 2
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
