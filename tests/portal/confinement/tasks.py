"""Tasks that misbehave, run inside the confined process."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable


def prepare(*arguments: str) -> Callable[[bytes], bytes]:
    """The request names what to do."""

    def answer(request: bytes) -> bytes:
        match request.split(b" ", 1)[0]:
            case b"echo":
                return request
            case b"environment":
                return repr(sorted(name for name in os.environ if name != "LC_CTYPE")).encode()
            case b"modules":
                return repr(sorted(name for name in sys.modules if name.split(".")[0] in ("django", "portal"))).encode()
            case b"arguments":
                return repr(arguments).encode()
            case b"fail":
                raise ValueError("no such thing")
            case b"memory":
                return str(len(bytearray(1 << 30))).encode()
            case b"spin":
                while True:
                    pass
            case b"sleep":
                time.sleep(60)
            case b"die":
                os.kill(os.getpid(), signal.SIGKILL)
            case b"write":
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                with open("out", "wb") as stream:
                    stream.write(b"x" * 100)
            case b"files":
                return str(len([socket.socket() for _ in range(100)])).encode()
            case b"print":
                print("between the frames", flush=True)
                return b"printed"
        return b""

    return answer
