"""Who gets through the door of a page: anonymous people sign in, others without the right get a 403."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

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
