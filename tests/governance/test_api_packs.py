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
