"""Calls of the API in tests, and one portfolio in which everything exists twice: public and secret."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from governance.enums import Audience, Effect, ItemKind, MeetingStatus, Outcome, PackStatus
from governance.models import (
    AgendaItem,
    AgendaPaper,
    Decision,
    ItemProposal,
    Meeting,
    Pack,
    PackEntry,
    Paper,
    PaperRevision,
)
from partners.enums import TokenScope
from partners.models import User
from partners.services.tokens import create_token
from projects.enums import Health
from tests.cast import Cast
from tests.factories import governance as g
from tests.factories import projects as p

COLLECTIONS = [
    "partners", "goals", "frameworks", "series", "projects", "milestones", "indicators", "reports",
    "campaigns", "agreements", "contributions", "instalments", "committees", "seats", "mandates", "meetings",
    "summonses", "agenda-items", "papers", "proposals", "decisions", "packs", "pack-builds", "minutes", "actions",
]  # fmt: skip
OF_MEMBERS = ["memberships", "invitations"]  # asked by people who are signed in only
OF_THE_OFFICE = ["messages", "announcements"]  # asked by the secretariat only
SECRET = "tres-secret"


def call(
    path: str,
    *,
    user: User | None = None,
    token: str = "",
    method: str = "get",
    data: Any = None,
    **headers: str,
):
    """One request to `/api/v1/<path>`, as a person (session) or with a token."""
    client = Client(
        headers={
            "accept": "application/json",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
    )
    if user is not None and user.is_authenticated:
        client.force_login(user)
    extra = {"headers": {"authorization": f"Token {token}"}} if token else {}
    address = path if path.startswith("/") else f"/api/v1/{path}"
    if method == "get":
        return client.get(address, **extra)
    return getattr(client, method)(
        address, data=data or {}, content_type="application/json", **extra
    )


def token_for(user: User, *, scope: str = TokenScope.READ, days: int = 30) -> str:
    _token, secret = create_token(actor=user, name="Test", scope=scope, days=days)
    return secret


def closed_meeting(**fields: Any) -> Meeting:
    moment = timezone.now() - timedelta(days=30)
    return g.MeetingFactory(
        status=MeetingStatus.CLOSED, starts_at=moment, summoned_at=moment, opened_at=moment, held_at=moment,
        closed_at=moment, **fields,
    )  # fmt: skip


def decision(meeting: Meeting, number: int, **fields: Any) -> Decision:
    item = g.AgendaItemFactory(meeting=meeting)
    values = {
        "committee": meeting.committee, "year": 2025, "number": number, "meeting": meeting, "item": item,
        "kind": ItemKind.OTHER, "outcome": Outcome.APPROVED, "title_fr": f"Décision {number}",
        "text_fr": "Le comité décide.", "decided_on": date(2025, 11, 17), **fields,
    }  # fmt: skip
    return Decision.objects.create(**values)


def pack(meeting: Meeting, builder: User, *, issued: bool, version: int) -> Pack:
    issue = (
        {"status": PackStatus.ISSUED, "issued_at": timezone.now(), "issued_by": builder}
        if issued
        else {}
    )
    made = Pack.objects.create(
        meeting=meeting, version=version, audience=Audience.FULL, file="pack/x.pdf", size=10, pages=2,
        sha256="0" * 64, snapshot={}, built_by=builder, reason="Une annexe de plus.",
    )  # fmt: skip
    PackEntry.objects.create(
        pack=made,
        position=1,
        anchor="a",
        kind="cover",
        title="Couverture",
        first_page=1,
        last_page=2,
    )
    if issue:
        Pack.objects.filter(pk=made.pk).update(**issue)
        made.refresh_from_db()
    return made


def paper_of(item: AgendaItem, bringer: User) -> Paper:
    """A secret paper in one revision, pinned to the item."""
    paper = Paper.objects.create(committee=item.meeting.committee, title=SECRET)
    revision = PaperRevision.objects.create(
        paper=paper, number=1, file="paper/x.pdf", name=f"{SECRET}.pdf", size=10, pages=1, sha256="0" * 64,
        uploaded_by=bringer,
    )  # fmt: skip
    AgendaPaper.objects.create(item=item, revision=revision)
    return paper


def world(cast: Cast) -> SimpleNamespace:
    """Partner A leads one public and one proposed project; whatever the public may not see says “tres-secret”."""
    series = p.SeriesFactory(approval=False)
    draft_series = p.SeriesFactory(draft=True, title_fr=SECRET)
    public = p.ProjectFactory(series=series, lead=cast.partner_a, code="PUBLIC-1", slug="public-1")
    proposed = p.ProjectFactory(
        proposed=True,
        series=draft_series,
        lead=cast.partner_a,
        code="PROPOSED-1",
        slug="proposed-1",
        title_fr=SECRET,
    )
    goal = p.GoalFactory()
    public.goals.add(goal)
    public.frameworks.add(p.FrameworkFactory(owner=cast.partner_a))
    accepted = p.ReportFactory(
        accepted=True, project=public, achievements=SECRET, next_steps=SECRET
    )
    public.latest_report, public.health, public.reported_on = (
        accepted,
        Health.SUNNY,
        date(2026, 10, 20),
    )
    public.save()
    later = p.PeriodFactory(series=series, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31))
    draft = p.ReportFactory(draft=True, project=public, period=later, public_summary_fr=SECRET)
    for project, title in ((public, "Jalon"), (proposed, SECRET)):
        p.MilestoneFactory(project=project, title_fr=title)
        p.ProjectIndicatorFactory(project=project, indicator__goal=goal)
    in_force, in_draft = (
        p.AgreementFactory(in_force=True),
        p.AgreementFactory(draft=True, title_fr=SECRET),
    )
    in_force.series = draft_series
    in_force.save()
    for agreement, project in ((in_force, public), (in_draft, proposed)):
        p.PartyFactory(agreement=agreement, partner=cast.partner_a)
        p.PartyFactory(
            agreement=agreement, partner=p.PartnerFactory(), signed=True, signatory=SECRET
        )
        given = p.ContributionFactory(
            agreement=agreement, project=project, recipient=cast.partner_a
        )
        p.InstalmentFactory(contribution=given)
    committee = g.CommitteeFactory()
    seat = g.SeatFactory(committee=committee, partner=cast.partner_a)
    g.MandateFactory(seat=seat, user=cast.member)
    held = closed_meeting(committee=committee, title_fr="Séance tenue")
    announced = g.MeetingFactory(
        summoned=True, committee=committee, is_public=True, link=f"https://{SECRET}.example"
    )
    hidden = g.MeetingFactory(summoned=True, committee=committee, title_fr=SECRET)
    item = g.AgendaItemFactory(meeting=hidden, title_fr=SECRET)
    paper_of(item, cast.secretary)
    ItemProposal.objects.create(
        meeting=hidden, partner=cast.partner_a, title=SECRET, reason=SECRET, proposed_by=cast.owner
    )
    approval = decision(
        held, 1, series=series, kind=ItemKind.APPROVE_SERIES, effect=Effect.APPROVE_SERIES
    )
    secret_decision = decision(held, 2, is_public=False, title_fr=SECRET, text_fr=SECRET)
    issued = pack(held, cast.secretary, issued=True, version=1)
    built = pack(held, cast.secretary, issued=False, version=2)
    action = g.ActionFactory(committee=committee, title=SECRET, partner=cast.partner_a)
    return SimpleNamespace(
        series=series, draft_series=draft_series, public=public, proposed=proposed, accepted=accepted, draft=draft,
        in_force=in_force, in_draft=in_draft, committee=committee, held=held, announced=announced, hidden=hidden,
        approval=approval, secret_decision=secret_decision, issued=issued, built=built, action=action, goal=goal,
    )  # fmt: skip
