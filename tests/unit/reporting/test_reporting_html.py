from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup, Tag
from html_samples import CATALOGUE, FOOTER, WRONG, conformant, every_verdict, failing, many, report_of
from reporting_samples import FAILURE, MEASURED, VIOLATION, end, exchange

from servinix_conformance.events import Judgement
from servinix_conformance.report import Reached, Report
from servinix_conformance.reporting import html_report

REPORTS = [conformant(), failing(), every_verdict(), report_of(narrowed=True), many(30)]
HOSTILE = (
    '</details></style><script>alert(1)</script><img src="http://evil.example/x" onerror=alert(1)>'
    "\x00\x1b[31m\u202e\"'&"
)


def soup(report: Report) -> BeautifulSoup:
    return BeautifulSoup(html_report.render(report), "html.parser")


def part(report: Report, name: str) -> Tag:
    found = soup(report).find(id=name)
    assert isinstance(found, Tag)
    return found


def text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def box_of(page: BeautifulSoup, name: str) -> Tag:
    (found,) = (box for box in page.select("details.s") if text(box).partition("AA")[0].count(name))
    return found


def test_a_conformant_run_says_so_in_its_title_and_first_section() -> None:
    page = soup(conformant())
    assert page.title is not None
    assert page.title.get_text() == "CONFORMANT: Acme staging · Servinix conformance report"
    told = text(part(conformant(), "verdict"))
    assert told.startswith("✓ CONFORMANT Every clause that is claimed was tested and kept.")
    assert "documented ✓ CONFORMANT ✓ 6 passed" in told
    assert "contract ✓ CONFORMANT ✓ 1 passed" in told
    assert page.find(id="findings") is None
    assert "http://h Acme Sign-in 4 2 January 2026, 03:04:05 UTC" in text(page.header)  # type: ignore[arg-type]


def test_a_run_with_failures_links_each_to_its_evidence() -> None:
    page = soup(failing())
    verdict = part(failing(), "verdict")
    assert "NOT CONFORMANT 2 of 7 clauses are broken." in text(verdict)
    assert [link["href"] for link in verdict.select("a")][:1] == ["#f-AA-2"]
    finding = page.find(id="f-AA-2")
    assert isinstance(finding, Tag)
    told = text(finding)
    assert "A promise was not kept features/a.feature:8 Then Ada is refused" in told
    assert "Expected to be refused Actual she was signed in" in told
    assert "200 {} curl -i http://h" in told
    (link,) = finding.select(".seen a")
    evidence = page.find(id=str(link["href"])[1:])
    assert isinstance(evidence, Tag)
    assert "she was signed in" in text(evidence)


def test_an_answer_that_is_not_described_is_evidence_for_the_contract() -> None:
    told = text(part(failing(), "f-CONTRACT-1"))
    assert "Expected the document says for 200, a body Actual none" in told
    assert "curl -i -X POST" in told
    assert "Evidence: answers oddly" in told


def test_a_narrowed_run_has_no_profile_verdict() -> None:
    told = text(part(report_of(end("one"), narrowed=True), "verdict"))
    assert "No profile verdict 1 of 1 selected clauses passed. The others were left out on purpose." in told
    assert "CONFORMANT" not in told
    assert "documented no profile verdict" in told


@pytest.mark.parametrize(
    ("stopped", "said"),
    [
        ("the target gives no answer", "The run stopped before its end: the target gives no answer."),
        (None, "The run did not come to its own end."),
    ],
)
def test_a_run_that_stopped_is_incomplete_and_says_why(stopped: str | None, said: str) -> None:
    footer = replace(FOOTER, complete=False, stopped=stopped, problem="a worker died", leftovers=["ada@example"])
    ends = [end(name, "passed", name) for name in CATALOGUE.clauses if name != "CONTRACT-1"]
    told = text(part(report_of(*ends, footer=footer, shortened=True), "verdict"))
    assert told.startswith("? INCOMPLETE No clause was seen to be broken, but that is not enough.")
    assert said in told
    assert "a worker died" in told
    assert "shorter times than the published ones" in told
    assert "Left behind on the target: ada@example" in told


def test_what_belongs_to_no_clause_is_not_left_out_of_sight() -> None:
    astray = replace(end("stray", "error"), clauses=[])
    assert "“stray” belongs to no known clause" in text(part(report_of(astray), "verdict"))
    assert "#c-" not in str(part(report_of(astray), "s1"))


def test_what_was_not_seen_is_told_by_reason() -> None:
    told = text(part(every_verdict("the reason"), "findings"))
    assert "Not judged ? untested BB-2 the reason ○ not claimed BB-3 the reason" in told


@pytest.mark.parametrize("report", REPORTS)
def test_every_clause_and_every_scenario_is_there(report: Report) -> None:
    page = soup(report)
    rows = [row["id"] for row in page.select("#clauses tbody tr")]
    assert rows == [f"c-{result.clause.id}" for result in report.verdict.clauses]
    assert len(page.select("details.s")) == len(report.ends)
    shown = [text(box.select_one(".t") or box) for box in page.select("details.s")]
    assert [told.removesuffix(" ✗ contract") for told in shown] == [item.title for item in report.ends]


@pytest.mark.parametrize("report", REPORTS)
def test_every_link_leads_somewhere_in_the_page_and_nothing_else_is_loaded(report: Report) -> None:
    page = soup(report)
    names = [str(tag["id"]) for tag in page.select("[id]")]
    assert len(names) == len(set(names))
    links = {str(tag["href"]) for tag in page.select("a[href]")}
    assert {link for link in links if not link.startswith("#")} == set()
    assert {link[1:] for link in links} - set(names) == set()
    assert [str(tag["href"])[:5] for tag in page.select("link")] == ["data:"]
    assert page.select("[src], [srcset], [style], iframe, object, embed, base") == []
    assert "url(" not in page.style.get_text()  # type: ignore[union-attr]
    assert "@import" not in page.style.get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize("report", REPORTS)
def test_headings_follow_one_another_and_tables_tell_what_their_cells_are(report: Report) -> None:
    page = soup(report)
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [tag for tag in page.select("table th") if not tag.get("scope")] == []
    assert page.html is not None
    assert page.html["lang"] == "en"


def test_a_browser_runs_and_shows_our_own_script_and_style_and_no_others() -> None:
    page = soup(every_verdict(HOSTILE))
    (policy,) = page.select('meta[http-equiv="Content-Security-Policy"]')
    assert str(policy["content"]).startswith("default-src 'none'; ")
    for name in ("style", "script"):
        (own,) = page.select(name)
        digest = base64.b64encode(hashlib.sha256(own.get_text().encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in str(policy["content"])


def test_what_a_target_says_is_shown_and_is_nothing_else() -> None:
    raw = html_report.render(every_verdict(HOSTILE)).decode()
    page = soup(every_verdict(HOSTILE))
    assert page.select("img") == []
    assert [tag for tag in page.select("*") if any(name.startswith("on") for name in tag.attrs)] == []
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", raw) is None
    assert len(page.select("details.s")) == 7
    # In a step of time, a reason, a body, a URL, an outline's row, a wait, a note and the title.
    assert raw.count("&lt;script&gt;alert(1)") >= 20
    assert "<script>alert" not in raw


def test_what_is_no_text_in_any_encoding_does_not_cost_the_report() -> None:
    assert b"a ? b" in html_report.render(every_verdict("a \ud800 b"))


def test_requests_are_in_full_where_something_was_not_right_and_in_a_line_elsewhere() -> None:
    page = soup(failing())
    assert [len(box_of(page, name).select(".full")) for name in ("one", "two", "answers oddly")] == [0, 2, 1]
    line = text(box_of(page, "one").select(".x li")[0])
    assert line == "POST /sign-in 200 100 ms"
    full = text(box_of(page, "two").select(".full")[0])
    assert full.startswith("POST /sign-in 200 signIn, 100 ms, step 1")
    assert "User-Agent: x {}" in full
    assert "server: acme {}" in full
    assert "Repeat curl -i -X POST" in full


def test_a_url_of_another_host_is_shown_as_it_is() -> None:
    elsewhere = {**exchange(), "url": "http://h.example/a", "request_body": None}
    there = text(part(report_of(end("one", exchanges=[elsewhere])), "s1"))
    assert "POST http://h.example/a 200" in there
    root = {**WRONG, "url": "http://h/", "request_body": None}
    assert "POST / 200" in text(part(report_of(end("one", "failed", exchanges=[root])), "s1"))


@pytest.mark.parametrize(
    ("judgement", "states"),
    [
        ("failed", ["passed:", "failed:", "skipped:"]),
        ("untested", ["passed:", "stopped:", "skipped:"]),
        ("not claimed", ["passed:", "stopped:", "skipped:"]),
    ],
)
def test_each_step_has_its_state(judgement: Judgement, states: list[str]) -> None:
    steps = part(report_of(end("one", judgement, steps=failing().ends[1].steps)), "s1").select(".g li")
    assert [text(step).split()[1] for step in steps] == states
    assert text(steps[0]) == "✓ passed: Given Ada is a user 10 ms"
    assert text(steps[2]) == "· skipped: And no code comes"


def test_a_scenario_has_the_row_of_its_outline_its_waits_and_its_violations() -> None:
    told = text(part(every_verdict("a wrong one"), "s5"))
    assert "password a wrong one" in told
    assert "the lock : a test clock was moved by 15 min" in text(part(conformant(), "s7")).replace(":", " :")
    assert "Operation signIn Described for 200, a body Came oh" in text(part(every_verdict("oh"), "s7"))


def test_scenarios_that_are_red_are_unfolded_unless_there_are_too_many() -> None:
    assert len(soup(failing()).select("details.s[open]")) == 2
    ends = [end(f"fails {at}", "failed", line=at, failure=FAILURE.to_json()) for at in range(21)]
    page = soup(report_of(*ends))
    assert page.select("details.s[open]") == []
    assert "and 20 more scenarios" in text(page)


def test_many_findings_of_one_clause_are_folded() -> None:
    failures = [replace(FAILURE, actual=f"{at}").to_json() for at in range(7)]
    ends = [end(f"fails {at}", "failed", line=at, failure=told) for at, told in enumerate(failures)]
    found = part(report_of(*ends), "f-AA-1")
    assert "2 further findings" in text(found)
    assert len(found.select(".evidence")) == 7


def test_the_contracts_coverage_tells_what_was_reached_and_what_never() -> None:
    told = text(part(conformant(), "coverage"))
    assert "1 of the 3 answers that the document describes, by status and media type, was reached; 1 answer" in told
    assert "signIn POST /sign-in 200 12x ✗ 418 1x, not in the document 401" in told.replace(
        "\N{MULTIPLICATION SIGN}", "x"
    )
    assert "signOut POST /sign-out nothing 204" in told
    assert "First chapter 3 of 3 3 passed" in told
    assert "The document describes no operation." in text(part(report_of(reached=()), "coverage"))


def test_of_two_media_types_with_one_status_each_is_named() -> None:
    kinds = {"application/json": 3, "application/xml": 0, "": 2}
    reached = [
        Reached("find", "GET", "/x", "200", described=True, exchanges=times, scenarios=times, media_type=kind)
        for kind, times in kinds.items()
    ]
    told = text(part(report_of(reached=tuple(reached)), "coverage")).replace("\N{MULTIPLICATION SIGN}", "x")
    assert "find GET /x 200 application/json 3x 200 no body 2x 200 application/xml" in told


def test_the_matrix_has_the_source_the_kind_and_the_scenarios_of_a_clause() -> None:
    report = every_verdict("because")
    assert text(part(report, "c-AA-1")) == (
        "AA-1 AA-1 is kept. Page, “Section” MUST core ✓ passed 2 scenarios passes breaks the contract"
    )
    assert "Inferred: It is one. SHOULD inferred in part from a standard ≈ deviation" in text(part(report, "c-AA-3"))
    assert "MUST inferred our decision ! error because 1 scenario not passed" in text(part(report, "c-BB-1"))
    assert "none was run" in text(part(report_of(), "c-AA-1"))
    assert "7 scenarios: all that were answered" in text(part(conformant(), "c-CONTRACT-1"))


def test_how_it_was_tested_stands_at_the_end() -> None:
    told = text(part(conformant(), "how"))
    for fact in (
        "servinix-conformance 1.2.3, clauses of version 7",
        "Product vendor Acme",
        "lock_seconds = 900",
        "no: what is inferred and broken is a deviation",
        "62 s, in 2 processes",
        "virtual: the target has a test clock",
        "within 500 ms; the target sends no date",
        "Python 3.11.7, Linux x86_64",
        "by itself, with exit status 0 (conformant)",
    ):
        assert fact in told
    footer = replace(FOOTER, complete=False, exit_status=99)
    changed = report_of(footer=footer, time="real", skew=-3, seed=5, strict=True, shortened=True, uncertainty=0.0)
    told = text(part(changed, "how"))
    for fact in ("clock is 3 s behind ours", "Seed 5", "times are shortened", "yes: what", "before its end, with exit"):
        assert fact in told
    assert "agrees with ours" in text(part(report_of(skew=0), "how"))


def test_violations_of_two_kinds_are_two_pieces_of_evidence() -> None:
    other = {**VIOLATION, "came": "text"}
    report = report_of(end("one", violations=[VIOLATION, other]), end("two", violations=[VIOLATION]))
    assert len(part(report, "f-CONTRACT-1").select(".evidence")) == 2


def test_what_a_scenario_measured_stands_at_it() -> None:
    report = report_of(end("measures", "passed", "AA-1", notes=[MEASURED, MEASURED | {"what": HOSTILE}]))
    assert "Measured: median: 4.2 ms; " in text(box_of(soup(report), "measures"))
    assert b"<script>alert" not in html_report.render(report)
