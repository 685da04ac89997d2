"""Papers: PDF only, immutable revisions pinned by items, read by those their access level names."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from governance.enums import Access
from governance.models import AgendaPaper, PaperRevision
from governance.services import agenda, decisions
from tests.factories.governance import (
    AgendaItemFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.governance import packs

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return MeetingFactory(summoned=True)


@pytest.fixture
def item(meeting):
    return AgendaItemFactory(meeting=meeting)


@pytest.fixture
def member(meeting):
    return MandateFactory(seat=SeatFactory(committee=meeting.committee)).user


def pdf(text="Note", name="note.pdf"):
    return SimpleUploadedFile(name, packs.annex_file(1, text), content_type="application/pdf")


@pytest.fixture
def attach(cast):
    def attached(item, text="Note", **fields) -> AgendaPaper:
        return agenda.attach_paper(actor=cast.secretary, item=item, upload=pdf(text), **fields)

    return attached


def read(client, revision):
    return client.get(reverse("governance:paper_download", args=[revision.pk])).status_code


def test_anything_but_a_pdf_is_refused_beside_the_field_with_advice(cast, as_user, meeting, item):
    url = reverse("governance:paper_attach", args=[meeting.code, item.pk])
    word = SimpleUploadedFile("note.docx", b"PK\x03\x04 not a pdf", content_type="application/pdf")
    refused = as_user(cast.secretary).post(url, {"file": word, "access": "committee"})
    assert refused.status_code == 422
    assert "PDF" in refused.context["form"].errors["file"][0]
    assert not PaperRevision.objects.exists()


def test_a_refusal_that_is_about_no_field_is_said_above_the_form(cast, as_user, meeting, item):
    meeting.status, meeting.opened_at = "in_session", timezone.now()
    meeting.summoned_at = timezone.now()
    meeting.save()
    address = reverse("governance:paper_attach", args=[meeting.code, item.pk])
    answer = as_user(cast.secretary).post(address, {"file": pdf(), "access": "committee"})
    assert answer.status_code == 422
    (above,) = answer.context["form"].non_field_errors()
    assert "L’ordre du jour est clos" in above
    assert "file" not in answer.context["form"].errors


def test_a_new_revision_is_pinned_here_and_the_old_one_stays_elsewhere(
    cast, as_user, attach, meeting, item
):
    annex = attach(item)
    first = annex.revision
    other = AgendaItemFactory(meeting=MeetingFactory(committee=meeting.committee))
    elsewhere = AgendaPaper.objects.create(item=other, revision=first)
    client = as_user(cast.secretary)
    url = reverse("governance:paper_revise", args=[meeting.code, annex.pk])
    assert client.post(url, {"file": pdf()}).status_code == 422
    assert client.post(url, {"file": pdf("Note corrigée")}).status_code == 302
    annex.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (annex.revision.number, elsewhere.revision.number) == (2, 1)
    assert annex.revision.sha256 != first.sha256

    page = client.get(other.meeting.get_absolute_url()).content.decode()
    pin = reverse("governance:paper_pin", args=[other.meeting.code, elsewhere.pk])
    assert pin in page
    assert client.post(pin).status_code == 302
    elsewhere.refresh_from_db()
    assert elsewhere.revision == annex.revision
    history = client.get(reverse("governance:paper_detail", args=[first.paper_id]))
    assert first.sha256[:32] in history.content.decode()
    with pytest.raises(InternalError), transaction.atomic():
        PaperRevision.objects.filter(pk=first.pk).update(name="autre.pdf")


def test_a_revision_that_waits_for_another_agenda_is_not_read_by_the_members(
    cast, as_user, attach, meeting, item, member
):
    pinned = attach(item).revision
    draft = AgendaItemFactory(meeting=MeetingFactory(committee=meeting.committee))
    waiting = attach(draft, "Version suivante", paper=pinned.paper).revision
    assert read(as_user(member), pinned) == 200
    assert read(as_user(member), waiting) == 404
    detail = as_user(member).get(reverse("governance:paper_detail", args=[pinned.paper_id]))
    assert waiting.sha256[:12] not in detail.content.decode()
    assert read(as_user(cast.secretary), waiting) == 200


def test_a_confidential_paper_is_told_to_the_members_alone(
    cast, as_user, client, attach, meeting, item, member
):
    secret = attach(item, title="Contentieux", access=Access.CONFIDENTIAL).revision
    former = MandateFactory(seat=SeatFactory(committee=meeting.committee))
    meeting.summonses.create(
        user=former.user, seat=former.seat, capacity="titular", sent_at=timezone.now()
    )
    former.end = timezone.localdate() - timedelta(days=1)
    former.save()
    statuses = [read(as_user(user), secret) for user in (member, former.user, cast.stranger)]
    assert [*statuses, read(client, secret)] == [200, 404, 404, 302]
    page = as_user(former.user).get(meeting.get_absolute_url())
    assert page.status_code == 200
    assert "Contentieux" not in page.content.decode()
    assert "Contentieux" in as_user(member).get(meeting.get_absolute_url()).content.decode()


def test_a_public_paper_opens_to_all_when_the_meeting_closes_and_only_then(
    cast, client, attach, meeting, item
):
    revision = attach(item, access=Access.PUBLIC).revision
    hidden = AgendaItemFactory(meeting=meeting, confidential=True)
    kept = attach(hidden, "Autre", access=Access.PUBLIC).revision
    assert read(client, revision) == 302
    meeting.status, meeting.opened_at = "in_session", timezone.now()
    meeting.save()
    for one in (item, hidden):
        decisions.record_outcome(actor=cast.secretary, item=one, outcome="noted")
    decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    assert (read(client, revision), read(client, kept)) == (200, 302)


def test_only_the_secretariat_changes_who_may_read(cast, as_user, attach, item, member):
    paper = attach(item).revision.paper
    url = reverse("governance:paper_detail", args=[paper.pk])
    assert as_user(member).post(url, {"access": "public"}).status_code == 403
    assert as_user(cast.secretary).post(url, {"access": "public"}).status_code == 302
    paper.refresh_from_db()
    assert paper.access == Access.PUBLIC
