"""The archive of WAL: `wal/<cluster>/<segment>` (`.gz` from the embedded server), and which segments a restore needs.

Knows nothing of Django: the supervisor starts the receiver of an outside server.
"""

from __future__ import annotations

import gzip
import re
import shlex
import shutil
import time
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from portal.embedded.layout import Layout
from portal.operations.backup.faults import BackupFault, told
from portal.operations.backup.store import Cluster, Manifest, write

SEGMENT: Final = 16 * 2**20
#: Below this much free space WAL is no longer kept, so that the archive never stops the portal.
LEAST_FREE_KIB: Final = 2**20
SLOT: Final = "portal_backup"
#: In the folder of a cluster whose WAL is received through a slot.
RECEIVING: Final = ".receiving"
_SEGMENT_NAME: Final = re.compile(r"([0-9A-F]{24})(\.gz|\.partial)?")

_ARCHIVER: Final = """\
#!/bin/sh
# Written by `manage.py backup`; PostgreSQL runs it for each finished piece of WAL: its path, its name.
set -eu
archive={archive}
stopped={stopped}
[ ! -e "$stopped" ] || exit 0
scarce() {{ [ "$(df -Pk "$1" | awk 'NR == 2 {{ print $4 }}')" -lt {least} ]; }}
if scarce . || {{ [ -d "$archive" ] && scarce "$archive"; }}; then
  echo "archive-wal: a disk is nearly full; WAL is not kept until the next base backup" >&2
  date -u +%Y-%m-%dT%H:%M:%SZ > "$stopped"
  exit 0
fi
kept=$archive/$2.gz
if [ -e "$kept" ]; then
  gzip -dc "$kept" | cmp -s - "$1" && exit 0
  echo "archive-wal: $kept is there already with another content" >&2
  exit 1
fi
draft=$archive/.$2.draft
gzip -1 -c "$1" > "$draft"
sync "$draft"
mv "$draft" "$kept"
sync "$archive"
"""


def install_archiver(layout: Layout, archive: Path) -> None:
    """From now on finished WAL is kept; a gap that a full disk made ends here."""
    text = _ARCHIVER.format(
        archive=shlex.quote(str(archive)), stopped=shlex.quote(str(layout.archive_stopped)), least=LEAST_FREE_KIB
    )
    with told(layout.archiver):
        layout.archive_stopped.unlink(missing_ok=True)
        if layout.archiver.exists() and layout.archiver.read_text() == text:
            return
        draft = layout.archiver.with_name(f"{layout.archiver.name}.draft")
        write(draft, text.encode())
        draft.chmod(0o755)
        draft.rename(layout.archiver)


def segment_name(timeline: int, position: str, size: int = SEGMENT) -> str:
    """The segment that holds a position such as 0/2000028."""
    high, low = (int(half, 16) for half in position.split("/"))
    return f"{timeline:08X}{high:08X}{low // size:08X}"


def next_segment(name: str, size: int = SEGMENT) -> str:
    timeline, high, low = name[:8], int(name[8:16], 16), int(name[16:], 16)
    count = high * (2**32 // size) + low + 1
    return f"{timeline}{count // (2**32 // size):08X}{count % (2**32 // size):08X}"


def kept(archive: Path) -> dict[str, Path]:
    """Segment by name; what is still being received counts where the whole one is not there."""
    found: dict[str, Path] = {}
    if archive.is_dir():
        for path in sorted(archive.iterdir()):
            match = _SEGMENT_NAME.fullmatch(path.name)
            if match and (match[2] != ".partial" or match[1] not in found):
                found[match[1]] = path
    return found


def chain(archive: Path, cluster: Cluster) -> tuple[list[Path], str]:
    """The segments from the base backup on without a gap, and the first that is missing before later ones ("": none).

    Only the timeline of the base backup counts: what a restored portal wrote later belongs to its own backups.
    """
    found = kept(archive)
    name, links = cluster.first_segment, []
    while name in found:
        links.append(found[name])
        name = next_segment(name, cluster.segment_size)
    same = [other for other in found if other[:8] == name[:8] and other > name]
    return links, name if same else ""


def check(links: Iterable[Path], size: int) -> None:
    """Raises BackupFault that names the first segment which is not what was kept."""
    for path in links:
        try:
            found = _length(path)
        except (OSError, EOFError, zlib.error):
            found = -1
        if found != size:
            raise BackupFault(f"The WAL segment {path.name} in {path.parent} is damaged.")


def _length(path: Path) -> int:
    """Bytes of a segment, by reading it: gzip keeps a sum."""
    if path.suffix != ".gz":
        return path.stat().st_size
    length = 0
    with gzip.open(path) as stream:
        while block := stream.read(1 << 20):
            length += len(block)
    return length


def histories(archive: Path) -> list[Path]:
    """The files that tell of timelines, so that a recovery begins one that is new."""
    return sorted(path for path in archive.glob("*.history*") if not path.name.startswith("."))


def wait_for(archive: Path, segment: str, seconds: float) -> None:
    """Until the archive has the segment; raises BackupFault when it does not come."""
    end = time.monotonic() + seconds
    while not any((archive / name).exists() for name in (segment, f"{segment}.gz")):
        if time.monotonic() > end:
            raise BackupFault(
                f"The WAL segment {segment} did not come into {archive} within {seconds:.0f} s: see postgres.log."
            )
        time.sleep(0.05)


def prune(wal: Path, kept_sets: Iterable[Manifest]) -> int:
    """Remove WAL from before the oldest base backup of its cluster, and that of clusters without one."""
    first: dict[str, str] = {}
    for manifest in kept_sets:
        if (cluster := manifest.cluster) is not None:
            position = cluster.first_segment[8:]
            first[cluster.identifier] = min(position, first.get(cluster.identifier, position))
    removed = 0
    for folder in sorted(wal.iterdir()):
        if folder.name not in first:
            shutil.rmtree(folder)
            continue
        for name, path in kept(folder).items():
            if name[8:] < first[folder.name]:
                path.unlink()
                removed += 1
        for label in folder.glob("*.backup.gz"):
            if label.name[8:24] < first[folder.name]:
                label.unlink()
    return removed


def receiver(program: str, archive: Path | str, address: str) -> list[str]:
    """The command that receives WAL of an outside server for ever; the password comes by the environment.

    Synchronous: on the disk of the backups at once, and confirmed, which the server does not wait for.
    """
    return [program, "--no-password", "--synchronous", f"--directory={archive}", f"--slot={SLOT}", "-d", address]
