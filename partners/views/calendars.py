"""The address of one's own calendar: made, shown once, revoked."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partners.models import CalendarAddress, User
from partners.services.calendar_addresses import make_address, revoke_address
from partners.views.tokens import SHOWN_FOR


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def calendar_address(request: HttpRequest) -> HttpResponse:
    """`make` gives a new address, shown on the page after and never again; `revoke` closes it."""
    place = _place(request.user)
    if request.method == "POST":
        if "revoke" in request.POST:
            revoke_address(actor=request.user)
            messages.success(request, _("The address is revoked: it opens nothing any more."))
        else:
            cache.set(place, make_address(actor=request.user), SHOWN_FOR)
        return redirect("partners:calendar_address")
    secret = cache.get(place, "") if request.method == "GET" else ""
    if secret:
        cache.delete(place)
    context = {
        "kept": CalendarAddress.objects.filter(user=request.user).first(),
        "address": settings.SITE_URL + reverse("my_meetings", args=[secret]) if secret else "",
        "public_address": settings.SITE_URL + reverse("openness:calendar", args=["meetings"]),
    }
    return render(request, "partners/calendar_address.html", context)


def _place(user: User) -> str:
    return f"new-calendar-{user.pk}"
