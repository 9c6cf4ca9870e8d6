"""Deployments that are right in other ways than the reference server are not called wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import requests
from in_process import TEXT, Noting, connection_to, reference, send, world_about
from requests.adapters import BaseAdapter

KEY = "X-Key"
PARAMETER = f"{{name: {KEY}, in: header, required: true, description: A key., schema: {{type: string}}}}"
KEYED = ("      operationId: getJwks\n", f"      operationId: getJwks\n      parameters: [{PARAMETER}]\n")


class Changed(Noting):
    """Changes answers, and remembers the keys that came."""

    def __init__(self, adapter: BaseAdapter, change: Callable[[requests.Response], None]) -> None:
        super().__init__(adapter)
        self._change = change
        self.keys: set[str | None] = set()

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        response = super().send(request)
        if "/test-support" not in (request.url or ""):
            self.keys.add(request.headers.get(KEY))
            self._change(response)
        return response


def unchanged(_response: requests.Response) -> None:
    pass


def sent(
    operation: str,
    text: str,
    change: Callable[[requests.Response], None],
    *,
    fits: bool,
    headers: dict[str, str] | None = None,
) -> tuple[list[str], set[str | None]]:
    """What is found, and the keys with which requests came."""
    target = reference()
    assert target.http.adapter is not None
    adapter = Changed(target.http.adapter, change)
    target = replace(target, http=replace(target.http, adapter=adapter, headers=headers or {}))
    connection, _ = connection_to(target, text)
    with world_about(connection, operation) as world:
        return send(world, fits=fits), adapter.keys


def test_a_header_of_the_target_file_is_sent_as_it_stands_there() -> None:
    text = TEXT.replace(*KEYED)
    assert text != TEXT
    for fits in (True, False):
        assert sent("getJwks", text, unchanged, fits=fits, headers={KEY: "the-key"}) == ([], {"the-key"})


@pytest.mark.parametrize("headers", [{}, {"X-Another": "given"}])
def test_any_other_header_is_drawn(headers: dict[str, str]) -> None:
    found, keys = sent("getJwks", TEXT.replace(*KEYED), unchanged, fits=False, headers=headers)
    assert [item for item in found if item.startswith("INPUT-1: getJwks")]  # the server does without
    assert None in keys
    assert len(sent("getJwks", TEXT.replace(*KEYED), unchanged, fits=True)[1]) > 2


def test_whatever_is_refused_and_described_is_refused() -> None:
    def gone(response: requests.Response) -> None:
        if response.status_code == 400:
            response.status_code = 410

    text = TEXT.replace("'400': {$ref: '#/components/responses/AuthInvalidRequest'}", "'410': {description: Gone.}")
    text = text.replace("{description: Gone.}", "{description: Gone., content: {application/problem+json: {}}}")
    assert sent("requestPasswordReset", text, gone, fits=False)[0] == []


def test_a_method_that_a_server_does_not_know_is_no_failure_of_it() -> None:
    def unknown(response: requests.Response) -> None:
        if response.request.method == "OPTIONS":
            response.status_code = 501

    assert sent("getJwks", TEXT, unknown, fits=False)[0] == []

    def failing(response: requests.Response) -> None:
        if response.request.method == "OPTIONS":
            response.status_code = 500

    assert [item for item in sent("getJwks", TEXT, failing, fits=False)[0] if item.startswith("LEAK-2")]
