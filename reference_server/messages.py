"""What messages say: a subject and a body each. Only a passcode message holds six digits in a row."""


def passcode(otp: str, lifetime_seconds: int) -> tuple[str, str]:
    """Return the message that carries a one-time passcode; the subject, shown on locked screens, holds none."""
    minutes = lifetime_seconds // 60 or 1
    body = f"Your Servinix sign-in code is {otp}. It expires in {minutes} min. Servinix never asks you for it."
    return "Your Servinix sign-in code", body


def reset(link: str) -> tuple[str, str]:
    """Return the message that carries a reset link, its only link."""
    return (
        "Reset your Servinix password",
        f"To choose a new password, open this link:\n\n{link}\n\nIf you did not ask for it, ignore this message.",
    )


def notice(what: str) -> tuple[str, str]:
    """Return the notice of a change of the sign-in (NIST SP 800-63B-4 4.6)."""
    return "Your Servinix sign-in was changed", f"{what} If this was not you, contact Support."
