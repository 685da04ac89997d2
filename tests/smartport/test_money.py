from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.utils import formats, translation

from smartport import dates
from smartport.money import Total, compact_euros, euros, number, percent


@pytest.fixture
def in_french():
    with translation.override("fr"):
        yield


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


def test_euros_in_french_use_narrow_spaces_and_a_no_break_space_before_the_sign(in_french):
    assert euros(Decimal(800000)) == "800\u202f000\u00a0€"
    assert euros(Decimal("1234.50")) == "1\u202f234,50\u00a0€"
    assert euros(Decimal(-20)) == "-20\u00a0€"


def test_euros_in_english_put_the_sign_first(in_english):
    assert euros(Decimal("800000.00")) == "€800,000"
    assert euros(Decimal("0.05")) == "€0.05"


def test_an_unknown_amount_is_never_a_zero(in_french):
    assert euros(None) == compact_euros(None) == number(None) == percent(None) == "non publié"
    assert euros(Decimal(0)) == "0\u00a0€"


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        ("950", "950\u00a0€", "€950"),
        ("5400", "5,4\u00a0k€", "€5.4K"),
        ("800000", "800\u00a0k€", "€800K"),
        ("1234567", "1,2\u00a0M€", "€1.2M"),
        ("2500000000", "2,5\u00a0Md€", "€2.5B"),
    ],
)
def test_axes_write_short_amounts(amount, french, english):
    with translation.override("fr"):
        assert compact_euros(Decimal(amount)) == french
    with translation.override("en"):
        assert compact_euros(Decimal(amount)).upper() == english


def test_numbers_and_shares_follow_the_language():
    with translation.override("fr"):
        assert number(Decimal("12345.678")) == "12\u202f345,68"
        assert percent(Decimal("0.256")) == "26\u00a0%"
    with translation.override("en"):
        assert number(1234) == "1,234"


def test_a_sum_names_what_it_leaves_out(in_english):
    total = Total.of([Decimal("1.10"), None, Decimal("2.20"), None])
    assert (total.amount, total.counted, total.unknown) == (Decimal("3.30"), 2, 2)
    assert str(total) == "€3.30 (leaving out 2 amounts that are not published)"


def test_a_sum_of_unknown_amounts_is_unknown(in_english):
    assert str(Total.of([None, None])) == "not published"
    assert Total.of([]).amount is None


def test_sums_add_up_with_what_they_leave_out():
    both = Total.of([Decimal(5), None]) + Total.of([Decimal(7)]) + Total.of([None])
    assert both == Total(Decimal(12), 2, 2)


def test_days_in_french_begin_months_with_1er(in_french):
    assert dates.day(date(2019, 7, 1)) == "1er\xa0juillet 2019"
    assert dates.day(date(2019, 7, 11)) == "11\xa0juillet 2019"
    assert dates.month(date(2018, 10, 1)) == "octobre 2018"
    assert dates.day(None) == "non publié"


@pytest.mark.parametrize(
    ("start", "end", "french", "english"),
    [
        (
            date(2019, 7, 4),
            date(2022, 7, 3),
            "du 4\xa0juillet 2019 au 3\xa0juillet 2022",
            "from 4\xa0July 2019 to 3\xa0July 2022",
        ),
        (
            date(2026, 1, 5),
            date(2026, 3, 1),
            "du 5\xa0janvier au 1er\xa0mars 2026",
            "from 5\xa0January to 1\xa0March 2026",
        ),
        (
            date(2026, 3, 1),
            date(2026, 3, 9),
            "du 1er au 9\xa0mars 2026",
            "from 1 to 9\xa0March 2026",
        ),
        (date(2026, 3, 9), date(2026, 3, 9), "9\xa0mars 2026", "9\xa0March 2026"),
        (date(2026, 3, 9), None, "à partir du 9\xa0mars 2026", "from 9\xa0March 2026"),
        (None, date(2026, 3, 9), "jusqu’au 9\xa0mars 2026", "until 9\xa0March 2026"),
        (None, None, "non publié", "not published"),
    ],
)
def test_periods_repeat_nothing(start, end, french, english):
    with translation.override("fr"):
        assert dates.period(start, end) == french
    with translation.override("en"):
        assert dates.period(start, end) == english


@pytest.mark.parametrize(
    ("days", "waiting", "place"),
    [
        (0, "depuis aujourd’hui", "aujourd’hui"),
        (1, "depuis 1 jour", "hier"),
        (23, "depuis 23 jours", "il y a 23 jours"),
        (-1, "depuis aujourd’hui", "demain"),
        (-6, "depuis aujourd’hui", "dans 6 jours"),
    ],
)
def test_delays_are_said_in_words(in_french, days, waiting, place):
    today = date(2026, 11, 23)
    value = date.fromordinal(today.toordinal() - days)
    assert dates.since(value, today) == waiting
    assert dates.distance(value, today) == place


def test_moments_are_told_in_paris_time():
    value = datetime(2026, 12, 5, 13, 5, tzinfo=UTC)
    with translation.override("fr"):
        assert dates.moment(value) == "5\xa0décembre 2026 à 14\u00a0h\u00a005"
        assert dates.short_moment(value) == "5\xa0déc. 2026, 14\u00a0h\u00a005"
        assert dates.day_month(date(2026, 7, 1)) == "1er\xa0juillet"
    with translation.override("en"):
        assert dates.moment(value) == "5\xa0December 2026 at 14:05"
        assert dates.short_moment(value) == "5\xa0Dec 2026, 14:05"


def test_english_dates_are_european_and_typed_ones_never_read_month_first(in_english):
    assert formats.date_format(date(2026, 12, 4)) == "4 December 2026"
    assert forms.DateField(localize=True).to_python("04/12/2026") == date(2026, 12, 4)
