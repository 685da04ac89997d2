from tests.house.matrix import Row


def report(kind):
    """The address of a report: `open` and `accepted` are of partner A, `submitted` waits for the secretariat."""
    return lambda world: {"pk": getattr(world, f"{kind}_report").pk}


ROWS = [
    Row("projects:home", "200"),
    Row("projects:project_list", "200"),
    Row(
        "projects:project_list",
        "200",
        query="?q=quai&status=in_progress&sort=name",
        note="searched",
    ),
    Row("projects:project_detail", "200", lambda world: {"slug": world.public_project.slug}),
    Row(
        "projects:project_detail",
        "404 404 200 200 404 200 200",
        lambda world: {"slug": world.proposed_project.slug},
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
    Row("projects:review_list", "0"),
    Row("projects:report_review", "0", report("submitted")),
    Row("projects:report_detail", "0", report("open")),
    Row("projects:report_detail", "0", report("accepted"), note="accepted"),
    Row("projects:report_edit", "0", report("open")),
    Row("projects:report_edit", "0", report("accepted"), note="accepted"),
    Row("projects:report_autosave", "0", report("open"), method="post"),
    Row("projects:report_presence", "0", report("open"), method="post"),
    Row("projects:report_conflict", "0", report("open")),
    Row("projects:report_forget", "0", report("open"), method="post"),
    Row("projects:report_preview", "0", report("open")),
    Row("projects:report_remark", "0", report("submitted"), method="post"),
    Row("projects:report_correct", "0", report("accepted"), method="post"),
    Row(
        "projects:evidence_file",
        "0",
        lambda world: {"pk": world.evidence.report_id, "evidence_id": world.evidence.pk},
    ),
]
