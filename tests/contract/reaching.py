"""A program: carries out clauses of every profile on the reference server, in this process, and prints what they reach.

It is given the document, how many requests to draw of each kind, and the clauses; all there is, without any.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace

import pytest

from servinix_conformance.commands.invocation import shut_off, words
from servinix_conformance.hosting.inside import InsideServer
from servinix_conformance.plugin import Handle
from servinix_conformance.suite import suite_root


def main(document: str, examples: str, *clauses: str) -> None:
    """Print the contract's coverage of such a run as JSON."""
    shut_off()
    root, server = suite_root(), InsideServer.start(None)
    server.target = replace(server.target, openapi=document)
    handle = Handle([], server)
    values = {
        "--servinix-profile": ("documented", "hardened", "contract"),
        "--servinix-clause": clauses,
        "--servinix-max-examples": (examples,),
    }
    pytest.main(words(root, values, [str(root / "features")]), plugins=[handle])
    if handle.run is None:
        raise SystemExit("there was no run")
    json.dump([asdict(item) for item in handle.run.report.reached], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
