"""What the secretariat reads of a message: why this person, and what comes next for the matter."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partners.models import Message, Preference
from partners.services.reminders import send_reminders
from partners.services.upcoming import next_for
from projects.services import notices, reports
from tests.factories.partners import MessageFactory
from tests.factories.projects import ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def report(cast):
    cast.owner  # noqa: B018
    project = ProjectFactory(lead=cast.partner_a)
    return ReportFactory(project=project, draft=True, due_on=TODAY + timedelta(days=8))


def test_the_rungs_that_are_still_to_come_are_shown_with_their_days(cast, as_user, report):
    send_reminders(day=TODAY)
    row = Message.objects.get(kind="report_due", recipient=cast.owner)
    found = next_for(row, TODAY)
    assert found.still_due is True
    assert TODAY + timedelta(days=1) in [one.on for one in found.coming]
    assert all(one.on >= TODAY for one in found.coming)
    page = as_user(cast.secretary).get(reverse("partners:outbox_message", args=[row.pk]))
    assert "Rappel d’une fiche" in page.content.decode()


def test_the_first_message_of_a_matter_says_what_will_follow(cast, report):
    notices.tell_opened([report])
    row = Message.objects.get(kind="report_opened", recipient=cast.owner)
    assert next_for(row, TODAY).coming


def test_what_is_done_has_nothing_to_come(cast, report):
    send_reminders(day=TODAY)
    row = Message.objects.get(kind="report_due", recipient=cast.owner)
    reports.submit(actor=cast.owner, report=report)
    found = next_for(row, TODAY)
    assert (found.still_due, found.coming) == (False, [])


def test_who_turned_the_topic_off_is_said_to_have(cast, report):
    send_reminders(day=TODAY)
    Preference.objects.create(user=cast.owner, topics={"reports": "never"})
    row = Message.objects.get(kind="report_due", recipient=cast.owner)
    assert next_for(row, TODAY).wish == "never"


@pytest.mark.parametrize("kind", ["address_failed", "gone_since", "security_notice"])
def test_what_only_announces_has_no_sequel(cast, as_user, kind):
    row = MessageFactory(recipient=cast.owner, kind=kind, obligation="address:1:x")
    assert next_for(row, TODAY).coming == []
    page = as_user(cast.secretary).get(reverse("partners:outbox_message", args=[row.pk]))
    assert page.status_code == 200
