# `make run` carries out the main job, `make test` the tests; both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check nightly bench clean

run: $(VENV)/.installed
	$(BIN)/servinix-conformance run reference --strict

test: $(VENV)/.installed-dev $(VENV)/.parts
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope --cov --cov-report=term

check: $(VENV)/.installed-dev $(VENV)/.parts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	REDOCLY_TELEMETRY=off .ci/node_modules/.bin/redocly lint openapi.yaml
	.ci/node_modules/.bin/spectral lint openapi.yaml --fail-severity=warn

# What takes too long for every change; docs/nightly.md holds the latest result.
nightly: $(VENV)/.installed-dev $(VENV)/.parts
	$(BIN)/servinix-conformance faults --report nightly
	EVERY_FAULT=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 tests/second/test_acme_run.py
	SERVER_EFFORT=4 $(BIN)/python -m pytest tests/server
	EVERY_FAULT=1 HARDENED_PROFILE=1 $(BIN)/python -m pytest tests/run/test_run_bad_input.py tests/run/test_run_spared_accounts.py
	EVERY_FAULT=1 $(BIN)/python -m pytest -s tests/alarms tests/contract tests/browser

# Measures, and judges nothing: docs/benchmarks.md tells how to read it.
bench: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/compare.py
	$(BIN)/python benchmarks/evidence.py
	$(BIN)/python benchmarks/real_time.py
	$(BIN)/python benchmarks/contract.py

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

$(VENV)/.parts: .ci/parts .ci/package-lock.json | $(VENV)/.installed-dev
	.ci/parts
	touch $@

clean:
	rm -rf $(VENV) build dist nightly .coverage* .ci/node_modules .mypy_cache .ruff_cache .pytest_cache
