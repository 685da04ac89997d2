"""The API shows each person what their pages show: public things to all, the rest to those it concerns."""

from tests.house.matrix import Row

SIGNED_IN = "401 200 200 200 200 200 200"
OFFICE = "401 403 403 403 403 200 200"
LISTS = (
    "partners", "goals", "frameworks", "series", "projects", "milestones", "indicators", "reports", "campaigns",
    "agreements", "contributions", "instalments", "committees", "seats", "mandates", "meetings", "summonses",
    "agenda-items", "papers", "proposals", "decisions", "packs", "pack-builds", "minutes", "actions",
)  # fmt: skip


def announcement(world):
    return {"pk": world.announcement.pk}


def draft(world):
    return {"pk": world.draft_agreement.pk}


def amended(world):
    return {"pk": world.agreement.pk, "number": world.draft_amendment.number}


def held_minutes(world):
    return {"pk": world.held_meeting.minutes.pk}


def summons(world):
    return {"pk": world.summons_address["pk"]}


ROWS = [
    Row("api:index", "200"),
    Row("api:schema", "200"),
    Row("api:docs", "200"),
    Row("api:me", SIGNED_IN),
    Row("api:me-obligations", SIGNED_IN),
    Row("api:me-preferences", SIGNED_IN),
    Row("api:me-followings", SIGNED_IN),
    *(Row(f"api:{name}-list", "200") for name in LISTS),
    Row("api:memberships-list", SIGNED_IN),
    Row("api:invitations-list", SIGNED_IN),
    Row(
        "api:memberships-detail",
        "401 404 200 200 404 200 200",
        lambda world: {"pk": world.membership.pk},
    ),
    Row(
        "api:memberships-change-role",
        "401 404 400 400 404 400 400",
        lambda world: {"pk": world.membership.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:memberships-end",
        "401 404 200 200 404 200 200",
        lambda world: {"pk": world.membership.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:invitations-detail",
        "401 404 404 200 404 200 200",
        lambda world: {"pk": world.invitation.pk},
    ),
    Row("api:invitations-list", "401 400 400 400 400 400 400", method="post", json=True),
    *(
        Row(
            f"api:invitations-{name}",
            f"401 404 404 {status} 404 {status} {status}",
            lambda world: {"pk": world.invitation.pk},
            method="post",
            json=True,
        )
        for name, status in (("send-again", 200), ("withdraw", 200), ("accept", 403))
    ),
    Row("api:messages-list", OFFICE),
    Row("api:messages-detail", OFFICE, lambda world: {"pk": world.message.pk}),
    *(
        Row(
            f"api:messages-{name}",
            "401 403 403 403 403 409 409",
            lambda world: {"pk": world.message.pk},
            method="post",
            data=sent,
            json=True,
        )
        for name, sent in (("resend", {}), ("settle", {"arrived": True}))
    ),
    Row("api:announcements-list", OFFICE),
    Row("api:announcements-list", "401 403 403 403 403 400 400", method="post", json=True),
    Row("api:announcements-groups", OFFICE),
    Row("api:announcements-detail", OFFICE, announcement),
    Row("api:announcements-detail", OFFICE, announcement, method="patch", json=True),
    Row(
        "api:announcements-detail",
        "401 403 403 403 403 204 204",
        announcement,
        method="delete",
        json=True,
    ),
    Row("api:announcements-preview", OFFICE, announcement),
    Row(
        "api:announcements-send",
        "401 403 403 403 403 409 409",
        announcement,
        method="post",
        data={"expected": 0},
        json=True,
    ),
    Row("api:partners-detail", "200", lambda world: {"pk": world.partner.pk}),
    Row(
        "api:partners-confirmation",
        "401 403 403 200 403 200 200",
        lambda world: {"pk": world.partner.pk},
        method="post",
        data={"manager_confirms": True},
        json=True,
    ),
    Row("api:goals-detail", "200", lambda world: {"pk": world.goal.pk}),
    Row("api:frameworks-detail", "200", lambda world: {"pk": world.framework.pk}),
    Row("api:series-detail", "200", lambda world: {"pk": world.public_series.pk}),
    Row(
        "api:series-detail",
        "404 200 200 200 200 200 200",
        lambda world: {"pk": world.submitted_series.pk},
        note="not public",
    ),
    Row("api:projects-detail", "200", lambda world: {"pk": world.public_project.pk}),
    Row(
        "api:projects-detail",
        "404 404 200 200 200 200 200",
        lambda world: {"pk": world.proposed_project.pk},
        note="not public",
    ),
    Row("api:milestones-detail", "200", lambda world: {"pk": world.milestone.pk}),
    Row(
        "api:indicators-detail",
        "200",
        lambda world: {"pk": world.public_project.indicators.all()[0].pk},
    ),
    Row(
        "api:reports-detail",
        "404 404 200 200 200 200 200",
        lambda world: {"pk": world.open_report.pk},
        note="open",
    ),
    Row(
        "api:reports-detail", "200", lambda world: {"pk": world.accepted_report.pk}, note="accepted"
    ),
    Row("api:agreements-detail", "200", lambda world: {"pk": world.agreement.pk}),
    Row("api:agreements-list", "401 400 400 400 400 400 400", method="post", json=True),
    *(
        Row(
            f"api:agreements-{name}", "401 404 400 400 400 400 400", draft, method=method, json=True
        )
        for name, method in (("parties", "put"), ("contributions", "post"))
    ),
    Row(
        "api:agreements-amendments", "401 404 403 403 403 409 409", draft, method="post", json=True
    ),
    Row("api:agreements-sign", "401 404 400 400 400 400 400", draft, method="post", json=True),
    Row(
        "api:agreements-amendment",
        "401 403 403 403 403 200 200",
        amended,
        method="patch",
        json=True,
    ),
    Row(
        "api:agreements-approve-amendment",
        "401 400 400 400 400 400 400",
        amended,
        method="post",
        json=True,
    ),
    Row(
        "api:instalments-move",
        "401 400 400 400 400 400 400",
        lambda world: {"pk": world.instalment.pk},
        method="post",
        json=True,
    ),
    Row("api:contributions-detail", "200", lambda world: {"pk": world.contribution.pk}),
    Row("api:instalments-detail", "200", lambda world: {"pk": world.instalment.pk}),
    Row("api:committees-detail", "200", lambda world: {"pk": world.committee.pk}),
    Row(
        "api:meetings-detail",
        "404 404 404 404 404 200 200",
        lambda world: {"pk": world.draft_meeting.pk},
        note="draft",
    ),
    Row("api:meetings-detail", "200", lambda world: {"pk": world.held_meeting.pk}, note="held"),
    Row(
        "api:meetings-room",
        "404 404 404 404 404 200 200",
        lambda world: {"pk": world.draft_meeting.pk},
    ),
    *(
        Row(
            f"api:meetings-{name}",
            f"401 404 404 404 404 {status} {status}",
            lambda world: {"pk": world.draft_meeting.pk},
            method="post",
            json=True,
        )
        for name, status in (
            ("summon", 200),
            ("open", 200),
            ("end", 409),
            ("arrive", 400),
            ("leave", 400),
            ("give-proxy", 400),
            ("revoke-proxy", 400),
        )
    ),
    *(
        Row(f"api:summonses-{name}", "404 404 404 404 404 200 200", summons)
        for name in ("detail", "choices")
    ),
    Row("api:summonses-reply", "401 404 404 404 404 400 400", summons, method="post", json=True),
    Row(
        "api:summonses-send-again", "401 404 404 404 404 409 409", summons, method="post", json=True
    ),
    *(
        Row(
            f"api:agenda-items-{name}",
            "401 404 404 404 404 400 400",
            lambda world: {"pk": world.item.pk},
            method="post",
            json=True,
        )
        for name in ("declare-conflict", "withdraw-conflict")
    ),
    Row(
        "api:agenda-items-detail",
        "404 404 404 404 404 200 200",
        lambda world: {"pk": world.item.pk},
    ),
    Row("api:decisions-detail", "200", lambda world: {"pk": world.decision.pk}),
    *(
        Row(f"api:packs-{name}", "404 404 404 404 404 200 200", lambda world: {"pk": world.pack.pk})
        for name in ("detail", "differences", "file", "archive")
    ),
    Row("api:packs-notes", "404 404 404 404 404 200 200", lambda world: {"pk": world.pack.pk}),
    Row(
        "api:packs-notes",
        "401 404 404 404 404 400 400",
        lambda world: {"pk": world.pack.pk},
        method="post",
        json=True,
    ),
    Row("api:packs-verify", "400", note="without a fingerprint"),
    Row(
        "api:packs-issue",
        "401 404 404 404 404 200 200",
        lambda world: {"pk": world.pack.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:pack-builds-detail",
        "404 404 404 404 404 200 200",
        lambda world: {"pk": world.build.pk},
    ),
    Row(
        "api:pack-builds-cancel",
        "401 404 404 404 404 200 200",
        lambda world: {"pk": world.build.pk},
        method="post",
        json=True,
    ),
    Row("api:pack-builds-list", "401 400 400 400 400 400 400", method="post", json=True),
    Row("api:pack-builds-preflight", "401 400 400 400 400 400 400", method="post", json=True),
    Row("api:actions-detail", "404 404 200 200 200 200 200", lambda world: {"pk": world.action.pk}),
    # Changes: who sees the object is asked for its version (428), or for what is missing (400).
    Row(
        "api:reports-detail",
        "401 404 200 200 403 403 403",
        lambda world: {"pk": world.open_report.pk},
        method="patch",
        json=True,
    ),
    Row("api:decisions-list", "401 400 400 400 400 400 400", method="post", json=True),
    Row(
        "api:meetings-close",
        "401 404 404 404 404 409 409",
        lambda world: {"pk": world.draft_meeting.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:reports-submit",
        "401 404 400 400 403 403 403",
        lambda world: {"pk": world.open_report.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:reports-confirm",
        "401 404 403 400 403 403 403",
        lambda world: {"pk": world.open_report.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:reports-accept",
        "401 403 404 404 403 200 200",
        lambda world: {"pk": world.submitted_report.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:reports-send-back",
        "401 400 404 404 400 400 400",
        lambda world: {"pk": world.submitted_report.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:reports-correct",
        "401 400 400 400 400 400 400",
        lambda world: {"pk": world.accepted_report.pk},
        method="post",
        json=True,
    ),
    *(
        Row(
            f"api:reports-{name}",
            statuses,
            lambda world: {"pk": world.open_report.pk},
            method="post",
            json=True,
        )
        for name, statuses in (
            ("ask-confirmation", "401 404 400 400 403 403 403"),
            ("remark", "401 404 400 400 400 400 400"),
            ("extend", "401 404 400 400 400 400 400"),
        )
    ),
    Row(
        "api:reports-evidence",
        "401 404 415 415 415 415 415",
        lambda world: {"pk": world.open_report.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:reports-evidence-file",
        "404 404 200 200 200 200 200",
        lambda world: {"pk": world.evidence.report_id, "file": world.evidence.pk},
    ),
    Row("api:campaigns-list", "401 403 403 403 403 400 400", method="post", json=True),
    Row(
        "api:campaigns-detail",
        "404 404 404 404 404 200 200",
        lambda world: {"pk": world.open_report.period_id},
    ),
    *(
        Row(
            f"api:campaigns-{name}",
            statuses,
            lambda world: {"pk": world.open_report.period_id},
            method="post",
            json=True,
        )
        for name, statuses in (
            ("ask", "401 404 404 404 404 400 400"),
            ("remind", "401 404 404 404 404 200 200"),
            ("close", "401 404 404 404 404 409 409"),
            ("reopen", "401 404 404 404 404 200 200"),
        )
    ),
    Row(
        "api:series-rhythm",
        "401 400 400 400 400 400 400",
        lambda world: {"pk": world.public_series.pk},
        method="post",
        json=True,
    ),
    *(
        Row(
            f"api:projects-{name}",
            statuses,
            lambda world: {"pk": world.public_project.pk},
            method="post",
            json=True,
        )
        for name, statuses in (
            ("mute", "401 400 400 400 400 400 400"),
            ("unmute", "401 403 403 403 403 200 200"),
            ("report-days", "401 400 400 400 400 400 400"),
        )
    ),
    Row(
        "api:actions-progress",
        "401 404 400 400 400 400 400",
        lambda world: {"pk": world.action.pk},
        method="post",
        json=True,
    ),
    Row("api:actions-list", "401 403 403 403 403 400 400", method="post", json=True),
    Row(
        "api:actions-files",
        "401 404 415 415 415 415 415",
        lambda world: {"pk": world.action.pk},
        method="post",
        json=True,
    ),
    Row(
        "api:decisions-correct",
        "401 400 400 400 400 400 400",
        lambda world: {"pk": world.decision.pk},
        method="post",
        json=True,
    ),
    Row("api:minutes-detail", "404 404 404 200 200 200 200", held_minutes),
    Row("api:minutes-list", "401 400 400 400 400 400 400", method="post", json=True),
    *(
        Row(
            f"api:minutes-{verb}",
            "401 404 404 400 400 400 400",
            held_minutes,
            method="post",
            json=True,
        )
        for verb in ("edit", "remark", "answer")
    ),
    *(
        Row(f"api:minutes-{verb}", f"401 404 404 {told}", held_minutes, method="post", json=True)
        for verb, told in (
            ("circulate", "403 403 200 200"),
            ("take-back", "403 403 200 200"),
            ("publish", "403 403 409 409"),
        )
    ),
]
