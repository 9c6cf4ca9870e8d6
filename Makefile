# `make run` carries out the main job, `make test` the tests; both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check nightly bench clean

run: $(VENV)/.installed
	$(BIN)/servinix-conformance run reference --strict

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest --cov --cov-report=term

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports

nightly: $(VENV)/.installed-dev
	EVERY_FAULT=1 $(BIN)/python -m pytest tests/faults

# Measures, and judges nothing: docs/benchmarks.md tells how to read it.
bench: $(VENV)/.installed
	$(BIN)/python benchmarks/compare.py

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist .coverage* .mypy_cache .ruff_cache .pytest_cache
