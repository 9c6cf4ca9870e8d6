"""All files of one real run against a server that is wrong, as their readers take them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import xmlschema
from cucumber_messages import Envelope, message_converter
from markdown_it import MarkdownIt

from servinix_conformance.reporting import FORMATS, json_report

ROOT = Path(__file__).parents[2]
PARTS = ROOT / ".ci" / "node_modules"
MODULE = [sys.executable, "-m", "servinix_conformance"]
SECRET = "a-secret-of-the-test"
ENVIRONMENT = {**os.environ, "SECRET": SECRET}
TARGET = 'name = "Acme | staging"\nbase_url = "{url}"\n[test_support]\ntoken = "env:SECRET"\n'
OWN = """\
Feature: Our own

  @MFA-1
  Scenario Outline: Somebody <mfa> is there
    Given Ada is a user <mfa>
    When Ada signs in with her password
    Then Ada is signed in

    Examples:
      | mfa         |
      | without MFA |
"""


def part(name: str) -> Path:
    path = PARTS / name
    assert path.exists(), f"{name} is not installed: npm ci --prefix .ci --ignore-scripts"
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run on a server whose password reset signs in: of broken promises and a broken contract."""
    folder = tmp_path_factory.mktemp("formats")
    (folder / "own").mkdir()
    (folder / "own" / "own.feature").write_text(OWN, encoding="utf-8")
    words = ["serve", "--port", "0", "--cheap-password-hash", "--test-support", "env:SECRET"]
    server = subprocess.Popen(  # noqa: S603 - our own command
        [*MODULE, *words, "--fault", "reset-signs-in"], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[2]
        (folder / "target.toml").write_text(TARGET.format(url=url), encoding="utf-8")
        told = subprocess.run(  # noqa: S603 - our own command
            [*MODULE, "run", "target.toml", "--strict", "--report", "report", "--features", "own"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env=ENVIRONMENT,
        )
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert told.returncode == 1, told.stdout + told.stderr
    return folder / "report"


@pytest.fixture(scope="module")
def scenarios(folder: Path) -> list[dict[str, Any]]:
    ends: list[dict[str, Any]] = json_report.read(folder / "report.json")["scenarios"]
    assert len(ends) == 197
    return ends


def har_validator() -> jsonschema_rs.Draft6Validator:
    """Of the published schema, whose files refer to one another by name."""
    files = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in part("har-schema/lib").glob("*.json")}
    resources = [(f"har:/{name}", {**schema, "$id": f"har:/{name}"}) for name, schema in files.items()]
    return jsonschema_rs.Draft6Validator({"$ref": "har:/har.json"}, registry=jsonschema_rs.Registry(resources))


def red(end: dict[str, Any]) -> bool:
    return bool(end["violations"]) or end["judgement"] == "failed"


def messages(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "messages.ndjson").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_there_and_holds_no_secret(folder: Path, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert text
    assert SECRET not in text
    assert "@people.example" not in text


def test_junit_is_valid_and_names_every_scenario_once(folder: Path, scenarios: list[dict[str, Any]]) -> None:
    text = (folder / "junit.xml").read_text(encoding="utf-8")
    xmlschema.XMLSchema(ROOT / "tests" / "samples" / "junit-10.xsd").validate(text)
    root = ET.fromstring(text)  # noqa: S314 - our own report
    names = Counter(case.get("name") for case in root.iter("testcase"))
    assert len(names) == len(scenarios) == int(root.get("tests", "0"))
    assert max(names.values()) == 1
    failed = [case for case in root.iter("testcase") if case.find("failure") is not None]
    assert len(failed) == int(root.get("failures", "0")) == sum(map(red, scenarios)) >= 4
    clauses = {item.get("value") for item in root.iter("property") if item.get("name") == "clause"}
    assert {"RESET-2", "RESET-3", "MFA-8"} <= clauses


def test_messages_keep_to_the_schema_of_cucumber(folder: Path, scenarios: list[dict[str, Any]]) -> None:
    schema = json.loads(part("@cucumber/messages/messages.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    lines = messages(folder)
    for line in lines:
        validator.validate(line)
        assert message_converter.to_dict(message_converter.from_dict(line, Envelope)) == line
    kinds = Counter(next(iter(line)) for line in lines)
    assert kinds["pickle"] == kinds["testCase"] == kinds["testCaseFinished"] == len(scenarios)
    assert kinds["source"] == kinds["gherkinDocument"] == len({end["file"] for end in scenarios}) == 10
    sources = {line["source"]["uri"]: line["source"]["data"] for line in lines if "source" in line}
    assert sources["own/own.feature"] == OWN
    assert sources["features/lockout.feature"] == (ROOT / "features" / "lockout.feature").read_text(encoding="utf-8")


def test_every_step_of_the_messages_is_the_one_that_was_carried_out(
    folder: Path, scenarios: list[dict[str, Any]]
) -> None:
    lines = messages(folder)
    pickles = {line["pickle"]["id"]: line["pickle"] for line in lines if "pickle" in line}
    cases = [pickles[line["testCase"]["pickleId"]] for line in lines if "testCase" in line]
    assert [[step["text"] for step in case["steps"]] for case in cases] == [
        [step["text"] for step in end["steps"]] for end in scenarios
    ]
    case_of = {
        line["testCaseStarted"]["id"]: line["testCaseStarted"]["testCaseId"]
        for line in lines
        if "testCaseStarted" in line
    }
    results = [line["testStepFinished"] for line in lines if "testStepFinished" in line]
    failed = {case_of[item["testCaseStartedId"]] for item in results if item["testStepResult"]["status"] == "FAILED"}
    assert len(failed) == sum(map(red, scenarios))


def test_the_formatter_of_cucumber_renders_the_messages(folder: Path) -> None:
    part("@cucumber/html-formatter")
    text = "resetPassword: the document says"
    told = subprocess.run(  # noqa: S603 - our own script
        ["node", Path(__file__).with_name("cucumber_report.mjs"), PARTS, folder / "messages.ndjson", text],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr + told.stdout[:2000]
    assert told.stderr.strip() == ""
    assert "Feature: Resetting the password" in told.stdout
    assert "own/own.feature" in told.stdout
    assert "curl -i -X POST" in told.stdout


def test_the_archive_keeps_to_the_schema_of_har(folder: Path, scenarios: list[dict[str, Any]]) -> None:
    har = json.loads((folder / "exchanges.har").read_text(encoding="utf-8"))
    validator = har_validator()
    validator.validate(har)
    assert not validator.is_valid({"log": har["log"] | {"entries": [{**har["log"]["entries"][0], "time": "long"}]}})
    entries, pages = har["log"]["entries"], {page["id"] for page in har["log"]["pages"]}
    moments = [entry["startedDateTime"] for entry in entries]
    assert moments == sorted(moments)
    assert {entry["pageref"] for entry in entries} == pages <= {end["id"] for end in scenarios}
    number = sum(end["exchanges"] if isinstance(end["exchanges"], int) else len(end["exchanges"]) for end in scenarios)
    assert len(entries) == number > 1000


def test_the_summary_is_a_table_with_a_place_for_each_row(folder: Path) -> None:
    text = (folder / "summary.md").read_text(encoding="utf-8")
    assert len(text) < 60_000
    html = MarkdownIt("gfm-like").render(text)
    assert "NOT CONFORMANT documented" in html
    assert "<td>RESET-2</td>\n<td>failed</td>" in html
    assert "features/password_reset.feature:" in html
    assert "Acme | staging" in html
    assert html.count("<tr>") == text.count("\n| ") - 1


def test_the_badge_says_that_it_is_not_conformant(folder: Path) -> None:
    svg = ET.parse(folder / "badge.svg").getroot()  # noqa: S314 - our own file
    assert svg.findtext("{http://www.w3.org/2000/svg}title") == "Servinix MFA: not conformant"
