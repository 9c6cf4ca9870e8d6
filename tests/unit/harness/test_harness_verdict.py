from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from servinix_conformance.catalogue import CONTRACT, Catalogue, Clause
from servinix_conformance.events import Judgement, ScenarioEnd
from servinix_conformance.verdict import ClauseResult, Verdict, judge, judgement_for

SEEN: list[dict[str, Any]] = [{"operation": "signIn"}]
VIOLATION = {"operation": "signIn", "described": "a body", "came": "none"}


def clause(name: str, **changes: Any) -> Clause:  # noqa: ANN401 - any attribute
    usual: dict[str, Any] = {
        "chapter": "Chapter",
        "page": "Page",
        "section": "Section",
        "keyword": "MUST",
        "origin": "documented",
        "profile": "documented",
        "promise": "It is kept.",
    }
    return Clause(id=name, **(usual | changes))


def end(name: str, judgement: Judgement, *clauses: str, **changes: Any) -> ScenarioEnd:  # noqa: ANN401 - any attribute
    usual: dict[str, Any] = {
        "id": name,
        "name": name,
        "feature": "Feature",
        "file": "features/f.feature",
        "line": 1,
        "client": None,
        "inferred": False,
        "reason": None if judgement == "passed" else f"because of {name}",
        "seconds": 0.0,
        "steps": [],
        "failure": None,
        "violations": [],
        "exchanges": SEEN,
    }
    return ScenarioEnd(clauses=list(clauses), judgement=judgement, **(usual | changes))


def catalogue(*clauses: Clause) -> Catalogue:
    everything = (*clauses, clause(CONTRACT, profile="contract"))
    return Catalogue("1", {item.id: item for item in everything})


def verdict(
    ends: Sequence[ScenarioEnd], *clauses: Clause, strict: bool = False, narrowed: bool = False, complete: bool = True
) -> Verdict:
    return judge(
        catalogue(*(clauses or (clause("A-1"),))),
        ends,
        profiles=["documented"],
        strict=strict,
        narrowed=narrowed,
        complete=complete,
    )


def result(outcome: Verdict, name: str = "A-1") -> ClauseResult:
    return next(item for item in outcome.clauses if item.clause.id == name)


def test_all_kept_is_conformant() -> None:
    outcome = verdict([end("one", "passed", "A-1")])
    assert [(item.name, item.verdict) for item in outcome.profiles] == [
        ("documented", "CONFORMANT"),
        ("contract", "CONFORMANT"),
    ]
    assert outcome.sentences == ["CONFORMANT documented: 1 passed", "CONFORMANT contract: 1 passed"]
    assert result(outcome).reason is None
    assert outcome.exit_status == 0


WORST_FIRST: list[Judgement] = ["failed", "error", "untested", "deviation", "passed", "not claimed"]


@pytest.mark.parametrize(
    ("worse", "better"),
    [(worse, better) for number, worse in enumerate(WORST_FIRST) for better in WORST_FIRST[number + 1 :]],
)
def test_a_clause_is_as_good_as_the_worst_of_its_scenarios(worse: Judgement, better: Judgement) -> None:
    for order in (1, -1):
        ends = [end("worse", worse, "A-1"), end("better", better, "A-1")][::order]
        judged = result(verdict(ends))
        assert judged.verdict == worse
        assert judged.reason == (None if worse == "passed" else "because of worse")
        assert {item.id for item in judged.scenarios} == {"worse", "better"}


def test_a_scenario_counts_for_each_of_its_clauses_and_for_no_other() -> None:
    outcome = verdict(
        [end("one", "failed", "A-1", "A-2"), end("two", "passed", "A-3")], clause("A-1"), clause("A-2"), clause("A-3")
    )
    assert [result(outcome, name).verdict for name in ("A-1", "A-2", "A-3")] == ["failed", "failed", "passed"]
    assert outcome.profiles[0].verdict == "NOT CONFORMANT"
    assert outcome.profiles[0].sentence == "NOT CONFORMANT documented: 1 passed, 2 failed (A-1, A-2)"


def test_a_clause_without_a_scenario_is_untested() -> None:
    outcome = verdict([end("one", "passed", "A-1")], clause("A-1"), clause("A-2"))
    assert (result(outcome, "A-2").verdict, result(outcome, "A-2").reason) == ("untested", "no scenario of it was run")
    assert outcome.profiles[0].verdict == "INCOMPLETE"
    assert outcome.exit_status == 4


def test_a_core_clause_cannot_be_left_unclaimed() -> None:
    outcome = verdict([end("one", "not claimed", "A-1")], clause("A-1", core=True))
    assert result(outcome).verdict == "untested"
    assert result(outcome).reason == "because of one (a core clause cannot be left unclaimed)"
    assert outcome.exit_status == 4


def test_a_core_clause_may_be_shown_by_one_channel_or_client_but_not_by_none() -> None:
    other = end("two", "not claimed", "A-1", variant=True)
    assert result(verdict([end("one", "passed", "A-1"), other], clause("A-1", core=True))).verdict == "passed"
    assert result(verdict([other], clause("A-1", core=True))).verdict == "untested"


def test_an_untested_core_clause_that_is_claimed_keeps_its_reason() -> None:
    assert result(verdict([end("one", "untested", "A-1")], clause("A-1", core=True))).reason == "because of one"


def test_a_clause_that_is_not_core_may_be_left_unclaimed() -> None:
    ends = [end("one", "not claimed", "A-1"), end("two", "passed", "A-2")]
    outcome = verdict(ends, clause("A-1"), clause("A-2"))
    assert outcome.profiles[0].sentence == "CONFORMANT documented: 1 passed, 1 not claimed (A-1)"
    assert outcome.exit_status == 0


def test_nothing_claimed_is_never_conformant() -> None:
    assert verdict([end("one", "not claimed", "A-1")]).profiles[0].verdict == "INCOMPLETE"


@pytest.mark.parametrize(
    ("changes", "inferred", "strict", "meant"),
    [
        ({}, False, False, "failed"),
        ({}, True, False, "deviation"),
        ({}, True, True, "failed"),
        ({"reading": "inferred"}, False, False, "deviation"),
        ({"reading": "inferred"}, False, True, "failed"),
        ({"keyword": "SHOULD"}, False, False, "deviation"),
        ({"keyword": "MAY"}, False, True, "deviation"),
        ({"by_design": "It is built so."}, False, True, "deviation"),
    ],
)
def test_what_a_broken_promise_means(
    changes: dict[str, str],
    inferred: bool,  # noqa: FBT001 - a parameter
    strict: bool,  # noqa: FBT001 - a parameter
    meant: str,
) -> None:
    broken, promised = end("one", "failed", "A-1", inferred=inferred), clause("A-1", **changes)
    assert judgement_for(broken, promised, strict=strict) == meant
    outcome = verdict([broken], promised, strict=strict)
    assert result(outcome).verdict == meant
    assert outcome.exit_status == (1 if meant == "failed" else 0)


def test_a_deviation_leaves_a_profile_conformant() -> None:
    ends = [end("one", "failed", "A-1", inferred=True), end("two", "passed", "A-2")]
    outcome = verdict(ends, clause("A-1"), clause("A-2"))
    assert outcome.profiles[0].sentence == "CONFORMANT documented: 1 passed, 1 deviation (A-1)"


def test_a_deviation_by_design_says_so() -> None:
    outcome = verdict([end("one", "failed", "A-1")], clause("A-1", by_design="It is built so."))
    assert result(outcome).reason == "because of one (by design: It is built so.)"


def test_an_answer_outside_the_document_breaks_the_contract_alone() -> None:
    twice = [VIOLATION, VIOLATION, {**VIOLATION, "operation": "verifyOtp"}]
    outcome = verdict([end("one", "passed", "A-1", violations=twice), end("two", "passed", "A-1")])
    contract = result(outcome, CONTRACT)
    assert result(outcome).verdict == "passed"
    assert contract.verdict == "failed"
    assert contract.reason == "answers that the document does not describe: signIn, verifyOtp"
    assert [item.id for item in contract.scenarios] == ["one"]
    assert outcome.exit_status == 1


def test_the_contract_is_untested_when_no_answer_was_seen() -> None:
    contract = result(verdict([end("one", "passed", "A-1", exchanges=[])]), CONTRACT)
    assert (contract.verdict, contract.reason) == ("untested", "no answer was seen")


def test_only_the_profiles_asked_for_are_judged_and_the_contract_always() -> None:
    outcome = verdict([], clause("A-1"), clause("B-1", profile="other"))
    assert [item.name for item in outcome.profiles] == ["documented", "contract"]
    assert judge(catalogue(clause("B-1", profile="other")), [], profiles=[]).profiles[0].name == "contract"


def test_what_nobody_can_observe_is_not_judged() -> None:
    outcome = verdict([end("one", "passed", "A-1")], clause("A-1"), clause("A-2", unobservable="nobody sees it"))
    assert [item.clause.id for item in outcome.clauses] == ["A-1", CONTRACT]
    assert outcome.exit_status == 0


def test_a_narrowed_run_counts_what_was_selected_and_gives_no_verdict() -> None:
    ends = [end("one", "passed", "A-1"), end("two", "failed", "A-2")]
    outcome = verdict(ends, clause("A-1"), clause("A-2"), clause("A-3"), narrowed=True)
    assert outcome.sentences == ["1 of 2 selected clauses passed; no profile verdict"]
    assert "A-3" not in {item.clause.id for item in outcome.clauses}


def test_a_narrowed_run_that_breaks_the_contract_says_so() -> None:
    outcome = verdict([end("one", "passed", "A-1", violations=[VIOLATION])], narrowed=True)
    assert outcome.sentences == ["1 of 2 selected clauses passed; no profile verdict"]
    assert outcome.exit_status == 1


def test_a_profile_without_a_clause_is_incomplete() -> None:
    outcome = verdict([], narrowed=True)
    assert outcome.profiles[0].sentence == "INCOMPLETE documented: no clause"


FAILED = end("failed", "failed", "A-1")
HARNESS = end("harness", "error", "A-2", failure={"kind": "harness"})
UNDEFINED = end("undefined", "error", "A-2", failure={"kind": "undefined"})
NETWORK = end("network", "error", "A-3", failure={"kind": "network"})
ERROR = end("error", "error", "A-3")
UNTESTED = end("untested", "untested", "A-4")
PASSED = end("passed", "passed", "A-1", "A-2", "A-3", "A-4")


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ([UNTESTED, NETWORK, HARNESS, FAILED], 1),
        ([UNTESTED, NETWORK, HARNESS], 70),
        ([UNTESTED, NETWORK, UNDEFINED], 70),
        ([UNTESTED, NETWORK], 3),
        ([UNTESTED], 4),
        ([ERROR], 4),
        ([], 0),
    ],
)
def test_the_exit_status_is_the_first_that_applies(ends: list[ScenarioEnd], status: int) -> None:
    clauses = [clause(f"A-{number}") for number in range(1, 5)]
    assert verdict([PASSED, *ends], *clauses).exit_status == status


def test_a_run_that_was_stopped_is_incomplete() -> None:
    outcome = verdict([end("one", "passed", "A-1")], complete=False)
    assert {item.verdict for item in outcome.profiles} == {"INCOMPLETE"}
    assert outcome.exit_status == 4


def test_a_run_that_was_stopped_is_still_not_conformant_when_a_promise_was_broken() -> None:
    outcome = verdict([end("one", "failed", "A-1")], complete=False)
    assert outcome.profiles[0].verdict == "NOT CONFORMANT"
    assert outcome.exit_status == 1


def test_a_red_end_that_belongs_to_no_clause_is_never_out_of_sight() -> None:
    outcome = verdict([end("s", "passed", "A-1"), end("astray", "error")])
    assert [profile.verdict for profile in outcome.profiles] == ["INCOMPLETE", "INCOMPLETE"]
    assert [item.id for item in outcome.astray] == ["astray"]
    assert outcome.exit_status == 70
