"""What is handed on: the wheel and the source archive hold what they should and nothing secret

Dependencies are those that are imported.
"""

import ast, os, re, subprocess, sys, tarfile, tomllib, zipfile
from pathlib import Path

import pytest
from conftest import SMALL, copy_package
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.lasa.syntet import write_syntetiska

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / 'pyproject.toml').read_text(encoding='utf-8'))
OWN = 'finsam_genomlysning'
# names that differ between what is installed and what is imported
IMPORTED_AS = {
    'ipython': 'IPython',
    'markdown-it-py': 'markdown_it',
    'mdit-py-plugins': 'mdit_py_plugins',
    'pillow': 'PIL',
    'python-docx': 'docx',
    'python-pptx': 'pptx',
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


# imported only when a cluster is asked for; it brings the second, and needs the third for TLS
CLUSTER = {'distributed', 'dask', 'cryptography'}
EXTRA = CLUSTER | {'krippendorff'}  # and this when two coders are held against each other


def test_what_is_declared_is_what_is_imported():
    declared = {
        IMPORTED_AS.get(n, n.replace('-', '_'))
        for n in required(PROJECT['project']['dependencies'])
    }
    assert declared == imported() - EXTRA and not declared & EXTRA
    extras = PROJECT['project']['optional-dependencies']
    assert required(extras['dask']) == CLUSTER - {'dask'}
    assert required(extras['kodning']) == EXTRA - CLUSTER


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
LEDGER = ('poster.jsonl', 'register-2024-06-30.csv', 'tvillingar-2024-09-18.npz', 'nyckel', 'lock')
CANARY = b'KANARIE-7F3A'  # in every file that a consultant's work leaves, and in no other
OWN_DATA = 'data/mitt_forbund'


def plant(root):
    "What the work with real data leaves in a repository"
    places = ('data/sodra_vatterbygden', 'finsam_genomlysning', 'tests/fixtur/litet_forbund')
    for place in (*places, OWN_DATA, f'{OWN_DATA}/underlag'):
        for name in SECRETS:
            (root / place / name).mkdir(parents=True)
            for file in LEDGER:
                (root / place / name / file).write_bytes(CANARY)
        (root / place / '.liggare.jsonl').write_bytes(CANARY)
    for name in ('forbund.toml', 'underlag/deltagare.csv', 'underlag/Kims siffror.xlsx'):
        (root / OWN_DATA / name).write_bytes(CANARY)
    (root / 'reports').mkdir(exist_ok=True)
    (root / 'reports' / 'utgava.html').write_bytes(CANARY)


def copy_repository(root):
    "The files that are or would be in version control"
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
    return set(files)


@pytest.fixture(scope='module')
def lager(tmp_path_factory):
    "A copy of the repository in which real work was done, its files, and what was packed in dist"
    root = tmp_path_factory.mktemp('kopia') / 'lager'
    files = copy_repository(root)
    plant(root)
    subprocess.run(
        [sys.executable, '-m', 'hatchling', 'build'], cwd=root, check=True, capture_output=True
    )
    return root, files


@pytest.fixture(scope='module')
def packed(lager):
    "Files, wheel and source archive"
    root, files = lager
    with zipfile.ZipFile(next((root / 'dist').glob('*.whl'))) as z:
        wheel = {n: z.read(n) for n in z.namelist()}
    with tarfile.open(next((root / 'dist').glob('*.tar.gz'))) as t:
        members = [m for m in t.getmembers() if m.isfile()]
        source = {m.name.partition('/')[2]: t.extractfile(m).read() for m in members}
    return files, wheel, source


@pytest.fixture(scope='module')
def built(packed):
    files, wheel, source = packed
    return files, list(wheel), list(source)


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


def test_nothing_of_a_consultants_work_is_in_either(packed):
    _, wheel, source = packed
    for archive in (wheel, source):
        assert len(archive) > 100
        own = {'tests/test_paketering.py'}
        found = sorted(n for n, raw in archive.items() if CANARY in raw and n not in own)
        assert found == []
        assert not [n for n in archive if 'mitt_forbund' in n]


def run_away(*words, cwd, lib):
    "Python in another folder, with what is installed in `lib` before everything else"
    env = {**os.environ, 'PYTHONPATH': str(lib)}
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, env=env, capture_output=True, text=True, timeout=600
    )


def test_the_wheel_works_away_from_the_repository(lager, tmp_path):
    (wheel,), lib = (lager[0] / 'dist').glob('*.whl'), tmp_path / 'lib'
    install = ['-m', 'pip', 'install', '-q', '--no-deps', '--no-index', '--target', lib, wheel]
    subprocess.run([sys.executable, *install], check=True, capture_output=True)
    where = 'import finsam_genomlysning as f; print(f.__file__)'
    assert str(lib) in run_away('-c', where, cwd=tmp_path, lib=lib).stdout
    r = run_away('-m', OWN, 'kontrollera', cwd=tmp_path, lib=lib)  # the package that comes with it
    assert r.returncode == 0 and 'inga fel' in r.stdout, r.stderr
    package = copy_package(SMALL, tmp_path / 'paket')
    build = ['-m', OWN, 'rapporter', '--endast', 'forbund', '--forbund', str(package)]
    r = run_away(*build, cwd=tmp_path, lib=lib)
    assert r.returncode == 0, r.stderr
    folder = tmp_path / 'reports' / read_forbund(package).id
    for form in ('html', 'pdf', 'docx'):
        assert list(folder.glob(f'*/forbund.{form}'))


PERSONS = ('deltagare', 'indikatorer', 'progression')  # tables with a row per person or answer


def test_the_only_rows_about_people_are_those_that_the_program_makes_up(packed, tmp_path):
    _, wheel, source = packed
    for name in ('forbund.toml', 'syntet.toml'):
        raw = (ROOT / 'data' / 'sodra_vatterbygden' / name).read_bytes()
        (tmp_path / name).write_bytes(raw)
    (tmp_path / 'underlag').mkdir()
    written = {p.stem: p.read_bytes() for p in write_syntetiska(tmp_path)}
    made_up = {t: raw for t, raw in written.items() if not t.endswith('-pahittat')}
    assert sorted(made_up) == sorted(PERSONS)
    fixture = 'tests/fixtur/litet_forbund/underlag/deltagare.csv'
    for archive, data in ((wheel, f'{OWN}/data'), (source, 'data')):
        default = f'{data}/sodra_vatterbygden/underlag'
        there = {n for n in archive if Path(n).suffix in ('.csv', '.xlsx', '.xls', '.ods')}
        rows = {n for n in there if '/underlag/' in n and Path(n).stem.split('-')[0] in PERSONS}
        assert rows - {fixture} == {f'{default}/{t}.csv' for t in PERSONS}
        for t in PERSONS:
            assert archive[f'{default}/{t}.csv'] == made_up[t], t
        own = {
            n for n in there if b'pseudonym' in archive[n][:200] or b'person;' in archive[n][:200]
        }
        # written by hand, with made-up words: the description says so, and the report
        said = f'{default}/utsagor-pahittat.csv'
        about = archive[f'{data}/sodra_vatterbygden/forbund.toml'].decode()
        assert own - rows == {said} and '"utsagor"' in about.partition('[')[2][:200]
        assert {Path(n).suffix for n in there} == {'.csv'}  # a workbook could hold any rows


@pytest.mark.parametrize(
    'name',
    [
        'data/sodra_vatterbygden/.liggare/poster.jsonl',
        'data/sodra_vatterbygden/.liggare/register-2024-06-30.csv',
        'tests/fixtur/litet_forbund/.liggare/nyckel',
        'nagon/annan/mapp/.liggare/tvillingar-2024-09-18.npz',
        'data/sodra_vatterbygden/.intyg/2024-09-18.npz',
        'reports/forbund/.liggare.jsonl',
        f'{OWN_DATA}/forbund.toml',
        f'{OWN_DATA}/underlag/deltagare.csv',
        'reports/forbund/2024-09-18/index.html',
    ],
)
def test_git_ignores_what_is_secret(name):
    done = subprocess.run(['git', 'check-ignore', '-q', name], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_git_keeps_the_packages_that_ship():
    names = sorted(p.parent.name for p in (ROOT / 'data').glob('*/forbund.toml'))
    shipped = {'sodra_vatterbygden', 'finnveden', 'hoglandet', 'insjoriket'}
    assert shipped <= set(names)
    for name in shipped:
        path = f'data/{name}/underlag/ny_tabell.csv'
        done = subprocess.run(['git', 'check-ignore', '-q', path], cwd=ROOT, check=False)
        assert done.returncode == 1, name
