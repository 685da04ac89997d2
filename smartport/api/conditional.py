"""Versions of what is read: `ETag` and 304 for readers, `If-Match` for writers.

The tag is that of the JSON a caller gets, so it changes whenever anything in it does, `abilities` included; what is
said in the reader's language (`fields.Sentence`) counts in one, so that one may read in French and write in English.
Tags are compared without `W/`, which the compression of the answer adds.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation import override
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from smartport.api.problems import PreconditionFailed, PreconditionRequired

VARY = ("Accept", "Accept-Language", "Authorization", "Cookie")


def tag_of(data: Any) -> str:
    with override(None):
        written = JSONRenderer().render(data)
    return f'"{hashlib.sha256(written).hexdigest()[:32]}"'


def matches(header: str, tag: str) -> bool:
    tags = parse_etags(header)
    return tags == ["*"] or tag in {each.removeprefix("W/") for each in tags}


def tagged(request: Request, response: Response) -> Response:
    """The answer with its tag, or 304 where the caller has it already. Pages (HTML) have no tag."""
    patch_vary_headers(response, VARY)
    response["Cache-Control"] = "private, no-cache" if request.user.is_authenticated else "no-cache"
    if response.status_code != 200 or request.accepted_renderer.format != "json":
        return response
    tag = tag_of(response.data)
    response["ETag"] = tag
    if request.method in ("GET", "HEAD") and matches(request.headers.get("If-None-Match", ""), tag):
        response.data = None
        response.status_code = 304
    return response


def check_match(request: Request, current: Any) -> None:
    """Lets a write pass only when it names the version it changes; `current` is what a reader would get now.

    Raises PreconditionRequired without `If-Match`, PreconditionFailed when it names another version.
    """
    header = request.headers.get("If-Match", "")
    if not header:
        raise PreconditionRequired(
            _("A change must name the version it was made from."),
            remedy=_("Send the ETag you read in an If-Match header."),
        )
    if not matches(header, tag_of(current)):
        raise PreconditionFailed(
            _("This has changed since you read it."),
            remedy=_("Read it again, then make your change."),
        )
