"""Schemas, laid flat: each value that a message may carry, with the place where it stands. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from ..document import Document, DocumentError
from ..tree import escaped
from .words import bare, words

Side = Literal["request", "answer"]
Value = str | int | bool

_MOST_ALTERNATIVES = 24
_MOST_MEMBERS = 400
_DEEPEST = 16
_MOST_READ = 4000


@dataclass(frozen=True, slots=True)
class Member:
    """A value in a message.

    Attributes:
        place: where it stands, as in the target file; for an item of a list, from the item on.
        within: the place of that list, or None.
        required: whether it is always there.
        types: what it may be besides null; empty for anything.
        values: those that it is bound to; empty for any.
        longest: how many characters it may have at the most.
        null: whether it, or what it stands in, may be null.
    """

    place: str
    within: str | None = None
    required: bool = False
    types: frozenset[str] = frozenset()
    values: tuple[Value, ...] = ()
    format: str | None = None
    pattern: str | None = None
    longest: int | None = None
    default: Value | None = None
    null: bool = False

    @property
    def own(self) -> frozenset[str]:
        """The words of its own name."""
        return _own(self.place)

    @property
    def whole(self) -> frozenset[str]:
        """The words of its name and of those that it stands under, but for mere wrapping."""
        return _whole(self.place)

    def may_be(self, kind: str) -> bool:
        """Whether it may be of a JSON type."""
        return not self.types or kind in self.types or (kind == "integer" and "number" in self.types)


@dataclass(slots=True)
class _Node:
    types: frozenset[str] = frozenset()
    values: tuple[Value, ...] = ()
    format: str | None = None
    pattern: str | None = None
    longest: int | None = None
    default: Value | None = None
    null: bool = False
    needed: frozenset[str] = frozenset()
    members: dict[str, _Node] = field(default_factory=dict)
    items: _Node | None = None


class Schemas:
    """Reads the schemas of a document.

    Attributes:
        unread: what could not be read, each with its reason.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._left = _MOST_READ
        self._side: Side = "answer"
        self.unread: dict[str, None] = {}

    def alternatives(self, pointer: str, side: Side) -> list[tuple[Member, ...]]:
        """The members of each of the messages that a schema allows, `oneOf` and `anyOf` at its root told apart."""
        self._left, self._side = _MOST_READ, side
        return [tuple(_flat(node))[:_MOST_MEMBERS] for node in self._roots(pointer, ())]

    def members(self, pointer: str, side: Side) -> tuple[Member, ...]:
        """The members of all of these messages together."""
        self._left, self._side = _MOST_READ, side
        return tuple(_flat(self._read(pointer, ())))[:_MOST_MEMBERS]

    def value(self, pointer: str, side: Side, place: str, *, required: bool) -> Member:
        """What stands at a place of its own, as a parameter does."""
        self._left, self._side = _MOST_READ, side
        node = self._read(pointer, ())
        return _member(node, place, None, required=required)

    def _read(self, pointer: str, trail: Sequence[str]) -> _Node:
        return _any_of(self._roots(pointer, trail))

    def _roots(self, pointer: str, trail: Sequence[str]) -> list[_Node]:
        self._left -= 1
        try:
            where, schema = self._document.at(pointer)
        except DocumentError as error:
            # A schema may be just true or false; everything else is worth a word.
            if "must be an object, not bool" not in str(error):
                self.unread[str(error)] = None
            return [_Node()]
        if where in trail or len(trail) > _DEEPEST or self._left < 0:
            return [_Node()]
        trail = [*trail, where]
        nodes = [self._plain(where, schema, trail)]
        for number in range(_length(schema, "allOf")):
            nodes = _each(nodes, self._roots(f"{where}/allOf/{number}", trail))
        for key in ("oneOf", "anyOf"):
            null = any(
                isinstance(branch, dict) and branch.get("type") == "null"
                for branch in (schema[key] if _length(schema, key) else ())
            )
            branches = [
                _named(node, schema, branch)
                for number, branch in enumerate(schema[key] if _length(schema, key) else ())
                if not (isinstance(branch, dict) and branch.get("type") == "null")
                for node in self._roots(f"{where}/{key}/{number}", trail)
            ]
            branches = [replace(branch, null=True) for branch in branches] if null else branches
            nodes = _each(nodes, branches or [_Node()])
        for key in ("then", "else"):
            if isinstance(schema.get(key), dict):
                nodes = _each(nodes, [_optional(self._read(f"{where}/{key}", trail))])
        return nodes

    def _plain(self, where: str, schema: dict[str, Any], trail: Sequence[str]) -> _Node:
        """What a schema says itself."""
        kinds = schema.get("type", [])
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        longest = schema.get("maxLength")
        node = _Node(
            types=frozenset(map(str, kinds if isinstance(kinds, list) else [kinds])) - {"null"},
            values=tuple(value for value in values if isinstance(value, Value)) if isinstance(values, list) else (),
            format=str(schema["format"]) if "format" in schema else None,
            pattern=str(schema["pattern"]) if "pattern" in schema else None,
            longest=longest if isinstance(longest, int) else None,
            default=schema.get("default") if isinstance(schema.get("default"), Value) else None,
            null="null" in kinds if isinstance(kinds, list) else kinds == "null",
        )
        needed = schema.get("required")
        node.needed = frozenset(map(str, needed)) if isinstance(needed, list) else frozenset()
        hidden = "readOnly" if self._side == "request" else "writeOnly"
        properties = schema.get("properties")
        for name, member in (properties if isinstance(properties, dict) else {}).items():
            if not (isinstance(member, dict) and member.get(hidden) is True):
                node.members[name] = self._read(f"{where}/properties/{escaped(name)}", trail)
        if isinstance(schema.get("items"), dict):
            node.items = self._read(f"{where}/items", trail)
        return node


@lru_cache(maxsize=8192)
def _own(place: str) -> frozenset[str]:
    return frozenset(words(_names(place)[-1]))


@lru_cache(maxsize=8192)
def _whole(place: str) -> frozenset[str]:
    return frozenset(bare(words(" ".join(_names(place)))))


def _names(place: str) -> list[str]:
    return place[1:].split("/") if place.startswith("/") else [place.partition(":")[2]]


def _length(schema: dict[str, Any], key: str) -> int:
    return len(schema[key]) if isinstance(schema.get(key), list) else 0


def _each(nodes: list[_Node], others: list[_Node]) -> list[_Node]:
    if len(nodes) * len(others) > _MOST_ALTERNATIVES:
        others = [_any_of(others)]
    return [_all_of(node, other) for node in nodes for other in others]


def _all_of(one: _Node, other: _Node) -> _Node:
    """A message that both describe."""
    members = dict(one.members)
    for name, member in other.members.items():
        members[name] = _all_of(members[name], member) if name in members else member
    kept = tuple(value for value in one.values if value in other.values)
    return _Node(
        types=(one.types & other.types) or one.types or other.types,
        values=kept or other.values or one.values,
        format=one.format or other.format,
        pattern=one.pattern or other.pattern,
        longest=min((it for it in (one.longest, other.longest) if it is not None), default=None),
        default=one.default if one.default is not None else other.default,
        null=one.null and other.null if one.types and other.types else one.null or other.null,
        needed=one.needed | other.needed,
        members=members,
        items=_all_of(one.items, other.items) if one.items and other.items else one.items or other.items,
    )


def _any_of(nodes: Sequence[_Node]) -> _Node:
    """A message that one of them describes: what only some have is not required."""
    first, *rest = nodes
    for node in rest:
        members = dict(first.members)
        for name, member in node.members.items():
            members[name] = _any_of([members[name], member]) if name in members else member
        first = _Node(
            types=first.types | node.types if first.types and node.types else frozenset(),
            values=tuple(dict.fromkeys([*first.values, *node.values])),
            format=first.format or node.format,
            pattern=first.pattern or node.pattern,
            longest=max((it for it in (first.longest, node.longest) if it is not None), default=None),
            default=first.default,
            null=first.null or node.null,
            needed=first.needed & node.needed,
            members=members,
            items=_any_of([first.items, node.items]) if first.items and node.items else first.items or node.items,
        )
    return first


def _optional(node: _Node) -> _Node:
    return replace(node, needed=frozenset(), types=frozenset(), values=())


def _named(node: _Node, schema: dict[str, Any], branch: object) -> _Node:
    """A branch, with the value that its discriminator has there."""
    discriminator = schema.get("discriminator")
    reference = branch.get("$ref") if isinstance(branch, dict) else None
    if not isinstance(discriminator, dict) or not isinstance(reference, str):
        return node
    name, mapping = str(discriminator.get("propertyName")), discriminator.get("mapping")
    short = reference.rpartition("/")[2]
    mapped = mapping.items() if isinstance(mapping, dict) else ()
    value = next((str(key) for key, target in mapped if target in {reference, short}), short)
    known = node.members.get(name, _Node())
    told = known if len(known.values) == 1 else replace(known, values=(value,))
    return replace(node, members={**node.members, name: told}, needed=node.needed | {name})


def _flat(
    node: _Node, place: str = "", within: str | None = None, *, required: bool = True, null: bool = False
) -> Iterator[Member]:
    null = null or node.null
    if node.items is not None or "array" in node.types:
        yield Member(place, within, required, frozenset({"array"}), null=null)
        if within is None and node.items is not None:
            yield from _flat(node.items, "", place)
    elif node.members:
        for name, member in node.members.items():
            needed = required and name in node.needed
            yield from _flat(member, f"{place}/{escaped(name)}", within, required=needed, null=null)
    elif place:
        yield replace(_member(node, place, within, required=required), null=null)


def _member(node: _Node, place: str, within: str | None, *, required: bool) -> Member:
    facts = (node.types, node.values, node.format, node.pattern, node.longest, node.default, node.null)
    return Member(place, within, required, *facts)
