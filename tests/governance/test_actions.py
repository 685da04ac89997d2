"""Actions: noted at a meeting, opened by its closing, done with what shows it, verified or sent back."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from governance.models import Action
from governance.services import actions, decisions
from partners.models import Message
from partners.services.reminders import send_reminders
from tests.factories.governance import (
    ActionFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


def page(name, action, *args):
    return reverse(f"governance:{name}", args=[action.pk, *args])


def progress(client, action, to, **sent):
    return client.post(page("action_progress", action), {"to": to, **sent})


def test_an_action_noted_at_a_meeting_opens_and_is_told_once_when_it_closes(cast, as_user):
    meeting = MeetingFactory(in_session=True)
    action = actions.open_action(
        actor=cast.secretary, meeting=meeting, title="Envoyer le plan", owner=cast.owner,
        due_on=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip
    owner = as_user(cast.owner)
    assert owner.get(page("action_detail", action)).status_code == 404
    assert not Message.objects.filter(kind="action_opened").exists()
    for _time in range(2):
        decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    assert Message.objects.get(kind="action_opened").recipient == cast.owner
    assert "Envoyer le plan" in owner.get(reverse("partners:workspace")).content.decode()


def test_done_needs_words_or_a_file_and_keeps_what_was_typed(cast, as_user):
    action = ActionFactory(owner=cast.owner)
    owner = as_user(cast.owner)
    refused = progress(owner, action, "done")
    assert refused.status_code == 422
    assert refused.context["progress_form"].errors["evidence"]
    hostile = SimpleUploadedFile("preuve.pdf", b"<script>alert(1)</script>")
    refused = progress(owner, action, "done", evidence="Envoyé le 3.", files=hostile)
    assert refused.status_code == 422
    assert "Envoyé le 3." in refused.content.decode()
    action.refresh_from_db()
    assert (action.status, action.evidence) == ("open", "")
    file = SimpleUploadedFile("preuve.pdf", b"%PDF-1.7 preuve")
    assert progress(owner, action, "done", files=file).status_code == 302
    kept = action.files.get()
    assert owner.get(page("action_file", action, kept.pk))["X-Content-Type-Options"] == "nosniff"
    assert as_user(cast.stranger).get(page("action_file", action, kept.pk)).status_code == 404


def test_the_secretariat_sends_back_with_its_reason_then_verifies(cast, as_user):
    office = as_user(cast.secretary)
    action = ActionFactory(owner=cast.owner)
    progress(as_user(cast.owner), action, "done", evidence="Fait.")
    assert Message.objects.get(kind="action_done").recipient == cast.secretary
    refused = progress(office, action, "in_progress")
    assert refused.status_code == 422
    assert refused.context["review_form"].errors["reason"]
    progress(office, action, "in_progress", reason="Il manque le devis.")
    assert (
        "Il manque le devis."
        in as_user(cast.owner).get(page("action_detail", action)).content.decode()
    )
    assert "Il manque le devis." in Message.objects.get(kind="action_sent_back").text
    progress(as_user(cast.owner), action, "done", evidence="Devis joint.")
    progress(office, action, "verified")
    action.refresh_from_db()
    assert (action.status, action.sent_back_reason, action.verified_by) == (
        "verified",
        "",
        cast.secretary,
    )
    assert progress(as_user(cast.owner), action, "in_progress").status_code == 422


def test_a_late_action_is_reminded_once_by_step_and_no_more_when_it_is_done(cast):
    today = timezone.localdate()
    action = ActionFactory(owner=cast.owner, due_on=today - timedelta(days=4))
    unnamed = ActionFactory(owner=None, partner=cast.partner_a, due_on=today)
    manager = cast.manager
    for _time in range(2):
        send_reminders(day=today)
    reminders = Message.objects.filter(obligation__startswith="action:")
    told = {(one.recipient, one.obligation) for one in reminders}
    assert told == {(cast.owner, f"action:{action.pk}"), (manager, f"action:{unnamed.pk}")}
    assert reminders.count() == 2
    pairs = {(cast.owner.pk, f"action:{action.pk}")}
    assert actions.still_to_do(pairs) == pairs
    actions.progress_action(actor=cast.owner, action=action, to="done", evidence="Fait.")
    assert actions.still_to_do(pairs) == set()


def test_the_list_shows_what_is_to_follow_and_narrows_to_ones_own_or_late_ones(cast, as_user):
    committee = CommitteeFactory()
    MandateFactory(seat=SeatFactory(committee=committee), user=cast.member)
    day = timezone.localdate()
    for title, owner, due, status in (
        ("Mienne", cast.member, day + timedelta(days=9), "open"),
        ("Tardive", cast.owner, day - timedelta(days=9), "open"),
    ):
        ActionFactory(committee=committee, title=title, owner=owner, due_on=due, status=status)
    ActionFactory(
        committee=committee, title="Finie", owner=cast.owner, status="verified", done_at=timezone.now(),
        done_by=cast.owner, verified_at=timezone.now(), verified_by=cast.secretary,
    )  # fmt: skip
    ActionFactory(title="Ailleurs", owner=cast.stranger)

    def shown(query=""):
        text = as_user(cast.member).get(reverse("governance:action_list") + query).content.decode()
        return {one for one in ("Mienne", "Tardive", "Finie", "Ailleurs") if one in text}

    assert shown() == {"Mienne", "Tardive"}
    assert shown("?status=verified") == {"Finie"}
    assert shown("?late=on") == {"Tardive"}
    assert shown("?mine=on") == {"Mienne"}
    assert shown("?q=tardives") == {"Tardive"}
    assert shown("?status=nothing&due_before=x&committee=none")


def test_the_secretariat_alone_changes_what_is_asked_and_the_new_owner_is_told(cast, as_user):
    action = ActionFactory(owner=cast.owner)
    sent = {"title": "Autre demande", "owner": cast.stranger.pk, "due_on": "2027-02-28"}
    assert as_user(cast.owner).post(page("action_edit", action), sent).status_code == 403
    assert as_user(cast.secretary).post(page("action_edit", action), sent).status_code == 302
    assert Action.objects.get().title == "Autre demande"
    assert Message.objects.get(kind="action_opened").recipient == cast.stranger
