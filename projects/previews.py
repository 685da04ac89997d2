"""The latest report, signature, payment and project, as the messages about them show them."""

from dataclasses import replace

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from projects.models import AgreementParty, Instalment, ProgressReport, Project, ReviewNote
from projects.services import notices
from smartport.messages import Notice
from smartport.previews import examples


def report() -> Notice | None:
    """One that was talked about, else one that was sent: a remark is then made up."""
    sent = ProgressReport.objects.filter(submitted_by__isnull=False)
    talked = Count("review_notes", filter=~Q(review_notes__text=""))
    found = (
        sent.select_related("project__lead", "period", "submitted_by", "edited_by")
        .annotate(notes=talked)
        .order_by("-notes", "-pk")
        .first()
    )
    if found is None:
        return None
    notes = list(found.review_notes.exclude(text="").select_related("author").order_by("pk"))
    said = _("Please say when the next step begins.")
    notes = notes or [ReviewNote(report=found, text=said, author=found.submitted_by)]
    found.correction_reason = found.correction_reason or _("An amount was typed twice.")
    return notices.about(
        found,
        [],
        notices.WRITERS,
        "report_detail",
        notes=notes,
        note=notes[-1],
        writer=found.submitted_by,
        reason=notes[-1].text,
        former=found.due_on,
    )


def sent_report() -> Notice | None:
    """The same, as the secretariat is told of it."""
    found = report()
    return replace(found, why=notices.SECRETARIAT) if found else None


def series() -> Notice | None:
    project = (
        Project.objects.public().select_related("series").order_by("-approved_on", "pk").first()
    )
    if project is None:
        return None
    return Notice(
        obligation=f"project:{project.pk}",
        recipients=[],
        context={"project": project, "series": project.series},
        url_name="projects:project_detail",
        url_args=[project.slug],
    )


def party() -> Notice | None:
    found = AgreementParty.objects.select_related("agreement", "partner").order_by("-pk").first()
    return notices.party_notice(found, []) if found else None


def instalment() -> Notice | None:
    found = (
        Instalment.objects.select_related(
            "contribution__agreement", "contribution__project", "contribution__recipient"
        )
        .order_by("-pk")
        .first()
    )
    return notices.instalment_notice(found, []) if found else None


for name, example in (
    ("report", report),
    ("report_submitted", sent_report),
    ("series", series),
    ("agreement", party),
    ("signature", party),
    ("instalment", instalment),
    ("payment", instalment),
    ("call", instalment),
):
    examples.register(name, example)
