"""What is wrong with a document, where, and what would mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..tree import Tree


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Attributes:
        rule: which rule says so, as `references`.
        line: from 1; 0 where no line can be named.
        column: likewise.
        pointer: where in the document (RFC 6901).
        told: what is wrong.
        remedy: what would mend it.
    """

    rule: str
    line: int
    column: int
    pointer: str
    told: str
    remedy: str


Fault = tuple[str, str, str]
"""What a rule gives: the pointer, what is wrong there, and what would mend it."""

Rule = Callable[[Tree], Iterator[Fault]]
