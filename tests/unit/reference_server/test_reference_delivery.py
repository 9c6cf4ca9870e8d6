from __future__ import annotations

import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from reference_server import Rules, Settings
from reference_server.delivery import Delivery, DeliveryFailed, send_mail, send_text
from reference_server.model import Message
from reference_server.settings import SmsSettings, SmtpSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Stage

    Kind = Callable[[TestResponse], str]

MAIL = Message(channel="email", address="ada@example.com", subject="Subject", body="Body\nof two lines", sent_at=0)
SMS = Message(channel="phone", address="+15550100123", subject=None, body='Body with "quotes" and {to}\n', sent_at=0)


class Mailbox:
    """Keeps what an SMTP server took."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.arrived = threading.Event()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802
        self.envelopes.append(envelope)
        self.arrived.set()
        return "250 OK"


class AnyPort(Controller):
    """An SMTP server on a free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def login(_server: object, _session: object, _envelope: object, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"user", b"secret"), handled=False)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_port(mailbox: Mailbox) -> Iterator[int]:
    controller = AnyPort(mailbox, "127.0.0.1", 0, authenticator=login, auth_require_tls=False)
    controller.start()
    yield controller.port
    controller.stop()


class Gateway(BaseHTTPRequestHandler):
    """Keeps what an SMS gateway was sent."""

    seen: list[tuple[str, str, dict[str, str], bytes]]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.command, self.path, dict(self.headers), body))
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_POST  # noqa: N815 - the name that http.server wants

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[tuple[str, type[Gateway]]]:
    handler = type("Handler", (Gateway,), {"seen": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/send", handler
        server.shutdown()
        thread.join()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def smtp(port: int, **more: Any) -> SmtpSettings:  # noqa: ANN401
    options: dict[str, Any] = {"security": "none", "sender": "no-reply@example.com"} | more
    return SmtpSettings(host="127.0.0.1", port=port, **options)


class TestSmtp:
    def test_a_message_arrives(self, mailbox: Mailbox, mail_port: int) -> None:
        send_mail(smtp(mail_port, user="user", password="secret"), MAIL)
        (envelope,) = mailbox.envelopes
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@example.com", ["ada@example.com"])
        assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Subject")
        assert mail.get_content().splitlines() == ["Body", "of two lines"]

    def test_a_wrong_login_fails(self, mailbox: Mailbox, mail_port: int) -> None:
        with pytest.raises(DeliveryFailed):
            send_mail(smtp(mail_port, user="user", password="wrong"), MAIL)
        assert mailbox.envelopes == []

    def test_a_server_without_starttls_fails(self, mailbox: Mailbox, mail_port: int) -> None:
        with pytest.raises(DeliveryFailed):
            send_mail(smtp(mail_port, security="starttls"), MAIL)
        assert mailbox.envelopes == []

    def test_a_server_that_is_not_there_fails(self, closed_port: int) -> None:
        with pytest.raises(DeliveryFailed):
            send_mail(smtp(closed_port), MAIL)

    def test_an_address_that_cannot_be_sent_to_fails(self, mailbox: Mailbox, mail_port: int) -> None:
        message = Message(channel="email", address="a@b\r\nBcc: c@d", subject="S", body="B", sent_at=0)
        with pytest.raises(DeliveryFailed):
            send_mail(smtp(mail_port), message)
        assert mailbox.envelopes == []

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_certificates_are_checked(self, mailbox: Mailbox, security: str, certificate: ssl.SSLContext) -> None:
        options: dict[str, Any] = {"ssl_context": certificate} if security == "tls" else {}
        controller = AnyPort(mailbox, "127.0.0.1", 0, **options)
        if security == "starttls":
            controller.factory = lambda: SMTP(mailbox, tls_context=certificate)  # type: ignore[method-assign]
        controller.start()
        try:
            with pytest.raises(DeliveryFailed):
                send_mail(smtp(controller.port, security=security), MAIL)
        finally:
            controller.stop()
        assert mailbox.envelopes == []


class TestSmsGateway:
    def test_a_message_arrives(self, gateway: tuple[str, type[Gateway]]) -> None:
        url, handler = gateway
        body = '{"messages": [{"destination": "{to}", "text": "Servinix: {body}", "count": 1}]}'
        send_text(SmsSettings(url=url, method="PUT", headers={"X-Key": "secret"}, body=body), SMS)
        ((method, path, headers, sent),) = handler.seen
        assert (method, path, headers["X-Key"], headers["Content-Type"]) == (
            "PUT",
            "/send",
            "secret",
            "application/json",
        )
        text = f"Servinix: {SMS.body}"
        assert json.loads(sent) == {"messages": [{"destination": SMS.address, "text": text, "count": 1}]}

    @pytest.mark.parametrize("status", [302, 400, 500])
    def test_a_gateway_that_does_not_take_it_fails(self, gateway: tuple[str, type[Gateway]], status: int) -> None:
        url, handler = gateway
        handler.status = status
        with pytest.raises(DeliveryFailed):
            send_text(SmsSettings(url=url), SMS)
        assert len(handler.seen) == 1

    def test_a_gateway_that_is_not_there_fails(self, closed_port: int) -> None:
        with pytest.raises(DeliveryFailed):
            send_text(SmsSettings(url=f"http://127.0.0.1:{closed_port}"), SMS)


class TestServer:
    def test_codes_go_by_smtp_and_into_the_outbox(
        self, set_stage: type[Stage], mailbox: Mailbox, mail_port: int
    ) -> None:
        stage = set_stage(smtp=smtp(mail_port))
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        assert code.encode() in mailbox.envelopes[0].content
        assert stage.verify(mfa_token, code).status_code == 200

    def test_a_mail_server_that_fails_opens_nothing(self, set_stage: type[Stage], kind: Kind, closed_port: int) -> None:
        stage = set_stage(smtp=smtp(closed_port))
        person = stage.mfa_person()
        assert kind(stage.sign_in(person)) == "delivery-failed"
        assert stage.messages(person.email) == []

    def test_what_no_answer_waits_for_is_sent_all_the_same(
        self, set_stage: type[Stage], mailbox: Mailbox, mail_port: int
    ) -> None:
        stage = set_stage(smtp=smtp(mail_port))
        assert stage.call("POST", "/auth/password-reset", {"email": stage.person().email}).status_code == 202
        assert mailbox.arrived.wait(10)

    def test_without_anything_that_carries_it_a_code_is_not_sent(
        self, set_stage: type[Stage], kind: Kind, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Undelivered(Rules):
            def __init__(self, *args: Any) -> None:  # noqa: ANN401
                super().__init__(*args)
                self.delivery = Delivery(Settings(), self.store)

        stage = set_stage(rules=Undelivered)
        person = stage.mfa_person()
        assert kind(stage.sign_in(person)) == "delivery-failed"
        assert stage.call("POST", "/auth/password-reset", {"email": person.email}).status_code == 202
        assert "could not be delivered" in caplog.text
        assert person.email not in caplog.text

    def test_text_messages_go_through_the_gateway(
        self, set_stage: type[Stage], gateway: tuple[str, type[Gateway]]
    ) -> None:
        url, handler = gateway
        stage = set_stage(sms=SmsSettings(url=url))
        person = stage.person(mfa_enabled=True, contact={"channel": "phone", "address": "+15550100123"})
        assert stage.sign_in(person).status_code == 202
        assert json.loads(handler.seen[0][3])["to"] == "+15550100123"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Return a TLS context with a certificate that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = builder.sign(key, hashes.SHA256())
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + signed.public_bytes(encoding))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context
