"""What a run is going to carry out: every scenario of the feature files, read without running any.

Here stand the guards against a green that means nothing: what pytest-bdd would pass over in silence is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pytest_bdd import feature as bdd_features
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.gherkin_parser import Scenario as GherkinScenario
from pytest_bdd.parser import Feature, FeatureParser, Rule, ScenarioTemplate
from pytest_bdd.scenario import make_python_name

from .catalogue import CONTRACT, PORTAL, Catalogue
from .clients import BROWSER, CLIENTS
from .events import Failure, ScenarioEnd

CLIENT_TAGS: Mapping[str, str] = {client.tag: name for name, client in CLIENTS.items()}
"""Tags that make a scenario run as a client: `@web-portal` and `@servinix-go`."""
EACH_OPERATION = "each-operation"
EACH_LINKING_OPERATION = "each-linking-operation"
_PLACEHOLDER = re.compile(r"<(.+?)>")  # as pytest-bdd finds them


class GuardError(ValueError):
    """The suite as it stands could be green without meaning it; one line for each thing to mend."""


class CheckedParser(FeatureParser):
    """pytest-bdd's parser, that notices the scenarios which its result no longer shows."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path.parent), path.name)
        self.parsed: list[ScenarioTemplate] = []

    def parse_scenario(
        self, scenario_data: GherkinScenario, feature: Feature, rule: Rule | None = None
    ) -> ScenarioTemplate:
        """Parse one scenario, and remember it."""
        template = super().parse_scenario(scenario_data, feature, rule)
        self.parsed.append(template)
        return template

    def read(self) -> Feature:
        """Parse the file. Raises `_UnreadableError` with the place and the reason."""
        try:
            return self.parse()
        except GherkinParseError as error:
            told = f"{error.message} ({error.line_content.strip()!r})"
            raise _UnreadableError(f":{error.line}: is no Gherkin: {told}") from error
        except UnicodeDecodeError as error:
            raise _UnreadableError(f": is not UTF-8: {error.reason} at byte {error.start}; save it as UTF-8") from error
        except OSError as error:
            raise _UnreadableError(f": cannot be read: {error.strerror}; take it out of the folder") from error
        except KeyError as error:
            if error.args != ("feature",):
                raise
            # The parser takes an empty file for Gherkin, and then misses what should be in it.
            raise _UnreadableError(": holds no feature; write one, or remove the file") from error


class _UnreadableError(Exception):
    """A file that has no scenarios to plan; the message goes on from its name."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as it is written, before its outline is filled in.

    Attributes:
        file: the feature file, relative to its root.
        tags: its own tags, and those of its rule and feature.
        on_pages: those of its clauses that are seen when it runs in a browser; the others are seen when it does not.
        examples: kind and text of each step, once for each line of an outline's examples.
        rows: those lines, each as it ends the names of its tests; none where it is no outline.
    """

    name: str
    feature: str
    path: Path
    file: str
    line: int
    tags: frozenset[str]
    clauses: tuple[str, ...]
    clients: tuple[str, ...]
    examples: tuple[tuple[tuple[str, str], ...], ...]
    rows: tuple[str, ...] = ()
    on_pages: tuple[str, ...] = ()

    def clauses_as(self, client: str | None) -> tuple[str, ...]:
        """The clauses that it checks as a client."""
        if client == BROWSER:
            return self.on_pages
        return tuple(name for name in self.clauses if name not in self.on_pages)

    def examples_of(self, test_name: str) -> list[tuple[tuple[str, str], ...]]:
        """The example behind the name of a test, such as `test_it_dies[web portal-phone]`; all, if that tells none."""
        told = test_name.partition("[")[2].removesuffix("]")
        fitting = [
            example for row, example in zip(self.rows, self.examples, strict=False) if f"-{told}".endswith(f"-{row}")
        ]
        return fitting or list(self.examples)

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """All of its steps, each once."""
        return tuple(dict.fromkeys(step for example in self.examples for step in example))

    @property
    def inferred(self) -> bool:
        """Whether it checks a part of its clause that we read out of the page."""
        return "inferred" in self.tags

    @property
    def each_operation(self) -> bool:
        """Whether it is carried out once for each operation of the document that generated requests may be sent to."""
        return bool(self.tags & {EACH_OPERATION, EACH_LINKING_OPERATION})

    @property
    def only_linking(self) -> bool:
        """Whether that are the operations alone whose answers lead on to others."""
        return EACH_LINKING_OPERATION in self.tags

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Plan:
    """All scenarios under some roots."""

    scenarios: tuple[Scenario, ...]
    _places: dict[tuple[str, int], Scenario] = field(init=False, repr=False, compare=False)
    _tests: dict[str, Scenario] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Both are asked for each test of a run; of two with one name the first counts, as with pytest-bdd.
        places = {(str(item.path), item.line): item for item in self.scenarios}
        tests = {f"test_{make_python_name(item.name)}": item for item in reversed(self.scenarios)}
        object.__setattr__(self, "_places", places)
        object.__setattr__(self, "_tests", tests)

    def of(self, template: ScenarioTemplate) -> Scenario:
        """The scenario of a parsed template. Raises `KeyError` for one that is not in the plan."""
        return self._places[template.feature.filename, template.line_number]

    def named(self, test_name: str) -> Scenario | None:
        """The scenario behind the name that pytest-bdd gives its test, such as `test_it_dies[phone]`."""
        return self._tests.get(test_name.partition("[")[0])

    @property
    def sources(self) -> dict[str, str]:
        """The text of each feature file."""
        files = {item.file: item.path for item in self.scenarios}
        return {file: path.read_text(encoding="utf-8") for file, path in files.items()}

    def in_order(self, ends: Iterable[ScenarioEnd]) -> Sequence[ScenarioEnd]:
        """Ends in the order of the features, whatever order they came in."""
        position = {(item.file, item.line): number for number, item in enumerate(self.scenarios)}
        return sorted(ends, key=lambda end: (position.get((end.file, end.line), len(position)), end.id))

    def died(self, nodeid: str, told: str) -> ScenarioEnd:
        """The end of a scenario whose process died with it."""
        file, _, name = nodeid.partition("::")
        planned = self.named(name)
        line = planned.line if planned else 0
        reason = f"the process that ran it died: {told}"
        clauses = planned.clauses_as(BROWSER if BROWSER in name else None) if planned else ()
        return ScenarioEnd(
            id=nodeid,
            name=planned.name if planned else name,
            feature=planned.feature if planned else "",
            file=planned.file if planned else file,
            line=line,
            client=None,
            clauses=list(clauses),
            inferred=planned.inferred if planned else False,
            judgement="error",
            reason=reason,
            seconds=0.0,
            steps=[],
            failure=Failure("harness", "no defect in the suite", reason, "", line).to_json(),
            violations=[],
            exchanges=[],
        )

    def at(self, path: Path, line: int) -> Scenario | None:
        """The scenario that begins at a line, or holds it."""
        before = [item for item in self.scenarios if item.path == path and item.line <= line]
        return max(before, key=lambda item: item.line, default=None)

    def checking(self, clause: str) -> list[Scenario]:
        """The scenarios of a clause."""
        return [scenario for scenario in self.scenarios if clause in scenario.clauses]


def is_scenario(nodeid: str) -> bool:
    """Whether a node id of pytest is that of a scenario, and not of a test which has one among its parameters."""
    return nodeid.partition("::")[0].endswith(".feature")


def feature_files(roots: Iterable[Path]) -> list[tuple[Path, Path]]:
    """All feature files below the roots, each with the folder that its name is shown relative to."""
    found: dict[Path, Path] = {}
    for root in roots:
        files = [root] if root.is_file() else sorted(root.rglob("*.feature"))
        base = (root.parent if root.is_file() else root).parent
        for file in files:
            found.setdefault(file, base)
    return list(found.items())


def read(roots: Iterable[Path], catalogue: Catalogue) -> Plan:
    """Parse all feature files.

    Raises:
        GuardError: no Gherkin, nothing to carry out, two scenarios of one name, no clause or an unknown one.
    """
    problems: list[str] = []
    scenarios: list[Scenario] = []
    for path, base in feature_files(roots):
        try:
            scenarios += _scenarios(path, base, catalogue, problems)
        except _UnreadableError as error:
            problems.append(f"{_shown(path, base)}{error}")
    seen: dict[str, Scenario] = {}
    problems += [
        f"{scenario.where}: the scenario {scenario.name!r} stands at {first.where} too; rename one"
        for scenario in scenarios
        if (first := seen.setdefault(scenario.name, scenario)) is not scenario
    ]
    if problems:
        raise GuardError("\n".join(problems))
    return Plan(tuple(scenarios))


def _scenarios(path: Path, base: Path, catalogue: Catalogue, problems: list[str]) -> Iterator[Scenario]:
    parser = CheckedParser(path)
    feature = parser.read()
    # pytest-bdd looks here before it parses, so that each file is parsed once.
    bdd_features.features[str(path)] = feature
    if not parser.parsed:
        problems.append(f"{_shown(path, base)}:{feature.line_number}: holds no scenario; write one, or remove the file")
    for template in parser.parsed:
        tags = frozenset(template.tags | feature.tags | (template.rule.tags if template.rule else set()))
        named = tuple(sorted(tag for tag in tags if tag in catalogue.clauses and tag != CONTRACT))
        on_pages = tuple(name for name in named if catalogue.clauses[name].profile == PORTAL)
        # A clause of the portal that its whole feature is tagged with is not for what the wire alone can show.
        clauses = tuple(name for name in named if name not in on_pages) if "api" in tags else named
        where = f"{_shown(path, base)}:{template.line_number}"
        examples = tuple(_examples(template))
        steps = tuple(dict.fromkeys(step for example in examples for step in example))
        problems += [f"{where}: {problem}" for problem in _tag_problems(template, tags, named, catalogue)]
        problems += [f"{where}: {problem}" for problem in _step_problems(template, steps)]
        yield Scenario(
            name=template.name,
            feature=feature.name,
            path=path,
            file=_shown(path, base),
            line=template.line_number,
            tags=tags,
            clauses=clauses,
            clients=tuple(name for tag, name in CLIENT_TAGS.items() if tag in tags),
            examples=examples,
            rows=tuple(
                "-".join(context.values()) for examples in template.examples for context in examples.as_contexts()
            ),
            on_pages=() if "api" in tags else on_pages,
        )


def _tag_problems(
    template: ScenarioTemplate, tags: frozenset[str], clauses: tuple[str, ...], catalogue: Catalogue
) -> Iterator[str]:
    spelt = {name.casefold(): name for name in catalogue.clauses}
    for tag in sorted(tags):
        if tag == CONTRACT:
            yield f"the tag @{CONTRACT} is not needed: every scenario is judged by it; leave it out"
        elif tag in clauses:
            continue
        elif tag.casefold() in spelt:
            yield f"the tag @{tag} names no clause; did you mean {spelt[tag.casefold()]}?"
        elif tag[:1].isupper():
            yield f"the tag @{tag} names no clause; {catalogue.closest(tag)}"
    if not clauses:
        yield f"the scenario {template.name!r} checks no clause; tag it with one, such as @MFA-1"
    for tag in sorted({tag for examples in template.examples for tag in examples.tags}):
        if tag.casefold() in spelt or tag[:1].isupper():
            yield f"the tag @{tag} of its examples joins them to no clause; tag the scenario, and split it if need be"


def _step_problems(template: ScenarioTemplate, steps: tuple[tuple[str, str], ...]) -> Iterator[str]:
    if not steps:
        yield f"the scenario {template.name!r} has no steps, and would pass; write them, or remove it"
    elif all(kind != "then" for kind, _ in steps):
        yield f"the scenario {template.name!r} has no Then, and would pass; say what must hold, or remove it"
    if not any(examples.examples for examples in template.examples):
        if template.templated or template.keyword in {"Scenario Outline", "Scenario Template"}:
            yield f"the outline {template.name!r} has no examples; add a row, or make it a scenario"
        return
    known = {name for examples in template.examples for name in examples.example_params}
    left = dict.fromkeys(name for _, text in steps for name in _PLACEHOLDER.findall(text) if name not in known)
    for name in left:
        yield f"no examples of {template.name!r} give <{name}>; known there: {', '.join(sorted(known))}"


def _examples(template: ScenarioTemplate) -> Iterator[tuple[tuple[str, str], ...]]:
    contexts = [context for examples in template.examples for context in examples.as_contexts()] or [{}]
    for context in contexts:
        yield tuple((step.type, step.name) for step in template.render(context).steps)


def check_coverage(plan: Plan, catalogue: Catalogue, profiles: Sequence[str]) -> None:
    """Raise `GuardError` for a clause of the profiles that has neither a scenario nor a reason, or has both."""
    tagged = {clause for scenario in plan.scenarios for clause in scenario.clauses} | {CONTRACT}
    wanted = [clause for clause in catalogue.clauses.values() if clause.profile in profiles]
    problems = [
        f"{clause.where}: clause {clause.id} has no scenario; tag one with @{clause.id}, or say why it is unobservable"
        for clause in wanted
        if clause.id not in tagged and not clause.unobservable and not clause.planned
    ]
    problems += [
        f"{clause.where}: clause {clause.id} has a scenario, and is said to be planned; leave 'planned' out"
        for clause in wanted
        if clause.id in tagged and clause.planned
    ]
    if problems:
        raise GuardError("\n".join(problems))


def _shown(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix()
