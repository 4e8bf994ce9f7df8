# Two commands are all a newcomer needs: `make run` and `make test`.

VENV ?= .venv
PY = $(VENV)/bin/python
# The newest Python that the hub supports, unless PYTHON says which.
SUPPORTED = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)

# Where it is set, every process compiles all libraries anew: three seconds each, and the tests start many.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test soak bench lint lock migration clean

run: $(VENV)/.run  ## from a fresh clone to a usable site
	@$(PY) -m hub upgrade
	@$(PY) -m hub seed --if-empty
	@$(PY) -m hub run

# Four at once keep two cores busy: some always wait for a browser, a database, a lease or a mail server.
test: $(VENV)/.test  ## everything, with the browser journeys
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) -m tests.browser
	@$(PY) -m pytest -n 4 --dist loadgroup -m "not soak" $(ARGS)

soak: $(VENV)/.test  ## what takes longer than a coffee
	@CHANCE=drawn $(PY) -m pytest -m soak $(ARGS)

bench: $(VENV)/.test  ## speed, side by side with a bare Flask page, as ratios
	@$(PY) -m tests.bench
	@$(PY) -m tests.bench.importers
	@$(PY) -m tests.bench.archive
	@$(PY) -m tests.bench.mailing

lint: $(VENV)/.test
	@$(PY) -m ruff check --fix . && $(PY) -m ruff format . && $(VENV)/bin/lint-imports --no-logo

migration: $(VENV)/.test  ## a new migration from what changed in the models: make migration NAME="add badges"
	@$(PY) -m hub upgrade && $(PY) -m tests.migration "$(NAME)"

lock: $(VENV)/.test  ## new lock files from pyproject.toml
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
		pyproject.toml -o requirements.lock
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
		--extra test pyproject.toml -o requirements-test.lock

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Knowledge Hub needs Python 3.11, 3.12 or 3.13."; exit 1; }
	@echo "Making the virtual environment with $(PYTHON) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@echo "Installing the locked dependencies (a minute or two the first time) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@printf '#!/bin/sh\nexec "$(abspath $(PY))" -m hub "$$@"\n' > $(VENV)/bin/hub && chmod +x $(VENV)/bin/hub
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	@echo "Installing the locked test dependencies ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@
