"""Whether answers tell who has an account: what one who has is answered, beside two addresses that nobody has.

Where the two answers to nobody differ from each other, something varies by itself, and is not counted.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Iterator, Mapping
from itertools import permutations

from pytest_bdd import then, when

from servinix_conformance.actor import Actor, Forecast, Untested, foretold, require

from .cast import Cast, Person
from .language import phrase
from .looks import Round, gist

_LETTERS = string.ascii_lowercase + string.digits
_FEWEST = 12


def nobody_like(email: str) -> str:
    """An address that nobody has, as long as another one and at the same domain."""
    name, _, domain = email.rpartition("@")
    return f"{''.join(secrets.choice(_LETTERS) for _ in range(max(len(name), _FEWEST)))}@{domain}"


def _beside(cast: Cast, person: Person, times: int, deed: Callable[[Actor, str], object]) -> Iterator[int]:
    """Do the same for somebody and for two addresses that nobody has, so many times, in changing order."""
    actor = cast.device(person).actor
    addresses = (person.account.email, *(nobody_like(person.account.email) for _ in range(2)))
    orders = list(permutations(range(3)))
    cast.looks.clear()
    for number in range(times):
        yield number
        seen: dict[int, Mapping[str, str]] = {}
        for position in orders[number % len(orders)]:
            deed(actor, addresses[position])
            seen[position] = actor.wire.looks
        cast.looks.append(Round(seen[0], seen[1], seen[2]))


def _signing_in(password: Callable[[], str]) -> Callable[[Actor, str], object]:
    return lambda actor, email: actor.sign_in(email, password())


def _wrong() -> str:
    return f"not-{secrets.token_urlsafe(12)}"


@when(phrase("{who} fails her password {number} time[s], beside two addresses that nobody has"))
def _(cast: Cast, who: str, number: str) -> None:
    for _ in _beside(cast, cast[who], int(number), _signing_in(_wrong)):
        pass


@when(phrase("{who} gives her password, beside two addresses that nobody has"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    for _ in _beside(cast, person, 1, _signing_in(lambda: person.password)):
        pass


@when(phrase("{who} fails her password until she is locked out, beside two addresses that nobody has"))
@foretold(lambda who: Forecast(locks=who, counts=("password_failures_before_lock",)))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    times = cast.world.promise("password_failures_before_lock")
    for number in _beside(cast, person, times + 2, _signing_in(_wrong)):
        if number == times - 1:
            cast.begin(person, "the lock", cast.world.clock.now(person.account))


@when(phrase("{who} asks for a reset link {number} time[s], beside two addresses that nobody has"))
@foretold(lambda **_words: Forecast(uses=("requestPasswordReset",)))
def _(cast: Cast, who: str, number: str) -> None:
    person = cast[who]
    for _ in _beside(cast, person, int(number), lambda actor, email: actor.request_reset(email)):
        person.links.append(cast.world.inbox.checkpoint(person.account.email))


@then(phrase("the answers do not tell who has an account"))
def _(cast: Cast) -> None:
    told = _told_each_time(cast)
    require(not told, "the same answer for a user and for nobody", _said(told))


@then(phrase("the answers tell who has an account"))
def _(cast: Cast) -> None:
    require(bool(_told_each_time(cast)), "another answer for who gives the right password", "it is the same")


@then(phrase("at no point the answers tell who has an account"))
def _(cast: Cast) -> None:
    for number, seen in enumerate(_rounds(cast), 1):
        told = seen.unlike(gist)
        expected = "the same sequence of answers for a user and for nobody"
        require(not told, expected, f"at attempt {number}, {_said(told)}")


def _rounds(cast: Cast) -> list[Round]:
    if not cast.looks:
        raise Untested("nobody was tried beside addresses that nobody has; begin with that")
    return cast.looks


def _told_each_time(cast: Cast) -> dict[str, str]:
    first, *others = [seen.unlike() for seen in _rounds(cast)]
    return {part: told for part, told in first.items() if all(part in other for other in others)}


def _said(told: Mapping[str, str]) -> str:
    first, *others = sorted(told.items(), key=lambda item: item[0] != "status") or [("", "")]
    return f"{first[0]}: {first[1]}" + (f"; and {', '.join(part for part, _ in others)}" if others else "")
