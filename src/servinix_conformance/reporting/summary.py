"""summary.md: the run on one screen, for a pull request or the summary of a job.

What a target said stands in it as text: no markup, no link, no mention of anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..catalogue import CONTRACT
from ..console import harmless
from ..events import ScenarioEnd
from ..report import Report
from ..verdict import ClauseResult, judgement_for

# A comment on GitHub holds 65,536 characters, and a table is worth less when it is cut inside.
_MOST = 60_000
_MOST_OF_A_REASON = 300
_HEAD = "| Clause | Verdict | Scenario | Why |\n| --- | --- | --- | --- |"
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&$]")
# GitHub and GitLab make links of these, and messages to people, in what is shown: a word joiner parts them.
_REFERENCE = re.compile(r"[@#!$~%&](?=\w)|/(?=/)|:(?=[\w+-]+:)|(?i:www(?=\.)|(?:mailto|xmpp)(?=:))")
_JOINER = "\N{WORD JOINER}"
_SYMBOLS = {"CONFORMANT": "✅", "NOT CONFORMANT": "❌", "INCOMPLETE": "⚠️"}
_SHOWN = ("failed", "error", "deviation", "untested")


def render(report: Report) -> bytes:
    """The file."""
    text, closing = "\n".join([*_opening(report), ""]), _closing(report)
    rows = list(_rows(report))
    if rows:
        text += f"\n{_HEAD}\n"
        for number, row in enumerate(rows):
            left = f"\nand {len(rows) - number} more: see the other reports of this run\n"
            if len(text) + len(row) + len(left) + len(closing) > _MOST:
                text += left
                break
            text += f"{row}\n"
    return (text + _measured(report, _MOST - len(text) - len(closing)) + closing).encode()


def _opening(report: Report) -> Iterator[str]:
    header, outcome, footer = report.header, report.verdict, report.footer
    yield "## Servinix MFA conformance\n"
    for profile, sentence in zip(outcome.profiles, outcome.sentences, strict=False):
        symbol = "" if outcome.narrowed else f"{_SYMBOLS[profile.verdict]} "
        yield f"- {symbol}**{escaped(sentence)}**"
    if footer.stopped:
        yield f"- stopped before the end: {escaped(footer.stopped)}"
    if footer.problem:
        yield f"- {escaped(footer.problem)}"
    for item in report.known:
        yield f"- {escaped(item.sentence)}"
    yield ""
    product = " ".join(header.product[key] for key in ("vendor", "name", "version") if header.product.get(key))
    target = f"{header.target} ({product})" if product else header.target
    strict = ", strict" if header.strict else ""
    number = len(report.ends)
    yield (
        f"Tested: {escaped(target)} at {escaped(header.base_url)}; {number} scenario{'' if number == 1 else 's'} in "
        f"{footer.seconds:.1f} s, {header.time} time{strict}{', shortened times' if header.shortened else ''}; "
        f"suite {escaped(header.suite)}, clauses {escaped(header.catalogue)}."
    )


def _measured(report: Report, room: int) -> str:
    """What scenarios measured, a line each, as far as there is room."""
    lines = [f"- {_named(end)}: {escaped('; '.join(end.measured))}" for end in report.ends if end.notes]
    text = "\n".join(["\n**Measured**\n", *lines, ""])
    return text if lines and len(text) < room else ""


def _closing(report: Report) -> str:
    leftovers = report.footer.leftovers
    if not leftovers:
        return ""
    return f"\nLeft behind on the target: {len(leftovers)} (accounts not deleted or set back, deliveries that fail).\n"


def _rows(report: Report) -> Iterator[str]:
    """What is not passed, the worst first, in the order of the clauses."""
    found: list[tuple[str, str]] = []
    for result in report.verdict.clauses:
        if result.clause.id == CONTRACT or not result.scenarios:
            found += _of_clause(result)
            continue
        for end in result.scenarios:
            verdict = judgement_for(end, result.clause, strict=report.header.strict)
            if verdict in _SHOWN:
                found.append((verdict, _row(result.clause.id, verdict, _named(end), end.reason or "")))
    found += [("error", _row("none", "error", _named(end), end.reason or "")) for end in report.verdict.astray]
    for shown in _SHOWN:
        yield from (row for verdict, row in found if verdict == shown)


def _of_clause(result: ClauseResult) -> Iterator[tuple[str, str]]:
    """A clause without scenarios; or the contract, which is judged over the answers of all of them."""
    if result.verdict not in _SHOWN:
        return
    seen: dict[str, tuple[ScenarioEnd, int]] = {}
    for end in result.scenarios:
        for item in end.violations:
            told = f"{item['operation']}: the document says {item['described']}; what came: {item['came']}"
            first, number = seen.get(told, (end, 0))
            seen[told] = (first, number + 1)
    for told, (end, number) in seen.items():
        more = f" (and {number - 1} more)" if number > 1 else ""
        yield result.verdict, _row(result.clause.id, result.verdict, f"{_named(end)}{more}", told)
    if not seen:
        yield result.verdict, _row(result.clause.id, result.verdict, "", result.reason or "")


def _named(end: ScenarioEnd) -> str:
    line = (end.failure or {}).get("line", end.line)
    return f"{escaped(end.title)}<br>{escaped(f'{end.file}:{line}')}"


def _row(clause: str, verdict: str, scenario: str, reason: str) -> str:
    told = reason if len(reason) <= _MOST_OF_A_REASON else f"{reason[:_MOST_OF_A_REASON]}…"
    return f"| {escaped(clause)} | {verdict} | {scenario} | {escaped(told)} |"


def escaped(text: str) -> str:
    """The text, so that Markdown shows it as it is, on one line."""
    one_line = harmless(" ".join(text.split()))
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", _REFERENCE.sub(rf"\g<0>{_JOINER}", one_line))
