from django import forms
from django.utils.translation import gettext_lazy as _


class MinutesForm(forms.Form):
    text = forms.CharField(
        label=_("Text of the minutes"), widget=forms.Textarea(attrs={"rows": 24}), strip=False
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=_("Your remark"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExtractForm(forms.Form):
    """What the public will read, in both languages."""

    text_fr = forms.CharField(label=_("Text in French"), widget=forms.Textarea(attrs={"rows": 14}))
    text_en = forms.CharField(label=_("Text in English"), widget=forms.Textarea(attrs={"rows": 14}))

    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"text_{code}"] for code in ("fr", "en")}
