"""Walks along the links of a document: from an answer to the operation that it leads to, with what it gives.

A link may not lead nowhere. What it cannot say, such as the code of a message or the access token in a header, comes
from whoever walks. Needs the extra `contract`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from ..actor import Account, Checkpoint, Untested
from ..document import Operation
from ..events import WHOLE
from ..inbox.text import reset_token_in
from ..links import Link, Nowhere, Said, links, places, target_of
from .attempts import Attempts, attempts, credentials, ended_by_errors, put, unrecorded
from .drawing import Case, drawn, found_by_drawing, operation_of
from .judging import Fault, ScenarioRecorder
from .trying import Trial

_MOST_STEPS = 6
_MOST_WALKS = 12
_FIRST_REDIRECT = 300
_WAITS = {409, 429, 503}
"""Answers that say that the time or the word is not right, and that the place is."""
_CHANGES = {"resetPassword", "enableMfa", "disableMfa"}


@dataclass(slots=True)
class _Walker:
    """Somebody who walks, and what they have in hand."""

    trial: Trial
    account: Account
    password: str
    token: str | None = None
    since: Checkpoint | None = None

    def gives(self, name: str | None) -> Mapping[str, object]:
        """What a request needs that no link can give, by logical field."""
        people, contact = self.trial.people, self.account.contact
        if name == "signIn":
            self._listen(contact.address if contact else self.account.email)
            return {"email": self.account.email, "password": self.password}
        if name == "verifyOtp" and self.since is not None:
            return {"otp": people.inbox.code(self.since)}
        if name == "resendOtp" and contact is not None:
            people.clock.pass_time(self.account, people.promise("resend_after_seconds"), "the wait for a new code")
            self._listen(contact.address)
        if name == "requestPasswordReset":
            self._listen(self.account.email)
            return {"email": self.account.email}
        if name == "resetPassword" and self.since is not None:
            return {"reset_token": reset_token_in(people.inbox.link(self.since))}
        if name in {"enableMfa", "disableMfa", "unlockUser"}:
            return people.identifiers(name)
        return {}

    def takes(self, name: str | None, case: Case, said: Said) -> None:
        """Keep what an answer gave, or the request set."""
        if name is None or said.answer.status >= _FIRST_REDIRECT:
            return
        token = self.trial.scope.binding.read(name, said.answer).get("access_token")
        self.token = token if isinstance(token, str) else self.token
        if name == "resetPassword" and isinstance(case.body, dict):
            member = self.trial.scope.binding.member(name, "new_password")
            self.password = str(case.body.get(member or ""))

    def _listen(self, address: str) -> None:
        self.since = self.trial.people.inbox.checkpoint(address)


def follow_links(trial: Trial) -> None:
    """Walk along the links from an operation, each time as far as they lead and with other data."""
    seed = trial.sampling.seed_for(trial.operation.id, "links")
    with attempts(trial) as made:

        def walk(data: st.DataObject) -> None:
            with ended_by_errors():
                people = trial.people
                walker = _Walker(trial, people.member, people.member.password)
            _walk(made, walker, data)

        found_by_drawing(walk, seed, min(trial.sampling.examples, _MOST_WALKS), data=st.data())
    if not made.walked and not made.found:
        raise Untested(f"no answer of {trial.operation.id} leads anywhere that may be gone to")


def _walk(made: Attempts, walker: _Walker, data: st.DataObject) -> None:
    trial, operation, given = made.trial, made.trial.operation, dict[str, object]()
    recorder = ScenarioRecorder(label=operation.id)
    came_by: Link | None = None
    for _ in range(_MOST_STEPS):
        case = _drawn(trial, walker, operation, data, begins=came_by is None)
        put(case, given)
        recorder.record_case(case=case)
        sent = made.send(case, operation, recorder)
        status = sent.answer.status
        if came_by is not None:
            made.walked += 1
            if status >= _FIRST_REDIRECT and status not in _WAITS:
                told = f"a link to lead on: {came_by.name}, to {operation.id}"
                fault = Fault(WHOLE, told, f"it answered {status}", f"{came_by.name} leads nowhere")
                raise made.keep(operation, fault, sent)
        said = Said(
            case.method, sent.request.url or "", case.path_parameters, case.query, case.headers, case.body, sent.answer
        )
        walker.takes(trial.scope.logical.get(operation.id), case, said)
        came_from = operation
        leads = [it for it in links(trial.scope.document, operation, status) if _open(trial, it)]
        if not leads:
            return
        came_by = data.draw(st.sampled_from(leads))
        try:
            operation = target_of(trial.scope.document, came_by)
            given = places(trial.scope.document, operation, came_by, said)
        except Nowhere as nowhere:
            fault = Fault(WHOLE, f"the link {came_by.name} to lead on", str(nowhere), f"{came_by.name}: {nowhere}")
            raise made.keep(came_from, fault, sent) from nowhere


def _open(trial: Trial, link: Link) -> bool:
    """Whether it may be followed: what leads nowhere, too, so that it shows."""
    try:
        target = target_of(trial.scope.document, link)
    except Nowhere:
        return True
    if target not in trial.scope.operations or trial.scope.obstacle(target) is not None:
        return False
    return trial.scope.own_users or trial.scope.logical.get(target.id) not in _CHANGES


def _drawn(trial: Trial, walker: _Walker, operation: Operation, data: st.DataObject, *, begins: bool) -> Case:
    """A request that fits the document, with what the walker has."""
    name = trial.scope.logical.get(operation.id)
    found = operation_of(trial.text, trial.scope.document.source, operation)
    case = data.draw(drawn(found, credentials(trial, operation), fits=True))
    with ended_by_errors(), unrecorded(trial):
        # Where a walk begins, no link has given anything yet.
        values = {**(trial.people.right(name) if begins else {}), **walker.gives(name)}
    if name is not None:
        bound = trial.scope.binding.operations[name]
        named = {bound.request[logical]: value for logical, value in values.items() if bound.request.get(logical)}
        put(case, {**bound.constants, **named})
    if walker.token is not None and "Authorization" in case.headers and name in {"getProfile", "signOut"}:
        case.headers["Authorization"] = f"Bearer {walker.token}"
    return case
