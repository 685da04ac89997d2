"""What was sent after its writer's session had ended: it waits in the new session until they sign in again.

The form carries a signed mark of its writer, so that only forms of ours are kept and only their writer sees them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict

LONGEST = 400_000  # characters of a form
SALT = "report-writer"


def mark(user: Any, report: int) -> str:
    return signing.dumps([user.pk, report], salt=SALT)


def kept_for_sign_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Asks a stranger who sends the form to sign in, without losing what they typed."""

    @wraps(view)
    def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            _keep(request, pk)
            return redirect_to_login(request.path)
        return view(request, pk)

    return wrapped


def _keep(request: HttpRequest, report: int) -> None:
    try:
        writer, of = signing.loads(request.POST.get("writer", ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return
    text = request.POST.copy()
    text.pop("csrfmiddlewaretoken", None)
    typed = text.urlencode()
    if of == report and len(typed) <= LONGEST:
        request.session[_key(report)] = {
            "writer": writer,
            "typed": typed,
            "files": bool(request.FILES),
        }


def find(request: HttpRequest, report: int) -> tuple[QueryDict, bool] | None:
    """What this person sent without a session, and whether files were with it: those must be chosen again."""
    kept = request.session.get(_key(report))
    if not kept or kept["writer"] != request.user.pk:
        return None
    return QueryDict(kept["typed"]), kept["files"]


def forget(request: HttpRequest, report: int) -> None:
    """Once it is saved."""
    request.session.pop(_key(report), None)


def _key(report: int) -> str:
    return f"unsent-report-{report}"
