"""What projects reach of what they aim at, added up by indicator where an indicator adds up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.models import Indicator, IndicatorValue, ProgressReport
from projects.portfolio import list_url
from smartport.charts import Bar, Cell, Figure, Part, stacked_bars
from smartport.money import number, percent

DONE, LEFT = gettext_lazy("Reached"), gettext_lazy("Still to go")


@dataclass(frozen=True)
class Sums:
    """Over `projects`: where they began, where they are, and where they mean to be."""

    indicator: Indicator
    projects: int
    start: Decimal
    value: Decimal
    aim: Decimal

    @property
    def percent(self) -> int:
        """How much of the way is made, whichever way it leads; nothing below the start, nothing past the end."""
        made = (self.value - self.start) / (self.aim - self.start) * 100
        return round(min(max(made, Decimal(0)), Decimal(100)))


def indicators_against_targets(uses: QuerySet) -> Figure:
    """Counts the projects that publish a start, a value and a target; says how many uses it leaves out."""
    sums = _sums(uses)
    figure = stacked_bars(
        key="indicators",
        title=_("Indicators against their targets"),
        row_header=_("Indicator"),
        parts=[Part("done", str(DONE), "sea"), Part("left", str(LEFT), "paper", "hollow")],
        bars=[_bar(row) for row in sums],
        left_out=_left_out(uses.count() - sum(row.projects for row in sums)),
        write=lambda share: percent(Decimal(share or 0) / 100),
    )
    headers = [_("Indicator"), _("At the start"), _("Latest"), _("Target"), _("Projects")]
    notes = [
        _("%(value)s of %(target)s") % {"value": number(row.value), "target": number(row.aim)}
        for row in sums
    ]
    lines = [replace(line, note=note) for line, note in zip(figure.lines, notes, strict=True)]
    return replace(figure, lines=lines, headers=headers, table=[_cells(row) for row in sums])


def _sums(uses: QuerySet) -> list[Sums]:
    """The latest values are found in one pass over all of them, not for each use on its own."""
    reports = ProgressReport.objects.accepted().current()
    values = IndicatorValue.objects.filter(value__isnull=False, report__in=reports)
    in_time = values.order_by("indicator_id", "-report__period__ends_on", "-pk")
    whole = uses.filter(indicator__additive=True, baseline__isnull=False, target__isnull=False)
    rows = (
        IndicatorValue.objects.filter(pk__in=in_time.distinct("indicator_id").values("pk"))
        .filter(indicator__in=whole.values("pk"))
        .order_by()
        .values(use=F("indicator__indicator"))
        .annotate(
            n=Count("pk"),
            start=Sum("indicator__baseline"),
            reached=Sum("value"),
            aim=Sum("indicator__target"),
        )
    )
    found = {row["use"]: row for row in rows if row["aim"] != row["start"]}
    indicators = Indicator.objects.filter(pk__in=found).select_related("goal").order_by("code")
    return [
        Sums(
            one, found[one.pk]["n"], *(found[one.pk][name] for name in ("start", "reached", "aim"))
        )
        for one in indicators
    ]


def _name(row: Sums) -> str:
    unit = f" ({row.indicator.unit})" if row.indicator.unit else ""
    return f"{row.indicator.title}{unit}"


def _url(row: Sums) -> str:
    return list_url(goal=row.indicator.goal.slug) if row.indicator.goal else ""


def _bar(row: Sums) -> Bar:
    return Bar(_name(row), {"done": row.percent, "left": 100 - row.percent}, _url(row))


def _cells(row: Sums) -> list[Cell]:
    amounts = [number(one) for one in (row.start, row.value, row.aim, row.projects)]
    return [Cell(_name(row), _url(row)), *(Cell(text) for text in amounts)]


def _left_out(count: int) -> str:
    return (
        ngettext(
            "Leaves out %(count)s indicator that does not add up or whose figures are not published.",
            "Leaves out %(count)s indicators that do not add up or whose figures are not published.",
            count,
        )
        % {"count": number(count)}
        if count
        else ""
    )
