from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from servinix_conformance.catalogue import CONTRACT, Catalogue, CatalogueError, load
from servinix_conformance.suite import suite_root


def entry(name: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever an entry may wrongly hold
    return {
        "id": name,
        "chapter": "A chapter",
        "source": {"page": "A page", "section": "A section"},
        "keyword": "MUST",
        "origin": "documented",
        "profile": "documented",
        "promise": "It is kept.",
        **changes,
    }


def write(path: Path, *entries: object, version: object = "7") -> Path:
    path.write_text(yaml.safe_dump({"version": version, "clauses": list(entries)}), encoding="utf-8")
    return path


def refused(*paths: Path) -> str:
    with pytest.raises(CatalogueError) as caught:
        load(paths)
    return str(caught.value)


def test_clauses_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = write(
        tmp_path / "c.yaml",
        entry("ZZ-2", core=True, keyword="SHOULD", reading="inferred"),
        entry("AA-1", profile="other", unobservable="nobody sees it"),
        entry("MM-3-a", inferred="a part"),
    )
    catalogue = load([file])
    assert catalogue.version == "7"
    assert list(catalogue.clauses) == ["ZZ-2", "AA-1", "MM-3-a"]
    assert catalogue.profiles == ["documented", "other"]
    first = catalogue.clauses["ZZ-2"]
    assert (first.page, first.section, first.core, first.keyword, first.reading) == (
        *("A page", "A section", True, "SHOULD", "inferred"),
    )
    assert catalogue.clauses["AA-1"].unobservable == "nobody sees it"
    assert catalogue.clauses["MM-3-a"].inferred == "a part"


def test_what_an_entry_leaves_out_is_the_usual(tmp_path: Path) -> None:
    clause = load([write(tmp_path / "c.yaml", entry("AA-1"))]).clauses["AA-1"]
    assert (clause.reading, clause.inferred, clause.core, clause.unobservable) == ("stated", None, False, None)


def test_a_second_file_adds_clauses_and_the_first_gives_the_version(tmp_path: Path) -> None:
    own, more = write(tmp_path / "a.yaml", entry("AA-1")), write(tmp_path / "b.yaml", entry("BB-1"), version="9")
    catalogue = load([own, more])
    assert list(catalogue.clauses) == ["AA-1", "BB-1"]
    assert catalogue.version == "7"


@pytest.mark.parametrize("second", ["a.yaml", "b.yaml"])
def test_a_clause_that_stands_twice_is_refused(tmp_path: Path, second: str) -> None:
    first, other = write(tmp_path / "a.yaml", entry("AA-1")), tmp_path / second
    paths = [write(first, entry("AA-1"), entry("AA-1"))] if other == first else [first, write(other, entry("AA-1"))]
    told = f"{other}:{11 if other == first else 2}: clause AA-1 stands at {first}:2 too; give this one another id"
    assert refused(*paths) == told


def test_a_file_that_is_not_there_names_the_option(tmp_path: Path) -> None:
    told = refused(tmp_path / "none.yaml")
    assert told.startswith(f"{tmp_path / 'none.yaml'}: cannot be read: ")
    assert told.endswith("; name a file with --catalogue")


def test_no_yaml_tells_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("version: '1'\nclauses: [}", encoding="utf-8")
    told = refused(file)
    assert told == f"{file}:2: is not YAML: did not find expected node content"


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes("version: 'ö'".encode("latin-1"))
    assert refused(file) == f"{file}: is not UTF-8: invalid start byte at byte 10; save it as UTF-8"


def test_every_wrong_entry_is_told_with_file_and_clause(tmp_path: Path) -> None:
    lacking = entry("BB-1")
    del lacking["promise"]
    file = write(
        tmp_path / "c.yaml",
        entry("AA-1", keyword="SHALL"),
        lacking,
        entry("CC-1", colour="red"),
        entry("lower-1"),
        entry("DD-1", source={"page": "p"}),
        "no entry",
    )
    lines = refused(file).splitlines()
    text = file.read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(text, start=1) if line.startswith("- ")]
    assert [int(line.removeprefix(f"{file}:").partition(":")[0]) for line in lines] == starts
    for name, told in (
        ("AA-1", "SHALL"),
        ("BB-1", "promise"),
        ("CC-1", "colour"),
        ("lower-1", "does not match"),
        ("DD-1", "section"),
        ("5", "no entry"),
    ):
        assert any(f"clause {name}: " in line and told in line for line in lines), name


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("[]", "the whole file", "object"),
        ("version: '1'", "the whole file", "clauses"),
        ("{version: 1, clauses: []}", "version", "string"),
        ("{version: '1', clauses: {}}", "clauses", "array"),
        ("{version: '1', clauses: [], more: 1}", "the whole file", "more"),
    ],
)
def test_a_wrong_frame_is_told(tmp_path: Path, text: str, place: str, told: str) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(text, encoding="utf-8")
    line = refused(file)
    assert line.startswith(f"{file}: {place}: ")
    assert told in line


def test_an_unknown_id_gets_the_closest_ones(tmp_path: Path) -> None:
    catalogue = load([write(tmp_path / "c.yaml", entry("MFA-1"), entry("LOCK-2"))])
    assert catalogue.closest("MFA-2") == "did you mean MFA-1?"
    assert catalogue.closest("QQQQ") == "'servinix-conformance list' prints all ids"
    assert "MFA-1 or " in load([write(tmp_path / "c.yaml", entry("MFA-1"), entry("MFA-3"))]).closest("MFA-1X")


def test_the_suites_own_catalogue_is_read_and_has_the_contract() -> None:
    catalogue = load([suite_root() / "features" / "catalogue.yaml"])
    assert isinstance(catalogue, Catalogue)
    assert CONTRACT in catalogue.clauses
    assert catalogue.profiles[0] == "documented"
    assert all(clause.page and clause.section for clause in catalogue.clauses.values())
