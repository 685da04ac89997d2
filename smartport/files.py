"""Files people bring: what their bytes say they are, where they rest, how they leave.

Files lie outside the web root under names of our own; a view that asks `visible_to` hands them out.
"""

import hashlib
import re
import unicodedata
import uuid
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, BinaryIO

import puremagic
from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartport.errors import Refusal

PDF = "application/pdf"
ZIP = "application/zip"
OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
IMAGES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
OOXML_PARTS = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
}
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"PK")  # how files that run begin
EVIDENCE_TYPES = {"pdf": PDF, **IMAGES, **OFFICE}
PDF_ONLY = {"pdf": PDF}


class FileRefused(Refusal):
    """The file is too large, empty, or its bytes are not what its name says."""

    code = "file_refused"
    status = 400


@dataclass(frozen=True)
class CheckedFile:
    name: str
    media_type: str
    size: int
    sha256: str


def stored_name(instance: models.Model, filename: str) -> str:
    """A path of our own under MEDIA_ROOT, e.g. `evidence/3f/3f2a….pdf`; nothing of the person's name but the ending."""
    ending = filename.rpartition(".")[2].lower()
    secret = uuid.uuid4().hex
    tail = f".{ending}" if re.fullmatch(r"[a-z0-9]{1,5}", ending) else ""
    return f"{instance._meta.model_name}/{secret[:2]}/{secret}{tail}"


def safe_name(name: str) -> str:
    """The person's file name without path, control or direction characters; at most 120 characters."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    return f"{(stem.strip() or 'document')[: 119 - len(ending)]}{dot}{ending}"


def sha256_of(file: IO[bytes] | File) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(1024 * 1024):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def check_upload(
    upload: UploadedFile, allowed: dict[str, str], *, max_bytes: int | None = None
) -> CheckedFile:
    """Size, ending and content together. `allowed` maps an ending to its media type. Raises FileRefused."""
    limit = max_bytes or settings.UPLOAD_MAX_BYTES
    if upload.size > limit:
        megabytes = limit // (1024 * 1024)
        raise FileRefused(
            ngettext(
                "This file is larger than %(limit)s megabyte.",
                "This file is larger than %(limit)s megabytes.",
                megabytes,
            )
            % {"limit": megabytes},
            remedy=_("Reduce it or split it, then send it again."),
        )
    if not upload.size:
        raise FileRefused(
            _("This file is empty."), remedy=_("Check it on your computer, then send it again.")
        )
    name = safe_name(upload.name or "")
    ending = name.rpartition(".")[2].lower()
    accepted = ", ".join(sorted(e.upper() for e in allowed))
    if ending not in allowed:
        raise FileRefused(
            _("Files of this type are not accepted."),
            remedy=_("Accepted: %(types)s.") % {"types": accepted},
        )
    if not content_matches(upload, ending):
        raise FileRefused(
            _("The content of this file is not what its name says (%(ending)s).")
            % {"ending": ending.upper()},
            remedy=_("Export it again from the program that made it. Accepted: %(types)s.")
            % {"types": accepted},
        )
    return CheckedFile(
        name=name, media_type=allowed[ending], size=upload.size, sha256=sha256_of(upload)
    )


def content_matches(file: BinaryIO | File, ending: str) -> bool:
    file.seek(0)
    head = file.read(8192)
    file.seek(0)
    if ending == "pdf":
        return b"%PDF-" in head[:1024] and not head.startswith(PROGRAMS)
    if ending in OFFICE:
        return head.startswith(b"PK\x03\x04") and office_content_matches(file, ending)
    try:
        found = {match.extension.lstrip(".").lower() for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        return False
    return bool(found & ({"jpg", "jpeg", "jfif"} if ending in {"jpg", "jpeg"} else {ending}))


def office_content_matches(file: BinaryIO | File, ending: str) -> bool:
    """An Office document is an archive that says what it holds; one with macros is not taken."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.rpartition("/")[2] == "vbaProject.bin" for name in names):
                return False
            if ending in OOXML_PARTS:
                return {"[Content_Types].xml", OOXML_PARTS[ending]} <= names
            with archive.open("mimetype") as said:
                return said.read(200).decode("ascii", "replace").strip() == OFFICE[ending]
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ):
        return False
    finally:
        file.seek(0)


def download(file: File, *, name: str, media_type: str, inline: bool = False) -> FileResponse:
    """Hands a stored file out, never as a page of ours: no sniffing, sandboxed, private to the reader."""
    response = FileResponse(
        file.open("rb"), as_attachment=not inline, filename=name, content_type=media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
