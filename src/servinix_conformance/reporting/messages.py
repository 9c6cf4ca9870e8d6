"""messages.ndjson: the run as Cucumber Messages, for everything that reads Cucumber's reports.

https://github.com/cucumber/messages. Ids are counted, so that the same run gives the same file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from importlib.metadata import version
from typing import Any

import cucumber_messages as cucumber
from cucumber_messages.json_converter import snake_to_camel
from gherkin.stream.id_generator import IdGenerator

from ..console import harmless
from ..events import Exchange, ScenarioEnd
from ..report import Report
from ..status import CONFORMANT
from .pickles import Node, written
from .step_results import StepResult, results

_BILLION = 1_000_000_000
# The fields of each message, with their names in JSON.
_MEMBERS: dict[type, tuple[tuple[str, str], ...]] = {
    kind: tuple((snake_to_camel(item.name), item.name) for item in fields(kind))
    for kind in vars(cucumber).values()
    if isinstance(kind, type) and is_dataclass(kind)
}


@dataclass(frozen=True, slots=True)
class _Run:
    """What all cases of a run need: its id, and those of the definitions of each sentence."""

    report: Report
    id: str
    definitions: dict[str, str]
    ids: IdGenerator


def render(report: Report) -> bytes:
    """The file."""
    lines = (json.dumps(envelope, ensure_ascii=False, separators=(",", ":")) for envelope in _envelopes(report))
    return "".join(f"{line}\n" for line in lines).encode(errors="replace")


def _envelopes(report: Report) -> Iterator[Node]:
    ids = IdGenerator()
    yield {"meta": _json(_meta(report))}
    pickles: dict[str, Node] = {}
    for feature in written(report, ids):
        pickles |= feature.pickles
        gherkin = cucumber.SourceMediaType.text_x_cucumber_gherkin_plain
        yield {"source": _json(cucumber.Source(data=feature.text, media_type=gherkin, uri=feature.uri))}
        yield {"gherkinDocument": feature.document}
        yield from ({"pickle": pickle} for pickle in _each_once(feature.pickles.values()))
    definitions: dict[str, str] = {}
    for step in (step for pickle in pickles.values() for step in pickle["steps"]):
        if step["text"] not in definitions:
            definitions[step["text"]] = ids.get_next_id()
            yield {"stepDefinition": _json(_definition(definitions[step["text"]], step["text"]))}
    run = _Run(report, ids.get_next_id(), definitions, ids)
    begun = datetime.fromisoformat(report.header.started_at).timestamp()
    yield {"testRunStarted": _json(cucumber.TestRunStarted(timestamp=_timestamp(begun), id=run.id))}
    for end in report.ends:
        yield from _case(run, end, pickles[end.id])
    yield {"testRunFinished": _json(_finished(report, begun, run.id))}


def _each_once(pickles: Iterable[Node]) -> Iterable[Node]:
    return {pickle["id"]: pickle for pickle in pickles}.values()


def _meta(report: Report) -> cucumber.Meta:
    system, _, machine = report.header.platform.partition(" ")
    return cucumber.Meta(
        cpu=cucumber.Product(name=machine),
        implementation=cucumber.Product(name="servinix-conformance", version=report.header.suite),
        os=cucumber.Product(name=system),
        protocol_version=version("cucumber-messages"),
        runtime=cucumber.Product(name="python", version=report.header.python),
    )


def _definition(id_: str, text: str) -> cucumber.StepDefinition:
    """A definition of one sentence: which of ours it is, is not known here."""
    kind = cucumber.StepDefinitionPatternType.regular_expression
    return cucumber.StepDefinition(
        id=id_,
        pattern=cucumber.StepDefinitionPattern(source=text, type=kind),
        source_reference=cucumber.SourceReference(uri="steps"),
    )


def _case(run: _Run, end: ScenarioEnd, pickle: Node) -> Iterator[Node]:
    ids, told = run.ids, results(run.report, end, len(pickle["steps"]))
    undefined = cucumber.TestStepResultStatus.undefined
    steps = []
    for step, result in zip(pickle["steps"], told, strict=True):
        meant = [] if result.status == undefined else [run.definitions[step["text"]]]
        steps.append(
            cucumber.TestStep(
                id=ids.get_next_id(),
                pickle_step_id=step["id"],
                step_definition_ids=meant,
                step_match_arguments_lists=[cucumber.StepMatchArgumentsList([]) for _ in meant],
            )
        )
    case, started = ids.get_next_id(), ids.get_next_id()
    yield {
        "testCase": _json(
            cucumber.TestCase(id=case, pickle_id=pickle["id"], test_steps=steps, test_run_started_id=run.id)
        )
    }
    yield {
        "testCaseStarted": _json(
            cucumber.TestCaseStarted(
                attempt=0, id=started, test_case_id=case, timestamp=_timestamp(end.started), worker_id=end.process
            )
        )
    }
    for step, result in zip(steps, told, strict=True):
        yield from _step(started, step.id, result)
    over = cucumber.TestCaseFinished(
        test_case_started_id=started, timestamp=_timestamp(end.started + end.seconds), will_be_retried=False
    )
    yield {"testCaseFinished": _json(over)}


def _step(case: str, step: str, result: StepResult) -> Iterator[Node]:
    begun, over = _timestamp(result.started), _timestamp(result.started + result.seconds)
    started = cucumber.TestStepStarted(test_case_started_id=case, test_step_id=step, timestamp=begun)
    yield {"testStepStarted": _json(started)}
    for exchange in result.exchanges:
        yield {"attachment": _json(_attachment(case, step, exchange))}
    message = harmless(result.message) if result.message else None
    told = cucumber.TestStepResult(
        duration=_duration(result.seconds),
        status=result.status,
        message=message,
        exception=cucumber.Exception(type=result.kind, message=message) if result.kind else None,
    )
    yield {
        "testStepFinished": _json(
            cucumber.TestStepFinished(
                test_case_started_id=case, test_step_id=step, test_step_result=told, timestamp=over
            )
        )
    }


def _attachment(case: str, step: str, data: dict[str, Any]) -> cucumber.Attachment:
    exchange = Exchange.from_json(data)
    headers = [f"{name}: {value}" for name, value in exchange.response_headers.items()]
    lines = [exchange.curl(), "", f"HTTP {exchange.status}", *headers, "", exchange.response_body]
    return cucumber.Attachment(
        body=harmless("\n".join(lines)),
        content_encoding=cucumber.AttachmentContentEncoding.identity,
        media_type="text/x.cucumber.log+plain",
        test_case_started_id=case,
        test_step_id=step,
        timestamp=_timestamp(exchange.started),
    )


def _finished(report: Report, begun: float, run: str) -> cucumber.TestRunFinished:
    footer = report.footer
    why = "; ".join(reason for reason in (footer.stopped, footer.problem) if reason)
    return cucumber.TestRunFinished(
        success=footer.exit_status == CONFORMANT,
        timestamp=_timestamp(begun + footer.seconds),
        message="\n".join(report.verdict.sentences),
        exception=cucumber.Exception(type="Stopped", message=why) if why else None,
        test_run_started_id=run,
    )


def _timestamp(seconds: float) -> cucumber.Timestamp:
    whole, nanos = divmod(round(seconds * 1_000_000) * 1000, _BILLION)
    return cucumber.Timestamp(seconds=whole, nanos=nanos)


def _duration(seconds: float) -> cucumber.Duration:
    at = _timestamp(seconds)
    return cucumber.Duration(seconds=at.seconds, nanos=at.nanos)


def _json(message: Any) -> Any:  # noqa: ANN401 - whatever a message holds
    """What the package's own converter says, which looks every name up anew and takes three times as long."""
    if isinstance(message, str | int):
        return message
    if isinstance(message, list):
        return [_json(item) for item in message]
    if isinstance(message, Enum):
        return message.value
    held = ((name, getattr(message, field)) for name, field in _MEMBERS[type(message)])
    return {name: _json(value) for name, value in held if value is not None}
