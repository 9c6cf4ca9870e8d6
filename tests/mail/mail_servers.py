"""Real mail on loopback: a Dovecot that serves Maildirs over IMAP, and an SMTP server that delivers into them.

with dovecot({"codes": "secret"}) as imap, smtp_to_maildir(imap.mailbox_of) as smtp:
    ...  # send to codes+anything@acme.example at smtp.host and smtp.port, read as codes at imap.host and imap.port
"""

from __future__ import annotations

import contextlib
import getpass
import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from mail_certificates import make_certificates

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
auth_failure_delay = 0
mail_max_userip_connections = 100
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # A wrong password is answered at once, however many there were.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
PATIENCE = 60.0
"""How many seconds a server may take to start, to answer and to end."""
_counter = itertools.count()


def deliver(maildir: Path, message: bytes) -> Path:
    """Put a message into a Maildir as a mail server does: seen whole or not at all."""
    for name in ("tmp", "new", "cur"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
    name = f"{time.time():.6f}.P{os.getpid()}Q{next(_counter)}.localhost"
    started, done = maildir / "tmp" / name, maildir / "new" / name
    started.write_bytes(message)
    owner = maildir.stat()
    if owner.st_uid != os.geteuid():
        os.chown(started, owner.st_uid, owner.st_gid)
    started.rename(done)
    return done


@dataclass
class Dovecot:
    """A Dovecot that runs.

    Attributes:
        port: speaks TLS from the first byte; its certificate is signed by `ca`.
        plain_port: speaks clear text until a client says STARTTLS.
        ca: the PEM file of the authority to trust.
        folder: holds its configuration, its log and the Maildirs.
    """

    folder: Path
    host: str
    port: int
    plain_port: int
    ca: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def maildir(self, user: str) -> Path:
        """Where the messages of a user lie."""
        return self.folder / "mail" / user

    def mailbox_of(self, address: str) -> Path:
        """The Maildir of an address: of the user before its plus sign or its at sign."""
        return self.maildir(address.partition("@")[0].partition("+")[0])

    def log(self) -> str:
        """What Dovecot has said so far."""
        path = self.folder / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def logins(self, user: str) -> int:
        """How many connections have signed in as a user since the start."""
        return self.log().count(f"Login: user=<{user}>")

    def kick(self, user: str) -> None:
        """Close the connections of a user."""
        subprocess.run(  # noqa: S603 - our own command
            [_program("doveadm"), "-c", self.folder / "dovecot.conf", "kick", user],
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )

    def start(self) -> None:
        """Start it, at the ports that it has."""
        (self.folder / "log").unlink(missing_ok=True)
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [_program("dovecot"), "-F", "-c", self.folder / "dovecot.conf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + PATIENCE
        while not self._greets():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"Dovecot did not start:\n{self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, with all its processes; it can be started again."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        # Those that serve a client would go on for half a minute.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while self._greets() and time.monotonic() < until:
            time.sleep(0.01)

    def _greets(self) -> bool:
        try:
            with socket.create_connection((self.host, self.plain_port), timeout=PATIENCE) as connection:
                return connection.recv(4) == b"* OK"
        except OSError:
            return False


@contextmanager
def dovecot(users: Mapping[str, str]) -> Iterator[Dovecot]:
    """Run a Dovecot with a Maildir for each user, on free ports of loopback.

    Args:
        users: name and password.

    Raises:
        RuntimeError: Dovecot is not installed, or did not start.
    """
    _program("dovecot")
    # Not pytest's folders: Dovecot's own users cannot look into those, and its sockets need a short path.
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as name:
        running = _configured(Path(name), users)
        try:
            running.start()
            yield running
        finally:
            running.stop()


def _configured(folder: Path, users: Mapping[str, str]) -> Dovecot:
    as_root = os.geteuid() == 0
    owner = pwd.getpwnam("dovecot" if as_root else getpass.getuser())
    folder.chmod(0o755)
    for user in users:
        for part in ("", "new", "cur", "tmp"):
            made = folder / "mail" / user / part
            made.mkdir(parents=True)
            if as_root:
                os.chown(made, owner.pw_uid, owner.pw_gid)
    certificates = make_certificates(folder)
    (folder / "users").write_text("".join(f"{user}:{{PLAIN}}{word}\n" for user, word in users.items()))
    port, plain_port = free_ports(2)
    text = _CONFIGURATION.format(
        folder=folder,
        port=port,
        plain_port=plain_port,
        owner=owner.pw_uid,
        group=owner.pw_gid,
        internal=owner.pw_name,
        internal_group=grp.getgrgid(owner.pw_gid).gr_name,
        login="dovenull" if as_root else owner.pw_name,
    )
    (folder / "dovecot.conf").write_text(text)
    return Dovecot(folder, "127.0.0.1", port, plain_port, certificates.ca)


@dataclass
class Smtp:
    """An SMTP server that runs.

    Attributes:
        mailbox_of: the Maildir that an address belongs to.
        copies: how often each message is delivered.
        holding: whether messages are kept in `held` instead of being delivered.
        held: pairs of a recipient and a message, as they came.
    """

    host: str
    port: int
    mailbox_of: Callable[[str], Path]
    copies: int = 1
    holding: bool = False
    held: list[tuple[str, bytes]] = field(default_factory=list)

    def deliver(self, recipient: str, message: bytes) -> None:
        """Put a message into the mailbox of a recipient."""
        for _ in range(self.copies):
            deliver(self.mailbox_of(recipient), b"Delivered-To: " + recipient.encode() + b"\r\n" + message)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's
        """Take a message for all its recipients."""
        for recipient in envelope.rcpt_tos:
            if self.holding:
                self.held.append((recipient, envelope.content))
            else:
                self.deliver(recipient, envelope.content)
        return "250 taken"


@contextmanager
def smtp_to_maildir(mailbox_of: Callable[[str], Path]) -> Iterator[Smtp]:
    """Run an SMTP server on loopback that delivers into Maildirs.

    Args:
        mailbox_of: the Maildir that an address belongs to, as `Dovecot.mailbox_of` tells it.
    """
    (port,) = free_ports(1)
    smtp = Smtp("127.0.0.1", port, mailbox_of)
    controller = Controller(smtp, hostname=smtp.host, port=port, ready_timeout=PATIENCE)
    controller.start()
    try:
        yield smtp
    finally:
        controller.stop()


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")
    if found is None:
        raise RuntimeError(f"{name} is not installed; the tests of inboxes need it: apt-get install dovecot-imapd")
    return found


def free_ports(count: int) -> list[int]:
    """Ports of loopback where nobody listens."""
    # All at once, so that none is given out twice.
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
