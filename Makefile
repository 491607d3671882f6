# Everything a developer or CI does. Two commands are enough on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PRODUCT := .venv/weryai
STAMP := .venv/installed
PYRIGHT := .venv/pyright
PIP := $(BIN)/python -m pip install --constraint constraints.txt
# The generator and pyright look their helpers up on PATH.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled once, the sources start every process of the tests in half the time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install generate lint valid format reference types mypy contract test lint-and-types mutants fuzz chaos chaos-batch agents bench bench-peers regenerate missing drift breaking changelog docs wheel live demo clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## Make .venv with the package, its extras and the pinned tools

# What users install comes first: it is all that the demo needs, and a quarter of the whole.
$(PRODUCT): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("weryai needs Python 3.11 or newer: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@echo "Installing weryai, its command line and its simulator into .venv; 52 MB are fetched."
	$(PYTHON) -m venv .venv
	$(PIP) --editable '.[cli,testing]'
	touch $@

$(STAMP): $(PRODUCT) dev-requirements.txt
	@echo "Installing what checks weryai into .venv; 200 MB are fetched."
	$(PIP) --requirement dev-requirements.txt
	touch $@

generate: $(STAMP) ## Make generated_client/ anew from openapi/weryai.yaml
	python openapi/generate.py

lint: $(STAMP) valid ## Ruff, formatting, and the contract against the OpenAPI 3.1 schema
	ruff check .
	ruff format --check .
	python openapi/generate.py --check

valid: $(STAMP)
	openapi-spec-validator --schema 3.1 openapi/weryai.yaml

format: $(STAMP) ## Mend what ruff can mend
	ruff check --fix .
	ruff format .

types: mypy $(PYRIGHT) ## mypy --strict and pyright

mypy: $(STAMP)
	mypy

# Pyright keeps nothing between two runs, so it runs where something of what it reads is newer than its last
# run that found nothing. A folder is newer where a file came or went.
below = $(filter-out %.pyc %/__pycache__,$(foreach each,$(wildcard $(1:=/*)),$(each) $(call below,$(each))))
$(PYRIGHT): $(STAMP) pyproject.toml contract_tests/house/public_surface.py $(call below,wrapper generated_client)
	@touch $@-begun
	pyright
	@mv $@-begun $@

contract: $(STAMP) ## The contract tests, and what they exercise of the contract: reports/contract.md
	python -m pytest -p contract_tests.coverage.plugin contract_tests -n auto --dist loadfile \
		--no-loadscope-reorder --junitxml reports/junit.xml

# Lint and types take what the tests leave of the processors. What they say is shown when they have ended
# and, if they fail, once more below all that the tests say.
CHECKS := reports/lint-and-types.txt
test: $(STAMP) ## Lint, types and the contract tests, side by side
	@$(MAKE) --no-print-directory --keep-going --jobs=2 lint-and-types contract || \
		{ cat $(CHECKS) 2>/dev/null; exit 1; }

lint-and-types: $(STAMP)
	@mkdir -p reports && $(MAKE) --no-print-directory --keep-going lint types >$(CHECKS) 2>&1 || \
		{ cat $(CHECKS); exit 1; }
	@cat $(CHECKS) && rm $(CHECKS)

mutants: $(STAMP) ## Plant faults, one at a time; a test must see each: ONLY=part-of-a-name
	python -m contract_tests.mutants $(if $(ONLY),--only $(ONLY))

fuzz: $(STAMP) ## What no other run tried: make fuzz MINUTES=5, or INPUTS=100000; SEED=n for the same again
	python -m contract_tests.fuzz $(if $(MINUTES),--minutes $(MINUTES)) $(if $(INPUTS),--inputs $(INPUTS)) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

chaos: $(STAMP) ## Kill processes that make videos, and count what is lost: make chaos KILLS=200
	python -m contract_tests.chaos $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

agents: $(STAMP) ## Kill the servers of agents that submit, and count: make agents SUBMISSIONS=1000
	python -m contract_tests.agents.killing $(if $(SUBMISSIONS),--submissions $(SUBMISSIONS)) $(if $(MAX_CREDITS),--max-credits $(MAX_CREDITS)) $(if $(SEED),--seed $(SEED))

chaos-batch: $(STAMP) ## Kill workers of a batch, and count: make chaos-batch KILLS=100 WORKERS=4 DATABASE=postgres
	python -m contract_tests.chaos.batch $(if $(KILLS),--kills $(KILLS)) $(if $(WORKERS),--workers $(WORKERS)) $(if $(DATABASE),--database $(DATABASE)) $(if $(SEED),--seed $(SEED))

# The peers and what draws live in an environment of their own, which finds ours by their paths.
PEERS := .bench-peers
bench: $(STAMP) ## What calls, starts, waits, files and the journal take, beside raw httpx: reports/bench.json
	python -m contract_tests.bench $(if $(ONLY),--only $(ONLY))

bench-peers: bench $(PEERS)/installed ## The same beside other services' clients, and docs/performance.md from it
	PYTHONPATH=.:wrapper:generated_client $(PEERS)/bin/python -m contract_tests.bench --peers
	PYTHONPATH=.:wrapper:generated_client $(PEERS)/bin/python -m contract_tests.bench.page

$(PEERS)/installed: contract_tests/bench/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --requirement contract_tests/bench/requirements.txt
	touch $@

regenerate: $(STAMP) ## The contract changed: all that follows from it, and what it means for users
	python openapi/regenerate.py $(BASE)

drift: PAGE ?= $(wildcard contract_tests/data/pages/*.txt contract_tests/data/pages/*.md)
drift: $(STAMP) ## Compare PAGE=file-or-address with the contract, else the recorded page
	python openapi/drift.py $(PAGE)

reference: $(STAMP) ## Make the pages of docs/ that are written from the code and from the contract
	python -m contract_tests.house.docs.written

missing: $(STAMP) ## What a change of the contract leaves to be edited by hand, a line a file
	python openapi/missing.py

breaking: $(STAMP) ## What changed for users since BASE=git-ref, and the version that takes
	python openapi/breaking.py $(BASE)

changelog: $(STAMP) ## A draft of what CHANGELOG.md has to say of it
	python openapi/breaking.py --changelog $(BASE)

# What makes the site is 23 MB to fetch, which nothing else needs.
DOCS := .venv/docs
docs: $(DOCS) ## The site of docs/, in reports/site: its links are tried, and it is looked at in Chromium
	python -m contract_tests.house.docs.site

$(DOCS): $(STAMP) docs-requirements.txt
	$(PIP) --requirement docs-requirements.txt
	touch $@

wheel: $(STAMP) ## Build the wheel and run the contract tests on it, away from the sources
	python contract_tests/house/wheel.py

# Only a BUDGET of this command line counts: one in the environment may be there for something else.
# Neither make nor the shell reads what was typed: it is taken as it stands and goes through the environment.
override LIVE_BUDGET :=
ifeq ($(origin BUDGET),command line)
override LIVE_BUDGET := $(value BUDGET)
override BUDGET := $(LIVE_BUDGET)
endif
export LIVE_BUDGET
live: $(STAMP) ## Ask the real service, for free; BUDGET=credits allows one submission
	python -m contract_tests.live $(if $(LIVE_BUDGET),--budget="$$LIVE_BUDGET")

demo: $(PRODUCT) ## Two sample images to out/*.mp4 through the simulator
	python -m weryai.cli.demo

clean: ## Remove what make made
	rm -rf .venv $(PEERS) dist out reports .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis .cache
	find wrapper generated_client contract_tests openapi -name __pycache__ -prune -exec rm -rf {} +
