"""A server in the process of the run itself, spoken to over WSGI: it costs a third of one behind a network."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from ..serving import target_of
from ..target import Target
from .making import application
from .reach import Reach
from .wsgi import WsgiAdapter

_URL = "http://127.0.0.1:1"
"""Where nobody listens: what does not come through the adapter gets no answer."""


@dataclass(slots=True)
class InsideServer:
    """A reference server with one fault, or with none, that answers in the thread that asks."""

    target: Target
    reach: Reach

    @classmethod
    def start(cls, fault: str | None) -> InsideServer:
        """Make it, with test support and cheap password hashing. Without a fault it notes what it is asked for."""
        token = secrets.token_urlsafe(24)
        app, reach = application(fault, _URL, token)
        app.logger.disabled = True  # one that is wrong on purpose may log a traceback for each request
        target = target_of(_URL, token)
        http = replace(target.http, adapter=WsgiAdapter(app))
        # What a request sends is there when it is answered, by the same thread: nothing comes later.
        return cls(replace(target, http=http, test_support_deadline=0.0), reach)

    def ready(self) -> Target:
        """The server as a target."""
        return self.target

    def reached(self) -> frozenset[str]:
        """What a server without a fault looked up since this was last asked, as `Reach` notes it."""
        return self.reach.taken()

    def leave(self) -> None:
        """Nothing of it goes on by itself."""

    def stop(self) -> None:
        """Nothing of it goes on by itself."""
