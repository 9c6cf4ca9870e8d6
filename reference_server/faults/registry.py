"""What a fault is, and the list of all."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from ..portal import Pages
from ..rules import Rules
from ..store import Store
from ..tokens import Tokens

Severity = Literal["C", "H", "M", "L"]
Part = TypeVar("Part", type[Rules], type[Tokens], type[Store], type[Pages])
PARTS: Mapping[str, type] = {"rules": Rules, "tokens": Tokens, "store": Store, "pages": Pages}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way for the server to be wrong.

    Attributes:
        id: its stable name.
        severity: C critical, H high, M medium, L low.
        clause: the clause that it breaks.
        also_breaks: clauses that cannot help being broken with it.
        sentence: what the wrong server does.
        part: which part of the server is replaced: rules, tokens, store or pages.
        replacement: what replaces it.
    """

    id: str
    severity: Severity
    clause: str
    also_breaks: tuple[str, ...]
    sentence: str
    part: str
    replacement: type[Rules] | type[Tokens] | type[Store] | type[Pages]


registered: dict[str, Fault] = {}


def fault(
    identity: str, *, severity: Severity, clause: str, also_breaks: tuple[str, ...] = ()
) -> Callable[[Part], Part]:
    """Put a subclass of exactly one part on the list; its docstring says what the wrong server does.

    Raises:
        ValueError: for an id that is taken, no docstring, or a class that does not replace one part.
    """

    def register(replacement: Part) -> Part:
        parts = [name for name, part in PARTS.items() if replacement.__bases__ == (part,)]
        sentence = inspect.cleandoc(replacement.__doc__ or "")
        if identity in registered or len(parts) != 1 or not sentence:
            raise ValueError(f"fault {identity}: must have an id of its own, one of the parts as base, and a docstring")
        registered[identity] = Fault(identity, severity, clause, also_breaks, sentence, parts[0], replacement)
        return replacement

    return register
