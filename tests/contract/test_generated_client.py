"""A client that the generator of others makes of openapi.yaml signs in at the reference server, in both stages."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from servinix_conformance.serving import ReferenceServer
from servinix_conformance.suite import suite_root

ADA = {"email": "ada@people.example", "password": "a password of her own"}


class Made:
    """The package that was made; its operations and models are named as the generator names them."""

    def __init__(self, url: str, secret: str, closing: ExitStack) -> None:
        client = importlib.import_module("made_client.client")
        self._strict = {"base_url": url, "raise_on_unexpected_status": True}
        self._authenticated, self._closing = client.AuthenticatedClient, closing
        self.stranger = closing.enter_context(client.Client(**self._strict))
        self.test_support = self.bearer(secret)

    def bearer(self, token: str) -> Any:  # noqa: ANN401 - of a class that is made in the test
        return self._closing.enter_context(self._authenticated(token=token, **self._strict))

    @staticmethod
    def model(name: str, values: dict[str, Any]) -> Any:  # noqa: ANN401 - likewise
        return getattr(importlib.import_module("made_client.models"), name).from_dict(values)

    def ask(self, operation: str, client: Any, **values: Any) -> Any:  # noqa: ANN401 - likewise
        return importlib.import_module(f"made_client.api.{operation}").sync_detailed(client=client, **values)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("client")
    # Nothing of the network: the document is a file, and what would make the result prettier is left out.
    (folder / "generator.yaml").write_text("post_hooks: []\n", encoding="utf-8")
    words = ["--path", str(suite_root() / "openapi.yaml"), "--output-path", str(folder / "made_client")]
    words += ["--meta", "none", "--config", str(folder / "generator.yaml"), "--fail-on-warning"]
    subprocess.run(  # noqa: S603 - a command of the extra `dev`
        [str(Path(sys.executable).with_name("openapi-python-client")), "generate", *words],
        check=True,
        timeout=120,
        stdout=subprocess.DEVNULL,
    )
    server = ReferenceServer.start()
    with ExitStack() as closing:
        closing.callback(server.stop)
        closing.enter_context(pytest.MonkeyPatch.context()).syspath_prepend(folder)
        target = server.ready()
        yield Made(target.base_url, target.test_support_token or "", closing)


@pytest.fixture(scope="module")
def challenge(made: Made) -> Any:  # noqa: ANN401 - of a class that is made in the test
    """Ada exists, and gives her password."""
    contact = {"channel": "email", "address": ADA["email"]}
    user = made.model("CreateUserBody", {**ADA, "contact": contact, "mfa_enabled": True})
    created = made.ask("test_support.create_user", made.test_support, body=user)
    assert created.status_code == 201
    answer = made.ask("sign_in.sign_in", made.stranger, body=made.model("SignInBody", dict(ADA)))
    assert (answer.status_code, type(answer.parsed).__name__) == (202, "MfaChallenge")
    return answer.parsed


def verified(made: Made, challenge: Any, otp: str) -> Any:  # noqa: ANN401 - likewise
    body = made.model("VerifyOtpBody", {"mfa_token": challenge.mfa_token, "otp": otp})
    return made.ask("sign_in.verify_otp", made.stranger, body=body)


def test_it_signs_in_by_both_stages(made: Made, challenge: Any) -> None:  # noqa: ANN401 - likewise
    listed = made.ask("test_support.list_messages", made.test_support, to=ADA["email"])
    (code,) = re.findall(r"\b[0-9]{6}\b", listed.parsed.messages[-1].body)
    wrong = "000000" if code != "000000" else "111111"
    refused = verified(made, challenge, wrong)
    assert (refused.status_code, refused.parsed.type_.value) == (401, "urn:servinix:problem:otp-rejected")
    opened = verified(made, challenge, code)
    assert (opened.status_code, opened.parsed.token_type) == (200, "Bearer")
    ada = made.bearer(opened.parsed.access_token)
    profile = made.ask("sign_in.get_profile", ada).parsed
    assert (profile.email, profile.mfa_enabled) == (ADA["email"], True)
    assert made.ask("sign_in.sign_out", ada).status_code == 204
    over = made.ask("sign_in.get_profile", ada)
    assert (over.status_code, over.parsed.type_.value) == (401, "urn:servinix:problem:access-token-rejected")


def test_the_mfa_token_opens_nothing_in_its_place(made: Made, challenge: Any) -> None:  # noqa: ANN401 - likewise
    assert made.ask("sign_in.get_profile", made.bearer(challenge.mfa_token)).status_code == 401


def test_it_knows_a_refusal_by_its_type(made: Made) -> None:
    wrong = made.model("SignInBody", {**ADA, "password": "another password"})
    answer = made.ask("sign_in.sign_in", made.stranger, body=wrong)
    assert (answer.status_code, answer.parsed.type_.value) == (401, "urn:servinix:problem:invalid-credentials")
