"""What the content policy stopped in the browser: told by the page at once, and by its report to the portal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext

#: The page tells of each violation before anything else happens in it; the browser runs this outside of the policy.
_LISTEN = """
document.addEventListener('securitypolicyviolation', event => window.portalViolation(
  `${event.effectiveDirective} stopped ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`))
"""
_EVENT = b'"content_policy_violation"'


def listen(context: BrowserContext, faults: list[str]) -> None:
    """Every violation in the pages of this context becomes a fault."""

    def told(source: Any, words: str) -> None:
        faults.append(f"{source['page'].url}: {words}")

    context.expose_binding("portalViolation", told)
    context.add_init_script(_LISTEN)


class Reports:
    """The reports that reached the portal, read from its log."""

    def __init__(self, logs: Path) -> None:
        self._log = logs / "web.log"
        self._position = self._log.stat().st_size if self._log.exists() else 0

    def new(self) -> list[str]:
        """Those since the last call."""
        if not self._log.exists():
            return []
        with self._log.open("rb") as log:
            log.seek(self._position)
            written = log.read()
        whole = written[: written.rfind(b"\n") + 1]
        self._position += len(whole)
        return [line.decode("utf-8", "replace") for line in whole.splitlines() if _EVENT in line]
