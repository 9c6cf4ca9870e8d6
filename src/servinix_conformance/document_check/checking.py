"""All rules over one document. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ..reading import document_of
from ..tree import Tree
from . import shape
from .examples import examples
from .findings import Fault, Finding, Rule
from .positions import Positions
from .promises import answers, refusals, security
from .structure import links, operation_ids, path_parameters, references

RULES: dict[str, Rule] = {
    "references": references,
    "operation-ids": operation_ids,
    "path-parameters": path_parameters,
    "answers": answers,
    "refusals": refusals,
    "security": security,
    "examples": examples,
    "links": links,
}
"""The rules by name, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found.

    Attributes:
        findings: what is wrong, in the order of the text.
        unchecked: rules that could not be looked at, each with its reason.
    """

    findings: tuple[Finding, ...]
    unchecked: dict[str, str]


def check(text: str, source: str) -> Checked:
    """Look at a document.

    Args:
        text: YAML or JSON.
        source: where it is from, for messages.

    Raises:
        DocumentError: the text is no OpenAPI 3 document.
    """
    tree = Tree(document_of(text, source), source)
    positions = Positions(text)
    found = [
        Finding("keys", *second, pointer, f"the key stands in line {first.line} already", "remove one of them")
        for pointer, first, second in positions.repeated()
    ]
    unchecked: dict[str, str] = {}
    if shape.available():
        plain = document_of(text, source, plain=True)
        found += [_finding("shape", fault, positions) for fault in shape.shape(plain)]
    else:
        unchecked["shape"] = "needs pip install 'servinix-conformance[contract]'"
    for name, rule in RULES.items():
        found += [_finding(name, fault, positions) for fault in dict.fromkeys(rule(tree))]
    return Checked(tuple(sorted(found, key=lambda it: (it.line, it.column))), unchecked)


def _finding(rule: str, fault: Fault, positions: Positions) -> Finding:
    pointer, told, remedy = fault
    return Finding(rule, *positions.of(pointer), pointer, told, remedy)
