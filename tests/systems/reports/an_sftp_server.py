"""An SFTP server on loopback, one folder of which is read."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import paramiko

HELD = 60.0  # seconds a server that hangs holds whoever waits for ever; a test asks for half of them
CLIENT_KEY = paramiko.ECDSAKey.generate()


class Stuck(paramiko.SFTPHandle):
    """A file whose first byte never comes."""

    closing: threading.Event

    def read(self, offset: int, length: int) -> Any:
        self.closing.wait(HELD)
        return b""


class Folder(paramiko.SFTPServerInterface):
    """Serves one folder, read-only."""

    root: Path
    closing: threading.Event

    def _at(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def list_folder(self, path: str) -> Any:
        try:
            return [
                paramiko.SFTPAttributes.from_stat(os.lstat(one), one.name) for one in sorted(self._at(path).iterdir())
            ]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def lstat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(os.lstat(self._at(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    stat = lstat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        try:
            handle = Stuck(flags) if path.endswith("stuck") else paramiko.SFTPHandle(flags)
            handle.closing = self.closing  # type: ignore[attr-defined]
            handle.readfile = self._at(path).open("rb")  # type: ignore[attr-defined]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        else:
            return handle


class Doorman(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == ("ccvp", "secreto")
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.AUTH_SUCCESSFUL if key.asbytes() == CLIENT_KEY.asbytes() else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class SftpServer:
    """An SFTP server on loopback with an ECDSA and an RSA key; `passwords` counts who tried to sign in."""

    def __init__(self, root: Path) -> None:
        self.keys = [paramiko.ECDSAKey.generate(), paramiko.RSAKey.generate(2048)]
        self.closing = threading.Event()
        self.folder = type("ServedFolder", (Folder,), {"root": root, "closing": self.closing})
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.transports: list[paramiko.Transport] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def host_key(self) -> str:
        return f"{self.keys[0].get_name()} {self.keys[0].get_base64()}"

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self.listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(line)
            for key in self.keys:
                transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, self.folder)
            self.transports.append(transport)
            transport.start_server(server=Doorman(), event=threading.Event())

    def close(self) -> None:
        self.closing.set()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for transport in self.transports:
            transport.close()
