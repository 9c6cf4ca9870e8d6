"""The features of a run as Cucumber sees them: documents, and a pickle for each scenario that was run.

A scenario that runs as several clients stands in its document once for each: a pickle can be told in one way only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from gherkin.ast_builder import AstBuilder
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

from ..events import ScenarioEnd
from ..report import Report

# As they come from the parser: JSON objects with the members of the messages.
Node = dict[str, Any]
_KEYWORDS = {"Given", "When", "Then", "And", "But"}


@dataclass(frozen=True, slots=True)
class Written:
    """A feature file.

    Attributes:
        pickles: those of its scenarios that were run, by the ids of their ends.
    """

    uri: str
    text: str
    document: Node
    pickles: dict[str, Node]


def written(report: Report, ids: IdGenerator) -> Iterator[Written]:
    """The feature files of a run; for ends that are in none of its sources, one that is made of them."""
    by_file: dict[str, list[ScenarioEnd]] = {}
    for end in report.ends:
        by_file.setdefault(end.file, []).append(end)
    for file, ends in by_file.items():
        left = ends
        if file in report.sources:
            found = _compiled(file, report.sources[file], ends, ids)
            left = [end for end in ends if end.id not in found.pickles]
            yield found
        if left:
            yield _made_up(f"{file} (as it ran)" if file in report.sources else file, left, ids)


def _compiled(uri: str, text: str, ends: Sequence[ScenarioEnd], ids: IdGenerator) -> Written:
    document = cast("Node", Parser(AstBuilder(ids)).parse(text))
    document["uri"] = uri
    clients: dict[tuple[int, str], list[str | None]] = {}
    for end in ends:
        known = clients.setdefault((end.line, end.name), [])
        if end.client not in known:
            known.append(end.client)
    scenarios: dict[str, tuple[int, str, str | None]] = {}
    rows: dict[str, dict[str, str]] = {}
    _for_each_client(document["feature"], clients, scenarios, rows, ids)
    planned: dict[tuple[int, str, str | None], list[Node]] = {}
    for pickle in cast("list[Node]", Compiler(ids).compile(cast("Any", document))):
        planned.setdefault(scenarios[pickle["astNodeIds"][0]], []).append(pickle)
    pickles = {
        end.id: _of_row(candidates, end, rows)
        for end in ends
        if (candidates := planned.get((end.line, end.name, end.client)))
    }
    return Written(uri, text, document, pickles)


def _of_row(candidates: Sequence[Node], end: ScenarioEnd, rows: dict[str, dict[str, str]]) -> Node:
    """The pickle of the end's row; the first where that is not known, because a process died with it."""
    return next((item for item in candidates if rows.get(item["astNodeIds"][-1]) == end.example), candidates[0])


def _for_each_client(
    parent: Node,
    clients: dict[tuple[int, str], list[str | None]],
    scenarios: dict[str, tuple[int, str, str | None]],
    rows: dict[str, dict[str, str]],
    ids: IdGenerator,
) -> None:
    """Let every scenario stand in its document once for each client, and note what is where."""
    children: list[Node] = []
    for child in parent["children"]:
        if "rule" in child:
            _for_each_client(child["rule"], clients, scenarios, rows, ids)
        node = child.get("scenario")
        names = clients.get((node["location"]["line"], node["name"]), [None]) if node else []
        if not node:
            children.append(child)
        for number, client in enumerate(names):
            own = _copied(node, ids) if number else {**node}
            scenarios[own["id"]] = (node["location"]["line"], node["name"], client)
            for examples in own["examples"]:
                columns = [cell["value"] for cell in examples.get("tableHeader", {}).get("cells", ())]
                for row in examples["tableBody"]:
                    cells = (cell["value"] for cell in row["cells"])
                    rows[row["id"]] = dict(zip(columns, cells, strict=True))
            if client:
                own["name"] = f"{node['name']} (as {client})"
            children.append({"scenario": own})
    parent["children"] = children


def _copied(node: Any, ids: IdGenerator) -> Any:  # noqa: ANN401 - JSON
    """The same with ids of its own."""
    if isinstance(node, dict):
        return {key: ids.get_next_id() if key == "id" else _copied(value, ids) for key, value in node.items()}
    return [_copied(item, ids) for item in node] if isinstance(node, list) else node


def _made_up(uri: str, ends: Sequence[ScenarioEnd], ids: IdGenerator) -> Written:
    lines = [f"Feature: {ends[0].feature}"]
    shown = []
    for end in ends:
        lines += ["", f"  Scenario: {end.title}"]
        shown.append(replace(end, line=len(lines), name=end.title, client=None))
        for step in end.steps or ({"keyword": "*", "text": "it is carried out"},):
            lines.append(f"    {step['keyword'] if step['keyword'] in _KEYWORDS else '*'} {step['text']}")
    return _compiled(uri, "\n".join([*lines, ""]), shown, ids)
