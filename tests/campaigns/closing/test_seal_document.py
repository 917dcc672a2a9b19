"""The sealed report on paper: in Spanish, legible, with nothing over anything and a place to sign."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
import typst
from django.utils import translation
from python_calamine import CalamineWorkbook

from campaigns.closing import sealing
from campaigns.closing.closed import how_it_closed
from campaigns.closing.evidence import SOURCES
from campaigns.closing.seal_document import document_values
from campaigns.closing.words import ORIGINS, changes_in_words, evidence_lines
from campaigns.figures.figures import read_figures
from campaigns.models import Report, Seal
from campaigns.month import lifecycle
from notices.models import Notice
from screens.differences import Difference, differences
from screens.sealed_document import TEMPLATE
from tests.campaigns.a_month import make_month

SVG = "{http://www.w3.org/2000/svg}"
SAME_LINE = 3  # points two base lines may differ and still be one line
Run = tuple[float, float, float]  # of letters: their base line, where the first and where the last of them begins


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def told(ana, luis, elena, at):
    return _told(make_month({"ana": ana, "luis": luis}, state="closed"), elena, at)


def _told(campaign: Any, by: Any, at: Any, *, when: str = "2026-11-30 20:10") -> dict[str, Any]:
    sealed = sealing.seal(campaign=campaign, by=by, now=at(when))
    changes = [Difference("services.paid", 6, 7), Difference("amounts.paid", "680.00", "760.00")]
    return document_values(
        seal=sealed,
        figures=read_figures(campaign=campaign),
        changes=changes,
        is_provisional=sealing.is_provisional(sealed),
    )


def draw_pages(told: dict[str, Any]) -> list[str]:
    inputs = {"told": json.dumps(told)}
    drawn = typst.compile(TEMPLATE, sys_inputs=inputs, format="svg", ignore_system_fonts=True)
    return [bytes(page).decode() for page in (drawn if isinstance(drawn, list) else [drawn])]


def _runs(page: str) -> list[Run]:
    """Where letters stand on a page. All groups of the typesetter's drawing are moved or mirrored, none is turned."""
    found: list[Run] = []

    def walk(element: ElementTree.Element, x: float, y: float) -> None:
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", element.get("transform", ""))]
        if numbers:
            x, y = x + numbers[-2], y + numbers[-1]
        letters = [float(letter.get("x", 0)) for letter in element.findall(f"{SVG}use")]
        if letters:
            found.append((y, x + min(letters), x + max(letters)))
        for child in element:
            walk(child, x, y)

    walk(ElementTree.fromstring(page), 0.0, 0.0)  # noqa: S314  # of our own typesetter
    return found


def _overprinted(page: str) -> list[tuple[Run, Run]]:
    runs = _runs(page)
    return [
        (one, other)
        for place, one in enumerate(runs)
        for other in runs[place + 1 :]
        if abs(one[0] - other[0]) < SAME_LINE and one[1] <= other[2] and other[1] <= one[2]
    ]


def test_nothing_is_printed_over_anything(told):
    pages = draw_pages(told)
    assert sum(len(_runs(page)) for page in pages) > 100
    assert [_overprinted(page) for page in pages] == [[] for _page in pages]


@pytest.mark.parametrize("agents", [0, 14, 24, 33, 40, 90])
def test_no_page_has_only_a_few_rows(told, agents):
    heads, (line, *_rest) = told["tables"][1]["heads"], told["tables"][1]["rows"]
    told["tables"][1] = {"title": "Agentes", "heads": heads, "rows": [line] * agents}
    *_before, last = draw_pages(told)
    body = [y for y, _first, _last in _runs(last) if 60 < y < 780]
    assert len({round(y) for y in body}) > 12
    assert max(body) - min(body) > 200  # points: a quarter of the page at the least


@pytest.mark.parametrize("agents", [2, 8, 14])
def test_no_page_before_the_last_is_left_half_empty(told, agents):
    told["tables"][1]["rows"] = told["tables"][1]["rows"][:1] * agents
    _first_page, *between, _last_page = draw_pages(told)  # the first ends with a drawing
    for page in between:
        assert max(y for y, _first, _last in _runs(page) if y < 780) > 560  # points of 842


def test_the_agents_of_the_document_are_summed(told):
    *lines, total = told["tables"][1]["rows"]
    assert total[0] == "Total"
    for column in range(1, 6):
        assert int(total[column]) == sum(int(line[column]) for line in lines)


def test_the_summary_of_the_workbook_names_what_is_paid_as_the_other_sheets_do(told):
    book = CalamineWorkbook.from_filelike(io.BytesIO(Seal.objects.get().workbook.read()))
    summary = {row[1] for row in book.get_sheet_by_name("Resumen").to_python()}
    assert {"Contactos pagados", "Servicios pagados tras contacto"} <= summary
    assert not {"Pagaron", "No pagaron"} & summary


def test_it_says_who_sealed_which_month_when_and_has_a_place_to_sign(told, elena):
    facts = {fact["label"]: fact["value"] for fact in told["facts"]}
    assert facts["Mes por pagar"] == "diciembre de 2026"
    assert facts["Días de llamadas"] == "del 25/11/2026 al 30/11/2026"
    assert facts["Sellado el"] == "30/11/2026 20:10"
    assert facts["Sellado por"] == str(elena)
    assert facts["Huella (SHA-256)"] == Seal.objects.get().sha256
    assert [place["who"] for place in told["signing"]["places"]] == ["Por el Centro de Llamadas", "Recibido por"]
    assert told["language"] == "es"


def test_a_month_closed_before_its_last_day_says_who_closed_it_and_when(ana, luis, elena, at):
    campaign = make_month({"ana": ana, "luis": luis})
    lifecycle.close(campaign=campaign, by=elena, now=at("2026-11-28 01:40"), note="Se cortó la central.")
    told = _told(campaign, None, at)
    facts = {fact["label"]: fact["value"] for fact in told["facts"]}
    words = f"por {elena}, el 28/11/2026 a las 01:40, antes de su último día de llamadas, el 30/11/2026"
    assert facts["Cerrada"] == words
    assert facts["Nota del cierre"] == "Se cortó la central."
    assert facts["Sellado por"] == "el sistema, por sí solo"
    assert f"Campaña cerrada {words}." in Notice.objects.get().body


def test_a_month_that_came_to_its_last_day_was_not_closed_before_it(ana, luis, at):
    campaign = make_month({"ana": ana, "luis": luis})
    lifecycle.close_overdue(now=at("2026-12-01 00:05"))
    campaign.refresh_from_db()
    assert how_it_closed(campaign=campaign).words == "por el sistema, por sí solo, el 01/12/2026 a las 00:05"


def test_a_day_of_evaluation_that_is_to_come_is_told_as_to_come(told):
    decided = {"launch": {"evaluated_on": "2026-12-05", "draw": "abc"}}
    for day, words in ((5, "se medirá el 05/12/2026"), (6, "medida el 05/12/2026")):
        (line,) = evidence_lines(decided, on=date(2026, 12, day))
        assert line.told.startswith(words)
    rows = {row["words"]: row["told"] for row in told["evidence"]["rows"]}
    assert "se medirá el 05/12/2026" in rows["Lanzamiento"]
    assert rows["Revisión anterior"] == "ninguna: es la primera"


@pytest.fixture
def judged_too_early(ana, luis, elena, at):
    """Sealed two days after the day of the evaluation, with payments known to the 28th of November only."""
    campaign = make_month({"ana": ana, "luis": luis}, state="closed")
    return campaign, _told(campaign, elena, at, when="2026-12-08 00:10")


def test_no_effect_is_told_anywhere_without_all_the_payments_of_its_day(judged_too_early, elena, signed_in):
    campaign, told = judged_too_early
    facts = {fact["label"]: fact["value"] for fact in told["facts"]}
    assert facts["Pagos conocidos hasta el"] == "28/11/2026 06:00"
    why = "El efecto todavía no se sabe: cuentan los pagos hasta el 05/12/2026, y al sellar se los conocía hasta"
    assert why in told["warning"]
    (tile,) = [tile for tile in told["tiles"] if tile["label"].startswith("Efecto")]
    assert (tile["label"], tile["figure"]) == ("Efecto de las llamadas", "—")
    mail = Notice.objects.get().body
    assert why in mail
    known = "se mide con los pagos hasta el 05/12/2026, y se los conoce hasta: 28/11/2026 06:00"
    assert f"Efecto de las llamadas: — ({known})" in mail
    assert "Lo que aportaron" not in mail
    assert "Pagos conocidos hasta el: 28/11/2026 06:00" in mail
    book = CalamineWorkbook.from_filelike(io.BytesIO(Seal.objects.get().workbook.read()))
    summary = {row[1]: row[2:] for row in book.get_sheet_by_name("Resumen").to_python()}
    assert set(summary["Efecto de las llamadas (puntos): faltan pagos"]) == {""}
    assert not [name for name in summary if str(name).startswith("Aporte") and not str(name).endswith("faltan pagos")]
    assert datetime(2026, 11, 28, 6) in summary
    page = " ".join(signed_in(elena).get("/campaigns/2026-12/seal/").content.decode().split())
    assert "provisional: se mide con los pagos hasta el 05/12/2026, y se los conoce hasta 28/11 06:00" in page
    assert "El efecto todavía no se sabe: cuentan los pagos hasta el 05/12/2026." in page
    assert [_overprinted(drawn) for drawn in draw_pages(told)] == [[] for _page in draw_pages(told)]


def test_an_effect_with_all_payments_of_its_day_is_not_provisional(ana, luis, elena, at):
    campaign = make_month({"ana": ana, "luis": luis}, state="closed")
    Report.objects.update(data_until=at("2026-12-06 06:00"))
    told = _told(campaign, elena, at, when="2026-12-06 07:00")
    assert told["tiles"][-2]["label"] == "Efecto de las llamadas"
    assert "provisional" not in Notice.objects.get().body


def test_what_becomes_known_of_payments_later_is_no_difference_to_the_seal(judged_too_early, at):
    campaign, _told_then = judged_too_early
    Report.objects.update(data_until=at("2026-12-09 06:00"))
    found = sealing.verify(sealed=Seal.objects.get(), now=at("2026-12-09 07:00"))
    assert "payments_known_until" not in found.moved
    assert found.agrees


def test_once_the_payments_it_lacked_are_known_its_page_asks_for_a_revision(judged_too_early, elena, signed_in, at):
    client, asks = signed_in(elena), "lo sellado dice todavía «provisional»"
    assert asks not in client.get("/campaigns/2026-12/seal/").content.decode()
    Report.objects.update(data_until=at("2026-12-09 06:00"))
    assert asks in client.get("/campaigns/2026-12/seal/").content.decode()


def test_it_says_of_how_many_the_contact_may_not_have_come_first(told):
    kept = Seal.objects.get().figures["credited"]
    assert f"el mismo día del contacto: {kept['paid_on_contact_day']} (los pagos llegan sin hora" in told["disclosed"]
    assert f"Con una parte pagada ya antes del contacto: {kept['paid_part_before']}." in told["disclosed"]


def test_every_origin_has_its_name_in_spanish(told):
    assert set(SOURCES) <= set(ORIGINS)
    rows = {row["words"]: row for row in told["evidence"]["rows"]}
    assert rows["Servicios por renovar"]["rows"] == "14"
    assert rows["Servicios por renovar"]["is_hash"]
    assert "renewals" not in str(told["evidence"])


def test_evidence_of_any_shape_is_told_line_by_line():
    evidence = {
        "promises": {"rows": 3, "sha256": "a" * 64},
        "files": {"workbook": {"sha256": "b" * 64}, "document": {"sha256": "c" * 64}},
        "launch": {"rows": 1, "sha256": "d" * 64, "at": "2026-11-25T12:30:00Z"},
        "previous": "e" * 64,
        "never_heard_of": None,
    }
    assert [(line.words, line.rows, line.told[:1]) for line in evidence_lines(evidence, on=date(2026, 12, 10))] == [
        ("Compromisos de pago", 3, "a"),
        ("Lanzamiento", 1, "d"),
        ("Lanzamiento · At", None, "2"),
        ("Archivos del informe · Libro XLSX", None, "b"),
        ("Archivos del informe · Documento PDF", None, "c"),
        ("Revisión anterior", None, "e"),
        ("Never heard of", None, ""),
    ]


def test_the_document_and_the_page_tell_the_evidence_in_the_same_order(told):
    from_the_database = evidence_lines(Seal.objects.get().evidence, on=date(2026, 11, 30))
    assert [row["words"] for row in told["evidence"]["rows"]] == [line.words for line in from_the_database]


def test_a_changed_figure_is_told_once_and_in_words(told, ana):
    assert told["changes"]["rows"] == [["Servicios · Pagaron", "6", "7"], ["Bolivianos · Pagaron", "680,00", "760,00"]]
    changes = [
        Difference("by_agent.7.services.amount_paid", "1390.00", "1470.00"),
        Difference("by_agent.7.id", None, 7),
        Difference("by_day.2026-12-02.contacts.paid", None, 1),
        Difference("by_day.2026-12-02.contacts.handled", None, 0),
        Difference("by_list.TV.paid", 1, 2),
        Difference("by_service.TV.paid", 1, 2),
        Difference("by_zone.Sacaba. Norte.contacts.paid", 1, 2),
        Difference("paid", 6, 7),
        Difference("rates.services.paid.share", "0.4286", "0.5"),
        Difference("services.paid", 6, 7),
    ]
    assert [(one.words, one.before, one.after) for one in changes_in_words(changes, names={"7": "Ana"})] == [
        ("Servicios · Pagaron", "6", "7"),
        ("Servicio: Televisión · Pagaron", "1", "2"),
        ("Lista: Televisión · Pagaron", "1", "2"),
        ("Agente: Ana · Servicios · Bs pagados", "1.390,00", "1.470,00"),
        ("Zona: Sacaba. Norte · Contactos · Pagaron", "1", "2"),
        ("Día: 02/12/2026 · Contactos · Pagaron", "—", "1"),
    ]


def test_every_figure_of_a_seal_has_words(told):
    nothing: dict[str, Any] = {}
    kept = [replace(change, after=2) for change in differences(before=nothing, after=Seal.objects.get().figures)]
    for change in changes_in_words(kept, names={}):
        assert not re.search(r"[a-z]_[a-z]|\bBy\b|\bPaid\b|\bItems\b|\bHandled\b|\bAmount", change.words), change.words


def test_it_is_in_the_language_of_the_reader(told, at):
    sealed = Seal.objects.get()
    figures = read_figures(campaign=sealed.campaign)
    with translation.override("en"):
        english = document_values(seal=sealed, figures=figures, changes=[], is_provisional=False)
    assert english["language"] == "en"
    assert english["warning"] == ""


def test_the_mail_says_what_was_sealed_and_where_to_look(told, elena, settings):
    mail = Notice.objects.get()
    assert mail.subject == "Informe sellado: prepagos de diciembre de 2026, revisión 1 (provisional)"
    assert f"Fecha: 30/11/2026 a las 20:10. Lo selló: {elena}." in mail.body
    assert "Provisional: los pagos cuentan hasta el 05/12/2026" in mail.body
    assert "Efecto de las llamadas: — (se mide con los pagos hasta el 05/12/2026)" in mail.body
    assert "Servicios no pagados: 8 (57\u00a0% de 14)" in mail.body
    assert f"{settings.PUBLIC_URL}/campaigns/2026-12/seal/" in mail.body
    assert Seal.objects.get().sha256 in mail.body


def test_what_was_decided_at_the_launch_is_told_as_people_read_it():
    decided = {"launched_at": "2026-10-25T12:20:00+00:00", "evaluated_on": "2026-11-05", "hold_out_share": "0.150"}
    (line,) = evidence_lines({"launch": {**decided, "draw": "abc"}}, on=date(2026, 11, 6))
    assert (
        line.told
        == "lanzada 25/10/2026 08:20 · medida el 05/11/2026 · grupo de control 15\xa0% · huella del sorteo abc"
    )
