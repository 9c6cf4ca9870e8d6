"""Whether the time of an answer tells who has an account.

Each user fails a password as often as an address that nobody has. The toss of a coin decides which of the two comes
first, so that neither load nor drift nor what ran before can weigh on one of them more than chance lets them; and of
some tries, the quickest counts, since a delay makes an answer late and never early.
"""

from __future__ import annotations

import secrets

from pytest_bdd import given, then, when

from servinix_conformance.actor import Account, Actor, Forecast, Untested, foretold, require

from .cast import Cast, Crowd
from .durations import FALSE_ALARMS, LOOKS, Durations, needed
from .language import phrase
from .people import needs
from .telling import nobody_like

_MS = 1000
_LET_IN = {"signed-in", "code-asked"}


@given(phrase("{number} people are users {mfa}"))
@foretold(lambda number, mfa: Forecast(crowd=int(number)))  # noqa: ARG005 - whatever they are, test support makes them
def _(cast: Cast, number: str, mfa: str) -> None:
    if needed(int(number)) is None:
        raise Untested(f"{number} pairs are too few to tell a difference from chance")
    cast.crowd = Crowd(int(number), needs(mfa), cast.world.accounts.crowd(int(number), needs(mfa)))


@when(phrase("each of them fails her password twice, beside an address that nobody has"))
def _(cast: Cast) -> None:
    _time(cast, _crowd(cast))


@when(phrase("as many more do so, and again as many, as long as the times vary too much"))
def _(cast: Cast) -> None:
    crowd = _crowd(cast)
    for _ in range(LOOKS - 1):
        if not Durations(crowd.known, crowd.nobody).blurred:
            return
        crowd.people = cast.world.accounts.crowd(crowd.number, crowd.needs)
        _time(cast, crowd)


def _crowd(cast: Cast) -> Crowd:
    if cast.crowd is None:
        raise Untested("there is nobody to be timed; begin with so many people")
    return cast.crowd


def _time(cast: Cast, crowd: Crowd) -> None:
    actor, wrong = cast.world.actor(), f"not-{secrets.token_urlsafe(12)}"
    # The first answer of a connection takes longer than others, and counts for neither.
    _milliseconds(actor, nobody_like(crowd.people[0].email), wrong)
    for account in crowd.people:
        known, nobody = _pair(actor, account, wrong)
        crowd.known.append(known)
        crowd.nobody.append(nobody)


def _pair(actor: Actor, account: Account, wrong: str) -> tuple[float, float]:
    """How long it took for a user and for nobody: one, the other, the other, the one, and the quicker of each."""
    addresses = [account.email, nobody_like(account.email)]
    first = secrets.randbelow(2)
    took = [_milliseconds(actor, addresses[number], wrong) for number in (first, 1 - first, 1 - first, first)]
    quicker = {first: min(took[0], took[3]), 1 - first: min(took[1:3])}
    return quicker[0], quicker[1]


def _milliseconds(actor: Actor, email: str, password: str) -> float:
    outcome = actor.sign_in(email, password)
    if outcome.kind != "refused":
        raise Untested(f"a wrong password was not refused: {outcome.said}")
    return actor.wire.seconds * _MS


@then(phrase("the last of them can still sign in"))
def _(cast: Cast) -> None:
    # Else it was something else than a wrong password that was refused. That a lock is early, other scenarios say.
    last = _crowd(cast).people[-1]
    outcome = cast.world.actor().sign_in(last.email, last.password)
    if outcome.kind not in _LET_IN:
        raise Untested(f"it was not the wrong passwords alone that were refused: with the right one, {outcome.said}")


@then(phrase("the times do not tell who has an account"))
def _(cast: Cast) -> None:
    crowd = _crowd(cast)
    durations = Durations(crowd.known, crowd.nobody)
    _report(cast, durations)
    user, nobody = durations.medians
    lowest, highest = durations.interval
    if durations.blurred:
        raise Untested(
            f"answers take {user:.3g} ms here, and vary so much that only {durations.seen:.3g} ms more would have been "
            "told; run this from nearer by, or while less is going on"
        )
    told = (
        f"a median of {user:.3g} ms for a user and of {nobody:.3g} ms for nobody: a user takes {lowest:.3g} to "
        f"{highest:.3g} ms longer, of {len(durations.known)} pairs (chance: {FALSE_ALARMS:.0e})"
    )
    require(not durations.told, "the same time for a user and for nobody", told)


def _report(cast: Cast, durations: Durations) -> None:
    (user, nobody), (lowest, highest) = durations.medians, durations.interval
    note = cast.world.note
    note("pairs", len(durations.known))
    note("median for a user", round(user, 3), "ms")
    note("median for nobody", round(nobody, 3), "ms")
    note("a user takes longer by at the least", round(lowest, 3), "ms")
    note("by at the most", round(highest, 3), "ms")
    note("chance that this, or a difference, is told wrongly", FALSE_ALARMS)
    note("too small to count", round(durations.floor, 3), "ms")
    note("smallest difference that would have been told", round(durations.seen, 3), "ms")
    note(
        "decided", "told apart" if durations.told else "too blurred to tell" if durations.blurred else "not told apart"
    )
