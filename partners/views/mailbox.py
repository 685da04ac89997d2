"""The trial's mailbox: what the portal sent by SMTP, as it arrived, for administrators to read."""

import mailbox
from dataclasses import dataclass
from datetime import datetime
from email import message_from_binary_file, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import nh3
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.permissions import can_read_mailbox

PAGE = 25


@dataclass(frozen=True, slots=True)
class Letter:
    key: str
    subject: str
    to: str
    at: datetime | None
    mail: EmailMessage

    def part(self, subtype: str) -> str:
        body = self.mail.get_body(preferencelist=(subtype,))
        return str(body.get_content()) if body else ""

    @property
    def files(self) -> list[str]:
        return [
            part.get_filename() or part.get_content_type() for part in self.mail.iter_attachments()
        ]


@require_safe
@login_required
def mailbox_list(request: HttpRequest) -> HttpResponse:
    box = _open(request)
    keys = sorted(box.keys(), reverse=True) if box is not None else []
    page = Paginator(keys, PAGE).get_page(request.GET.get("page"))
    letters = [_read(box, key) for key in page.object_list] if box is not None else []
    return render(request, "partners/mailbox.html", {"page": page, "letters": letters})


@require_safe
@login_required
def mailbox_letter(request: HttpRequest, key: str) -> HttpResponse:
    box = _open(request)
    if box is None or key not in box:
        raise Http404
    letter = _read(box, key)
    context = {
        "letter": letter,
        "text": letter.part("plain"),
        "html": nh3.clean(letter.part("html")),
    }
    return render(request, "partners/mailbox_letter.html", context)


def _open(request: HttpRequest) -> mailbox.Maildir | None:
    """Only in a trial, only for administrators; none where nothing was sent yet."""
    if not settings.TRIAL:
        raise Http404
    if not can_read_mailbox(request.user):
        raise PermissionDenied
    folder = Path(settings.MAILBOX_DIR)
    return mailbox.Maildir(folder, create=False) if (folder / "new").is_dir() else None


def _read(box: mailbox.Maildir, key: str) -> Letter:
    with box.get_file(key) as file:
        mail = message_from_binary_file(file, policy=policy.default)
    return Letter(
        key=key,
        subject=str(mail.get("Subject", "")),
        to=str(mail.get("To", "")),
        at=_date(str(mail.get("Date", ""))),
        mail=mail,
    )


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
