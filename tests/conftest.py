"Editions are costly to build, so each is built once for all tests, whichever process asks first"

import io
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from openpyxl import Workbook

from finsam_genomlysning.gora.publicera import build_edition

settings.register_profile('utan klocka', deadline=None)  # time is measured in benchmarks
settings.load_profile('utan klocka')

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT / 'data' / 'sodra_vatterbygden'
SMALL = ROOT / 'tests' / 'fixtur' / 'litet_forbund'
MEETINGS = ('2024-05-03', '2024-05-15', '2024-06-03', '2024-09-18', '2024-10-16', '2024-11-20')


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


def copy_package(source, target):
    "A data package without what its builds have left in it: hidden folders are no input"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns('.*'))
    return target


def build_once(folder, package, **choice):
    "The edition in that folder, built by the first test that needs it from a copy of the package"
    folder.mkdir(exist_ok=True)
    with FileLock(folder.with_suffix('.lock')):
        done = folder / 'klar.txt'
        if not done.is_file():
            own = copy_package(package, folder / 'paket')
            done.write_text(str(build_edition(own, folder / 'ut', **choice)), encoding='utf-8')
        return Path(done.read_text(encoding='utf-8'))


@pytest.fixture(scope='session')
def edition(shared):
    "The default förbund's latest edition, in every format, from a quarter of the futures"
    return build_once(shared / 'utgava', DEFAULT, futures=100)


@pytest.fixture(scope='session')
def small_edition(shared):
    "An edition of another förbund, with hostile text in its data"
    return build_once(shared / 'liten', SMALL)
