from __future__ import annotations

from pathlib import Path

from servinix_conformance.target import Http, Portal, Target
from servinix_conformance.target_names import misnamed

PROFILES = ["documented", "contract"]


def test_a_target_that_names_what_there_is_has_no_problem(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    target = Target(
        "Example",
        "https://host.example",
        claimed=frozenset({"resendOtp"}),
        not_claimed=frozenset({"resetPassword", "phone", "servinix-go"}),
        http=Http(verify=str(tmp_path / "ca.pem")),
        bindings={"signIn": {"request": {"email": "/user"}}, "success": {"status": 200}},
    )
    assert list(misnamed(target, PROFILES)) == []


def test_everything_that_is_misnamed_is_told_at_once(tmp_path: Path) -> None:
    target = Target(
        "Example",
        "https://host.example",
        profiles=("documentd",),
        claimed=frozenset({"resendOtp", "singIn"}),
        not_claimed=frozenset({"resetPasword", "fax"}),
        http=Http(verify=str(tmp_path / "ca.pem"), client_certificate=str(tmp_path / "own.pem")),
        bindings={"signin": {}, "problems": {"otp-rejectd": {"status": 401}}},
    )
    told = list(misnamed(target, PROFILES))
    assert told[:4] == [
        "bindings.signin: steps know no such name; did you mean 'signIn'?",
        "bindings.problems.otp-rejectd: steps know no such name; did you mean 'otp-rejected'?",
        "claims.profiles: nothing is named 'documentd'; did you mean 'documented'?",
        "claims.claimed: nothing is named 'singIn'; did you mean 'signIn'?",
    ]
    assert told[4].startswith("claims.not_claimed: nothing is named 'fax'; known here: signIn, ")
    assert told[5:] == [
        "claims.not_claimed: nothing is named 'resetPasword'; did you mean 'resetPassword'?",
        f"http.verify: {tmp_path / 'ca.pem'} is not there; name a file in PEM form",
        f"http.client_certificate: {tmp_path / 'own.pem'} is not there; name a file in PEM form",
    ]


def test_a_profile_is_looked_at_where_it_is_known_which_there_are() -> None:
    target = Target("Example", "https://host.example", profiles=("any",))
    assert list(misnamed(target, None)) == []


def test_what_is_named_on_the_pages_of_a_portal_has_to_be_known() -> None:
    portal = Portal("https://host.example", locators={"emial": "#e", "code": "#c"})
    (told,) = misnamed(Target("Example", "https://host.example", portal=portal), PROFILES)
    assert told == "portal.locators: nothing is named 'emial'; did you mean 'email'?"
