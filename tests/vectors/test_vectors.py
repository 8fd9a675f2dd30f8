"""The vectors come from outside: they stay byte for byte as they were given."""

import hashlib
from pathlib import Path

FOLDER = Path(__file__).parent


def test_every_vector_file_is_as_it_was_given() -> None:
    lines = (FOLDER / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    assert sums == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(FOLDER.glob("*.json"))}
