"""The fields of a message by their logical names: told by name first, by shape where the name says nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .guesses import Guess, Sureness
from .schemas import Member
from .words import phrases, words

LIKELY, POSSIBLE = 5.0, 3.0
"""From which score on something is likely, and from which on it is worth a guess."""
_SAME_PLACE, _SAME_WORDS, _COMMON, _HELD, _RARE = 10.0, 7.0, 6.0, 4.0, 4.0
_TELLING = frozenset(words("email username password otp code signin jwt organization role cooldown destination"))
"""Words that tell a field even where others stand beside them."""
_DIGITS = re.compile(r"\[0-9\]|\\d")
_SHORT = 10


@dataclass(frozen=True, slots=True)
class Concept:
    """How a field is called elsewhere.

    Attributes:
        common: names that mean it.
        rare: names that mean it where nothing else does.
        never: words that speak against it.
        kind: its JSON type.
        form: the format that gives it away.
    """

    common: tuple[frozenset[str], ...] = ()
    rare: tuple[frozenset[str], ...] = ()
    never: frozenset[str] = frozenset()
    kind: str = "string"
    form: str | None = None


def _concept(
    common: str = "", rare: str = "", never: str = "", kind: str = "string", form: str | None = None
) -> Concept:
    split = [phrases(*said.split(", ")) if said else () for said in (common, rare)]
    return Concept(split[0], split[1], frozenset(words(never)), kind, form)


CONCEPTS: Mapping[str, Concept] = {
    "email": _concept(
        "email, email address, username, login, login id, login name, username or email",
        "identifier, user, user id, principal, handle, id, address",
        "template type verified", form="email",
    ),
    "password": _concept(
        "password, user password", "secret, credential, pass", "new old current verify hint reset last expires",
        form="password",
    ),
    "new_password": _concept("new password, password new", "password", "old current verify hint last", form="password"),
    "client_id": _concept("client id"),
    "mfa_token": _concept(
        "mfa token, challenge, challenge id, challenge token, mfa id, mfa ticket, ticket, transaction id, transaction,"
        " transaction token, flow, flow id, flow token, state token, login token, login ticket, login id, login session,"
        " signin flow, session token, mfa session, pending token, partial token, temporary token, temp token, otp token,"
        " verification id, verification token, otp id, otp reference, interaction id, continuation token",
        "session, session id, state, nonce, handle, reference, ref, token, request id, process id, attempt id",
        "access refresh csrf xsrf device push type name expires client reset",
    ),
    "otp": _concept(
        "otp, code, otp code, code otp, mfa code, mfa otp, verification code, security code, sms code, email code",
        "answer, response, value, token, key, secret, input",
        "country postal zip error status language auth authorization promo challenge name type length expires method verifier invite",
    ),
    "access_token": _concept(
        "access token, token, jwt, bearer, bearer token, auth token, session token, session key, access key",
        "session, session id, id token, key, token value",
        "refresh csrf xsrf challenge mfa device push type reset expires ticket",
    ),
    "expires_in": _concept(
        "expires in, expires, token expires, mfa token expires, challenge expires, access token expires, expires seconds",
        kind="integer", never="otp code refresh",
    ),
    "channel": _concept(
        "channel, delivery channel, medium, delivery medium, via, contact channel, mfa channel, delivery method, mfa method",
        "method, factor, mfa type, delivery",
    ),
    "destination": _concept(
        "destination, masked destination, delivery destination, sent to, masked contact, hint, contact hint, masked email"
        ", masked, recipient, masked address, destination hint",
        "target, to, contact",
    ),
    "otp_expires_in": _concept(
        "otp expires in, code expires in, otp expires, code expires, code expires seconds, otp expires seconds",
        kind="integer",
    ),
    "resend_after": _concept(
        "resend after, resend in, resend wait, resend cooldown, cooldown, resend delay, resend after seconds,"
        " resend allowed in, resend available in, next code in, wait seconds, resend seconds",
        kind="integer",
    ),
    "user_id": _concept("user id, id, user", "subject, sub, uid, username", "request message session challenge"),
    "organization": _concept("organization, organization id, organization name, user organization, org id"),
    "role": _concept("role, user role", "type, kind"),
    "status": _concept("status, user status, state, user state"),
    "mfa_enabled": _concept(
        "mfa enabled, mfa, mfa is enabled, has mfa, uses mfa, is mfa enabled, mfa status enabled", "enabled",
        kind="boolean", never="supported available",
    ),
    "contact_channel": _concept("contact channel, channel, contact type, contact kind, contact method", "type, method, via"),
    "contact_address": _concept(
        "contact address, contact, contact value, mfa contact, phone or email, destination", "address, phone, value, to",
        "verified confirmed channel",
    ),
    "contact_confirmed": _concept("contact confirmed, confirmed, contact is confirmed, address confirmed", kind="boolean"),
    "identity_verified": _concept("identity verified, identity checked, verified, is verified, caller verified", kind="boolean"),
    "locked_until": _concept("locked until, lock until, lock ends, lock expires, locked till, lock ends at, unlocks at"),
    "reset_token": _concept(
        "reset token, reset code, reset key, reset id, token, password reset token, recovery token, recovery code",
        "code, key, ticket, secret, link, otp", "access refresh csrf device",
    ),
    "seconds": _concept("seconds, by seconds, by, duration, duration seconds", kind="integer"),
    "now": _concept("now, time, clock"),
    "to": _concept("to, address, recipient, recipients, email", "contact, phone"),
    "id": _concept("id, message id"),
    "subject": _concept("subject, title"),
    "body": _concept("body, text, content, message, message body, plain text"),
    "address": _concept("address, to, recipient, contact, email"),
    "failing": _concept("failing, fail, fails, outage, broken, down", "enabled, value", kind="boolean"),
}  # fmt: skip
_NUMBER = Concept(kind="integer")
_VALUES: dict[str, set[object]] = {
    "channel": {"email", "phone"},
    "contact_channel": {"email", "phone"},
    "status": {"active", "suspended"},
    "role": {"member", "admin", "support"},
}
"""What the suite says and reads there; a field that is bound to other values is another one."""


@dataclass(frozen=True, slots=True)
class Match:
    """A member that may be a field, and how much speaks for it."""

    member: Member
    score: float
    why: str

    @property
    def guess(self) -> Guess:
        """The proposal that it comes to."""
        return Guess(self.member.place, sureness(self.score), self.why)


def sureness(score: float) -> Sureness:
    """How sure a score is."""
    return "certain" if score >= _SAME_PLACE else "likely" if score >= LIKELY else "guess"


@lru_cache(maxsize=32768)
def match(name: str, member: Member, ours: str | None = None) -> Match | None:
    """How well a member fits a logical field; None when it does not.

    Args:
        name: the logical field.
        member: the member.
        ours: where the suite's own contract has the field.
    """
    concept = CONCEPTS.get(name, _NUMBER)
    if not member.may_be(concept.kind) or "array" in member.types or "object" in member.types:
        return None
    if member.values and not _VALUES.get(name, set(member.values)) & set(member.values):
        return None
    if member.place == ours:
        return Match(member, _SAME_PLACE + 1, "the same place as in our contract")
    own, whole, meant = member.own, member.whole, frozenset(words(name))
    if (own | whole) & concept.never - meant:
        return None
    score, why = _named(own, whole, meant, concept)
    if concept.form is not None and member.format == concept.form:
        score, why = score + 2 if score else _HELD, why or f"its format is {concept.form}"
    if name == "otp" and looks_like_code(member):
        score, why = score + 2 if score else _HELD, why or "a few digits"
    if not score:
        return None
    depth = member.place.count("/")
    return Match(member, score + (0.5 if member.required else 0) - depth / 10, why)


def best(names: Sequence[str], members: Iterable[Member], ours: Mapping[str, str]) -> dict[str, Match]:
    """The best members for some logical fields: each field has one member, and no member is two fields."""
    members = list(members)
    matches = [(name, found) for name in names for member in members if (found := match(name, member, ours.get(name)))]
    chosen: dict[str, Match] = {}
    taken: set[str] = set()
    for name, found in sorted(matches, key=lambda item: -item[1].score):
        if found.score >= POSSIBLE and name not in chosen and found.member.place not in taken:
            chosen[name] = found
            taken.add(found.member.place)
    return chosen


def looks_like_code(member: Member) -> bool:
    """Whether a text is bound to a few digits."""
    digits = (
        member.pattern is not None
        and bool(_DIGITS.search(member.pattern))
        and not re.search("[a-zA-Z]-", member.pattern)
    )
    return member.may_be("string") and digits and (member.longest is None or member.longest <= _SHORT)


def _named(own: frozenset[str], whole: frozenset[str], meant: frozenset[str], concept: Concept) -> tuple[float, str]:
    if meant in {own, whole}:
        return _SAME_WORDS, "it means the same"
    if own in concept.common or whole in concept.common:
        return _COMMON, "a common name for it"
    if own in concept.rare or whole in concept.rare:
        return _RARE, "it may be called so"
    for phrase in (meant, *concept.common):
        if (len(phrase) > 1 and phrase <= whole) or (phrase <= own & _TELLING and len(own) <= len(phrase) + 2):
            return _HELD - len(own - phrase) / 4, f"{' '.join(sorted(phrase))!r} is in its name"
    return 0.0, ""
