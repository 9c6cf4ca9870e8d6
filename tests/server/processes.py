"""Several server processes on one database, from outside: each can be held, or killed, in the middle of a request."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import requests
import workers
from server_api import SECRET, Api, Reply, Send, other_than

from reference_server.settings import generate_signing_key

ROOT = Path(__file__).parents[2]
SECONDS = 60
"""How long anything may take on the slowest machine."""
GUESSES, PASSWORDS = workers.POLICY.otp_failures_before_lock, workers.POLICY.password_failures_before_lock
NEW_PASSWORD = "another passphrase"
DIED = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
"""How a request ends whose process is killed."""


@dataclass(frozen=True)
class Person:
    """A user."""

    id: str
    email: str
    password: str = "a right passphrase"


def over_http(url: str, headers: Mapping[str, str]) -> Send:
    def send(method: str, path: str, body: object, bearer: str | None) -> Reply:
        sent = dict(headers) | ({} if bearer is None else {"Authorization": f"Bearer {bearer}"})
        answer = requests.request(method, f"{url}{path}", json=body, headers=sent, timeout=SECONDS)
        wait = answer.headers.get("Retry-After")
        return Reply(answer.status_code, answer.json() if answer.content else {}, None if wait is None else int(wait))

    return send


class Worker:
    """One process."""

    def __init__(self, url: str, pid: int) -> None:
        self.url, self.pid = url, pid
        self.api = self.with_headers()

    def with_headers(self, **headers: int) -> Api:
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return Api(over_http(self.url, named))

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Workers:
    """The processes of one database, and people who use them."""

    numbers = itertools.count(1)

    def __init__(self, folder: Path) -> None:
        self._database, self._notes = folder / "server.db", folder / "notes"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(SECONDS)
        command = [sys.executable, str(Path(__file__).with_name("workers.py")), f"sqlite:///{self._database}"]
        keys = {"SUPPORT": SECRET, "SIGNING_KEY": generate_signing_key()}
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, str(self._listener.getsockname()[1]), str(self._notes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": f"{Path(__file__).parent}{os.pathsep}{ROOT}", **keys},
        )
        self.be("")
        self.supporter = self.one.api.supporter("support@example.com")
        self.policy: Mapping[str, int] = self.one.api.test_support("GET", "/policy").body

    def be(self, wrong: str) -> None:
        """Start two of them, right for "", or both wrong in one way."""
        self._wrong = wrong
        self.one, self.other = self.start(), self.start()

    def start(self) -> Worker:
        """Start one more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{self._wrong}\n")
        self._process.stdin.flush()
        url, pid = self._process.stdout.readline().split()
        return Worker(url, int(pid))

    def stop(self) -> None:
        """End all."""
        self._process.communicate(timeout=SECONDS)
        self._listener.close()

    # People

    def person(self, **fields: object) -> Person:
        email = f"person{next(self.numbers)}@example.com"
        record = self.other.api.create_user(email=email, password=Person.password, **fields)
        return Person(record["user_id"], email)

    def mfa_person(self) -> Person:
        email = f"mfa{next(self.numbers)}@example.com"
        contact = {"channel": "email", "address": email}
        record = self.other.api.create_user(email=email, password=Person.password, mfa_enabled=True, contact=contact)
        return Person(record["user_id"], email)

    def challenge(self, person: Person) -> tuple[str, str]:
        """Pass the password stage; return the mfa_token and the code."""
        token = self.other.api.sign_in(person.email, person.password).body["mfa_token"]
        return str(token), self.other.api.codes(person.email)[-1]

    def fail_passwords(self, person: Person, times: int) -> None:
        for _ in range(times):
            assert self.other.api.sign_in(person.email, "a wrong one").name == "invalid-credentials"

    def fail_codes(self, person: Person, times: int) -> None:
        for number in range(times):
            if number % 2 == 0:
                mfa_token, code = self.challenge(person)
            assert self.other.api.verify(mfa_token, other_than(code)).name == "otp-rejected"

    def support(self, person: Person, what: str) -> Reply:
        return self.other.api.support(person.id, what, {"identity_verified": True}, self.supporter)

    def locked(self, person: Person) -> bool:
        return self.other.api.record(person.email, self.supporter)["locked_until"] is not None

    def opens(self, token: str) -> bool:
        """Tell whether an access token opens anything at either process."""
        return any(worker.api.profile(token).status == 200 for worker in (self.one, self.other))

    def compared(self, person: Person, what: str) -> int:
        """Tell how often something wrong was compared for somebody: `password` or `code`."""
        return self._notes.read_text().splitlines().count(f"{person.id} {what} wrong")

    def sessions(self, person: Person) -> int:
        """Tell how many sessions somebody has."""
        with closing(sqlite3.connect(self._database)) as database:
            (row,) = database.execute("SELECT count(*) FROM sessions WHERE user_id = ?", [person.id])
        return int(row[0])

    # What happens at the same time

    def interleaved(
        self, first: Callable[[Api], Reply], second: Callable[[Api], Reply], at: int
    ) -> tuple[bool, Reply, Reply]:
        """Hold a request of one process at a point of its work until the other process has answered another request.

        Returns:
            Whether the point was reached, and both answers.
        """
        with ThreadPoolExecutor(1) as pool:
            begun = pool.submit(first, self.one.with_headers(Hold_At=at))
            line, _ = self._listener.accept()
            with line:
                held = line.recv(1) == workers.HELD
                after = second(self.other.api)
                line.sendall(b"g")
            return held, begun.result(), after

    def at_once(self, *calls: Callable[[Api], Reply]) -> Counter[str]:
        """Begin requests together, at both processes by turns; count the answers."""
        barrier = threading.Barrier(len(calls))

        def call(number: int) -> str:
            barrier.wait(SECONDS)
            return calls[number]((self.one, self.other)[number % 2].api).name

        with ThreadPoolExecutor(len(calls)) as pool:
            return Counter(pool.map(call, range(len(calls))))

    def dies(self, request: Callable[[Api], Reply], at: int) -> Reply | None:
        """Kill a process at a point of its work on a request, and start another; return what was answered before."""
        try:
            reply = request(self.one.with_headers(Die_At=at))
        except DIED:
            reply = None
        else:
            self.one.kill()
        self.one = self.start()
        return reply

    def die_together(self, *calls: Callable[[Api], object]) -> bool:
        """Begin requests together at one process, and start it anew; tell whether it died of them."""
        barrier = threading.Barrier(len(calls))

        def call(number: int) -> bool:
            barrier.wait(SECONDS)
            try:
                calls[number](self.one.api)
            except DIED:
                return True
            return False

        with ThreadPoolExecutor(len(calls)) as pool:
            died = any(list(pool.map(call, range(len(calls)))))
        if not died:
            self.one.kill()
        self.one = self.start()
        return died


def while_there_are_points(tried: Callable[[int], bool], first: int = 1, step: int = 1) -> int:
    """Try something at points in the work on a request, until there is none; return the last."""
    return next(at for at in itertools.count(first, step) if not tried(at)) - step
