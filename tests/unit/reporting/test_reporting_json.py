from __future__ import annotations

import json
import platform
from pathlib import Path

import jsonschema_rs
import pytest
from reporting_samples import BOTH, VIOLATION, Make, end, exchange

from servinix_conformance import __version__
from servinix_conformance.options import Options
from servinix_conformance.reporting import json_report
from servinix_conformance.reporting.json_report import ReportError, contents, read
from servinix_conformance.suite import suite_root


def test_the_json_report_holds_the_whole_run(tmp_path: Path, run_of: Make) -> None:
    run = run_of(*reversed(BOTH), not_claimed=frozenset({"phone"}), policy={"lock_seconds": 900})
    run.leftovers = ["ada@example.com"]
    (tmp_path / "report.json").write_bytes(json_report.render(run.report))
    data = read(tmp_path / "report.json")
    assert (data["schema_version"], data["end"], list(data)[-1]) == (1, True, "end")
    assert data["suite"] == {"name": "servinix-conformance", "version": __version__, "catalogue": "7"}
    assert data["target"] == {
        "name": "Example",
        "base_url": "https://host.example",
        "document": "Example API 2",
        "document_source": "d",
        "product": {"vendor": "Servinix"},
    }
    assert data["claims"] == {
        "profiles": ["documented"],
        "not_claimed": ["phone"],
        "policy": {"lock_seconds": 900},
        "shortened": False,
    }
    told = data["run"]
    assert told.pop("python") == platform.python_version()
    assert told.pop("platform")
    assert told == {
        "started_at": "2026-01-02T03:04:05+00:00",
        "seconds": 1.5,
        "time": "real",
        "uncertainty": 0.0,
        "skew": None,
        "seed": None,
        "processes": 1,
        "strict": False,
        "narrowed": False,
        "complete": True,
        "stopped": None,
        "problem": None,
        "exit_status": 1,
        "leftovers": ["ada@example.com"],
    }
    assert data["coverage"] == [
        {
            "operation": "signIn",
            "method": "POST",
            "path": "/sign-in",
            "status": status,
            "described": True,
            "exchanges": number,
            "scenarios": number,
            "media_type": "",
            "generated": 0,
        }
        for status, number in (("200", 2), ("401", 0))
    ]
    assert data["profiles"][0] == {
        "name": "documented",
        "verdict": "NOT CONFORMANT",
        "counts": {"passed": 1, "failed": 1, "untested": 1},
    }
    first = data["clauses"][0]
    assert (first["id"], first["verdict"], first["reasons"], first["core"]) == ("AA-1", "passed", [], True)
    assert (first["source"], first["scenarios"]) == (
        {"page": "Page", "section": "Section"},
        ["features/a.feature::one"],
    )
    assert [item["name"] for item in data["scenarios"]] == ["one", "two"]


def test_evidence_is_kept_where_somebody_needs_it(run_of: Make) -> None:
    broken = end("broken", line=5, violations=[VIOLATION], exchanges=[exchange([VIOLATION])])
    run = run_of(*BOTH, broken, end("not", "not claimed", "BB-1", line=6))
    kept = {item["name"]: item["exchanges"] for item in contents(run.report)["scenarios"]}
    assert (kept["one"], kept["not"]) == (1, 1)
    assert kept["two"] == [exchange()]
    assert kept["broken"] == [exchange([VIOLATION])]


def test_a_narrowed_or_stopped_run_says_so_in_its_report(run_of: Make) -> None:
    run = run_of(BOTH[0], options=Options(narrowed=True), test_support_token="a secret")
    run.stopped = "interrupted"
    data = contents(run.report)
    assert {item["verdict"] for item in data["profiles"]} == {None}
    assert (data["run"]["narrowed"], data["run"]["complete"], data["run"]["stopped"]) == (True, False, "interrupted")
    assert (data["run"]["exit_status"], data["run"]["time"]) == (130, "real")
    assert "a secret" not in json.dumps(data)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read: No such file or directory; name a report.json of --report"),
        ("{", "is no report: "),
        ("[]", "is no report of schema version 1"),
        (
            '{"schema_version": 2, "end": true}',
            "is no report of schema version 1; a newer suite wrote it, and can read it",
        ),
        ('{"schema_version": 0, "end": true}', "is no report of schema version 1"),
        ('{"schema_version": 1}', "the report has no end; the run that wrote it was cut off"),
        ('{"schema_version": 1, "end": 1}', "the report has no end; the run that wrote it was cut off"),
    ],
)
def test_what_is_no_whole_report_is_not_read(tmp_path: Path, text: str | None, told: str) -> None:
    path = tmp_path / "report.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: {told}")


def test_what_was_edited_is_told_with_its_place(tmp_path: Path, run_of: Make) -> None:
    data = contents(run_of(*BOTH).report)
    data["clauses"][1]["verdict"] = "passed, really"
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: clauses/1/verdict: ")
    assert str(caught.value).endswith("; it was edited, or is another's")


def test_a_verdict_that_was_edited_does_not_go_with_the_numbers(tmp_path: Path, run_of: Make) -> None:
    data = contents(run_of(*BOTH).report)
    data["clauses"][1]["verdict"] = "passed"
    (tmp_path / "report.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ReportError, match=r"profiles/documented/counts: the verdicts of its clauses make other"):
        read(tmp_path / "report.json")


def test_a_clause_of_no_profile_and_a_scenario_twice_are_told(tmp_path: Path, run_of: Make) -> None:
    data = contents(run_of(*BOTH).report)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data | {"scenarios": data["scenarios"] * 2}), encoding="utf-8")
    with pytest.raises(ReportError, match=r"scenarios: features/a\.feature::one is there 2 times; it was edited"):
        read(path)
    data["clauses"][0]["profile"] = "other"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ReportError, match=r"clauses/AA-1/profile: there is no profile other; it was edited"):
        read(path)


@pytest.mark.parametrize("depth", [300, 100_000])
def test_what_is_nested_too_deeply_is_no_report(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "report.json"
    path.write_text(f'{{"schema_version": 1, "end": true, "run": {"[" * depth}{"]" * depth}}}', encoding="utf-8")
    with pytest.raises(ReportError):
        read(path)


def test_the_schema_is_published_as_it_is_shipped() -> None:
    assert (suite_root() / "docs" / "report.schema.json").read_bytes() == json_report.SCHEMA.read_bytes()
    jsonschema_rs.meta.validate(json.loads(json_report.SCHEMA.read_text(encoding="utf-8")))
