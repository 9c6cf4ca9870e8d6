from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from servinix_conformance.binding import Call
from servinix_conformance.document import Operation
from servinix_conformance.target import Http
from servinix_conformance.transport import Silent, Transport, Unsendable, shown_headers

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]
Talk = Callable[[Callable[[socket.socket], None]], str]
LIMIT = 0.3
MOST = 1024 * 1024


@pytest.fixture
def reach() -> Iterator[Callable[[str], Transport]]:
    made: list[Transport] = []

    def open_to(base_url: str) -> Transport:
        made.append(Transport(base_url, Http(timeout_seconds=LIMIT)))
        return made[-1]

    yield open_to
    for transport in made:
        transport.close()


def reply(
    handler: BaseHTTPRequestHandler, body: bytes = b"ok", status: int = 200, headers: dict[str, str] | None = None
) -> None:
    handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def silent(transport: Transport) -> tuple[str, float]:
    started = time.monotonic()
    with pytest.raises(Silent) as caught:
        transport.get(transport.base_url)
    return str(caught.value), time.monotonic() - started


def test_an_answer_is_given_whole(serve: Serve, reach: Callable[[str], Transport]) -> None:
    url = serve(lambda handler: reply(handler, b"body", 418, {"X-Word": "One", "Set-Cookie": "session=abc; Path=/"}))
    answer = reach(url).get(url)
    assert (answer.status, answer.body, answer.cut) == (418, b"body", False)
    assert answer.headers["x-word"] == "One"
    assert answer.cookies == {"session": "abc"}
    assert 0 < answer.seconds < 5


def test_a_call_becomes_a_request(serve: Serve, reach: Callable[[str], Transport]) -> None:
    seen: list[tuple[str, str, dict[str, str], bytes]] = []

    def answering(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        seen.append((handler.command, handler.path, dict(handler.headers), body))
        del handler.headers["Content-Length"]  # the body is read
        reply(handler, b"")

    transport = reach(serve(answering) + "/api")
    call = Call("make", {"id": "a/b"}, {"q": "x y"}, {"X-One": "1"}, {"a": "1", "b": "2"}, {"name": "Ada"})
    operation = Operation("make", "PATCH", "/users/{id}", "/paths/x", {"200": {}})
    sent = transport.prepare(operation, call)
    assert transport.send(sent).status == 200
    ((method, path, headers, body),) = seen
    assert (method, path, body) == ("PATCH", "/api/users/a%2Fb?q=x+y", b'{"name": "Ada"}')
    assert headers["Content-Type"] == "application/json"
    assert (headers["X-One"], headers["Cookie"]) == ("1", "a=1; b=2")
    assert "User-Agent" not in headers or "requests" not in headers["User-Agent"]
    assert shown_headers(sent.headers)["X-One"] == "1"


def test_a_call_without_a_body_sends_none(serve: Serve, reach: Callable[[str], Transport]) -> None:
    seen: list[dict[str, str]] = []

    def answering(handler: BaseHTTPRequestHandler) -> None:
        seen.append(dict(handler.headers))
        reply(handler)

    transport = reach(serve(answering))
    transport.send(transport.prepare(Operation("x", "GET", "/x", "/p", {}), Call("x")))
    assert not {"Content-Type", "Cookie"} & set(seen[0])


def test_headers_of_the_target_file_go_with_every_request(serve: Serve) -> None:
    seen: list[str | None] = []

    def answering(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers.get("X-Tenant"))
        reply(handler)

    url = serve(answering)
    transport = Transport(url, Http(timeout_seconds=5, headers={"X-Tenant": "acme"}))
    transport.get(url)
    transport.send(transport.prepare(Operation("x", "GET", "/x", "/p", {}), Call("x")))
    transport.close()
    assert seen == ["acme", "acme"]


def test_headers_of_the_target_file_go_to_no_other_host(serve: Serve) -> None:
    seen: list[str | None] = []

    def answering(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers.get("X-Key"))
        reply(handler)

    transport = Transport(serve(answering), Http(timeout_seconds=5, headers={"X-Key": "a key"}))
    transport.get(f"{serve(answering)}/openapi.json")
    transport.get(f"{transport.base_url}/openapi.json")
    transport.close()
    assert seen == [None, "a key"]


@pytest.mark.parametrize("value", ["a\r\nX-Other: 1", " a", "\N{SNOWMAN}"])
def test_a_value_that_no_header_can_hold_is_told_apart_and_not_shown(
    reach: Callable[[str], Transport], value: str
) -> None:
    call = Call("x", headers={"Authorization": f"Bearer {value}", "X-Own": value})
    with pytest.raises(Unsendable) as caught:
        reach("http://127.0.0.1:9").prepare(Operation("x", "GET", "/x", "/p", {}), call)
    assert str(caught.value) == "it has characters in it that no header or URL can hold"


def test_headers_of_bytes_are_shown_as_text() -> None:
    assert shown_headers({"a": "1", "b": b"\xe9"}) == {"a": "1", "b": "\xe9"}  # type: ignore[dict-item]


def test_connections_are_kept_alive(serve: Serve, reach: Callable[[str], Transport]) -> None:
    ports: set[int] = set()

    def answering(handler: BaseHTTPRequestHandler) -> None:
        ports.add(handler.client_address[1])
        if handler.path == "/nothing":
            handler.send_response(204)
            handler.end_headers()
        else:
            reply(handler, b"" if handler.path == "/empty" else b"ok")

    url = serve(answering)
    transport = reach(url)
    bodies = [transport.get(url + path).body for path in ("/", "/nothing", "/", "/empty", "/")]
    assert bodies == [b"ok", b"", b"ok", b"", b"ok"]
    assert len(ports) == 1


def test_a_redirect_is_an_answer_and_not_followed(serve: Serve, reach: Callable[[str], Transport]) -> None:
    paths: list[str] = []

    def answering(handler: BaseHTTPRequestHandler) -> None:
        paths.append(handler.path)
        reply(handler, b"", 302, {"Location": "/elsewhere"})

    url = serve(answering)
    answer = reach(url).get(f"{url}/here")
    assert (answer.status, answer.headers["location"], paths) == (302, "/elsewhere", ["/here"])


@pytest.mark.parametrize(("size", "cut"), [(MOST, False), (MOST + 1, True)])
def test_a_body_is_read_up_to_a_limit(
    serve: Serve,
    reach: Callable[[str], Transport],
    size: int,
    cut: bool,  # noqa: FBT001 - a parameter
) -> None:
    url = serve(lambda handler: reply(handler, b"x" * size))
    answer = Transport(url, Http(timeout_seconds=5))
    given = answer.get(url)
    answer.close()
    assert (len(given.body), given.cut) == (MOST, cut)
    assert reach(url).base_url == url


def test_a_chunked_body_without_an_end_is_cut_at_the_limit(talk: Talk) -> None:
    def pour(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    url = talk(pour)
    transport = Transport(url, Http(timeout_seconds=5))
    answer = transport.get(url)
    transport.close()
    assert (len(answer.body), answer.cut) == (MOST, True)


def test_the_environment_does_not_decide_the_way(
    serve: Serve, reach: Callable[[str], Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    url = serve(reply)
    assert reach(url).get(url).status == 200


def test_the_proxy_of_the_target_file_is_taken(serve: Serve) -> None:
    seen: list[str] = []

    def answering(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.path)
        reply(handler, b"by proxy")

    transport = Transport("http://host.example", Http(timeout_seconds=5, proxy=serve(answering)))
    assert transport.get("http://host.example/a").body == b"by proxy"
    transport.close()
    assert seen == ["http://host.example/a"]


def test_nobody_listens(reach: Callable[[str], Transport]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    told, _ = silent(reach(url))
    assert told.startswith(f"GET {url}: no HTTP answer: ")
    assert "refused" in told


def test_a_target_that_hangs_up(talk: Talk, reach: Callable[[str], Transport]) -> None:
    told, _ = silent(reach(talk(lambda connection: connection.close())))
    assert ": no HTTP answer: " in told


def test_what_is_no_http(talk: Talk, reach: Callable[[str], Transport]) -> None:
    def mumble(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"220 mail.example ESMTP\r\n")

    told, _ = silent(reach(talk(mumble)))
    assert ": no HTTP answer: " in told


def test_a_body_that_breaks_off(talk: Talk, reach: Callable[[str], Transport]) -> None:
    def stop_short(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")

    told, _ = silent(reach(talk(stop_short)))
    assert ": no HTTP answer: " in told


def test_no_tls_where_it_was_expected(talk: Talk, reach: Callable[[str], Transport]) -> None:
    def speak_plainly(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    told, _ = silent(reach(talk(speak_plainly).replace("http:", "https:")))
    assert ": TLS failed: " in told
    assert told.endswith("; name the CA file as verify under [http]")


NOT_WHOLE = f"no whole answer within {LIMIT:g} s (timeout_seconds under [http])"


def test_a_target_that_says_nothing(talk: Talk, reach: Callable[[str], Transport]) -> None:
    def hang(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    told, seconds = silent(reach(talk(hang)))
    assert told.endswith(NOT_WHOLE)
    assert seconds < 3


@pytest.mark.parametrize(
    "beginning",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n",
    ],
    ids=["header", "body", "body until the end", "body of a last answer"],
)
def test_a_target_that_drips(talk: Talk, reach: Callable[[str], Transport], beginning: bytes) -> None:
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(beginning)
        until = time.monotonic() + 5
        while time.monotonic() < until and not over.wait(0.02):
            connection.sendall(b"x")

    told, seconds = silent(reach(talk(drip)))
    over.set()
    assert told.endswith(NOT_WHOLE)
    assert seconds < 3


def test_after_silence_the_next_request_has_its_full_time(serve: Serve, reach: Callable[[str], Transport]) -> None:
    go_on = threading.Event()

    def answering(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/slow":
            go_on.wait(5)
        else:
            reply(handler)

    url = serve(answering)
    transport = reach(url)
    assert transport.get(url).status == 200
    with pytest.raises(Silent, match="no whole answer"):
        transport.get(f"{url}/slow")
    go_on.set()
    assert transport.get(url).body == b"ok"


@pytest.mark.parametrize("base_url", ["http://user:p%40w@EXAMPLE.com:80/a b", "https://bücher.example"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("get", "/q?a=%20b", None), ("POST", "/ü", {"a": "ü"}), ("POST", "", {}), ("DELETE", "/x/../y", None)],
)
def test_a_request_is_what_a_session_of_requests_makes_of_it(
    base_url: str, method: str, path: str, body: dict[str, str] | None
) -> None:
    common = {"Accept": "*/*", "Accept-Encoding": "identity", "user-agent": "common", "X-Common": "1"}
    session = requests.Session()
    session.trust_env = False
    session.headers = CaseInsensitiveDict(common)
    own = {"User-Agent": "own", "Authorization": "Bearer own"}
    data = None if body is None else json.dumps(body).encode()
    typed = own if body is None else {**own, "Content-Type": "application/json"}
    meant = session.prepare_request(requests.Request(method, base_url + path, headers=typed, data=data))
    transport = Transport(base_url, Http(headers={"user-agent": "common", "X-Common": "1"}))
    made = transport.prepare(Operation("x", method, path, "/p", {}), Call("x", headers=own, body=body))
    assert (made.method, made.url, made.body) == (meant.method, meant.url, meant.body)
    assert list(made.headers.items()) == list(meant.headers.items())
