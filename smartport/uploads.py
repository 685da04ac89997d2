"""A full disk costs a file, never the text beside it: how files arrive, and where they rest."""

import errno
import logging
from pathlib import Path
from typing import Any, NoReturn

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from smartport.errors import Refusal

logger = logging.getLogger(__name__)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class NoRoom(Refusal):
    """The server could not keep a file; the rest of the request is not lost."""

    code = "no_room"
    status = 507

    def __init__(self) -> None:
        super().__init__(
            _("The server has no room left for this file."),
            remedy=_("What you typed is kept. Try again later, or tell the secretariat."),
        )


class UnkeptFile(UploadedFile):
    """What is left of a file there was no room for: reading it raises NoRoom, where the view can answer."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__(None, name, "", size)

    def read(self, *args: Any) -> NoReturn:
        raise NoRoom

    seek = chunks = multiple_chunks = open = read

    def close(self) -> None:
        """There is nothing to close."""


class UploadToDisk(TemporaryFileUploadHandler):
    """Files of large requests. Django's own would end the request with an error when the disk is full."""

    file: Any = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.full = False
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._failed(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if not self.full:
            try:
                super().receive_data_chunk(raw_data, start)
            except OSError as error:
                self._failed(error)

    def file_complete(self, file_size: int) -> UploadedFile:
        try:
            if not self.full:
                return super().file_complete(file_size)
        except OSError as error:
            self._failed(error)
        return UnkeptFile(self.file_name, file_size)

    def upload_interrupted(self) -> None:
        if self.file is not None:
            super().upload_interrupted()

    def _failed(self, error: OSError) -> None:
        if error.errno not in FULL:
            raise error
        self.full = True
        logger.error("no room for an upload")


class Shelf(FileSystemStorage):
    """Django's storage; a file it has no room for leaves nothing behind and raises NoRoom."""

    def _save(self, name: str, content: File) -> str:
        try:
            return super()._save(name, content)
        except OSError as error:
            if error.errno not in FULL:
                raise
            Path(self.path(name)).unlink(missing_ok=True)
            logger.error("no room for a file under MEDIA_ROOT")
            raise NoRoom from error
