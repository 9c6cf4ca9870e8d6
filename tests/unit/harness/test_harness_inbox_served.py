from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

from servinix_conformance.inbox.served import Reader, RemoteSource
from servinix_conformance.inbox.source import InboxError, Letter

LETTER = Letter("1", ("codes@acme.example", "b@acme.example"), None, "für 123456\n\ud800")


class Known:
    """A source that knows its letters from the start."""

    quiet_seconds = 5.0
    deadline_seconds = 60.0
    poll_seconds = 0.2

    def __init__(self, *letters: Letter) -> None:
        self.letters = letters
        self.callers: set[str] = set()

    def mark(self, address: str) -> Any:  # noqa: ANN401
        self.callers.add(threading.current_thread().name)
        if address == "shut":
            raise InboxError("the door is shut")
        if address == "broken":
            raise KeyError("id")
        return [address, 7, None]

    def since(self, address: str, mark: Any) -> list[Letter]:  # noqa: ANN401
        assert mark == [address, 7, None]
        return list(self.letters)

    def fresh(self, channel: str) -> str | None:
        return None if channel == "phone" else "codes+1@acme.example"

    def close(self) -> None:
        raise AssertionError


@pytest.fixture
def reader() -> Any:  # noqa: ANN401
    reader = Reader({"email": Known(LETTER), "phone": Known()})
    yield reader
    reader.close()


def test_a_remote_source_gives_what_the_real_one_does(reader: Reader) -> None:
    source = RemoteSource(json.loads(json.dumps(reader.address("email"))))
    assert (source.quiet_seconds, source.deadline_seconds, source.poll_seconds) == (5.0, 60.0, 0.2)
    mark = source.mark("codes@acme.example")
    assert mark == ["codes@acme.example", 7, None]
    assert source.since("codes@acme.example", mark) == [LETTER]
    assert (source.fresh("email"), source.fresh("phone")) == ("codes+1@acme.example", None)
    source.close()
    assert source.mark("again") == ["again", 7, None]
    source.close()


def test_each_source_is_found_by_its_name(reader: Reader) -> None:
    source = RemoteSource(reader.address("phone"))
    assert source.since("+15550100123", source.mark("+15550100123")) == []
    source.close()


def test_errors_cross_the_border_and_the_connection_lives_on(reader: Reader) -> None:
    source = RemoteSource(reader.address("email"))
    with pytest.raises(InboxError, match=r"^the door is shut$"):
        source.mark("shut")
    with pytest.raises(InboxError, match=r"^the inbox for email broke: KeyError: 'id'$"):
        source.mark("broken")
    assert source.mark("x") == ["x", 7, None]
    source.close()


def test_a_reader_that_ended_is_an_error_before_and_after_the_first_question() -> None:
    reader = Reader({"email": Known()})
    early, late = RemoteSource(reader.address("email")), RemoteSource(reader.address("email"))
    early.mark("x")
    reader.close()
    with pytest.raises(InboxError, match="serves the inbox for email"):
        early.mark("x")
    for _ in range(2):
        with pytest.raises(InboxError, match=r"serves the inbox for email cannot be asked: .*refused"):
            late.mark("x")


def test_a_reader_that_ends_in_the_middle_of_an_answer_is_an_error() -> None:
    entered, over = threading.Event(), threading.Event()

    class Slow(Known):
        def mark(self, address: str) -> str:
            entered.set()
            over.wait(30)
            return address

    reader = Reader({"email": Slow()})
    source = RemoteSource(reader.address("email"))

    def close_when_asked() -> None:
        assert entered.wait(30)
        reader.close()

    closing = threading.Thread(target=close_when_asked)
    closing.start()
    with pytest.raises(InboxError, match="has ended, or was cut off"):
        source.mark("x")
    over.set()
    closing.join()


def test_a_process_that_is_killed_leaves_no_one_waiting() -> None:
    script = (
        "import json, sys, time; from servinix_conformance.inbox.served import Reader\n"
        "class Slow:\n"
        "    quiet_seconds = deadline_seconds = poll_seconds = 1.0\n"
        "    def mark(self, address):\n"
        "        print('asked', flush=True); time.sleep(600)\n"
        "print(json.dumps(Reader({'email': Slow()}).address('email')), flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        source = RemoteSource(json.loads(process.stdout.readline()))

        def kill_when_asked(lines: Any) -> None:  # noqa: ANN401
            assert lines.readline() == "asked\n"
            process.kill()

        killing = threading.Thread(target=kill_when_asked, args=(process.stdout,))
        killing.start()
        with pytest.raises(InboxError, match="the process that serves the inbox for email"):
            source.mark("x")
        killing.join()


def test_whoever_has_another_key_is_not_answered(reader: Reader) -> None:
    stranger = RemoteSource({**reader.address("email"), "key": "00" * 32})
    with pytest.raises(InboxError, match="has ended, or was cut off"):
        stranger.mark("x")
    address = reader.address("email")
    with socket.create_connection((address["host"], address["port"]), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert connection.recv(100) == b""


def test_what_another_server_answers_is_not_believed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"0" * 64 + b'{"value": 1}\n')

        threading.Thread(target=answer, daemon=True).start()
        port = listener.getsockname()[1]
        waits = dict.fromkeys(("quiet_seconds", "deadline_seconds", "poll_seconds"), 1.0)
        source = RemoteSource({"host": "127.0.0.1", "port": port, "key": "00" * 32, "name": "email", **waits})
        with pytest.raises(InboxError, match="has ended, or was cut off"):
            source.mark("x")


def test_whoever_goes_away_disturbs_nobody(reader: Reader) -> None:
    gone, stays = RemoteSource(reader.address("email")), RemoteSource(reader.address("email"))
    gone.mark("x")
    gone.close()
    assert stays.mark("y") == ["y", 7, None]
    stays.close()


def test_the_key_is_not_in_what_is_shown(reader: Reader) -> None:
    key = reader.address("email")["key"]
    assert len(key) == 64
    assert key not in repr(RemoteSource(reader.address("email")))
    other = Reader({"email": Known()})
    assert other.address("email")["key"] != key
    other.close()
