"""The application behind a server: with one fault, or with none and watched."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from ..suite import reference_server
from .reach import Reach

if TYPE_CHECKING:
    from flask import Flask


_SEEN_IN_TIMES = {"ENUM-2"}
"""Clauses whose faults show in how long a password is hashed: cheap hashes would hide them on a busy machine."""


def application(fault: str | None, url: str, token: str) -> tuple[Flask, Reach]:
    """A reference server with test support and cheap password hashing, and what it is asked for if it has no fault.

    Args:
        fault: the id of the only thing that is wrong with it; None for none.
        url: where it is going to be found.
        token: the secret of its test support.
    """
    package, reach = reference_server(), Reach()
    faults = importlib.import_module("reference_server.faults")
    wrong = faults.FAULTS[fault] if fault is not None else None
    timed = wrong is not None and not _SEEN_IN_TIMES.isdisjoint({wrong.clause, *wrong.also_breaks})
    settings = package.Settings(
        public_url=url,
        password_profile="timed" if timed else "test",
        test_support_secret=token,
    )
    if fault is not None:
        return faults.create_faulty_app(settings, fault), reach
    app = package.create_app(settings, **reach.watched(faults.PARTS))
    reach.begin()
    return app, reach
