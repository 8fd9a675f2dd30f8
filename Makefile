# The portal: `make run` and `make test` are all that a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-test run demo test lint bench chaos chaos-selftest drill lock

# The system's own Python first: a server account can reach it, a home folder's it often cannot.
PYTHON ?= $(shell for p in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
STAMPS := .venv/.stamps
CODE := portal catalog applications parallel intermediaries supervision disclosure
TEST_DATA := $(if $(DATA_DIR),$(DATA_DIR),$(CURDIR)/.data/test)
CASES ?= 100000
ONLY ?=

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: python-found  ## install what the portal needs (system packages as root, environment, web packages)
	@requirements/system $(PYTHON)
	@$(MAKE) --no-print-directory $(STAMPS)/python $(STAMPS)/npm
	@$(PY) -m compileall -q manage.py $(CODE) || true

setup-test: python-found
	@requirements/system $(PYTHON) test
	@$(MAKE) --no-print-directory setup

.PHONY: python-found
python-found:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or later is missing; an administrator has to run: apt-get install python3 python3-venv" >&2; exit 1; }

$(STAMPS)/python: requirements/runtime.txt requirements/development.txt requirements/environment
	@echo "installing Python packages"
	@requirements/environment $(PYTHON)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/npm: package-lock.json .npmrc $(STAMPS)/python
	@echo "installing web packages"
	@if ! { command -v node && command -v npm; } >/dev/null; then export PATH="$(CURDIR)/.venv/bin:$$PATH"; fi; \
	umask 022; npm ci --silent
	@touch $@

run: setup  ## run the portal until Ctrl-C (PORT, DATA_DIR)
	@exec $(PY) manage.py portal

demo: setup  ## make a fresh demonstration city in DATA_DIR
	@exec $(PY) manage.py portal --fresh --prepare-only

lint: setup-test  ## ruff, mypy, import layers, bandit, migrations, templates
	.venv/bin/ruff check .
	.venv/bin/mypy $(CODE)
	.venv/bin/lint-imports --no-logo
	.venv/bin/bandit --quiet --recursive --configfile pyproject.toml $(CODE)
	DATA_DIR=$(TEST_DATA) $(PY) manage.py makemigrations --check --dry-run
	.venv/bin/djlint --quiet --lint templates

test: lint  ## lint, then the whole suite
	DATA_DIR=$(TEST_DATA) .venv/bin/pytest -n 2 --dist loadgroup

bench: setup  ## measure the goals of performance (CASES, ONLY); writes bench.json below DATA_DIR
	@CASES=$(CASES) ONLY=$(ONLY) $(PY) -m tests.benchmarks

chaos: setup  ## people act while processes die; nothing may be lost or doubled (SEED)
	@$(PY) -m tests.chaos $(if $(SEED),--seed $(SEED))

chaos-selftest: setup  ## the same with our own protections taken out, each of which must be caught (ONLY)
	@$(PY) -m tests.chaos $(if $(SEED),--seed $(SEED)) --selftest $(ONLY)

drill: setup  ## back up, destroy, restore to a moment, compare; prints what was lost and how long it took
	@$(PY) -m tests.drill

lock: setup  ## renew the locks from requirements/*.in and package.json
	@for part in runtime development; do .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-annotate requirements/$$part.in -o requirements/$$part.txt; done
	@npm install --package-lock-only --silent
