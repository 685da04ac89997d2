"""Files joined to a report: checked by their content, stored under names of our own, hashed."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import User
from projects.models import Evidence, ProgressReport
from smartport.errors import Refusal
from smartport.files import EVIDENCE_TYPES, check_upload

MOST_FILES = 20


class TooManyFiles(Refusal):
    code = "too_many_files"
    status = 400


def store(*, actor: User, report: ProgressReport, upload: Any) -> Evidence:
    """The same bytes twice are one file. The report must be locked and editable."""
    checked = check_upload(upload, EVIDENCE_TYPES)
    if same := report.evidence.filter(sha256=checked.sha256, name=checked.name).first():
        return same
    if report.evidence.count() >= MOST_FILES:
        raise TooManyFiles(
            ngettext(
                "A report holds %(count)s file at most.",
                "A report holds %(count)s files at most.",
                MOST_FILES,
            )
            % {"count": MOST_FILES},
            remedy=_("Remove one, or join several documents in one file."),
            field="evidence",
        )
    return Evidence.objects.create(
        report=report,
        file=upload,
        name=checked.name,
        media_type=checked.media_type,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=actor,
    )


def remove(*, report: ProgressReport, evidence_id: int) -> int:
    proof = report.evidence.filter(pk=evidence_id).first()
    if proof is None:
        return 0
    storage, name = proof.file.storage, str(proof.file.name)
    proof.delete()
    if not Evidence.objects.filter(file=name).exists():
        transaction.on_commit(lambda: storage.delete(name))
    return 1
