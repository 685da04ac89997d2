"""What programs may send to compose a committee and prepare a meeting: as on the forms of the pages."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from governance.api.writing import LONGEST, TitleSent, WordingSent
from governance.enums import (
    Access,
    Capacity,
    CommitteeKind,
    DayCount,
    Effect,
    ItemKind,
    MeetingKind,
    QuorumRule,
    SeatKind,
)
from governance.models import Committee, Meeting
from governance.services import beginnings
from partners.models import Partner, User
from projects.models import FundingAgreement, Project, ProjectSeries
from smartport.api.writing import Moment, StrictSerializer

MOST = 1000  # days, minutes
NINE = time(9)
STAYS = gettext_lazy("What is not named stays as it is.")


class VisibleCode(serializers.SlugRelatedField):
    """The code of one that the caller may see."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="code", **options)

    def get_queryset(self) -> Any:
        return self.queryset.visible_to(self.context["request"].user)


class Number(serializers.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": MOST, **options})


class NameSent(StrictSerializer):
    fr = serializers.CharField(max_length=200)
    en = serializers.CharField(max_length=200, allow_blank=True, required=False)


class PlaceSent(StrictSerializer):
    fr = serializers.CharField(max_length=300, allow_blank=True, required=False)
    en = serializers.CharField(max_length=300, allow_blank=True, required=False)


class StandingItemSent(StrictSerializer):
    title = TitleSent()
    minutes = Number(min_value=1, max_value=600, default=10)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        sent = super().to_internal_value(data)
        titles = {f"title_{code}": sent["title"].get(code, "") for code in ("fr", "en")}
        return {**titles, "minutes": sent["minutes"]}


class RulesSent(StrictSerializer):
    """`agenda`, where sent, is the whole default agenda in its order."""

    name = NameSent(required=False)
    kind = serializers.ChoiceField(choices=CommitteeKind.choices, required=False)
    quorum_rule = serializers.ChoiceField(choices=QuorumRule.choices, required=False)
    quorum_percent = Number(max_value=100, required=False)
    proxies_count_for_quorum = serializers.BooleanField(required=False)
    proxies_per_holder = Number(required=False)
    notice_days = Number(required=False)
    notice_count = serializers.ChoiceField(choices=DayCount.choices, required=False)
    minutes_days = Number(required=False)
    objection_days = Number(required=False)
    proposal_days = Number(required=False)
    agenda = StandingItemSent(many=True, required=False, max_length=30)


class CommitteeSent(RulesSent):
    code = serializers.RegexField(
        r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$",
        max_length=30,
        help_text=gettext_lazy("Short, in capitals: it begins the codes of its meetings."),
        error_messages={"invalid": gettext_lazy("Letters, digits and hyphens only.")},
    )
    name = NameSent()
    kind = serializers.ChoiceField(choices=CommitteeKind.choices)


class SeatChangeSent(StrictSerializer):
    kind = serializers.ChoiceField(choices=SeatKind.choices, required=False)
    college = serializers.CharField(max_length=80, allow_blank=True, required=False)
    position = Number(required=False)
    start = serializers.DateField(required=False, allow_null=True)
    end = serializers.DateField(required=False, allow_null=True)


class NewSeatSent(SeatChangeSent):
    committee = VisibleCode(queryset=Committee.objects.all())
    partner = serializers.SlugRelatedField(slug_field="code", queryset=Partner.objects.all())


class MandateChangeSent(StrictSerializer):
    capacity = serializers.ChoiceField(choices=Capacity.choices, required=False)
    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False, allow_null=True)


class NewMandateSent(MandateChangeSent):
    seat = serializers.IntegerField(help_text=gettext_lazy("Number of the seat."))
    person = serializers.SlugRelatedField(
        slug_field="email", queryset=User.objects.active(), help_text=gettext_lazy("Their e-mail.")
    )
    start = serializers.DateField()


class MeetingFactsSent(StrictSerializer):
    """Of a written consultation, `answers_due_on` in place of `starts_at`: the last day for answers."""

    kind = serializers.ChoiceField(choices=MeetingKind.choices, required=False)
    title = PlaceSent(required=False)
    place = PlaceSent(required=False)
    starts_at = Moment(required=False)
    ends_at = Moment(required=False, allow_null=True)
    answers_due_on = serializers.DateField(required=False)
    link = serializers.URLField(max_length=200, required=False, allow_blank=True)
    guests = serializers.CharField(
        max_length=LONGEST,
        required=False,
        allow_blank=True,
        help_text=gettext_lazy("People without a mandate, one per line: name, organisation."),
    )
    proposals_until = serializers.DateField(required=False, allow_null=True)
    is_public = serializers.BooleanField(required=False)

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if "starts_at" in sent and "answers_due_on" in sent:
            raise serializers.ValidationError(
                {"answers_due_on": [_("Give the beginning of a meeting or this day, not both.")]}
            )
        return sent


def with_moment(sent: dict[str, Any], kind: str) -> dict[str, Any]:
    """The last day for answers as the moment that services take; only a written consultation has one."""
    day = sent.pop("answers_due_on", None)
    if day is None:
        return sent
    if kind != MeetingKind.WRITTEN:
        told = _("Only a written consultation has a last day for answers.")
        raise serializers.ValidationError({"answers_due_on": [told]})
    return {**sent, "starts_at": timezone.make_aware(datetime.combine(day, NINE))}


class NewMeetingSent(MeetingFactsSent):
    """With `copy_from`, what is not named is taken over from that meeting."""

    committee = VisibleCode(queryset=Committee.objects.all(), required=False)
    copy_from = VisibleCode(
        queryset=Meeting.objects.all(),
        required=False,
        help_text=gettext_lazy("Code of the meeting to copy."),
    )
    agenda_from = serializers.ChoiceField(
        choices=[beginnings.DEFAULT, beginnings.LIKE_BEFORE, beginnings.EMPTY],
        required=False,
        help_text=gettext_lazy(
            "What the agenda begins with: the default agenda, what comes back from the meeting copied, or nothing."
        ),
    )

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        sent = super().validate(sent)
        like, kind = sent.get("copy_from"), sent.get("kind", MeetingKind.ORDINARY)
        sent = with_moment(sent, kind)
        if "starts_at" not in sent:
            name = "answers_due_on" if kind == MeetingKind.WRITTEN else "starts_at"
            raise serializers.ValidationError({name: [_("Say which day.")]})
        if "committee" not in sent and like is None:
            raise serializers.ValidationError({"committee": [_("Say which committee meets.")]})
        if sent.get("agenda_from") == beginnings.LIKE_BEFORE and like is None:
            raise serializers.ValidationError({"copy_from": [_("Say which meeting to copy.")]})
        return sent


class CancelSent(StrictSerializer):
    reason = serializers.CharField(
        max_length=LONGEST, help_text=gettext_lazy("Everyone summoned reads it.")
    )


class OrderSent(StrictSerializer):
    items = serializers.ListField(
        child=serializers.IntegerField(),
        max_length=500,
        help_text=gettext_lazy("Numbers of all the items, in the wanted order."),
    )


class SuggestionSent(StrictSerializer):
    key = serializers.CharField(max_length=100)
    late_reason = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class ItemFactsSent(StrictSerializer):
    kind = serializers.ChoiceField(choices=ItemKind.choices, required=False)
    title = TitleSent(required=False)
    note = WordingSent(required=False)
    proposed_decision = WordingSent(required=False)
    series = VisibleCode(queryset=ProjectSeries.objects.all(), required=False, allow_null=True)
    project = VisibleCode(queryset=Project.objects.all(), required=False, allow_null=True)
    agreement = VisibleCode(
        queryset=FundingAgreement.objects.all(), required=False, allow_null=True
    )
    amendment = Number(
        required=False,
        allow_null=True,
        min_value=1,
        help_text=gettext_lazy("Number of the amendment, within the agreement."),
    )
    effect = serializers.ChoiceField(choices=Effect.choices, required=False)
    rapporteur = serializers.CharField(max_length=200, allow_blank=True, required=False)
    minutes = Number(required=False)
    confidential = serializers.BooleanField(required=False)
    ready = serializers.BooleanField(required=False)


class NewItemSent(ItemFactsSent):
    """`late_reason` once the summons went out, or during the meeting."""

    meeting = VisibleCode(queryset=Meeting.objects.all())
    kind = serializers.ChoiceField(choices=ItemKind.choices)
    title = TitleSent()
    late_reason = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class ReadySent(StrictSerializer):
    ready = serializers.BooleanField()


class MoveToSent(StrictSerializer):
    position = Number(min_value=1)


class NewPaperSent(StrictSerializer):
    """A PDF, pinned to an agenda item; without a title, the name of the file."""

    item = serializers.IntegerField(help_text=gettext_lazy("Number of the agenda item."))
    file = serializers.FileField(help_text=gettext_lazy("At most 25 MB, without password."))
    title = serializers.CharField(max_length=300, allow_blank=True, default="")
    access = serializers.ChoiceField(choices=Access.choices, default=Access.COMMITTEE)


class RevisionSent(StrictSerializer):
    """The next revision of the paper, pinned to this item; other items keep the one they have."""

    item = serializers.IntegerField(help_text=gettext_lazy("Number of the agenda item."))
    file = serializers.FileField(help_text=gettext_lazy("At most 25 MB, without password."))


class AccessSent(StrictSerializer):
    access = serializers.ChoiceField(choices=Access.choices)


class PinSent(StrictSerializer):
    """Without a revision, the newest."""

    item = serializers.IntegerField(help_text=gettext_lazy("Number of the agenda item."))
    revision = serializers.IntegerField(required=False, min_value=1)


class UnpinSent(StrictSerializer):
    item = serializers.IntegerField(help_text=gettext_lazy("Number of the agenda item."))


class ProposalSent(StrictSerializer):
    """For a meeting of `proposals/meetings`, on behalf of an organisation of one's own."""

    meeting = serializers.CharField(max_length=40, help_text=gettext_lazy("Code of the meeting."))
    partner = serializers.CharField(
        max_length=40, help_text=gettext_lazy("Code of the organisation.")
    )
    title = serializers.CharField(max_length=300)
    reason = serializers.CharField(max_length=LONGEST)
    proposed_decision = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    project = serializers.CharField(
        max_length=40, required=False, allow_null=True, help_text=gettext_lazy("Its code.")
    )
    minutes = Number(required=False)


class AcceptedSent(StrictSerializer):
    late_reason = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class DeclinedSent(StrictSerializer):
    answer = serializers.CharField(max_length=LONGEST)
