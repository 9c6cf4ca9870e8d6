from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from servinix_conformance.inbox.maildir import MaildirSource
from servinix_conformance.inbox.source import InboxError

ME = "codes+1@acme.example"


def put(folder: Path, name: str, text: str, to: str = ME, *, seconds: int = 0) -> Path:
    path = folder / name
    path.write_text(f"To: {to}\nSubject: Code\n\n{text}\n", encoding="utf-8")
    os.utime(path, (1_800_000_000 + seconds,) * 2)
    return path


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_what_lay_there_at_the_mark_does_not_count(maildir: Path) -> None:
    put(maildir / "cur", "1.old.host:2,S", "111111")
    source = MaildirSource({"path": str(maildir)})
    put(maildir / "new", "2.early.host", "222222")
    mark = source.mark(ME)
    assert (mark, source.since(ME, mark)) == (2, [])
    put(maildir / "new", "3.new.host", "333333")
    put(maildir / "tmp", "4.half.host", "444444")
    put(maildir / "new", ".5.dot.host", "555555")
    (letter,) = source.since(ME, mark)
    assert (letter.id, letter.to, letter.subject, letter.text) == ("3.new.host", (ME,), "Code", "333333")


def test_only_the_letters_for_the_address_are_given(maildir: Path) -> None:
    source = MaildirSource({"path": str(maildir)})
    mark = source.mark(ME)
    put(maildir / "new", "1.a.host", "111111", "codes+12@acme.example")
    put(maildir / "new", "2.b.host", "222222", f"Me <{ME}>, you@acme.example")
    assert [letter.text for letter in source.since(ME, mark)] == ["222222"]


def test_letters_come_in_the_order_of_their_delivery_and_then_of_being_seen(maildir: Path) -> None:
    source = MaildirSource({"path": str(maildir)})
    mark = source.mark(ME)
    put(maildir / "new", "10.a.host", "third")
    put(maildir / "new", "9.z.host", "second", seconds=2)
    put(maildir / "cur", "9.zz.host:2,", "first", seconds=1)
    put(maildir / "new", "nameless", "zeroth")
    assert [letter.text for letter in source.since(ME, mark)] == ["zeroth", "first", "second", "third"]
    put(maildir / "new", "1.late.host", "seen last")
    assert [letter.text for letter in source.since(ME, mark)][-1] == "seen last"


def test_a_message_that_is_moved_and_flagged_is_still_the_same(maildir: Path) -> None:
    source = MaildirSource({"path": str(maildir)})
    early = source.mark(ME)
    path = put(maildir / "new", "1.a.host", "111111")
    late = source.mark(ME)
    path = path.rename(maildir / "cur" / "1.a.host:2,")
    assert [letter.text for letter in source.since(ME, early)] == ["111111"]
    path.rename(maildir / "cur" / "1.a.host:2,FRS")
    assert len(source.since(ME, early)) == 1
    assert source.since(ME, late) == []


def test_a_message_that_is_moved_between_look_and_reading_is_found(maildir: Path) -> None:
    source = MaildirSource({"path": str(maildir)})
    mark = source.mark(ME)
    path = put(maildir / "new", "1.a.host", "111111")
    read = Path.read_bytes

    def move_first(self: Path) -> bytes:
        if path.exists():
            path.rename(maildir / "cur" / "1.a.host:2,S")
        return read(self)

    with patch.object(Path, "read_bytes", move_first):
        assert [letter.text for letter in source.since(ME, mark)] == ["111111"]


def test_a_message_that_was_read_stays_and_one_that_was_not_is_gone(maildir: Path) -> None:
    source = MaildirSource({"path": str(maildir)})
    mark = source.mark(ME)
    read = put(maildir / "new", "1.a.host", "111111")
    assert len(source.since(ME, mark)) == 1
    read.unlink()
    unread = put(maildir / "new", "2.b.host", "222222")
    source.mark(ME)
    unread.unlink()
    assert [letter.text for letter in source.since(ME, mark)] == ["111111"]


def test_a_message_that_is_gone_before_its_time_is_known_is_no_error(maildir: Path) -> None:
    source = MaildirSource({"path": str(maildir)})
    mark = source.mark(ME)
    (maildir / "new" / "1.a.host").symlink_to(maildir / "gone")
    assert source.since(ME, mark) == []


def test_nothing_is_changed(maildir: Path) -> None:
    path = put(maildir / "new", "1.a.host", "111111")
    before = path.stat()
    source = MaildirSource({"path": str(maildir)})
    put(maildir / "new", "2.b.host", "222222")
    assert len(source.since(ME, 0)) == 2
    source.close()
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert sorted(item.name for item in maildir.rglob("*")) == ["1.a.host", "2.b.host", "cur", "new", "tmp"]


def test_a_folder_that_is_no_maildir_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match=f"{tmp_path}: no Maildir that can be read: .*new.*; check path"):
        MaildirSource({"path": str(tmp_path)})


def test_a_message_that_cannot_be_read_is_an_error(maildir: Path) -> None:
    source = MaildirSource({"path": str(maildir)})
    (maildir / "new" / "1.a.host").mkdir()
    with pytest.raises(InboxError, match=r"1\.a\.host: cannot be read: Is a directory"):
        source.since(ME, 0)


def test_waits_and_fresh_addresses_are_options(maildir: Path) -> None:
    source = MaildirSource({"path": str(maildir)})
    assert (source.quiet_seconds, source.deadline_seconds, source.poll_seconds) == (5.0, 60.0, 0.2)
    assert source.fresh("email") is None
    source = MaildirSource(
        {
            "path": str(maildir),
            "fresh": "codes+{}@acme.example",
            "quiet_seconds": 1,
            "deadline_seconds": 2,
            "poll_seconds": 3,
        }
    )
    assert (source.quiet_seconds, source.deadline_seconds, source.poll_seconds) == (1.0, 2.0, 3.0)
    made = {source.fresh("email") for _ in range(100)}
    assert len(made) == 100
    assert all(address and address.startswith("codes+") and len(address) == 35 for address in made)
    phone = MaildirSource({"path": str(maildir), "fresh": "+1{}"}).fresh("phone")
    assert phone is not None
    assert phone[0] == "+"
    assert phone[1:].isdecimal()
    assert len(phone) == 11
