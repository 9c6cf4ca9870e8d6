"""Documents and target files that cannot be used: 3, before anything is asked, with a line for each error."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from odd_runs import SECRET, Command, Run, Together, Told
from odd_servers import (
    Server,
    always,
    before,
    instead,
    told,
)

OWN = Path(__file__).parents[2] / "openapi.yaml"


def changed(**responses: object) -> str:
    """The suite's own document with other responses of the sign-in."""
    tree = yaml.safe_load(OWN.read_text(encoding="utf-8"))
    tree["paths"]["/auth/sign-in"]["post"]["responses"] |= {name.strip("_"): it for name, it in responses.items()}
    tree["components"]["responses"] |= {
        "Round": {"$ref": "#/components/responses/About"},
        "About": {"$ref": "#/components/responses/Round"},
    }
    tree["components"]["schemas"] |= {"Round": {"$ref": "#/components/schemas/Round"}}
    return json.dumps(tree)


def content(schema: object) -> dict[str, object]:
    return {"description": "", "content": {"application/json": {"schema": schema}}}


LEAST = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"
TWICE = "{operationId: signIn, responses: {'200': {description: ''}}}"
RESPONSES = "/paths/~1auth~1sign-in/post/responses"
DOCUMENTS = {
    "no YAML": ("openapi: [3\npaths: {}\n", ":2:6: is neither YAML nor JSON: "),
    "no mapping": ("- openapi\n", ": is no OpenAPI document: an object was expected, not list"),
    "no paths": (LEAST, ": /paths: must be an object that names the paths"),
    "Swagger 2.0": ("swagger: '2.0'\npaths: {}\n", ": /openapi: OpenAPI 3.0, 3.1 or 3.2 was expected, not swagger 2.0"),
    "aliases without bounds": (
        LEAST + "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
        ": has more than 500000 objects and lists once its aliases are filled in",
    ),
    "two operations of one name": (
        f"{LEAST}paths:\n  /a:\n    get: {TWICE}\n    put: {TWICE}\n",
        ": /paths/~1a/put: operationId 'signIn' stands at /paths/~1a/get too; rename one",
    ),
    "a reference to nowhere": (
        changed(_401={"$ref": "#/components/responses/None"}),
        f": /components/responses/None: nothing stands there, though {RESPONSES}/401 refers to it",
    ),
    "a reference in a circle": (
        changed(_401={"$ref": "#/components/responses/Round"}),
        f": {RESPONSES}/401: its references go round in a circle",
    ),
    "a schema that is none": (
        changed(_401=content({"properties": {"a": {"type": "text"}}})),
        f": {RESPONSES}/401/content/application~1json/schema/properties/a/type: is no schema that can be used: ",
    ),
    "a schema that refers to nowhere": (
        changed(_401=content({"items": {"$ref": "#/components/schemas/None"}})),
        f": /components/schemas/None: nothing stands there, though {RESPONSES}/401/content/application~1json",
    ),
    "a schema in a circle": (
        changed(_401=content({"$ref": "#/components/schemas/Round"})),
        f": {RESPONSES}/401/content/application~1json/schema: its references go round in a circle",
    ),
}


@pytest.fixture(scope="module")
def documents(together: Together, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    folder = tmp_path_factory.mktemp("documents")

    def case(name: str, run: Run) -> Told:
        (folder / f"{name}.yaml").write_text(DOCUMENTS[name][0], encoding="utf-8")
        with Server(always(told("500 Internal Server Error"))) as server:
            return replace(run(server.url, more=f'openapi = "{folder}/{name}.yaml"'), server=server)

    return together(case, DOCUMENTS)


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_that_cannot_be_used_is_3_before_the_target_is_asked(documents: dict[str, Told], case: str) -> None:
    shown = documents[case]
    assert (shown.status, shown.stdout, shown.report) == (3, "", None)
    assert shown.server is not None
    assert shown.server.requests == 0
    (line,) = shown.stderr.splitlines()
    assert f"/{case}.yaml{DOCUMENTS[case][1]}" in line


FETCHED = {
    "404": (told("404 Not Found", b"{}"), ": the OpenAPI document cannot be fetched: status 404; give it as a file"),
    "HTML": (told("200 OK", b"<html><p>hi</p></html>"), ": is no OpenAPI document: an object was expected, not str"),
    "17 MB": (
        told("200 OK", b" " * 17_000_000),
        ": the OpenAPI document has more than 16777216 bytes; give it as a file",
    ),
}


@pytest.mark.parametrize(("answer", "said"), FETCHED.values(), ids=FETCHED)
def test_a_document_that_cannot_be_fetched_is_3(run: Run, answer: bytes, said: str) -> None:
    with Server(lambda request: [answer if request.path == "/openapi.json" else told("200 OK")]) as server:
        shown = run(server.url, more=f'openapi = "{server.url}/openapi.json"')
    assert (shown.status, shown.stdout, shown.report) == (3, "", None)
    (line,) = shown.stderr.splitlines()
    assert line.startswith(f"servinix-conformance: {server.url}/openapi.json{said}")


def test_a_document_that_can_be_fetched_is_used(run: Run, reference: str) -> None:
    spoil = instead(told("200 OK", OWN.read_bytes(), type_="application/yaml"))
    with Server(before(reference, "/openapi.yaml", spoil)) as server:
        shown = run(server.url, more=f'openapi = "{server.url}/openapi.yaml"')
    assert (shown.status, shown.stderr) == (0, ""), shown.stdout


HERE = 'name = "bad"\nbase_url = "http://127.0.0.1:9"\n'
FILES: dict[str, tuple[str, list[str]]] = {
    "unknown keys": (
        f"{HERE}[htpp]\n[http]\ntimeout_second = 1\nverfy = true\n",
        [
            "http: unknown key 'timeout_second'; did you mean 'timeout_seconds'?",
            "http: unknown key 'verfy'; did you mean 'verify'?",
            "the file: unknown key 'htpp'; did you mean 'http'?",
        ],
    ),
    "wrong types": (
        f'{HERE}product = 1\n[http]\ntimeout_seconds = "1"\n[policy]\nlock_seconds = "900"\n',
        [
            "http.timeout_seconds: must be a number; expected: how many seconds a whole request may take, up to 600",
            "policy.lock_seconds: must be a whole number; expected: a number of 1 or more",
            "product: must be a table",
        ],
    ),
    "a missing variable": (
        f'{HERE}[product]\nvendor = "${{NOT_SET_ANYWHERE}}"\n',
        ["product.vendor: the variable NOT_SET_ANYWHERE is not set or is empty; export NOT_SET_ANYWHERE before "],
    ),
    "a missing secret file": (
        f'{HERE}[test_support]\ntoken = "file:none"\n',
        ["test_support.token: the file none cannot be read: [Errno 2] No such file or directory: "],
    ),
    "a secret by value": (
        f'{HERE}[test_support]\ntoken = "{SECRET}"\n',
        ["test_support.token: a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'"],
    ),
    "a secret in the place of a variable": (
        f'{HERE}[test_support]\ntoken = "env:{SECRET}"\n',
        ["test_support.token: what stands after env: is no name of a variable; write 'env:NAME'"],
    ),
    "a secret in the place of a table": (f'{HERE}test_support = "{SECRET}"\n', ["test_support: must be a table"]),
    "a password in the URL": (
        f'name = "bad"\nbase_url = "https://ada:{SECRET}@host.example"\n',
        ["base_url: not of the right form; expected: where the paths of the OpenAPI document begin: http:// or "],
    ),
    "clear text": (
        'name = "bad"\nbase_url = "http://host.example"\n',
        ["base_url: passwords would go in clear text to a host that is not loopback; use https, or say clear_text ="],
    ),
    "wrong names": (
        f'{HERE}[claims]\nprofiles = ["documentd"]\nnot_claimed = ["resetPasword"]\n[bindings.signin]\n',
        [
            "bindings.signin: steps know no such name; did you mean 'signIn'?",
            "claims.not_claimed: nothing is named 'resetPasword'; did you mean 'resetPassword'?",
            "claims.profiles: nothing is named 'documentd'; did you mean 'documented'?",
        ],
    ),
    "several errors": (
        f"""nam = "bad"\nbase_url = "http://host.example"\n[test_support]\ntoken = "{SECRET}"
[http]\nproxy = "${{NOT_SET_ANYWHERE}}"\ntimeout_seconds = 0\n""",
        [
            "base_url: passwords would go in clear text to a host that is not loopback; use https, or say clear_text =",
            "http.proxy: the variable NOT_SET_ANYWHERE is not set or is empty; export NOT_SET_ANYWHERE before the run",
            "http.timeout_seconds: the value is less than or equal to the minimum of 0; expected: ",
            "test_support.token: a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'",
            "the file: 'name' is missing; add it",
            "the file: unknown key 'nam'; did you mean 'name'?",
        ],
    ),
    "no TOML": (f"{HERE}[http\n", ["is not TOML: Expected ']' at the end of a table declaration (at line 3"]),
}


@pytest.mark.parametrize(("text", "lines"), FILES.values(), ids=FILES)
def test_a_target_file_that_cannot_be_used_is_3_with_a_line_for_each_error(
    tmp_path: Path, command: Command, text: str, lines: list[str]
) -> None:
    file = tmp_path / "target.toml"
    file.write_text(text, encoding="utf-8")
    shown = command("run", str(file))
    assert (shown.returncode, shown.stdout) == (3, "")
    start = f"servinix-conformance: {file}: "
    said = sorted(line.removeprefix(start) for line in shown.stderr.splitlines() if line.startswith(start))
    assert [line[: len(wanted)] for line, wanted in zip(said, lines, strict=True)] == lines
    assert len(said) == shown.stderr.count("\n")
    assert SECRET not in shown.stderr
