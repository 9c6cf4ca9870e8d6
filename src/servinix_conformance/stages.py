"""A sign-in by all its stages, as the suite itself needs one: to look, to support and to set things back."""

from __future__ import annotations

from .actor import Actor, Contact, Inbox, Outcome


def sign_in(actor: Actor, inbox: Inbox, email: str, password: str, contact: Contact | None) -> Outcome:
    """Give the password, and the code where one is asked for.

    Args:
        actor: whoever signs in, at a fresh device.
        inbox: where the code arrives.
        email: the address to sign in with.
        password: the password.
        contact: where codes go; None for an account without MFA.

    Raises:
        Broken: no code came.
        Untested: there is no inbox to read it in.
    """
    since = inbox.checkpoint(contact.address) if contact else None
    outcome = actor.sign_in(email, password)
    if since is None or outcome.kind != "code-asked":
        return outcome
    return actor.enter_code(inbox.code(since))
