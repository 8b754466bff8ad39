"Editions are costly to build, so each is built once for all tests, whichever process asks first"

import io
import json
import os
import pickle
import shutil
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings
from openpyxl import Workbook
from slipcover import print_coverage

from finsam_genomlysning.gora import publicera
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.gora.publicera import build_edition
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.personnummer import check_digit

settings.register_profile('utan klocka', deadline=None)  # time is measured in benchmarks
settings.load_profile('utan klocka')

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT / 'data' / 'sodra_vatterbygden'
SMALL = ROOT / 'tests' / 'fixtur' / 'litet_forbund'
# the parts of a small forbund.toml that many tests begin and end with
BORJAN = """id = "ex"
namn = "Exempel"
kortnamn = "Ex"
syntetiska_deltagare = true
"""
ASTAD = """[[kommun]]
id = "astad"
kod = "9901"
namn = "Åstad"
"""
JUNI = """[[mote]]
datum = 2024-06-01
organ = "Styrelsen"
rubrik = "Juni"
data_till = 2024-04-30
"""
MEETINGS = ('2024-05-03', '2024-05-15', '2024-06-03', '2024-09-18', '2024-10-16', '2024-11-20')


# what takes longest begins first, so that no process is left alone with it at the end
FIRST = (
    'test_moten test_utgavans_sidor test_avbrott test_paketering test_utgavor test_cli test_andring'
    ' test_fakta test_passage test_plantering test_nycklar test_grind test_ur_antalen'
).split()
MOST_LINES = 90  # percent of the package's lines that some test has to run,
MANY = 4000  # where at least so many tests are run


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    "The lines that no test runs, before the summary, where `make test` counts them"
    folder = os.environ.get('SLIPCOVER_COVERAGE_DIR')
    merged = Path(folder or '', 'merged.json')
    if 'PYTEST_XDIST_WORKER' in os.environ or not folder or not merged.is_file():
        return
    counted = json.loads(merged.read_text(encoding='utf-8'))
    share = counted['summary']['percent_covered']
    shutil.rmtree(folder)
    out = io.StringIO()
    print_coverage(counted, outfile=out, skip_covered=True, missing_width=40)
    reporter = session.config.pluginmanager.get_plugin('terminalreporter')
    reporter.section('lines that no test runs')
    reporter.write_line(f'{out.getvalue()}\n{share:.1f} % of all lines are run')
    if share < MOST_LINES and session.testscollected > MANY:
        reporter.write_line(f'That is fewer than {MOST_LINES} %.', red=True)
        session.exitstatus = 1


def pytest_collection_modifyitems(items):
    "In which order files are handed out; a file goes to one process, so what it makes is made once"
    first = {name: n for n, name in enumerate(FIRST)}
    items.sort(key=lambda item: first.get(item.path.stem, len(first)))


@pytest.fixture(scope='session')
def shared(tmp_path_factory):
    "A folder that all processes of a test run share"
    own = tmp_path_factory.getbasetemp()
    return own.parent if own.name.startswith('popen-') else own


def workbook(sheets, change=None):
    "A workbook with these rows, as bytes; `change` is called with it before it is saved"
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        ws = book.create_sheet(name)
        for row in rows:
            ws.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def identity_number(n, born='19050307'):
    "A number that is right, for a day on which nobody who takes part can be born"
    return f'{born}{n:03}{check_digit(f"{born[2:]}{n:03}")}'


def spellings(number):
    "The ways in which people write one number of twelve digits"
    day, last = number[:8], number[8:]
    return [
        number,
        f'{day}-{last}',
        f'{day[2:]}+{last}',
        f'{day} {last}',
        f'{day[:4]}-{day[4:6]}-{day[6:]} {last}',
        f'{day}–{last}',
        f'{day}\u200b{last}',
        ''.join(chr(0xFF10 + int(c)) for c in number),
    ]


def copy_package(source, target):
    "A data package without what its builds have left in it: hidden folders are no input"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns('.*'))
    return target


def no_change(package):
    "The package as it is"


def build_once(folder, package, change=no_change, meetings=(None,), **choice):
    """The last edition in that folder, built by the first test that needs it

    From a copy of the package, which `change` is called with, one edition for each meeting.
    """
    folder.mkdir(exist_ok=True)
    with FileLock(folder.with_suffix('.lock')):
        done = folder / 'klar.txt'
        if not done.is_file():
            own = copy_package(package, folder / 'paket')
            change(own)
            built = [build_edition(own, folder / 'ut', mote=m, **choice) for m in meetings]
            done.write_text(str(built[-1]), encoding='utf-8')
        return Path(done.read_text(encoding='utf-8'))


@contextmanager
def bare(pack=False):
    """Builds that do not audit themselves, nor make the meeting's pack unless `pack` says so

    For what is built to look at something else: the editions of the next fixtures are built whole.
    """
    with patch.object(publicera, 'look_over', lambda *edition: None):
        if pack:
            yield
            return
        nothing = dict(write_meeting=lambda *edition: [], write_books=lambda *edition: [])
        with patch.multiple(publicera, **nothing):
            yield


@pytest.fixture
def unaudited():
    with bare(pack=True):
        yield


@pytest.fixture
def unpacked():
    with bare():
        yield


@pytest.fixture(scope='session')
def prepared(shared):
    "What an edition of a package consists of, without scenarios: protected once"

    def ask(package):
        kept = shared / f'innehall-{package.name}.pickle'
        with FileLock(kept.with_suffix('.lock')):
            if not kept.is_file():
                underlag = read_underlag(copy_package(package, shared / f'last-{package.name}'))
                content = prepare_edition(underlag, underlag.forbund.meeting())
                kept.write_bytes(pickle.dumps(content))
            return pickle.loads(kept.read_bytes())

    return ask


def without_scenarios(package):
    shutil.rmtree(package / 'scenarier')


def mark_persons(package):
    "Each person gets an id that is searched for in what is printed"
    path = package / 'underlag' / 'deltagare.csv'
    rows = pd.read_csv(path, sep=';', dtype=str, keep_default_na=False)
    marks = {p: f'kanarie-{n:04}-zqx' for n, p in enumerate(dict.fromkeys(rows.person))}
    rows.assign(person=rows.person.map(marks)).to_csv(path, sep=';', index=False)


@pytest.fixture(scope='session')
def edition(shared):
    "The default förbund's latest edition, in every format, from a quarter of the futures"
    return build_once(shared / 'utgava', DEFAULT, futures=100)


@pytest.fixture(scope='session')
def small_edition(shared):
    "An edition of another förbund, with hostile text in its data and persons that can be found"
    return build_once(shared / 'liten', SMALL, change=mark_persons)


@pytest.fixture(scope='session')
def neighbour(shared):
    "The edition of another förbund that comes with the package, as pages"

    def ask(name):
        return build_once(shared / f'granne-{name}', ROOT / 'data' / name, formats=('html',))

    return ask


@pytest.fixture
def begun(small_edition, tmp_path):
    "Work that has begun: a copy of that package, of the folder of its editions, and the edition"
    home, place = small_edition.parents[2], small_edition.relative_to(small_edition.parents[2])
    shutil.copytree(home / 'paket', tmp_path / 'paket')
    shutil.copytree(home / 'ut', tmp_path / 'ut')
    return tmp_path / 'paket', tmp_path / 'ut', tmp_path / place


@pytest.fixture(scope='session')
def six(shared):
    """The default förbund's meetings in a row: its package, and the folder of an edition for each

    Without scenarios: they have tests of their own, and no edition rests on an earlier one's.
    Without the build's own audit: the tests audit all six, each by itself and all together.
    """
    with bare():
        last = build_once(
            *(shared / 'sex', DEFAULT, without_scenarios, MEETINGS),
            only=['forbund'],
            formats=('html',),
        )
    return shared / 'sex' / 'paket', {m: last.with_name(m) for m in MEETINGS}
