"""A stranger follows every link, file, feed and API list from the portal's doors, and finds none of the secrets."""

import json
import os
import re
from collections import Counter, deque
from io import BytesIO
from pathlib import PurePath
from zipfile import ZipFile, is_zipfile

import pytest
from django.db import models
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_path, override

from governance.models import AgendaItem, Meeting
from partners.models import Membership
from partners.services.subscriptions import token_of
from projects.models import FundingAgreement, ProgressReport, Project, ProjectSeries
from smartport import typst
from smartport.api import access
from tests.factories.governance import ActionFactory, AgendaItemFactory, MeetingFactory
from tests.factories.partners import UserFactory
from tests.factories.projects import (
    AgreementFactory,
    ContributionFactory,
    MilestoneFactory,
    PartyFactory,
    PeriodFactory,
    ProjectFactory,
    ReportFactory,
    RiskFactory,
    SeriesFactory,
)
from tests.house import hostile

pytestmark = pytest.mark.django_db

DOORS = [
    "/fr/",
    "/en/",
    "/fr/plan-du-site/",
    "/fr/donnees-ouvertes/",
    "/fr/projets/?q=projectseries",
    "/en/projects/?status=proposed&sort=name",
    "/api/v1/?format=json",
    "/api/v1/schema/",
    "/open-data/catalog.jsonld",
    "/open-data/catalog.ttl",
    "/feeds/approvals.atom",
    "/feeds/projects.atom",
    "/feeds/meetings.ics",
    "/en/open-data/",
    "/open-data/decisions.csv",
    "/fr/suivre/?subject=approvals",
    "/en/follow/?subject=search&value=q%3Dprojectseries",
    "/fr/suivre/envoye/",
    "/robots.txt",
    "/sitemap.xml",
]
AMOUNTS = ("7654321", "7\u202f654\u202f321", "7,654,321")
EACH = 3  # addresses asked of one view in one language
LINK = re.compile(
    r"(?:href=|src=|<id>|<loc>|\"url\":\s*|\")\"?(?:http://testserver)?(/[^\s\"'<>]*)"
)
SECRET = re.compile(  # whole words: a random key may hold any few letters
    r"zq(?:-(?:project|progress|funding|meeting|agenda|milestone|risk|action|reviewer|signatory)|anna|bert)[a-z0-9_-]*",
    re.IGNORECASE,
)


def secret(model: type[models.Model]) -> dict[str, str]:
    """A word of its own in every free text of a model."""
    texts = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name != "reporting_muted_reason"
    ]
    words = {
        field.name: f"zq-{model._meta.model_name}-{field.name}"[: field.max_length]
        for field in texts
    }
    assert all(SECRET.fullmatch(word) for word in words.values()), words
    return words


def quarter(series, starts: str, ends: str):
    return PeriodFactory(series=series, starts_on=starts, ends_on=ends, opens_on=ends, due_on=ends)


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    """A refusal for too many questions would hide what the answer is."""
    monkeypatch.setattr(access.AnonymousRate, "rate", "1000000/min", raising=False)


@pytest.fixture
def seeded(world, monkeypatch):
    """Next to what is public, in the same series and of the same partners, what is not.

    Compressed pixels say nothing: a card is read as the texts that it is made from.
    """
    monkeypatch.setattr(typst, "compile_picture", lambda source, data: json.dumps(data).encode())
    public = world.public_project
    series = SeriesFactory(draft=True, **secret(ProjectSeries))
    words = secret(Project)
    hidden = ProjectFactory(proposed=True, series=series, lead=public.lead, **words)
    hidden.goals.set(public.goals.all())
    hidden.frameworks.set(public.frameworks.all())
    MilestoneFactory(project=hidden, title_fr="zq-milestone", title_en="zq-milestone")
    period = quarter(public.series, "2019-01-01", "2019-03-31")
    report = secret(ProgressReport)
    ReportFactory(submitted=True, project=public, period=period, **report)
    later = quarter(public.series, "2019-04-01", "2019-06-30")
    accepted = ReportFactory(draft=True, project=public, period=later, **report)
    RiskFactory(report=accepted, title="zq-risk")
    reviewer = UserFactory(email="zq-reviewer@example.org", first_name="Zqanna", last_name="Zqbert")
    type(accepted).objects.filter(pk=accepted.pk).update(
        status="accepted", public_summary_fr="Résumé", public_summary_en="Summary", public_summary="Résumé",
        submitted_by=reviewer, submitted_at="2019-07-10T10:00Z", reviewed_by=reviewer, reviewed_at="2019-07-12T10:00Z",
    )  # fmt: skip
    agreement = AgreementFactory(draft=True, series=public.series, **secret(FundingAgreement))
    PartyFactory(agreement=agreement, partner=public.lead, signatory="zq-signatory")
    ContributionFactory(
        agreement=agreement, project=public, funder=public.lead, amount="7654321.99"
    )
    meeting = MeetingFactory(committee=world.committee, **secret(Meeting))
    AgendaItemFactory(meeting=meeting, project=public, **secret(AgendaItem))
    ActionFactory(committee=world.committee, owner=reviewer, title="zq-action")
    return [series, hidden, agreement, meeting]


def text_of(response) -> str:
    content = response.getvalue() if response.streaming else response.content
    if is_zipfile(BytesIO(content)):
        with ZipFile(BytesIO(content)) as parts:
            content = b"\n".join(parts.read(name) for name in parts.namelist())
    return content.decode("utf-8", errors="replace")


def walk(doors: list[str]):
    """Every address reached, with what it answered; a few of each view in each language, of each kind of file."""
    client = Client()
    waiting, seen, asked = deque(doors), set(doors), Counter()
    while waiting:
        address = waiting.popleft()
        path = address.partition("?")[0]
        try:
            with override(get_language_from_path(path) or "fr"):
                view = resolve(path).view_name
        except Resolver404:
            assert address not in doors, address
            continue
        kind = view, path[:4], PurePath(path).suffix
        if asked[kind] >= EACH and address not in doors:
            continue
        asked[kind] += 1
        response = client.get(address)
        assert response.status_code < 500, address
        if response.status_code != 200:
            assert address not in doors, (address, response.status_code)
            continue
        text = text_of(response)
        yield address, view, text
        for link in LINK.findall(text):
            link = link.partition("#")[0].replace("&amp;", "&")
            if link not in seen and not link.startswith(("/static/", "/admin/", "//")):
                seen.add(link)
                waiting.append(link)


def personal_words() -> set[str]:
    people = [member.user for member in Membership.objects.select_related("user")]
    return {person.email for person in people} | {
        f"{person.first_name} {person.last_name}" for person in people if person.last_name
    }


def told_in(text: str, personal: set[str]) -> list[str]:
    """The secrets of a text."""
    found = set(SECRET.findall(text))
    return sorted(found | {one for one in {*personal, *AMOUNTS} if one in text})[:5]


def test_no_public_address_tells_a_secret(world, seeded):
    personal = {*personal_words(), world.subscription.address}
    key = token_of(world.subscription)
    own = [f"/fr/suivre/confirmer/{key}/", f"/en/follow/stop/{key}/"]
    reached, leaks, told = set(), [], 0
    for address, view, text in walk([*DOORS, *own]):
        reached |= {view + PurePath(address.partition("?")[0]).suffix, address[:4]}
        told += world.public_project.title in text
        if found := told_in(text, personal):
            leaks.append((address, found))
    assert len(reached) > 80, sorted(reached)
    assert {"/fr/", "/en/", "projects:project_card.png", "openness:dataset.geojson"} <= reached
    assert told > 10, "what is public is told"
    assert leaks == []


def test_questions_nobody_would_ask_neither_break_nor_leak(world, seeded):
    """`HOSTILE_QUESTIONS=30000` and `HOSTILE_SEED=2` ask more of them, and others."""
    number, seed = (
        int(os.environ.get(name, usual))
        for name, usual in (("HOSTILE_QUESTIONS", 1000), ("HOSTILE_SEED", 1))
    )
    personal, client, answers, faults = personal_words(), Client(), Counter(), []
    client.raise_request_exception = False
    for address, headers in hostile.questions(world, seed, number):
        client.cookies.clear()
        response = client.get(address, headers=headers)
        answers[response.status_code] += 1
        if response.status_code >= 500:
            faults.append((response.status_code, address[:300], headers))
        elif found := told_in(text_of(response), personal):
            faults.append((found, address[:300], headers))
    assert faults == []
    assert answers[200] > number / 5, answers


def test_what_is_hidden_is_not_found_by_its_own_address(seeded):
    series, hidden, agreement, meeting = seeded
    for address in [
        f"/fr/projets/{hidden.slug}/",
        f"/fr/series/{series.slug}/",
        f"/fr/conventions/{agreement.code}/",
        f"/fr/projets/{hidden.slug}/carte.png",
        f"/fr/suivre/?subject=project&value={hidden.pk}",
        f"/api/v1/projects/{hidden.pk}/",
        f"/api/v1/series/{series.pk}/",
        f"/api/v1/agreements/{agreement.pk}/",
        f"/api/v1/meetings/{meeting.pk}/",
    ]:
        assert Client().get(address).status_code == 404, address
