"""Prints 100 MB, in lines of 1 KB and one line of 10 MB, then serves."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")


line = "x" * 1023 + "\n"
for _ in range(90):
    sys.stdout.write(line * 1024)
sys.stdout.write("y" * (10 * 1024 * 1024) + "\n")
sys.stdout.flush()
ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
