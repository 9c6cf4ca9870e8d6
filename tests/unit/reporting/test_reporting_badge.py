from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from reporting_samples import BOTH, Make, end

from servinix_conformance.options import Options
from servinix_conformance.reporting import badge
from servinix_conformance.run import Run

SVG = "{http://www.w3.org/2000/svg}"
ALL = ("AA-1", "AA-2", "BB-1")


def drawn(run: Run) -> ET.Element:
    return ET.fromstring(badge.render(run.report))  # noqa: S314 - our own file


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ("conformant", "passed"),
        ("not conformant", "failed"),
        ("incomplete", "untested"),
        ("incomplete", "error"),
    ],
)
def test_a_badge_tells_the_verdict(run_of: Make, told: str, verdict: str) -> None:
    svg = drawn(run_of(end("one", verdict, *ALL)))  # type: ignore[arg-type]  # one of the words
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["Servinix MFA", told]
    assert svg.findtext(f"{SVG}title") == f"Servinix MFA: {told}"


def test_a_badge_says_how_many_clauses_are_not_claimed(run_of: Make) -> None:
    green, red = end("one", "passed", "AA-1"), end("one", "failed", "AA-1")
    rest = end("two", "not claimed", "AA-2", "BB-1", line=14)
    assert drawn(run_of(green, rest)).findtext(f"{SVG}title") == "Servinix MFA: conformant, 2 not claimed"
    assert drawn(run_of(red, rest)).findtext(f"{SVG}title") == "Servinix MFA: not conformant"


def test_a_narrowed_run_has_a_badge_without_a_verdict(run_of: Make) -> None:
    svg = drawn(run_of(*BOTH, options=Options(narrowed=True)))
    assert svg.findtext(f"{SVG}title") == "Servinix MFA: no verdict"


def test_a_run_that_was_stopped_has_no_green_badge(run_of: Make) -> None:
    run = run_of(end("one", "passed", *ALL))
    run.stopped = "interrupted"
    assert drawn(run).findtext(f"{SVG}title") == "Servinix MFA: incomplete"


def test_a_badge_is_an_image_with_a_name_and_needs_nothing_else(run_of: Make) -> None:
    text = badge.render(run_of(*BOTH).report).decode()
    svg = ET.fromstring(text)  # noqa: S314 - our own file
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "Servinix MFA: not conformant")
    assert text.count("http") == 1  # the namespace
    assert "url(" not in text


def test_the_words_of_a_badge_fit_into_it(run_of: Make) -> None:
    svg = drawn(run_of(*BOTH))
    left, right = svg.iter(f"{SVG}rect")
    subject, told = svg.iter(f"{SVG}text")
    assert (left.get("width"), right.get("x"), right.get("width")) == ("104", "104", "118")
    assert (subject.get("x"), subject.get("textLength")) == ("10", "84")
    assert (told.get("x"), told.get("textLength")) == ("114", "98")
    assert svg.get("width") == "222"


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG 2 has it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("narrowed", [False, True])
@pytest.mark.parametrize("verdict", ["passed", "failed", "untested"])
def test_the_words_of_a_badge_can_be_read(run_of: Make, verdict: str, narrowed: bool) -> None:  # noqa: FBT001 - a parameter
    run = run_of(end("one", verdict, *ALL), options=Options(narrowed=narrowed))  # type: ignore[arg-type]  # likewise
    for rect in drawn(run).iter(f"{SVG}rect"):
        assert 1.05 / (brightness(str(rect.get("fill"))) + 0.05) >= 4.5
