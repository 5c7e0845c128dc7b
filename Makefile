# make demo    the whole story on three synthetic hospitals (OUT=build/demo)
# make stop    stops what `make demo KEEP=1` left running
# make test    ruff, mypy, import-linter, pytest
PYTHON ?= python3.11
OUT ?= build/demo
BIN := .venv/bin

.PHONY: demo stop test lint types architecture unit protos clean

demo: .venv
	$(BIN)/python -m deploy.demo --out $(OUT) $(if $(DATA),--data $(DATA)) $(if $(KEEP),--keep)

stop: .venv
	$(BIN)/python -m deploy.demo --out $(OUT) --stop

test: lint types architecture unit

lint: .venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv
	$(BIN)/mypy

architecture: .venv
	$(BIN)/lint-imports

unit: .venv
	$(BIN)/pytest -n auto --dist worksteal

# torch comes first and alone, so that nothing asks for another build of it.
.venv: .venv/stamp
.venv/stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[site,coordinator,dev]'
	# Where nothing may write bytecode later, commands would start slowly every time.
	$(BIN)/python -m compileall -q site_agent coordinator protos
	touch $@

# Regenerates the checked-in protobuf modules; a test compares.
protos: .venv
	$(BIN)/python -m protos.generate

clean:
	rm -rf build .venv
