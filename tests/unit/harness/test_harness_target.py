from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from servinix_conformance.target import Target, is_loopback
from servinix_conformance.target_file import TargetError, load

LEAST = 'name = "Example"\nbase_url = "https://host.example/api"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "target.toml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, *, base_url: str | None = None, environ: Mapping[str, str] | None = None) -> Target:
    return load(write(folder, text), base_url=base_url, environ=environ or {})


def refused(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(TargetError) as caught:
        read(folder, text, environ=environ)
    lines = str(caught.value).splitlines()
    start = f"{folder / 'target.toml'}: "
    assert all(line.startswith(start) for line in lines)
    return [line.removeprefix(start) for line in lines]


def test_the_least_that_a_target_file_needs(tmp_path: Path) -> None:
    target = read(tmp_path, 'name = "Example"\nbase_url = "https://host.example/api/"\n')
    assert (target.name, target.base_url, target.source) == (
        *("Example", "https://host.example/api", str(tmp_path / "target.toml")),
    )
    assert (target.openapi, target.profiles, target.not_claimed) == (None, ("documented",), frozenset())
    assert (target.policy, target.shortened, target.test_support_token) == ({}, False, None)
    assert (target.http.timeout_seconds, target.http.verify, target.http.proxy) == (10.0, True, None)
    assert (target.http.headers, target.http.client_certificate) == ({}, None)


def test_all_that_a_target_file_can_say(tmp_path: Path) -> None:
    text = """
        name = "Example"
        base_url = "http://host.example"
        openapi = "contract/openapi.yaml"
        [product]
        vendor = "Servinix"
        version = "5"
        [claims]
        profiles = ["documented", "standard"]
        not_claimed = ["resendOtp"]
        [policy]
        otp_length = 6
        lock_seconds = 900
        shortened = true
        [http]
        timeout_seconds = 3
        verify = "ca.pem"
        proxy = "http://proxy.example:8080"
        client_certificate = "client.pem"
        headers = {X-Tenant = "${TENANT}"}
        [test_support]
        token = "env:TOKEN"
        [safety]
        clear_text = true
        [bindings.signIn]
        operation = "POST /login"
        request = {email = "/user/name", client_id = ""}
        answer = {mfa_token = "header:X-Challenge"}
        [bindings.problems]
        otp-rejected = {status = 422, at = "/code", is = "E7"}
    """
    target = read(tmp_path, text, environ={"TENANT": "acme", "TOKEN": "the secret"})
    assert target.openapi == str(tmp_path / "contract/openapi.yaml")
    assert target.product == {"vendor": "Servinix", "version": "5"}
    assert (target.profiles, target.not_claimed) == (("documented", "standard"), frozenset({"resendOtp"}))
    assert (target.policy, target.shortened) == ({"otp_length": 6, "lock_seconds": 900}, True)
    assert target.http.timeout_seconds == 3.0
    assert target.http.verify == str(tmp_path / "ca.pem")
    assert target.http.client_certificate == str(tmp_path / "client.pem")
    assert target.http.proxy == "http://proxy.example:8080"
    assert target.http.headers == {"X-Tenant": "acme"}
    assert target.test_support_token == "the secret"
    assert target.bindings["signIn"]["operation"] == "POST /login"
    assert target.bindings["problems"]["otp-rejected"]["status"] == 422


def test_secrets_do_not_show_when_a_target_is_printed(tmp_path: Path) -> None:
    text = LEAST + '[test_support]\ntoken = "env:TOKEN"\n[http]\nheaders = {X-Key = "${KEY}"}\n'
    shown = repr(read(tmp_path, text, environ={"TOKEN": "the secret", "KEY": "the key"}))
    assert "the secret" not in shown
    assert "the key" not in shown


def test_a_document_at_a_url_stays_one(tmp_path: Path) -> None:
    url = "https://host.example/openapi.json"
    assert read(tmp_path, LEAST + f'openapi = "{url}"\n').openapi == url


def test_verification_can_be_turned_off(tmp_path: Path) -> None:
    assert read(tmp_path, LEAST + "[http]\nverify = false\n").http.verify is False


def test_the_base_url_can_be_given_from_outside(tmp_path: Path) -> None:
    assert read(tmp_path, LEAST, base_url="http://127.0.0.1:8000/").base_url == "http://127.0.0.1:8000"
    assert read(tmp_path, 'name = "Example"\n', base_url="https://other.example").base_url == "https://other.example"


def test_variables_are_filled_in_everywhere(tmp_path: Path) -> None:
    text = (
        'name = "${NAME} on ${HOST}"\nbase_url = "https://${HOST}"\n[claims]\nnot_claimed = ["a${NAME}", "$NAME", "b"]'
    )
    target = read(tmp_path, text, environ={"NAME": "Example", "HOST": "host.example"})
    assert (target.name, target.base_url) == ("Example on host.example", "https://host.example")
    assert target.not_claimed == {"aExample", "$NAME", "b"}


def test_the_environment_of_the_process_is_the_usual_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAMPLE_TARGET_NAME", "From outside")
    path = write(tmp_path, 'name = "${EXAMPLE_TARGET_NAME}"\nbase_url = "https://host.example"\n')
    assert load(path).name == "From outside"


@pytest.mark.parametrize("environ", [{}, {"HOST": ""}])
def test_a_missing_variable_is_named_with_its_key(tmp_path: Path, environ: dict[str, str]) -> None:
    text = LEAST + '[claims]\nnot_claimed = ["fine", "${HOST}"]\n'
    told = "the variable HOST is not set or is empty; export HOST before the run"
    assert refused(tmp_path, text, environ) == [f"claims.not_claimed[1]: {told}"]


def test_a_missing_variable_of_the_base_url_is_one_error_and_not_two(tmp_path: Path) -> None:
    told = "base_url: the variable HOST is not set or is empty; export HOST before the run"
    assert refused(tmp_path, 'name = "x"\nbase_url = "${HOST}"\n', {}) == [told]
    (wrong,) = refused(tmp_path, 'name = "x"\nbase_url = "${HOST}"\n', {"HOST": "ftp://host.example"})
    assert wrong.startswith("base_url: not of the right form; expected: ")


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    text = """
        base_url = "http://host.example"
        opnapi = "openapi.yaml"
        [http]
        timeout_seconds = "3"
        proxy = "${PROXY}"
        [policy]
        otp_length = 0
        [test_support]
        token = "env:TOKEN"
    """
    told = refused(tmp_path, text)
    for part in (
        "the file: 'name' is missing; add it",
        "the file: unknown key 'opnapi'; did you mean 'openapi'?",
        "http.timeout_seconds: must be a number; expected: how many seconds a whole request may take, up to 600",
        "http.proxy: the variable PROXY is not set",
        "policy.otp_length: the value is less than the minimum of 1; expected: a number of 1 or more",
        "test_support.token: the variable TOKEN is not set",
        "base_url: passwords would go in clear text",
    ):
        assert any(line.startswith(part) for line in told), part
    assert len(told) == 7


def test_an_unknown_key_without_a_likeness_gets_the_known_ones(tmp_path: Path) -> None:
    assert refused(tmp_path, LEAST + "[safety]\nqqq = true\n") == [
        "safety: unknown key 'qqq'; known here: clear_text, destructive, max_messages, max_requests",
    ]


def test_several_unknown_keys_are_each_told(tmp_path: Path) -> None:
    assert sorted(refused(tmp_path, LEAST + "[policy]\notp_lenght = 6\nlock_second = 1\n")) == [
        "policy: unknown key 'lock_second'; did you mean 'lock_seconds'?",
        "policy: unknown key 'otp_lenght'; did you mean 'otp_length'?",
    ]


def test_an_unknown_key_of_a_binding_gets_a_remedy(tmp_path: Path) -> None:
    (line,) = refused(tmp_path, LEAST + '[bindings.signIn]\noperations = "POST /login"\n')
    assert line == "bindings.signIn: unknown key 'operations'; did you mean 'operation'?"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[policy]\notp_length = 6.5\n", "policy.otp_length"),
        ("[policy]\nshortened = 1\n", "policy.shortened"),
        ("[http]\ntimeout_seconds = 0\n", "http.timeout_seconds"),
        ("[claims]\nprofiles = []\n", "claims.profiles"),
        ('[claims]\nprofiles = "documented"\n', "claims.profiles"),
        ("[bindings.problems.otp-rejected]\nstatus = 200\n", "bindings.problems.otp-rejected.status"),
        ('[bindings.problems.otp-rejected]\nstatus = 400\nat = "/x"\n', "bindings.problems.otp-rejected"),
        ('[bindings.signIn.request]\nemail = "mail"\n', "bindings.signIn.request.email"),
        ("safety = 1\n", "safety"),
        ("test_support = 1\n", "test_support"),
        ("[test_support]\n", "test_support"),
    ],
)
def test_a_wrong_value_names_its_key(tmp_path: Path, text: str, place: str) -> None:
    (line,) = refused(tmp_path, LEAST + text)
    assert line.startswith(f"{place}: ")


@pytest.mark.parametrize(
    "url",
    [
        "host.example",
        "ftp://host.example",
        "https://",
        "https://host.example/?a=b",
        "https://host.example:99999",
        "https://host .example",
        "https://ada:hunter2@host.example",
    ],
)
def test_a_base_url_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    (line,) = refused(tmp_path, f'name = "E"\nbase_url = "{url}"\n')
    assert line.startswith("base_url: ")
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[http]\nheaders = {X-Key = "env:SPOILT"}\n', "http.headers.X-Key"),
        ('[http]\nheaders = {X-Key = "a\\u2603"}\n', "http.headers.X-Key"),
        ('[http]\nheaders = {X-Key = " a"}\n', "http.headers.X-Key"),
        ('[clients.web-portal]\nheaders = {X-Key = "${SPOILT}"}\n', "clients.web-portal.headers.X-Key"),
        ('[test_support]\ntoken = "env:SPOILT"\n', "test_support.token"),
        ('[support]\naccess_token = "env:SPOILT"\n', "support.access_token"),
    ],
)
def test_what_no_header_can_hold_is_refused_and_not_shown(tmp_path: Path, text: str, key: str) -> None:
    told = f"{key}: no header can hold it, because of a line break or the like; correct it where it comes from"
    assert refused(tmp_path, LEAST + text, {"SPOILT": "hunter2\nhunter2"}) == [told]


def test_a_header_with_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    (line,) = refused(tmp_path, LEAST + '[http]\nheaders = {"X Key" = "a"}\n')
    assert line.startswith("http.headers: ")
    assert line.endswith("; expected: the name of a header, without spaces and colons")


@pytest.mark.parametrize(
    "text", ['test_support = "hunter2"', '[test_support]\ntoken = "env:hunter2 hunter2"', 'product = ["hunter2"]']
)
def test_a_value_at_a_wrong_place_is_not_shown(tmp_path: Path, text: str) -> None:
    (line,) = refused(tmp_path, LEAST + text)
    assert line.startswith(("test_support", "product"))
    assert "hunter2" not in line


def test_a_base_url_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (line,) = refused(tmp_path, 'name = "E"\nbase_url = 8000\n')
    assert line.startswith("base_url: ")


@pytest.mark.parametrize("value", ['"hunter2-hunter2"', "22222222", '["hunter2-hunter2"]'])
def test_a_secret_by_value_is_refused_and_never_shown(tmp_path: Path, value: str) -> None:
    (line,) = refused(tmp_path, LEAST + f"[test_support]\ntoken = {value}\n")
    assert line.startswith("test_support.token: ")
    assert "hunter2" not in line
    assert "22222222" not in line
    assert line.endswith("a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'")


@pytest.mark.parametrize("environ", [{}, {"TOKEN": ""}])
def test_a_secret_that_is_not_in_the_environment_is_refused(tmp_path: Path, environ: dict[str, str]) -> None:
    assert refused(tmp_path, LEAST + '[test_support]\ntoken = "env:TOKEN"\n', environ) == [
        "test_support.token: the variable TOKEN is not set or is empty; export TOKEN before the run"
    ]


def test_a_message_of_test_support_may_take_as_long_as_the_file_says(tmp_path: Path) -> None:
    text = LEAST + '[test_support]\ntoken = "env:TOKEN"\n'
    assert read(tmp_path, text, environ={"TOKEN": "t"}).test_support_deadline == 5.0
    assert read(tmp_path, text + "deadline_seconds = 2\n", environ={"TOKEN": "t"}).test_support_deadline == 2.0


def test_a_secret_is_read_from_a_file_beside_the_target_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("the secret\n", encoding="utf-8")
    assert read(tmp_path, LEAST + '[test_support]\ntoken = "file:token"\n').test_support_token == "the secret"


def test_a_secret_from_a_file_may_have_a_name_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("the secret", encoding="utf-8")
    text = LEAST + '[test_support]\ntoken = "file:${FOLDER}/token"\n'
    assert read(tmp_path, text, environ={"FOLDER": str(tmp_path)}).test_support_token == "the secret"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_secret_whose_file_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    (line,) = refused(tmp_path, LEAST + '[test_support]\ntoken = "file:token"\n')
    assert line.startswith("test_support.token: the file token cannot be read: ")
    assert line.endswith("; name one that holds the secret alone")


def test_clear_text_is_refused_unless_it_stays_on_this_machine(tmp_path: Path) -> None:
    text = 'name = "E"\nbase_url = "http://host.example"\n'
    (line,) = refused(tmp_path, text)
    assert line == (
        "base_url: passwords would go in clear text to a host that is not loopback; "
        "use https, or say clear_text = true under [safety]"
    )
    assert refused(tmp_path, text + "[safety]\nclear_text = false\n") == [line]
    assert read(tmp_path, text + "[safety]\nclear_text = true\n").base_url == "http://host.example"
    assert read(tmp_path, 'name = "E"\nbase_url = "http://localhost:8000"\n').base_url == "http://localhost:8000"


def test_clear_text_from_outside_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="clear text"):
        read(tmp_path, LEAST, base_url="http://host.example")


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost", True),
        ("http://LOCALHOST:80/a", True),
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0", False),
        ("http://192.168.0.1", False),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://127.0.0.1@host.example", False),
        ("http://[::1", False),
        ("http://", False),
    ],
)
def test_which_hosts_are_this_machine(url: str, here: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_loopback(url) is here


def test_no_toml_tells_the_line(tmp_path: Path) -> None:
    (line,) = refused(tmp_path, 'name = "E"\nbase_url = \n')
    assert line.startswith("is not TOML: ")
    assert "line 2" in line


def test_no_text_at_all_is_no_toml(tmp_path: Path) -> None:
    (tmp_path / "target.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TargetError, match="is not TOML"):
        load(tmp_path / "target.toml")


def test_a_file_that_is_not_there_gets_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(TargetError) as caught:
        load(tmp_path / "none.toml")
    told = str(caught.value)
    assert told.startswith(f"{tmp_path / 'none.toml'}: cannot be read: ")
    assert told.endswith("; give the path of a target file, or the word 'reference'")


def test_a_portal_is_named_and_claimed(tmp_path: Path) -> None:
    text = """
        [portal]
        base_url = "https://portal.example/sign-in"
        profile = "/account"
        private = ["tickets"]
        [portal.locators]
        email = { label = "Login" }
        notice = ""
    """
    target = read(tmp_path, LEAST + text)
    assert target.profiles == ("documented", "portal")
    portal = target.portal
    assert portal is not None
    assert (portal.forgot, portal.private) == (None, ("tickets",))
    assert [portal.url(address) for address in ("", "/account", "tickets")] == [
        *("https://portal.example/sign-in", "https://portal.example/account", "https://portal.example/tickets"),
    ]
    claimed = read(tmp_path, LEAST + '[claims]\nprofiles = ["documented"]\n' + text)
    assert claimed.profiles == ("documented",)


def test_a_portal_is_held_to_its_form(tmp_path: Path) -> None:
    (line,) = refused(tmp_path, f'{LEAST}[portal]\nbase_url = "http://portal.example/"\n')
    assert line.startswith("portal.base_url: passwords would go in clear text to a host that is not loopback; ")
    (line,) = refused(tmp_path, f'{LEAST}[portal]\nbase_url = "https://h/"\nlocators = {{ email = {{ css = "a" }} }}\n')
    assert line.startswith("portal.locators.email: ")
    assert refused(tmp_path, f"{LEAST}[portal]\n") == ["portal: 'base_url' is missing; add it"]
