# Paperboy's commands. Each makes what it needs; Debian's python3, python3-venv and make suffice.
# Kept to what make 3.81 (macOS) reads.

VENV = .venv
PREFIX = /opt/paperboy
DESTDIR =
DATA =

RUN = $(VENV)/bin/python -m
UPGRADE =
COVERAGE =
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-strip-extras --no-emit-index-url --no-emit-find-links --only-binary :all: --all-extras $(UPGRADE) \
	--custom-compile-command "make lock"

.PHONY: help demo test lint check bench pictures install settings lock clean environment development

help:
	@echo "make demo      the day's papers in this terminal, then a prompt"
	@echo "make test      the tests"
	@echo "make check     format, lint, types, import layers, then the tests with their coverage"
	@echo "make bench     the figures of this machine; DATA=folder: over recorded data"
	@echo "make pictures  what Discord and Slack are sent, as pictures (needs Chromium)"
	@echo "make install   to $(PREFIX), as a service (needs root; again after git pull)"
	@echo "make settings  write .env.example anew from the settings"
	@echo "make lock      pin what pyproject.toml asks for; UPGRADE=--upgrade: the newest (needs uv)"
	@echo "make clean     remove what was made here"

environment:
	@.ci/environment "$(VENV)" requirements.lock

development:
	@.ci/environment "$(VENV)" requirements-dev.lock

demo: environment
	@$(RUN) bot demo

test: development
	@$(RUN) pytest -n auto --dist worksteal $(COVERAGE)

lint: development
	@$(RUN) ruff format --check .
	@$(RUN) ruff check --quiet .
	@$(RUN) mypy
	@"$(VENV)/bin/lint-imports" --no-logo

check: COVERAGE = --cov --cov-report=term
check: lint test

bench: development
	@for bench in tests/bench/bench_*.py; do "$(VENV)/bin/python" "$$bench" $(DATA) || exit 1; done

pictures: development
	@PYTHONPATH=tests $(RUN) docs.pictures

install:
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" sh docs/deploy/install.sh

settings: development
	@$(VENV)/bin/python -c 'from bot.app import adapter_modules as found; \
	from bot.settings import Settings, env_example; \
	kinds = [module.Settings for _, module in sorted(found().items())]; \
	print(env_example([Settings, *kinds]), end="")' >.env.example

lock:
	@uv --version >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	@printf "hatchling>=1.27\neditables\n" >.build-needs.in
	@$(LOCK) pyproject.toml .build-needs.in -o requirements.lock >/dev/null
	@$(LOCK) --group dev -c requirements.lock pyproject.toml .build-needs.in \
		-o requirements-dev.lock >/dev/null
	@rm -f .build-needs.in

clean:
	@rm -rf "$(VENV)" .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache build dist *.egg-info
	@find bot adapters docs storage tests -name __pycache__ -type d -prune -exec rm -rf {} +
