from tests.house.matrix import Row


def report(kind):
    """The address of a report: `open` and `accepted` are of partner A, `submitted` waits for the secretariat."""
    return lambda world: {"pk": getattr(world, f"{kind}_report").pk}


def waiting(world):
    """A signature that is still to come, of partner B."""
    return {"code": world.signing.code, "pk": world.waiting_signature.pk}


def signed(world):
    return {"code": world.signing.code, "pk": world.signature.pk}


def draft(world):
    return {"code": world.draft_agreement.code}


def approved(world):
    return {"code": world.agreement.code}


def draft_contribution(world):
    return {"code": world.draft_agreement.code, "pk": world.draft_contribution.pk}


def draft_amendment(world):
    return {"code": world.agreement.code, "number": world.draft_amendment.number}


ROWS = [
    Row("projects:home", "200"),
    Row("projects:project_list", "200"),
    Row("projects:project_list", "200", query="?view=map", note="on a map"),
    Row("projects:project_list", "200", query="?view=timeline", note="in time"),
    Row(
        "projects:project_list",
        "200",
        query="?q=quai&status=in_progress&sort=name",
        note="searched",
    ),
    Row("projects:project_card", "200", lambda world: {"slug": world.public_project.slug}),
    Row("projects:project_detail", "200", lambda world: {"slug": world.public_project.slug}),
    Row(
        "projects:project_detail",
        "404 404 200 200 200 200 200",
        lambda world: {"slug": world.proposed_project.slug},
        note="not public",
    ),
    Row("projects:followed", "302 200 200 200 200 200 200"),
    Row(
        "projects:project_interest",
        "302",
        lambda world: {"slug": world.public_project.slug},
        method="post",
    ),
    Row(
        "projects:project_interest",
        "302 404 302 302 302 302 302",
        lambda world: {"slug": world.proposed_project.slug},
        method="post",
        note="not public",
    ),
    Row("projects:outside_portfolio", "200"),
    Row("projects:series_list", "200"),
    Row("projects:series_detail", "200", lambda world: {"slug": world.public_series.slug}),
    Row(
        "projects:series_detail",
        "404 200 200 200 200 200 200",
        lambda world: {"slug": world.submitted_series.slug},
        note="not public",
    ),
    Row("projects:partner_list", "200"),
    Row("projects:partner_detail", "200", lambda world: {"slug": world.partner.slug}),
    Row("projects:goal_list", "200"),
    Row("projects:goal_detail", "200", lambda world: {"slug": world.goal.slug}),
    Row("projects:framework_detail", "200", lambda world: {"slug": world.framework.slug}),
    Row("projects:academic", "200"),
    Row("projects:story", "200"),
    Row("projects:figures", "200"),
    Row("projects:open_data", "200"),
    Row("projects:agreement_list", "200"),
    Row("projects:agreement_detail", "200", lambda world: {"code": world.agreement.code}),
    Row(
        "projects:agreement_detail",
        "404 404 200 200 200 200 200",
        lambda world: {"code": world.draft_agreement.code},
        note="draft",
    ),
    Row(
        "projects:agreement_end",
        "302 403 403 403 403 200 200",
        lambda world: {"code": world.agreement.code},
    ),
    Row("projects:agreement_new", "302 403 403 200 403 200 200"),
    Row("projects:agreement_edit", "302 404 403 403 403 200 200", draft),
    Row("projects:agreement_edit", "302 403 403 403 403 302 302", approved, note="approved"),
    Row("projects:agreement_remove", "302 404 403 403 403 409 409", draft, method="post"),
    Row("projects:agreement_parties", "302 404 403 403 403 200 200", draft),
    Row("projects:contribution_new", "302 404 403 403 403 200 200", draft),
    Row("projects:contribution_edit", "302 404 403 403 403 200 200", draft_contribution),
    Row(
        "projects:contribution_remove",
        "302 404 403 403 403 302 302",
        draft_contribution,
        method="post",
    ),
    Row("projects:amendment_new", "302 403 403 403 403 200 200", approved),
    *(
        Row(f"projects:{name}", "302 403 403 403 403 200 200", draft_amendment)
        for name in (
            "amendment_edit",
            "amendment_parties",
            "amendment_contribution_new",
            "amendment_approve",
        )
    ),
    Row(
        "projects:amendment_remove",
        "302 403 403 403 403 302 302",
        draft_amendment,
        method="post",
    ),
    Row("projects:signature_record", "302 403 403 403 403 200 200", waiting),
    Row("projects:signature_decline", "302 403 403 403 403 302 302", waiting, method="post"),
    Row("projects:signed_copy", "302 404 404 404 404 404 404", signed),
    Row(
        "projects:instalment_move",
        "302 403 403 200 403 200 200",
        lambda world: {"code": world.agreement.code, "pk": world.instalment.pk},
        method="post",
    ),
    Row(
        "projects:project_history",
        "302 403 200 200 200 200 200",
        lambda world: {"slug": world.public_project.slug},
    ),
    Row("projects:campaigns", "302 403 403 403 403 200 200"),
    Row("projects:campaign_remind", "302 403 403 403 403 302 302", method="post"),
    Row(
        "projects:period_edit",
        "302 403 403 403 403 200 200",
        lambda world: {"pk": world.open_report.period_id},
    ),
    Row("projects:report_extend", "302 403 403 403 403 200 200", report("open")),
    Row(
        "projects:project_mute",
        "302 403 403 403 403 200 200",
        lambda world: {"slug": world.public_project.slug},
    ),
    Row(
        "projects:project_days",
        "302 403 403 403 403 200 200",
        lambda world: {"slug": world.public_project.slug},
    ),
    Row(
        "projects:campaign_series",
        "302 403 403 403 403 200 200",
        lambda world: {"slug": world.public_project.series.slug},
    ),
    Row("projects:review_list", "302 403 403 403 403 200 200"),
    Row("projects:report_review", "302 403 403 403 403 200 200", report("submitted")),
    Row("projects:report_detail", "302 404 200 200 200 200 200", report("open")),
    Row(
        "projects:report_detail", "302 404 200 200 200 200 200", report("accepted"), note="accepted"
    ),
    Row("projects:report_edit", "302 404 200 200 403 403 403", report("open")),
    Row("projects:report_edit", "302 404 302 302 403 403 403", report("accepted"), note="accepted"),
    Row("projects:report_autosave", "401 404 200 200 403 403 403", report("open"), method="post"),
    Row("projects:report_presence", "401 404 200 200 403 403 403", report("open"), method="post"),
    Row("projects:report_conflict", "302 404 302 302 403 403 403", report("open")),
    Row("projects:report_forget", "302 404 302 302 302 302 302", report("open"), method="post"),
    Row("projects:report_preview", "302 404 200 200 403 403 403", report("open"), method="post"),
    Row(
        "projects:report_remark", "302 302 404 404 403 302 302", report("submitted"), method="post"
    ),
    Row(
        "projects:report_correct", "302 404 302 302 403 302 302", report("accepted"), method="post"
    ),
    Row(
        "projects:evidence_file",
        "302 404 200 200 200 200 200",
        lambda world: {"pk": world.evidence.report_id, "evidence_id": world.evidence.pk},
    ),
]
