"""Answers that the document does not have, to requests that nobody writes by hand."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from flask import after_this_request

from ..inputs import Answer, Request, invalid
from ..model import Account
from ..problems import Refusal
from ..rules import Rules
from .registry import fault


@fault("odd-user-id-is-500", severity="M", clause="CONTRACT-2", also_breaks=("CONTRACT-1", "LEAK-2"))
class OddUserIdIs500(Rules):
    """Fails at the id of a user that has a letter of another script in it."""

    def account_of(self, user_id: str) -> Account | None:
        user_id.encode("ascii")
        return super().account_of(user_id)


@fault("odd-user-id-is-429", severity="L", clause="CONTRACT-2", also_breaks=("CONTRACT-1",))
class OddUserIdIs429(Rules):
    """Asks whoever names a user by odd letters to wait."""

    def account_of(self, user_id: str) -> Account | None:
        if not user_id.isascii():
            raise Refusal("account-locked", retry_after=1)
        return super().account_of(user_id)


@fault("refused-search-is-plain-json", severity="L", clause="CONTRACT-2", also_breaks=("CONTRACT-1",))
class RefusedSearchIsPlainJson(Rules):
    """Refuses a search for nobody with another media type than the document has."""

    def find_users(self, request: Request) -> Answer:
        if "email" not in request.query:

            @after_this_request
            def change(response):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - Flask's own
                response.content_type = "application/json"
                return response

        return super().find_users(request)


@fault("record-without-contact", severity="L", clause="CONTRACT-2", also_breaks=("CONTRACT-1", "CONTRACT-3"))
class RecordWithoutContact(Rules):
    """Leaves the contact out of the record of a user who has none."""

    def changed(self, account: Account, what: str) -> Answer:
        answer = super().changed(account, what)
        return Answer(200, {name: value for name, value in (answer.body or {}).items() if name != "contact" or value})


@fault("identity-check-as-text", severity="M", clause="CONTRACT-2", also_breaks=("INPUT-1",))
class IdentityCheckAsText(Rules):
    """Takes any text for the word that the user's identity was verified."""

    def identity_verified(self, request: Request) -> bool:
        said = request.body.get("identity_verified")
        return isinstance(said, str) or super().identity_verified(request)


@fault("shortest-password-refused", severity="L", clause="CONTRACT-2", also_breaks=("CONTRACT-3",))
class ShortestPasswordRefused(Rules):
    """Refuses a new password of 8 characters, which the document allows."""

    def reset_password(self, request: Request) -> Answer:
        if len(request.password("new_password")) == 8:  # noqa: PLR2004 - the document's own minimum
            raise invalid("new_password must have more than 8 characters.")
        return super().reset_password(request)


@fault("sign-out-by-put", severity="L", clause="CONTRACT-2", also_breaks=("INPUT-4",))
class SignOutByPut(Rules):
    """Signs out by PUT too."""

    further_methods: ClassVar[Mapping[str, tuple[str, ...]]] = {"sign_out": ("PUT",)}


@fault("search-without-token", severity="C", clause="CONTRACT-2", also_breaks=("PATH-1", "INPUT-1"))
class SearchWithoutToken(Rules):
    """Lets whoever sends no token at all search among the users."""

    def actor(self, request: Request, *roles: str) -> Account:
        if request.bearer is None and request.query:
            return Account(id="", email="", password_hash="", role="support")
        return super().actor(request, *roles)


@fault("changed-record-names-nobody", severity="L", clause="CONTRACT-3")
class ChangedRecordNamesNobody(Rules):
    """Answers a change of a user by Support with an id that is nobody's."""

    def changed(self, account: Account, what: str) -> Answer:
        return Answer(200, {**(super().changed(account, what).body or {}), "user_id": "nobody"})


@fault("odd-new-password-is-another", severity="M", clause="CONTRACT-3", also_breaks=("INPUT-2",))
class OddNewPasswordIsAnother(Rules):
    """Leaves out of a new password what is no ASCII, and keeps all of it when somebody signs in."""

    def reset_password(self, request: Request) -> Answer:
        password = request.password("new_password")
        kept = password.encode("ascii", "ignore").decode().ljust(8, "_")
        return super().reset_password(replace(request, body={**request.body, "new_password": kept}))
