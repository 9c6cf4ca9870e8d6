from __future__ import annotations

from pathlib import Path

import pytest

from servinix_conformance.suite import suite_root
from servinix_conformance.unbroken import ReasonsError, read


def test_reasons_are_read_by_the_names_of_scenarios(tmp_path: Path) -> None:
    path = tmp_path / "unbroken.yaml"
    path.write_text("scenarios:\n  - name: One\n    why: it is a control\n", encoding="utf-8")
    assert read(path) == {"One": "it is a control"}


def test_the_suite_has_its_own() -> None:
    read(suite_root() / "features" / "unbroken.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file: null is not of type"),
        ("scenarios: [{name: One}]", 'scenarios/0: "why" is a required property'),
        ("scenarios: [{name: One, why: ''}]", "scenarios/0/why"),
        ("scenarios: [{name: One, why: a}, {name: One, why: b}]", "One: stands there more than once"),
        ("scenarios: [", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "unbroken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReasonsError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert told in str(caught.value)


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReasonsError, match="cannot be read"):
        read(tmp_path / "unbroken.yaml")
