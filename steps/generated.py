"""Requests that are drawn from the document."""

from __future__ import annotations

from pytest_bdd import then, when

from servinix_conformance.actor import require

from .cast import Cast
from .language import phrase


@when(phrase("the operation is sent data that {fits} the document, in {whose}'s name"))
def _(cast: Cast, fits: str, whose: str) -> None:
    cast.found = cast.world.send_generated(cast[whose].account, fits=fits == "fits")


@when(phrase("{who} follows the links of the document from the operation on"))
def _(cast: Cast, who: str) -> None:
    cast.found = cast.world.follow_links(cast[who].account)


def _require_nothing_found(cast: Cast, expected: str) -> None:
    more = f" (and {len(cast.found) - 1} more)" if len(cast.found) > 1 else ""
    require(not cast.found, expected, f"{''.join(cast.found[:1])}{more}")


@then("no answer was other than the document has it")
def _(cast: Cast) -> None:
    _require_nothing_found(cast, "every answer to be one that the document describes")


@then("each link leads where the document says")
def _(cast: Cast) -> None:
    _require_nothing_found(cast, "every link to lead on, and every answer on the way to be described")
