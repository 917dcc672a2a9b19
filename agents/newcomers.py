"""People out of a spreadsheet: its rows as they are pasted, and what is wrong with each before anybody is made."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from agents.models import Role, Skill, User

AT_ONCE = 60  # people: each password is hashed, which is meant to take long
LONGEST = 100_000  # letters of what is pasted
COLUMNS = ("username", "first_name", "last_name", "email", "role", "team", "lists", "extension")
NEEDED = ("username", "first_name", "role")
TITLES = {
    "username": ("usuario", "cuenta", "username", "user name", "user"),
    "first_name": ("nombre", "nombres", "first name", "name"),
    "last_name": ("apellido", "apellidos", "last name"),
    "email": ("correo", "correo electronico", "email", "e-mail", "mail address"),
    "role": ("funcion", "rol", "cargo", "role"),
    "team": ("equipo", "grupo", "team"),
    "lists": ("listas", "lista", "habilidades", "servicios", "lists"),
    "extension": ("interno", "extension", "anexo"),
}
ROLES = {
    Role.AGENT: ("agente", "agent"),
    Role.SUPERVISOR: ("supervisor", "supervisora", "supervision"),
    Role.AUDITOR: ("auditor", "auditora", "auditoria"),
    Role.ADMINISTRATOR: ("administrador", "administradora", "administracion", "administrator"),
}
ALL_LISTS = ("ambas", "ambos", "todas", "todos", "both", "all")
LENGTHS = {"username": 150, "first_name": 150, "last_name": 150, "email": 254, "team": 80, "extension": 16}


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is to have an account. `lists`: codes of skills; `team` by its name, empty for none."""

    username: str
    first_name: str
    role: str
    last_name: str = ""
    email: str = ""
    team: str = ""
    lists: tuple[str, ...] = ()
    extension: str = ""

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)


@dataclass(frozen=True)
class Row:
    """One row of the sheet: as it was pasted, whom it makes, and what is wrong with it."""

    number: int
    cells: Mapping[str, str]
    newcomer: Newcomer | None = None
    problems: Sequence[str] = ()


@dataclass
class Sheet:
    """What was pasted: its rows, and what is wrong with all of it."""

    rows: list[Row] = field(default_factory=list)
    problem: str = ""

    @property
    def is_right(self) -> bool:
        return bool(self.rows) and not self.problem and all(row.newcomer for row in self.rows)

    @property
    def newcomers(self) -> list[Newcomer]:
        return [row.newcomer for row in self.rows if row.newcomer]

    @property
    def wrong(self) -> int:
        return sum(not row.newcomer for row in self.rows)


def read_sheet(text: str) -> Sheet:
    """Rows as a spreadsheet copies them (tabs), or as CSV; the first one names the columns, in whatever order."""
    if len(text) > LONGEST:
        return Sheet(problem=_("Es demasiado: pegue a lo sumo %(most)d personas de una vez.") % {"most": AT_ONCE})
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return Sheet(
            problem=_("No hay ninguna fila: copie las de su planilla, con la de los títulos, y péguelas aquí.")
        )
    between = next((sign for sign in ("\t", ";") if sign in lines[0]), ",")
    try:
        table = list(csv.reader(lines, delimiter=between))
    except csv.Error:
        return Sheet(problem=_("No se pudo leer como filas y columnas: cópielas otra vez de su planilla."))
    named = [_column_of(cell) for cell in table[0]]
    if missing := [name for name in NEEDED if name not in named]:
        words = ", ".join(TITLES[name][0] for name in missing)
        return Sheet(problem=_("En la primera fila faltan títulos: %(missing)s.") % {"missing": words})
    twice = [TITLES[name][0] for name, times in Counter(filter(None, named)).items() if times > 1]
    if twice:
        return Sheet(problem=_("En la primera fila hay títulos repetidos: %(twice)s.") % {"twice": ", ".join(twice)})
    if len(table) < 2:
        return Sheet(problem=_("Debajo de los títulos no hay nadie."))
    if len(table) - 1 > AT_ONCE:
        return Sheet(problem=_("Son más de %(most)d: péguelas por partes.") % {"most": AT_ONCE})
    rows = [
        {name: " ".join(cell.split()) for name, cell in zip_longest(named, row[: len(named)], fillvalue="") if name}
        for row in table[1:]
    ]
    return Sheet(_checked(rows))


def _checked(rows: Sequence[dict[str, str]]) -> list[Row]:
    names = [row.get("username", "").lower() for row in rows]
    taken = set(User.objects.annotate(name=Lower("username")).filter(name__in=names).values_list("name", flat=True))
    times, skills = Counter(names), list(Skill.objects.order_by("code"))
    found = []
    for number, cells in enumerate(rows, start=2):  # as the spreadsheet counts, below its titles
        name = cells.get("username", "").lower()
        problems = list(_wrong(cells))
        if name in taken:
            problems.append(_("ya hay una cuenta con ese usuario"))
        if name and times[name] > 1:
            problems.append(_("ese usuario está dos veces en la planilla"))
        role, lists = _role_of(cells.get("role", "")), _lists_of(cells.get("lists", ""), skills)
        if cells.get("role") and role is None:
            problems.append(_("no se conoce la función «%(role)s»") % {"role": cells["role"][:40]})
        if lists is None:
            known = ", ".join(skill.code for skill in skills)
            problems.append(_("no se conocen esas listas: hay %(known)s") % {"known": known})
        made = None
        if not problems and role is not None and lists is not None:
            kept = {name: cells.get(name, "") for name in COLUMNS if name not in ("role", "lists")}
            made = Newcomer(**kept, role=role, lists=lists if role == Role.AGENT else ())
        found.append(Row(number, cells, made, problems))
    return found


def _wrong(cells: Mapping[str, str]) -> Iterable[str]:
    for name in NEEDED:
        if not cells.get(name):
            yield _("falta %(what)s") % {"what": TITLES[name][0]}
    for name, most in LENGTHS.items():
        if len(cells.get(name, "")) > most:
            yield _("%(what)s es demasiado largo") % {"what": TITLES[name][0]}
    try:
        if cells.get("username"):
            ASCIIUsernameValidator()(cells["username"])  # one that looks like another's is another's
    except ValidationError:
        yield _("el usuario lleva solo letras sin tilde, cifras y @ . + - _")
    try:
        if cells.get("email"):
            validate_email(cells["email"])
    except ValidationError:
        yield _("el correo no es una dirección")


def _column_of(title: str) -> str:
    plain = _plain(title)
    return next((name for name, titles in TITLES.items() if plain in titles), "")


def _role_of(word: str) -> Role | None:
    plain = _plain(word)
    return next((role for role, words in ROLES.items() if plain in words), None)


def _lists_of(words: str, skills: Sequence[Skill]) -> tuple[str, ...] | None:
    """Codes of the skills that are named; None where one of them is none."""
    known = {_plain(name): skill.code for skill in skills for name in (skill.code, skill.name)}
    found: list[str] = []
    for word in filter(None, map(_plain, words.replace("/", ",").replace(" y ", ",").replace("+", ",").split(","))):
        if word in ALL_LISTS:
            found += [skill.code for skill in skills]
        elif word in known:
            found.append(known[word])
        else:
            return None
    return tuple(dict.fromkeys(found))


def _plain(text: str) -> str:
    """Without accents, capitals and signs around it."""
    split = unicodedata.normalize("NFKD", text)
    return " ".join("".join(one for one in split if not unicodedata.combining(one)).lower().strip(" .:*").split())
