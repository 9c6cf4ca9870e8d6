"""What an answer looks like, so that two can be held side by side: ids, dates and what was sent are masked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .document import Answer
from .tree import escaped

_MASKS = (
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "{token}"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "{id}"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?", re.IGNORECASE), "{date}"),
    (re.compile(r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"), "{date}"),
    (re.compile(r"\b(?=[a-f]*[0-9])[0-9a-f]{16,}\b", re.IGNORECASE), "{id}"),
    (re.compile(r"\b\d{9,}(?:\.\d+)?\b"), "{number}"),
)
# These follow from the body, or are made of cookies, which are looked at apart.
_ELSEWHERE = {"content-length", "etag", "content-md5", "digest", "set-cookie"}
# Of a header that counts, times, numbers or names a machine it is seen that it is there.
_VARYING = re.compile(
    r"^(?:date|age|via|nel|report-to|content-security-policy|retry-after)$|^x-(?:amz|cache|served|backend)|^cf-"
    r"|remaining|ratelimit|timing|duration|latency|elapsed|runtime|response-time|request-id|trace|span|correlation",
    re.IGNORECASE,
)
_SHORTEST_SENT = 4


def looks_of(answer: Answer, sent: Iterable[object] = ()) -> dict[str, str]:
    """What an answer looks like, part by part: `status`, `header ...`, `cookie ...` and `body ...`.

    Args:
        answer: the answer.
        sent: what the request said, which the answer may repeat.
    """
    own = sorted({it for it in sent if isinstance(it, str) and len(it) >= _SHORTEST_SENT}, key=len, reverse=True)
    looks = {"status": str(answer.status)}
    for name, value in answer.headers.items():
        if name not in _ELSEWHERE:
            looks[f"header {name}"] = "{}" if _VARYING.search(name) else _masked(value, own)
    looks |= {f"cookie {name}": "{}" for name in answer.cookies}
    document = answer.json()
    if document is None:
        looks["body"] = _masked(answer.body.decode("utf-8", errors="replace"), own)
    else:
        looks |= {f"body {place}".rstrip(): _masked(text, own) for place, text in _members(document, "")}
    return looks


def _masked(text: str, own: list[str]) -> str:
    for value in own:
        text = text.replace(value, "{sent}")
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def _members(node: object, place: str) -> Iterator[tuple[str, str]]:
    """Every value of a JSON document with its pointer; of what holds others, that it is there."""
    if isinstance(node, dict):
        yield place, "{}"
        for key, item in node.items():
            yield from _members(item, f"{place}/{escaped(key)}")
    elif isinstance(node, list):
        yield place, "[]"
        for position, item in enumerate(node):
            yield from _members(item, f"{place}/{position}")
    else:
        yield place, str(node)
