"""Is this file a true pack? Its SHA-256 is computed in the browser, or here from an upload nobody keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from governance.forms import VerificationForm
from governance.models import Pack
from smartport.files import sha256_of

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Verdict:
    """`pack` is the issued version with this fingerprint, `newer` a later one of the same pack."""

    sha256: str
    pack: Pack | None
    newer: Pack | None
    is_archive: bool = False


@never_cache
def verify_pack(request: HttpRequest) -> HttpResponse:
    """Only someone who holds the file learns anything, and only that it was issued, when, and for which meeting."""
    if request.method == "POST":
        form = VerificationForm(request.POST, request.FILES)
        if form.is_valid():
            digest = _digest(form.cleaned_data["file"])
            here = reverse("governance:verify_pack")
            return redirect(f"{here}?{urlencode({'sha256': digest})}")
        return _page(request, form=form, status=422)
    asked = request.GET.get("sha256", "").strip().lower()
    if not asked:
        return _page(request, form=VerificationForm())
    if not SHA256.fullmatch(asked):
        form = VerificationForm()
        return _page(
            request, form=form, error=_("This is not a SHA-256: it has 64 signs."), status=422
        )
    return _page(request, form=VerificationForm(), verdict=verdict_on(asked))


def verdict_on(sha256: str) -> Verdict:
    pack = (
        Pack.objects.issued()
        .filter(Q(sha256=sha256) | Q(archive_sha256=sha256))
        .select_related("meeting__committee")
        .defer("snapshot", "manifest")
        .first()
    )
    if pack is None:
        return Verdict(sha256, None, None)
    newer = (
        Pack.objects.issued()
        .filter(
            meeting=pack.meeting_id,
            audience=pack.audience,
            language=pack.language,
            version__gt=pack.version,
        )
        .defer("snapshot", "manifest")
        .order_by("-version")
        .first()
    )
    return Verdict(sha256, pack, newer, is_archive=pack.archive_sha256 == sha256)


def _digest(upload: UploadedFile) -> str:
    return sha256_of(upload.file)


def _page(
    request: HttpRequest,
    *,
    form: VerificationForm,
    verdict: Verdict | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "verdict": verdict, "error": error}
    return render(request, "governance/verify_pack.html", context, status=status)
