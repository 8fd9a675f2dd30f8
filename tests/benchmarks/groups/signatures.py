"""One document from its row to the signed original, in turn with its rendering alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from django.conf import settings
from django.test.utils import override_settings

from portal.documents import rendering, services
from portal.documents.press import PRESS
from portal.documents.services import sealing
from portal.documents.signing import protocol
from portal.settings.environment import BASE_DIR
from tests.benchmarks.bench import Bench, timed
from tests.benchmarks.figures import Baseline, Figure, ratio_of
from tests.benchmarks.groups.documents import acceptance

PER_ROUND = 10


def sealed(bench: Bench) -> list[Figure]:
    """rendering and signing (PAdES B-LTA), in turn with rendering alone, both warm"""
    document = acceptance(bench)
    signed: list[float] = []
    rendered: list[float] = []
    with _signer():
        services.refresh()

        def both() -> None:
            sealing.sign(document, rendering.render(document))

        both()
        for _ in range(bench.rounds):
            for _ in range(PER_ROUND):
                rendered.append(timed(lambda: rendering.render(document)))
                signed.append(timed(both))
    PRESS.close()
    plain = Baseline("rendered_ms", median(rendered) * 1000)
    return [Figure("sealed_ratio", ratio_of(signed, rendered), plain, is_ratio=True)]


@contextmanager
def _signer() -> Iterator[None]:
    """The process that holds the keys, as the supervisor starts it."""
    with tempfile.TemporaryDirectory(prefix="s-") as folder:
        socket = Path(folder) / "s"
        command = [sys.executable, "-m", "portal.documents.signing.keeper", "--socket", str(socket)]
        command += ["--keys", str(Path(settings.DATA_DIR) / "keys" / "seals")]
        process = subprocess.Popen(command, cwd=BASE_DIR, env={})
        try:
            end = time.monotonic() + 60
            while not socket.exists() and process.poll() is None and time.monotonic() < end:
                time.sleep(0.05)
            protocol.ask(socket, {"op": "info"})
            with override_settings(SIGNER_SOCKET=socket):
                yield
        finally:
            process.terminate()
            process.wait(20)
