from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pytest_bdd import parsers

from servinix_conformance import catalogue, plan
from servinix_conformance.actor import Forecast, Needs, foretold
from servinix_conformance.forecast import Part, foretell
from servinix_conformance.suite import suite_root
from servinix_conformance.vocabulary import Vocabulary


def vocabulary(**tellings: Any) -> Any:  # noqa: ANN401 - a stand-in for a Vocabulary
    """One step for each sentence, its words in braces."""

    def meant(_kind: str, text: str) -> object:
        for sentence, tell in tellings.items():
            parser = parsers.parse(sentence.replace("_", " "))
            if parser.is_matching(text):
                return SimpleNamespace(parser=parser, step_func=foretold(tell)(lambda: None))
        return None

    return SimpleNamespace(meant=meant)


WORDS = vocabulary(
    **{
        "{who}_comes": lambda who: Forecast(joins=(who, Needs())),
        "{who}_joins_{whose}": lambda who, whose: Forecast(joins=(who, Needs(channel="phone")), beside=whose),
        "{who}_keeps_from_{whose}": lambda who, whose: Forecast(joins=(who, Needs()), apart=whose),
        "{who}_is_locked": lambda who: Forecast(locks=who),
        "{who}_changes": lambda who: Forecast(changes=who),
        "many_come": lambda: Forecast(crowd=40),
        "a_while": lambda: Forecast(waits=2.5),
        "the_lock": lambda: Forecast(waits="lock_seconds"),
        "nonsense": lambda: "a word",
    }
)


def steps(*texts: str) -> list[tuple[str, str]]:
    return [("given", text) for text in texts]


def test_a_scenario_is_the_sum_of_its_steps() -> None:
    told = foretell(steps("Ada comes", "Bea joins Ada", "Ada is locked", "Bea changes", "unheard of"), WORDS)
    assert told.parts == (Part("Ada", Needs(), locked=True), Part("Bea", Needs(channel="phone"), "Ada", changed=True))


def test_who_must_be_of_another_organization_is_foretold() -> None:
    assert foretell(steps("Ada comes", "Zoe keeps from Ada"), WORDS).parts[1] == Part("Zoe", Needs(), apart="Ada")


def test_nobody_is_locked_or_changed_who_is_not_in_the_scenario() -> None:
    assert foretell(steps("Ada is locked", "Support changes"), WORDS).parts == ()


def test_people_without_a_name_are_counted() -> None:
    assert foretell(steps("many come", "Ada comes", "many come"), WORDS).crowd == 80


def test_waits_are_added_up_with_what_the_deployment_promises() -> None:
    told = foretell(steps("a while", "the lock", "a while"), WORDS)
    assert told.waits == (2.5, "lock_seconds", 2.5)
    assert told.seconds({"lock_seconds": 900.0}.__getitem__) == 905.0


def test_what_is_no_forecast_is_a_defect_of_the_step() -> None:
    with pytest.raises(TypeError, match="the step 'nonsense' is foretold as str"):
        foretell(steps("nonsense"), WORDS)


def test_everybody_who_is_spoken_of_in_the_suite_is_foretold() -> None:
    root = suite_root() / "features"
    clauses = catalogue.load((root / "catalogue.yaml",))
    everything = plan.read((root,), clauses)
    words = Vocabulary(everything)
    for scenario in everything.scenarios:
        for example in scenario.examples:
            told = foretell(example, words)
            text = " ".join(text for _, text in example)
            assert told.crowd or "Ada" in {part.name for part in told.parts}, scenario.where
            assert bool(told.crowd) is (" people are users " in text), scenario.where
            locking = any(words in text for words in ("as often as locks", " once more", " until she is locked out"))
            assert any(part.locked for part in told.parts) is locking, scenario.where
            assert bool(told.waits) is (" passed" in text), scenario.where
