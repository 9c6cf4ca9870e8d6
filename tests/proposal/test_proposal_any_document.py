"""Documents with anything anywhere: each gives a target file that can be loaded, or is told to be none."""

from __future__ import annotations

import copy
import json
import random
from collections import UserDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from proposal_documents import COOKIE, ENVELOPES, FLAT, FORM, LEGACY, Json, challenge_name

from servinix_conformance.binding import Binding
from servinix_conformance.document import Document, DocumentError
from servinix_conformance.proposal import propose
from servinix_conformance.proposal.text import Frame, target_text
from servinix_conformance.target_file import load

DOCUMENTS = [FLAT, ENVELOPES, COOKIE, LEGACY, FORM, challenge_name("EMAIL_OTP")]
VALUES: list[Any] = [
    *(None, True, 0, -1, 3.5, 10**30, "", "x", "string", "object", "a\nb", "\x00", "é\u2028", [], [1], ["a"], {}),
    *("${HOME}", "env:HOME", "file:/etc/hostname", {"a": 1}, {"enum": [None, {}, [], 1]}, {"oneOf": [{}]}),
    *({"$ref": "#"}, {"$ref": "#/paths"}, {"$ref": "#/components/schemas/None"}, {"$ref": 1}, {"type": "string"}),
]
NAMES = ["${HOME}", "a\nb", "env:x", "code", "password", "oneOf", "allOf", "~", "/", ""]
MUTANTS = 40


class Anything(UserDict[str, str]):
    """An environment in which every variable is set."""

    def get(self, _key: str, _default: object = None) -> str:
        return "https://set.example"


def places(node: Any, trail: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401 - JSON
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, member in members:
        yield (*trail, name)
        yield from places(member, (*trail, name))


def changed(document: Json, chance: random.Random) -> Json:
    made: Json = copy.deepcopy(document)
    for _ in range(chance.choice([1, 1, 2, 4])):
        *parents, last = chance.choice(list(places(made)))
        node: Any = made
        for name in parents:
            node = node[name]
        if isinstance(node, dict) and chance.random() < 0.2:
            node[chance.choice(NAMES)] = node.pop(last)
        else:
            node[last] = copy.deepcopy(chance.choice(VALUES))
    return made


@pytest.mark.parametrize("number", range(len(DOCUMENTS)))
def test_every_document_gives_a_file_that_can_be_loaded(number: int, tmp_path: Path) -> None:
    chance, written = random.Random(number), 0  # noqa: S311 - nothing secret
    for _ in range(MUTANTS):
        try:
            document = Document(json.dumps(changed(DOCUMENTS[number], chance)), "any.json")
        except DocumentError:
            continue
        proposal = propose(document)
        frame = Frame("any", document.title, None, "nobody said", "any.json")
        (tmp_path / "target.toml").write_text(target_text(proposal, frame), encoding="utf-8")
        Binding(load(tmp_path / "target.toml", environ=Anything()).bindings)
        written += 1
    assert written > MUTANTS / 2
