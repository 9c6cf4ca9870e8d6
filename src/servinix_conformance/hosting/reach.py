"""What a server is asked for while a scenario runs, so that a fault need not be tried where it could not show.

A fault replaces attributes of one part of the server. A scenario during which the server as it should be looks up none
of them goes the same way on the server with the fault: in the words of mutation testing, it does not reach it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OF_EVERY_CLASS = frozenset(vars(type("Plain", (), {}))) | {"__annotations__"}


class Reach:
    """Notes which attributes of the parts of a server are looked up, as `part.name`."""

    def __init__(self) -> None:
        self._always: frozenset[str] = frozenset()
        self._names: set[str] = set()

    def watched(self, parts: Mapping[str, type]) -> dict[str, Any]:
        """The parts of a server, each as a subclass that is otherwise the same."""
        return {name: self._watched(name, part) for name, part in parts.items()}

    def begin(self) -> None:
        """What was looked up until now, as the server was put together, counts for every scenario."""
        self._always = self.taken()

    def taken(self) -> frozenset[str]:
        """What was looked up since this was last asked."""
        names, self._names = self._names, set()
        return self._always | names

    def _watched(self, name: str, part: type) -> type:
        def look_up(it: object, attribute: str) -> Any:  # noqa: ANN401 - an attribute of any kind
            self._names.add(f"{name}.{attribute}")
            return object.__getattribute__(it, attribute)

        return type(part.__name__, (part,), {"__getattribute__": look_up})


def replaced(part: str, replacement: type) -> frozenset[str]:
    """The attributes that a fault replaces in a part of the server, as `part.name`."""
    return frozenset(f"{part}.{name}" for name in vars(replacement) if name not in _OF_EVERY_CLASS)
