"""A closed-loop client: every connection asks again as soon as it is answered. The same one for page and baseline."""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
#: Connections are made anew now and then: a kept one would stay with the web process that once took it.
REQUESTS_PER_CONNECTION = 25
LONGEST_WAIT = 30.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class LoadFault(RuntimeError):
    """The server gave another answer than a page."""


@dataclass
class Load:
    """What came of a run."""

    seconds: float
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


@dataclass
class _Connection:
    port: int
    request: bytes
    socket: socket.socket | None = None
    asked: int = 0
    since: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    expected: int | None = None


def request(path: str, *, session: str = "") -> bytes:
    """A GET as it goes over the wire, signed in when a session is given."""
    cookie = f"Cookie: sessionid={session}\r\n" if session else ""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\n{cookie}\r\n".encode()


def run(port: int, requests: Sequence[bytes], seconds: float) -> Load:
    """Ask on one connection per request for some seconds. Raises LoadFault for any answer but 200."""
    selector = selectors.DefaultSelector()
    connections = [_Connection(port, each) for each in requests]
    begin = time.perf_counter()
    end = begin + seconds
    load = Load(seconds)
    for connection in connections:
        _ask(connection, selector)
    open_ones = len(connections)
    while open_ones:
        ready = selector.select(LONGEST_WAIT)
        if not ready:
            raise LoadFault(f"no answer within {LONGEST_WAIT:.0f} s")
        for key, _ in ready:
            connection = key.data
            if not _answered(connection):
                continue
            now = time.perf_counter()
            load.latencies.append(now - connection.since)
            if now < end:
                _ask(connection, selector)
            else:
                _close(connection, selector)
                open_ones -= 1
    load.seconds = time.perf_counter() - begin
    return load


def _ask(connection: _Connection, selector: selectors.BaseSelector) -> None:
    if connection.socket is not None and connection.asked % REQUESTS_PER_CONNECTION == 0:
        _close(connection, selector)
    connection.since = time.perf_counter()
    if connection.socket is None:
        connection.socket = socket.create_connection((HOST, connection.port), timeout=LONGEST_WAIT)
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    connection.asked += 1
    connection.received.clear()
    connection.expected = None
    connection.socket.sendall(connection.request)


def _answered(connection: _Connection) -> bool:
    assert connection.socket is not None
    chunk = connection.socket.recv(1 << 18)
    if not chunk:
        raise LoadFault("the server closed a connection")
    connection.received += chunk
    if connection.expected is None:
        head = connection.received.find(b"\r\n\r\n")
        if head < 0:
            return False
        length = _LENGTH.search(connection.received, 0, head)
        status = bytes(connection.received[: connection.received.find(b"\r\n")])
        if status.split(b" ", 2)[1] != b"200" or length is None:
            raise LoadFault(f"{connection.request.split(b' ', 2)[1].decode()}: {status.decode()}")
        connection.expected = head + 4 + int(length[1])
    return len(connection.received) >= connection.expected


def _close(connection: _Connection, selector: selectors.BaseSelector) -> None:
    assert connection.socket is not None
    selector.unregister(connection.socket)
    connection.socket.close()
    connection.socket = None
