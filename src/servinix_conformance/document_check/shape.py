"""The rule that a document has the shape which OpenAPI's own schemas give it. Needs the extra `contract`."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

from ..tree import escaped
from .findings import Fault

_MOST_FAULTS = 50
_LONGEST = 200


def available() -> bool:
    """Whether the schemas of OpenAPI are installed."""
    return importlib.util.find_spec("openapi_spec_validator") is not None


def shape(tree: dict[str, Any]) -> Iterator[Fault]:
    """What in a tree OpenAPI does not allow there. References are not followed, so that nothing is fetched.

    Args:
        tree: the document as it was written, keys as strings.
    """
    # It takes a third of a second, for those alone who ask.
    from openapi_spec_validator import schemas  # noqa: PLC0415

    version = str(tree.get("openapi"))
    if version.startswith("3.0"):
        validator = schemas.openapi_v30_schema_validator
    elif version.startswith("3.1"):
        validator = schemas.openapi_v31_schema_validator
    else:
        validator = schemas.openapi_v32_schema_validator
    seen: set[tuple[str, str]] = set()
    for error in validator.iter_errors(tree):
        deepest = error
        while deepest.context:
            # Of alternatives, the one that went furthest was meant.
            deepest = max(deepest.context, key=lambda it: (len(it.absolute_path), it.validator != "required"))
        pointer = "".join(f"/{escaped(str(part))}" for part in deepest.absolute_path)
        told = deepest.message.partition("\n")[0][:_LONGEST]
        if (pointer, told) not in seen and len(seen) < _MOST_FAULTS:
            seen.add((pointer, told))
            yield pointer, f"OpenAPI {version} does not allow this: {told}", "see spec.openapis.org/oas"
