from __future__ import annotations

import json
import shlex
from dataclasses import FrozenInstanceError, replace

import pytest

from servinix_conformance.events import Exchange, Failure, Note, ScenarioEnd, Step, Violation


def exchange(
    method: str = "POST",
    body: str | None = None,
    headers: dict[str, str] | None = None,
    url: str = "http://h.example/a",
) -> Exchange:
    return Exchange("signIn", method, url, headers or {}, body, 200, {"content-type": "text/plain"}, "ok", 0.25)


def end(client: str | None = None) -> ScenarioEnd:
    return ScenarioEnd(
        id="f.feature::s",
        name="A scenario",
        feature="Feature",
        file="features/f.feature",
        line=12,
        client=client,
        clauses=["MFA-1"],
        inferred=False,
        judgement="passed",
        reason=None,
        seconds=0.5,
        steps=[Step("Given", "a step", 13, "passed", 0.1).to_json()],
        failure=Failure("broken", "this", "that", "Then this", 14).to_json(),
        violations=[Violation("signIn", "a body", "none").to_json()],
        exchanges=[exchange(body="{}").to_json()],
    )


def test_a_get_is_a_short_curl_line() -> None:
    assert exchange("GET").curl() == "curl -i http://h.example/a"


def test_a_curl_line_has_the_headers_that_matter_and_the_body() -> None:
    headers = {"Content-Type": "application/json", "Accept": "*/*", "User-Agent": "Go/1", "Content-Length": "17"}
    assert shlex.split(exchange(body='{"a": "it\'s"}', headers=headers).curl()) == [
        *("curl", "-i", "-X", "POST"),
        *("-H", "Content-Type: application/json", "-H", "User-Agent: Go/1"),
        *("--data-raw", '{"a": "it\'s"}', "http://h.example/a"),
    ]


def test_a_get_with_a_body_names_its_method() -> None:
    assert exchange("GET", body="x").curl() == "curl -i -X GET --data-raw x http://h.example/a"
    assert exchange("POST", body="x" * 2049).curl() == 'curl -i -X POST --data-raw "$BODY" http://h.example/a'


def test_a_variable_is_left_for_the_shell_and_nothing_else_is() -> None:
    body = '{"password": "$PASSWORD", "note": "`id` \\n"}'
    line = exchange(body=body, headers={"authorization": "Bearer $ACCESS_TOKEN"}).curl()
    assert '-H "authorization: Bearer $ACCESS_TOKEN"' in line
    assert '--data-raw "{\\"password\\": \\"$PASSWORD\\", \\"note\\": \\"\\`id\\` \\\\n\\"}"' in line


def test_a_url_with_a_query_is_quoted() -> None:
    assert exchange("GET", url="http://h.example/a?b=1&c=2").curl() == "curl -i 'http://h.example/a?b=1&c=2'"


def test_records_come_back_from_json_as_they_were() -> None:
    for record in (end(), exchange(body="{}"), Failure("harness", "a", "b", "c", 1), Step("When", "x", 1, "skipped")):
        assert type(record).from_json(json.loads(json.dumps(record.to_json()))) == record


def test_members_of_a_later_version_are_passed_over() -> None:
    data = {**Violation("signIn", "a body", "none").to_json(), "severity": "high"}
    assert Violation.from_json(data) == Violation("signIn", "a body", "none")


def test_records_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        end().name = "another"  # type: ignore[misc]


def test_a_violation_says_what_was_described_and_what_came() -> None:
    assert str(Violation("signIn", "a body", "none")) == "signIn: the document says a body; what came: none"


def test_a_scenario_tells_where_it_is_and_who_it_ran_as() -> None:
    assert end().where == "features/f.feature:12"
    assert end().title == "A scenario"
    assert end("web portal").title == "A scenario (as web portal)"


def test_what_was_measured_is_told_with_its_unit() -> None:
    notes = [Note("pairs", 60), Note("a user's median", 4.2, "ms"), Note("decided", "the same")]
    assert [note.told for note in notes] == ["pairs: 60", "a user's median: 4.2 ms", "decided: the same"]
    measured = replace(end(), notes=[note.to_json() for note in notes])
    assert ScenarioEnd.from_json(json.loads(json.dumps(measured.to_json()))).measured == [note.told for note in notes]
