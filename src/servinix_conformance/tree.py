"""The tree of a document, looked into by JSON pointers (RFC 6901), with references followed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from .reading import DocumentError

VALUES = frozenset({"const", "default", "enum", "example", "examples"})
"""Below these stand values, in which nothing is a reference."""
_MOST_REFERENCES = 32


class Tree:
    """A tree of objects, lists and values.

    Args:
        root: its root, with references as they are.
        source: where it is from, for messages.
    """

    def __init__(self, root: dict[str, Any], source: str) -> None:
        self.root = root
        self.source = source

    def at(self, pointer: str) -> tuple[str, dict[str, Any]]:
        """The object at a pointer, references followed, and the pointer where it really stands.

        Raises:
            DocumentError: no object stands there, or a reference leads nowhere.
        """
        pointer, node = self.find(pointer)
        if not isinstance(node, dict):
            raise DocumentError(f"{self.source}: {pointer}: must be an object, not {type(node).__name__}")
        return pointer, node

    def find(self, pointer: str) -> tuple[str, Any]:
        """Likewise, whatever stands there.

        Raises:
            DocumentError: nothing stands there, or a reference leads nowhere.
        """
        wanted = referrer = pointer
        for _ in range(_MOST_REFERENCES):
            node: Any = self.root
            parts = pointer.split("/")[1:]
            for number, part in enumerate(parts):
                name = part.replace("~1", "/").replace("~0", "~")
                if isinstance(node, dict) and refers(node):
                    referrer = "".join(f"/{item}" for item in parts[:number])
                    pointer = "/".join([self._target(node["$ref"], referrer), *parts[number:]])
                    break
                if isinstance(node, dict) and name in node:
                    node = node[name]
                elif isinstance(node, list) and name.isdecimal() and int(name) < len(node):
                    node = node[int(name)]
                else:
                    told = "" if referrer == pointer else f", though {referrer} refers to it"
                    raise DocumentError(f"{self.source}: {pointer}: nothing stands there{told}")
            else:
                if not (isinstance(node, dict) and refers(node)):
                    return pointer, node
                referrer, pointer = pointer, self._target(node["$ref"], pointer)
        raise DocumentError(f"{self.source}: {wanted}: its references go round in a circle")

    def _target(self, reference: object, pointer: str) -> str:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise DocumentError(
                f"{self.source}: {pointer}: the reference {reference!r} leads out of the document; "
                "bundle it into one file"
            )
        return unquote(reference[1:])


def refers(node: Mapping[str, Any]) -> bool:
    """Whether an object is a reference; a property may have the name `$ref` too."""
    return "$ref" in node and not isinstance(node["$ref"], dict)


def escaped(name: str) -> str:
    """A name as it stands in a pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
