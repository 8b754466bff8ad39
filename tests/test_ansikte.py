"The public face: light to import, described with examples that run, and strict about types"

import doctest, functools, inspect, re, runpy, shutil, subprocess, sys

import pandas as pd
import pytest
from conftest import ROOT
import finsam_genomlysning as fg
from finsam_genomlysning.gora.ansikte import ERRORS, FACE, ArgumentError


def test_some_forty_functions_and_the_errors():
    assert 40 <= len(FACE) <= 50
    assert set(dir(fg)) == {*FACE, *ERRORS, '__version__'}
    assert all(callable(getattr(fg, name)) for name in FACE)
    assert issubclass(fg.FolderError, fg.GenomlysningError)
    with pytest.raises(AttributeError, match='read_underlag'):
        _ = fg.read_underlagen


def test_the_package_is_imported_in_a_moment():
    code = (
        'import sys, finsam_genomlysning as fg; fg.__version__; dir(fg); '
        'print(sorted({m.split(".")[0] for m in sys.modules} & {"pandas", "numpy", "pydantic"}))'
    )
    r = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert r.stdout == '[]\n'


@pytest.mark.parametrize('name', FACE)
def test_help_answers(name):
    function = getattr(fg, name)
    doc = inspect.getdoc(function)
    parameters = inspect.signature(function).parameters
    assert re.match(r'\S.*[^.]\n\n', doc), 'one line first'
    assert ('\nParameters\n----------\n' in doc) == bool(parameters)
    for p in parameters:
        assert re.search(rf'^{p} : \S', doc, re.M), p
    for heading in ('Returns\n-------', 'Raises\n------', 'Examples\n--------\n>>> '):
        assert f'\n{heading}' in doc, heading


class Remembered:
    "The package, with the readings that several examples share done once"

    def __init__(self):
        self.read_underlag = functools.cache(fg.read_underlag)
        self._tables = {}

    def build_tables(self, underlag, mote):
        key = id(underlag), mote.datum
        if key not in self._tables:
            self._tables[key] = fg.build_tables(underlag, mote)
        return self._tables[key]

    def prepare_edition(self, underlag, mote):
        key = 'skyddat', id(underlag), mote.datum
        if key not in self._tables:
            self._tables[key] = fg.prepare_edition(underlag, mote)
        return self._tables[key]

    def __getattr__(self, name):
        return getattr(fg, name)


@pytest.fixture(scope='module')
def remembered():
    return Remembered()


@pytest.mark.parametrize('name', FACE)
def test_its_example_gives_what_it_says(name, remembered, capsys):
    found = doctest.DocTestFinder(recurse=False).find(
        getattr(fg, name), name, globs={'fg': remembered, 'pd': pd}, module=False
    )
    runner = doctest.DocTestRunner()
    assert sum(len(t.examples) for t in found) >= 1
    for t in found:
        runner.run(t)
    assert runner.summarize(verbose=False).failed == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ('call', 'argument'),
    [
        (lambda: fg.estimate_share('6', 12), 'antal'),
        (lambda: fg.read_forbund(3), 'folder'),
        (lambda: fg.prepare(pd.DataFrame(), pd.DataFrame(), None), 'forbund'),
        (lambda: fg.needs([], fg.example_forbund()), 'known'),
        (lambda: fg.tal('12'), 'x'),
        (lambda: fg.stay_curve([1, 2], pd.Series([True, True])), 'dagar'),
        (lambda: fg.build_edition('a', 'b', jobs='två'), 'jobs'),
    ],
)
def test_a_wrong_type_gets_our_error(call, argument):
    with pytest.raises(ArgumentError) as e:
        call()
    assert e.value.argument == argument and argument in e.value.svenska
    assert isinstance(e.value, TypeError) and isinstance(e.value, fg.GenomlysningError)


def test_the_script_in_the_readme_runs(tmp_path, capsys, monkeypatch):
    text = (ROOT / 'README.md').read_text(encoding='utf-8')
    (script,) = re.findall(r'```python\n(.*?)```', text, re.S)
    lines = [line for line in script.splitlines() if line.strip()]
    assert 8 <= len(lines) <= 12 and max(map(len, lines)) <= 100
    shutil.copytree(ROOT / 'data' / 'sodra_vatterbygden', tmp_path / 'data' / 'sodra_vatterbygden')
    (tmp_path / 'skript.py').write_text(script, encoding='utf-8')
    monkeypatch.chdir(tmp_path)
    runpy.run_path('skript.py')
    said = capsys.readouterr().out
    for word in ('deltagare', 'vantetid_median', 'utslag'):
        assert word in said, word
