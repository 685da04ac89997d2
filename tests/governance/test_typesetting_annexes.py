"""Files people attach, as bad as they come, and what a pack lets through of them."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pypdf
import pytest
from pikepdf import Array, Dictionary, Name

from governance.typesetting import inspection
from governance.typesetting.assembly import assemble
from governance.typesetting.body import typeset_body
from governance.typesetting.inspection import inspect_pdf
from tests.governance import packs


def codes(content: bytes) -> set[str]:
    return {finding.code for finding in inspect_pdf(content).findings}


def changed(content: bytes, change) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def encrypted(content: bytes, password: str) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=password))
        return out.getvalue()


PLAIN = packs.annex_file(2, "Feuillet")

REFUSED = {
    "empty": b"",
    "not_pdf": b"PK\x03\x04 a spreadsheet" * 100,
    "truncated": PLAIN[: len(PLAIN) // 2],
    "encrypted": encrypted(PLAIN, "secret"),
    "damaged": b"%PDF-1.7\n" + b"\x00garbage" * 200 + b"\n%%EOF",
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_file_that_cannot_go_into_a_pack_is_refused_with_its_reason(code):
    found = inspect_pdf(REFUSED[code])
    assert [finding.code for finding in found.errors] == [code]
    assert not found.is_usable
    assert str(found.errors[0].message)


def test_a_file_too_large_is_refused_without_being_kept_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(inspection, "MAX_BYTES", 1000)
    path = tmp_path / "large.pdf"
    path.write_bytes(PLAIN)
    assert [finding.code for finding in inspect_pdf(path).errors] == ["too_large"]


def test_a_plain_file_has_no_finding_and_its_pages_are_counted():
    found = inspect_pdf(PLAIN)
    assert (found.pages, found.findings, found.is_usable) == (2, [], True)


def test_oddities_are_warned_of_with_the_pages_concerned():
    assert codes(packs.turned(PLAIN)) == {"rotated"}
    assert codes(packs.cropped(PLAIN)) == {"cropped"}
    assert codes(packs.annex_file(1, size=(3000, 2000))) == {"large_pages"}
    assert codes(encrypted(PLAIN, "")) == {"restricted"}
    finding = inspect_pdf(packs.turned(PLAIN)).findings[0]
    assert finding.pages == (1, 2)


def with_script(pdf: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.JavaScript, JS="app.alert('boo')")
    pdf.Root.OpenAction = action
    pdf.pages[0].obj.AA = Dictionary(O=action)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", action])))


def with_form(pdf: pikepdf.Pdf) -> None:
    look = pdf.make_stream(b"/Tx BMC q BT /F1 12 Tf 2 4 Td (saisi) Tj ET Q EMC")
    look.stream_dict.update(
        Dictionary(
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, 200, 20]),
            Resources=pdf.pages[0].obj.Resources,
        )
    )
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T="nom",
            V="saisi",
            F=4,
            Rect=Array([100, 100, 300, 120]),
            AP=Dictionary(N=look),
        )
    )
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def with_links(pdf: pikepdf.Pdf) -> None:
    def link(**action: object) -> Dictionary:
        return Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([60, 700, 200, 720]),
            A=Dictionary(**action),
        )

    pdf.pages[0].obj.Annots = Array(
        [
            link(S=Name.URI, URI="https://example.org/"),
            link(S=Name.URI, URI="javascript:alert(1)"),
            link(S=Name.Launch, F="calc.exe"),
            link(S=Name.GoTo, D=Array([pdf.pages[1].obj, Name.Fit])),
        ]
    )


def in_a_pack(content: bytes) -> pypdf.PdfReader:
    snapshot, files = packs.with_annexes([content], projects=1)
    return pypdf.PdfReader(io.BytesIO(assemble(typeset_body(snapshot).pdf, snapshot, files).pdf))


def test_scripts_are_found_and_none_is_left_in_the_pack():
    content = changed(PLAIN, with_script)
    assert codes(content) == {"javascript"}
    pack = in_a_pack(content)
    assert "/OpenAction" not in pack.trailer["/Root"]
    for number in range(len(pack.pages)):
        assert "/AA" not in pack.pages[number]
    assert b"boo" not in b"".join(_objects(pack))


def test_form_fields_are_printed_as_they_stand():
    content = changed(PLAIN, with_form)
    assert codes(content) == {"forms"}
    pack = in_a_pack(content)
    assert "/AcroForm" not in pack.trailer["/Root"]
    assert any("saisi" in page.extract_text() for page in pack.pages)


def test_only_links_to_pages_and_addresses_are_kept_and_pages_still_lead_to_pages():
    pack = in_a_pack(changed(PLAIN, with_links))
    page = next(page for page in pack.pages if "Feuillet 1" in page.extract_text())
    number = pack.get_page_number(page)
    actions = [link.get_object()["/A"] for link in page["/Annots"]]
    assert [action["/S"] for action in actions] == ["/URI", "/GoTo"]
    target = pack.named_destinations[actions[1]["/D"]]
    assert pack.get_destination_page_number(target) == number + 1


def test_attached_files_are_removed():
    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["secret.txt"] = b"secret words"

    content = changed(PLAIN, attach)
    assert codes(content) == {"attachments"}
    assert in_a_pack(content).attachments == {}


def test_bookmarks_of_an_annex_stand_under_its_own():
    def bookmark(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Chapitre deux", 1))

    pack = in_a_pack(changed(PLAIN, bookmark))
    flat = str(pack.outline)
    assert flat.index("Annexe 1.1") < flat.index("Chapitre deux") < flat.index("2. Avancement")


REAL = sorted(Path("/usr/share/doc").glob("*/*.pdf"))


@pytest.mark.skipif(not REAL, reason="no PDF on this machine but those the tests make")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_document_goes_in_whole(path):
    found = inspect_pdf(path)
    pack = in_a_pack(path.read_bytes())
    original = pypdf.PdfReader(path)
    words = original.pages[found.pages - 1].extract_text().split()
    text = " ".join(page.extract_text() for page in pack.pages)
    assert all(word in text for word in words[:20])


def _objects(pack: pypdf.PdfReader) -> list[bytes]:
    return [str(pack.get_object(number)).encode() for number in range(1, len(pack.xref_objStm) + 1)]
