"""Whatever a command of one's own can find: it prints a code, or a whole message."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping
from typing import Any, ClassVar

from .base import FRESH, TIMEOUT, BaseSource, options_schema
from .source import InboxError, Letter


class CommandSource(BaseSource):
    """Implements `servinix_conformance.inbox.source.Source`, as kind `command`.

    The command is run at every look, never through a shell. With exit status 0 it has found what it printed, with any
    other nothing yet. A message has come when it prints something else than it did at the mark; a mark is how often
    its output had changed until then.
    """

    schema: ClassVar[Mapping[str, Any]] = options_schema(
        {
            "run": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string"},
                "description": "Program and arguments; {address} stands for the address",
            },
            "fresh": FRESH,
            "timeout_seconds": TIMEOUT,
        },
        required=["run"],
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options, poll=1.0)
        self._run: list[str] = options["run"]
        self._timeout: float = options.get("timeout_seconds", 10.0)
        self._lock = threading.Lock()
        self._outputs: dict[str, list[str | None]] = {}

    def mark(self, address: str) -> int:
        """How often the command has printed something new."""
        return len(self._look(address))

    def since(self, address: str, mark: int) -> list[Letter]:
        """Each different text that the command has printed since, other than the one at the mark."""
        outputs = self._look(address)
        before = outputs[mark - 1 : mark] if mark else []
        later = dict.fromkeys(text for text in outputs[mark:] if text and text not in before)
        return [Letter(f"{mark}-{number}", (address,), None, text) for number, text in enumerate(later)]

    def _look(self, address: str) -> list[str | None]:
        text = self._output(address)
        with self._lock:
            outputs = self._outputs.setdefault(address, [])
            if not outputs or outputs[-1] != text:
                outputs.append(text)
            return list(outputs)

    def _output(self, address: str) -> str | None:
        command = [part.replace("{address}", address) for part in self._run]
        try:
            told = subprocess.run(  # noqa: S603 - the command is what the target file asks for
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=self._timeout, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise InboxError(
                f"{self._run[0]} did not end within {self._timeout:g} s; make it look once and end, or raise "
                "timeout_seconds"
            ) from error
        except (OSError, ValueError) as error:
            raise InboxError(f"{self._run[0]} cannot be run: {error}; check run") from error
        return told.stdout.decode(errors="replace").strip() if told.returncode == 0 else None
