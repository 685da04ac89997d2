from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.enums import ReportSection
from projects.reading import Reading, Section
from smartport.forms import DateInput


class ReviewForm(forms.Form):
    """A reason for each section, and which of the two buttons was pressed."""

    use_required_attribute = False

    action = forms.ChoiceField(
        choices=[("accept", ""), ("send_back", "")], widget=forms.HiddenInput
    )
    remark = forms.CharField(
        label=_("Word to the partner"),
        help_text=_("Goes with the acceptance."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    due_on = forms.DateField(
        label=_("New date, if you send it back"),
        help_text=_("Empty: a week from today at least."),
        required=False,
        widget=DateInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in ReportSection:
            self.fields[section.value] = forms.CharField(
                label=_("What has to change in the whole report")
                if section == ReportSection.GENERAL
                else _("What has to change here"),
                max_length=2000,
                required=False,
                widget=forms.Textarea({"rows": 2}),
            )

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day is past: choose a later one."))
        return day

    def reasons(self) -> dict[str, str]:
        return {section.value: self.cleaned_data[section.value] for section in ReportSection}

    def with_sections(self, reading: Reading) -> list[tuple[Section, BoundField]]:
        """Each section of the report with its field; those nobody filled in too, they may be what is missing."""
        read = {section.name: section for section in reading.sections}
        return [
            (read.get(name) or Section(name, str(title), []), self[name])
            for name, title in ReportSection.choices
            if name != ReportSection.GENERAL
        ]
