"""How the portal talks to the process that holds the key: frames on a Unix socket.

A frame is an 8-byte length and that many bytes of JSON; bytes in it are base64. A request names its act (`op`), an
answer has `ok`, and with `ok: false` a `fault` for the log.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
from pathlib import Path
from typing import Any, Final

MOST: Final = 16 * 1024 * 1024
SECONDS: Final = 10.0


class KeeperAway(Exception):
    """Nobody answers at the socket, or not within the time."""


class KeeperRefused(Exception):
    """The process that holds the key answered that it will not; the text is for the log."""


def ask(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Send one request and wait for its answer. Raises KeeperAway or KeeperRefused."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(SECONDS)
            connection.connect(str(path))
            send(connection, request)
            answer = receive(connection)
    except OSError as error:
        raise KeeperAway(f"no answer at the signer's socket: {type(error).__name__}") from error
    if answer is None:
        raise KeeperAway("the signer hung up")
    if not answer.get("ok"):
        raise KeeperRefused(str(answer.get("fault", "")))
    return answer


def send(connection: socket.socket, content: dict[str, Any]) -> None:
    data = json.dumps(content).encode()
    connection.sendall(struct.pack(">Q", len(data)) + data)


def receive(connection: socket.socket) -> dict[str, Any] | None:
    """The next frame; None when the other side has ended."""
    head = _read(connection, 8)
    if head is None:
        return None
    size = struct.unpack(">Q", head)[0]
    if size > MOST:
        raise OSError("a frame that long is none of ours")
    data = _read(connection, size)
    if data is None:
        return None
    found = json.loads(data)
    if not isinstance(found, dict):
        raise OSError("a frame holds an object")
    return found


def packed(content: bytes) -> str:
    return base64.b64encode(content).decode()


def unpacked(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _read(connection: socket.socket, size: int) -> bytes | None:
    content = bytearray()
    while len(content) < size:
        chunk = connection.recv(min(size - len(content), 1 << 16))
        if not chunk:
            return None
        content += chunk
    return bytes(content)
