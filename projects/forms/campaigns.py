from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.enums import REPORTING_STATUSES
from projects.models import Project, ReportingPeriod
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


class PeriodForm(forms.ModelForm):
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
