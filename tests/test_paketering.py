"What is handed on: the wheel and the source archive hold what they should and nothing secret; dependencies are those that are imported"

import ast, re, subprocess, sys, tarfile, tomllib, zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / 'pyproject.toml').read_text(encoding='utf-8'))
OWN = 'finsam_genomlysning'
# names that differ between what is installed and what is imported
IMPORTED_AS = {
    'ipython': 'IPython',
    'markdown-it-py': 'markdown_it',
    'mdit-py-plugins': 'mdit_py_plugins',
    'python-docx': 'docx',
}


def top_modules(source):
    "Modules of others that a source imports, at top or inside a function"
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {a.name.split('.')[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split('.')[0])
    return found - set(sys.stdlib_module_names) - {OWN}


def imported():
    found = set()
    for path in (ROOT / OWN).rglob('*.py'):
        found |= top_modules(path.read_text(encoding='utf-8'))
    return found


def required(entries):
    return {re.match(r'[A-Za-z0-9-]+', e)[0].lower() for e in entries}


def test_what_is_declared_is_what_is_imported():
    declared = {
        IMPORTED_AS.get(n, n.replace('-', '_'))
        for n in required(PROJECT['project']['dependencies'])
    }
    assert declared == imported()


def test_each_dependency_stands_with_its_reason():
    text = (ROOT / 'pyproject.toml').read_text(encoding='utf-8')
    block = text.partition('dependencies = [')[2].partition('\n]')[0]
    lines = [line for line in block.splitlines() if line.strip()]
    assert len(lines) == len(PROJECT['project']['dependencies'])
    for line in lines:
        assert re.search(r'",  # \S+( \S+)+$', line), line


@pytest.mark.parametrize('lock', ['requirements.lock', 'requirements-lab.lock'])
def test_the_locks_pin_by_hash_and_name_no_registry(lock):
    text = (ROOT / lock).read_text(encoding='utf-8')
    assert '://' not in text and 'index-url' not in text
    pins = re.split(r'\n(?=[a-z])', text.strip())
    assert len(pins) > 50
    for pin in pins:
        assert re.match(r'[a-z0-9._\[\],-]+==\S+', pin) and '--hash=sha256:' in pin, pin[:60]


SECRETS = ('.intyg', '.liggare', '.cache', '.nycklar')


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    "Wheel and source archive of a copy of the repository in which a build has left its secrets"
    root = tmp_path_factory.mktemp('kopia') / 'lager'
    listed = subprocess.run(
        ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    files = [f for f in listed.split('\0') if f and (ROOT / f).is_file()]
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes((ROOT / name).read_bytes())
    for name in SECRETS:
        for place in (
            'data/sodra_vatterbygden',
            'finsam_genomlysning',
            'tests/fixtur/litet_forbund',
        ):
            (root / place / name).mkdir()
            (root / place / name / 'hemligt.npz').write_bytes(b'x')
    (root / 'reports').mkdir(exist_ok=True)
    (root / 'reports' / 'utgava.html').write_text('x')
    subprocess.run(
        [sys.executable, '-m', 'hatchling', 'build'], cwd=root, check=True, capture_output=True
    )
    with zipfile.ZipFile(next((root / 'dist').glob('*.whl'))) as z:
        wheel = z.namelist()
    with tarfile.open(next((root / 'dist').glob('*.tar.gz'))) as t:
        source = [m.name.partition('/')[2] for m in t.getmembers() if m.isfile()]
    return set(files), wheel, source


INSIDE = {
    'nbs/rapporter/': f'{OWN}/rapporter/',
    'data/sodra_vatterbygden/': f'{OWN}/data/sodra_vatterbygden/',
}


def place_in_wheel(name):
    "Where a file of the repository lies in the wheel; none when it is not to be there"
    if any(part.startswith('.') for part in Path(name).parts):
        return None
    if name.startswith(f'{OWN}/'):
        return name
    return next((name.replace(a, b, 1) for a, b in INSIDE.items() if name.startswith(a)), None)


def test_the_wheel_holds_the_package_its_reports_and_the_default_data_and_no_more(built):
    files, wheel, _ = built
    wanted = {place_in_wheel(f) for f in files} - {None}
    assert f'{OWN}/py.typed' in wanted and f'{OWN}/rapporter/forbund.ipynb' in wanted
    assert f'{OWN}/data/sodra_vatterbygden/forbund.toml' in wanted
    assert {f for f in wheel if '.dist-info/' not in f} == wanted


def test_neither_holds_a_secret_or_anything_that_git_ignores(built):
    files, wheel, source = built
    for name in (*wheel, *source):
        assert not any(part.startswith(SECRETS) for part in Path(name).parts), name
    assert set(source) - files <= {'PKG-INFO', '.gitignore'}
    assert {'README.md', 'Makefile', 'requirements.lock'} <= set(source)
