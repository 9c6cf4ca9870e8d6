"""Wrong sending: to somebody else, twice, not at all, too early or too late."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from contextlib import suppress
from dataclasses import replace

from ..inputs import Answer, Request
from ..model import Challenge, Contact, Message
from ..problems import Refusal
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store
from .along import WITHOUT_CODES
from .registry import fault

_drawn: dict[str, str] = {}
_finished: dict[str, Attempt] = {}


@fault("two-messages", severity="L", clause="MFA-3", also_breaks=("SEND-1",))
class TwoMessages(Rules):
    """Sends each code twice."""

    def send_otp(self, attempt: Attempt, otp: str) -> None:
        super().send_otp(attempt, otp)
        super().send_otp(attempt, otp)


@fault(
    "code-only-on-request",
    severity="H",
    clause="MFA-3",
    also_breaks=(
        *WITHOUT_CODES,
        "MFA-4",
        "MFA-7",
        "MFA-8",
        "MFA-10",
        "MFA-13",
        "SIGNIN-1",
        "TOKEN-6",
        "TOKEN-7",
        "LIMIT-1",
        "LIMIT-2",
        "LIMIT-3",
    ),
)
class CodeOnlyOnRequest(Rules):
    """Sends no code as part of signing in; one has to be asked for."""

    def send_otp(self, attempt: Attempt, otp: str) -> None:
        if "mfa_token" in attempt.request.body:
            super().send_otp(attempt, otp)

    def claim_resend(self, attempt: Attempt) -> None:
        """Let a code be asked for at once."""


@fault("recipient-from-client", severity="C", clause="MFA-4")
class RecipientFromClient(Rules):
    """Sends the code to an address in the request."""

    def recipient_of(self, attempt: Attempt) -> Contact:
        body, own = attempt.request.body, super().recipient_of(attempt)
        named = next((body[key] for key in ("contact", "destination", "address", "to", "phone") if key in body), None)
        address = named.get("address") if isinstance(named, dict) else named
        return Contact("email" if "@" in address else "phone", address) if isinstance(address, str) else own


@fault(
    "code-to-account-email",
    severity="H",
    clause="MFA-4",
    also_breaks=(
        *WITHOUT_CODES,
        "MFA-3",
        "MFA-7",
        "MFA-8",
        "MFA-10",
        "MFA-13",
        "SIGNIN-1",
        "TOKEN-6",
        "TOKEN-7",
        "LIMIT-2",
    ),
)
class CodeToAccountEmail(Rules):
    """Sends the code to the e-mail address that the user signs in with, whatever contact is registered."""

    def recipient_of(self, attempt: Attempt) -> Contact:
        return Contact("email", attempt.account.email)


@fault("code-to-both", severity="M", clause="MFA-4")
class CodeToBoth(Rules):
    """Sends the code to the registered contact and to the account's e-mail address."""

    def send_otp(self, attempt: Attempt, otp: str) -> None:
        super().send_otp(attempt, otp)
        contact = Contact("email", attempt.account.email)
        if contact != self.recipient_of(attempt):
            self.delivery.post(self.message_to(contact, ("Your code", f"Your code is {otp}."), attempt.now))


@fault("wrong-password-sends-code", severity="M", clause="SIGNIN-1", also_breaks=("ENUM-2",))
class WrongPasswordSendsCode(Rules):
    """Sends a code before the password is checked."""

    def refuse_while_locked(self, attempt: Attempt) -> None:
        super().refuse_while_locked(attempt)
        if attempt.account.mfa_enabled and not self.password_matches(attempt.account, attempt.request.text("password")):
            self.send_otp(attempt, self.draw_otp(attempt))


@fault("no-resend-wait", severity="M", clause="MFA-16", also_breaks=("POLICY-1", "LIMIT-1", "LIMIT-3", "SEND-1"))
class NoResendWait(Rules):
    """Sends a new code at once whenever one is asked for."""

    def claim_resend(self, attempt: Attempt) -> None:
        """Claim nothing."""


@fault("resend-wait-told-too-long", severity="L", clause="MFA-16", also_breaks=("POLICY-1",))
class ResendWaitToldTooLong(Rules):
    """Says that a new code takes a minute, and sends it after 30 seconds."""

    def challenge_body(self, attempt: Attempt, token: str, challenge: Challenge) -> dict[str, object]:
        return super().challenge_body(attempt, token, challenge) | {"resend_after": 60}


@fault(
    "resend-wait-too-long",
    severity="M",
    clause="MFA-16",
    also_breaks=(
        "OOB-9",
        "TOKEN-1",
        "TOKEN-6",
        "PATH-4",
        "PATH-5",
        "POLICY-1",
        "LEAK-1",
        "LIMIT-1",
        "SEND-1",
        "SEND-2",
    ),
)
class ResendWaitTooLong(Rules):
    """Sends a new code after a minute only, and says 30 seconds."""

    def claim_resend(self, attempt: Attempt) -> None:
        super().claim_resend(replace(attempt, now=attempt.now - 30))


@fault(
    "resend-never",
    severity="H",
    clause="MFA-16",
    also_breaks=("MFA-18", "OOB-9", "TOKEN-1", "TOKEN-8", "PATH-4", "PATH-5", "POLICY-1", "LEAK-1", "SEND-1", "SEND-2"),
)
class ResendNever(Rules):
    """Answers that a new code is on its way, and sends none."""

    def send_otp(self, attempt: Attempt, otp: str) -> None:
        if "mfa_token" not in attempt.request.body:
            super().send_otp(attempt, otp)


@fault("resend-wait-shared", severity="M", clause="PATH-5", also_breaks=("MFA-16",))
class ResendWaitShared(Rules):
    """Counts the wait between codes over all users together."""

    def claim_resend(self, attempt: Attempt) -> None:
        newest = self.store.rows("SELECT max(code_sent_at) AS at FROM users")[0]["at"]
        if newest + self.policy.resend_after_seconds > attempt.now:
            wait = newest + self.policy.resend_after_seconds - attempt.now
            raise Refusal("resend-too-soon", retry_after=wait)


@fault("refused-resend-sends", severity="M", clause="SEND-1")
class RefusedResendSends(Rules):
    """Sends a message when it refuses to send a new code."""

    def claim_resend(self, attempt: Attempt) -> None:
        try:
            super().claim_resend(attempt)
        except Refusal:
            self.send_otp(attempt, self.draw_otp(attempt))
            raise


@fault("finished-sign-in-sends", severity="L", clause="SEND-1")
class FinishedSignInSends(Rules):
    """Sends a message when a new code is asked for in a sign-in that is complete, and then refuses it."""

    def verify_otp(self, request: Request) -> Answer:
        _, attempt = self.pending(request)
        answer = super().verify_otp(request)
        _finished[request.text("mfa_token")] = attempt
        return answer

    def resend_otp(self, request: Request) -> Answer:
        if attempt := _finished.get(request.text("mfa_token")):
            self.send_otp(attempt, self.draw_otp(attempt))
        return super().resend_otp(request)


@fault("open-on-outage", severity="C", clause="SEND-2")
class OpenOnOutage(Rules):
    """Signs in with the password alone when the code cannot be sent."""

    def ask_for_otp(self, attempt: Attempt) -> Answer:
        try:
            return super().ask_for_otp(attempt)
        except Refusal as refusal:
            if refusal.name != "delivery-failed":
                raise
            return Answer(200, self.open_session(attempt, ["pwd"]))


@fault("any-code-on-outage", severity="C", clause="SEND-2")
class AnyCodeOnOutage(Rules):
    """Goes on with a sign-in whose code cannot be sent, and takes any code for it."""

    def send_otp(self, attempt: Attempt, otp: str) -> None:
        with suppress(Refusal):
            super().send_otp(attempt, otp)

    def otp_matches(self, attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        down = self.store.in_outage(self.recipient_of(attempt).address)
        return down or super().otp_matches(attempt, challenge, otp)


@fault("earlier-code-on-outage", severity="H", clause="SEND-2")
class EarlierCodeOnOutage(Rules):
    """Lets the code that was sent last do for a sign-in whose own cannot be sent."""

    def draw_otp(self, attempt: Attempt) -> str:
        if not self.store.in_outage(self.recipient_of(attempt).address):
            _drawn[attempt.account.id] = super().draw_otp(attempt)
        return _drawn.get(attempt.account.id) or super().draw_otp(attempt)

    def send_otp(self, attempt: Attempt, otp: str) -> None:
        if not self.store.in_outage(self.recipient_of(attempt).address) or _drawn.get(attempt.account.id) != otp:
            super().send_otp(attempt, otp)


@fault("new-code-opens-on-outage", severity="C", clause="SEND-2", also_breaks=("CONTRACT-1",))
class NewCodeOpensOnOutage(Rules):
    """Signs in whoever asks for a new code when it cannot be sent."""

    def resend_otp(self, request: Request) -> Answer:
        try:
            return super().resend_otp(request)
        except Refusal as refusal:
            if refusal.name != "delivery-failed":
                raise
            return Answer(202, self.open_session(self.pending(request)[1], ["pwd", "otp"]))


@fault("outage-untold", severity="L", clause="SEND-2")
class OutageUntold(Rules):
    """Asks for a code that could not be sent."""

    def send_otp(self, attempt: Attempt, otp: str) -> None:
        try:
            super().send_otp(attempt, otp)
        except Refusal:
            if "mfa_token" in attempt.request.body:
                raise


@fault("outage-costs-the-wait", severity="L", clause="SEND-2")
class OutageCostsTheWait(Store):
    """Lets whoever asked for a code that could not be sent wait for the next one."""

    def release_resend(self, user_id: str, claimed: float, sent_at: float | None) -> None:
        """Release nothing."""


@fault("old-code-dies-on-outage", severity="L", clause="SEND-2")
class OldCodeDiesOnOutage(Rules):
    """Ends the challenge when a new code cannot be sent."""

    def resend_otp(self, request: Request) -> Answer:
        try:
            return super().resend_otp(request)
        except Refusal as refusal:
            if refusal.name == "delivery-failed":
                self.store.end_challenges(self.pending(request)[1].account.id)
            raise


@fault("code-in-answer", severity="C", clause="LEAK-1")
class CodeInAnswer(Rules):
    """Returns the code."""

    def draw_otp(self, attempt: Attempt) -> str:
        _drawn[attempt.account.id] = super().draw_otp(attempt)
        return _drawn[attempt.account.id]

    def challenge_body(self, attempt: Attempt, token: str, challenge: Challenge) -> dict[str, object]:
        return super().challenge_body(attempt, token, challenge) | {"otp": _drawn[attempt.account.id]}


@fault("code-in-subject", severity="M", clause="LEAK-1")
class CodeInSubject(Rules):
    """Puts the code into the subject of the message, which locked screens show."""

    def message_to(self, contact: Contact, content: tuple[str, str], now: float) -> Message:
        message = super().message_to(contact, content, now)
        return replace(message, subject=message.subject and f"{message.subject} {message.body[-60:]}")


@fault("contact-in-answer", severity="M", clause="LEAK-1")
class ContactInAnswer(Rules):
    """Tells the full contact to whoever knows the password."""

    def challenge_body(self, attempt: Attempt, token: str, challenge: Challenge) -> dict[str, object]:
        address = self.recipient_of(attempt).address
        return super().challenge_body(attempt, token, challenge) | {"destination": address}


@fault("new-code-in-answer", severity="C", clause="LEAK-1")
class NewCodeInAnswer(Rules):
    """Returns the code that was asked for anew."""

    def draw_otp(self, attempt: Attempt) -> str:
        _drawn[attempt.account.id] = super().draw_otp(attempt)
        return _drawn[attempt.account.id]

    def resend_otp(self, request: Request) -> Answer:
        _, attempt = self.pending(request)
        answer = super().resend_otp(request)
        return replace(answer, body={**(answer.body or {}), "debug": _drawn[attempt.account.id]})
