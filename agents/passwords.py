"""What no password may be: too long to be looked at, or the centre's own words with a year and a sign behind them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agents.models import User

LONGEST = 128
# What somebody in this house thinks of first.
OWN_WORDS = frozenset({
    *("comteco", "cooperativa", "telefonos", "telefonia", "cochabamba", "cocha", "bolivia", "tunari", "llajta"),
    *("callcenter", "call", "center", "centro", "llamadas", "llamada", "contact", "agente", "supervisor"),
    *("supervision", "administrador", "admin", "auditor", "operador", "prepago", "prepagos", "internet", "television"),
    *("tv", "cable", "mio", "boliviatel", "smartflex", "elastix", "sistema", "clave", "contrasena", "password"),
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre"),
    *("diciembre", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo", "hola", "acceso"),
    *("fijacom", "guiatel", "quillacollo", "sacaba", "tiquipaya", "colcapirhua", "vinto", "cliza", "punata", "chapare"),
    *("rl", "srl", "sa", "de", "del", "la", "el", "mi", "y", "en"),
})  # fmt: skip
FEWEST = 5  # different letters: fewer are one key that was held
_LOOKS = str.maketrans("013457@$!|", "oieastasii")
_MARKS = re.compile(r"[\u0300-\u036f]")
_NO_LETTERS = re.compile(r"[^a-z]+")


class LongestValidator:
    """A long one costs the machine that hashes it, and nobody types it."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("La contraseña tiene a lo sumo %(n)d letras.") % {"n": LONGEST}, code="too_long")

    def get_help_text(self) -> str:
        return _("A lo sumo %(n)d letras.") % {"n": LONGEST}


class OwnWordsValidator:
    """`comteco2026!!` is long enough and on no list of the world; whoever knows the house tries it first."""

    def validate(self, password: str, user: User | None = None) -> None:
        names = {_plain(name) for name in (user.username, user.first_name, user.last_name)} if user else set()
        words = OWN_WORDS | {word for name in names for word in _NO_LETTERS.split(name) if word}
        plain = _plain(password)
        if len({*plain}) < FEWEST or any(_is_made_of(letters, words) for letters in _spellings(plain)):
            raise ValidationError(
                _("Está hecha de palabras del centro o de su nombre: elija otras que nadie relacione con usted."),
                code="own_words",
            )

    def get_help_text(self) -> str:
        return _("No solo palabras del centro, ni su nombre, con números detrás.")


def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()


def _spellings(plain: str) -> Iterator[str]:
    """As letters alone, and with digits and signs for what they look like; a year behind the word is no letters, but
    where the word ends nobody knows: `c0mt3c02026!`.
    """
    yield _NO_LETTERS.sub("", plain)
    last = max((place for place, letter in enumerate(plain) if letter.isalpha()), default=-1)
    for end in range(last + 1, len(plain) + 1):
        yield _NO_LETTERS.sub("", plain[:end].translate(_LOOKS))


def _is_made_of(letters: str, words: frozenset[str]) -> bool:
    """Whether nothing but these words stands there, one behind the other; also where nothing stands there at all."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(end - len(word) in reached and letters.startswith(word, end - len(word)) for word in words):
            reached.add(end)
    return len(letters) in reached
