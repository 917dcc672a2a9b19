PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench demo-reset

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade-strategy only-if-needed -r requirements-dev.txt
	@touch $@

setup: .venv/installed ## only the environment: .venv and dependencies

test: setup ## everything, the browser tests too
	$(BIN)/python -m pytest -n 2

check: setup ## ruff, mypy, import-linter, djlint, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy .
	$(BIN)/djlint --check --quiet . --extension html
	$(BIN)/python manage.py makemigrations --check --dry-run
