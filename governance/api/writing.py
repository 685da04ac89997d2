"""What programs may send of meetings: outcomes, progress of actions."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from governance.enums import ActionStatus, Outcome, VoteMode
from smartport.api.writing import StrictSerializer

LONGEST = 20_000  # characters of a text
VOTES = ("votes_for", "votes_against", "votes_abstain")


class WordingSent(StrictSerializer):
    fr = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    en = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)


class DecisionSent(StrictSerializer):
    """The outcome of an agenda item; without a wording, the proposed decision is taken."""

    item = serializers.IntegerField(help_text="Number of the agenda item.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    wording = WordingSent(required=False)
    conditions = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    vote_mode = serializers.ChoiceField(
        choices=[(VoteMode.NONE, ""), (VoteMode.SHOW_OF_HANDS, "")], required=False
    )
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


class ProgressSent(StrictSerializer):
    to = serializers.ChoiceField(choices=ActionStatus.choices)
    evidence = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")
