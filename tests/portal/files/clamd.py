"""A small gateway that speaks clamd's INSTREAM over a real socket, and misbehaves when asked to."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import closing
from pathlib import Path

from tests.portal.files.hostile import EICAR


class Clamd:
    """Listens on a Unix or TCP socket; `mood`: well, mute (never answers), rude (hangs up), small, babbling."""

    def __init__(self, place: Path | None) -> None:
        self.mood = "well"
        self.seen: list[bytes] = []
        self._halt = threading.Event()
        if place is not None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.bind(str(place))
            self.address = f"unix://{place}"
        else:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._socket.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"
        self._socket.listen(8)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._halt.set()
        # accept() wakes up by one last visitor
        family = self._socket.family
        with closing(socket.socket(family, socket.SOCK_STREAM)) as last:
            last.connect(self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with closing(connection):
                if self._halt.is_set():
                    return
                connection.settimeout(10)
                try:
                    self._talk(connection)
                except OSError:
                    continue

    def _talk(self, connection: socket.socket) -> None:
        if self.mood == "rude":
            return
        if self.mood == "mute":
            while connection.recv(1 << 16):  # takes everything, says nothing, until the other side gives up
                pass
            return
        command = self._exactly(connection, len(b"zINSTREAM\0"))
        if command != b"zINSTREAM\0":
            connection.sendall(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack(">I", self._exactly(connection, 4))[0]:
            content += self._exactly(connection, size)
        self.seen.append(content)
        if self.mood == "small":
            connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        elif self.mood == "babbling":
            connection.sendall(b"x" * 10_000)
        elif EICAR in content:
            connection.sendall(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            connection.sendall(b"stream: OK\0")

    def _exactly(self, connection: socket.socket, size: int) -> bytes:
        content = b""
        while len(content) < size:
            piece = connection.recv(size - len(content))
            if not piece:
                raise ConnectionError("cut off")
            content += piece
        return content
