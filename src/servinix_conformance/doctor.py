"""What can be found out about a target before a run: whether a red clause would speak of the target at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .actor import Broken, NotClaimed, Outcome, Untested
from .catalogue import Catalogue
from .connection import Connection
from .forecast import Outlook, foretell
from .inbox.source import InboxError
from .leased_accounts import account_of
from .leasing import Desk, castings, missing
from .names import OPERATIONS
from .plan import Plan, Vocabulary
from .stages import sign_in
from .target import DeclaredAccount
from .transport import Silent
from .world import ScenarioWorld, world_of

Level = Literal["ok", "note", "problem"]

STAGES = ("signIn", "verifyOtp", "getProfile")
"""Without these, no clause can be seen at all."""
_MOST_SKEW = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: `problem` when a run would mean nothing, `note` when it could not show all, else `ok`.
        about: what was looked at.
        said: what was found, and for anything but `ok` what would change it.
    """

    level: Level
    about: str
    said: str


def examine(
    connection: Connection, plan: Plan, vocabulary: Vocabulary, catalogue: Catalogue, *, thoroughly: bool
) -> Iterator[Finding]:
    """Look at everything, one after the other. It signs in with each account, and so causes a message for some.

    Args:
        connection: the way to the target.
        plan: what is going to be run.
        vocabulary: what its steps mean.
        catalogue: the clauses that it checks.
        thoroughly: whether codes are read and entered too. Before a run they are not: that is for the clauses to judge.
    """
    yield Finding("ok", "target", f"{connection.target.base_url} answers; {connection.document.title}")
    yield _skew(connection)
    yield from _document(connection, plan, catalogue)
    yield from _inboxes(connection)
    yield from _credentials(connection, thoroughly=thoroughly)
    yield from _castings(connection, plan, vocabulary)


def _skew(connection: Connection) -> Finding:
    known = f"moments are known to {connection.uncertainty:.2f} s" if connection.uncertainty else "time is moved"
    if connection.skew is None:
        return Finding("note", "clock", f"answers have no date, so that nobody knows how far its clock is off; {known}")
    if abs(connection.skew) > _MOST_SKEW:
        return Finding("note", "clock", f"its clock is {connection.skew:+g} s off this one; set both by NTP; {known}")
    return Finding("ok", "clock", known)


def _document(connection: Connection, plan: Plan, catalogue: Catalogue) -> Iterator[Finding]:
    gateway = connection.gateway()
    lacking = [name for name in OPERATIONS if not gateway.claims(name)]
    for name in lacking:
        if name in STAGES:
            said = (
                f"the document has no operation for it; bind the one that it is, as operation under [bindings.{name}]"
            )
            yield Finding("problem", name, said)
    rest = [name for name in lacking if name not in STAGES and name != "requestOtp"]
    if rest:
        said = f"not claimed, since {connection.document.source} does not describe them: {', '.join(rest)}"
        yield Finding("note", "document", said)
    else:
        number = sum(len(plan.checking(clause)) > 0 for clause in catalogue.clauses)
        yield Finding("ok", "document", f"{connection.document.source} describes all that {number} clauses ask for")


def _inboxes(connection: Connection) -> Iterator[Finding]:
    for channel, source in connection.sources.items():
        addresses = [account.address for account in connection.target.accounts if account.channel == channel]
        try:
            source.mark(next((address for address in addresses if address), "nobody@example.com"))
        except InboxError as error:
            yield Finding("problem", f"inbox.{channel}", str(error))
        else:
            yield Finding("ok", f"inbox.{channel}", "can be read")


def _credentials(connection: Connection, *, thoroughly: bool) -> Iterator[Finding]:
    target = connection.target
    if target.support is not None:
        yield _signs_in(connection, "support", None, thoroughly=True)
    desk = Desk(target.base_url, target.accounts, target.safety.destructive, connection.run)
    for number, account in enumerate(target.accounts):
        about = f"accounts[{number}]"
        lease = desk.hold(account)
        if lease is None:
            yield Finding("note", about, "another run has it; what that one does to it cannot be seen from here")
            continue
        try:
            yield _signs_in(connection, about, account, thoroughly=thoroughly)
        finally:
            lease.release()


def _signs_in(connection: Connection, about: str, declared: DeclaredAccount | None, *, thoroughly: bool) -> Finding:
    if declared is not None and declared.suspended and not thoroughly:
        return Finding("ok", about, "is declared to be suspended")
    world = world_of(connection, "web portal", Outlook())
    try:
        outcome = world.support.sign_in() if declared is None else _sign_in(world, declared, thoroughly=thoroughly)
    except (Broken, Untested, NotClaimed, Silent) as error:
        return Finding("problem", about, world.gateway.redactor.clean(str(error)))
    if declared is not None and declared.suspended:
        level: Level = "ok" if outcome.kind == "refused" else "problem"
        return Finding(level, about, f"suspended as declared: {outcome.said}" if level == "ok" else "is not suspended")
    if outcome.kind != "signed-in" and (thoroughly or outcome.kind == "refused"):
        said = (
            f"does not sign in: {outcome.said}; correct its password, mfa and address, or the bindings of the sign-in"
        )
        return Finding("problem", about, world.gateway.redactor.clean(said))
    return Finding("ok", about, "signs in")


def _sign_in(world: ScenarioWorld, declared: DeclaredAccount, *, thoroughly: bool) -> Outcome:
    account = account_of(declared, "")
    contact = account.contact if thoroughly else None
    return sign_in(world.actor(), world.inbox, account.email, account.password, contact)


def _castings(connection: Connection, plan: Plan, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Which clauses the accounts are too few for, and which to add."""
    target = connection.target
    if target.test_support_token is not None and connection.gateway().claims("createUser"):
        yield Finding("ok", "accounts", "made by test support as they are needed")
        return
    lacking: dict[str, set[str]] = defaultdict(set)
    for scenario in plan.scenarios:
        for example in scenario.examples:
            parts = foretell(example, vocabulary).parts
            if next(castings(parts, target.accounts), None) is None:
                lacking[missing(parts, target.accounts)].update(scenario.clauses)
            elif any(part.changed for part in parts) and not target.safety.destructive:
                lacking["say destructive = true under [safety]"].update(scenario.clauses)
    for sentence, clauses in sorted(lacking.items()):
        yield Finding("note", "accounts", f"{sentence}: for {', '.join(sorted(clauses))}")
    if not lacking:
        yield Finding("ok", "accounts", "there is one for everybody in every scenario")
