"""Forms used at the table: outcomes and votes, proxies."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.enums import Outcome, VoteChoice, VoteMode
from governance.models import AgendaItem, Seat
from governance.services.room import Room
from governance.services.voting import Voter
from partners.models import User
from smartport.forms import TileSelect, TimeInput

LONGEST = 20_000  # characters of a text kept aside
VOTING = ("vote_mode", "votes_for", "votes_against", "votes_abstain")


class OutcomeForm(forms.ModelForm):
    """The outcome of one item; at a roll call, one more field for each seat that can vote (`seat_<id>`).

    `version` is the item's revision the form was made from. `draft` is what its author typed before and did not
    record: it stands in the fields instead of what is recorded.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome, widget=TileSelect)

    class Meta:
        model = AgendaItem
        fields = [
            "outcome",
            "wording_fr",
            "wording_en",
            "conditions",
            "vote_mode",
            "votes_for",
            "votes_against",
            "votes_abstain",
        ]
        labels = {"wording_fr": _("Wording in French"), "wording_en": _("Wording in English")}
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ["wording_fr", "wording_en", "conditions"]
        } | {"vote_mode": TileSelect}

    def __init__(
        self,
        *args: Any,
        voters: Sequence[Voter] = (),
        draft: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        item = self.instance
        if item.meeting.is_written:  # the votes are the answers
            voters = ()
            for name in VOTING:
                del self.fields[name]
        self.voters = voters
        given = {vote.seat_id: vote.choice for vote in item.votes.all()} if voters else {}
        for voter in voters:
            self.fields[seat_field(voter.seat.pk)] = forms.ChoiceField(
                label=_label(voter),
                choices=VoteChoice,
                widget=forms.RadioSelect,
                initial=given.get(voter.seat.pk),
                required=False,
            )
        self.initial["wording_fr"] = item.wording_fr or item.proposed_decision_fr
        self.initial["wording_en"] = item.wording_en or item.proposed_decision_en
        self.initial |= {k: v for k, v in (draft or {}).items() if k in self.fields}
        self.initial["version"] = item.revision

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        conditional = data.get("outcome") == Outcome.APPROVED_WITH_CONDITIONS
        if conditional and not (data.get("conditions") or "").strip():
            self.add_error("conditions", _("Write the conditions of the approval."))
        if data.get("vote_mode") == VoteMode.ROLL_CALL:
            for voter in self.voters:
                name = seat_field(voter.seat.pk)
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Say how this seat votes."))
        return data

    def seat_fields(self) -> list[forms.BoundField]:
        return [self[seat_field(voter.seat.pk)] for voter in self.voters]

    def choices(self) -> dict[int, str]:
        """What each seat answered at the roll call, by the seat's id."""
        answers = {v.seat.pk: self.cleaned_data.get(seat_field(v.seat.pk)) for v in self.voters}
        return {seat: choice for seat, choice in answers.items() if choice}

    def outcome_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}

    def as_typed(self) -> dict[str, str]:
        """What was sent, as it is, for a draft."""
        names = [name for name in self.fields if name != "version"]
        return {name: self.data[name][:LONGEST] for name in names if name in self.data}

    def version_sent(self) -> int:
        """-1, which is no version, where none was sent."""
        sent = self.data.get("version", "")
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1


def seat_field(seat_id: int) -> str:
    return f"seat_{seat_id}"


def _label(voter: Voter) -> str:
    if not voter.by_proxy:
        return f"{voter.seat} · {voter.user}"
    return _("%(seat)s · by proxy, %(person)s") % {"seat": voter.seat, "person": voter.user}


class ProxyForm(forms.Form):
    """A seat whose members are absent, and the person in the room who votes for it."""

    seat = forms.ModelChoiceField(
        label=_("Seat represented"), queryset=Seat.objects.none(), empty_label=_("Choose")
    )
    holder = forms.ModelChoiceField(
        label=_("Held by"), queryset=User.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = Seat.objects.filter(
            pk__in=[seat.pk for seat in room.empty_seats]
        ).select_related("partner")
        self.fields["holder"].queryset = User.objects.filter(
            pk__in=[place.person.pk for place in room.present]
        )


class ConflictForm(forms.Form):
    """A seat that can vote and takes no part in the item."""

    seat = forms.ModelChoiceField(
        label=_("Seat"), queryset=Seat.objects.none(), empty_label=_("Choose")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = Seat.objects.filter(
            pk__in=[voter.seat.pk for voter in room.voters]
        ).select_related("partner")


class MomentForm(forms.Form):
    """An arrival or a departure noted after it happened."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), empty_label=_("Choose")
    )
    clock = forms.TimeField(label=_("At what time"), widget=TimeInput)

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.filter(
            pk__in=[place.person.pk for place in room.places]
        )
