"Editions are costly to build, so each is built once for all tests"
from pathlib import Path
import pytest
from finsam_genomlysning.publicera import build_edition

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT / 'data' / 'sodra_vatterbygden'
SMALL = ROOT / 'tests' / 'fixtur' / 'litet_forbund'


@pytest.fixture(scope='session')
def edition(tmp_path_factory):
    "The default förbund's latest edition, in every format"
    return build_edition(DEFAULT, tmp_path_factory.mktemp('utgava'))


@pytest.fixture(scope='session')
def small_edition(tmp_path_factory):
    "An edition of another förbund, with hostile text in its data"
    return build_edition(SMALL, tmp_path_factory.mktemp('liten'))
