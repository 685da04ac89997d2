"""What programs may send of meetings: outcomes, progress of actions."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from governance.enums import (
    ActionStatus,
    Audience,
    Outcome,
    PackLanguage,
    Reply,
    VoteChoice,
    VoteMode,
)
from partners.models import Partner, User
from smartport.api.writing import Moment, StrictSerializer

LONGEST = 20_000  # characters of a text
VOTES = ("votes_for", "votes_against", "votes_abstain")


class WordingSent(StrictSerializer):
    fr = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    en = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)


class TitleSent(StrictSerializer):
    fr = serializers.CharField(max_length=300)
    en = serializers.CharField(max_length=300, allow_blank=True, required=False)


class SeatVoteSent(StrictSerializer):
    seat = serializers.IntegerField()
    choice = serializers.ChoiceField(choices=VoteChoice.choices)


class DecisionSent(StrictSerializer):
    """The outcome of an agenda item; without a wording, the proposed decision is taken."""

    item = serializers.IntegerField(help_text="Number of the agenda item.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    wording = WordingSent(required=False)
    conditions = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    vote_mode = serializers.ChoiceField(choices=VoteMode.choices, required=False)
    votes = SeatVoteSent(many=True, required=False, help_text="At a roll call: one per seat.")
    votes_for = serializers.IntegerField(
        min_value=0, max_value=500, allow_null=True, required=False
    )
    votes_against = serializers.IntegerField(
        min_value=0, max_value=500, allow_null=True, required=False
    )
    votes_abstain = serializers.IntegerField(
        min_value=0, max_value=500, allow_null=True, required=False
    )

    def fields_of_item(self) -> dict[str, Any]:
        sent = self.validated_data
        named = {name: sent[name] for name in ("conditions", "vote_mode", *VOTES) if name in sent}
        return named | {f"wording_{code}": text for code, text in sent.get("wording", {}).items()}

    def choices_by_seat(self) -> dict[int, str]:
        return {one["seat"]: one["choice"] for one in self.validated_data.get("votes", ())}


class ReplySent(StrictSerializer):
    answer = serializers.ChoiceField(
        choices=[choice for choice in Reply.choices if choice[0] != Reply.NONE]
    )
    alternate = serializers.IntegerField(required=False, allow_null=True)
    holder = serializers.IntegerField(required=False, allow_null=True)
    comment = serializers.CharField(max_length=300, allow_blank=True, default="")


class MomentSent(StrictSerializer):
    """Who arrives or leaves; without a moment, now."""

    person = serializers.IntegerField()
    at = Moment(default=None, allow_null=True)


class ProxySent(StrictSerializer):
    seat = serializers.IntegerField(help_text="The seat represented.")
    holder = serializers.IntegerField(help_text="The person in the room who votes for it.")


class RevocationSent(StrictSerializer):
    proxy = serializers.IntegerField()


class SeatAnswerSent(StrictSerializer):
    item = serializers.IntegerField(help_text="Number of the agenda item.")
    choice = serializers.ChoiceField(choices=VoteChoice.choices)
    comment = serializers.CharField(max_length=500, allow_blank=True, default="")


class AnswersSent(StrictSerializer):
    """What one seat answers; items left out keep the answer they have, or wait for one."""

    seat = serializers.IntegerField(help_text="Number of the seat.")
    answers = SeatAnswerSent(many=True, allow_empty=False, max_length=500)


class ConflictSent(StrictSerializer):
    seat = serializers.IntegerField()
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class SeatSent(StrictSerializer):
    seat = serializers.IntegerField()


class CorrectionSent(StrictSerializer):
    """A decision to correct, or to withdraw, at a meeting of the committee that took it."""

    meeting = serializers.CharField(max_length=40, help_text="Code of the meeting.")
    withdraws = serializers.BooleanField(default=False)
    title = TitleSent()
    wording = WordingSent()
    late_reason = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")

    def proposal(self) -> dict[str, Any]:
        sent = self.validated_data
        return {
            "withdraws": sent["withdraws"],
            "title": {code: sent["title"].get(code, "") for code in ("fr", "en")},
            "wording": {code: sent["wording"].get(code, "") for code in ("fr", "en")},
            "late_reason": sent["late_reason"],
        }


class ActionChangeSent(StrictSerializer):
    """What is not named stays as it is."""

    title = serializers.CharField(max_length=300, required=False)
    due_on = serializers.DateField(required=False)
    owner = serializers.SlugRelatedField(
        slug_field="email", queryset=User.objects.active(), required=False, allow_null=True
    )
    partner = serializers.SlugRelatedField(
        slug_field="code", queryset=Partner.objects.all(), required=False, allow_null=True
    )


class ActionSent(ActionChangeSent):
    """An action asked of a person, of an organisation, or of a person for it."""

    meeting = serializers.CharField(max_length=40, help_text="Code of the meeting.")
    title = serializers.CharField(max_length=300)
    due_on = serializers.DateField()
    item = serializers.IntegerField(
        required=False, allow_null=True, help_text="Number of the agenda item it comes from."
    )


class BuildSent(StrictSerializer):
    """The pack to build: of which meeting, for whom, in which language."""

    meeting = serializers.CharField(max_length=40, help_text="Code of the meeting.")
    audience = serializers.ChoiceField(choices=Audience.choices, default=Audience.FULL)
    language = serializers.ChoiceField(choices=PackLanguage.choices, default=PackLanguage.FR)
    reason = serializers.CharField(
        max_length=1000,
        allow_blank=True,
        default="",
        help_text="Why there is a new version; asked for once one was issued, printed on its cover.",
    )


class ProgressSent(StrictSerializer):
    to = serializers.ChoiceField(choices=ActionStatus.choices)
    evidence = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")
    reason = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class FileSent(StrictSerializer):
    file = serializers.FileField()


class MeetingSent(StrictSerializer):
    meeting = serializers.CharField(max_length=40, help_text="Code of the meeting.")


class MinutesSent(StrictSerializer):
    text = serializers.CharField(max_length=10 * LONGEST, trim_whitespace=False)


class MinutesRemarkSent(StrictSerializer):
    text = serializers.CharField(max_length=4000)


class AnswerSent(MinutesRemarkSent):
    remark = serializers.IntegerField(help_text="Number of the remark.")


class ExtractSent(StrictSerializer):
    text = WordingSent(required=False)
