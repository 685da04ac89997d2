"""Secret words are put in every confidential field and file, and looked for in everything others receive."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import docx
import pikepdf
import pypdf
import pytest
from django.urls import reverse

from governance.enums import Access, Audience, Capacity
from governance.models import Pack, Summons
from governance.services import building, packs, snapshots
from partners.models import Message
from tests.api import call
from tests.factories.governance import ActionFactory
from tests.governance import packs as samples

pytestmark = pytest.mark.django_db

SECRET = "zqxsecret"
FIELDS = (
    *("title_fr", "title_en", "note_fr", "note_en"),
    *("proposed_decision_fr", "proposed_decision_en", "rapporteur"),
)


@pytest.fixture
def seeded(table):
    """Everything confidential of the meeting carries a secret word; so does a confidential paper of an open item."""
    hidden = table.items[2]
    for field in FIELDS:
        setattr(hidden, field, f"{SECRET} {field}")
    hidden.save()
    secret_file = titled(samples.annex_file(1, SECRET), SECRET)
    table.attach(hidden, secret_file, f"{SECRET}.pdf", access=Access.COMMITTEE)
    table.attach(
        table.items[0],
        samples.annex_file(1, f"{SECRET}b"),
        f"{SECRET}b.pdf",
        access=Access.CONFIDENTIAL,
    )
    ActionFactory(committee=table.committee, item=hidden, title=f"{SECRET} action")
    table.meeting.status, table.meeting.summoned_at = "summoned", table.meeting.starts_at
    table.meeting.save()
    return table


def titled(content: bytes, words: str) -> bytes:
    """The file with the words in its metadata and bookmarks as well."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.docinfo["/Title"] = words
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(words, 0))
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def build(table, audience: str) -> Pack:
    packs.request_build(actor=table.secretary, meeting=table.meeting, audience=audience)
    building.build_due()
    return Pack.objects.get(audience=audience)


def everything(pack: Pack) -> str:
    """All that a reader of this pack can get at: pages, metadata, bookmarks, ZIP, Word files, rows."""
    with pack.file.open("rb") as stored:
        found = [in_pdf(stored.read())]
    with pack.archive.open("rb") as stored, zipfile.ZipFile(stored) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            found.append(name)
            if name.endswith(".pdf"):
                found.append(in_pdf(content))
            elif name.endswith(".docx"):
                found.append(in_word(content))
            else:
                found.append(content.decode())
    found += [json.dumps(pack.snapshot), json.dumps(pack.manifest)]
    found += [f"{entry.title} {entry.anchor} {entry.change}" for entry in pack.entries.all()]
    return "\n".join(found).lower()


def in_pdf(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = b" ".join(
            item.read_bytes()
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") != "/Image"
        )
    words = " ".join(page.extract_text() for page in reader.pages)
    return f"{words} {reader.metadata} {reader.outline} {streams.decode('latin-1')}"


def in_word(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return " ".join(
            package.read(name).decode("utf-8", "ignore") for name in package.namelist()
        ) + str(document.core_properties.title)


@pytest.mark.parametrize("audience", [Audience.NO_CONFIDENTIAL, Audience.PUBLIC])
def test_nothing_confidential_reaches_the_other_audiences(seeded, audience):
    assert SECRET not in everything(build(seeded, audience))


def test_the_full_pack_holds_it_all_so_that_the_search_above_can_fail(seeded):
    found = everything(build(seeded, Audience.FULL))
    for words in ("title_fr", "note_fr", "proposed_decision_fr", "action", "rapporteur"):
        assert f"{SECRET} {words}" in found
    assert f"{SECRET}b.pdf" in found


def test_without_its_filter_the_extract_would_leak(seeded, monkeypatch):
    monkeypatch.setattr(
        snapshots, "items_for", lambda meeting, _audience: ITEMS(meeting, Audience.FULL)
    )
    assert SECRET in everything(build(seeded, Audience.NO_CONFIDENTIAL))


ITEMS = snapshots.items_for


def test_mail_about_a_pack_never_names_a_confidential_item(seeded):
    packs.issue_pack(actor=seeded.secretary, pack=build(seeded, Audience.FULL))
    seeded.items[2].note_fr = f"{SECRET} autre"
    seeded.items[2].save()
    packs.request_build(actor=seeded.secretary, meeting=seeded.meeting, reason="Note complétée.")
    building.build_due()
    second = Pack.objects.get(audience=Audience.FULL, version=2)
    packs.issue_pack(actor=seeded.secretary, pack=second)
    mails = Message.objects.filter(kind="pack_issued")
    assert mails.count() == 4
    assert all(SECRET not in f"{mail.subject} {mail.text} {mail.html}" for mail in mails)


def test_a_guest_finds_nothing_confidential_in_the_reader_its_search_nor_the_api(
    seeded, cast, as_user
):
    Summons.objects.create(
        meeting=seeded.meeting,
        user=cast.stranger,
        capacity=Capacity.ALTERNATE,
        sent_at=seeded.meeting.starts_at,
    )
    for audience in (Audience.FULL, Audience.NO_CONFIDENTIAL):
        packs.issue_pack(actor=seeded.secretary, pack=build(seeded, audience))
    pack = Pack.objects.get(audience=Audience.NO_CONFIDENTIAL)
    client = as_user(cast.stranger)
    url = reverse("governance:pack_read", args=[seeded.meeting.code, pack.pk])
    found = client.get(url, {"q": SECRET})
    assert (found.status_code, found.context["hits"]) == (200, [])
    for page, _number in found.context["pages"]:
        at = reverse("governance:pack_read_page", args=[seeded.meeting.code, pack.pk, page.anchor])
        words = client.get(at).content.decode()
        assert SECRET not in words
    told = call("packs/", user=cast.stranger)
    assert [row["audience"] for row in told.json()["results"]] == [Audience.NO_CONFIDENTIAL]
    assert SECRET not in told.content.decode()


def test_the_archive_holds_the_tagged_body_the_originals_and_a_true_manifest(table):
    pack = build(table, Audience.FULL)
    with pack.archive.open("rb") as stored:
        content = stored.read()
    assert hashlib.sha256(content).hexdigest() == pack.archive_sha256
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        listed = json.loads(archive.read("manifest.json"))
        assert listed["sha256"] == pack.sha256
        for name, digest in listed["files"].items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert set(archive.namelist()) == {*listed["files"], "manifest.json"}
        assert "annexes/2 Avancement de la série/2.1 note.pdf" in listed["files"]
        with (
            pikepdf.open(io.BytesIO(archive.read("body.pdf"))) as body,
            body.open_metadata() as claims,
        ):
            assert claims["pdfuaid:part"] == "1"


def test_the_archive_is_the_same_each_time(table):
    assert len({build(table, Audience.FULL).archive_sha256 for _ in range(3)}) == 1


def test_no_file_name_can_leave_its_folder_in_the_archive(table):
    names = [
        'devis "final".pdf', "../../etc/passwd.pdf", "a\\b:c*d?.pdf", "\u202efdp.exe.pdf", "..pdf", "é" * 200 + ".pdf",
    ]  # fmt: skip
    for name in names:
        table.attach(table.items[0], samples.annex_file(1), name)
    with (
        build(table, Audience.FULL).archive.open("rb") as stored,
        zipfile.ZipFile(stored) as archive,
    ):
        found = [entry for entry in archive.namelist() if "/1." in entry]
    assert len(found) == len(names)
    for entry in found:
        folder, _slash, file = entry.rpartition("/")
        assert folder == "annexes/1 Ouverture"
        assert file.endswith(".pdf")
        assert not set(file) & set('/\\:*?"<>|\u202e')


def test_word_files_show_what_was_typed_and_run_none_of_it(table):
    table.items[0].title_fr = "{{ 7 * 7 }} <w:p/> & {% for %}"
    table.items[0].save()
    with (
        build(table, Audience.FULL).archive.open("rb") as stored,
        zipfile.ZipFile(stored) as archive,
    ):
        document = docx.Document(io.BytesIO(archive.read("word/decisions-fr.docx")))
    words = [paragraph.text for paragraph in document.paragraphs]
    assert "1. {{ 7 * 7 }} <w:p/> & {% for %}" in words
    assert "Le comité prend acte." in words
