from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.enums import Audience, PackLanguage


class BuildForm(forms.Form):
    audience = forms.ChoiceField(label=_("For whom"), choices=Audience, initial=Audience.FULL)
    language = forms.ChoiceField(label=_("Language"), choices=PackLanguage, initial=PackLanguage.FR)
    reason = forms.CharField(
        label=_("Why there is a new version"),
        help_text=_("The cover says it; those who received the version before are told."),
        required=False,  # the service asks for it when a version of this pack was issued
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["reason"]


class VerificationForm(forms.Form):
    file = forms.FileField(
        label=_("The file to check"),
        help_text=_("Its fingerprint is computed and compared; the file is not kept."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.zip"}),
    )


class NoteForm(forms.Form):
    """An empty text takes the note away."""

    paragraph = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    text = forms.CharField(
        label=_("My note"),
        help_text=_("Only you can read it. It follows this paragraph into the next version."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
