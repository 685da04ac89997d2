"""Every kind of message, read by the secretariat with a real case, in both languages, as HTML and as text."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from partners.enums import Language
from partners.services.rendering import Written, write
from partners.views.letters import letter_response
from partners.views.outbox import for_secretariat
from smartport import messages
from smartport.messages import MessageKind, Topic
from smartport.previews import example_of


@require_safe
@for_secretariat
def kind_list(request: HttpRequest) -> HttpResponse:
    topics = [
        (topic.label, kinds)
        for topic in Topic
        if (kinds := [(kind, _when(kind)) for kind in messages.kinds if kind.topic == topic])
    ]
    return render(request, "partners/kind_list.html", {"topics": topics})


def _when(kind: MessageKind) -> str:
    """Its ladder in words: "14, 7, 3 days before · on the day · 10 days after"."""
    before = ", ".join(str(-rung) for rung in kind.ladder if rung < 0)
    after = ", ".join(str(rung) for rung in kind.ladder if rung > 0)
    parts = [
        _("%(days)s days before") % {"days": before} if before else "",
        _("on the day") if 0 in kind.ladder else "",
        _("%(days)s days after") % {"days": after} if after else "",
    ]
    return " · ".join(part for part in parts if part)


@csp_update({"frame-src": [SELF]})
@require_safe
@for_secretariat
def kind_detail(request: HttpRequest, name: str) -> HttpResponse:
    kind = _kind(name)
    letters = [
        (language, label, written)
        for language, label in Language.choices
        if (written := _written(kind, language))
    ]
    return render(request, "partners/kind_detail.html", {"kind": kind, "letters": letters})


@require_safe
@for_secretariat
def kind_letter(request: HttpRequest, name: str, language: str) -> HttpResponse:
    written = _written(_kind(name), language) if language in Language.values else None
    if written is None:
        raise Http404
    return letter_response(written.html)


def _kind(name: str) -> MessageKind:
    if name not in messages.kinds:
        raise Http404
    return messages.kinds[name]


def _written(kind: MessageKind, language: str) -> Written | None:
    """The texts of a real case; none where the portal has no such case yet."""
    with override(language):
        notice = example_of(kind, timezone.localdate())
        if notice is None:
            return None
        return write(
            kind,
            language=language,
            reader=None,
            context=notice.context,
            url_name=notice.url_name,
            url_args=notice.url_args,
            why=notice.why,
        )
