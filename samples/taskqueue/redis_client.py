"""The few Redis commands this sample needs, over one socket, with patience.

Redis may be restarted or moved at any time: a command that meets a broken connection is tried again on a new
one, for up to RETRY_SECONDS, so that a person at the page does not notice.
"""

import os
import socket
import threading
import time
from urllib.parse import urlparse

RETRY_SECONDS = 10


class RedisError(Exception):
    """Redis answered with an error."""


class RedisLoading(RedisError):
    """Redis is there but still reads its data: worth another try."""


class Redis:
    """One connection, used by one thread at a time; others wait their turn."""

    def __init__(self, url=None):
        address = urlparse(url or os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"))
        self._address = (address.hostname, address.port or 6379)
        self._lock = threading.Lock()
        self._socket = None
        self._reader = None

    def call(self, *command, wait=0):
        """Runs one command. `wait`: seconds that the command itself may block in Redis (BLPOP)."""
        return self.pipeline([command], wait)[0]

    def pipeline(self, commands, wait=0):
        """Runs several commands in one round trip and returns their answers in order."""
        request = b"".join(self._encode(command) for command in commands)
        deadline = time.monotonic() + RETRY_SECONDS
        pause = 0.05
        with self._lock:
            while True:
                try:
                    self._connect(timeout=wait + 5)
                    self._socket.sendall(request)
                    return [self._read() for _ in commands]
                except (OSError, EOFError, RedisLoading):
                    self.close()
                    if time.monotonic() + pause > deadline:
                        raise
                    time.sleep(pause)
                    pause = min(pause * 2, 1)

    def close(self):
        if self._socket is not None:
            self._reader.close()
            self._socket.close()
        self._socket = self._reader = None

    def _connect(self, timeout):
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=3)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._reader = self._socket.makefile("rb")
        self._socket.settimeout(timeout)

    @staticmethod
    def _encode(command):
        parts = [part if isinstance(part, bytes) else str(part).encode() for part in command]
        return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)

    def _read(self):
        line = self._reader.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError("redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._read_text(int(rest))
        if kind == b"*":
            return None if rest == b"-1" else [self._read() for _ in range(int(rest))]
        message = rest.decode(errors="replace")
        if kind != b"-":
            raise OSError(f"{self._socket.getpeername()[0]} does not speak Redis: {line!r}")
        raise RedisLoading(message) if message.startswith("LOADING") else RedisError(message)

    def _read_text(self, length):
        data = self._reader.read(length + 2)
        if len(data) != length + 2:
            raise EOFError("redis closed the connection")
        return data[:-2].decode()
