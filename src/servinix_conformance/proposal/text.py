"""A proposal as the text of a target file, each guess marked, with what is left to fill in as comments. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..names import OPERATIONS
from .filling import ESSENTIAL
from .guesses import Found, Guess, Proposal

TOKEN = "SERVINIX_TEST_SUPPORT"  # noqa: S105 - the name of a variable
BASE_URL = "SERVINIX_BASE_URL"
_HEAD = """\
# {title}: a target file, proposed from its OpenAPI document by names and shapes alone.
#
# A line that ends in "# guess: ..." is a guess, and one that ends in "# likely: ..." nearly sure: look at each. What is
# not here is as in the suite's own openapi.yaml. Lines that begin with "#" and no blank are examples to fill in.
# Secrets are given by reference, as env:NAME or file:PATH.
"""
_SECTIONS = """\
# Somebody who may do what Support does: look users up, switch MFA, let people in again who are locked out.
#[support]
#email = "support@your-company.example"
#password = "env:SUPPORT_PASSWORD"

# Where the codes and links that go by e-mail arrive; other kinds are http, maildir, command and prompt.
#[inbox.email]
#kind = "imap"
#host = "imap.your-company.example"
#user = "codes@your-company.example"
#password = "env:INBOX_PASSWORD"

# Where the codes that go to a phone arrive.
#[inbox.phone]
#kind = "prompt"

# Accounts that the suite may use, a table each; how many and of which kinds it takes, doctor tells.
#[[accounts]]
#email = "ada@your-company.example"
#password = "env:ADA_PASSWORD"
#mfa = true
#channel = "email"
#address = "codes@your-company.example"
#may_be_locked = true

"""
_POLICY = """\
# What the deployment promises, in seconds and counts, where its answers do not say it.
#[policy]
#otp_ttl_seconds = 300
#resend_after_seconds = 30
#password_failures_before_lock = 5
#otp_failures_before_lock = 10
#otp_attempts_per_challenge = 5
#lock_seconds = 900
#reset_token_ttl_seconds = 3600

"""
_SAFETY = """\
# What needs an explicit yes: changing passwords and MFA of the accounts, and how many messages a run may cause.
"""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands in the file besides the bindings.

    Attributes:
        base_url: None where nobody said where the deployment is.
        base_why: how the base URL was told, if not by the caller.
        openapi: URL or file of the document, as seen from the file.
        costs: what each missing operation costs.
    """

    name: str
    title: str
    base_url: str | None
    base_why: str
    openapi: str
    clear_text: bool = False
    costs: Mapping[str, str] = field(default_factory=dict)


def target_text(proposal: Proposal, frame: Frame) -> str:
    """The target file."""
    return "".join(_lines(proposal, frame))


def _lines(proposal: Proposal, frame: Frame) -> Iterator[str]:
    yield _HEAD.format(title=said(frame.title))
    yield f"name = {_value(frame.name)}\n"
    if frame.base_url is None:
        yield f'base_url = "${{{BASE_URL}}}"  # {said(frame.base_why)}: set {BASE_URL}, or write it here\n'
    else:
        yield f"base_url = {_value(frame.base_url)}{_mark('guess', frame.base_why) if frame.base_why else ''}\n"
    yield f"openapi = {_value(frame.openapi)}\n\n"
    if proposal.headers:
        yield "[http.headers]\n"
        for name, why in proposal.headers.items():
            yield f"{_key(name)} = {_value(f'env:{variable(name)}')}  # {said(why)}\n"
        yield "\n"
    if proposal.not_claimed:
        yield "[claims]\n"
        for name, why in proposal.not_claimed.items():
            yield f"# {name}: {said(why)}\n"
        yield f"not_claimed = [{', '.join(map(_value, proposal.not_claimed))}]\n\n"
    yield from _test_support(proposal)
    yield from _clients(proposal)
    yield _SECTIONS
    yield _POLICY
    # With a table that is there, its examples must not open it again.
    opened = "[safety]\nclear_text = true\n" if frame.clear_text else "#[safety]\n"
    yield f"{_SAFETY}{opened}#destructive = true\n#max_messages = 200\n\n"
    yield from _bindings(proposal)
    yield from _missing(proposal, frame)


def _test_support(proposal: Proposal) -> Iterator[str]:
    yield "# The secret of test support, with which the suite makes its own users and moves their time.\n"
    off = "" if proposal.test_support else "#"
    yield f'{off}[test_support]\n{off}token = "env:{TOKEN}"\n\n'


def _clients(proposal: Proposal) -> Iterator[str]:
    if not proposal.clients:
        return
    yield "# How the web portal and Servinix Go differ; the document has a choice that may tell them apart.\n"
    for tag, number in (("web-portal", 0), ("servinix-go", 1)):
        yield f"#[clients.{tag}]\n"
        for side, kinds in (("headers", True), ("fields", False)):
            chosen = {
                place.removeprefix("header:") if kinds else place: values[min(number, len(values) - 1)]
                for place, values in proposal.clients.items()
                if place.startswith("header:") is kinds
            }
            if chosen:
                yield f"#{side} = {_inline(chosen)}\n"
        yield "\n"


def _bindings(proposal: Proposal) -> Iterator[str]:
    if proposal.success is not None:
        yield "# What tells a success of any operation.\n[bindings.success]\n"
        mark = _mark(proposal.success.sure, proposal.success.why)
        yield from (f"{key} = {_value(value)}{mark}\n" for key, value in proposal.success.value.items())
        yield "\n"
    for name, found in proposal.operations.items():
        yield from (f"# To be settled for {name}: {said(told)}.\n" for told in found.open)
        yield from _operation(name, found)
    for name, found in proposal.unsettled.items():
        yield from (f"# To be settled for {name} before it is bound: {said(told)}.\n" for told in found.open)
        yield from (f"#{line}" if line.strip() else line for line in _operation(name, found))
    if proposal.problems:
        yield "# How it says no.\n[bindings.problems]\n"
        yield from (_line(name, guess) for name, guess in proposal.problems.items())
        yield "\n"


def _operation(name: str, found: Found) -> Iterator[str]:
    table = found.table(name, OPERATIONS[name])
    if not table:
        return
    yield f"[bindings.{name}]\n"
    for key in ("operation", "success"):
        if key in table:
            yield _line(key, table[key])
    for side in ("constants", "request", "answer"):
        if side in table:
            yield f"[bindings.{name}.{side}]\n"
            yield from (_line(key, guess) for key, guess in table[side].items())
    yield "\n"


def _missing(proposal: Proposal, frame: Frame) -> Iterator[str]:
    if not proposal.missing:
        return
    yield "# What was not found in the document, and what it costs.\n"
    for name, why in proposal.missing.items():
        cost = f" Cost: {frame.costs[name]}." if name in frame.costs else ""
        yield f"# {name}: {said(why)}.{said(cost) and f' {said(cost)}'}\n"
    for name in ("signIn", "verifyOtp"):
        if name in proposal.missing:
            yield f'#[bindings.{name}]\n#operation = "POST /where/it/is"\n'
            fields = ", ".join(f'{key} = "/where/it/is"' for key in sorted(ESSENTIAL[name]))
            yield f"#request = {{ {fields} }}\n"


def _line(key: str, guess: Guess) -> str:
    value = guess.value
    text = _inline(value) if isinstance(value, Mapping) else _value(value)
    mark = f"  # {said(guess.why)}" if guess.sure == "certain" else _mark(guess.sure, guess.why)
    return f"{_key(key)} = {text}{mark}\n"


def _inline(table: Mapping[str, object]) -> str:
    return f"{{ {', '.join(f'{_key(name)} = {_value(item)}' for name, item in table.items())} }}"


def _mark(sure: str, why: str) -> str:
    return f"  # {sure}: {said(why)}"


def _key(name: str) -> str:
    plain = name.replace("-", "").replace("_", "")
    return name if plain.isascii() and plain.isalnum() else _value(name)


def _value(value: object) -> str:
    # JSON's strings, numbers and booleans are TOML's, but for DEL and for half characters.
    if isinstance(value, str):
        whole = value.encode("utf-8", "replace").decode()
        return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def said(text: str) -> str:
    """A text of somebody else's as a part of a line: without line ends and control characters."""
    whole = text.encode("utf-8", "replace").decode()
    return " ".join("".join(sign if sign.isprintable() else " " for sign in whole).split())


def variable(name: str) -> str:
    """The variable that holds the secret of a header."""
    return (
        "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name).upper().lstrip("_0123456789")
        or "KEY"
    )
