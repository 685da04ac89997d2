from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.template import Context, Template
from django.utils import translation
from lxml import etree, html

from smartport.charts import (
    Bar,
    Curve,
    Part,
    Point,
    curves_over_time,
    sparkline,
    stacked_bars,
    stacked_columns,
)
from smartport.charts.bars import round_ticks
from smartport.charts.places import Place, places_svg
from smartport.money import compact_euros, euros

PARTS = [
    Part("sunny", "Sunny", "sunny"),
    Part("rainy", "Rainy", "rainy", "hatch"),
    Part("none", "Not reported", "paper", "hollow"),
]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def health_by_goal():
    return stacked_bars(
        key="health",
        title="Health by goal",
        row_header="Goal",
        parts=PARTS,
        bars=[
            Bar(
                "Jobs & skills <b>",
                {"sunny": 6, "rainy": 2},
                url="/projects/?goal=1",
                urls={"sunny": "/x"},
            ),
            Bar("Digital", {"none": 4}),
        ],
    )


def rendered(figure):
    return html.fromstring(
        Template("{% load figures %}{% chart figure %}").render(Context({"figure": figure}))
    )


def texts(nodes):
    return [" ".join(node.text_content().split()) for node in nodes]


def test_bars_share_one_scale():
    figure = health_by_goal()
    widths = [
        next(
            float(rect.get("width").rstrip("%"))
            for rect in etree.fromstring(line.drawing).iterfind("{*}rect")
        )
        for line in figure.lines
    ]
    assert widths == [pytest.approx(74.6), pytest.approx(49.6)]


def test_each_bar_is_said_in_words_and_its_texts_are_escaped():
    drawing = etree.fromstring(health_by_goal().lines[0].drawing)
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label") == "Jobs & skills <b>: Sunny 6, Rainy 2"


def test_the_table_says_what_the_bars_show():
    page = rendered(health_by_goal())
    assert texts(page.xpath("//thead//th")) == ["Goal", "Sunny", "Rainy", "Not reported", "Total"]
    assert texts(page.xpath("//tbody/tr[1]/*")) == ["Jobs & skills <b>", "6", "2", "0", "8"]
    assert all(th.get("scope") for th in page.xpath("//th"))
    assert page.xpath("//table/caption")[0].text_content() == "Health by goal"
    assert page.xpath("//tbody/tr[1]/td[1]/a/@href") == ["/x"]


def test_no_part_is_told_by_colour_alone():
    page = rendered(health_by_goal())
    assert texts(page.xpath("//*[contains(@class, 'chart-legend')]/li")) == [
        "Sunny",
        "Rainy",
        "Not reported",
    ]
    assert page.xpath("//pattern/@id")
    assert "url(#health-hatch)" in page.xpath("//rect/@fill")
    assert page.xpath("//rect[@stroke-dasharray]")


def test_drawings_hold_no_inline_style_and_no_foreign_address():
    markup = etree.tostring(rendered(health_by_goal()), encoding="unicode")
    assert "style=" not in markup
    assert "http" not in markup.replace("http://www.w3.org/2000/svg", "")


def test_columns_mark_what_nobody_published():
    figure = stacked_columns(
        key="money",
        title="Money by year",
        row_header="Year",
        parts=[Part("a", "Port"), Part("b", "Region", "foam", "dots")],
        bars=[
            Bar("2025", {"a": Decimal(800_000), "b": None}, unknown=2),
            Bar("2026", {"a": None, "b": None}, unknown=1),
        ],
        write=euros,
        write_short=compact_euros,
    )
    assert figure.headers[-1] == "Not published"
    assert [[cell.text for cell in row] for row in figure.table] == [
        ["2025", "€800,000", "not published", "€800,000", "2"],
        ["2026", "not published", "not published", "not published", "1"],
    ]
    assert figure.drawing.count("stroke-dasharray") == 2


def test_an_empty_figure_says_so():
    figure = stacked_columns(key="m", title="Money", row_header="Year", parts=PARTS, bars=[])
    assert "Nothing published yet." in rendered(figure).text_content()


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (8, [0, 5, 10]),
        (100, [0, 50, 100]),
        (1_250_000, [0, 500_000, 1_000_000, 1_500_000]),
    ],
)
def test_axes_have_round_ticks(highest, ticks):
    assert round_ticks(highest) == ticks


@pytest.mark.parametrize("highest", [0.3, 2, 7, 11, 99, 640, 12_345, 999_999, 8e9])
def test_axes_always_hold_the_highest_value(highest):
    ticks = round_ticks(highest)
    assert ticks[-1] >= highest
    assert 2 <= len(ticks) <= 5


def curve(key, pattern, values):
    points = [
        Point(date(2026, 1 + 3 * i, 1), None if v is None else Decimal(v))
        for i, v in enumerate(values)
    ]
    return Curve(Part(key, key.title(), "sea", pattern), points)


def test_a_curve_has_gaps_where_nothing_is_published():
    figure = curves_over_time(
        key="c", title="Ships", curves=[curve("measured", "line", [1, None, 3, 4])]
    )
    drawing = etree.fromstring(figure.drawing)
    assert len(drawing.findall("{*}circle")) == 3
    assert len([line for line in drawing.iterfind("{*}line") if line.get("class") == "s-sea"]) == 1
    assert figure.table[1][1].text == "not published"


def test_planned_and_actual_are_told_apart_without_colour():
    figure = curves_over_time(
        key="s",
        title="Budget",
        curves=[curve("planned", "dashed", [0, 5, 10]), curve("actual", "line", [0, 4])],
        target=Decimal(12),
    )
    assert "stroke-dasharray" in figure.drawing
    assert [cell.text for cell in figure.table[-1]] == ["Target", "12", "12"]
    assert figure.table[2][2].text == "–"
    assert "Planned: 0 (1\xa0Jan 2026) → 10 (1\xa0Jul 2026)" in figure.drawing


def test_a_sparkline_needs_words_and_survives_one_point():
    drawing = etree.fromstring(sparkline([Point(date(2026, 1, 1), Decimal(3))], label="3 ships"))
    assert drawing.get("aria-label") == "3 ships"
    assert etree.fromstring(sparkline([], label="none")).get("role") == "img"


def test_no_mark_of_a_chart_covers_the_degrees_of_a_line_even_on_the_narrowest_screen():
    width, height = 288, 180
    for seed in range(200):
        random = Random(seed)
        places = [
            Place("Quai", random.uniform(43.2, 43.5), random.uniform(4.7, 5.5), 1) for _ in range(4)
        ]
        drawing = html.fromstring(str(places_svg(places, "Map")))
        marks = [
            (_at(mark, "cx", width), _at(mark, "cy", height)) for mark in drawing.iter("circle")
        ]
        labels = [text for text in drawing.iter("text") if text.get("class") == "t2"]
        assert labels
        for label in labels:
            left = _at(label, "x", width) + float(label.get("dx"))
            left -= 45 if label.get("text-anchor") == "end" else 0
            dy = label.get("dy", "0")
            middle = _at(label, "y", height) - 5
            middle += float(dy[:-2]) * 13 if dy.endswith("em") else float(dy)
            for x, y in marks:
                apart = max(left - x, x - left - 45, 0), max(abs(y - middle) - 6, 0)
                assert max(apart) > 11, f"seed {seed}: {label.text} lies under a mark"


def _at(element, name, whole):
    return float(element.get(name).rstrip("%")) / 100 * whole
