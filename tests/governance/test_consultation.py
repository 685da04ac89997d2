"""A written consultation: seats answer before a deadline, the count makes the answers votes."""

from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import formats, timezone
from docx import Document

from governance.enums import ItemKind, MeetingStatus, Outcome
from governance.errors import AnswersRunning, DeadlineMissing, OffTheAgenda
from governance.models import Meeting, Vote
from governance.services import consultation, decisions, extracts, meetings, minutes
from partners.models import Message
from smartport import obligations
from smartport.messages import kinds
from tests.factories.governance import (
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.projects import SeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory(quorum_percent=60)


@pytest.fixture
def mandates(committee):
    return [MandateFactory(seat=SeatFactory(committee=committee)) for _n in range(3)]


@pytest.fixture
def written(cast, committee, mandates):
    """Sent to three seats, two items, answers until in five days."""
    meeting = meetings.create_meeting(
        actor=cast.secretary,
        committee=committee,
        kind="written",
        starts_at=timezone.now() + timedelta(days=5),
    )
    AgendaItemFactory(
        meeting=meeting,
        kind=ItemKind.APPROVE_SERIES,
        effect="approve_series",
        series=SeriesFactory(submitted=True),
        proposed_decision_fr="Le comité approuve la série.",
    )
    AgendaItemFactory(meeting=meeting)
    meetings.summon(actor=cast.secretary, meeting=meeting)
    meeting.refresh_from_db()
    return meeting


def address(name, meeting):
    return reverse(f"governance:{name}", args=[meeting.code])


def typed(meeting, *choices):
    return {
        f"choice_{item.pk}": choice
        for item, choice in zip(meeting.agenda.order_by("position"), choices, strict=True)
    }


def answer(mandate, meeting, *choices):
    items = meeting.agenda.order_by("position")
    consultation.answer(
        actor=mandate.user,
        meeting=meeting,
        seat=mandate.seat,
        answers={item.pk: (choice, "") for item, choice in zip(items, choices, strict=True)},
    )


def pass_the_deadline(meeting):
    yesterday = timezone.now() - timedelta(days=1)
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=yesterday, answers_due_on=timezone.localdate(yesterday)
    )
    meeting.refresh_from_db()


def test_its_day_is_the_last_one_for_answers_and_the_members_are_told_once(written, mandates):
    assert written.answers_due_on == written.day
    assert written.ends_at is None
    sent = Message.objects.filter(kind="consultation_opened")
    assert sent.count() == len(mandates)
    assert not Message.objects.filter(kind="meeting_summons").exists()
    person, today = mandates[0].user, timezone.localdate()
    owed = [one.kind for one in obligations.standing(person, today).owed]
    assert "consultation" in owed
    assert "summons" not in owed


def test_a_member_answers_in_their_page_and_may_change_it_until_the_deadline(
    as_user, written, mandates
):
    member = as_user(mandates[0].user)
    page = address("consultation_answer", written)
    assert member.get(page).status_code == 200
    assert member.post(page, typed(written, "for", "")).status_code == 302
    assert member.post(page, typed(written, "against", "abstain")).status_code == 302
    votes = Vote.objects.filter(seat=mandates[0].seat).order_by("item__position")
    assert [vote.choice for vote in votes] == ["against", "abstain"]
    pass_the_deadline(written)
    late = member.post(page, typed(written, "for", "for"))
    assert late.status_code == 422
    assert votes.first().choice == "against"


def test_an_empty_answer_and_a_comment_alone_are_refused_beside_the_field(
    as_user, written, mandates
):
    member, page = as_user(mandates[0].user), address("consultation_answer", written)
    assert member.post(page, {}).status_code == 422
    first = written.agenda.earliest("position")
    refused = member.post(page, {f"comment_{first.pk}": "Avec réserve."})
    assert f"choice_{first.pk}" in refused.context["form"].errors
    assert "Avec réserve." in refused.content.decode()
    assert not Vote.objects.exists()


def test_only_who_speaks_for_a_voting_seat_today_answers(cast, as_user, written, mandates):
    page = address("consultation_answer", written)
    observer = MandateFactory(seat=SeatFactory(committee=written.committee, kind="observer"))
    assert as_user(observer.user).get(page).status_code == 403
    assert as_user(cast.stranger).get(page).status_code == 404
    member = as_user(mandates[1].user)
    mandates[1].end = timezone.localdate() - timedelta(days=1)
    mandates[1].save()
    assert member.post(page, typed(written, "for", "for")).status_code == 403
    assert not Vote.objects.exists()


def test_the_count_waits_for_the_deadline_or_for_every_seat(cast, written, mandates):
    answer(mandates[0], written, "for", "for")
    with pytest.raises(AnswersRunning, match="2"):
        consultation.count(actor=cast.secretary, meeting=written)
    for mandate in mandates[1:]:
        answer(mandate, written, "for", "for")
    consultation.count(actor=cast.secretary, meeting=written)
    written.refresh_from_db()
    assert written.status == MeetingStatus.HELD
    assert written.day == timezone.localdate()


def test_the_answers_become_the_votes_and_the_decision_acts_at_closing(
    cast, as_user, written, mandates
):
    answer(mandates[0], written, "for", "for")
    answer(mandates[1], written, "for", "against")
    pass_the_deadline(written)
    client = as_user(cast.secretary)
    shown = client.get(written.get_absolute_url()).content.decode()
    assert str(mandates[2].seat) in shown
    assert client.post(address("consultation_count", written)).status_code == 302
    first, second = written.agenda.order_by("position")
    assert (first.outcome, first.votes_for, first.votes_against) == (Outcome.APPROVED, 2, 0)
    assert first.quorum["reached"] is True
    assert second.outcome == ""
    item_page = reverse("governance:item_outcome", args=[written.code, second.pk])
    assert client.get(item_page).status_code == 200
    assert client.post(item_page, {"version": 1, "outcome": "rejected"}).status_code == 302
    second.refresh_from_db()
    assert (second.votes_for, second.votes_against) == (1, 1)
    made = decisions.close_meeting(actor=cast.secretary, meeting=written)
    assert made[0].decided_on == written.day
    first.series.refresh_from_db()
    assert first.series.status == "approved"


def test_without_quorum_no_outcome_is_proposed(cast, written, mandates):
    answer(mandates[0], written, "for", "for")
    pass_the_deadline(written)
    consultation.count(actor=cast.secretary, meeting=written)
    assert {item.outcome for item in written.agenda.all()} == {""}
    assert not any(item.quorum["reached"] for item in written.agenda.all())


def test_a_consultation_has_no_session_and_needs_a_day_and_an_item(cast, committee, written):
    with pytest.raises(OffTheAgenda):
        meetings.open_meeting(actor=cast.secretary, meeting=written)
    empty = MeetingFactory(committee=committee, kind="written", answers_due_on=timezone.localdate())
    with pytest.raises(DeadlineMissing):
        meetings.summon(actor=cast.secretary, meeting=empty)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=written.pk).update(answers_due_on=None)


def test_its_items_no_longer_change_once_it_is_sent(cast, as_user, written):
    item = written.agenda.earliest("position")
    page = reverse("governance:item_edit", args=[written.code, item.pk])
    fields = {"kind": "other", "title_fr": "Autre", "minutes": 5, "effect": "none"}
    refused = as_user(cast.secretary).post(page, fields | {"revision": item.revision})
    assert refused.status_code == 422
    item.refresh_from_db()
    assert item.title_fr != "Autre"


def test_a_reminder_goes_to_the_seats_that_have_not_answered(written, mandates):
    answer(mandates[0], written, "for", "for")
    told = {
        person
        for notice in consultation.answers_to_remind(timezone.localdate())
        for person in notice.recipients
    }
    assert told == {mandate.user for mandate in mandates[1:]}


def test_who_is_asked_no_longer_when_the_message_leaves_is_not_told(written, mandates):
    rows = Message.objects.filter(kind="consultation_opened")
    pairs = {(row.recipient_id, row.obligation) for row in rows}
    still_due = kinds["consultation_opened"].still_due
    assert (
        still_due(pairs | {(pk, about.replace("consultation", "pack")) for pk, about in pairs})
        == pairs
    )
    pass_the_deadline(written)
    assert still_due(pairs) == set()


def test_its_minutes_say_who_answered_when_who_did_not_and_the_quorum(
    cast, as_user, written, mandates
):
    for mandate in mandates[:2]:
        answer(mandate, written, "for", "against")
    written.agenda.earliest("position").votes.filter(seat=mandates[1].seat).delete()
    pass_the_deadline(written)
    consultation.count(actor=cast.secretary, meeting=written)
    last = written.agenda.latest("position")
    decisions.record_outcome(actor=cast.secretary, item=last, outcome="rejected")
    decisions.record_outcome(
        actor=cast.secretary, item=written.agenda.earliest("position"), outcome="postponed"
    )
    decisions.close_meeting(actor=cast.secretary, meeting=written)
    drafted = minutes.draft(actor=cast.secretary, meeting=written)
    today = formats.date_format(timezone.localdate())
    one, two, silent = (str(mandate.seat) for mandate in mandates)
    people = [mandate.user for mandate in mandates]
    text = drafted.text.replace("\xa0", " ")
    assert (
        f"Ont répondu : {one} ({people[0]}, {today}), {two} ({people[1]}, {today}, 1 point" in text
    )
    assert f"N’ont pas répondu : {silent}" in text
    assert "Quorum atteint. 2 des 3 sièges votants ont répondu ; il en fallait 2." in text
    assert "Quorum non atteint. 1 des 3 sièges votants a répondu ; il en fallait 2." in text
    assert f"Contre : {one}, {two}" in text and "Absents" not in text and "Excusés" not in text
    client = as_user(cast.secretary)
    pdf = client.get(address("minutes_pdf", written)).content
    word = Document(BytesIO(client.get(address("minutes_word", written)).content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    printed = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    for told in (printed, "\n".join(cells)):
        assert silent in told and str(people[0]) in told
        assert "N’a pas répondu" in told and "Absent" not in told
    public = extracts.draft_extract(written)["fr"]
    assert "Consultation écrite" in public and str(people[0]) not in public
    assert one in public.partition("ont répondu")[2].partition(".")[0]
    assert silent not in public
