"""The scenarios of the feature file beside this folder, which the suite runs too."""

from pathlib import Path

from pytest_bdd import scenarios

scenarios(str(Path(__file__).parents[1] / "sign_in.feature"))
