"""What evidence costs: an exchange that is judged, recorded and redacted, and each format of a report.

A whole run against the reference server is kept in memory. Its exchanges are sent once more to nobody, which measures
what the suite adds to each, and its report is rendered again in every format.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from servinix_conformance.binding import Binding, Call  # noqa: E402
from servinix_conformance.document import Answer, Document  # noqa: E402
from servinix_conformance.events import Exchange  # noqa: E402
from servinix_conformance.gateway import Gateway  # noqa: E402
from servinix_conformance.plugin import Handle  # noqa: E402
from servinix_conformance.redaction import Redactor  # noqa: E402
from servinix_conformance.report import Report  # noqa: E402
from servinix_conformance.reporting import FORMATS  # noqa: E402
from servinix_conformance.target import Http  # noqa: E402
from servinix_conformance.transport import PreparedRequest, Transport  # noqa: E402

_SECRETS = 8


class Canned(Transport):
    """Sends nothing, and gives the answer that is next."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", Http())
        self.next = Answer(204, {}, b"", {})

    def send(self, request: PreparedRequest, most: int | None = None) -> Answer:  # noqa: ARG002 - as in Transport
        """The next answer."""
        return self.next


def run() -> Report:
    """A whole run of the documented profile."""
    handle = Handle()
    words = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-p", "no:terminal"]
    # This process has imported the plugins before pytest could rewrite their assertions; they have none.
    words += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    pytest.main([*words, str(ROOT / "features")], plugins=[handle])
    if handle.run is None:
        raise RuntimeError("the run did not begin")
    return handle.run.report


def evidence(exchanges: list[Exchange]) -> dict[str, float]:
    """Seconds an exchange, by what is done with it."""
    transport = Canned()
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    document, redactor = Document(text, "openapi.yaml"), Redactor()
    for number in range(_SECRETS):
        redactor.register(f"a secret of some length, number {number}", f"SECRET_{number}")
    gateway = Gateway(document, Binding(), transport, redactor)
    names = {bound.operation: name for name, bound in gateway.binding.operations.items()}
    work = []
    for exchange in exchanges:
        headers = {name.lower(): value for name, value in exchange.response_headers.items()}
        answer = Answer(exchange.status, headers, exchange.response_body.encode(), {})
        work.append((names[exchange.operation], answer))
    values: dict[str, object] = {"user_id": "u", "email": "a@b.example", "password": "p", "mfa_token": "t", "otp": "1"}
    began = time.perf_counter()
    for _ in work:
        transport.prepare(document.operations["signIn"], Call("signIn", body=dict(values)))
    prepared = time.perf_counter()
    for name, answer in work:
        transport.next = answer
        gateway.perform(name, values)
    judged = time.perf_counter()
    gateway.exchanges()
    recorded = time.perf_counter()
    transport.close()
    number = len(work)
    return {
        "prepared, bound and held against the document": (judged - prepared) / number,
        "of that, preparing a request": (prepared - began) / number,
        "redacted and recorded": (recorded - judged) / number,
    }


def seconds(render: Callable[[Report], bytes], report: Report, rounds: int) -> tuple[float, float, int]:
    """The first time, the median of the others, and the size in bytes."""
    took, size = [], 0
    for _ in range(rounds + 1):
        began = time.perf_counter()
        size = len(render(report))
        took.append(time.perf_counter() - began)
    return took[0], statistics.median(took[1:]), size


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each format is made (default: 5)")
    options = parser.parse_args()
    report = run()
    exchanges = [Exchange.from_json(item) for end in report.ends for item in end.exchanges]
    print(f"{len(exchanges)} exchanges of {len(report.ends)} scenarios")
    for what, took in evidence(exchanges).items():
        print(f"  {what:<48} {took * 1000:7.3f} ms an exchange")
    total = 0.0
    for name, module in FORMATS.items():
        began = time.perf_counter()
        render = importlib.import_module(f"servinix_conformance.reporting.{module}").render
        imported = time.perf_counter() - began
        first, again, size = seconds(render, report, options.rounds)
        total += imported + first
        print(
            f"  {name:<16} import {imported * 1000:6.1f} ms   first {first * 1000:6.1f} ms   "
            f"again {again * 1000:6.1f} ms {size:>10,} bytes"
        )
    print(f"  all formats, with their imports: {total * 1000:.0f} ms")


if __name__ == "__main__":
    main()
