"""Where a queue_log is: a path, or the address of a table without its password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PORTS = {"mysql": 3306, "postgresql": 5432}
NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
IS_A_TABLE = re.compile(r"[a-z]+://")  # and not a path


@dataclass(frozen=True)
class Table:
    """Where it is, without the password: `mysql://user@host:3306/database/table`. `host` may be a path, of a database
    on this machine: `postgresql://user@%2Frun%2Fpostgresql/database/table`.
    """

    kind: str
    host: str
    port: int
    user: str
    database: str
    name: str


def read_address(address: str) -> Table:
    """Raises ValidationError, in words."""
    try:
        told = urlsplit(address)
        port = told.port
    except ValueError as error:
        raise ValidationError(_("No es una dirección: %(why)s.") % {"why": error}) from error
    names = told.path.strip("/").split("/")
    if told.password is not None:
        raise ValidationError(_("La contraseña no se escribe aquí: se lee de la variable de entorno que se nombra."))
    if told.scheme not in PORTS or not told.hostname or not told.username or len(names) != len(("database", "table")):
        raise ValidationError(_("Se escribe mysql://usuario@servidor:3306/base/tabla o postgresql://…"))
    if told.query or told.fragment or not all(map(NAME.fullmatch, names)):
        raise ValidationError(_("Base y tabla se escriben con letras, cifras y guion bajo."))
    host = unquote(told.netloc.rpartition("@")[2].removesuffix(f":{port}"))  # its letters as they were written
    return Table(told.scheme, host, port or PORTS[told.scheme], unquote(told.username), names[0], names[1])
