"""A signer of its own for these tests, as a real process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.portal.documents.signers import Running, running


@pytest.fixture(scope="session")
def signer_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("signer")) as found:
        yield found


@pytest.fixture
def signer(signer_process: Running, settings: Any, tmp_path: Path) -> Running:
    """Documents of this test are signed by it, and their files are its own."""
    settings.SIGNER_SOCKET = signer_process.socket
    settings.FILES_DIR = tmp_path / "files"
    settings.DEMONSTRATION = True
    return signer_process
