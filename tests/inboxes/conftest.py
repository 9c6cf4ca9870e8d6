"""One Dovecot for all tests of inboxes; each test has a user of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mail_servers import Dovecot, dovecot, smtp_to_maildir
from mailboxes import PASSWORD, Mailbox

from servinix_conformance.inbox.imap import ImapSource

_number = itertools.count()


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Dovecot]:
    with dovecot({f"user{number}": PASSWORD for number in range(40)}) as server:
        yield server


@pytest.fixture
def mailbox(mail_server: Dovecot) -> Iterator[Mailbox]:
    with smtp_to_maildir(mail_server.mailbox_of) as smtp:
        yield Mailbox(mail_server, smtp, f"user{next(_number)}")


@pytest.fixture
def opened(mailbox: Mailbox) -> Iterator[Callable[..., ImapSource]]:
    """Open the mailbox over IMAP, with options."""
    sources = []

    def open_it(**options: Any) -> ImapSource:  # noqa: ANN401
        sources.append(ImapSource(mailbox.options(**options)))
        return sources[-1]

    yield open_it
    for source in sources:
        source.close()
