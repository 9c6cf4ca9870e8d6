"""What a right server and a wrong one answer differently: the list, and what probes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Person, Stage

    Probe = Callable[[Stage], object]

PROBES: dict[str, Probe] = {}
WRONG = "wrong password"
NUMBER = "+15550100123"
PHONE = {"channel": "phone", "address": NUMBER}


def shows(*faults: str) -> Callable[[Probe], Probe]:
    """Mark what a right server and these wrong ones answer differently."""

    def note(probe: Probe) -> Probe:
        PROBES.update(dict.fromkeys(faults, probe))
        return probe

    return note


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def statuses(*answers: TestResponse) -> list[int]:
    return [answer.status_code for answer in answers]


def lock(stage: Stage, person: Person) -> None:
    for _ in range(5):
        stage.sign_in(person, WRONG)


def by(  # noqa: PLR0913 - who does what to whom
    stage: Stage, role: str, person: Person, what: str, body: object, *, colleague: bool = True
) -> TestResponse:
    organization = {"organization": person.organization} if colleague else {}
    actor = stage.token(stage.person(role=role, **organization))
    return stage.call("POST", f"/support/users/{person.id}/{what}", body, bearer=actor)


def enabling(person: Person, **more: object) -> dict[str, object]:
    return {"contact": {"channel": "email", "address": person.email}, "contact_confirmed": True} | more


IDENTITY = {"identity_verified": True}
