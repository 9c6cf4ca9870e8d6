"""What can be found out about a target before a run: whether a red clause would speak of the target at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .actor import Broken, NotClaimed, Outcome, Untested
from .browser.program import NoBrowser
from .connection import Connection, Unusable
from .forecast import Outlook, foretell
from .inbox.source import InboxError
from .leased_accounts import account_of
from .leasing import Desk, obstacle
from .names import OPERATIONS
from .plan import Plan
from .target import DeclaredAccount
from .transport import Silent
from .vocabulary import Vocabulary
from .world import ScenarioWorld, world_of

Level = Literal["ok", "note", "problem"]
Outlooks = Sequence[tuple[Sequence[str], Outlook]]

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
    connection: Connection, plan: Plan, vocabulary: Vocabulary, clauses: Sequence[str], *, thoroughly: bool
) -> Iterator[Finding]:
    """Look at everything, one after the other. It signs in with each account, and so causes a message for some.

    Args:
        connection: the way to the target.
        plan: what is going to be run, and nothing else.
        vocabulary: what its steps mean.
        clauses: those that are judged.
        thoroughly: whether codes are read and entered too. Before a run they are not: that is for the clauses to judge.
    """
    for finding in _findings(connection, plan, vocabulary, clauses, thoroughly=thoroughly):
        yield Finding(finding.level, finding.about, connection.redactor.clean(finding.said))


def examine_portal(connection: Connection, *, by_name: bool) -> None:
    """See that there are pages, and a browser for them.

    Args:
        connection: the way to the target.
        by_name: whether the portal was asked for by name; else, without a browser, its clauses are untested.

    Raises:
        Unusable: there are no pages, or no browser for what was asked for.
    """
    if connection.target.portal is None:
        raise Unusable(f"{connection.target.source}: the profile 'portal' needs an address: base_url under [portal]")
    try:
        connection.program.start()
    except NoBrowser as error:
        if by_name:
            raise Unusable(str(error)) from error


def _findings(
    connection: Connection, plan: Plan, vocabulary: Vocabulary, clauses: Sequence[str], *, thoroughly: bool
) -> Iterator[Finding]:
    yield Finding("ok", "target", f"{connection.target.base_url} answers; {connection.document.title}")
    yield _skew(connection)
    yield from _document(connection, plan, clauses)
    yield from _inboxes(connection)
    yield from _credentials(connection, thoroughly=thoroughly)
    outlooks = [
        ([name for name in scenario.clauses if name in clauses], foretell(example, vocabulary))
        for scenario in plan.scenarios
        for example in scenario.examples
    ]
    yield from _promises(connection, outlooks)
    yield from _castings(connection, outlooks)


def _skew(connection: Connection) -> Finding:
    known = f"moments are known to {connection.uncertainty:.2f} s" if connection.uncertainty else "time is moved"
    if connection.skew is None:
        return Finding("note", "clock", f"answers have no date, so that nobody knows how far its clock is off; {known}")
    if abs(connection.skew) > _MOST_SKEW:
        return Finding("note", "clock", f"its clock is {connection.skew:+g} s off this one; set both by NTP; {known}")
    return Finding("ok", "clock", known)


def _document(connection: Connection, plan: Plan, clauses: Sequence[str]) -> Iterator[Finding]:
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
        number = sum(len(plan.checking(clause)) > 0 for clause in clauses)
        yield Finding("ok", "document", f"{connection.document.source} describes all that {number} clauses ask for")


def _inboxes(connection: Connection) -> Iterator[Finding]:
    accounts = connection.target.accounts
    for channel, source in connection.sources.items():
        addresses = [account.address for account in accounts if account.channel == channel]
        try:
            source.mark(next((address for address in addresses if address), "nobody@example.com"))
        except InboxError as error:
            yield Finding("problem", f"inbox.{channel}", str(error))
        else:
            yield Finding("ok", f"inbox.{channel}", "can be read")
    if connection.target.test_support_token is None:
        used = dict.fromkeys(account.channel for account in accounts if account.mfa and account.channel)
        for channel in used.keys() - connection.sources.keys() - connection.target.not_claimed:
            said = f"nobody can read the codes of accounts by {channel}; add [inbox.{channel}]"
            yield Finding("note", f"inbox.{channel}", said)


def _credentials(connection: Connection, *, thoroughly: bool) -> Iterator[Finding]:
    target = connection.target
    if target.support is not None:
        yield _signs_in(connection, "support", None, thoroughly=thoroughly)
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
    world = world_of(connection, "web portal", Outlook())
    try:
        found = (
            _support(world, thoroughly=thoroughly)
            if declared is None
            else _account(world, declared, thoroughly=thoroughly)
        )
    except (Broken, Untested, NotClaimed, Silent) as error:
        found = "problem", str(error)
    return Finding(found[0], about, world.gateway.redactor.clean(found[1]))


def _support(world: ScenarioWorld, *, thoroughly: bool) -> tuple[Level, str]:
    """Whether Support signs in, and may do what Support does."""
    outcome = world.support.sign_in()
    if outcome.kind != "signed-in":
        return "problem", f"does not sign in: {outcome.said}; correct [support], or the bindings of the sign-in"
    accounts = world.connection.target.accounts
    if not accounts or not world.gateway.claims("findUsers"):
        return "ok", "signs in"
    found = world.support.actor.find_user(accounts[0].email)
    if found.kind != "done":
        # Before a run it may be the very fault that a clause is going to be red for.
        level: Level = "problem" if thoroughly else "note"
        return level, f"signs in, but cannot look accounts up: {found.said}; give that user the role of Support"
    return "ok", "signs in, and looks accounts up"


def _account(world: ScenarioWorld, declared: DeclaredAccount, *, thoroughly: bool) -> tuple[Level, str]:
    """Whether an account is what the target file says."""
    if declared.suspended and not thoroughly:
        return "ok", "is declared to be suspended"
    actor, account = world.actor(), account_of(declared, "")
    readable = thoroughly and account.contact is not None and account.contact.channel in world.inbox.sources
    since = world.inbox.checkpoint(account.contact.address) if account.contact and readable else None
    outcome = actor.sign_in(account.email, account.password)
    if told := _undeclared(declared, outcome, thoroughly=thoroughly):
        return told
    if since is not None and outcome.kind == "code-asked":
        outcome = actor.enter_code(world.inbox.code(since))
    if outcome.kind == "signed-in":
        return "ok", "signs in"
    if declared.suspended:
        return "ok", f"suspended as declared: {outcome.said}"
    if outcome.kind == "code-asked" or (outcome.kind == "unreadable" and not thoroughly):
        return "ok", "takes the password"
    remedy = "correct its password, mfa and address, or the bindings of the sign-in"
    return "problem", f"does not sign in: {outcome.said}; {remedy}"


def _undeclared(declared: DeclaredAccount, outcome: Outcome, *, thoroughly: bool) -> tuple[Level, str] | None:
    """What the password stage shows an account to be, where that is not what the target file says."""
    if declared.suspended:
        return None if outcome.kind == "refused" else ("problem", "is not suspended")
    if declared.mfa and outcome.kind == "signed-in":
        # Before a run it may be the very fault that a clause is going to be red for.
        level: Level = "problem" if thoroughly else "note"
        return level, "declared with mfa = true, but signed in without a code; correct mfa"
    if not declared.mfa and outcome.kind == "code-asked":
        return "problem", "declared with mfa = false, but asked for a code; say mfa = true, with channel and address"
    return None


def _promises(connection: Connection, outlooks: Outlooks) -> Iterator[Finding]:
    """Which numbers the deployment has not told that some scenarios need."""
    lacking: dict[str, set[str]] = defaultdict(set)
    for clauses, outlook in outlooks:
        for name in outlook.promises:
            lacking[name].update(clauses)
    for name, without in lacking.items():
        try:
            connection.promise(name)
        except Untested as error:
            yield Finding("note", "policy", f"{error}: for {', '.join(sorted(without))}")


def _castings(connection: Connection, outlooks: Outlooks) -> Iterator[Finding]:
    """Which clauses the accounts are too few for, and which to add."""
    target = connection.target
    if target.test_support_token is not None and connection.gateway().claims("createUser"):
        yield Finding("ok", "accounts", "made by test support as they are needed")
        return
    lacking: dict[str, set[str]] = defaultdict(set)
    possible = 0
    for clauses, outlook in outlooks:
        if any(part.needs.channel in target.not_claimed for part in outlook.parts):
            continue
        told = obstacle(outlook.parts, target.accounts, destructive=target.safety.destructive)
        if told is None:
            possible += 1
        else:
            lacking[told].update(clauses)
    for sentence, without in sorted(lacking.items()):
        level: Level = "note" if possible else "problem"
        yield Finding(level, "accounts", f"{sentence}: for {', '.join(sorted(without))}")
    if not lacking:
        yield Finding("ok", "accounts", "there is one for everybody in every scenario")
