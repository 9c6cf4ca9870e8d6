"""The whole proposal for a document: both stages first, then everything else. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..document import Document
from ..names import OPERATIONS
from . import others, refusals, stages
from .fields import looks_like_code, match
from .filling import answers, fill
from .guesses import Found, Guess, Proposal, Sureness
from .operations import Described, described
from .references import disarm
from .schemas import Member, Schemas
from .senders import senders

_SAYS_WHERE = ("channel", "destination", "otp_expires_in", "resend_after")
_CLIENT_WORDS = {"client", "app", "application", "platform"}
_MARGIN = 1.5
_CLEAR = 12.0


def propose(document: Document) -> Proposal:
    """What of a document is which of our operations, fields and refusals."""
    return _Proposing(document).all()


@dataclass(slots=True)
class _Proposing:
    document: Document
    schemas: Schemas = field(init=False)
    operations: list[Described] = field(init=False)
    made: Proposal = field(default_factory=Proposal)
    bound: dict[str, Described] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.schemas = Schemas(self.document)
        self.operations = described(self.document, self.schemas)

    def all(self) -> Proposal:
        pairs = stages.pairs(self.operations)
        if pairs:
            self._stages(pairs[0], pairs[1:])
        else:
            self._one_stage()
        self._others()
        self._settle()
        if {"signIn", "verifyOtp"} <= self.bound.keys():
            self.made.success, own = refusals.success(self.bound)
            for name, guess in own.items():
                self.made.operations[name].success = guess
        self.made.problems = refusals.only_theirs(refusals.problems(self.bound))
        for name, looked_for in others.LOOKED_FOR.items():
            if name not in self.made.operations:
                self.made.missing.setdefault(name, f"there is not {looked_for}")
            if name not in self.made.operations and self.document.find(name) is not None:
                self.made.not_claimed[name] = "the document has this name for something else, as it seems"
        self.made.operations = {name: self.made.operations[name] for name in OPERATIONS if name in self.made.operations}
        self.made.unread = list(self.schemas.unread)
        disarm(self.made)
        return self.made

    def _settle(self) -> None:
        """Bind nothing but the stages to what would be refused: that would look like a broken promise."""
        for name, found in list(self.made.operations.items()):
            if found.open and name not in {"signIn", "verifyOtp"}:
                self.made.unsettled[name] = self.made.operations.pop(name)
                del self.bound[name]
                self.made.missing[name] = f"{found.operation.value} may be it; {'; '.join(found.open)}"

    def _stages(self, pair: stages.Pair, more: Sequence[stages.Pair]) -> None:
        first, second, link = pair.first, pair.second, pair.link
        self._shared(first.described, second.described)
        rival = next((it for it in more if it.score > pair.score - _MARGIN and _ids(it) != _ids(pair)), None)
        told = f"; {' and '.join(_ids(rival))} may be meant as well" if rival else ""
        sure: Sureness = "guess" if rival or pair.score < _CLEAR else "likely"
        self._bind(
            "signIn", first.described, self._filled("signIn", first, sure, f"it takes a name and a password{told}")
        )
        known = {"mfa_token": link.guess(link.taken)}
        why = f"it takes a code and what signIn gives{told}"
        self._bind("verifyOtp", second.described, self._filled("verifyOtp", second, sure, why, known))
        one, two = self.made.operations["signIn"], self.made.operations["verifyOtp"]
        self._tokens(one, two, first.described, second.described, link)
        self._senders(pair)

    def _tokens(self, one: Found, two: Found, first: Described, second: Described, link: stages.Link) -> None:
        """Where both tokens stand in the answers of both stages."""
        given = link.guess(link.given)
        two.answer = answers("verifyOtp", [it for it in second.answers if it.place != link.given])
        token = two.answer.get("access_token")
        if token is None:
            again = match("access_token", Member(link.given))
            same = again is not None and any(it.place == link.given for it in second.answers)
            two.open.append(
                f"the answers have {link.given} alone for the challenge and for the access token, and are told by place"
                if same
                else "nothing in its answer could be told as the access token, which the suite sends as a bearer token"
            )
        one.answer = {"mfa_token": given}
        if token is not None and any(it.place == token.value for it in first.answers if it.within is None):
            one.answer["access_token"] = token
        one.answer = answers("signIn", first.answers, one.answer)

    def _one_stage(self) -> None:
        """What can be said where no second stage belongs to any first one."""
        first = next(iter(stages.firsts(self.operations)), None)
        second = next(
            (it for it in stages.seconds(self.operations) if first is None or it.described is not first.described), None
        )
        if first is not None:
            self._shared(first.described, first.described)
            self._bind(
                "signIn", first.described, self._filled("signIn", first, "likely", "it takes a name and a password")
            )
            self.made.operations["signIn"].answer = answers("signIn", first.described.answers)
        if second is not None:
            name = second.described.operation.id
            reason = f"{name} takes a code, but nothing that an answer of the password stage gives"
            if second.described.bearer:
                reason += "; a challenge that travels as a bearer token cannot be bound"
            self.made.missing["verifyOtp"] = reason
        elif first is not None and any(looks_like_code(it) for it in first.members):
            name = first.described.operation.id
            self.made.missing["verifyOtp"] = f"{name} takes the code together with the password, which is one stage"
        if first is not None and not first.fields and second is not None and not second.fields:
            # Nothing is said of what they take, so that their names are all there is to go by.
            del self.made.missing["verifyOtp"]
            self._bind("verifyOtp", second.described, self._filled("verifyOtp", second, "guess", "by its name alone"))
            self.made.operations["verifyOtp"].answer = answers("verifyOtp", second.described.answers)

    def _senders(self, pair: stages.Pair) -> None:
        said = any(name in self.made.operations["signIn"].answer for name in _SAYS_WHERE)
        for name, it in senders(self.operations, pair, said=said).items():
            found = fill(name, it.described, it.members, it.operation(name), it.known, beside=self.shared)
            self._answer_of_sender(found, name, it.described, pair.link)
            self._bind(name, it.described, found)

    def _answer_of_sender(self, found: Found, name: str, it: Described, link: stages.Link) -> None:
        repeated = [member for member in it.answers if member.place == link.given]
        same = link.given == OPERATIONS[name][1]["mfa_token"]
        token = Guess(link.given, "certain" if same else "likely", "as in signIn")
        known = {"mfa_token": token} if repeated else {}
        rest = [member for member in it.answers if member.place not in {link.given, link.taken}]
        found.answer = answers(name, rest, known)
        if not repeated:
            found.answer["mfa_token"] = Guess("", "certain", "the challenge stays the one that it was")

    def _others(self) -> None:
        busy = {it.operation.id for it in self.bound.values()}
        found = [it for it in others.candidates(self.operations) if it.described.operation.id not in busy]
        chosen = list(others.assign(found))
        taken = {it.described.operation.id for it in chosen} | busy
        for it in chosen:
            rival = others.runner_up(it, found, taken)
            sure: Sureness = "certain" if it.exact else "likely" if it.score >= 6 and rival is None else "guess"  # noqa: PLR2004
            told = f"; {rival.described.operation.id} may be meant as well" if rival else ""
            operation = Guess(it.described.operation.id, sure, f"{it.why}{told}")
            made = fill(it.name, it.described, it.members, operation, beside=self.shared)
            made.answer = answers(it.name, it.described.answers)
            if it.name == "resetPassword":
                # A reset that signs in is seen by the same places as a sign-in.
                made.answer = {
                    key: guess for key, guess in self._stage_answer().items() if key in OPERATIONS[it.name][1]
                }
            self._bind(it.name, it.described, made)

    def _stage_answer(self) -> Mapping[str, Guess]:
        stage = self.made.operations.get("signIn")
        return {} if stage is None else stage.answer

    def _filled(
        self, name: str, stage: stages.Stage, sure: Sureness, why: str, known: Mapping[str, Guess] | None = None
    ) -> Found:
        id_ = stage.described.operation.id
        operation = Guess(id_, "certain", "the same name as ours") if id_ == name else Guess(id_, sure, why)
        return fill(name, stage.described, stage.members, operation, known, beside=self.shared)

    def _bind(self, name: str, it: Described, found: Found) -> None:
        self.made.operations[name] = found
        self.bound[name] = it

    def _shared(self, first: Described, second: Described) -> None:
        """What every request carries: keys of the app, and what tells one client from another."""
        everywhere = _every(first) & _every(second)
        for member in (*first.requests[0], *second.requests[0]):
            kind, _, name = member.place.partition(":")
            if kind == "header" and member.place in everywhere and member.required and not member.values:
                self.made.headers[name] = "both stages need it"
            elif _CLIENT_WORDS & member.own and len(member.values) > 1 and member.place != "/client_id":
                self.made.clients[member.place] = member.values
        self.shared = frozenset(f"header:{name}" for name in self.made.headers) | frozenset(
            place for place in self.made.clients if place.startswith("header:")
        )


def _every(it: Described) -> set[str]:
    return set.intersection(*({member.place for member in members} for members in it.requests))


def _ids(pair: stages.Pair) -> tuple[str, str]:
    return pair.first.described.operation.id, pair.second.described.operation.id
