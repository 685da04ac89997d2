"""What people are told about meetings, packs, minutes and actions."""

from django.utils.translation import gettext_lazy as _

from governance.enums import MeetingStatus
from governance.news import committee_news
from governance.services import (
    actions,
    consultation,
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
        label=_("A pack issued"),
        topic=Topic.MEETINGS,
        action=_("Open the pack"),
        still_theirs=reminding.pack_still_readable,
    ),
    MessageKind(
        name="meeting_summons",
        label=_("A summons"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        optional=False,
        still_due=reminding.summons_in(MeetingStatus.SUMMONED),
    ),
    MessageKind(
        name="consultation_opened",
        label=_("A written consultation"),
        topic=Topic.MEETINGS,
        action=_("Answer"),
        optional=False,
    ),
    MessageKind(
        name="consultation_answer",
        label=_("A written consultation without answer"),
        topic=Topic.MEETINGS,
        action=_("Answer"),
        ladder=(-7, -3, -1),
        find=consultation.answers_to_remind,
        still_due=consultation.answers_still_due,
    ),
    MessageKind(
        name="proposal_settled",
        label=_("The answer to an item you proposed"),
        topic=Topic.MEETINGS,
        action=_("See the proposals"),
    ),
    MessageKind(
        name="meeting_changed",
        label=_("A meeting moved or changed"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        optional=False,
        still_due=reminding.summons_in(MeetingStatus.SUMMONED),
    ),
    MessageKind(
        name="meeting_cancelled",
        label=_("A meeting cancelled"),
        topic=Topic.MEETINGS,
        action=_("See the meeting"),
        optional=False,
        still_theirs=reminding.summons_in(MeetingStatus.CANCELLED),
    ),
    MessageKind(
        name="summons_withdrawn",
        label=_("A summons taken back"),
        topic=Topic.MEETINGS,
        optional=False,
    ),
    MessageKind(
        name="meeting_entrusted",
        label=_("Someone counts on you at a meeting"),
        topic=Topic.MEETINGS,
        action=_("See the meeting"),
        optional=False,
        still_theirs=entrusting.still_entrusted,
    ),
    MessageKind(
        name="entrusted_in_vain",
        label=_("The person you named will not come"),
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
        label=_("A decision corrected or withdrawn"),
        topic=Topic.MEETINGS,
        action=_("Read the decision"),
    ),
    MessageKind(
        name="action_opened",
        label=_("An action to do"),
        topic=Topic.ACTIONS,
        action=_("See the action"),
        still_due=actions.still_to_do,
    ),
    MessageKind(
        name="action_due",
        label=_("Reminder of an action"),
        topic=Topic.ACTIONS,
        action=_("Say how far it is"),
        ladder=(-7, -1),
        find=actions.to_remind,
        still_due=actions.still_to_do,
    ),
    MessageKind(
        name="action_late",
        label=_("An action that is late"),
        topic=Topic.ACTIONS,
        action=_("Say how far it is"),
        ladder=(3, 10, 30),
        find=actions.to_remind,
        still_due=actions.still_to_do,
    ),
    MessageKind(
        name="action_sent_back",
        label=_("An action sent back"),
        topic=Topic.ACTIONS,
        action=_("See what is missing"),
        still_due=actions.still_to_do,
    ),
    MessageKind(
        name="action_done",
        label=_("An action to verify"),
        topic=Topic.ACTIONS,
        action=_("Verify the action"),
        still_due=reminding.action_still_to_verify,
    ),
    MessageKind(
        name="minutes_remark",
        label=_("A remark on minutes"),
        topic=Topic.MEETINGS,
        action=_("Read and answer"),
    ),
    MessageKind(
        name="minutes_answered",
        label=_("An answer to a remark on minutes"),
        topic=Topic.MEETINGS,
        action=_("Read the answer"),
    ),
    MessageKind(
        name="meeting_reply",
        label=_("A summons without reply"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        ladder=(-14, -7, -3, -1),
        find=summons.replies_to_remind,
        still_due=summons.replies_still_due,
    ),
    MessageKind(
        name=portfolio_digest.KIND,
        label=_("The portfolio before a meeting"),
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
