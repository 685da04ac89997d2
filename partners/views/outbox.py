from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.enums import MessageState
from partners.filters import MessageFilter
from partners.models import Message
from partners.permissions import can_resend, can_settle, can_steer_messages
from partners.services import outbox
from partners.services.upcoming import next_for
from smartport import messages as kinds

PAGE = 50


def for_secretariat(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_steer_messages(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_secretariat
def outbox_list(request: HttpRequest) -> HttpResponse:
    found = MessageFilter(
        request.GET,
        Message.objects.visible_to(request.user).select_related("recipient").defer("text", "html"),
    )
    page = Paginator(found.qs.order_by("-queued_at", "-id"), PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.kind_label = kind.label if (kind := kinds.kinds.get(row.kind)) else row.kind
    context = {
        "filter": found,
        "page": page,
        "uncertain": Message.objects.filter(state=MessageState.UNCERTAIN).count(),
        "failed": Message.objects.filter(state=MessageState.FAILED).count(),
        "waiting": Message.objects.filter(state=MessageState.QUEUED).count(),
    }
    return render(request, "partners/outbox_list.html", context)


@require_safe
@for_secretariat
def outbox_message(request: HttpRequest, pk: int) -> HttpResponse:
    message = _load(request, pk)
    kind = kinds.kinds.get(message.kind)
    related = Message.objects.none()
    if message.obligation:
        related = Message.objects.filter(obligation=message.obligation, recipient=message.recipient)
        related = related.exclude(pk=message.pk).order_by("-queued_at", "-id").defer("text", "html")
    context = {
        "message": message,
        "kind": kind,
        "text": outbox.readable_text(message),
        "related": related[:20],
        "next": next_for(message, timezone.localdate()),
        "may_resend": can_resend(request.user, message),
        "may_settle": can_settle(request.user, message),
    }
    return render(request, "partners/outbox_message.html", context)


@require_POST
@for_secretariat
def outbox_resend(request: HttpRequest, pk: int) -> HttpResponse:
    outbox.resend(actor=request.user, message=_load(request, pk))
    messages.success(request, _("The message is on its way again."))
    return redirect("partners:outbox_message", pk=pk)


@require_POST
@for_secretariat
def outbox_settle(request: HttpRequest, pk: int) -> HttpResponse:
    outbox.settle(actor=request.user, message=_load(request, pk), arrived="arrived" in request.POST)
    messages.success(request, _("Noted."))
    return redirect("partners:outbox_message", pk=pk)


def _load(request: HttpRequest, pk: int) -> Message:
    return get_object_or_404(
        Message.objects.visible_to(request.user).select_related("recipient"), pk=pk
    )
