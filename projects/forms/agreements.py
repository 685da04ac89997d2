from django import forms
from django.utils.translation import gettext_lazy as _

from projects.enums import InstalmentStatus
from smartport.forms import DateInput


class SignatureForm(forms.Form):
    signatory = forms.CharField(
        label=_("Signed by"), help_text=_("First name and last name."), max_length=200
    )
    function = forms.CharField(label=_("Function"), max_length=200, required=False)
    signed_on = forms.DateField(label=_("Signed on"), widget=DateInput)
    deliberation_on = forms.DateField(
        label=_("Deliberation of"),
        help_text=_("The day on which the assembly or board authorised the signature."),
        widget=DateInput,
        required=False,
    )
    file = forms.FileField(
        label=_("Signed copy"),
        help_text=_("A PDF; read by the parties and the secretariat only."),
        required=False,
    )


class InstalmentForm(forms.Form):
    step = forms.ChoiceField(choices=InstalmentStatus.choices, widget=forms.HiddenInput)
    on = forms.DateField(label=_("On"), widget=DateInput)


class EndForm(forms.Form):
    how = forms.ChoiceField(
        label=_("How it ends"),
        choices=[("end", _("It has run its course")), ("terminate", _("It is terminated early"))],
        widget=forms.RadioSelect,
        initial="end",
    )
    on = forms.DateField(label=_("On"), widget=DateInput)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "Needed when it is terminated early; it is shown on the page of the agreement."
        ),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
