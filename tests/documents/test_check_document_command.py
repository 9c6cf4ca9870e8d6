from __future__ import annotations

import json
from pathlib import Path

import pytest

from servinix_conformance.cli import main
from servinix_conformance.suite import suite_root

OURS = suite_root() / "openapi.yaml"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(old: str = "", new: str = "") -> str:
    text = OURS.read_text(encoding="utf-8")
    assert old in text
    Path("vendor.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return "vendor.yaml"


def test_our_own_document_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-document", str(OURS)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[2:] == [
        "as the contract has it",
        "",
        "no findings; no differences from the contract that a client would break on",
    ]


def test_a_finding_has_its_file_line_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-document", written("operationId: verifyOtp", "operationId: signIn")]) == 1
    told = capsys.readouterr().out.splitlines()
    line = Path("vendor.yaml").read_text(encoding="utf-8").splitlines().index("      operationId: signIn", 100) + 1
    place = told.index(f"vendor.yaml:{line}:7: operation-ids: operationId signIn is that of POST /auth/sign-in too")
    assert told[place + 1].strip() == "/paths/~1auth~1mfa~1verify/post/operationId; rename one"
    assert told[-1].endswith("; not compared")
    assert "\x1b" not in "".join(told)


def test_a_difference_that_breaks_a_client_is_a_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-document", written("  /me:\n", "  /profile:\n")]) == 4
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["operation", "where", "contract", "document", "client"] in told
    assert ["getProfile", "path", "GET", "/me", "GET", "/profile", "breaks"] in told


def test_it_can_be_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-document", written("  /me:\n", "  /profile:\n"), "--format", "json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert (told["findings"], told["compared"], told["breaks"]) == ([], True, 1)
    assert told["differences"] == [
        {
            "operation": "getProfile",
            "where": "path",
            "contract": "GET /me",
            "document": "GET /profile",
            "effect": "breaks",
        }
    ]


def test_colours_are_for_terminals(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servinix_conformance.commands.check_document.coloured", lambda _: True)
    assert main(["check-document", written("  /me:\n", "  /profile:\n")]) == 4
    assert "\x1b[31mbreaks\x1b[0m" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "status", "told"),
    [
        ("nowhere.yaml", 3, "nowhere.yaml: cannot be read"),
        ("ftp://host/openapi.json", 2, "only http:// and https:// can be used"),
        ("http://host.example/openapi.json", 2, "or say --clear-text"),
        ("text.txt", 3, "text.txt: is no OpenAPI document"),
    ],
)
def test_what_cannot_be_had_is_told(source: str, status: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("text.txt").write_text("hello", encoding="utf-8")
    assert main(["check-document", source]) == status
    assert told in capsys.readouterr().err


def test_a_name_does_nothing_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check-document", written("  /me:\n", '  "/m\\e[2Je":\n')])
    assert "\x1b" not in capsys.readouterr().out


def test_its_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check-document", "--help"])
    told = capsys.readouterr().out
    for word in ("operation-ids", "refusals", "exit status", "examples:", "NO_COLOR"):
        assert word in told
