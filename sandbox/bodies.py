"""What a request must say: an object of texts, each of its kind, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.refusals import Refused

SOUND = re.compile(r"[^\x00\ud800-\udfff]*")


@dataclass(frozen=True)
class Field:
    """A text of `shortest` to `longest` characters, as the `pattern` has it, or one of `among`.

    `default`: what it is when it is left out; None for one that must be there. `example` of what the pattern means.
    """

    longest: int = 200
    shortest: int = 0
    among: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""
    default: str | None = None

    def check(self, name: str, value: object) -> str:
        """The value. Raises Refused."""
        if not isinstance(value, str):
            raise Refused(f"El campo «{name}» debe ser un texto.", status=400)
        if not self.shortest <= len(value) <= self.longest or not SOUND.fullmatch(value):
            raise Refused(f"El campo «{name}» debe tener de {self.shortest} a {self.longest} caracteres.", status=400)
        if self.among and value not in self.among:
            raise Refused(f"El campo «{name}» debe ser uno de: {', '.join(self.among)}.", status=400)
        if self.pattern and not re.fullmatch(self.pattern, value):
            like = f" como {self.example}" if self.example else f" como dice el contrato: {self.pattern}"
            raise Refused(f"El campo «{name}» debe ser{like}.", status=400)
        return value


def read_body(content: bytes, fields: Mapping[str, Field]) -> dict[str, str]:
    """The texts of a body. Raises Refused with status 400."""
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused("Lo enviado no es JSON.", status=400) from None
    if not isinstance(raw, dict):
        raise Refused("Lo enviado no es un objeto JSON.", status=400)
    if strange := sorted(set(raw) - set(fields)):
        raise Refused(f"No se conoce el campo «{strange[0][:40]}».", status=400)
    found = {}
    for name, field in fields.items():
        if name in raw:
            found[name] = field.check(name, raw[name])
        elif field.default is not None:
            found[name] = field.default
        else:
            raise Refused(f"Falta el campo «{name}».", status=400)
    return found
