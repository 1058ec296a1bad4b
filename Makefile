# Works with GNU make 3.81 (macOS) and later. On Windows without make, README.md has the same steps for PowerShell.
.DEFAULT_GOAL := help
# Another Python: make setup PYTHON=python3.12     Some tests: make test ARGS="tests/domain -x"
PYTHON ?=
ARGS ?=
export PYTHON

BIN = .venv/bin
# Tests are spread over the cores, but over no more than four: each worker loads Qt and the cryptography for itself.
TEST = QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -n auto --maxprocesses 4
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml
SOURCES = src tests installers

.PHONY: help setup demo test lint format bench sample lock screenshots installer clean

help: ## show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /|/' | awk -F'|' '{ printf "make %-12s %s\n", $$1, $$2 }'

setup: ## make the private environment .venv (system libraries with apt, locked packages)
	@sh installers/setup.sh

demo: setup ## run the whole job on the sample tender; the signed letters land in build/demo/letters
	@$(BIN)/evalpanel demo --out build/demo

test: setup ## run every test, without a screen
	$(TEST) $(ARGS)

lint: setup ## check format, style, types and the direction of imports
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: setup ## put the code into the agreed format, and mend what can be mended safely
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: setup ## measure: saving a score, loading, the outcome, letters
	$(BIN)/python tests/benchmarks/run.py $(ARGS)

sample: setup ## build resources/sample again from installers/sample
	$(BIN)/python installers/sample/build.py

lock: setup ## pin all packages again (asks the package index; needs a network)
	$(LOCK) --upgrade -o installers/run.lock
	$(LOCK) --upgrade --group dev -c installers/run.lock -o installers/dev.lock

screenshots: setup ## pictures of every page, light and dark, in build/screenshots
	QT_QPA_PLATFORM=offscreen PYTHONPATH=tests .venv/bin/python tests/screenshots.py build/screenshots

installer: ## something to install from (comes with the window)
	@echo "There is no installer yet: it comes once the window is there. Until then run from this folder: make demo." >&2; exit 1

clean: ## remove what was built and the caches (not .venv)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
