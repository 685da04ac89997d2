"""Signing in by a link, and signing out one device: what the sign-in library leaves to the portal."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from partners.errors import LinkUnusable
from partners.services import sign_in


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Looking signs nobody in: mail programs open links by themselves. The person presses the button."""
    try:
        user, next_url = sign_in.person_of(token)
    except LinkUnusable as refusal:
        if request.user.is_authenticated:
            return redirect("partners:workspace")
        context = {"refusal": refusal}
        return render(request, "partners/sign_in_link_used.html", context, status=refusal.status)
    if request.method == "POST":
        record_authentication(request, user, method="code", email=user.email)
        return perform_login(
            request, Login(user=user, email=user.email, redirect_url=next_url or None)
        )
    return render(request, "partners/sign_in_link.html", {"person": user})


@require_POST
@login_required
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs out one of the person's own devices or browsers."""
    session = get_object_or_404(UserSession, user=request.user, pk=pk)
    end_sessions(request, [session])
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")
