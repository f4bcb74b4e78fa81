# `make` lists the recipes. The environment lives in .venv and is made when it is missing or its pins change.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: docs help report report-all score benchmark test test-browser test-ports test-frameworks check unit format constraints clean

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

# Frameworks beyond the three of the tests: all in one environment that has the pinned ones as well, but for Paddle,
# whose protobuf is another.
OTHERS := .frameworks
$(OTHERS)/.ready: pyproject.toml constraints.txt constraints-frameworks.txt
	test -x $(OTHERS)/all/bin/python || $(PYTHON) -m venv $(OTHERS)/all
	test -x $(OTHERS)/paddle/bin/python || $(PYTHON) -m venv $(OTHERS)/paddle
	for each in all paddle; do $(OTHERS)/$$each/bin/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --upgrade pip || exit 1; done
	$(OTHERS)/all/bin/python -m pip install --quiet --constraint constraints.txt --constraint constraints-frameworks.txt \
	  --editable . --group frameworks --group more-frameworks
	$(OTHERS)/paddle/bin/python -m pip install --quiet --constraint constraints-frameworks.txt --editable ".[paddle]"
# tinygrad compiles each call with clang; Zig brings one along.
	printf '#!/bin/sh\nexec "%s" -m ziglang clang "$$@"\n' "$(CURDIR)/$(OTHERS)/all/bin/python" > $(OTHERS)/all/bin/clang
	chmod +x $(OTHERS)/all/bin/clang
	touch $(OTHERS)/.ready

# What `make report-all` asks; of Paddle, a lane under another interpreter by the adapter's own name.
ALL_LANES := reference tensorflow torch torch:export torch:onnx jax:jit keras:tensorflow keras:torch keras:jax onnx \
  onnxruntime onnxruntime:auto_pad onnxruntime:output_shape openvino openvino:onnx litert mlx tinygrad flax haiku equinox \
  paddle=python:$(OTHERS)/paddle:paddle

report-all: $(OTHERS)/.ready ## the quick tier on every framework, TIER=full every case; reports/latest-all/ has it
# '*' names all trials: lanes that convert or compile each call take a sample otherwise.
	PATH="$(CURDIR)/$(OTHERS)/all/bin:$$PATH" conformance run '*' \
	  --tier $(if $(filter command% environment,$(origin TIER)),$(TIER),quick) $(addprefix --lane ,$(ALL_LANES)) \
	  --output reports/latest-all --keep-earlier 1

test-frameworks: $(OTHERS)/.ready ## a sample of each chapter on the frameworks beyond the three
	$(OTHERS)/all/bin/python -m pip install --quiet --constraint constraints.txt --group test
	CONFORMANCE_FRAMEWORKS=$(OTHERS) $(OTHERS)/all/bin/python -m pytest -m other_frameworks tests/frameworks

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

constraints: $(READY) $(OTHERS)/.ready ## record the environments' exact versions
	{ echo "# Exact versions of our own environment: the ones that the shipped waivers speak of."; \
	  echo "# Written by: make constraints"; \
	  $(BIN)/python -m pip freeze --all --exclude-editable | grep -v '^-e' | sed 's/+cpu$$//'; } > constraints.txt
	{ echo "# Exact versions of the frameworks beyond the three, of which the shipped waivers speak, and of what they bring along."; \
	  echo "# Written by: make constraints"; \
	  { $(OTHERS)/all/bin/python -m pip freeze --exclude-editable; \
	    $(OTHERS)/paddle/bin/python -m pip freeze | grep '^paddlepaddle='; } \
	  | awk -F == 'NR == FNR { pinned[$$1]; next } !($$1 in pinned)' constraints.txt -; } > constraints-frameworks.txt

clean: ## remove the environment and what tools left behind
	rm -rf .venv $(OTHERS) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
