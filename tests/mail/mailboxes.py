"""Mailboxes of the mail servers of the tests: written to by SMTP, and read through the suite's own sources."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mail_servers import PATIENCE, Dovecot, Smtp

from servinix_conformance.inbox.letterbox import Letterbox
from servinix_conformance.inbox.source import Source
from servinix_conformance.inbox.text import Patterns
from servinix_conformance.redaction import Redactor

PASSWORD = "the-password-of-all"


def send(  # noqa: PLR0913 - a message has as many parts
    host: str, port: int, to: str, text: str, *, html: str | None = None, envelope: str | None = None
) -> None:
    """Send a message by SMTP.

    Args:
        host: the server.
        port: its port.
        to: what the message says.
        text: its plain part; none when it is empty.
        html: its rich part.
        envelope: where it goes; `to` without it.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Acme <noreply@acme.example>", to, "Your code — für Sie"
    if text:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    with smtplib.SMTP(host, port, timeout=PATIENCE) as post:
        post.sendmail("noreply@acme.example", [envelope or to], message.as_bytes())


@dataclass
class Mailbox:
    """A user of the mail server."""

    server: Dovecot
    smtp: Smtp
    user: str

    @property
    def address(self) -> str:
        return f"{self.user}+a@acme.example"

    @property
    def maildir(self) -> Path:
        return self.server.maildir(self.user)

    def send(self, text: str, to: str | None = None, **more: Any) -> None:  # noqa: ANN401
        send(self.smtp.host, self.smtp.port, to or self.address, text, **more)

    def options(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        return {
            "host": self.server.host,
            "port": self.server.port,
            "verify": str(self.server.ca),
            "user": self.user,
            "password": PASSWORD,
            "timeout_seconds": PATIENCE,
            **more,
        }


def letterbox(source: Source) -> Letterbox:
    return Letterbox({"email": source}, {"email": Patterns()}, Redactor())
