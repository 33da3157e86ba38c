# The commands for people and for CI. On a machine with Python ≥ 3.11 and make, every target sets up what it needs.
#
#   PYTHON=…   interpreter for a new environment; an environment made with another one is rebuilt
#   VENV=…     folder of the environment (default .venv), to keep one for each interpreter
#   NIQUESTS=… folder of the environment for niquests (default: beside VENV)
#   RELEASE=…  yes: make dist refuses to build what is not ready for a release
#   COVERAGE=… yes: measure the coverage of the tests, which then take half as long again
#   NAME=…     which example or provider: make example NAME=flask, make provider NAME=flickr
#   ARGS=…     passed on to the command: make test ARGS="-k header"

VENV     ?= .venv
NIQUESTS ?= $(VENV)-niquests
PEERS    ?= .venv-peers
FUZZ     ?= .venv-fuzz
INTEROP  ?= .venv-interop
LOWEST   ?= .venv-lowest
DIST     ?= .venv-dist
ARGS     ?=
COVERAGE ?= no
RELEASE  ?= no

PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python
UV      := $(shell command -v uv 2>/dev/null)
,       := ,

.DEFAULT_GOAL := help
.PHONY: help demo example provider test lowest race fuzz exhaust check bench interop walks docs dist clean
.DELETE_ON_ERROR:

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.has-package  ## run the three-legged flow in the terminal, against a provider on this machine
	@$(VENV)/bin/python -m oauthone.demo $(ARGS)

example: $(VENV)/.has-example  ## "Log in with …" in the browser: make example NAME=flask, or django, starlette, fastapi
	@$(VENV)/bin/python -m examples $(NAME) $(ARGS)

provider: $(VENV)/.has-package  ## check the data file of a provider, and update docs/providers.md: make provider NAME=flickr
	@$(VENV)/bin/python -m oauthone.providers $(if $(NAME),--check $(NAME),--help)
	@$(VENV)/bin/python .ci/providers_table.py

# The script knows which tests run in which environment, and runs them side by side.
RUN_TESTS = .ci/run_tests.py $(if $(filter yes,$(COVERAGE)),,--no-coverage) $(VENV)/bin/python $(NIQUESTS)/bin/python

test: $(VENV)/.has-test $(NIQUESTS)/.has-niquests  ## run the tests in both environments; COVERAGE=yes measures their branch coverage
	@rm -f .coverage .coverage.*; $(VENV)/bin/python $(RUN_TESTS) $(ARGS); status=$$?; \
	  if [ "$(COVERAGE)" = yes ]; then \
	    $(VENV)/bin/python -m coverage combine -q; \
	    $(VENV)/bin/python -m coverage report --skip-covered || exit; \
	  fi; exit $$status

check: $(VENV)/.has-check $(NIQUESTS)/.has-niquests docs  ## check formatting, lint, types (mypy and pyright, both strict), imports, sizes and documentation
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python
	$(VENV)/bin/mypy --python-executable $(NIQUESTS)/bin/python src/oauthone/clients/*niquests*.py typing_tests/niquests_session.py
	$(VENV)/bin/pyright -p .ci/pyright_niquests.json --pythonpath $(NIQUESTS)/bin/python
	$(VENV)/bin/python -m pytest -q tests/test_architecture.py tests/test_shape.py
	$(VENV)/bin/python .ci/check_workflows.py

# Old libraries leave sockets open, and call what newer ones have deprecated. The tests of the HTTP servers are left out.
lowest: $(LOWEST)/.has-lowest  ## run the tests of clients, logins and servers with the lowest versions that pyproject.toml allows
	@$(LOWEST)/bin/python -m pytest -q -W default::DeprecationWarning -W default::PendingDeprecationWarning \
	  -W ignore::ResourceWarning -W ignore::pytest.PytestUnraisableExceptionWarning --ignore=tests/server/matrix \
	  $(or $(ARGS),tests/core tests/clients tests/contract tests/login tests/server tests/compat)

race: $(VENV)/.has-test  ## replay and exchange from many processes at once in every store, and kill Redis and Valkey meanwhile
	@PYTHONPATH=tests $(VENV)/bin/python -m race $(ARGS)

fuzz: $(FUZZ)/.has-fuzz  ## fuzz every parser with atheris for a few seconds; ARGS="--runs 1000000"
	@PYTHONPATH=tests $(FUZZ)/bin/python -m fuzz $(ARGS)

exhaust: $(VENV)/.has-test  ## run at full size what the tests sample: every character, a million forgeries, ten million nonces, ten thousand examples
	@PYTHONPATH=tests $(VENV)/bin/python -m fuzz.exhaustive $(ARGS)

# The gate compares with committed figures, not with peers, and calls frameworks that only the tests need.
GATE = $(filter gate,$(firstword $(ARGS)))

bench: $(if $(GATE),$(VENV)/.has-test,$(PEERS)/.has-peers $(NIQUESTS)/.has-niquests)  ## measure against Authlib, oauthlib and requests-oauthlib, side by side; ARGS=gate compares instructions with committed figures
	@$(if $(GATE),$(VENV)/bin/python,PYTHONPATH=tests NIQUESTS=$(NIQUESTS) $(PEERS)/bin/python) -m bench $(ARGS)

interop: $(INTEROP)/.has-interop $(if $(filter all,$(ARGS)),$(INTEROP)/.has-interop-further)  ## run libraries and test suites that were written for requests-oauthlib and Authlib over oauthone; ARGS=all runs more
	@$(INTEROP)/bin/python -m interop $(ARGS)

walks: $(VENV)/.has-test  ## count the calls that lead a request from file to file, beside the target; ARGS=--pairs names the files
	@$(VENV)/bin/python -m bench.walks $(ARGS)

docs: $(VENV)/.has-docs  ## build the documentation in build/docs, where warnings are errors, and ask its search the questions of users
	@rm -rf build/docs
	$(VENV)/bin/python -m sphinx -W --keep-going -q -b html docs build/docs
	$(VENV)/bin/python tests/docs/search_of_pages.py build/docs

dist: $(DIST)/.has-dist  ## build wheels and sdists in dist, check them, and try them out in empty environments; RELEASE=yes for a release
	@$(DIST)/bin/python release/dist.py $(if $(filter yes,$(RELEASE)),--release) $(ARGS)

clean:  ## remove the environments and everything that was built
	rm -rf .venv .venv-* build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests bench examples fuzz interop release .ci -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# --- environments -----------------------------------------------------------------------------------------------------
# Each stamp is written last, so that make repeats a step that was interrupted. The first stamp is named after PYTHON;
# without PYTHON, make uses any existing environment.
# The interpreter for a new environment never comes from an environment, because that might be the one to replace.

made = $(1)/.made-$(if $(PYTHON),$(subst /,_,$(PYTHON)),$(or $(patsubst $(1)/.made-%,%,$(firstword $(wildcard $(1)/.made-*))),default))

define make-venv
@for name in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)); do \
  python=$$("$$name" -c 'import sys; print((getattr(sys, "_base_executable", 0) or sys.executable) if sys.version_info >= (3, 11) else "")' 2>/dev/null) || python=; \
  if [ -n "$$python" ]; then break; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "No Python 3.11 or newer found (tried: $(or $(PYTHON),$(PYTHONS))). Install one, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; \
fi; \
if [ -n "$(UV)" ]; then \
  echo "making $(@D) with uv and $$python" && rm -rf $(@D) && "$(UV)" venv -q --python "$$python" $(@D); \
elif "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
  echo "making $(@D) with $$python" && rm -rf $(@D) && "$$python" -m venv $(@D); \
else \
  version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
  echo "$$python lacks venv or ensurepip, so it cannot make a virtual environment. On Debian and Ubuntu: apt install python$$version-venv (or python3-venv). Or install uv." >&2; exit 1; \
fi
@touch $@
endef

install = @echo "installing into $(@D): $(1)" && \
  $(if $(UV),"$(UV)" pip install -q --python $(@D)/bin/python,$(@D)/bin/python -m pip install -q --disable-pip-version-check) \
  -c $(or $(2),constraints.txt) $(1) && touch $@

$(call made,$(VENV)) $(call made,$(NIQUESTS)) $(call made,$(PEERS)) $(call made,$(FUZZ)) $(call made,$(INTEROP)) $(call made,$(LOWEST)) $(call made,$(DIST)):
	$(make-venv)

$(VENV)/.has-package: $(call made,$(VENV)) pyproject.toml dropin/pyproject.toml constraints.txt
	$(call install,-e '.[cli$(,)demo$(,)keyring]' -e ./dropin)

$(VENV)/.has-example: $(VENV)/.has-package requirements/example.txt
	$(call install,-r requirements/example.txt -e '.[django$(,)flask$(,)starlette]')

$(VENV)/.has-test: $(VENV)/.has-package requirements/test.txt
	$(call install,-r requirements/test.txt -e '.[aiohttp$(,)django$(,)flask$(,)httpx$(,)httpx2$(,)redis$(,)sqlalchemy$(,)starlette]')

$(NIQUESTS)/.has-niquests: $(call made,$(NIQUESTS)) pyproject.toml constraints.txt requirements/niquests.txt
	$(call install,-r requirements/niquests.txt -e '.[niquests$(,)rsa$(,)testing]')

$(VENV)/.has-check: $(VENV)/.has-test requirements/check.txt
	$(call install,-r requirements/check.txt)

$(VENV)/.has-docs: $(VENV)/.has-test requirements/docs.txt
	$(call install,-r requirements/docs.txt)

$(PEERS)/.has-peers: $(call made,$(PEERS)) pyproject.toml constraints.txt requirements/peers.txt
	$(call install,-r requirements/peers.txt -e '.[aiohttp$(,)httpx$(,)httpx2$(,)requests$(,)rsa$(,)testing]')

$(FUZZ)/.has-fuzz: $(call made,$(FUZZ)) pyproject.toml constraints.txt requirements/fuzz.txt
	$(call install,-r requirements/fuzz.txt -e '.[rsa]')

$(INTEROP)/.has-interop: $(call made,$(INTEROP)) pyproject.toml requirements/interop.txt requirements/interop-constraints.txt
	$(call install,-r requirements/interop.txt -e '.[requests$(,)rsa$(,)testing]',requirements/interop-constraints.txt)

$(DIST)/.has-dist: $(call made,$(DIST)) constraints.txt requirements/dist.txt
	$(call install,-r requirements/dist.txt)

# Not with the constraints of the other environments, which are newer.
$(LOWEST)/.has-lowest: $(call made,$(LOWEST)) pyproject.toml requirements/lowest.txt requirements/systems.txt .ci/lowest_versions.py
	@$(LOWEST)/bin/python .ci/lowest_versions.py pyproject.toml > $(LOWEST)/lowest.txt
	$(call install,-r requirements/lowest.txt -e '.[aiohttp$(,)django$(,)flask$(,)httpx$(,)httpx2$(,)redis$(,)requests$(,)rsa$(,)sqlalchemy$(,)starlette$(,)testing]' -e ./dropin,$(LOWEST)/lowest.txt)

$(INTEROP)/.has-interop-further: $(INTEROP)/.has-interop requirements/interop-further.txt
	$(call install,-r requirements/interop-further.txt,requirements/interop-constraints.txt)
