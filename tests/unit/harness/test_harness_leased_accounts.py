from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from servinix_conformance.actor import Account, Actor, Broken, Checkpoint, Contact, Needs, Outcome, Untested
from servinix_conformance.forecast import Part
from servinix_conformance.leased_accounts import LeasedAccounts
from servinix_conformance.leasing import Desk
from servinix_conformance.support_desk import SupportDesk
from servinix_conformance.target import DeclaredAccount, Support

ADA = DeclaredAccount("ada@x.example", "hers", mfa=True, channel="email", address="codes@x.example", may_be_locked=True)
TOM = DeclaredAccount("tom@x.example", "his")


@dataclass
class Deployment:
    """What the accounts are like there; an actor and an inbox of it besides."""

    passwords: dict[str, str] = field(
        default_factory=lambda: {ADA.email: "hers", TOM.email: "his", "sue@x.example": "s"}
    )
    mfa: dict[str, str | None] = field(default_factory=lambda: {ADA.email: "codes@x.example", TOM.email: None})
    locked: set[str] = field(default_factory=set)
    deeds: list[str] = field(default_factory=list)
    unlocks: bool = True
    reset_link: str | None = "https://x.example/reset?token=t"
    _asks: str = ""

    def sign_in(self, email: str, password: str, **_extra: object) -> Outcome:
        self.deeds.append(f"sign in {email}")
        if email in self.locked or self.passwords[email] != password:
            return Outcome("refused", said="no")
        self._asks = email
        return Outcome("code-asked" if self.mfa.get(email) else "signed-in", said="yes")

    def enter_code(self, code: str) -> Outcome:
        return Outcome("signed-in" if code == "123456" else "refused", said="code")

    def resume(self, access_token: str) -> Outcome:
        self.deeds.append(f"resume {access_token}")
        return Outcome("signed-in")

    def find_user(self, email: str) -> Outcome:
        if email not in self.passwords:
            return Outcome("done", said="findUsers answered 200")
        found = {"user_id": f"id of {email}", "mfa_enabled": bool(self.mfa[email]), "contact_address": self.mfa[email]}
        return Outcome("done", facts=found)

    def unlock(self, user_id: str, *, identity_verified: bool | None) -> Outcome:
        assert identity_verified
        self.deeds.append(f"unlock {user_id}")
        if not self.unlocks:
            return Outcome("refused", said="no unlocking here")
        self.locked.discard(user_id.removeprefix("id of "))
        return Outcome("done")

    def enable_mfa(self, user_id: str, contact: Contact, *, confirmed: bool | None) -> Outcome:
        assert confirmed
        self.deeds.append("enable")
        self.mfa[user_id.removeprefix("id of ")] = contact.address
        return Outcome("done")

    def disable_mfa(self, user_id: str, *, identity_verified: bool | None) -> Outcome:
        assert identity_verified
        self.deeds.append("disable")
        self.mfa[user_id.removeprefix("id of ")] = None
        return Outcome("done")

    def request_reset(self, email: str) -> Outcome:
        self._asks = email
        return Outcome("done")

    def reset_password(self, link: str, new_password: str) -> Outcome:
        self.deeds.append(f"reset with {link}")
        self.passwords[self._asks] = new_password
        return Outcome("done")

    def checkpoint(self, address: str) -> Checkpoint:
        return Checkpoint(address, None)

    def code(self, since: Checkpoint) -> str:
        assert since.address == "codes@x.example"
        return "123456"

    def link(self, since: Checkpoint) -> str:
        if self.reset_link is None:
            raise Broken(f"a message with a link to {since.address}", "none came")
        return self.reset_link

    def pass_time(self, account: Account, seconds: float, what: str) -> None:
        self.deeds.append(f"wait {seconds:g} s for {what}")
        self.locked.discard(account.email)


def accounts(
    there: Deployment,
    folder: Path,
    *parts: Part,
    support: Support | None = Support("sue@x.example", "s"),  # noqa: B008 - frozen
    lock_seconds: float | None = None,
) -> LeasedAccounts:
    actor = cast("Actor", there)
    desk = Desk("https://x.example", (ADA, TOM), destructive=True, run="run", folder=folder)
    anything: Any = there
    supporter = SupportDesk(support, None, actor, anything)
    named = {part.name: part for part in parts}
    return LeasedAccounts(desk, named, supporter, anything, anything, actor, lock_seconds)


WITH_MFA = Needs(channel="email")


def test_a_scenario_gets_what_was_reserved_with_the_id_that_support_knows(tmp_path: Path) -> None:
    mine = accounts(Deployment(), tmp_path, Part("Ada", WITH_MFA), Part("Tom", Needs()))
    ada, tom = mine.lease("Ada", WITH_MFA), mine.lease("Tom", Needs())
    assert (ada.email, ada.user_id, ada.contact) == (
        ADA.email,
        "id of ada@x.example",
        Contact("email", "codes@x.example"),
    )
    assert (tom.email, tom.contact) == (TOM.email, None)
    with pytest.raises(Untested, match="no account was reserved for Eve"):
        mine.lease("Eve", Needs())
    with pytest.raises(Untested, match="60 accounts are needed that nobody had before"):
        mine.crowd(60, Needs())


def test_without_support_an_account_has_no_id_and_nobody_can_act_as_support(tmp_path: Path) -> None:
    mine = accounts(Deployment(), tmp_path, Part("Tom", Needs()), support=None)
    assert mine.lease("Tom", Needs()).user_id == ""
    with pytest.raises(Untested, match=r"add \[support\] to the target file"):
        mine.lease("Support", Needs(role="support"))


def test_support_acts_with_a_password_or_with_a_session_that_is_open(tmp_path: Path) -> None:
    with_password = accounts(Deployment(), tmp_path).lease("Support", Needs(role="support"))
    assert (with_password.email, with_password.access_token) == ("sue@x.example", None)
    there = Deployment()
    mine = accounts(there, tmp_path, Part("Tom", Needs()), support=Support(access_token="open"))
    assert mine.lease("Support", Needs(role="support")).access_token == "open"
    mine.lease("Tom", Needs())
    assert there.deeds == ["resume open"]


def test_a_whole_sign_in_clears_what_was_counted_and_lets_the_account_go(tmp_path: Path) -> None:
    there = Deployment()
    mine = accounts(there, tmp_path, Part("Ada", WITH_MFA))
    mine.lease("Ada", WITH_MFA)
    assert mine.close() == []
    assert there.deeds[-1] == "sign in ada@x.example"
    assert accounts(there, tmp_path, Part("Ada", WITH_MFA)).lease("Ada", WITH_MFA).email == ADA.email


def test_what_was_never_leased_is_not_touched(tmp_path: Path) -> None:
    there = Deployment()
    assert accounts(there, tmp_path, Part("Ada", WITH_MFA)).close() == []
    assert there.deeds == []


def test_mfa_is_set_back_where_it_was_changed(tmp_path: Path) -> None:
    there = Deployment()
    mine = accounts(there, tmp_path, Part("Ada", WITH_MFA, changed=True), Part("Tom", Needs(), changed=True))
    mine.lease("Ada", WITH_MFA)
    mine.lease("Tom", Needs())
    there.mfa = {ADA.email: None, TOM.email: "elsewhere@x.example"}
    assert mine.close() == []
    assert there.mfa == {ADA.email: "codes@x.example", TOM.email: None}


def test_mfa_that_is_as_declared_is_left_alone_but_not_another_contact(tmp_path: Path) -> None:
    there = Deployment()
    mine = accounts(there, tmp_path, Part("Ada", WITH_MFA, changed=True))
    mine.lease("Ada", WITH_MFA)
    mine.close()
    assert not {"enable", "disable"} & set(there.deeds)
    mine = accounts(there, tmp_path, Part("Ada", WITH_MFA, changed=True))
    mine.lease("Ada", WITH_MFA)
    there.mfa[ADA.email] = "elsewhere@x.example"
    mine.close()
    assert there.mfa[ADA.email] == "codes@x.example"


def test_a_password_is_set_back_by_way_of_a_link(tmp_path: Path) -> None:
    there = Deployment()
    mine = accounts(there, tmp_path, Part("Tom", Needs(), changed=True))
    tom = mine.lease("Tom", Needs())
    there.passwords[TOM.email] = "another"
    mine.password_changed(tom, "another")
    assert mine.close() == []
    assert there.passwords[TOM.email] == "his"
    assert "reset with https://x.example/reset?token=t" in there.deeds


def test_a_lock_is_ended_by_support_else_waited_for_else_told(tmp_path: Path) -> None:
    part = Part("Ada", WITH_MFA, locked=True)
    there = Deployment(locked={ADA.email})
    mine = accounts(there, tmp_path, part)
    mine.lease("Ada", WITH_MFA)
    assert mine.close() == []
    assert "unlock id of ada@x.example" in there.deeds

    there = Deployment(locked={ADA.email})
    mine = accounts(there, tmp_path, part, support=None, lock_seconds=900)
    mine.lease("Ada", WITH_MFA)
    assert mine.close() == []
    assert "wait 900 s for the end of the lock" in there.deeds

    there = Deployment(locked={ADA.email}, unlocks=False)
    mine = accounts(there, tmp_path, part)
    mine.lease("Ada", WITH_MFA)
    (left,) = mine.close()
    assert "give lock_seconds under [policy]" in left


def test_a_lock_that_is_over_by_itself_costs_nothing_more(tmp_path: Path) -> None:
    there = Deployment()
    mine = accounts(there, tmp_path, Part("Ada", WITH_MFA, locked=True))
    mine.lease("Ada", WITH_MFA)
    mine.close()
    assert not any(deed.startswith(("unlock", "wait")) for deed in there.deeds)


def test_what_cannot_be_set_back_is_told_and_used_no_more_but_the_lease_ends(tmp_path: Path) -> None:
    there = Deployment(reset_link=None)
    mine = accounts(there, tmp_path, Part("Tom", Needs(), changed=True))
    tom = mine.lease("Tom", Needs())
    there.passwords[TOM.email] = "another"
    mine.password_changed(tom, "another")
    (left,) = mine.close()
    assert left.startswith("tom@x.example is not as the target file says: expected a message with a link to")
    with pytest.raises(Untested, match=r"cannot be used any more: tom@x\.example"):
        accounts(there, tmp_path, Part("Tom", Needs())).lease("Tom", Needs())


def test_support_that_cannot_be_signed_in_or_finds_nobody_hinders_only_what_needs_it(tmp_path: Path) -> None:
    mine = accounts(Deployment(), tmp_path, Part("Tom", Needs()), support=Support("sue@x.example", "wrong"))
    assert mine.lease("Tom", Needs()).user_id == ""
    mine.close()
    there = Deployment()
    del there.passwords[ADA.email]
    mine = accounts(there, tmp_path, Part("Ada", WITH_MFA))
    assert mine.lease("Ada", WITH_MFA).user_id == ""
