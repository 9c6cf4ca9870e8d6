from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from reporting_samples import CATALOGUE, clause, end

from servinix_conformance import verdict
from servinix_conformance.baseline import Entry, KnownFailuresError, judge, read
from servinix_conformance.catalogue import CONTRACT, Catalogue
from servinix_conformance.events import Failure, Judgement
from servinix_conformance.verdict import Verdict

TODAY = date(2026, 6, 30)
ALL = {"AA-1", "AA-2", "BB-1", CONTRACT}
UNSEEN = Catalogue(
    "7",
    {**CATALOGUE.clauses, "CC-1": replace(clause("CC-1", "Third"), unobservable="nobody sees it")},
    CATALOGUE.first_profiles,
)
GOOD = """
[[known]]
clause = "AA-2"
reason = "ticket 1"
expires = 2026-12-31

[[known]]
clause = "BB-1"
reason = "no phone"
expires = 2027-01-31
verdict = "untested"
"""


def entry(name: str = "AA-2", accepted: str = "failed", *, expires: date = TODAY) -> Entry:
    return Entry(name, "ticket 1", expires, accepted, "known.toml")  # type: ignore[arg-type]


def outcome(second: Judgement, *, narrowed: bool = False, complete: bool = True) -> Verdict:
    """AA-1 and BB-1 passed; AA-2 ended like this."""
    failure = {"failed": "broken", "error": "harness"}.get(second)
    told = Failure(failure, "", "", "", 1).to_json() if failure else None  # type: ignore[arg-type]
    ends = (
        end("one"),
        end("two", second, "AA-2", failure=told, inferred=False),
        *([] if narrowed else [end("three", "passed", "BB-1")]),
    )
    return verdict.judge(CATALOGUE, ends, profiles=("documented",), strict=True, narrowed=narrowed, complete=complete)


def test_a_file_has_an_entry_for_each_clause(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read(path, CATALOGUE) == (
        Entry("AA-2", "ticket 1", date(2026, 12, 31), "failed", str(path)),
        Entry("BB-1", "no phone", date(2027, 1, 31), "untested", str(path)),
    )


def test_a_file_without_entries_is_one_on_which_nothing_is_left_to_do(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text("# all mended\n", encoding="utf-8")
    assert read(path, CATALOGUE) == ()


def test_one_clause_may_be_accepted_as_failed_and_as_untested(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(GOOD + GOOD[: GOOD.index("\n\n")].strip() + '\nverdict = "untested"\n', encoding="utf-8")
    assert [item.clause for item in read(path, CATALOGUE)] == ["AA-2", "BB-1", "AA-2"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("known = 1 = 2", ["is not TOML: "]),
        ('known = "AA-1"', ["known: must be a list"]),
        ("known = [1]", ["known.0: must be a table"]),
        ("known = 2026-12-31", ["known: must be a list"]),
        ("[[knwon]]", ["the file: unknown key 'knwon'; did you mean 'known'?"]),
        (
            "[[known]]",
            [
                "known.0: 'clause' is missing; add it",
                "known.0: 'reason' is missing; add it",
                "known.0: 'expires' is missing; add it",
            ],
        ),
        (GOOD.replace("reason", "raeson", 1), ["known.0: unknown key 'raeson'; did you mean 'reason'?"]),
        (GOOD.replace('"ticket 1"', '" "'), ["known.0.reason: not of the right form; expected: why it is accepted"]),
        (GOOD.replace('"AA-2"', "2026-12-31"), ["known.0.clause: must be text in quotes"]),
        (GOOD.replace('"ticket 1"', "07:30:00"), ["known.0.reason: must be text in quotes"]),
        (GOOD.replace('"untested"', '"passed"'), ["known.1.verdict: "]),
        (
            GOOD.replace("2026-12-31", '"2026-12-31"'),
            ["known.0.expires: must be a day; write 2026-12-31, without quotes and time"],
        ),
        (GOOD.replace("2026-12-31", "2026-12-31T00:00:00Z"), ["known.0.expires: must be a day"]),
        (GOOD.replace("2026-12-31", "07:30:00"), ["known.0.expires: must be a day"]),
        (GOOD.replace("2026-12-31", "2026-02-30"), ["is not TOML: "]),
        (GOOD.replace("AA-2", "AA-3"), ["known.0.clause: there is no clause AA-3; did you mean AA-"]),
        (GOOD.replace("AA-2", "CC-1"), ["known.0.clause: CC-1 cannot be observed, and is never judged; remove"]),
        (GOOD + GOOD[: GOOD.index("\n\n")], ["known.2.clause: another entry accepts AA-2 as failed; give each once"]),
    ],
)
def test_what_is_wrong_in_a_file_is_told_by_place_and_remedy(tmp_path: Path, text: str, told: list[str]) -> None:
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnownFailuresError) as caught:
        read(path, UNSEEN)
    lines = str(caught.value).splitlines()
    for line in told:
        assert any(said.startswith(f"{path}: {line}") for said in lines), lines


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnownFailuresError) as caught:
        read(tmp_path, CATALOGUE)
    assert str(caught.value) == f"{tmp_path}: cannot be read: Is a directory; give --known-failures a TOML file"
    (tmp_path / "latin").write_bytes(b'reason = "\xe9"')
    with pytest.raises(KnownFailuresError, match="is not TOML: "):
        read(tmp_path / "latin", CATALOGUE)


def test_a_known_failure_does_not_fail_the_run_and_stays_not_conformant() -> None:
    judged, (known,) = judge(outcome("failed"), [entry()], TODAY, whole=ALL)
    assert (known.state, known.stale, judged.exit_status) == ("known", False, 0)
    assert judged.sentences[0] == "NOT CONFORMANT documented: 2 passed, 1 failed (AA-2, known until 2026-06-30)"
    assert known.sentence == "AA-2 failed, known until 2026-06-30: ticket 1"


def test_beside_a_known_failure_another_one_fails_the_run_as_ever() -> None:
    ends = (end("one", "failed"), end("two", "failed", "AA-2"), end("three", "passed", "BB-1"))
    bare = verdict.judge(CATALOGUE, ends, profiles=("documented",))
    judged, _ = judge(bare, [entry()], TODAY, whole=ALL)
    assert judged.exit_status == 1
    assert judged.sentences[0] == "NOT CONFORMANT documented: 1 passed, 2 failed (AA-1; AA-2, known until 2026-06-30)"


def test_what_is_accepted_as_untested_is_0_and_stays_incomplete() -> None:
    judged, (known,) = judge(outcome("untested"), [entry(accepted="untested")], TODAY, whole=ALL)
    assert (known.state, judged.exit_status) == ("known", 0)
    assert judged.sentences[0] == "INCOMPLETE documented: 2 passed, 1 untested (AA-2, known until 2026-06-30)"


@pytest.mark.parametrize("accepted", ["failed", "untested"])
def test_an_entry_whose_clause_passes_fails_the_run(accepted: str) -> None:
    judged, (known,) = judge(outcome("passed"), [entry(accepted=accepted)], TODAY, whole=ALL)
    assert (known.state, known.stale, judged.exit_status) == ("passes", True, 1)
    assert judged.sentences[0] == "CONFORMANT documented: 3 passed"
    assert known.sentence == "AA-2 passes now; remove its entry from known.toml"


@pytest.mark.parametrize(("verdict_", "accepted"), [("failed", "failed"), ("untested", "untested")])
def test_an_entry_holds_on_its_last_day_and_fails_the_run_on_the_next(verdict_: Judgement, accepted: str) -> None:
    known = [entry(accepted=accepted, expires=date(2026, 6, 29))]
    assert judge(outcome(verdict_), known, date(2026, 6, 29), whole=ALL)[0].exit_status == 0
    judged, (told,) = judge(outcome(verdict_), known, date(2026, 6, 30), whole=ALL)
    assert (told.state, told.stale, judged.exit_status, judged.known) == ("expired", True, 1, {})
    assert told.sentence == (
        f"AA-2 is {verdict_}, and what was known of it expired after 2026-06-29 (ticket 1); "
        "remove its entry from known.toml, or renew it"
    )


@pytest.mark.parametrize(
    ("found", "accepted", "status"), [("failed", "untested", 1), ("untested", "failed", 4), ("error", "failed", 70)]
)
def test_an_entry_excuses_nothing_but_what_it_accepts(found: Judgement, accepted: str, status: int) -> None:
    judged, (told,) = judge(outcome(found), [entry(accepted=accepted)], TODAY, whole=ALL)
    assert (told.state, told.stale, judged.exit_status) == ("other", False, status)
    assert told.sentence == f"AA-2 is {found}; its entry in known.toml accepts {accepted} alone"


def test_a_deviation_needs_no_entry_and_makes_none_stale() -> None:
    ends = (end("one"), end("two", "failed", "AA-2", inferred=True), end("three", "passed", "BB-1"))
    bare = verdict.judge(CATALOGUE, ends, profiles=("documented",), strict=False)
    judged, (told,) = judge(bare, [entry()], TODAY, whole=ALL)
    assert (told.state, told.found, judged.exit_status) == ("other", "deviation", 0)


def test_an_error_inside_a_known_failure_still_counts() -> None:
    crash = end("crash", "error", "AA-2", failure=Failure("harness", "", "", "", 1).to_json())
    ends = (end("one"), end("two", "failed", "AA-2"), crash, end("three", "passed", "BB-1"))
    judged, (told,) = judge(verdict.judge(CATALOGUE, ends, profiles=("documented",)), [entry()], TODAY, whole=ALL)
    assert (told.state, judged.exit_status) == ("known", 70)


def test_a_run_that_is_not_complete_stays_so_beside_a_known_failure() -> None:
    assert judge(outcome("failed", complete=False), [entry()], TODAY, whole=())[0].exit_status == 4


def test_entries_of_clauses_that_were_not_selected_are_left_alone() -> None:
    narrowed, old = outcome("failed", narrowed=True), date(2020, 1, 1)
    judged, told = judge(narrowed, [entry("BB-1", expires=old), entry()], TODAY, whole={"AA-2"})
    assert [item.entry.clause for item in told] == ["AA-2"]
    assert judged.exit_status == 0
    assert judged.sentences == [
        "1 of 2 selected clauses passed; AA-2 known until 2026-06-30; no profile verdict",
    ]


def test_a_pass_of_a_part_makes_no_entry_stale() -> None:
    judged, told = judge(outcome("passed", narrowed=True), [entry()], TODAY, whole={"AA-1"})
    assert (told, judged.exit_status) == ((), 0)


def test_a_broken_contract_can_be_known() -> None:
    violation = {"operation": "signIn", "described": "a body", "came": "none"}
    ends = (end("one", violations=[violation]), end("two", "passed", "AA-2"), end("three", "passed", "BB-1"))
    bare = verdict.judge(CATALOGUE, ends, profiles=("documented",))
    judged, _ = judge(bare, [entry(CONTRACT)], TODAY, whole=ALL)
    assert (bare.exit_status, judged.exit_status) == (1, 0)
    assert judged.sentences[1] == f"NOT CONFORMANT contract: 1 failed ({CONTRACT}, known until 2026-06-30)"
