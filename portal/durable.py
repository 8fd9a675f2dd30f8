"""What has to be on the disk before anybody may rely on it."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Bring names that were made, renamed or removed in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
