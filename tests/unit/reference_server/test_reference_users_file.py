from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reference_server.passwords import Passwords
from reference_server.users import UsersFileError, load

if TYPE_CHECKING:
    from pathlib import Path

PASSWORDS = Passwords("test")


def test_users_are_read(tmp_path: Path) -> None:
    file = tmp_path / "users.toml"
    file.write_text("""
        [[users]]
        email = "ada@example.com"
        password = "env:ADA"
        role = "admin"
        organization = "Acme"
        mfa_enabled = true
        contact = {channel = "phone", address = "+15550100123"}
        [[users]]
        email = "bob@example.com"
        password = "password of bob"
        status = "suspended"
    """)
    ada, bob = load(file, PASSWORDS, {"ADA": "password of ada"})
    assert PASSWORDS.verify(ada.password_hash, "password of ada")
    assert PASSWORDS.verify(bob.password_hash, "password of bob")
    assert (ada.role, ada.organization, ada.mfa_enabled, ada.contact_address) == ("admin", "Acme", True, "+15550100123")
    assert (bob.role, bob.organization, bob.status, bob.contact, bob.clock) == (
        "member",
        "default",
        "suspended",
        None,
        None,
    )


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "users.toml"
    file.write_text("""
        [[users]]
        email = "ada"
        password = "env:NOT_SET"
        role = "king"
        shoe_size = 44
        [[users]]
        email = "bob@example.com"
        password = "short"
        mfa_enabled = true
        organization = 5
        [[users]]
        email = "eve@example.com"
        password = "password of eve"
        contact = {channel = "email"}
        [[users]]
        email = "eve@example.com"
        password = "password of eve"
        [[users]]
        email = "eve@example.com"
        password = "password of eve"
    """)
    with pytest.raises(UsersFileError) as caught:
        load(file, PASSWORDS, {})
    lines = str(caught.value).splitlines()
    for expected in (
        "entry 1: shoe_size must go",
        "entry 1: email must be",
        "entry 1: password must be found in env:NOT_SET",
        "entry 1: role must be one of member, admin, support",
        "entry 2: password must have 8 to 128",
        "entry 2: organization must be a string",
        "entry 2: contact must be given where mfa_enabled",
        "entry 3: contact must be",
        "entry 5: email must be given once",
    ):
        (line,) = [line for line in lines if expected in line]
        assert line.startswith(f"{file}: users entry")
    assert len(lines) == 9


@pytest.mark.parametrize(
    ("content", "remedy"),
    [("[[users]", "TOML"), ("", "[[users]]"), ("users = 1", "[[users]]"), ("users = [1]", "[[users]]")],
)
def test_a_file_without_users_is_refused(tmp_path: Path, content: str, remedy: str) -> None:
    file = tmp_path / "users.toml"
    file.write_text(content)
    with pytest.raises(UsersFileError) as caught:
        load(file, PASSWORDS)
    assert remedy in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsersFileError, match="nowhere"):
        load(tmp_path / "nowhere", PASSWORDS)
