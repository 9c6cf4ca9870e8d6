"""One reader of each inbox for all processes of a run: each worker asks the process that opened it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..service import Handler, Remote, Service, ServiceError
from .source import InboxError, Letter, Source


class Reader:
    """Serves open sources to other processes until it is closed.

    Closing it does not close the sources: they are whoever's opened them.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)
        self._service = Service({f"the inbox for {name}": _handler(source) for name, source in sources.items()})

    def address(self, name: str) -> dict[str, Any]:
        """What a `RemoteSource` needs to find the source of this name: JSON values alone. It holds the key."""
        times = ("quiet_seconds", "deadline_seconds", "poll_seconds")
        source = self._sources[name]
        return {**self._service.address(f"the inbox for {name}"), **{key: getattr(source, key) for key in times}}

    def close(self) -> None:
        """Stop serving, and cut off whoever is connected."""
        self._service.close()


def _handler(source: Source) -> Handler:
    def answer(method: str, *arguments: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            if method == "mark":
                return source.mark(*arguments)
            if method == "since":
                return [asdict(letter) for letter in source.since(*arguments)]
            return source.fresh(*arguments)
        except InboxError as error:
            raise ServiceError(str(error)) from error

    return answer


class RemoteSource:
    """Implements `servinix_conformance.inbox.source.Source`, by asking the process that reads the inbox.

    Args:
        address: what `Reader.address` gives.
    """

    def __init__(self, address: Mapping[str, Any]) -> None:
        self.quiet_seconds: float = address["quiet_seconds"]
        self.deadline_seconds: float = address["deadline_seconds"]
        self.poll_seconds: float = address["poll_seconds"]
        self._remote = Remote(address)

    def mark(self, address: str) -> Any:  # noqa: ANN401 - each kind has its own
        """This moment."""
        return self._call("mark", address)

    def since(self, address: str, mark: Any) -> list[Letter]:  # noqa: ANN401 - likewise
        """What arrived for this address after a mark."""
        return [Letter(**{**item, "to": tuple(item["to"])}) for item in self._call("since", address, mark)]

    def fresh(self, channel: str) -> str | None:
        """An address that was never used."""
        address: str | None = self._call("fresh", channel)
        return address

    def close(self) -> None:
        """Let go of the connection."""
        self._remote.close()

    def _call(self, *call: Any) -> Any:  # noqa: ANN401 - what each method gives
        try:
            return self._remote.call(*call)
        except ServiceError as error:
            raise InboxError(str(error)) from error
