"""What the pages of the table answer: a redirect to a person, JSON to a page that sends what waited for the network."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from governance.models import AgendaItem, Meeting
from smartport.errors import Refusal


def item_url(meeting: Meeting, item: AgendaItem | None, anchor: str = "") -> str:
    """The item at the table, or the meeting when there is none."""
    if item is None:
        return meeting.get_absolute_url()
    url = reverse("governance:item_outcome", args=[meeting.code, item.pk])
    return url + (f"#{anchor}" if anchor else "")


def done(request: HttpRequest, url: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return JsonResponse({"next": url}) if wants_json(request) else redirect(url)


def noted(request: HttpRequest, url: str, said: str = "") -> HttpResponse:
    """A note about the room: the page that sent it says itself that it arrived."""
    if wants_json(request):
        return JsonResponse({"message": said})
    if said:
        messages.success(request, said)
    return redirect(url)


def refused(request: HttpRequest, url: str, refusal: Refusal | str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"message": str(refusal)}, status=409)
    messages.error(request, str(refusal))
    return redirect(url)


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
