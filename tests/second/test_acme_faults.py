"""Each fault of the second server is wrong in the way that its name says, and the right server is not."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Callable

import pytest
import yaml
from acme_deployment import (
    AGENT,
    CODES,
    COLLEAGUE,
    HERE,
    MAILED,
    NEW_PASSPHRASE,
    PASSPHRASE,
    PLAIN,
    SUSPENDED,
    Deployment,
    Post,
    code_of,
    key_of,
    url_of,
)

pytest_plugins = ["acme_fixtures"]

Seen = Callable[[Deployment], bool]
FAULTS: dict[str, str] = tomllib.loads((HERE / "acme_faults.toml").read_text(encoding="utf-8"))
SHOWN: dict[str, tuple[Seen, dict[str, float]]] = {}
SOON = 1e-6  # over before the next request can come


def shows(fault: str, **numbers: float) -> Callable[[Seen], Seen]:
    """Register what is seen of a fault alone, under a policy with other numbers."""

    def register(seen: Seen) -> Seen:
        SHOWN[fault] = (seen, numbers)
        return seen

    return register


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_shows_where_it_is_and_nowhere_else(
    fault: str, started: Callable[..., subprocess.Popen[str]], post: Post
) -> None:
    seen, numbers = SHOWN[fault]
    right, faulty = started(**numbers), started(fault, **numbers)
    assert seen(Deployment(url_of(right), post)) is False
    post.sent.clear()
    assert seen(Deployment(url_of(faulty), post, right=False)) is True


def test_every_documented_clause_is_broken_by_a_fault() -> None:
    catalogue = yaml.safe_load((HERE.parents[1] / "features" / "catalogue.yaml").read_text(encoding="utf-8"))
    documented = {clause["id"] for clause in catalogue["clauses"] if clause["profile"] == "documented"}
    assert set(FAULTS.values()) == documented
    assert len(FAULTS) == len(SHOWN) == 33


# Login


@shows("any-code-passes")
def _(it: Deployment) -> bool:
    return code_of(it.enter(it.challenge(MAILED), it.wrong_code(CODES))) == "complete"


@shows("no-code-sent")
def _(it: Deployment) -> bool:
    return code_of(it.login(MAILED)) == "challenge" and it.post.sent == []


@shows("two-codes-sent")
def _(it: Deployment) -> bool:
    return code_of(it.login(MAILED)) == "challenge" and len(it.post.to(CODES)) == 2


@shows("code-to-wrong-person")
def _(it: Deployment) -> bool:
    return code_of(it.login(MAILED)) == "challenge" and it.post.to(CODES) == [] and len(it.post.sent) == 1


@shows("app-header-needed")
def _(it: Deployment) -> bool:
    assert code_of(it.login(PLAIN)) == "complete"
    return code_of(it.login(PLAIN, app="")) != "complete"


@shows("token-at-password-stage")
def _(it: Deployment) -> bool:
    answer = it.login(MAILED)
    return code_of(answer) == "challenge" and "session" in answer.json() and it.account(key_of(answer)).status == 200


@shows("session-of-another")
def _(it: Deployment) -> bool:
    return bool(it.account(it.session(MAILED)).json()["account"]["mail"] != MAILED)


@shows("go-skips-the-code")
def _(it: Deployment) -> bool:
    assert code_of(it.login(MAILED)) == "challenge"
    return code_of(it.login(MAILED, app="go")) == "complete"


@shows("logout-remembers")
def _(it: Deployment) -> bool:
    assert code_of(it.call("logout", session=it.session(MAILED))) == "closed"
    return code_of(it.login(MAILED)) == "complete"


@shows("resend-at-once", resendWait=600)
def _(it: Deployment) -> bool:
    return code_of(it.resend(it.challenge(MAILED))) == "challenge"


@shows("code-lives-forever", codeLife=SOON)
def _(it: Deployment) -> bool:
    return code_of(it.enter(it.challenge(MAILED), it.code(CODES))) == "complete"


@shows("fresh-code-refused", resendWait=SOON)
def _(it: Deployment) -> bool:
    challenge = it.challenge(MAILED)
    old = it.code(CODES)
    while it.code(CODES) == old:
        assert code_of(it.resend(challenge)) == "challenge"
    return code_of(it.enter(challenge, it.code(CODES))) == "E_BAD_CODE"


@shows("wrong-code-waives-the-next")
def _(it: Deployment) -> bool:
    assert code_of(it.enter(it.challenge(MAILED), it.wrong_code(CODES))) == "E_BAD_CODE"
    return code_of(it.login(MAILED)) == "complete"


# Refused and locked


@shows("wrong-password-sends")
def _(it: Deployment) -> bool:
    assert code_of(it.login(MAILED, "wrong")) == "E_CREDENTIALS"
    return len(it.post.to(CODES)) == 1


@shows("mail-case-folded")
def _(it: Deployment) -> bool:
    return code_of(it.login(PLAIN.upper())) == "complete"


@shows("never-locks", lock=600)
def _(it: Deployment) -> bool:
    it.lock_out(PLAIN)
    return code_of(it.login(PLAIN)) == "complete"


@shows("lock-lets-password-in", lock=600)
def _(it: Deployment) -> bool:
    it.lock_out(PLAIN)
    assert code_of(it.login(PLAIN, "wrong")) == "E_LOCKED"
    return code_of(it.login(PLAIN)) == "complete"


@shows("lock-too-short", lock=600)
def _(it: Deployment) -> bool:
    it.lock_out(PLAIN)
    answer = it.login(PLAIN)
    assert code_of(answer) == "E_LOCKED"
    return int(answer.headers["retry-after"]) <= 300


@shows("lock-forever", lock=SOON)
def _(it: Deployment) -> bool:
    it.lock_out(PLAIN)
    return code_of(it.login(PLAIN)) == "E_LOCKED"


@shows("suspended-signs-in")
def _(it: Deployment) -> bool:
    return code_of(it.login(SUSPENDED)) == "complete"


# Recovery


@shows("link-to-look-alike")
def _(it: Deployment) -> bool:
    assert code_of(it.call("startRecovery", {"mail": PLAIN.upper()})) == "taken"
    return len(it.post.to(PLAIN.upper())) == 1


@shows("link-lives-forever", linkLife=SOON)
def _(it: Deployment) -> bool:
    return code_of(it.recover(it.link(PLAIN))) == "changed"


@shows("old-link-works")
def _(it: Deployment) -> bool:
    old, _new = it.link(PLAIN), it.link(PLAIN)
    return code_of(it.recover(old)) == "changed"


@shows("password-not-changed")
def _(it: Deployment) -> bool:
    assert code_of(it.recover(it.link(PLAIN))) == "changed"
    states = [code_of(it.login(PLAIN, passphrase)) for passphrase in (PASSPHRASE, NEW_PASSPHRASE)]
    return states == ["complete", "E_CREDENTIALS"]


@shows("sessions-survive-reset")
def _(it: Deployment) -> bool:
    session = it.session(PLAIN)
    assert code_of(it.recover(it.link(PLAIN))) == "changed"
    return it.account(session).status == 200


# Administration


@shows("enables-everybody")
def _(it: Deployment) -> bool:
    assert it.switch_on(PLAIN, "new@north.example").status == 200
    return code_of(it.login(COLLEAGUE)) == "challenge"


@shows("user-enables")
def _(it: Deployment) -> bool:
    return it.switch_on(PLAIN, "new@north.example", PLAIN).status == 200


@shows("enable-unconfirmed")
def _(it: Deployment) -> bool:
    return it.switch_on(PLAIN, "new@north.example", confirmed=False).status == 200


@shows("enable-ends-sessions")
def _(it: Deployment) -> bool:
    session = it.session(PLAIN)
    assert it.switch_on(PLAIN, "new@north.example").status == 200
    return it.account(session).status == 401


@shows("disable-unverified")
def _(it: Deployment) -> bool:
    it.switch_off(MAILED, verified="false")
    return code_of(it.login(MAILED)) == "complete"


@shows("disable-does-nothing")
def _(it: Deployment) -> bool:
    assert code_of(it.switch_off(MAILED)) == "inactive"
    return code_of(it.login(MAILED)) == "challenge"


@shows("account-says-inactive")
def _(it: Deployment) -> bool:
    session = it.session(MAILED)
    return it.account(session).json()["account"]["secondFactor"]["active"] is False


@shows("release-does-nothing", lock=600)
def _(it: Deployment) -> bool:
    it.lock_out(PLAIN)
    assert code_of(it.release(PLAIN, AGENT)) == "released"
    return code_of(it.login(PLAIN)) == "E_LOCKED"
