"""Forms that prepare a meeting: its day and place, its items, their papers."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import Access, Effect, ItemKind, MeetingKind, MeetingStatus
from governance.models import AgendaItem, Committee, Meeting
from governance.services import beginnings
from governance.services.agenda import SUBJECT_OF_EFFECT
from governance.services.meetings import FIRST_DAY, LAST_DAY, copied_from
from partners.models import User
from projects.enums import AgreementStatus, SeriesStatus
from projects.models import Amendment, FundingAgreement, Project, ProjectSeries
from smartport import dates
from smartport.forms import DateInput, TimeInput

NINE = time(9)
WHY_LATE = {
    MeetingStatus.SUMMONED: _("The summons went out: a new item is late, and the minutes say why."),
    MeetingStatus.IN_SESSION: _(
        "The meeting has begun: a new item is late, and the minutes say why."
    ),
}


class MeetingForm(forms.ModelForm):
    """Day and times are typed apart, in Paris time; `starts_at` and `ends_at` are made from them."""

    day = forms.DateField(
        label=_("Day"),
        widget=DateInput,
        help_text=_("Of a written consultation: the last day for answers. Its times are not used."),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )
    begins = forms.TimeField(label=_("Begins at"), widget=TimeInput, initial=NINE)
    ends = forms.TimeField(label=_("Ends at"), widget=TimeInput, required=False)

    agenda_from = forms.ChoiceField(
        label=_("The agenda begins with"), widget=forms.RadioSelect, required=False
    )
    link = forms.URLField(label=_("Video link"), required=False, assume_scheme="https")

    field_order = ["committee", "kind", "day", "begins", "ends"]

    class Meta:
        model = Meeting
        fields = [
            "committee",
            "kind",
            "title_fr",
            "title_en",
            "place_fr",
            "place_en",
            "link",
            "guests",
            "proposals_until",
            "is_public",
        ]
        widgets = {"proposals_until": DateInput, "guests": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "title_fr": _("Title in French"),
            "title_en": _("Title in English"),
            "place_fr": _("Place in French"),
            "place_en": _("Place in English"),
        }

    def __init__(self, *args: Any, like: Meeting | None = None, **kwargs: Any) -> None:
        """`like` is a meeting to copy committee, place and times from."""
        super().__init__(*args, **kwargs)
        self.fields["committee"].queryset = Committee.objects.all()
        self._offer_beginnings(like)
        if like:
            self._copy(like)
        elif committee := Committee.objects.first():
            self.fields["committee"].initial = committee.pk
        if self.instance.pk:
            del self.fields["committee"]
            local = timezone.localtime(self.instance.starts_at)
            self.initial |= {"day": local.date(), "begins": local.time()}
            if self.instance.ends_at:
                self.initial["ends"] = timezone.localtime(self.instance.ends_at).time()

    def _offer_beginnings(self, like: Meeting | None) -> None:
        if self.instance.pk:
            del self.fields["agenda_from"]
            return
        del self.fields["proposals_until"]  # drawn from the committee's rule, changed afterwards
        choices = [
            (beginnings.DEFAULT, _("The previous minutes, the open actions, the default agenda"))
        ]
        if like:
            recurring = _(
                "The previous minutes, the open actions, what comes back from the meeting copied"
            )
            choices.insert(0, (beginnings.LIKE_BEFORE, recurring))
        choices.append((beginnings.EMPTY, _("Nothing")))
        self.fields["agenda_from"].choices = choices
        self.initial["agenda_from"] = choices[0][0]

    def _copy(self, like: Meeting) -> None:
        self.initial |= copied_from(like)
        if like.time_known:
            self.initial["begins"] = timezone.localtime(like.starts_at).time()
            if like.ends_at:
                self.initial["ends"] = timezone.localtime(like.ends_at).time()

    def clean_agenda_from(self) -> str:
        return self.cleaned_data["agenda_from"] or self.initial["agenda_from"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        day, begins, ends = data.get("day"), data.get("begins"), data.get("ends")
        if day and begins:
            data["starts_at"] = self._moment("begins", day, begins, self.instance.starts_at)
            data["ends_at"] = self._moment("ends", day, ends, self.instance.ends_at)
            if self.instance.summoned_at is None and data.get("kind") == MeetingKind.WRITTEN:
                data["ends_at"] = ends = None
            proposals = data.get("proposals_until")
            if proposals and proposals > day:
                self.add_error("proposals_until", _("Items are proposed before the meeting."))
            if ends and ends <= begins:
                self.add_error("ends", _("The meeting ends before it begins."))
        return data

    def _moment(
        self, name: str, day: date, clock: time | None, kept: datetime | None
    ) -> datetime | None:
        """What is typed; the moment itself where it stays, be it in the second of two equal hours."""
        if clock is None:
            return None
        local = timezone.localtime(kept).replace(second=0, microsecond=0) if kept else None
        if local and (local.date(), local.time()) == (day, clock):
            return kept
        found = dates.at_clock(day, clock)
        if found is None:
            self.add_error(name, _("Clocks go forward over this time that night: choose another."))
        return found

    def meeting_fields(self) -> dict[str, Any]:
        """What the service takes, without the day and times it was made from."""
        return {k: v for k, v in self.cleaned_data.items() if k not in {"day", "begins", "ends"}}


class AmendmentChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Amendment) -> str:
        return f"{obj.agreement} · {obj.number}. {obj}"


class ItemForm(forms.ModelForm):
    amendment = AmendmentChoice(
        label=_("Amendment"), queryset=Amendment.objects.none(), required=False
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = AgendaItem
        fields = [
            "kind",
            "title_fr",
            "title_en",
            "series",
            "project",
            "agreement",
            "amendment",
            "effect",
            "rapporteur",
            "note_fr",
            "note_en",
            "proposed_decision_fr",
            "proposed_decision_en",
            "minutes",
            "confidential",
            "ready",
        ]
        labels = {
            "title_fr": _("Title in French"),
            "title_en": _("Title in English"),
            "note_fr": _("Note in French"),
            "note_en": _("Note in English"),
            "proposed_decision_fr": _("Proposed decision in French"),
            "proposed_decision_en": _("Proposed decision in English"),
            "ready": _("Ready for the pack"),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ["note_fr", "note_en", "proposed_decision_fr", "proposed_decision_en"]
        }

    def __init__(self, *args: Any, user: User, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title_fr"].required = True
        if not self.instance.withdraws:
            self.fields["effect"].choices = [
                choice for choice in Effect.choices if choice[0] != Effect.WITHDRAW
            ]
        self.fields["series"].queryset = ProjectSeries.objects.visible_to(user)
        self.fields["project"].queryset = Project.objects.visible_to(user).filter(
            series__isnull=False
        )
        self.fields["agreement"].queryset = FundingAgreement.objects.visible_to(user)
        self.fields["amendment"].queryset = Amendment.objects.visible_to(user).select_related(
            "agreement"
        )
        if self.instance.pk is None:
            self.fields["series"].queryset = self._awaiting(self.fields["series"].queryset)
        self.initial.setdefault("revision", self.instance.revision)
        if self.instance.pk is None and meeting.status in WHY_LATE:
            self.fields["late_reason"] = forms.CharField(
                label=_("Why it is late"),
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=WHY_LATE[MeetingStatus(meeting.status)],
            )

    def _awaiting(self, series: Any) -> Any:
        return series.exclude(status=SeriesStatus.WITHDRAWN)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for kind, subject in (
            (ItemKind.APPROVE_SERIES, "series"),
            (ItemKind.APPROVE_AGREEMENT, "agreement"),
            (ItemKind.APPROVE_AMENDMENT, "amendment"),
        ):
            if data.get("kind") == kind and not data.get(subject) and subject not in self.errors:
                self.add_error(subject, _("Say what is to be approved."))
        self._demand_project(data)
        agreement = data.get("agreement")
        if data.get("amendment") and not agreement:
            data["agreement"] = data["amendment"].agreement
        if (
            not self.instance.corrects_id
            and data.get("kind") == ItemKind.APPROVE_AGREEMENT
            and agreement
            and agreement.status != AgreementStatus.DRAFT
        ):
            self.add_error("agreement", _("This agreement is approved already."))
        return data

    def _demand_project(self, data: dict[str, Any]) -> None:
        acts_on = SUBJECT_OF_EFFECT.get(data.get("effect") or Effect.NONE)
        if acts_on == "project" and not data.get("project") and "project" not in self.errors:
            self.add_error("project", _("Say which project this acts on."))


class RevisionForm(forms.Form):
    file = forms.FileField(
        label=_("PDF file"),
        help_text=_("At most 25 MB, without password."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )


class PaperForm(RevisionForm):
    title = forms.CharField(
        label=_("Title"),
        max_length=300,
        required=False,
        help_text=_("Left empty: the file's name."),
    )
    access = forms.ChoiceField(
        label=_("Who may read it"),
        choices=Access,
        initial=Access.COMMITTEE,
        widget=forms.RadioSelect,
    )


class AccessForm(forms.Form):
    access = forms.ChoiceField(label=_("Who may read it"), choices=Access, widget=forms.RadioSelect)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone summoned reads it."),
    )
