"""Rows of a spreadsheet become people: in whatever order, each looked at, and nobody is made while one is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from unittest.mock import patch

import pytest

from agents import hiring
from agents.hiring import SomebodyIsThere, hire
from agents.models import Agent, FirstEntry, PowerRequest, Role, Team, User
from agents.newcomers import AT_ONCE, LONGEST, Newcomer, read_sheet

pytestmark = pytest.mark.django_db
TITLES = "Usuario\tNombre\tApellido\tCorreo\tFunción\tEquipo\tListas\tInterno"


def sheet(*rows: str, titles: str = TITLES) -> str:
    return "\r\n".join([titles, *rows])


def problems(*rows: str) -> list[str]:
    return [problem for row in read_sheet(sheet(*rows)).rows for problem in row.problems]


def test_rows_as_a_spreadsheet_copies_them() -> None:
    found = read_sheet(sheet("mquispe\tMaría\tQuispe\tm@example.com\tAgente\tMañana\tTV, Internet\t1001"))
    assert found.is_right
    assert found.newcomers == [
        Newcomer("mquispe", "María", Role.AGENT, "Quispe", "m@example.com", "Mañana", ("TV", "INTERNET"), "1001")
    ]


@pytest.mark.parametrize("between", [";", ","])
def test_columns_in_another_order_and_files_with_signs_between(between: str) -> None:
    rows = [["FUNCION", "nombres", "Usuario", "otra"], ["Supervisora", "Rosa  Flores", "rflores", "x"]]
    found = read_sheet("\n".join(between.join(row) for row in rows))
    assert found.newcomers == [Newcomer("rflores", "Rosa Flores", Role.SUPERVISOR)]


@pytest.mark.parametrize(
    ("words", "lists"),
    [("ambas", ("INTERNET", "TV")), ("tv y internet", ("TV", "INTERNET")), ("TV/TV", ("TV",)), ("", ())],
)
def test_lists_in_the_words_of_people(words: str, lists: tuple[str, ...]) -> None:
    assert read_sheet(sheet(f"ana2\tAna\t\t\tagente\t\t{words}\t")).newcomers[0].lists == lists


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("\tAna\t\t\tagente", "falta usuario"),
        ("a b\tAna\t\t\tagente", "solo letras"),
        ("аna\tAna\t\t\tagente", "solo letras"),
        ("ana2", "falta nombre"),
        ("ana2\tAna\t\tana@\tagente", "no es una dirección"),
        ("ana2\tAna\t\t\tjefa", "no se conoce la función «jefa»"),
        ("ana2\tAna\t\t\tagente\t\tradio", "no se conocen esas listas"),
        ("ana2\tAna\t\t\t", "falta funcion"),
        (f"{'a' * 151}\tAna\t\t\tagente", "usuario es demasiado largo"),
        (f"ana2\tAna\t\t\tagente\t{'e' * 81}", "equipo es demasiado largo"),
    ],
)
def test_what_is_wrong_is_said_of_its_row(row: str, said: str) -> None:
    words = problems(row)
    assert said in words[0]


def test_a_name_that_is_taken_or_there_twice(ana: Agent) -> None:
    assert problems("ANA\tAna\t\t\tagente") == ["ya hay una cuenta con ese usuario"]
    twice = problems("ana2\tAna\t\t\tagente", "Ana2\tAna\t\t\tagente")
    assert twice == ["ese usuario está dos veces en la planilla"] * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  \n ", "No hay ninguna fila"),
        ("Nombre\tApellido\nAna\tPaz", "faltan títulos: usuario, funcion"),
        ("Usuario\tCuenta\tNombre\tFunción\na\tb\tc\tagente", "repetidos: usuario"),
        (TITLES, "no hay nadie"),
        ("x" * (LONGEST + 1), "Es demasiado"),
        (sheet(*(f"a{n}\tAna\t\t\tagente" for n in range(AT_ONCE + 1))), f"Son más de {AT_ONCE}"),
    ],
)
def test_what_is_no_sheet_is_said_of_all_of_it(text: str, said: str) -> None:
    found = read_sheet(text)
    assert said in found.problem
    assert not found.is_right


def test_each_gets_an_account_and_a_password_that_opens_once(ines: User, at: Callable[..., datetime]) -> None:
    rows = sheet("mquispe\tMaría\tQuispe\t\tagente\tMañana\tTV\t1001", "lpaz\tLuz\tPaz\t\tagente\tMañana\tambas\t")
    hired = hire(read_sheet(rows).newcomers, by=ines, now=at("2026-11-25 09:00"))
    assert [one.waits for one in hired] == [False, False]
    assert len({one.password for one in hired}) == 2
    maria = Agent.objects.get(user__username="mquispe")
    assert (maria.team, maria.extension) == (Team.objects.get(), "1001")
    assert list(maria.skills.values_list("code", flat=True)) == ["TV"]
    assert maria.user.first_entry == FirstEntry.DUE
    assert maria.user.check_password(hired[0].password)


def test_who_is_to_have_power_waits_for_another_administrator(ines: User, at: Callable[..., datetime]) -> None:
    (one,) = hire([Newcomer("rflores", "Rosa", Role.SUPERVISOR)], by=ines, now=at("2026-11-25 09:00"))
    rosa = User.objects.get(username="rflores")
    assert one.waits
    assert (rosa.role, rosa.is_active) == (Role.AGENT, False)
    asked = PowerRequest.objects.waiting().get()
    assert (asked.user, asked.role, asked.asked_by) == (rosa, Role.SUPERVISOR, ines)


def test_all_are_made_or_none(ines: User, at: Callable[..., datetime]) -> None:
    both = [Newcomer("mquispe", "María", Role.AGENT), Newcomer("lpaz", "Luz", Role.AGENT)]

    def meanwhile(_password: str) -> str:
        User.objects.get_or_create(username="lpaz")  # by somebody else
        return "!"

    with patch.object(hiring, "make_password", meanwhile), pytest.raises(SomebodyIsThere):
        hire(both, by=ines, now=at("2026-11-25 09:00"))
    assert not User.objects.filter(username="mquispe").exists()
