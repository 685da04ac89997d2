"""Committees, meetings and agendas as programs write them: the secretariat; partners propose, seats answer."""

from tests.house.matrix import Row
from tests.house.permissions.api import held_minutes

DRAFT = "404 404 404 404 404 200 200"  # what belongs to a meeting in preparation


def meeting(world):
    return {"pk": world.draft_meeting.pk}


def item(world):
    return {"pk": world.item.pk}


def mandate(world):
    return {"pk": world.mandate.pk}


def seat(world):
    return {"pk": world.mandate.seat_id}


def paper(world):
    return {"pk": world.annex.revision.paper_id}


def proposal(world):
    return {"pk": world.proposal.pk}


ROWS = [
    *(
        Row(f"api:{name}-list", "401 403 403 403 403 400 400", method="post", json=True)
        for name in ("committees", "seats", "mandates", "meetings", "agenda-items")
    ),
    Row(
        "api:committees-detail",
        "401 403 403 403 403 200 200",
        lambda world: {"pk": world.committee.pk},
        method="patch",
        json=True,
    ),
    Row("api:seats-detail", "200", seat),
    Row("api:seats-detail", "401 403 403 403 403 200 200", seat, method="patch", json=True),
    Row("api:mandates-detail", "404 404 404 200 200 200 200", mandate),
    Row("api:mandates-detail", "401 404 404 403 403 200 200", mandate, method="patch", json=True),
    Row("api:meetings-detail", "401 404 404 404 404 200 200", meeting, method="patch", json=True),
    Row("api:meetings-suggestions", DRAFT, meeting),
    Row("api:meetings-warnings", DRAFT, meeting),
    Row("api:meetings-answers", "404", meeting),
    *(
        Row(
            f"api:meetings-{name}",
            f"401 404 404 404 404 {status} {status}",
            meeting,
            method="post",
            json=True,
        )
        for name, status in (
            ("cancel", 400),
            ("reorder", 400),
            ("suggestions", 400),
            ("answers", 400),
            ("count", 409),
        )
    ),
    *(
        Row(
            "api:agenda-items-detail",
            f"401 404 404 404 404 {status} {status}",
            item,
            method=method,
            json=True,
        )
        for method, status in (("patch", 200), ("delete", 204))
    ),
    *(
        Row(
            f"api:agenda-items-{name}",
            "401 404 404 404 404 400 400",
            item,
            method="post",
            json=True,
        )
        for name in ("ready", "move")
    ),
    Row("api:papers-list", "401 403 403 403 403 400 400", method="post", json=True),
    Row("api:papers-detail", DRAFT, paper),
    Row("api:papers-detail", "401 404 404 404 404 400 400", paper, method="patch", json=True),
    *(
        Row(
            f"api:papers-{name}",
            f"401 404 404 404 404 {status} {status}",
            paper,
            method="post",
            json=True,
        )
        for name, status in (("revise", 400), ("pin", 400), ("unpin", 400))
    ),
    Row("api:papers-file", DRAFT, lambda world: {**paper(world), "number": 1}),
    Row("api:proposals-list", "401 400 400 400 400 403 403", method="post", json=True),
    Row("api:proposals-meetings", "200"),
    Row("api:proposals-detail", "404 404 200 200 404 200 200", proposal),
    *(
        Row(f"api:proposals-{name}", f"401 404 {told}", proposal, method="post", json=True)
        for name, told in (
            ("accept", "403 403 404 200 200"),
            ("decline", "400 400 404 400 400"),
            ("withdraw", "200 200 404 403 403"),
        )
    ),
    Row(
        "api:actions-detail",
        "401 404 403 403 403 200 200",
        lambda world: {"pk": world.action.pk},
        method="patch",
        json=True,
    ),
    Row(
        "api:actions-file",
        "404 404 200 200 200 200 200",
        lambda world: {"pk": world.action_file.action_id, "file": world.action_file.pk},
    ),
    Row("api:minutes-revisions", "404 404 404 403 403 200 200", held_minutes),
    *(
        Row(f"api:minutes-{name}", "404 404 404 200 200 200 200", held_minutes)
        for name in ("pdf", "word")
    ),
]
