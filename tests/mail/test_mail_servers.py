"""The mail servers of the tests do what they say."""

from __future__ import annotations

import imaplib
import shutil
import smtplib
import ssl
from pathlib import Path

import mail_servers
import pytest
from mail_servers import dovecot, smtp_to_maildir


def test_what_is_sent_by_smtp_is_read_over_imap() -> None:
    with dovecot({"codes": "secret", "other": "secret"}) as imap, smtp_to_maildir(imap.mailbox_of) as smtp:
        with smtplib.SMTP(smtp.host, smtp.port, timeout=30) as post:
            post.sendmail("a@b.example", ["codes+1@acme.example"], b"Subject: Your code\r\n\r\n123456\r\n")
        trusted = ssl.create_default_context(cafile=str(imap.ca))
        with imaplib.IMAP4_SSL(imap.host, imap.port, ssl_context=trusted, timeout=30) as reader:
            reader.login("codes", "secret")
            assert reader.select("INBOX") == ("OK", [b"1"])
            _, [(_, source), _] = reader.fetch("1", "(BODY.PEEK[])")  # type: ignore[misc]
        assert source == b"Delivered-To: codes+1@acme.example\r\nSubject: Your code\r\n\r\n123456\r\n"
        assert (imap.logins("codes"), imap.logins("other")) == (1, 0)
        folder = imap.folder
    assert not folder.exists()


def test_messages_are_held_and_delivered_out_of_order_and_twice(tmp_path: Path) -> None:
    with smtp_to_maildir(lambda address: tmp_path / address) as smtp:
        smtp.holding = True
        with smtplib.SMTP(smtp.host, smtp.port, timeout=30) as post:
            post.sendmail("a@b.example", ["x@y.example"], b"\r\n1\r\n")
            post.sendmail("a@b.example", ["x@y.example"], b"\r\n2\r\n")
        assert not (tmp_path / "x@y.example").exists()
        smtp.copies = 2
        for held in reversed(smtp.held):
            smtp.deliver(*held)
    ends = [path.read_bytes()[-3:] for path in sorted((tmp_path / "x@y.example" / "new").iterdir())]
    assert ends == [b"2\r\n", b"2\r\n", b"1\r\n", b"1\r\n"]


def test_a_machine_without_dovecot_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(RuntimeError, match="apt-get install dovecot-imapd"), mail_servers.dovecot({}):
        raise AssertionError
