# Works with GNU make 3.81 (macOS) and later. On Windows without make, README.md has the same steps for PowerShell.
.DEFAULT_GOAL := help
# Another Python: make setup PYTHON=python3.12     Some tests: make test ARGS="tests/domain -x"
PYTHON ?=
ARGS ?=
export PYTHON

BIN = .venv/bin
# Tests are spread over the cores, but over no more than four: each worker loads Qt and the cryptography for itself. A module stays
# together (loadfile): what it makes for its tests is made once, and those that tell a story stay in its order. Python may keep
# what it compiled, also where the environment says otherwise: the tests start many programs, and each would compile all of it.
TEST = PYTHONDONTWRITEBYTECODE= QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml
SOURCES = src tests installers

.PHONY: help setup demo test fuzz lint format bench sample lock migration screenshots installer clean

help: ## show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /|/' | awk -F'|' '{ printf "make %-12s %s\n", $$1, $$2 }'

setup: ## make the private environment .venv (system libraries with apt, locked packages)
	@sh installers/setup.sh

demo: setup ## show the sample tender: the window where there is a display, else the whole job and its signed letters
	@$(BIN)/evalpanel demo --out build/demo

test: setup ## run every test, without a screen
	$(TEST) $(ARGS)

fuzz: setup ## try to break a reader: make fuzz ARGS="xlsx --seconds 300", or ARGS=all for each by turns
	PYTHONPATH=tests $(BIN)/python tests/fuzz/run.py $(or $(ARGS),all)

lint: setup ## check format, style, types and the direction of imports
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: setup ## put the code into the agreed format, and mend what can be mended safely
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: setup ## measure: saving, loading, the outcome, letters, the window, work that travels
	$(BIN)/python tests/benchmarks/run.py $(ARGS)

sample: setup ## build resources/sample again from installers/sample
	$(BIN)/python installers/sample/build.py

lock: setup ## pin all packages again (asks the package index; needs a network)
	$(LOCK) --upgrade -o installers/run.lock
	$(LOCK) --upgrade --group dev -c installers/run.lock -o installers/dev.lock
	$(LOCK) --upgrade --group build -c installers/dev.lock -o installers/build.lock

migration: setup ## write the next database revision: make migration NAME=words
	$(BIN)/python installers/new_migration.py $(NAME)

screenshots: setup ## pictures of every page, light and dark, in build/screenshots
	QT_QPA_PLATFORM=offscreen PYTHONPATH=tests $(BIN)/python tests/screenshots.py build/screenshots

installer: setup ## something to install from: a folder, and on Debian a package, in build/installer
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r installers/build.lock
	$(BIN)/python installers/build.py $(if $(shell command -v dpkg-deb),--deb)

clean: ## remove what was built and the caches (not .venv)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
