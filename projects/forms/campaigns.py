from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects import periods
from projects.enums import REPORTING_STATUSES
from projects.models import Project, ProjectSeries, ReportingPeriod
from smartport.forms import DateInput


class ExtensionForm(forms.Form):
    due_on = forms.DateField(label=_("New due date"), widget=DateInput)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The partner reads it in the message."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )


class MuteForm(forms.Form):
    reason = forms.CharField(
        label=_("Why no report is asked for"),
        help_text=_("Shown to the partner; not to the public."),
        max_length=300,
    )


class ProjectDaysForm(forms.ModelForm):
    class Meta:
        model = Project
        fields = ["report_days"]


class RhythmForm(forms.ModelForm):
    class Meta:
        model = ProjectSeries
        fields = ["cadence", "report_days"]


class DatesForm(forms.ModelForm):
    """Whether its dates go together is said by the service, beside the field."""

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | set(self._meta.fields)


class PlanForm(DatesForm):
    """A campaign by hand, filled in with the period that follows the last one."""

    class Meta:
        model = ReportingPeriod
        fields = ["starts_on", "ends_on", "opens_on", "due_on"]
        widgets = dict.fromkeys(fields, DateInput)

    def __init__(self, *args: Any, series: ProjectSeries, **kwargs: Any) -> None:
        last = series.periods.order_by("-ends_on").first()
        day = last.ends_on + timedelta(days=1) if last else timezone.localdate()
        starts_on, ends_on = periods.bounds(series.cadence, day)
        initial = {
            "starts_on": starts_on,
            "ends_on": ends_on,
            "opens_on": ends_on + timedelta(days=1),
            "due_on": ends_on + timedelta(days=max(series.report_days, 1)),
        }
        super().__init__(*args, initial=initial, **kwargs)


class PeriodForm(DatesForm):
    class Meta:
        model = ReportingPeriod
        fields = ["opens_on", "due_on"]
        widgets = {"opens_on": DateInput, "due_on": DateInput}


class OpenOneForm(forms.Form):
    """Asks one project that has no report in this campaign."""

    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    due_on = forms.DateField(label=_("Due on"), widget=DateInput)

    def __init__(self, *args: Any, period: ReportingPeriod, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = (  # type: ignore[attr-defined]
            Project.objects.filter(series=period.series_id, status__in=REPORTING_STATUSES)
            .exclude(reports__period=period)
            .order_by("code")
        )
