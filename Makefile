# Everything runs in .venv, which the first target that needs it makes. Only Python 3.11+ and make must be there.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
BENCH  := $(VENV)/.installed-bench
# One more than the processors: tests that start programs or use a server wait for much of their time.
WORKERS ?= 3
# uv where it is installed, else pip
INSTALL = $$(command -v uv >/dev/null 2>&1 && echo uv pip install --python $(BIN)/python || \
            echo $(BIN)/pip install --disable-pip-version-check) --quiet

.PHONY: demo test check bench perf-report database-readme snapshots pictures clean

demo: $(STAMP)
	$(BIN)/chatly-console demo

test: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not benchmark" $(ARGS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(STAMP) $(BENCH)
	$(BIN)/python -m tests.benchmarks

perf-report: $(STAMP)
	$(BIN)/python -m tests.performance $(ARGS)

database-readme: $(STAMP)
	$(BIN)/python -m tests.database.readme $(ARGS)

snapshots: $(STAMP)
	$(BIN)/python -m pytest tests -m "not benchmark" --snapshot-update $(ARGS)

pictures: $(STAMP)
	$(BIN)/python -m docs.pictures

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "chatly-console needs Python 3.11 or newer")'
	@echo "Installing what the console needs into $(VENV); the first time this takes a minute or two ..."
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(VENV); else $(PYTHON) -m venv $(VENV); fi
	@$(INSTALL) -e '.[embedded,dev]'
	@touch $(STAMP)

$(BENCH): $(STAMP)
	@$(INSTALL) -e '.[embedded,dev,bench]'
	@touch $(BENCH)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
