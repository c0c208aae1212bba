# The commands of the project. `make` alone lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help install demo test check format translations lock bench soak validate wordpress clean

help:  ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(INSTALLED): requirements.lock pyproject.toml
	@echo "Making $(VENV) and installing the pinned packages (once; about a minute)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

install: $(INSTALLED)  ## make the virtual environment and install what requirements.lock pins

demo: install  ## crawl the sample portals and serve the search page at http://127.0.0.1:8000
	@$(BIN)/tinphuong demo

test: install  ## the whole default test suite, on two cores
	$(BIN)/pytest --numprocesses 2 --dist loadfile

check: install  ## ruff, ruff format and mypy strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install  ## put the code in order as `make check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

translations: install  ## take new texts of the page into the catalogues; compile them
	mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keywords 'lazy_gettext _l' \
		--no-location --sort-output --omit-header --output-file build/messages.pot .
	$(BIN)/pybabel --quiet update --input-file build/messages.pot --output-dir webui/translations \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel compile --directory webui/translations --statistics

bench: install  ## every benchmark; refreshes docs/benchmarks.md (set TINPHUONG_DATA)
	$(BIN)/python benchmarks/report.py

soak: install  ## the long tests
	$(BIN)/pytest -m soak

validate: install  ## check the HTML of every page (CONTRIBUTING.md says what it needs)
	$(BIN)/pytest -m validate

wordpress: install  ## crawl a real WordPress on loopback (CONTRIBUTING.md says what it needs)
	$(BIN)/pytest -m wordpress

lock: install  ## pin again what pyproject.toml asks for
	$(PYTHON) -m venv $(VENV)/uv && $(VENV)/uv/bin/pip install --quiet uv
	$(VENV)/uv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev \
		--no-header --no-annotate --quiet --upgrade --output-file requirements.lock pyproject.toml

clean:  ## remove what was built (never index/store, the only truth)
	rm -rf $(VENV) build demo *.egg-info index/whoosh
