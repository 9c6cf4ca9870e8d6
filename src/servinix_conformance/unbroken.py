"""Scenarios that no fault of the reference server turns red, and why each of them stays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

_SCHEMA = jsonschema_rs.validator_for(
    {
        "type": "object",
        "required": ["scenarios"],
        "additionalProperties": False,
        "properties": {
            "scenarios": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "why"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string", "minLength": 1},
                        "why": {"type": "string", "minLength": 1},
                    },
                },
            }
        },
    }
)


class ReasonsError(ValueError):
    """The file cannot be used; the message names it and says why."""


def read(path: Path) -> Mapping[str, str]:
    """The reasons, by the names of scenarios.

    Raises:
        ReasonsError: it is missing, is not YAML, or has an entry that cannot be used.
    """
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ReasonsError(f"{path}: cannot be read: {error}") from error
    found = _SCHEMA.iter_errors(data)
    problems = [f"{path}: {'/'.join(map(str, item.instance_path)) or 'the file'}: {item.message}" for item in found]
    if problems:
        raise ReasonsError("\n".join(problems))
    names = [entry["name"] for entry in data["scenarios"]]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ReasonsError(f"{path}: {', '.join(sorted(twice))}: stands there more than once; leave one")
    return {entry["name"]: entry["why"] for entry in data["scenarios"]}
