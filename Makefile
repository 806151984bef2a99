PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
# Two workers fill the two cores the project is designed on.
WORKERS ?= 2
REPORTS ?=
ROWS ?=
COVERED ?=
# The tests start some two hundred processes: each would compile every module it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

.PHONY: help install demo run test test-slow test-all check format lint types layers docs settings-page requirements bench clean

help: ## say what there is to make
	@grep -E '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(STAMP)

install: $(STAMP) ## set everything up in .venv

demo: $(STAMP) ## run the annual-reports workload on generated reports (and on REPORTS=folder), stay up until Ctrl-C
	$(BIN)/wk demo $(if $(REPORTS),--reports '$(REPORTS)') $(if $(DEMO_EXIT),--exit)

run: $(STAMP) ## start Watchkeeper and stay up until Ctrl-C
	$(BIN)/wk up

test: $(STAMP) ## the suite, less its slow part and with fewer examples a property
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m 'not slow' --hypothesis-profile=fast

test-slow: $(STAMP) ## the slow part: kills, full disks, real reports, scans, long stories
	$(BIN)/python -m pytest -m slow

test-all: $(STAMP) ## everything, with all examples
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

check: lint types layers docs test-all ## the full gate, the slow part included

format: $(STAMP) ## format and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: $(STAMP) ## format, lint and public docstrings, checked
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

layers: $(STAMP) ## imports point down
	$(BIN)/lint-imports

docs: $(STAMP) ## run the code blocks of README and docs
	$(BIN)/python scripts/run_doc_blocks.py README.md ARCHITECTURE.md docs src/watchkeeper/workloads

settings-page: $(STAMP) ## write docs/settings.md from the settings' definition
	$(BIN)/python scripts/settings_page.py

requirements: $(STAMP) ## which of the 352 requirement rows are proved (or of ROWS="HE-48 HE-51", COVERED=watchkeeper.fallbacks)
	$(BIN)/python scripts/requirements_proved.py $(ROWS:%=--row %) $(COVERED:%=--cov=%)

bench: $(STAMP) ## the benchmarks behind the README's numbers
	$(BIN)/python -m benchmarks

clean: ## remove what was built, never a data folder
	rm -rf build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
