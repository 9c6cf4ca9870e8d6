"""junit.xml, as GitLab, Jenkins and GitHub read it: failures are failures."""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..events import ScenarioEnd
from ..report import Report

# Control characters that XML 1.0 cannot hold.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> bytes:
    """The file."""
    root = Element("testsuites", name=_legal(f"servinix-conformance {report.header.suite}: {report.header.target}"))
    for feature, ends in groupby(report.ends, key=lambda end: end.feature or end.file):
        cases = [_case(report, feature, end) for end in ends]
        suite = SubElement(root, "testsuite", _attributes(feature, cases, report))
        suite.extend(cases)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{report.footer.seconds:.3f}")
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _attributes(feature: str, cases: list[Element], report: Report) -> dict[str, str]:
    return {
        "name": _legal(feature),
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": f"{sum(float(case.get('time', '0')) for case in cases):.3f}",
        "timestamp": report.header.started_at.partition("+")[0],
    }


def _case(report: Report, feature: str, end: ScenarioEnd) -> Element:
    case = Element("testcase", classname=_legal(feature), name=_legal(end.title), time=f"{end.seconds:.3f}")
    properties = SubElement(case, "properties")
    for clause in end.clauses:
        SubElement(properties, "property", name="clause", value=clause)
    SubElement(properties, "property", name="where", value=_legal(end.where))
    judgements = report.judgements(end)
    if known := report.known_failure(end):
        SubElement(case, "skipped", message=_legal(known))
    elif "failed" in judgements:
        _because(case, "failure", end, type_="broken")
    elif end.violations:
        message = "; ".join(dict.fromkeys(item["described"] for item in end.violations))
        SubElement(case, "failure", type="contract", message=_legal(message)).text = _legal(_violations(end))
    elif "error" in judgements:
        _because(case, "error", end, type_=str((end.failure or {}).get("kind", "error")))
    elif judgements & {"untested", "not claimed"}:
        SubElement(case, "skipped", message=_legal(f"{end.judgement}: {end.reason}"))
    elif "deviation" in judgements:
        SubElement(case, "system-out").text = _legal(f"deviation: {end.reason}")
    return case


def _because(case: Element, tag: str, end: ScenarioEnd, *, type_: str) -> None:
    failure = end.failure or {}
    lines = [f"{end.file}:{failure.get('line', end.line)}: {failure.get('step', '')}"]
    lines += [f"{key}: {failure[key]}" for key in ("expected", "actual", "answer", "curl") if failure.get(key)]
    SubElement(case, tag, type=type_, message=_legal(end.reason or end.judgement)).text = _legal("\n".join(lines))


def _violations(end: ScenarioEnd) -> str:
    return "\n".join(
        f"{item['operation']}: described: {item['described']}; came: {item['came']}" for item in end.violations
    )


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
