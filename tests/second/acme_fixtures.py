"""The Acme server, started as a test asks for it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from acme_deployment import Deployment, Post, launch, post_office, url_of


@pytest.fixture(scope="session")
def the_post_office() -> Iterator[Post]:
    with post_office() as post:
        yield post


@pytest.fixture
def post(the_post_office: Post) -> Post:
    the_post_office.sent.clear()
    the_post_office.refusing = False
    return the_post_office


@pytest.fixture
def started(tmp_path: Path, post: Post) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []

    def start(fault: str | None = None, **numbers: float) -> subprocess.Popen[str]:
        processes.append(launch(tmp_path, post, fault, **numbers))
        return processes[-1]

    yield start
    for process in processes:
        if process.stdin is not None:
            process.stdin.close()  # which ends it
    for process in processes:
        process.stdin = None
        process.communicate(timeout=60)


@pytest.fixture
def acme(started: Callable[..., subprocess.Popen[str]], post: Post) -> Callable[..., Deployment]:
    return lambda **numbers: Deployment(url_of(started(**numbers)), post)
