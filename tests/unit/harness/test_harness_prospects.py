from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from servinix_conformance.actor import Needs
from servinix_conformance.connection import Connection
from servinix_conformance.forecast import Outlook, Part
from servinix_conformance.prospects import hindrances
from servinix_conformance.target import Target

WHO = {"name": "t", "base_url": "http://127.0.0.1:9"}
ADA = {"email": "ada@people.example", "password": "a password"}
CODED = {**ADA, "mfa": True, "channel": "phone", "address": "+15550100"}
PLAIN = Outlook((Part("Ada", Needs()),))
BY_PHONE = Outlook((Part("Ada", Needs(channel="phone")),))
SUPPORT = {"test_support": {"token": "a token of the test"}}
Hindered = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def hindered(tmp_path: Path) -> Hindered:
    """What hinders a scenario on a target that is never asked for anything."""

    def told(outlook: Outlook, **tables: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - tables of a target file
        target = Target.of({**WHO, **tables}, str(tmp_path / "target.toml"), {})
        connection = Connection.unopened(target)
        try:
            return list(hindrances(connection, outlook))
        finally:
            connection.close()

    return told


def test_with_test_support_nothing_hinders(hindered: Hindered) -> None:
    operations = ("resetPassword", "setOutage")
    whole = Outlook(BY_PHONE.parts, (600.0,), ("lock_seconds",), operations, crowd=60)
    assert hindered(whole, **SUPPORT) == []


@pytest.mark.parametrize(
    ("outlook", "tables", "told"),
    [
        (PLAIN, {}, ("untested", "add an account with mfa = false under [[accounts]]")),
        (
            Outlook(operations=("unlockUser",)),
            {"claims": {"not_claimed": ["unlockUser"]}},
            ("not claimed", "the target does not claim unlockUser"),
        ),
        (
            Outlook(operations=("setOutage",)),
            {},
            ("not claimed", "the target has no test support that could do setOutage"),
        ),
        (
            BY_PHONE,
            {"accounts": [CODED], "claims": {"not_claimed": ["phone"]}},
            ("not claimed", "the target does not claim MFA by phone"),
        ),
        (
            BY_PHONE,
            {"accounts": [CODED]},
            ("untested", "there is no inbox for phone: add [inbox.phone] to the target file"),
        ),
        (
            Outlook(crowd=60),
            {"accounts": [ADA]},
            (
                "untested",
                "60 accounts are needed that nobody had before: let test support make them, under [test_support]",
            ),
        ),
        (
            Outlook(promises=("lock_seconds",)),
            {"policy": {"otp_ttl_seconds": 300}},
            ("untested", "it is not known how the deployment has set lock_seconds; add lock_seconds under [policy]"),
        ),
        (
            Outlook(waits=(600.0,)),
            {"policy": {"shortened": True}},
            ("untested", "shortened times: the published range cannot be seen here"),
        ),
    ],
)
def test_what_hinders_is_told_with_its_remedy(
    hindered: Hindered, outlook: Outlook, tables: dict[str, Any], told: tuple[str, str]
) -> None:
    assert hindered(outlook, **tables) == [told]


def test_what_is_there_hinders_nothing(hindered: Hindered) -> None:
    inbox = {"phone": {"kind": "maildir", "path": "box"}}
    outlook = Outlook(BY_PHONE.parts, ("lock_seconds",), ("lock_seconds",), ("unlockUser",))
    assert hindered(outlook, accounts=[CODED], inbox=inbox, policy={"lock_seconds": 900}) == []
