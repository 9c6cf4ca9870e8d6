"""What a target file says by reference: `${NAME}` inside a value, and secrets as `env:NAME` or `file:PATH`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_SECRET = re.compile(r"^(env|file):(.+)$", re.DOTALL)
# What the first and the last line of a run show is no secret.
_SHOWN = {"name", "base_url", "openapi"}


@dataclass(slots=True)
class References:
    """Follows the references of one file.

    Args:
        folder: where `file:` paths begin.
        variables: the environment.

    Attributes:
        problems: what could not be followed, each with key and remedy.
        secrets: the secrets that were found, by the name that stands for each in records.
    """

    folder: Path
    variables: Mapping[str, str]
    problems: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    def expand(self, node: Any, place: str = "") -> Any:  # noqa: ANN401 - TOML
        """A copy with every `${NAME}` replaced."""
        if isinstance(node, dict):
            return {key: self.expand(item, f"{place}.{key}".lstrip(".")) for key, item in node.items()}
        if isinstance(node, list):
            return [self.expand(item, f"{place}[{number}]") for number, item in enumerate(node)]
        if not isinstance(node, str):
            return node
        return _VARIABLE.sub(lambda match: self._variable(match[1], place) or match[0], node)

    def resolve(self, node: Any, place: str = "") -> Any:  # noqa: ANN401 - TOML
        """A copy with every secret in the place of its reference; None where it cannot be had."""
        if isinstance(node, dict):
            return {
                key: item if not place and key in _SHOWN else self.resolve(item, f"{place}.{key}".lstrip("."))
                for key, item in node.items()
            }
        if isinstance(node, list):
            return [self.resolve(item, f"{place}[{number}]") for number, item in enumerate(node)]
        match = _SECRET.match(node) if isinstance(node, str) else None
        return node if match is None else self._secret(place, *match.groups())

    def _secret(self, place: str, kind: str, name: str) -> str | None:
        if kind == "env" and not _NAME.fullmatch(name):
            # It may be the secret itself.
            self.problems.append(f"{place}: what stands after env: is no name of a variable; write 'env:NAME'")
            return None
        value = self._variable(name, place) if kind == "env" else self._content(name, place)
        if value:
            label = name if kind == "env" else re.sub(r"\W+", "_", place).strip("_")
            self.secrets[label.upper()] = value
        return value

    def _variable(self, name: str, place: str) -> str | None:
        value = self.variables.get(name)
        if not value:
            self.problems.append(f"{place}: the variable {name} is not set or is empty; export {name} before the run")
        return value

    def _content(self, name: str, place: str) -> str | None:
        try:
            value = (self.folder / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(
                f"{place}: the file {name} cannot be read: {error}; name one that holds the secret alone"
            )
            return None
        if not value:
            self.problems.append(f"{place}: the file {name} is empty; name one that holds the secret alone")
        return value
