"""How messages reach people: by SMTP, through an SMS gateway, and into the outbox of test support."""

import json
import logging
import re
import smtplib
import ssl
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from email.message import EmailMessage
from typing import Any, Protocol

import requests

from .model import Channel, Message
from .settings import Settings, SmsSettings, SmtpSettings
from .store import Store

TIMEOUT_SECONDS = 10
_log = logging.getLogger(__name__)


class DeliveryFailed(Exception):  # noqa: N818 - the contract's word
    """A message did not leave the server."""


class Transport(Protocol):
    """Carries messages of one channel."""

    def send(self, message: Message) -> None:
        """Hand a message on, or raise DeliveryFailed."""


class Smtp:
    """Carries e-mail to a mail server (RFC 5321), one connection per message."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def send(self, message: Message) -> None:
        """Hand a message to the mail server, or raise DeliveryFailed."""
        settings, mail = self._settings, EmailMessage()
        tls, kind = ssl.create_default_context(), smtplib.SMTP_SSL if settings.security == "tls" else smtplib.SMTP
        options: dict[str, Any] = {"context": tls} if settings.security == "tls" else {}
        try:
            mail["From"], mail["To"], mail["Subject"] = settings.sender, message.address, message.subject
            mail.set_content(message.body)
            with kind(settings.host, settings.port, timeout=TIMEOUT_SECONDS, **options) as server:
                if settings.security == "starttls":
                    server.starttls(context=tls)
                if settings.user is not None:
                    server.login(settings.user, settings.password or "")
                server.send_message(mail, to_addrs=[message.address])
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise DeliveryFailed("SMTP") from error


class SmsGateway:
    """Carries text messages to an HTTP gateway that takes JSON."""

    def __init__(self, settings: SmsSettings) -> None:
        self._settings = settings

    def send(self, message: Message) -> None:
        """Hand a message to the gateway, or raise DeliveryFailed."""
        values = {"to": message.address, "body": message.body}
        body = re.sub(r"\{(to|body)\}", lambda match: json.dumps(values[match[1]])[1:-1], self._settings.body)
        headers = {"Content-Type": "application/json"} | dict(self._settings.headers)
        try:
            answer = requests.request(
                self._settings.method,
                self._settings.url,
                data=body.encode(),
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise DeliveryFailed("SMS gateway") from error
        if not answer.ok or answer.is_redirect:
            raise DeliveryFailed("SMS gateway")


class Outbox:
    """Keeps what was sent where test support can read it, and refuses what test support put out of order."""

    def __init__(self, store: Store, carrier: Transport | None) -> None:
        self._store = store
        self._carrier = carrier

    def send(self, message: Message) -> None:
        """Keep a message, after the carrier took it if there is one."""
        if self._store.in_outage(message.address):
            raise DeliveryFailed("outage")
        if self._carrier:
            self._carrier.send(message)
        self._store.add_message(message)


class Delivery:
    """Sends messages: `send` when the answer depends on it, `post` when it must not."""

    def __init__(self, transports: Mapping[Channel, Transport], background: Executor | None) -> None:
        self._transports = transports
        self._background = background

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            DeliveryFailed: when it could not be handed on, or nothing carries its channel.
        """
        if message.channel not in self._transports:
            raise DeliveryFailed(f"nothing carries {message.channel}")
        self._transports[message.channel].send(message)

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


def delivery_of(settings: Settings, store: Store) -> Delivery:
    """Put together what the settings ask for."""
    carriers: dict[Channel, Transport] = {}
    if settings.smtp:
        carriers["email"] = Smtp(settings.smtp)
    if settings.sms:
        carriers["phone"] = SmsGateway(settings.sms)
    background = ThreadPoolExecutor(4, "delivery") if carriers else None
    if settings.test_support_secret is None:
        return Delivery(carriers, background)
    return Delivery(
        {"email": Outbox(store, carriers.get("email")), "phone": Outbox(store, carriers.get("phone"))}, background
    )
