"""Whoever holds a file hears whether it is a true pack; whoever does not learns nothing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from governance.models import Pack
from governance.services import building, packs

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(table) -> Pack:
    packs.request_build(actor=table.secretary, meeting=table.meeting)
    building.build_due()
    return packs.issue_pack(actor=table.secretary, pack=Pack.objects.get())


def ask(client, sha256: str) -> str:
    return client.get(reverse("governance:verify_pack"), {"sha256": sha256}).content.decode()


def test_a_true_pack_is_recognised_by_its_fingerprint_and_by_its_archives(client, issued, table):
    for fingerprint in (issued.sha256, issued.archive_sha256, issued.sha256.upper()):
        page = ask(client, fingerprint)
        assert "check-circle" in page
        assert str(table.committee) in page


def test_without_javascript_the_file_is_uploaded_and_not_kept(client, issued):
    with issued.file.open("rb") as stored:
        upload = SimpleUploadedFile("dossier.pdf", stored.read())
    response = client.post(reverse("governance:verify_pack"), {"file": upload}, follow=True)
    assert issued.sha256 in response.content.decode()
    assert "check-circle" in response.content.decode()


def test_one_changed_byte_is_not_recognised(client, issued):
    with issued.file.open("rb") as stored:
        content = bytearray(stored.read())
    content[100] ^= 1
    response = client.post(
        reverse("governance:verify_pack"),
        {"file": SimpleUploadedFile("dossier.pdf", bytes(content))},
        follow=True,
    )
    assert "check-circle" not in response.content.decode()


def test_an_older_version_is_told_of_the_newer_one(client, issued, table):
    packs.request_build(actor=table.secretary, meeting=table.meeting, reason="Note complétée.")
    building.build_due()
    second = packs.issue_pack(actor=table.secretary, pack=Pack.objects.get(version=2))
    page = ask(client, issued.sha256)
    assert "check-circle" not in page
    assert "Version 2" in page
    assert "check-circle" in ask(client, second.sha256)


def test_a_pack_that_was_not_issued_is_not_recognised(client, table):
    packs.request_build(actor=table.secretary, meeting=table.meeting)
    building.build_due()
    assert "check-circle" not in ask(client, Pack.objects.get().sha256)


@pytest.mark.parametrize("fingerprint", ["xyz", "0" * 63, "'; drop table", "é" * 64])
def test_what_is_not_a_fingerprint_is_refused_in_words(client, db, fingerprint):
    response = client.get(reverse("governance:verify_pack"), {"sha256": fingerprint})
    assert response.status_code == 422
