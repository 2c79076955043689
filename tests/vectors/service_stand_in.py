"""A service for embeddings on the loopback, which answers well or badly as its path says."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WRONG = {
    "word": b'{"data": [{"index": 0, "embedding": ["x"]}]}',
    "page": b"<html><body>Sign in to continue</body></html>",
    "nothing": b"",
    "half": b'{"data": [{"index": 0, "embedding": [0.1, 0.2',
    "deep": b"[" * 100_000,
    "fewer": b'{"data": []}',
    "more": b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [2]}]}',
    "empty": b'{"data": [{"index": 0, "embedding": []}]}',
    "base64": b'{"data": [{"index": 0, "embedding": "AACAPw=="}]}',
    "unnumbered": b'{"data": [{"embedding": [1, 2]}]}',
    "list": b"[1, 2]",
    "binary": b"\xff\xfe\x00",
}
"""Answers that hold no vector for one text."""


class Answers(BaseHTTPRequestHandler):
    """A service that answers as its path says, and remembers what it was sent."""

    asked: list[tuple[str, str | None, Any]] = []
    released = threading.Event()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["Authorization"], body))
        if "hang" in self.path:
            self.released.wait(20)
        status = 429 if "busy" in self.path or ("once" in self.path and len(self.asked) == 1) else 200
        status = {"denied": 401, "moved": 302}.get(self.path.split("/")[1], status)
        self.send_response(status)
        self.send_header("Retry-After", "0.01")
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(self._answer(body))

    def _answer(self, body: Any) -> bytes:
        if "function" in self.path:
            return json.dumps({"result": [{"vector": [1, 2, len(body["nested"]["text"])]}]}).encode()
        if self.path.startswith("/wrong/"):
            return WRONG[self.path.split("/")[2]]
        length = body.get("dimensions") or 2
        rows = [{"index": i, "embedding": [float(i), *[1.0] * (length - 1)]} for i in range(len(body["input"]))][::-1]
        return json.dumps({"data": rows, "usage": {"total_tokens": 7}}).encode()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[str]:
    """Its address, while it runs."""
    Answers.asked = []
    Answers.released.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        Answers.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
