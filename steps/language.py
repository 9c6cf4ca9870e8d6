"""The words that sentences are made of, so that every step reads them in the same way."""

from __future__ import annotations

import re

from pytest_bdd import parsers

_WORDS = {
    "who": r"[A-Z]\w+",
    "whose": r"[A-Z]\w+",
    "mfa": r"with MFA by e-mail|with MFA by phone|without MFA",
    "channel": r"e-mail|phone",
    "password": (
        r"her password and a character more|her password without its last character|her password in capitals"
        r"|the first 72 characters of her password"
        r"|her password|her old password|her new password|a wrong password"
    ),
    "secret": r"her password|the code",
    "code": r"the code|a wrong code|the earlier code|the newest code|the first code",
    "device": r"another device|the web portal|Servinix Go|a client that sends nothing else",
    "how": (
        r"in capitals|with a capital domain|with a blank after it|with a tag|with a dotless i|with a long s"
        r"|with a Kelvin sign|in full-width letters|with a wildcard in place of its first letter|with a query after it"
    ),
    "span": (
        r"the code's life|the wait for a new code|the lock|the link's life|the challenge's life|the session's life"
        r"|the access token's life"
    ),
    "part": r"a third|two thirds",
    "number": r"[0-9]+",
    "unit": r"seconds?|minutes?|hours?",
    "often": r"as often as|once less than",
    "link": r"the link|the earlier link",
    "unconfirmed": "without confirming the contact|without a word about the confirmation",
    "unverified": "without verifying who asks|without a word about who asks",
    "state": r"active|inactive",
    "verdict": r"made|refused",
    "field": r"\w+",
    "form": (
        r"left out|as nothing|as true|as a number|as an empty text|in a list|in a list behind wrong ones|in an object"
        r"|as an object that is unlike anything|as a wildcard|as a query|in quotes|in full-width digits"
        r"|in Arabic digits|with a blank before it|with a blank after it"
        r"|with a line end after it|with a blank in it|with a dash in it"
        r"|with a digit more|without its last digit|twice, behind a wrong one|twice, before a wrong one"
    ),
    "value": r"[a-z]+",
    "header": r"[A-Z][\w-]+",
    "claim": r".+",
    "host": r"[a-z]+\.example",
    "client": r"[a-z]+(?:-[a-z]+)*",
    "chosen": (
        r"a password of 64 characters|a password of 100 characters|a password in other scripts"
        r"|a password with blanks around it"
    ),
    "sent": (
        r"as a form|as plain text|in the address|by PUT|by PATCH|by DELETE|by GET"
        r"|in the address of a request that reads"
    ),
    "size": r"3 MB",
    "odd_body": (
        r"half a body|an empty body|a body that is no JSON|a body that is a list|a body that is nothing"
        r"|a body that is no UTF-8|a body with a number without end|a body that is nested without end"
    ),
    "odd_text": r"U\+0000|half a character|5,000 letters|other scripts|half a query|a template|a path",
    "odd_token": (
        r"nothing|two dots|half a token|a token of lists|a token whose algorithm is a number"
        r"|a token whose algorithm is unknown|a token in other letters|5,000 letters"
    ),
    "forged": (
        r"that says it is not signed|without its signature|with another signature|with its signature cut off"
        r"|with a signature of zeros|that says something else|signed with another key"
        r"|signed with a key that it brings along|signed with a key that it points to"
        r"|signed with a key that is named by a trick|signed with the public key as secret"
        r"|signed with a secret that is easily guessed"
    ),
    "page": r"the e-mail address|the password|the forgotten password",
    "somebody": r"somebody|nobody",
    "fits": r"fits|does not fit",
}


def phrase(text: str) -> parsers.re:
    """A sentence with gaps: `{who} signs in[ on {device}]`.

    `{name}` stands for one of the words of that name, `{name_2}` for another one; what is in brackets may be left out.
    """
    pattern = re.escape(text).replace(r"\[", "(?:").replace(r"\]", ")?").replace(r"\ ", " ")
    return parsers.re(re.sub(r"\\\{(\w+?)(_2)?\\\}", _gap, pattern))


def _gap(match: re.Match[str]) -> str:
    name, again = match.groups()
    return f"(?P<{name}{again or ''}>{_WORDS[name]})"
