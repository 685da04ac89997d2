"""Following and muting a project: what a person is told of it, and what they are not."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from partners.models import Message
from partners.services.digests import send_digests
from projects.enums import Interest
from projects.models import Following, Project, ReviewNote
from projects.news import news_of
from projects.services import effects, notices, reports
from projects.services.following import set_interest
from smartport.audience import muted
from tests.factories.projects import (
    APPROVAL,
    PeriodFactory,
    ProjectFactory,
    ReportFactory,
    SeriesFactory,
    approve,
)

pytestmark = pytest.mark.django_db


def told(person) -> list[str]:
    now = timezone.now()
    return [one.title for one in news_of(person, now - timedelta(days=1), now + timedelta(hours=1))]


@pytest.fixture
def project(cast):
    return ProjectFactory(lead=cast.partner_a, title_fr="Quai électrique")


def press(client, project, interest, **more):
    url = reverse("projects:project_interest", args=[project.slug])
    return client.post(url, {"interest": interest, **more})


def test_buttons_follow_mute_and_take_it_back(cast, as_user, project):
    client = as_user(cast.stranger)
    page = reverse("projects:project_detail", args=[project.slug])
    assert 'value="follow"' in client.get(page).content.decode()
    assert press(client, project, "follow")["Location"] == page
    assert Following.objects.get().interest == Interest.FOLLOW
    press(client, project, "follow")
    press(client, project, "mute")
    assert Following.objects.get().interest == Interest.MUTE
    press(client, project, "anything else")
    assert not Following.objects.exists()


def test_the_list_of_followed_projects_leads_back_to_itself_and_nowhere_else(
    cast, as_user, project
):
    client = as_user(cast.stranger)
    press(client, project, "follow")
    listed = reverse("projects:followed")
    assert "Quai électrique" in client.get(listed).content.decode()
    assert press(client, project, "", next=listed)["Location"] == listed
    assert "Vous ne suivez aucun projet" in client.get(listed).content.decode()
    away = press(client, project, "mute", next="https://elsewhere.example/")
    assert away["Location"] == project.get_absolute_url()


def test_visitors_without_an_account_have_no_such_buttons(client, project):
    page = client.get(reverse("projects:project_detail", args=[project.slug])).content.decode()
    assert "csrfmiddlewaretoken" not in page
    assert press(client, project, "follow")["Location"].startswith("/fr/compte/")
    assert not Following.objects.exists()


def test_a_project_that_is_no_longer_visible_is_no_longer_listed(cast, as_user, project):
    set_interest(actor=cast.stranger, project=project, interest="follow")
    effects.withdraw_series(actor=cast.secretary, series=project.series, on=APPROVAL)
    listed = as_user(cast.stranger).get(reverse("projects:followed")).content.decode()
    assert "Quai électrique" not in listed
    assert told(cast.stranger) == []


def test_followers_are_told_what_the_public_reads_and_no_more(cast, project):
    report = ReportFactory(project=project, submitted=True)
    reports.add_remark(actor=cast.secretary, report=report, text="Une question.")
    set_interest(actor=cast.stranger, project=project, interest="follow")
    assert told(cast.stranger) == []
    assert len(told(cast.owner)) == 1
    before = PeriodFactory(series=project.series, starts_on=date(2026, 4, 1))
    ReportFactory(project=project, accepted=True, period=before)
    assert len(told(cast.stranger)) == 1
    assert "publiée" in told(cast.stranger)[0]


def test_an_approval_is_news_for_the_partners(cast):
    series = SeriesFactory(submitted=True)
    ProjectFactory(proposed=True, series=series, lead=cast.partner_a)
    owner = cast.owner
    approve(series, actor=cast.secretary)
    assert "État\xa0: approuvé" in told(owner)


def test_a_muted_project_is_neither_in_the_digest_nor_in_messages(cast, project):
    report = ReportFactory(project=project, submitted=True)
    reports.add_remark(actor=cast.secretary, report=report, text="Une question.")
    set_interest(actor=cast.owner, project=project, interest="mute")
    assert told(cast.owner) == []
    cast.colleague  # noqa: B018
    Message.objects.all().delete()
    notices.tell_accepted(report)
    assert [row.recipient for row in Message.objects.all()] == [cast.colleague]


def test_what_waits_to_be_done_reaches_someone_even_where_all_muted_it(cast, project):
    people = [cast.owner, cast.colleague]
    for person in people:
        set_interest(actor=person, project=project, interest="mute")
    report = ReportFactory(project=project)
    assert notices.tell_opened([report]) == 2
    assert notices.tell_accepted(report) == 0


def test_muting_costs_no_more_queries_for_many_people(cast, project, django_assert_max_num_queries):
    set_interest(actor=cast.owner, project=project, interest="mute")
    report = ReportFactory(project=project)
    pairs = {
        (person.pk, about)
        for person in (cast.owner, cast.colleague, cast.manager)
        for about in (f"report:{report.pk}", f"project:{project.pk}", "report:0", "other:1", "")
    }
    with django_assert_max_num_queries(2):
        assert muted(pairs) == {
            (cast.owner.pk, f"report:{report.pk}"),
            (cast.owner.pk, f"project:{project.pk}"),
        }


def test_a_digest_is_summarised_whatever_the_number_of_changes(cast, project):
    """5,000 remarks on one report: one message, forty lines, and the true count."""
    report = ReportFactory(project=project, submitted=True)
    cast.owner  # noqa: B018
    ReviewNote.objects.bulk_create(
        ReviewNote(
            report=report,
            action="remark",
            text="?",
            author=cast.secretary,
            at=timezone.now() - timedelta(minutes=2 + n / 100),
        )
        for n in range(5000)
    )
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    assert send_digests(day=monday).queued >= 1
    text = Message.objects.get(recipient=cast.owner, kind="digest").text
    assert "4\u202f960" in text or "4960" in text
    assert Project.objects.count() == 1


def test_a_link_of_a_digest_lands_where_it_says_after_signing_in_in_the_readers_language(
    cast, project, client
):
    cast.owner.language = "en"
    cast.owner.set_password("a-harbour-at-dawn-7")
    cast.owner.save()
    report = ReportFactory(project=project, submitted=True)
    reports.add_remark(actor=cast.secretary, report=report, text="Une question.")
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=True):
        monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
        send_digests(day=monday)
    path = f"/en/workspace/reports/{report.pk}/"
    assert (
        f"http://testserver{path}" in Message.objects.get(kind="digest", recipient=cast.owner).text
    )
    asked = client.get(path)
    assert asked["Location"] == f"/en/account/login/?next={path}"
    signing_in = {"login": cast.owner.email, "password": "a-harbour-at-dawn-7", "next": path}
    assert client.post("/en/account/login/", signing_in)["Location"] == path
    assert client.get(path).status_code == 200
    translation.activate("fr")  # the pages in English leave their language to no other test
