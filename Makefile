# `make help` lists what can be asked. Only Python (3.11 or later), make and git are needed.

PORT ?= 8000
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=

# Few pools for memory, and what is freed goes back at once: a pack peaks a tenth lower, as in the image.
export MALLOC_ARENA_MAX := 2
export MALLOC_TRIM_THRESHOLD_ := 131072

# Each module is compiled once, not by each of the processes that a portal and its tests consist of.
export PYTHONDONTWRITEBYTECODE :=

# Settings for commands that only look at the code: no server is asked.
LOOK := TRIAL=true SECRET_KEY=unused DATABASE_URL=postgres:///unused REDIS_URL=redis://127.0.0.1:1/0
PRODUCTION := TRIAL=false SECRET_KEY=$(shell printf '%064d' 0)-abcdefghijklmnopqrstuvwxyz \
	DATABASE_URL=postgres:///unused REDIS_URL=redis://127.0.0.1:1/0 EMAIL_URL=smtp://127.0.0.1:1 \
	SITE_URL=https://portal.example ALLOWED_HOSTS=portal.example DEFAULT_FROM_EMAIL=portal@portal.example

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint bench messages format requirements clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/ready ## start the whole portal with its own servers, on PORT=8000
	@PORT=$(PORT) exec $(PY) -m smartport.trial

test: $(VENV)/ready ## run the whole suite; ARGS="tests/projects -k report" for a part of it
	@exec $(PY) -m pytest -n 3 --dist worksteal $(ARGS)

lint: $(VENV)/ready-to-lint ## check style, types, floors, templates, migrations, translations and deployment
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/djade --target-version 5.2 --check $(shell git ls-files 'templates/*.html')
	$(VENV)/bin/lint-imports
	$(VENV)/bin/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	$(LOOK) $(PY) -m mypy $(shell git ls-files '*/services.py' '*/services/*.py' '*/permissions.py' '*/querysets.py')
	$(LOOK) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(LOOK) $(PY) manage.py update_translations --check
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

bench: $(VENV)/ready-to-lint ## measure list, packs, messages, faults of delivery; ARGS=packs for one
	@exec $(PY) -m tests.bench $(ARGS)

messages: $(VENV)/ready ## rewrite the translation catalogues from the code and the templates
	@$(LOOK) $(PY) manage.py update_translations $(ARGS)

format: $(VENV)/ready-to-lint ## put code and templates in the house's form
	$(PY) -m ruff check --fix --quiet . || true
	$(PY) -m ruff format .
	$(VENV)/bin/djade --target-version 5.2 $(shell git ls-files 'templates/*.html') || true

COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

requirements: $(VENV)/ready-to-lint ## compile the .in files to pinned requirements; ARGS=--upgrade for newer ones
	$(COMPILE) $(ARGS) requirements-production.in -o requirements-production.txt
	$(COMPILE) $(ARGS) -c requirements-production.txt requirements.in -o requirements.txt
	$(COMPILE) $(ARGS) -c requirements.txt requirements-dev.in -o requirements-dev.txt

clean: ## forget the trial's data and everything that was made
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(PY):
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or later is needed, and none was found" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "make: $(PYTHON) cannot make a virtual environment; on Debian, install python3-venv" >&2; exit 1; }

$(VENV)/ready: requirements.txt | $(PY)
	@echo "installing the locked requirements (about a minute, once)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/ready-to-lint: requirements-dev.txt $(VENV)/ready
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@
