"""What the screens of the web portal show, and what a browser keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pytest_bdd import given, then, when

from servinix_conformance.actor import Countdown, Forecast, Screen, foretold, require

from .cast import SPANS, Cast
from .language import phrase
from .sign_in import code_of

_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def _screen(cast: Cast, who: str | None = None) -> Screen:
    return cast.device(cast[who] if who else cast.protagonist).actor.screen


@then(phrase("one field on the screen takes the whole code"))
def _(cast: Cast) -> None:
    field = _screen(cast).code_field
    require(field.number == 1, "one field for the whole code", f"there are {field.number}")
    require(field.filled_in, "the field to say that it is for a one-time passcode (autocomplete)", "it does not")
    require(field.for_digits, "keyboards on the screen to show digits (inputmode)", "the field does not ask for them")


@when(phrase("{who} pastes {code}"))
def _(cast: Cast, who: str, code: str) -> None:
    person = cast[who]
    here = cast.device(person)
    here.actor.screen.paste_code(code_of(cast, person, here, code))


@when(phrase("{who} presses twice for {code}"))
def _(cast: Cast, who: str, code: str) -> None:
    person = cast[who]
    here = cast.device(person)
    here.actor.screen.enter_code_twice(code_of(cast, person, here, code))


@then(phrase("the screen announces it, and the cursor is in the field for the {field}"))
def _(cast: Cast, field: str) -> None:
    screen = _screen(cast)
    require(bool(screen.announced), "what is wrong to be announced (role=alert or status)", "nothing is")
    focus = screen.field_in_focus
    require(focus == field, f"the cursor to be in the field for the {field}", f"it is in {focus or 'no field'}")


@then(phrase("the screen shows what is left of {span}"))
def _(cast: Cast, span: str) -> None:
    what: Countdown = "the code's life" if span == "the code's life" else "the wait for a new code"
    whole, shown = cast.world.promise(SPANS[span]), _screen(cast).seconds_shown(what)
    kept = shown is not None and 0 < shown <= whole
    told = "nothing is shown" if shown is None else f"{shown} s are shown"
    require(kept, f"the screen to show what is left of {whole} s", told)


@then(phrase("none of the private pages opens"))
def _(cast: Cast) -> None:
    opened = _screen(cast).private_pages()
    require(not opened, "no private page to open", f"these do: {_listed(opened)}")


@then(phrase("some of the private pages open"))
def _(cast: Cast) -> None:
    require(bool(_screen(cast).private_pages()), "a private page to open for somebody signed in", "none does")


@then(phrase("what the browser keeps is for the portal alone"))
def _(cast: Cast) -> None:
    cookies = _screen(cast).cookies
    require(bool(cookies), "the browser to be given something to keep a session by", "it is given nothing")
    for told, names in (
        ("scripts (HttpOnly)", [cookie.name for cookie in cookies if cookie.from_scripts]),
        ("other sites (SameSite)", [cookie.name for cookie in cookies if cookie.from_other_sites]),
        ("who listens (Secure)", [cookie.name for cookie in cookies if cookie.in_clear_text]),
    ):
        require(not names, f"no cookie to be within reach of {told}", f"these are: {_listed(names)}")


@when(phrase("another site sends what signs {who} out"))
def _(cast: Cast, who: str) -> None:
    _screen(cast, who).forge_sign_out(own_form=False)


@when(phrase("the portal's own page sends what signs {who} out"))
def _(cast: Cast, who: str) -> None:
    _screen(cast, who).forge_sign_out(own_form=True)


@then(phrase("what the browser kept before any stage opens nothing"))
def _(cast: Cast) -> None:
    stages = _screen(cast).cookies_of_before_open()
    require(not stages, "what was kept before a stage to open nothing", f"it does, from before {_listed(stages)}")


@then(phrase("what the browser keeps now opens {who}'s account"))
def _(cast: Cast, who: str) -> None:
    require(_screen(cast, who).cookies_of_now_open(), "what is kept now to open the account", "it does not")


@given(phrase("{who} has opened another tab"))
def _(cast: Cast, who: str) -> None:
    _screen(cast, who).open_another_tab()


@then(phrase("going back shows nobody signed in"))
def _(cast: Cast) -> None:
    require(not _screen(cast).go_back(), "nobody to be shown as signed in", "somebody is, after going back")


@then(phrase("the other tab shows {somebody} signed in when it is loaded again"))
def _(cast: Cast, somebody: str) -> None:
    shown = _screen(cast).reload_another_tab()
    require(shown is (somebody == "somebody"), f"the other tab to show {somebody} signed in", "it does not")


@then(phrase("nothing secret stands in an address"))
def _(cast: Cast) -> None:
    held = _screen(cast).secrets_in_addresses()
    require(not held, "no password, code or token in an address", f"there is one: {_listed(held)}")


@when(phrase("{who} goes to the page for {page}"))
def _(cast: Cast, who: str, page: str) -> None:
    _screen(cast, who).show(page)


@when(phrase("{who} opens the link"))
@foretold(lambda who: Forecast(uses=("resetPassword",)))  # noqa: ARG005 - whoever opens it
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    _screen(cast, who).follow(cast.world.inbox.link(person.links[-1]))


@then(phrase("the screen has no barrier"))
def _(cast: Cast) -> None:
    for scheme in _SCHEMES:
        found = _screen(cast).barriers(scheme)
        require(not found, f"no barrier on this screen, in {scheme}", f"axe-core finds: {_listed(found)}")


def _listed(names: Sequence[str]) -> str:
    return "; ".join(names)
