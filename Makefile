.DEFAULT_GOAL := help
.PHONY: help run test check types project style contract format messages manage bench fleet image admin-at-size lighthouse schema capacity-mapping requirements clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
DATA_DIR ?= .data
PORT ?= 8000
WORKERS ?= 2
ARGS ?=
BIN := .venv/bin
CLIENTS := tests/clients
# Node is a package of the virtual environment, and trusts whom the machine trusts, as pip does.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH" NODE_USE_SYSTEM_CA=1 \
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
export DATA_DIR PORT

# What checks and tests need of the environment; nothing of it is secret.
TEST_ENV := SECRET_KEY=only-for-tests-and-long-enough-to-pass-every-check-of-django-0123456789 \
	ALLOWED_HOSTS=127.0.0.1,localhost,testserver DATABASE_DURABLE=false DATA_DIR=$(DATA_DIR)/test

help: ## Show what make knows
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

.venv/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed; set PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what the product needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@echo "Installing what its tests need …"
	@$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(CLIENTS)/node_modules/.dev: $(CLIENTS)/package-lock.json | .venv/.dev
	@echo "Installing what the tests of clients need …"
	@cd $(CLIENTS) && $(WITH_NODE) npm ci --include=dev --omit=optional --loglevel=error >/dev/null
	@touch $@

$(CLIENTS)/node_modules/.lighthouse: $(CLIENTS)/node_modules/.dev
	@echo "Installing Lighthouse …"
	@cd $(CLIENTS) && $(WITH_NODE) npm ci --include=dev --include=optional --loglevel=error >/dev/null
	@touch $(CLIENTS)/node_modules/.dev $@

run: .venv/.run ## Serve API, admin and pages on PORT (8000), with the demo book
	@$(BIN)/python -m buffet.run

test: check ## Run every check and test
	@$(TEST_ENV) HTTPS=false $(BIN)/python -m buffet.embedded -- $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: .venv/.dev ## Run the static checks
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target types project style contract

# The parts of check, the longest first, since two go side by side.
types: .venv/.dev
	@$(TEST_ENV) DATABASE_URL=postgresql:///none $(BIN)/mypy

project: .venv/.dev
	@$(TEST_ENV) $(BIN)/python -m buffet.embedded -- sh -ec '\
		$(BIN)/python manage.py check --deploy --fail-level WARNING; \
		$(BIN)/python manage.py makemigrations --check --dry-run; \
		mkdir -p $$DATA_DIR; \
		$(BIN)/python manage.py spectacular --validate --fail-on-warn --file $$DATA_DIR/openapi.yaml; \
		diff -u openapi.yaml $$DATA_DIR/openapi.yaml'

style: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

contract: $(CLIENTS)/node_modules/.dev
	@cd $(CLIENTS) && $(WITH_NODE) node_modules/.bin/redocly lint --config redocly.yaml ../../openapi.yaml

format: .venv/.dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: .venv/.dev ## Bring the catalog of the pages' words up to date
	@$(TEST_ENV) DATABASE_URL=postgresql:///none $(BIN)/python manage.py messages

manage: .venv/.run ## Run a management command: make manage ARGS=verify_books
	@$(BIN)/python -m buffet.manage $(ARGS)

bench: .venv/.run ## Measure requests at 10k, 100k and 1M transactions
	@$(BIN)/python -m buffet.manage bench $(ARGS)

image: .venv/.run ## Build the image without a registry and see it serve; needs root, buildah and debootstrap
	@$(BIN)/python -m tests.image

fleet: .venv/.dev ## Bring instances behind a proxy into trouble and say what holds
	@SECRET_KEY=only-for-tests-and-long-enough-to-pass-every-check-of-django-0123456789 \
		$(BIN)/python -m tests.fleet $(ARGS)

admin-at-size: .venv/.dev ## Open all of the admin at 10k and 1M transactions and say what it costs
	@$(TEST_ENV) LOG_LEVEL=ERROR $(BIN)/python -m buffet.embedded -- $(BIN)/python -m tests.at_size $(ARGS)

lighthouse: $(CLIENTS)/node_modules/.lighthouse ## Let Lighthouse look at the demo that runs on PORT; below 95 fails
	@cd $(CLIENTS) && $(WITH_NODE) node lighthouse.ts

schema: .venv/.dev ## Write openapi.yaml anew
	@$(TEST_ENV) DATABASE_URL=postgresql:///none $(BIN)/python manage.py spectacular --validate --fail-on-warn --file openapi.yaml

capacity-mapping: .venv/.run ## Write into deploy/ what buffet/capacity.py computes
	@$(BIN)/python -m deploy.mapping

requirements: .venv/.dev ## Compile the pinned requirements from pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header -o requirements.txt pyproject.toml
	$(BIN)/pip-compile -q --extra development --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header --allow-unsafe -c requirements.txt -o requirements-dev.txt pyproject.toml
	@$(MAKE) --no-print-directory .venv/.dev
	@cd $(CLIENTS) && $(WITH_NODE) npm install --package-lock-only --loglevel=error >/dev/null && $(WITH_NODE) node lock.ts

clean: ## Remove what was installed; the data stays
	rm -rf .venv $(CLIENTS)/node_modules
