"""The scenarios of the suite's chapter on signing in, whose steps are those of `conftest.py` here."""

from pathlib import Path

from pytest_bdd import scenarios

scenarios(str(Path(__file__).parents[2] / "features" / "sign_in.feature"))
