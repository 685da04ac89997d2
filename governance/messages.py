"""What people are told about meetings, packs, minutes and actions."""

from django.utils.translation import gettext_lazy as _

from governance.enums import MeetingStatus
from governance.news import committee_news
from governance.services import (
    actions,
    consultation,
    corrections,
    entrusting,
    portfolio_digest,
    reminding,
    summons,
)
from governance.subjects import APPROVALS
from smartport.messages import MessageKind, Topic, register, register_news
from smartport.subscriptions import subjects

for kind in (
    MessageKind(
        name="pack_issued",
        label=_("Pack issued"),
        topic=Topic.MEETINGS,
        action=_("Open the pack"),
        still_theirs=reminding.pack_still_readable,
    ),
    MessageKind(
        name="meeting_summons",
        label=_("Summons"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        optional=False,
        still_due=reminding.summons_in(MeetingStatus.SUMMONED),
    ),
    MessageKind(
        name="consultation_opened",
        label=_("Written consultation"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        optional=False,
        still_due=consultation.still_open,
    ),
    MessageKind(
        name="consultation_answer",
        label=_("Written consultation without answer"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        ladder=(-7, -3, -1),
        find=consultation.answers_to_remind,
        still_due=consultation.answers_still_due,
    ),
    MessageKind(
        name="proposal_settled",
        label=_("Answer to a proposed item"),
        topic=Topic.MEETINGS,
        action=_("See the proposals"),
        still_theirs=reminding.proposal_still_theirs,
    ),
    MessageKind(
        name="meeting_changed",
        label=_("Meeting moved or changed"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        optional=False,
        still_due=reminding.summons_in(MeetingStatus.SUMMONED),
    ),
    MessageKind(
        name="meeting_cancelled",
        label=_("Meeting cancelled"),
        topic=Topic.MEETINGS,
        action=_("See the meeting"),
        optional=False,
        still_theirs=reminding.summons_in(MeetingStatus.CANCELLED),
    ),
    MessageKind(
        name="summons_withdrawn",
        label=_("Summons taken back"),
        topic=Topic.MEETINGS,
        action=_("See the meeting"),
        optional=False,
        still_theirs=summons.still_withdrawn,
    ),
    MessageKind(
        name="meeting_entrusted",
        label=_("Seat entrusted for a meeting"),
        topic=Topic.MEETINGS,
        action=_("See the meeting"),
        optional=False,
        still_theirs=entrusting.still_entrusted,
    ),
    MessageKind(
        name="entrusted_in_vain",
        label=_("Person entrusted who will not come"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        optional=False,
        still_due=entrusting.still_in_vain,
    ),
    MessageKind(
        name="minutes_circulated",
        label=_("Minutes circulated"),
        topic=Topic.MEETINGS,
        action=_("Read the minutes"),
        still_theirs=reminding.minutes_still_circulating,
    ),
    MessageKind(
        name="objections_ending",
        label=_("Minutes: the last days for a remark"),
        topic=Topic.MEETINGS,
        action=_("Read the minutes"),
        ladder=(-3,),
        find=reminding.objections_ending,
        still_due=reminding.minutes_still_circulating,
    ),
    MessageKind(
        name="decision_corrected",
        label=_("Decision corrected or withdrawn"),
        topic=Topic.MEETINGS,
        action=_("Read the decision"),
        still_theirs=corrections.still_concerned,
    ),
    MessageKind(
        name="action_opened",
        label=_("Action to do"),
        topic=Topic.ACTIONS,
        action=_("See the action"),
        still_due=actions.still_to_do,
    ),
    MessageKind(
        name="action_due",
        label=_("Reminder of an action"),
        topic=Topic.ACTIONS,
        action=_("Say how far it is"),
        ladder=(-7, -1, 3, 10, 30),
        find=actions.to_remind,
        still_due=actions.still_to_do,
    ),
    MessageKind(
        name="action_sent_back",
        label=_("Action sent back"),
        topic=Topic.ACTIONS,
        action=_("See what is missing"),
        still_due=actions.still_to_do,
    ),
    MessageKind(
        name="action_done",
        label=_("Action to verify"),
        topic=Topic.ACTIONS,
        action=_("Verify the action"),
        still_due=reminding.action_still_to_verify,
    ),
    MessageKind(
        name="minutes_remark",
        label=_("Remark on minutes"),
        topic=Topic.MEETINGS,
        action=_("Read and answer"),
        still_due=reminding.remark_still_unanswered,
    ),
    MessageKind(
        name="minutes_answered",
        label=_("Answer to a remark on minutes"),
        topic=Topic.MEETINGS,
        action=_("Read the answer"),
        still_theirs=reminding.answer_still_theirs,
    ),
    MessageKind(
        name="meeting_reply",
        label=_("Summons without reply"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        ladder=(-14, -7, -3, -1),
        find=summons.replies_to_remind,
        still_due=summons.replies_still_due,
    ),
    MessageKind(
        name=portfolio_digest.KIND,
        label=_("Portfolio before a meeting"),
        topic=Topic.MEETINGS,
        action=_("See the meeting"),
        ladder=(portfolio_digest.BEFORE,),
        find=portfolio_digest.to_tell,
        still_due=portfolio_digest.still_due,
    ),
):
    register(kind)

register_news("committees", committee_news)

subjects.register("approvals", APPROVALS)
