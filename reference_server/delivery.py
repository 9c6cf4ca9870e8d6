"""How messages reach people: by SMTP, through an SMS gateway, and into the outbox of test support."""

import json
import logging
import re
import smtplib
import ssl
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from email.message import EmailMessage
from typing import Protocol

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
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._settings.sender, message.address, message.subject
        mail.set_content(message.body)
        try:
            with self._connect() as server:
                if self._settings.user is not None:
                    server.login(self._settings.user, self._settings.password or "")
                server.send_message(mail, to_addrs=[message.address])
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise DeliveryFailed("SMTP") from error

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_SECONDS, context=context)
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
        if settings.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        return server


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
            requests.request(
                self._settings.method,
                self._settings.url,
                data=body.encode(),
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            ).raise_for_status()
        except requests.RequestException as error:
            raise DeliveryFailed("SMS gateway") from error


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
