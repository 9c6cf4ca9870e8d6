"""`sign` and `verify`, as two people use them."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from report_samples import report_of, written

from servinix_conformance import __version__
from servinix_conformance.cli import main
from servinix_conformance.signing import sign, statement
from servinix_conformance.signing_keys import make, private_key
from servinix_conformance.suite import package_sha256

Command = Callable[..., subprocess.CompletedProcess[str]]
ORIGIN = "A signature proves who signed, and that nothing was changed since; not that whoever signed was honest.\n"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    make(path)
    return path


@pytest.fixture
def public(key: Path) -> str:
    return f"{key}.pub"


@pytest.fixture
def folder(tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder that was signed."""
    made = tmp_path / "report"
    made.mkdir()
    about = {"product": {"vendor": "Acme", "version": "2"}}
    verdicts = {"AA-1": "passed", "BB-1": "not claimed", "BB-2": "not claimed"}
    report = report_of(verdicts, suite={"version": __version__}, target=about, run={"strict": True})
    written(made / "report.json", report)
    (made / "junit.xml").write_text("<testsuites/>", encoding="utf-8")
    assert main(["sign", str(made), "--key", f"file:{key}"]) == 0
    capsys.readouterr()
    return made


def test_the_whole_way_from_new_keys_to_a_verified_folder(tmp_path: Path, command: Command) -> None:
    pair, report = tmp_path / "conformance.pem", tmp_path / "report"
    told = command("sign", "--new-key", str(pair))
    assert (told.returncode, told.stderr) == (0, "")
    assert stat.S_IMODE(pair.stat().st_mode) == 0o600
    name = told.stdout.split()[-1]
    private = pair.read_text(encoding="utf-8")
    ran = command("run", "reference", "--clause", "MFA-16", "--report", str(report))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    signed = command("sign", str(report), "--key", "env:CONFORMANCE_KEY", CONFORMANCE_KEY=private)
    assert signed.returncode == 0, signed.stdout + signed.stderr
    verified = command("verify", str(report), "--key", f"{pair}.pub")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert f"  key       {name}\n" in verified.stdout
    assert "  target    reference server, http://127.0.0.1:" in verified.stdout
    assert "  verdict   none documented: 1 passed\n" in verified.stdout
    assert ", complete, narrowed\n" in verified.stdout
    assert verified.stdout.endswith(ORIGIN)
    secret = private.splitlines()[1]
    assert not any(secret in said.stdout + said.stderr for said in (told, signed, verified))
    assert not any(secret.encode() in path.read_bytes() for path in report.iterdir())


def test_verify_tells_what_was_signed_by_whom_and_when(
    folder: Path, public: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(folder), "--key", public]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{folder}: verified, 2 files are what was signed"
    assert lines[2].startswith("  signed at 20")
    assert lines[3:7] == [
        "  target    Example, https://host.example",
        "  product   vendor Acme, version 2",
        "  run       2026-01-02T03:04:05+00:00, complete, strict",
        "  verdict   CONFORMANT documented: 1 passed, 2 not claimed (BB-1, BB-2)",
    ]
    assert lines[7] == f"  suite     {__version__}, clauses 1, sha256 {package_sha256()} (as installed here)"


def changed(folder: Path) -> None:
    (folder / "junit.xml").write_text("<testsuites />", encoding="utf-8")


def better(folder: Path) -> None:
    path = folder / "report.json"
    path.write_text(path.read_text(encoding="utf-8").replace("Example", "Other"), encoding="utf-8")


def missing(folder: Path) -> None:
    (folder / "junit.xml").unlink()


def added(folder: Path) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "a\nb").touch()


def linked(folder: Path) -> None:
    (folder / "junit.xml").rename(folder.parent / "junit.xml")
    (folder / "junit.xml").symlink_to(folder.parent / "junit.xml")


def cut_off(folder: Path) -> None:
    path = folder / "report.jws"
    path.write_bytes(path.read_bytes()[:-40])


def unsigned(folder: Path) -> None:
    (folder / "report.jws").unlink()


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (changed, "/junit.xml: was changed since it was signed"),
        (better, "/report.json: was changed since it was signed"),
        (missing, "/junit.xml: is missing"),
        (added, "/more/a\\nb: was not there when it was signed"),
        (linked, "/junit.xml: was changed since it was signed"),
        (cut_off, "/report.jws: "),
        (unsigned, "/report.jws: is not there, so nothing is signed"),
    ],
)
def test_what_does_not_match_is_1_and_is_told_exactly(
    folder: Path, public: str, capsys: pytest.CaptureFixture[str], tamper: Callable[[Path], None], told: str
) -> None:
    tamper(folder)
    assert main(["verify", str(folder), "--key", public]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"servinix-conformance: {folder}{told}")
    assert said.err.count("\n") == 1
    assert said.out.endswith(ORIGIN)
    assert "verified" not in said.out


def test_another_key_is_1(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other, name = make(tmp_path / "other.pem")
    assert main(["verify", str(folder), "--key", str(other)]) == 1
    said = capsys.readouterr()
    assert "report.jws: another key signed it: it names " in said.err
    assert f"and the one given is {name}" in said.err
    assert said.out == ORIGIN


def test_what_another_suite_signed_is_verified_and_said_to_be_of_another(
    folder: Path, key: Path, public: str, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_by(key, folder, package="f" * 64)
    assert main(["verify", str(folder), "--key", public]) == 0
    assert f"sha256 {'f' * 64} (not the one installed here)\n" in capsys.readouterr().out


def signed_by(key: Path, folder: Path, *, package: str = "0" * 64, **changes: object) -> None:
    """A signature that another program could make."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    said = statement(report, hashes_of(folder), package, 1_800_000_000) | changes
    (folder / "report.jws").write_text(sign(said, private_key(f"file:{key}", {})), encoding="utf-8")


def hashes_of(folder: Path) -> dict[str, str]:
    from hashlib import sha256  # noqa: PLC0415 - another program's way

    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.name != "report.jws"}


def test_a_signature_that_tells_more_than_its_report_is_1(
    folder: Path, key: Path, public: str, capsys: pytest.CaptureFixture[str]
) -> None:
    without = {"name": "documented", "verdict": "CONFORMANT", "clauses": {"passed": ["AA-1"]}}
    for profile in ({"name": "hardened", "verdict": "CONFORMANT"}, without):
        signed_by(key, folder, profiles=[profile])
        assert main(["verify", str(folder), "--key", public]) == 1
        assert "report.jws: profiles: is not what report.json says; another program made it" in capsys.readouterr().err
    signed_by(key, folder, artefacts={"junit.xml": hashes_of(folder)["junit.xml"]})
    assert main(["verify", str(folder), "--key", public]) == 1
    assert "report.jws: does not speak of report.json" in capsys.readouterr().err


def test_a_signature_from_before_clauses_stood_in_it_is_verified_and_says_so(
    folder: Path, key: Path, public: str, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_by(key, folder, profiles=[{"name": "documented", "verdict": "CONFORMANT"}])
    assert main(["verify", str(folder), "--key", public]) == 0
    told = "  verdict   CONFORMANT documented (the signature tells no clauses; see report.json)\n"
    assert told in capsys.readouterr().out
    signed_by(key, folder, profiles=[{"name": "documented", "verdict": "INCOMPLETE"}])
    assert main(["verify", str(folder), "--key", public]) == 1


def test_the_verdict_is_told_as_the_run_told_it(tmp_path: Path, key: Path, command: Command) -> None:
    report = tmp_path / "report"
    ran = command("run", "reference", "--report", str(report))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    signed = command("sign", str(report), "--key", f"file:{key}")
    sentences = [line for line in ran.stdout.splitlines() if line.startswith("CONFORMANT ")]
    told = [line for line in signed.stdout.splitlines() if line.startswith("  verdict   ")]
    assert told == [f"  verdict   {line}" for line in sentences]
    assert any("not claimed (CONTRACT-2, CONTRACT-3)" in line for line in told)


def test_a_signed_report_that_is_none_is_1(
    folder: Path, key: Path, public: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    written(folder / "report.json", {name: value for name, value in report.items() if name != "end"})
    signed_by(key, folder)
    assert main(["verify", str(folder), "--key", public]) == 1
    assert "report.json: the report has no end; the run that wrote it was cut off" in capsys.readouterr().err


def test_a_signature_of_a_future_version_is_1(
    folder: Path, key: Path, public: str, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_by(key, folder, version=2)
    assert main(["verify", str(folder), "--key", public]) == 1
    assert "it is of version 2, and this suite reads 1; verify it with a newer one" in capsys.readouterr().err


def test_signing_again_takes_the_place_of_a_signature(
    folder: Path, key: Path, public: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(folder)
    (folder / ".report.jws.part").write_text("cut off", encoding="utf-8")
    assert main(["sign", str(folder), "--key", f"file:{key}"]) == 0
    assert main(["verify", str(folder), "--key", public]) == 0
    assert ": verified, 2 files are what was signed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "report.json: cannot be read: No such file or directory"),
        ("{", "report.json: is no report: "),
        (json.dumps({"schema_version": 1}), "report.json: the report has no end"),
        (json.dumps({"schema_version": 2}), "report.json: is no report of schema version 1; a newer suite"),
        (
            json.dumps(report_of({"AA-1": "passed"}, suite={"version": "0.0.9"})),
            f"report.json: suite 0.0.9 wrote it, and this is {__version__}; sign with the suite that ran",
        ),
    ],
)
def test_a_folder_without_a_whole_report_of_this_suite_is_not_signed(
    tmp_path: Path, key: Path, command: Command, text: str | None, told: str
) -> None:
    report = tmp_path / "report"
    report.mkdir()
    if text is not None:
        (report / "report.json").write_text(text, encoding="utf-8")
    said = command("sign", str(report), "--key", f"file:{key}")
    assert said.returncode == 2
    assert told in said.stderr
    assert not (report / "report.jws").exists()


def test_a_folder_with_a_link_is_not_signed(folder: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    linked(folder)
    assert main(["sign", str(folder), "--key", f"file:{key}"]) == 2
    assert "junit.xml: is a link or the like, without contents of its own; take it away" in capsys.readouterr().err


def test_a_disk_that_is_full_is_told_and_leaves_no_signature(
    folder: Path, key: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", str(path), data)

    (folder / "report.jws").unlink()
    monkeypatch.setattr(Path, "write_bytes", full)
    assert main(["sign", str(folder), "--key", f"file:{key}"]) == 2
    told = "report.jws: could not be written: No space left on device; sign in a folder that can be written to"
    assert told in capsys.readouterr().err
    assert not (folder / "report.jws").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["sign"], "sign what? Name a folder and a key"),
        (["sign", "report"], "sign what? Name a folder and a key"),
        (["sign", "--key", "env:KEY"], "sign what? Name a folder and a key"),
        (["sign", "report", "--new-key", "k"], "--new-key makes keys and signs nothing; leave out the rest"),
        (["sign", "report", "--key", "key.pem"], "--key: a key is given by reference, never by value"),
        (["sign", "report", "--key", "env:NO_SUCH_KEY"], "--key: the variable NO_SUCH_KEY is not set or is empty"),
        (["verify", "report", "--key", "none.pem"], "--key: the file none.pem cannot be read"),
    ],
)
def test_wrong_use_is_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert f"servinix-conformance: {told}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_no_such_folder_is_2(tmp_path: Path, key: Path, public: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["sign", str(tmp_path / "none"), "--key", f"file:{key}"], ["verify", public, "--key", public]):
        assert main(words) == 2
        assert "cannot be read: " in capsys.readouterr().err


def test_a_signature_that_cannot_be_read_is_2(folder: Path, public: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "report.jws").unlink()
    (folder / "report.jws").mkdir()
    assert main(["verify", str(folder), "--key", public]) == 2
    assert "report.jws: cannot be read: Is a directory; make it readable" in capsys.readouterr().err


def test_new_keys_are_not_written_over_old_ones(key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = key.read_bytes()
    assert main(["sign", "--new-key", str(key)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert key.read_bytes() == before


def test_a_new_run_into_the_folder_takes_the_signature_away(folder: Path, command: Command) -> None:
    told = command("run", "reference", "--clause", "MFA-16", "--report", str(folder))
    assert told.returncode == 0, told.stdout + told.stderr
    assert not (folder / "report.jws").exists()


@pytest.mark.parametrize("name", ["sign", "verify"])
def test_help_tells_exit_statuses_and_what_a_signature_is_worth(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    told = capsys.readouterr().out
    assert "exit status:\n  0" in told
    assert ("proves nothing" if name == "sign" else "does not prove that whoever signed was honest") in told


def test_a_copy_of_the_folder_is_verified_as_well(
    folder: Path, public: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    assert main(["verify", str(tmp_path / "copy"), "--key", public]) == 0
    assert "verified" in capsys.readouterr().out
