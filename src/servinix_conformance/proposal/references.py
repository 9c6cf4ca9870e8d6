"""Values of a document that a target file would read as references: they never get into one. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .guesses import Found, Guess, Proposal

# A document is somebody else's: ${NAME} and file:PATH in it would fetch what is on this machine and send it there.
_REFERENCE = re.compile(r"\$\{|\A(env|file):")


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
    proposal.headers = {name: why for name, why in proposal.headers.items() if not is_reference(name)}
    proposal.clients = {
        place: values
        for place, values in proposal.clients.items()
        if not is_reference(place) and not any(map(is_reference, values))
    }


def _disarm(found: Found, table: dict[str, Guess]) -> None:
    for key, guess in list(table.items()):
        places = [it for it in (key, guess.value) if isinstance(it, str) and it[:1] == "/"]
        if is_reference(key) or is_reference(guess.value):
            del table[key]
            found.open.append(f"what the document has for {key!r} would be read as a reference, and is left out")
        elif not all(it.isprintable() for it in places):
            del table[key]
            found.open.append(f"the document has signs at {key!r} that no place can have")


def _holds(guess: Guess) -> bool:
    values = guess.value.values() if isinstance(guess.value, Mapping) else ()
    return any(map(is_reference, values))
