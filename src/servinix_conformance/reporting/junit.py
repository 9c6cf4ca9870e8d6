"""junit.xml, as GitLab, Jenkins and GitHub read it: failures are failures."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..events import ScenarioEnd
from ..run import Reporter, Run
from ..verdict import Verdict, judgement_for
from . import whole

# Control characters that XML 1.0 cannot hold.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JunitReport(Reporter):
    """Writes junit.xml when the run is over."""

    NAME = "junit.xml"

    def __init__(self, folder: Path) -> None:
        self._path = folder / self.NAME

    def finished(self, run: Run, outcome: Verdict) -> None:
        """Write the report."""
        root = Element("testsuites", name=_legal(f"servinix-conformance {run.version}: {run.target.name}"))
        for feature, ends in groupby(run.in_order, key=lambda end: end.feature or end.file):
            cases = [_case(run, feature, end) for end in ends]
            suite = SubElement(root, "testsuite", _attributes(feature, cases, run))
            suite.extend(cases)
        for name in ("tests", "failures", "errors", "skipped"):
            root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
        root.set("time", f"{run.seconds:.3f}")
        indent(root)
        whole.write(self._path, tostring(root, encoding="utf-8", xml_declaration=True))


def _attributes(feature: str, cases: list[Element], run: Run) -> dict[str, str]:
    return {
        "name": _legal(feature),
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": f"{sum(float(case.get('time', '0')) for case in cases):.3f}",
        "timestamp": run.started_at.replace(tzinfo=None).isoformat(timespec="seconds"),
    }


def _case(run: Run, feature: str, end: ScenarioEnd) -> Element:
    case = Element("testcase", classname=_legal(feature), name=_legal(end.title), time=f"{end.seconds:.3f}")
    properties = SubElement(case, "properties")
    for clause in end.clauses:
        SubElement(properties, "property", name="clause", value=clause)
    SubElement(properties, "property", name="where", value=_legal(end.where))
    judgements = {
        judgement_for(end, run.catalogue.clauses[name], strict=run.options.strict) for name in end.clauses
    } or {end.judgement}
    if "failed" in judgements:
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
