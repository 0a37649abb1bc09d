# Bare `make` explains itself. Paths are relative throughout, so the project may lie in a folder with spaces in its name.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --no-deps --require-hashes --requirement
PYTEST := $(BIN)/python -m pytest

# make run DEMO=1
DEMO_FLAG := $(if $(filter-out 0 no false,$(DEMO)),--demo)

# make test ARGS="-k name -x"
ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run up check format test test-unit test-service test-contract test-e2e test-architecture chaos fuzz fuzz-files bench lock clean

help:  ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo '  make run takes PACE42_PORT=8080, PACE42_DATA=.pace42 and DEMO=1; the test targets take ARGS="-k name -x".'

run: $(VENV)/local.stamp  ## Start all of Pace42 here, with a PostgreSQL and a Redis of its own; Ctrl-C stops it
	@exec $(BIN)/python -m deploy.local $(DEMO_FLAG)

up:  ## Start all of Pace42 in containers, with Vault, Jaeger and Prometheus
	docker compose up --build

check: $(VENV)/dev.stamp  ## Lint, types, import contracts, sizes, and that nothing happens on import
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(PYTEST) tests/architecture

format: $(VENV)/dev.stamp  ## Format the code and fix what the linter can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: $(VENV)/dev.stamp  ## Run every test but chaos: with real servers, the whole stack and a real browser
	$(PYTEST) --numprocesses=2 --dist=loadgroup $(ARGS)

test-unit: $(VENV)/dev.stamp  ## Tests that need nothing outside their process
	$(PYTEST) tests/unit $(ARGS)

test-service: $(VENV)/dev.stamp  ## Tests against a real PostgreSQL and a real Redis
	$(PYTEST) tests/service $(ARGS)

test-contract: $(VENV)/dev.stamp  ## Every adapter of a port against the same suite
	$(PYTEST) tests/contract $(ARGS)

test-e2e: $(VENV)/dev.stamp  ## The whole stack, started as `make run` starts it
	$(PYTEST) tests/e2e $(ARGS)

test-architecture: $(VENV)/dev.stamp  ## The rules of the house
	$(PYTEST) tests/architecture $(ARGS)

chaos: $(VENV)/dev.stamp  ## Kill and hang every part of the stack while runners use it
	$(PYTEST) -m chaos tests/e2e tests/service $(ARGS)

fuzz: $(VENV)/dev.stamp  ## 200 odd requests of each kind to each public address, then two minutes of odd files
	PACE42_FUZZ_EXAMPLES=200 $(PYTEST) tests/e2e/test_public_contract.py $(ARGS)
	$(BIN)/python -m tests.fuzz.coverage_guided -max_total_time=120

fuzz-files: $(VENV)/dev.stamp  ## Read 10,000 generated and mutated FIT files as fitdecode does, and 5,000 others (about 15 minutes)
	$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(VENV)/dev.stamp  ## Measure start, memory, import, chat and lists; a table and bench-*.json
	$(BIN)/python -m tests.bench $(ARGS)

# What runs is what was tested: the development lock is made first and binds the others.
lock:  ## Resolve the dependencies of pyproject.toml again (needs uv)
	$(call compile,requirements-dev.lock,--all-extras)
	$(call compile,requirements-local.lock,--extra local --constraint requirements-dev.lock)
	$(call compile,requirements.lock,--constraint requirements-dev.lock)

clean:  ## Remove the virtual environment and all caches; the data in .pace42 stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

compile = UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile pyproject.toml $(2) --quiet --universal \
	--python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --output-file $(1)

$(VENV)/local.stamp: requirements-local.lock | $(BIN)/python
	@echo 'Installing the dependencies locked in $< (once; about a minute)'
	@$(INSTALL) $<
	@touch $@

# The development lock holds everything that the local one does.
$(VENV)/dev.stamp: requirements-dev.lock | $(BIN)/python
	@echo 'Installing the dependencies locked in $< (once; about a minute)'
	@$(INSTALL) $<
	@touch $(VENV)/local.stamp $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
		{ echo "Pace42 needs Python 3.11, 3.12 or 3.13; name one with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment: on Debian, apt install python3-venv" >&2; exit 1; }
