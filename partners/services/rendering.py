"""Subject, text and HTML of one message, in its reader's language and with whole addresses."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.core import signing
from django.template import Context, Template, TemplateDoesNotExist, engines
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise

from partners.models import User
from smartport.messages import MessageKind

UNSUBSCRIBE_SALT = "partners.unsubscribe"
SUBJECT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Written:
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    why: str


def write(
    kind: MessageKind,
    *,
    language: str,
    reader: User | None,
    context: Mapping[str, Any],
    url_name: str = "",
    url_args: Sequence[Any] | Callable[[], Sequence[Any]] = (),
    why: str | Promise = "",
    day: date | None = None,
) -> Written:
    """As it reads on that day (today): what is due by then, or was."""
    with translation.override(language):
        stop_url = (
            unsubscribe_url(reader, kind)
            if reader and kind.optional
            else str(context.get("unsubscribe_url", ""))
        )
        whole = {
            **context,
            "site": settings.SITE_URL,
            "LANGUAGE_CODE": language,
            "reader": reader,
            "today": day or timezone.localdate(),
            "url": _address(url_name, url_args) if url_name else context.get("url", ""),
            "action": str(kind.action),
            "why": str(why),
            "unsubscribe_url": stop_url,
        }
        body = _text(f"messages/{kind.name}.txt", whole).strip()
        subject = _one_line(_text(f"messages/{kind.name}.subject.txt", whole))
        parts = {**whole, "body": body, "title": subject}
        html_body = _optional_html(f"messages/{kind.name}.html", whole)
        return Written(
            subject=subject,
            text=_text("messages/layout.txt", parts).strip() + "\n",
            html=_template("messages/layout.html").render(
                Context({**parts, "html_body": html_body})
            ),
            headers=_unsubscribe_headers(stop_url),
            why=str(why)[:300],
        )


def _address(name: str, args: Sequence[Any] | Callable[[], Sequence[Any]]) -> str:
    return settings.SITE_URL + reverse(name, args=args() if callable(args) else args)


def unsubscribe_url(reader: User, kind: MessageKind) -> str:
    token = signing.dumps({"user": reader.pk, "topic": kind.topic.value}, salt=UNSUBSCRIBE_SALT)
    return settings.SITE_URL + reverse("partners:unsubscribe", args=[token])


def _unsubscribe_headers(url: str) -> dict[str, str]:
    """One click, without a page or a sign-in (RFC 8058)."""
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _one_line(text: str) -> str:
    """Without line breaks; the no-break spaces of French stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")[:SUBJECT_LENGTH]


@cache
def _template(name: str) -> Template:
    return engines["django"].get_template(name).template  # type: ignore[attr-defined]


@cache
def _has_html(name: str) -> bool:
    try:
        _template(name)
    except TemplateDoesNotExist:
        return False
    return True


def _text(name: str, context: dict[str, Any]) -> str:
    return _template(name).render(Context(context, autoescape=False))


def _optional_html(name: str, context: dict[str, Any]) -> str:
    return _template(name).render(Context(context)) if _has_html(name) else ""
