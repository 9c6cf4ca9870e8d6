"""One reader for all processes of a run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

from mail_servers import PATIENCE
from mailboxes import Mailbox

from servinix_conformance.inbox.imap import ImapSource
from servinix_conformance.inbox.served import Reader

WORKER = """
import json, sys
from servinix_conformance.inbox.letterbox import Letterbox
from servinix_conformance.inbox.served import RemoteSource
from servinix_conformance.inbox.text import Patterns
from servinix_conformance.redaction import Redactor

place, me = json.loads(sys.stdin.readline())
source = RemoteSource(place)
inbox = Letterbox({"email": source}, {"email": Patterns()}, Redactor())
for _ in range(3):
    since = inbox.checkpoint(me)
    print("ready", flush=True)
    sys.stdin.readline()
    print(inbox.wait(since).code, flush=True)
print(len(inbox.arrived(since)), flush=True)
source.close()
"""


def test_eight_processes_read_one_mailbox_over_one_connection(
    mailbox: Mailbox, opened: Callable[..., ImapSource]
) -> None:
    reader = Reader({"email": opened(quiet_seconds=1)})
    workers = [
        subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    addresses = [f"{mailbox.user}+{number}@acme.example" for number in range(8)]

    def tell(worker: subprocess.Popen[str], line: str) -> None:
        assert worker.stdin
        worker.stdin.write(f"{line}\n")
        worker.stdin.flush()

    def hear() -> list[str]:
        return [worker.stdout.readline().strip() for worker in workers if worker.stdout]

    for worker, address in zip(workers, addresses, strict=True):
        tell(worker, json.dumps([reader.address("email"), address]))
    for turn in range(3):
        assert hear() == ["ready"] * 8
        # They wait already when their messages come.
        for worker in workers:
            tell(worker, "go")
        for number, address in enumerate(addresses):
            mailbox.send(f"Your code: {turn}{number}0000", address)
        assert hear() == [f"{turn}{number}0000" for number in range(8)]
    assert hear() == ["1"] * 8
    for worker in workers:
        worker.communicate(timeout=PATIENCE)
        assert worker.returncode == 0
    reader.close()
    assert mailbox.server.logins(mailbox.user) == 1
