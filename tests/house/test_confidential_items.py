"""A member of one committee, the secretariat of none, finds no word of another committee's confidential item."""

import re
from collections import deque
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pypdf
import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from governance.enums import Access, ItemKind
from governance.models import Pack, PackBuild
from governance.services import (
    actions,
    agenda,
    building,
    decisions,
    extracts,
    meetings,
    minutes,
    packs,
)
from partners.models import Message
from partners.services.digests import send_digests
from tests.factories.governance import (
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.partners import MembershipFactory, UserFactory
from tests.governance.packs import annex_file

pytestmark = pytest.mark.django_db
LINK = re.compile(
    r"(?:href=|src=|action=|\"url\":\s*|\"next\":\s*)\"?(?:http://testserver)?(/[^\s\"'<>]*)"
)
SECRET = re.compile(
    r"zq(?:contentieux|litigation|note|proposition|rapporteur|annexe|titre|decision|action)"
)
DOORS = [
    "/fr/", "/fr/espace/", "/fr/seances/", "/fr/actions/", "/fr/decisions/", "/fr/decisions/?q=zqcontentieux",
    "/fr/actions/?q=zqcontentieux", "/fr/projets/?q=zqcontentieux", "/fr/plan-du-site/", "/api/v1/?format=json",
    "/api/v1/me/obligations?format=json", "/open-data/decisions.csv", "/open-data/decisions.json",
    "/feeds/approvals.atom", "/feeds/meetings.ics", "/sitemap.xml",
]  # fmt: skip
API = (
    "committees", "seats", "mandates", "meetings", "summonses", "agenda-items", "papers", "proposals", "decisions",
    "packs", "minutes", "actions", "projects", "series",
)  # fmt: skip


@pytest.fixture
def outsider(world):
    """Sits on the demonstration's committee, and belongs to an organisation with a seat on the other."""
    return world.people["member"]


@pytest.fixture
def seeded(world, outsider):
    """Another committee's closed meeting and one to come, each with a confidential item, in everything made of them."""
    office = world.people["secretariat"]
    committee = CommitteeFactory()
    for _n in range(2):
        MandateFactory(seat=SeatFactory(committee=committee), user=UserFactory())
    MembershipFactory(user=outsider, partner=committee.seats.all()[0].partner)
    for n, held in enumerate((True, False)):
        meeting = MeetingFactory(committee=committee, is_public=True)
        item = AgendaItemFactory(
            meeting=meeting, confidential=True, kind=ItemKind.INFORMATION, ready=True, title_fr=f"zqcontentieux-{n}",
            title_en=f"zqlitigation-{n}", note_fr="zqnote", proposed_decision_fr="zqproposition",
            rapporteur="zqrapporteur",
        )  # fmt: skip
        AgendaItemFactory(meeting=meeting, ready=True, title_fr="Ouvert", title_en="Open")
        agenda.attach_paper(
            actor=office, item=item, upload=annex(f"zqannexe-{n}"), access=Access.CONFIDENTIAL, title="zqtitre",
        )  # fmt: skip
        meetings.summon(actor=office, meeting=meeting)
        for audience in ("full", "no_confidential") if held else ():
            packs.request_build(actor=office, meeting=meeting, audience=audience)
        building.build_due()
        for pack in Pack.objects.filter(meeting=meeting):
            packs.issue_pack(actor=office, pack=pack)
        if held:
            decide(office, meeting, committee)
    return committee


def annex(name):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(
        f"{name}.pdf", annex_file(1, "Feuillet"), content_type="application/pdf"
    )


def decide(office, meeting, committee):
    meetings.open_meeting(actor=office, meeting=meeting)
    for item in meeting.agenda.all():
        decisions.record_outcome(
            actor=office,
            item=item,
            outcome="approved",
            **({"wording_fr": "zqdecision"} if item.confidential else {}),
        )
    item = meeting.agenda.get(confidential=True)
    actions.open_action(
        actor=office, meeting=meeting, item=item, title="zqaction", due_on=meeting.day, owner=office
    )
    decisions.close_meeting(actor=office, meeting=meeting)
    written = minutes.circulate(actor=office, minutes=minutes.draft(actor=office, meeting=meeting))
    type(written).objects.filter(pk=written.pk).update(objections_until="2020-01-01")
    minutes.approve_tacitly(day=meeting.day)
    written.refresh_from_db()
    extracts.publish(actor=office, minutes=written, texts=extracts.draft_extract(meeting))


def text_of(response):
    content = response.getvalue() if response.streaming else response.content
    if content.startswith(b"%PDF") and b"%%EOF" in content[-1024:]:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    if is_zipfile(BytesIO(content)):
        with ZipFile(BytesIO(content)) as parts:
            content = b"\n".join(parts.read(name) for name in parts.namelist())
    return content.decode("utf-8", errors="replace")


def walk(client, doors, about):
    """Each door, each kind of address once, and every address that names what is hidden (`about`)."""
    waiting, seen, asked = deque(doors), set(doors), set()
    while waiting:
        address = waiting.popleft()
        path = address.partition("?")[0]
        try:
            view = resolve(path).view_name
        except Resolver404:
            continue
        known = view in asked and address not in doors and not about.search(address)
        if known or view.startswith("account_logout"):
            continue
        response = client.get(address)
        assert response.status_code < 500, address
        if response.status_code != 200:
            continue
        asked.add(view)
        text = text_of(response)
        yield address, view, text
        for link in LINK.findall(text):
            link = link.partition("#")[0].replace("&amp;", "&")
            if link not in seen and not link.startswith(("/static/", "/admin/", "//", "/en/")):
                seen.add(link)
                waiting.append(link)


def test_a_member_of_another_committee_finds_no_confidential_item_through_any_door(
    world, seeded, outsider
):
    client = Client()
    client.force_login(outsider)
    numbered = [
        f"/api/v1/{name}/{pk}/?format=json"
        for name, pks in {
            "agenda-items": [
                i.pk for m in seeded.meetings.all() for i in m.agenda.filter(confidential=True)
            ],
            "decisions": [d.pk for d in seeded.decisions.filter(is_public=False)],
            "packs": [p.pk for p in Pack.objects.filter(meeting__committee=seeded)],
            "actions": [a.pk for a in seeded.actions.all()],
        }.items()
        for pk in pks
    ]
    for meeting in seeded.meetings.all():
        tails = ("", "releve/", "releve.pdf", "releve.docx", "dossiers/", "extrait/")
        numbered += [f"/fr/seances/{meeting.code}/{tail}" for tail in tails]
    for decision in seeded.decisions.filter(is_public=False):
        numbered.append(decision.get_absolute_url())
        assert client.get(decision.get_absolute_url()).status_code == 404
    for pack in Pack.objects.filter(meeting__committee=seeded):
        address = f"/fr/seances/{pack.meeting.code}/dossiers/{pack.pk}/"
        numbered += [address + tail for tail in ("", "fichier/", "archive/", "lire/")]
    lists = [f"/api/v1/{name}/?format=json" for name in API]
    codes = [seeded.slug, *(meeting.code for meeting in seeded.meetings.all())]
    about = re.compile("|".join(rf"\b{code}\b" for code in codes), re.IGNORECASE)
    numbered += [seeded.get_absolute_url(), f"/api/v1/committees/{seeded.pk}/?format=json"]
    numbered += [f"/fr/partenaires/{seat.partner.slug}/" for seat in seeded.seats.all()]
    reached, leaks = set(), []
    for address, view, text in walk(client, [*DOORS, *lists, *numbered], about):
        reached.add(view)
        if found := {one for one in SECRET.findall(text) if f"q={one}" not in address}:
            leaks.append((address, sorted(found)[:3]))
    assert len(reached) > 30, sorted(reached)
    assert {"governance:meeting_detail", "governance:minutes_extract"} <= reached
    assert leaks == []
    assert not PackBuild.objects.filter(status="failed").exists()

    send_digests(day=timezone.localdate())
    letters = Message.objects.filter(recipient=outsider)
    assert not [one.subject for one in letters if SECRET.search(f"{one.subject} {one.text}")]
    inside = Client()
    inside.force_login(seeded.seats.all()[0].mandates.get().user)
    held = seeded.meetings.order_by("pk")[0]
    assert SECRET.search(inside.get(held.get_absolute_url()).content.decode()), "members read it"
