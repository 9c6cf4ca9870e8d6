from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from servinix_conformance.accounts import NoAccounts
from servinix_conformance.accounts import TestSupportAccounts as Accounts
from servinix_conformance.actor import Contact, Needs, Untested
from servinix_conformance.binding import Binding
from servinix_conformance.document import Document
from servinix_conformance.gateway import Gateway
from servinix_conformance.redaction import Redactor
from servinix_conformance.suite import suite_root
from servinix_conformance.target import Http
from servinix_conformance.transport import Transport

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]
Make = Callable[[set[str]], Accounts]


@pytest.fixture
def accounts_of(serve: Serve) -> Iterator[Make]:
    """Accounts of a target that counts users up, and has trouble with some of them when they are deleted."""
    transports: list[Transport] = []

    def make(trouble: set[str]) -> Accounts:
        made: list[str] = []

        def answering(handler: BaseHTTPRequestHandler) -> None:
            sent = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
            name = handler.path.rpartition("/")[2]
            if handler.command == "DELETE" and f"silent {name}" in trouble:
                handler.close_connection = True
                return
            body = b""
            if handler.command == "POST":
                made.append(f"u{len(made) + 1}")
                body = json.dumps({**json.loads(sent), "user_id": made[-1], "organization": "o"}).encode()
            handler.send_response(201 if body else 500 if f"refuses {name}" in trouble else 204)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        transports.append(Transport(serve(answering), Http(timeout_seconds=5)))
        document = Document((suite_root() / "openapi.yaml").read_text(encoding="utf-8"), "openapi.yaml")
        return Accounts(Gateway(document, Binding(), transports[-1], Redactor()), "a token", {})

    yield make
    for transport in transports:
        transport.close()


@pytest.mark.parametrize(
    ("trouble", "left"),
    [
        (set(), []),
        ({"refuses u2"}, ["u2"]),
        ({"silent u3"}, ["u3", "u1", "u2"]),
        ({"silent u2", "refuses u3"}, ["u3", "u2", "u1"]),
    ],
)
def test_what_could_not_be_deleted_is_named(accounts_of: Make, trouble: set[str], left: list[str]) -> None:
    accounts = accounts_of(trouble)
    for name in ("Ada", "Bob", "Cid"):
        accounts.lease(name, Needs())
    assert accounts.close() == left
    assert accounts.close() == []


def test_addresses_are_those_of_the_inboxes_where_there_are_any(accounts_of: Make) -> None:
    accounts = accounts_of(set())
    accounts.fresh = {"email": "codes+1@acme.example", "phone": None}.get
    ada = accounts.lease("Ada", Needs(channel="email"))
    assert (ada.email, ada.contact) == ("codes+1@acme.example", Contact("email", "codes+1@acme.example"))
    tom = accounts.lease("Tom", Needs(channel="phone"))
    assert tom.contact is not None
    assert tom.contact.address.startswith("+999")


def test_a_crowd_is_of_people_whom_nobody_had_before(accounts_of: Make) -> None:
    accounts = accounts_of(set())
    crowd = accounts.crowd(3, Needs(channel="email"))
    assert len({account.email for account in crowd}) == 3
    assert all(account.contact for account in crowd)
    assert accounts.close() == []
    with pytest.raises(Untested, match=r"3 accounts are needed that nobody had before: .* under \[test_support\]"):
        NoAccounts().crowd(3, Needs())
