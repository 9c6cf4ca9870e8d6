"""Server processes on one database, as a prefork server has them, that can be stopped in the middle of a request.

Run as `workers.py DATABASE PORT NOTES`. Each line of standard input starts a worker: it names a fault, or none; its URL
and process id are printed. When standard input ends, so do all workers. Two headers count points in the work on a
request: at `Die-At: N` the worker is killed, at `Hold-At: N` it waits for a word over that port, outside of
transactions alone: nobody else can go on while one of them writes. Every comparison is noted.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lost_races import LOST
from sqlalchemy import Connection
from waitress import wasyncore  # type: ignore[import-untyped]

from reference_server import Rules, Settings, Store, create_app
from reference_server.faults import FAULTS
from reference_server.server import bind, serve
from reference_server.settings import Policy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from reference_server.model import Account, Challenge
    from reference_server.sign_in import Attempt

POLICY = Policy(otp_attempts_per_challenge=3, otp_failures_before_lock=4, password_failures_before_lock=3)
DONE, HELD = b"d", b"h"
_here = threading.local()


def point(*, outside: bool = True) -> None:
    """Be killed here, or wait here, if the request asked for it."""
    _here.to_death = getattr(_here, "to_death", 0) - 1
    if _here.to_death == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if outside and (left := getattr(_here, "to_hold", 0)):
        _here.to_hold = left - 1
        if left == 1:
            _tell(HELD)


def _tell(word: bytes) -> None:
    with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as line:
        line.sendall(word)
        line.recv(1)


class WatchedStore(Store):
    @contextmanager
    def transaction(self, *, reading: bool = False) -> Iterator[Connection]:
        if joined := getattr(self._current, "connection", None):
            yield joined
            return
        point()
        with super().transaction(reading=reading) as connection:
            yield connection
            point(outside=False)

    def _run(self, *given: Any) -> Any:  # noqa: ANN401 - as of Store
        point(outside=False)
        return super()._run(*given)


class WatchedRules(Rules):
    def _note(self, what: str, account: Account, *, right: bool) -> None:
        point()
        notes = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(notes, f"{account.id} {what} {'right' if right else 'wrong'}\n".encode())
        os.close(notes)
        point()

    def password_matches(self, account: Account, password: str) -> bool:
        right = super().password_matches(account, password)
        self._note("password", account, right=right)
        return right

    def otp_matches(self, attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        right = super().otp_matches(attempt, challenge, otp)
        self._note("code", attempt.account, right=right)
        return right

    def send_otp(self, attempt: Attempt, otp: str) -> None:
        super().send_otp(attempt, otp)
        point()


def watched(app: WSGIApplication) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        _here.to_death = int(environ.get("HTTP_DIE_AT", 0))
        _here.to_hold = int(environ.get("HTTP_HOLD_AT", 0))
        body = list(app(environ, start_response))
        point(outside=False)
        if _here.to_hold:
            _tell(DONE)
        return body

    return answer


def _work(wrong: str, told: int, alive: int) -> None:
    parts: dict[str, Any] = {"rules": Rules, "store": Store}
    if wrong:
        part, replacement = (FAULTS[wrong].part, FAULTS[wrong].replacement) if wrong in FAULTS else LOST[wrong]
        parts[part] = replacement
    # The watching comes first, so that what is wrong is watched too.
    parts["rules"] = type("Rules", (WatchedRules, parts["rules"]), {}) if parts["rules"] is not Rules else WatchedRules
    parts["store"] = type("Store", (WatchedStore, parts["store"]), {}) if parts["store"] is not Store else WatchedStore
    settings = Settings(
        policy=POLICY,
        database_url=sys.argv[1],
        test_support_secret=os.environ["SUPPORT"],
        signing_key=os.environ["SIGNING_KEY"],
        password_profile="test",
    )
    bound = bind()
    app = watched(create_app(settings, **parts).wsgi_app)
    threading.Thread(target=_end_with, args=(alive,), daemon=True).start()
    serve(app, bound, lambda url: os.write(told, f"{url} {os.getpid()}\n".encode()))


def _end_with(alive: int) -> None:
    os.read(alive, 1)
    os._exit(0)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    alive, kept = os.pipe()
    for line in sys.stdin:
        if os.fork() == 0:
            os.close(kept)
            wasyncore.socket_map.clear()
            _work(line.strip(), sys.stdout.fileno(), alive)
            os._exit(0)


if __name__ == "__main__":
    main()
