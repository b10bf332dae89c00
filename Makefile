# `make help` lists what there is. Every target does its own set-up and does nothing twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install setup setup-dev assets translations run test fuzz check format bench lock clean

PY := .venv/bin/python
# Two of them mostly wait for whole programs; scripts/with-servers starts a Redis for each of four.
PYTEST_WORKERS ?= 4

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup-dev:
	@scripts/setup dev

setup: setup-dev assets translations ## Make .venv with everything, also what tests and checks need

assets:
	@$(PY) scripts/assets.py && $(PY) scripts/openapi.py

translations:
	@$(PY) scripts/translations.py

# One recipe, so that the second start costs four quick looks and no more.
INSTALL = scripts/setup runtime && $(PY) scripts/assets.py --runtime && $(PY) scripts/translations.py

install: ## Install what is missing, and start nothing
	@$(INSTALL)

run: ## Install what is missing and start Halali with an embedded database, queue and carrier
	@$(INSTALL) && exec .venv/bin/halali up

test: ## Run every test, on SQLite and on real PostgreSQL and Redis, in a real browser (ARGS="…" goes to pytest)
	@scripts/setup dev && $(PY) scripts/assets.py && $(PY) scripts/openapi.py && $(PY) scripts/translations.py
	@scripts/install-test-servers
	@HALALI_REQUIRE_ALL=1 scripts/with-servers $(PY) -m pytest -n $(PYTEST_WORKERS) $(ARGS)

fuzz: ## Look for counterexamples that no test knows yet: many random examples for each rule (ARGS="…" goes to pytest)
	@scripts/setup dev && $(PY) scripts/translations.py
	@$(PY) -m pytest -n $(PYTEST_WORKERS) -m "hypothesis and not postgres" --hypothesis-profile=fuzz $(ARGS)

check: ## Style, types, layers and the rules of the architecture
	@scripts/setup dev
	@scripts/check

format: ## Put the code into the agreed form
	@scripts/setup dev
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

bench: ## Measure on this machine, as ratios
	@scripts/setup dev && $(PY) scripts/assets.py && $(PY) scripts/translations.py
	@$(PY) -m benchmarks $(ARGS)

lock: ## Compile the lock files anew from pyproject.toml and package.json
	@scripts/lock

clean: ## Remove what set-up and tests have made; keeps var/, where Halali's rows are
	rm -rf .venv node_modules web/static/vendor build *.egg-info .setup-lock
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
