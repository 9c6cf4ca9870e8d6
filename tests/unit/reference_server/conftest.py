"""A server under test, with people who use it."""

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from reference_server import Pages, Rules, Settings, Store, Tokens, create_app
from reference_server.model import Account

SECRET = "test-support-secret"
PASSWORD = "correct horse battery"
NEW_PASSWORD = "a new passphrase"


@dataclass(frozen=True)
class Person:
    id: str
    email: str
    password: str
    organization: str


class Stage:
    """A server with test support, and what people do with it."""

    def __init__(
        self,
        *,
        rules: type[Rules] = Rules,
        tokens: type[Tokens] = Tokens,
        store: type[Store] = Store,
        pages: type[Pages] = Pages,
        users: Iterable[Account] = (),
        **settings: Any,  # noqa: ANN401 - whatever Settings takes
    ) -> None:
        given = {"test_support_secret": SECRET, "password_profile": "test"} | settings
        self.settings = Settings(**given)
        self.parts: dict[str, Any] = {"rules": rules, "tokens": tokens, "store": store, "pages": pages}
        self.app = create_app(self.settings, users=users, **self.parts)
        self._numbers = itertools.count(1)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        bearer: str | None = None,
        **options: Any,  # noqa: ANN401
    ) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        if body is not None:
            options["json"] = body
        return self.app.test_client().open(path, method=method, headers=headers, **options)

    def support_call(self, method: str, path: str, body: object = None) -> TestResponse:
        return self.call(method, f"/test-support{path}", body, bearer=SECRET)

    def person(self, **fields: Any) -> Person:  # noqa: ANN401 - whatever createUser takes
        body = {"email": f"person{next(self._numbers)}@example.com", "password": PASSWORD} | fields
        record = self.support_call("POST", "/users", body).get_json()
        return Person(record["user_id"], record["email"], body["password"], record["organization"])

    def mfa_person(self, **fields: Any) -> Person:  # noqa: ANN401
        email = fields.pop("email", f"mfa{next(self._numbers)}@example.com")
        contact = {"channel": "email", "address": email}
        return self.person(**{"email": email, "mfa_enabled": True, "contact": contact} | fields)

    def pass_time(self, person: Person, seconds: int) -> None:
        assert self.support_call("POST", f"/users/{person.id}/clock", {"seconds": seconds}).status_code == 200

    def messages(self, address: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.support_call("GET", f"/messages?to={address}").get_json()["messages"]
        return found

    def codes(self, address: str) -> list[str]:
        return [match[0] for message in self.messages(address) if (match := re.search("[0-9]{6}", message["body"]))]

    def outage(self, address: str, *, failing: bool = True) -> None:
        answer = self.support_call("POST", "/outages", {"address": address, "failing": failing})
        assert answer.status_code == 204

    def sign_in(self, person: Person, password: str | None = None, **more: Any) -> TestResponse:  # noqa: ANN401 - other members of the body
        body = {"email": person.email, "password": person.password if password is None else password} | more
        return self.call("POST", "/auth/sign-in", body)

    def challenge(self, person: Person, **more: Any) -> tuple[str, str]:  # noqa: ANN401
        """Pass the password stage; return the mfa_token and the code that was sent."""
        answer = self.sign_in(person, **more)
        assert answer.status_code == 202, answer.get_json()
        return answer.get_json()["mfa_token"], self.codes(person.email)[-1]

    def verify(self, mfa_token: object, otp: object) -> TestResponse:
        return self.call("POST", "/auth/mfa/verify", {"mfa_token": mfa_token, "otp": otp})

    def resend(self, mfa_token: str) -> TestResponse:
        return self.call("POST", "/auth/mfa/resend", {"mfa_token": mfa_token})

    def resend_kind(self, mfa_token: str) -> str:
        """Ask for a new code; return how that is refused, or nothing."""
        answer = self.resend(mfa_token)
        return "" if answer.status_code == 202 else kind(answer)

    def token(self, person: Person) -> str:
        """Sign in completely; return the access token."""
        answer = self.sign_in(person)
        if answer.status_code == 202:
            answer = self.verify(answer.get_json()["mfa_token"], self.codes(person.email)[-1])
        token: str = answer.get_json()["access_token"]
        return token

    def opens(self, token: str) -> bool:
        status = self.call("GET", "/me", bearer=token).status_code
        assert status in {200, 401}
        return status == 200

    def lock_by_codes(self, person: Person) -> None:
        for _ in range(2):
            mfa_token, code = self.challenge(person)
            for _ in range(5):
                assert kind(self.verify(mfa_token, other_than(code))) == "otp-rejected"

    def reset_token(self, person: Person) -> str:
        assert self.call("POST", "/auth/password-reset", {"email": person.email}).status_code == 202
        return str(self.messages(person.email)[-1]["body"]).partition("token=")[2].split()[0]

    def confirm_reset(self, reset_token: object, new_password: object = NEW_PASSWORD) -> TestResponse:
        body = {"reset_token": reset_token, "new_password": new_password}
        return self.call("POST", "/auth/password-reset/confirm", body)


def kind(answer: TestResponse) -> str:
    """Return the name of the problem that an answer is."""
    assert answer.content_type == "application/problem+json", answer.get_data(as_text=True)
    problem = answer.get_json()
    assert problem["status"] == answer.status_code
    return str(problem["type"]).removeprefix("urn:servinix:problem:")


def other_than(code: str) -> str:
    """Return a code that is not the right one."""
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.fixture(name="kind")
def kind_fixture() -> Callable[[TestResponse], str]:
    return kind


@pytest.fixture(name="wrong")
def wrong_fixture() -> Callable[[str], str]:
    return other_than


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


@pytest.fixture
def set_stage() -> type[Stage]:
    """Return what makes a server of other settings or other parts."""
    return Stage
