# Everything runs from Python 3.11 or newer and make alone: each target first builds .venv from hashed requirements.
# Another interpreter: make PYTHON=python3.12 demo

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench lock clean

help:
	@echo "make demo    plan the example factory and show the result"
	@echo "make test    lint, types, import rules and all tests"
	@echo "make lint    lint, types and import rules alone"
	@echo "make format  let ruff rewrite what it can"
	@echo "make bench   time the commands on the example factory"
	@echo "make lock    pin requirements/*.txt anew (needs uv)"
	@echo "make clean   remove .venv, caches and build results"

demo: $(STAMP)
	@$(BIN)/pegboard demo

test: lint
	$(BIN)/python -m pytest -n 2

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	@$(BIN)/python -m bench

# One pinned version of each package for every platform and for Python 3.11 to 3.14.
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-header --upgrade
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: $(PYTHON) -m pip install uv"; exit 1; }
	$(LOCK) --group dev --output-file requirements/dev.txt
	$(LOCK) --constraint requirements/dev.txt --output-file requirements/run.txt
	@for f in run dev; do \
	  { echo "# Compiled from pyproject.toml by 'make lock', for every platform and Python 3.11 to 3.14. Do not edit."; \
	    cat requirements/$$f.txt; } > requirements/$$f.tmp && mv requirements/$$f.tmp requirements/$$f.txt; done

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The interpreter is looked at first, so that a machine that lacks something hears what to install.
$(STAMP): requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "pegboard: no '$(PYTHON)' found; it needs Python 3.11 or newer."; \
	  echo "  Debian, Ubuntu:  sudo apt-get install python3 python3-venv"; \
	  echo "  elsewhere:       name an interpreter with  make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; \
	  exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "pegboard: '$(PYTHON)' is $$($(PYTHON) --version 2>&1); it needs Python 3.11 or newer."; \
	  echo "  Debian, Ubuntu:  sudo apt-get install python3.11 python3.11-venv"; \
	  echo "  then:            make PYTHON=python3.11 $(MAKECMDGOALS)"; \
	  exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "pegboard: '$(PYTHON)' cannot make a virtual environment, because its venv module is missing."; \
	  echo "  Debian, Ubuntu:  sudo apt-get install python3-venv"; \
	  exit 1; }
	@echo "pegboard: building $(VENV) (once, a minute or so)" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --require-hashes \
	  --only-binary :all: --requirement requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
