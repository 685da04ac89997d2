"""The secretariat builds and issues a pack in the browser; members read it, strangers learn nothing of it."""

from __future__ import annotations

import io

import pypdf
import pytest
from django.urls import reverse

from governance.enums import Audience
from governance.models import Pack, PackBuild
from governance.services import building, packs
from tests.factories.governance import MeetingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(table) -> Pack:
    packs.request_build(actor=table.secretary, meeting=table.meeting)
    building.build_due()
    return Pack.objects.get()


def page(name: str, table, *args: object) -> str:
    return reverse(f"governance:{name}", args=[table.meeting.code, *args])


def test_the_journey_from_preflight_to_an_issued_pack(table, as_user):
    client = as_user(table.secretary)
    first = client.get(page("pack_list", table)).content.decode()
    assert "La convocation" in first or "convocation" in first
    asked = client.post(page("pack_build", table), {"audience": "full", "language": "fr"})
    assert asked.status_code == 302
    waiting = client.get(asked["Location"]).content.decode()
    assert 'http-equiv="refresh"' in waiting
    part = client.get(page("pack_progress", table), headers={"HX-Request": "true"})
    assert "pack-builds" in part.content.decode()
    assert "<html" not in part.content.decode()
    building.build_due()
    part = client.get(page("pack_progress", table), headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"
    pack = Pack.objects.get()
    detail = client.get(page("pack_detail", table, pack.pk)).content.decode()
    assert pack.sha256 in detail
    assert "2. Avancement de la série" in detail
    issued = client.post(page("pack_issue", table, pack.pk), follow=True)
    assert issued.status_code == 200
    pack.refresh_from_db()
    assert pack.is_issued


def test_the_file_downloaded_is_the_file_stored(table, pack, as_user):
    response = as_user(table.secretary).get(page("pack_download", table, pack.pk))
    content = b"".join(response.streaming_content)
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == pack.pages
    assert f"-v{pack.version}-full-fr.pdf" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"


def test_an_empty_agenda_is_refused_beside_the_form(table, as_user):
    table.meeting = MeetingFactory(committee=table.committee)
    response = as_user(table.secretary).post(
        page("pack_build", table), {"audience": "full", "language": "fr"}
    )
    assert response.status_code == 422
    assert PackBuild.objects.count() == 0


def test_a_choice_that_does_not_exist_is_refused_beside_its_field(table, as_user):
    response = as_user(table.secretary).post(
        page("pack_build", table), {"audience": "everyone", "language": "xx"}
    )
    assert response.status_code == 422


def test_a_second_version_is_built_with_its_reason_only(table, pack, as_user):
    client, wanted = as_user(table.secretary), {"audience": "full", "language": "fr"}
    packs.issue_pack(actor=table.secretary, pack=pack)
    refused = client.post(page("pack_build", table), wanted | {"reason": " "})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["reason"]
    client.post(page("pack_build", table), wanted | {"reason": "Note complétée."})
    building.build_due()
    second = Pack.objects.get(version=2)
    assert "Note complétée.</textarea>" in client.get(page("pack_list", table)).content.decode()
    client.post(page("pack_issue", table, second.pk))
    second.refresh_from_db()
    assert (second.is_issued, second.reason) == (True, "Note complétée.")
    first = client.get(page("pack_detail", table, pack.pk)).content.decode()
    assert page("pack_detail", table, second.pk) in first


def test_members_read_issued_packs_and_nobody_else_does(table, pack, cast, as_user):
    table.meeting.status = "summoned"
    table.meeting.summoned_at = pack.built_at
    table.meeting.save()
    names = [("pack_detail", pack.pk), ("pack_download", pack.pk)]
    for name, pk in names:
        assert as_user(cast.member).get(page(name, table, pk)).status_code == 404
    packs.issue_pack(actor=table.secretary, pack=pack)
    for name, pk in names:
        assert as_user(cast.member).get(page(name, table, pk)).status_code == 200
        assert as_user(cast.stranger).get(page(name, table, pk)).status_code == 404
        assert as_user(cast.anonymous).get(page(name, table, pk)).status_code == 302


def test_a_member_neither_builds_nor_issues(table, pack, cast, as_user):
    client = as_user(cast.member)
    wanted = {"audience": Audience.FULL, "language": "fr"}
    assert client.post(page("pack_build", table), wanted).status_code == 403
    assert client.post(page("pack_issue", table, pack.pk)).status_code == 403


def test_a_waiting_build_is_cancelled(table, as_user):
    build = packs.request_build(actor=table.secretary, meeting=table.meeting)
    as_user(table.secretary).post(page("build_cancel", table, build.pk))
    assert building.build_due() == 0
    build.refresh_from_db()
    assert build.status == "cancelled"


def test_a_failed_build_says_what_failed_and_offers_to_try_again(table, as_user):
    revision = table.items[1].annexes.get().revision
    packs.request_build(actor=table.secretary, meeting=table.meeting)
    revision.file.storage.delete(revision.file.name)
    building.build_due()
    words = as_user(table.secretary).get(page("pack_list", table)).content.decode()
    assert "2.1" in words
    assert "Essayer" in words or "Try again" in words
