"""Programs ask for packs, follow them, issue them and fetch them, with the rights their person has on the pages."""

from __future__ import annotations

import hashlib

import pytest

from governance.models import Pack, PackBuild
from governance.services import building, packs
from tests.api import call

pytestmark = pytest.mark.django_db


def asked(table, **more: str):
    wanted = {"meeting": table.meeting.code, **more}
    return call("pack-builds/", user=table.secretary, method="post", data=wanted)


def test_a_pack_is_asked_for_followed_fetched_and_issued(table):
    answer = asked(table)
    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    building.build_due()
    build = call(answer["Location"].removeprefix("http://testserver"), user=table.secretary).json()
    assert build["status"] == "done"
    shown = call(f"packs/{build['pack']}/", user=table.secretary)
    assert shown.json()["abilities"] == {"build_next": True, "issue": True}
    content = b"".join(call(f"packs/{build['pack']}/file", user=table.secretary).streaming_content)
    assert hashlib.sha256(content).hexdigest() == shown.json()["sha256"]
    issued = call(
        f"packs/{build['pack']}/issue", user=table.secretary, method="post", if_match=shown["ETag"]
    )
    assert (issued.status_code, issued.json()["status"]) == (200, "issued")


def test_a_second_version_says_its_reason_and_what_differs(table):
    for reason in ("", "Note complétée."):
        asked(table, reason=reason)
        building.build_due()
        pack = Pack.objects.latest("pk")
        shown = call(f"packs/{pack.pk}/", user=table.secretary)
        call(
            f"packs/{pack.pk}/issue",
            user=table.secretary,
            method="post",
            if_match=shown["ETag"],
        )
        table.items[1].note_fr = "Trois projets."
        table.items[1].save()
    lines = call(f"packs/{pack.pk}/differences", user=table.secretary).json()
    assert [(line["kind"], line["details"]) for line in lines] == [("item", "note")]
    assert Pack.objects.get(pk=pack.pk).reason == "Note complétée."


def test_the_reason_of_a_second_version_is_asked_for_beside_its_name(table):
    packs.request_build(actor=table.secretary, meeting=table.meeting)
    building.build_due()
    packs.issue_pack(actor=table.secretary, pack=Pack.objects.get())
    refused = asked(table)
    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == ["reason"]


def test_what_stands_in_the_way_is_listed_and_refuses_the_build(table):
    table.meeting.agenda.all().delete()
    notes = call(
        "pack-builds/preflight",
        user=table.secretary,
        method="post",
        data={"meeting": table.meeting.code},
    ).json()
    assert [note["code"] for note in notes if note["is_error"]] == ["no_item"]
    refused = asked(table)
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused.status_code, PackBuild.objects.count()) == (409, 0)


def test_a_waiting_build_is_stopped_and_members_learn_nothing_of_builds(table, cast):
    build = asked(table).json()
    tag = call(f"pack-builds/{build['id']}/", user=table.secretary)["ETag"]
    stopped = call(
        f"pack-builds/{build['id']}/cancel", user=table.secretary, method="post", if_match=tag
    )
    assert stopped.json()["status"] == "cancelled"
    assert call("pack-builds/", user=cast.member).json()["results"] == []
    table.meeting.status, table.meeting.summoned_at = "summoned", table.meeting.starts_at
    table.meeting.save()
    forbidden = call(
        "pack-builds/", user=cast.member, method="post", data={"meeting": table.meeting.code}
    )
    assert forbidden.status_code == 403


def read_by(cast, table) -> Pack:
    table.meeting.status, table.meeting.summoned_at = "summoned", table.meeting.starts_at
    table.meeting.save()
    packs.request_build(actor=table.secretary, meeting=table.meeting)
    building.build_due()
    return packs.issue_pack(actor=table.secretary, pack=Pack.objects.get())


def test_a_member_keeps_private_notes_on_a_pack_by_a_program(table, cast):
    notes = f"packs/{read_by(cast, table).pk}/notes"
    empty = call(notes, user=cast.member)
    assert empty.json() == []
    note = {"page": f"fr-item-{table.items[1].pk}", "paragraph": 1, "text": "À creuser."}

    def write(sent: dict[str, object], tag: str | None = empty["ETag"]):
        return call(notes, user=cast.member, method="post", data=sent, if_match=tag)

    assert write(note, None).status_code == 428
    written = write(note)
    assert [(row["paragraph"], row["text"]) for row in written.json()] == [(1, "À creuser.")]
    assert written.json()[0]["quote"]
    assert write(note | {"text": "Trop tard."}).status_code == 412
    for wrong in ({"page": "fr-item-0"}, {"paragraph": 99}, {"paragraph": "x"}):
        refused = write(note | wrong)
        assert refused.status_code == 400
        assert [error["field"] for error in refused.json()["errors"]] == [*wrong]
    assert call(notes, user=table.secretary).json() == []
    assert call(notes, user=cast.stranger).status_code == 404
    assert write(note | {"text": ""}, written["ETag"]).json() == []


def test_everyone_hears_by_a_program_whether_a_file_is_a_true_pack(table, cast):
    pack = read_by(cast, table)
    for sha256, file in ((pack.sha256, "pdf"), (pack.archive_sha256, "zip")):
        told = call(f"packs/verify?sha256={sha256}").json()
        assert (told["file"], told["issued"]["version"], told["newer"]) == (file, 1, None)
    unknown = call(f"packs/verify?sha256={'0' * 64}").json()
    assert (unknown["file"], unknown["issued"], unknown["newer"]) == ("", None, None)
    packs.request_build(actor=table.secretary, meeting=table.meeting, reason="Note complétée.")
    building.build_due()
    packs.issue_pack(actor=table.secretary, pack=Pack.objects.get(version=2))
    assert call(f"packs/verify?sha256={pack.sha256}").json()["newer"]["version"] == 2
    assert call("packs/verify?sha256=xyz").status_code == 400
