"""Summons, changes and cancellation reach the members with their calendar; replies by link or in the portal."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from governance.enums import Capacity, MeetingStatus, Reply
from governance.errors import MandateExpired, ProxyRefused, RepliesClosed
from governance.models import Summons
from governance.services import entrusting, meetings, summons
from governance.services.links import token_for
from governance.services.replies import replies_to
from partners.models import Message
from partners.services import reminders
from smartport import obligations
from tests.factories.governance import (
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.governance.letters import event_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory()


@pytest.fixture
def members(committee):
    return [MandateFactory(seat=SeatFactory(committee=committee)) for _n in range(3)]


@pytest.fixture
def meeting(cast, committee, members):
    meeting = MeetingFactory(committee=committee, place_fr="Hôtel du Port, Marseille")
    meetings.summon(actor=cast.secretary, meeting=meeting)
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def mine(meeting, members):
    return meeting.summonses.get(user=members[0].user)


def unfolded(text: str) -> dict[str, str]:
    """Properties of a calendar file read without the library that wrote it."""
    lines = text.replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)


def answer(mine, reply, **options):
    return summons.reply(actor=mine.user, summons=mine, answer=reply, **options)


def test_each_member_gets_one_summons_with_an_event_their_calendar_takes(meeting, members):
    sent = Message.objects.filter(kind="meeting_summons")
    assert sent.count() == len(members)
    part, calendar, event = event_of(sent.get(recipient=members[0].user))
    assert part.get_param("method") == "REQUEST"
    assert calendar["method"] == "REQUEST"
    assert event["sequence"] == 0
    assert event.start == meeting.starts_at.replace(microsecond=0)
    assert str(event["attendee"]) == f"mailto:{members[0].user.email}"
    assert "Hôtel du Port" in event["location"]


def test_the_event_reads_the_same_without_the_library_that_wrote_it(meeting, members):
    (attached,) = Message.objects.get(kind="meeting_summons", recipient=members[0].user).attachments
    found = unfolded(attached["content"])
    assert found["METHOD"] == "REQUEST"
    assert found["UID"] == f"meeting-{meeting.pk}@testserver"
    assert found["DTSTART"].endswith("Z")
    assert max(len(line.encode()) for line in attached["content"].split("\r\n")) <= 75


def test_a_change_replaces_the_event_by_the_same_uid_and_a_higher_sequence(cast, meeting, members):
    later = meeting.starts_at + timedelta(days=1)
    meetings.edit_meeting(actor=cast.secretary, meeting=meeting, starts_at=later)
    first = event_of(Message.objects.get(kind="meeting_summons", recipient=members[0].user))[2]
    changed = event_of(Message.objects.get(kind="meeting_changed", recipient=members[0].user))[2]
    assert changed["uid"] == first["uid"]
    assert changed["sequence"] > first["sequence"]
    assert changed.start == later.replace(microsecond=0)


def test_cancelling_takes_the_event_out_of_the_calendars(cast, meeting, members):
    meetings.cancel_meeting(actor=cast.secretary, meeting=meeting, reason="Grève des trains")
    message = Message.objects.get(kind="meeting_cancelled", recipient=members[0].user)
    part, calendar, event = event_of(message)
    assert (part.get_param("method"), calendar["method"]) == ("CANCEL", "CANCEL")
    assert event["status"] == "CANCELLED"
    assert event["sequence"] == 1
    assert "Grève des trains" in message.text


def test_a_meeting_whose_time_is_unknown_is_an_event_of_that_day(cast, committee, members):
    meeting = MeetingFactory(committee=committee, time_known=False)
    meetings.summon(actor=cast.secretary, meeting=meeting)
    event = event_of(Message.objects.filter(kind="meeting_summons")[0])[2]
    assert event.start == meeting.day


def test_the_signed_link_of_the_message_takes_the_reply_without_signing_in(client, meeting, mine):
    message = Message.objects.get(kind="meeting_summons", recipient=mine.user)
    path = reverse("governance:summons_reply", args=[token_for(mine)])
    assert path in message.text
    response = client.get(path)
    mine.refresh_from_db()
    assert response.status_code == 200
    assert mine.reply == Reply.NONE, "opening the link changes nothing"
    assert client.post(path, {"answer": "yes"}).status_code == 302
    mine.refresh_from_db()
    assert mine.reply == Reply.YES and mine.replied_at


def test_an_altered_link_says_what_to_do(client, mine):
    path = reverse("governance:summons_reply", args=[token_for(mine)[:-2] + "xx"])
    response = client.get(path)
    assert response.status_code == 404
    assert "Ce lien ne fonctionne pas" in response.content.decode()


def test_the_links_of_the_message_lead_to_one_button_and_record_nothing(client, mine):
    message = Message.objects.get(kind="meeting_summons", recipient=mine.user)
    path = reverse("governance:summons_reply", args=[token_for(mine)])
    for answer in ("yes", "no"):
        assert f"{path}?answer={answer}" in message.text
        assert f"{path}?answer={answer}" in message.html
        page = client.get(path, {"answer": answer}).content.decode()
        (first,) = [one for one in page.split("<button") if "autofocus" in one]
        assert f'value="{answer}"' in first
    mine.refresh_from_db()
    assert mine.reply == Reply.NONE


def test_a_link_used_before_says_so_and_lets_the_person_change_their_mind(client, meeting, mine):
    path = reverse("governance:summons_reply", args=[token_for(mine)])
    client.post(path, {"answer": "no"})
    assert "Vous avez répondu le" in client.get(path).content.decode()
    client.post(path, {"answer": "yes"})
    mine.refresh_from_db()
    assert mine.reply == Reply.YES


def test_a_link_opened_after_the_day_of_the_meeting_says_that_replies_are_closed(
    client, meeting, mine
):
    path = reverse("governance:summons_reply", args=[token_for(mine)])
    with time_machine.travel(meeting.starts_at + timedelta(days=1)):
        page = client.get(path).content.decode()
        assert "La date de la séance est passée." in page
        assert "<button" not in page.partition("<main")[2].partition("</main")[0]
        assert client.post(path, {"answer": "yes"}).status_code == 422
    mine.refresh_from_db()
    assert mine.reply == Reply.NONE


def test_a_member_replies_in_the_portal_and_others_do_not_reply_for_them(
    cast, as_user, meeting, mine
):
    url = reverse("governance:meeting_reply", args=[meeting.code])
    assert as_user(cast.stranger).post(url, {"answer": "yes"}).status_code == 404
    assert as_user(cast.secretary).post(url, {"answer": "yes"}).status_code == 404
    assert as_user(mine.user).post(url, {"answer": "no", "comment": "En congé"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.reply, mine.comment) == (Reply.NO, "En congé")
    page = as_user(cast.secretary).get(meeting.get_absolute_url()).content.decode()
    assert "En congé" in page


def test_a_proxy_names_a_member_and_a_new_reply_revokes_it(meeting, mine, members):
    answer(mine, Reply.PROXY, holder=members[1].user)
    given = meeting.proxies.get()
    assert (given.seat, given.holder) == (members[0].seat, members[1].user)
    answer(mine, Reply.YES)
    given.refresh_from_db()
    mine.refresh_from_db()
    assert given.revoked_at
    assert mine.proxy_holder is None


def test_a_proxy_to_someone_who_will_not_come_is_refused(meeting, mine, members):
    other = meeting.summonses.get(user=members[1].user)
    answer(other, Reply.NO)
    with pytest.raises(ProxyRefused):
        answer(mine, Reply.PROXY, holder=members[1].user)
    mine.refresh_from_db()
    assert mine.reply == Reply.NONE


def test_a_second_proxy_to_one_holder_is_said_beside_the_field(as_user, meeting, mine, members):
    other = meeting.summonses.get(user=members[2].user)
    answer(other, Reply.PROXY, holder=members[1].user)
    response = as_user(mine.user).post(
        reverse("governance:meeting_reply", args=[meeting.code]),
        {"answer": "proxy", "holder": members[1].user.pk, "comment": "Merci"},
    )
    assert response.status_code == 422
    assert response.context["form"].errors["holder"]
    assert "Merci" in response.content.decode()


def test_only_the_alternate_of_the_seat_replaces_its_titular(meeting, mine, members):
    alternate = MandateFactory(seat=members[0].seat, capacity=Capacity.ALTERNATE)
    answer(mine, Reply.ALTERNATE, alternate=alternate.user)
    with pytest.raises(MandateExpired):
        answer(mine, Reply.ALTERNATE, alternate=members[1].user)
    mine.refresh_from_db()
    assert mine.alternate == alternate.user


def test_replies_close_when_the_meeting_opens(cast, meeting, mine):
    meetings.open_meeting(actor=cast.secretary, meeting=meeting)
    with pytest.raises(RepliesClosed):
        answer(mine, Reply.YES)


def test_only_those_who_have_not_replied_are_reminded_and_a_reply_stops_it(meeting, mine):
    answer(mine, Reply.YES)
    reminders.send_reminders(day=timezone.localdate())
    reminded = Message.objects.filter(kind="meeting_reply")
    assert reminded.count() == 2
    assert not reminded.filter(recipient=mine.user).exists()
    late = reminded.first()
    waiting = {(late.recipient_id, late.obligation)}
    assert summons.replies_still_due(waiting) == waiting
    answer(Summons.objects.get(meeting=meeting, user=late.recipient), Reply.NO)
    assert summons.replies_still_due(waiting) == set()


def test_who_holds_no_mandate_any_more_is_not_reminded_and_owes_no_reply(meeting, mine, members):
    members[0].end = timezone.localdate() - timedelta(days=1)
    members[0].save()
    reminders.send_reminders(day=timezone.localdate())
    assert not Message.objects.filter(kind="meeting_reply", recipient=mine.user).exists()
    owed = obligations.standing(mine.user, timezone.localdate()).owed
    assert not [one for one in owed if one.kind == "summons"]


def test_a_meeting_that_moves_is_reminded_of_anew(cast, meeting, mine):
    reminders.send_reminders(day=timezone.localdate())
    first = Message.objects.get(kind="meeting_reply", recipient=mine.user)
    later = meeting.starts_at + timedelta(days=1)
    meetings.edit_meeting(actor=cast.secretary, meeting=meeting, starts_at=later)
    about = {(mine.user_id, first.obligation)}
    assert summons.replies_still_due(about) == set()
    reminders.send_reminders(day=timezone.localdate())
    assert Message.objects.filter(kind="meeting_reply", recipient=mine.user).count() == 2


def test_a_far_meeting_reminds_nobody_yet(cast, committee, members):
    far = MeetingFactory(committee=committee, starts_at=timezone.now() + timedelta(days=60))
    meetings.summon(actor=cast.secretary, meeting=far)
    reminders.send_reminders(day=timezone.localdate())
    assert not Message.objects.filter(kind="meeting_reply").exists()


def test_an_address_that_refuses_mail_is_flagged_with_what_to_do(cast, as_user, meeting, members):
    members[0].user.address_failed_at = timezone.now()
    members[0].user.save()
    page = as_user(cast.secretary).get(meeting.get_absolute_url()).content.decode()
    assert page.count("n’arrive pas") == 1
    mine = meeting.summonses.get(user=members[0].user)
    assert members[0].user.email in page
    assert reverse("governance:summons_again", args=[meeting.code, mine.pk]) in page


def test_a_summons_that_bounced_is_flagged_until_it_is_sent_again(cast, as_user, meeting, mine):
    Message.objects.filter(recipient=mine.user).update(state="failed", error="550 unknown")
    client = as_user(cast.secretary)
    assert "n’arrive pas" in client.get(meeting.get_absolute_url()).content.decode()
    mine.user.email = "nouvelle@adresse.example"
    mine.user.address_failed_at = timezone.now()
    mine.user.save()
    again = reverse("governance:summons_again", args=[meeting.code, mine.pk])
    for _click in range(2):
        client.post(again)
    letters = Message.objects.filter(recipient=mine.user, address="nouvelle@adresse.example")
    assert letters.count() == 1
    assert event_of(letters.get())[2]["sequence"] == 0
    assert "n’arrive pas" not in client.get(meeting.get_absolute_url()).content.decode()


def test_the_secretariat_records_what_a_person_told_them_and_it_is_said_so(
    cast, as_user, meeting, mine
):
    record = reverse("governance:summons_record", args=[meeting.code, mine.pk])
    assert as_user(mine.user).post(record, {"answer": "yes"}).status_code == 403
    as_user(cast.secretary).post(record, {"answer": "no", "comment": "Au téléphone"})
    mine.refresh_from_db()
    assert (mine.reply, mine.replied_by) == (Reply.NO, cast.secretary)
    page = as_user(cast.secretary).get(meeting.get_absolute_url()).content.decode()
    assert f"Enregistré par {cast.secretary}" in page
    answer(mine, Reply.YES)
    mine.refresh_from_db()
    assert mine.replied_by is None


def test_saving_a_meeting_without_a_change_tells_nobody(cast, meeting):
    meetings.edit_meeting(actor=cast.secretary, meeting=meeting, starts_at=meeting.starts_at)
    meetings.edit_meeting(actor=cast.secretary, meeting=meeting, is_public=True)
    meeting.refresh_from_db()
    assert meeting.calendar_sequence == 0
    assert not Message.objects.filter(kind="meeting_changed").exists()


def test_another_day_asks_for_the_replies_again_another_room_does_not(cast, meeting, mine, members):
    answer(mine, Reply.PROXY, holder=members[1].user)
    meetings.edit_meeting(actor=cast.secretary, meeting=meeting, place_fr="Ailleurs")
    mine.refresh_from_db()
    assert mine.reply == Reply.PROXY
    later = meeting.starts_at + timedelta(days=7)
    meetings.edit_meeting(actor=cast.secretary, meeting=meeting, starts_at=later)
    mine.refresh_from_db()
    assert (mine.reply, mine.proxy_holder) == (Reply.NONE, None)
    assert meeting.proxies.get().revoked_at
    told = Message.objects.filter(kind="meeting_changed", recipient=mine.user).order_by("pk")
    assert "Votre réponse reste" in told[0].text
    assert "répondez à nouveau" in told[1].text


def test_summoning_again_reaches_who_joined_and_takes_back_who_left(
    cast, as_user, meeting, mine, members
):
    newcomer = MandateFactory(seat=SeatFactory(committee=meeting.committee))
    members[0].end = timezone.localdate() - timedelta(days=1)
    members[0].save()
    client = as_user(cast.secretary)
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "Pas encore convoqué" in page and "Aucun mandat ne couvre" in page
    client.post(reverse("governance:meeting_summon", args=[meeting.code]))
    assert set(meeting.summonses.values_list("user", flat=True)) == {
        newcomer.user_id,
        members[1].user_id,
        members[2].user_id,
    }
    taken_back = Message.objects.get(kind="summons_withdrawn")
    assert taken_back.recipient == mine.user
    _part, calendar, event = event_of(taken_back)
    assert calendar["method"] == "CANCEL" and event["sequence"] == 1
    assert Message.objects.filter(kind="meeting_summons", recipient=newcomer.user).count() == 1
    assert Message.objects.filter(kind="meeting_summons", recipient=members[1].user).count() == 1


def test_a_person_whose_mandate_ended_since_no_longer_replies(client, meeting, mine, members):
    members[0].end = timezone.localdate() - timedelta(days=1)
    members[0].save()
    path = reverse("governance:summons_reply", args=[token_for(mine)])
    response = client.post(path, {"answer": "yes"})
    assert response.status_code == 422
    assert "n’a pas de mandat" in response.content.decode()


def test_a_proxy_whose_holder_then_excuses_themselves_is_flagged(
    cast, as_user, meeting, mine, members
):
    answer(mine, Reply.PROXY, holder=members[1].user)
    url = meeting.get_absolute_url()
    assert "ne comptera pas" not in as_user(cast.secretary).get(url).content.decode()
    answer(meeting.summonses.get(user=members[1].user), Reply.NO)
    assert "ne comptera pas" in as_user(cast.secretary).get(url).content.decode()


def test_who_is_named_is_told_and_whoever_relied_on_them_when_they_will_not_come(
    client, meeting, mine, members
):
    answer(mine, Reply.PROXY, holder=members[1].user)
    told = Message.objects.get(kind="meeting_entrusted")
    assert told.recipient == members[1].user
    assert "vous donne pouvoir" in told.text
    held = meeting.summonses.get(user=members[1].user)
    page = reverse("governance:summons_reply", args=[token_for(held)])
    assert "On compte sur vous" in client.get(page).content.decode()
    answer(held, Reply.NO)
    lost = Message.objects.get(kind="entrusted_in_vain")
    assert lost.recipient == mine.user
    assert token_for(mine) in lost.text
    pairs = {(mine.user_id, lost.obligation)}
    assert entrusting.still_in_vain(pairs) == pairs
    answer(mine, Reply.NO)
    assert entrusting.still_in_vain(pairs) == set()
    assert entrusting.still_entrusted({(told.recipient_id, told.obligation)}) == set()


def test_an_alternate_is_told_and_one_who_is_excused_cannot_be_named(meeting, mine, members):
    alternate = MandateFactory(seat=members[0].seat, capacity=Capacity.ALTERNATE)
    answer(mine, Reply.ALTERNATE, alternate=alternate.user)
    told = Message.objects.get(kind="meeting_entrusted")
    assert told.recipient == alternate.user and "à sa place" in told.text
    Summons.objects.create(
        meeting=meeting, user=alternate.user, seat=alternate.seat, capacity="alternate",
        sent_at=timezone.now(), reply=Reply.NO, replied_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(MandateExpired):
        answer(mine, Reply.ALTERNATE, alternate=alternate.user)


def test_an_alternate_says_yes_or_no_and_gives_no_proxy_of_the_seat(
    client, cast, meeting, mine, members
):
    alternate = MandateFactory(seat=members[0].seat, capacity=Capacity.ALTERNATE)
    meetings.summon(actor=cast.secretary, meeting=meeting)
    theirs = meeting.summonses.get(user=alternate.user)
    page = reverse("governance:summons_reply", args=[token_for(theirs)])
    shown = client.get(page).content.decode()
    assert 'value="yes"' in shown and 'value="proxy"' not in shown
    answer(mine, Reply.PROXY, holder=members[1].user)
    with pytest.raises(ProxyRefused):
        answer(theirs, Reply.PROXY, holder=members[2].user)
    assert meeting.proxies.get(revoked_at=None).giver == mine.user


def test_the_replies_foretell_the_quorum(meeting, mine, members):
    assert replies_to(meeting).forecast.counted == 0
    answer(meeting.summonses.get(user=members[1].user), Reply.YES)
    answer(mine, Reply.PROXY, holder=members[1].user)
    foretold = replies_to(meeting).forecast
    assert (foretold.present, foretold.represented, foretold.reached) == (1, 1, True)


def test_a_committee_without_proxies_offers_none(client, cast, meeting, mine, members):
    meeting.committee.proxies_per_holder = 0
    meeting.committee.save()
    path = reverse("governance:summons_reply", args=[token_for(mine)])
    assert 'value="proxy"' not in client.get(path).content.decode()
    with pytest.raises(ProxyRefused):
        answer(mine, Reply.PROXY, holder=members[1].user)


def test_a_mandate_that_ended_before_the_meeting_is_not_summoned(cast, committee, members):
    members[0].end = date(2020, 1, 1)
    members[0].start = date(2019, 1, 1)
    members[0].save()
    meeting = MeetingFactory(committee=committee)
    meetings.summon(actor=cast.secretary, meeting=meeting)
    assert not meeting.summonses.filter(user=members[0].user).exists()


def test_cancelling_twice_tells_the_members_once(cast, as_user, meeting, members):
    address = reverse("governance:meeting_cancel", args=[meeting.code])
    for reason in ("Grève des trains", "Grève encore"):
        assert as_user(cast.secretary).post(address, {"reason": reason}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.cancel_reason, meeting.calendar_sequence) == ("Grève des trains", 1)
    told = Message.objects.filter(kind="meeting_cancelled")
    assert told.count() == len(members)


def test_a_meeting_that_has_begun_is_not_cancelled_and_says_what_to_do(cast, as_user, meeting):
    meetings.open_meeting(actor=cast.secretary, meeting=meeting)
    address = reverse("governance:meeting_cancel", args=[meeting.code])
    answer = as_user(cast.secretary).post(address, {"reason": "Panne"}, follow=True)
    assert "La séance a commencé" in answer.content.decode()
    meeting.refresh_from_db()
    assert meeting.status == MeetingStatus.IN_SESSION


def test_a_meeting_opened_before_its_day_is_asked_about_and_says_what_it_means(
    cast, as_user, meeting
):
    client = as_user(cast.secretary)
    assert "Ouvrir avant son jour" in client.get(meeting.get_absolute_url()).content.decode()
    opened = client.post(reverse("governance:meeting_open", args=[meeting.code]), follow=True)
    assert "avant son jour" in opened.content.decode()
