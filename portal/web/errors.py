"""Errors of the domain: each has a Chinese sentence for the user and an HTTP status.

A service raises them; the middleware turns an uncaught one into its page, and a form can show it at its field.
"""


class DomainError(Exception):
    """A rule was broken; `message` says to the user in Chinese what is so and what to do."""

    http_status: int = 409
    default_code: str = "domain_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.field = field
        if http_status is not None:
            self.http_status = http_status

    def __str__(self) -> str:
        return self.message


class WrongState(DomainError):
    """The thing is not in a state in which this act is possible."""

    http_status = 409
    default_code = "wrong_state"


class NotAllowed(DomainError):
    """This actor may not do this."""

    http_status = 403
    default_code = "not_allowed"


class NotFound(DomainError):
    """There is no such thing for this actor."""

    http_status = 404
    default_code = "not_found"

    def __init__(
        self, message: str = "没有找到您要的内容。", *, code: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message, code=code, field=field)


class BadInput(DomainError):
    """What was sent cannot be right; `field` names the input."""

    http_status = 422
    default_code = "bad_input"


class Expired(DomainError):
    """A link, code or period is over."""

    http_status = 410
    default_code = "expired"


class TooMany(DomainError):
    """A rate limit is reached; `retry_after` in seconds."""

    http_status = 429
    default_code = "too_many"

    def __init__(
        self,
        message: str = "操作太频繁，请稍后再试。",
        *,
        code: str | None = None,
        field: str | None = None,
        retry_after: int = 60,
    ) -> None:
        super().__init__(message, code=code, field=field)
        self.retry_after = retry_after


class AskFirst(DomainError):
    """Another page has to be answered before this one opens; a browser is led there, and back by `next`."""

    http_status = 403
    default_code = "ask_first"

    def __init__(self, message: str, *, url: str, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.url = url
