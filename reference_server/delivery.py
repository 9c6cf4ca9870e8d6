"""How messages reach people: by SMTP, through an SMS gateway, and into the outbox of test support."""

import json
import logging
import re
import smtplib
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from functools import partial

import requests

from .model import Channel, Message
from .settings import Settings, SmsSettings, SmtpSettings
from .store import Store

TIMEOUT_SECONDS = 10
_log = logging.getLogger(__name__)


class DeliveryFailed(Exception):  # noqa: N818 - the contract's word
    """A message did not leave the server."""


def send_mail(settings: SmtpSettings, message: Message) -> None:
    """Hand a message to the mail server (RFC 5321), one connection per message, or raise DeliveryFailed."""
    mail, tls = EmailMessage(), ssl.create_default_context()
    kind = partial(smtplib.SMTP_SSL, context=tls) if settings.security == "tls" else smtplib.SMTP
    try:
        mail["From"], mail["To"], mail["Subject"] = settings.sender, message.address, message.subject
        mail.set_content(message.body)
        with kind(settings.host, settings.port, timeout=TIMEOUT_SECONDS) as server:
            if settings.security == "starttls":
                server.starttls(context=tls)
            if settings.user is not None:
                server.login(settings.user, settings.password or "")
            server.send_message(mail, to_addrs=[message.address])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise DeliveryFailed("SMTP") from error


def send_text(settings: SmsSettings, message: Message) -> None:
    """Hand a message to an HTTP gateway that takes JSON, or raise DeliveryFailed."""
    values = {"to": message.address, "body": message.body}
    data = re.sub(r"\{(to|body)\}", lambda match: json.dumps(values[match[1]])[1:-1], settings.body).encode()
    headers = {"Content-Type": "application/json"} | dict(settings.headers)
    try:
        answer = requests.request(
            settings.method, settings.url, data=data, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        raise DeliveryFailed("SMS gateway") from error
    if not answer.ok or answer.is_redirect:
        raise DeliveryFailed("SMS gateway")


class Delivery:
    """Sends messages: `send` when the answer depends on it, `post` when it must not.

    With test support, every message is kept where it can be read, and what was put out of order is refused.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self._carriers: dict[Channel, Callable[[Message], None]] = {}
        if settings.smtp:
            self._carriers["email"] = partial(send_mail, settings.smtp)
        if settings.sms:
            self._carriers["phone"] = partial(send_text, settings.sms)
        self._background = ThreadPoolExecutor(4, "delivery") if self._carriers else None
        self._outbox = None if settings.test_support_secret is None else store

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            DeliveryFailed: when it could not be handed on, or nothing carries its channel.
        """
        carrier = self._carriers.get(message.channel)
        if self._outbox is None and carrier is None:
            raise DeliveryFailed(f"nothing carries {message.channel}")
        if self._outbox and self._outbox.in_outage(message.address):
            raise DeliveryFailed("outage")
        if carrier:
            carrier(message)
        if self._outbox:
            self._outbox.add_message(message)

    def post(self, message: Message) -> None:
        """Send a message sooner or later; a failure changes no answer, nor does the time that a mail server takes."""
        if self._background:
            self._background.submit(self._attempt, message)
        else:
            self._attempt(message)

    def _attempt(self, message: Message) -> None:
        try:
            self.send(message)
        except DeliveryFailed:
            _log.warning("A message by %s could not be delivered.", message.channel)
