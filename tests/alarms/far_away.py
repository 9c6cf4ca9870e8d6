"""A loopback proxy that makes a server be far away, and company that keeps the processors busy."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from urllib.parse import urlsplit

_CHUNK = 64 * 1024
_BUSY = "import time; end = time.monotonic() + {seconds}\nwhile time.monotonic() < end: pass"
_LONGEST_SECONDS = 1800


@contextlib.contextmanager
def far_away(url: str, latency_seconds: float) -> Iterator[str]:
    """The URL by which a server is reached, so many seconds there and back; its own where that is none."""
    if not latency_seconds:
        yield url
        return
    there, listening = urlsplit(url), Future[tuple[int, Callable[[], object]]]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        beyond, back = await asyncio.open_connection(there.hostname, there.port)
        half = latency_seconds / 2
        await asyncio.gather(_passed_on(reader, back, half), _passed_on(beyond, writer, half))

    async def forward() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
            listening.set_result((server.sockets[0].getsockname()[1], lambda: loop.call_soon_threadsafe(stop.set)))
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(forward()))
    thread.start()
    port, stop = listening.result(30)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop()
        thread.join(30)


async def _passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """What comes goes on, so much later, to its end."""
    try:
        while data := await reader.read(_CHUNK):
            await asyncio.sleep(seconds)
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return  # whoever hung up wants nothing more
    finally:
        writer.close()


@contextlib.contextmanager
def company(*, busy: bool) -> Iterator[None]:
    """Something else to do for each processor, for as long as it takes."""
    command = [sys.executable, "-c", _BUSY.format(seconds=_LONGEST_SECONDS)]
    loops = [subprocess.Popen(command) for _ in range(os.cpu_count() or 1)] if busy else []  # noqa: S603 - ours
    try:
        yield
    finally:
        for process in loops:
            process.kill()
            process.wait()
