"""Is this file a true pack? Its SHA-256 is computed in the browser, or here from an upload nobody keeps."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from governance.forms import VerificationForm
from governance.services.verification import SHA256, Verdict, verdict_on
from smartport.files import sha256_of


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
