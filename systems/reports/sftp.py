"""Reports on an SFTP server. Its key is pinned: whoever answers with another one gets no password from us."""

from __future__ import annotations

import base64
import binascii
import io
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import SplitResult, unquote

import paramiko
from django.utils.translation import gettext as _

from systems.reports.places import (
    Fetched,
    Found,
    LeftOut,
    Listing,
    SourceRefused,
    SourceSettings,
    SourceUnavailable,
    is_wanted,
    keep,
    split_address,
    too_big,
    why_left_out,
)

PIECE = 1 << 18
AT_ONCE = 32  # requests on the way while a file is read
MOST_FILES = 10_000
RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256")


def list_files(settings: SourceSettings, period: str) -> Listing:
    pattern = settings.pattern_of(period)
    listing = Listing()
    with _connected(settings) as (client, folder):
        for number, entry in enumerate(client.listdir_iter(folder)):
            if number >= MOST_FILES:
                raise SourceRefused(_("La carpeta del servidor tiene más de %(most)s archivos.") % {"most": MOST_FILES})
            if not is_wanted(entry.filename, pattern):
                continue
            modified = datetime.fromtimestamp(entry.st_mtime, UTC) if entry.st_mtime else None
            why = why_left_out(entry.filename, pattern, mode=entry.st_mode or 0)
            if why:
                listing.left_out.append(LeftOut(why, modified))
            elif why is None and entry.st_size:
                listing.files.append(Found(name=entry.filename, size=entry.st_size, modified=modified))
    return listing


def fetch(settings: SourceSettings, name: str, to: Path, max_bytes: int) -> Fetched:
    with _connected(settings) as (client, folder):
        path = f"{folder.rstrip('/')}/{name}"
        before = client.lstat(path)
        if not stat.S_ISREG(before.st_mode or 0):
            raise SourceRefused(_("«%(name)s» no es un archivo.") % {"name": name[:80]})
        size = before.st_size or 0
        if size > max_bytes:
            raise too_big(max_bytes)
        with client.open(path, "rb") as file:
            file.prefetch(size, AT_ONCE)
            fetched = keep(_pieces(file), to=to, max_bytes=max_bytes, seconds=settings.total_seconds)
        if settings.grows:
            return fetched
        after = client.lstat(path)
        if (size, before.st_mtime) != (after.st_size, after.st_mtime) or fetched.size != size:
            to.unlink(missing_ok=True)
            raise SourceUnavailable(_("«%(name)s» todavía se está escribiendo.") % {"name": name[:80]})
    return fetched


def _pieces(file: paramiko.SFTPFile) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def check_settings(settings: SourceSettings) -> None:
    """Raise SourceRefused when the location is no address to ask, or nobody's key is pinned."""
    _address(settings)
    _pinned(settings.host_key)


def _address(settings: SourceSettings) -> SplitResult:
    where = split_address(settings.location)
    if where.scheme != "sftp" or not where.hostname or not where.username:
        raise SourceRefused(_("La ubicación debe ser como sftp://usuario@servidor:22/carpeta."))
    return where


@contextmanager
def _connected(settings: SourceSettings) -> Iterator[tuple[paramiko.SFTPClient, str]]:
    """A session whose server proved its key before anything was told to it."""
    where = _address(settings)
    kind, blob = _pinned(settings.host_key)
    transport: paramiko.Transport | None = None
    try:
        line = socket.create_connection((where.hostname, where.port or 22), timeout=settings.connect_seconds)
        line.settimeout(settings.read_seconds)
        transport = paramiko.Transport(line)
        transport.banner_timeout = transport.auth_timeout = transport.channel_timeout = settings.connect_seconds
        _ask_for_key(transport, kind)
        transport.start_client(timeout=settings.connect_seconds)
        if transport.get_remote_server_key().asbytes() != blob:
            raise SourceRefused(_("El servidor SFTP mostró otra clave que la registrada: no se le dio la contraseña."))
        _sign_in(transport, where, settings.secret)
        client = paramiko.SFTPClient.from_transport(transport)
        if client is None:
            raise SourceUnavailable(_("El servidor SFTP no abrió la sesión."))
        channel = client.get_channel()
        if channel is not None:
            channel.settimeout(settings.read_seconds)
        yield client, unquote(where.path) or "."
    except paramiko.AuthenticationException as error:
        raise SourceRefused(_("El servidor SFTP no aceptó el usuario o la contraseña.")) from error
    except paramiko.ssh_exception.IncompatiblePeer as error:
        raise SourceRefused(_("El servidor SFTP no tiene una clave del tipo registrado.")) from error
    except FileNotFoundError as error:
        raise SourceUnavailable(_("La carpeta o el archivo no existe en el servidor SFTP.")) from error
    except UnicodeDecodeError as error:  # the library reads names as UTF-8 alone
        words = _("El servidor SFTP tiene ahí un nombre de archivo que no es UTF-8: pida que lo cambien.")
        raise SourceUnavailable(words) from error
    except (paramiko.SSHException, OSError, EOFError) as error:
        why = str(error) or type(error).__name__
        raise SourceUnavailable(_("El servidor SFTP no respondió: %(why)s.") % {"why": why[:200]}) from error
    finally:
        if transport is not None:
            transport.close()


def _pinned(host_key: str) -> tuple[str, bytes]:
    kind, _blank, rest = host_key.strip().partition(" ")
    try:
        blob = base64.b64decode(rest.split()[0], validate=True)
    except (IndexError, binascii.Error):
        raise SourceRefused(_("Falta la clave del servidor SFTP, como «ssh-ed25519 AAAA…».")) from None
    return kind, blob


def _ask_for_key(transport: paramiko.Transport, kind: str) -> None:
    """A server may have several keys: ask for the one of the pinned kind."""
    options = transport.get_security_options()
    asked = RSA_SIGNATURES if kind == "ssh-rsa" else (kind,)
    try:
        options.key_types = tuple(one for one in options.key_types if one in asked) or asked
    except ValueError:
        raise SourceRefused(_("No se admiten claves de servidor del tipo «%(kind)s».") % {"kind": kind[:40]}) from None


def _sign_in(transport: paramiko.Transport, where: SplitResult, secret: str) -> None:
    user = unquote(where.username or "")
    if secret.lstrip().startswith("-----BEGIN"):
        transport.auth_publickey(user, _private_key(secret))
    else:
        transport.auth_password(user, secret)


def _private_key(pem: str) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(pem))
        except paramiko.SSHException:
            continue
    raise SourceRefused(_("La clave privada no se entiende o tiene contraseña."))
