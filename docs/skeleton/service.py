"""A service that speaks docs/systems.yaml: a read from a database view, a write by SOAP. See README.md beside it."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

import psycopg
import zeep
from zeep.exceptions import Fault
from zeep.transports import Transport

log = logging.getLogger("skeleton")
KEY = re.compile(r"[\x21-\x7e]{1,200}")
UNSOUND = re.compile("[\x00\ud800-\udfff]")  # what no database keeps
ASKED_BY = ("agent", "requester_name", "requester_card", "requester_kinship")
MOST = 65_536  # bytes of a request
PATIENCE = 5  # seconds for the other side; the call centre waits two, and asks what became of it later
Fields = dict[str, int]  # what a body has, and how many characters each may have; 0 in front: it may be empty


class Refused(Exception):
    """Nothing was done, and why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class NotKnown(Exception):
    """It may have been done."""


# -- What the site has -------------------------------------------------------------------------------------------------


class Site:
    """The site's own database and its SOAP service."""

    def __init__(self, *, database_url: str, wsdl: str) -> None:
        self.database_url = database_url
        self._wsdl = wsdl

    def search_extensions(self, body: dict[str, str]) -> dict[str, Any]:
        """A view of the site: `internal_numbers (name, unit, extension)`."""
        words = "%" + re.sub(r"([%_\\])", r"\\\1", body["words"]) + "%"
        with psycopg.connect(self.database_url) as connection:
            rows = connection.execute(
                "SELECT name, unit, extension FROM internal_numbers"
                " WHERE name ILIKE %(words)s OR unit ILIKE %(words)s OR extension ILIKE %(words)s"
                " ORDER BY name LIMIT 50",
                {"words": words},
            ).fetchall()
        return {"extensions": [dict(zip(("name", "unit", "extension"), row, strict=True)) for row in rows]}

    def suspend(self, body: dict[str, str], key: str) -> str:
        """Ask the SOAP service and return its number. Raises Refused and NotKnown."""
        try:
            client = zeep.Client(self._wsdl, transport=Transport(timeout=PATIENCE, operation_timeout=PATIENCE))
        except Exception as error:  # its description was not to be had: nothing was sent
            raise Refused(503, "El sistema no responde ahora.") from error
        try:
            answer = client.service.Suspend(
                contract=body["contract"], number=body["number"], reason=body["reason"], key=key
            )
        except Fault as fault:
            if fault.code and str(fault.code).endswith("Client"):  # it says that the request cannot be done
                raise Refused(422, str(fault.message)) from fault
            raise NotKnown from fault
        except Exception as error:
            raise NotKnown from error
        if not answer:
            raise NotKnown
        return str(answer)


# -- The contract ------------------------------------------------------------------------------------------------------

READS: dict[str, tuple[Fields, Callable[[Site, dict[str, str]], dict[str, Any]]]] = {
    "p_empleados/search": ({"words": 120}, Site.search_extensions),
}
WRITES: dict[str, tuple[Fields, Callable[[Site, dict[str, str], str], str]]] = {
    "lbc/suspend": ({"contract": 24, "number": 24, "reason": -4000}, Site.suspend),
}


def application_of(site: Site, *, token: str = "") -> Callable[..., Iterable[bytes]]:
    """The WSGI application."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            status, told = _answer(site, token, environ)
        except Refused as refused:
            status, told = refused.status, {"error": refused.sentence}
        except psycopg.OperationalError:
            log.exception("the database is not there")
            status, told = 503, {"error": "El sistema no responde ahora."}
        content = json.dumps(told).encode()
        head = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        start_response(f"{status} {HTTPStatus(status).phrase}", head)
        return [content]

    return application


def _answer(site: Site, token: str, environ: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    if token and environ.get("HTTP_AUTHORIZATION", "") != f"Bearer {token}":
        raise Refused(401, "Falta el permiso.")
    path, method = environ["PATH_INFO"].removeprefix("/"), environ["REQUEST_METHOD"]
    system, _slash, rest = path.partition("/")
    if method == "GET" and rest.startswith("operations/"):
        return _was_done(site, system, rest.removeprefix("operations/"))
    if method != "POST" or path not in {**READS, **WRITES}:
        raise Refused(404, "No se atiende esa operación.")
    if path in READS:
        fields, read = READS[path]
        return 200, read(site, _body(environ, fields))
    fields, write = WRITES[path]
    body = _body(environ, {**fields, **dict.fromkeys(ASKED_BY, -150)}, may_lack=ASKED_BY)
    key = environ.get("HTTP_IDEMPOTENCY_KEY", "")
    if not KEY.fullmatch(key):
        raise Refused(400, "Falta la clave del pedido (Idempotency-Key).")
    return 201, {"reference": _once(site, system, path, key, body, write)}


def _body(environ: dict[str, Any], fields: Fields, *, may_lack: tuple[str, ...] = ()) -> dict[str, str]:
    if environ.get("CONTENT_TYPE", "").partition(";")[0] != "application/json":
        raise Refused(415, "Se espera application/json.")
    told = environ.get("CONTENT_LENGTH") or "0"
    length = int(told) if told.isascii() and told.isdigit() and len(told) < 12 else MOST + 1
    if length > MOST:
        raise Refused(413, "Lo enviado es demasiado grande.")
    try:
        body = json.loads(environ["wsgi.input"].read(length))
    except ValueError:
        body = None
    if not isinstance(body, dict) or set(body) - set(fields) or set(fields) - set(body) - set(may_lack):
        raise Refused(400, "El pedido no tiene los campos que se esperan.")
    for name, value in body.items():
        is_text = isinstance(value, str) and not UNSOUND.search(value) and len(value) <= abs(fields[name])
        if not is_text or not value and fields[name] > 0:
            raise Refused(400, f"El campo «{name}» no es como se espera.")
    return body


def _once(
    site: Site, system: str, operation: str, key: str, body: dict[str, str],
    write: Callable[[Site, dict[str, str], str], str],
) -> str:  # fmt: skip
    """Do it, once for its key: the row of the key is there before the other side is asked."""
    asked_by = {name: body.pop(name) for name in ASKED_BY if name in body}
    said = {"system": system, "key": key, "operation": operation, "body": json.dumps(body)}
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        # two with one key wait for one another; held by the connection, so nobody waits for a program that died
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"{system} {key}"])
        there = connection.execute(
            "SELECT operation, body = %(body)s::jsonb, reference FROM done_by_key"
            " WHERE system = %(system)s AND key = %(key)s",
            said,
        ).fetchone()
        if there is not None:
            return _as_before(there, operation)
        connection.execute(
            "INSERT INTO done_by_key (system, key, operation, body, asked_by)"
            " VALUES (%(system)s, %(key)s, %(operation)s, %(body)s, %(asked_by)s)",
            {**said, "asked_by": json.dumps(asked_by)},
        )
        try:
            reference = write(site, body, key)
        except Refused:
            with suppress(psycopg.Error):  # the key stays in doubt then, which costs a look and nothing else
                connection.execute("DELETE FROM done_by_key WHERE system = %(system)s AND key = %(key)s", said)
            raise
        except NotKnown as doubt:
            log.exception("%s with key %s: nobody knows whether it was done", operation, key)
            raise Refused(504, "No se sabe si se hizo.") from doubt
        try:
            connection.execute(
                "UPDATE done_by_key SET reference = %(reference)s WHERE system = %(system)s AND key = %(key)s",
                {**said, "reference": reference},
            )
        except psycopg.Error as lost:  # it was done: nobody is told that it was not
            log.exception("%s with key %s was done as %s, and could not be written down", operation, key, reference)
            raise Refused(504, "No se sabe si se hizo.") from lost
        return reference


def _as_before(there: Any, operation: str) -> str:
    was, is_the_same, reference = there
    if was != operation or not is_the_same:
        raise Refused(409, "Esa clave ya se usó para otra cosa.")
    if not reference:
        raise Refused(504, "No se sabe si se hizo.")
    return str(reference)


def _was_done(site: Site, system: str, key: str) -> tuple[int, dict[str, Any]]:
    if not KEY.fullmatch(key):
        raise Refused(400, "Esa clave no tiene la forma de una.")
    with psycopg.connect(site.database_url) as connection:
        free = connection.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{system} {key}"])
        if free.fetchone() == (False,):  # `_once` holds it
            raise Refused(409, "Todavía está en curso: pregunte en un momento.")
        there = connection.execute(
            "SELECT reference FROM done_by_key WHERE system = %s AND key = %s", [system, key]
        ).fetchone()
    if there is None:
        return 200, {"done": False}
    if not there[0]:
        raise Refused(404, "No se sabe si se hizo: alguien debe mirar en el sistema.")
    return 200, {"done": True, "reference": there[0]}


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    here = Site(database_url=os.environ["DATABASE_URL"], wsdl=os.environ["SOAP_WSDL"])
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8095
    with make_server("127.0.0.1", port, application_of(here, token=os.environ.get("TOKEN", "")), Server) as server:
        server.serve_forever()
