"""What an IMAP server may do that Dovecot does not; the real thing is in tests/inboxes."""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from servinix_conformance.inbox import imap
from servinix_conformance.inbox.imap import ImapSource
from servinix_conformance.inbox.source import InboxError, Letter

ME = "codes@acme.example"
PASSWORD = "s3cret-passw0rd"


class Server:
    """An IMAP server of one folder that does as a test says.

    Attributes:
        messages: text by UID; None for one that is listed and cannot be fetched any more.
        replies: what is answered in the place of the usual, by the name of the command; None closes the connection.
    """

    def __init__(self) -> None:
        self.messages: dict[int, str | None] = {}
        self.validity = 7
        self.tells_next = True
        self.greeting: bytes | None = b"* OK ready\r\n"
        self.replies: dict[str, str | None] = {}
        self.commands: list[str] = []
        self.connections: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def cut(self) -> None:
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rwb", buffering=0) as stream:
            if self.greeting is None:
                stream.readline()
                return
            stream.write(self.greeting)
            while line := re.match(r"(\w+) ((?:UID )?\w+)(.*)", stream.readline().decode(errors="replace")):
                tag, name, command = line[1], line[2], line[2] + line[3].rstrip()
                self.commands.append(command)
                reply = self.replies.get(name, "")
                if reply is None:
                    return
                if name == "AUTHENTICATE" and not reply:
                    stream.write(b"+ \r\n")
                    self.commands.append(base64.b64decode(stream.readline()).decode())
                data, _, result = reply.rpartition("|") if reply else (self._data(name, command), "", "OK done")
                stream.write(f"{data}{tag} {result}\r\n".encode())
                if name == "STARTTLS":
                    stream.read(1)
                    stream.write(b"* BAD this is no TLS\r\n")
                    while stream.read(1000):
                        pass

    def _data(self, name: str, command: str) -> str:
        uids = sorted(self.messages)
        if name == "CAPABILITY":
            return "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"
        if name == "EXAMINE":
            following = f"* OK [UIDNEXT {max(uids, default=0) + 1}] next\r\n" if self.tells_next else ""
            return f"* {len(uids)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n{following}"
        if name == "UID SEARCH":
            first, _, last = command.rpartition(" ")[2].partition(":")
            found = [uid for uid in uids if first != "*" and int(first) <= uid and (last == "*" or uid <= int(last))]
            # The last message is in every range that ends with a star.
            found = found or (uids[-1:] if command.endswith("*") else [])
            return f"* SEARCH {' '.join(map(str, found))}\r\n"
        if name == "UID FETCH" and (text := self.messages[uid := int(command.split()[2])]) is not None:
            source = f"To: {ME}\r\n\r\n{text}"
            return f"* 9 FETCH (FLAGS ())\r\n* 1 FETCH (UID {uid} BODY[] {{{len(source)}}}\r\n{source})\r\n"
        return "* BYE bye\r\n" if name == "LOGOUT" else ""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def open_at(server: Server) -> Iterator[Callable[..., ImapSource]]:
    opened = []

    def open_it(**more: Any) -> ImapSource:  # noqa: ANN401
        options = {"host": "127.0.0.1", "port": server.port, "tls": "none", "user": "codes", "password": PASSWORD}
        source = ImapSource({**options, "timeout_seconds": 30, **more})
        opened.append(source)
        return source

    yield open_it
    for source in opened:
        source.close()


def letters(source: ImapSource, mark: list[int], address: str = ME) -> list[Letter]:
    # A look that is shared with the last one would not see what a test just changed.
    with patch.object(imap, "SHARED_SECONDS", 0.0):
        return source.since(address, mark)


def texts(source: ImapSource, mark: list[int]) -> list[str]:
    return [letter.text for letter in letters(source, mark)]


def refused(open_it: Callable[..., ImapSource], **options: Any) -> str:  # noqa: ANN401
    with pytest.raises(InboxError) as caught:
        open_it(**options)
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


def test_only_what_comes_after_the_mark_is_asked_for_and_fetched_once(
    server: Server, open_at: Callable[..., ImapSource]
) -> None:
    server.messages = dict.fromkeys(range(1, 101), "old")
    source = open_at()
    mark = source.mark(ME)
    assert mark == [7, 101]
    assert texts(source, mark) == []
    server.messages |= {101: "111111", 105: "222222"}
    for _ in range(3):
        assert texts(source, mark) == ["111111", "222222"]
    assert [letter.id for letter in letters(source, mark)] == ["7-101", "7-105"]
    assert letters(source, mark, "you@acme.example") == []
    assert source.mark(ME) == [7, 106]
    assert [line for line in server.commands if "FETCH" in line] == [
        *("UID FETCH 101 (BODY.PEEK[])", "UID FETCH 105 (BODY.PEEK[])"),
    ]
    assert {line for line in server.commands if "SEARCH" in line} == {
        f"UID SEARCH CHARSET US-ASCII UID {first}:*" for first in (101, 106)
    }
    assert [line for line in server.commands if line.startswith(("SELECT", "STORE"))] == []


def test_looks_within_a_tenth_of_a_second_are_one_and_a_mark_looks_always(
    server: Server, open_at: Callable[..., ImapSource]
) -> None:
    source = open_at()
    mark = source.mark(ME)
    server.messages[1] = "111111"
    with patch.object(imap, "SHARED_SECONDS", 600.0):
        assert [source.since(ME, mark) for _ in range(5)] == [[]] * 5
        assert server.commands.count("NOOP") == 1
        assert source.mark(ME) == [7, 2]
        assert server.commands.count("NOOP") == 2
        assert len(source.since(ME, mark)) == 1


def test_a_look_that_began_while_a_mark_waited_for_its_turn_is_good_enough(
    server: Server, open_at: Callable[..., ImapSource]
) -> None:
    source = open_at()
    with patch.object(time, "monotonic", return_value=1.0):
        source.mark(ME)
        source.mark(ME)
    assert server.commands.count("NOOP") == 1


def test_a_mark_of_another_reader_is_as_good(server: Server, open_at: Callable[..., ImapSource]) -> None:
    server.messages = {1: "111111", 2: "222222", 3: "333333"}
    source = open_at()
    assert texts(source, [7, 2]) == ["222222", "333333"]
    assert texts(source, [7, 3]) == ["333333"]
    assert "UID SEARCH CHARSET US-ASCII UID 2:3" in server.commands


def test_a_message_that_was_deleted_before_it_was_fetched_is_none(
    server: Server, open_at: Callable[..., ImapSource]
) -> None:
    source = open_at()
    mark = source.mark(ME)
    server.messages = {1: None, 2: "222222"}
    assert texts(source, mark) == ["222222"]
    assert texts(source, mark) == ["222222"]
    assert server.commands.count("UID FETCH 1 (BODY.PEEK[])") == 1


def test_a_server_that_keeps_uidnext_to_itself_is_asked_for_its_last_message(
    server: Server, open_at: Callable[..., ImapSource]
) -> None:
    server.tells_next = False
    assert open_at().mark(ME) == [7, 1]
    server.messages = {41: "old"}
    assert open_at().mark(ME) == [7, 42]


def test_a_folder_that_was_made_anew_is_an_error(server: Server, open_at: Callable[..., ImapSource]) -> None:
    source = open_at()
    mark = source.mark(ME)
    server.validity = 8
    server.cut()
    with pytest.raises(InboxError, match=r"the folder 'INBOX' was made anew \(its UIDVALIDITY changed\); run again"):
        letters(source, mark)
    assert source.mark(ME) == [8, 1]


def test_a_connection_that_was_closed_is_made_anew_once(server: Server, open_at: Callable[..., ImapSource]) -> None:
    source = open_at()
    mark = source.mark(ME)
    server.messages[1] = "111111"
    server.cut()
    assert texts(source, mark) == ["111111"]
    assert len(server.connections) == 2
    server.replies["NOOP"] = None
    with pytest.raises(InboxError, match=r"^codes at 127\.0\.0\.1:\d+: .*; check host, port and tls$"):
        letters(source, mark)
    assert len(server.connections) == 3
    server.replies.clear()
    assert texts(source, mark) == ["111111"]
    assert len(server.connections) == 4


def test_a_command_that_is_refused_is_no_reason_to_try_again(
    server: Server, open_at: Callable[..., ImapSource]
) -> None:
    source = open_at()
    mark = source.mark(ME)
    server.messages[1] = "111111"
    server.replies["UID FETCH"] = "|NO [LIMIT] slow\x07 down"
    with pytest.raises(InboxError, match=r"\[LIMIT\] slow down; check host, port and tls"):
        letters(source, mark)
    assert len(server.connections) == 1


def test_a_server_that_falls_silent_is_an_error(server: Server, open_at: Callable[..., ImapSource]) -> None:
    source = open_at(timeout_seconds=0.3)
    reading, hung = threading.Event(), threading.Event()

    def hang(_name: str, _command: str) -> str:
        reading.set()
        hung.wait(30)
        return ""

    with (
        patch.object(server, "_data", hang),
        pytest.raises(InboxError, match="timed out; check host, port and tls, or raise timeout_seconds"),
    ):
        source.mark(ME)
    assert reading.is_set()
    hung.set()


def test_a_server_that_does_not_greet_is_an_error(server: Server, open_at: Callable[..., ImapSource]) -> None:
    server.greeting = None
    told = refused(open_at, timeout_seconds=0.2)
    assert told == f"codes at 127.0.0.1:{server.port}: timed out; check host, port and tls, or raise timeout_seconds"


def test_a_refused_password_is_told_and_not_shown(server: Server, open_at: Callable[..., ImapSource]) -> None:
    server.replies["LOGIN"] = f"|NO [AUTHENTICATIONFAILED] no user codes with {PASSWORD}"
    assert refused(open_at) == (
        f"codes at 127.0.0.1:{server.port}: [AUTHENTICATIONFAILED] no user codes with ***; check user and password"
    )


def test_a_password_beyond_ascii_is_sent_as_it_is(server: Server, open_at: Callable[..., ImapSource]) -> None:
    open_at(password="pässword")
    assert "\0codes\0pässword" in server.commands
    server.replies["AUTHENTICATE"] = "|NO no"
    assert refused(open_at, password="pässword").endswith("check user and password")
    server.replies["AUTHENTICATE"] = None
    assert refused(open_at, password="pässword").endswith("check host, port and tls")


def test_a_folder_that_is_not_there_is_told(server: Server, open_at: Callable[..., ImapSource]) -> None:
    server.replies["EXAMINE"] = "|NO no such mailbox"
    assert refused(open_at, folder="Codés").endswith("no such mailbox; check folder")
    assert 'EXAMINE "Cod&AOk-s"' in server.commands


def test_a_server_without_tls_is_told(open_at: Callable[..., ImapSource]) -> None:
    assert refused(open_at, tls="starttls").endswith("TLS not supported by server; check host, port and tls")
    assert refused(open_at, tls="tls").endswith("; check port and tls")


def test_a_server_that_says_it_has_tls_and_has_none_is_told(server: Server, open_at: Callable[..., ImapSource]) -> None:
    server.replies["CAPABILITY"] = "* CAPABILITY IMAP4rev1 STARTTLS\r\n|OK done"
    assert refused(open_at, tls="starttls").endswith("; check port and tls")


def test_a_port_where_nobody_listens_is_told(open_at: Callable[..., ImapSource]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    told = refused(open_at, port=port)
    assert re.fullmatch(rf"codes at 127\.0\.0\.1:{port}: .*refused; check host and port", told)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": "mail.example"}, "mail.example: codes would travel in clear text; use tls = 'tls' or 'starttls', or"),
        ({"password": PASSWORD + "\r\nA1 LOGOUT"}, "user, password and folder hold no control characters; check them"),
        ({"verify": "/no/such/ca.pem"}, "the CA file /no/such/ca.pem cannot be read: .*; check verify"),
        ({"verify": __file__}, "the CA file .*test_harness_inbox_imap.py cannot be read: .*; check verify"),
    ],
)
def test_options_that_cannot_work_say_what_to_mend(
    open_at: Callable[..., ImapSource], options: dict[str, Any], message: str
) -> None:
    assert re.search(message, refused(open_at, **options))


def test_clear_text_may_be_allowed(open_at: Callable[..., ImapSource], monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.create_connection

    def here(address: tuple[str, int], *more: Any, **named: Any) -> socket.socket:  # noqa: ANN401
        return real(("127.0.0.1", address[1]), *more, **named)

    monkeypatch.setattr(socket, "create_connection", here)
    assert open_at(host="mail.example", clear_text=True).mark(ME) == [7, 1]


def test_a_source_that_was_closed_opens_again_when_it_is_asked(
    server: Server, open_at: Callable[..., ImapSource]
) -> None:
    source = open_at()
    source.close()
    source.close()
    assert "LOGOUT" in server.commands
    assert source.mark(ME) == [7, 1]
    server.cut()
    source.close()
    assert len(server.connections) == 2


def test_ports_are_those_of_the_kind_of_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tried = []

    def note(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:  # noqa: ANN401
        tried.append(address)
        raise ConnectionRefusedError(111, str(tmp_path))

    monkeypatch.setattr(socket, "create_connection", note)
    for tls in ({}, {"tls": "starttls"}, {"tls": "none"}):
        with pytest.raises(InboxError):
            ImapSource({"host": "localhost", "user": "u", "password": "p", **tls})
    assert tried == [("localhost", 993), ("localhost", 143), ("localhost", 143)]
