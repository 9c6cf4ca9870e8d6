from __future__ import annotations

import json
from typing import Any

import pytest
from reporting_samples import BOTH, Make, end, exchange

from servinix_conformance import __version__
from servinix_conformance.events import ScenarioEnd
from servinix_conformance.reporting import har
from servinix_conformance.run import Run


def log_of(run: Run) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(har.render(run.report))["log"]
    return log


def entry_of(run_of: Make, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any attribute
    (entry,) = log_of(run_of(end("one", exchanges=[exchange() | changes])))["entries"]
    return dict(entry)


def at(name: str, *moments: float, line: int = 4) -> ScenarioEnd:
    exchanges = [exchange() | {"started": moment} for moment in moments]
    return end(name, line=line, started=min(moments, default=0.0), exchanges=exchanges)


def test_the_archive_names_suite_and_target(run_of: Make) -> None:
    run = run_of(*BOTH)
    log = log_of(run)
    assert (log["version"], log["creator"]) == ("1.2", {"name": "servinix-conformance", "version": __version__})
    assert log["comment"].startswith("Example, https://host.example; ")


def test_exchanges_of_all_scenarios_are_in_order_of_time(run_of: Make) -> None:
    log = log_of(run_of(at("one", 10.0, 30.5), at("two", 20.25, line=14), at("none", line=24)))
    assert [(entry["startedDateTime"], entry["comment"]) for entry in log["entries"]] == [
        ("1970-01-01T00:00:10.000000+00:00", "one: signIn"),
        ("1970-01-01T00:00:20.250000+00:00", "two: signIn"),
        ("1970-01-01T00:00:30.500000+00:00", "one: signIn"),
    ]


def test_a_scenario_with_exchanges_is_a_page(run_of: Make) -> None:
    log = log_of(run_of(at("one", 10.0, 30.5), at("two", 20.25, line=14), at("none", line=24)))
    assert [page["id"] for page in log["pages"]] == ["features/a.feature::one", "features/a.feature::two"]
    assert log["pages"][1] == {
        "startedDateTime": "1970-01-01T00:00:20.250000+00:00",
        "id": "features/a.feature::two",
        "title": "two",
        "pageTimings": {"onContentLoad": -1, "onLoad": -1},
        "comment": "features/a.feature:14, AA-1: passed",
    }
    assert [entry["pageref"].partition("::")[2] for entry in log["entries"]] == ["one", "two", "one"]


def test_a_request_is_told_with_its_query_cookies_and_body(run_of: Make) -> None:
    headers = {"Content-Type": "application/json", "COOKIE": "a=1; b=x=y;broken"}
    entry = entry_of(run_of, url="http://h/sign-in?q=1&empty=&token=[redacted]", request_headers=headers)
    assert entry["request"] == {
        "method": "POST",
        "url": "http://h/sign-in?q=1&empty=&token=%5Bredacted%5D",
        "httpVersion": "HTTP/1.1",
        "cookies": [{"name": "a", "value": "1"}, {"name": "b", "value": "x=y"}],
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "queryString": [
            {"name": "q", "value": "1"},
            {"name": "empty", "value": ""},
            {"name": "token", "value": "[redacted]"},
        ],
        "headersSize": -1,
        "bodySize": -1,
        "postData": {"mimeType": "application/json", "text": "{}"},
    }
    assert entry["_resourceType"] == "fetch"
    assert (entry["time"], entry["timings"], entry["cache"]) == (100.0, {"send": 0, "wait": 100.0, "receive": 0}, {})


def test_a_request_without_a_body_posts_nothing(run_of: Make) -> None:
    assert "postData" not in entry_of(run_of, method="GET", request_body=None)["request"]


def test_an_answer_is_told_with_its_cookies_and_content(run_of: Make) -> None:
    headers = {
        "content-type": "text/plain; charset=utf-8",
        "set-cookie": "sid=$SESSION; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure, theme=dark",
        "location": "/next",
    }
    entry = entry_of(run_of, status=303, response_headers=headers, response_body="grüß")
    assert entry["response"] == {
        "status": 303,
        "statusText": "See Other",
        "httpVersion": "HTTP/1.1",
        "cookies": [{"name": "sid", "value": "$SESSION"}, {"name": "theme", "value": "dark"}],
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "content": {"size": 6, "mimeType": "text/plain; charset=utf-8", "text": "grüß"},
        "redirectURL": "/next",
        "headersSize": -1,
        "bodySize": -1,
    }


@pytest.mark.parametrize(("status", "phrase"), [(200, "OK"), (799, "")])
def test_a_status_that_nobody_knows_has_no_words(run_of: Make, status: int, phrase: str) -> None:
    assert entry_of(run_of, status=status)["response"]["statusText"] == phrase


def test_an_answer_without_a_media_type_says_that_it_is_unknown(run_of: Make) -> None:
    assert entry_of(run_of)["response"]["content"] == {"size": 2, "mimeType": "x-unknown", "text": "{}"}


def test_a_run_without_exchanges_is_an_empty_archive(run_of: Make) -> None:
    log = log_of(run_of(end("one", exchanges=[])))
    assert (log["pages"], log["entries"]) == ([], [])
