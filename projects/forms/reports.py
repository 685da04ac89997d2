"""The form of a report: its text and one small form by milestone, indicator, risk and contribution.

A draft takes whatever can be stored and holds the rest as it was typed; what is missing is said at submission.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from projects.enums import Health, Level
from projects.forms.fields import PercentField, QuantityField
from projects.models import ProgressReport
from projects.services import drafts
from projects.services.drafts import (
    MOST_RISKS,
    REASON_LENGTH,
    RESPONSE_LENGTH,
    SUMMARY_LENGTH,
    TEXT_LENGTH,
)
from smartport.forms import DateInput, MeteoSelect, MoneyField
from smartport.money import euros


def text(
    label: Any, help_text: Any = "", *, rows: int = 4, limit: int = TEXT_LENGTH, **options: Any
) -> Any:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=limit,
        widget=forms.Textarea({"rows": rows}),
        **options,
    )


def level(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=Level.choices,
        coerce=int,
        initial=Level.MODERATE,
        empty_value=Level.MODERATE.value,
    )


class DraftForm(forms.Form):
    """Empty is never an error here: a draft may be half written.

    Fields of the small forms are not marked optional one by one; their section says so once.
    """

    use_required_attribute = False

    def full_clean(self) -> None:
        super().full_clean()
        for name in list(self._errors or {}):
            if all(error.code == "required" for error in self._errors[name].as_data()):
                del self._errors[name]
                field = self.fields[name]
                choice = "" if isinstance(field, forms.ChoiceField) else None
                self.cleaned_data[name] = getattr(field, "empty_value", choice)


class TextForm(DraftForm):
    health = forms.ChoiceField(
        label=_("Weather of the project"), choices=Health.choices, widget=MeteoSelect
    )
    cause = text(_("Cause"), _("For rainy and stormy: what hinders the project."), rows=3)
    ask = text(
        _("Asked of the committee"),
        _("For rainy and stormy: the decision or help you need."),
        rows=3,
    )
    completion_percent = PercentField(
        label=_("Completion in percent"), help_text=_("Of the whole project, from 0 to 100.")
    )
    achievements = text(_("Achievements of the period"), _("What is done and can be seen."))
    next_steps = text(_("Next steps"), _("What the next period is for."), required=False)
    public_summary_fr = text(
        _("Public summary in French"),
        _(
            "Two or three sentences for everyone, without jargon: published once the report is accepted."
        ),
        limit=SUMMARY_LENGTH,
    )
    public_summary_en = text(
        _("Public summary in English"),
        _("Left empty, the French text is shown to English readers."),
        limit=SUMMARY_LENGTH,
        required=False,
    )


class MilestoneForm(DraftForm):
    forecast_on = forms.DateField(label=_("Forecast"), widget=DateInput)
    actual_on = forms.DateField(label=_("Reached on"), widget=DateInput)
    reason = forms.CharField(
        label=_("Reason for the slip"),
        max_length=REASON_LENGTH,
        widget=forms.TextInput,
    )


class IndicatorForm(DraftForm):
    value = QuantityField(label=_("Value at the end of the period"))


class ExpenditureForm(DraftForm):
    amount = MoneyField(label=_("Spent to date"))


class RiskForm(DraftForm):
    title = forms.CharField(label=_("Risk"), max_length=300)
    likelihood = level(_("Likelihood"))
    impact = level(_("Impact"))
    response = forms.CharField(
        label=_("Response"), max_length=RESPONSE_LENGTH, widget=forms.Textarea({"rows": 2})
    )
    closed = forms.BooleanField(label=_("This risk is over"), required=False)


@dataclass
class Row:
    """One small form with what it is about and what the last accepted report said."""

    unit: str
    form: DraftForm
    about: Any = None
    before: Any = None

    @property
    def before_number(self) -> Decimal | None:
        return Decimal(self.before) if isinstance(self.before, str) and self.before else None


class ReportSheet:
    """Every form of the page, filled from what was posted or from a content and what is held.

    `version` carries the revision and the digests of what the page shows, so that two people can be merged.
    """

    def __init__(
        self,
        report: ProgressReport,
        *,
        content: drafts.Content,
        before: drafts.Content | None = None,
        data: QueryDict | None = None,
    ) -> None:
        self.report = report
        self.posted = data is not None
        self.before = dict.fromkeys(drafts.COLUMNS) | (before or {})
        self.data = data if data is not None else as_posted(content) | dict(report.held_input)
        self.text = TextForm(self.data)
        self.milestones = self._rows("milestone", MilestoneForm, report.project.milestones.all())
        self.indicators = self._rows("indicator", IndicatorForm, report.project.indicators.all())
        self.expenditures = self._rows(
            "expenditure", ExpenditureForm, drafts.contributions_of(report)
        )
        self.risks = self._risk_rows(content)
        if data is None:
            self.version = version_token(report.revision, drafts.digests(content))
        else:
            self.version = str(data.get("version", ""))

    def _rows(self, kind: str, form_class: type[DraftForm], subjects: Any) -> list[Row]:
        return [
            Row(unit, form_class(self.data, prefix=unit), subject, self.before.get(unit))
            for subject in subjects
            for unit in [f"{kind}-{subject.pk}"]
        ]

    def _risk_rows(self, content: drafts.Content) -> list[Row]:
        """Those there are, those that were posted, and an empty one to fill in."""
        places = {place for place, _value in drafts.units_of("risk", content)}
        places |= {int(name.split("-")[1]) for name in self.data if is_risk_title(name)}
        count = max(places, default=-1) + 1
        rows = []
        for place in range(min(count if self.posted else count + 1, MOST_RISKS)):
            unit = f"risk-{place}"
            posted = self.data if f"{unit}-title" in self.data else None
            rows.append(Row(unit, RiskForm(posted, prefix=unit), None, self.before.get(unit)))
        return rows

    @property
    def rows(self) -> list[Row]:
        return [*self.milestones, *self.indicators, *self.risks, *self.expenditures]

    @property
    def forms(self) -> list[DraftForm]:
        """In the order of the page, for the error summary."""
        return [self.text, *(row.form for row in self.rows)]

    def content(self) -> drafts.Content:
        """The units that were posted and can be stored."""
        wrong = self.text.errors
        content = {
            name: value
            for name, value in self.text.cleaned_data.items()
            if name in self.data and name not in wrong
        }
        for row in self.rows:
            if self._sent(row.form) and row.form.is_valid():
                content[row.unit] = stored_value(row)
        return content

    def _sent(self, form: DraftForm) -> bool:
        """Whether the page it comes from held this form: a row added since is left alone."""
        return form.is_bound and any(form.add_prefix(name) in self.data for name in form.fields)

    def held(self) -> dict[str, str]:
        """What was typed and cannot be stored, by name of its control."""
        return {
            form.add_prefix(name): str(self.data.get(form.add_prefix(name), ""))[:TEXT_LENGTH]
            for form in self.forms
            if form.is_bound
            for name in form.errors
            if name in form.fields
        }

    def has_errors(self) -> bool:
        return any(form.is_bound and form.errors for form in self.forms)

    def add_problems(self, problems: Mapping[str, str]) -> None:
        """Puts each problem beside its field; one that has an error of its own already keeps that."""
        controls = {
            form.add_prefix(name): (form, name) for form in self.forms for name in form.fields
        }
        for control, why in problems.items():
            form, name = controls.get(control, (self.text, None))
            if form.is_bound and (name is None or name not in form.errors):
                form.add_error(name, why)

    def refresh_version(self, saved: ProgressReport) -> None:
        """After a save: what was posted and could be stored is what this page has now seen."""
        seen = drafts.digests(drafts.plain_content(self.content()))
        self.version = version_token(saved.revision, self.base() | seen)

    def base(self) -> dict[str, str]:
        return read_version(self.version)[1]

    def revision(self) -> int:
        return read_version(self.version)[0]


def is_risk_title(name: str) -> bool:
    parts = name.split("-")
    return len(parts) == 3 and parts[0] == "risk" and parts[1].isdecimal() and parts[2] == "title"


def stored_value(row: Row) -> Any:
    values = row.form.cleaned_data
    kind = row.unit.partition("-")[0]
    if kind == "risk":
        return values if values["title"] else None
    if kind == "milestone":
        return values
    return values["value" if kind == "indicator" else "amount"]


def as_posted(content: drafts.Content) -> dict[str, str]:
    """A content as its form would post it, in the reader's way of writing numbers."""
    return dict(_controls(content))


def _controls(content: drafts.Content) -> Iterator[tuple[str, str]]:
    for unit, value in content.items():
        kind = unit.partition("-")[0]
        if isinstance(value, dict):
            for part, inner in value.items():
                if inner is not False:
                    yield f"{unit}-{part}", "" if inner is None else str(inner)
        elif kind == "indicator":
            yield f"{unit}-value", "" if value is None else number_format(Decimal(value))
        elif kind == "expenditure":
            yield (
                f"{unit}-amount",
                "" if value is None else euros(Decimal(value)).strip("€ \u00a0\u202f"),
            )
        else:
            yield unit, "" if value is None else str(value)


def version_token(revision: int, digests: Mapping[str, str]) -> str:
    return f"{revision} {json.dumps(digests, separators=(',', ':'))}"


def read_version(token: str) -> tuple[int, dict[str, str]]:
    """Revision and digests; a token that was tampered with counts as one that has seen nothing."""
    revision, _space, rest = token.partition(" ")
    try:
        digests = json.loads(rest)
        return int(revision), {str(unit): str(value) for unit, value in digests.items()}
    except (ValueError, AttributeError):
        return 0, {}
