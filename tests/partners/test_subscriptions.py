"""Following without an account: confirmed from the mailbox, weekly at most, forgotten on leaving, public rows only."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from partners.models import Message, Subscription
from partners.services import subscriptions
from projects.models import Project
from tests.factories.projects import PeriodFactory, ProjectFactory, ReportFactory, approve

pytestmark = pytest.mark.django_db
ADDRESS = "reader@example.org"


@pytest.fixture
def project():
    return ProjectFactory(title_fr="Quai électrique", title_en="Electric quay")


def ask(client=None, email=ADDRESS, subject="project", value="", language="fr", **headers):
    path = "/fr/suivre/" if language == "fr" else "/en/follow/"
    return (client or Client()).post(
        path, {"email": email, "subject": subject, "value": value}, headers=headers
    )


def link(row) -> str:
    return re.search(r"http://testserver(/\S+)", row.text)[1]


def followed(project, email=ADDRESS) -> Subscription:
    ask(email=email, value=project.pk)
    Client().post(link(Message.objects.filter(address=email).latest("pk")))
    return Subscription.objects.get(address=email, value=str(project.pk))


def publish(project, **fields):
    return ReportFactory(project=project, accepted=True, **fields)


def send():
    return subscriptions.send_subscriptions(day=timezone.localdate())


@pytest.fixture
def later():
    """Moves the clock by days."""
    travellers = []

    def go(**distance):
        traveller = time_machine.travel(timezone.now() + timedelta(**distance), tick=True)
        traveller.start()
        travellers.append(traveller)

    yield go
    for traveller in reversed(travellers):
        traveller.stop()


def test_the_form_stands_on_public_pages_without_a_cookie(project):
    pages = {
        "projects:project_list": ("search", ""),
        "governance:decision_list": ("approvals", ""),
    }
    for url in (project.get_absolute_url(), *map(reverse, pages)):
        answer = Client().get(url)
        assert not answer.cookies
    page = Client().get(project.get_absolute_url()).content.decode()
    assert f'name="value" value="{project.pk}"' in page
    searched = Client().get(reverse("projects:project_list") + "?sort=name&q=quai&page=1")
    assert 'name="value" value="q=quai"' in searched.content.decode()


def test_nothing_is_sent_before_the_mailbox_confirms(project, later):
    assert ask(value=project.pk, email="Reader@Example.org")["Location"] == "/fr/suivre/envoye/"
    row = Message.objects.get()
    assert row.address == ADDRESS
    assert "Quai électrique" in row.subject
    publish(project)
    later(days=1)
    assert send().queued == 0
    assert Client().get(link(row)).status_code == 200
    assert Subscription.objects.get().confirmed_at is None, "looking confirms nothing"
    assert "Vous suivez désormais" in Client().post(link(row)).content.decode()
    assert send().queued == 0, "told from the confirmation on"


def test_a_follower_is_told_what_is_published_and_at_most_weekly(project, later, cast):
    followed(project)
    later(days=2)
    report = ReportFactory(project=project, submitted=True)
    assert send().queued == 0
    publish(project, period=PeriodFactory(series=project.series, starts_on="2026-01-01"))
    later(minutes=5)
    assert send().queued == 1
    row = Message.objects.latest("pk")
    assert "Quai électrique" in row.text
    assert str(report.period.label) not in row.text
    assert "http://testserver/fr/projets/" in row.text
    assert row.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    publish(project, period=PeriodFactory(series=project.series, starts_on="2026-04-01"))
    later(days=1)
    assert send().queued == 0, "at most weekly"
    later(days=6)
    assert send().queued == 1
    assert send().queued == 0
    later(days=8)
    assert send().queued == 0, "nothing new, no mail"


def test_a_follower_whose_news_fail_leaves_the_others_theirs(project, later, monkeypatch):
    followed(project)
    followed(project, email="other@example.org")
    publish(project)
    later(minutes=5)
    tell = subscriptions._section

    def section(one, until):
        if one.address == ADDRESS:
            raise ValueError("this one only")
        return tell(one, until)

    monkeypatch.setattr(subscriptions, "_section", section)
    done = send()
    assert (done.queued, done.failed) == (1, 1)
    rows = Message.objects.filter(kind="subscription_news")
    assert {row.address: row.is_unwritten for row in rows} == {
        ADDRESS: True,
        "other@example.org": False,
    }
    monkeypatch.undo()
    assert send().queued == 1, "told again as soon as it can be"
    assert Subscription.objects.count() == 2


def test_one_message_tells_all_that_an_address_follows(project, later):
    other = ProjectFactory(title_fr="Navettes")
    followed(project)
    followed(other)
    later(days=1)
    publish(project)
    publish(other)
    later(minutes=5)
    assert send().queued == 1
    text = Message.objects.latest("pk").text
    assert "Quai électrique" in text
    assert "Navettes" in text


def test_a_search_tells_of_projects_that_join_it(cast, later):
    ask(subject="search", value="q=navette&sort=name&page=3")
    assert Subscription.objects.get().value == "q=navette"
    Client().post(link(Message.objects.get()))
    Subscription.objects.update(told_until=timezone.now() - timedelta(hours=1))
    project = ProjectFactory(proposed=True, title_fr="Navette des bassins")
    ProjectFactory(proposed=True, title_fr="Autre chose", series=project.series)
    approve(project.series, actor=cast.secretary)
    later(minutes=5)
    assert send().queued == 1
    text = Message.objects.latest("pk").text
    assert "Navette des bassins" in text
    assert "Autre chose" not in text


def test_what_is_withdrawn_is_told_no_more(project, later, cast):
    followed(project)
    later(days=1)
    publish(project)
    Project.objects.filter(pk=project.pk).update(status="proposed", approved_on=None)
    later(minutes=5)
    assert send().queued == 0


@pytest.mark.parametrize(
    ("subject", "value"),
    [
        ("project", "0"),
        ("project", "x"),
        ("project", ""),
        ("project", "9" * 30),
        ("project", "١"),
        ("search", "q=" + "x" * 400),
        ("search", "q=\x00"),
        ("elsewhere", "1"),
        ("", ""),
    ],
)
def test_what_is_not_public_or_not_a_subject_is_refused(subject, value):
    assert ask(subject=subject, value=value).status_code in (404, 422)
    assert not Subscription.objects.exists()


def test_a_project_that_is_not_public_cannot_be_followed():
    hidden = ProjectFactory(proposed=True, title_fr="Secret")
    answer = ask(value=hidden.pk)
    assert answer.status_code == 422
    assert "Secret" not in answer.content.decode()
    assert (
        Client().get("/fr/suivre/", {"subject": "project", "value": hidden.pk}).status_code == 404
    )


@pytest.mark.parametrize("email", ["", "x", "a@b", "a\nb@example.org", "x" * 250 + "@example.org"])
def test_a_wrong_address_is_said_beside_the_field_and_kept(project, email):
    page = ask(value=project.pk, email=email)
    assert page.status_code == 422
    assert page.context["form"].errors["email"]
    assert not Subscription.objects.exists()


def test_the_answer_does_not_tell_whether_an_address_is_known(project):
    followed(project)
    known, unknown = ask(value=project.pk), ask(value=project.pk, email="other@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Message.objects.filter(address=ADDRESS).latest("pk").subject.startswith("Vous suivez")


def test_leaving_forgets_the_address_and_what_was_sent_to_it(project, later):
    followed(project)
    Message.objects.update(state="sent", sent_at=timezone.now())
    later(days=1)
    publish(project)
    later(minutes=5)
    send()
    stop = Message.objects.latest("pk").headers["List-Unsubscribe"].strip("<>")
    path = stop.removeprefix("http://testserver")
    shown = Client().get(path)
    assert "Quai électrique" in shown.content.decode()
    assert Subscription.objects.exists(), "looking changes nothing"
    mail_program = Client(enforce_csrf_checks=True)
    assert mail_program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.exists()
    assert not Message.objects.filter(address=ADDRESS).exists()
    assert Client().get(path).status_code == 404


def test_leaving_one_subject_keeps_the_others(project):
    first, second = followed(project), followed(ProjectFactory())
    Client().post(f"/fr/suivre/arreter/{subscriptions.token_of(first)}/")
    assert list(Subscription.objects.all()) == [second]
    assert Message.objects.filter(address=ADDRESS).exists()


def test_forged_links_open_nothing(project):
    token = subscriptions.token_of(followed(project))
    for address in ("confirmer", "arreter"):
        assert Client().post(f"/fr/suivre/{address}/{token[:-2]}xx/").status_code == 404
    assert Subscription.objects.exists()


def test_what_nobody_confirms_is_forgotten_after_a_week(project, later):
    ask(value=project.pk)
    later(days=6)
    assert send().forgotten == 0
    later(days=2)
    assert send().forgotten == 1
    assert not Message.objects.exists()


def test_an_address_that_refuses_mail_is_forgotten(project):
    followed(project)
    Message.objects.update(state="failed")
    assert send().forgotten == 1
    assert not Subscription.objects.exists()


def test_an_address_is_not_flooded(project):
    for _ in range(8):
        ask(value=project.pk)
    assert Message.objects.count() == 5
    assert Subscription.objects.count() == 1


def test_one_place_cannot_ask_without_end(project):
    answers = [ask(value=project.pk, email=f"p{n}@example.org").status_code for n in range(12)]
    assert answers == [302] * 10 + [429] * 2


def test_a_form_of_another_site_is_asked_again_here(project):
    answer = ask(value=project.pk, origin="https://elsewhere.example")
    assert answer.status_code == 200
    assert ADDRESS in answer.content.decode()
    assert not Subscription.objects.exists()
    assert ask(value=project.pk, origin="http://testserver").status_code == 302


def test_followers_read_their_language(project):
    with translation.override("fr"):  # the language of the request stays here
        ask(value=project.pk, language="en")
    row = Message.objects.get()
    assert row.subject == "Confirm to follow: Electric quay"
    assert "/en/follow/confirm/" in row.text
