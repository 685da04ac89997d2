from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import ItemProposal, Meeting
from governance.services.proposals import meetings_taking
from partners.models import Partner, User
from projects.models import Project
from smartport import dates


class MeetingChoice(forms.ModelChoiceField):
    def label_from_instance(self, meeting: Meeting) -> str:
        return _("%(committee)s, %(day)s (until %(last)s)") % {
            "committee": meeting.committee,
            "day": dates.day(meeting.day),
            "last": dates.day(meeting.proposals_until),
        }


class ProposalForm(forms.ModelForm):
    """What a partner asks the committee to take; only its own organisations and projects are offered."""

    meeting = MeetingChoice(
        label=_("Meeting"), queryset=Meeting.objects.none(), empty_label=_("Choose")
    )

    class Meta:
        model = ItemProposal
        fields = [
            "meeting",
            "partner",
            "title",
            "project",
            "reason",
            "proposed_decision",
            "minutes",
        ]
        labels = {"partner": _("On behalf of"), "project": _("About the project")}
        help_texts = {
            "reason": _("Two or three sentences: the secretariat and the members read them."),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 4}) for name in ("reason", "proposed_decision")
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meetings, partners = meetings_taking(user), Partner.objects.of(user).order_by("name")
        self.fields["meeting"].queryset = meetings
        self.fields["partner"].queryset = partners
        self.fields["project"].queryset = Project.objects.of(user).order_by("code")
        for name, rows in (("meeting", meetings), ("partner", partners)):
            first = rows.first()
            self.initial.setdefault(name, first.pk if first else None)

    def _post_clean(self) -> None:
        """The service makes the row; the fields alone are checked here."""


class SettleForm(forms.Form):
    """The secretariat's answer to a proposal: put on the agenda, or declined with the reason."""

    answer = forms.CharField(
        label=_("Reason, if it is declined"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=_("The person who proposed it reads it."),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if meeting.summoned_at:
            self.fields["late_reason"] = forms.CharField(
                label=_("Why it is late"),
                required=False,
                help_text=_("The summons went out: what comes on the agenda now says why."),
            )
