"""Forms that write a draft agreement: its facts, its parties, a contribution with its payments, an amendment."""

import re
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from partners.models import Partner, User
from projects.enums import ContributionKind, PartyRole
from projects.models import Amendment, Contribution, FundingAgreement, Project, ProjectSeries
from projects.services.agreement_drafts import InstalmentRow, PartyRow, check_siret
from smartport.errors import Refusal
from smartport.forms import DateInput, MoneyField

SPARE_ROWS = 3
MOST_ROWS = 100


RESERVED = frozenset({"new", "nouvelle"})  # addresses of their own


def _reachable(code: str) -> None:
    if code.lower() in RESERVED:
        raise forms.ValidationError(_("Choose another code."))


class AgreementForm(forms.ModelForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        required=False,
        validators=[validate_slug],
        help_text=_("Your reference, in letters, digits and hyphens. Left empty, one is given."),
    )
    lead = forms.ModelChoiceField(label=_("Lead"), queryset=Partner.objects.none(), required=False)
    field_order = ["title_fr", "title_en", "code", "lead"]

    class Meta:
        model = FundingAgreement
        fields = ["title_fr", "title_en", "summary_fr", "summary_en", "series", "ends_on"]
        widgets = {
            "ends_on": DateInput(),
            "summary_fr": forms.Textarea({"rows": 4}),
            "summary_en": forms.Textarea({"rows": 4}),
        }
        labels = {
            "title_fr": _("Title in French"),
            "title_en": _("Title in English"),
            "summary_fr": _("Summary in French"),
            "summary_en": _("Summary in English"),
        }
        help_texts = {"series": _("If it funds the projects of one series.")}

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["title_fr"].required = True
        self.fields["series"].queryset = ProjectSeries.objects.visible_to(user).order_by("code")
        if self.instance.pk:
            del self.fields["code"], self.fields["lead"]
            return
        self.fields["code"].validators.append(_reachable)
        lead = self.fields["lead"]
        lead.queryset = Partner.objects.order_by("name")
        lead.help_text = _("The organisation that carries the agreement; its managers may edit it.")
        if not user.runs_the_cycle:
            lead.queryset = Partner.objects.managed_by(user).order_by("name")
            lead.required = True
            lead.empty_label = None


class PartyForm(forms.Form):
    partner = forms.ModelChoiceField(label=_("Organisation"), queryset=None, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=PartyRole.choices, initial=PartyRole.FUNDER, required=False
    )
    siret = forms.CharField(
        label=_("SIRET"), max_length=30, required=False, widget=forms.TextInput({"size": 18})
    )
    siret_override_reason = forms.CharField(
        label=_("Reason, if its check fails"), max_length=500, required=False
    )
    remove = forms.BooleanField(label=_("Remove"), required=False)

    def clean_siret(self) -> str:
        digits = re.sub(r"[\s.\u00a0\u202f-]", "", self.cleaned_data["siret"])
        if digits and not re.fullmatch(r"[0-9]{14}", digits):
            raise forms.ValidationError(_("A SIRET has 14 digits."))
        return digits

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and self.row:
            try:
                check_siret(self.row)
            except Refusal as refusal:
                refusal.add_to(self)
        return said

    @property
    def row(self) -> PartyRow | None:
        """None for a row left empty or removed."""
        said = self.cleaned_data
        if not said.get("partner") or said.get("remove"):
            return None
        return PartyRow(
            said["partner"],
            said["role"] or PartyRole.FUNDER,
            said["siret"],
            said["siret_override_reason"],
        )


class BasePartyFormSet(forms.BaseFormSet):
    def __init__(self, *args: Any, **options: Any) -> None:
        self.choices = [("", "---------")] + [
            (partner.pk, str(partner)) for partner in Partner.objects.order_by("name")
        ]
        super().__init__(*args, **options)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["partner"].queryset = Partner.objects.all()
        form.fields["partner"].choices = self.choices

    def clean(self) -> None:
        seen: set[int] = set()
        for form in self.forms:
            row = form.row if hasattr(form, "cleaned_data") and not form.errors else None
            if row and row.partner.pk in seen:
                form.add_error("partner", _("This organisation is listed above already."))
            if row:
                seen.add(row.partner.pk)

    @property
    def rows(self) -> list[PartyRow]:
        return [form.row for form in self.forms if form.row]


class ContributionForm(forms.ModelForm):
    amount = MoneyField(
        label=_("Amount"),
        required=False,
        min_value=None,
        help_text=_("In euros. Left empty, it reads “not published”."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=ContributionKind.choices,
        initial=ContributionKind.CASH,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Contribution
        fields = [
            "funder",
            "recipient",
            "project",
            "amount",
            "kind",
            "decision_reference",
            "decided_on",
        ]
        widgets = {"decided_on": DateInput()}
        help_texts = {
            "decision_reference": _("The deliberation of the funder, for instance."),
        }

    def __init__(
        self,
        *args: Any,
        user: User,
        agreement: FundingAgreement,
        amendment: Amendment | None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        parties = agreement.parties.filter(amendment=None)
        if amendment is not None:
            parties = agreement.parties.filter(amendment__in=[amendment]) | parties
        partners = Partner.objects.filter(pk__in=parties.values("partner")).order_by("name")
        self.fields["funder"].queryset = self.fields["recipient"].queryset = partners
        projects = Project.objects.visible_to(user).order_by("code")
        if agreement.series_id:
            projects = projects.filter(series=agreement.series_id)
        self.fields["project"].queryset = projects

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if amount is not None and amount <= 0:
            raise forms.ValidationError(_("An amount is more than zero. Unknown? Leave it empty."))
        return amount


class InstalmentPlanForm(forms.Form):
    amount = MoneyField(label=_("Amount"), required=False, min_value=None)
    due_on = forms.DateField(label=_("Due on"), widget=DateInput(), required=False)
    condition = forms.CharField(label=_("or on condition"), max_length=256, required=False)
    remove = forms.BooleanField(label=_("Remove"), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        amount, dated = said.get("amount"), said.get("due_on") or said.get("condition")
        if said.get("remove") or self.errors or not (amount is not None or dated):
            return said
        if amount is None or amount <= 0:
            self.add_error("amount", _("Give the amount of this payment, more than zero."))
        if not dated:
            self.add_error("due_on", _("Give the day it falls due, or the condition."))
        return said

    @property
    def row(self) -> InstalmentRow | None:
        said = self.cleaned_data
        if said.get("amount") is None or said.get("remove"):
            return None
        return InstalmentRow(said["amount"], said["due_on"], said["condition"])


class AmendmentForm(forms.ModelForm):
    class Meta:
        model = Amendment
        fields = ["title_fr", "title_en", "text", "new_ends_on"]
        widgets = {"new_ends_on": DateInput(), "text": forms.Textarea({"rows": 6})}
        labels = {
            "title_fr": _("Title in French"),
            "title_en": _("Title in English"),
            "text": _("What it changes"),
        }
        help_texts = {"new_ends_on": _("If the amendment moves the end of the agreement.")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["title_fr"].required = True


class ApprovalForm(forms.Form):
    on = forms.DateField(label=_("Approved on"), widget=DateInput())


PartyFormSet = forms.formset_factory(
    PartyForm, formset=BasePartyFormSet, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)
InstalmentFormSet = forms.formset_factory(
    InstalmentPlanForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)
