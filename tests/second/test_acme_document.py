"""Every answer that the second server's document has does come, and is as the document has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from acme_deployment import (
    CODES,
    DOCUMENT,
    ELSEWHERE,
    HERE,
    MAILED,
    OWNER,
    PLAIN,
    SUSPENDED,
    Deployment,
    Post,
    code_of,
)

from servinix_conformance.document import Answer

pytest_plugins = ["acme_fixtures"]

Acme = Callable[..., Deployment]
METHODS = {"get", "post", "put", "delete"}
OPERATIONS: dict[str, dict[str, Any]] = {
    node["operationId"]: node
    for item in yaml.safe_load((HERE / "acme-openapi.yaml").read_text(encoding="utf-8"))["paths"].values()
    for method, node in item.items()
    if method in METHODS
}
WITH_SESSION = [name for name, node in OPERATIONS.items() if "session" in node.get("security", [{}])[0]]
WITH_BODY = [name for name in OPERATIONS if "415" in OPERATIONS[name]["responses"]]
SOON, LONG = 1e-6, 600


def _challenge(it: Deployment) -> str:
    return it.challenge(MAILED)


def _locked(it: Deployment) -> Answer:
    it.lock_out(PLAIN)
    return it.login(PLAIN)


def _not_sent(it: Deployment, *, again: bool) -> Answer:
    challenge = it.challenge(MAILED) if again else ""
    it.post.refusing = True
    return it.resend(challenge) if again else it.login(MAILED)


def _by(it: Deployment, operation: str, actor: str, user: str) -> Answer:
    """An administrative operation by somebody on somebody."""
    body = {"contact": "new@north.example", "contactConfirmed": True, "identityVerified": True}
    query, path = {"mail": user, "identityVerified": "true"}, it.user(user)["id"]
    with_body = body if operation in WITH_BODY else None
    return it.call(operation, with_body, path=path, query=query, session=it.session(actor))


# Beside those that every operation has.
REFUSALS: dict[tuple[str, int, str], Callable[[Deployment], Answer]] = {
    ("startLogin", 400, "E_CREDENTIALS"): lambda it: it.login(PLAIN, "wrong"),
    ("startLogin", 403, "E_SUSPENDED"): lambda it: it.login(SUSPENDED),
    ("startLogin", 423, "E_LOCKED"): _locked,
    ("startLogin", 502, "E_DELIVERY"): lambda it: _not_sent(it, again=False),
    ("finishLogin", 410, "E_CHALLENGE_GONE"): lambda it: it.enter("", "123456"),
    ("finishLogin", 422, "E_BAD_CODE"): lambda it: it.enter(_challenge(it), it.wrong_code(CODES)),
    ("sendAnotherCode", 410, "E_CHALLENGE_GONE"): lambda it: it.resend("none-that-was-given"),
    ("sendAnotherCode", 425, "E_TOO_SOON"): lambda it: it.resend(_challenge(it)),
    ("sendAnotherCode", 502, "E_DELIVERY"): lambda it: _not_sent(it, again=True),
    ("finishRecovery", 410, "E_LINK_GONE"): lambda it: it.recover("none-that-was-sent"),
    ("findUser", 403, "E_ROLE"): lambda it: _by(it, "findUser", PLAIN, PLAIN),
    ("switchOn", 403, "E_ROLE"): lambda it: _by(it, "switchOn", PLAIN, PLAIN),
    ("switchOn", 404, "E_NO_USER"): lambda it: _by(it, "switchOn", OWNER, ELSEWHERE),
    ("switchOn", 409, "E_NOT_CONFIRMED"): lambda it: it.switch_on(PLAIN, "new@north.example", confirmed=False),
    ("switchOff", 403, "E_ROLE"): lambda it: _by(it, "switchOff", OWNER, PLAIN),
    ("switchOff", 404, "E_NO_USER"): lambda it: _no_such_user(it, "switchOff"),
    ("switchOff", 409, "E_NOT_VERIFIED"): lambda it: it.switch_off(MAILED, verified="false"),
    ("releaseUser", 403, "E_ROLE"): lambda it: _by(it, "releaseUser", OWNER, PLAIN),
    ("releaseUser", 404, "E_NO_USER"): lambda it: _no_such_user(it, "releaseUser"),
    ("releaseUser", 409, "E_NOT_VERIFIED"): lambda it: it.release(PLAIN, verified=False),
}


def _no_such_user(it: Deployment, operation: str) -> Answer:
    session = it.session("agent.kirsi@acme.example")
    body = {"identityVerified": True} if operation in WITH_BODY else None
    return it.call(operation, body, path="0" * 16, query={"identityVerified": "true"}, session=session)


@pytest.mark.parametrize(("operation", "status", "code"), REFUSALS, ids=str)
def test_it_refuses_as_its_document_says(acme: Acme, operation: str, status: int, code: str) -> None:
    it = acme(lock=LONG, resendWait=SOON if code == "E_DELIVERY" else LONG)
    answer = REFUSALS[operation, status, code](it)
    assert (answer.status, code_of(answer)) == (status, code)
    assert DOCUMENT.violations(it.operation(operation), answer) == []


def test_every_operation_refuses_what_none_takes(acme: Acme) -> None:
    it = acme()
    seen, nobody = {}, "0" * 16
    for name in OPERATIONS:
        seen[name, "key"] = it.call(name, path=nobody, headers={"X-Acme-Key": "another"})
        seen[name, "app"] = it.call(name, path=nobody, headers={"X-Acme-App": "telnet"})
        seen[name, "large"] = it.call(name, b"x" * 16_385, path=nobody)
    for name in WITH_SESSION:
        seen[name, "session"] = it.call(name, path=nobody, session="none-that-was-given")
    for name in WITH_BODY:
        for word, media_type, body in (
            ("media type", "text/plain", b"{}"),
            ("no json", "application/json", b"{"),
            ("half a character", "application/json", b'{"mail": "\\ud800"}'),
        ):
            seen[name, word] = it.call(name, body, path=nobody, headers={"Content-Type": media_type})
    codes = {
        "key": "E_KEY",
        "app": "E_INPUT",
        "large": "E_TOO_LARGE",
        "session": "E_SESSION",
        "media type": "E_MEDIA_TYPE",
        "no json": "E_INPUT",
        "half a character": "E_INPUT",
    }
    assert {key: code_of(answer) for key, answer in seen.items()} == {key: codes[key[1]] for key in seen}
    assert len(seen) == 3 * 11 + 6 + 3 * 8


def test_input_that_is_not_as_described_is_400_and_counts_for_nothing(acme: Acme) -> None:
    it = acme(lock=LONG)
    challenge = it.challenge(MAILED)
    good = {"realm": "customers", "mail": PLAIN, "passphrase": "wrong"}
    bad: list[object] = [[good], {**good, "realm": "staff"}, {**good, "passphrase": None}, {**good, "passphrase": True}]
    answers = [it.call("startLogin", body) for body in bad]
    codes: list[object] = [123456, "12345", "123456\n", "\uff11" * 6, ["123456"], True, None]
    answers += [it.call("finishLogin", {"passCode": code}, challenge=challenge) for code in codes]
    answers.append(it.recover("key", "2 short"))
    answers.append(it.call("showAccount", headers={"Cookie": "a@b=1"}))
    assert {(answer.status, code_of(answer)) for answer in answers} == {(400, "E_INPUT")}
    assert code_of(it.enter(challenge, it.code(CODES))) == "complete"


def test_a_path_or_method_that_it_does_not_have_is_404(acme: Acme, post: Post) -> None:
    it = acme()
    for path in ("/api/v3/nothing", "/api/v3/account/"):
        answer = Deployment(it.url + path, post, right=False).call("showAccount")
        assert (answer.status, code_of(answer)) == (404, "E_NO_PATH")


def test_no_status_of_the_document_is_left_out_here() -> None:
    described = {(name, int(status)) for name, node in OPERATIONS.items() for status in node["responses"]}
    everywhere = {(name, status) for name in OPERATIONS for status in (400, 401, 413)}
    done = {(name, 202 if name == "sendAnotherCode" else 200) for name in OPERATIONS}
    shown = {key[:2] for key in REFUSALS} | everywhere | {(name, 415) for name in WITH_BODY} | done
    assert described == shown
