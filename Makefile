# Two commands on a fresh machine with Python >= 3.11, make and git:
#   make verify   every model against its evidence
#   make test     the whole test suite
# While working: `make quick`, the tests that take less than two minutes, and `make lint`.
PYTHON ?= python3
BIN := .venv/bin
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: verify test quick mutation lint build figures diagrams effects robustness ablation tutorial site agreement release \
	constraints clean

verify: .venv/installed
	$(BIN)/python scripts/verify.py --accept-unmet

test: .venv/installed
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

# What neither takes long nor runs another program; see docs/testing.md.
quick: .venv/installed
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m 'not slow and not interop and not browser'

# Whether a quick test notices random changes of the program, for docs/testing.md; takes as long as MUTATION says.
MUTATION ?= --minutes 20
mutation: .venv/installed
	$(BIN)/pip install --quiet --editable '.[mutation]'
	$(BIN)/python scripts/mutation $(MUTATION)

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

build: .venv/installed
	$(BIN)/python scripts/build.py

# The figure of every model and that of sizes, and the effects that a test compares; run after changing a model.
figures: .venv/installed
	$(BIN)/python scripts/figures.py

effects: .venv/installed
	$(BIN)/python scripts/effects.py

# The network of every model; after a change of what acts on what. Needs Graphviz.
diagrams: .venv/installed
	$(BIN)/python scripts/diagrams.py

# The shares of docs/robustness.md; takes a quarter of an hour on two cores, and goes on where it was stopped.
robustness: .venv/installed
	$(BIN)/python scripts/robustness.py

# What every edge of every model is needed for, in models/results and docs/ablation.md; takes as long, and goes on too.
ablation: .venv/installed
	$(BIN)/python scripts/ablation.py

# Every experiment of every model in COPASI and in tellurium, for docs/interoperability.md; takes some minutes.
agreement: .venv/installed
	$(BIN)/python scripts/agreement.py

# The tutorial with everything that it shows.
tutorial: .venv/installed
	$(BIN)/python scripts/tutorial.py

# The whole site, ready to be published, in build/site; npm and pip bring what runs in its pages.
site: .venv/installed
	$(BIN)/python scripts/site.py

# Whatever is given to others, with checksums, in build/release: files for other programs in one archive, the report,
# wheel and sdist. Files alone, since a release on GitHub has no folders.
release: .venv/installed
	rm -rf build/release
	$(BIN)/osteon export --all --to all --out build/release/export
	$(BIN)/osteon report --out build/release
	$(BIN)/python -m build --no-isolation --outdir build/release
	cd build/release && ../../$(BIN)/python -m zipfile -c export.zip export/
	rm -r build/release/export
	$(BIN)/python scripts/checksums.py build/release

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Osteon needs Python >= 3.11; name one: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

# Pins every package anew, names and versions only.
constraints:
	rm -rf build/pinning && $(PYTHON) -m venv build/pinning
	PIP_CONSTRAINT= build/pinning/bin/pip install --quiet '.[dev,amici,bench,mutation,pybnf]'
	build/pinning/bin/pip freeze --exclude osteon > constraints.txt

clean:
	rm -rf .venv build dist
