# The two commands a newcomer needs are `make run` and `make test`; `make help` lists the rest.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
HOST ?= 127.0.0.1
BIN := .venv/bin
NO_DATABASE := postgres://nobody@127.0.0.1:1/none

.DEFAULT_GOAL := help
.PHONY: help setup manual pictures run test test-fast test-faults break check generate messages lock sbom known-faults bench release demo-reset

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Whole only once `made` stands in it: one that was cut short is made afresh.
.venv/made:
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed: install it, or name it: make setup PYTHON=/path/to/python3.12"; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: name a newer one, PYTHON=…"; exit 1; }
	@if [ ! -e .venv/runs ] || ! $(BIN)/python -c '' 2>/dev/null; then \
		trap 'echo "Stopped while making .venv: nothing of it is kept. Run the same command again."; exit 130' INT; \
		echo "Making the environment in .venv …"; \
		$(PYTHON) -m venv --clear .venv || { echo "No virtual environment could be made; why stands above. On Debian and Ubuntu: apt install python3-venv. On a full disk make room. Then run the same command again."; exit 1; }; \
	fi
	@touch $@

.venv/runs: requirements.lock .venv/made
	@echo "Installing what it runs on …"
	@$(BIN)/python -I callcenter/installing.py requirements.lock
	@touch $@

.venv/tests: requirements.lock requirements-dev.lock .venv/runs
	@echo "Installing what its tests need …"
	@$(BIN)/python -I callcenter/installing.py requirements-dev.lock
	@touch $@

setup: .venv/tests ## only the environment: .venv, dependencies, translations
	@$(BIN)/python -m callcenter.catalogues

.venv-manual/made: requirements-manual.lock
	@$(PYTHON) -m venv --clear .venv-manual
	@.venv-manual/bin/python -I callcenter/installing.py requirements-manual.lock
	@touch $@

docs/built: .venv-manual/made $(wildcard docs/*.md docs/es/* docs/en/* docs/decisions/* docs/pictures/*.png docs/site/* docs/site/theme/*)
	@echo "Making the manual …"
	@.venv-manual/bin/python docs/site/make.py $@
	@touch $@

manual: docs/built ## the manual in Spanish and English, as a site in docs/built; the help of each page opens it

run: .venv/runs ## everything in the foreground: PORT=8000, HOST=127.0.0.1; Ctrl-C stops it
	@$(BIN)/python -m callcenter.catalogues
	@mkdir -p var && ($(MAKE) --no-print-directory manual > var/manual.log 2>&1 || echo "The manual is not made: make manual says why." >> var/manual.log) &
	@exec $(BIN)/python manage.py run --host $(HOST) --port $(PORT)

test: setup docs/built ## everything, the browser tests too
	@$(BIN)/python -m tests.everything

test-fast: setup ## between two edits: no browser, processes, sandbox, commits or sweeps (TESTS=tests/inbound for one room)
	@$(BIN)/python -m tests.everything --fast $(TESTS)

test-faults: setup ## every fault on real processes, nightly and before a tag: docs/faults.md (FAULTS=tests/faults/test_clocks.py)
	@$(BIN)/python -m pytest -q -m "faults or processes" $(or $(FAULTS),tests/faults tests/processes)

break: setup ## break rules of the house one at a time and see that a test finds each (RULE=words for some)
	@$(BIN)/python -m tests.breaking $(RULE)

pictures: setup ## take the pictures of the manual anew, by the tests of the browser
	PICTURES=yes $(BIN)/python -m pytest -q -n 2 tests/browser

check: setup ## ruff, mypy, import-linter, bandit, djlint, migrations, translations, generated docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy .
	SANDBOX_DATABASE_URL=$(NO_DATABASE) $(BIN)/mypy --config-file sandbox/mypy.ini sandbox
	$(BIN)/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml agents api callcenter campaigns control_room escalations inbound notices sandbox screens service_level systems telephony work
	$(BIN)/djlint --lint --quiet . --extension html
	$(BIN)/python manage.py makemigrations --check --dry-run
	SANDBOX_DATABASE_URL=$(NO_DATABASE) $(BIN)/python -W ignore -m sandbox makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py write_docs --check
	$(BIN)/python -m pytest -q tests/callcenter/test_translations.py tests/callcenter/test_environment.py

generate: setup ## write the pages of docs/ that are made from the code
	$(BIN)/python manage.py write_docs

messages: setup ## put new messages of the screens into every language of locale/, to be translated there (needs gettext)
	$(BIN)/python manage.py makemessages --all --no-wrap --no-location --no-obsolete --ignore=.venv --ignore=tests --ignore=var --ignore=benchmarks

.venv-supply/made: requirements-supply.txt
	@$(PYTHON) -m venv --clear .venv-supply
	@.venv-supply/bin/pip --disable-pip-version-check --quiet install --requirement requirements-supply.txt
	@touch $@

LOCK := .venv-supply/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: .venv-supply/made ## choose versions anew within the bounds of requirements*.txt (UPGRADE=--upgrade), with their hashes
	$(LOCK) $(UPGRADE) requirements-dev.txt --output-file requirements-dev.lock
	$(LOCK) $(UPGRADE) requirements-manual.txt --output-file requirements-manual.lock
	$(LOCK) $(UPGRADE) requirements.txt --constraint requirements-dev.lock --output-file requirements.lock
	@$(MAKE) --no-print-directory sbom

sbom: .venv-supply/made ## write docs/sbom.json: what is installed, as CycloneDX
	.venv-supply/bin/cyclonedx-py requirements --index-url packages --output-reproducible --output-file docs/sbom.json requirements.lock
	@$(BIN)/python -c 'import json, pathlib; path = pathlib.Path("docs/sbom.json"); told = json.loads(path.read_text()); told["metadata"].pop("tools", None); path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")'

known-faults: .venv-supply/made ## ask the databases of known faults about every package of the locks; it fails where it cannot ask
	.venv-supply/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock
	.venv-supply/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements-manual.lock

bench: setup ## each piece of work as a ratio, with the machine's limit beside it (BENCH=name for one)
	@$(BIN)/python -m benchmarks $(BENCH)

release: setup ## close the changelog, note the migrations, commit and tag: VERSION=1.1.0
	@$(BIN)/python -m tests.releasing $(VERSION)

demo-reset: .venv/runs ## throw the demo's data away and begin again
	@$(BIN)/python manage.py demo --reset
