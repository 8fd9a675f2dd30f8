"""Why a file is not taken: a sentence that says what is so and what to do."""

from __future__ import annotations

from portal.web.errors import BadInput


class FileRefused(BadInput):
    """The upload is not stored; nothing of the form is lost."""

    default_code = "file_refused"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = "file") -> None:
        super().__init__(message, code=code, field=field)
