"""People who sign in, guess, wait, reset and call Support in any order: the server against the model, step by step."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import jwt
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from server_api import SECRET, Api, Reply, in_process, other_than
from sign_in_model import Challenge, Session, User, Verdict

from reference_server import Settings, create_app
from reference_server.settings import Policy

# Small numbers, so that a few steps lead through locks into recovery; times are the usual ones.
DENSE = Policy(
    otp_attempts_per_challenge=3,
    otp_failures_before_lock=5,
    password_failures_before_lock=4,
    recovery_after_failures=10,
)
PASSWORDS = ("a new passphrase", "another passphrase", "p" * 8, "p" * 128)
BAD_PASSWORDS = ("p" * 7, "p" * 129)
MALFORMED = ("", "12345", "1234567", "12345a", "123456\n", "１２３４５６")  # noqa: RUF001 - of another script

Item = TypeVar("Item")
# The first user has most of the history: what goes wrong takes several steps of one user.
people, which = st.sampled_from([0, 0, 0, 1, 2]), st.sampled_from([0, 0, 0, 1, 2, 3])
yes_mostly = st.sampled_from([True, True, True, False])
clients = st.sampled_from(["web-portal", "servinix-go"])
codes = st.sampled_from([*4 * ["right"], "wrong", "wrong", "replaced", "another's"])


def pauses(*ends: str) -> st.SearchStrategy[tuple[str, int] | None]:
    """Return what to wait for first: nothing, or the last second before something ends, or its end."""
    return st.sampled_from([None, None, *((end, before) for end in ends for before in (1, 0))])


def pick(items: Sequence[Item], number: int) -> Item:
    """Choose one, the newest for 0."""
    return items[-1 - number % len(items)]


class World:
    """One server for many examples, each with users of its own."""

    numbers = itertools.count(1)

    def __init__(self, policy: Policy, **parts: Any) -> None:  # noqa: ANN401 - rules, tokens or store
        settings = Settings(policy=policy, test_support_secret=SECRET, password_profile="test")
        self.api = Api(in_process(create_app(settings, **parts)))
        self.policy: Mapping[str, int] = self.api.test_support("GET", "/policy").body
        self.supporter = self.api.supporter("support@example.com")
        self.api.create_user(email="member@example.com", password="member passphrase")
        self.member = str(self.api.sign_in("member@example.com", "member passphrase").body["access_token"])


class SignInMachine(RuleBasedStateMachine):
    """Steps of three users and of an address that nobody has."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.api, self.number = self.world.api, next(World.numbers)
        self.users: list[User] = []
        self.acting: User | None = None
        self.nobody = User(self.world.policy, f"nobody{self.number}@example.com", None, None, mfa=False, now=0)

    @initialize(suspended=st.sampled_from([False, False, False, True]))
    def set_up(self, *, suspended: bool) -> None:
        email, phone = ("email", f"a{self.number}@example.com"), ("phone", f"+1202555{self.number:07}")
        for name, contact, status in (("a", email, "active"), ("b", phone, "active"), ("c", None, "active")):
            self._add(f"{name}{self.number}@example.com", contact, "suspended" if suspended and not contact else status)

    def _add(self, email: str, contact: tuple[str, str] | None, status: str) -> None:
        password, mfa = f"passphrase of {email}", contact is not None
        fields = {"email": email, "password": password, "status": status, "mfa_enabled": mfa}
        user_id = self.api.create_user(**fields, contact=_contact(contact))["user_id"]
        now = self.api.test_support("POST", f"/users/{user_id}/clock", {"seconds": 0}).body["now"]
        self.users.append(User(self.world.policy, email, password, contact, mfa, int(_seconds(now)), status, user_id))

    # What both say is the same

    def agree(self, reply: Reply, verdict: Verdict, user: User) -> None:
        self.acting = user if user.id else None
        waited = reply.wait if user.id else verdict.wait  # real time passes for an address that nobody has
        assert (reply.name, waited) == verdict

    def signed_in(self, user: User, reply: Reply, client: str, amr: list[str]) -> None:
        token, lifetime = reply.body["access_token"], self.world.policy["access_token_ttl_seconds"]
        assert "mfa_token" not in reply.body
        claims = jwt.decode(token, options={"verify_signature": False})
        assert (claims["sub"], claims["client_id"], claims["amr"]) == (user.id, client, amr)
        assert (claims["iat"], claims["exp"]) == (user.now, user.now + lifetime)
        assert token not in {session.token for one in self.users for session in one.sessions}
        user.signed_in(token)

    def code_asked(self, user: User, reply: Reply, remaining: int) -> str:
        """Look at a challenge that was given; return the code that was sent for it."""
        ttl, address = self.world.policy["otp_ttl_seconds"], user.address
        assert (reply.status, "access_token" in reply.body) == (202, False)
        assert (reply.body["expires_in"], reply.body["otp_expires_in"]) == (remaining, min(remaining, ttl))
        code = self.api.codes(address)[-1]
        assert address not in str(reply.body)
        assert code not in reply.body.values()
        return code

    def wait(self, user: User, end: int | None, before: int = 0) -> None:
        """Let time pass for a user until something ends, if it is still to come."""
        if end is not None and (seconds := end - before - user.now) > 0:
            self.api.pass_time(user.id, seconds)
            user.now += seconds

    # The password stage

    @rule(
        who=people,
        password=st.sampled_from([*4 * ["right"], "wrong", "old", "another's"]),
        client=clients,
        code=st.none() | codes | codes,
        pause=pauses("lock"),
    )
    def sign_in(self, who: int, password: str, client: str, code: str | None, pause: tuple[str, int] | None) -> None:
        user, other = self.users[who], self.users[who - 1]
        if pause:
            self.wait(user, user.locked_until, pause[1])
        passwords = {"right": user.password, "old": pick([None, *user.old_passwords], 0), "another's": other.password}
        reply = self._sign_in(user, passwords.get(password) or "wrong password", client)
        if reply.name == "code-asked" and code:
            self._enter(user, user.challenges[-1], self._code(user.challenges[-1], code))

    def _sign_in(self, user: User, password: str, client: str = "web-portal") -> Reply:
        verdict, reply = user.sign_in(password), self.api.sign_in(user.email, password, client)
        self.agree(reply, verdict, user)
        if reply.name == "signed-in":
            self.signed_in(user, reply, client, ["pwd"])
        elif reply.name == "code-asked":
            code = self.code_asked(user, reply, self.world.policy["mfa_token_ttl_seconds"])
            assert reply.body["mfa_token"] not in {challenge.token for _, challenge in self.challenges}
            user.challenged(reply.body["mfa_token"], code, client)
        return reply

    @rule(who=st.sampled_from([0, 0, 0, 1, 2, 3]), times=st.integers(1, 2))
    def guess_passwords(self, who: int, times: int) -> None:
        for _ in range(times):
            self._sign_in([*self.users, self.nobody][who], "wrong password")

    # The passcode

    @property
    def challenges(self) -> list[tuple[User, Challenge]]:
        return [(user, challenge) for user in self.users for challenge in user.challenges]

    def _challenge(self, who: int, number: int) -> tuple[User, Challenge] | None:
        """Choose a challenge: for a small number one of the user that is open, if need be a new one."""
        user = self.users[who]
        if number < 2 and not any(map(user.is_open, user.challenges)):
            self._sign_in(user, user.password or "")
        usable = [challenge for challenge in user.challenges if number > 1 or user.is_open(challenge)]
        return (user, pick(usable, number)) if usable else None

    def _code(self, challenge: Challenge, code: str) -> str:
        another = next((other.codes[-1] for _, other in self.challenges if other is not challenge), "000000")
        right, replaced = challenge.codes[-1], challenge.codes[0]
        known = {"right": right, "wrong": other_than(right), "replaced": replaced, "another's": another}
        return known.get(code, code)

    @rule(
        who=people,
        number=which,
        code=codes | codes | codes | st.sampled_from(MALFORMED),
        pause=pauses("code", "challenge"),
    )
    def enter_code(self, who: int, number: int, code: str, pause: tuple[str, int] | None) -> None:
        if (chosen := self._challenge(who, number)) is None:
            return
        user, challenge = chosen
        if pause:
            self.wait(user, challenge.code_ends if pause[0] == "code" else challenge.ends, pause[1])
        self._enter(user, challenge, self._code(challenge, code))
        assert self.api.profile(challenge.token).name == "access-token-rejected"

    def _enter(self, user: User, challenge: Challenge, otp: str) -> Reply:
        verdict, reply = user.verify(challenge, otp), self.api.verify(challenge.token, otp)
        self.agree(reply, verdict, user)
        if reply.name == "signed-in":
            self.signed_in(user, reply, challenge.client, ["pwd", "otp"])
        return reply

    @rule(who=people, times=st.integers(1, 2), new=st.booleans())
    def guess_codes(self, who: int, times: int, *, new: bool) -> None:
        user = self.users[who]
        for number in range(times):
            asked = (new or number == 0) and self._sign_in(user, user.password or "").name == "code-asked"
            if asked or user.challenges:
                self._enter(user, user.challenges[-1], other_than(user.challenges[-1].codes[-1]))

    @rule(who=people, number=which, pause=pauses("wait", "wait", "challenge"), code=st.none() | codes)
    def resend(self, who: int, number: int, pause: tuple[str, int] | None, code: str | None) -> None:
        if (chosen := self._challenge(who, number)) is None:
            return
        user, challenge = chosen
        if pause:
            self.wait(user, user.resend_opens if pause[0] == "wait" else challenge.ends, pause[1])
        verdict, reply = user.resend(challenge), self.api.resend(challenge.token)
        self.agree(reply, verdict, user)
        if reply.name == "code-asked":
            assert reply.body["mfa_token"] == challenge.token
            challenge.codes.append(self.code_asked(user, reply, challenge.ends - user.now))
        if code:
            self._enter(user, challenge, self._code(challenge, code))

    # Sessions and resets

    @property
    def sessions(self) -> list[tuple[User, Session]]:
        return [(user, session) for user in self.users for session in user.sessions]

    @precondition(lambda self: self.sessions)
    @rule(who=people, number=which, pause=pauses("session"))
    def sign_out(self, who: int, number: int, pause: tuple[str, int] | None) -> None:
        own = [(user, session) for user, session in self.sessions if user is self.users[who]]
        user, session = pick(own or self.sessions, number)
        if pause:
            self.wait(user, session.ends, pause[1])
            assert (self.api.profile(session.token).status == 200) == user.opens(session)
        self.agree(self.api.sign_out(session.token), user.sign_out(session), user)

    @rule(
        who=people,
        asked=st.booleans(),
        number=which,
        password=st.sampled_from([None, *PASSWORDS, *BAD_PASSWORDS]),
        pause=pauses("link"),
    )
    def reset(self, who: int, number: int, password: str | None, pause: tuple[str, int] | None, *, asked: bool) -> None:
        user = self.users[who]
        if asked:
            self._ask_reset(user)
        if pause and user.reset_token:
            self.wait(user, user.reset_ends, pause[1])
        if password and (tokens := self.api.reset_tokens(user.email)):
            token = pick(tokens, number)
            self.agree(self.api.reset(token, password), user.reset(token, password), user)

    def _ask_reset(self, user: User) -> None:
        user.ask_reset()
        assert self.api.ask_reset(user.email).status == self.api.ask_reset(self.nobody.email).status == 202
        if user.email not in user.unreachable:
            user.reset_token = self.api.reset_tokens(user.email)[-1]

    # Support, and messages that do not arrive

    @rule(
        who=people,
        what=st.sampled_from(["mfa/enable", "mfa/enable", "unlock", "unlock", "mfa/disable"]),
        channel=st.sampled_from(["email", "phone"]),
        checked=yes_mostly,
    )
    def call_support(self, who: int, what: str, channel: str, *, checked: bool) -> None:
        user = self.users[who]
        address = {"email": f"new-{user.email}", "phone": f"+1303555{who}{self.number:07}"}[channel]
        body: dict[str, object] = {"identity_verified": checked}
        if what == "mfa/enable":
            verdict = user.enable((channel, address), confirmed=checked)
            body = {"contact": _contact((channel, address)), "contact_confirmed": checked}
        else:
            verdict = (user.unlock if what == "unlock" else user.disable)(verified=checked)
        assert self.api.support(user.id, what, body, self.world.member).name == "forbidden"
        self.agree(self.api.support(user.id, what, body, self.world.supporter), verdict, user)

    @rule(
        who=people,
        meanwhile=st.sampled_from(["sign in", "resend", "reset", "unlock"]),
        lasting=st.sampled_from([False, False, True]),
    )
    def outage(self, who: int, meanwhile: str, *, lasting: bool) -> None:
        user = self.users[who]
        for failing in (True, lasting):
            self.api.outage(user.address, failing=failing)
            (user.unreachable.add if failing else user.unreachable.discard)(user.address)
            if meanwhile == "sign in":
                self._sign_in(user, user.password or "")
            elif meanwhile == "resend":
                self.resend(who, 0, ("wait", 0), "right")
            elif meanwhile == "reset":
                self._ask_reset(user)
            else:
                self.call_support(who, "unlock", "email", checked=True)

    # What is so after every step, and at the end

    @invariant()
    def the_one_who_acted_is_as_the_model_says(self) -> None:
        if self.acting:
            self._look_at(self.acting)

    def _look_at(self, user: User) -> None:
        record = self.api.record(user.email, self.world.supporter)
        locked_until = record["locked_until"] and _seconds(record["locked_until"])
        assert (record["mfa_enabled"], record["contact"], locked_until) == (
            user.mfa,
            _contact(user.contact),
            user.locked_until,
        )
        assert len(self.api.messages(user.address)) == user.sent[user.address]

    def teardown(self) -> None:
        """Look at everybody, and at what no answer shows: which sessions are open, and how many guesses are left."""
        for user in self.users:
            self._look_at(user)
            for session in user.sessions:
                assert (self.api.profile(session.token).status == 200) == user.opens(session)
            for address, number in user.sent.items():
                assert len(self.api.messages(address)) == number
        for user in self.users:
            for challenge in user.challenges[::2]:
                self._enter(user, challenge, other_than(challenge.codes[-1]))
            for challenge in user.challenges[::-1][:2]:
                self._enter(user, challenge, challenge.codes[-1])
        for user in (*self.users, self.nobody):
            while self._sign_in(user, "wrong password").name != "account-locked":
                pass


def _contact(contact: tuple[str, str] | None) -> dict[str, str] | None:
    return contact and {"channel": contact[0], "address": contact[1]}


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def machine(policy: Policy = DENSE, **parts: Any) -> type[SignInMachine]:  # noqa: ANN401 - as of create_app
    """Return a machine with a server of its own, of other rules, tokens or store where they are given."""
    return type("Machine", (SignInMachine,), {"world": World(policy, **parts)})
