"""The press: HTML in, PDF out, set by a confined process (`portal/documents/worker.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings

from portal.confinement.workers import SOME_FILES, Busy, Ended, Limits, Refused, Worker
from portal.documents.errors import RenderingFault

WALL_SECONDS: Final = 30.0
WAIT_SECONDS: Final = 30.0
LIMITS: Final = Limits(512 * 1024 * 1024, cpu_seconds=20, wall_seconds=WALL_SECONDS, written=SOME_FILES)
SORRY: Final = "文书的 PDF 暂时不能生成，请过几分钟再试。文书本身已经出具，不受影响。"

_FONTS: Final = tuple(
    f"noto-{family}-sc/{weight}" for family in ("serif", "sans") for weight in ("400Regular", "700Bold")
)

logger = structlog.get_logger(__name__)


def assets_folder() -> Path:
    """The only folder that a document may take anything from."""
    return Path(settings.BASE_DIR) / "static" / "documents"


def font_folders() -> list[Path]:
    return [Path(settings.BASE_DIR) / "node_modules" / "@expo-google-fonts" / name for name in _FONTS]


class Press:
    """Prints one document at a time."""

    def __init__(self) -> None:
        self.worker = Worker(
            "portal.documents.worker", LIMITS, lambda: [str(assets_folder()), *map(str, font_folders())]
        )

    def print(self, html: str, *, identifier: str, attachment: dict[str, str] | None = None) -> bytes:
        """The PDF, with its data inside; raises RenderingFault when it cannot be made within the limits."""
        request = json.dumps({"html": html, "identifier": identifier, "attachment": attachment}).encode()
        try:
            return self.worker.ask(request, wait=WAIT_SECONDS, wall_seconds=WALL_SECONDS)
        except Busy:
            raise RenderingFault(SORRY, code="press_busy") from None
        except Ended as ended:
            logger.warning("press_worker_ended", reason=str(ended))
            raise RenderingFault(SORRY) from ended
        except Refused as refused:
            logger.warning("press_refused", reason=str(refused))
            raise RenderingFault(SORRY) from refused

    def close(self) -> None:
        """End the worker, if there is one."""
        self.worker.close()


PRESS: Final = Press()
