"""The ledger's part of `manage.py verify`."""

from __future__ import annotations

from collections.abc import Iterator

from portal.ledger.checking import verify
from portal.web.checks import Scope


def check(_scope: Scope) -> Iterator[str]:
    """Everything that verify_log finds."""
    for fault in verify().faults:
        place = f"存证链 {fault.subject}" if fault.subject is not None else "存证"
        event = f"第 {fault.seq} 个事件" if fault.seq is not None else ""
        yield f"{place}{event}不对（{fault.code}）：{fault.message}"
