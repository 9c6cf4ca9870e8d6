"""What a target file names: operations, fields, channels, clients, profiles and files. All of it has to be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from .actor import Channel
from .binding import unknown_names
from .browser.locators import DEFAULTS
from .clients import CLIENTS
from .names import OPERATIONS
from .schema_messages import remedy
from .target import Target


def misnamed(target: Target, profiles: Iterable[str] | None) -> Iterator[str]:
    """What is wrong with the names, each with its key and a remedy.

    Args:
        target: the target.
        profiles: those that there are, where that is known.
    """
    yield from unknown_names(target.bindings)
    refusable = [*OPERATIONS, *get_args(Channel), *(client.tag for client in CLIENTS.values())]
    for key, names, known in (
        ("profiles", target.profiles, list(target.profiles if profiles is None else profiles)),
        ("claimed", sorted(target.claimed), list(OPERATIONS)),
        ("not_claimed", sorted(target.not_claimed), refusable),
    ):
        for name in names:
            if name not in known:
                yield f"claims.{key}: nothing is named {name!r}; {remedy(name, known)}"
    for name in target.portal.locators if target.portal is not None else ():
        if name not in DEFAULTS:
            yield f"portal.locators: nothing is named {name!r}; {remedy(name, DEFAULTS)}"
    for key, file in (("verify", target.http.verify), ("client_certificate", target.http.client_certificate)):
        if isinstance(file, str) and not Path(file).exists():
            yield f"http.{key}: {file} is not there; name a file in PEM form"
