from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.enums import Audience, PackLanguage
from governance.models import Pack


class BuildForm(forms.Form):
    audience = forms.ChoiceField(label=_("For whom"), choices=Audience, initial=Audience.FULL)
    language = forms.ChoiceField(label=_("Language"), choices=PackLanguage, initial=PackLanguage.FR)
    reason = forms.CharField(
        label=_("Why there is a new version"),
        help_text=_("The cover says it; those who received the version before are told."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, issued: Sequence[Pack], **kwargs: Any) -> None:
        """`issued`: the meeting's packs so far. The first version in another language or for others has no reason."""
        super().__init__(*args, **kwargs)
        if not issued:
            del self.fields["reason"]
        elif self.is_bound and max(pack.version for pack in issued) == 1:
            wanted = (self.data.get("audience"), self.data.get("language"))
            self.fields["reason"].required = wanted in {
                (pack.audience, pack.language) for pack in issued
            }


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
