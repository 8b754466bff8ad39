"Every notebook runs from top to bottom, each in a process of its own"

import json, subprocess, sys
from pathlib import Path
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(p for p in (ROOT / 'nbs').glob('*/*.ipynb') if p.parent.name != 'rapporter')


@pytest.fixture(scope='module')
def runner():
    "What runs notebooks without reading the libraries anew for each"
    with subprocess.Popen(
        [sys.executable, Path(__file__).with_name('anteckningsbok.py')],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding='utf-8',
    ) as p:
        yield p
        p.stdin.close()


def run(runner, notebook):
    runner.stdin.write(f'{notebook}\n')
    runner.stdin.flush()
    return json.loads(runner.stdout.readline())


@pytest.mark.parametrize('notebook', NOTEBOOKS, ids=lambda p: f'{p.parent.name}.{p.stem}')
def test_notebook(runner, notebook):
    r = run(runner, notebook)
    assert r['ok'], r['printed'][-4000:]


def test_a_wrong_notebook_fails_and_leaves_nothing_to_the_next(runner, tmp_path):
    "One that fails, one that ends its process, and one that looks for what they left"
    for name, lines, ok, said in (
        ('a', ['import json', 'json.left = 1', 'assert json.left == 2'], False, 'AssertionError'),
        ('b', ['import os', 'os._exit(0)'], False, ''),
        ('c', ['import json', "assert not hasattr(json, 'left')"], True, ''),
    ):
        cells = [
            dict(
                cell_type='code',
                id=name,
                metadata={},
                outputs=[],
                execution_count=None,
                source='\n'.join(lines),
            )
        ]
        path = tmp_path / f'{name}.ipynb'
        path.write_text(json.dumps(dict(cells=cells, metadata={}, nbformat=4, nbformat_minor=5)))
        r = run(runner, path)
        assert (r['ok'], said in r['printed']) == (ok, True), (name, r)
