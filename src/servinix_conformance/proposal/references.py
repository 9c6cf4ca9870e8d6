"""Values of a document that a target file would read as references: they never get into one. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .guesses import Found, Guess, Proposal

# A document is somebody else's: ${NAME} and file:PATH in it would fetch what is on this machine and send it there.
_REFERENCE = re.compile(r"\$\{|\A(env|file):")

_PLACE = re.compile(r"(/.*|(query|path):.+|(header|cookie):[!#$%&'*+.^_`|~0-9A-Za-z-]+)?")


def is_reference(value: object) -> bool:
    """Whether a target file would read a value as a reference to something else."""
    return isinstance(value, str) and bool(_REFERENCE.search(value))


def disarm(proposal: Proposal) -> None:
    """Leave out all that would be read as a reference, and say so where a request needs it."""
    for name, found in [*proposal.operations.items(), *proposal.unsettled.items()]:
        if is_reference(found.operation.value):
            proposal.operations.pop(name, None)
            proposal.unsettled.pop(name, None)
            proposal.missing[name] = "its name in the document would be read as a reference to a variable or a file"
            continue
        for table in (found.request, found.answer, found.constants):
            _disarm(found, table)
        if found.success is not None and _holds(found.success):
            found.success = None
    if proposal.success is not None and _holds(proposal.success):
        proposal.success = None
    proposal.problems = {name: guess for name, guess in proposal.problems.items() if not _holds(guess)}
    proposal.headers = {name: why for name, why in proposal.headers.items() if _is_place(f"header:{name}")}
    proposal.clients = {
        place: values
        for place, values in proposal.clients.items()
        if _is_place(place) and not any(map(is_reference, values))
    }


def _disarm(found: Found, table: dict[str, Guess]) -> None:
    for key, guess in list(table.items()):
        place = key if table is found.constants else guess.value
        if is_reference(place) or is_reference(guess.value):
            del table[key]
            found.open.append(f"what the document has for {key!r} would be read as a reference, and is left out")
        elif not _is_place(place):
            del table[key]
            found.open.append(f"the document has signs at {key!r} that no place can have")


def _is_place(place: str) -> bool:
    return bool(_PLACE.fullmatch(place)) and place.isprintable() and not is_reference(place)


def _holds(guess: Guess) -> bool:
    """Whether a condition has something in it that cannot be written."""
    table = guess.value if isinstance(guess.value, Mapping) else {}
    return is_reference(table.get("is")) or not _is_place(table.get("at", ""))
