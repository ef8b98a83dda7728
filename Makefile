# Everything here sets itself up: on a fresh machine it needs Python 3.11 or later and make, no compiler.
PYTHON ?= python3
BIN := .venv/bin

# Real histories are checked in environments of their own: everything in requirements but what we develop with and rivals.
RIVALS := rivals rivals-django
PINNED := $(filter-out dev $(RIVALS),$(basename $(notdir $(wildcard requirements/*.in))))
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade

.PHONY: help setup demo test lint format pins reference bench bench-check bench-verdicts bench-stall bench-backfill histories soak clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# The stamp is made anew when a pin or the package's own requirements change.
.venv/.ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Midflight needs Python 3.11 or later; say which with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

setup: .venv/.ready ## Make .venv with midflight and everything pinned

demo: setup ## Check the history of examples/shop on the embedded server
	@cd examples/shop && ../../$(BIN)/midflight check --shadow embedded; \
	  code=$$?; if [ $$code -gt 1 ]; then exit $$code; fi
	@echo 'The shop has dangerous revisions on purpose: the check has found them, and exits with 1 where you run it yourself.'

test: setup ## Run all tests, on every core; what cannot run here is skipped with its reason
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: setup ## ruff, mypy strict, import-linter
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## Format the code
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

pins: ## Compile requirements/*.txt anew (needs uv)
	@for name in dev $(PINNED); do \
	  $(COMPILE) --extra shadow pyproject.toml requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done
	@for name in $(RIVALS); do \
	  $(COMPILE) requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

reference: setup ## Write the generated pages of docs/reference anew; measures what statements lock
	@$(BIN)/python -m midflight.report.schema > docs/reference/check.schema.json
	@$(BIN)/python -m midflight.report.hazard_reference > docs/reference/hazards.md
	@$(BIN)/python -m midflight.report.operation_reference > docs/reference/operations.md
	@PYTHONPATH=tests $(BIN)/python -m hazards.lock_table

bench-check: setup ## Measure the check on real histories; writes bench/out/check.json
	@$(BIN)/python -m bench.check

histories: setup ## Check the histories of real applications (ONLY=prefect,optuna for some); installs them first
	@$(BIN)/python -m bench.histories $(ONLY)

bench-verdicts: setup ## Score the check beside two linters on bench/corpus; writes docs/reference/verdicts.md
	@$(BIN)/python -m bench.verdicts

bench-stall: setup ## Change a big table under load, beside rivals (ONLY=check,ladder TOOLS=midflight ROWS=200000); 20 minutes
	@ONLY='$(ONLY)' TOOLS='$(TOOLS)' ROWS='$(ROWS)' RATE='$(RATE)' SERVER='$(SERVER)' $(BIN)/python -m bench.stall

bench-backfill: setup ## Change all rows of a big table under load (ONLY=load,flatness,triggers ROWS=200000); 10 minutes
	@ONLY='$(ONLY)' ROWS='$(ROWS)' RATE='$(RATE)' SERVER='$(SERVER)' $(BIN)/python -m bench.backfill

bench: bench-check bench-verdicts bench-stall bench-backfill ## All measurements but the histories, one after the other

soak: setup ## Kill upgrades and backfills at random moments (ONLY=backfills SEED=7 KILLS=500); exit 1 on any difference
	@ONLY=$(ONLY) SEED=$(SEED) KILLS=$(KILLS) PYTHONPATH=tests $(BIN)/python -m bench.soak

clean: ## Remove what was made
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache bench/out dist
