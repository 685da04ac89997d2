"""A pack as a reader finds it: the file is opened again with another library than the one that made it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pikepdf
import pypdf
import pytest

from governance.typesetting.assembly import AnnexUnusable, Assembled, assemble
from governance.typesetting.body import typeset_body
from governance.typesetting.heads import PagesDisagree
from governance.typesetting.snapshot import Snapshot
from smartport.typst import SUBSTITUTE, TypesettingFailed, compile_pages
from tests.governance import packs


@pytest.fixture(scope="module")
def built() -> tuple[Snapshot, bytes, Assembled]:
    """Eight projects and thirty annexes, some landscape, one turned, one with an odd crop box."""
    contents = [packs.annex_file(1 + rank % 4, f"Annexe {rank}", _size(rank)) for rank in range(28)]
    contents += [
        packs.turned(packs.annex_file(2, "Tournée")),
        packs.cropped(packs.annex_file(2, "Rognée")),
    ]
    snapshot, files = packs.with_annexes(contents)
    body = typeset_body(snapshot).pdf
    return snapshot, body, assemble(body, snapshot, files)


def _size(rank: int) -> tuple[int, int]:
    return ((595, 842), (842, 595), (1191, 842), (612, 792))[rank % 4]


@pytest.fixture(scope="module")
def pages(built) -> list[str]:
    """What is written on each page of the built pack."""
    return [page.extract_text() for page in read(built[2].pdf).pages]


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def test_each_page_prints_its_physical_number(built, pages):
    assert len(pages) == built[2].pages
    assert [
        number
        for number, text in enumerate(pages, start=1)
        if number > 1 and f"{number} / {len(pages)}" not in text
    ] == []


def test_each_entry_is_on_the_pages_the_map_says(built, pages):
    snapshot, _body, assembled = built
    titles = {item.key: f"{item.number}. {item.title['fr']}" for item in snapshot.items}
    sheets = {sheet.key: sheet.title["fr"] for sheet in snapshot.sheets}
    for entry in assembled.entries:
        words = titles.get(entry.key) or sheets.get(entry.key) or entry.key
        assert words in pages[entry.first_page - 1].replace("\n", " ")
    assert [entry.first_page for entry in assembled.entries][1:] == [
        entry.last_page + 1 for entry in assembled.entries
    ][:-1]


def test_an_annex_follows_its_slip_sheet_page_by_page(built, pages):
    snapshot, _body, assembled = built
    entries = {entry.key: entry for entry in assembled.entries if entry.kind == "annex"}
    for rank in range(28):
        annex = next(a for a in snapshot.annexes if a.filename == f"annexe-{rank}.pdf")
        first = entries[annex.number].first_page
        for number in range(1, annex.pages + 1):
            assert f"Annexe {rank} {number}" in pages[first + number - 1]


def test_the_contents_give_the_page_of_each_item(built, pages):
    _snapshot, _body, assembled = built
    numbers = f"{pages[1]} {pages[2]}".split()
    for entry in assembled.entries:
        if entry.kind in ("item", "project", "annex"):
            assert str(entry.first_page) in numbers


def test_bookmarks_lead_to_every_item_and_annex(built):
    snapshot, _body, assembled = built
    pack = read(assembled.pdf)
    found: dict[str, int] = {}

    def walk(outline: list) -> None:
        for mark in outline:
            if isinstance(mark, list):
                walk(mark)
            else:
                found[mark.title] = pack.get_destination_page_number(mark) + 1

    walk(pack.outline)
    first = {entry.key: entry.first_page for entry in assembled.entries}
    for item in snapshot.items:
        assert found[f"{item.number}. {item.title['fr']}"] == first[item.key]
        for annex in item.annexes:
            assert found[f"Annexe {annex.number} · {annex.title['fr']}"] == first[annex.number]


def test_annex_pages_stand_upright_within_their_sheet(built):
    snapshot, _body, assembled = built
    pack = read(assembled.pdf)
    first = {entry.key: entry.first_page for entry in assembled.entries}
    turned, cropped = (
        next(a for a in snapshot.annexes if a.filename == f"annexe-{rank}.pdf") for rank in (28, 29)
    )
    page = pack.pages[first[turned.number]]
    assert (page.rotation, float(page.mediabox.width) > float(page.mediabox.height)) == (0, True)
    page = pack.pages[first[cropped.number]]
    assert page.cropbox == page.mediabox
    assert float(page.mediabox.width) == pytest.approx(400)


def test_the_body_claims_pdf_ua_and_the_whole_file_does_not(built):
    _snapshot, _body, assembled = built
    for content, claims in ((assembled.body, True), (assembled.pdf, False)):
        with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
            assert ("pdfuaid:part" in metadata) is claims
            assert pdf.Root.MarkInfo.Marked
            assert pdf.Root.Lang == "fr"


DRAWING = {"Tj", "TJ", "Do", "S", "f", "f*", "B"}


def elements(place: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """The structure elements under this place of the tag tree, itself included."""
    if isinstance(place, pikepdf.Array):
        for child in place:
            yield from elements(child)
    elif isinstance(place, pikepdf.Dictionary) and "/S" in place:
        yield place
        yield from elements(place.get("/K", pikepdf.Array()))


def drawn_outside_tags(page: pikepdf.Page) -> list[str]:
    """What is drawn on the page neither as tagged content nor as an artifact."""
    depth, outside = 0, []
    for _operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(name, 0)
        if name in DRAWING and not depth:
            outside.append(name)
    return outside


def test_everything_in_the_body_is_tagged_or_an_artifact_and_pictures_say_what_they_show(built):
    with pikepdf.open(io.BytesIO(built[2].body)) as pdf:
        tags = list(elements(pdf.Root.StructTreeRoot.K))
        kinds = {str(tag.S) for tag in tags}
        assert {"/Document", "/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Figure"} <= kinds
        assert all(str(tag.get("/Alt", "")) for tag in tags if tag.S == "/Figure")
        assert [drawn_outside_tags(page) for page in pdf.pages] == [[]] * len(pdf.pages)


def test_the_body_has_a_title_headings_in_order_headers_with_a_scope_and_links_that_are_tagged(
    built,
):
    """What of PDF/UA-1 can be read off its structure; tags, artifacts and fonts have tests of their own."""
    with pikepdf.open(io.BytesIO(built[2].body)) as pdf:
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert "Comité" in metadata["dc:title"]
        tags = list(elements(pdf.Root.StructTreeRoot.K))
        kinds = [str(tag.S) for tag in tags]
        levels = [int(kind[2:]) for kind in kinds if kind[2:].isdigit()]
        assert levels[0] == 1
        assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
        headers = [tag.A for tag in tags if tag.S == "/TH"]
        assert headers
        assert all(any(str(part.get("/Scope", "")) for part in header) for header in headers)
        links = [link for page in pdf.pages for link in page.obj.get("/Annots", [])]
        assert len(links) == kinds.count("/Link")
        assert all("/StructParent" in link and str(link.Contents) for link in links)
        assert {str(page.obj.get("/Tabs")) for page in pdf.pages} == {"/S"}


def test_the_body_alone_prints_the_numbers_of_the_whole(built, pages):
    _snapshot, _body, assembled = built
    whole = iter(pages)
    for page in read(assembled.body).pages:
        text = page.extract_text()
        assert text in whole


def test_a_slip_sheet_that_is_missing_stops_the_assembly():
    content = packs.annex_file(2)
    snapshot, files = packs.with_annexes([content], projects=1)
    without = typeset_body(packs.snapshot(1)).pdf
    with pytest.raises(PagesDisagree):
        assemble(without, snapshot, files)


def test_fonts_are_embedded(built):
    for page in read(built[2].body).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_same_snapshot_gives_the_same_bytes_and_another_figure_other_bytes():
    snapshot, files = packs.with_annexes([packs.annex_file(2)])
    shas = {assemble(typeset_body(snapshot).pdf, snapshot, files).sha256 for _ in range(5)}
    assert len(shas) == 1
    sheet = snapshot.sheets[0]
    money = [replace(sheet.money[0], received="320001.00"), *sheet.money[1:]]
    other = replace(snapshot, sheets=[replace(sheet, money=money), *snapshot.sheets[1:]])
    assert assemble(typeset_body(other).pdf, other, files).sha256 not in shas


def test_a_snapshot_survives_json():
    snapshot, _files = packs.with_annexes([packs.annex_file(2)])
    assert Snapshot.from_plain(snapshot.plain()) == snapshot


def test_markup_is_printed_as_typed():
    typed = '#read("/etc/passwd") *bold* $x^2$ <label> @ref // not a comment \\ [x]'
    snapshot = replace(
        packs.snapshot(1),
        items=[replace(packs.snapshot(1).items[2], title={"und": typed}, projects=[])],
    )
    text = "".join(page.extract_text() for page in read(typeset_body(snapshot).pdf).pages)
    assert typed.replace(" ", "") in text.replace(" ", "").replace("\n", "")


def test_characters_no_font_can_draw_are_replaced_and_named():
    item = replace(
        packs.snapshot(1).items[2], title={"und": "Projet 漢字 \x07\u202eabc é"}, projects=[]
    )
    pages = typeset_body(replace(packs.snapshot(1), items=[item]))
    assert pages.replaced == {"漢", "字"}
    text = read(pages.pdf).pages[-2].extract_text()
    assert f"Projet {SUBSTITUTE}{SUBSTITUTE} abc é" in text


def test_totals_are_the_sum_of_the_rows_printed_and_name_what_they_leave_out():
    text = "".join(page.extract_text() for page in read(typeset_body(packs.snapshot(1)).pdf).pages)
    plain = text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "1 310 000,50 €" in plain  # 800 000 + 450 000,50 + 60 000
    assert "Appelé : hors 2 montants non publiés" in plain.replace("\n", " ")


def test_a_bilingual_pack_holds_both_languages_and_each_annex_once():
    snapshot, files = packs.with_annexes([packs.annex_file(2, "Unique")], languages=["fr", "en"])
    assembled = assemble(typeset_body(snapshot).pdf, snapshot, files)
    pages = [page.extract_text() for page in read(assembled.pdf).pages]
    assert any("Ordre du jour" in page for page in pages)
    assert any("Agenda" in page for page in pages)
    assert sum("Unique 1" in page for page in pages) == 1
    assert {entry.language for entry in assembled.entries} == {"fr", "en"}
    cover = next(
        number
        for number, page in enumerate(pages, start=1)
        if "Meeting pack" in page and "Contents" not in page and number > 2
    )
    last = max(
        entry.last_page
        for entry in assembled.entries
        if entry.language == "fr" and entry.kind != "attendance"
    )
    assert last == cover - 1
    assert "Meeting pack · English" in pages[1]


def test_a_missing_or_changed_annex_stops_the_assembly_and_is_named():
    snapshot, files = packs.with_annexes([packs.annex_file(2)])
    body = typeset_body(snapshot).pdf
    with pytest.raises(AnnexUnusable) as missing:
        assemble(body, snapshot, {})
    assert missing.value.context["annex"] == "1.1"
    with pytest.raises(AnnexUnusable):
        assemble(body, snapshot, {sha: packs.annex_file(3) for sha in files})


def test_a_source_that_fails_names_its_piece(tmp_path):
    source = tmp_path / "broken.typ"
    source.write_text('#set document(title: "x")\n#panic("no such figure")')
    moment = packs.moment()
    with pytest.raises(TypesettingFailed) as failure:
        compile_pages(source, {}, made_at=moment)
    assert "broken.typ" in failure.value.piece
    assert "no such figure" in failure.value.reason


def test_titles_of_three_hundred_signs_keep_their_page_and_their_running_head_on_one_line():
    long = {"fr": "Étude préalable du raccordement électrique " * 7}
    content = packs.annex_file(1, "Longue", (300, 400))
    snapshot, files = packs.with_annexes([content], projects=1)
    item = snapshot.items[0]
    named = replace(item, title=long, annexes=[replace(item.annexes[0], title=long)])
    snapshot = replace(snapshot, items=[named, *snapshot.items[1:]])
    assembled = assemble(typeset_body(snapshot).pdf, snapshot, files)
    pages = [page.extract_text() for page in read(assembled.pdf).pages]
    first = next(entry.first_page for entry in assembled.entries if entry.kind == "annex")
    assert f"{first + 1} / {len(pages)}" in pages[first]
    assert "Longue 1" in pages[first]
    assert "…" in pages[first]


def test_the_projects_of_the_meeting_are_counted_by_weather_and_their_money_added_up():
    text = "".join(page.extract_text() for page in read(typeset_body(packs.snapshot(6)).pdf).pages)
    plain = " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())
    assert "Les projets de la séance 2 Ensoleillé : assuré 2 Nuageux" in plain
    assert "7 860 003 €" in plain  # six times 1 310 000,50


def test_a_word_wider_than_the_page_is_continued_on_the_next_line():
    base = packs.snapshot(1)
    long = {"fr": "É" * 300}
    item = replace(base.items[0], title=long, note=long, proposed_decision=long)
    sheet = replace(base.sheets[0], title=long, lead=long)
    made = typeset_body(replace(base, items=[item, *base.items[1:]], sheets=[sheet]))
    text = "\n".join(page.extract_text() for page in read(made.pdf).pages)
    assert text.count("É") > 5 * 300
    assert "É" * 120 not in text.replace("\u200b", "")


def test_an_item_about_an_agreement_shows_its_parties_and_what_each_brings():
    base = packs.snapshot(1)
    item = replace(
        base.items[4],
        parties=[packs.people()[0], packs.people()[1]],
        money=base.sheets[0].money[:2],
    )
    made = typeset_body(replace(base, items=[item], sheets=[]))
    text = " ".join("".join(page.extract_text() for page in read(made.pdf).pages).split())
    assert "Parties" in text
    assert "Chambre Démo vice-président" in text
    assert "1 250 000,50" in text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_day_first_on_the_page_leaves_the_words_of_the_file_searchable(tmp_path):
    source = tmp_path / "page.typ"
    source.write_text(
        '#set text(font: "Source Sans 3")\n#for line in json("data.json").lines [#par(line)]'
    )
    lines = ["14\u00a0décembre\u00a02026, 9\u00a0h\u00a030", "Deux projets sont en cours."]
    made = compile_pages(
        source,
        {"lines": lines},
        made_at=datetime(2026, 12, 14, tzinfo=UTC),
        standards=(),
        tagged=False,
    )
    words = pypdf.PdfReader(io.BytesIO(made.pdf)).pages[0].extract_text()
    assert "14 décembre" in words
    assert "Deux projets sont en cours." in words
