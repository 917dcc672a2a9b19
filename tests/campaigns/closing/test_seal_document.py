"""The sealed report on paper: in Spanish, legible, with nothing over anything and a place to sign."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
import typst
from django.utils import translation

from campaigns.closing import sealing
from campaigns.closing.differences import Difference, differences
from campaigns.closing.evidence import SOURCES
from campaigns.closing.seal_document import TEMPLATE, document_values
from campaigns.closing.words import ORIGINS, changes_in_words, evidence_lines
from campaigns.figures.figures import read_figures
from campaigns.models import Seal
from notices.models import Notice
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


def _told(campaign: Any, by: Any, at: Any) -> dict[str, Any]:
    sealed = sealing.seal(campaign=campaign, by=by, now=at("2026-11-30 20:10"))
    changes = [Difference("services.paid", 6, 7), Difference("amounts.paid", "680.00", "760.00")]
    return document_values(seal=sealed, figures=read_figures(campaign=campaign), changes=changes, is_provisional=True)


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


def test_it_says_who_sealed_which_month_when_and_has_a_place_to_sign(told, elena):
    facts = {fact["label"]: fact["value"] for fact in told["facts"]}
    assert facts["Mes por pagar"] == "diciembre de 2026"
    assert facts["Días de llamadas"] == "del 25/11/2026 al 30/11/2026"
    assert facts["Sellado el"] == "30/11/2026 20:10"
    assert facts["Sellado por"] == str(elena)
    assert facts["Huella (SHA-256)"] == Seal.objects.get().sha256
    assert [place["who"] for place in told["signing"]["places"]] == ["Por el Centro de Llamadas", "Recibido por"]
    assert told["language"] == "es"


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
    assert [(line.words, line.rows, line.told[:1]) for line in evidence_lines(evidence)] == [
        ("Compromisos de pago", 3, "a"),
        ("Lanzamiento", 1, "d"),
        ("Lanzamiento · At", None, "2"),
        ("Archivos del informe · Libro XLSX", None, "b"),
        ("Archivos del informe · Documento PDF", None, "c"),
        ("Revisión anterior", None, "e"),
        ("Never heard of", None, ""),
    ]


def test_the_document_and_the_page_tell_the_evidence_in_the_same_order(told):
    from_the_database = evidence_lines(Seal.objects.get().evidence)
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
    assert "Servicios no pagados: 8 (57\u00a0% de 14)" in mail.body
    assert f"{settings.PUBLIC_URL}/campaigns/2026-12/seal/" in mail.body
    assert Seal.objects.get().sha256 in mail.body


def test_what_was_decided_at_the_launch_is_told_as_people_read_it():
    decided = {"launched_at": "2026-10-25T12:20:00+00:00", "evaluated_on": "2026-11-05", "hold_out_share": "0.150"}
    (line,) = evidence_lines({"launch": {**decided, "draw": "abc"}})
    assert (
        line.told
        == "lanzada 25/10/2026 08:20 · medida el 05/11/2026 · grupo de control 15\xa0% · huella del sorteo abc"
    )
