"""The design language: marks, drawings, forms, and what the stylesheets promise."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from smartport import drawings, marks, wording
from smartport.forms import MoneyField

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
TODAY = date(2026, 11, 23)


def shown(source: str, language: str = "en", **context) -> str:
    with override(language):
        return Template("{% load look %}" + source).render(Context(context))


def relative_luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((relative_luminance(one), relative_luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def schemes() -> list[dict[str, str]]:
    """The colours of the light scheme, then of the dark one."""
    ground = (ROOT / "static/css/ground.css").read_text()
    light, dark = re.findall(r":root\s*\{[^}]*--ink:\s*[^}]*\}", ground)[:2]
    return [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block)) for block in (light, dark)]


@pytest.mark.parametrize("colours", schemes(), ids=["light", "dark"])
def test_text_stands_out_from_every_ground(colours):
    words = ["ink", "ink-2", "sea", "deep", "sunny", "cloudy", "rainy", "stormy"]
    for ground in ("paper", "mist", "foam", "sand"):
        for word in words:
            assert contrast(colours[word], colours[ground]) >= 4.5, (word, ground)
    assert contrast(colours["control"], colours["paper"]) >= 3


def test_the_stylesheets_stay_within_thirty_kilobytes():
    assert sum(path.stat().st_size for path in STYLES) <= 30 * 1024


def test_colours_are_written_once_as_tokens():
    for path in STYLES:
        text = path.read_text()
        if path.name == "ground.css":
            text = text.replace(text[text.index("@layer tokens{") : text.index("@layer base{")], "")
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;, )}])", text) == [], path.name


def test_a_meteo_is_always_an_icon_and_a_word():
    for name, mark in marks.METEO.items():
        html = shown("{% meteo name explained=True %}", name=name)
        assert f"#{mark.icon}" in html
        with override("en"):
            assert str(mark.word) in html
            assert str(mark.meaning) in html


def test_a_project_without_report_says_so_in_words():
    assert "Not reported" in shown("{% meteo health %}", health="")


def test_an_icon_the_sprite_lacks_is_an_error():
    with pytest.raises(TemplateSyntaxError):
        shown("{% icon 'unicorn' %}")


def test_every_icon_a_state_wears_is_in_the_sprite():
    assert {icon for _tone, icon in marks.STATES.values()} <= marks.icon_names()


def test_names_are_escaped_and_kept_in_their_own_direction():
    html = shown("{% person_chip name %}", name="<b>شركة</b>")
    assert "<bdi>&lt;b&gt;شركة&lt;/b&gt;</bdi>" in html


def test_a_late_day_is_marked_with_words_unless_it_is_done(time_machine_day):
    assert "3 days late" in shown("{% due day %}", day=date(2026, 11, 20))
    assert "late" not in shown("{% due day done=True %}", day=date(2026, 11, 20))
    assert "in 5 days" in shown("{% due day %}", day=date(2026, 11, 28))


@pytest.fixture
def time_machine_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def test_a_timeline_says_in_words_what_it_draws(time_machine_day):
    milestones = [
        {
            "name": "Study",
            "baseline": date(2026, 1, 5),
            "forecast": None,
            "actual": date(2026, 1, 5),
        },
        {
            "name": "Pilot",
            "baseline": date(2026, 9, 28),
            "forecast": date(2026, 12, 2),
            "actual": None,
        },
        {"name": "Review", "baseline": None, "forecast": None, "actual": None},
    ]
    html = shown("{% timeline milestones %}", milestones=milestones)
    assert "65 days late" in html
    assert "on time" in html
    assert "not published" in html
    with override("en"):
        line = drawings.timeline_svg(milestones, TODAY)
    assert "1 of 3 milestones reached; next: Pilot" in line


def test_a_timeline_without_dates_draws_nothing(time_machine_day):
    nothing = [{"name": "Study", "baseline": None, "forecast": None, "actual": None}]
    assert drawings.timeline_svg(nothing, TODAY) == ""
    assert "not published" in shown("{% timeline milestones %}", milestones=nothing)
    assert "No milestone is published." in shown("{% timeline milestones %}", milestones=[])


def test_an_amount_nobody_publishes_has_no_bar():
    html = shown("{% money_bar planned=planned spent=spent %}", planned=Decimal(100), spent=None)
    assert html.count("<svg") == 1
    assert html.count("not published") == 4
    assert "€0" not in html


@pytest.mark.parametrize(("present", "words"), [(7, "Quorum reached"), (6, "1 more needed")])
def test_a_quorum_says_whether_it_is_reached(present, words):
    assert words in shown("{% quorum present 7 12 %}", present=present)


def test_a_difference_keeps_every_word_of_both_texts():
    before, after = "Trials in May, with two ships.", "Trials in June, with three ships."
    parts = wording.difference(before, after)
    assert "".join(text for kind, text in parts if kind != "added") == before
    assert "".join(text for kind, text in parts if kind != "removed") == after
    assert ("removed", "May") in parts


def test_a_difference_never_runs_what_was_typed():
    html = shown("{% difference before after %}", before="", after="<script>x</script>")
    assert "<script>" not in html


class Report(forms.Form):
    text = forms.CharField(
        label="Summary", max_length=300, widget=forms.Textarea, help_text="Short."
    )
    amount = MoneyField(label="Amount", required=False)
    health = forms.ChoiceField(
        label="Weather", choices=[("sunny", "Sunny")], widget=forms.RadioSelect
    )


def test_a_field_names_its_help_its_error_and_its_count_to_screen_readers():
    form = Report({"text": "", "health": ""})
    html = str(form["text"].as_field_group())
    described = re.search(r'<textarea[^>]*aria-describedby="([^"]+)"', html).group(1).split()
    assert described == ["id_text_helptext", "id_text_error", "id_text_count"]
    assert all(f'id="{name}"' in html for name in described)


def test_the_summary_of_errors_leads_to_each_field():
    html = str(Report({"text": "", "health": ""}))
    assert 'href="#id_text"' in html
    assert 'href="#id_health_0"' in html
    assert 'id="id_health_0"' in html


def test_a_text_that_is_too_long_is_kept_whole():
    form = Report({"text": "a" * 301, "health": "sunny"})
    html = str(form)
    assert "a" * 301 in html
    assert "maxlength" not in re.search(r"<textarea[^>]*>", html).group(0)


def test_a_field_that_may_stay_empty_says_so():
    with override("fr"):
        assert "(facultatif)" in str(Report()["amount"].as_field_group())


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1 234,50 €", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234.567,8", "1234567.8"),
        ("1,234", "1234"),
        ("12,5", "12.5"),
        ("0", "0"),
        ("800000", "800000"),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed, amount):
    assert MoneyField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["12,34,56", "abc", "-5", "1e5", "NaN", "1234567890123.00", "1,234.567,1"]
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        MoneyField().clean(typed)


def test_a_refused_amount_stays_as_it_was_typed():
    html = str(Report({"text": "x", "health": "sunny", "amount": "12,34,56"})["amount"])
    assert 'value="12,34,56"' in html


def test_no_template_carries_a_style_or_a_script_of_its_own():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        if "emails" in path.parts or "messages" in path.parts:
            continue
        # A block of JSON is data: nothing runs it.
        own = r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*\s(?:src=|type="application/(?:ld\+)?json"))'
        assert not re.search(own, text), path
