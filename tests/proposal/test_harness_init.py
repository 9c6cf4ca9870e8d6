from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from proposal_documents import DIGITS, FLAT, ONE_STAGE, SECRET, TEXT, WHOLE, Json, obj, op, parameter, tree

from servinix_conformance.cli import main
from servinix_conformance.options import Options
from servinix_conformance.proposal.costs import SAID, costs
from servinix_conformance.reading import MOST_OF_A_DOCUMENT
from servinix_conformance.run import Run
from servinix_conformance.suite import suite_root
from servinix_conformance.target import Target
from servinix_conformance.target_file import load

Answering = Callable[[BaseHTTPRequestHandler], None]
Serve = Callable[[Answering], str]
VARIABLES = {
    "SERVINIX_BASE_URL": "https://somewhere.example",
    "SERVINIX_TEST_SUPPORT": "a-secret",
    "SUPPORT_PASSWORD": "another",
    "INBOX_PASSWORD": "a-third",
    "ADA_PASSWORD": "a-fourth",
    "X_KEY": "a-fifth",
}
_KEY = {
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "security": [{"key": []}],
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(document: Json, name: str = "vendor.json") -> str:
    Path(name).write_text(json.dumps(document), encoding="utf-8")
    return name


def stages(**more: object) -> Json:
    first = op("login", obj("*", username=TEXT, password=SECRET), s200=obj("*", token=TEXT, challenge=TEXT))
    second = op("loginCode", obj("*", challenge=TEXT, code=DIGITS), s200=obj("*", token=TEXT))
    return tree({"/login": {"post": first}, "/login/code": {"post": second}}, **more)


def loaded(path: str = "target.toml") -> Target:
    return load(Path(path), environ=VARIABLES)


def examples_filled_in(path: str = "target.toml") -> Target:
    """The file with all of its examples in force."""
    text = re.sub(r'^#(?=[\["a-z])', "", Path(path).read_text(encoding="utf-8"), flags=re.MULTILINE)
    Path("filled.toml").write_text(text, encoding="utf-8")
    return loaded("filled.toml")


def sending(body: bytes, status: int = 200, **headers: str) -> Answering:
    def answering(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answering


def test_the_file_can_be_loaded_and_says_what_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", written(FLAT), "--name", "Flat", "--base-url", "https://flat.example/v1/"]) == 0
    target = loaded()
    assert (target.name, target.base_url) == ("Flat", "https://flat.example/v1")
    assert Path(target.openapi or "").resolve() == Path("vendor.json").resolve()
    assert target.bindings["signIn"]["operation"] == "authenticate"
    lines = Path("target.toml").read_text(encoding="utf-8").splitlines()
    assert 'operation = "authenticate"  # likely: it takes a name and a password' in lines
    assert 'client_id = ""  # there is no such field' in lines
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "A vendor 1: 11 operations, 7 of them found to be ours"
    assert [line.split() for line in told if line.startswith("  signIn")] == [["signIn", "authenticate", "likely"]]
    assert told[-1] == "next: servinix-conformance doctor target.toml"
    assert "target.toml was written: " in told[-2]


def test_every_example_can_be_filled_in(capsys: pytest.CaptureFixture[str]) -> None:
    app = parameter("header:X-App", {"enum": ["portal", "go"]}, required=False)
    document = stages(**_KEY)
    for item in document["paths"].values():
        item["post"]["parameters"] = [app]
    assert main(["init", written(document)]) == 0
    told = capsys.readouterr().out
    assert "export SERVINIX_BASE_URL=..." in told
    assert "export X_KEY=..." in told
    assert loaded().http.headers == {"X-Key": "a-fifth"}
    target = examples_filled_in()
    assert target.base_url == "https://somewhere.example"
    assert target.test_support_token == "a-secret"
    assert {name: dict(table.headers) for name, table in target.clients.items()} == {
        "web-portal": {"X-App": "portal"},
        "servinix-go": {"X-App": "go"},
    }
    assert (len(target.accounts), set(target.inboxes), target.safety.destructive) == (1, {"email", "phone"}, True)
    assert target.policy["lock_seconds"] == 900


def test_without_a_second_stage_it_is_4_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", written(ONE_STAGE), "--base-url", "https://one.example"]) == 4
    told = capsys.readouterr().out
    assert "verifyOtp: no operation that takes a code" in told
    assert "The two stages of the sign-in could not be told. Bind them by hand" in told
    assert "      MFA-1, MFA-3, MFA-4, MFA-5, MFA-6, MFA-7, MFA-8, MFA-14" in told
    assert loaded().bindings["signIn"]["operation"] == "login"
    assert examples_filled_in().bindings["verifyOtp"]["operation"] == "POST /where/it/is"


def test_what_a_stage_needs_besides_is_4(capsys: pytest.CaptureFixture[str]) -> None:
    document = stages()
    schema = document["paths"]["/login"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["captcha"], schema["required"] = TEXT, ["username", "password", "captcha"]
    assert main(["init", written(document)]) == 4
    assert "to be settled for signIn: it needs /captcha" in capsys.readouterr().out
    assert "# To be settled for signIn: it needs /captcha" in Path("target.toml").read_text(encoding="utf-8")


def test_what_is_not_settled_is_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    document = stages()
    document["paths"]["/users/{id}/mfa/enable"] = {"post": op("enable", obj("*", ticketNumber=TEXT), s204=None)}
    assert main(["init", written(document), "--base-url", "https://one.example"]) == 0
    assert "enableMfa: enable may be it; it needs /ticketNumber" in capsys.readouterr().out
    assert "enableMfa" not in loaded().bindings
    assert examples_filled_in().bindings["enableMfa"]["request"]["user_id"] == "path:id"


def test_a_name_of_ours_for_something_else_is_not_claimed() -> None:
    document = stages()
    document["paths"]["/boss/reset"] = {"post": op("resetPassword", obj("*", employee=WHOLE), s204=None)}
    assert main(["init", written(document), "--base-url", "https://one.example"]) == 0
    assert loaded().not_claimed == {"resetPassword"}


def test_a_file_that_is_there_stays(capsys: pytest.CaptureFixture[str]) -> None:
    Path("target.toml").write_text("mine", encoding="utf-8")
    assert main(["init", written(FLAT)]) == 2
    assert "there is such a file already; name another one, or say --force" in capsys.readouterr().err
    assert Path("target.toml").read_text(encoding="utf-8") == "mine"
    assert main(["init", written(FLAT), "--output", "other.toml"]) == 0
    assert main(["init", written(FLAT), "--force"]) == 0
    assert Path("target.toml").read_text(encoding="utf-8") == Path("other.toml").read_text(encoding="utf-8")


def test_the_document_is_named_from_where_the_file_is() -> None:
    Path("targets").mkdir()
    assert main(["init", written(FLAT), "--output", "targets/flat.toml"]) == 0
    assert tomllib.loads(Path("targets/flat.toml").read_text(encoding="utf-8"))["openapi"] == "../vendor.json"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ftp://a.example/openapi.json"], "only http:// and https:// can be used"),
        (["http://a.example/openapi.json"], "use https, or say --clear-text"),
        (["https:///openapi.json"], "names no host"),
        (["https://a.example:port/openapi.json"], "is no URL"),
        (["vendor.json", "--base-url", "a.example"], "write https://HOST"),
        (["vendor.json", "--base-url", "ftp://a.example"], "only http:// and https:// can be used"),
        (["vendor.json", "--base-url", "http://a.example"], "use https, or say --clear-text"),
        (["vendor.json", "--base-url", "https://a.example/?q=1"], "must have neither a query nor a fragment"),
        (
            ["vendor.json", "--output", "nowhere/target.toml"],
            "--output nowhere/target.toml: cannot be written: No such file",
        ),
    ],
)
def test_wrong_use_is_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    written(FLAT)
    assert main(["init", *words]) == 2
    assert said in capsys.readouterr().err
    assert not Path("target.toml").exists()


def test_credentials_in_a_url_are_refused_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "https://ada:sesame@a.example/openapi.json"]) == 2
    told = capsys.readouterr().err
    assert "give no credentials in a URL" in told
    assert "sesame" not in told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!doctype html><title>API</title>", "is a web page; give the document itself"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"swagger: '2.0'\npaths: {}\n", "OpenAPI 3.0, 3.1 or 3.2 was expected, not swagger 2.0"),
        (b"just a word", "an object was expected"),
        (b"openapi: 3.1.0\npaths: [", "is neither YAML nor JSON"),
    ],
)
def test_a_document_that_is_none_is_3(content: bytes, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("vendor.json").write_bytes(content)
    assert main(["init", "vendor.json"]) == 3
    told = capsys.readouterr().err
    assert told.startswith("servinix-conformance: vendor.json:")
    assert said in told
    assert not Path("target.toml").exists()


def test_a_document_that_is_not_there_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "nosuch.json"]) == 3
    assert "nosuch.json: cannot be read: No such file or directory" in capsys.readouterr().err


def test_a_document_is_fetched_without_any_credentials(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    body = json.dumps(stages(servers=[{"url": "/v2"}, {"url": "https://other.example"}])).encode()

    def answering(handler: BaseHTTPRequestHandler) -> None:
        seen.append({name.lower(): value for name, value in handler.headers.items()})
        sending(body)(handler)

    url = serve(answering)
    Path("netrc").write_text("default login ada password sesame\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(Path("netrc").resolve()))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert main(["init", f"{url}/docs/openapi.json"]) == 0
    assert len(seen) == 1
    assert not {"authorization", "cookie"} & seen[0].keys()
    target = loaded()
    assert (target.base_url, target.openapi) == (f"{url}/v2", f"{url}/docs/openapi.json")
    text = Path("target.toml").read_text(encoding="utf-8")
    assert "# guess: the first server of the document; the document names https://other.example too" in text


def test_without_servers_a_deployment_is_where_its_document_is(serve: Serve) -> None:
    url = serve(sending(json.dumps(stages()).encode()))
    assert main(["init", f"{url}/openapi.json"]) == 0
    assert loaded().base_url == url
    assert "# guess: where the document is from; make sure that it may be tested" in Path("target.toml").read_text(
        "utf-8"
    )


@pytest.mark.parametrize(
    ("answering", "said"),
    [
        (sending(b"", 404), "cannot be fetched: status 404"),
        (
            sending(b"", 302, Location="https://elsewhere.example/"),
            "leads on to https://elsewhere.example/ (status 302)",
        ),
        (sending(b"<html>"), "is a web page"),
        (sending(b" " * (MOST_OF_A_DOCUMENT + 1)), f"is too large: more than {MOST_OF_A_DOCUMENT} bytes"),
    ],
    ids=["not found", "moved", "page", "large"],
)
def test_a_url_without_a_document_is_3(
    answering: Answering, said: str, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", f"{serve(answering)}/openapi.json"]) == 3
    assert said in capsys.readouterr().err
    assert not Path("target.toml").exists()


def test_a_url_that_nobody_answers_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "http://127.0.0.1:9/openapi.json"]) == 3
    assert "the document can be given as a file as well" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("servers", "options", "base_url"),
    [
        ([{"url": "http://plain.example"}], [], "https://somewhere.example"),
        ([{"url": "http://plain.example"}], ["--clear-text"], "http://plain.example"),
        ([{"url": "/"}], [], "https://somewhere.example"),
        ([{"url": "https://{tenant}.example"}], [], "https://somewhere.example"),
        ([{"url": "https://${HOME}.example"}], [], "https://somewhere.example"),
        ([{"url": "https://ada:sesame@a.example"}], [], "https://somewhere.example"),
        ([{"url": "https://a.example/v1/"}], [], "https://a.example/v1"),
    ],
)
def test_a_server_is_taken_where_it_can_be_used(servers: list[Json], options: list[str], base_url: str) -> None:
    assert main(["init", written(stages(servers=servers)), *options]) == 0
    target = loaded()
    assert target.base_url == base_url
    assert target.safety.clear_text is (base_url == "http://plain.example")
    assert examples_filled_in().safety.max_messages == 200


def test_a_hostile_document_writes_nothing_but_values_and_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME_SECRET", "must-not-appear")
    evil = 'a"\n[safety]\ndestructive = true\n#\x7f\x1b[2J \u2028x'
    realm: Json = {f"realm {evil}": {"const": 1}, "realm": {"const": evil}}
    first = op("login", obj("*", username=TEXT, password=SECRET, **realm), s200=obj("*", token=TEXT, challenge=TEXT))
    second = op(f"verify{evil}", obj("*", challenge=TEXT, code=DIGITS), s200=obj("*", token=TEXT))
    document = tree(
        {"/login": {"post": first}, "/login/code": {"post": second}}, servers=[{"url": f"https://a.example/{evil}"}]
    )
    document["info"] = {"title": f"${{HOME_SECRET}} {evil}", "version": "1"}
    document["paths"]["/me"] = {"get": {"responses": {"200": {"$ref": f"#/{evil}"}}}}
    assert main(["init", written(document), "--base-url", "https://a.example"]) == 4
    data = tomllib.loads(Path("target.toml").read_text(encoding="utf-8"))
    assert data.keys() == {"name", "base_url", "openapi", "bindings"}
    assert data["name"] == "target"
    assert data["bindings"]["verifyOtp"]["operation"] == f"verify{evil}"
    assert data["bindings"]["signIn"]["constants"] == {"/realm": evil}
    assert "must-not-appear" not in repr(loaded())


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["init", "--help"])
    assert caught.value.code == 0
    told = capsys.readouterr().out
    assert "servinix-conformance init https://staging.acme.example/openapi.json" in told
    assert "4   a file was written, but a stage of the sign-in was not found" in told


def test_costs_are_told_by_the_words_of_the_scenarios() -> None:
    run = Run(Options(roots=(suite_root() / "features",)))
    run.read(steps=False)
    scenarios = run.plan.scenarios
    told = costs(["signIn", "verifyOtp", *SAID], scenarios, run.catalogue.clauses)
    assert told["signIn"] == "all clauses"
    assert told["unlockUser"].startswith("MFA-20")
    assert told["signOut"].startswith("MFA-14")
    assert "MFA-16" in told["resendOtp"]
    assert "RESET-4" in told["resetPassword"]
    assert told["setOutage"] == "nothing: no scenario needs it"
    sentences = [text for scenario in scenarios for _, text in scenario.steps]
    unsaid = [name for name, said in SAID.items() if not any(re.search(said, text) for text in sentences)]
    assert unsaid == ["setOutage"]
