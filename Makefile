# `make rapporter` and `make test` set up what they need, in either order, and again.
PYTHON ?= python3
BIN := .venv/bin
KLAR := .venv/.klar
# how many processes the tests run in: one per core of an ordinary laptop
PROCESSER ?= 2

.PHONY: rapporter test check lab dokumentation kontroll clean

# the default edition
rapporter: $(KLAR)
	@$(BIN)/genomlysning rapporter

# the whole gate: nothing differs after export, layout, names, types, every test, coverage; compiled once,
# for the tests start many programs, also where nobody writes bytecode
test: $(KLAR)
	@$(BIN)/python tests/oforandrat.py spara
	@$(BIN)/nbdev-export
	@$(BIN)/nbdev-clean
	@$(BIN)/python tests/oforandrat.py jamfor
	@$(BIN)/ruff format --check -q nbs tests benchmarks
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/python -m compileall -q finsam_genomlysning
	@$(BIN)/python -m slipcover --silent -m pytest -n $(PROCESSER) --dist loadfile --no-loadscope-reorder

# a minute between two edits: lays out, exports, cleans, lints and holds the house; builds nothing
check: $(KLAR)
	@$(BIN)/ruff format -q nbs tests benchmarks
	@$(BIN)/nbdev-export
	@$(BIN)/nbdev-clean
	@$(BIN)/ruff check -q .
	@$(BIN)/python -m pytest tests/test_lager.py tests/test_namn.py

# the working analyses: A what is needed, B where things stand, D what could be
lab: $(KLAR)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-lab.lock
	@$(BIN)/jupyter lab nbs/rakna/behov.ipynb nbs/rakna/nulage.ipynb nbs/nylage/jamforelse.ipynb

# every notebook executed, the public face and the handbook as one site without network: dokumentation/index.html
dokumentation: $(KLAR)
	@$(BIN)/python docs/bygg.py

# the checkers for PDF and HTML, fetched once
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
