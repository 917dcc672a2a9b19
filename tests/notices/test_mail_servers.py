"""Delivery against real mail servers on loopback: one that takes mail, one that refuses a person, one that hangs."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from notices.mailing import deliver_due, message_id
from notices.models import Notice

pytestmark = pytest.mark.django_db


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a client needs. Mail to `nobody@…` is refused; with `hangs` nothing is ever said."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *, hangs: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.hangs = hangs
        self.taken: list[str] = []
        self.sessions = 0
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class Session(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        if self.server.hangs:
            time.sleep(5)
            return
        self.server.sessions += 1
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("RCPT TO:<NOBODY"):
                self.say("550 no such user")
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

    def start(**how: bool) -> MailServer:
        server = MailServer(**how)
        servers.append(server)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 1
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_sweep_sends_all_that_is_due_in_one_session(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    for number in range(3):
        owed(key=f"n{number}", subject="Reporte atrasado: ñ", attachments=[("informe.txt", "text/plain", b"uno")])
    assert deliver_due(now=now) == 3
    assert (len(server.taken), server.sessions) == (3, 1)
    for number, message in enumerate(server.taken):
        assert f"Message-ID: {message_id(f'n{number}')}" in message
        assert "informe.txt" in message


def test_a_person_the_server_does_not_know_hinders_nobody_else(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    refused = owed(key="first", to=["nobody@comteco.example"])
    owed(now + timedelta(seconds=1), key="second")
    assert deliver_due(now=now + timedelta(seconds=2)) == 1
    assert len(server.taken) == 1
    refused.refresh_from_db()
    assert (refused.state, refused.attempts) == (Notice.State.WAITING, 1)
    assert "no such user" in refused.last_error


def test_a_server_that_never_answers_is_given_up(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    mail_server(hangs=True)
    notices = [owed(key=f"n{number}") for number in range(5)]
    began = time.monotonic()
    assert deliver_due(now=now) == 0
    assert time.monotonic() - began < 4
    attempts = sorted(Notice.objects.filter(pk__in=[one.pk for one in notices]).values_list("attempts", flat=True))
    assert attempts == [0, 0, 0, 0, 1]
