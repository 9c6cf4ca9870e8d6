"""The clauses: what the help pages and the standards promise, each with its source.

`features/catalogue.yaml` is the one list of them; scenarios are joined to clauses by tag.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import jsonschema_rs
import yaml

CONTRACT = "CONTRACT-1"
"""The clause that every exchange is judged by: the answer is one that the document describes."""
GENERATED = "contract"
"""The profile whose clauses are seen by generated requests, but for `CONTRACT`, which any answer shows."""
PORTAL = "portal"
"""The profile whose clauses are seen through a browser."""

_CLAUSE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "chapter", "source", "keyword", "origin", "profile", "promise"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Z][A-Z0-9]*-[0-9]+(-[a-z])?$"},
        "chapter": {"type": "string", "minLength": 1},
        "source": {
            "type": "object",
            "required": ["page", "section"],
            "additionalProperties": False,
            "properties": {"page": {"type": "string"}, "section": {"type": "string"}},
        },
        "keyword": {"enum": ["MUST", "SHOULD", "MAY"]},
        "origin": {"enum": ["documented", "standard", "decision"]},
        "profile": {"type": "string", "minLength": 1},
        "promise": {"type": "string", "minLength": 1},
        "reading": {"enum": ["stated", "inferred"]},
        "inferred": {"type": "string", "minLength": 1},
        "core": {"type": "boolean"},
        "unobservable": {"type": "string", "minLength": 1},
        "by_design": {"type": "string", "minLength": 1},
        "planned": {"type": "string", "minLength": 1},
    },
}
_SCHEMA = jsonschema_rs.validator_for(
    {
        "type": "object",
        "required": ["version", "clauses"],
        "additionalProperties": False,
        "properties": {
            "version": {"type": "string"},
            "clauses": {"type": "array", "items": _CLAUSE_SCHEMA},
        },
    }
)

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CatalogueError(ValueError):
    """The catalogue cannot be used; the message names file, clause and remedy."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise.

    Attributes:
        reading: `stated` (the page says it) or `inferred` (we read it out of the page).
        inferred: the part of a stated clause that is inferred; its scenarios are tagged `@inferred`.
        core: whether a target may leave it unclaimed.
        unobservable: why no outside observer can check it, for a clause without scenarios.
        by_design: why every deployment of this kind breaks it; broken, it is a deviation and never a failure.
        planned: what its scenarios are going to be, for a clause that has none yet; it is untested until then.
        where: the file and the line that it stands at.
    """

    id: str
    chapter: str
    page: str
    section: str
    keyword: Literal["MUST", "SHOULD", "MAY"]
    origin: Literal["documented", "standard", "decision"]
    profile: str
    promise: str
    reading: Literal["stated", "inferred"] = "stated"
    inferred: str | None = None
    core: bool = False
    unobservable: str | None = None
    by_design: str | None = None
    planned: str | None = None
    where: str = ""

    def to_json(self) -> dict[str, Any]:
        """What it promises, and where that stands."""
        return {
            "id": self.id,
            "profile": self.profile,
            "chapter": self.chapter,
            "source": {"page": self.page, "section": self.section},
            "keyword": self.keyword,
            "origin": self.origin,
            "reading": self.reading,
            "core": self.core,
            "promise": self.promise,
        }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All clauses by id, in the order of the files.

    Attributes:
        first_profiles: the profiles of the first file, which is the suite's own.
    """

    version: str
    clauses: Mapping[str, Clause]
    first_profiles: frozenset[str] = frozenset()

    @property
    def profiles(self) -> list[str]:
        """The names of the profiles, in the order in which they appear."""
        return list(dict.fromkeys(clause.profile for clause in self.clauses.values()))

    def closest(self, unknown: str) -> str:
        """A remedy for an id that is not in the catalogue."""
        near = difflib.get_close_matches(unknown, self.clauses, n=3, cutoff=0.5)
        return f"did you mean {' or '.join(near)}?" if near else "'servinix-conformance list' prints all ids"


def load(paths: Iterable[Path]) -> Catalogue:
    """Read catalogue files, the suite's own first; later files add clauses and may not repeat an id.

    Raises:
        CatalogueError: a file is missing, is not YAML, or has an entry that cannot be used.
    """
    version = ""
    clauses: dict[str, Clause] = {}
    first_profiles: frozenset[str] | None = None
    for path in paths:
        data, lines = _read(path)
        version = version or data["version"]
        for entry, line in zip(data["clauses"], lines, strict=True):
            name, where = entry["id"], f"{path}:{line}"
            if name in clauses:
                raise CatalogueError(
                    f"{where}: clause {name} stands at {clauses[name].where} too; give this one another id"
                )
            source = entry.pop("source")
            clauses[name] = Clause(**entry, page=source["page"], section=source["section"], where=where)
        first_profiles = first_profiles or frozenset(clause.profile for clause in clauses.values())
    return Catalogue(version, clauses, first_profiles or frozenset())


def _read(path: Path) -> tuple[dict[str, Any], list[int]]:
    """The contents of a file, and the line of each clause."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        data: Any = loader.construct_document(node) if node is not None else None
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read: {error.strerror}; name a file with --catalogue") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}: is not UTF-8: {error.reason} at byte {error.start}; save it as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark else ""
        raise CatalogueError(f"{path}{place}: is not YAML: {getattr(error, 'problem', None) or error}") from error
    lines = _lines(node)
    problems = [_say(path, data, lines, problem) for problem in _SCHEMA.iter_errors(data)]
    if problems:
        raise CatalogueError("\n".join(problems))
    return {**data}, lines


def _lines(node: yaml.Node | None) -> list[int]:
    members = node.value if isinstance(node, yaml.MappingNode) else []
    clauses = next((value for key, value in members if key.value == "clauses"), None)
    return [item.start_mark.line + 1 for item in clauses.value] if isinstance(clauses, yaml.SequenceNode) else []


def _say(path: Path, data: object, lines: list[int], problem: jsonschema_rs.ValidationError) -> str:
    place = list(problem.instance_path)
    name, line = "/".join(map(str, place)) or "the whole file", ""
    if len(place) > 1 and isinstance(data, dict):
        entry = data["clauses"][place[1]]
        name = f"clause {entry.get('id', place[1]) if isinstance(entry, dict) else place[1]}"
        line = f":{lines[int(place[1])]}"
    member = "".join(f"{part}: " for part in place[2:])
    return f"{path}{line}: {name}: {member}{problem.message}"
