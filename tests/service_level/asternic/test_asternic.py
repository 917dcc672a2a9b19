"""An export of Asternic beside the log: read however it is laid out, compared call by call; nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agents.models import Agent, User
from service_level.asternic.comparing import take_export
from service_level.asternic.reading import NotAnExport, read_export
from service_level.models import AsternicDifference, AsternicExport, LineFigure
from telephony.models import LoggedVisit, Switchboard
from tests.service_level.indicator.a_log import answered, call, hung_up, taken

pytestmark = pytest.mark.django_db
At = Callable[[str], datetime]
SignedIn = Callable[[Any], Client]
MONTH = date(2026, 11, 1)
PAGE = "/indicator/2026-11/asternic/"
HEAD = "Fecha;Agente;Cola;Número;Evento;Timbre;Espera;Conversación"


def export(*rows: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *rows, ""]).encode()


@pytest.fixture
def log(board: Switchboard, now: datetime, at: At) -> date:
    """Five calls: in time, at the limit, hung up, transferred, and one nobody but the log knows."""
    noon = at("2026-11-10 12:00")
    moved = (7, "Ana|CONNECT|7|4.9|2"), (37, "Ana|BLINDTRANSFER|2000|from-internal|7|30|1")
    return taken(
        board,
        *answered(noon, "1.1", "101", 5),
        *answered(at("2026-11-10 12:05"), "2.1", "101", 21),
        *hung_up(at("2026-11-10 12:10"), "3.1", "104", 9),
        *call(at("2026-11-10 12:15"), "4.1", "104", *moved),
        *call(at("2026-11-11 08:00"), "5.1", "101", (40, "NONE|EXITEMPTY|1|1|40")),
    )


ROWS = (
    "2026-11-10 12:00:00;Ana;101;70712345;COMPLETECALLER;3;5;60",  # as it entered
    "2026-11-10 12:06:21;Ana;101;70712345;COMPLETECALLER;3;20;60",  # as it ended, a second less
    "2026-11-10 12:10:09;;104;70712345;ABANDON;;9;",
    "2026-11-11 09:00:00;Ana;101;70712345;COMPLETEAGENT;3;4;60",  # of which the log knows nothing
    "2026-11-10 12:00:30;;999;70712345;ABANDON;;9;",
)


def test_each_call_is_found_by_a_moment_of_it_and_what_differs_is_told(log: date, now: datetime, elena: User) -> None:
    told = take_export(data=export(*ROWS), name="nov.csv", month=MONTH, by=elena, now=now)
    assert (told.calls, told.answered, told.within) == (5, 3, 3)
    assert (told.own_calls, told.own_answered, told.own_within) == (5, 3, 2)
    assert (told.first, told.last, told.queues) == (date(2026, 11, 10), date(2026, 11, 11), ["101", "104", "999"])
    kinds = {kind: list(told.differences.filter(kind=kind).order_by("at")) for kind in AsternicDifference.Kind}
    assert [(one.row, one.queue) for one in kinds["only_there"]] == [(6, "999"), (5, "101")]
    assert [one.visit.call for one in kinds["only_logged"]] == ["4.1", "5.1"]
    assert [(one.row, one.visit.call, one.wait) for one in kinds["in_time"]] == [(3, "2.1", 20)]
    assert kinds["answered"] == []


def test_answered_for_one_and_not_for_the_other(log: date, now: datetime, elena: User) -> None:
    told = take_export(
        data=export("2026-11-10 12:10:09;;104;7;COMPLETECALLER;;9;"), name="x", month=MONTH, by=elena, now=now
    )
    (one,) = told.differences.filter(kind="answered")
    assert (one.outcome, one.visit.outcome) == ("answered", "hung_up")


def test_a_call_that_agrees_in_nothing_is_another(log: date, now: datetime, elena: User) -> None:
    """At the same second of the same queue."""
    told = take_export(data=export("2026-11-10 12:00:00;;101;7;ABANDON;;55;"), name="x", month=MONTH, by=elena, now=now)
    assert set(told.differences.values_list("kind", flat=True)) == {"only_there", "only_logged"}


def test_one_call_of_the_log_is_one_call_of_the_export(log: date, now: datetime, elena: User) -> None:
    told = take_export(data=export(ROWS[0], ROWS[0]), name="x", month=MONTH, by=elena, now=now)
    assert told.differences.filter(kind="only_there").count() == 1


def test_an_export_without_waits_tells_nothing_of_what_was_in_time(log: date, now: datetime, elena: User) -> None:
    data = export("2026-11-10 12:00:00;101;COMPLETECALLER", head="Fecha;Cola;Evento")
    told = take_export(data=data, name="x", month=MONTH, by=elena, now=now)
    assert (told.calls, told.answered, told.within, told.level) == (1, 1, None, None)
    assert not told.differences.filter(kind="in_time").exists()
    assert told.differences.filter(kind="only_logged").count() == 1, "2.1, of the same queue and day"


def test_the_same_file_again_is_compared_anew(
    log: date, now: datetime, elena: User, board: Switchboard, at: At
) -> None:
    first = take_export(data=export(*ROWS), name="nov.csv", month=MONTH, by=elena, now=now)
    taken(board, *answered(at("2026-11-11 09:00"), "6.1", "101", 4))
    again = take_export(data=export(*ROWS), name="nov.csv", month=MONTH, by=elena, now=now)
    assert (first.pk, AsternicExport.objects.count()) == (again.pk, 1)
    assert [one.row for one in again.differences.filter(kind="only_there")] == [6]


def test_no_figure_and_no_caller_comes_of_it(log: date, now: datetime, elena: User) -> None:
    before = list(LineFigure.objects.order_by("pk").values()), LoggedVisit.objects.count()
    told = take_export(data=export(*ROWS), name="nov.csv", month=MONTH, by=elena, now=now)
    assert (list(LineFigure.objects.order_by("pk").values()), LoggedVisit.objects.count()) == before
    kept = str([*AsternicExport.objects.values(), *AsternicDifference.objects.values()])
    assert "70712345" not in kept
    assert told.unread == 0


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Date,Queue,Event,Wait", "2026-11-10 12:00:00,101,COMPLETECALLER,5"),
        ("Cola,Hora,Fecha,Evento,Tiempo de espera", "101,12:00:00,10/11/2026,Atendida,00:00:05"),
        ("Fecha y hora\tCola\tEstado\tEspera", "10-11-2026 12:00:00\t101\tCompletada\t5 seg"),
        ("FECHA;COLA;EVENTO;ESPERA", '"10/11/2026 12:00:00 p.m.";"101";"completeagent";"0:05"'),
        ("time|queue|event|hold time", "2026-11-10 12:00:00.5|101|CONNECT|5.2"),
    ],
)
def test_it_is_read_however_it_is_laid_out(head: str, row: str, at: At) -> None:
    (one,) = read_export(("\ufeff" + head + "\n" + row).encode(), month=MONTH).calls
    assert (one.row, one.at, one.queue, one.outcome, one.wait) == (2, at("2026-11-10 12:00"), "101", "answered", 5)


def test_dates_are_read_so_that_they_are_of_the_month() -> None:
    """Month first, in an export whose every day could be one."""
    told = read_export(
        export("11/10/2026 12:00:00;;101;;ABANDON;;5;", "11/12/2026 08:00;;101;;ABANDON;;5;"), month=MONTH
    )
    assert [one.at.day for one in told.calls] == [10, 12]


def test_rows_that_cannot_be_read_are_counted_and_told() -> None:
    rows = [
        ROWS[0],
        "ayer;;101;;ABANDON;;5;",
        "2026-10-10 12:00:00;;101;;ABANDON;;5;",
        "2026-11-10 12:00:00;;101;;HOLA;;5;",
        "2026-11-10 12:00:00;;;;ABANDON;;5;",
        ";;;;;;;",
    ]
    told = read_export(export(*rows), month=MONTH)
    assert len(told.calls) == 1
    assert [number for number, _why in told.examples] == [3, 4, 5, 6]
    assert sum(told.unread.values()) == 4


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04\x00\x00\x00", "No es un archivo de texto"),
        (b"", "No tiene columnas de fecha, cola y evento"),
        (export("2026-11-10;20;15;5", head="Fecha;Recibidas;Atendidas;Sin atender"), "exporte el detalle de llamadas"),
        (export("2026-10-10 12:00:00;;101;;ABANDON;;5;"), "Ninguna de sus filas es una llamada de este mes"),
        (export(), "no tiene filas"),
    ],
)
def test_what_is_no_export_says_what_to_do(data: bytes, why: str) -> None:
    with pytest.raises(NotAnExport, match=why):
        read_export(data, month=MONTH)


def test_the_page_takes_it_shows_it_and_lets_it_go(log: date, elena: User, now: datetime, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    assert "Traiga su exportación" in client.get(PAGE).content.decode()
    brought = client.post(PAGE, {"file": SimpleUploadedFile("nov.csv", export(*ROWS, "total;;;;;;;"))})
    told = AsternicExport.objects.get()
    assert brought["Location"] == f"/indicator/asternic/{told.pk}/"
    page = client.get(brought["Location"]).content.decode()
    for part in (
        "60,00 %",
        "40,00 %",
        "1 fila no se leyó",
        "7: no se lee la fecha",
        "Solo están en Asternic",
        "Solo están en el registro",
    ):
        assert part in page
    page = client.get(f"{brought['Location']}?kind=in_time").content.decode()
    assert "Atendida, esperó 0:20" in page
    assert "Atendida, esperó 0:21" in page
    LoggedVisit.objects.filter(call="2.1").delete()
    assert "ya no está" in client.get(f"{brought['Location']}?kind=in_time").content.decode()
    assert client.post(f"/indicator/asternic/{told.pk}/remove/").status_code == 302
    assert not AsternicDifference.objects.exists()


def test_an_answered_call_of_which_the_wait_is_missing_is_not_taken_for_late(
    log: date, elena: User, signed_in: SignedIn
) -> None:
    rows = (ROWS[0], ROWS[1].replace(";20;60", ";;60"))
    brought = signed_in(elena).post(PAGE, {"file": SimpleUploadedFile("nov.csv", export(*rows))})
    told = AsternicExport.objects.get()
    assert (told.answered, told.within, told.without_wait) == (2, 1, 1)
    rows = (ROWS[0].replace(";5;60", ";;60"), ROWS[1])
    page = signed_in(elena).post(PAGE, {"file": SimpleUploadedFile("nov.csv", export(*rows))}, follow=True)
    assert "Atendida, esperó 0:05" in page.content.decode(), "in time for the log alone"
    page = signed_in(elena).get(brought["Location"]).content.decode()
    assert "De 1 llamada atendida no dice la espera: no cuenta a tiempo, y puede haberlo sido." in page


def test_queues_it_does_not_tell_of_are_named(log: date, elena: User, signed_in: SignedIn) -> None:
    page = signed_in(elena).post(PAGE, {"file": SimpleUploadedFile("nov.csv", export(ROWS[2]))}, follow=True)
    told = page.content.decode()
    assert "No trae todas las colas que se informan a la ATT" in told
    assert "101: 2 llamadas" in told


def test_commas_in_names_are_no_delimiter() -> None:
    name = "Rojas, Pérez, Ana, María, de los Ángeles, Operadora"
    rows = [f"2026-11-10 12:00:{second:02};{name};101;7;ABANDON;;9;" for second in range(40)]
    assert len(read_export(export(*rows), month=MONTH).calls) == 40


def test_a_file_that_is_none_says_so_beside_its_field(log: date, elena: User, signed_in: SignedIn) -> None:
    answer = signed_in(elena).post(PAGE, {"file": SimpleUploadedFile("nov.csv", b"hola")})
    assert answer.status_code == 422
    assert "No tiene columnas de fecha, cola y evento" in answer.content.decode()
    assert not AsternicExport.objects.exists()


def test_an_auditor_sees_and_does_not_bring(
    log: date, now: datetime, elena: User, ana: Agent, oscar: User, signed_in: SignedIn
) -> None:
    told = take_export(data=export(*ROWS), name="nov.csv", month=MONTH, by=elena, now=now)
    client = signed_in(oscar)
    assert "Comparar otra" not in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"file": SimpleUploadedFile("nov.csv", export(*ROWS))}).status_code == 403
    assert client.post(f"/indicator/asternic/{told.pk}/remove/").status_code == 403
    assert signed_in(ana).get(PAGE).status_code == 403
