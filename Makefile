# The two commands: `make rapporter` and `make test`. Both set up what they need, in either order, and again.
PYTHON ?= python3
BIN := .venv/bin
KLAR := .venv/.klar

.PHONY: rapporter test check kontroll clean

rapporter: $(KLAR)
	@$(BIN)/genomlysning rapporter

test: $(KLAR)
	@$(BIN)/python tests/oforandrat.py spara
	@$(BIN)/nbdev-export
	@$(BIN)/nbdev-clean
	@$(BIN)/python tests/oforandrat.py jamfor
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest

check: $(KLAR)
	@$(BIN)/nbdev-export
	@$(BIN)/nbdev-clean
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest

kontroll: $(KLAR)
	@[ -f .venv/verapdf/Vera.class ] || bash tests/kontroll/verapdf.sh hamta
	@[ -f .venv/nu/vnu.jar ] || bash tests/kontroll/nu.sh hamta

clean:
	rm -rf .venv

$(KLAR): requirements.lock pyproject.toml
	@echo "Ställer i ordning .venv (första gången några minuter) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $(KLAR)
