from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests

from reference_server import Settings, create_app
from reference_server.server import READ_LIMIT, bind, serve

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture(scope="module")
def url() -> str:
    """Serve in a thread of its own; a signal to the loop is all that it lacks there."""
    bound = bind()
    settings = Settings(public_url=bound[1], test_support_secret="secret", password_profile="test")
    ready = threading.Event()
    threading.Thread(target=serve, args=(create_app(settings), bound, lambda _: ready.set()), daemon=True).start()
    assert ready.wait(10)
    return bound[1]


def raw(url: str, data: bytes) -> str:
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(data)
        received = b""
        while more := connection.recv(65536):
            received += more
    return received.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_comes(number: signal.Signals) -> None:
    seen: list[object] = []

    def visit(url: str) -> None:
        seen.append(requests.get(f"{url}/.well-known/jwks.json", timeout=10).status_code)
        os.kill(os.getpid(), number)

    def on_ready(url: str) -> None:
        seen.append(url)
        threading.Thread(target=visit, args=(url,)).start()

    before = signal.getsignal(number)
    serve(create_app(Settings()), bind(), on_ready)
    assert signal.getsignal(number) is before
    assert str(seen[0]).startswith("http://127.0.0.1:")
    assert seen[1] == 200
    with pytest.raises(requests.ConnectionError):
        requests.get(str(seen[0]), timeout=10)


def test_what_is_being_answered_is_finished_first(slow: Flask) -> None:
    answers: list[int] = []

    def visit(url: str) -> None:
        answers.append(requests.get(f"{url}/slow", timeout=10).status_code)

    def on_ready(url: str) -> None:
        visitors.append(threading.Thread(target=visit, args=(url,)))
        visitors[0].start()

    visitors: list[threading.Thread] = []
    serve(slow, bind(), on_ready)
    visitors[0].join(10)
    assert answers == [200]


@pytest.fixture
def slow() -> Flask:
    """Return an app that is told to stop while it answers."""
    app = create_app(Settings())

    @app.get("/slow")
    def _slow() -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.2)
        return "done"

    return app


def test_a_port_that_is_taken_cannot_be_had() -> None:
    bound, url = bind()
    with bound, pytest.raises(OSError, match="in use"):
        bind(port=int(url.rpartition(":")[2]))


def test_an_ipv6_address_stands_in_brackets() -> None:
    try:
        bound, url = bind("::1")
    except OSError:
        pytest.skip("no IPv6 here")
    bound.close()
    assert url.startswith("http://[::1]:")


def test_it_does_not_say_what_it_is(url: str) -> None:
    assert "Server" not in requests.get(f"{url}/me", timeout=10).headers


def test_a_large_body_is_refused_by_the_app(url: str) -> None:
    for data in (b"x" * 10**6, iter([b"x" * 10**4] * 10)):
        headers = {"Content-Type": "application/json"}
        answer = requests.post(f"{url}/auth/sign-in", data=data, headers=headers, timeout=10)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (413, "no-store")
        assert answer.json()["type"] == "urn:servinix:problem:content-too-large"


@pytest.mark.parametrize(
    ("request_", "status", "name"),
    [
        (f"POST /auth/sign-in HTTP/1.1\r\nContent-Length: {READ_LIMIT + 1}\r\n\r\n", 413, "content-too-large"),
        ("GET /me HTTP/1.1\r\nBroken\r\n\r\n", 400, "invalid-request"),
        (f"GET /me HTTP/1.1\r\nX: {'x' * 262_200}\r\n\r\n", 400, "invalid-request"),
        ("POST /auth/sign-in HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400, "invalid-request"),
    ],
    ids=["large", "broken", "wide", "coding"],
)
def test_what_the_http_server_refuses_is_a_problem_too(url: str, request_: str, status: int, name: str) -> None:
    answer = raw(url, request_.encode())
    assert answer.split()[1] == str(status)
    assert "application/problem+json" in answer
    assert "no-store" in answer
    assert f"urn:servinix:problem:{name}" in answer


def test_forwarded_headers_reach_the_app(url: str) -> None:
    headers = {"X-Forwarded-For": "10.0.0.1"}
    assert requests.get(f"{url}/me", headers=headers, timeout=10).status_code == 401
