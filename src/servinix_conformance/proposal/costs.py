"""What it costs that an operation is not there: the clauses whose scenarios do with it, told by their words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol


class Scenario(Protocol):
    """What of a scenario is read here."""

    @property
    def clauses(self) -> Sequence[str]:
        """The clauses that it checks."""

    @property
    def steps(self) -> Sequence[tuple[str, str]]:
        """Kind and text of its steps."""


# What steps say that need the operation, but for the two stages, which all need.
SAID = {
    "resendOtp": r"asks for a new code",
    "signOut": r"signs out",
    "getProfile": r"signed in|session|opens \w+'s account|profile shows",
    "getJwks": r"public key",
    "requestPasswordReset": r"reset link|follows the",
    "resetPassword": r"follows the",
    "findUsers": r"record shows",
    "enableMfa": r"switches MFA on",
    "disableMfa": r"switches MFA off",
    "unlockUser": r"unlocks",
    "setOutage": r"fails to reach|cannot be delivered",
}
_OTHERWISE = {
    "requestOtp": "nothing, where the sign-in sends the code by itself",
    "createUser": "accounts have to be given, under [[accounts]]",
    "deleteUser": "accounts have to be given, under [[accounts]]",
    "advanceClock": "time has to pass as it does: a run takes as long as the waits of the policy",
    "listMessages": "messages have to be read elsewhere, under [inbox.email] and [inbox.phone]",
    "getPolicy": "the numbers of the policy have to be given, under [policy]",
}


def costs(missing: Iterable[str], scenarios: Sequence[Scenario], order: Iterable[str]) -> Mapping[str, str]:
    """For each operation that is missing, what cannot be tested without it or has to be had otherwise.

    Args:
        missing: the logical operations.
        scenarios: all that there are.
        order: the clauses, as they are to be named.
    """
    order = list(order)
    return {name: _cost(name, scenarios, order) for name in missing}


def _cost(name: str, scenarios: Sequence[Scenario], order: Sequence[str]) -> str:
    if name in _OTHERWISE:
        return _OTHERWISE[name]
    if name == "signIn":
        return "all clauses"
    needing = [item for item in scenarios if _needs(name, item)]
    needed = {clause for item in needing for clause in item.clauses}
    clauses = [clause for clause in order if clause in needed]
    if not clauses:
        return "nothing: no scenario needs it"
    left = {clause for item in scenarios if item not in needing for clause in item.clauses}
    return ", ".join(f"{clause} in part" if clause in left else clause for clause in clauses)


def _needs(name: str, scenario: Scenario) -> bool:
    said = SAID.get(name, r"enters|with MFA|asked for a code|for a code|the code")
    return any(re.search(said, text) for _, text in scenario.steps)
