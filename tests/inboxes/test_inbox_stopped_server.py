"""A mail server that goes away, and one that comes back."""

from __future__ import annotations

import pytest
from mail_servers import PATIENCE, deliver, dovecot
from mailboxes import PASSWORD, letterbox

from servinix_conformance.actor import Untested
from servinix_conformance.inbox.imap import ImapSource
from servinix_conformance.inbox.source import InboxError

ME = "codes@acme.example"


def test_a_server_that_is_gone_leaves_the_scenario_untested_and_one_that_is_back_is_read_on() -> None:
    with dovecot({"codes": PASSWORD}) as server:
        options = {"host": server.host, "port": server.port, "verify": str(server.ca), "user": "codes"}
        source = ImapSource({**options, "password": PASSWORD, "timeout_seconds": PATIENCE})
        inbox = letterbox(source)
        since = inbox.checkpoint(ME)
        server.stop()
        with pytest.raises(
            Untested, match=r"the inbox for email cannot be read: codes at .*refused; check host and port"
        ):
            inbox.wait(since)
        with pytest.raises(InboxError, match="check host and port"):
            ImapSource({**options, "password": PASSWORD})
        deliver(server.maildir("codes"), b"To: codes@acme.example\r\n\r\nYour code: 123456\r\n")
        server.start()
        assert inbox.wait(since).code == "123456"
        source.close()
