from datetime import timedelta

import pytest
from django.utils import timezone

from projects.models import MilestoneSlip
from projects.news import news_of
from projects.services import reports
from tests.factories.projects import MilestoneFactory, ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast):
    """Titles of what each of the cast is told of the last day."""
    now = timezone.now()
    return lambda user: [
        one.title for one in news_of(user, now - timedelta(days=1), now + timedelta(hours=1))
    ]


def test_a_digest_tells_partners_what_others_did_in_their_projects(cast, told):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a), submitted=True)
    reports.add_remark(actor=cast.secretary, report=report, text="Une question.")
    milestone = MilestoneFactory(project=report.project)
    MilestoneSlip.objects.create(
        milestone=milestone, to_on=timezone.localdate(), reason="Retard", author=cast.owner
    )
    assert len(told(cast.colleague)) == 2
    assert len(told(cast.owner)) == 1, "nothing of one's own doing"
    assert told(cast.stranger) == []


def test_what_was_told_before_is_not_told_again(cast):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a))
    reports.add_remark(actor=cast.secretary, report=report, text="Une question.")
    later = timezone.now() + timedelta(minutes=1)
    assert list(news_of(cast.owner, later, later + timedelta(days=7))) == []
