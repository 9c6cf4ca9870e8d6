"""Probes of faults: what only requests show that nobody writes by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fault_probes import IDENTITY, by, shows, statuses

if TYPE_CHECKING:
    from tests.unit.reference_server.conftest import Stage


@shows("odd-user-id-is-500", "odd-user-id-is-429")
def _(stage: Stage) -> object:
    support = stage.token(stage.person(role="support"))
    return statuses(stage.call("POST", "/support/users/%C3%A4/unlock", IDENTITY, bearer=support))


@shows("refused-search-is-plain-json", "search-without-token")
def _(stage: Stage) -> object:
    support = stage.token(stage.person(role="support"))
    refused = stage.call("GET", "/support/users", bearer=support)
    return refused.content_type, statuses(refused, stage.call("GET", "/support/users?email=ada@example.com"))


@shows("record-without-contact", "changed-record-names-nobody")
def _(stage: Stage) -> object:
    person = stage.person()
    record = by(stage, "support", person, "unlock", IDENTITY).get_json()
    return sorted(record), record["user_id"] == person.id


@shows("identity-check-as-text")
def _(stage: Stage) -> object:
    return statuses(by(stage, "support", stage.person(), "unlock", {"identity_verified": "yes"}))


@shows("shortest-password-refused")
def _(stage: Stage) -> object:
    return statuses(stage.confirm_reset(stage.reset_token(stage.person()), "8 signs!"))


@shows("sign-out-by-put")
def _(stage: Stage) -> object:
    return statuses(stage.call("PUT", "/auth/sign-out", bearer=stage.token(stage.person())))


@shows("odd-new-password-is-another")
def _(stage: Stage) -> object:
    person = stage.person()
    stage.confirm_reset(stage.reset_token(person), "gr\u00fc\u00dfe aus K\u00f6ln")
    return statuses(stage.sign_in(person, "gr\u00fc\u00dfe aus K\u00f6ln"))
