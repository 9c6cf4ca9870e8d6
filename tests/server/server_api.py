"""The operations of the contract as calls, over whatever carries a request to a server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Flask

SECRET = "test-support-secret"
IDENTITY = {"identity_verified": True}


class Reply(NamedTuple):
    status: int
    body: dict[str, Any]
    wait: int | None = None

    @property
    def name(self) -> str:
        """`signed-in`, `code-asked`, `done`, or the name of a problem."""
        if self.status >= 400:
            return str(self.body["type"]).removeprefix("urn:servinix:problem:")
        return "signed-in" if "access_token" in self.body else "code-asked" if "mfa_token" in self.body else "done"


Send = Callable[[str, str, object, str | None], Reply]


def in_process(app: Flask) -> Send:
    """Carry requests to an app without a socket."""
    client = app.test_client(use_cookies=False)

    def send(method: str, path: str, body: object, bearer: str | None) -> Reply:
        headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
        answer = client.open(path, method=method, json=body, headers=headers)
        wait = answer.headers.get("Retry-After")
        return Reply(answer.status_code, answer.get_json(silent=True) or {}, None if wait is None else int(wait))

    return send


class Api:
    """One server, as its users, Support and tests call it."""

    def __init__(self, send: Send) -> None:
        self.send = send

    def sign_in(self, email: str, password: str, client_id: str = "web-portal") -> Reply:
        body = {"email": email, "password": password, "client_id": client_id}
        return self.send("POST", "/auth/sign-in", body, None)

    def verify(self, mfa_token: str, otp: str) -> Reply:
        return self.send("POST", "/auth/mfa/verify", {"mfa_token": mfa_token, "otp": otp}, None)

    def resend(self, mfa_token: str) -> Reply:
        return self.send("POST", "/auth/mfa/resend", {"mfa_token": mfa_token}, None)

    def sign_out(self, token: str) -> Reply:
        return self.send("POST", "/auth/sign-out", None, token)

    def profile(self, token: str) -> Reply:
        return self.send("GET", "/me", None, token)

    def ask_reset(self, email: str) -> Reply:
        return self.send("POST", "/auth/password-reset", {"email": email}, None)

    def reset(self, reset_token: str, new_password: str) -> Reply:
        body = {"reset_token": reset_token, "new_password": new_password}
        return self.send("POST", "/auth/password-reset/confirm", body, None)

    def record(self, email: str, supporter: str) -> dict[str, Any]:
        """Return a user's record, as Support sees it."""
        (record,) = self.send("GET", f"/support/users?email={email}", None, supporter).body["users"]
        return dict(record)

    def support(self, user_id: str, what: str, body: object, bearer: str) -> Reply:
        return self.send("POST", f"/support/users/{user_id}/{what}", body, bearer)

    # Test support

    def test_support(self, method: str, path: str, body: object = None) -> Reply:
        reply = self.send(method, f"/test-support{path}", body, SECRET)
        assert reply.status < 300, reply
        return reply

    def create_user(self, **fields: object) -> dict[str, Any]:
        return self.test_support("POST", "/users", fields).body

    def supporter(self, email: str) -> str:
        """Make somebody who works for Support; return their access token, which never ends: their clock stands."""
        self.create_user(email=email, password="support passphrase", role="support")
        return str(self.sign_in(email, "support passphrase").body["access_token"])

    def pass_time(self, user_id: str, seconds: int) -> None:
        self.test_support("POST", f"/users/{user_id}/clock", {"seconds": seconds})

    def outage(self, address: str, *, failing: bool) -> None:
        self.test_support("POST", "/outages", {"address": address, "failing": failing})

    def messages(self, address: str) -> list[dict[str, Any]]:
        address = address.replace("+", "%2B")
        return list(self.test_support("GET", f"/messages?to={address}").body["messages"])

    def codes(self, address: str) -> list[str]:
        """Return the codes that were sent to an address, oldest first."""
        return [code[0] for message in self.messages(address) if (code := re.search("[0-9]{6}", message["body"]))]

    def reset_tokens(self, address: str) -> list[str]:
        """Return the tokens of the reset links that were sent to an address, oldest first."""
        found = (re.search(r"\?token=(\S+)", message["body"]) for message in self.messages(address))
        return [link[1] for link in found if link]


def other_than(code: str) -> str:
    """Return a code that is not the right one."""
    return f"{(int(code) + 1) % 10**6:06}"
