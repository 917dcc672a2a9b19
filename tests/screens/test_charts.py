"""Charts are drawn without JavaScript or network, are named for screen readers and hold no markup of the data."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import vl_convert
from django.contrib.staticfiles import finders

from screens import charts
from screens.charts import Estimate, bars_by, columns_by, day_by_day, intervals

FIRST = date(2026, 11, 25)
DAYS = [FIRST + timedelta(days=day) for day in range(36)]


@pytest.fixture
def days() -> charts.Chart:
    return day_by_day(
        title="Día a día",
        series={
            "Gestionados": [(day, turn * 40) for turn, day in enumerate(DAYS)],
            "Pagos": [(day, turn * 11) for turn, day in enumerate(DAYS)],
        },
    )


def test_a_drawing_is_named_and_told_to_a_screen_reader(days):
    drawn = days.svg
    assert 'role="img"' in drawn
    assert re.search(r"<title id=\"[^\"]+\">Día a día</title>", drawn)
    assert "Gestionados: de 0 el 25/11 a 1.400 el 30/12" in drawn
    assert drawn.count("<title") == 1
    assert drawn.count("aria-") == 1  # the drawing is one picture: its marks are silent


def test_the_legend_names_each_line_once(days):
    assert len(re.findall(r"<text[^>]*>Gestionados</text>", days.svg)) == 1
    assert len(re.findall(r"<text[^>]*>Pagos</text>", days.svg)) == 1


def test_columns_stand_in_the_order_given_and_are_told_with_their_parts():
    hours = {"08": {"Habló": 2, "No habló": 5}, "09": {"Habló": 0, "No habló": 3}}
    drawn = columns_by(title="Por hora", values=hours, label="Hora")
    assert "08: Habló 2, No habló 5; 09: Habló 0, No habló 3" in drawn.svg
    assert drawn.headers == ("Hora", "Habló", "No habló")
    assert drawn.rows == (("08", "2", "5"), ("09", "0", "3"))
    assert "0,5" not in columns_by(title="Por hora", values={"08": {"Habló": 1}}).svg  # no tick for half a call


def test_a_drawing_needs_no_style_no_script_and_no_address(days):
    drawn = days.svg.replace("http://www.w3.org/", "")
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert "<style" not in drawn
    assert "http" not in drawn


def test_every_colour_of_a_drawing_has_its_dark_counterpart(days):
    sheet = Path(finders.find("screens/css/surfaces.css")).read_text()
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', days.svg + bars_by(title="x", values={"a": 1}).svg))
    assert used
    for colour in used:
        assert f'="{colour}"]' in sheet, colour


def test_no_mark_is_drawn_in_a_colour_that_vanishes_on_dark(days):
    stacked = bars_by(title="x", values={"a": {"p": 1, "q": 2}}).svg
    effect = intervals(title="x", estimates=[Estimate("a", -1.0, 2.0, 5.0)]).svg
    for drawn in (days.svg, stacked, effect):
        assert not re.findall(r'(?:fill|stroke)="(?:black|#000|#000000|#ddd|#888|white)"', drawn)


def test_a_name_with_markup_stays_text():
    drawn = bars_by(title="<b>&", values={"<script>alert(1)</script>": 3}).svg
    assert "<script" not in drawn
    assert "<title id=" in drawn
    assert "&lt;b&gt;&amp;" in drawn


def test_a_chart_has_its_figures_as_a_table(days):
    assert days.headers == ("Día", "Gestionados", "Pagos")
    assert days.rows[1] == ("26/11", "40", "11")
    money = bars_by(title="Cobrado", unit="Bs", values={"Internet": Decimal("1234.50"), "TV": Decimal("10")})
    assert money.rows == (("Internet", "1.234,50"), ("TV", "10"))
    effect = intervals(title="Efecto", estimates=[Estimate("Todos", 5.0, 8.04, 11.1)], unit="puntos")
    assert effect.rows == (("Todos", "8,0", "5,0", "11,1"),)


def test_numbers_in_a_drawing_are_written_as_in_bolivia():
    assert "1.500" in bars_by(title="x", values={"a": 1500}).svg


def test_the_same_drawing_is_drawn_once(days, monkeypatch):
    first = days.svg
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", lambda *_a, **_k: pytest.fail("drawn again"))
    assert days.svg == first


def test_a_specification_cannot_reach_the_network():
    spec = {"data": {"url": "http://127.0.0.1:9/x.csv"}, "mark": "bar", "encoding": {}}
    try:
        drawn = charts.svg(spec)
    except ValueError:
        return
    assert "127.0.0.1" not in drawn


def test_mail_and_pdf_get_a_picture(days):
    assert days.png.startswith(b"\x89PNG")


def test_nothing_to_draw_is_not_an_error():
    assert "<svg" in day_by_day(title="x", series={"a": []}).svg
    assert "<svg" in bars_by(title="x", values={}).svg
    assert "<svg" in intervals(title="x", estimates=[]).svg
