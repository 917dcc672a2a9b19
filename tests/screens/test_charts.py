"""Charts are drawn without JavaScript or network, are named for screen readers and hold no markup of the data."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import vl_convert
from django.contrib.staticfiles import finders

from screens.charts import WIDTHS, Chart, bars_by, columns_by, day_by_day
from screens.drawing import LETTERS, Drawings
from screens.interval_charts import Estimate, intervals

FIRST = date(2026, 11, 25)
DAYS = [FIRST + timedelta(days=day) for day in range(36)]


@pytest.fixture
def days() -> Chart:
    return day_by_day(
        title="Día a día",
        series={
            "Gestionados": [(day, turn * 40) for turn, day in enumerate(DAYS)],
            "Pagos": [(day, turn * 11) for turn, day in enumerate(DAYS)],
        },
    )


def test_a_drawing_is_named_and_told_to_a_screen_reader(days):
    drawn = days.drawings[0]
    assert 'role="img"' in drawn
    assert re.search(r"<title id=\"[^\"]+\">Día a día</title>", drawn)
    assert "Gestionados: de 0 el 25/11 a 1.400 el 30/12" in drawn
    assert drawn.count("<title") == 1
    assert drawn.count("aria-") == 1  # the drawing is one picture: its marks are silent


def test_the_legend_names_each_line_once(days):
    assert len(re.findall(r"<text[^>]*>Gestionados</text>", days.drawings[0])) == 1
    assert len(re.findall(r"<text[^>]*>Pagos</text>", days.drawings[0])) == 1


def test_columns_stand_in_the_order_given_and_are_told_with_their_parts():
    hours = {"08": {"Habló": 2, "No habló": 5}, "09": {"Habló": 0, "No habló": 3}}
    drawn = columns_by(title="Por hora", values=hours, label="Hora")
    assert "08: Habló 2, No habló 5; 09: Habló 0, No habló 3" in drawn.drawings[0]
    assert drawn.headers == ("Hora", "Habló", "No habló")
    assert drawn.rows == (("08", "2", "5"), ("09", "0", "3"))
    assert "0,5" not in columns_by(title="Por hora", values={"08": {"Habló": 1}}).drawings[0]  # no tick for half a call


def test_a_drawing_needs_no_style_no_script_and_no_address(days):
    drawn = days.drawings[0].replace("http://www.w3.org/", "")
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert "<style" not in drawn
    assert "http" not in drawn


def test_every_colour_of_a_drawing_has_its_dark_counterpart(days):
    sheet = Path(finders.find("screens/css/surfaces.css")).read_text()
    used = set(
        re.findall(
            r'(?:fill|stroke)="(#[0-9a-f]{6})"', days.drawings[0] + bars_by(title="x", values={"a": 1}).drawings[0]
        )
    )
    assert used
    for colour in used:
        assert f'="{colour}"]' in sheet, colour


def test_no_mark_is_drawn_in_a_colour_that_vanishes_on_dark(days):
    stacked = bars_by(title="x", values={"a": {"p": 1, "q": 2}}).drawings[0]
    effect = intervals(title="x", estimates=[Estimate("a", -1.0, 2.0, 5.0)]).drawings[0]
    for drawn in (days.drawings[0], stacked, effect):
        assert not re.findall(r'(?:fill|stroke)="(?:black|#000|#000000|#ddd|#888|white)"', drawn)


def test_a_name_with_markup_stays_text():
    drawn = bars_by(title="<b>&", values={"<script>alert(1)</script>": 3}).drawings[0]
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
    assert "1.500" in bars_by(title="x", values={"a": 1500}).drawings[0]


def test_the_same_drawing_is_drawn_once(days, monkeypatch):
    first = days.drawings
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", lambda *_a, **_k: pytest.fail("drawn again"))
    again = replace(days)
    assert again.is_drawn
    assert (days.drawings, again.drawings) == (first, first)
    assert not replace(days, legend=("Otra leyenda",)).is_drawn


def test_a_specification_cannot_reach_the_network():
    spec = {"data": {"url": "http://127.0.0.1:9/x.csv"}, "mark": "bar", "encoding": {}}
    try:
        (drawn,) = Drawings(spec, [{}]).drawn
    except ValueError:
        return
    assert "127.0.0.1" not in drawn


def test_a_document_gets_the_drawing_in_its_own_typeface(days):
    drawn = days.on_paper(width=640, font="Libertinus Serif")
    assert 'width="640"' in drawn
    assert set(re.findall(r'font-family="([^"]*)"', drawn)) == {"Libertinus Serif"}


def test_every_drawing_is_as_wide_as_its_place_and_has_letters_of_one_size(days):
    parts = {"Pagaron tras contacto": 1, "Pagaron sin contacto": 2, "No pagaron": 3}
    services = bars_by(title="x", values={"Internet": parts, "Televisión": parts}, unit="servicios")
    for chart in (days, services, columns_by(title="x", values={"08": parts})):
        drawn = chart.drawings
        assert [int(float(re.search(r'width="([\d.]+)"', svg)[1])) for svg in drawn] == list(WIDTHS)
        for svg in drawn:
            assert len(set(re.findall(r'font-size="([^"]*)"', svg))) == 1
        assert set(re.findall(r'font-size="([^"]*)"', chart.on_paper(width=640, font="x"))) == {f"{LETTERS}px"}


def test_a_legend_has_as_many_columns_as_fit():
    parts = {"Pagaron tras contacto": 1, "Pagaron sin contacto": 2, "No pagaron": 3}
    drawn = bars_by(title="x", values={"Internet": parts}, unit="servicios").drawings

    heights = [int(re.search(r'height="(\d+)"', svg)[1]) for svg in drawn]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 3  # three lines of it, two, and one where it is widest


def test_half_a_call_has_no_tick():
    assert ">0,5<" not in bars_by(title="x", values={"a": 2, "b": 1}, unit="llamadas").drawings[0]


def test_the_page_shows_one_drawing_with_the_letters_of_the_page():
    sheet = Path(finders.find("screens/css/surfaces.css")).read_text()
    assert "svg.drawing text { font-family: var(--text); font-size: var(--small);" in sheet
    assert "--small: 13px" in Path(finders.find("screens/css/tokens.css")).read_text()
    for width in WIDTHS[1:]:
        assert f"@container (min-width: {width}px)" in sheet


def test_nothing_to_draw_is_not_an_error():
    assert "<svg" in day_by_day(title="x", series={"a": []}).drawings[0]
    assert "<svg" in bars_by(title="x", values={}).drawings[0]
    assert "<svg" in intervals(title="x", estimates=[]).drawings[0]


def test_a_bar_leads_by_its_name_to_what_it_counts_and_one_of_nothing_nowhere():
    values = {"Internet": {"Pagaron": 3, "No pagaron": 0}, 'TV "A&B"': {"Pagaron": 2, "No pagaron": 5}}
    leads = {"Internet": {"Pagaron": "/list/?a=1&b=2"}, 'TV "A&B"': {"No pagaron": "/list/?c=3"}}
    chart = bars_by(title="x", values=values, leads=leads)
    drawn = chart.drawings[0]
    assert re.findall(r'<a href="([^"]*)" aria-label="([^"]*)"', drawn) == [
        ("/list/?a=1&amp;b=2", "Internet, Pagaron: 3"), ("/list/?c=3", "TV &quot;A&amp;B&quot;, No pagaron: 5"),
    ]  # fmt: skip
    assert "http" not in drawn.replace("http://www.w3.org/", "")
    assert 'role="group"' in drawn  # to a listener a picture has nothing inside
    assert chart.cells[1] == ('TV "A&B"', [("2", ""), ("5", "/list/?c=3")])
    assert "<a " not in chart.on_paper(width=400, font="Liberation Sans")


def test_of_very_many_points_the_table_is_the_way_by_keyboard(days):
    series = {"Gestionados": [(day, 1) for day in DAYS], "Pagos": [(day, 2) for day in DAYS]}
    leads = {name: {day: f"/list/?day={day}" for day, _value in points} for name, points in series.items()}
    many, few = day_by_day(title="x", series=series, leads=leads), day_by_day(title="x", series=series, leads={})
    assert many.drawings[0].count('tabindex="-1"') == 2 * len(DAYS)
    assert many.cells[0][1] == [("1", f"/list/?day={FIRST}"), ("2", f"/list/?day={FIRST}")]
    assert "<a " not in few.drawings[0]
