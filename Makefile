# How to run, test and keep the project. `make` alone lists the targets.

PYTHON ?= python3
PORT ?= 8000
# More arguments for pytest, as in `make test PYTEST_ARGS="-k rollup"`.
PYTEST_ARGS ?=
# How many requests `make probe` makes up for each operation, on each database.
PROBES ?= 200
# `make lock LOCK_ARGS=--upgrade` moves to newer versions; without it only what must change changes.
LOCK_ARGS ?=
# `make bench BENCH_ARGS=--quick` takes two minutes.
BENCH_ARGS ?=
# `make sdks SDK=go` exercises one client; SDK_ARGS="--document …" takes another OpenAPI document.
SDK ?=
SDK_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# What is installed in the environment: the time of each file is compared with the lock files'.
CREATED := $(VENV)/.created
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
# The generators of clients have an environment of their own, inside the other one.
SDK_VENV := $(VENV)/sdks
SDK_TOOLS := $(SDK_VENV)/.created
# So has what the benchmarks compare with.
BENCH_VENV := $(VENV)/bench
BENCH_TOOLS := $(BENCH_VENV)/.created

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL_PROJECT := $(PIP) install --no-deps --no-build-isolation --editable .
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" $(LOCK_ARGS)
# The files of tests in the order that tests/conftest.py gives them, each in one process. There is one
# process more than there are processors, for many wait for servers that they start.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')
# The tests start many processes: without compiled files each would compile the project for itself.
export PYTHONDONTWRITEBYTECODE :=
# Tests that need more than the packages have a target each that installs it.
ELSEWHERE = --ignore=tests/endurance --ignore=tests/test_image.py --ignore=tests/database/test_tls.py \
	--ignore=tests/exports/test_office.py --ignore=tests/browser --ignore=tests/test_schemathesis.py \
	--ignore=tests/test_nginx.py --ignore=tests/test_prism.py
ON_ALL_PROCESSORS = --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder
CHECKED := $(wildcard app tests benchmarks openapi/contract openapi/sdks vendor)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test image test-tls test-pgbouncer test-nginx test-office test-browser endure probe check ci bench bench-large hops openapi lint-openapi prism sdks java php ruby lock seed-outside vendor clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUNTIME) ## serve the seeded registry on http://127.0.0.1:8000 (PORT=… for another port)
	@$(BIN)/icr migrate
	@$(BIN)/icr seed
	@$(BIN)/icr keys create administrator --role administrator --if-none --address http://127.0.0.1:$(PORT)
	@$(BIN)/icr serve --host 127.0.0.1 --port $(PORT)

test: $(DEVELOPMENT) ## run all tests, on SQLite and on PostgreSQL
	@$(BIN)/python -m pytest $(ON_ALL_PROCESSORS) $(ELSEWHERE) $(PYTEST_ARGS)

image: $(DEVELOPMENT) ## take the steps of the Dockerfile, without a container engine, and serve from the result
	@$(BIN)/python -m pytest tests/test_image.py $(PYTEST_ARGS)

probe: $(DEVELOPMENT) ## try out what the document says with many made-up requests (PROBES=… for each operation)
	@ICR_PROBES=$(PROBES) $(BIN)/python -m pytest --numprocesses=2 tests/test_schemathesis.py $(PYTEST_ARGS)

endure: $(DEVELOPMENT) ## prove what holds under load, and print the figures (ENDURE_SECONDS=60)
	@$(BIN)/python -m pytest tests/endurance -s $(PYTEST_ARGS)

# The PostgreSQL of the development packages is built without TLS.
test-tls: $(DEVELOPMENT) ## connect to a PostgreSQL with TLS, in each way that an address can name
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "Installing PostgreSQL …"; \
		apt-get update -qq && apt-get install -y -qq postgresql >/dev/null; } || { \
		echo "Install PostgreSQL, and run this again." >&2; exit 1; }
	@$(BIN)/python -m pytest tests/database/test_tls.py $(PYTEST_ARGS)

test-pgbouncer: $(DEVELOPMENT) ## run the PostgreSQL half of the tests behind pgbouncer
	@command -v pgbouncer >/dev/null || { echo "Installing pgbouncer …"; \
		apt-get update -qq && apt-get install -y -qq pgbouncer >/dev/null; } || { \
		echo "Install pgbouncer, and run this again." >&2; exit 1; }
	@ICR_TEST_PGBOUNCER=1 $(BIN)/python -m pytest $(ON_ALL_PROCESSORS) -k "not sqlite" \
		$(ELSEWHERE) $(PYTEST_ARGS)

test-nginx: $(DEVELOPMENT) ## serve the register below a path behind a real nginx, with its defaults and as documented
	@command -v nginx >/dev/null || ls /usr/sbin/nginx >/dev/null 2>&1 || { echo "Installing nginx …"; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light >/dev/null; } || { \
		echo "Install nginx, and run this again." >&2; exit 1; }
	@$(BIN)/python -m pytest tests/test_nginx.py $(PYTEST_ARGS)

test-office: $(DEVELOPMENT) ## read the exports by a LibreOffice with the settings of Vietnam
	@command -v libreoffice >/dev/null || { echo "Installing LibreOffice Calc …"; apt-get update -qq && \
		apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui >/dev/null; } || { \
		echo "Install LibreOffice Calc, and run this again." >&2; exit 1; }
	@$(BIN)/python -m pytest tests/exports/test_office.py $(PYTEST_ARGS)

test-browser: $(DEVELOPMENT) ## look at every page in a real browser, in both languages and themes, on phones and desks
	@command -v chromium-headless-shell >/dev/null || { echo "Installing Chromium …"; apt-get update -qq && \
		apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null; } || { \
		echo "Install chromium-headless-shell, and run this again." >&2; exit 1; }
	@$(BIN)/python -m pytest --numprocesses=2 tests/browser $(PYTEST_ARGS)

check: $(DEVELOPMENT) ## lint, formatting, types and the architecture, in less than a minute
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check $(CHECKED)
	@$(BIN)/mypy $(CHECKED)
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest --quiet tests/test_architecture.py
	@$(BIN)/python -m openapi.contract compatibility

ci: test check probe image lint-openapi prism endure sdks test-tls test-pgbouncer test-nginx test-office test-browser ## everything there is to pass

# What is on no package index for Python is installed from Debian, each where its client is made.
sdks: $(RUNTIME) $(SDK_TOOLS) $(if $(SDK),$(filter $(SDK),java php ruby),java php ruby) ## generate clients and exercise them against the service (SDK=go for one)
	@$(BIN)/python -m openapi.sdks.run --tools $(SDK_VENV)/bin $(if $(SDK),--only $(SDK)) $(SDK_ARGS)

java:
	@{ command -v javac && command -v mvn; } >/dev/null || { \
		echo "Installing a JDK and Maven (a minute or two) …"; \
		apt-get update -qq && apt-get install -y -qq default-jdk-headless maven >/dev/null; } || { \
		echo "Install a JDK of version 17 or newer and Maven, and run this again." >&2; exit 1; }

php:
	@{ command -v php && ls /usr/share/php/GuzzleHttp/autoload.php; } >/dev/null 2>&1 || { \
		echo "Installing PHP and Guzzle …"; apt-get update -qq && apt-get install -y -qq \
		--no-install-recommends php-cli php-curl php-mbstring php-guzzlehttp-guzzle >/dev/null; } || { \
		echo "Install PHP 8.1 or newer with Debian's php-guzzlehttp-guzzle, and run this again." >&2; exit 1; }

ruby:
	@{ command -v ruby && ruby -e 'require "typhoeus"'; } >/dev/null 2>&1 || { \
		echo "Installing Ruby and Typhoeus …"; apt-get update -qq && apt-get install -y -qq \
		--no-install-recommends ruby ruby-typhoeus >/dev/null; } || { \
		echo "Install Ruby 2.7 or newer with typhoeus, and run this again." >&2; exit 1; }

bench: $(DEVELOPMENT) $(BENCH_TOOLS) ## measure speed beside a bare application, Datasette and tipg (BENCH_ARGS=--quick)
	@$(BIN)/python -m benchmarks.run $(BENCH_ARGS)

bench-large: $(DEVELOPMENT) ## measure how reads grow to a million sites (BENCH_ARGS=--quick: to 100,000)
	@$(BIN)/python -m benchmarks.large $(BENCH_ARGS)

hops: $(DEVELOPMENT) ## count the files and functions of app/ that one request runs through
	@$(BIN)/python -m benchmarks.hops

seed-outside: $(RUNTIME) ## add the outside data to the registry
	@$(BIN)/icr seed outside

openapi: $(RUNTIME) ## write the OpenAPI documents again, in OpenAPI 3.1 and 3.0
	@$(BIN)/icr openapi openapi/openapi.json
	@$(BIN)/python -m openapi.contract convert

# What comes from npm is not to report its use or to look for newer versions of itself.
lint-openapi prism: export SCARF_ANALYTICS := false
lint-openapi: export REDOCLY_TELEMETRY := off
lint-openapi: export REDOCLY_SUPPRESS_UPDATE_NOTICE := true
# Go itself is that of the lock file.
lint-openapi: export GOTOOLCHAIN := local
lint-openapi prism: export PATH := $(abspath $(SDK_VENV)/bin):$(PATH)
lint-openapi: $(SDK_TOOLS) ## lint both OpenAPI documents by Spectral and Redocly; look for breaks by oasdiff
	@cd openapi/lint && npm ci --silent && npm run --silent lint
	@cd openapi/lint && go tool oasdiff breaking --fail-on WARN \
		--severity-levels oasdiff-severity.txt ../released.json ../openapi.json

prism: $(DEVELOPMENT) $(SDK_TOOLS) ## replay README and cookbook through a proxy that holds all to the OpenAPI document
	@cd openapi/lint && npm ci --silent
	@$(BIN)/python -m pytest tests/test_prism.py $(PYTEST_ARGS)

lock: $(DEVELOPMENT) ## write the lock files again from pyproject.toml (LOCK_ARGS=--upgrade for newer versions)
	@echo "Resolving the packages …"
	@$(COMPILE) pyproject.toml --group build --output-file requirements.lock
	@$(COMPILE) pyproject.toml --group build --group dev --constraints requirements.lock \
		--output-file requirements-dev.lock
	@$(COMPILE) --group sdk --output-file requirements-sdk.lock
	@$(COMPILE) --group bench --output-file requirements-bench.lock

# Node.js is that of the lock file for clients; what is copied stays in the repository.
vendor: export PATH := $(abspath $(SDK_VENV)/bin):$(PATH)
vendor: $(CREATED) $(SDK_TOOLS) ## copy what pages load from its packages again, at the versions of vendor/package-lock.json
	@cd vendor && npm ci --silent --ignore-scripts
	@$(BIN)/python -m vendor

clean: ## remove the environment, caches and build results; databases stay
	@rm -rf $(VENV) build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find app tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(CREATED):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "This project needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making the environment $(VENV) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(RUNTIME): requirements.lock pyproject.toml | $(CREATED)
	@echo "Installing the packages of requirements.lock (less than a minute) …"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(INSTALL_PROJECT)
	@touch $@

# The development lock repeats every version of the other one, so it serves for both.
$(DEVELOPMENT): requirements-dev.lock pyproject.toml | $(CREATED)
	@echo "Installing the packages of requirements-dev.lock (a minute or two) …"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(INSTALL_PROJECT)
	@touch $@ $(RUNTIME)

$(SDK_TOOLS): requirements-sdk.lock | $(CREATED)
	@echo "Installing the packages of requirements-sdk.lock (a minute or two) …"
	@$(PYTHON) -m venv --clear $(SDK_VENV)
	@$(SDK_VENV)/bin/python -m pip --disable-pip-version-check --quiet install \
		--require-hashes --requirement requirements-sdk.lock
	@touch $@

$(BENCH_TOOLS): requirements-bench.lock | $(CREATED)
	@echo "Installing the packages of requirements-bench.lock …"
	@$(PYTHON) -m venv --clear $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check --quiet install \
		--require-hashes --requirement requirements-bench.lock
	@touch $@
