from __future__ import annotations

import ast
import inspect
import textwrap

import pytest

from reference_server import Pages, Rules, Settings, Store, Tokens
from reference_server.faults import FAULTS, Fault, create_faulty_app
from reference_server.faults.registry import fault

DOCUMENTED = [
    *(f"MFA-{number}" for number in range(1, 21)),
    *("SIGNIN-1", "SIGNIN-2", "LOCK-1", "LOCK-2", "LOCK-3", "LOCK-4"),
    *(f"RESET-{number}" for number in range(1, 6)),
]
every = pytest.mark.parametrize("one", FAULTS.values(), ids=list(FAULTS))


@every
def test_it_is_small(one: Fault) -> None:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(one.replacement))).body
    assert isinstance(definition, ast.ClassDef)
    lines = sum((node.end_lineno or 0) - node.lineno + 1 for node in definition.body[1:])
    assert 1 <= lines <= 10


@every
def test_it_replaces_one_part_by_something_else(one: Fault) -> None:
    part = {"rules": Rules, "tokens": Tokens, "store": Store, "pages": Pages}[one.part]
    assert one.replacement.__bases__ == (part,)
    changed = [name for name in vars(one.replacement) if not name.startswith("__")]
    assert changed
    assert all(hasattr(part, name) for name in changed)


@every
def test_it_says_what_it_does(one: Fault) -> None:
    assert one.sentence.endswith(".")
    assert "\n" not in one.sentence
    assert one.severity in {"C", "H", "M", "L"}


@every
def test_it_starts(one: Fault) -> None:
    app = create_faulty_app(Settings(password_profile="test"), one.id)
    assert app.test_client().get("/.well-known/jwks.json").status_code == 200


def test_every_documented_clause_has_one() -> None:
    assert set(DOCUMENTED) <= {one.clause for one in FAULTS.values()}


def test_there_is_none_of_another_name() -> None:
    with pytest.raises(KeyError):
        create_faulty_app(Settings(), "no-such-fault")


def test_the_list_holds_to_its_rules() -> None:
    class Silent(Rules):
        pass

    class Twofold(Rules, Store):  # type: ignore[misc]
        """Changes two parts."""

    class Known(Rules):
        """Has an id that is taken."""

    for name, wrong in (("silent", Silent), ("twofold", Twofold), ("never-locks", Known)):
        with pytest.raises(ValueError, match=name):
            fault(name, severity="L", clause="MFA-1")(wrong)
