"""junit.xml, as GitLab, Jenkins and GitHub read it: failures are failures.

It keeps to the schema of Jenkins' xUnit plugin (junit-10.xsd), which knows properties of suites alone. So the scenarios
of each clause are a suite of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..events import ScenarioEnd
from ..report import Report

# Control characters that XML 1.0 cannot hold.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> bytes:
    """The file."""
    root = Element("testsuites", name=_legal(f"servinix-conformance {report.header.suite}: {report.header.target}"))
    chapters = {result.clause.id: result.clause.chapter for result in report.verdict.clauses}
    suites: dict[tuple[str, str, str], list[ScenarioEnd]] = {}
    for end in report.ends:
        suites.setdefault((end.file, end.feature or end.file, ", ".join(end.clauses)), []).append(end)
    seen: Counter[str] = Counter()
    for (file, feature, clauses), ends in suites.items():
        chapter = next((chapters[name] for name in ends[0].clauses if name in chapters), "")
        # Jenkins takes what stands before the last dot for a package, and shows it as a folder.
        classname = ".".join(part.replace(".", "\N{ONE DOT LEADER}") for part in (chapter, feature) if part)
        cases = [_case(report, classname, _unlike_others(end.title, seen), end) for end in ends]
        name = f"{clauses}: {feature}" if clauses else feature
        suite = SubElement(root, "testsuite", _attributes(name, file, cases, report))
        properties = SubElement(suite, "properties")
        for key, value in (("clause", clauses), ("chapter", chapter)):
            if value:
                SubElement(properties, "property", name=key, value=_legal(value))
        suite.extend(cases)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{report.footer.seconds:.3f}")
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _unlike_others(title: str, seen: Counter[str]) -> str:
    """The title; GitLab leaves out what has the name of another, so a second one is numbered."""
    seen[title] += 1
    return title if seen[title] == 1 else _unlike_others(f"{title} [{seen[title]}]", seen)


def _attributes(name: str, file: str, cases: list[Element], report: Report) -> dict[str, str]:
    return {
        "name": _legal(name),
        "file": _legal(file),
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": f"{sum(float(case.get('time', '0')) for case in cases):.3f}",
        "timestamp": report.header.started_at.partition("+")[0],
    }


def _case(report: Report, classname: str, name: str, end: ScenarioEnd) -> Element:
    case = Element("testcase", classname=_legal(classname), name=_legal(name), time=f"{end.seconds:.3f}")
    judgements = report.judgements(end)
    if known := report.known_failure(end):
        SubElement(case, "skipped", message=_legal(known))
    elif "failed" in judgements:
        _because(case, "failure", end, type_="broken")
    elif end.violations:
        message = "; ".join(dict.fromkeys(item["described"] for item in end.violations))
        _told(case, "failure", message, f"{end.where}: {end.title}\n{_violations(end)}", type_="contract")
    elif "error" in judgements:
        _because(case, "error", end, type_=str((end.failure or {}).get("kind", "error")))
    elif judgements & {"untested", "not claimed"}:
        told = f"{end.judgement}: {end.reason}"
        _told(case, "skipped", told, f"{end.where}: {told}", type_=end.judgement)
    elif "deviation" in judgements:
        SubElement(case, "system-out").text = _legal(f"{end.where}: deviation: {end.reason}")
    return case


def _because(case: Element, tag: str, end: ScenarioEnd, *, type_: str) -> None:
    failure = end.failure or {}
    lines = [f"{end.file}:{failure.get('line', end.line)}: {failure.get('step') or end.reason}"]
    for told in end.findings or [failure]:
        lines += [f"{told['clause']}: {told['operation']}, {told['times']} of its answers"] if end.findings else []
        lines += [f"{key}: {told[key]}" for key in ("expected", "actual", "answer", "curl") if told.get(key)]
    _told(case, tag, end.reason or end.judgement, "\n".join(lines), type_=type_)


def _told(case: Element, tag: str, message: str, text: str, *, type_: str) -> None:
    """Say it twice: Jenkins shows the message, GitLab the text, and GitHub's readers find file and line in the text."""
    SubElement(case, tag, type=type_, message=_legal(message)).text = _legal(text)


def _violations(end: ScenarioEnd) -> str:
    return "\n".join(
        f"{item['operation']}: described: {item['described']}; came: {item['came']}" for item in end.violations
    )


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
