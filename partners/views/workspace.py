from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from partners.models import Membership
from smartport import dates, obligations
from smartport.obligations import Standing

NUMBERS = [
    gettext_lazy("one thing"),
    gettext_lazy("two things"),
    gettext_lazy("three things"),
    gettext_lazy("four things"),
    gettext_lazy("five things"),
    gettext_lazy("six things"),
    gettext_lazy("seven things"),
    gettext_lazy("eight things"),
    gettext_lazy("nine things"),
    gettext_lazy("ten things"),
]


@require_safe
@login_required
def workspace(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    standing = obligations.standing(request.user, today)
    memberships = Membership.objects.active().filter(user=request.user).select_related("partner")
    context = {
        "standing": standing,
        "sentence": sentence(standing, today),
        "memberships": memberships.order_by("partner__name", "id"),
    }
    return render(request, "partners/workspace.html", context)


def sentence(standing: Standing, today: date) -> str:
    """How things stand in one line: how much is owed, what is late or comes first, or what one waits for."""
    owed = standing.owed
    if not owed:
        if standing.awaited:
            return _("You owe nothing. Others have something to do for you.")
        return _("You owe nothing, and you wait for nothing.")
    count = (
        NUMBERS[len(owed) - 1]
        if len(owed) <= len(NUMBERS)
        else _("%(count)s things") % {"count": len(owed)}
    )
    said = _("You owe %(things)s.") % {"things": count}
    late = sum(1 for one in owed if one.due_on and one.due_on < today)
    if late:
        more = ngettext("%(count)s is late.", "%(count)s are late.", late) % {"count": late}
    elif owed[0].due_on:
        more = _("The first is due on %(day)s.") % {"day": dates.day(owed[0].due_on)}
    else:
        more = ""
    return f"{said} {more}".strip()
