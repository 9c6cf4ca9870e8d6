"""exchanges.har: all that was said and answered, in order of time, for the developer tools of browsers (HAR 1.2).

http://www.softwareishard.com/blog/har-12-spec/. A scenario is a page there: viewers keep its exchanges together, and
those of Chrome and Firefox import nothing without pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..events import ScenarioEnd
from ..report import Report

_UNKNOWN = -1
_PHRASES = {item.value: item.phrase for item in HTTPStatus}
# Several cookies of one answer are one header here, and the comma of a date parts none.
_NEXT_COOKIE = re.compile(r",\s*(?=[^;,=\s]+=)")


def render(report: Report) -> bytes:
    """The file."""
    pages = [end for end in report.ends if end.exchanges]
    entries = [_entry(end, exchange) for end in pages for exchange in end.exchanges]
    log = {
        "version": "1.2",
        "creator": {"name": "servinix-conformance", "version": report.header.suite},
        "pages": [_page(end) for end in pages],
        "entries": sorted(entries, key=lambda entry: str(entry["startedDateTime"])),
        "comment": f"{report.header.target}, {report.header.base_url}; $NAME stands for what was left out as a secret",
    }
    return f"{json.dumps({'log': log}, ensure_ascii=False)}\n".encode()


def _page(end: ScenarioEnd) -> dict[str, Any]:
    return {
        "startedDateTime": _moment(end.started),
        "id": end.id,
        "title": end.title,
        "pageTimings": {"onContentLoad": _UNKNOWN, "onLoad": _UNKNOWN},
        "comment": f"{end.where}, {', '.join(end.clauses)}: {end.judgement}",
    }


def _entry(end: ScenarioEnd, exchange: Mapping[str, Any]) -> dict[str, Any]:
    milliseconds = round(exchange["seconds"] * 1000, 3)
    return {
        "pageref": end.id,
        "startedDateTime": _moment(exchange["started"]),
        "time": milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        # Else Chrome takes the first exchange of a page for its document.
        "_resourceType": "fetch",
        "comment": f"{end.title}: {exchange['operation']}",
    }


def _request(exchange: Mapping[str, Any]) -> dict[str, Any]:
    headers, body = exchange["request_headers"], exchange["request_body"]
    # The mask has brackets, and a URL has none there.
    url = exchange["url"].replace("[redacted]", "%5Bredacted%5D")
    request = {
        "method": exchange["method"],
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [
            {"name": name, "value": value} for name, value in _pairs(_value_of(headers, "cookie"), re.compile(";"))
        ],
        "headers": _named(headers),
        "queryString": [
            {"name": name, "value": value} for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
        ],
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }
    if body is not None:
        request["postData"] = {"mimeType": _value_of(headers, "content-type"), "text": body}
    return request


def _response(exchange: Mapping[str, Any]) -> dict[str, Any]:
    headers, body, status = exchange["response_headers"], exchange["response_body"], exchange["status"]
    return {
        "status": status,
        "statusText": _PHRASES.get(status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [
            {"name": name, "value": value} for name, value in _pairs(_value_of(headers, "set-cookie"), _NEXT_COOKIE)
        ],
        "headers": _named(headers),
        "content": {
            "size": len(body.encode(errors="replace")),
            "mimeType": _value_of(headers, "content-type") or "x-unknown",
            "text": body,
        },
        "redirectURL": _value_of(headers, "location"),
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def _named(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _value_of(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _pairs(text: str, between: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Name and value of each cookie; what stands behind them is in the header."""
    for part in between.split(text):
        name, equals, value = part.partition(";")[0].strip().partition("=")
        if equals:
            yield name, value
