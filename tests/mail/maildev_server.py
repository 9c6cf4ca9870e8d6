"""A real MailDev on loopback: it takes mail by SMTP and shows it over HTTP."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from mail_servers import PATIENCE, free_ports

_PROGRAM = Path(__file__).parents[2] / ".ci" / "node_modules" / "maildev" / "bin" / "maildev"


@dataclass(frozen=True, slots=True)
class MailDev:
    """A MailDev that runs: where it takes mail, and the URL of its interface."""

    host: str
    port: int
    url: str


@contextmanager
def maildev(program: Path = _PROGRAM) -> Iterator[MailDev]:
    """Run a MailDev on free ports.

    Raises:
        RuntimeError: it is not installed, or did not start.
    """
    node = shutil.which("node")
    if node is None or not program.exists():
        raise RuntimeError(
            "MailDev is not installed; the tests of inboxes need it: apt-get install nodejs npm, then "
            "npm ci --prefix .ci --ignore-scripts"
        )
    smtp_port, web_port = free_ports(2)
    running = MailDev("127.0.0.1", smtp_port, f"http://127.0.0.1:{web_port}")
    with tempfile.TemporaryDirectory(prefix="maildev-") as folder:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [
                *(node, program, "--ip", running.host, "--smtp", str(smtp_port), "--web", str(web_port)),
                *("--mail-directory", folder, "--silent"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(running, process)
            yield running
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait_for(server: MailDev, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            requests.get(f"{server.url}/healthz", timeout=PATIENCE).raise_for_status()
        except requests.ConnectionError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("MailDev did not start") from error
            time.sleep(0.1)
        else:
            return
