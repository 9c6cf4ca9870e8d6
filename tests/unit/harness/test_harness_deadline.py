from __future__ import annotations

import socket
import time

import pytest

from servinix_conformance.deadline import Deadline


def watched(deadline: Deadline) -> tuple[socket.socket, socket.socket]:
    near, far = socket.socketpair()
    far.settimeout(5)
    deadline.sockets.add(near)
    return near, far


def test_connections_are_cut_when_the_time_is_over() -> None:
    deadline = Deadline()
    near, far = watched(deadline)
    with near, far:
        deadline.set(time.monotonic() + 0.05)
        assert far.recv(1) == b""
        assert deadline.missed
        deadline.set(None)
        assert deadline.missed
    deadline.end()


def test_a_new_limit_forgets_that_the_last_one_passed() -> None:
    deadline = Deadline()
    near, far = watched(deadline)
    with near, far:
        deadline.set(time.monotonic() - 1)
        assert far.recv(1) == b""
        deadline.set(time.monotonic() + 60)
        assert not deadline.missed
    deadline.end()


def test_a_request_in_time_is_left_alone() -> None:
    deadline = Deadline()
    near, far = watched(deadline)
    far.settimeout(0.2)
    with near, far:
        deadline.set(time.monotonic() + 0.05)
        deadline.set(None)
        with pytest.raises(TimeoutError):
            far.recv(1)
        assert not deadline.missed
        near.sendall(b"x")
        assert far.recv(1) == b"x"
    deadline.end()


def test_a_limit_after_an_idle_time_is_kept() -> None:
    deadline = Deadline()
    near, far = watched(deadline)
    far.settimeout(0.15)
    with near, far:
        deadline.set(time.monotonic() + 0.02)
        deadline.set(None)
        with pytest.raises(TimeoutError):
            far.recv(1)
        far.settimeout(5)
        deadline.set(time.monotonic() + 0.02)
        assert far.recv(1) == b""
    deadline.end()


def test_a_connection_that_is_closed_already_does_not_hinder_the_others() -> None:
    deadline = Deadline()
    gone, gone_far = watched(deadline)
    near, far = watched(deadline)
    gone.close()
    with gone_far, near, far:
        deadline.set(time.monotonic() - 1)
        assert far.recv(1) == b""
    deadline.end()


def test_nothing_is_cut_after_the_end() -> None:
    deadline = Deadline()
    near, far = watched(deadline)
    far.settimeout(0.15)
    with near, far:
        deadline.set(time.monotonic() + 0.1)
        deadline.end()
        with pytest.raises(TimeoutError):
            far.recv(1)
    assert not deadline.missed
