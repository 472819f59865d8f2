# Every command of the project, by name: `make help` lists them.
#
#   PYTHON=python3.12   the Python that makes .venv (3.11 or newer)
#   ARGS="-k letters"   more arguments for pytest
#   WORKERS=2           how many tests run side by side, each with servers of its own; 0: one by one
#   RUNS=1000 SEED=7    how many runs of the matrix of faults, and the seed that repeats them
#   MINUTES=30          how long the soak lasts, beside its beginning and its judging
#   ONCE=1              the demonstration ends by itself
#   DATA=DIR            the demonstration's data folder
#   QUICK=1             the bench's checks alone; its ratios say little
#   ONLY=monitor        the bench's contenders with that in their names, nothing written
#   UPGRADE=1           `make lock` takes the newest versions instead of keeping the present ones

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
# The lock's content decides, not its date: a fresh clone and a changed branch are told apart.
DIGEST := $(shell cat requirements/dev.txt pyproject.toml | cksum | tr ' ' '-')
VENV := .venv/.made-$(DIGEST)
COMPILE = pip compile --quiet --no-header --no-annotate --generate-hashes --universal \
	--python-version 3.11 --no-emit-index-url $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help demo test properties faults faults-long faults-soak faults-breaks bench check format lock clean

help: ## List every command with a line.
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV) ## Show half a year of trade on a stack of its own [ONCE=1] [DATA=DIR].
	$(BIN)/arrears demo $(if $(ONCE),--once) $(if $(DATA),--data "$(DATA)")

test: $(VENV) ## Run all tests, on a real Kafka and PostgreSQL [ARGS=...] [WORKERS=...].
	$(BIN)/pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder $(ARGS)

properties: $(VENV) ## Try each property of the ledger's rules 10,000 times [ARGS=...].
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest tests/unit/monitor $(ARGS)

faults: $(VENV) ## Kill, stall and cut the real services in seven minutes of runs [SEED=...].
	$(BIN)/python -m tests.faults --short $(if $(SEED),--seed $(SEED))

faults-long: $(VENV) ## Every fault in every state of the system [RUNS=...] [SEED=...].
	$(BIN)/python -m tests.faults $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED))

faults-soak: $(VENV) ## Half of the top rate for long, a fault every 20 s [MINUTES=30] [SEED=...].
	$(BIN)/python -m tests.faults --soak $(or $(MINUTES),30) $(if $(SEED),--seed $(SEED))

faults-breaks: $(VENV) ## Break the product on purpose, and show that the faults find it.
	$(BIN)/python -m tests.faults.breaks

bench: $(VENV) ## Measure the product against limits and peers [QUICK=1] [ONLY=...].
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(ONLY),--only "$(ONLY)")

check: $(VENV) ## Check format, lint, types and the architecture.
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/pytest --quiet tests/architecture

format: $(VENV) ## Format the code, and mend what the linter can.
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# Pinned and hashed for every platform. Addresses of package indexes are the user's own business
# and never stand in the files. uv comes from PATH, else into .venv.
lock: $(VENV) ## Pin the requirements anew, with hashes [UPGRADE=1].
	@command -v uv >/dev/null || test -x $(BIN)/uv || $(BIN)/pip install --quiet uv
	PATH="$(CURDIR)/$(BIN):$$PATH" uv $(COMPILE) -o requirements/runtime.txt pyproject.toml
	PATH="$(CURDIR)/$(BIN):$$PATH" uv $(COMPILE) --all-extras --no-emit-package arrears \
		-o requirements/dev.txt pyproject.toml
	PATH="$(CURDIR)/$(BIN):$$PATH" uv $(COMPILE) --no-emit-find-links \
		-o benchmarks/peers/requirements.txt benchmarks/peers/requirements.in

clean: ## Remove .venv and the tools' caches; data folders stay.
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv: $(VENV) ## Make the environment that every other command uses.

$(VENV): requirements/dev.txt pyproject.toml
	@$(PYTHON) deploy/make_venv.py $(DIGEST)
	@touch $@
