# Needs Python 3.11+ and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test lint bench soak lock clean
.DEFAULT_GOAL := demo

.venv/.runtime: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@

demo: .venv/.runtime ## the bot in the browser; no token, no network
	$(BIN)/bot demo

test: .venv/.dev ## the whole test suite
	$(BIN)/python -m pytest

lint: .venv/.dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bot check

.venv-bench/.ready: requirements-bench.lock pyproject.toml
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes \
		-r requirements-bench.lock
	.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --no-deps \
		--no-build-isolation -e .
	touch $@

bench: .venv/.dev .venv-bench/.ready ## figures: speed, memory, quality, and those of others
	$(BIN)/python tests/bench
	.venv-bench/bin/python tests/bench/peers.py

soak: .venv/.dev ## 10,000 updates on each engine while processes are killed again and again
	SOAK_UPDATES=10000 $(BIN)/python -m pytest -s tests/test_durability_kill.py

lock: ## pins the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-config --quiet --extra build -o requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-config --quiet -c requirements.lock \
		--extra build --extra lint --extra test -o requirements-dev.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-config --quiet -c requirements.lock \
		--extra build --extra bench -o requirements-bench.lock

clean:
	rm -rf .venv .venv-bench .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
