"""Which browser is started."""

from __future__ import annotations

import importlib.util
import shutil
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from mail_certificates import make_certificates

from servinix_conformance.browser import program
from servinix_conformance.browser.program import NoBrowser, Program, executable, missing
from servinix_conformance.target import Http


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERVINIX_BROWSER", raising=False)


def test_playwrights_own_is_taken_where_it_is(tmp_path: Path) -> None:
    own = tmp_path / "chrome"
    own.touch()
    assert executable(str(own)) is None


def test_one_of_the_system_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == "microsoft-edge" else None)
    assert executable("/nowhere/chrome") == "/usr/bin/microsoft-edge"


def test_without_any_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(program, "_PLACES", ())
    with pytest.raises(NoBrowser, match="playwright install chromium"):
        executable("/nowhere/chrome")


def test_the_one_that_is_named_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named = tmp_path / "my-chrome"
    named.write_text("#!/bin/sh\nexit 1\n")
    named.chmod(0o700)
    monkeypatch.setenv("SERVINIX_BROWSER", str(named))
    assert executable("/nowhere/chrome") == str(named)
    one = Program()
    with pytest.raises(NoBrowser, match="does not start"):
        one.start()
    one.close()
    monkeypatch.setenv("SERVINIX_BROWSER", "/nowhere/at/all")
    with pytest.raises(NoBrowser, match="is no program"):
        executable("/nowhere/chrome")


def test_without_playwright_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing() is None
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(NoBrowser, match=r"servinix-conformance\[browser\]"):
        Program().start()


def test_a_window_goes_through_the_proxy_of_the_target_file() -> None:
    one = Program()
    try:
        context = one.context(Http(proxy="http://127.0.0.1:1", verify=False))
        page = context.new_page()
        with pytest.raises(Exception, match="ERR_PROXY_CONNECTION_FAILED"):
            page.goto("http://portal.example/")
    finally:
        one.close()


@pytest.fixture
def signed_by_us(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A page over TLS, and the file of a CA that signed its certificate, which the system does not know."""
    certificates = make_certificates(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.certificate, certificates.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}/", str(certificates.ca)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_ca_file_does_not_make_a_browser_trust_everybody(signed_by_us: tuple[str, str]) -> None:
    url, ca = signed_by_us
    one = Program()
    try:
        with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
            one.context(Http(verify=ca)).new_page().goto(url)
        answer = one.context(Http(verify=False)).new_page().goto(url)
        assert answer is not None
        assert answer.status == 501  # nothing is there, but it was asked
    finally:
        one.close()
