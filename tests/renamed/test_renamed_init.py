"""The target file that `init` writes for another vendor's document and for ours, run as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from renamed_deployment import Deployment, document
from waitress.server import create_server  # type: ignore[import-untyped]

from reference_server import Settings, create_app

ROOT = Path(__file__).parents[2]
MODULE = [sys.executable, "-m", "servinix_conformance"]
SECRET = "the-secret-of-the-renamed"
VARIABLES = {**os.environ, "SERVINIX_TEST_SUPPORT": SECRET}


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [*MODULE, *words], cwd=folder, capture_output=True, text=True, timeout=300, check=False, env=VARIABLES
    )


def renamed(folder: Path, **changes: object) -> str:
    ours = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    (folder / "renamed.json").write_text(json.dumps({**document(ours), **changes}), encoding="utf-8")
    return "renamed.json"


@pytest.fixture
def deployment() -> Iterator[str]:
    app = create_app(Settings(test_support_secret=SECRET, password_profile="test"))
    server = create_server(Deployment(app), host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture
def reference() -> Iterator[str]:
    words = ["serve", "--test-support", "env:SERVINIX_TEST_SUPPORT", "--port", "0", "--cheap-password-hash"]
    server = subprocess.Popen([*MODULE, *words], stdout=subprocess.PIPE, text=True, env=VARIABLES)  # noqa: S603 - ours
    assert server.stdout is not None
    yield server.stdout.readline().split()[2]
    server.terminate()
    server.communicate(timeout=30)


def test_another_vendors_document_is_enough_for_a_verdict(tmp_path: Path, deployment: str) -> None:
    told = command(tmp_path, "init", renamed(tmp_path), "--base-url", deployment, "--name", "Renamed")
    assert told.returncode == 0, told.stdout + told.stderr
    ran = command(tmp_path, "run", "target.toml", "--strict")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "CONFORMANT documented: 31 passed" in ran.stdout
    assert "CONFORMANT contract: 1 passed" in ran.stdout


def test_what_a_person_bound_is_bound_likewise(tmp_path: Path) -> None:
    assert command(tmp_path, "init", renamed(tmp_path)).returncode == 0
    proposed = tomllib.loads((tmp_path / "target.toml").read_text(encoding="utf-8"))["bindings"]
    by_hand = tomllib.loads((Path(__file__).parent / "renamed.toml").read_text(encoding="utf-8"))["bindings"]
    assert proposed["success"] == by_hand["success"]
    for name, table in by_hand.items():
        if name in {"success", "problems"}:
            continue
        theirs = {"operation": table["operation"].replace("POST /v2/session/passcode", "op_verifyOtp")}
        assert theirs.items() <= proposed[name].items()
        assert table.get("request", {}).items() <= proposed[name].get("request", {}).items()
        # Nobody needs an access token where a code is only sent again; it is read there all the same.
        answer = {
            key: at for key, at in table.get("answer", {}).items() if (name, key) != ("resendOtp", "access_token")
        }
        assert answer.items() <= proposed[name].get("answer", {}).items()
        assert proposed[name].get("success") == table.get("success")


def test_a_document_that_does_not_say_what_it_takes_gives_no_stage(tmp_path: Path) -> None:
    paths = json.loads((tmp_path / renamed(tmp_path)).read_text(encoding="utf-8"))["paths"]
    for item in paths.values():
        for node in item.values():
            if isinstance(node, dict):
                node.pop("requestBody", None)
                node.pop("parameters", None)
    told = command(tmp_path, "init", renamed(tmp_path, paths=paths))
    assert told.returncode == 4, told.stdout + told.stderr
    assert "op_signIn" in told.stdout
    assert "the document does not say where it takes email and password" in told.stdout
    assert "The two stages of the sign-in could not be told" in told.stdout


def test_our_own_document_needs_no_edit(tmp_path: Path, reference: str) -> None:
    told = command(tmp_path, "init", str(ROOT / "openapi.yaml"), "--base-url", reference)
    assert told.returncode == 0, told.stdout + told.stderr
    written = (tmp_path / "target.toml").read_text(encoding="utf-8")
    assert "guess: " not in written.partition("Secrets are")[2]
    assert tomllib.loads(written).keys() == {"name", "base_url", "openapi", "test_support"}
    ran = command(tmp_path, "run", "target.toml", "--clause", "MFA-1")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 of 1 selected clauses passed" in ran.stdout
    planned = command(tmp_path, "run", "target.toml", "--dry-run")
    assert planned.returncode == 0, planned.stdout + planned.stderr
