"""What steps may say, and what comes back.

This is the only room of the harness that steps import, and it imports no other. It names the people of a sign-in
(`Actor`), the answer to anything they do (`Outcome`), and the ports through which a scenario gets accounts, messages
and time. How an actor reaches the target, over HTTP or through a browser, is decided elsewhere.
"""

from __future__ import annotations

from .foretelling import Forecast, Foretelling, Needs, StepFunction, foretold
from .judging import Broken, NotClaimed, OtherVariant, Untested, require
from .ports import Accounts, Actor, Clock, Inbox, Outages, World
from .records import AS_USUAL, Account, Channel, Checkpoint, Contact, Kind, Message, Otherwise, Outcome, Role, Wire
from .screens import CodeField, Cookie, Countdown, Screen

__all__ = [
    "AS_USUAL",
    "Account",
    "Accounts",
    "Actor",
    "Broken",
    "Channel",
    "Checkpoint",
    "Clock",
    "CodeField",
    "Contact",
    "Cookie",
    "Countdown",
    "Forecast",
    "Foretelling",
    "Inbox",
    "Kind",
    "Message",
    "Needs",
    "NotClaimed",
    "OtherVariant",
    "Otherwise",
    "Outages",
    "Outcome",
    "Role",
    "Screen",
    "StepFunction",
    "Untested",
    "Wire",
    "World",
    "foretold",
    "require",
]
