"""What the target file gives for the target alone, in a real browser: another host never gets it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from mail_certificates import make_certificates

from servinix_conformance.browser.own import Own, origin_of
from servinix_conformance.browser.program import Program
from servinix_conformance.browser.window import Window
from servinix_conformance.redaction import Redactor
from servinix_conformance.target import Http, Portal, Target

SECRET = "canary-of-the-header"
HTML = {"Content-Type": "text/html"}
Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    with closing(Program()) as running:
        running.start()
        yield running


def answer(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: str = "") -> None:
    request.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body.encode())


def test_headers_of_the_target_file_go_to_the_target_alone(serve: Serve, program: Program) -> None:
    seen: dict[str, tuple[str | None, str | None]] = {}

    def note(request: BaseHTTPRequestHandler) -> None:
        seen[request.path] = request.headers.get("X-Key"), request.headers.get("Cookie")

    def foreign(request: BaseHTTPRequestHandler) -> None:
        note(request)
        answer(request, 200, HTML, f"<title>Elsewhere</title><script src='{own_url}/back.js'></script>")

    def own(request: BaseHTTPRequestHandler) -> None:
        note(request)
        pages = {
            "/": f"""<title>Own</title><link rel=stylesheet href='/own.css'><img src='{foreign_url}/picture'>
                <script src='{foreign_url}/script.js'></script><iframe src='{foreign_url}/frame'></iframe>""",
            "/landed": "<title>Landed</title>",
        }
        if request.path in {"/away", "/on"}:
            to = f"{foreign_url}/redirected" if request.path == "/away" else "/landed"
            answer(request, 302, {"Location": to, "Set-Cookie": "kept=1; HttpOnly; SameSite=Lax"})
            return
        answer(request, 200, HTML, pages.get(request.path, ""))

    foreign_url, own_url = serve(foreign), serve(own)
    http = Http(headers={"X-Key": SECRET})
    lent = Own.of(Target("Acme", own_url, http=http, portal=Portal(f"{own_url}/")))
    window = Window(partial(program.context, http, lent), Portal(f"{own_url}/"), Redactor(), lent)
    try:
        window.tab.go("")
        window.second.go("on")
        assert window.second.page.title() == "Landed"
        window.second.go("away")
        assert window.second.page.title() == "Elsewhere"
        with window.with_cookies([]) as other:
            other.go("own.css?again")
    finally:
        window.close()
    given = {path for path, (key, _) in seen.items() if key == SECRET}
    assert given >= {"/", "/own.css", "/on", "/landed", "/away", "/own.css?again"}
    assert {"/picture", "/script.js", "/frame", "/redirected"} <= seen.keys()
    assert not given & {"/picture", "/script.js", "/frame", "/redirected"}
    assert seen["/landed"] == (SECRET, "kept=1")


def test_only_the_targets_own_urls_are_given_headers() -> None:
    own = Own(("https://portal.example", "http://[::1]:8080"), {"X-Key": SECRET})
    assert SECRET not in repr(own)
    for url in ("https://portal.example:443/in", "https://PORTAL.example", "http://[::1]:8080/"):
        assert own.given_to(url), url
    for url in (
        "http://portal.example/",
        "https://portal.example.evil.example/",
        "https://portal.example@evil.example/",
    ):
        assert not own.given_to(url), url
    assert origin_of("http://host:80/") == "http://host"


@pytest.fixture
def demanding(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A server over TLS that asks everybody for a certificate; its URL, and the file of one that it takes."""
    made = make_certificates(tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, 200, HTML, "<title>Known</title>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the base class
            pass

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(made.ca))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(made.certificate, made.key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who shows no certificate is sent away
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    both = tmp_path / "client.pem"
    both.write_bytes(made.certificate.read_bytes() + made.key.read_bytes())
    yield f"https://127.0.0.1:{server.server_port}", str(both)
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_client_certificate_is_shown_to_the_target_alone(demanding: tuple[str, str], program: Program) -> None:
    url, file = demanding
    http = Http(verify=False, client_certificate=file)
    with program.context(http, Own.of(Target("Acme", url, http=http))) as known:
        page = known.new_page()
        page.goto(url)
        assert page.title() == "Known"
    with program.context(http, Own(("https://portal.example",))) as unknown:
        page = unknown.new_page()
        with pytest.raises(Exception, match=r"ERR_|certificate"):
            page.goto(url)
