"""Codes out of a real mailbox: mail that came by SMTP, lies in a Maildir and is read over IMAP."""

from __future__ import annotations

import imaplib
import re
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from mail_servers import PATIENCE, deliver
from mailboxes import PASSWORD, Mailbox, letterbox

from servinix_conformance.actor import Broken
from servinix_conformance.inbox.imap import ImapSource
from servinix_conformance.inbox.kinds import open_source
from servinix_conformance.inbox.letterbox import Letterbox
from servinix_conformance.inbox.maildir import MaildirSource
from servinix_conformance.inbox.source import InboxError
from servinix_conformance.redaction import Redactor
from servinix_conformance.references import References

Opened = Callable[..., ImapSource]


def refused(mailbox: Mailbox, **options: Any) -> str:  # noqa: ANN401
    with pytest.raises(InboxError) as caught:
        ImapSource(mailbox.options(**options))
    told = str(caught.value)
    port = options.get("port", mailbox.server.port)
    assert told.startswith(f"{mailbox.user} at {options.get('host', '127.0.0.1')}:{port}: ")
    assert PASSWORD not in told
    assert "wr0ng" not in told
    return told.partition(": ")[2]


def test_a_wrong_password_is_told(mailbox: Mailbox) -> None:
    told = refused(mailbox, password="wr0ng")
    assert told == "[AUTHENTICATIONFAILED] Authentication failed.; check user and password"


def test_a_folder_that_is_not_there_is_told(mailbox: Mailbox) -> None:
    assert re.fullmatch("Mailbox doesn't exist: Codes .*; check folder", refused(mailbox, folder="Codes"))


def test_a_certificate_of_an_unknown_authority_is_told(mailbox: Mailbox) -> None:
    assert refused(mailbox, verify=True).endswith("; name the file of its CA as verify")
    assert refused(mailbox, verify=True, tls="starttls", port=mailbox.server.plain_port).endswith(
        "; name the file of its CA as verify"
    )


def test_tls_where_there_is_none_is_told(mailbox: Mailbox) -> None:
    assert refused(mailbox, port=mailbox.server.plain_port).endswith("; check port and tls")


@pytest.mark.parametrize("tls", ["tls", "starttls", "none"])
def test_every_kind_of_tls_reads_the_same(mailbox: Mailbox, opened: Opened, tls: str) -> None:
    source = opened(tls=tls, port=mailbox.server.port if tls == "tls" else mailbox.server.plain_port, host="localhost")
    inbox = letterbox(source)
    since = inbox.checkpoint(mailbox.address)
    mailbox.send("Your code: 123456")
    assert inbox.wait(since).code == "123456"


def test_a_table_of_the_target_file_opens_it(mailbox: Mailbox) -> None:
    table = {"kind": "imap", **mailbox.options(password="env:WORD", verify="ca.pem"), "code_pattern": "PIN ([0-9]{4})"}
    opened = open_source(table, References(mailbox.server.folder, {"WORD": PASSWORD}), "inbox.email")
    inbox = Letterbox({"email": opened.source}, {"email": opened.patterns}, Redactor())
    since = inbox.checkpoint(mailbox.address)
    mailbox.send("Call 123456 with PIN 9876")
    assert inbox.wait(since).code == "9876"
    opened.source.close()


def test_an_empty_mailbox_has_nothing_until_the_deadline(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened(quiet_seconds=0.3, deadline_seconds=0.3))
    since = inbox.checkpoint(mailbox.address)
    assert inbox.arrived(since) == []
    with pytest.raises(Broken, match=r"none came within 0\.3 s"):
        inbox.wait(since)


def test_a_code_is_there_at_the_second_look_at_the_latest_which_is_after_a_fifth_of_a_second(
    mailbox: Mailbox, opened: Opened
) -> None:
    source = opened()
    assert source.poll_seconds == 0.2
    looks = []
    for number in range(5):
        mark = source.mark(mailbox.address)
        mailbox.send(f"Your code: {number:06}")
        looks.append(1)
        while not (found := source.since(mailbox.address, mark)):
            time.sleep(source.poll_seconds)
            looks[-1] += 1
        assert [letter.text for letter in found] == [f"Your code: {number:06}"]
    assert max(looks) <= 2


def test_ten_thousand_old_messages_are_not_looked_at(mailbox: Mailbox, opened: Opened) -> None:
    for number in range(10_000):
        deliver(mailbox.maildir, b"To: %s\r\n\r\nOld code: %06d\r\n" % (mailbox.address.encode(), number))
    source = opened()
    inbox = letterbox(source)
    since = inbox.checkpoint(mailbox.address)
    assert source.mark(mailbox.address)[1] == 10_001
    mailbox.send("Your code: 123456")
    assert inbox.wait(since).code == "123456"
    assert [message.code for message in inbox.arrived(since)] == ["123456"]
    source.close()
    until = time.monotonic() + PATIENCE
    pattern = rf"imap\({mailbox.user}\).*Logged out in=\d+ out=(\d+) .* body_count=(\d+) "
    while not (told := re.search(pattern, mailbox.server.log())):
        assert time.monotonic() < until
        time.sleep(0.05)
    # One message was fetched, and all that the server sent is less than four bytes for each message that is old.
    assert int(told[2]) == 1
    assert int(told[1]) < 40_000


def test_mail_that_is_late_is_waited_for(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened())
    since = inbox.checkpoint(mailbox.address)
    mailbox.smtp.holding = True
    mailbox.send("Your code: 123456")
    late = threading.Timer(1.0, lambda: mailbox.smtp.deliver(*mailbox.smtp.held[0]))
    late.start()
    assert inbox.wait(since).code == "123456"
    late.join()


def test_mail_that_comes_twice_is_two_messages(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened(quiet_seconds=1))
    since = inbox.checkpoint(mailbox.address)
    mailbox.smtp.copies = 2
    mailbox.send("Your code: 123456")
    assert inbox.wait(since).code == "123456"
    assert [message.code for message in inbox.arrived(since)] == ["123456", "123456"]


def test_mail_comes_in_the_order_of_its_arrival_and_not_of_its_sending(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened(quiet_seconds=1))
    since = inbox.checkpoint(mailbox.address)
    mailbox.smtp.holding = True
    mailbox.send("Your code: 111111")
    mailbox.send("Your code: 222222")
    mailbox.smtp.deliver(*mailbox.smtp.held[1])
    assert inbox.wait(since).code == "222222"
    later = inbox.checkpoint(mailbox.address)
    mailbox.smtp.deliver(*mailbox.smtp.held[0])
    assert inbox.wait(later).code == "111111"
    assert [message.code for message in inbox.arrived(since)] == ["222222", "111111"]


def test_html_alone_is_read_as_its_reader_sees_it(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened())
    since = inbox.checkpoint(mailbox.address)
    html = (
        "<html><head><style>#c { color: #999999 }</style></head><body><p hidden>888888</p><p data-c='777777'>Für Sie: "
        "<b>12</b>34<i>56</i></p><a href='https://acme.example/reset?token=abc&amp;n=666666'>Set a password</a>"
    )
    mailbox.send("", html=html)
    message = inbox.wait(since)
    assert (message.code, message.link) == ("123456", "https://acme.example/reset?token=abc&n=666666")
    assert message.subject == "Your code — für Sie"
    assert message.body.splitlines()[0] == "Für Sie: 123456"


def test_quoted_printable_is_decoded(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened())
    since = inbox.checkpoint(mailbox.address)
    head = f"To: {mailbox.address}\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    body = "Content-Transfer-Encoding: quoted-printable\r\n\r\nF=FCr Sie: 123=\r\n456\r\n"
    mailbox.smtp.deliver(mailbox.address, (head + body).encode())
    message = inbox.wait(since)
    assert (message.body, message.code) == ("Für Sie: 123456", "123456")


def test_several_codes_in_one_message_are_none(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened())
    since = inbox.checkpoint(mailbox.address)
    mailbox.send("Your code: 123456\nYour old code was: 654321")
    assert inbox.wait(since).code is None


def test_each_of_several_recipients_in_one_mailbox_gets_its_own(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened(quiet_seconds=1, fresh=f"{mailbox.user}+{{}}@acme.example"))
    one, other = inbox.fresh("email"), inbox.fresh("email")
    since = {address: inbox.checkpoint(address) for address in (one, other, mailbox.address)}
    mailbox.send("Your code: 111111", one)
    mailbox.send("Your code: 222222", other)
    mailbox.send("Your code: 333333", "Everybody <all@acme.example>", envelope=other)
    found = {address: [message.code for message in inbox.arrived(since[address])] for address in since}
    assert found == {one: ["111111"], other: ["222222", "333333"], mailbox.address: []}


def test_reading_changes_nothing(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened())
    since = inbox.checkpoint(mailbox.address)
    mailbox.send("Your code: 123456")
    assert inbox.wait(since).code == "123456"
    assert len(list((mailbox.maildir / "new").iterdir())) == 1
    assert list((mailbox.maildir / "cur").iterdir()) == []


def test_a_connection_that_is_cut_is_made_anew(mailbox: Mailbox, opened: Opened) -> None:
    inbox = letterbox(opened())
    since = inbox.checkpoint(mailbox.address)
    mailbox.server.kick(mailbox.user)
    mailbox.send("Your code: 123456")
    assert inbox.wait(since).code == "123456"
    assert mailbox.server.logins(mailbox.user) == 2


def test_a_maildir_gives_the_same_as_imap_while_dovecot_moves_its_files(mailbox: Mailbox, opened: Opened) -> None:
    imap, maildir = opened(), MaildirSource({"path": str(mailbox.maildir)})
    marks = imap.mark(mailbox.address), maildir.mark(mailbox.address)
    mailbox.send("Your code: 123456", html="<p>Your code: 123456</p>")
    later = maildir.mark(mailbox.address)
    trusted = ssl.create_default_context(cafile=str(mailbox.server.ca))
    with imaplib.IMAP4_SSL(mailbox.server.host, mailbox.server.port, ssl_context=trusted, timeout=PATIENCE) as client:
        client.login(mailbox.user, PASSWORD)
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Seen \Flagged)")
    (moved,) = (mailbox.maildir / "cur").iterdir()
    assert moved.name.endswith(":2,FS")
    imap.mark(mailbox.address)
    ours, theirs = maildir.since(mailbox.address, marks[1]), imap.since(mailbox.address, marks[0])
    assert [(one.to, one.subject, one.text) for one in ours] == [(one.to, one.subject, one.text) for one in theirs]
    assert [one.text for one in ours] == ["Your code: 123456"]
    assert maildir.since(mailbox.address, later) == []
