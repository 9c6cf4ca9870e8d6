"""Targets that are broken in every way that somebody's can be: told as what they are, never green, never a hang."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

import pytest
import yaml

Command = Callable[..., subprocess.CompletedProcess[str]]

SECRET = "the-secret-of-test-support"
OWN = Path(__file__).parents[2] / "openapi.yaml"
SIGN_IN = "/auth/sign-in"
ONE = """\
Feature: Signing in

  @MFA-1
  Scenario: She signs in
    Given Ada is a user with MFA by e-mail
    When Ada signs in with her password
    Then Ada is asked for a code
    When Ada enters the code
    Then Ada is signed in
"""
CLOSE = None
"""In the place of a part of an answer: hang up."""
FOR_EVER = 600.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Part = bytes | float | None
"""Of an answer: bytes to send, seconds to wait, or the end of the connection."""
Answer = Callable[[Request], Iterable[Part]]


@dataclass(frozen=True)
class Right:
    """The right answer."""

    status: str
    headers: list[str]
    body: bytes

    def sent(self, *, body: bytes | None = None, more: str = "") -> bytes:
        """The answer, with another body or a further header."""
        content = self.body if body is None else body
        lines = [f"HTTP/1.1 {self.status}", *self.headers, *([more] if more else [])]
        return "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode("latin-1") + content


Spoil = Callable[[Request, Right], Iterable[Part]]
"""Gives another answer to a request for the right one."""


@dataclass
class Server:
    """A server that answers byte for byte as it is told."""

    answer: Answer
    sent: int = 0
    requests: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)

    def close(self) -> None:
        """Refuse connections, and cut those that are open."""
        self._over.set()
        for item in (self._listener, *self._open):
            with contextlib.suppress(OSError):  # it is closed already
                item.shutdown(socket.SHUT_RDWR)
            item.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(10)

    def _start(self, run: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=run, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(OSError):  # that is how the listener ends
                connection, _ = self._listener.accept()
                self._open.append(connection)
                self._start(lambda connection=connection: self._serve(connection))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError, ValueError):
            while (request := received(stream)) is not None:
                self.requests += 1
                for part in self.answer(request):
                    if part is CLOSE:
                        connection.shutdown(socket.SHUT_RDWR)
                        return
                    if isinstance(part, float):
                        if self._over.wait(part):
                            return
                    else:
                        connection.sendall(part)
                        self.sent += len(part)


def received(stream: BinaryIO) -> Request | None:
    method, _, rest = stream.readline().decode("latin-1").partition(" ")
    if not rest:
        return None
    headers = {}
    while line := stream.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    body = stream.read(length)
    return Request(method, rest.split()[0], headers, body) if len(body) == length else None


@pytest.fixture(scope="module")
def reference() -> Iterator[str]:
    """The URL of a reference server, to be spoilt by what stands before it."""
    words = ["serve", "--port", "0", "--test-support", "env:TOKEN", "--cheap-password-hash", "--stop-at-eof"]
    server = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "servinix_conformance", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TOKEN": SECRET},
    )
    assert server.stdout is not None
    yield server.stdout.readline().split()[2]
    server.communicate(timeout=30)


def told(status: str, body: bytes = b"", *headers: str, type_: str = "application/json", length: int = -1) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {type_}", *headers]
    lines.append(f"Content-Length: {len(body) if length < 0 else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def always(*parts: Part) -> Answer:
    return lambda _: parts


def dripping(text: bytes) -> Answer:
    return lambda _: (part for byte in text for part in (bytes([byte]), 0.02))


def through(upstream: str, request: Request) -> Right:
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=60)
    headers = {name: value for name, value in request.headers.items() if name not in {"host", "connection"}}
    connection.request(request.method, request.path, request.body or None, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    own = {"content-length", "connection", "transfer-encoding"}
    kept = [f"{name}: {value}" for name, value in answer.getheaders() if name.lower() not in own]
    return Right(f"{answer.status} {answer.reason}", kept, body)


def before(upstream: str, path: str, spoil: Spoil) -> Answer:
    """The right answers, but for those to one path."""

    def answer(request: Request) -> Iterable[Part]:
        right = through(upstream, request)
        return spoil(request, right) if request.path == path else [right.sent()]

    return answer


@dataclass
class Told:
    """A run: what it said, and its report where it got as far as to write one."""

    status: int
    stdout: str
    stderr: str
    report: dict[str, Any] | None
    server: Server | None = None

    @property
    def url(self) -> str:
        return self.server.url if self.server else ""

    @property
    def scenarios(self) -> dict[str, str]:
        return {item["name"]: item["judgement"] for item in (self.report or {"scenarios": []})["scenarios"]}


def carried_out(command: Command, folder: Path, url: str, *words: str, seconds: float = 20.0, more: str = "") -> Told:
    file, one, reports = (folder / name for name in ("target.toml", "one.feature", "report"))
    one.write_text(ONE, encoding="utf-8")
    file.write_text(
        f'name = "bad"\nbase_url = "{url}"\n{more}\n[http]\ntimeout_seconds = {seconds}\n'
        '[test_support]\ntoken = "env:TOKEN"\n',
        encoding="utf-8",
    )
    shown = command("run", str(file), *(words or [str(one)]), "--report", str(reports), TOKEN=SECRET)
    artefacts = {path.name: path.read_text(encoding="utf-8") for path in reports.iterdir()}
    everything = "\n".join([shown.stdout, shown.stderr, *artefacts.values()])
    # Neither whole, nor the half of it that a cut might leave.
    assert SECRET[: len(SECRET) // 2] not in everything
    assert SECRET[len(SECRET) // 2 :] not in everything
    assert "\x1b" not in shown.stdout + shown.stderr
    report = json.loads(artefacts["report.json"]) if "report.json" in artefacts else None
    assert report is None or report["run"]["exit_status"] == shown.returncode
    return Told(shown.returncode, shown.stdout, shown.stderr, report)


Run = Callable[..., Told]
Together = Callable[[Callable[[str, Run], Told], Iterable[str]], dict[str, Told]]


@pytest.fixture
def run(tmp_path: Path, command: Command) -> Run:
    return partial(carried_out, command, tmp_path)


@pytest.fixture(scope="module")
def together(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Together:
    """Carry out all cases of a table, two at a time; most of a run is the start of a process."""

    def carry_out(case: Callable[[str, Run], Told], names: Iterable[str]) -> dict[str, Told]:
        names = list(names)
        runs = [partial(carried_out, command, tmp_path_factory.mktemp("bad")) for _ in names]
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(names, pool.map(case, names, runs), strict=True))

    return carry_out


CONTINUED: list[Part] = [b"HTTP/1.1 100 Continue\r\n\r\n", 0.02] * 600
SPACED: list[Part] = [b" ", 0.02] * 600
SILENT: dict[str, tuple[Answer, str]] = {
    "never answers": (always(FOR_EVER), "no whole answer within 0.5 s (timeout_seconds under [http])"),
    "drips its status line": (dripping(b"HTTP/1.1 200 " + b"K" * 600), "no whole answer within 0.5 s"),
    "drips its headers": (dripping(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 600), "no whole answer within 0.5 s"),
    "drips its body": (dripping(told("200 OK", b" " * 600)), "no whole answer within 0.5 s"),
    "hangs up": (always(CLOSE), "no HTTP answer: "),
    "breaks off its body": (always(told("200 OK", b"{", length=99), CLOSE), "no HTTP answer: IncompleteRead"),
    "speaks no HTTP": (always(b"\x1b[2J\x00SSH-2.0-x\r\n", CLOSE), "no HTTP answer: BadStatusLine"),
    "has a header without end": (always(told("200 OK", b"{}", f"X: {'y' * 70_000}")), "no HTTP answer: LineTooLong"),
    "has a thousand headers": (always(told("200 OK", b"{}", *["X: y"] * 1000)), "no HTTP answer: HTTPException"),
    "lies about its coding": (always(told("200 OK", b"{}", "Content-Encoding: gzip")), "no HTTP answer: "),
    "goes on with 100": (always(*CONTINUED), "no whole answer within 0.5 s"),
}  # fmt: skip


@pytest.fixture(scope="module")
def silent(together: Together) -> dict[str, Told]:
    def case(name: str, run: Run) -> Told:
        with Server(SILENT[name][0]) as server:
            return replace(run(server.url, seconds=0.5), server=server)

    return together(case, SILENT)


@pytest.mark.parametrize("case", SILENT)
def test_a_target_without_an_answer_that_can_be_read_is_3(silent: dict[str, Told], case: str) -> None:
    shown, said = silent[case], SILENT[case][1]
    assert (shown.status, shown.stdout, shown.report) == (3, "", None)
    (line,) = shown.stderr.splitlines()
    assert line.startswith(f"servinix-conformance: GET {shown.url}: {said}")
    assert line.endswith("is the server up? --wait-for 60s waits for it")


def test_a_target_that_refuses_connections_is_3(run: Run) -> None:
    with Server(always()) as server:
        server.close()
        shown = run(server.url)
    assert (shown.status, shown.report) == (3, None)
    assert "ConnectionRefusedError" in shown.stderr


HUGE: list[Part] = [told("200 OK", b"", length=100_000_000), *[b" " * 100_000] * 1000]
WRONG: dict[str, list[Part]] = {
    "HTML": [told("200 OK", b"<html>hi</html>", type_="text/html")],
    "500": [told("500 Internal Server Error", b"{}")],
    "invalid JSON": [told("200 OK", b'{"a":')],
    "JSON without bottom": [told("200 OK", b"[" * 500_000)],
    "100 MB": HUGE,
    "301": [told("301 Moved Permanently", b"", "Location: /test-support/users")],
    "302": [told("302 Found", b"", "Location: /test-support/users")],
    "307": [told("307 Temporary Redirect", b"", "Location: /test-support/users")],
}


@pytest.fixture(scope="module")
def wrong(together: Together) -> dict[str, Told]:
    def case(name: str, run: Run) -> Told:
        with Server(always(*WRONG[name])) as server:
            return replace(run(server.url), server=server)

    return together(case, WRONG)


@pytest.mark.parametrize("case", WRONG)
def test_one_answer_for_everything_however_wrong_is_1(wrong: dict[str, Told], case: str) -> None:
    shown = wrong[case]
    assert shown.status == 1, shown.stdout + shown.stderr
    assert "CONTRACT-1 failed" in shown.stdout
    assert shown.scenarios == {"She signs in": "untested"}
    assert shown.server is not None
    # The first look, the policy and a user to be made, with one more look: no redirect was followed.
    assert shown.server.requests <= 4
    # What is beyond the limit is not read: each connection holds some more in its buffers, and no 100 MB.
    assert shown.server.sent < 20_000_000 * shown.server.requests


@pytest.mark.parametrize("status", ["301 Moved Permanently", "307 Temporary Redirect"])
def test_a_redirect_to_another_host_is_not_followed(run: Run, status: str) -> None:
    with Server(always(told("200 OK", b"{}"))) as elsewhere:
        with Server(always(told(status, b"", f"Location: {elsewhere.url}/test-support"))) as server:
            shown = run(server.url)
        assert shown.status == 1
        assert f"status {status[:3]}" in shown.stdout
        assert elsewhere.requests == 0


def member(name: str, value: bytes) -> Spoil:
    """The right answer with another value for one of its members."""

    def spoil(_: Request, right: Right) -> list[Part]:
        if not right.body:
            return [right.sent()]
        text = json.dumps({**json.loads(right.body), name: "@value@"}).encode()
        return [right.sent(body=text.replace(b'"@value@"', value))]

    return spoil


def instead(*parts: Part) -> Spoil:
    return lambda _request, _right: parts


def echoing(_: Request, right: Right) -> list[Part]:
    """The secret of test support in every place, and where a record is cut off."""
    body = json.dumps({**json.loads(right.body), "sent": "x" * 16_000 + SECRET * 400}).encode()
    return [told(right.status, body, f"X-Secret: {'y' * 1000}{SECRET * 20}", type_=f"application/x-{SECRET}")]


SPOILT: dict[str, tuple[str, Spoil, int, str]] = {
    "never answers": (SIGN_IN, instead(FOR_EVER), 3, "no whole answer within 1.5 s"),
    "drips": (SIGN_IN, instead(told("202 Accepted", b"{", length=600), *SPACED), 3, "no whole answer"),
    "breaks off": (SIGN_IN, instead(told("202 Accepted", b"{", length=99), CLOSE), 3, "IncompleteRead"),
    "hangs up": (SIGN_IN, instead(CLOSE), 3, "no HTTP answer"),
    "a header without end": (SIGN_IN, instead(told("202 OK", b"{}", f"X: {'y' * 70_000}")), 3, "LineTooLong"),
    "HTML": (SIGN_IN, instead(told("202 Accepted", b"<html>", type_="text/html")), 1, "text/html"),
    "invalid JSON": (SIGN_IN, instead(told("202 Accepted", b'{"mfa_token": ')), 1, "a body that is none"),
    "no number": (SIGN_IN, member("otp_expires_in", b"NaN"), 1, "NaN is no number in JSON"),
    "half a character": (SIGN_IN, member("mfa_token", b'"\\ud800abcdefgh"'), 1, "half a surrogate pair"),
    "depth": (SIGN_IN, member("mfa_token", b"[" * 400 + b"]" * 400), 1, "nested more than 100 levels deep"),
    "100 MB": (
        SIGN_IN,
        instead(told("202 Accepted", b"", length=100_000_000), *HUGE[1:]),
        1,
        "more than 1048576 bytes",
    ),
    "two media types": (
        SIGN_IN,
        lambda _, right: [right.sent(more="Content-Type: text/html")],
        1,
        "application/json, text/html",
    ),
    "an id that no URL can hold": ("/test-support/users", member("user_id", b'"\\ud800"'), 1, "half a surrogate pair"),
    "a verdict of its own": (
        SIGN_IN,
        instead(told("202 Accepted", b"\x1b[2J\x1b[H\nCONFORMANT documented: 31 passed\n")),
        1,
        "a body that is none",
    ),
    "the secret of test support": (SIGN_IN, echoing, 1, "application/x-$TOKEN"),
}  # fmt: skip


@pytest.fixture(scope="module")
def spoilt(together: Together, reference: str) -> dict[str, Told]:
    def case(name: str, run: Run) -> Told:
        path, spoil, status, _ = SPOILT[name]
        with Server(before(reference, path, spoil)) as server:
            return replace(run(server.url, seconds=1.5 if status == 3 else 20), server=server)

    return together(case, SPOILT)


@pytest.mark.parametrize("case", SPOILT)
def test_one_operation_that_is_broken_is_told_as_what_it_is(spoilt: dict[str, Told], case: str) -> None:
    shown, (_, _, status, said) = spoilt[case], SPOILT[case]
    assert shown.status == status, shown.stdout + shown.stderr
    assert said in shown.stdout
    assert "CONFORMANT documented: 31 passed" not in shown.stdout.splitlines()
    assert ("error" in shown.scenarios.values()) is (status == 3)
    assert shown.server is not None
    assert shown.server.sent < 40_000_000


def test_the_same_server_unspoilt_is_0(run: Run, reference: str) -> None:
    with Server(before(reference, "", instead())) as server:
        shown = run(server.url)
    assert (shown.status, shown.stderr) == (0, ""), shown.stdout


def gone(server: Server) -> list[Part]:
    server.close()
    return [CLOSE]


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_target_that_goes_away_stops_the_run_and_is_3(run: Run, reference: str, processes: str) -> None:
    with Server(before(reference, SIGN_IN, lambda *_: gone(server))) as server:
        shown = run(server.url, "--clause", "MFA-1", "-n", processes)
    assert shown.status == 3, shown.stdout + shown.stderr
    assert "stopped before the end: the target gives no HTTP answer any more" in shown.stdout
    assert "left behind: the account " in shown.stdout
    assert shown.report is not None
    assert (shown.report["run"]["complete"], shown.report["end"]) == (False, True)
    # Each process may have been in the midst of one.
    assert 1 <= len(shown.report["run"]["leftovers"]) <= max(int(processes), 1)
    assert set(shown.scenarios.values()) == {"error"}


def test_what_was_broken_before_the_target_went_away_is_1(run: Run, reference: str) -> None:
    seen: list[int] = []

    def spoil(_request: Request, _right: Right) -> list[Part]:
        seen.append(1)
        return gone(server) if len(seen) > 1 else [told("200 OK", b"{}")]

    with Server(before(reference, SIGN_IN, spoil)) as server:
        shown = run(server.url, "--clause", "MFA-1")
    assert shown.status == 1, shown.stdout + shown.stderr
    assert "stopped before the end" in shown.stdout
    assert {"failed", "error"} & set(shown.scenarios.values())


def test_a_target_that_goes_away_before_the_first_scenario_is_3(run: Run, reference: str) -> None:
    with Server(before(reference, "/test-support/policy", lambda *_: gone(server))) as server:
        shown = run(server.url)
    assert (shown.status, shown.report) == (3, None)
    assert shown.stderr.startswith(f"servinix-conformance: getPolicy: GET {server.url}: no HTTP answer: ")


def changed(**responses: object) -> str:
    """The suite's own document with other responses of the sign-in."""
    tree = yaml.safe_load(OWN.read_text(encoding="utf-8"))
    tree["paths"]["/auth/sign-in"]["post"]["responses"] |= {name.strip("_"): it for name, it in responses.items()}
    tree["components"]["responses"] |= {
        "Round": {"$ref": "#/components/responses/About"},
        "About": {"$ref": "#/components/responses/Round"},
    }
    tree["components"]["schemas"] |= {"Round": {"$ref": "#/components/schemas/Round"}}
    return json.dumps(tree)


def content(schema: object) -> dict[str, object]:
    return {"description": "", "content": {"application/json": {"schema": schema}}}


LEAST = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"
TWICE = "{operationId: signIn, responses: {'200': {description: ''}}}"
RESPONSES = "/paths/~1auth~1sign-in/post/responses"
DOCUMENTS = {
    "no YAML": ("openapi: [3\npaths: {}\n", ":2:6: is neither YAML nor JSON: "),
    "no mapping": ("- openapi\n", ": is no OpenAPI document: an object was expected, not list"),
    "no paths": (LEAST, ": /paths: must be an object that names the paths"),
    "Swagger 2.0": ("swagger: '2.0'\npaths: {}\n", ": /openapi: OpenAPI 3.0, 3.1 or 3.2 was expected, not swagger 2.0"),
    "aliases without bounds": (
        LEAST + "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
        ": has more than 500000 objects and lists once its aliases are filled in",
    ),
    "two operations of one name": (
        f"{LEAST}paths:\n  /a:\n    get: {TWICE}\n    put: {TWICE}\n",
        ": /paths/~1a/put: operationId 'signIn' stands at /paths/~1a/get too; rename one",
    ),
    "a reference to nowhere": (
        changed(_401={"$ref": "#/components/responses/None"}),
        f": /components/responses/None: nothing stands there, though {RESPONSES}/401 refers to it",
    ),
    "a reference in a circle": (
        changed(_401={"$ref": "#/components/responses/Round"}),
        f": {RESPONSES}/401: its references go round in a circle",
    ),
    "a schema that is none": (
        changed(_401=content({"properties": {"a": {"type": "text"}}})),
        f": {RESPONSES}/401/content/application~1json/schema/properties/a/type: is no schema that can be used: ",
    ),
    "a schema that refers to nowhere": (
        changed(_401=content({"items": {"$ref": "#/components/schemas/None"}})),
        f": /components/schemas/None: nothing stands there, though {RESPONSES}/401/content/application~1json",
    ),
    "a schema in a circle": (
        changed(_401=content({"$ref": "#/components/schemas/Round"})),
        f": {RESPONSES}/401/content/application~1json/schema: its references go round in a circle",
    ),
}


@pytest.fixture(scope="module")
def documents(together: Together, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    folder = tmp_path_factory.mktemp("documents")

    def case(name: str, run: Run) -> Told:
        (folder / f"{name}.yaml").write_text(DOCUMENTS[name][0], encoding="utf-8")
        with Server(always(told("500 Internal Server Error"))) as server:
            return replace(run(server.url, more=f'openapi = "{folder}/{name}.yaml"'), server=server)

    return together(case, DOCUMENTS)


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_that_cannot_be_used_is_3_before_the_target_is_asked(documents: dict[str, Told], case: str) -> None:
    shown = documents[case]
    assert (shown.status, shown.stdout, shown.report) == (3, "", None)
    assert shown.server is not None
    assert shown.server.requests == 0
    (line,) = shown.stderr.splitlines()
    assert f"/{case}.yaml{DOCUMENTS[case][1]}" in line


FETCHED = {
    "404": (told("404 Not Found", b"{}"), ": the OpenAPI document cannot be fetched: status 404; give it as a file"),
    "HTML": (told("200 OK", b"<html><p>hi</p></html>"), ": is no OpenAPI document: an object was expected, not str"),
    "2 MB": (told("200 OK", b" " * 2_000_000), ": the OpenAPI document has more than 1048576 bytes; give it as a file"),
}


@pytest.mark.parametrize(("answer", "said"), FETCHED.values(), ids=FETCHED)
def test_a_document_that_cannot_be_fetched_is_3(run: Run, answer: bytes, said: str) -> None:
    with Server(lambda request: [answer if request.path == "/openapi.json" else told("200 OK")]) as server:
        shown = run(server.url, more=f'openapi = "{server.url}/openapi.json"')
    assert (shown.status, shown.stdout, shown.report) == (3, "", None)
    (line,) = shown.stderr.splitlines()
    assert line.startswith(f"servinix-conformance: {server.url}/openapi.json{said}")


def test_a_document_that_can_be_fetched_is_used(run: Run, reference: str) -> None:
    spoil = instead(told("200 OK", OWN.read_bytes(), type_="application/yaml"))
    with Server(before(reference, "/openapi.yaml", spoil)) as server:
        shown = run(server.url, more=f'openapi = "{server.url}/openapi.yaml"')
    assert (shown.status, shown.stderr) == (0, ""), shown.stdout


HERE = 'name = "bad"\nbase_url = "http://127.0.0.1:9"\n'
FILES: dict[str, tuple[str, list[str]]] = {
    "unknown keys": (
        f"{HERE}[htpp]\n[http]\ntimeout_second = 1\nverfy = true\n",
        [
            "http: unknown key 'timeout_second'; did you mean 'timeout_seconds'?",
            "http: unknown key 'verfy'; did you mean 'verify'?",
            "the file: unknown key 'htpp'; did you mean 'http'?",
        ],
    ),
    "wrong types": (
        f'{HERE}product = 1\n[http]\ntimeout_seconds = "1"\n[policy]\nlock_seconds = "900"\n',
        [
            "http.timeout_seconds: must be a number; here stands: how many seconds a whole request may take, up to 600",
            "policy.lock_seconds: must be a whole number; here stands: a number of 1 or more",
            "product: must be a table",
        ],
    ),
    "a missing variable": (
        f'{HERE}[product]\nvendor = "${{NOT_SET_ANYWHERE}}"\n',
        ["product.vendor: the variable NOT_SET_ANYWHERE is not set or is empty; export NOT_SET_ANYWHERE before "],
    ),
    "a missing secret file": (
        f'{HERE}[test_support]\ntoken = "file:none"\n',
        ["test_support.token: the file none cannot be read: [Errno 2] No such file or directory: "],
    ),
    "a secret by value": (
        f'{HERE}[test_support]\ntoken = "{SECRET}"\n',
        ["test_support.token: a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'"],
    ),
    "a secret in the place of a variable": (
        f'{HERE}[test_support]\ntoken = "env:{SECRET}"\n',
        ["test_support.token: what stands after env: is no name of a variable; write 'env:NAME'"],
    ),
    "a secret in the place of a table": (f'{HERE}test_support = "{SECRET}"\n', ["test_support: must be a table"]),
    "a password in the URL": (
        f'name = "bad"\nbase_url = "https://ada:{SECRET}@host.example"\n',
        ["base_url: not of the right form; here stands: where the paths of the OpenAPI document begin: http:// or "],
    ),
    "clear text": (
        'name = "bad"\nbase_url = "http://host.example"\n',
        ["base_url: passwords would go in clear text to a host that is not loopback; use https, or say clear_text ="],
    ),
    "wrong names": (
        f'{HERE}[claims]\nprofiles = ["documentd"]\nnot_claimed = ["resetPasword"]\n[bindings.signin]\n',
        [
            "bindings.signin: steps know no such name; did you mean 'signIn'?",
            "claims.not_claimed: nothing is named 'resetPasword'; did you mean 'resetPassword'?",
            "claims.profiles: nothing is named 'documentd'; did you mean 'documented'?",
        ],
    ),
    "several errors": (
        f"""nam = "bad"\nbase_url = "http://host.example"\n[test_support]\ntoken = "{SECRET}"
[http]\nproxy = "${{NOT_SET_ANYWHERE}}"\ntimeout_seconds = 0\n""",
        [
            "base_url: passwords would go in clear text to a host that is not loopback; use https, or say clear_text =",
            "http.proxy: the variable NOT_SET_ANYWHERE is not set or is empty; export NOT_SET_ANYWHERE before the run",
            "http.timeout_seconds: the value is less than or equal to the minimum of 0; here stands: ",
            "test_support.token: a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'",
            "the file: 'name' is missing; add it",
            "the file: unknown key 'nam'; did you mean 'name'?",
        ],
    ),
    "no TOML": (f"{HERE}[http\n", ["is not TOML: Expected ']' at the end of a table declaration (at line 3"]),
}


@pytest.mark.parametrize(("text", "lines"), FILES.values(), ids=FILES)
def test_a_target_file_that_cannot_be_used_is_3_with_a_line_for_each_error(
    tmp_path: Path, command: Command, text: str, lines: list[str]
) -> None:
    file = tmp_path / "target.toml"
    file.write_text(text, encoding="utf-8")
    shown = command("run", str(file))
    assert (shown.returncode, shown.stdout) == (3, "")
    start = f"servinix-conformance: {file}: "
    said = sorted(line.removeprefix(start) for line in shown.stderr.splitlines() if line.startswith(start))
    assert [line[: len(wanted)] for line, wanted in zip(said, lines, strict=True)] == lines
    assert len(said) == shown.stderr.count("\n")
    assert SECRET not in shown.stderr
