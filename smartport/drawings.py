"""The small drawings of the look: the line of a project's milestones, its money, a quorum.

Milestones are anything with `name`, `baseline`, `forecast` and `actual` (dates or None), as attributes or keys.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from smartport.charts import svg
from smartport.dates import short_day

ROW = 24  # px: height of one milestone's drawing
EDGE = 2.0  # percent kept free at both ends, so that marks are never cut


class MilestoneLine(NamedTuple):
    """One milestone as it is drawn: `expected` is where it stands now, done or not."""

    name: str
    baseline: date | None
    forecast: date | None
    actual: date | None

    @classmethod
    def of(cls, milestone: Any) -> "MilestoneLine":
        if isinstance(milestone, cls):
            return milestone
        get = (
            milestone.get
            if isinstance(milestone, dict)
            else lambda name: getattr(milestone, name, None)
        )
        return cls(str(get("name")), get("baseline"), get("forecast"), get("actual"))

    @property
    def expected(self) -> date | None:
        return self.actual or self.forecast or self.baseline

    @property
    def slip(self) -> int | None:
        """Days after the baseline, negative when ahead; None when one of the two is unknown."""
        if self.baseline is None or self.expected is None:
            return None
        return (self.expected - self.baseline).days

    @property
    def days(self) -> list[date]:
        return [day for day in (self.baseline, self.forecast, self.actual) if day]

    def slip_in_words(self) -> str:
        if not self.slip:
            return gettext("on time") if self.slip == 0 else ""
        if self.slip > 0:
            return ngettext("%(count)s day late", "%(count)s days late", self.slip) % {
                "count": self.slip
            }
        return ngettext("%(count)s day early", "%(count)s days early", -self.slip) % {
            "count": -self.slip
        }


@dataclass(frozen=True)
class Scale:
    """Days to percent of the width, whole years marked."""

    first: date
    last: date

    @classmethod
    def around(cls, days: Iterable[date]) -> "Scale":
        known = sorted(days)
        first, last = known[0], known[-1]
        if (last - first).days < 60:
            first, last = first - timedelta(30), last + timedelta(30)
        return cls(first, last)

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return EDGE + (100 - 2 * EDGE) * min(max(share, 0), 1)

    def years(self) -> list[tuple[int, float]]:
        return [
            (year, self.x(date(year, 1, 1)))
            for year in range(self.first.year + 1, self.last.year + 1)
            if self.first < date(year, 1, 1) < self.last
        ]


def lines_of(milestones: Iterable[Any]) -> list[MilestoneLine]:
    return [MilestoneLine.of(milestone) for milestone in milestones]


def scale_of(lines: Sequence[MilestoneLine], today: date) -> Scale | None:
    days = [day for line in lines for day in line.days]
    return Scale.around([*days, today]) if days else None


def timeline_svg(milestones: Iterable[Any], today: date | None = None) -> SafeString:
    """All milestones on one line, for the row of a list; empty when no date is known."""
    return _timeline(tuple(lines_of(milestones)), today or timezone.localdate(), get_language())


@lru_cache(maxsize=2000)
def _timeline(lines: tuple[MilestoneLine, ...], today: date, _language: str | None) -> SafeString:
    """Drawn once for what it shows."""
    scale = scale_of(lines, today)
    if scale is None:
        return SafeString("")
    root = svg.canvas(ROW, label=_summary(lines), css="timeline-line")
    _axis(root, scale, today)
    for line in lines:
        _late_stretch(root, scale, line)
    for line in lines:
        if line.expected:
            mark = "f-sea s-sea" if line.actual else "f-paper s-ink2"
            svg.add(
                root,
                "circle",
                class_=mark,
                cx=svg.percent(scale.x(line.expected)),
                cy=ROW // 2,
                r=4,
            )
    return svg.markup(root)


def milestone_svg(line: MilestoneLine, scale: Scale, today: date) -> SafeString:
    """One milestone on the common scale: baseline hollow, forecast line, actual full; its row says it in words."""
    root = svg.canvas(ROW, css="timeline-line")
    _axis(root, scale, today)
    _late_stretch(root, scale, line)
    middle = ROW // 2
    if line.forecast and not line.actual and line.forecast != line.baseline:
        x = svg.percent(scale.x(line.forecast))
        svg.add(
            root,
            "line",
            class_="s-rainy" if (line.slip or 0) > 0 else "s-sea",
            x1=x,
            x2=x,
            y1=5,
            y2=ROW - 5,
        )
    if line.baseline:
        svg.add(
            root,
            "circle",
            class_="f-paper s-ink2",
            cx=svg.percent(scale.x(line.baseline)),
            cy=middle,
            r=5,
        )
    if line.actual:
        svg.add(
            root,
            "circle",
            class_="f-sea s-sea",
            cx=svg.percent(scale.x(line.actual)),
            cy=middle,
            r=5,
        )
    return svg.markup(root)


def span_svg(start: date | None, end: date | None, scale: Scale, today: date) -> SafeString:
    """From a first day to a last one, what is past of it full; an unknown end is left open. Empty without a day."""
    if not (start or end):
        return SafeString("")
    root = svg.canvas(ROW, css="timeline-line")
    _axis(root, scale, today)
    x1, x2 = scale.x(start or scale.first), scale.x(end or scale.last)
    done = min(max(scale.x(today), x1), x2)
    box = {"y": 7, "height": 10, "rx": 2}
    dashes = {} if start and end else {"stroke_dasharray": "3 2"}
    svg.add(
        root,
        "rect",
        class_="f-foam s-sea",
        x=svg.percent(x1),
        width=svg.percent(x2 - x1),
        **box,
        **dashes,
    )
    svg.add(root, "rect", class_="f-sea", x=svg.percent(x1), width=svg.percent(done - x1), **box)
    return svg.markup(root)


def _apart(years: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Every year, or every second, third or fifth, so that their figures never touch."""
    gap = years[1][1] - years[0][1] if len(years) > 1 else 100
    step = next((step for step in (1, 2, 3, 5, 10) if step * gap > 16), 20)
    return [(year, x) for year, x in years if year % step == 0]


def years_svg(scale: Scale, today: date) -> SafeString:
    """The head of a timeline: its years and today."""
    root = svg.canvas(ROW, css="timeline-line")
    now = scale.x(today)
    for year, x in _apart(scale.years()):
        if abs(x - now) > 24:
            svg.add(
                root, "text", str(year), class_="t2", x=svg.percent(x), y=16, text_anchor="middle"
            )
    anchor = "start" if now < 10 else "end" if now > 90 else "middle"
    svg.add(
        root, "text", gettext("today"), class_="t", x=svg.percent(now), y=16, text_anchor=anchor
    )
    return svg.markup(root)


def bar_svg(amount: Decimal, whole: Decimal, tone: str) -> SafeString:
    """A thin bar on the scale of `whole`; a hollow frame shows the whole."""
    root = svg.canvas(10, css="money-line")
    svg.add(root, "rect", class_="f-mist", x=0, y=1, width="100%", height=8, rx=2)
    share = 100 * float(min(max(amount / whole, 0), 1)) if whole else 0.0
    svg.add(root, "rect", class_=f"f-{tone}", x=0, y=1, width=svg.percent(share), height=8, rx=2)
    return svg.markup(root)


def layered_bar_svg(parts: Sequence[tuple[Decimal, str]], whole: Decimal, label: str) -> SafeString:
    """Amounts that contain one another, drawn over one another, the largest first; `parts` hold (amount, tone)."""
    root = svg.canvas(12, label=label, css="money-line")
    svg.add(root, "rect", class_="f-paper s-line", x="0.5%", y=1.5, width="99%", height=9, rx=2)
    for amount, tone in sorted(parts, key=lambda part: -part[0]):
        share = 99 * float(min(max(amount / whole, 0), 1)) if whole else 0.0
        svg.add(
            root,
            "rect",
            class_=f"f-{tone}",
            x="0.5%",
            y=1.5,
            width=svg.percent(share),
            height=9,
            rx=2,
        )
    return svg.markup(root)


def quorum_svg(present: int, required: int, total: int) -> SafeString:
    """A seat is a dot, full when taken, with a mark before which they must be full; one bar past forty seats."""
    if total > 40:
        return bar_svg(Decimal(present), Decimal(total), "sea" if present >= required else "rainy")
    step = 22
    root = svg.canvas(28, css="quorum-line", width=max(total * step + 6, step))
    tone = "sunny" if present >= required else "rainy"
    for seat in range(total):
        mark = f"f-{tone} s-{tone}" if seat < present else "f-paper s-control"
        svg.add(root, "circle", class_=mark, cx=seat * step + 12, cy=14, r=7)
    if 0 < required <= total:
        x = required * step + 1
        svg.add(root, "line", class_="s-ink", x1=x, x2=x, y1=1, y2=27)
    return svg.markup(root)


def _axis(root: Any, scale: Scale, today: date) -> None:
    middle = ROW // 2
    svg.add(root, "line", class_="s-line", x1="0%", x2="100%", y1=middle, y2=middle)
    for _year, x in scale.years():
        at = svg.percent(x)
        svg.add(root, "line", class_="s-line", x1=at, x2=at, y1=middle - 4, y2=middle + 4)
    now = svg.percent(scale.x(today))
    svg.add(root, "line", class_="s-now", x1=now, x2=now, y1=0, y2=ROW)


def _late_stretch(root: Any, scale: Scale, line: MilestoneLine) -> None:
    if not (line.slip and line.baseline and line.expected):
        return
    x1, x2 = svg.percent(scale.x(line.baseline)), svg.percent(scale.x(line.expected))
    tone = "s-rainy" if line.slip > 0 else "s-sea"
    svg.add(root, "line", class_=f"{tone} thick", x1=x1, x2=x2, y1=ROW // 2, y2=ROW // 2)


def _summary(lines: Sequence[MilestoneLine]) -> str:
    done = sum(1 for line in lines if line.actual)
    said = ngettext(
        "%(done)s of %(count)s milestone reached",
        "%(done)s of %(count)s milestones reached",
        len(lines),
    ) % {"done": done, "count": len(lines)}
    waiting = sorted(
        (line for line in lines if not line.actual and line.expected),
        key=lambda line: line.expected or date.max,
    )
    if not waiting:
        return said
    coming = gettext("next: %(name)s, %(day)s") % {
        "name": waiting[0].name,
        "day": short_day(waiting[0].expected),
    }
    return f"{said}; {coming}"
