"""Forms of an action: what is asked, of whom and for when; how far it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import Action
from partners.models import Partner, User
from smartport.files import EVIDENCE_TYPES
from smartport.forms import DateInput


class ActionForm(forms.ModelForm):
    class Meta:
        model = Action
        fields = ["title", "owner", "partner", "due_on"]
        widgets = {"due_on": DateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.active()
        self.fields["partner"].queryset = Partner.objects.order_by("name")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("owner") and not data.get("partner") and "owner" not in self.errors:
            self.add_error("owner", _("Name the person or the partner who will do it."))
        return data


class ProgressForm(forms.Form):
    """What its owner says: what was done, with a file that shows it."""

    evidence = forms.CharField(
        label=_("What was done"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=10_000,
        required=False,
    )
    files = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("PDF, image or office document."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{e}" for e in EVIDENCE_TYPES)}),
    )


class ReviewForm(forms.Form):
    """What the secretariat answers when something is missing."""

    reason = forms.CharField(
        label=_("What is missing"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
    )
