"""`/feeds/my-meetings-<token>.ics`: one person's calendar, opened by its secret address alone."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from governance.services.feeds import calendar_of
from partners.services.calendar_addresses import person_of


@require_safe
def my_meetings(request: HttpRequest, token: str) -> HttpResponse:
    person = person_of(token)
    if person is None:
        raise Http404
    file = calendar_of(person, timezone.localdate())
    etag = f'"{sha256(file).hexdigest()[:32]}"'
    response = HttpResponse(file, headers={"ETag": etag})
    response["Content-Type"] = "text/calendar; charset=utf-8"
    response["Content-Disposition"] = 'inline; filename="smart-port.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    answer = get_conditional_response(request, etag=etag, response=response) or response
    answer["Cache-Control"] = "private, no-cache"
    return answer
