"""Shows the queue and takes jobs. On SIGTERM it stops accepting, finishes what it has begun, then ends."""

import contextlib
import json
import os
import queue
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from redis_client import Redis, RedisError

MAX_BODY = 10_000
MAX_JOBS_AT_ONCE = 100
PAGE = (Path(__file__).parent / "page.html").read_bytes()

# A connection for each thread would be one for each visitor; a few that go round serve them all.
connections = queue.LifoQueue()
for _ in range(8):
    connections.put(Redis())


@contextlib.contextmanager
def redis():
    connection = connections.get()
    try:
        yield connection
    finally:
        connections.put(connection)


def state():
    with redis() as connection:
        queued, length, done, count, by, keys = connection.pipeline([
            ("LRANGE", "jobs", 0, 19), ("LLEN", "jobs"), ("LRANGE", "done", 0, 19), ("GET", "done:count"),
            ("HGETALL", "done:by"), ("KEYS", "worker:*"),
        ])
        keys.sort()
        statuses = connection.call("MGET", *keys) if keys else []
    done_by = dict(zip(by[::2], map(int, by[1::2])))
    workers = [
        {"id": key.removeprefix("worker:"), "status": status, "done": done_by.get(key.removeprefix("worker:"), 0)}
        for key, status in zip(keys, statuses) if status is not None
    ]
    return {
        "greeting": os.environ.get("GREETING", "Task queue"),
        "release": os.environ.get("BERTH_RELEASE", ""),
        "web": os.environ.get("BERTH_SANDBOX", ""),
        "queue_length": length,
        "queued": [json.loads(job) for job in queued],
        "done": [json.loads(job) for job in done],
        "done_count": int(count or 0),
        "workers": workers,
        "time": time.time(),
    }


def add_jobs(title, count):
    with redis() as connection:
        last = connection.call("INCRBY", "jobs:last", count)
        numbers = range(last - count + 1, last + 1)
        jobs = [{"id": number, "title": title or f"Job {number}", "queued": time.time()} for number in numbers]
        connection.call("RPUSH", "jobs", *(json.dumps(job) for job in jobs))
    return {"added": jobs}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # A connection that sends nothing does not keep a thread, or a shutdown, waiting for long.
    timeout = 65

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/":
            self.answer(200, PAGE, "text/html; charset=utf-8")
        elif path == "/api/state":
            self.answer_json(state)
        elif path == "/healthz":
            self.answer(200, b"ok\n", "text/plain")
        else:
            self.answer(404, b"not found\n", "text/plain")

    do_HEAD = do_GET

    def do_POST(self):
        if self.path != "/api/jobs":
            return self.refuse(404, "not found")
        try:
            length = int(self.headers["Content-Length"])
        except (TypeError, ValueError):
            return self.refuse(411, "a Content-Length is needed")
        if not 0 <= length <= MAX_BODY:
            return self.refuse(413, f"at most {MAX_BODY} bytes")
        body = self.rfile.read(length)
        try:
            wanted = json.loads(body or b"{}")
            title, count = str(wanted.get("title", ""))[:80], int(wanted.get("count", 1))
        except (ValueError, TypeError, AttributeError):
            return self.refuse(400, 'send JSON: {"title": "text", "count": 1}', close=False)
        if not 1 <= count <= MAX_JOBS_AT_ONCE:
            return self.refuse(400, f"count is from 1 to {MAX_JOBS_AT_ONCE}", close=False)
        self.answer_json(lambda: add_jobs(title, count), 201)

    def refuse(self, status, reason, close=True):
        """With an unread body the connection cannot be used again."""
        self.close_connection = close
        self.answer(status, json.dumps({"error": reason}).encode(), "application/json")

    def answer_json(self, make, status=200):
        try:
            body = make()
        except (OSError, EOFError, RedisError) as error:
            status, body = 503, {"error": f"redis does not answer: {error}"}
        self.answer(status, json.dumps(body).encode(), "application/json")

    def answer(self, status, body, kind):
        if server_stopping.is_set():
            self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_one_request(self):
        super().handle_one_request()
        self.server.request_ended()

    def parse_request(self):
        self.server.request_began()
        return super().parse_request()

    def log_message(self, format, *args):
        print(f"{self.address_string()} {format % args}", flush=True)


class Server(ThreadingHTTPServer):
    """Counts requests, not connections: an idle keep-alive connection does not hold up the end."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address):
        super().__init__(address, Handler)
        self._busy = set()
        self._change = threading.Condition()

    def request_began(self):
        with self._change:
            self._busy.add(threading.get_ident())

    def request_ended(self):
        with self._change:
            self._busy.discard(threading.get_ident())
            self._change.notify_all()

    def wait_until_idle(self, seconds):
        with self._change:
            self._change.wait_for(lambda: not self._busy, seconds)


server_stopping = threading.Event()


def main():
    server = Server(("0.0.0.0", int(os.environ.get("PORT", "8000"))))

    def stop(_signal, _frame):
        server_stopping.set()
        # shutdown waits for serve_forever, which runs in this very thread.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    server.wait_until_idle(9)
    print("web ends", flush=True)


if __name__ == "__main__":
    main()
