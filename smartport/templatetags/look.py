"""Tags of the design language: marks, chips and the blocks a page is made of. The gallery page shows each one."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from smartport import dates, drawings, marks, wording
from smartport.devices import device
from smartport.money import euros

register = template.Library()

register.filter("device", device)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon beside a word; hidden from screen readers. A name the sprite lacks is an error."""
    return _icon(name)


@lru_cache(maxsize=256)
def _icon(name: str) -> SafeString:
    if name not in marks.icon_names():
        raise template.TemplateSyntaxError(f"static/icons.svg has no icon {name!r}")
    return format_html(
        '<svg class="icon" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"'
        ' focusable="false"><use href="{}#{}"/></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def meteo(
    health: str | None, since: date | None = None, explained: bool = False, large: bool = False
) -> SafeString:
    """The météo of a project: icon and word. `explained` adds what the word means, `since` the day it was said."""
    return _meteo(str(health or ""), since, explained, large, get_language())


@lru_cache(maxsize=2000)
def _meteo(
    health: str, since: date | None, explained: bool, large: bool, _language: str | None
) -> SafeString:
    """The same for each row that says the same, in one language."""
    mark = marks.METEO.get(health, marks.NO_METEO)
    rest = SafeString("")
    if explained and mark.meaning:
        rest = format_html(' <span class="mark-more">{}</span>', mark.meaning)
    if since:
        rest += format_html(' <span class="mark-more nowrap">{}</span>', dates.short_day(since))
    size = " large" if large else ""
    return format_html(
        '<span class="mark health-{}{}">{} <span>{}{}</span></span>',
        mark.name,
        size,
        icon(mark.icon),
        mark.word,
        rest,
    )


@register.simple_tag
def meteo_series(series: Iterable[tuple[date | str, str | None]]) -> SafeString:
    """One mark per period, oldest first; `series` holds (day or name of the period, health)."""
    items = format_html_join(
        "",
        '<li>{} <span class="mark-more">{}</span></li>',
        (
            (meteo(health), dates.short_day(when) if isinstance(when, date) else when)
            for when, health in series
        ),
    )
    return format_html('<ol class="meteo-series">{}</ol>', items)


@register.simple_tag
def state(value: Any, word: Any = "", since: date | None = None) -> SafeString:
    """The mark of a state: `value` as stored gives tone and icon, `word` is what people read."""
    tone, icon_name = marks.tone_and_icon(str(getattr(value, "value", value)))
    text = word or getattr(value, "label", "") or value
    waited = format_html(' <span class="mark-more">{}</span>', dates.since(since)) if since else ""
    return format_html(
        '<span class="mark tone-{}">{} <span>{}{}</span></span>',
        tone,
        icon(icon_name),
        text,
        waited,
    )


@register.simple_tag
def demo_mark() -> SafeString:
    return _demo_mark(get_language())


@lru_cache(maxsize=10)
def _demo_mark(_language: str | None) -> SafeString:
    return format_html(
        '<span class="demo-mark">{} {}</span>', icon("flag"), gettext("Demonstration data")
    )


@register.simple_tag
def person_chip(name: str, organisation: Any = "", url: str = "", capacity: Any = "") -> SafeString:
    """A person: name, then in which capacity and for whom. Names may be in any script."""
    return _chip("user", name, url, [capacity, organisation])


@register.simple_tag
def partner_chip(name: str, url: str = "", role: Any = "") -> SafeString:
    return _chip("building", name, url, [role])


def _chip(icon_name: str, name: str, url: str, notes: list[Any]) -> SafeString:
    shown = format_html('<a href="{}"><bdi>{}</bdi></a>' if url else "{}<bdi>{}</bdi>", url, name)
    more = " · ".join(str(note) for note in notes if note)
    rest = format_html(' <span class="mark-more"><bdi>{}</bdi></span>', more) if more else ""
    return format_html(
        '<span class="chip">{} <span>{}{}</span></span>', icon(icon_name), shown, rest
    )


@register.simple_tag
def due(day: date | None, done: bool = False) -> SafeString:
    """A day by which something is owed, and how far it is; late and near days are marked unless it is done."""
    if day is None:
        return format_html('<span class="muted">{}</span>', gettext("no date"))
    left = (day - timezone.localdate()).days
    tone = "quiet" if done or left > 7 else "bad" if left < 0 else "warn"
    late = left < 0 and not done
    return format_html(
        '<span class="due tone-{}">{}<time datetime="{}">{}</time>{}</span>',
        tone,
        format_html("{} ", icon("alert")) if late else "",
        day.isoformat(),
        dates.short_day(day),
        ""
        if done
        else format_html(' <span class="mark-more">{}</span>', wording.distance_to_due(left)),
    )


@register.simple_tag
def timeline(
    milestones: Iterable[Any], today: date | None = None, compact: bool = False
) -> SafeString:
    """Milestones on one scale, a row each with its dates in words; `compact` draws a single line for a list."""
    if compact:
        return drawings.timeline_svg(milestones, today)
    today = today or timezone.localdate()
    lines = drawings.lines_of(milestones)
    scale = drawings.scale_of(lines, today)
    rows = [
        {
            "name": line.name,
            "drawing": drawings.milestone_svg(line, scale, today) if scale else "",
            "baseline": line.baseline,
            "expected": line.actual or line.forecast,
            "done": bool(line.actual),
            "late": (line.slip or 0) > 0,
            "slip": line.slip_in_words(),
        }
        for line in lines
    ]
    head = drawings.years_svg(scale, today) if scale else ""
    return _render("timeline", {"rows": rows, "head": head})


@register.simple_tag
def money_bar(
    planned: Decimal | None = None,
    committed: Decimal | None = None,
    called: Decimal | None = None,
    received: Decimal | None = None,
    spent: Decimal | None = None,
    compact: bool = False,
) -> SafeString:
    """The five amounts of a project or an agreement on one scale. None reads "not published" and has no bar."""
    amounts = {
        "planned": planned,
        "committed": committed,
        "called": called,
        "received": received,
        "spent": spent,
    }
    known = {key: amount for key, amount in amounts.items() if amount is not None}
    whole = max(known.values(), default=Decimal(0))
    words = marks.money_words()
    if compact:
        said = ", ".join(f"{words[key]} {euros(amount)}" for key, amount in known.items())
        parts = [
            (amount, marks.MONEY_TONES[key])
            for key, amount in known.items()
            if key in ("committed", "received")
        ]
        return drawings.layered_bar_svg(parts, whole, said or euros(None))
    rows = [
        {
            "label": words[key],
            "amount": euros(amount),
            "known": amount is not None,
            "drawing": drawings.bar_svg(amount, whole, marks.MONEY_TONES[key])
            if amount is not None
            else "",
        }
        for key, amount in amounts.items()
    ]
    return _render("money_bar", {"rows": rows})


@register.simple_tag
def quorum(present: int, required: int, total: int) -> SafeString:
    """Seats taken against seats needed, with the sentence that says whether the committee may decide."""
    context = {
        "drawing": drawings.quorum_svg(present, required, total),
        "reached": present >= required,
        "sentence": wording.quorum(present, required, total),
    }
    return _render("quorum", context)


@register.simple_tag
def difference(before: str | None, after: str | None, label: str = "") -> SafeString:
    """What changed between two texts, word by word, readable without colour and announced in words."""
    return _render(
        "difference", {"parts": wording.difference(before or "", after or ""), "label": label}
    )


@register.simple_tag
def breadcrumb(*labels_and_urls: Any) -> SafeString:
    """`label url label url … last label`; Home is added in front."""
    *pairs, last = labels_and_urls
    steps = [
        {"label": label, "url": url} for label, url in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    return _render("breadcrumb", {"steps": steps, "last": last})


@register.simple_block_tag(end_name="endpage_header")
def page_header(
    content: str,
    title: Any,
    sentence: Any = "",
    eyebrow: Any = "",
    demo: bool = False,
    marks: Any = "",
) -> SafeString:
    """The page's h1 and the sentence that says the state of things; the body holds its actions and may be empty."""
    context = {
        "title": title,
        "sentence": sentence,
        "eyebrow": eyebrow,
        "demo": demo,
        "marks": marks,
    }
    return _render("page_header", context | {"actions": _filled(content)})


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, kind: str, title: Any = "") -> SafeString:
    """A remark that stays: `info`, `success`, `warning`, `error` or `sand`."""
    return _render(
        "notice",
        {"kind": kind, "icon": marks.NOTICE_ICONS[kind], "title": title, "body": _filled(content)},
    )


@register.simple_block_tag(end_name="endfigure_with_table")
def figure_with_table(
    content: str, title: Any, svg: Any = "", note: Any = "", unfolded: bool = False
) -> SafeString:
    """A drawing above the table that says the same; the body is the table."""
    context = {
        "title": title,
        "svg": svg,
        "note": note,
        "open": unfolded,
        "table": _filled(content),
    }
    return _render("figure_with_table", context)


@register.simple_tag(takes_context=True)
def error_lines(context: Context) -> list[dict[str, Any]]:
    """Every error of `form` and `forms` of the context, each with the control to go to."""
    forms: list[BaseForm] = [*filter(None, [context.get("form")]), *(context.get("forms") or [])]
    return [line for form in forms if form.is_bound for line in wording.form_errors(form)]


def _filled(content: str) -> SafeString:
    """The rendered body of a block tag, empty when it holds only white space."""
    return mark_safe(content.strip())  # noqa: S308 (rendered by the template engine, hence escaped)


def _render(name: str, context: dict[str, Any]) -> SafeString:
    return get_template(f"components/{name}.html").render(context)
