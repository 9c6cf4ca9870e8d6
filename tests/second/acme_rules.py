"""What Acme Sign-in does, kept in memory. Each operation runs under one lock, so that it is one step.

It is right unless its configuration names one of `acme_faults.toml`: `wrong(name)` is true where that one shows.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FOREVER = 10.0**8
Json = dict[str, Any]
Answer = tuple[int, Json, str | None]  # status, body, challenge cookie to set: an empty one takes it away


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """Status and code and, where waiting helps, the seconds to wait."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, without what HTTP wraps it in."""

    fields: Json
    user_id: str
    challenge: str
    session: str
    app: str | None

    def text(self, name: str, pattern: str = r"(?s:.{1,256})") -> str:
        value = self.fields.get(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise Refusal(400, "E_INPUT")
        return value

    def flag(self, name: str) -> bool:
        value = self.fields.get(name)
        if not isinstance(value, bool):
            raise Refusal(400, "E_INPUT")
        return value


@dataclass(slots=True, eq=False)
class User:
    mail: str
    role: str
    org: str
    suspended: bool
    contact: str | None
    second_factor: bool
    id: str
    hashed: bytes
    code_sent_at: float = 0.0
    skips_next_code: bool = False  # by a fault alone


@dataclass(slots=True)
class Challenge:
    user: User
    code: str
    code_ends: float
    ends: float
    failures: int = 0


def scrypt(passphrase: str, salt: str) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt.encode(), n=16, r=8, p=1)  # cheap, for tests alone


class Acme:
    """The operations. `deliver(to, subject, text)` says whether it could."""

    def __init__(self, config: Json, deliver: Callable[[str, str, str], bool]) -> None:
        self.fault, self.policy, self.portal = config.get("fault"), config["policy"], config["portalUrl"]
        self.deliver = deliver
        self.users: dict[str, User] = {}
        for entry in config["users"]:
            number, mail, hashed = secrets.token_hex(8), entry["mail"], scrypt(config["passphrase"], entry["mail"])
            self.users[mail] = User(**entry, id=number, hashed=hashed, second_factor=entry["contact"] is not None)
        # Failures in a row and the end of the lock they led to, by mail as it was typed; those of codes by user id.
        self.strikes: defaultdict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
        self.challenges: dict[str, Challenge] = {}
        self.sessions: dict[str, User] = {}
        self.links: dict[str, tuple[User, float]] = {}

    def wrong(self, fault: str) -> bool:
        return bool(self.fault == fault)

    # Login

    def login(self, call: Call) -> Answer:
        mail, passphrase = call.text("mail"), call.text("passphrase")
        if call.text("realm") != "customers" or (self.wrong("app-header-needed") and call.app is None):
            raise Refusal(400, "E_INPUT")
        user = self.users.get(mail.lower() if self.wrong("mail-case-folded") else mail)
        hashed = scrypt(passphrase, user.mail if user else mail)  # for an unknown mail too, so that it takes as long
        right = user is not None and hmac.compare_digest(hashed, user.hashed)
        left = max(self.strikes[key][1] for key in (mail, user.id if user else mail)) - time.time()
        if left > 0 and not (right and self.wrong("lock-lets-password-in")):
            raise Refusal(423, "E_LOCKED", left)
        if user is None or not right:
            if user and user.second_factor and self.wrong("wrong-password-sends"):
                self._send_code(user)
            self._strike(mail, "passphraseFailures", user)
            raise Refusal(400, "E_CREDENTIALS")
        if user.suspended and not self.wrong("suspended-signs-in"):
            raise Refusal(403, "E_SUSPENDED")
        skips, user.skips_next_code = user.skips_next_code, False
        if not user.second_factor or skips or (call.app == "go" and self.wrong("go-skips-the-code")):
            return self._complete(user)
        code, key = self._send_code(user), secrets.token_urlsafe(24)
        self.challenges[key] = Challenge(user, code, self._code_ends(), time.time() + self.policy["challengeLife"])
        session = self._complete(user)[1] if self.wrong("token-at-password-stage") else {}
        return 200, {**session, **self._challenge(user, self.policy["challengeLife"])}, key

    def verify(self, call: Call) -> Answer:
        code, challenge = call.text("passCode", "[0-9]{6}"), self._pending(call)
        user, fresh = challenge.user, time.time() < challenge.code_ends
        if (fresh and hmac.compare_digest(code, challenge.code)) or self.wrong("any-code-passes"):
            del self.challenges[call.challenge]
            return self._complete(user)
        challenge.failures += 1
        if challenge.failures >= self.policy["codesPerChallenge"]:
            del self.challenges[call.challenge]
        self._strike(user.id, "codeFailures", user)
        user.skips_next_code = self.wrong("wrong-code-waives-the-next")
        raise Refusal(422, "E_BAD_CODE")

    def resend(self, call: Call) -> Answer:
        challenge = self._pending(call)
        left = challenge.user.code_sent_at + self.policy["resendWait"] - time.time()
        if left > 0 and not self.wrong("resend-at-once"):
            raise Refusal(425, "E_TOO_SOON", left)
        code = self._send_code(challenge.user)
        if not self.wrong("fresh-code-refused"):
            challenge.code, challenge.code_ends = code, self._code_ends()
        return 202, self._challenge(challenge.user, challenge.ends - time.time()), None

    def logout(self, call: Call) -> Answer:
        user = self._member(call)
        del self.sessions[call.session]
        user.skips_next_code = self.wrong("logout-remembers")
        return 200, {"state": "closed"}, None

    def account(self, call: Call) -> Answer:
        record = self._record(self._member(call))
        if self.wrong("account-says-inactive"):
            record["secondFactor"]["active"] = False
        return 200, {"account": record}, None

    # Recovery

    def recovery(self, call: Call) -> Answer:
        mail, key = call.text("mail"), secrets.token_urlsafe(24)
        user = self.users.get(mail.lower() if self.wrong("link-to-look-alike") else mail)
        if user:
            if not self.wrong("old-link-works"):
                self.links = {key: link for key, link in self.links.items() if link[0] is not user}
            text = f"Choose a new passphrase here:\n\n{self.portal}/recover/{key}\n"
            self.deliver(mail, "A new passphrase for Acme", text)
            life = FOREVER if self.wrong("link-lives-forever") else self.policy["linkLife"]
            self.links[key] = (user, time.time() + life)
        return 200, {"state": "taken"}, None

    def complete_recovery(self, call: Call) -> Answer:
        key, passphrase = call.text("recoveryKey"), call.text("newPassphrase", "(?s:.{8,128})")
        user, ends = self.links.pop(key, (None, 0.0))
        if user is None or time.time() >= ends:
            raise Refusal(410, "E_LINK_GONE")
        if not self.wrong("password-not-changed"):
            user.hashed = scrypt(passphrase, user.mail)
        if not self.wrong("sessions-survive-reset"):
            self._end_sessions(user)
        self._end_challenges(user)
        self.strikes.pop(user.mail, None)
        self._notify(user, "Your passphrase was changed.")
        return 200, {"state": "changed"}, None

    # Administration

    def find(self, call: Call) -> Answer:
        actor, user = self._member(call, "owner", "agent"), self.users.get(call.text("mail"))
        return 200, {"match": self._record(user) if user and self._reaches(actor, user) else None}, None

    def enable(self, call: Call) -> Answer:
        user = self._user(call, "owner", "agent", "user" if self.wrong("user-enables") else "owner")
        contact = call.text("contact", r"\+[0-9]{6,15}|[!-?A-~]+@[!-?A-~]+")
        if not call.flag("contactConfirmed") and not self.wrong("enable-unconfirmed"):
            raise Refusal(409, "E_NOT_CONFIRMED")
        colleagues = [it for it in self.users.values() if it.org == user.org]
        for it in colleagues if self.wrong("enables-everybody") else [user]:
            it.second_factor, it.contact = True, contact
        self._end_challenges(user)
        if self.wrong("enable-ends-sessions"):
            self._end_sessions(user)
        self._notify(user, "A code is asked for when you log in from now on.")
        return 200, self._record(user), None

    def disable(self, call: Call) -> Answer:
        user = self._user(call, "agent")
        if not call.flag("identityVerified") and not self.wrong("disable-unverified"):
            raise Refusal(409, "E_NOT_VERIFIED")
        user.second_factor = self.wrong("disable-does-nothing")
        self._end_challenges(user)
        self._notify(user, "No code is asked for any more when you log in.")
        return 200, {"state": "inactive"}, None

    def release(self, call: Call) -> Answer:
        user = self._user(call, "agent")
        if not call.flag("identityVerified"):
            raise Refusal(409, "E_NOT_VERIFIED")
        if not self.wrong("release-does-nothing"):
            self._forgive(user)
        self._notify(user, "Your account was released.")
        return 200, {"state": "released"}, None

    # What they are made of

    def _complete(self, user: User) -> Answer:
        key = secrets.token_urlsafe(32)
        self.sessions[key] = self._another(user) if self.wrong("session-of-another") else user
        self._forgive(user)
        return 200, {"state": "complete", "session": {"key": key}}, ""

    def _challenge(self, user: User, left: float) -> Json:
        contact = user.contact or ""
        via, hint = ("mail", f"{contact[0]}***@***") if "@" in contact else ("sms", f"***{contact[-2:]}")
        numbers = {"codeLife": min(self.policy["codeLife"], left), "resendWait": self.policy["resendWait"]}
        return {"state": "challenge", "challenge": {"via": via, "hint": hint, **numbers, "challengeLife": left}}

    def _send_code(self, user: User) -> str:
        code, contact = f"{secrets.randbelow(10**6):06}", user.contact or ""
        if self.wrong("code-to-wrong-person"):
            contact = self._another(user).contact or ""
        for _ in range({"no-code-sent": 0, "two-codes-sent": 2}.get(self.fault or "", 1)):
            if not self.deliver(contact, "Your Acme code", f"{code} is your code for Acme.\nTell it nobody.\n"):
                raise Refusal(502, "E_DELIVERY")
        user.code_sent_at = time.time()
        return code

    def _notify(self, user: User, what: str) -> None:
        """Tell somebody of a change; that it cannot be told changes nothing."""
        contact = user.contact if user.second_factor else None  # one that is not in use may be nobody's any more
        self.deliver(contact or user.mail, "Your Acme account", f"{what}\n")

    def _code_ends(self) -> float:
        return time.time() + (FOREVER if self.wrong("code-lives-forever") else self.policy["codeLife"])

    def _strike(self, key: str, limit: str, user: User | None) -> None:
        count = self.strikes[key][0] + 1
        self.strikes[key] = (count, 0.0)
        if count >= self.policy[limit] and not self.wrong("never-locks"):
            times = {"lock-too-short": 0.5, "lock-forever": FOREVER}.get(self.fault or "", 1)
            self.strikes[key] = (0, time.time() + self.policy["lock"] * times)
            self._end_challenges(user)

    def _forgive(self, user: User) -> None:
        for key in (user.mail, user.id):
            self.strikes.pop(key, None)

    def _pending(self, call: Call) -> Challenge:
        challenge = self.challenges.get(call.challenge)
        if challenge is None or time.time() >= challenge.ends:
            raise Refusal(410, "E_CHALLENGE_GONE")
        return challenge

    def _member(self, call: Call, *roles: str) -> User:
        user = self.sessions.get(call.session)
        if user is None:
            raise Refusal(401, "E_SESSION")
        if roles and user.role not in roles:
            raise Refusal(403, "E_ROLE")
        return user

    def _user(self, call: Call, *roles: str) -> User:
        actor = self._member(call, *roles)
        user = next((it for it in self.users.values() if it.id == call.user_id and self._reaches(actor, it)), None)
        if user is None:
            raise Refusal(404, "E_NO_USER")
        return user

    def _another(self, user: User) -> User:
        return next(it for it in self.users.values() if it is not user and it.contact)

    @staticmethod
    def _reaches(actor: User, user: User) -> bool:
        return actor.role == "agent" or actor.org == user.org

    @staticmethod
    def _record(user: User) -> Json:
        record = {name: getattr(user, name) for name in ("id", "mail", "org", "role", "suspended")}
        return {**record, "secondFactor": {"active": user.second_factor, "contact": user.contact}}

    def _end_challenges(self, user: User | None) -> None:
        self.challenges = {key: it for key, it in self.challenges.items() if it.user is not user}

    def _end_sessions(self, user: User) -> None:
        self.sessions = {key: it for key, it in self.sessions.items() if it is not user}
