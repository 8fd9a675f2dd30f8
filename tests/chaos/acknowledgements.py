"""The log outside the system: what was said yes to, a JSON object per line, on disk before anybody goes on."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any


class Acknowledgements:
    """Written by all clients; `counts` tells how many of each kind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8")

    def note(self, kind: str, **facts: Any) -> None:
        with self._lock:
            self._file.write(json.dumps({"kind": kind, **facts}) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self.counts[kind] += 1

    def close(self) -> None:
        self._file.close()
