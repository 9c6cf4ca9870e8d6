"""From an OpenAPI document of anybody's to a target file: what in it is what we call signIn, mfa_token, otp-rejected.

Names and shapes propose; nothing is sent. What is guessed says so and why, and what is not found is left out.
"""

from __future__ import annotations

from .guesses import Found, Guess, Proposal, Sureness
from .proposing import propose

__all__ = ["Found", "Guess", "Proposal", "Sureness", "propose"]
