"""What a deployment does not have, as its document and its target file say; and one that sends codes on request."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MODULE = [sys.executable, "-m", "servinix_conformance"]
ENVIRONMENT = {**os.environ, "SECRET": "a-secret-of-the-test"}
Run = Callable[..., tuple[int, str, dict[str, str]]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Run the suite on the reference server with a document that lacks operations; gives status, output, clauses."""
    servers: list[subprocess.Popen[str]] = []

    def carry_out(*options: str, lacks: tuple[str, ...] = (), more: str = "", fault: str | None = None) -> Any:  # noqa: ANN401
        words = ["serve", "--port", "0", "--cheap-password-hash", "--test-support", "env:SECRET"]
        words += ["--fault", fault] if fault else []
        server = subprocess.Popen([*MODULE, *words], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)  # noqa: S603
        servers.append(server)
        assert server.stdout is not None
        url = server.stdout.readline().split()[2]
        (tmp_path / "openapi.json").write_text(json.dumps(document(lacks)), encoding="utf-8")
        text = (
            f'name = "x"\nbase_url = "{url}"\nopenapi = "openapi.json"\n{more}\n[test_support]\ntoken = "env:SECRET"\n'
        )
        (tmp_path / "target.toml").write_text(text, encoding="utf-8")
        told = subprocess.run(  # noqa: S603 - our own command
            [*MODULE, "run", "target.toml", "--report", "report", *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            env=ENVIRONMENT,
        )
        path = tmp_path / "report" / "report.json"
        report = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"clauses": []}
        return told.returncode, told.stdout + told.stderr, {item["id"]: item["verdict"] for item in report["clauses"]}

    yield carry_out
    for server in servers:
        server.terminate()
        server.communicate(timeout=30)


def document(lacks: tuple[str, ...]) -> dict[str, Any]:
    """Our document without some operations."""
    ours: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    for path, item in list(ours["paths"].items()):
        for method, operation in list(item.items()):
            if isinstance(operation, dict) and operation.get("operationId") in lacks:
                del item[method]
        if not any(isinstance(operation, dict) and "operationId" in operation for operation in item.values()):
            del ours["paths"][path]
    return ours


def test_what_the_document_does_not_describe_is_not_claimed_and_named(run: Run) -> None:
    status, told, clauses = run("--strict", lacks=("requestPasswordReset", "resetPassword"))
    lost = {clause for clause, verdict in clauses.items() if verdict == "not claimed" and clause[:9] != "CONTRACT-"}
    assert (status, lost) == (0, {"RESET-1", "RESET-2", "RESET-3", "RESET-4", "RESET-5"}), told
    assert "CONFORMANT documented: 26 passed, 5 not claimed (RESET-1, RESET-2, RESET-3, RESET-4, RESET-5)" in told
    assert "the target does not claim requestPasswordReset" in told


def test_a_core_clause_cannot_be_left_unclaimed(run: Run) -> None:
    status, told, clauses = run("--clause", "MFA-7", lacks=("getProfile",))
    assert (status, clauses["MFA-7"]) == (4, "untested"), told
    assert "a core clause cannot be left unclaimed" in told


def test_what_the_target_file_claims_has_to_be_in_the_document(run: Run) -> None:
    claims = '[claims]\nclaimed = ["resetPassword", "signIn"]\n'
    status, told, _ = run(lacks=("resetPassword",), more=claims)
    assert status == 3, told
    assert "claims.claimed: resetPassword: openapi.json describes no operation 'resetPassword'" in told
    assert "scenarios in" not in told


def test_a_channel_that_a_deployment_does_not_have_is_not_claimed_and_the_other_shows_the_clause(
    run: Run, tmp_path: Path
) -> None:
    status, told, clauses = run("--clause", "MFA-1", more='[claims]\nnot_claimed = ["phone"]\n')
    assert (status, clauses["MFA-1"]) == (0, "passed"), told
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    ends = [(scenario["judgement"], scenario["reason"]) for scenario in report["scenarios"]]
    assert ends.count(("not claimed", "the target does not claim MFA by phone")) == 2
    assert ends.count(("passed", None)) == 10


def test_a_code_that_has_to_be_asked_for_fails_its_clause_and_the_rest_still_runs(run: Run) -> None:
    asked_for = '[bindings.requestOtp]\noperation = "resendOtp"\n'
    status, told, clauses = run(
        "--clause", "MFA-3", "--clause", "MFA-7", "--strict", more=asked_for, fault="code-only-on-request"
    )
    assert (status, clauses["MFA-3"], clauses["MFA-7"]) == (1, "failed", "passed"), told
    assert "a request of its own was needed" in told
