from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from partners.forms import PreferenceForm
from partners.models import Preference, User
from partners.services.preferences import (
    kinds_of,
    restore_topic,
    save_preferences,
    stop_topic,
)
from partners.services.rendering import UNSUBSCRIBE_SALT
from smartport.messages import Topic

UNDO_SALT = "partners.unsubscribe.undo"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    preference = Preference.objects.filter(user=request.user).first() or Preference(
        user=request.user
    )
    form = PreferenceForm(request.POST or None, instance=preference)
    if request.method == "POST" and form.is_valid():
        save_preferences(
            actor=request.user,
            preference=form.save(commit=False),
            language=form.cleaned_data["language"],
        )
        with override(request.user.language):
            messages.success(request, _("Your choices are kept."))
            return redirect("partners:preferences")
    status = 422 if form.errors else 200
    return render(request, "partners/preferences.html", {"form": form}, status=status)


@csrf_exempt  # mail programs post here without a page or a cookie (RFC 8058); the signed token is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; one click stops one topic, another takes it back."""
    person, topic = _asked(token)
    state, undo = "", ""
    if request.method == "POST" and "undo" in request.POST:
        restore_topic(actor=person, topic=topic, wish=_before(request.POST["undo"], token))
        state = "restored"
    elif request.method == "POST":
        before = stop_topic(actor=person, topic=topic)
        state, undo = "stopped", signing.dumps([token, before], salt=UNDO_SALT)
    context = {
        "topic": topic,
        "is_digest": topic == Topic.DIGEST,
        "stops": kinds_of(topic, optional=True),
        "stays": kinds_of(topic, optional=False),
        "state": state,
        "undo": undo,
    }
    return render(request, "partners/unsubscribe.html", context)


def _asked(token: str) -> tuple[User, Topic]:
    try:
        signed = signing.loads(token, salt=UNSUBSCRIBE_SALT)
        topic = Topic(signed["topic"])
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise Http404 from error
    return get_object_or_404(User.objects.active(), pk=signed["user"]), topic


def _before(undo: str, token: str) -> str:
    """What the person wished before their click, as signed into the page that answered it."""
    try:
        stopped, wish = signing.loads(undo, salt=UNDO_SALT)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise Http404 from error
    if stopped != token:
        raise Http404
    return str(wish)
