from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag

from reference_server import Pages
from reference_server.portal import PAGES
from reference_server.portal.visits import COOKIE
from reference_server.test_support import inbox_key

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Person, Stage

PROFILE = ["User", "Organization", "Role", "Multi-factor authentication"]


class Visitor:
    """Somebody with a browser that knows forms, links, cookies and redirections."""

    def __init__(self, stage: Stage, **options: Any) -> None:  # noqa: ANN401
        self.client = stage.app.test_client()
        self.options = options
        self.stage = stage
        self.answer: TestResponse
        self.open("/portal/")

    def open(self, path: str, **more: Any) -> Visitor:  # noqa: ANN401
        self.answer = self.client.get(path, follow_redirects=True, buffered=True, **self.options, **more)
        return self

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(self.answer.get_data(as_text=True), "html.parser")

    @property
    def path(self) -> str:
        return self.answer.request.path

    @property
    def title(self) -> str:
        heading = self.page.h1
        assert heading is not None
        return heading.get_text(strip=True)

    def told(self, role: str = "alert") -> str | None:
        found = self.page.find(role=role)
        return " ".join(found.get_text().split()) if found else None

    def form(self, button: str) -> tuple[str, dict[str, str]]:
        """Where the form of a button goes, and what it sends when nothing is filled in."""
        forms = self.page.find_all("form")
        (form,) = (form for form in forms if button in [each.get_text() for each in form.find_all("button")])
        sent = [each for each in form.find_all("input") if each.get("type") != "checkbox"]
        sent = [each for each in sent if each.get("type") != "radio" or each.has_attr("checked")]
        return str(form["action"]), {str(each["name"]): str(each.get("value", "")) for each in sent}

    def press(self, button: str, **filled: str) -> Visitor:
        action, fields = self.form(button)
        return self.send(action, fields | filled)

    def send(self, action: str, fields: dict[str, str]) -> Visitor:
        self.answer = self.client.post(action, data=fields, follow_redirects=True, **self.options)
        return self

    def give_password(self, person: Person, password: str | None = None) -> Visitor:
        self.press("Continue", email=person.email)
        return self.press("Sign in", password=person.password if password is None else password)

    def sign_in(self, person: Person) -> Visitor:
        self.give_password(person)
        if self.title == "Enter the code":
            self.press("Verify", otp=self.stage.codes(person.email)[-1])
        assert self.title == "Welcome"
        return self

    @property
    def facts(self) -> dict[str, str]:
        terms, told = self.page.find_all("dt"), self.page.find_all("dd")
        return {term.get_text(): each.get_text() for term, each in zip(terms, told, strict=True)}

    @property
    def field(self) -> Tag:
        (field,) = self.page.find_all("input", autofocus=True)
        return field

    @property
    def cookie(self) -> str:
        cookie = self.client.get_cookie(COOKIE, path="/portal/")
        assert cookie is not None
        return cookie.value


@pytest.fixture
def visitor(stage: Stage) -> Visitor:
    return Visitor(stage)


@pytest.fixture
def support(stage: Stage) -> Visitor:
    return Visitor(stage).sign_in(stage.person(role="support"))


def test_without_mfa_the_password_leads_home(stage: Stage, visitor: Visitor) -> None:
    person = stage.person()
    assert (visitor.path, visitor.title) == ("/portal/sign-in", "Sign in")
    assert visitor.field["autocomplete"] == "username"
    visitor.press("Continue", email=person.email)
    assert (visitor.path, visitor.field["autocomplete"]) == ("/portal/password", "current-password")
    assert person.email in visitor.page.get_text()
    visitor.press("Sign in", password=person.password)
    assert (visitor.path, visitor.title) == ("/portal/home", "Welcome")
    assert list(visitor.facts) == PROFILE
    assert (visitor.facts["User"], visitor.facts[PROFILE[3]]) == (person.email, "Off")


def test_with_mfa_the_code_is_asked_for(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    visitor.give_password(person)
    assert (visitor.path, visitor.title) == ("/portal/code", "Enter the code")
    field = visitor.field
    assert (field["autocomplete"], field["inputmode"], field.get("maxlength")) == ("one-time-code", "numeric", None)
    text = visitor.page.get_text()
    assert "m***@example.com" in text
    assert person.email not in text
    code = stage.codes(person.email)[-1]
    visitor.press("Verify", otp=f" {code[:3]} {code[3:]} ")
    assert (visitor.title, visitor.facts[PROFILE[3]]) == ("Welcome", "On")


def test_the_code_page_counts_by_the_clock_of_the_account(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()

    def left() -> list[str]:
        return [str(timer["data-seconds"]) for timer in visitor.page.find_all(role="timer")]

    visitor.give_password(person)
    assert left() == ["300", "30"]
    stage.pass_time(person, 29)
    visitor.open("/portal/code")
    assert left() == ["271", "1"]
    stage.pass_time(person, 1)
    visitor.open("/portal/code")
    assert left() == ["270"]
    stage.pass_time(person, 270)
    visitor.open("/portal/code")
    assert left() == []
    assert "has expired" in visitor.page.get_text()


def test_a_wrong_code_is_told_and_the_field_keeps_focus(
    stage: Stage, visitor: Visitor, wrong: Callable[[str], str]
) -> None:
    person = stage.mfa_person()
    visitor.give_password(person)
    code = stage.codes(person.email)[-1]
    for entered in (wrong(code), "12345", "", "١٢٣٤٥٦"):
        visitor.press("Verify", otp=entered)
        assert visitor.answer.status_code == 422
        assert (visitor.path, visitor.told() is None) == ("/portal/code", False)
        assert (visitor.field["name"], visitor.field["aria-invalid"]) == ("otp", "true")
        assert "error" in str(visitor.field["aria-describedby"]).split()
        assert visitor.page.find(id="error") is not None
        assert visitor.page.title is not None
        assert visitor.page.title.get_text().startswith("Error: ")
    assert visitor.press("Verify", otp=code).title == "Welcome"


def test_a_new_code_has_its_wait(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    visitor.give_password(person).press("Send a new code")
    assert visitor.answer.status_code == 429
    assert "30 seconds" in str(visitor.told())
    assert "aria-invalid" not in visitor.field.attrs
    stage.pass_time(person, 30)
    assert visitor.press("Send a new code").told("status") == "A new code is on its way."
    old, new = stage.codes(person.email)
    assert visitor.press("Verify", otp=old).told() is not None
    assert visitor.press("Verify", otp=new).title == "Welcome"


def test_an_expired_code_is_refused_and_a_new_one_works(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    visitor.give_password(person)
    stage.pass_time(person, 300)
    assert visitor.press("Verify", otp=stage.codes(person.email)[-1]).told() is not None
    visitor.press("Send a new code")
    assert visitor.press("Verify", otp=stage.codes(person.email)[-1]).title == "Welcome"


def test_a_sign_in_that_has_ended_begins_again(stage: Stage, visitor: Visitor, wrong: Callable[[str], str]) -> None:
    person = stage.mfa_person()
    visitor.give_password(person)
    for _ in range(5):
        visitor.press("Verify", otp=wrong(stage.codes(person.email)[-1]))
    assert visitor.path == "/portal/sign-in"
    assert visitor.told() == "This sign-in has ended. Sign in again."


@pytest.mark.parametrize("page", [page.path for page in PAGES if page.method == "GET" and "<" not in page.path])
def test_no_page_opens_after_the_password_alone(stage: Stage, page: str) -> None:
    person = stage.mfa_person()
    for visitor in (Visitor(stage), Visitor(stage).give_password(person)):
        visitor.open(page)
        assert "Sign out" not in visitor.page.get_text()
        assert person.organization not in visitor.page.get_text()


def test_wrong_words_are_refused_alike(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    told = []
    for email in (person.email, "nobody@example.com", "no address at all\0"):
        visitor.open("/portal/").press("Continue", email=email).press("Sign in", password="not this")
        told.append((visitor.answer.status_code, visitor.told(), visitor.path))
    assert set(told) == {(422, "The e-mail address or the password is wrong.", "/portal/password")}
    assert visitor.open("/portal/").press("Continue", email="").told() == "Enter your e-mail address."


def test_locked_suspended_and_in_need_of_recovery(stage: Stage, visitor: Visitor) -> None:
    person, suspended = stage.person(), stage.person(status="suspended")
    for _ in range(5):
        visitor.open("/portal/").give_password(person, "not this")
    visitor.open("/portal/").give_password(person)
    assert (visitor.answer.status_code, visitor.told()) == (429, "Too many failed attempts. Try again in 15 minutes.")
    visitor.open("/portal/").give_password(suspended)
    assert (visitor.answer.status_code, visitor.title) == (403, "Your account is suspended")


def test_a_code_that_cannot_be_sent(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    stage.outage(person.email)
    assert visitor.give_password(person).told() == "The code could not be sent. Try again in a moment."
    assert visitor.answer.status_code == 503


def test_signing_out_ends_the_session_behind_its_cookie(stage: Stage, visitor: Visitor) -> None:
    visitor.sign_in(stage.person())
    kept = visitor.cookie
    assert visitor.open("/portal/sign-in").path == "/portal/home"
    visitor.press("Sign out")
    assert (visitor.path, visitor.told("status")) == ("/portal/sign-in", "You are signed out.")
    assert visitor.open("/portal/home").path == "/portal/sign-in"
    visitor.client.set_cookie(COOKIE, kept, path="/portal/")
    assert visitor.open("/portal/home").path == "/portal/sign-in"
    assert visitor.open("/portal/support").path == "/portal/sign-in"


def test_the_session_is_another_one_after_each_stage(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    cookies = [visitor.cookie]
    visitor.press("Continue", email=person.email)
    cookies.append(visitor.cookie)
    visitor.press("Sign in", password=person.password)
    cookies.append(visitor.cookie)
    visitor.press("Verify", otp=stage.codes(person.email)[-1])
    assert len({*cookies, visitor.cookie}) == 4
    for old in cookies:
        visitor.client.set_cookie(COOKIE, old, path="/portal/")
        assert visitor.open("/portal/home").title != "Welcome"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stage: Stage, set_stage: type[Stage]) -> None:
    for one, secure in ((stage, False), (set_stage(public_url="https://portal.example"), True)):
        cookie = Visitor(one).client.get_cookie(COOKIE, path="/portal/")
        assert cookie is not None
        assert (cookie.http_only, cookie.same_site, cookie.secure) == (True, "Lax", secure)
        assert cookie.path == "/portal/"


def test_a_form_needs_the_token_of_its_session(stage: Stage, visitor: Visitor) -> None:
    person = stage.person()
    visitor.sign_in(person)
    action, fields = visitor.form("Sign out")
    other = Visitor(stage).sign_in(person).form("Sign out")[1]["csrf_token"]
    for forged in ({}, {"csrf_token": other}, {"csrf_token": ""}):
        visitor.send(action, forged)
        assert (visitor.answer.status_code, visitor.title) == (400, "Please try again")
        assert visitor.open("/portal/home").title == "Welcome"
    assert visitor.send(action, fields).path == "/portal/sign-in"


def test_a_form_from_before_a_stage_is_out_of_date(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    action, fields = visitor.form("Continue")
    visitor.sign_in(person)
    assert visitor.send(action, fields | {"email": person.email}).title == "Please try again"
    assert visitor.open("/portal/").title == "Welcome"


def test_a_code_that_is_sent_twice_at_once_signs_in(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    visitor.give_password(person)
    action, fields = visitor.form("Verify")
    before = visitor.cookie
    fields["otp"] = stage.codes(person.email)[-1]
    visitor.send(action, fields)
    after = visitor.cookie
    visitor.client.set_cookie(COOKIE, before, path="/portal/")
    second = visitor.client.post(action, data=fields)
    assert "Set-Cookie" not in second.headers
    visitor.client.set_cookie(COOKIE, after, path="/portal/")
    assert visitor.open(second.location).title == "Welcome"


def test_pages_tell_browsers_to_be_strict(visitor: Visitor) -> None:
    headers = visitor.answer.headers
    assert headers["Cache-Control"] == "no-store"
    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.open("/portal/static/portal.css").answer.headers["Cache-Control"] == "public, max-age=3600"


def test_no_page_has_a_script_or_a_style_in_it(stage: Stage, visitor: Visitor) -> None:
    visitor.give_password(stage.mfa_person())
    assert [script.get("src") for script in visitor.page.find_all("script")] == ["/portal/static/countdowns.js"]
    assert not visitor.page.find_all("style")
    assert not re.search(r"\s(style|on\w+)=", visitor.answer.get_data(as_text=True))


def test_what_is_no_page_is_told_on_one(visitor: Visitor) -> None:
    assert (visitor.open("/portal/nowhere").answer.status_code, visitor.title) == (404, "Not found")
    action, _ = visitor.open("/portal/").form("Continue")
    visitor.send(action, {"email": "x" * 20_000})
    assert (visitor.answer.status_code, visitor.told()) == (413, "That is more than this form takes.")


def test_a_crash_is_told_without_its_inside(set_stage: type[Stage]) -> None:
    class Broken(Pages):
        def show_forgot(self) -> Any:  # noqa: ANN401
            raise ZeroDivisionError("inside")

    visitor = Visitor(set_stage(pages=Broken)).open("/portal/forgot")
    assert (visitor.answer.status_code, visitor.title) == (500, "Internal error")
    assert "inside" not in visitor.page.get_text()


def test_a_password_is_reset_by_link(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    other = Visitor(stage).sign_in(person)
    visitor.press("Continue", email=person.email).open("/portal/forgot")
    assert visitor.field["value"] == person.email
    emails = (person.email, "nobody@example.com")
    told = [visitor.press("Send the link", email=email).told("status") for email in emails]
    assert set(told) == {"If an account has this address, a link is on its way to it."}
    assert visitor.press("Send the link", email="").told() == "Enter your e-mail address."
    link = str(stage.messages(person.email)[-1]["body"]).split("\n\n")[1].removeprefix(stage.settings.public_url)
    visitor.open(link)
    assert visitor.field["autocomplete"] == "new-password"
    assert visitor.press("Change the password", new_password="short").told() == "A password has 8 to 128 characters."
    visitor.press("Change the password", new_password="a new passphrase")
    assert (visitor.path, visitor.told("status")) == (
        "/portal/sign-in",
        "Your password was changed. Sign in with the new one.",
    )
    assert other.open("/portal/home").title == "Sign in"
    assert visitor.give_password(person, "a new passphrase").title == "Enter the code"
    visitor.open(link).press("Change the password", new_password="another one")
    assert visitor.told() == "The link is wrong, expired or used. Ask for a new one."
    assert visitor.page.find("a", string="Ask for a new link") is not None
    assert visitor.open("/portal/reset").path == "/portal/forgot"


def test_support_finds_and_changes_users(stage: Stage, support: Visitor) -> None:
    person = stage.person()
    assert support.page.find("a", string="Support desk") is not None
    assert (
        support.open("/portal/support?email=nobody@example.com").told() == "There is no user with this e-mail address."
    )
    support.open(f"/portal/support?email={person.email}")
    assert (support.facts["Status"], support.facts["Contact"]) == ("Active", "None")
    contact = {"channel": "phone", "address": "+15550100"}
    assert support.press("Switch on", **contact).told() == "Confirm the contact with the user first."
    odd = support.press("Switch on", channel="phone", address="nobody@example.com", contact_confirmed="yes")
    assert odd.told() == "Enter an e-mail address or a phone number, as the channel needs it."
    support.press("Switch on", contact_confirmed="yes", **contact)
    assert "is on" in str(support.told("status"))
    assert (support.facts["Contact"], support.facts[PROFILE[3]]) == ("+15550100", "On")
    assert support.press("Switch off").told() == "Verify the user's identity first."
    assert "is off" in str(support.press("Switch off", identity_verified="yes").told("status"))
    for _ in range(5):
        stage.sign_in(person, "not this")
    support.open(f"/portal/support?email={person.email}")
    assert "locked until" in support.facts["Status"]
    assert "unlocked" in str(support.press("Unlock", identity_verified="yes").told("status"))
    assert support.facts["Status"] == "Active"


def test_administrators_do_what_they_may_and_others_nothing(stage: Stage) -> None:
    person = stage.person()
    admin = Visitor(stage).sign_in(stage.person(role="admin", organization=person.organization))
    admin.open(f"/portal/support?email={person.email}")
    buttons = [button.get_text() for button in admin.page.find_all("button")]
    assert buttons == ["Sign out", "Find", "Switch on"]
    token = admin.form("Switch on")[1]["csrf_token"]
    admin.send(f"/portal/support/{person.id}/unlock", {"csrf_token": token, "identity_verified": "yes"})
    assert admin.told() == "This page is for Support and administrators."
    foreign = Visitor(stage).sign_in(stage.person(role="admin"))
    assert foreign.open(f"/portal/support?email={person.email}").told() == "There is no user with this e-mail address."
    member = Visitor(stage).sign_in(person)
    assert member.page.find("a", string="Support desk") is None
    assert member.open(f"/portal/support?email={person.email}").answer.status_code == 403
    assert person.email not in member.page.get_text()


def test_the_inbox_shows_what_was_sent_to_who_has_its_key(stage: Stage, visitor: Visitor) -> None:
    person = stage.mfa_person()
    stage.challenge(person)
    code = stage.codes(person.email)[-1]
    address = f"/test-support/inbox?key={inbox_key('test-support-secret')}"
    assert code in visitor.open(address).page.get_text()
    for closed in ("/test-support/inbox", "/test-support/inbox?key=", "/test-support/inbox?key=é"):
        assert visitor.open(closed).answer.status_code == 403
        assert code not in visitor.page.get_text()


def test_without_test_support_there_is_no_inbox(set_stage: type[Stage]) -> None:
    visitor = Visitor(set_stage(test_support_secret=None))
    assert visitor.open(f"/test-support/inbox?key={inbox_key('')}").answer.status_code == 404


def test_the_api_knows_no_cookies(stage: Stage, visitor: Visitor) -> None:
    visitor.sign_in(stage.person())
    answer = visitor.client.get("/me", headers={"Cookie": f"{COOKIE}={visitor.cookie}"})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_what_a_page_shows_is_text(visitor: Visitor) -> None:
    visitor.press("Continue", email="<script>alert(1)</script>@x")
    assert not visitor.page.find_all("script")
    assert "<script>alert(1)</script>@x" in visitor.page.get_text()
