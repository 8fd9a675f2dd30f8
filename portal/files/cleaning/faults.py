"""Why a file is not clean: a code and figures; the sentences are `portal.files.refusals`."""

from __future__ import annotations


class Unclean(Exception):
    """The file is refused for what it is."""

    def __init__(self, code: str, **values: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
