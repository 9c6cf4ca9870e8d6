"""Wrong support operations: open to the wrong people, without the checks, or without effect."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from dataclasses import replace

from ..inputs import Answer, Request
from ..model import Account, Contact
from ..problems import Refusal
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store
from .registry import fault


@fault("enable-for-organization", severity="H", clause="MFA-2")
class EnableForOrganization(Store):
    """Switches MFA on for the colleagues too."""

    def enable_mfa(self, user_id: str, contact: Contact) -> None:
        super().enable_mfa(user_id, contact)
        sql = """
            UPDATE users SET mfa_enabled = TRUE
            WHERE organization = (SELECT organization FROM users WHERE id = :id)"""
        self.change(sql, id=user_id)


@fault("disable-for-organization", severity="H", clause="MFA-2", also_breaks=("PATH-5",))
class DisableForOrganization(Store):
    """Switches MFA off for the colleagues too."""

    def disable_mfa(self, user_id: str) -> None:
        sql = """
            UPDATE users SET mfa_enabled = FALSE
            WHERE organization = (SELECT organization FROM users WHERE id = :id)"""
        self.change(sql, id=user_id)


@fault("user-toggles-mfa", severity="C", clause="MFA-9", also_breaks=("MFA-12",))
class UserTogglesMfa(Rules):
    """Lets users switch MFA on and off by themselves, over the API."""

    def enable_mfa(self, request: Request, user_id: str) -> Answer:
        if self.authenticate(request)[0].id != user_id:
            return super().enable_mfa(request, user_id)
        self.store.enable_mfa(user_id, request.contact())
        return self.changed(self.authenticate(request)[0], "MFA is on.")

    def disable_mfa(self, request: Request, user_id: str) -> Answer:
        if self.authenticate(request)[0].id != user_id:
            return super().disable_mfa(request, user_id)
        self.store.disable_mfa(user_id)
        return self.changed(self.authenticate(request)[0], "MFA is off.")


@fault("admin-cannot-enable", severity="M", clause="MFA-9", also_breaks=("MFA-10", "ADMIN-1"))
class AdminCannotEnable(Rules):
    """Lets Support alone switch MFA on."""

    def contact_confirmed(self, request: Request) -> bool:
        self.actor(request, "support")
        return super().contact_confirmed(request)


@fault("enable-without-contact", severity="M", clause="MFA-10")
class EnableWithoutContact(Rules):
    """Switches MFA on with a contact that nobody confirmed."""

    def contact_confirmed(self, request: Request) -> bool:
        super().contact_confirmed(request)
        return True


@fault("unconfirmed-contact-registered", severity="M", clause="MFA-10")
class UnconfirmedContactRegistered(Rules):
    """Refuses an unconfirmed contact, and registers it all the same."""

    def enable_mfa(self, request: Request, user_id: str) -> Answer:
        try:
            return super().enable_mfa(request, user_id)
        except Refusal as refusal:
            if refusal.name == "contact-unconfirmed":
                self.store.enable_mfa(user_id, request.contact())
            raise


@fault("admin-disables-mfa", severity="H", clause="MFA-12")
class AdminDisablesMfa(Rules):
    """Lets administrators switch MFA off, who verify nobody's identity."""

    def actor(self, request: Request, *roles: str) -> Account:
        return super().actor(request, *roles, "admin")


@fault("identity-check-optional", severity="H", clause="MFA-12", also_breaks=("ADMIN-2",))
class IdentityCheckOptional(Rules):
    """Takes the identity as verified where the request does not say."""

    def identity_verified(self, request: Request) -> bool:
        return request.flag("identity_verified", default=True)


@fault(
    "disable-without-identity",
    severity="C",
    clause="ADMIN-2",
    also_breaks=(
        "MFA-12",
        "MFA-20",
    ),
)
class DisableWithoutIdentity(Rules):
    """Switches MFA off although the identity was not verified."""

    def identity_verified(self, request: Request) -> bool:
        super().identity_verified(request)
        return True


@fault(
    "disable-keeps-challenge",
    severity="M",
    clause="MFA-13",
    also_breaks=(
        "MFA-2",
        "MFA-15",
        "PATH-4",
    ),
)
class DisableKeepsChallenge(Rules):
    """Goes on asking for a code after MFA was switched off, where a contact is still registered."""

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) or attempt.account.contact is not None


@fault("support-cannot-unlock", severity="M", clause="MFA-20", also_breaks=("OOB-7", "PATH-4", "ADMIN-1", "ADMIN-2"))
class SupportCannotUnlock(Rules):
    """Says that it unlocked an account, and leaves it locked."""

    def unlock(self, account: Account) -> None:
        """Unlock nothing."""


@fault("unlock-leaves-otp-lock", severity="M", clause="MFA-20", also_breaks=("OOB-7", "PATH-4"))
class UnlockLeavesOtpLock(Rules):
    """Ends the lock of wrong passwords only."""

    def unlock(self, account: Account) -> None:
        self.store.clear_password_attempts(account.email)


@fault("admin-crosses-organizations", severity="H", clause="ADMIN-1")
class AdminCrossesOrganizations(Rules):
    """Lets administrators see and change users of other organizations."""

    def within_reach(self, _actor: Account, _account: Account) -> bool:
        return True


@fault("member-finds-users", severity="H", clause="ADMIN-1")
class MemberFindsUsers(Rules):
    """Lets every user look colleagues up."""

    def actor(self, request: Request, *roles: str) -> Account:
        return super().actor(request, *roles, *(("member",) if request.query else ()))


@fault("anybody-unlocks", severity="H", clause="ADMIN-1")
class AnybodyUnlocks(Rules):
    """Unlocks an account for whoever says that the identity was verified."""

    def verified_user(self, request: Request, user_id: str, operation: str) -> Account:
        account = self.account_of(user_id)
        if operation == "unlock" and account is not None and self.identity_verified(request):
            return account
        return super().verified_user(request, user_id, operation)


@fault("disable-open-to-strangers", severity="C", clause="ADMIN-1")
class DisableOpenToStrangers(Rules):
    """Switches MFA off for whoever sends no access token at all."""

    def actor(self, request: Request, *roles: str) -> Account:
        unknown = Account(id="", email="", password_hash="", role="support")
        return super().actor(request, *roles) if request.bearer or request.query else unknown


@fault("reset-tells-nobody", severity="M", clause="ADMIN-3")
class ResetTellsNobody(Rules):
    """Tells users nothing about a new password."""

    def notify(self, account: Account, what: str) -> None:
        if "password" not in what:
            super().notify(account, what)


@fault("no-notices", severity="M", clause="ADMIN-3")
class NoNotices(Rules):
    """Tells users nothing about changes of their sign-in."""

    def notify(self, account: Account, what: str) -> None:
        """Tell nothing."""


@fault("admin-enables-everywhere", severity="H", clause="ADMIN-1")
class AdminEnablesEverywhere(Rules):
    """Lets administrators switch MFA on in every organization, whose users they cannot even look up."""

    def user(self, actor: Account, user_id: str) -> Account:
        account = self.account_of(user_id)
        return account if account and actor.role == "admin" else super().user(actor, user_id)


@fault("colleague-disables-mfa", severity="C", clause="ADMIN-1")
class ColleagueDisablesMfa(Rules):
    """Lets users switch MFA off for others, though not for themselves."""

    def verified_user(self, request: Request, user_id: str, operation: str) -> Account:
        account, actor = self.account_of(user_id), self.authenticate(request)[0]
        if operation == "disable" and account and actor.role == "member" and actor.id != user_id:
            return account
        return super().verified_user(request, user_id, operation)


@fault("locked-unlock-themselves", severity="H", clause="ADMIN-1")
class LockedUnlockThemselves(Rules):
    """Lets users who are locked out, and signed in elsewhere, unlock themselves."""

    def verified_user(self, request: Request, user_id: str, operation: str) -> Account:
        actor, _ = self.authenticate(request)
        own = operation == "unlock" and actor.id == user_id
        return actor if own else super().verified_user(request, user_id, operation)


@fault("unlock-without-identity", severity="H", clause="ADMIN-2", also_breaks=("MFA-20",))
class UnlockWithoutIdentity(Rules):
    """Unlocks an account although the identity was not verified."""

    def verified_user(self, request: Request, user_id: str, operation: str) -> Account:
        said = {"identity_verified": True} if operation == "unlock" else {}
        return super().verified_user(replace(request, body={**request.body, **said}), user_id, operation)


@fault("disable-tells-nobody", severity="M", clause="ADMIN-3")
class DisableTellsNobody(Rules):
    """Tells users nothing when MFA is switched off."""

    def notify(self, account: Account, what: str) -> None:
        if "switched off" not in what:
            super().notify(account, what)


@fault("unlock-tells-nobody", severity="L", clause="ADMIN-3")
class UnlockTellsNobody(Rules):
    """Tells users nothing when their account is unlocked."""

    def notify(self, account: Account, what: str) -> None:
        if "unlocked" not in what:
            super().notify(account, what)
