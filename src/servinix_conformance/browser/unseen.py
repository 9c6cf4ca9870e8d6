"""What an actor does that no page of the portal shows."""

from __future__ import annotations

from typing import Any, NoReturn

from ..actor import NotClaimed


def _unseen(_self: object, *_words: object, **_named: object) -> NoReturn:
    """Raises `NotClaimed`."""
    raise NotClaimed("only the API shows that")


class Unseen:
    """The verbs of `servinix_conformance.actor.Actor` that are for the API."""

    resume = pretend = open_profile_with_forged_token = attempt = at_once = shown = open_profile_with_the_answer = (
        _unseen
    )
    find_user = enable_mfa = disable_mfa = unlock = _unseen
    wire: Any = property(_unseen)
    heard: Any = property(_unseen)
    token_says: Any = property(_unseen)
    authenticated_by: Any = property(_unseen)
    token_lasts: float | None = None
    """No page says how long a session lasts."""
