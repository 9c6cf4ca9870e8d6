"""What codes are drawn from: many are asked for, and looked at together.

Codes that are drawn at random do, now and then, what these checks take for a sign of the opposite. How often, where
codes of six digits are independent and uniform, stands beside each check; what it tells names the number of codes.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from pytest_bdd import then, when

from servinix_conformance.actor import Forecast, Otherwise, Untested, foretold, require

from .cast import Cast, Person
from .language import phrase

_DIGITS = 6
_LEFT_IN = (
    *("000000", "111111", "123456", "654321", "012345", "999999"),
    *("112233", "121212", "123123", "222222", "424242", "888888"),
)
"""Codes that somebody may have made work for tests, and left in."""


def _ask(cast: Cast, person: Person) -> str:
    """The code of a new sign-in."""
    outcome = cast.give_password(person, person.password)
    if outcome.kind != "code-asked":
        raise Untested(f"{person.name} was asked for no further code: {outcome.said}")
    code = cast.code_for(person, cast.device(person))
    numeric = code.isascii() and code.isdecimal()
    require(numeric and len(code) >= _DIGITS, f"a code of {_DIGITS} digits at the least", f"one of {len(code)} came")
    return code


def _complete(cast: Cast, person: Person, code: str) -> None:
    """End the sign-in, so that nothing of it weighs on the next one."""
    outcome = cast.device(person).actor.enter_code(code)
    if outcome.kind != "signed-in":
        raise Untested(f"{person.name} could not be signed in: {outcome.said}")


@when(phrase("{who} signs in until her code begins with a zero, {number} times at the most"))
def _(cast: Cast, who: str, number: str) -> None:
    # Of independent codes, 132 begin without a zero with a probability of 0.9 ** 132 = 9.1e-7.
    person = cast[who]
    for drawn in range(1, int(number) + 1):
        code = _ask(cast, person)
        cast.world.note("codes drawn until one began with a zero", drawn)
        if code.startswith("0"):
            return
        _complete(cast, person, code)
    require(kept=False, expected="codes that may begin with a zero", actual=f"none of {number} did")


@when(phrase("{who} enters the code without its first zero"))
def _(cast: Cast, who: str) -> None:
    here = cast.device(cast[who])
    here.actor.attempt("verifyOtp", {"otp": cast.code_for(cast[who], here)[1:]}, Otherwise())


@when(phrase("{who} and {whose} sign in by turns, {number} times each"))
def _(cast: Cast, who: str, whose: str, number: str) -> None:
    for _ in range(int(number)):
        for person in (cast[who], cast[whose]):
            code = _ask(cast, person)
            person.drawn.append(code)
            _complete(cast, person, code)
    cast.world.note("codes looked at together", 2 * int(number))


def _drawn(cast: Cast, who: str, whose: str) -> tuple[list[str], list[str], list[str]]:
    """The codes of one, of another, and of both in the order in which they came."""
    one, other = cast[who].drawn, cast[whose].drawn
    return one, other, [code for pair in zip(one, other, strict=True) for code in pair]


@then(phrase("the codes of {who} and {whose} are not the same ones"))
def _(cast: Cast, who: str, whose: str) -> None:
    # Of 20 codes, 190 pairs: two of them are equal with a probability of (190 / 10 ** 6) ** 2 / 2 = 1.8e-8, three codes
    # with 1.1e-9. One pair is (once in 5,000 runs) chance.
    *_, codes = _drawn(cast, who, whose)
    equal = sum(count * (count - 1) // 2 for count in Counter(codes).values())
    require(equal <= 1, "codes that differ", f"{equal} pairs of {len(codes)} codes are equal (chance: 2e-8)")


@then(phrase("no code of {who} or {whose} follows from the one before"))
def _(cast: Cast, who: str, whose: str) -> None:
    # Steps between independent codes are independent: of 19, three are equal with a probability of 969 / 10 ** 12.
    for codes in _drawn(cast, who, whose):
        steps = Counter((int(later) - int(code)) % 10 ** len(later) for code, later in pairwise(codes))
        most = max(steps.values(), default=0)
        told = f"the step to the next one is {most} times the same, of {len(codes)} codes (chance: 1e-9)"
        require(most < 3, "codes that do not follow from each other", told)  # noqa: PLR2004 - see above


@then(phrase("at each place of the codes of {who} and {whose} {number} digits were seen at the least"))
def _(cast: Cast, who: str, whose: str, number: str) -> None:
    # At one place of 20 codes there are three digits at the most with a probability of 120 * 0.3 ** 20 = 4.2e-9.
    *_, codes = _drawn(cast, who, whose)
    seen = min(len(set(place)) for place in zip(*codes, strict=False))
    told = f"at one place of {len(codes)} codes there are only {seen} (chance: 2.5e-8)"
    require(seen >= int(number), f"{number} different digits or more at each place", told)


@when(phrase("{who} tries the codes that are often left in for tests, and in each sign-in then the code"))
@foretold(lambda **_words: Forecast(counts=("otp_attempts_per_challenge", "otp_failures_before_lock")))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    room = min(map(cast.world.promise, ("otp_attempts_per_challenge", "otp_failures_before_lock"))) - 1
    if room < 1:
        raise Untested("a single wrong code ends a sign-in here: none can be tried without harm")
    own = [person.contact.address[-_DIGITS:]] if person.contact and person.contact.channel == "phone" else []
    tried = [*own, *_LEFT_IN]
    for first in range(0, len(tried), room):
        code = _ask(cast, person)
        actor = cast.device(person).actor
        outcomes = [actor.enter_code(guess) for guess in tried[first : first + room] if guess != code]
        person.rounds.append([*outcomes, actor.enter_code(code)])
    cast.world.note("codes tried that were not sent", sum(len(outcomes) - 1 for outcomes in person.rounds))


@then(phrase("none of them but the code was accepted"))
def _(cast: Cast) -> None:
    if not cast.protagonist.rounds:
        raise Untested("no code was tried; begin with one")
    for *others, last in cast.protagonist.rounds:
        for outcome in others:
            require(outcome.kind == "refused", "a code that was not sent to be refused", outcome.said)
        require(last.kind == "signed-in", "the code that was sent to be accepted", last.said)
