from __future__ import annotations

import pytest

from reference_server import Settings
from reference_server.passwords import Passwords
from reference_server.settings import Policy, SmsSettings, SmtpSettings


def test_secrets_are_not_shown() -> None:
    settings = Settings(
        database_url="postgresql://user:hush1@host/db",
        test_support_secret="hush2",
        smtp=SmtpSettings(host="mail", sender="a@b", password="hush3"),
        sms=SmsSettings(url="https://sms.example/?key=hush4", headers={"X-Key": "hush5"}),
        signing_key="hush6",
    )
    assert "hush" not in repr(settings)


@pytest.mark.parametrize("url", ["", "example.com", "ftp://example.com", "http://", "javascript:alert(1)"])
def test_the_public_url_is_a_url(url: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        Settings(public_url=url)


def test_an_empty_secret_is_none() -> None:
    with pytest.raises(ValueError, match="test_support_secret"):
        Settings(test_support_secret="")


def test_the_issuer_is_the_public_url_unless_given() -> None:
    assert Settings(public_url="https://a.example/").issuer == "https://a.example"
    assert Settings(issuer="https://b.example").issuer == "https://b.example"


def test_a_policy_has_positive_numbers() -> None:
    with pytest.raises(ValueError, match="lock_seconds, recovery_after_failures"):
        Policy(lock_seconds=0, recovery_after_failures=-1)


@pytest.mark.parametrize("profile", ["argon2id", "test", "timed"])
def test_passwords_are_compared_whole_and_as_sent(profile: str) -> None:
    passwords = Passwords(profile)
    for password in ("x" * 128, "pass\0word", "  blanks  ", "\u00e9t\u00e9 \u212b"):
        stored = passwords.hash(password)
        assert passwords.verify(stored, password)
        for other in (password[:-1], password + "x", password.strip() + "y", password.split("\0")[0] + "z"):
            assert not passwords.verify(stored, other)
    assert not passwords.verify(passwords.unmatchable, "")


def test_the_default_profile_is_what_owasp_wants() -> None:
    assert Passwords(Settings().password_profile).unmatchable.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
