from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from servinix_conformance.api import ApiActor
from servinix_conformance.clients import SERVINIX_GO
from servinix_conformance.document import Answer
from servinix_conformance.gateway import Gateway, Result
from servinix_conformance.redaction import Redactor


class Listening:
    """Takes down the headers of every request, and refuses it."""

    def __init__(self) -> None:
        self.redactor = Redactor()
        self.headers: list[Mapping[str, str]] = []

    def perform(self, name: str, *_: object, headers: Mapping[str, str], **_others: object) -> Result:
        self.headers.append(headers)
        return Result(name, Answer(401, {}, b"", {}), {}, "refused", described=True, reason=None, wait=None)


@pytest.fixture
def listening() -> Listening:
    return Listening()


@pytest.fixture
def actor(listening: Listening) -> ApiActor:
    return ApiActor(cast("Gateway", listening), SERVINIX_GO)


def test_headers_that_are_pretended_go_with_every_request_until_they_are_ended(
    actor: ApiActor, listening: Listening
) -> None:
    own = dict(SERVINIX_GO.headers)
    actor.sign_in("ada@people.example", "a password")
    actor.pretend({"X-Forwarded-For": "127.0.0.1"})
    actor.sign_in("ada@people.example", "a password")
    actor.attempt("getProfile")
    actor.pretend({})
    actor.enter_code("123456")
    forged = {**own, "X-Forwarded-For": "127.0.0.1"}
    assert listening.headers == [own, forged, forged, own]


def test_a_pretended_header_takes_the_place_of_the_clients_own(actor: ApiActor, listening: Listening) -> None:
    actor.pretend({"user-agent": "curl/8"})
    actor.sign_in("ada@people.example", "a password")
    assert listening.headers == [{"user-agent": "curl/8"}]
