"Every notebook runs from top to bottom, each in a process of its own"

import subprocess, sys
from pathlib import Path
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(p for p in (ROOT / 'nbs').glob('*/*.ipynb') if p.parent.name != 'rapporter')

RUN = 'import sys; from nbdev.test import test_nb; ok, _ = test_nb(sys.argv[1]); sys.exit(not ok)'


@pytest.mark.parametrize('notebook', NOTEBOOKS, ids=lambda p: f'{p.parent.name}.{p.stem}')
def test_notebook(notebook):
    r = subprocess.run(
        [sys.executable, '-c', RUN, str(notebook)],
        cwd=notebook.parent,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert r.returncode == 0, (r.stdout + r.stderr)[-4000:]
