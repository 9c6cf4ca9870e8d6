"""The reference server over TLS with a CA of its own, behind a path prefix, far away, and restarted in the middle."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mail_certificates import Certificates, make_certificates

MODULE = [sys.executable, "-m", "servinix_conformance"]
SECRET = "a-secret-of-the-test"
ENVIRONMENT = {**os.environ, "SECRET": SECRET}


@dataclass
class Proxy:
    """A reverse proxy.

    Attributes:
        prefix: what stands before every path.
        seconds: how long every request takes longer.
        dead: counts of requests during which nobody is there: connections are closed unanswered.
    """

    upstream: str
    prefix: str = ""
    seconds: float = 0.0
    dead: range = range(0)
    url: str = ""
    requests: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        proxy, there = self, urlsplit(self.upstream)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                with proxy.lock:
                    proxy.requests += 1
                    number = proxy.requests
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if number in proxy.dead:
                    self.close_connection = True
                    return
                time.sleep(proxy.seconds)
                connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
                headers = {name: value for name, value in self.headers.items() if name != "Host"}
                connection.request(self.command, self.path.removeprefix(proxy.prefix), body, headers)
                answer = connection.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name not in {"Content-Length", "Connection"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                connection.close()

            do_GET = do_POST = do_DELETE = forward  # noqa: N815 - named so by the base class

            def handle(self) -> None:
                with contextlib.suppress(ssl.SSLError):  # a client that does not trust the CA goes away
                    super().handle()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
                pass

        return Handler


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    words = ["serve", "--port", "0", "--cheap-password-hash", "--test-support", "env:SECRET"]
    with subprocess.Popen([*MODULE, *words], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as server:  # noqa: S603
        assert server.stdout is not None
        yield server.stdout.readline().split()[2]
        server.terminate()


@pytest.fixture
def behind(upstream: str) -> Iterator[Callable[..., Proxy]]:
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(certificates: Certificates | None = None, **options: object) -> Proxy:
        proxy = Proxy(upstream, **options)  # type: ignore[arg-type]  # as the test says
        server = ThreadingHTTPServer(("127.0.0.1", 0), proxy.handler())
        server.daemon_threads = True
        if certificates is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificates.certificate, certificates.key)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        proxy.url = f"http{'s' if certificates else ''}://127.0.0.1:{server.server_port}{proxy.prefix}"
        return proxy

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join(30)
        server.server_close()


def run(folder: Path, url: str, *options: str, more: str = "") -> subprocess.CompletedProcess[str]:
    text = f'name = "elsewhere"\nbase_url = "{url}"\n{more}\n[test_support]\ntoken = "env:SECRET"\n'
    (folder / "target.toml").write_text(text, encoding="utf-8")
    return subprocess.run(  # noqa: S603 - our own command
        [*MODULE, "run", "target.toml", "--report", "report", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=ENVIRONMENT,
    )


def test_over_tls_the_ca_has_to_be_named(tmp_path: Path, behind: Callable[..., Proxy]) -> None:
    certificates = make_certificates(tmp_path)
    proxy = behind(certificates)
    told = run(tmp_path, proxy.url, "--clause", "MFA-16")
    assert told.returncode == 3
    assert "TLS failed" in told.stderr
    assert "name the CA file as verify under [http]" in told.stderr
    told = run(tmp_path, proxy.url, "--clause", "MFA-16", more=f'[http]\nverify = "{certificates.ca}"\n')
    assert told.returncode == 0, told.stdout + told.stderr
    told = run(tmp_path, proxy.url, "--clause", "MFA-16", more="[http]\nverify = false\n")
    assert told.returncode == 0
    assert "TLS is not verified" in told.stdout


def test_a_base_url_may_have_a_path(tmp_path: Path, behind: Callable[..., Proxy]) -> None:
    told = run(tmp_path, behind(prefix="/sign-in/v1").url + "/", "--clause", "MFA-16")
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_target_that_is_far_away_is_as_conformant(tmp_path: Path, behind: Callable[..., Proxy]) -> None:
    told = run(tmp_path, behind(seconds=0.2).url, "--clause", "MFA-16", "-n", "2")
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_restart_in_the_middle_is_an_error_of_what_ran_then_and_of_nothing_else(
    tmp_path: Path, behind: Callable[..., Proxy]
) -> None:
    told = run(tmp_path, behind(dead=range(60, 62)).url, "--clause", "MFA-1")
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    judgements = [scenario["judgement"] for scenario in report["scenarios"]]
    assert (told.returncode, judgements.count("error"), judgements.count("passed")) == (3, 1, 11), told.stdout
    assert "stopped" not in told.stdout


def test_a_target_that_is_gone_for_good_stops_the_run(tmp_path: Path, behind: Callable[..., Proxy]) -> None:
    told = run(tmp_path, behind(dead=range(60, 10**6)).url, "--clause", "MFA-1")
    assert told.returncode == 3
    assert "stopped before the end: the target gives no HTTP answer any more" in told.stdout
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["run"]["complete"] is False
