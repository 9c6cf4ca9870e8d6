"""Runs that are over, without a target."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from reporting_samples import CATALOGUE, Make, scenario

from servinix_conformance.binding import Binding
from servinix_conformance.connection import Connection
from servinix_conformance.document import Document
from servinix_conformance.events import ScenarioEnd
from servinix_conformance.options import Options
from servinix_conformance.plan import Plan
from servinix_conformance.redaction import Redactor
from servinix_conformance.run import Run
from servinix_conformance.target import Target
from servinix_conformance.transport import Transport

DOCUMENT = """{
  "openapi": "3.1.0", "info": {"title": "Example API", "version": "2"},
  "paths": {"/sign-in": {"post": {"operationId": "signIn", "responses": {"200": {}, "401": {}}}}}
}"""


@pytest.fixture
def run_of() -> Iterator[Make]:
    transports: list[Transport] = []

    def make(*ends: ScenarioEnd, options: Options | None = None, **about: Any) -> Run:  # noqa: ANN401 - any attribute
        usual: dict[str, Any] = {
            "name": "Example",
            "base_url": "https://host.example",
            "product": {"vendor": "Servinix"},
            "profiles": ("documented",),
        }
        target = Target(**(usual | about))
        transport = Transport(target.base_url, target.http)
        transports.append(transport)
        run = Run(options or Options())
        run.catalogue = CATALOGUE
        run.plan = Plan((scenario("one", 4), scenario("two", 14)))
        run.connection = Connection(target, Document(DOCUMENT, "d"), DOCUMENT, Binding(), transport, Redactor())
        run.started_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        run.seconds = 1.5
        run.ends = {item.id: item for item in ends}
        return run

    yield make
    for transport in transports:
        transport.close()
