"""What many do at the same moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial

from pytest_bdd import then, when

from servinix_conformance.actor import Actor, Broken, Forecast, Outcome, Untested, foretold, require

from .cast import Cast, Device, Person
from .language import phrase
from .reset import ask


def _asked(cast: Cast, person: Person) -> Device:
    outcome = cast.give_password(person, person.password)
    require(outcome.kind == "code-asked", f"{person.name} to be asked for a code", outcome.said)
    return cast.device(person)


def _raced(cast: Cast, rounds: int, at_once: int) -> None:
    """Note how often was looked: that a race was not lost means no more than that."""
    cast.world.note("rounds", rounds)
    cast.world.note("at once in each round", at_once)


def _entering(code: str) -> Callable[[Actor], Outcome]:
    return lambda actor: actor.enter_code(code)


def _all_refused(outcomes: list[Outcome], what: str) -> None:
    for outcome in outcomes:
        require(outcome.kind == "refused", f"{what} to be refused", outcome.said)


@when(
    phrase(
        "in each of {number} rounds {who} enters as many wrong codes at once as end a challenge, and then the code",
    )
)
@foretold(lambda **_words: Forecast(counts=("otp_attempts_per_challenge",)))
def _(cast: Cast, number: str, who: str) -> None:
    person = cast[who]
    for _ in range(int(number)):
        here = _asked(cast, person)
        wrong = [cast.wrong_code(person, here) for _ in range(cast.world.promise("otp_attempts_per_challenge"))]
        _raced(cast, len(person.rounds) // 2 + 1, len(wrong))
        _all_refused(here.actor.at_once([_entering(code) for code in wrong]), "a wrong code")
        person.rounds.append([here.actor.enter_code(cast.code_for(person, here))])
        # A full sign-in clears the counts for the next round, and shows that nothing else was in the way.
        here = _asked(cast, person)
        person.rounds.append([here.actor.enter_code(cast.code_for(person, here))])


@then(phrase("in no round the code was accepted"))
def _(cast: Cast) -> None:
    rounds = cast.protagonist.rounds[0::2]
    accepted = sum(outcomes[0].kind != "refused" for outcomes in rounds)
    told = f"it was accepted in {accepted} of {len(rounds)} rounds: guesses went uncounted"
    require(bool(rounds) and not accepted, "the code to be refused once the challenge has ended", told)


@then(phrase("in each round the code of the next sign-in was accepted"))
def _(cast: Cast) -> None:
    for outcomes in cast.protagonist.rounds[1::2]:
        require(outcomes[0].kind == "signed-in", "a new sign-in to work", outcomes[0].said)


def _locks(who: str, often: str) -> Forecast:
    return Forecast(locks=who if often == "as often as" else None, counts=("password_failures_before_lock",))


@when(phrase("{who} fails her password {often} locks an account, all at once"))
@foretold(_locks)
def _(cast: Cast, who: str, often: str) -> None:
    person = cast[who]
    times = cast.world.promise("password_failures_before_lock") - (often == "once less than")
    wrong = [f"not-{secrets.token_urlsafe(12)}" for _ in range(times)]
    since = cast.world.clock.now(person.account)
    deeds: list[Callable[[Actor], Outcome]] = [partial(_signing_in, person, password) for password in wrong]
    _raced(cast, 1, len(deeds))
    _all_refused(cast.device(person).actor.at_once(deeds), "a wrong password")
    cast.begin(person, "the lock", since)


def _signing_in(person: Person, password: str, actor: Actor) -> Outcome:
    return actor.sign_in(person.account.email, password)


@when(phrase("in each of {number} rounds {who} enters the code {number_2} times at once"))
def _(cast: Cast, number: str, who: str, number_2: str) -> None:
    person = cast[who]
    for _ in range(int(number)):
        here = _asked(cast, person)
        code = cast.code_for(person, here)
        person.rounds.append(here.actor.at_once([_entering(code)] * int(number_2)))
        _raced(cast, len(person.rounds), int(number_2))


@when(phrase("in each of {number} rounds {who} asks for a reset link and follows it {number_2} times at once"))
@foretold(lambda who, **_words: Forecast(changes=who, uses=("requestPasswordReset", "resetPassword")))
def _(cast: Cast, number: str, who: str, number_2: str) -> None:
    person = cast[who]
    for _ in range(int(number)):
        ask(cast, person)
        link, new_password = cast.world.inbox.link(person.links[-1]), f"New-{secrets.token_urlsafe(12)}"
        person.rounds.append(cast.device(person).actor.at_once([_following(link, new_password)] * int(number_2)))
        _raced(cast, len(person.rounds), int(number_2))
        if any(outcome.kind != "refused" for outcome in person.rounds[-1]):
            cast.new_password(person, new_password)


def _following(link: str, new_password: str) -> Callable[[Actor], Outcome]:
    return lambda actor: actor.reset_password(link, new_password)


@then(phrase("in each round exactly {number} of them was accepted"))
def _(cast: Cast, number: str) -> None:
    if not cast.protagonist.rounds:
        raise Untested("there was no round; begin with one")
    for position, outcomes in enumerate(cast.protagonist.rounds, 1):
        refused = [outcome for outcome in outcomes if outcome.kind not in {"signed-in", "done"}]
        accepted = len(outcomes) - len(refused)
        if accepted != int(number):
            said = next((outcome.said for outcome in refused), "nothing")
            raise Broken(f"{number} to be accepted", f"{accepted} were in round {position}; else: {said}")
