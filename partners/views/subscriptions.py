"""Following by e-mail without an account. The form stands on pages that are kept for everyone: it has no cookie."""

import logging
from urllib.parse import urlsplit

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from redis.exceptions import RedisError

from partners.forms import SubscribeForm
from partners.models import Subscription
from partners.services import subscriptions
from smartport.subscriptions import cleaned, subjects

logger = logging.getLogger(__name__)


@csrf_exempt  # acts for nobody who is signed in, and only asks a mailbox to confirm; a foreign page is asked again
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = SubscribeForm(
            initial={name: request.GET.get(name, "") for name in ("subject", "value")}
        )
        return _form_page(request, form)
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    if _from_elsewhere(request):
        return _form_page(request, SubscribeForm(initial=form.cleaned_data))
    if too_many := _too_many(request):
        return too_many
    subscriptions.subscribe(
        address=form.cleaned_data["email"],
        language=get_language() or "fr",
        subject=form.cleaned_data["subject"],
        value=form.cleaned_data["value"],
    )
    return redirect("partners:subscription_sent")


@require_safe
def subscription_sent(request: HttpRequest) -> HttpResponse:
    """The same for every address, known or not."""
    return render(
        request, "partners/subscription_sent.html", {"days": subscriptions.CONFIRMED_WITHIN.days}
    )


@csrf_exempt  # the signed token is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def subscription_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: programs that open the links of a mail confirm nothing."""
    subscription, _every = subscriptions.subscription_of(token)
    if subscription is None:
        return render(request, "partners/subscription_gone.html", status=404)
    if request.method == "POST":
        subscriptions.confirm(subscription=subscription)
    context = {
        "label": _label(subscription),
        "page": _page(subscription),
        "confirmed": request.method == "POST",
        "leave_token": subscriptions.token_of(subscription),
    }
    return render(request, "partners/subscription_confirm.html", context)


@csrf_exempt  # mail programs post here without a page or a cookie (RFC 8058); the signed token is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def subscription_leave(request: HttpRequest, token: str) -> HttpResponse:
    """Says what will stop, then forgets it; a link already used says that nothing is kept."""
    subscription, every = subscriptions.subscription_of(token)
    if subscription is None:
        return render(request, "partners/subscription_gone.html", status=404)
    leaving = Subscription.objects.of(subscription.address) if every else [subscription]
    context = {
        "pages": [(label, _page(one)) for one in leaving if (label := _label(one))],
        "left": request.method == "POST",
    }
    if request.method == "POST":
        subscriptions.leave(subscription=subscription, every=every)
    return render(request, "partners/subscription_leave.html", context)


def _form_page(request: HttpRequest, form: SubscribeForm, status: int = 200) -> HttpResponse:
    """The form on a page of its own: for mistakes, and where the page it stood on is gone."""
    subject = str(form["subject"].value() or "")
    if subject not in subjects:
        raise Http404
    value = cleaned(subject, str(form["value"].value() or ""))
    if value is None and not form.is_bound:
        raise Http404
    label = subjects[subject].label(value) if value is not None else ""
    context = {"form": form, "label": label}
    return render(request, "partners/subscribe.html", context, status=status)


def _label(subscription: Subscription) -> str:
    subject = subjects.get(subscription.subject)
    return subject.label(subscription.value) if subject else ""


def _page(subscription: Subscription) -> str:
    subject = subjects.get(subscription.subject)
    return subject.page(subscription.value) if subject else ""


def _from_elsewhere(request: HttpRequest) -> bool:
    """A page of another site sent this: the person is asked here before a message leaves."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc != request.get_host()


def _too_many(request: HttpRequest) -> HttpResponse | None:
    try:
        return ratelimit.consume_or_429(request, action="subscribe")
    except (RedisError, OSError):
        logger.warning("the cache does not answer: subscriptions are not counted")
        return None
