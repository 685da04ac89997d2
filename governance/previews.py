"""The latest meeting, pack, minutes, action and decision, as the messages about them show them."""

from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from governance.models import (
    Action,
    Decision,
    ItemProposal,
    Meeting,
    Minutes,
    MinutesRemark,
    Pack,
    Summons,
)
from governance.services.portfolio_digest import KIND, notice_of
from partners.models import User
from smartport.messages import Notice
from smartport.previews import examples

A_YEAR = timedelta(days=366)


def meeting() -> Notice | None:
    """The last one to which somebody was summoned, else the last."""
    asked = Exists(Summons.objects.filter(meeting=OuterRef("pk")))
    meetings = Meeting.objects.select_related("committee")
    found = meetings.order_by(asked.desc(), "-starts_at", "-pk").first()
    return _about(found) if found else None


def consultation() -> Notice | None:
    """One with a deadline, else a meeting as if it were one."""
    asked = Meeting.objects.filter(answers_due_on__isnull=False).select_related("committee")
    found = asked.order_by("-starts_at", "-pk").first()
    return _about(found) if found else meeting()


def entrusted() -> Notice | None:
    """As if somebody of the secretariat had been named, and would not come."""
    found = meeting()
    if found is None:
        return None
    person = User.objects.secretariat().first() or User()
    summons = found.context["summons"] or Summons(user=person)
    return replace(found, context={**found.context, "summons": summons, "person": person})


def _about(found: Meeting) -> Notice:
    found.cancel_reason = found.cancel_reason or _("The room is not free that day.")
    return Notice(
        obligation=f"meeting:{found.pk}",
        recipients=[],
        context={
            "meeting": found,
            "summons": Summons.objects.filter(meeting=found).order_by("pk").first(),
            "asked_again": True,
        },
        url_name="governance:meeting_detail",
        url_args=[found.code],
    )


def portfolio() -> Notice | None:
    """Of the next meeting as if it were near, else of the last one."""
    found = Meeting.objects.select_related("committee").order_by("-starts_at", "-pk").first()
    language = get_language() or settings.LANGUAGE_CODE
    return notice_of(found, [], language, timezone.now() - A_YEAR) if found else None


def pack() -> Notice | None:
    found = Pack.objects.select_related("meeting__committee").order_by("-built_at", "-pk").first()
    if found is None:
        return None
    return Notice(
        obligation=f"pack:{found.pk}",
        recipients=[],
        context={"pack": found, "meeting": found.meeting, "lines": [], "first": found.version == 1},
        url_name="governance:pack_detail",
        url_args=[found.meeting.code, found.pk],
    )


def minutes() -> Notice | None:
    found = Minutes.objects.select_related("meeting__committee").order_by("-pk").first()
    if found is None:
        return None
    until = found.objections_until or timezone.localdate()
    remark = found.remarks.select_related("author").order_by("-pk").first() or MinutesRemark(
        minutes=found,
        text=_("The vote on the second item was unanimous."),
        answer=_("This is corrected."),
        author=User.objects.secretariat().first() or User(),
    )
    return Notice(
        obligation=f"minutes:{found.pk}",
        recipients=[],
        due_on=until,
        context={"meeting": found.meeting, "minutes": found, "until": until, "remark": remark},
        url_name="governance:minutes_detail",
        url_args=[found.meeting.code],
    )


def proposal() -> Notice | None:
    """The last one settled or waiting; else as if one had been made for the next meeting."""
    found = ItemProposal.objects.select_related("meeting__committee").order_by("-pk").first()
    about = found.meeting if found else Meeting.objects.order_by("-starts_at", "-pk").first()
    if about is None:
        return None
    shown = found or ItemProposal(meeting=about, title=_("Shore power for ferries"))
    shown.answer = shown.answer or _("It belongs to the next meeting.")
    return Notice(
        obligation="proposal",
        recipients=[],
        context={"proposal": shown, "meeting": about},
        url_name="governance:proposal_list",
    )


def action() -> Notice | None:
    found = (
        Action.objects.select_related("committee", "owner", "done_by")
        .order_by(F("done_at").desc(nulls_last=True), "-pk")
        .first()
    )
    if found is None:
        return None
    found.sent_back_reason = found.sent_back_reason or _("The figures of the third quarter.")
    return Notice(
        obligation=f"action:{found.pk}",
        recipients=[],
        due_on=found.due_on,
        context={"asked": found, "action_row": found, "committee": found.committee},
        url_name="governance:action_detail",
        url_args=[found.pk],
    )


def decision() -> Notice | None:
    """The last that corrects another, else the last as if it corrected the one before."""
    found = (
        Decision.objects.select_related("committee", "corrects")
        .order_by(F("corrects").desc(nulls_last=True), "-pk")
        .first()
    )
    if found is None:
        return None
    before = Decision.objects.filter(committee=found.committee, pk__lt=found.pk).order_by("-pk")
    return Notice(
        obligation=f"decision:{found.pk}",
        recipients=[],
        context={"later": found, "corrected": found.corrects or before.first() or found},
        url_name="governance:decision_detail",
        url_args=[found.committee.slug, found.reference],
    )


for name, example in (
    ("meeting", meeting),
    ("summons", meeting),
    ("entrusted", entrusted),
    ("consultation", consultation),
    ("pack", pack),
    (KIND, portfolio),
    ("minutes", minutes),
    ("objections", minutes),
    ("action", action),
    ("proposal", proposal),
    ("decision", decision),
):
    examples.register(name, example)
