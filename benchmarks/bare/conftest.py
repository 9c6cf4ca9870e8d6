"""The peer: the same feature file in bare pytest-bdd with requests, as somebody would write it who needs no suite.

The steps send the same requests in the same order as the suite's and assert the same. Nothing is held against the
OpenAPI document, recorded, redacted or limited in time.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from pytest_bdd import given, parsers, then, when

BASE_URL = os.environ["BENCH_URL"]
SUPPORT = {"Authorization": f"Bearer {os.environ['BENCH_TOKEN']}"}
CLIENTS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "the web portal": ({"client_id": "web-portal"}, {"User-Agent": "Mozilla/5.0"}),
    "Servinix Go": ({"client_id": "servinix-go"}, {"User-Agent": "ServinixGo/1.0"}),
    "a client that sends nothing else": ({}, {}),
}
CHANNELS = {"e-mail": "email", "phone": "phone"}
CODE = re.compile(r"\b[0-9]{6}\b")
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{8,4096}")


@dataclass
class Device:
    """Where somebody signs in: which client it is, and what it was given."""

    fields: dict[str, str]
    headers: dict[str, str]
    mfa_token: str = "nothing"  # noqa: S105 - none yet
    access_token: str | None = None
    answer: requests.Response | None = None
    seen: set[str] | None = None  # the messages before its challenge
    code: str | None = None

    @property
    def asked(self) -> bool:
        """Whether the latest answer asks for a code."""
        return self.answer is not None and self.answer.status_code == requests.codes.accepted


@dataclass
class Person:
    """Somebody with an account."""

    email: str
    password: str
    channel: str | None
    contact: str | None
    organization: str = ""
    born: int = 0  # how many deeds had been done by then
    devices: dict[str, Device] = field(default_factory=dict)
    last: Device | None = None


class People:
    """Everybody in a scenario."""

    def __init__(self, session: requests.Session, client: str) -> None:
        self.session = session
        self.client = client
        self.named: dict[str, Person] = {}
        self.made: list[str] = []
        self.other: dict[str, str] = {}
        self.deeds = 0

    def call(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401 - as requests has them
        """Send a request."""
        self.deeds += path not in {"/test-support/users", "/test-support/messages"}
        return self.session.request(method, BASE_URL + path, **options)

    def join(self, name: str, mfa: str, organization: str | None = None) -> None:
        """Make an account."""
        nonce = secrets.token_hex(5)
        channel = next((CHANNELS[word] for word in CHANNELS if mfa.endswith(word)), None)
        contact = {
            "email": f"codes-{nonce}@inbox.example",
            "phone": f"+999{secrets.randbelow(10**9):09}",
            None: None,
        }[channel]
        person = Person(f"mika-{nonce}@people.example", f"Pw-{secrets.token_urlsafe(12)}", channel, contact)
        body: dict[str, Any] = {"email": person.email, "password": person.password, "role": "member"}
        if organization:
            body["organization"] = organization
        if contact:
            body |= {"contact": {"channel": channel, "address": contact}, "mfa_enabled": True}
        answer = self.call("POST", "/test-support/users", json=body, headers=SUPPORT)
        assert answer.status_code == requests.codes.created
        person.organization, person.born = answer.json()["organization"], self.deeds
        self.made.append(answer.json()["user_id"])
        self.named[name] = person

    def messages(self, address: str | None) -> list[dict[str, str]]:
        """What was sent to an address."""
        answer = self.call("GET", "/test-support/messages", params={"to": address}, headers=SUPPORT)
        assert answer.status_code == requests.codes.ok
        found: list[dict[str, str]] = answer.json()["messages"]
        return found

    def device(self, person: Person, name: str | None = None) -> Device:
        """Somebody's device; without a name, the client that the scenario runs as."""
        key = name or "the device"
        if key not in person.devices:
            fields, headers = CLIENTS[name if name in CLIENTS else self.client]
            person.devices[key] = Device(fields, headers)
        person.last = person.devices[key]
        return person.last

    def sign_in(self, person: Person, password: str, name: str | None = None, **extra: object) -> None:
        """Send the password."""
        device = self.device(person, name)
        before: set[str] = set()
        if person.contact and self.deeds > person.born:
            before = {message["id"] for message in self.messages(person.contact)}
        body = {"email": person.email, "password": password, **device.fields, **extra}
        device.answer = self.call("POST", "/auth/sign-in", json=body, headers=device.headers)
        if device.answer.status_code == requests.codes.ok:
            device.access_token = device.answer.json()["access_token"]
        elif device.asked:
            device.mfa_token, device.seen, device.code = device.answer.json()["mfa_token"], before, None

    def code(self, person: Person, device: Device) -> str:
        """The code of a sign-in."""
        begun = device if device.seen is not None else next(it for it in person.devices.values() if it.seen is not None)
        if begun.code is None:
            new = [message for message in self.messages(person.contact) if message["id"] not in (begun.seen or set())]
            found = CODE.search(new[0]["body"])
            assert found
            begun.code = found.group()
        return begun.code

    def enter(self, person: Person, device: Device, code: str) -> None:
        """Send a code."""
        body = {"mfa_token": device.mfa_token, "otp": code}
        device.answer = self.call("POST", "/auth/mfa/verify", json=body, headers=device.headers)
        if device.answer.status_code == requests.codes.ok:
            device.access_token = device.answer.json()["access_token"]
        person.last = device

    def profile(self, device: Device, token: str | None) -> requests.Response:
        """Ask whose account a token opens."""
        return self.call("GET", "/me", headers={**device.headers, "Authorization": f"Bearer {token}"})


@pytest.fixture(scope="session")
def session() -> Iterator[requests.Session]:
    """One session, so that connections are kept."""
    with requests.Session() as session:
        yield session


@pytest.fixture(autouse=True, params=["the web portal", "Servinix Go"])
def client(request: pytest.FixtureRequest) -> str:
    """Every scenario runs as both clients."""
    return str(request.param)


@pytest.fixture
def people(session: requests.Session, client: str) -> Iterator[People]:
    """The people of a scenario; their accounts are deleted."""
    people = People(session, client)
    yield people
    for user_id in reversed(people.made):
        answer = people.call("DELETE", f"/test-support/users/{user_id}", headers=SUPPORT)
        assert answer.status_code == requests.codes.no_content


def _last(person: Person) -> requests.Response:
    assert person.last is not None
    assert person.last.answer is not None
    return person.last.answer


@given(parsers.parse("{who} is a user {mfa}"))
def _(people: People, who: str, mfa: str) -> None:
    people.join(who, mfa)


@given(parsers.parse("{who} is a colleague of {whose} {mfa}"))
def _(people: People, who: str, whose: str, mfa: str) -> None:
    people.join(who, mfa, people.named[whose].organization)


@given(parsers.parse("{who} was asked for a code"))
def _(people: People, who: str) -> None:
    person = people.named[who]
    people.sign_in(person, person.password)
    assert person.last is not None
    assert person.last.asked


@when(parsers.parse("{who} signs in with her password"))
def _(people: People, who: str) -> None:
    people.sign_in(people.named[who], people.named[who].password)


@when(parsers.parse("{who} signs in with her password on {device}"))
def _(people: People, who: str, device: str) -> None:
    people.sign_in(people.named[who], people.named[who].password, device)


@when(parsers.parse("{who} signs in with a wrong password on {device}"))
def _(people: People, who: str, device: str) -> None:
    people.sign_in(people.named[who], "Pw-wrong-0123456789", device)


@when(parsers.parse("{who} signs in with her password and names another {place} in {member}"))
def _(people: People, who: str, place: str, member: str) -> None:
    other = f"stranger-{secrets.randbelow(10**9):09}@inbox.example"
    if place == "phone":
        other = f"+887{secrets.randbelow(10**9):09}"
    people.other[place] = other
    extra: dict[str, Any] = {member: {"channel": CHANNELS[place], "address": other} if member == "contact" else other}
    people.sign_in(people.named[who], people.named[who].password, **extra)


@when(parsers.parse("{who} enters the code"))
def _(people: People, who: str) -> None:
    device = people.device(people.named[who])
    people.enter(people.named[who], device, people.code(people.named[who], device))


@when(parsers.parse("{who} enters the code on {name}"))
def _(people: People, who: str, name: str) -> None:
    device = people.device(people.named[who], name)
    people.enter(people.named[who], device, people.code(people.named[who], device))


@when(parsers.parse("{who} enters a wrong code"))
def _(people: People, who: str) -> None:
    device = people.device(people.named[who])
    wrong = (int(people.code(people.named[who], device)) + 1 + secrets.randbelow(999_998)) % 1_000_000
    people.enter(people.named[who], device, f"{wrong:06}")


@when(parsers.parse("{who} signs out"))
def _(people: People, who: str) -> None:
    device = people.device(people.named[who])
    headers = {**device.headers, "Authorization": f"Bearer {device.access_token}"}
    assert people.call("POST", "/auth/sign-out", headers=headers).status_code == requests.codes.no_content


@then(parsers.parse("{who} is asked for a code"))
def _(people: People, who: str) -> None:
    assert _last(people.named[who]).status_code == requests.codes.accepted


@then(parsers.parse("{who} is asked for a code on {device}"))
def _(people: People, who: str, device: str) -> None:
    assert people.device(people.named[who], device).asked


@then(parsers.parse("{who} is refused"))
def _(people: People, who: str) -> None:
    assert _last(people.named[who]).status_code == requests.codes.unauthorized


@then(parsers.parse("{who} is given no access token"))
def _(people: People, who: str) -> None:
    assert "access_token" not in _last(people.named[who]).json()


def _signed_in(people: People, person: Person, device: Device | None) -> None:
    assert device is not None
    assert device.answer is not None
    assert device.answer.status_code == requests.codes.ok
    profile = people.profile(device, device.access_token)
    assert profile.status_code == requests.codes.ok
    assert profile.json()["email"] == person.email


@then(parsers.parse("{who} is signed in"))
def _(people: People, who: str) -> None:
    _signed_in(people, people.named[who], people.named[who].last)


@then(parsers.parse("{who} is signed in on {device}"))
def _(people: People, who: str, device: str) -> None:
    _signed_in(people, people.named[who], people.device(people.named[who], device))


def _not_signed_in(people: People, device: Device) -> None:
    if device.access_token is not None:
        assert people.profile(device, device.access_token).status_code == requests.codes.unauthorized


@then(parsers.parse("{who} is not signed in"))
def _(people: People, who: str) -> None:
    _not_signed_in(people, people.device(people.named[who]))


@then(parsers.parse("{who} is not signed in on {device}"))
def _(people: People, who: str, device: str) -> None:
    _not_signed_in(people, people.device(people.named[who], device))


@then(parsers.parse("a code reaches {who}'s {channel}"))
def _(people: People, who: str, channel: str) -> None:
    person = people.named[who]
    assert person.channel == CHANNELS[channel]
    assert person.last is not None
    assert len(people.code(person, person.last)) == len("000000")


@then(parsers.parse("exactly 1 message has reached {who}'s e-mail"))
def _(people: People, who: str) -> None:
    assert people.messages(people.named[who].contact)
    assert len(people.messages(people.named[who].contact)) == 1


@then(parsers.parse("no message has reached the address that {who} signs in with"))
def _(people: People, who: str) -> None:
    assert not people.messages(people.named[who].email)


@then(parsers.parse("no message has reached {who}'s e-mail"))
def _(people: People, who: str) -> None:
    assert not people.messages(people.named[who].contact)


@then(parsers.parse("no message has reached the other {place}"))
def _(people: People, place: str) -> None:
    assert not people.messages(people.other[place])


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _strings(item)


def _opens(people: People, person: Person) -> bool:
    answer = _last(person)
    found = [*_strings(answer.json()), *answer.headers.values()]
    for value in dict.fromkeys(value for value in found if TOKEN.fullmatch(value)):
        headers = {"Authorization": f"Bearer {value}"}
        if people.call("GET", "/me", headers=headers).status_code == requests.codes.ok:
            return True
    assert not answer.cookies
    return False


@then(parsers.parse("nothing in the answer opens {who}'s account"))
def _(people: People, who: str) -> None:
    assert not _opens(people, people.named[who])


@then(parsers.parse("something in the answer opens {who}'s account"))
def _(people: People, who: str) -> None:
    assert _opens(people, people.named[who])
