"""An actor at portals that are built otherwise than the reference server's: one page, other words, a shut button."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import pytest
from playwright.sync_api import BrowserContext

from servinix_conformance.actor import Actor, NotClaimed, OtherVariant, Untested
from servinix_conformance.board import LocalBoard
from servinix_conformance.browser.actor import BrowserActor
from servinix_conformance.browser.program import Program
from servinix_conformance.redaction import Redactor
from servinix_conformance.target import Http, Portal
from servinix_conformance.transport import Silent

URL = "http://portal.example/"
PORTAL = Portal(URL)
EMAIL, PASSWORD, CODE = "ada@people.example", "correct horse", "012345"
# A page that never loads another one.
PAGE = """<!doctype html><html lang="en"><title>Portal</title><main id="m"></main><script>
const pages = {
  email: `<label>User name <input id="e" type="email"></label><label>Secret <input type="password" id="p"></label>
    <button onclick="signIn()">Log in</button>`,
  code: `<label>Code <input id="c" inputmode="numeric"></label><button onclick="verify()">Submit</button>
    <button id="r" disabled onclick="document.body.dataset.sent = 1; tell('Sent', 'status')">Resend</button>`,
  home: `<p>Hello ada@people.example !</p><dl><dt>MFA</dt><dd>Enabled</dd></dl>
    <button onclick="document.cookie = 'in=; max-age=0'; show('email')">Log out</button>`,
};
const m = document.getElementById("m"), value = (id) => document.getElementById(id).value;
function show(name) { m.innerHTML = pages[name]; }
function tell(text, role = "alert") {
  m.querySelectorAll("[role]").forEach((it) => it.remove());
  setTimeout(() => { m.insertAdjacentHTML("afterbegin", `<p role="${role}">${text}</p>`); }, 30);
}
function signIn() {
  if (value("e") === "ada@people.example" && value("p") === "correct horse") show("code"); else tell("No.");
}
function verify() {
  if (value("c") !== "012345") return tell("No.");
  document.cookie = "in=1";
  show("home");
}
show(document.cookie.includes("in=1") ? "home" : "email");
</script></html>"""


@dataclass
class Counter:
    deeds: int = 0

    def another_deed(self) -> None:
        self.deeds += 1


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    running = Program()
    running.start()
    yield running
    running.close()


Made = Callable[..., BrowserActor]


@pytest.fixture
def actor(program: Program) -> Iterator[Made]:
    """Somebody at a page, which stands at every address of the portal."""
    made: list[BrowserActor] = []

    def opened(page: str) -> BrowserContext:
        context = program.context(Http(timeout_seconds=2.0, headers={"X-Tenant": "acme"}))
        context.route(f"{URL}**", lambda route: route.fulfill(body=page, content_type="text/html"))
        return context

    def make(
        page: str = PAGE, portal: Portal = PORTAL, board: LocalBoard | None = None, redactor: Redactor | None = None
    ) -> BrowserActor:
        made.append(BrowserActor(partial(opened, page), portal, redactor or Redactor(), Counter(), board))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_page_that_never_loads_another_one(actor: Made) -> None:
    ada: Actor = actor()
    assert ada.sign_in(EMAIL, "not this").kind == "refused"
    assert ada.sign_in(EMAIL, PASSWORD).kind == "code-asked"
    assert ada.enter_code("543210").kind == "refused"
    assert ada.enter_code(CODE).kind == "signed-in"
    profile = ada.open_profile()
    assert (profile.kind, profile.facts) == ("signed-in", {"email": EMAIL, "mfa_enabled": True})
    assert ada.sign_out().kind == "done"
    assert ada.open_profile().kind == "refused"
    assert ada.sign_out().kind == "refused"
    assert ada.last.said == "nobody is signed in"


def test_whoever_is_signed_in_signs_out_to_sign_in_again(actor: Made) -> None:
    ada = actor()
    ada.sign_in(EMAIL, PASSWORD)
    ada.enter_code(CODE)
    assert ada.sign_in(EMAIL, PASSWORD).kind == "code-asked"


def test_a_button_that_is_held_shut_is_pressed_all_the_same(actor: Made) -> None:
    page = PAGE.replace("show(document.cookie", "if (location.hash) show('code'); else show(document.cookie")
    ada = actor(page, Portal(f"{URL}#code"))
    ada.window.tab.go("")
    assert ada.request_code().kind == "code-asked"


def test_nobody_is_asked_for_a_code_who_gave_no_password(actor: Made) -> None:
    ada = actor()
    assert ada.enter_code(CODE).kind == "refused"
    assert ada.request_code().kind == "refused"


def test_other_words_are_told_by_the_target_file(actor: Made) -> None:
    page = PAGE.replace("Log in", "Los").replace("Log out", "Ade").replace("User name", "Wer")
    words = Portal(
        URL,
        locators={
            "email": {"label": "Wer"},
            "sign_in": {"text": "Los"},
            "sign_out": "text=Ade",
            "continue": "",
            "mfa": "",
        },
    )
    ada = actor(page, words)
    assert ada.sign_in(EMAIL, PASSWORD).kind == "code-asked"
    assert ada.enter_code(CODE).kind == "signed-in"
    assert "mfa_enabled" not in ada.open_profile().facts
    words = replace(words, locators={**words.locators, "sign_in": ""})
    with pytest.raises(NotClaimed, match="has no sign in"):
        actor(page, words).sign_in(EMAIL, PASSWORD)


def test_a_page_that_says_nothing_known_is_unreadable(actor: Made) -> None:
    ada = actor(PAGE.replace('show("code"); else', "m.innerHTML = '<p role=status hidden>'; else"))
    assert ada.sign_in(EMAIL, PASSWORD).kind == "unreadable"


def test_what_is_not_there_is_named_with_the_remedy(actor: Made) -> None:
    with pytest.raises(Untested, match=r"shows no sign in; say where it is, as sign_in under \[portal.locators\]"):
        actor(PAGE.replace("Log in", "Los")).sign_in(EMAIL, PASSWORD)


def test_a_portal_that_does_not_answer_is_silent(actor: Made) -> None:
    with pytest.raises(Silent, match="ERR_"):
        actor(portal=Portal("http://127.0.0.1:9/")).sign_in(EMAIL, PASSWORD)


def test_an_address_that_a_browser_changes_is_another_variant(actor: Made) -> None:
    with pytest.raises(OtherVariant):
        actor().sign_in(f"{EMAIL} ", PASSWORD)


def test_a_profile_without_an_address_says_nobody(actor: Made) -> None:
    ada = actor(PAGE.replace("ada@people.example !", "Ada"))
    ada.sign_in(EMAIL, PASSWORD)
    ada.enter_code(CODE)
    with pytest.raises(Untested, match="profile under"):
        ada.open_profile()


def test_somebody_else_is_not_her(actor: Made) -> None:
    ada = actor(PAGE.replace("Hello ada@", "Hello bea@"))
    ada.sign_in(EMAIL, PASSWORD)
    ada.enter_code(CODE)
    assert ada.open_profile().facts["email"] == "another address"


def test_messages_are_counted(actor: Made) -> None:
    board = LocalBoard(most=1)
    ada = actor(board=board)
    assert ada.sign_in(EMAIL, "not this").kind == "refused"
    assert ada.sign_in(EMAIL, PASSWORD).kind == "code-asked"
    assert board.messages == 1
    with pytest.raises(Untested, match="max_messages"):
        ada.sign_in(EMAIL, PASSWORD)


@pytest.mark.parametrize("verb", ["resume", "attempt", "find_user", "unlock", "shown", "at_once", "pretend"])
def test_what_no_page_shows_is_not_claimed(actor: Made, verb: str) -> None:
    with pytest.raises(NotClaimed):
        getattr(actor(), verb)("anything")
    with pytest.raises(NotClaimed):
        actor().sign_in(EMAIL, PASSWORD, recipient="else")
    for name in ("wire", "token_says"):
        with pytest.raises(NotClaimed):
            getattr(actor(), name)


def test_a_picture_shows_no_secret(actor: Made) -> None:
    redactor = Redactor()
    ada = actor(PAGE.replace("</main>", f"</main><p>{EMAIL}, {PASSWORD} and {CODE}</p>"), redactor=redactor)
    assert ada.evidence() is None
    redactor.register(CODE, "OTP")
    ada.sign_in(EMAIL, "not this, either")
    told = ada.evidence()
    assert told is not None
    text = ada.window.tab.page.locator("body").inner_text()
    assert not [secret for secret in (EMAIL, CODE) if secret in text]
    fields = ada.window.tab.page.locator("input").all()
    assert {field.input_value() for field in fields} == {"[redacted]"}
    assert (told.url, told.title, len(told.picture) > 1000) == (URL, "Portal", True)


def test_what_a_screen_shows_of_waits(actor: Made) -> None:
    timers = (
        '<span role="timer" aria-label="Expires in">1:05</span><span role="timer" aria-label="New code">20 s</span>'
    )
    ada = actor(PAGE.replace("<label>Code", f"{timers}<label>Code"))
    with pytest.raises(Untested):
        ada.screen.seconds_shown("the code's life")
    ada.sign_in(EMAIL, PASSWORD)
    assert ada.screen.seconds_shown("the code's life") == 65
    assert ada.screen.seconds_shown("the wait for a new code") == 20
    field = ada.screen.code_field
    assert (field.number, field.filled_in, field.for_digits) == (1, False, True)


def test_pasting_can_be_hindered(actor: Made) -> None:
    ada = actor()
    ada.sign_in(EMAIL, PASSWORD)
    assert ada.screen.paste_code(CODE).kind == "signed-in"
    bea = actor(PAGE.replace('<input id="c"', '<input id="c" onpaste="return false"'))
    bea.sign_in(EMAIL, PASSWORD)
    assert bea.screen.paste_code(CODE).kind == "refused"
