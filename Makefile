# One door for work: every target sets up what it needs, below .venv.
SHELL := /bin/sh
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help scan demo test check bench collector deb i18n lock clean

help: ## list the targets
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

scan: .venv/.scan ## scan this machine, and a Prometheus found on localhost:9090, and answer
	@$(BIN)/pasencore scan

demo: .venv/.scan ## show a whole report of an example estate, offline
	@$(BIN)/pasencore demo

test: check .venv/.servers ## run every check and test, on real servers too
	$(PYTEST) -n 2 --dist loadfile

check: .venv/.dev ## lint, types, import contracts, packaging guards
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -q tests/architecture

bench: .venv/.dev .venv/.servers ## print what it costs: CPU, memory, queries
	$(BIN)/python -m benchmarks

collector: .venv/.scan ## make one file that collects a host over ssh
	$(BIN)/python .ci/collector

deb: .venv/.scan ## make a Debian package that brings its own environment
	$(BIN)/python .ci/deb

i18n: .venv/.dev ## update the catalogues from the sources
	$(BIN)/python exporters/locale/update.py

lock: .venv/.dev ## resolve the dependencies again
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra scan --output-file requirements.lock pyproject.toml .ci/build.in
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --allow-unsafe --extra scan --extra dev --output-file requirements-dev.lock pyproject.toml .ci/build.in

clean: ## remove everything that the other targets made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/.scan: pyproject.toml requirements.lock .ci/venv
	@.ci/venv requirements.lock
	@touch $@

.venv/.dev: .venv/.scan requirements-dev.lock
	@.ci/venv requirements-dev.lock
	@touch $@

.venv/.servers: .ci/servers
	@.ci/servers
	@touch $@
