.DEFAULT_GOAL := help
.PHONY: help setup run test lint format types check bench bench-peers requirements build clean
PY := .venv/bin/python
UV_COMPILE := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
export JOBYARD_DATA_DIR ?= $(CURDIR)/var

help:  ## This list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready  ## Create .venv from the hash-pinned requirements
.venv/.ready: requirements/dev.txt pyproject.toml
	python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

run: setup  ## Start jobyard with demo content on http://127.0.0.1:8080; ARGS="--port 8081"
	@.venv/bin/jobyard up --demo $(ARGS)

test: setup  ## All tests; ARGS="-k snapshot"
	.venv/bin/pytest --numprocesses auto --dist loadfile $(ARGS)

lint: setup  ## Style, format, layers
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports

format: setup  ## Put the code into the house format
	.venv/bin/ruff check --fix-only --quiet .
	.venv/bin/ruff format .

types: setup  ## mypy, strict
	.venv/bin/mypy jobs repos server sync

check: lint types  ## What CI runs besides the tests

bench: setup  ## Measure what the product promises; prints a table
	$(PY) -m bench $(ARGS)

bench-peers: setup  ## The same work by Nautobot 1.6.32 and the newest one, installed beside; ARGS="--keep var/peers"
	$(PY) -m bench.peers $(ARGS)

requirements: setup  ## Compile requirements/*.txt anew from pyproject.toml
	$(UV_COMPILE) pyproject.toml -o requirements/run.txt
	$(UV_COMPILE) pyproject.toml --extra oidc --extra saml --group dev -o requirements/dev.txt
	$(UV_COMPILE) requirements/pynautobot1.in -o requirements/pynautobot1.txt
	$(UV_COMPILE) requirements/ldap.in -o requirements/ldap.txt $(addprefix --no-emit-package ,django asgiref sqlparse tzdata)

build: setup  ## The wheel and the sdist, in dist/
	.venv/bin/uv build --quiet

clean:  ## Remove build output and caches, never data
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
