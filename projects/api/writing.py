"""What programs may send of a report: parts of the draft, the reasons of a review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from projects.enums import Cadence, Health, Level, ReportSection
from projects.models import ProgressReport, Project, ProjectSeries
from projects.services import drafts
from smartport.api.writing import StrictSerializer

REMARK = 2000  # characters, as on the pages
COLUMNS = ("health", "cause", "ask", "completion_percent", "achievements", "next_steps")


class Text(serializers.CharField):
    def __init__(self, *, limit: int = drafts.TEXT_LENGTH, **options: Any) -> None:
        super().__init__(required=False, allow_blank=True, max_length=limit, **options)


class SummarySent(StrictSerializer):
    fr = Text(limit=drafts.SUMMARY_LENGTH)
    en = Text(limit=drafts.SUMMARY_LENGTH)


class MilestoneSent(StrictSerializer):
    id = serializers.IntegerField()
    forecast_on = serializers.DateField(allow_null=True, required=False)
    actual_on = serializers.DateField(allow_null=True, required=False)
    reason = Text(
        limit=drafts.REASON_LENGTH,
        help_text="Why the date moved; needed when it is later than before.",
    )


class IndicatorSent(StrictSerializer):
    id = serializers.IntegerField()
    value = serializers.DecimalField(max_digits=16, decimal_places=3, allow_null=True)


class ExpenditureSent(StrictSerializer):
    contribution = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, allow_null=True)


class RiskSent(StrictSerializer):
    title = serializers.CharField(max_length=300)
    likelihood = serializers.ChoiceField(choices=Level.choices, default=Level.MODERATE)
    impact = serializers.ChoiceField(choices=Level.choices, default=Level.MODERATE)
    response = serializers.CharField(
        allow_blank=True, max_length=drafts.RESPONSE_LENGTH, default=""
    )
    closed = serializers.BooleanField(default=False)


class DraftSent(StrictSerializer):
    """Any part of a draft; what is not named stays. `risks`, when sent, are all the risks there are."""

    health = serializers.ChoiceField(choices=Health.choices, allow_blank=True, required=False)
    cause = Text()
    ask = Text()
    completion_percent = serializers.IntegerField(
        min_value=0, max_value=100, allow_null=True, required=False
    )
    achievements = Text()
    next_steps = Text()
    public_summary = SummarySent(required=False)
    milestones = MilestoneSent(many=True, required=False)
    indicators = IndicatorSent(many=True, required=False)
    expenditures = ExpenditureSent(many=True, required=False)
    risks = RiskSent(many=True, required=False, max_length=drafts.MOST_RISKS)

    def units(self, report: ProgressReport) -> dict[str, Any]:
        """What was sent, as the units of the draft. Raises ValidationError for rows that are not this report's."""
        sent, stored = self.validated_data, drafts.shown(report)
        found = {name: sent[name] for name in COLUMNS if name in sent}
        found |= {
            f"public_summary_{code}": text for code, text in sent.get("public_summary", {}).items()
        }
        for name, kind, key in (
            ("milestones", "milestone", "id"),
            ("indicators", "indicator", "id"),
            ("expenditures", "expenditure", "contribution"),
        ):
            for position, row in enumerate(sent.get(name, [])):
                unit = f"{kind}-{row[key]}"
                if unit not in stored:
                    said = _("This is not one of this report.")
                    raise serializers.ValidationError({name: {str(position): {key: [said]}}})
                found[unit] = _value(kind, row, stored[unit])
        return found | dict(self._risks(stored))

    def _risks(self, stored: drafts.Content) -> Iterator[tuple[str, Any]]:
        """Those sent, in their order; those stored beyond them are emptied, which removes them."""
        if "risks" not in self.validated_data:
            return
        sent = self.validated_data["risks"]
        before = len(drafts.units_of("risk", stored))
        nothing = {
            "title": "",
            "likelihood": Level.MODERATE,
            "impact": Level.MODERATE,
            "response": "",
            "closed": False,
        }
        for position in range(max(len(sent), before)):
            yield f"risk-{position}", dict(sent[position]) if position < len(sent) else nothing


def _value(kind: str, row: dict[str, Any], stored: Any) -> Any:
    if kind == "milestone":
        return {**stored, **{name: value for name, value in row.items() if name != "id"}}
    return row["value"] if kind == "indicator" else row["amount"]


class SendBackSent(StrictSerializer):
    """Why the report goes back, by section (`general` for the whole of it)."""

    reasons = serializers.DictField(child=serializers.CharField(max_length=REMARK))
    due_on = serializers.DateField(required=False, allow_null=True)

    def validate_reasons(self, value: dict[str, str]) -> dict[str, str]:
        unknown = [section for section in value if section not in ReportSection.values]
        if unknown:
            known = ", ".join(ReportSection.values)
            raise serializers.ValidationError(_("Sections are: %(known)s.") % {"known": known})
        return value


class AcceptSent(StrictSerializer):
    remark = serializers.CharField(required=False, allow_blank=True, max_length=REMARK, default="")


class CorrectSent(StrictSerializer):
    reason = serializers.CharField(max_length=drafts.REASON_LENGTH)


class RemarkSent(StrictSerializer):
    text = serializers.CharField(max_length=REMARK)
    section = serializers.ChoiceField(choices=ReportSection.choices, default=ReportSection.GENERAL)


class ExtendSent(StrictSerializer):
    due_on = serializers.DateField()
    reason = serializers.CharField(max_length=drafts.REASON_LENGTH)


class MuteSent(StrictSerializer):
    reason = serializers.CharField(max_length=300)


class DaysSent(StrictSerializer):
    """Null for those of the series."""

    report_days = serializers.IntegerField(min_value=1, max_value=366, allow_null=True)


class RhythmSent(StrictSerializer):
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    report_days = serializers.IntegerField(min_value=1, max_value=366)


class DatesSent(StrictSerializer):
    opens_on = serializers.DateField()
    due_on = serializers.DateField()


class CampaignSent(DatesSent):
    series = serializers.SlugRelatedField("code", queryset=ProjectSeries.objects.order_by("code"))
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class AskSent(StrictSerializer):
    """One more project in the campaign, by its code, with a due date of its own."""

    project = serializers.SlugRelatedField("code", queryset=Project.objects.order_by("code"))
    due_on = serializers.DateField()
