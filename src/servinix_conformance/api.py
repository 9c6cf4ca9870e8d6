"""An actor over HTTP, as the web portal or as Servinix Go."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from .actor import AS_USUAL, Actor, Broken, Contact, Kind, NotClaimed, Otherwise, Outcome, Screen, Untested, Wire
from .board import Board
from .clients import Client
from .gateway import SECRET_FIELDS, Gateway, Result, Unwritable
from .inbox.text import reset_token_in
from .racing import at_once
from .wire import claims_of, shows, wire_of

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{8,4096}")
_MOST_TRIED = 32

_LABELS = {"otp": "OTP", "mfa_token": "MFA_TOKEN"}
"""The variables that stand in records for fields whose names say something else."""
_SIGN_IN = {"signIn", "verifyOtp", "requestOtp", "resendOtp"}
_SENDING = {"requestOtp", "resendOtp", "requestPasswordReset"}
"""Operations whose success sends a message; so does a sign-in that asks for a code."""


class ApiActor:
    """Somebody at one device: implements `servinix_conformance.actor.Actor` over the API.

    Args:
        gateway: the way to the target.
        client: what the device runs.
        board: where messages are counted; None where nobody minds how many are sent.
    """

    def __init__(self, gateway: Gateway, client: Client, board: Board | None = None) -> None:
        self._gateway = gateway
        self._board = board
        self._honest = self._client = client
        self._access_token: str | None = None
        # Without a password stage there is still something to send: a token that nobody was given.
        self._mfa_token = secrets.token_urlsafe(32)
        self._result: Result | None = None
        self._sent: tuple[object, ...] = ()
        self._heard: list[Result] = []
        self._last = Outcome("done", said="nothing was done yet")

    @property
    def last(self) -> Outcome:
        """The outcome of the latest deed."""
        return self._last

    @property
    def held(self) -> Mapping[str, str]:
        """What this device was given, by logical field, and a token of nobody's in place of one that it was not."""
        return {"mfa_token": self._mfa_token, "access_token": self._access_token or ""}

    def sign_in(self, email: str, password: str, **extra: object) -> Outcome:
        """The password stage."""
        self._gateway.redactor.register(email, "EMAIL")
        self._gateway.redactor.register(password, "PASSWORD")
        values = {"email": email, "password": password, **self._client.values}
        result = self._perform("signIn", values, extra=extra, fields=self._client.fields)
        outcome = self._sign_in_stage(result)
        if outcome.kind == "code-asked" and self._gateway.claims("requestOtp"):
            result = self._perform("requestOtp", {"mfa_token": self._mfa_token})
            facts = {**outcome.facts, **_facts(result), "code_requested": True}
            self._last = replace(outcome, facts=facts) if result.ok else self._told(result)
        return self._last

    def resume(self, access_token: str) -> Outcome:
        """Take a token that was given elsewhere."""
        self._gateway.redactor.register(access_token, "ACCESS_TOKEN")
        self._access_token = access_token
        return self._keep("signed-in", None, said="a session that was open already")

    def enter_code(self, code: str) -> Outcome:
        """The OTP stage."""
        self._gateway.redactor.register(code, "OTP")
        return self._sign_in_stage(self._perform("verifyOtp", {"mfa_token": self._mfa_token, "otp": code}))

    def request_code(self) -> Outcome:
        """Ask for a new code."""
        return self._sign_in_stage(self._perform("resendOtp", {"mfa_token": self._mfa_token}))

    def sign_out(self) -> Outcome:
        """End the session; the token is kept, so that it can be seen to be dead."""
        return self._told(self._perform("signOut", bearer=self._access_token or ""))

    def open_profile(self) -> Outcome:
        """Open the own profile."""
        if self._access_token is None:
            return self._keep("refused", None, said="no access token was given")
        return self._told(self._perform("getProfile", bearer=self._access_token), "signed-in")

    def open_profile_with_the_answer(self) -> Outcome:
        """Try every value of the latest answer as an access token, and its cookies."""
        if self._result is None:
            return self._keep("refused", None, said="there was no answer yet")
        answer = self._result.answer
        candidates = dict.fromkeys(
            value
            for value in [*_strings(answer.json()), *answer.headers.values(), *answer.cookies.values()]
            if _TOKEN.fullmatch(value)
        )
        attempts: list[tuple[str, dict[str, str]]] = [(value, {}) for value in list(candidates)[:_MOST_TRIED]]
        if answer.cookies:
            cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
            attempts.append(("", {"Cookie": cookie}))
        for bearer, headers in attempts:
            result = self._gateway.perform(
                "getProfile",
                bearer=bearer or None,
                headers={**self._client.headers, **headers},
                base_url=self._client.base_url,
            )
            if result.ok:
                return self._told(result, "signed-in")
        return self._keep("refused", None, said=f"none of {len(attempts)} values in the answer opened the profile")

    def open_profile_with_forged_token(self, forgery: str) -> Outcome:
        """Try every spelling of a forgery."""
        from .forgery import NoJwt, NoKey, forged  # noqa: PLC0415 - most runs forge nothing

        published = self._gateway.perform("getJwks").answer.json() if self._gateway.claims("getJwks") else None
        keys = published.get("keys") if isinstance(published, dict) else None
        try:
            tokens = forged(self._access_token or "", forgery, keys if isinstance(keys, list) else ())
        except (NoJwt, NoKey) as error:
            raise NotClaimed(str(error)) from error
        for token in tokens:
            self._gateway.redactor.register(token, "FORGED_TOKEN")
            outcome = self._told(self._perform("getProfile", bearer=token), "signed-in")
            if outcome.kind != "refused":
                break
        return self._last

    def request_reset(self, email: str) -> Outcome:
        """Ask for a link."""
        return self._told(self._perform("requestPasswordReset", {"email": email}))

    def reset_password(self, link: str, new_password: str) -> Outcome:
        """Follow the link; a deployment that gives a token for it has signed the user in."""
        token = reset_token_in(link)
        self._gateway.redactor.register(token, "RESET_TOKEN")
        self._gateway.redactor.register(new_password, "NEW_PASSWORD")
        result = self._perform("resetPassword", {"reset_token": token, "new_password": new_password})
        return self._told(result, "signed-in" if isinstance(result.fields.get("access_token"), str) else "done")

    def find_user(self, email: str) -> Outcome:
        """Look a user up."""
        return self._told(self._perform("findUsers", {"email": email}, bearer=self._access_token or ""))

    def enable_mfa(self, user_id: str, contact: Contact, *, confirmed: bool | None) -> Outcome:
        """Switch MFA on."""
        self._gateway.redactor.register(contact.address, "CONTACT")
        values: dict[str, object] = {
            "user_id": _known(user_id),
            "contact_channel": contact.channel,
            "contact_address": contact.address,
            **_said("contact_confirmed", confirmed),
        }
        return self._told(self._perform("enableMfa", values, bearer=self._access_token or ""))

    def disable_mfa(self, user_id: str, *, identity_verified: bool | None) -> Outcome:
        """Switch MFA off."""
        values = {"user_id": _known(user_id), **_said("identity_verified", identity_verified)}
        return self._told(self._perform("disableMfa", values, bearer=self._access_token or ""))

    def unlock(self, user_id: str, *, identity_verified: bool | None) -> Outcome:
        """Let a locked-out user in again."""
        values = {"user_id": _known(user_id), **_said("identity_verified", identity_verified)}
        return self._told(self._perform("unlockUser", values, bearer=self._access_token or ""))

    def attempt(
        self, operation: str, fields: Mapping[str, object] | None = None, otherwise: Otherwise = AS_USUAL
    ) -> Outcome:
        """Carry out a logical operation in a way of one's own."""
        access_token, mfa_token = self._access_token or "", self._mfa_token
        if otherwise.swapped:
            access_token, mfa_token = mfa_token, access_token
        values = {**self._held(operation, mfa_token), **(fields or {})}
        for name, value in [*(fields or {}).items(), *otherwise.twice.items()]:
            for text in _leaves(value):
                self._gateway.redactor.register(text, _LABELS.get(name, name.upper()))
            if not isinstance(value, str) and self._gateway.binding.member(operation, name) is None:
                raise NotClaimed(f"{operation} does not take {name} as a member of a JSON body")
        signs_in = operation in _SIGN_IN
        try:
            result = self._perform(
                operation,
                values,
                bearer=None if signs_in else access_token,
                fields=self._client.fields if operation == "signIn" else None,
                otherwise=otherwise,
            )
        except Unwritable as error:
            if not fields:
                raise
            raise NotClaimed(f"{operation} takes {' or '.join(fields)} where no such text can stand") from error
        if signs_in:
            return self._sign_in_stage(result)
        return self._told(result, "signed-in" if operation == "getProfile" else "done")

    def pretend(self, headers: Mapping[str, str]) -> None:
        """Send these headers besides, in place of the client's own of the same names."""
        named = {name.lower() for name in headers}
        own = {name: value for name, value in self._honest.headers.items() if name.lower() not in named}
        self._client = replace(self._honest, headers={**own, **headers})

    @property
    def screen(self) -> Screen:
        """An API has no screen."""
        raise NotClaimed("only a browser shows that")

    @property
    def wire(self) -> Wire:
        """What only the wire shows of the latest answer."""
        if self._result is None:
            raise Untested("there was no answer yet; begin with a deed")
        return wire_of(self._result, self._sent)

    @property
    def heard(self) -> Sequence[Wire]:
        """What only the wire shows of all answers."""
        return [wire_of(result) for result in self._heard]

    def shown(self, secret: str) -> tuple[str, ...]:
        """The operations in whose answers a secret stands."""
        return tuple(dict.fromkeys(result.operation for result in self._heard if shows(result.answer, secret)))

    @property
    def token_says(self) -> Mapping[str, object] | None:
        """The claims of this device's access token."""
        return claims_of(self._access_token or "")

    @property
    def authenticated_by(self) -> frozenset[str] | None:
        """The methods that this device's access token names."""
        told = (self.token_says or {}).get("amr")
        named = [told] if isinstance(told, str) else told
        return frozenset(map(str, named)) if isinstance(named, list) else None

    @property
    def token_lasts(self) -> float | None:
        """The time between `iat` and `exp`."""
        claims = self.token_says or {}
        begins, ends = claims.get("iat"), claims.get("exp")
        return ends - begins if isinstance(begins, int | float) and isinstance(ends, int | float) else None

    def at_once(self, deeds: Sequence[Callable[[Actor], Outcome]]) -> list[Outcome]:
        """Do all deeds at once, each with a connection that is open already."""
        with ExitStack() as stack:
            twins = [self._twin(stack) for _ in deeds]
            return at_once([partial(deed, twin) for deed, twin in zip(deeds, twins, strict=True)])

    def _twin(self, stack: ExitStack) -> ApiActor:
        gateway = self._gateway.beside()
        stack.callback(gateway.transport.close)
        twin = ApiActor(gateway, self._client, self._board)
        # Whoever had to connect first would come too late for a race.
        twin.attempt("getProfile", otherwise=Otherwise(bearer="nowhere"))
        twin._access_token, twin._mfa_token = self._access_token, self._mfa_token
        return twin

    def _held(self, operation: str, mfa_token: str) -> dict[str, object]:
        if operation == "signIn":
            return dict(self._client.values)
        return {"mfa_token": mfa_token} if operation in _SIGN_IN else {}

    def _perform(  # noqa: PLR0913 - as in the gateway
        self,
        name: str,
        values: Mapping[str, object] | None = None,
        *,
        bearer: str | None = None,
        extra: Mapping[str, object] | None = None,
        fields: Mapping[str, object] | None = None,
        otherwise: Otherwise = AS_USUAL,
    ) -> Result:
        board = self._board if name in {"signIn", *_SENDING} else None
        if board and not board.take():
            raise Untested("the run has caused as many messages as it may; raise max_messages under [safety]")
        try:
            self._result = self._gateway.perform(
                name,
                values,
                bearer=bearer,
                headers=self._client.headers,
                extra=extra,
                fields=fields,
                base_url=self._client.base_url,
                otherwise=otherwise,
            )
        except (Broken, NotClaimed):
            if board:
                board.give_back()  # nothing was sent at all; where no answer came, a message may have been
            raise
        if board and not (self._result.ok and (name in _SENDING or "mfa_token" in self._result.fields)):
            board.give_back()
        self._sent = (*(values or {}).values(), *(extra or {}).values())
        self._heard.append(self._result)
        return self._result

    def _sign_in_stage(self, result: Result) -> Outcome:
        access_token, mfa_token = result.fields.get("access_token"), result.fields.get("mfa_token")
        if not result.ok:
            return self._told(result)
        if isinstance(mfa_token, str) and mfa_token:
            self._mfa_token = mfa_token
        if isinstance(access_token, str) and access_token:
            self._access_token = access_token
            return self._told(result, "signed-in")
        # A deployment whose resend does not repeat the token goes on with the challenge that is open.
        goes_on = result.operation == "resendOtp" and not self._gateway.binding.has("resendOtp", "mfa_token")
        asked = goes_on or (isinstance(mfa_token, str) and bool(mfa_token))
        return self._told(result, "code-asked" if asked else "unreadable")

    def _told(self, result: Result, success: Kind = "done") -> Outcome:
        kind: Kind = success if result.ok else "refused" if result.refused else "unreadable"
        return self._keep(kind, result.reason, wait=result.wait, facts=_facts(result), said=result.said)

    def _keep(
        self,
        kind: Kind,
        reason: str | None,
        *,
        wait: int | None = None,
        facts: Mapping[str, object] | None = None,
        said: str,
    ) -> Outcome:
        self._last = Outcome(kind, reason, wait, facts or {}, said)
        return self._last


def _known(user_id: str) -> str:
    if not user_id:
        raise Untested(
            "the user's id is not known: Support cannot look the account up; see [support] in the target file"
        )
    return user_id


def _said(field: str, value: bool | None) -> dict[str, object]:  # noqa: FBT001 - what is said is the value
    return {} if value is None else {field: value}


def _facts(result: Result) -> dict[str, object]:
    return {name: value for name, value in result.fields.items() if name not in SECRET_FIELDS}


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for item in node.values():
            yield from _strings(item)
    elif isinstance(node, list):
        for item in node:
            yield from _strings(item)


def _leaves(node: object) -> Iterator[str]:
    """Every text in a value, and every number as text."""
    yield from _strings(node)
    if isinstance(node, int | float) and not isinstance(node, bool):
        yield str(node)
