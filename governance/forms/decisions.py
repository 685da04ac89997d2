from typing import Any

from django import forms
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from governance.enums import OPEN_AGENDA, MeetingStatus
from governance.models import Decision, Meeting
from smartport.bilingual import columns, texts

CORRECT, WITHDRAW = "correct", "withdraw"


class CorrectionForm(forms.Form):
    """A decision to correct or to withdraw, put on the agenda of a meeting of the same committee."""

    what = forms.ChoiceField(
        label=_("What the committee is asked"),
        choices=[
            (CORRECT, _("Correct it: the new wording takes its place, what it changed stays")),
            (WITHDRAW, _("Withdraw it: what it changed is as it was before")),
        ],
        widget=forms.RadioSelect,
        initial=CORRECT,
    )
    meeting = forms.ModelChoiceField(
        label=_("Meeting"), queryset=Meeting.objects.none(), empty_label=_("Choose")
    )
    title_fr = forms.CharField(label=_("Title in French"), max_length=300)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    wording_fr = forms.CharField(
        label=_("Proposed decision in French"), widget=forms.Textarea(attrs={"rows": 4})
    )
    wording_en = forms.CharField(
        label=_("Proposed decision in English"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    late_reason = forms.CharField(
        label=_("Why it is late"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=_("Only for a meeting already summoned or begun."),
    )

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = (
            Meeting.objects.filter(
                committee=decision.committee, status__in=[*OPEN_AGENDA, MeetingStatus.IN_SESSION]
            )
            .select_related("committee")
            .order_by("starts_at")
        )
        title = _text("Decision %(number)s") % {"number": decision.reference}
        self.initial = {
            **columns("wording", texts(decision, "text")),
            **{
                name: f"{title}, {text}"[:300]
                for name, text in columns("title", texts(decision, "title")).items()
                if text
            },
            **self.initial,
        }

    def proposal(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "meeting": data["meeting"],
            "withdraws": data["what"] == WITHDRAW,
            "title": {"fr": data["title_fr"], "en": data["title_en"]},
            "wording": {"fr": data["wording_fr"], "en": data["wording_en"]},
            "late_reason": data["late_reason"],
        }
