"""Why a file is not taken: a sentence that says what is so and what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from portal.web.errors import BadInput, DomainError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class FileRefused(BadInput):
    """The upload is not stored; nothing of the form is lost."""

    default_code = "file_refused"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = "file") -> None:
        super().__init__(message, code=code, field=field)


class UploadsTooFast(FileRefused):
    """Too many files of one person within a few minutes; `retry_after` in seconds."""

    http_status = 429
    default_code = "too_many"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(f"您传得太快了，请过 {retry_after // 60} 分钟再传。已经传好的文件都在。")
        self.retry_after = retry_after


class StorageFull(DomainError):
    """The disk takes no more: an operator's matter, and nothing of the form is lost."""

    http_status = 503
    default_code = "storage_full"


@contextmanager
def told_when_full() -> Iterator[None]:
    """A full disk is a page that says so, not a crash."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("平台的存储空间暂时不够，文件没有存下。请过一会儿再传，或者把材料交到窗口。") from error
        raise
