"""Guessing: wrong codes and passwords in a row, and what they cost."""

from __future__ import annotations

import secrets

from pytest_bdd import given, then, when

from servinix_conformance.actor import Forecast, Untested, foretold, require

from .cast import Cast, Device, Person
from .language import phrase

_MOST_FAILURES = 100  # NIST SP 800-63B-4, section 3.2.2
_COUNTS = ("otp_failures_before_lock", "otp_attempts_per_challenge")
_RECOVERY = ("recovery_after_failures", *_COUNTS)


def _fail_code(cast: Cast, person: Person, here: Device) -> None:
    outcome = cast.enter_code(person, here, cast.wrong_code(person, here))
    if outcome.kind != "refused":
        raise Untested(f"a wrong code was not refused: {outcome.said}; other scenarios are red for it")


def _fail_codes(cast: Cast, person: Person, times: int) -> None:
    """Enter wrong codes in so many challenges that none of them ends: only the account's budget does."""
    room = cast.world.promise("otp_attempts_per_challenge") - 1
    if room < 1:
        raise Untested("a single wrong code ends a challenge here: what else counts it cannot be told")
    here = cast.device(person)
    for number in range(times):
        if number % room == 0:
            outcome = cast.give_password(person, person.password)
            require(outcome.kind != "refused", f"{person.name} to be asked for a code", outcome.said)
            if outcome.kind != "code-asked":
                raise Untested(f"{person.name} was asked for no code: {outcome.said}; other scenarios are red for it")
        since = cast.world.clock.now(person.account)
        _fail_code(cast, person, here)
        cast.begin(person, "the lock", since)


def _locks(who: str, often: str) -> Forecast:
    return Forecast(locks=who if often == "as often as" else None, counts=_COUNTS)


@given(phrase("{who} has failed the code {often} locks an account"))
@when(phrase("{who} fails the code {often} locks an account"))
@foretold(_locks)
def _(cast: Cast, who: str, often: str) -> None:
    _fail_codes(cast, cast[who], cast.world.promise("otp_failures_before_lock") - (often == "once less than"))


@given(phrase("{who} has failed the code {often} ends a challenge"))
@foretold(lambda **_words: Forecast(counts=_COUNTS))
def _(cast: Cast, who: str, often: str) -> None:
    person, times = cast[who], cast.world.promise("otp_attempts_per_challenge")
    if times >= cast.world.promise("otp_failures_before_lock"):
        raise Untested("as many wrong codes as end a challenge lock the account here: which it was cannot be told")
    for _ in range(times - (often == "once less than")):
        _fail_code(cast, person, cast.device(person))


@when(phrase("{who} fails {secret} once more[ on {device}]"))
@foretold(lambda who, **_words: Forecast(locks=who))
def _(cast: Cast, who: str, secret: str, device: str | None) -> None:
    person = cast[who]
    since = cast.world.clock.now(person.account)
    if secret == "the code":  # noqa: S105 - a phrase
        _fail_code(cast, person, cast.device(person, device))
    else:
        outcome = cast.give_password(person, f"not-{secrets.token_urlsafe(12)}", device)
        if outcome.kind != "refused":
            raise Untested(f"a wrong password was not refused: {outcome.said}; other scenarios are red for it")
    cast.begin(person, "the lock", since)


@given(phrase("{who} was sent a new code once the wait had passed"))
@foretold(lambda **_words: Forecast(waits="resend_after_seconds", uses=("resendOtp",)))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    cast.pass_whole(person, "the wait for a new code")
    outcome = cast.ask_for_code(person)
    require(outcome.kind == "code-asked", f"{who} to be sent a new code", outcome.said)
    cast.code_for(person, cast.device(person))


@given(phrase("{who} has failed the code once less than asks for recovery, while each lock passed"))
@foretold(lambda who: Forecast(locks=who, waits="lock_seconds", counts=_RECOVERY))
def _(cast: Cast, who: str) -> None:
    person, promise = cast[who], cast.world.promise
    limit, per_lock = promise("recovery_after_failures"), promise("otp_failures_before_lock")
    if limit > _MOST_FAILURES:
        raise Untested(f"{limit} wrong codes are declared, more than may be allowed: another scenario is red for it")
    if cast.world.clock.uncertainty:
        hours = limit // per_lock * promise("lock_seconds") / 3600
        raise Untested(f"it takes {hours:.1f} h of locks, and somebody's account: it is tried where time can be moved")
    left = limit - 1
    while left > 0:
        _fail_codes(cast, person, min(per_lock, left))
        left -= per_lock
        if left >= 0:
            cast.pass_whole(person, "the lock")


@then(phrase("recovery is asked of {who} after {number} wrong codes at the most"))
@foretold(lambda **_words: Forecast(counts=_RECOVERY[:1]))
def _(cast: Cast, who: str, number: str) -> None:
    limit = cast.world.promise("recovery_after_failures")
    require(limit <= int(number), f"{who} to be asked for recovery after {number} wrong codes", f"it takes {limit}")
