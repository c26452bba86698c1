# The door to everything: `make help`. One environment in .venv, made anew only when the pinned sets change.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed-run
TEST_STAMP := $(VENV)/.installed-test
WORKERS ?= 2
CASES ?= 20000

# Compiled modules are kept: hundreds of processes start in the tests, and each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help app test test-fast test-browser test-long fuzz check format browser-present requirements sample clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

app: $(RUN_STAMP) ## fill an empty store with the sample and serve the pages on http://127.0.0.1:8501
	@$(BIN)/kcz demo --if-empty
	@exec $(BIN)/kcz app

test: test-fast test-browser ## everything but the long tests

test-fast: $(TEST_STAMP) ## the tests without a browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not browser and not long"

test-browser: $(TEST_STAMP) browser-present ## the tests in a real Chromium
	$(BIN)/python -m pytest -n $(WORKERS) -m "browser and not long" tests/browser

test-long: $(TEST_STAMP) browser-present ## the long tests; those in a browser run though others fail
	@failed=0; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "long and not browser" || failed=1; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "long and browser" tests/browser || failed=1; \
	exit $$failed

fuzz: $(TEST_STAMP) ## new cases of any methods over any values, CASES of them; what fails is kept in .hypothesis and tried first next time
	KCZ_FUZZ=$(CASES) $(BIN)/python -m pytest -q tests/scoring/test_degenerate.py -k many_times

check: $(TEST_STAMP) ## linter, types, import order
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_house.py

format: $(TEST_STAMP) ## lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; found: $$($(PYTHON) --version). Name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(RUN_STAMP): requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

$(TEST_STAMP): requirements-test.txt requirements-peers.txt $(RUN_STAMP)
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-test.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -r requirements-peers.txt
	@touch $@

browser-present:
	@sh tests/browser/chromium.sh

requirements: $(VENV)/bin/python ## pin the newest versions that fit
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-header requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-header requirements-test.in -o requirements-test.txt

sample: $(RUN_STAMP) ## invent the shipped sample anew
	$(BIN)/python -m kcz_metrics.records.sample data/sample tests/truth/sample_truth.json.gz

clean: ## remove the environment and caches; the store stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
