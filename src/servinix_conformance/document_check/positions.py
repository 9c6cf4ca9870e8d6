"""Where in a text, YAML or JSON, the parts of its tree stand. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import yaml


class Place(NamedTuple):
    """A line and a column, both from 1; zeros where nobody can tell."""

    line: int = 0
    column: int = 0


class Positions:
    """The places of a text that was parsed before.

    Args:
        text: YAML or JSON.
    """

    def __init__(self, text: str) -> None:
        # JSON may be indented with tabs, YAML may not; within a JSON string there is none.
        told = text.replace("\t", " ") if text.lstrip().startswith("{") else text
        self._root: yaml.Node | None = yaml.compose(told, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def of(self, pointer: str) -> Place:
        """Where the key or item that a pointer names stands, or the nearest above it that is in the text."""
        node, place = self._root, Place(1, 1)
        for part in pointer.split("/")[1:]:
            found = _member(node, part.replace("~1", "/").replace("~0", "~"))
            if found is None:
                # What was only put around it when the document was read has no place of its own.
                if part in {"anyOf", "0"}:
                    continue
                break
            node, place = found
        return place

    def repeated(self) -> Iterator[tuple[str, Place, Place]]:
        """Keys that stand twice in one object, of which readers silently take one: pointer, and both places."""
        todo = [("", self._root)]
        seen: set[int] = set()
        while todo:
            pointer, node = todo.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                keys: dict[str, Place] = {}
                for key, value in node.value:
                    name, place = str(key.value), _place(key)
                    below = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
                    if name in keys and name != "<<":
                        yield below, keys[name], place
                    keys.setdefault(name, place)
                    todo.append((below, value))
            elif isinstance(node, yaml.SequenceNode):
                todo += [(f"{pointer}/{number}", item) for number, item in enumerate(node.value)]


def _member(node: yaml.Node | None, name: str) -> tuple[yaml.Node, Place] | None:
    if isinstance(node, yaml.MappingNode):
        # The last of two counts, as it does when the text is read.
        for key, value in reversed(node.value):
            if str(key.value) == name:
                return value, _place(key)
    elif isinstance(node, yaml.SequenceNode) and name.isdecimal() and int(name) < len(node.value):
        return node.value[int(name)], _place(node.value[int(name)])
    return None


def _place(node: yaml.Node) -> Place:
    mark = node.start_mark
    return Place(mark.line + 1, mark.column + 1)
