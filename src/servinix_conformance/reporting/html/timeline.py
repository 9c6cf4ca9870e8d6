"""Where the time went: scenarios by process, and what they waited for at the same time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .scenarios import ScenarioView
from .words import span

WIDTH = 1000
_NARROWEST = 0.8
_SLOWEST = 10
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time, in thousandths of the whole."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Lane:
    """A process, with what it did one after another."""

    process: str
    bars: tuple[tuple[ScenarioView, Bar], ...]
    waits: tuple[Bar, ...]
    busy: str


@dataclass(frozen=True, slots=True)
class WaitView:
    """A wait that somebody really sat through, and with how many others at the same time."""

    what: str
    scenario: ScenarioView
    began: str
    span: str
    others: int


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the scenarios' time."""

    name: str
    span: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Timeline:
    """All of it.

    Attributes:
        ticks: moments along the axis.
        shares: what the scenarios' time went into.
        moved: what a test clock was moved for: what, for how long, in how many scenarios.
        waited, took: how long all real waits are together, and how long they took because some overlapped.
        most: how many waited at the same time, at the most.
    """

    lanes: tuple[Lane, ...]
    ticks: tuple[str, ...]
    shares: tuple[Share, ...]
    slowest: tuple[ScenarioView, ...]
    waits: tuple[WaitView, ...]
    waited: str
    took: str
    most: int
    moved: tuple[tuple[str, str, int], ...]
    moved_altogether: str


def timeline(scenarios: Sequence[ScenarioView]) -> Timeline:
    """The timeline of the scenarios that began."""
    begun = sorted((view for view in scenarios if view.end.started), key=lambda view: view.end.started)
    first = begun[0].end.started if begun else 0.0
    last = max((view.end.started + view.end.seconds for view in begun), default=0.0)
    length = max(last - first, 1e-6)
    real = [
        (wait["started"], wait["started"] + wait["seconds"], wait["what"], view)
        for view in begun
        for wait in view.end.waits
        if not wait["moved"]
    ]
    real.sort(key=lambda wait: wait[:2])
    starts, ends = [wait[0] for wait in real], sorted(wait[1] for wait in real)
    at_once = [bisect_left(starts, end) - bisect_right(ends, start) - 1 for start, end, _, _ in real]
    moved = Counter(
        (wait["what"], float(wait["seconds"])) for view in begun for wait in view.end.waits if wait["moved"]
    )

    def bar(start: float, seconds: float) -> Bar:
        width = max(seconds / length * WIDTH, _NARROWEST)
        return Bar(round(min((start - first) / length * WIDTH, WIDTH - _NARROWEST), 1), round(width, 1))

    def lane(process: str) -> Lane:
        own = [view for view in begun if view.end.process == process]
        return Lane(
            process,
            tuple((view, bar(view.end.started, view.end.seconds)) for view in own),
            tuple(bar(start, end - start) for start, end, _, view in real if view.end.process == process),
            span(sum(view.end.seconds for view in own)),
        )

    return Timeline(
        lanes=tuple(lane(process) for process in sorted({view.end.process for view in begun}, key=_order)),
        ticks=tuple(span(length * part / _TICKS) for part in range(_TICKS + 1)),
        shares=_shares(begun),
        slowest=tuple(sorted(begun, key=lambda view: -view.end.seconds)[:_SLOWEST]),
        waits=tuple(
            WaitView(what, view, span(start - first), span(end - start), others)
            for (start, end, what, view), others in zip(real, at_once, strict=True)
        ),
        waited=span(sum(end - start for start, end, _, _ in real)),
        took=span(_union([(start, end) for start, end, _, _ in real])),
        most=_most(starts, ends),
        moved=tuple((what, span(seconds), times) for (what, seconds), times in moved.most_common()),
        moved_altogether=span(sum(seconds * times for (_, seconds), times in moved.items())),
    )


def _order(process: str) -> tuple[int, str]:
    """Workers by number: gw10 comes after gw9."""
    return len(process), process


def _shares(begun: Sequence[ScenarioView]) -> tuple[Share, ...]:
    whole = sum(view.end.seconds for view in begun)
    exchanging = sum(item["seconds"] for view in begun for item in view.end.exchanges)
    waiting = sum(wait["seconds"] for view in begun for wait in view.end.waits if not wait["moved"])
    parts = {
        "requests and answers": exchanging,
        "waits": waiting,
        "the suite itself": max(whole - exchanging - waiting, 0.0),
    }
    total = sum(parts.values()) or 1.0
    edges = [0.0]
    for seconds in parts.values():
        edges.append(edges[-1] + seconds / total * WIDTH)
    return tuple(
        Share(name, span(seconds), Bar(round(left, 1), round(right - left, 1)))
        for (name, seconds), (left, right) in zip(parts.items(), pairwise(edges), strict=True)
    )


def _union(stretches: Sequence[tuple[float, float]]) -> float:
    """How long at least one of them lasted; they are in the order of their beginnings."""
    total, until = 0.0, float("-inf")
    for start, end in stretches:
        total += max(end - max(start, until), 0.0)
        until = max(until, end)
    return total


def _most(starts: Sequence[float], ends: Sequence[float]) -> int:
    return max((position + 1 - bisect_right(ends, start) for position, start in enumerate(starts)), default=0)
