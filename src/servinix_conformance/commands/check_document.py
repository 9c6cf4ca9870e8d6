"""`check-document`: what is wrong with an OpenAPI document, and what a client of the contract would break on."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

from ..console import harmless
from ..document import Document, DocumentError
from ..document_check import Checked, Difference, Finding, check, differences
from ..reporting.terminal import coloured
from ..status import CONFORMANT, INCOMPLETE, NOT_CONFORMANT, UNUSABLE, USAGE
from ..suite import suite_root
from . import fail
from .documents import UnreadableError, check_source, text_of

_RED, _GREEN, _YELLOW = "31", "32", "33"
_COLOURS = {"breaks": _RED, "differs": _YELLOW, "optional": _YELLOW}
_LONGEST_CELL = 60


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was found out about one document. `why` says why it was not compared, if it was not."""

    source: str
    title: str
    checked: Checked
    compared: list[Difference]
    why: str

    @property
    def breaks(self) -> list[Difference]:
        return [it for it in self.compared if it.effect == "breaks"]


def main(options: argparse.Namespace) -> int:
    """Check a document."""
    source = options.document
    try:
        check_source(source, clear_text=options.clear_text)
        text = text_of(source)
        checked = check(text, source)
    except DocumentError as error:
        return fail(UNUSABLE, str(error))
    except ValueError as error:
        return fail(USAGE, str(error))
    except UnreadableError as error:
        return fail(UNUSABLE, str(error))
    looked = _compared(text, source, checked)
    if options.format == "json":
        sys.stdout.write(json.dumps(_as_json(looked), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_as_text(looked, colour=coloured(sys.stdout)))
    if checked.findings:
        return NOT_CONFORMANT
    return INCOMPLETE if looked.breaks else CONFORMANT


def _compared(text: str, source: str, checked: Checked) -> _Looked:
    try:
        document = Document(text, source)
    except DocumentError as error:
        return _Looked(source, "untitled", checked, [], str(error))
    ours = suite_root() / "openapi.yaml"
    contract = Document(ours.read_text(encoding="utf-8"), ours.name)
    return _Looked(source, document.title, checked, differences(contract, document), "")


def _as_json(looked: _Looked) -> dict[str, object]:
    return {
        "document": looked.source,
        "title": looked.title,
        "findings": [asdict(it) for it in looked.checked.findings],
        "unchecked": looked.checked.unchecked,
        "compared": not looked.why,
        "differences": [asdict(it) for it in looked.compared],
        "breaks": len(looked.breaks),
    }


def _as_text(looked: _Looked, *, colour: bool) -> str:
    def painted(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    findings = looked.checked.findings
    lines = [f"{_line(looked.title)}: {_line(looked.source)}", *([""] if findings else [])]
    for it in findings:
        lines.append(f"{_place(looked.source, it)}: {painted(it.rule, _RED)}: {_line(it.told)}")
        lines.append(f"    {_line(it.pointer) or '/'}; {_line(it.remedy)}")
    lines += [f"not looked at: {name}: {why}" for name, why in looked.checked.unchecked.items()]
    lines += ["", *_table(looked, painted)]
    wrong, broken = len(findings), len(looked.breaks)
    beside = f"{_count(broken, 'difference')} from the contract that a client would break on"
    told = f"{_count(wrong, 'finding')}; {'not compared' if looked.why else beside}"
    unchecked = looked.checked.unchecked
    # Whoever reads the last line alone must not take for right what nobody looked at.
    told += f"; not looked at: {', '.join(f'{name} ({why})' for name, why in unchecked.items())}" if unchecked else ""
    lines += ["", painted(told, _RED if wrong else _YELLOW if broken or unchecked else _GREEN)]
    return "\n".join(lines) + "\n"


def _table(looked: _Looked, painted: Callable[[str, str], str]) -> list[str]:
    if looked.why:
        return [f"not compared with the contract: {_line(looked.why)}"]
    if not looked.compared:
        return ["as the contract has it"]
    rows = [("operation", "where", "contract", "document", "client")]
    rows += [(it.operation, it.where, it.contract, it.document, it.effect) for it in looked.compared]
    cells = [[_cell(text) for text in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    lines = []
    for row in cells:
        told = "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=False))
        effect = row[-1]
        shown = painted(effect, _COLOURS[effect]) if effect in _COLOURS else effect
        lines.append(f"{told}  {shown}")
    return lines


def _place(source: str, it: Finding) -> str:
    return f"{_line(source)}:{it.line}:{it.column}"


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _cell(text: str) -> str:
    told = _line(text)
    return told if len(told) <= _LONGEST_CELL else f"{told[: _LONGEST_CELL - 3]}..."


def _line(text: str) -> str:
    return " ".join(harmless(text).split())
