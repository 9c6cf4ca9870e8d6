"""Whose code it is, and how often one may be wrong."""

from __future__ import annotations

from pytest_bdd import when

from .cast import Cast
from .language import phrase


@when(phrase("{who} enters {whose}'s code"))
def _(cast: Cast, who: str, whose: str) -> None:
    cast.enter_code(cast[who], cast.device(cast[who]), cast.earlier_code(cast[whose], 1))
