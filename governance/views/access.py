"""Who gets through the door of a page: anonymous people sign in, others without the right get a 403."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from governance.permissions import can_prepare_meetings

View = Callable[..., HttpResponseBase]


def for_secretariat(view: View) -> View:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not can_prepare_meetings(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def secretariat_or_401(view: View) -> View:
    """For what a page asks by itself: a session that has ended is told as such, not sent to the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return JsonResponse({"message": _("Your session has ended.")}, status=401)
        if not can_prepare_meetings(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
