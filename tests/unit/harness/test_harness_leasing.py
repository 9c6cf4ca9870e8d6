from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from pathlib import Path

import pytest

from servinix_conformance.actor import Needs, Untested
from servinix_conformance.forecast import Part
from servinix_conformance.leasing import Desk, castings
from servinix_conformance.target import DeclaredAccount


def account(email: str, **more: object) -> DeclaredAccount:
    return DeclaredAccount(email, "the password", **more)  # type: ignore[arg-type]  # as the test says


PLAIN = account("plain@x.example", organization="x")
LOCKABLE = account("lockable@x.example", organization="x", may_be_locked=True)
MAILED = account("mailed@x.example", mfa=True, channel="email", address="codes@x.example", organization="x")
CALLED = account("called@y.example", mfa=True, channel="phone", address="+15550100", organization="y")
HELD_BACK = account("held-back@x.example", suspended=True)
ADMIN = account("admin@x.example", role="admin", organization="x")
ALL = (LOCKABLE, MAILED, CALLED, HELD_BACK, ADMIN, PLAIN)


def part(
    name: str = "Ada",
    *,
    beside: str | None = None,
    locked: bool = False,
    changed: bool = False,
    apart: str | None = None,
    **needs: object,
) -> Part:
    return Part(name, Needs(**needs), beside, locked, changed, apart)  # type: ignore[arg-type]  # as the test says


def first(*parts: Part, accounts: Sequence[DeclaredAccount] = ALL) -> list[str]:
    return [found.email for found in next(castings(parts, accounts)).values()]


@pytest.mark.parametrize(
    ("wanted", "email"),
    [
        (part(), "plain@x.example"),
        (part(locked=True), "lockable@x.example"),
        (part(channel="email"), "mailed@x.example"),
        (part(channel="phone"), "called@y.example"),
        (part(suspended=True), "held-back@x.example"),
        (part(role="admin"), "admin@x.example"),
    ],
)
def test_each_part_gets_an_account_that_is_as_it_has_to_be(wanted: Part, email: str) -> None:
    assert first(wanted) == [email]


def test_an_account_that_may_be_locked_is_kept_for_whom_it_is_needed() -> None:
    assert first(part("Ada"), part("Bea")) == ["plain@x.example", "lockable@x.example"]
    assert first(part("Ada"), part("Bea", locked=True)) == ["plain@x.example", "lockable@x.example"]
    assert first(part("Ada", locked=True), part("Bea")) == ["lockable@x.example", "plain@x.example"]


def test_a_colleague_is_of_the_same_organization_and_somebody_else() -> None:
    assert first(part("Ada", channel="email"), part("Bea", beside="Ada")) == ["mailed@x.example", "plain@x.example"]
    assert first(part("Ada"), part("Tom", role="admin", beside="Ada")) == ["plain@x.example", "admin@x.example"]


def test_who_is_of_another_organization_shares_none_and_has_one() -> None:
    ada, zoe = part("Ada", channel="email"), part("Zoe", channel="phone", apart="Ada")
    assert first(ada, zoe) == ["mailed@x.example", "called@y.example"]
    assert list(castings([ada, part("Zoe", apart="Ada")], ALL)) == []
    homeless = account("homeless@x.example")
    assert list(castings([ada, part("Zoe", apart="Ada")], [MAILED, homeless])) == []
    assert list(castings([part("Zoe", apart="Ada")], ALL)) == []


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (
            [part(locked=True, channel="phone")],
            'add an account with mfa = true and channel = "phone" and may_be_locked = true',
        ),
        ([part(suspended=True, channel="email")], 'mfa = true and channel = "email" and suspended = true'),
        ([part(channel="phone"), part("Bea", beside="Ada")], "a further account with mfa = false and the organization"),
        ([part(channel="email"), part("Zoe", apart="Ada")], "another organization than that of the one for Ada"),
        ([part(role="admin"), part("Tom", role="admin")], 'a further account with mfa = false and role = "admin"'),
    ],
)
def test_where_none_fits_the_message_says_which_to_add(tmp_path: Path, parts: list[Part], told: str) -> None:
    with pytest.raises(Untested) as caught:
        desk(tmp_path).reserve(parts)
    assert told in str(caught.value)
    assert str(caught.value).endswith("under [[accounts]]")


def desk(
    folder: Path, *, run: str = "run", destructive: bool = True, accounts: Sequence[DeclaredAccount] = ALL
) -> Desk:
    return Desk("https://x.example", accounts, destructive, run, folder)


def test_what_changes_an_account_needs_a_yes(tmp_path: Path) -> None:
    with pytest.raises(Untested, match=r"destructive = true under \[safety\]"):
        desk(tmp_path, destructive=False).reserve([part(changed=True)])
    assert desk(tmp_path).reserve([part(changed=True)])["Ada"].account is PLAIN


def test_a_lease_is_exclusive_until_it_is_released(tmp_path: Path) -> None:
    held = desk(tmp_path).reserve([part()])
    second = desk(tmp_path).reserve([part()])
    assert [held["Ada"].account, second["Ada"].account] == [PLAIN, LOCKABLE]
    held["Ada"].release()
    assert desk(tmp_path).reserve([part()])["Ada"].account is PLAIN


def test_accounts_of_another_target_are_other_accounts(tmp_path: Path) -> None:
    desk(tmp_path).reserve([part(channel="email")])
    other = Desk("https://other.example", ALL, True, "run", tmp_path)  # noqa: FBT003 - destructive
    assert other.reserve([part(channel="email")])["Ada"].account is MAILED


def _hold_and_die(folder: Path, ready: multiprocessing.synchronize.Event) -> None:
    held = desk(folder, accounts=[PLAIN]).reserve([part()])
    ready.set()
    held["Ada"].lock.lock_file  # noqa: B018 - held to the end
    multiprocessing.Event().wait(60)


def test_a_lease_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=_hold_and_die, args=(tmp_path, ready), daemon=True)
    holder.start()
    assert ready.wait(60)
    other = desk(tmp_path, accounts=[PLAIN])
    assert other.hold_all({"Ada": PLAIN}) is None
    holder.kill()
    holder.join(60)
    assert other.reserve([part()])["Ada"].account is PLAIN


def test_two_that_need_the_same_two_accounts_do_not_wait_for_each_other_for_ever(tmp_path: Path) -> None:
    accounts = [PLAIN, account("second@x.example", organization="x")]
    one = desk(tmp_path, accounts=accounts).reserve([part("Ada"), part("Bea", beside="Ada")])
    # Nothing is held half: whoever comes second has none of them.
    assert desk(tmp_path, accounts=accounts).hold_all({"Ada": accounts[1], "Bea": accounts[0]}) is None
    one["Ada"].release()
    assert desk(tmp_path, accounts=accounts).hold_all({"Ada": accounts[0], "Bea": accounts[1]}) is None
    assert desk(tmp_path, accounts=accounts).hold_all({"Ada": accounts[0]}) is not None


def test_an_account_that_could_not_be_set_back_is_not_given_again_in_this_run(tmp_path: Path) -> None:
    mine = desk(tmp_path, accounts=[MAILED, PLAIN])
    mine.spoil(MAILED, "mailed@x.example is not as the target file says")
    with pytest.raises(Untested, match=r"cannot be used any more: mailed@x\.example is not as"):
        desk(tmp_path, accounts=[MAILED, PLAIN]).reserve([part(channel="email")])
    assert mine.reserve([part()])["Ada"].account is PLAIN
    assert (
        desk(tmp_path, run="the next run", accounts=[MAILED]).reserve([part(channel="email")])["Ada"].account is MAILED
    )
