"""Servers that are wrong in one named way each, to show that the suite notices. Never deploy one."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask

from ..app import create_app
from ..model import Account
from ..settings import Settings
from . import (
    delivery,
    documents,
    errors,
    forgeries,
    guesses,
    inputs,
    locks,
    others,
    pages,
    passcodes,
    passwords,
    reset,
    sign_in,
    support,
    tokens,
    ways,
)
from .registry import PARTS, Fault, registered

__all__ = ["FAULTS", "PARTS", "Fault", "create_faulty_app"]

CHAPTERS = (
    sign_in,
    ways,
    delivery,
    passcodes,
    inputs,
    passwords,
    locks,
    guesses,
    support,
    reset,
    tokens,
    forgeries,
    errors,
    documents,
    pages,
    others,
)
FAULTS: Mapping[str, Fault] = MappingProxyType(registered)


def create_faulty_app(settings: Settings, fault_id: str, *, users: Iterable[Account] = ()) -> Flask:
    """Put a server together that is wrong in one way.

    Raises:
        KeyError: when there is no such fault.
    """
    fault = FAULTS[fault_id]
    replaced: dict[str, Any] = {fault.part: fault.replacement}
    return create_app(settings, users=users, **replaced)
