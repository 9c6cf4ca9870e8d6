"""report.html in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from browsers import NoBrowser, chromium, executable
from html_samples import conformant, every_verdict, failing, many
from playwright.sync_api import Browser, Page, expect

from servinix_conformance.report import Report
from servinix_conformance.reporting import html_report

AXE = Path(__file__).parents[2] / ".ci" / "node_modules" / "axe-core" / "axe.min.js"
LONG = "https://host.example/" + "a-word-without-any-blank" * 20
HOSTILE = "<script>window.hurt = 1</script><img src='http://evil.example/x' onerror='window.hurt = 1'>"
REPORTS = {"conformant": conformant, "failing": failing, "every verdict": every_verdict}
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Show a report; whatever a browser has to complain of, or asks the network for, fails the test."""
    contexts = []
    complaints: list[str] = []

    def open_it(report: Report, anchor: str = "", **options: Any) -> Page:  # noqa: ANN401 - any of the browser's options
        file = tmp_path / "report.html"
        file.write_bytes(html_report.render(report))
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if request.url[:4] == "http" else None)
        page.goto(f"{file.as_uri()}{anchor}")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")


def shown(page: Page) -> list[str]:
    """The names of the scenarios that are not filtered away."""
    return [" ".join(name.split()) for name in page.locator("details.s:not([hidden]) .t").all_text_contents()]


def wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("name", REPORTS)
def test_axe_finds_nothing_in_light_and_in_dark(show: Opened, name: str) -> None:
    assert AXE.exists(), f"{AXE} is missing: npm ci --prefix .ci --ignore-scripts"
    page = show(REPORTS[name](), color_scheme="light")
    unfold(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("axe.run({resultTypes: ['violations', 'incomplete']})")
        assert len(found["passes"]) > 20
        told = [(item["id"], [node["html"] for node in item["nodes"]]) for item in found["violations"]]
        assert told == [], f"{scheme}: {json.dumps(told, indent=1)}"


@pytest.mark.parametrize("width", [320, 360, 800, 1280])
def test_nothing_is_wider_than_the_screen(show: Opened, width: int) -> None:
    page = show(every_verdict(LONG), viewport={"width": width, "height": 700})
    assert wide(page) == width
    unfold(page)
    assert wide(page) == width


def test_filters_work_by_keyboard(show: Opened) -> None:
    page = show(every_verdict())
    assert len(shown(page)) == 7
    form = page.get_by_role("search")
    form.get_by_label("failed").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("2 of 7 clauses, 2 of 7 scenarios")
    assert shown(page) == ["fails", "breaks the contract ✗ contract"]
    page.keyboard.press("Space")
    form.get_by_label("Chapter").focus()
    page.keyboard.press("S")
    expect(page.get_by_role("status")).to_have_text("3 of 7 clauses, 3 of 7 scenarios")
    expect(page.get_by_role("heading", name="First chapter")).to_be_hidden()
    form.get_by_label("Text").focus()
    page.keyboard.type("is not CLAIMED")
    expect(page.get_by_role("status")).to_have_text("1 of 7 clauses, 1 of 7 scenarios")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("7 of 7 clauses, 7 of 7 scenarios")


def test_what_is_shown_is_unfolded_and_folded_at_once(show: Opened) -> None:
    page = show(every_verdict())
    page.get_by_label("untested").check()
    expect(page.get_by_role("status")).to_have_text("1 of 7 clauses, 1 of 7 scenarios")
    page.get_by_role("button", name="Open what is shown").press("Enter")
    expect(page.get_by_text("because", exact=False).first).to_be_attached()
    assert page.locator("details.s:not([hidden])[open]").count() == 1
    page.get_by_role("button", name="Close it").press("Enter")
    assert page.locator("details.s:not([hidden])[open]").count() == 0


def test_a_link_leads_to_what_a_filter_hides(show: Opened) -> None:
    page = show(failing())
    page.get_by_label("passed").check()
    expect(page.get_by_role("status")).to_have_text("1 of 7 clauses, 2 of 3 scenarios")
    page.locator("#f-AA-2 .seen a").press("Enter")
    expect(page.locator("#s2")).to_be_in_viewport()
    expect(page.get_by_role("status")).to_have_text("7 of 7 clauses, 3 of 3 scenarios")


def test_a_link_from_outside_opens_its_scenario(show: Opened) -> None:
    expect(show(many(60), "#s42").locator("#s42")).to_be_in_viewport()


@pytest.mark.parametrize("anchor", ["#%", "#nothing"])
def test_a_link_that_leads_nowhere_shows_the_beginning(show: Opened, anchor: str) -> None:
    expect(show(conformant(), anchor).locator("h1")).to_be_in_viewport()


@pytest.mark.parametrize("scripted", [True, False])
def test_a_link_past_what_was_not_laid_out_yet_leads_to_its_place(show: Opened, scripted: bool) -> None:  # noqa: FBT001 - a parameter
    page = show(many(200), java_script_enabled=scripted, viewport={"width": 360, "height": 700})
    page.get_by_role("link", name="How this was tested").press("Enter")
    expect(page.locator("#h-how")).to_be_in_viewport()


def test_without_a_script_everything_can_be_reached(show: Opened) -> None:
    page = show(every_verdict(), java_script_enabled=False)
    expect(page.locator("#filters")).to_be_hidden()
    assert len(shown(page)) == 7
    page.locator("#verdict a", has_text="AA-3").press("Enter")
    expect(page.locator("#f-AA-3")).to_be_in_viewport()
    page.locator("#f-AA-3 .seen a").press("Enter")
    expect(page.locator("#s3 .failure")).to_be_visible()
    assert page.locator("[hidden]:not(#filters)").count() == 0
    requests = page.locator("#s3 summary").first
    expect(requests).to_have_text("1 request, 100 ms")
    requests.press("Enter")
    expect(page.locator("#s3 .full").first).to_be_visible()
    page.locator("#s3 .full summary").first.press("Enter")
    expect(page.locator("#s3 .full .curl").first).to_be_visible()


def test_the_first_stop_of_the_keyboard_skips_to_the_verdict(show: Opened) -> None:
    page = show(failing())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the verdict")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "AA-2"


def test_what_failed_stands_in_the_first_screen_of_a_phone(show: Opened) -> None:
    page = show(failing(), viewport={"width": 360, "height": 740})
    expect(page.get_by_role("heading", name="NOT CONFORMANT")).to_be_in_viewport(ratio=1)
    expect(page.locator("#verdict a", has_text="AA-2")).to_be_in_viewport(ratio=1)
    expect(page.locator("#verdict a", has_text="CONTRACT-1")).to_be_in_viewport(ratio=1)


def test_nothing_that_a_target_says_ever_runs(show: Opened) -> None:
    page = show(every_verdict(HOSTILE))
    unfold(page)
    assert page.evaluate("window.hurt") is None
    assert page.locator("img").count() == 0
    expect(page.locator("h1")).to_have_text(HOSTILE)


def test_a_script_that_found_its_way_into_the_page_would_not_run(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(html_report.render(failing()).replace(b"<h1>", b"<script>window.hurt = 1</script><h1>"))
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(file.as_uri())
    assert page.evaluate("window.hurt") is None
    assert page.locator("#filters").is_visible()
    assert len(refused) == 1
    assert "Content Security Policy" in refused[0]
    page.close()


def test_two_thousand_scenarios_are_shown_and_found(show: Opened) -> None:
    page = show(many(2000))
    expect(page.get_by_role("status")).to_have_text("7 of 7 clauses, 2000 of 2000 scenarios")
    page.get_by_label("Text").fill("number 1999")
    expect(page.get_by_role("status")).to_contain_text(", 1 of 2000 scenarios")
    assert shown(page) == ["number 1999"]


def test_on_paper_there_are_no_filters_and_it_is_light(show: Opened) -> None:
    page = show(every_verdict(), color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator(".contents")).to_be_hidden()
    expect(page.get_by_text("Ada is refused").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 33, 38)"
    assert page.pdf(format="A4")[:5] == b"%PDF-"


def test_a_missing_browser_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        NoBrowser, match="apt-get install chromium-headless-shell; elsewhere: python -m playwright install"
    ):
        executable("/nowhere")
