from __future__ import annotations

import sys
from pathlib import Path

import pytest

from servinix_conformance.inbox.command import CommandSource
from servinix_conformance.inbox.source import InboxError

ME = "codes@acme.example"
# Prints what stands in the file, as long as there is one.
SCRIPT = "import pathlib, sys; p = pathlib.Path(sys.argv[1]); p.exists() or sys.exit(1); print(p.read_text())"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def reading(output: Path) -> CommandSource:
    return CommandSource({"run": [sys.executable, "-c", SCRIPT, str(output)]})


def texts(source: CommandSource, mark: int) -> list[str]:
    return [letter.text for letter in source.since(ME, mark)]


def test_what_it_prints_at_the_mark_does_not_count(output: Path) -> None:
    source = reading(output)
    output.write_text("111111", encoding="utf-8")
    mark = source.mark(ME)
    assert texts(source, mark) == []
    output.write_text("222222\n", encoding="utf-8")
    assert texts(source, mark) == ["222222"]
    assert source.since(ME, mark)[0].to == (ME,)


def test_each_different_output_is_one_letter(output: Path) -> None:
    source = reading(output)
    mark = source.mark(ME)
    seen = []
    for text in ("111111", "111111", "222222", "111111"):
        output.write_text(text, encoding="utf-8")
        seen.append(len(texts(source, mark)))
    assert seen == [1, 1, 2, 2]
    assert [(letter.subject, letter.text) for letter in source.since(ME, mark)] == [(None, "111111"), (None, "222222")]
    assert len({letter.id for letter in source.since(ME, mark)}) == 2


def test_another_exit_status_says_that_nothing_is_there_yet(output: Path) -> None:
    source = reading(output)
    output.write_text("111111", encoding="utf-8")
    source.mark(ME)
    output.unlink()
    mark = source.mark(ME)
    assert texts(source, mark) == []
    output.write_text("111111", encoding="utf-8")
    assert texts(source, mark) == ["111111"]


def test_a_mark_of_before_gives_what_came_in_between(output: Path) -> None:
    source = reading(output)
    early = source.mark(ME)
    output.write_text("111111", encoding="utf-8")
    late = source.mark(ME)
    output.write_text("222222", encoding="utf-8")
    assert texts(source, late) == ["222222"]
    assert texts(source, early) == ["111111", "222222"]


def test_the_address_stands_where_it_is_asked_for_and_no_shell_reads_it() -> None:
    script = "import sys; print(*sys.argv[1:], sep='|')"
    source = CommandSource({"run": [sys.executable, "-c", script, "to={address}", "{address};{address}", "$HOME"]})
    address = "a'; echo 666666 #$(id)@acme.example"
    (letter,) = source.since(address, 0)
    assert letter.text == f"to={address}|{address};{address}|$HOME"


def test_each_address_has_its_own_marks(output: Path) -> None:
    source = reading(output)
    output.write_text("111111", encoding="utf-8")
    assert (source.mark("a@b.example"), source.mark("c@d.example"), source.mark("a@b.example")) == (1, 1, 1)


def test_bytes_that_are_no_text_are_read_all_the_same() -> None:
    script = "import sys; sys.stdout.buffer.write(b'\\xff 123456')"
    assert texts(CommandSource({"run": [sys.executable, "-c", script]}), 0) == ["\ufffd 123456"]


def test_a_command_that_does_not_end_is_an_error() -> None:
    source = CommandSource({"run": [sys.executable, "-c", "import time; time.sleep(600)"], "timeout_seconds": 0.2})
    with pytest.raises(InboxError, match=r"did not end within 0.2 s; .* raise timeout_seconds"):
        source.mark(ME)


@pytest.mark.parametrize(("program", "address"), [("no-such-program", ME), (sys.executable, "a\0b@acme.example")])
def test_a_command_that_cannot_be_run_is_an_error(program: str, address: str) -> None:
    with pytest.raises(InboxError, match=f"^{program} cannot be run: .*; check run$"):
        CommandSource({"run": [program, "{address}"]}).mark(address)


def test_it_is_looked_at_less_often_than_what_costs_less() -> None:
    source = CommandSource({"run": ["x"]})
    assert (source.quiet_seconds, source.deadline_seconds, source.poll_seconds) == (5.0, 60.0, 1.0)
