"""Targets that are broken in every way that somebody's can be: told as what they are, never green, never a hang."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from odd_runs import SECRET, Run, Together, Told
from odd_servers import (
    CLOSE,
    FOR_EVER,
    Answer,
    Part,
    Request,
    Right,
    Server,
    Spoil,
    always,
    before,
    dripping,
    instead,
    member,
    told,
)

SIGN_IN = "/auth/sign-in"
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
    assert "left behind on the target: " in shown.stdout
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
