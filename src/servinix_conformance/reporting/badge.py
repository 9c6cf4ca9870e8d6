"""badge.svg: the verdict in a few words, for a README or a dashboard."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from ..report import Report

_SUBJECT = "Servinix MFA"
# White on each has a contrast of at least 4.5 to 1.
_COLOURS = {"CONFORMANT": "#1a7f37", "NOT CONFORMANT": "#cf222e", "INCOMPLETE": "#8a5a00", None: "#57606a"}
_GREY = "#333333"
_HEIGHT, _CHARACTER, _MARGIN = 20, 7, 10


def render(report: Report) -> bytes:
    """The file."""
    overall = report.verdict.overall
    told = overall.lower() if overall else "no verdict"
    unclaimed = sum(result.verdict == "not claimed" for result in report.verdict.clauses)
    if overall == "CONFORMANT" and unclaimed:
        told = f"{told}, {unclaimed} not claimed"
    left, right = (len(text) * _CHARACTER + 2 * _MARGIN for text in (_SUBJECT, told))
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(left + right),
            "height": str(_HEIGHT),
            "viewBox": f"0 0 {left + right} {_HEIGHT}",
            "role": "img",
            "aria-label": f"{_SUBJECT}: {told}",
        },
    )
    SubElement(svg, "title").text = f"{_SUBJECT}: {told}"
    for start, width, colour in ((0, left, _GREY), (left, right, _COLOURS[overall])):
        SubElement(svg, "rect", x=str(start), width=str(width), height=str(_HEIGHT), fill=colour)
    words = SubElement(svg, "g", {"fill": "#ffffff", "font-family": "Verdana, sans-serif", "font-size": "11"})
    for start, text in ((0, _SUBJECT), (left, told)):
        # The length is given, so that the words fit whatever font a reader has.
        place = {"x": str(start + _MARGIN), "y": "14", "textLength": str(len(text) * _CHARACTER)}
        SubElement(words, "text", place).text = text
    return bytes(tostring(svg, encoding="utf-8")) + b"\n"
