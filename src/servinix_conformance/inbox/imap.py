"""A mailbox that is read over IMAP (RFC 3501), by one connection, without changing anything in it."""

from __future__ import annotations

import contextlib
import imaplib
import math
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

from imap_tools.errors import (
    ImapToolsError,
    MailboxFetchError,
    MailboxFolderSelectError,
    MailboxLoginError,
    UnexpectedCommandStatusError,
)
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.utils import check_command_status

from .base import FRESH, SHARED_SECONDS, TIMEOUT, VERIFY, BaseSource, options_schema, refuse_clear_text
from .mime import addressed_to, read_letter
from .source import InboxError, Letter

_REMEDIES: dict[type[Exception], str] = {
    # The first that fits.
    ssl.SSLCertVerificationError: "name the file of its CA as verify",
    ssl.SSLError: "check port and tls",
    TimeoutError: "check host, port and tls, or raise timeout_seconds",
    OSError: "check host and port",
    MailboxLoginError: "check user and password",
    MailboxFolderSelectError: "check folder",
    Exception: "check host, port and tls",
}
_PORTS = {"tls": 993, "starttls": 143, "none": 143}


class ImapSource(BaseSource):
    """Implements `servinix_conformance.inbox.source.Source`, as kind `imap`.

    A mark is the UIDVALIDITY of the folder and the UID that its next message will have, so that what lies there is
    never looked at: the server is asked for later UIDs alone, and each message is fetched once, for all who ask.
    """

    schema: ClassVar[Mapping[str, Any]] = options_schema(
        {
            "host": {"type": "string", "minLength": 1},
            "port": {"type": "integer", "minimum": 1, "maximum": 65535},
            "tls": {"enum": ["tls", "starttls", "none"]},
            "verify": VERIFY,
            "clear_text": {"type": "boolean", "description": "Allow tls = none to a host that is not loopback"},
            "user": {"type": "string", "minLength": 1},
            "password": {"$ref": "#/$defs/secret"},
            "folder": {"type": "string", "minLength": 1},
            "fresh": FRESH,
            "timeout_seconds": TIMEOUT,
        },
        required=["host", "user", "password"],
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._tls: str = options.get("tls", "tls")
        self._host: str = options["host"]
        self._port: int = options.get("port", _PORTS[self._tls])
        self._user: str = options["user"]
        self._password: str = options["password"]
        self._folder: str = options.get("folder", "INBOX")
        self._timeout: float = options.get("timeout_seconds", 10.0)
        if self._tls == "none":
            refuse_clear_text(self._host, options, "use tls = 'tls' or 'starttls'")
        if any(ord(character) < ord(" ") for character in self._user + self._password + self._folder):
            raise InboxError(f"{self._who}: user, password and folder hold no control characters; check them")
        self._context = self._trusting(options.get("verify", True))
        self._lock = threading.Lock()
        # What has a UID from `_first` on, and lies before `_next`; None until it is fetched.
        self._letters: dict[int, Letter | None] = {}
        self._validity = self._first = self._next = 0
        self._looked = -math.inf
        self._box: BaseMailBox | None = self._connect()

    def mark(self, _address: str) -> list[int]:
        """UIDVALIDITY, and the UID of the next message."""
        asked = time.monotonic()
        with self._lock:
            self._work(lambda box: self._look(box, asked))
            return [self._validity, self._next]

    def since(self, address: str, mark: list[int]) -> list[Letter]:
        """What came for this address from the marked UID on."""
        asked = time.monotonic() - SHARED_SECONDS
        validity, first = mark
        with self._lock:
            self._work(lambda box: self._collect(box, asked, validity, first))
            letters = [letter for uid, letter in sorted(self._letters.items()) if letter and uid >= first]
        return addressed_to(letters, address)

    def close(self) -> None:
        """Sign out."""
        with self._lock:
            if self._box is not None:
                with contextlib.suppress(imaplib.IMAP4.error, ImapToolsError, OSError):
                    self._box.logout()  # where the server is gone, so is the connection
            self._drop()

    @property
    def _who(self) -> str:
        return f"{self._user} at {self._host}:{self._port}"

    def _enter(self, box: BaseMailBox) -> None:
        """Open the folder, for reading alone: nothing in it can change."""
        box.folder.set(self._folder, readonly=True)
        validity, following = _number(box, "UIDVALIDITY"), _number(box, "UIDNEXT")
        if validity != self._validity:
            # Servers may keep UIDNEXT to themselves.
            self._next = following or max(_uids(box, "*"), default=0) + 1
            self._validity, self._first = validity, self._next
            self._letters.clear()

    def _look(self, box: BaseMailBox, asked: float) -> None:
        """Ask for the UIDs of what is new, unless somebody did so after `asked`."""
        if self._looked >= asked:
            return
        started = time.monotonic()
        box.client.noop()  # now the server has to say what is new
        # The range n:* always holds the last message, even where its UID is below n.
        for uid in _uids(box, f"{self._next}:*"):
            if uid >= self._next:
                self._letters[uid], self._next = None, uid + 1
        self._looked = started

    def _collect(self, box: BaseMailBox, asked: float, validity: int, first: int) -> None:
        """Fetch what came from UID `first` on and was not fetched yet."""
        self._look(box, asked)
        if validity != self._validity:
            raise InboxError(
                f"{self._who}: the folder {self._folder!r} was made anew (its UIDVALIDITY changed); run again"
            )
        if first < self._first:
            self._letters.update(dict.fromkeys(_uids(box, f"{first}:{self._first - 1}")))
            self._first = first
        for uid in [uid for uid, letter in self._letters.items() if letter is None and uid >= first]:
            # PEEK leaves it unread. What was deleted in the meantime has no source.
            fetched = box.client.uid("FETCH", str(uid), "(BODY.PEEK[])")
            check_command_status(fetched, MailboxFetchError)
            sources = [item[1] for item in fetched[1] if isinstance(item, tuple)]
            if sources:
                self._letters[uid] = read_letter(f"{validity}-{uid}", sources[0])
            else:
                del self._letters[uid]

    def _work(self, work: Callable[[BaseMailBox], None]) -> None:
        """Do something with the connection; one that the server closed is made anew, once."""
        for last in (False, True):
            box = self._box = self._box or self._connect()
            try:
                work(box)
            except (imaplib.IMAP4.error, ImapToolsError, OSError) as error:
                self._drop()
                closed = isinstance(error, imaplib.IMAP4.abort | OSError) and not isinstance(error, TimeoutError)
                if last or not closed:
                    raise InboxError(self._said(error)) from error
            else:
                return

    def _connect(self) -> BaseMailBox:
        box: BaseMailBox | None = None
        try:
            if self._tls == "tls":
                box = MailBox(self._host, self._port, self._timeout, ssl_context=self._context)
            else:
                box = MailBoxUnencrypted(self._host, self._port, self._timeout)
                if self._tls == "starttls":
                    box.client.starttls(self._context)
            self._sign_in(box)
            self._enter(box)
        except (imaplib.IMAP4.error, ImapToolsError, OSError) as error:
            _shut(box)
            raise InboxError(self._said(error)) from error
        return box

    def _sign_in(self, box: BaseMailBox) -> None:
        if (self._user + self._password).isascii():
            box.login(self._user, self._password, initial_folder=None)
            return
        try:
            box.login_utf8(self._user, self._password, initial_folder=None)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise MailboxLoginError(("NO", [str(error)]), "OK") from error

    def _drop(self) -> None:
        box, self._box = self._box, None
        _shut(box)

    def _trusting(self, verify: str | Literal[True]) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
        except OSError as error:  # one of TLS is one, too
            raise InboxError(f"{self._who}: the CA file {verify} cannot be read: {error}; check verify") from error

    def _said(self, error: Exception) -> str:
        """What went wrong, and what would change it."""
        told = error.command_result[1] if isinstance(error, UnexpectedCommandStatusError) else [str(error)]
        text = " ".join(item.decode(errors="replace") if isinstance(item, bytes) else str(item) for item in told)
        text = "".join(filter(str.isprintable, text.replace(self._password, "***")))
        remedy = next(remedy for kind, remedy in _REMEDIES.items() if isinstance(error, kind))
        return f"{self._who}: {text}; {remedy}"


def _uids(box: BaseMailBox, span: str) -> list[int]:
    return sorted(map(int, box.uids(f"UID {span}")))


def _number(box: BaseMailBox, name: str) -> int:
    _, (value, *_) = box.client.response(name)
    return int(value or 0)


def _shut(box: BaseMailBox | None) -> None:
    if box is not None:
        with contextlib.suppress(OSError):  # it is shut already, which is what is wanted
            box.client.shutdown()
