"""The pages of a sign-in: the e-mail address, the password, the one-time passcode, home."""

from collections.abc import Mapping
from contextlib import suppress

from flask import Response, session
from flask import request as visit

from ..inputs import Answer
from ..problems import Refusal
from .visits import Visits

_NOTICES = {
    "signed-out": "You are signed out.",
    "reset": "Your password was changed. Sign in with the new one.",
}
_ENDED = {"access-token-rejected", "mfa-token-rejected"}
_BARRED = {"account-suspended": "Your account is suspended", "recovery-required": "Your account needs recovery"}


class SignInPages(Visits):
    """Two stages on three pages, and where they lead."""

    def start(self) -> Response:
        """Send a visitor to where they are."""
        return self.go("show_home" if self.access_token() else "show_code" if self.mfa_token() else "show_email")

    # The password stage

    def show_email(self) -> Response:
        """Ask for the e-mail address."""
        if self.profile():
            return self.go("show_home")
        said = visit.args.get("said", "")
        ended = self.words(Refusal("mfa-token-rejected")) if said == "ended" else None
        return self.page("email", email=session.get("email", ""), notice=_NOTICES.get(said), error=ended)

    def take_email(self) -> Response:
        """Remember the e-mail address, whoever has it (ASVS 5.0 6.3.8)."""
        email = self.field("email")
        if not email:
            return self.page("email", 422, error="Enter your e-mail address.", email="")
        self.renew(email=email)
        return self.go("show_password")

    def show_password(self) -> Response:
        """Ask for the password."""
        if "email" not in session:
            return self.go("show_email")
        return self.page("password", email=session["email"])

    def take_password(self) -> Response:
        """Pass the password stage, to the passcode or straight home."""
        email = session.get("email", "")
        try:
            answer = self.rules.sign_in(
                self.request(email=email, password=self.field("password"), client_id="web-portal")
            )
        except Refusal as refusal:
            if refusal.name in _BARRED:
                return self.refuse("trouble", refusal, title=_BARRED[refusal.name])
            return self.refuse("password", refusal, email=email)
        if "mfa_token" in (answer.body or {}):
            return self.ask_for_code(answer)
        return self.let_in(answer)

    def ask_for_code(self, answer: Answer) -> Response:
        """Go on to the passcode."""
        self.renew(mfa_token=str((answer.body or {})["mfa_token"]))
        return self.go("show_code")

    def let_in(self, answer: Answer) -> Response:
        """Go home: the sign-in is complete."""
        self.renew(access_token=str((answer.body or {})["access_token"]))
        return self.go("show_home")

    # The passcode

    def challenge(self) -> Mapping[str, object]:
        """Return what the sign-in that is under way waits for.

        Raises:
            Refusal: mfa-token-rejected.
        """
        return self.rules.get_challenge(self.request(mfa_token=self.mfa_token() or "")).body or {}

    def show_code(self) -> Response:
        """Ask for the passcode (MFA-14); for who has not given the password there is nothing to ask."""
        try:
            sent = "A new code is on its way." if visit.args.get("said") == "sent" else None
            return self.page("code", challenge=self.challenge(), notice=sent)
        except Refusal:
            return self.start_again()

    def take_code(self) -> Response:
        """Complete the sign-in with the passcode, in which blanks do not count."""
        code = "".join(self.field("otp").split())
        try:
            return self.let_in(self.rules.verify_otp(self.request(mfa_token=self.mfa_token() or "", otp=code)))
        except Refusal as refusal:
            return self.refuse_code(refusal)

    def send_new_code(self) -> Response:
        """Send another passcode."""
        try:
            self.rules.resend_otp(self.request(mfa_token=self.mfa_token() or ""))
        except Refusal as refusal:
            return self.refuse_code(refusal)
        return self.go("show_code", said="sent")

    def refuse_code(self, refusal: Refusal) -> Response:
        """Stay at the passcode and say why, as long as the sign-in is under way."""
        if refusal.name == "invalid-request":
            refusal = Refusal("otp-rejected", detail="A code has 6 digits.")
        try:
            wrong = refusal.name == "otp-rejected"
            return self.refuse("code", refusal, challenge=self.challenge(), wrong=wrong)
        except Refusal:
            return self.start_again()

    def start_again(self) -> Response:
        """Send a visitor to the beginning.

        The session stays as it is: of two submissions of one code the second leads here, and then home.
        """
        return self.go("show_email", **({"said": "ended"} if self.mfa_token() else {}))

    # The session

    def show_home(self) -> Response:
        """Show who is signed in (MFA-15); anybody else is sent to where they are (MFA-19)."""
        profile = self.profile()
        if profile:
            return self.page("home", profile=profile)
        return self.go("show_code") if self.mfa_token() else self.go("show_email")

    def sign_out(self) -> Response:
        """End the session, here and behind the pages."""
        with suppress(Refusal):  # it may be over already
            self.rules.sign_out(self.request())
        self.renew()
        return self.go("show_email", said="signed-out")
