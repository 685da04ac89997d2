"""Forms of a committee: its rules and default agenda, its seats, its mandates."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from governance.models import Committee, Mandate, Seat
from governance.services.composition import RULES
from partners.models import Partner, User
from smartport.forms import DateInput

RULE_FIELDS = (
    (_("Quorum"), ("quorum_rule", "quorum_percent", "proxies_count_for_quorum")),
    (_("Proxies and notice"), ("proxies_per_holder", "notice_days", "notice_count")),
    (_("Days before and after"), ("proposal_days", "minutes_days", "objection_days")),
)
SPARE_LINES = 3
MOST_LINES = 30


class CommitteeForm(forms.ModelForm):
    """A new committee also gets its code; the address of its page is made from its French name."""

    class Meta:
        model = Committee
        fields = ["code", *RULES]
        labels = {"name_fr": _("Name in French"), "name_en": _("Name in English")}
        help_texts = {
            "code": _("Short, in capitals: it begins the codes of its meetings, such as COPIL."),
            "quorum_percent": _("Of the voting seats, or of those of each college."),
            "notice_count": _(
                "Working days leave out Saturdays, Sundays and French public holidays; clear days leave out the day "
                "of the summons and that of the meeting."
            ),
            "proposal_days": _("Proposed for each new meeting; it can be changed there."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_fr"].required = True
        if self.instance.pk:
            del self.fields["code"]

    def rules(self) -> list[dict[str, Any]]:
        """The fields in the order of the page: those of one rule together, under its legend."""
        together = {name for _legend, names in RULE_FIELDS for name in names}
        alone = [field for field in self if field.name not in together]
        return [{"legend": "", "fields": alone}] + [
            {"legend": legend, "fields": [self[name] for name in names]}
            for legend, names in RULE_FIELDS
        ]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip().upper()
        if slugify(code).upper() != code:
            raise forms.ValidationError(_("Letters, digits and hyphens only."))
        return code

    def validate_unique(self) -> None:
        """The service says which names are taken."""


class StandingItemForm(forms.Form):
    """A line is left out, or removed, by leaving its titles empty."""

    title_fr = forms.CharField(label=_("Title in French"), max_length=300, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    minutes = forms.IntegerField(
        label=_("Duration, in minutes"), min_value=1, max_value=600, initial=10
    )

    def clean_title_en(self) -> str:
        title = self.cleaned_data["title_en"]
        if title and not self.cleaned_data.get("title_fr"):
            raise forms.ValidationError(_("Write the title in French as well."))
        return title


class AgendaFormSet(BaseFormSet):
    def items(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("title_fr")]


StandingItems = formset_factory(
    StandingItemForm,
    formset=AgendaFormSet,
    extra=SPARE_LINES,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + SPARE_LINES,
)


class SeatForm(forms.ModelForm):
    class Meta:
        model = Seat
        fields = ["partner", "kind", "college", "position", "start", "end"]
        widgets = {"start": DateInput, "end": DateInput}
        help_texts = {
            "college": _("Only where the committee counts its quorum by college."),
            "position": _("The order of the seats in lists and in the attendance sheet."),
            "end": _("The last day. Mandates still running end with the seat."),
        }

    def __init__(self, *args: Any, committee: Committee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = Partner.objects.order_by("name")
        if self.instance.pk:
            del self.fields["partner"]
        else:
            self.initial.setdefault("position", committee.seats.count() + 1)

    def _post_clean(self) -> None:
        """The service says what is refused, in words; the fields alone are checked here."""


class MandateForm(forms.ModelForm):
    class Meta:
        model = Mandate
        fields = ["user", "capacity", "start", "end"]
        widgets = {"start": DateInput, "end": DateInput}
        help_texts = {"end": _("The last day; empty while no end is known.")}

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["user"]
            return
        people = User.objects.active().order_by("last_name", "first_name", "pk")
        theirs = set(User.objects.of(seat.partner).values_list("pk", flat=True))
        groups: dict[bool, list[tuple[int, str]]] = {True: [], False: []}
        for person in people:
            groups[person.pk in theirs].append((person.pk, f"{person} ({person.email})"))
        self.fields["user"].queryset = people
        self.fields["user"].choices = [
            ("", _("Choose")),
            (_("People of %(partner)s") % {"partner": seat.partner}, groups[True]),
            (_("Other people"), groups[False]),
        ]

    def _post_clean(self) -> None:
        """The service says what is refused, in words; the fields alone are checked here."""
