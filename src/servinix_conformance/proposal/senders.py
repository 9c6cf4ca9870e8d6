"""What sends the code of an open sign-in: for the first time, where the sign-in does not, and once more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .fields import LIKELY, best, match
from .guesses import Guess, Sureness
from .operations import Described
from .schemas import Member
from .stages import Link, Pair

_METHODS = {"POST", "PUT", "PATCH"}
_CODES = {"otp", "code", "mfa", "challenge"}
_NEVER = {"enable", "disable", "signup", "reset", "passwordless", "magic", "refresh"}


@dataclass(frozen=True, slots=True)
class Sender:
    """An operation that sends a code.

    Attributes:
        token: what of its request names the challenge; None where nothing does.
        again: whether it says that it does so once more.
        cookie: the place of the challenge where that is a cookie.
    """

    described: Described
    members: tuple[Member, ...]
    token: Member | None
    again: bool
    score: float
    cookie: str | None = None

    def operation(self, name: str) -> Guess:
        """The proposal for the operation itself, as one of ours."""
        id_ = self.described.operation.id
        sure: Sureness = "certain" if id_ == name else "likely" if self.again and self.token else "guess"
        again = "it sends the code again"
        first = "it sends a code, and the answer of signIn does not say that one is on its way"
        return Guess(id_, sure, again if self.again or name == "resendOtp" else first)

    @property
    def known(self) -> dict[str, Guess]:
        """The request field that the challenge is."""
        if self.token is not None:
            return {"mfa_token": Guess(self.token.place, "likely", "as in verifyOtp")}
        if self.cookie is not None:
            return {"mfa_token": Guess(self.cookie, "guess", "as in verifyOtp, though the document does not say so")}
        return {}


def senders(operations: Iterable[Described], pair: Pair, *, said: bool) -> dict[str, Sender]:
    """The operations that send a code, by our names.

    Args:
        operations: those of the document.
        pair: the two stages.
        said: whether the answer of the first one tells that a code is on its way.
    """
    found = sorted(_senders(operations, pair), key=lambda it: -it.score)
    again = next((it for it in found if it.again), None)
    first = next((it for it in found if not it.again), None)
    asked = first is not None and (first.described.operation.id == "requestOtp" or not said)
    made = {"requestOtp": first if asked else None, "resendOtp": again or first}
    return {name: it for name, it in made.items() if it is not None}


def _senders(operations: Iterable[Described], pair: Pair) -> Iterator[Sender]:
    for it in operations:
        said = {*it.name, *it.tail, *it.said}
        again = "resend" in said or it.operation.id == "resendOtp"
        sends = "send" in said and bool(said & _CODES)
        if not (again or sends) or it.operation.method not in _METHODS or _NEVER & {*it.name, *it.path}:
            continue
        for members in it.requests:
            stage = any(it is known.described and members == known.members for known in (pair.first, pair.second))
            if stage or any(member.required and _stage_field(member) for member in members):
                continue
            token, told = _token(members, pair.link)
            unsaid = it.takes == "nothing" and not members and again
            # A cookie goes along by itself; everything else has to be taken by the request.
            if token is not None or unsaid or pair.link.taken.startswith("cookie:"):
                close = 2.0 * bool(said & _CODES & {*pair.second.described.name, *pair.second.described.path})
                score = 5.0 * again + 3.0 * sends + told + close
                if told >= 4.0 or again:  # noqa: PLR2004 - the very token of the second stage
                    cookie = pair.link.taken if pair.link.taken.startswith("cookie:") else None
                    yield Sender(it, members, token, again, score, cookie)


def _token(members: Sequence[Member], link: Link) -> tuple[Member | None, float]:
    """What a request takes that names the challenge, and how surely it does."""
    wanted = Member(link.taken)
    for member in members:
        if member.place == link.taken:
            return member, 5.0
    for member in members:
        if {member.own, member.whole} & {wanted.own, wanted.whole}:
            return member, 4.0
    matched = best(("mfa_token",), members, {}).get("mfa_token")
    return (matched.member, 1.5) if matched else (None, 0.0)


def _stage_field(member: Member) -> bool:
    found = match("otp", member), match("password", member)
    return any(it is not None and it.score >= LIKELY for it in found)
