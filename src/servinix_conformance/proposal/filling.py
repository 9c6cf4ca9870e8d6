"""The places of an operation's fields, and what its requests need besides. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..names import OPERATIONS
from .fields import Match, best
from .guesses import Found, Guess, Sureness
from .operations import Described
from .schemas import Member
from .words import words

ESSENTIAL = {
    "signIn": {"email", "password"},
    "verifyOtp": {"mfa_token", "otp"},
    "requestOtp": {"mfa_token"},
    "resendOtp": {"mfa_token"},
    "requestPasswordReset": {"email"},
    "resetPassword": {"reset_token", "new_password"},
    "findUsers": {"email"},
    "enableMfa": {"user_id"},
    "disableMfa": {"user_id"},
    "unlockUser": {"user_id"},
    "createUser": {"email", "password"},
    "deleteUser": {"user_id"},
    "advanceClock": {"user_id", "seconds"},
    "listMessages": {"to"},
    "setOutage": {"address", "failing"},
}
"""The request fields that an operation is of no use without."""
_HINTS = {"signIn": {"password", "signin"}, "verifyOtp": {"otp", "code", "mfa", "phone"}, "resendOtp": {"resend"}}
_SWITCHED = {"enableMfa": True, "disableMfa": False}


def fill(  # noqa: PLR0913 - all that is known of it
    name: str,
    described: Described,
    members: Sequence[Member],
    operation: Guess,
    known: Mapping[str, Guess] | None = None,
    *,
    beside: Iterable[str] = (),
) -> Found:
    """The proposal for one logical operation.

    Args:
        name: the logical operation.
        described: that of the document.
        members: the request of it that was taken.
        operation: the proposal for the operation itself.
        known: the request fields that were told otherwise.
        beside: places that are filled by other means, such as headers of every request.
    """
    found = Found(operation)
    places = OPERATIONS[name][0]
    taken = {guess.value for guess in (known or {}).values()} | set(beside)
    matched = best([field for field in places if field not in (known or {})], _left(members, taken), places)
    if name in _SWITCHED and (turned := _switch(members, taken, matched)):
        found.constants[turned.place] = Guess(_SWITCHED[name], "guess", "it seems to switch on and off")
        taken.add(turned.place)
    undescribed = bool(places) and not members and described.takes == "nothing"
    for field, ours in places.items():
        if known and field in known:
            found.request[field] = known[field]
        elif field in matched and matched[field].member.place not in taken:
            found.request[field] = _allowed(field, matched[field])
        elif not undescribed:
            found.request[field] = Guess("", "certain", "there is no such field")
        else:
            found.request[field] = Guess(ours, "certain", "the document does not say")
    if described.takes == "form":
        found.open.append("it takes a form and no JSON, which the suite does not send")
    elif undescribed:
        unknown = ESSENTIAL.get(name, set()) - (known or {}).keys()
        if unknown:
            found.open.append(f"the document does not say where it takes {_listed(unknown)}")
    else:
        missing = [field for field in places if field in ESSENTIAL.get(name, ()) and not found.request[field].value]
        if missing:
            found.open.append(f"nothing that it takes could be told as {_listed(missing)}")
    filled = {guess.value for guess in found.request.values()} | taken
    _constants(name, _left(members, filled), found, several=len(described.requests) > 1)
    return found


def answers(name: str, members: Sequence[Member], known: Mapping[str, Guess] | None = None) -> dict[str, Guess]:
    """The places of an answer's fields; those that are not told are left out."""
    places = OPERATIONS[name][1]
    if "*" in places:
        return _list(name, members)
    taken = {guess.value for guess in (known or {}).values()}
    wanted = [field for field in places if field not in (known or {})]
    plain = [member for member in _left(members, taken) if member.within is None]
    found = {**(known or {}), **{field: it.guess for field, it in best(wanted, plain, places).items()}}
    # Where our own place is something else there, it has to be said that the field is not there.
    strange = {member.place for member in plain} - {guess.value for guess in found.values()}
    other = Guess("", "certain", "what stands at our place is something else")
    return {**{field: other for field in wanted if places[field] in strange and field not in found}, **found}


def _list(name: str, members: Sequence[Member]) -> dict[str, Guess]:
    """The places of a list's items, and where the list stands. One record is taken for a list of one."""
    places = {field: place for field, place in OPERATIONS[name][1].items() if field != "*"}
    found: dict[str, dict[str, Match]] = {}
    for within in dict.fromkeys(member.within for member in members if member.within is not None):
        found[within] = best([*places], [member for member in members if member.within == within], places)
    if not any(found.values()):
        plain = [member for member in members if member.within is None and member.place.startswith("/")]
        return _record(best([*places], plain, places), name)
    where = max(found, key=lambda within: len(found[within]))
    given = {field: matched.guess for field, matched in found[where].items()}
    sure: Sureness = "certain" if where == OPERATIONS[name][1]["*"] else "likely"
    return {"*": Guess(where, sure, "the list whose items have these fields"), **given}


def _record(matched: Mapping[str, Match], name: str) -> dict[str, Guess]:
    first = matched.get("email") or matched.get("body")
    if first is None:
        return {}
    where = first.member.place.rpartition("/")[0]
    kept = {key: it.guess for key, it in matched.items() if it.member.place.startswith(f"{where}/")}
    given = {key: Guess(it.value.removeprefix(where), it.sure, it.why) for key, it in kept.items()}
    return {"*": Guess(where, "likely", f"{name} gives one record, which counts as a list of one"), **given}


def _left(members: Iterable[Member], taken: Iterable[object]) -> list[Member]:
    gone = set(taken)
    return [member for member in members if member.place not in gone]


def _switch(members: Sequence[Member], taken: set[object], matched: Mapping[str, Match]) -> Member | None:
    bound = {it.member.place for it in matched.values()} | taken
    found = best(("mfa_enabled",), _left(members, bound), {}).get("mfa_enabled")
    return found.member if found else None


def _allowed(field: str, matched: Match) -> Guess:
    """A client_id that does not know our clients is told under [clients]."""
    ours = {"web-portal", "servinix-go"}
    if field == "client_id" and matched.member.values and not ours & set(matched.member.values):
        return Guess("", "certain", "it knows other clients; see [clients]")
    return matched.guess


def _constants(name: str, members: Iterable[Member], found: Found, *, several: bool) -> None:
    """What a request needs besides its fields: known values as constants, everything else as what is open."""
    for member in members:
        if "object" in member.types or "array" in member.types:
            told = None
        elif len(member.values) == 1 and (member.required or several):
            found.constants[member.place] = Guess(
                member.values[0], "likely", "the only value that the document has for it"
            )
            continue
        elif not member.required:
            continue
        else:
            told = _value(name, member)
        if told is not None:
            found.constants[member.place] = told
        elif member.required:
            found.open.append(_open(name, member))


def _open(name: str, member: Member) -> str:
    if member.place.startswith("cookie:"):
        return f"it needs {member.place}, which nothing gives: the suite sends the access token as a bearer token"
    values = f", one of {', '.join(map(str, member.values))}" if member.values else ""
    return f"it needs {member.place}{values}: give it under constants of [bindings.{name}]"


def _value(name: str, member: Member) -> Guess | None:
    if member.default is not None:
        return Guess(member.default, "likely", "its default in the document")
    hints = _HINTS.get(name, set())
    fitting = [value for value in member.values if hints & set(words(str(value)))]
    if len(fitting) == 1:
        return Guess(fitting[0], "guess", f"of {', '.join(map(str, member.values))} the one that says so")
    return None


def _listed(fields: Iterable[str]) -> str:
    return " and ".join(sorted(fields)) or "anything"
