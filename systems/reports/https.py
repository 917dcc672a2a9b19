"""Reports behind an https address: a listing of links, or a file whose name follows from the month."""

from __future__ import annotations

import ssl
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpx
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
    shown,
    split_address,
    too_big,
    why_left_out,
)

LOOPBACK = ("127.0.0.1", "::1", "localhost")
MOST_REDIRECTS = 3
LONGEST_LISTING = 4 * 2**20
MOST_FILES = 2_000  # each is asked about by itself


def list_files(settings: SourceSettings, period: str) -> Listing:
    """The links of the page that fit the pattern; a pattern without `*` is asked for by its name."""
    pattern = settings.pattern_of(period)
    is_listed = any(mark in pattern for mark in "*?[")
    with _client(settings) as client:
        names = _linked(client, _folder(settings), pattern) if is_listed else {pattern: why_left_out(pattern, pattern)}
        if len(names) > MOST_FILES:
            words = _("La lista del servidor tiene más de %(most)s archivos así: quite los viejos o acote el patrón.")
            raise SourceRefused(words % {"most": MOST_FILES})
        asked = {name: _facts(client, settings, name) for name, why in names.items() if why is None}
    if is_listed:
        words = _("«%(name)s» no se tomó: el servidor lo nombra en su lista y responde que no está.")
        names |= {name: words % {"name": shown(name)} for name, found in asked.items() if found is None}
    left_out = [LeftOut(why, None) for why in names.values() if why]
    return Listing([found for found in asked.values() if found is not None], left_out)


def fetch(settings: SourceSettings, name: str, to: Path, max_bytes: int) -> Fetched:
    with _client(settings) as client, _answer(client, "GET", _address(settings, name)) as answer:
        _check(answer)
        told = answer.headers.get("content-length", "")
        if told.isdigit() and int(told) > max_bytes:
            raise too_big(max_bytes)
        return keep(answer.iter_bytes(), to=to, max_bytes=max_bytes, seconds=settings.total_seconds)


def check_settings(settings: SourceSettings) -> None:
    """Raise SourceRefused when the location is no address to ask."""
    _folder(settings)


def _folder(settings: SourceSettings) -> str:
    where = split_address(settings.location)
    if where.scheme != "https" and not (where.scheme == "http" and where.hostname in LOOPBACK):
        raise SourceRefused(_("La ubicación debe comenzar con https://."))
    if not where.hostname or where.query or where.fragment:
        raise SourceRefused(_("La ubicación debe ser como https://servidor/carpeta/."))
    host = f"[{where.hostname}]" if ":" in where.hostname else where.hostname
    return f"{where.scheme}://{host}{f':{where.port}' if where.port else ''}{where.path.rstrip('/')}/"


def _address(settings: SourceSettings, name: str) -> str:
    return _folder(settings) + quote(name)


@contextmanager
def _client(settings: SourceSettings) -> Iterator[httpx.Client]:
    """A client that trusts the system's authorities, follows nothing by itself and waits for nothing for ever."""
    _folder(settings)
    user = unquote(urlsplit(settings.location).username or "")
    headers = {"Accept-Encoding": "identity", "User-Agent": "callcenter"}
    if settings.secret and not user:
        headers["Authorization"] = f"Bearer {settings.secret}"
    client = httpx.Client(
        auth=(user, settings.secret) if user else None,
        headers=headers,
        verify=ssl.create_default_context(),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds),
    )
    try:
        with client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
        why = str(error) or type(error).__name__
        raise SourceUnavailable(_("El servidor no respondió: %(why)s.") % {"why": why[:200]}) from error


@contextmanager
def _answer(client: httpx.Client, method: str, address: str) -> Iterator[httpx.Response]:
    """The answer, after redirects that stay at the same server."""
    start = httpx.URL(address)
    for _step in range(MOST_REDIRECTS + 1):
        with client.stream(method, address) as answer:
            if not answer.has_redirect_location:
                yield answer
                return
            target = start.join(answer.headers["location"])
        if (target.scheme, target.host, target.port) != (start.scheme, start.host, start.port):
            raise SourceRefused(_("El servidor envía a otro lugar (%(host)s): no se siguió.") % {"host": target.host})
        address = str(target)
    raise SourceRefused(_("El servidor envía de un lugar a otro sin fin."))


def _check(answer: httpx.Response) -> None:
    if answer.status_code in (401, 403):
        raise SourceRefused(_("El servidor no aceptó el usuario o el token."))
    if answer.status_code >= 400:
        raise SourceUnavailable(_("El servidor respondió con el error %(code)s.") % {"code": answer.status_code})


def _facts(client: httpx.Client, settings: SourceSettings, name: str) -> Found | None:
    """Size and time of a file as the server tells them; None when it is not there."""
    address = _address(settings, name)
    with _answer(client, "HEAD", address) as answer:
        if answer.status_code not in (405, 501):
            return _found(name, answer)
    with _answer(client, "GET", address) as answer:  # a server that knows no HEAD: the body is left unread
        return _found(name, answer)


def _found(name: str, answer: httpx.Response) -> Found | None:
    if answer.status_code in (404, 410):
        return None
    _check(answer)
    told = answer.headers.get("content-length", "")
    modified: datetime | None = None
    try:
        modified = parsedate_to_datetime(answer.headers["last-modified"])
        modified = modified if modified.tzinfo else modified.replace(tzinfo=UTC)
    except (KeyError, ValueError):
        modified = None
    return Found(name=name, size=int(told) if told.isdigit() else 0, modified=modified)


def _linked(client: httpx.Client, folder: str, pattern: str) -> dict[str, str | None]:
    """Names of this very folder that the page links to, each with why it is left out, if it is."""
    with _answer(client, "GET", folder) as answer:
        if answer.status_code in (404, 410):
            raise SourceUnavailable(_("La dirección no existe en el servidor."))
        _check(answer)
        page = bytearray()
        for piece in answer.iter_bytes():
            page += piece
            if len(page) > LONGEST_LISTING:
                raise SourceRefused(_("La lista de archivos del servidor es demasiado larga."))
    links = _Links()
    links.feed(page.decode("utf-8", "surrogateescape"))
    names = {}
    for link in links.found:
        address = urljoin(folder, link.split("#")[0].split("?")[0])
        quoted, slash, below = address.removeprefix(folder).partition("/")
        name = unquote(quoted, errors="surrogateescape")
        if address.startswith(folder) and not below and is_wanted(name, pattern):
            names[name] = why_left_out(name, pattern, mode=stat.S_IFDIR if slash else stat.S_IFREG)
    return names


class _Links(HTMLParser):
    """The addresses a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]
