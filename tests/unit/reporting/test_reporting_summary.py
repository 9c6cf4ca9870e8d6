from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from reporting_samples import BOTH, FAILURE, MEASURED, VIOLATION, Make, end, exchange

from servinix_conformance import __version__
from servinix_conformance.options import Options
from servinix_conformance.reporting import summary
from servinix_conformance.reporting.summary import escaped
from servinix_conformance.run import Run

MARKDOWN = MarkdownIt("gfm-like")
if MARKDOWN.linkify is not None:
    MARKDOWN.linkify.set({"fuzzy_link": False})  # neither GitHub nor GitLab takes a bare name for a link


def told(run: Run) -> str:
    return summary.render(run.report).decode()


def rows(text: str) -> list[str]:
    return [line.replace("&#95;", "_") for line in text.splitlines() if line.startswith("| ")][2:]


def test_a_run_where_all_is_well_is_told_in_three_lines(run_of: Make) -> None:
    run = run_of(end("one", "passed", "AA-1", "AA-2", "BB-1"))
    assert told(run) == (
        "## Servinix MFA conformance\n\n"
        "- ✅ **CONFORMANT documented: 3 passed**\n"
        "- ✅ **CONFORMANT contract: 1 passed**\n\n"
        "Tested: Example (Servinix) at https:/\N{WORD JOINER}/host.example; 1 scenario in 1.5 s, real time; "
        f"suite {__version__}, clauses 7.\n"
    )


def test_what_is_not_passed_is_told_with_reason_and_place_the_worst_first(run_of: Make) -> None:
    ends = [
        end("nobody knows", "untested", "BB-1", line=24),
        end("astray", "error", line=34, clauses=[]),
        end("not there", "not claimed", "AA-2", line=44),
        end("odd", "failed", "AA-1", inferred=True, line=54),
    ]
    text = told(run_of(*BOTH, *ends))
    assert "- ❌ **NOT CONFORMANT documented: 1 failed (AA-2), 1 deviation (AA-1), 1 untested (BB-1)**\n" in text
    assert "- ⚠️ **INCOMPLETE contract: 1 passed**\n" in text
    assert rows(text) == [
        "| AA-2 | failed | two (as web portal)<br>features/a.feature:8 | because of two |",
        "| none | error | astray<br>features/a.feature:34 | because of astray |",
        "| AA-1 | deviation | odd<br>features/a.feature:54 | because of odd |",
        "| BB-1 | untested | nobody knows<br>features/a.feature:24 | because of nobody knows |",
    ]


def test_an_answer_that_is_not_described_is_told_once(run_of: Make) -> None:
    ends = [
        end(name, violations=[VIOLATION], exchanges=[exchange([VIOLATION])], line=line)
        for name, line in (("one", 4), ("two", 14))
    ]
    assert rows(told(run_of(*ends)))[0] == (
        "| CONTRACT-1 | failed | one<br>features/a.feature:4 (and 1 more) "
        "| signIn: the document says for 200, a body; what came: none |"
    )


def test_a_clause_that_nobody_looked_at_is_told(run_of: Make) -> None:
    assert rows(told(run_of(BOTH[0]))) == [
        "| AA-2 | untested |  | no scenario of it was run |",
        "| BB-1 | untested |  | no scenario of it was run |",
    ]


def test_a_narrowed_run_says_that_it_has_no_verdict(run_of: Make) -> None:
    text = told(run_of(BOTH[0], options=Options(narrowed=True, strict=True)))
    assert "- **1 of 1 selected clauses passed; no profile verdict**\n" in text
    assert "real time, strict; " in text
    assert "CONFORMANT" not in text


def test_why_a_run_stopped_and_what_it_left_is_told(run_of: Make) -> None:
    run = run_of(BOTH[0], shortened=True)
    run.stopped, run.leftovers, run.problem = "interrupted", ["ada", "bea"], ("the suite fell over", 70)
    text = told(run)
    assert "- stopped before the end: interrupted\n- the suite fell over\n" in text
    assert "real time, shortened times; " in text
    assert text.endswith("\nLeft behind on the target: 2 (accounts not deleted or set back, deliveries that fail).\n")
    run.leftovers = ["ada"]
    assert told(run).endswith(
        "\nLeft behind on the target: 1 (accounts not deleted or set back, deliveries that fail).\n"
    )


HOSTILE = [
    "| a | b |",
    "`code` and ``more``",
    "**bold** _it_ __it__ ~~gone~~",
    "<b>bold</b> <img src=x onerror=alert(1)> <!-- gone",
    "[link](http://x.example) ![image](http://x.example/i.png)",
    "<http://x.example> http://x.example www.x.example ftp://x.example mailto:a@x.example ada@x.example",
    "\\| \\` \\\\",
    "&lt;b&gt; &#64;ada",
    "one\ntwo\n\n# three\r\n- four",
    "$$x$$ $x$",
]


@pytest.mark.parametrize("said", HOSTILE)
def test_what_a_target_says_is_shown_as_text(run_of: Make, said: str) -> None:
    failure = replace(FAILURE, actual=said).to_json()
    text = told(run_of(end(said, "failed", "AA-1", reason=said, failure=failure)))
    shown = MARKDOWN.render(text)
    assert shown.count("<tr>") == 1 + len(rows(text)) == 4
    plain = (
        " ".join(said.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
    assert f"<td>{plain}</td>" in shown.replace("\N{WORD JOINER}", "")
    assert "<a " not in shown
    assert "<img" not in shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("@ada and a@b.example", "@ ada and a@ b.example"),
        ("#12, org/repo#12, !3 ~bug %1", "# 12, org/repo# 12, ! 3 &#126; bug % 1"),
        (":tada: at 12:30, a:b", ": tada: at 12:30, a:b"),
        ("HTTP://h and WWW.h", "HTTP:/ /h and WWW .h"),
        ("Rate: 50% & more", "Rate: 50% &#38; more"),
        ("\x1b[2J\u202e", "\ufffd&#91;2J\ufffd"),
    ],
)
def test_nobody_is_called_and_nothing_is_linked(said: str, shown: str) -> None:
    assert escaped(said).replace("\N{WORD JOINER}", " ") == shown


def test_a_long_reason_is_cut(run_of: Make) -> None:
    assert rows(told(run_of(end("one", "failed", reason="x" * 400))))[0].endswith(f"| {'x' * 300}… |")


def test_a_long_summary_is_cut_between_rows_and_says_so(run_of: Make) -> None:
    run = run_of(*(end(f"{number} {'|' * 100}", "failed", line=4) for number in range(200)))
    run.leftovers = ["ada"]
    text = told(run)
    assert 59_000 < len(text) <= 60_000
    kept = len(rows(text))
    # Two clauses have no scenario here.
    assert f"\nand {202 - kept} more: see the other reports of this run\n" in text
    assert text.endswith("\nLeft behind on the target: 1 (accounts not deleted or set back, deliveries that fail).\n")


def test_what_was_measured_is_told_where_there_is_room(run_of: Make) -> None:
    text = told(run_of(*BOTH, end("three", "passed", "BB-1", line=24, notes=[MEASURED])))
    assert text.endswith("\n**Measured**\n\n- three<br>features/a.feature:24: median: 4.2 ms\n")
    many = [end("three", "passed", "BB-1", line=24, notes=[MEASURED | {"value": "x" * 60_000}])]
    assert "Measured" not in told(run_of(*BOTH, *many))
