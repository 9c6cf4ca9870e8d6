"""A gateway of text messages that also lists what it took."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit


class SmsGateway:
    """Takes `{"to", "text"}` by POST, and lists what it took by `GET /messages?to=`; a context manager."""

    def __init__(self) -> None:
        messages: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                taken = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                messages.append({"id": str(len(messages)), "to": taken["to"], "body": taken["text"]})
                self.send_response(204)
                self.end_headers()

            def do_GET(self) -> None:
                to = parse_qs(urlsplit(self.path).query)["to"][0]
                listed = [message for message in reversed(messages) if message["to"] == to]
                body = json.dumps({"messages": listed}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the base class
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join(30)
        self._server.server_close()
