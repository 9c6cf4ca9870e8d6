"""Acme Sign-in: `python acme_server.py --config acme.json --port 0`. It ends on SIGTERM, or when its stdin closes."""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import signal
import smtplib
import sys
import threading
import tomllib
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from acme_rules import Acme, Answer, Call, Json, Refusal

ROUTES: dict[str, Callable[[Acme, Call], Answer]] = {
    "POST /api/v3/login": Acme.login,
    "POST /api/v3/login/verify": Acme.verify,
    "POST /api/v3/login/resend": Acme.resend,
    "POST /api/v3/logout": Acme.logout,
    "GET /api/v3/account": Acme.account,
    "POST /api/v3/recovery": Acme.recovery,
    "POST /api/v3/recovery/complete": Acme.complete_recovery,
    "GET /api/v3/admin/users": Acme.find,
    "PUT /api/v3/admin/users/([^/]+)/second-factor": Acme.enable,
    "DELETE /api/v3/admin/users/([^/]+)/second-factor": Acme.disable,
    "POST /api/v3/admin/users/([^/]+)/release": Acme.release,
}
COOKIE = "acme_challenge={}; Path=/api/v3/login; HttpOnly; SameSite=Strict"
MOST = 16 * 1024


def once(pairs: list[tuple[str, object]]) -> Json:
    """An object, where it has no member twice."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a member stands twice")
    return fields


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece
    server_version, sys_version = "Acme", ""  # of what it is made nobody is told
    server: Server

    def answer(self) -> None:
        headers = {"Cache-Control": "no-store", "Content-Type": "application/json"}
        try:
            status, body, challenge = self._carry_out(self._fields())
            if challenge is not None:
                headers["Set-Cookie"] = COOKIE.format(challenge) + ("" if challenge else "; Max-Age=0")
        except Refusal as refusal:
            status, code, *wait = refusal.args
            body = {"error": {"code": code, "text": code.removeprefix("E_").replace("_", " ").capitalize()}}
            headers |= {"Retry-After": str(math.ceil(wait[0]))} if wait else {}
            headers |= {"WWW-Authenticate": "Bearer"} if code == "E_SESSION" else {}
        data = json.dumps(body).encode()
        headers |= {"Content-Length": str(len(data))}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names that the base class looks for

    def _fields(self) -> Json:
        """What the request says, in its body or in its query. The body is read even where nothing is done with it."""
        length = self.headers.get("Content-Length", "0")
        said = "Transfer-Encoding" not in self.headers and re.fullmatch("[0-9]{1,9}", length)
        raw = self.rfile.read(min(int(length), 64 * MOST)) if said else b""
        if not said or len(raw) > MOST:
            self.close_connection = True
            raise Refusal(413, "E_TOO_LARGE")
        if self.command not in {"POST", "PUT"}:
            query = parse_qsl(urlsplit(self.path).query, keep_blank_values=True)
            return {name: {"true": True, "false": False}.get(value, value) for name, value in query}
        if raw and self.headers.get_content_type() != "application/json":
            raise Refusal(415, "E_MEDIA_TYPE")
        try:
            fields = json.loads(raw or b"{}", object_pairs_hook=once)
            json.dumps(fields, ensure_ascii=False).encode()  # half a character is none
        except (ValueError, RecursionError) as error:
            raise Refusal(400, "E_INPUT") from error
        return fields if isinstance(fields, dict) else {}

    def _carry_out(self, fields: Json) -> Answer:
        if self.headers.get("X-Acme-Key") != self.server.key:
            raise Refusal(401, "E_KEY")
        asked = f"{self.command} {urlsplit(self.path).path}"
        route, match = next(((key, it) for key in ROUTES if (it := re.fullmatch(key, asked))), ("", None))
        if match is None:
            raise Refusal(404, "E_NO_PATH")
        app, (kind, _, session) = self.headers.get("X-Acme-App"), self.headers.get("Authorization", "").partition(" ")
        try:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError as error:
            raise Refusal(400, "E_INPUT") from error
        if app not in {None, "portal", "go"}:
            raise Refusal(400, "E_INPUT")
        challenge = cookies["acme_challenge"].value if "acme_challenge" in cookies else ""
        call = Call(fields, next(iter(match.groups()), ""), challenge, session if kind == "Bearer" else "", app)
        with self.server.lock:
            return ROUTES[route](self.server.acme, call)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, config: Json, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.lock, self.key, self.config = threading.Lock(), config["key"], config
        self.acme = Acme(config, self.deliver)

    def deliver(self, to: str, subject: str, text: str) -> bool:
        try:
            (self._mail if "@" in to else self._sms)(to, subject, text)
        except OSError as error:
            sys.stderr.write(f"nothing was sent: {error}\n")
            return False
        return True

    def _mail(self, to: str, subject: str, text: str) -> None:
        message = EmailMessage()
        for name, value in {"From": "Acme <no-reply@acme.example>", "To": to, "Subject": subject}.items():
            message[name] = value
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="acme.example")
        message.set_content(text)
        host, port = self.config["smtp"]
        with smtplib.SMTP(host, port, local_hostname="acme.example", timeout=10) as smtp:
            smtp.send_message(message, to_addrs=[to])

    def _sms(self, to: str, _subject: str, text: str) -> None:
        body, kind = json.dumps({"to": to, "text": text}).encode(), {"Content-Type": "application/json"}
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(urllib.request.Request(self.config["smsUrl"], body, kind), timeout=10).close()  # noqa: S310 - ours


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    config = json.loads(options.config.read_text(encoding="utf-8"))
    faults = tomllib.loads(Path(__file__).with_name("acme_faults.toml").read_text(encoding="utf-8"))
    if config.get("fault") not in {None, *faults}:
        parser.error(f"there is no fault {config['fault']!r}")
    ended = threading.Event()

    def read_stdin() -> None:
        while os.read(0, 1024):
            pass
        ended.set()

    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with Server(config, options.port) as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        threading.Thread(target=read_stdin, daemon=True).start()
        print(f"ready http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - its starter waits for it
        ended.wait()
        server.shutdown()


if __name__ == "__main__":
    main()
