"""Files as they arrive: known by their content, and a full disk that costs the file alone."""

import errno
import io
import os
import re
import zipfile
from html import unescape
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects.models import Evidence, ProgressReport
from smartport.files import EVIDENCE_TYPES, OFFICE, FileRefused, check_upload
from smartport.uploads import NoRoom
from tests.factories.projects import ProjectFactory, ReportFactory

WORD = {"word/document.xml": "<w/>", "[Content_Types].xml": "<Types/>"}
TEXT = {"mimetype": OFFICE["odt"], "content.xml": "<o/>"}


def archive(parts: dict[str, str]) -> bytes:
    bytes_ = io.BytesIO()
    with zipfile.ZipFile(bytes_, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return bytes_.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", archive({"word/x.bin": os.urandom(20_000).hex()} | WORD)),  # its types come last
        ("a.xlsx", archive({"[Content_Types].xml": "", "xl/workbook.xml": ""})),
        ("a.odt", archive(TEXT)),
        ("a.pdf", b"%PDF-1.7\n%%EOF"),
    ],
)
def test_a_document_is_known_by_its_content(name, content):
    checked = check_upload(SimpleUploadedFile(name, content), EVIDENCE_TYPES)
    assert checked.media_type == EVIDENCE_TYPES[name.rpartition(".")[2]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ\x90\x00 %PDF-1.7"),
        ("a.pdf", b"\x7fELF%PDF-1.7"),
        ("a.pdf", b"#!/bin/sh\n#%PDF-1.7"),
        ("a.docx", b"MZ" + archive(WORD)),
        ("a.xlsx", archive(WORD)),
        ("a.docx", archive(WORD | {"word/vbaProject.bin": "macro"})),
        ("a.docx", archive(WORD)[:-40]),
        ("a.docx", b"PK\x03\x04 [Content_Types].xml mimetype"),
        ("a.odt", archive(TEXT | {"mimetype": OFFICE["ods"]})),
        ("a.odt", archive(WORD)),
        ("a.pdf.exe", b"%PDF-1.7"),
    ],
)
def test_a_program_or_another_document_behind_a_good_name_is_refused(name, content):
    with pytest.raises(FileRefused):
        check_upload(SimpleUploadedFile(name, content), EVIDENCE_TYPES)


def no_room(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_there_is_no_room_for_leaves_nothing_behind(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with monkeypatch.context() as full:
        full.setattr("django.core.files.storage.filesystem.locks.lock", no_room)
        with pytest.raises(NoRoom):
            default_storage.save("evidence/ab/ab.pdf", ContentFile(b"%PDF-1.7"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.fixture
def report(client, cast) -> ProgressReport:
    client.force_login(cast.owner)
    return ReportFactory(project=ProjectFactory(lead=cast.partner_a, approved=True))


def send_a_file(client, report: ProgressReport, size: int):
    address = reverse("projects:report_edit", args=[report.pk])
    shown = client.get(address).content.decode()
    return client.post(
        address,
        {
            "achievements": "Le quai 12 est équipé.",
            "version": unescape(re.search(r'name="version" value="([^"]*)"', shown)[1]),
            "action": "add_file",
            "evidence": SimpleUploadedFile("plan.pdf", b"%PDF-1.7" + bytes(size)),
        },
    )


@pytest.mark.django_db
def test_a_disk_that_fills_up_while_a_file_is_kept_costs_the_file_and_not_the_text(
    client, report, monkeypatch, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("django.core.files.storage.filesystem.locks.lock", no_room)
    the_text_is_kept_without_the_file(send_a_file(client, report, 10), report)


@pytest.mark.django_db
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_fills_up_while_a_file_arrives_costs_the_file_and_not_the_text(
    client, report, monkeypatch
):
    monkeypatch.setattr(
        "django.core.files.uploadedfile.tempfile.NamedTemporaryFile",
        lambda **_options: io.FileIO("/dev/full", "w"),
    )
    the_text_is_kept_without_the_file(send_a_file(client, report, 6 * 1024 * 1024), report)


def the_text_is_kept_without_the_file(answer, report: ProgressReport) -> None:
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "plan.pdf" in said
    assert "plus de place" in said
    assert "Le quai 12 est équipé." in said
    report.refresh_from_db()
    assert report.achievements == "Le quai 12 est équipé."
    assert not Evidence.objects.exists()
