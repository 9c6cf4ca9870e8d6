from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cucumber_messages import Envelope, message_converter
from reporting_samples import BOTH, FAILURE, VIOLATION, Make, end, exchange

from servinix_conformance import __version__
from servinix_conformance.events import Failure, ScenarioEnd, Step
from servinix_conformance.options import Options
from servinix_conformance.reporting import messages
from servinix_conformance.run import Run

FILE = "features/a.feature"
FEATURE = """\
Feature: A feature

  Background:
    Given a background

  Scenario: one
    When a deed

  Rule: A rule

    Scenario Outline: many
      When a deed of <who>
      Then <what> is seen

      Examples:
        | who | what |
        | Ada | red  |
        | Bea | blue |
"""
STEPS = (("Given", "a background"), ("When", "a deed"), ("Then", "an end"))


def steps(*states: str, started: float = 100.0) -> list[dict[str, Any]]:
    return [
        Step(keyword, text, 4 + number, state, 0.5, started + number).to_json()  # type: ignore[arg-type]  # one of the words
        for number, ((keyword, text), state) in enumerate(zip(STEPS, states, strict=False))
    ]


def one(judgement: Any = "passed", *states: str, **changes: Any) -> ScenarioEnd:  # noqa: ANN401 - any attribute
    usual: dict[str, Any] = {
        "line": 6,
        "steps": steps(*(states or ("passed", "passed"))),
        "started": 99.5,
        "seconds": 3.0,
        "exchanges": [],
    }
    return end("one", judgement, **(usual | changes))


def many(who: str, what: str, client: str | None = None) -> ScenarioEnd:
    example = {"who": who, "what": what} if who else {}
    return end("many", id=f"many[{client}-{who}]", line=11, example=example, client=client, exchanges=[])


def stream(run: Run, sources: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """The messages, each of which Cucumber's own types have read and written again."""
    run.sources = {FILE: FEATURE} if sources is None else sources
    lines = [json.loads(line) for line in messages.render(run.report).splitlines()]
    for line in lines:
        assert message_converter.to_dict(message_converter.from_dict(line, Envelope)) == line
    return lines


def of_kind(lines: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line[kind] for line in lines if kind in line]


def step_results(run: Run) -> list[tuple[str, str | None]]:
    told = [item["testStepResult"] for item in of_kind(stream(run), "testStepFinished")]
    return [(item["status"], item.get("message")) for item in told]


def test_messages_come_in_the_order_of_cucumber(run_of: Make) -> None:
    lines = stream(run_of(one()))
    assert [next(iter(line)) for line in lines] == [
        *("meta", "source", "gherkinDocument", "pickle", "stepDefinition", "stepDefinition"),
        *("testRunStarted", "testCase", "testCaseStarted"),
        *("testStepStarted", "testStepFinished", "testStepStarted", "testStepFinished"),
        *("testCaseFinished", "testRunFinished"),
    ]
    assert lines[1]["source"] == {"uri": FILE, "data": FEATURE, "mediaType": "text/x.cucumber.gherkin+plain"}
    assert (lines[2]["gherkinDocument"]["uri"], lines[3]["pickle"]["name"]) == (FILE, "one")


def test_messages_say_what_made_them(run_of: Make) -> None:
    run = run_of(one())
    meta = stream(run)[0]["meta"]
    assert meta["implementation"] == {"name": "servinix-conformance", "version": __version__}
    assert meta["runtime"] == {"name": "python", "version": run.header.python}
    assert f"{meta['os']['name']} {meta['cpu']['name']}" == run.header.platform


def test_equal_runs_give_equal_messages_and_no_id_twice(run_of: Make) -> None:
    ends = (one(), many("Ada", "red", "web portal"), many("Ada", "red", "Servinix Go"))
    lines = stream(run_of(*ends))
    assert lines == stream(run_of(*reversed(ends)))
    ids: list[str] = []

    def collect(node: Any) -> None:  # noqa: ANN401 - JSON
        if isinstance(node, dict):
            ids.extend([node["id"]] if "id" in node else [])
            node = list(node.values())
        for item in node if isinstance(node, list) else ():
            collect(item)

    collect(lines)
    assert len(ids) == len(set(ids)) == 49


def test_every_reference_leads_somewhere(run_of: Make) -> None:
    lines = stream(run_of(one(), many("Bea", "blue")))
    pickles = {item["id"]: item for item in of_kind(lines, "pickle")}
    definitions = {item["id"]: item["pattern"]["source"] for item in of_kind(lines, "stepDefinition")}
    cases = {item["id"]: item for item in of_kind(lines, "testCase")}
    for case in cases.values():
        for step, planned in zip(case["testSteps"], pickles[case["pickleId"]]["steps"], strict=True):
            assert step["pickleStepId"] == planned["id"]
            assert [definitions[item] for item in step["stepDefinitionIds"]] == [planned["text"]]
            assert step["stepMatchArgumentsLists"] == [{"stepMatchArguments": []}]
    started = {item["id"]: item["testCaseId"] for item in of_kind(lines, "testCaseStarted")}
    assert list(started.values()) == list(cases)
    steps_of = {key: [step["id"] for step in cases[case]["testSteps"]] for key, case in started.items()}
    done = [(item["testCaseStartedId"], item["testStepId"]) for item in of_kind(lines, "testStepFinished")]
    assert done == [(key, step) for key, own in steps_of.items() for step in own]
    assert [item["testCaseStartedId"] for item in of_kind(lines, "testCaseFinished")] == list(started)


def test_times_are_those_of_the_run(run_of: Make) -> None:
    lines = stream(run_of(one(process="gw1")))
    (started,), (finished,) = of_kind(lines, "testCaseStarted"), of_kind(lines, "testCaseFinished")
    assert (started["timestamp"], started["workerId"]) == ({"seconds": 99, "nanos": 500_000_000}, "gw1")
    assert finished["timestamp"] == {"seconds": 102, "nanos": 500_000_000}
    last = of_kind(lines, "testStepFinished")[-1]
    assert last["timestamp"] == {"seconds": 101, "nanos": 500_000_000}
    assert last["testStepResult"]["duration"] == {"seconds": 0, "nanos": 500_000_000}
    (begun,), (over,) = of_kind(lines, "testRunStarted"), of_kind(lines, "testRunFinished")
    assert over["timestamp"]["seconds"] - begun["timestamp"]["seconds"] == 1
    assert over["timestamp"]["nanos"] == 500_000_000


def test_a_scenario_that_runs_as_two_clients_stands_there_once_for_each(run_of: Make) -> None:
    rows = [("Ada", "red"), ("Bea", "blue")]
    run = run_of(one(), *(many(*row, client) for row in rows for client in ("web portal", "Servinix Go")))
    lines = stream(run)
    (document,) = of_kind(lines, "gherkinDocument")
    background, alone, rule = document["feature"]["children"]
    assert (background["background"]["keyword"], alone["scenario"]["name"]) == ("Background", "one")
    names = [child["scenario"]["name"] for child in rule["rule"]["children"]]
    assert names == ["many (as Servinix Go)", "many (as web portal)"]
    pickles = {item["id"]: item for item in of_kind(lines, "pickle")}
    told = [pickles[case["pickleId"]] for case in of_kind(lines, "testCase")]
    assert [(item["name"], item["steps"][-1]["text"]) for item in told] == [
        ("one", "a deed"),
        ("many (as Servinix Go)", "red is seen"),
        ("many (as Servinix Go)", "blue is seen"),
        ("many (as web portal)", "red is seen"),
        ("many (as web portal)", "blue is seen"),
    ]
    assert len({item["astNodeIds"][-1] for item in told}) == 5


def test_what_was_not_run_is_no_pickle(run_of: Make) -> None:
    lines = stream(run_of(many("Bea", "blue")))
    assert [item["steps"][-1]["text"] for item in of_kind(lines, "pickle")] == ["blue is seen"]


def test_a_row_that_died_with_its_process_is_told_as_the_first(run_of: Make) -> None:
    crashed = replace(many("", ""), judgement="error", reason="it died", steps=[])
    lines = stream(run_of(crashed, many("Ada", "red")))
    assert [item["steps"][-1]["text"] for item in of_kind(lines, "pickle")] == ["red is seen"]
    assert len(of_kind(lines, "testCase")) == 2


@pytest.mark.parametrize("sources", [{}, {FILE: "Feature: Another\n\n  Scenario: one\n    Given a step\n"}])
def test_a_scenario_whose_source_is_not_at_hand_is_told_as_it_ran(run_of: Make, sources: dict[str, str]) -> None:
    dead = end("dead", "error", id="dead", line=2, steps=[], feature="A feature", exchanges=[])
    odd = one(id="odd", steps=[{"keyword": "Angenommen", "text": "x", "state": "passed"}], line=7)
    lines = stream(run_of(one(client="web portal"), dead, odd), sources)
    made_up = of_kind(lines, "source")[-1]
    assert made_up["uri"] == (f"{FILE} (as it ran)" if sources else FILE)
    assert made_up["data"] == (
        "Feature: A feature\n\n"
        "  Scenario: dead\n    * it is carried out\n\n"
        "  Scenario: one (as web portal)\n    Given a background\n    When a deed\n\n"
        "  Scenario: one\n    * x\n"
    )
    assert [item["name"] for item in of_kind(lines, "pickle")] == ["dead", "one (as web portal)", "one"]
    statuses = [item["testStepResult"]["status"] for item in of_kind(lines, "testStepFinished")]
    assert statuses == ["FAILED", "PASSED", "PASSED", "PASSED"]


def test_a_scenario_without_steps_is_told_without_any(run_of: Make) -> None:
    lines = stream(run_of(one("error", line=3)), {FILE: "Feature: A feature\n\n  Scenario: one\n"})
    (case,) = of_kind(lines, "testCase")
    assert case["testSteps"] == []
    assert len(of_kind(lines, "testCaseFinished")) == 1


ERROR = Failure("undefined", "a definition", "none; begin with: x", "Then it", 8).to_json()


@pytest.mark.parametrize(
    ("ended", "strict", "told"),
    [
        (one("failed", "passed", "failed"), False, ("FAILED", "because of one")),
        (one("failed", "passed", "failed", inferred=True), False, ("SKIPPED", "deviation: because of one")),
        (one("failed", "passed", "failed", inferred=True), True, ("FAILED", "because of one")),
        (one("untested", "passed", "failed"), False, ("SKIPPED", "untested: because of one")),
        (one("not claimed", "passed", "failed"), False, ("SKIPPED", "not claimed: because of one")),
        (
            one("error", "passed", "skipped", failure=ERROR),
            False,
            ("UNDEFINED", "because of one\nexpected: a definition\nactual: none; begin with: x"),
        ),
        (one("error", "passed", "passed", clauses=[]), False, ("FAILED", "because of one")),
        (
            one("failed", "passed", "failed", failure=FAILURE.to_json(), reason="\x1b[2J"),
            False,
            ("FAILED", "\ufffd[2J\nanswer: 200 {}\ncurl: curl -i http://h"),
        ),
    ],
)
def test_what_a_step_is_to_cucumber(
    run_of: Make,
    ended: ScenarioEnd,
    strict: bool,  # noqa: FBT001 - a parameter
    told: tuple[str, str],
) -> None:
    run = run_of(ended, options=Options(strict=strict))
    assert step_results(run) == [("PASSED", None), told]


def test_steps_behind_the_one_that_stopped_are_skipped(run_of: Make) -> None:
    assert step_results(run_of(one("failed", "failed"))) == [("FAILED", "because of one"), ("SKIPPED", None)]


def test_an_undefined_step_has_no_definition(run_of: Make) -> None:
    (case,) = of_kind(stream(run_of(one("error", "passed", "skipped", failure=ERROR))), "testCase")
    assert [len(step["stepDefinitionIds"]) for step in case["testSteps"]] == [1, 0]
    assert [len(step["stepMatchArgumentsLists"]) for step in case["testSteps"]] == [1, 0]


SAID = "signIn: the document says for 200, a body; what came: none"


@pytest.mark.parametrize(
    ("ended", "step", "started", "told"),
    [
        (one(), 0, 0.0, [("FAILED", SAID), ("PASSED", None)]),
        (one(), None, 50.0, [("FAILED", SAID), ("PASSED", None)]),
        (one(), None, 150.0, [("PASSED", None), ("FAILED", SAID)]),
        (
            one("untested", "passed", "failed"),
            1,
            0.0,
            [("PASSED", None), ("FAILED", f"untested: because of one\n{SAID}")],
        ),
        (
            one("error", "passed", "skipped", failure={"kind": "undefined"}),
            1,
            0.0,
            [("PASSED", None), ("UNDEFINED", f"because of one\n{SAID}")],
        ),
    ],
)
def test_an_answer_that_is_not_described_fails_its_step(
    run_of: Make, ended: ScenarioEnd, step: int | None, started: float, told: list[tuple[str, str | None]]
) -> None:
    wrong = exchange([VIOLATION]) | {"step": step, "started": started}
    assert step_results(run_of(replace(ended, violations=[VIOLATION], exchanges=[wrong]))) == told


def test_exchanges_of_what_is_not_passed_are_attached_to_their_steps(run_of: Make) -> None:
    headers = {"content-type": "text/plain"}
    said = exchange() | {"step": 1, "response_headers": headers, "response_body": "no\x1b[2J", "status": 401}
    ended = one("failed", "passed", "failed", exchanges=[said, exchange()])
    lines = stream(run_of(ended))
    (attachment,) = of_kind(lines, "attachment")
    assert attachment["body"] == (
        "curl -i -X POST --data-raw '{}' http://h/sign-in\n\nHTTP 401\ncontent-type: text/plain\n\nno\ufffd[2J"
    )
    assert (attachment["mediaType"], attachment["contentEncoding"]) == ("text/x.cucumber.log+plain", "IDENTITY")
    (case,) = of_kind(lines, "testCase")
    assert attachment["testStepId"] == case["testSteps"][1]["id"]
    assert [next(iter(line)) for line in lines][-5:-2] == ["testStepStarted", "attachment", "testStepFinished"]


def test_exchanges_of_what_is_passed_are_not_attached(run_of: Make) -> None:
    assert of_kind(stream(run_of(one(exchanges=[exchange() | {"step": 1}]))), "attachment") == []


def test_a_run_is_a_success_when_it_is_conformant(run_of: Make) -> None:
    (good,) = of_kind(stream(run_of(one(clauses=["AA-1", "AA-2", "BB-1"], exchanges=[exchange()]))), "testRunFinished")
    assert (good["success"], good["message"]) == (
        True,
        "CONFORMANT documented: 3 passed\nCONFORMANT contract: 1 passed",
    )
    (bad,) = of_kind(stream(run_of(*BOTH)), "testRunFinished")
    assert (bad["success"], "exception" in bad) == (False, False)


def test_why_a_run_stopped_is_its_exception(run_of: Make) -> None:
    run = run_of(one())
    run.stopped, run.problem = "interrupted", ("the suite fell over", 70)
    (over,) = of_kind(stream(run), "testRunFinished")
    assert over["success"] is False
    assert over["exception"] == {"type": "Stopped", "message": "interrupted; the suite fell over"}
