"""The Acme server as a process of its own, with the post that it uses: mail by SMTP, text messages by HTTP."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from aiosmtpd.controller import Controller

from servinix_conformance.document import Answer, Document, Operation

HERE = Path(__file__).parent
CONFIG: Mapping[str, Any] = json.loads((HERE / "acme.json").read_text(encoding="utf-8"))
DOCUMENT = Document((HERE / "acme-openapi.yaml").read_text(encoding="utf-8"), "acme-openapi.yaml")
PASSPHRASE: str = CONFIG["passphrase"]
NEW_PASSPHRASE = "Another-sesame"
AGENT = "agent.kirsi@acme.example"
PLAIN, COLLEAGUE = "kirsi.1@north.example", "kirsi.2@north.example"
MAILED, CODES = "kirsi.5@north.example", "codes-5@north.example"
TEXTED, PHONE = "kirsi.9@north.example", "+9991000109"
OWNER, SUSPENDED = "kirsi.12@north.example", "kirsi.13@north.example"
ELSEWHERE = "kirsi.1@south.example"


class AnyPort(Controller):
    """An SMTP server on a free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@dataclass
class Post:
    """What was sent, in order, as recipient and text. It is here before the server answers."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    smtp_port: int = 0
    sms_url: str = ""
    refusing: bool = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802
        if self.refusing:
            return "451 not now"
        text = message_from_bytes(envelope.content, policy=policy.default).get_content()
        self.sent += [(to, text) for to in envelope.rcpt_tos]
        return "250 OK"

    def to(self, address: str) -> list[str]:
        return [text for to, text in self.sent if to == address]


@contextmanager
def post_office() -> Iterator[Post]:
    """Servers that take mail and text messages."""
    post = Post()

    class Sms(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            post.sent.append((message["to"], message["text"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the base class
            pass

    smtp, sms = AnyPort(post, "127.0.0.1", 0), ThreadingHTTPServer(("127.0.0.1", 0), Sms)
    smtp.start()
    thread = threading.Thread(target=sms.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    post.smtp_port, post.sms_url = smtp.port, f"http://127.0.0.1:{sms.server_port}/sms"
    try:
        yield post
    finally:
        smtp.stop()
        sms.shutdown()
        thread.join(30)
        sms.server_close()


def launch(folder: Path, post: Post, fault: str | None = None, **numbers: float) -> subprocess.Popen[str]:
    """Start the server, with other numbers in its policy."""
    config = {**CONFIG, "fault": fault, "smtp": ["127.0.0.1", post.smtp_port], "smsUrl": post.sms_url}
    path = folder / f"acme-{fault}.json"
    path.write_text(json.dumps({**config, "policy": {**CONFIG["policy"], **numbers}}), encoding="utf-8")
    command = [sys.executable, str(HERE / "acme_server.py"), "--config", str(path), "--port", "0"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours


def url_of(process: subprocess.Popen[str]) -> str:
    """Where a server that was started can be reached."""
    assert process.stdout is not None
    ready, _, url = process.stdout.readline().strip().partition(" ")
    assert ready == "ready"
    return url


@dataclass
class Deployment:
    """A running server: its operations by operationId. Where it is right, every answer is held against the document."""

    url: str
    post: Post
    right: bool = True

    def call(  # noqa: PLR0913 - the parts of a request
        self,
        operation: str,
        body: object = None,
        *,
        path: str = "",
        query: Mapping[str, str] | None = None,
        session: str = "",
        challenge: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        found = self.operation(operation)
        parts = {"X-Acme-Key": str(CONFIG["key"]), **(headers or {})}
        parts |= {"Authorization": f"Bearer {session}"} if session else {}
        parts |= {"Cookie": f"acme_challenge={challenge}"} if challenge else {}
        with requests.Session() as http:
            http.trust_env = False
            response = http.request(
                found.method,
                self.url + found.url({"id": path}, query or {}),
                headers=parts,
                json=None if isinstance(body, bytes) else body,
                data=body if isinstance(body, bytes) else None,
                timeout=60,
            )
        cookies = {str(cookie.name): cookie.value or "" for cookie in response.cookies}
        named = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, named, response.content, cookies)
        if self.right:
            assert DOCUMENT.violations(found, answer) == []
        return answer

    def login(self, mail: str, passphrase: str = PASSPHRASE, app: str = "portal") -> Answer:
        body = {"realm": "customers", "mail": mail, "passphrase": passphrase}
        return self.call("startLogin", body, headers={"X-Acme-App": app} if app else {})

    def enter(self, challenge: str, code: str) -> Answer:
        return self.call("finishLogin", {"passCode": code}, challenge=challenge)

    def resend(self, challenge: str) -> Answer:
        return self.call("sendAnotherCode", challenge=challenge)

    def code(self, contact: str) -> str:
        """The newest code: notices come to the same contact."""
        return str(re.findall("[0-9]{6}", "".join(self.post.to(contact)))[-1])

    def wrong_code(self, contact: str) -> str:
        return f"{(int(self.code(contact)) + 1) % 10**6:06}"

    def challenge(self, mail: str, app: str = "portal") -> str:
        """The challenge of a login that asks for a code."""
        return self.login(mail, app=app).cookies["acme_challenge"]

    def session(self, mail: str) -> str:
        """The session of somebody who logs in by all stages."""
        answer = self.login(mail)
        if "acme_challenge" in answer.cookies:
            contact = next(user["contact"] for user in CONFIG["users"] if user["mail"] == mail)
            answer = self.enter(answer.cookies["acme_challenge"], self.code(contact))
        return key_of(answer)

    def account(self, session: str) -> Answer:
        return self.call("showAccount", session=session)

    def user(self, mail: str) -> dict[str, Any]:
        """What the agent sees of somebody."""
        found: dict[str, Any] = self.call("findUser", query={"mail": mail}, session=self.session(AGENT)).json()["match"]
        return found

    def switch_on(self, mail: str, contact: str, actor: str = AGENT, *, confirmed: object = True) -> Answer:
        body = {"contact": contact, "contactConfirmed": confirmed}
        return self.call("switchOn", body, path=self.user(mail)["id"], session=self.session(actor))

    def switch_off(self, mail: str, actor: str = AGENT, *, verified: str = "true") -> Answer:
        query = {"identityVerified": verified}
        return self.call("switchOff", path=self.user(mail)["id"], query=query, session=self.session(actor))

    def release(self, mail: str, actor: str = AGENT, *, verified: object = True) -> Answer:
        body = {"identityVerified": verified}
        return self.call("releaseUser", body, path=self.user(mail)["id"], session=self.session(actor))

    def link(self, mail: str) -> str:
        """The key of a recovery link that was asked for just now."""
        self.call("startRecovery", {"mail": mail})
        return self.post.to(mail)[-1].strip().rpartition("/")[2]

    def recover(self, key: str, passphrase: str = NEW_PASSPHRASE) -> Answer:
        return self.call("finishRecovery", {"recoveryKey": key, "newPassphrase": passphrase})

    def lock_out(self, mail: str, times: int = 3) -> None:
        for _ in range(times):
            assert code_of(self.login(mail, "wrong")) == "E_CREDENTIALS"

    @staticmethod
    def operation(name: str) -> Operation:
        found = DOCUMENT.find(name)
        assert found is not None, name
        return found


def code_of(answer: Answer) -> str:
    """The code of a refusal, or the state of what was done."""
    body = answer.json()
    return str(body["error"]["code"] if "error" in body else body.get("state"))


def key_of(answer: Answer) -> str:
    """The session that an answer gives."""
    return str(answer.json()["session"]["key"])
