"""Whole runs to make report.html of: one where all is well, one with failures, and one with every verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reporting_samples import BOTH, FAILURE, VIOLATION, clause, end, exchange

from servinix_conformance.catalogue import CONTRACT, Catalogue
from servinix_conformance.events import Failure, Footer, Header, ScenarioEnd, Step, Wait
from servinix_conformance.report import Reached, Report
from servinix_conformance.verdict import judge

HEADER = Header(
    suite="1.2.3",
    catalogue="7",
    target="Acme staging",
    base_url="http://h",
    document="Example API 2",
    document_source="openapi.yaml",
    product={"vendor": "Acme", "name": "Sign-in", "version": "4"},
    profiles=["documented"],
    not_claimed=[],
    policy={"lock_seconds": 900},
    shortened=False,
    seed=None,
    time="virtual",
    uncertainty=0.5,
    skew=None,
    started_at="2026-01-02T03:04:05+00:00",
    strict=False,
    narrowed=False,
    processes=2,
    python="3.11.7",
    platform="Linux x86_64",
)
FOOTER = Footer(seconds=61.5, complete=True, stopped=None, problem=None, exit_status=0, leftovers=[])
REACHED = (
    Reached("signIn", "POST", "/sign-in", "200", described=True, exchanges=12, scenarios=3),
    Reached("signIn", "POST", "/sign-in", "401", described=True, exchanges=0, scenarios=0),
    Reached("signIn", "POST", "/sign-in", "418", described=False, exchanges=1, scenarios=1),
    Reached("signOut", "POST", "/sign-out", "204", described=True, exchanges=0, scenarios=0),
)
CATALOGUE = Catalogue(
    "7",
    {
        item.id: item
        for item in (
            clause("AA-1", "First chapter", core=True),
            clause("AA-2", "First chapter"),
            replace(clause("AA-3", "First chapter"), keyword="SHOULD", origin="standard", inferred="It is one."),
            replace(clause("BB-1", "Second chapter"), reading="inferred", origin="decision"),
            clause("BB-2", "Second chapter"),
            clause("BB-3", "Second chapter"),
            clause(CONTRACT, "The contract", "contract"),
        )
    },
    frozenset({"documented", "contract"}),
)
WRONG = {**exchange(), "response_headers": {"server": "acme"}, "request_headers": {"User-Agent": "x"}, "step": 0}
STEPS = [
    Step("Given", "Ada is a user", 5, "passed", 0.01).to_json(),
    Step("Then", "Ada is refused", 8, "failed", 0.02).to_json(),
    Step("And", "no code comes", 9, "skipped").to_json(),
]


def report_of(
    *ends: ScenarioEnd,
    catalogue: Catalogue = CATALOGUE,
    reached: tuple[Reached, ...] = REACHED,
    footer: Footer = FOOTER,
    **header: Any,  # noqa: ANN401 - any attribute
) -> Report:
    about = replace(HEADER, **header)
    verdict = judge(
        catalogue,
        ends,
        profiles=about.profiles,
        strict=about.strict,
        narrowed=about.narrowed,
        complete=footer.complete,
    )
    return Report(about, verdict, ends, reached, footer)


def conformant() -> Report:
    waits = [Wait("the lock", 900, moved=True, started=101.0).to_json()]
    ids = [name for name in CATALOGUE.clauses if name != CONTRACT]
    ends = (end(f"of {name}", "passed", name, line=at, started=100.0 + at) for at, name in enumerate(ids))
    return report_of(*ends, end("waits", "passed", "AA-1", line=40, started=101.0, seconds=2.0, waits=waits))


def failing() -> Report:
    one, two = BOTH
    broken = end("answers oddly", violations=[VIOLATION], exchanges=[exchange([VIOLATION]), exchange()], line=30)
    return report_of(one, replace(two, steps=STEPS, exchanges=[WRONG, WRONG], started=100.0), broken)


def every_verdict(said: str = "she was signed in") -> Report:
    failure = replace(FAILURE, actual=said, answer=said).to_json()
    network = Failure("network", "an HTTP answer", said, "When Ada signs in", 8).to_json()
    said_all = {**WRONG, "response_body": said, "url": f"http://h/{said}", "request_body": said}
    waits = [Wait(said, 60, moved=False, started=101.0).to_json()]
    row = {"password": said}
    return report_of(
        end("passes", "passed", "AA-1", started=100.0, process="gw0", waits=waits, seconds=62.0),
        end("fails", "failed", "AA-2", line=9, failure=failure, steps=STEPS, exchanges=[said_all], started=100.5),
        end("deviates", "failed", "AA-3", line=14, failure=failure, started=101.0, process="gw1", waits=waits),
        end("errs", "error", "BB-1", line=19, failure=network, reason=said),
        end("is not tested", "untested", "BB-2", line=24, reason=said, steps=STEPS, example=row),
        end("is not claimed", "not claimed", "BB-3", line=29, reason=said),
        end("breaks the contract", "passed", "AA-1", line=34, violations=[{**VIOLATION, "came": said}]),
        footer=replace(FOOTER, problem=said, leftovers=[said]),
        target=said,
    )


def many(number: int) -> Report:
    steps = [Step("Given", f"step {at}", at, "passed", 0.01).to_json() for at in range(6)]
    ends = [
        end(f"number {at}", "passed", "AA-1" if at % 2 else "AA-2", line=at, steps=steps, exchanges=[exchange()] * 8)
        for at in range(number)
    ]
    return report_of(*(replace(item, started=1.0 + at, process=f"gw{at % 4}") for at, item in enumerate(ends)))
