"""Amounts, numbers, days and charts in templates: ``{% load figures %}``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from smartport import dates, money, wording
from smartport.charts import Figure

register = template.Library()

register.filter("day", dates.day)
register.filter("short_day", dates.short_day)
register.filter("day_month", dates.day_month)
register.filter("month", dates.month)
register.filter("moment", dates.moment)
register.filter("short_moment", dates.short_moment)
register.filter("clock", dates.clock)
register.filter("distance", dates.distance)
register.filter("waiting", dates.since)
register.filter("number", money.number)
register.filter("percent", money.percent)
register.filter("compact_euros", money.compact_euros)
register.filter("plain_euros", money.euros)
register.filter("weekday", dates.weekday)
register.filter("format_name", wording.format_name)
register.simple_tag(dates.period, name="period")


@register.filter
def quantity(value: Decimal | None, unit: str = "") -> SafeString:
    """A number with its unit, never apart; an unknown one reads as quiet text."""
    if value is None:
        return euros(None)
    said = f"{money.number(value)}{money.NO_BREAK_SPACE}{unit}" if unit else money.number(value)
    return format_html('<span class="nowrap">{}</span>', said)


@register.filter
def euros(amount: Decimal | None) -> SafeString:
    """The amount, never broken over two lines; an unknown one reads as quiet text."""
    if amount is None:
        return format_html('<span class="muted">{}</span>', money.euros(None))
    return format_html('<span class="nowrap">{}</span>', money.euros(amount))


@register.filter
def total(value: money.Total) -> SafeString:
    """A sum followed by what it leaves out."""
    if not value.unknown or value.amount is None:
        return euros(value.amount)
    return format_html(
        '{} <span class="muted small">({})</span>', euros(value.amount), value.left_out
    )


@register.filter
def day_element(value: date | None) -> SafeString | str:
    """The day inside ``<time datetime>``, for machines and readers alike."""
    if value is None:
        return dates.day(None)
    return format_html('<time datetime="{}">{}</time>', value.isoformat()[:10], dates.day(value))


@register.inclusion_tag("components/chart.html")
def chart(figure: Figure, level: int = 3, url: str = "", url_label: str = "") -> dict[str, Any]:
    return {"figure": figure, "level": level, "url": url, "url_label": url_label}
