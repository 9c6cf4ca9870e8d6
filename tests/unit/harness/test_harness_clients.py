from __future__ import annotations

import pytest

from servinix_conformance.actor import OtherVariant
from servinix_conformance.binding import Binding
from servinix_conformance.clients import CLIENTS, PLAIN, client_of, run_as
from servinix_conformance.target import ClientTable, Target

BOTH = ("web portal", "Servinix Go")
TOLD = Binding()
UNTOLD = Binding({"signIn": {"request": {"client_id": ""}}})


def target(*, not_claimed: tuple[str, ...] = (), **clients: ClientTable) -> Target:
    tables = {name.replace("_", "-"): table for name, table in clients.items()}
    return Target("x", "https://x.example", not_claimed=frozenset(not_claimed), clients=tables)


def test_a_member_of_the_sign_in_tells_them_apart() -> None:
    assert run_as(BOTH, target(), TOLD) == BOTH
    assert client_of("Servinix Go", target(), TOLD) is CLIENTS["Servinix Go"]


def test_where_nothing_tells_them_apart_a_scenario_runs_once_and_servinix_go_is_not_claimed() -> None:
    assert run_as(BOTH, target(), UNTOLD) == ("web portal",)
    assert client_of("web portal", target(), UNTOLD) is CLIENTS["web portal"]
    with pytest.raises(OtherVariant, match=r"say how under \[clients.servinix-go\]"):
        client_of("Servinix Go", target(), UNTOLD)


def test_a_client_that_the_target_says_it_has_not_is_not_run() -> None:
    without = target(not_claimed=("servinix-go",))
    assert run_as(BOTH, without, TOLD) == ("web portal",)
    with pytest.raises(OtherVariant):
        client_of("Servinix Go", without, TOLD)


def test_a_deployment_says_itself_what_its_clients_send_and_where_to() -> None:
    table = ClientTable({"/app": "go"}, {"X-App": "go"}, "https://go.x.example")
    there = target(servinix_go=table)
    assert run_as(BOTH, there, UNTOLD) == ("Servinix Go",)
    client = client_of("Servinix Go", there, UNTOLD)
    assert (client.values, client.fields, client.base_url) == ({}, {"/app": "go"}, "https://go.x.example")
    assert client.headers["X-App"] == "go"
    assert client.headers["User-Agent"].startswith("ServinixGo")


def test_a_client_that_nobody_knows_sends_nothing_else() -> None:
    assert client_of(PLAIN.name, target(), UNTOLD) is PLAIN
    assert (PLAIN.values, PLAIN.fields, PLAIN.headers) == ({}, {}, {})
