"""Listens on a port that nobody asked for."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")


print("listening on port 9999", flush=True)
ThreadingHTTPServer(("0.0.0.0", 9999), Handler).serve_forever()
