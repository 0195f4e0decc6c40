# The two commands of a newcomer: `make report` and `make test`. `make help` lists all.
MAKEFLAGS += --no-print-directory
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
# What a report needs, and what tests need beyond it: the two parts of the lock.
STAMP := $(VENV)/.installed
TOOLS := $(VENV)/.installed-test
NEWEST := mimika --round 2023-S2 --lang id
UV := $(if $(shell command -v uv),uv,$(BIN)/uv)
# Three on two cores: a quarter of the time is waiting for kernels and browsers. Nbval, which one test calls by itself, would load
# seconds of other modules into each.
TESTS := -m pytest -n 3 --dist loadgroup --no-loadscope-reorder -p no:nbval

# Python compiles a module when it first loads it; not to keep that would double the time of every report.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help report test test-fast test-long lab docs lint bench lock audit system clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

report: $(STAMP) ## make the newest real report (Mimika, 2023-S2, Indonesian), set-up included
	@$(BIN)/scevaluation report $(NEWEST)

test: $(TOOLS) system ## set up and run all tests
	@$(BIN)/ruff check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m scevaluation.press.normalise --check notebooks
	@$(BIN)/python $(TESTS)

test-fast: $(TOOLS) ## run the quick tests only
	@$(BIN)/python $(TESTS) -m "not slow and not long"

test-long: $(TOOLS) ## run the tests that take minutes: every fault of the disk, random kills, mangled files
	@$(BIN)/python $(TESTS) -m long

lab: $(STAMP) ## open JupyterLab on the start notebook
	@$(BIN)/scevaluation lab

docs: $(TOOLS) ## make the book as pages in build/docs
	@$(BIN)/python -m mkdocs build --strict --quiet
	@echo build/docs/index.html

lint: $(TOOLS) ## check style and put notebooks into their normal form
	@$(BIN)/ruff check --fix .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m scevaluation.press.normalise notebooks

bench: $(TOOLS) ## run the benchmarks; their tables go to docs/benchmarks.md by hand
	@missed=0; for b in benchmarks/*.py; do echo "$$b"; $(BIN)/python $$b || missed=1; done; exit $$missed

lock: ## pin all versions anew, with hashes; they stay where they may (needs uv)
	@sh .ci/lock $(UV)

audit: ## look the pinned versions up among known vulnerabilities (needs uv)
	@$(UV) tool run pip-audit --strict --disable-pip --require-hashes -r requirements.lock -r requirements-test.lock

system: ## what the tests need of the system: Chromium, LibreOffice Calc, poppler
	@sh .ci/system

clean: ## take away the environment and the reports made
	@rm -rf $(VENV) reports/*

$(STAMP): requirements.lock pyproject.toml
	@sh .ci/setup "$(VENV)" "$(PYTHON)" requirements.lock
	@touch $@

$(TOOLS): $(STAMP) requirements-test.lock
	@sh .ci/setup "$(VENV)" "$(PYTHON)" requirements-test.lock
	@touch $@
