from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import Flask, Response, jsonify, request
from requests.adapters import HTTPAdapter
from werkzeug.serving import make_server

from servinix_conformance.hosting.inside import InsideServer
from servinix_conformance.hosting.wsgi import WsgiAdapter

OF_SERVERS = {"date", "server", "via", "connection"}


@pytest.fixture(scope="module")
def app() -> Flask:
    made = Flask("echo")
    made.config["MAX_CONTENT_LENGTH"] = 1000

    @made.route("/echo/<path:rest>", methods=["GET", "POST", "DELETE"])
    def echo(rest: str) -> Response:
        answer = jsonify(
            rest=rest,
            query=request.args,
            body=request.get_data().decode("latin-1"),
            method=request.method,
            kind=request.content_type,
            length=request.content_length,
            sent={name: value for name, value in request.headers if name.startswith("X-")},
            address=request.remote_addr,
        )
        answer.set_cookie("first", "1")
        answer.set_cookie("second", "2", httponly=True)
        answer.headers.add("X-Odd", "é")
        return answer

    @made.get("/broken")
    def broken() -> Response:
        raise RuntimeError("on purpose")

    @made.delete("/nothing")
    def nothing() -> Response:
        return Response(status=204)

    made.logger.disabled = True
    return made


@pytest.fixture(scope="module")
def network(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def asked(url: str, adapter: HTTPAdapter, method: str, path: str, options: dict[str, Any]) -> dict[str, Any]:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", adapter)
        answer = session.request(method, url + path, allow_redirects=False, timeout=10, **options)
    return {
        "status": (answer.status_code, answer.reason),
        "headers": {name.lower(): value for name, value in answer.headers.items() if name.lower() not in OF_SERVERS},
        "body": answer.content,
        "cookies": [(cookie.name, cookie.value, cookie.path) for cookie in answer.cookies],
    }


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/echo/a%20b/%C3%A9?x=1&x=2&y=%2B", {}),
        ("POST", "/echo/json", {"json": {"code": "٣"}}),
        ("POST", "/echo/form", {"data": {"a": "b"}}),
        ("POST", "/echo/text", {"data": "é".encode(), "headers": {"Content-Type": "text/plain"}}),
        ("POST", "/echo/long", {"data": b"x" * 1001}),
        ("GET", "/echo/headers", {"headers": {"X-One": "1", "X-Two": b"\xe9", "X_Three": "3", "Content-Type": ""}}),
        ("HEAD", "/echo/head", {}),
        ("DELETE", "/nothing", {}),
        ("PUT", "/nothing", {}),
        ("GET", "/nowhere", {}),
        ("GET", "/broken", {}),
    ],
)
def test_an_application_answers_as_it_does_over_a_network(
    app: Flask, network: str, method: str, path: str, options: dict[str, Any]
) -> None:
    over_network = asked(network, HTTPAdapter(), method, path, options)
    assert asked(network, WsgiAdapter(app), method, path, options) == over_network
    assert over_network["body"] or method in {"HEAD", "DELETE"}


def test_a_server_with_a_fault_is_wrong_inside_too() -> None:
    for fault in (None, "unknown-user-told-apart"):
        server = InsideServer.start(fault)
        target = server.ready()
        body = {"email": "nobody@example.com", "password": "some password"}
        answer = asked(target.base_url, target.http.adapter, "POST", "/auth/sign-in", {"json": body})
        assert answer["status"][0] == 401
        assert (b"Nobody has" in answer["body"]) == (fault is not None)
        assert ("rules.sign_in" in server.reached()) == (fault is None)
        server.leave()
        server.stop()
