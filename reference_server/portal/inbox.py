"""What was sent, for people who try the server by hand; there with test support alone."""

from flask import Response
from flask import request as visit

from ..problems import Refusal
from .visits import Visits


class InboxPages(Visits):
    """The inbox of everybody."""

    def show_inbox(self) -> Response:
        """Show the latest messages, to whoever has the address that `serve` prints."""
        key = visit.args.get("key", "")
        try:
            answer = self.rules.read_inbox(self.request({"key": key}))
        except Refusal:
            told = "Open the address that the server printed when it started."
            return self.page("trouble", 403, title="The inbox is closed", error=told)
        return self.page("inbox", messages=(answer.body or {})["messages"], key=key)
