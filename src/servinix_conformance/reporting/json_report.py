"""report.json: the whole run for machines, schema version 1 (docs/report.schema.json)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs

from ..events import ScenarioEnd
from ..report import Report
from .clauses import clause_to_json, known_to_json

SCHEMA_VERSION = 1
SCHEMA = Path(__file__).with_name("report.schema.json")


class ReportError(ValueError):
    """A file that is no whole report; the message names it and what is wrong."""


def render(report: Report) -> bytes:
    """The file."""
    return f"{json.dumps(contents(report), indent=2, ensure_ascii=False)}\n".encode()


def contents(report: Report) -> dict[str, Any]:
    """The report as a JSON object.

    Its last member, `end`, is there in a whole report alone; `complete` says whether the run reached its own end.
    """
    header, outcome, footer = report.header, report.verdict, report.footer
    return {
        "schema_version": SCHEMA_VERSION,
        "suite": {"name": "servinix-conformance", "version": header.suite, "catalogue": header.catalogue},
        "target": {
            "name": header.target,
            "base_url": header.base_url,
            "document": header.document,
            "document_source": header.document_source,
            "product": header.product,
        },
        "claims": {
            "profiles": header.profiles,
            "not_claimed": header.not_claimed,
            "policy": header.policy,
            "shortened": header.shortened,
        },
        "run": {
            "started_at": header.started_at,
            "seconds": footer.seconds,
            "time": header.time,
            "uncertainty": header.uncertainty,
            "skew": header.skew,
            "seed": header.seed,
            "processes": header.processes,
            "python": header.python,
            "platform": header.platform,
            "strict": header.strict,
            "narrowed": header.narrowed,
            "complete": footer.complete,
            "stopped": footer.stopped,
            "problem": footer.problem,
            "exit_status": footer.exit_status,
            "leftovers": footer.leftovers,
        },
        "profiles": [
            {"name": profile.name, "verdict": None if outcome.narrowed else profile.verdict, "counts": profile.counts}
            for profile in outcome.profiles
        ],
        "clauses": [clause_to_json(result) for result in outcome.clauses],
        "known_failures": [known_to_json(item) for item in report.known],
        "scenarios": [_scenario(end) for end in report.ends],
        "coverage": [asdict(reached) for reached in report.reached],
        "end": True,
    }


def _scenario(end: ScenarioEnd) -> dict[str, Any]:
    data = end.to_json()
    # Evidence of what went well is much, and nobody reads it here; events.ndjson has it.
    if end.judgement in {"passed", "not claimed"} and not end.violations:
        data["exchanges"] = len(end.exchanges)
    return data


def read(path: Path) -> dict[str, Any]:
    """A report that was written before.

    Raises:
        ReportError: the file is missing, is no report of this schema version, has no end, or was edited so that it is
            no report any more.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror}; name a report.json of --report") from error
    except RecursionError as error:
        raise ReportError(f"{path}: is no report: it is nested too deeply; name a report.json of --report") from error
    except ValueError as error:
        raise ReportError(f"{path}: is no report: {error}; it may have been cut off or edited") from error
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION:
        newer = isinstance(version, int) and version > SCHEMA_VERSION
        remedy = "; a newer suite wrote it, and can read it" if newer else ""
        raise ReportError(f"{path}: is no report of schema version {SCHEMA_VERSION}{remedy}")
    if data.get("end") is not True:
        raise ReportError(f"{path}: the report has no end; the run that wrote it was cut off")
    try:
        found = [(problem.instance_path, problem.message) for problem in islice(_validator().iter_errors(data), 1)]
    except ValueError as error:  # it gives up where values are nested too deeply
        found = [([], str(error))]
    for place, message in found or _contradictions(data):
        told = "/".join(map(str, place)) or "the whole file"
        raise ReportError(f"{path}: {told}: {message}; it was edited, or is another's")
    return dict(data)


def _contradictions(data: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
    """What no schema can say: a report whose parts do not tell the same was changed by hand."""
    for part, key in (("profiles", "name"), ("clauses", "id"), ("scenarios", "id")):
        for name, number in Counter(item[key] for item in data[part]).items():
            if number > 1:
                yield [part], f"{name} is there {number} times"
    counts: dict[str, Counter[str]] = {item["name"]: Counter() for item in data["profiles"]}
    for clause in data["clauses"]:
        if clause["profile"] not in counts:
            yield ["clauses", clause["id"], "profile"], f"there is no profile {clause['profile']}"
        else:
            counts[clause["profile"]][clause["verdict"]] += 1
    for item in data["profiles"]:
        if counts[item["name"]] != item["counts"]:
            yield ["profiles", item["name"], "counts"], "the verdicts of its clauses make other numbers"


@cache
def _validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
