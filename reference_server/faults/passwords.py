"""Wrong password stage: addresses and passwords that are compared loosely, or that tell too much."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

import time
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

from ..inputs import Answer, Request
from ..model import Account
from ..problems import Refusal
from ..rules import Rules
from ..sign_in import Attempt
from ..users import new_account
from .registry import fault


@fault("wrong-password-signs-in", severity="C", clause="SIGNIN-1", also_breaks=("INPUT-2",))
class WrongPasswordSignsIn(Rules):
    """Takes the right password with up to three more characters."""

    def password_matches(self, account: Account, password: str) -> bool:
        shorter = (password[: len(password) - cut] for cut in range(4))
        return any(self.passwords.verify(account.password_hash, one) for one in shorter)


@fault(
    "stranger-registered",
    severity="C",
    clause="SIGNIN-1",
    also_breaks=("SIGNIN-2", "ENUM-1", "ENUM-3", "ENUM-4", "INPUT-1"),
)
class StrangerRegistered(Rules):
    """Makes an account for an e-mail address that nobody has, with the password that came with it."""

    def sign_in(self, request: Request) -> Answer:
        email, password = request.text("email"), request.text("password")
        if self.find_account(email) is None:
            with suppress(Refusal):  # an address or a password that no account can have
                self.store.add_account(new_account({"email": email, "password": password}, self.passwords))
        return super().sign_in(request)


@fault("email-folded-at-sign-in", severity="M", clause="SIGNIN-2")
class EmailFoldedAtSignIn(Rules):
    """Takes case variants of the e-mail address."""

    def find_account(self, email: str) -> Account | None:
        return super().find_account(email) or super().find_account(email.lower())


@fault("email-trimmed-at-sign-in", severity="L", clause="SIGNIN-2")
class EmailTrimmedAtSignIn(Rules):
    """Takes blanks around the e-mail address."""

    def find_account(self, email: str) -> Account | None:
        return super().find_account(email.strip())


@fault("email-tag-ignored", severity="M", clause="SIGNIN-2")
class EmailTagIgnored(Rules):
    """Takes name+tag@host for name@host."""

    def find_account(self, email: str) -> Account | None:
        name, _, domain = email.partition("@")
        return super().find_account(email) or super().find_account(f"{name.partition('+')[0]}@{domain}")


@fault("unknown-user-told-apart", severity="M", clause="ENUM-1", also_breaks=("ENUM-3",))
class UnknownUserToldApart(Rules):
    """Says when nobody has an e-mail address."""

    def reject_password(self, attempt: Attempt) -> NoReturn:
        if not attempt.account.id:
            raise Refusal("invalid-credentials", detail="Nobody has this e-mail address.")
        super().reject_password(attempt)


@fault("suspension-told-without-password", severity="M", clause="ENUM-1")
class SuspensionToldWithoutPassword(Rules):
    """Says that an account is suspended before the password is checked."""

    def refuse_while_locked(self, attempt: Attempt) -> None:
        self.refuse_barred(attempt.account)
        super().refuse_while_locked(attempt)


@fault("mfa-told-without-password", severity="M", clause="ENUM-1", also_breaks=("ENUM-3",))
class MfaToldWithoutPassword(Rules):
    """Says with a wrong password whether a code would have been asked for."""

    def reject_password(self, attempt: Attempt) -> NoReturn:
        if attempt.account.mfa_enabled:
            raise Refusal("invalid-credentials", detail="No code was sent: the password is wrong.")
        super().reject_password(attempt)


@fault("locking-attempt-told", severity="L", clause="ENUM-3")
class LockingAttemptTold(Rules):
    """Says at once that a wrong password has locked an account, and of addresses that nobody has a request later."""

    def reject_password(self, attempt: Attempt) -> NoReturn:
        end = self.store.password_lock_end(attempt.account.email)
        if attempt.account.id and end is not None:
            raise Refusal("account-locked", retry_after=end - attempt.now)
        super().reject_password(attempt)


@fault("unknown-user-answers-fast", severity="M", clause="ENUM-2")
class UnknownUserAnswersFast(Rules):
    """Hashes no password for an unknown address."""

    def password_matches(self, account: Account, password: str) -> bool:
        return bool(account.id) and super().password_matches(account, password)


@fault("mfa-user-answers-late", severity="M", clause="ENUM-2")
class MfaUserAnswersLate(Rules):
    """Asks who carries codes whether one could be sent, before it looks at the password of a user with MFA."""

    def password_matches(self, account: Account, password: str) -> bool:
        time.sleep(0.03 if account.mfa_enabled else 0)
        return super().password_matches(account, password)


@fault("long-password-refused", severity="M", clause="INPUT-2")
class LongPasswordRefused(Rules):
    """Refuses the right password when it has 64 characters or more."""

    def password_matches(self, account: Account, password: str) -> bool:
        return len(password) < 64 and super().password_matches(account, password)  # noqa: PLR2004


@fault("password-trimmed", severity="M", clause="INPUT-2")
class PasswordTrimmed(Rules):
    """Takes blanks around the password that are not part of it."""

    def sign_in(self, request: Request) -> Answer:
        trimmed = request.text("password").strip()
        return super().sign_in(replace(request, body={**request.body, "password": trimmed}))


@fault("password-cut-off", severity="M", clause="INPUT-2")
class PasswordCutOff(Rules):
    """Looks at the first 72 characters of a password alone."""

    def reset_password(self, request: Request) -> Answer:
        body = {**request.body, "new_password": request.text("new_password")[:72]}
        return super().reset_password(replace(request, body=body))

    def password_matches(self, account: Account, password: str) -> bool:
        return super().password_matches(account, password[:72])


@fault("password-and-more", severity="M", clause="INPUT-2", also_breaks=("SIGNIN-1",))
class PasswordAndMore(Rules):
    """Takes a password with a character too many, as if that had been a slip."""

    def password_matches(self, account: Account, password: str) -> bool:
        return any(super(PasswordAndMore, self).password_matches(account, it) for it in (password, password[:-1]))
