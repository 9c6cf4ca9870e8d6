from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from servinix_conformance.inbox import kinds
from servinix_conformance.inbox.command import CommandSource
from servinix_conformance.inbox.kinds import OptionsError, open_source, problems_in, problems_of
from servinix_conformance.inbox.text import Patterns
from servinix_conformance.references import References

KNOWN = "known: broken, command, empty, http, imap, maildir, prompt, remembering"


class Remembering:
    """A kind of somebody else's package, which shows the options that it was opened with."""

    schema = {  # noqa: RUF012 - as the protocol has it
        "type": "object",
        "additionalProperties": False,
        "required": ["user"],
        "properties": {
            "user": {"$ref": "#/$defs/name"},
            "password": {"$ref": "#/$defs/secret"},
            "headers": {"type": "object"},
            "file": {"type": ["string", "boolean"], "format": "path"},
        },
        "$defs": {"name": {"type": "string", "minLength": 2}},
    }

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = kinds.kinds()
    more = {
        "remembering": EntryPoint("remembering", f"{__name__}:Remembering", kinds.GROUP),
        "broken": EntryPoint("broken", "no_such_module:Kind", kinds.GROUP),
        "empty": EntryPoint("empty", f"{__name__}:Nothing", kinds.GROUP),
    }
    monkeypatch.setattr(kinds, "kinds", lambda: {**real, **more})


def references(**variables: str) -> References:
    return References(Path("/etc/target"), variables)


def opened(table: dict[str, Any], **variables: str) -> tuple[dict[str, Any], Patterns]:
    it = open_source(table, references(**variables), "inbox.email")
    assert isinstance(it.source, Remembering)
    return it.source.options, it.patterns


def test_all_kinds_are_installed_each_with_a_schema_of_its_own() -> None:
    names = set(entry_points(group=kinds.GROUP).names)
    assert names == {"command", "http", "imap", "maildir", "prompt"}
    for name in names:
        schema = {**kinds.kinds()[name].load().schema, "$defs": {"secret": {}}}
        assert schema["additionalProperties"] is False
        assert {"quiet_seconds", "deadline_seconds", "poll_seconds"} <= schema["properties"].keys()
        jsonschema_rs.meta.validate(schema)


def test_a_kind_is_opened_with_its_options_secrets_in_place() -> None:
    table = {"kind": "remembering", "user": "me", "password": "env:WORD", "headers": {"X": "env:WORD", "Y": "z"}}
    options, patterns = opened(table, WORD="s3cret")
    assert options == {"user": "me", "password": "s3cret", "headers": {"X": "s3cret", "Y": "z"}}
    assert patterns == Patterns()


def test_patterns_are_split_off() -> None:
    table = {"kind": "remembering", "user": "me", "code_pattern": "PIN ([0-9]{4})", "link_pattern": "https://a\\S+"}
    options, patterns = opened(table)
    assert options == {"user": "me"}
    assert patterns == Patterns("PIN ([0-9]{4})", "https://a\\S+")


@pytest.mark.parametrize(("given", "path"), [("ca.pem", "/etc/target/ca.pem"), ("/ca.pem", "/ca.pem"), (True, True)])
def test_a_relative_path_begins_at_the_target_file(given: object, path: object) -> None:
    assert opened({"kind": "remembering", "user": "me", "file": given})[0]["file"] == path


def test_a_real_kind_is_opened() -> None:
    table = {"kind": "command", "run": ["x"], "quiet_seconds": 1}
    it = open_source(table, references(), "inbox.phone")
    assert isinstance(it.source, CommandSource)
    assert it.source.quiet_seconds == 1.0
    assert problems_in(table, "inbox.phone") == []


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({}, f".kind: what kind of inbox it is has to be said; {KNOWN}"),
        ({"kind": 7}, f".kind: what kind of inbox it is has to be said; {KNOWN}"),
        ({"kind": "imapp"}, f".kind: unknown kind 'imapp'; did you mean 'imap'? {KNOWN}"),
        ({"kind": "pigeon"}, f".kind: unknown kind 'pigeon'; {KNOWN}"),
        ({"kind": "maildir"}, ": 'path' is missing; add it"),
        ({"kind": "maildir", "path": "x", "pth": 1}, ": unknown key 'pth'; did you mean 'path'?"),
        ({"kind": "prompt", "quiet_secnds": 1}, ": unknown key 'quiet_secnds'; did you mean 'quiet_seconds'?"),
        ({"kind": "prompt", "code_patern": "x"}, ": unknown key 'code_patern'; did you mean 'code_pattern'?"),
        ({"kind": "prompt", "code_pattern": "("}, ".code_pattern: is no regular expression: missing ), "),
        ({"kind": "prompt", "link_pattern": "*"}, ".link_pattern: is no regular expression: nothing to repeat"),
        ({"kind": "prompt", "code_pattern": 6}, ".code_pattern: must be text in quotes"),
        ({"kind": "remembering", "user": "x"}, ".user: the value is shorter than 2 characters"),
        ({"kind": "command", "run": []}, ".run: the value has less than 1 item"),
        ({"kind": "maildir", "path": "x", "fresh": "codes@acme.example"}, ".fresh: "),
    ],
)
def test_what_is_wrong_is_said_by_its_key(table: dict[str, Any], problem: str) -> None:
    (told,) = problems_in(table, "inbox.email")
    assert told.startswith(f"inbox.email{problem}")
    with pytest.raises(OptionsError) as caught:
        open_source(table, references(), "inbox.email")
    assert str(caught.value) == told


def test_a_secret_by_value_is_refused_and_not_shown() -> None:
    table = {"kind": "imap", "host": "h", "user": "u", "password": "hunter2"}
    (told,) = problems_in(table, "inbox.email")
    assert told == (
        "inbox.email.password: a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'"
    )


def test_everything_is_told_at_once() -> None:
    table = {"kind": "remembering", "user": 1, "password": "env:WORD", "usr": 2, "code_pattern": "["}
    with pytest.raises(OptionsError) as caught:
        open_source(table, references(), "inbox.email")
    keys = [line.partition(":")[0] for line in str(caught.value).splitlines()]
    assert sorted(keys) == ["inbox.email", "inbox.email.code_pattern", "inbox.email.password", "inbox.email.user"]


@pytest.mark.parametrize("name", ["broken", "empty"])
def test_a_kind_that_cannot_be_loaded_is_told(name: str) -> None:
    (told,) = problems_in({"kind": name}, "inbox.email")
    assert told.startswith(f"inbox.email.kind: {name!r} cannot be loaded: ")
    assert told.endswith("; install the package that has it again")


def test_the_inboxes_of_a_whole_file_are_told_by_their_channels() -> None:
    inboxes = {"email": {"kind": "prompt"}, "phone": {"kind": "pigeon"}, "fax": "none"}
    assert list(problems_of({"inbox": inboxes})) == [f"inbox.phone.kind: unknown kind 'pigeon'; {KNOWN}"]
    assert list(problems_of({"inbox": "none"})) == list(problems_of({})) == []
