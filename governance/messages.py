"""What people are told about meetings, packs, minutes and actions."""

from django.utils.translation import gettext_lazy as _

from governance.news import committee_news
from governance.services import actions, summons
from governance.subjects import APPROVALS
from smartport.messages import MessageKind, Topic, register, register_news
from smartport.subscriptions import subjects

for kind in (
    MessageKind(
        name="pack_issued",
        label=_("A pack issued"),
        topic=Topic.MEETINGS,
        action=_("Open the pack"),
    ),
    MessageKind(
        name="meeting_summons",
        label=_("A summons"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        optional=False,
    ),
    MessageKind(
        name="meeting_changed",
        label=_("A meeting moved or changed"),
        topic=Topic.MEETINGS,
        action=_("Reply"),
        optional=False,
    ),
    MessageKind(
        name="meeting_cancelled",
        label=_("A meeting cancelled"),
        topic=Topic.MEETINGS,
        action=_("See the meeting"),
        optional=False,
    ),
    MessageKind(
        name="summons_withdrawn",
        label=_("A summons taken back"),
        topic=Topic.MEETINGS,
        optional=False,
    ),
    MessageKind(
        name="minutes_circulated",
        label=_("Minutes circulated"),
        topic=Topic.MEETINGS,
        action=_("Read the minutes"),
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
        ladder=actions.LADDER,
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
):
    register(kind)

register_news("committees", committee_news)

subjects.register("approvals", APPROVALS)
