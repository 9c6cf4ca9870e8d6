from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

import jwt
import pytest

from servinix_conformance.actor import NotClaimed
from servinix_conformance.api import ApiActor
from servinix_conformance.clients import PLAIN
from servinix_conformance.document import Answer
from servinix_conformance.gateway import Gateway, Result
from servinix_conformance.redaction import Redactor

SECRET = "a secret of no less than thirty-two bytes"


class Opening:
    """Publishes keys, and answers a profile by the status that it has for the algorithm of a token."""

    def __init__(self, statuses: Mapping[str, int] | None = None, published: object = None) -> None:
        self.redactor = Redactor()
        self.statuses = statuses or {}
        self.published = published
        self.came: list[str] = []

    def claims(self, name: str) -> bool:
        return name != "getJwks" or self.published is not None

    def perform(self, name: str, *_: object, bearer: str | None = None, **_others: object) -> Result:
        if name == "getJwks":
            return self.told(name, 200, json.dumps(self.published).encode())
        self.came.append(bearer or "")
        return self.told(name, self.statuses.get(jwt.get_unverified_header(bearer or "")["alg"], 401))

    @staticmethod
    def told(name: str, status: int, body: bytes = b"") -> Result:
        kind = "done" if status == 200 else "refused" if status < 500 else "unreadable"
        return Result(name, Answer(status, {}, body, {}), {}, kind, described=True, reason=None, wait=None)  # type: ignore[arg-type]


def holding(opening: Opening, token: str) -> ApiActor:
    actor = ApiActor(cast("Gateway", opening), PLAIN)
    actor.resume(token)
    return actor


def token(**claims: object) -> str:
    return jwt.encode(claims, SECRET, "HS256")


@pytest.mark.parametrize(
    ("statuses", "kind", "tried"),
    [({}, "refused", 5), ({"None": 200}, "signed-in", 2), ({"NONE": 500}, "unreadable", 3)],
)
def test_a_forgery_is_tried_in_all_spellings_until_one_is_not_refused(
    statuses: dict[str, int], kind: str, tried: int
) -> None:
    opening = Opening(statuses)
    actor = holding(opening, token(sub="ada"))
    assert actor.open_profile_with_forged_token("that says it is not signed").kind == kind
    assert len(opening.came) == tried
    assert [wire.server_error for wire in actor.heard] == [*[False] * (tried - 1), kind == "unreadable"]


@pytest.mark.parametrize("published", [None, {}, {"keys": "none"}, [], {"keys": [{"kty": "oct", "k": "AAAA"}]}])
def test_without_a_public_key_nothing_is_signed_with_it(published: object) -> None:
    actor = holding(Opening(published=published), token(sub="ada"))
    with pytest.raises(NotClaimed, match="no public key is published"):
        actor.open_profile_with_forged_token("signed with the public key as secret")


def test_an_opaque_token_is_not_forged() -> None:
    with pytest.raises(NotClaimed, match="the access token is no JWT"):
        holding(Opening(), "opaque").open_profile_with_forged_token("without its signature")


def test_what_a_token_says_of_itself() -> None:
    actor = holding(Opening(), token(iat=1000, exp=1900, amr=["pwd", "otp"]))
    assert (actor.token_lasts, actor.authenticated_by) == (900, frozenset({"pwd", "otp"}))
    assert holding(Opening(), token(amr="pwd")).authenticated_by == frozenset({"pwd"})
    for other in (token(iat="now", amr=1), token(exp=1900), "opaque"):
        silent = holding(Opening(), other)
        assert (silent.token_lasts, silent.authenticated_by) == (None, None)
