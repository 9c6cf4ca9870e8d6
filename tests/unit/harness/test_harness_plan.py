from __future__ import annotations

import importlib.util
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_bdd.parser import FeatureParser
from pytest_bdd.scenario import make_python_name

from servinix_conformance.catalogue import CONTRACT, Catalogue, Clause
from servinix_conformance.clients import BROWSER
from servinix_conformance.plan import GuardError, Plan, check_coverage, feature_files, is_scenario, read
from servinix_conformance.vocabulary import Vocabulary


def clause(name: str, profile: str = "documented", unobservable: str | None = None) -> Clause:
    return Clause(
        *(name, "Chapter", "Page", "Section", "MUST", "documented", profile, "It is kept."),
        unobservable=unobservable,
        where=f"c.yaml:{WHERE.index(name) + 1}",
    )


WHERE = ["AA-1", "AA-2", "BB-1", CONTRACT]


CATALOGUE = Catalogue(
    "1",
    {item.id: item for item in (clause("AA-1"), clause("AA-2"), clause("BB-1", "other"), clause(CONTRACT, "contract"))},
)
STEPS = """
    Given an unheard-of thing
    When nobody knows 3 things
    Then nothing is known
"""


@pytest.fixture
def features(tmp_path: Path) -> Path:
    folder = tmp_path / "features"
    folder.mkdir()
    return folder


def write(folder: Path, text: str, name: str = "a.feature") -> Path:
    path = folder / name
    path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    return path


def refused(folder: Path) -> list[str]:
    with pytest.raises(GuardError) as caught:
        read([folder], CATALOGUE)
    return str(caught.value).splitlines()


WHOLE = """
    @AA-1 @web-portal
    Feature: A feature

      Background:
        Given a beginning

      @inferred
      Scenario: First
        Then it happens

      Rule: A rule

        @AA-2
        Scenario Outline: Second
          When <what> happens
          Then it is over

          Examples:
            | what |
            | rain |
            | snow |

    """


def test_scenarios_are_read_as_they_are_written(features: Path) -> None:
    path = write(features, WHOLE)
    first, second = read([features], CATALOGUE).scenarios
    assert (first.name, first.feature, first.path, first.where) == (
        *("First", "A feature", path, "features/a.feature:8"),
    )
    assert (first.clauses, first.clients, first.inferred) == (("AA-1",), ("web portal",), True)
    assert first.steps == (("given", "a beginning"), ("then", "it happens"))
    assert (second.clauses, second.inferred, second.line) == (("AA-1", "AA-2"), False, 14)
    assert second.steps == (
        ("given", "a beginning"),
        ("when", "rain happens"),
        ("then", "it is over"),
        ("when", "snow happens"),
    )


def test_a_rules_tags_are_its_scenarios(features: Path) -> None:
    write(
        features,
        """
        Feature: A feature

          @AA-2
          Rule: A rule

            Scenario: First
              Then a beginning
        """,
    )
    (scenario,) = read([features], CATALOGUE).scenarios
    assert scenario.clauses == ("AA-2",)


def test_a_scenario_is_found_by_its_template_and_by_its_clause(features: Path, tmp_path: Path) -> None:
    write(features, WHOLE)
    plan = read([features], CATALOGUE)
    feature = FeatureParser(str(features), "a.feature").parse()
    assert plan.of(feature.scenarios["Second"]).name == "Second"
    assert [item.name for item in plan.checking("AA-1")] == ["First", "Second"]
    assert [item.name for item in plan.checking("AA-2")] == ["Second"]
    assert plan.checking("BB-1") == []
    write(tmp_path, WHOLE, "other.feature")
    stranger = FeatureParser(str(tmp_path), "other.feature").parse()
    with pytest.raises(KeyError):
        plan.of(stranger.scenarios["First"])


def test_feature_files_are_found_in_folders_and_by_name_once(features: Path) -> None:
    (features / "deep").mkdir()
    deep = write(features / "deep", WHOLE, "b.feature")
    first = write(features, WHOLE)
    write(features, "not a feature", "notes.txt")
    assert feature_files([features]) == [(first, features.parent), (deep, features.parent)]
    assert [file for file, _ in feature_files([first, features])] == [first, deep]
    assert feature_files([first]) == [(first, features.parent)]


SECOND = """
    Feature: Another

      @AA-1
      Scenario: First
        Then a beginning
    """


def test_two_scenarios_of_one_name_in_one_file(features: Path) -> None:
    write(
        features,
        """
        @AA-1
        Feature: A feature
          Scenario: First
            Then a beginning
          Scenario: First
            Then another beginning
        """,
    )
    assert refused(features) == [
        "features/a.feature:5: the scenario 'First' stands at features/a.feature:3 too; rename one"
    ]


def test_two_scenarios_of_one_name_in_two_files(features: Path) -> None:
    write(features, WHOLE)
    write(features, SECOND, "b.feature")
    assert refused(features) == [
        "features/b.feature:4: the scenario 'First' stands at features/a.feature:8 too; rename one"
    ]


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ("@AA-1 @aa-2", "4: the tag @aa-2 names no clause; did you mean AA-2?"),
        ("@contract-1 @AA-1", "4: the tag @contract-1 names no clause; did you mean CONTRACT-1?"),
    ],
)
def test_a_clause_in_small_letters_is_no_tag_of_somebodys_own(features: Path, tags: str, told: str) -> None:
    write(features, SECOND.replace("@AA-1", tags))
    assert refused(features) == [f"features/a.feature:{told}"]


def test_a_scenario_without_steps(features: Path) -> None:
    write(features, SECOND.replace("    Then a beginning\n", ""))
    assert refused(features) == [
        "features/a.feature:4: the scenario 'First' has no steps, and would pass; write them, or remove it"
    ]


def test_a_scenario_that_checks_nothing(features: Path) -> None:
    write(features, SECOND.replace("Then a", "Given a"))
    assert refused(features) == [
        "features/a.feature:4: the scenario 'First' has no Then, and would pass; say what must hold, or remove it"
    ]
    write(features, SECOND.replace("Then a beginning", "Then a beginning\n        And another"))
    assert [item.name for item in read([features], CATALOGUE).scenarios] == ["First"]


OUTLINE = """
    Feature: A feature

      @AA-1
      Scenario Outline: First
        Then <what> begins
    """
NO_EXAMPLES = "4: the outline 'First' has no examples; add a row, or make it a scenario"


@pytest.mark.parametrize(
    ("examples", "told"),
    [
        ("", NO_EXAMPLES),
        ("    Examples:\n", NO_EXAMPLES),
        ("    Examples:\n      | what |\n", NO_EXAMPLES),
        ("    Examples:\n      | that |\n      | rain |\n", "4: no examples of 'First' give <what>; known there: that"),
        (
            "    @AA-2\n    Examples:\n      | what |\n      | rain |\n",
            "4: the tag @AA-2 of its examples joins them to no clause; tag the scenario, and split it if need be",
        ),
    ],
)
def test_an_outline_that_its_examples_do_not_fill(features: Path, examples: str, told: str) -> None:
    write(features, textwrap.dedent(OUTLINE) + examples)
    assert refused(features) == [f"features/a.feature:{told}"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ": holds no feature; write one, or remove the file"),
        (b"# a comment alone\n", ": holds no feature; write one, or remove the file"),
        (b"\nFeature: Nothing\n", ":2: holds no scenario; write one, or remove the file"),
        ("Feature: Ö".encode("latin-1"), ": is not UTF-8: unexpected end of data at byte 9; save it as UTF-8"),
    ],
)
def test_a_file_that_holds_nothing(features: Path, content: bytes, told: str) -> None:
    (features / "a.feature").write_bytes(content)
    assert refused(features) == [f"features/a.feature{told}"]


def test_a_folder_that_has_the_name_of_a_feature_file(features: Path) -> None:
    (features / "a.feature").mkdir()
    assert refused(features) == ["features/a.feature: cannot be read: Is a directory; take it out of the folder"]


def test_a_line_leads_to_the_scenario_that_holds_it(features: Path) -> None:
    path = write(features, WHOLE)
    plan = read([features], CATALOGUE)
    found = {line: (plan.at(path, line) or plan.scenarios[0]).name for line in (8, 9, 13, 14, 99)}
    assert found == {8: "First", 9: "First", 13: "First", 14: "Second", 99: "Second"}
    assert plan.at(path, 7) is None
    assert plan.at(features / "other.feature", 8) is None


def test_a_scenario_without_a_clause(features: Path) -> None:
    write(features, SECOND.replace("@AA-1", "@web-portal"))
    assert refused(features) == [
        "features/a.feature:4: the scenario 'First' checks no clause; tag it with one, such as @MFA-1"
    ]


def test_a_tag_that_names_no_clause(features: Path) -> None:
    write(features, SECOND.replace("@AA-1", "@AA-1 @AA-3"))
    (line,) = refused(features)
    assert line.startswith("features/a.feature:4: the tag @AA-3 names no clause; did you mean AA-")


def test_the_contract_needs_no_scenario_of_its_own(features: Path) -> None:
    write(features, SECOND.replace("@AA-1", f"@AA-1 @{CONTRACT}"))
    (line,) = refused(features)
    assert line.startswith(f"features/a.feature:4: the tag @{CONTRACT} ")


@pytest.mark.parametrize("text", ["Feature: A\n  Scenario: B\n    Then a\n    nonsense\n", "nothing of the kind\n"])
def test_no_gherkin(features: Path, text: str) -> None:
    write(features, text)
    write(features, SECOND, "b.feature")
    (line,) = refused(features)
    assert line.startswith("features/a.feature:")
    assert ": is no Gherkin: " in line


def test_every_problem_is_told_at_once(features: Path) -> None:
    write(features, WHOLE)
    write(features, SECOND.replace("@AA-1", "@QQ-1"), "b.feature")
    write(features, "no feature\n", "c.feature")
    told = "\n".join(refused(features))
    for part in ("names no clause", "checks no clause", "is no Gherkin", "rename one"):
        assert part in told


def test_every_clause_needs_a_scenario_or_a_reason(features: Path) -> None:
    write(features, SECOND)
    plan = read([features], CATALOGUE)
    with pytest.raises(GuardError) as caught:
        check_coverage(plan, CATALOGUE, ["documented", "other", "contract"])
    assert str(caught.value).splitlines() == [
        f"c.yaml:{line}: clause {name} has no scenario; tag one with @{name}, or say why it is unobservable"
        for line, name in ((2, "AA-2"), (3, "BB-1"))
    ]


def test_a_clause_with_a_reason_or_of_another_profile_needs_no_scenario(features: Path) -> None:
    write(features, SECOND)
    excused = Catalogue("1", {**CATALOGUE.clauses, "AA-2": clause("AA-2", unobservable="nobody sees it")})
    check_coverage(read([features], excused), excused, ["documented"])
    with pytest.raises(GuardError, match=r"c\.yaml:3: clause BB-1 "):
        check_coverage(read([features], excused), excused, ["documented", "other"])


Load = Callable[[str], Path]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Load step definitions as a module of their own, and take them out again."""
    names: list[str] = []

    def from_text(text: str) -> Path:
        name = f"harness_plan_steps_{len(names)}"
        folder = tmp_path / "made"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.py"
        path.write_text(
            "from pytest_bdd import given, parsers, step, then, when\n\n" + textwrap.dedent(text), encoding="utf-8"
        )
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        names.append(name)
        spec.loader.exec_module(module)
        return path

    yield from_text
    for name in names:
        # The registry lets go of definitions that nobody holds.
        vars(sys.modules.pop(name)).clear()


def planned(folder: Path, *steps: str) -> Plan:
    lines = "\n".join(f"    {line}" for line in (*steps, "Then all is well"))
    write(folder, f"Feature: F\n\n  @AA-1\n  Scenario: S\n{lines}\n")
    return read([folder], CATALOGUE)


def complaints(vocabulary: Vocabulary, *, whole: bool) -> list[str]:
    try:
        vocabulary.check(whole=whole)
    except GuardError as error:
        return [line for line in str(error).splitlines() if "harness_plan_steps" in line]
    return []


def test_each_step_has_one_meaning(features: Path, load: Load) -> None:
    load("""
        @given("an unheard-of thing")
        def thing(): pass

        @step(parsers.parse("nobody knows {number:d} things"))
        def things(number): pass
    """)
    vocabulary = Vocabulary(planned(features, *STEPS.strip().splitlines()))
    meant = vocabulary.meant("given", "an unheard-of thing")
    assert meant is not None
    assert meant.step_func.__name__ == "thing"
    either = vocabulary.meant("when", "nobody knows 3 things")
    assert either is not None
    assert either.step_func.__name__ == "things"
    assert vocabulary.meant("then", "nothing is known") is None
    assert vocabulary.meant("when", "an unheard-of thing") is None
    assert complaints(vocabulary, whole=True) == []


def test_a_step_that_is_defined_twice(features: Path, load: Load) -> None:
    load("""
        @given("an unheard-of thing")
        def thing(): pass

        @given(parsers.parse("an {kind} thing"))
        def any_thing(kind): pass
    """)
    vocabulary = Vocabulary(planned(features, "Given an unheard-of thing"))
    place = "made/harness_plan_steps_0.py"
    told = [f"the step 'Given an unheard-of thing' is defined at {place}:4 and {place}:7; reword one"]
    assert complaints(vocabulary, whole=False) == told
    # Neither is told to be unused on top of that.
    assert complaints(vocabulary, whole=True) == told
    assert vocabulary.meant("given", "an unheard-of thing") is None


def test_one_definition_may_match_in_two_ways(features: Path, load: Load) -> None:
    load("""
        @given("an unheard-of thing")
        @given(parsers.parse("an {kind} thing"))
        def thing(kind="usual"): pass
    """)
    vocabulary = Vocabulary(planned(features, "Given an unheard-of thing"))
    assert vocabulary.meant("given", "an unheard-of thing") is not None
    assert complaints(vocabulary, whole=True) == []


def test_a_step_of_another_kind_is_another_step(features: Path, load: Load) -> None:
    load("""
        @given("an unheard-of thing")
        def thing(): pass

        @when("an unheard-of thing")
        def other(): pass
    """)
    vocabulary = Vocabulary(planned(features, "Given an unheard-of thing", "When an unheard-of thing"))
    assert complaints(vocabulary, whole=True) == []


@pytest.mark.parametrize("body", ["pass", "yield"])
def test_a_step_that_nobody_would_await(features: Path, load: Load, body: str) -> None:
    load(f"""
        @given("an unheard-of thing")
        async def thing(): {body}
    """)
    vocabulary = Vocabulary(planned(features, "Given an unheard-of thing"))
    told = ["made/harness_plan_steps_0.py:4: an 'async def' step would pass without running; write 'def'"]
    assert complaints(vocabulary, whole=False) == told
    assert complaints(vocabulary, whole=True) == told


def test_a_step_that_no_scenario_uses_matters_in_a_whole_plan(features: Path, load: Load) -> None:
    load("""
        @then("nothing is known")
        def nothing(): pass
    """)
    vocabulary = Vocabulary(planned(features, "Given an unheard-of thing"))
    assert complaints(vocabulary, whole=False) == []
    assert complaints(vocabulary, whole=True) == [
        "made/harness_plan_steps_0.py:4: no scenario uses the step 'nothing is known'; remove it"
    ]


def test_a_misspelt_sentence_is_told_with_the_definition_that_it_leaves_unused(features: Path, load: Load) -> None:
    load("""
        @then(parsers.re(r"Support finds (?P<who>[A-Z]\\w+)(?: on (?P<device>a|b))?"))
        def finds(who, device): pass
    """)
    vocabulary = Vocabulary(planned(features, "Then Support likes Ada"))
    with pytest.raises(GuardError) as caught:
        vocabulary.check(whole=True)
    told = str(caught.value).splitlines()
    phrase = "'Support finds {who}[ on {device}]'"
    assert f"made/harness_plan_steps_0.py:4: no scenario uses the step {phrase}; remove it" in told
    where = "features/a.feature:4: there is no step 'Then Support likes Ada' (in 'S')"
    assert f"{where}; did you mean {phrase}?" in told
    vocabulary = Vocabulary(planned(features, "Then Support finds Ada"))
    assert complaints(vocabulary, whole=True) == []


def test_a_test_about_a_scenario_is_no_scenario() -> None:
    assert is_scenario("features/lockout.feature::test_it_ends[web portal]")
    assert not is_scenario("tests/unit/test_waiting.py::test_it_waits[features/lockout.feature::test_it_ends-900]")


PORTAL = Catalogue("1", {**CATALOGUE.clauses, "PP-1": replace(clause("AA-1", "portal"), id="PP-1")})


def test_clauses_of_the_portal_are_those_of_the_browser(features: Path) -> None:
    text = """
        @AA-1 @PP-1 @web-portal
        Feature: A feature
          Scenario: On both
            Then an unheard-of thing

          @api
          Scenario: On the wire alone
            Then an unheard-of thing
    """
    write(features, text)
    both, wire = read([features], PORTAL).scenarios
    assert (both.clauses_as("web portal"), both.clauses_as(BROWSER)) == (("AA-1",), ("PP-1",))
    assert (wire.clauses, wire.on_pages, wire.clauses_as(BROWSER)) == (("AA-1",), (), ())


def test_a_browser_that_died_with_a_scenario_is_told_for_the_portal(features: Path) -> None:
    write(features, WHOLE.replace("@AA-1", "@AA-1 @PP-1"))
    plan = read([features], PORTAL)
    name = f"test_{make_python_name(plan.scenarios[0].name)}"
    assert plan.died(f"a.feature::{name}[{BROWSER}]", "told").clauses == ["PP-1"]
    assert plan.died(f"a.feature::{name}[web portal]", "told").clauses == ["AA-1"]
