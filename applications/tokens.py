"""The signed address under which a case's progress can be read for a while, without sign-in and without a cookie."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

from django.core import signing

from portal.web.errors import Expired, NotFound

KEPT: Final = dt.timedelta(hours=2)
_SALT: Final = "applications.progress"


def progress_token(case_id: UUID, now: dt.datetime) -> str:
    """Says which case, and until when; nobody can make one for another case."""
    until = int((now + KEPT).timestamp())
    return signing.dumps([case_id.hex, until], salt=_SALT)


def case_of_token(token: str, now: dt.datetime) -> UUID:
    """Raises NotFound for a token that is not ours, Expired after its time."""
    try:
        case_id, until = signing.loads(token, salt=_SALT)
        found = UUID(hex=case_id)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound("没有这个页面。请重新输入办件编号和查询码。") from None
    if until <= now.timestamp():
        raise Expired("这次查询已经过期，请重新输入办件编号和查询码。")
    return found
