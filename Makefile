# `make` lists the recipes. The environment lives in .venv and is made when it is missing or its pins change.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: docs help report score benchmark test test-browser test-ports check unit format constraints clean

help: ## list the recipes
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	touch $(READY)

# What `make report` asks: quick, standard or full (make report TIER=full).
TIER ?= standard

report: $(READY) ## run the standard tier on the installed frameworks, TIER=full every case; reports/latest/ has it
	$(BIN)/conformance run --tier $(TIER) --output reports/latest --keep-earlier 1

test: check unit ## what CI runs: format, lint, types, architecture, cases and tests

check: $(READY) ## format, lint, types, architecture and cases
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/conformance cases check --no-witness

test-ports: $(READY) ## the ports of examples/; needs Node, npm and a C compiler
	cd examples/port-tfjs && npm install --no-audit --no-fund --silent
	$(BIN)/python -m pytest -m ports tests/ports tests/authoring

test-browser: $(READY) ## the HTML report in Chromium, which is installed where that is allowed; needs npm
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	  then apt-get update --quiet && apt-get install --yes --quiet chromium; \
	  else echo "Chromium is needed: install it, on Debian with: apt-get install chromium" >&2; exit 1; fi
	cd tests/report/browser && npm install --no-audit --no-fund --no-package-lock --silent
	$(BIN)/python -m pytest -m browser tests/report/browser

# The tests start hundreds of processes, which must not each compile the program. Of two that test, each gets tests of
# the same modules, so that what these share is made once.
unit: export PYTHONDONTWRITEBYTECODE :=
unit: $(READY) ## the tests alone
	$(BIN)/python -m pytest -n auto --dist worksteal

score: $(READY) ## hold every deliberately wrong adapter against the cases; writes reports/score.md and cases/tiers.json
	$(BIN)/conformance score --output reports --tiers cases/tiers.json

benchmark: $(READY) ## time the reference and the whole; writes reports/benchmark.json and reports/benchmark.md
	$(BIN)/python benchmarks/reference_speed.py --output reports
	$(BIN)/python benchmarks/throughput.py --output reports
	$(BIN)/python benchmarks/whole_run.py --output reports

docs: $(READY) ## the documentation as a site that needs no network, in build/docs/
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group docs
	$(BIN)/conformance docs --write docs
	$(BIN)/mkdocs build --strict --quiet

format: $(READY) ## bring the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

constraints: $(READY) ## record the environment's exact versions
	{ echo "# Exact versions of our own environment: the ones that the shipped waivers speak of."; \
	  echo "# Written by: make constraints"; \
	  $(BIN)/python -m pip freeze --all --exclude-editable | grep -v '^-e' | sed 's/+cpu$$//'; } > constraints.txt

clean: ## remove the environment and what tools left behind
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
