from __future__ import annotations

import pytest
from report_samples import report_of, scenario_of
from reporting_samples import VIOLATION

from servinix_conformance.comparison import BROKEN, Comparison, NothingInCommonError, compare

UNSEEN = ("untested", "not claimed")
RED = ("failed", "error")


def changed(before: str | None, after: str | None) -> tuple[str, bool] | None:
    """What became of one clause beside another that stays as it is, and whether it counts as worse."""
    first, second = ({"AA-2": "passed"} | ({"AA-1": verdict} if verdict else {}) for verdict in (before, after))
    compared = compare(report_of(first), report_of(second))
    assert compared.worse == any(change.worse for change in compared.clauses)
    return next(((change.kind, change.worse) for change in compared.clauses), None)


def of_scenarios(before: str | None, after: str | None, **about: object) -> Comparison:
    first, second = (
        report_of({"AA-1": "failed"}, [scenario_of("one", verdict, **about)] if verdict else [])
        for verdict in (before, after)
    )
    return compare(first, second)


@pytest.mark.parametrize("verdict", ["passed", "deviation", "untested", "not claimed", "failed", "error"])
def test_what_stays_as_it_is_is_no_change(verdict: str) -> None:
    assert changed(verdict, verdict) is None


@pytest.mark.parametrize(
    ("before", "after"), [("passed", "deviation"), *((was, now) for was in ("passed", "deviation") for now in RED)]
)
def test_what_ranks_lower_is_worse(before: str, after: str) -> None:
    assert changed(before, after) == ("worse", True)


@pytest.mark.parametrize("before", UNSEEN)
@pytest.mark.parametrize("after", RED)
def test_what_is_tested_for_the_first_time_and_fails_is_worse(before: str, after: str) -> None:
    assert changed(before, after) == ("worse", True)


@pytest.mark.parametrize("before", ["passed", "deviation"])
@pytest.mark.parametrize("after", UNSEEN)
def test_a_pass_that_is_not_tested_any_more_counts_as_worse(before: str, after: str) -> None:
    assert changed(before, after) == ("no longer tested", True)


@pytest.mark.parametrize("before", RED)
@pytest.mark.parametrize("after", UNSEEN)
def test_a_failure_that_is_not_tested_any_more_is_neither_better_nor_worse(before: str, after: str) -> None:
    assert changed(before, after) == ("no longer tested", False)


@pytest.mark.parametrize("before", UNSEEN)
@pytest.mark.parametrize("after", ["passed", "deviation"])
def test_what_is_tested_for_the_first_time_and_kept_is_newly_tested(before: str, after: str) -> None:
    assert changed(before, after) == ("newly tested", False)


@pytest.mark.parametrize(
    ("before", "after"), [("deviation", "passed"), *((was, now) for was in RED for now in ("passed", "deviation"))]
)
def test_what_ranks_higher_is_better(before: str, after: str) -> None:
    assert changed(before, after) == ("better", False)


@pytest.mark.parametrize(("before", "after"), [UNSEEN, UNSEEN[::-1], RED, RED[::-1]])
def test_what_ranks_the_same_has_changed(before: str, after: str) -> None:
    assert changed(before, after) == ("changed", False)


@pytest.mark.parametrize(
    ("after", "worse"),
    [("passed", False), ("untested", False), ("not claimed", False), ("failed", True), ("error", True)],
)
def test_a_new_clause_counts_as_worse_when_it_is_red(after: str, worse: bool) -> None:  # noqa: FBT001 - a parameter
    assert changed(None, after) == ("new", worse)


@pytest.mark.parametrize(
    ("before", "worse"), [("passed", True), ("deviation", True), ("untested", False), ("failed", False)]
)
def test_a_clause_that_vanished_counts_as_worse_when_it_was_kept(before: str, worse: bool) -> None:  # noqa: FBT001
    assert changed(before, None) == ("vanished", worse)


def test_a_change_says_what_it_was_what_it_is_and_why() -> None:
    (change,) = compare(report_of({"AA-1": "passed"}), report_of({"AA-1": "failed"})).clauses
    assert (change.id, change.before, change.after) == ("AA-1", "passed", "failed")
    assert (change.title, change.reason) == ("AA-1 is kept.", "why AA-1 is failed")


def test_changes_are_told_with_the_worst_first() -> None:
    before = {"AA-1": "failed", "AA-2": "untested", "AA-3": "passed", "AA-4": "passed", "AA-5": "passed"}
    after = {"AA-1": "passed", "AA-2": "passed", "AA-3": "untested", "AA-4": "failed", "AA-6": "passed"}
    told = [(change.kind, change.id) for change in compare(report_of(before), report_of(after)).clauses]
    assert told == [
        ("worse", "AA-4"),
        ("no longer tested", "AA-3"),
        ("vanished", "AA-5"),
        ("newly tested", "AA-2"),
        ("new", "AA-6"),
        ("better", "AA-1"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        ("CONFORMANT", "INCOMPLETE", True),
        ("CONFORMANT", "NOT CONFORMANT", True),
        ("INCOMPLETE", "NOT CONFORMANT", True),
        ("NOT CONFORMANT", "INCOMPLETE", False),
        ("INCOMPLETE", "CONFORMANT", False),
        ("CONFORMANT", "CONFORMANT", False),
        ("CONFORMANT", None, False),
        (None, "NOT CONFORMANT", False),
    ],
)
def test_a_profile_gets_worse_by_its_verdict(before: str | None, after: str | None, worse: bool) -> None:  # noqa: FBT001
    clauses = {"AA-1": "passed"}
    compared = compare(report_of(clauses, profile=before), report_of(clauses, profile=after))
    (profile,) = compared.profiles
    assert (profile.name, profile.before, profile.after) == ("documented", before, after)
    assert (profile.worse, compared.worse) == (worse, worse)


def test_a_scenario_can_get_worse_inside_a_clause_that_was_red_already() -> None:
    compared = of_scenarios("passed", "failed", client="web portal", example={"channel": "phone"})
    assert (compared.clauses, compared.worse) == ((), True)
    (change,) = compared.scenarios
    assert (change.kind, change.id, change.reason) == ("worse", "features/a.feature::one", "because of one")
    assert change.title == "one (phone, as web portal), features/a.feature:4"


def test_a_scenario_that_breaks_the_contract_now_is_worse_whatever_it_promises() -> None:
    first, second = (
        report_of({"AA-1": "passed"}, [scenario_of("one", violations=broken)]) for broken in ([], [VIOLATION])
    )
    (change,) = compare(first, second).scenarios
    assert (change.before, change.after, change.worse) == ("passed", BROKEN, True)


def test_a_scenario_that_fails_anyway_is_called_failed() -> None:
    assert of_scenarios("failed", "failed", violations=[VIOLATION]).scenarios == ()


@pytest.mark.parametrize(
    ("before", "after", "kind"), [(None, "failed", "new"), ("passed", None, "vanished"), ("failed", None, "vanished")]
)
def test_scenarios_that_only_one_report_has_are_told_and_not_counted(
    before: str | None, after: str | None, kind: str
) -> None:
    compared = of_scenarios(before, after)
    assert [(change.kind, change.worse) for change in compared.scenarios] == [(kind, False)]
    assert not compared.worse


@pytest.mark.parametrize("which", [0, 1])
def test_of_a_narrowed_run_only_what_both_have_is_compared(which: int) -> None:
    whole = report_of({"AA-1": "passed", "AA-2": "passed"}, [scenario_of("one"), scenario_of("two")])
    part = report_of({"AA-1": "failed", "AA-3": "failed"}, [scenario_of("one", "failed"), scenario_of("three")])
    part["run"]["narrowed"] = True
    pair = (part, whole) if which == 0 else (whole, part)
    compared = compare(*pair)
    assert [change.id for change in compared.clauses] == ["AA-1"]
    assert [change.id for change in compared.scenarios] == ["features/a.feature::one"]
    assert compared.compared == 1
    name = ("first", "second")[which]
    assert compared.notes == (f"the {name} run was narrowed to some scenarios: only what both have is compared",)


def test_reports_with_nothing_in_common_are_not_compared() -> None:
    with pytest.raises(NothingInCommonError) as caught:
        compare(report_of({"AA-1": "passed"}), report_of({"AA-2": "passed"}))
    assert str(caught.value) == "the reports have no clause in common; compare runs of the same clauses"


def test_runs_of_the_same_are_compared_without_a_note() -> None:
    assert compare(report_of({"AA-1": "passed"}), report_of({"AA-1": "failed"})).notes == ()


@pytest.mark.parametrize(
    ("part", "member", "value", "note"),
    [
        ("suite", "version", "0.2.0", "suite: 0.1.0 before, 0.2.0 now"),
        ("suite", "catalogue", "2", "clauses' version: 1 before, 2 now"),
        ("target", "name", "Other", "target's name: Example before, Other now"),
        ("target", "base_url", "http://h", "target's base_url: https://host.example before, http://h now"),
        ("target", "document", "Other 1", "document: Example API 2 before, Other 1 now"),
        ("target", "document_source", "e", "document source: d before, e now"),
        ("target", "product", {"vendor": "V", "version": "2"}, "product: none before, vendor V, version 2 now"),
        ("claims", "profiles", [], "profiles: documented before, none now"),
        ("claims", "not_claimed", ["a", "b"], "not claimed: none before, a, b now"),
        ("claims", "policy", {"lock_seconds": 9}, "policy: none before, lock_seconds 9 now"),
        ("claims", "shortened", True, "shortened: no before, yes now"),
        ("run", "strict", True, "strict: no before, yes now"),
        ("run", "time", "real", "time: virtual before, real now"),
        ("run", "started_at", "2025-01-01T00:00:00+00:00",
         "the second run is the older one: are the two files the wrong way round?"),
    ],
)  # fmt: skip
def test_runs_of_something_else_are_compared_with_a_note(part: str, member: str, value: object, note: str) -> None:
    other = report_of({"AA-1": "passed"})
    other[part][member] = value
    assert compare(report_of({"AA-1": "passed"}), other).notes == (note,)


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"stopped": "interrupted"}, "interrupted"),
        ({"problem": "a format"}, "a format"),
        ({}, "something of it went astray"),
    ],
)
def test_a_run_that_is_not_complete_is_told(about: dict[str, str], why: str) -> None:
    part = report_of({"AA-1": "passed"}, run={"complete": False, **about})
    assert compare(part, report_of({"AA-1": "passed"})).notes == (f"the first run is not complete: {why}",)


def test_what_was_known_to_fail_in_one_run_alone_is_told() -> None:
    entry = {"clause": "AA-1", "verdict": "failed", "reason": "r", "expires": "2026-12-31", "state": "known"}
    known = report_of({"AA-1": "failed"}) | {"known_failures": [entry, entry | {"clause": "AA-2", "state": "other"}]}
    assert compare(report_of({"AA-1": "failed"}), known).notes == ("known failures: none before, AA-1 now",)
