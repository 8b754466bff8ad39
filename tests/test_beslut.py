"The log of decisions: what is late on the day of a meeting, and what the förbund's page says of it"

import pytest
from conftest import SMALL, bare, build_once

from finsam_genomlysning.gora.kontroll import check_package
from finsam_genomlysning.lasa.mallar import AV_KANSLI
from finsam_genomlysning.skydd.utgava import read_edition
from finsam_genomlysning.visa import styrning
from finsam_genomlysning.visa.amne import Amne

RADER = """datum;paragraf;beslut;insats;ansvar;klart_senast;genomfort;uppfoljning;kalla
2024-05-15;§ 31;Beskriv behoven på nytt;;Kansliet;2024-06-30;;;Protokoll
2024-05-15;§ 32;Ta fram en plan;bryggan;Styrgruppen;2024-06-30;2024-06-20;Planen finns;Protokoll
2024-05-15;§ 33;Följ upp målen;;Styrelsen;2024-12-31;;;Protokoll
2024-05-15;§ 34;Se över avtalen;;Kansliet;;;;Protokoll
2024-10-01;§ 50;Senare beslut;;Kansliet;;;;Protokoll
"""


MOMENT = """
[[moment]]
id = "B"
namn = "Nuläge"
ansvar = "Konsulten"
belopp_kr = 50_000
upparbetat_kr = 32_500
timmar = 36.5

[[moment]]
id = "D"
namn = "Nyläge"
ansvar = "Konsulten"
belopp_not = "100 000 kronor för D och E tillsammans."
timmar = 8
"""


def log(package):
    (package / 'underlag' / 'beslut.csv').write_text(RADER, encoding='utf-8')
    with (package / 'forbund.toml').open('a', encoding='utf-8') as f:
        f.write(MOMENT)


@pytest.fixture(scope='module')
def folder(shared):
    with bare():
        return build_once(shared / 'beslut', SMALL, log, only=['forbund'], formats=('html',))


def test_where_each_decision_stands_at_the_meeting(folder):
    df = read_edition(folder).tabeller['beslut'].df
    assert dict(zip(df['paragraf'], df['lage'], strict=True)) == {
        '§ 31': 'Försenat',
        '§ 32': 'Genomfört',
        '§ 33': 'Pågår',
        '§ 34': 'Ingen dag bestämd',
    }


def test_hours_and_kronor_stand_beside_what_was_set_aside(folder):
    s = Amne(read_edition(folder))
    (table,) = styrning.worked_table(s)
    shown = [[str(x).replace('\u202f', ' ').replace('\xa0', ' ') for x in r] for r in table.rader]
    assert shown == [
        ['B Nuläge', '50 000', '32 500', '65 %', '36,5'],
        ['D Nyläge', '–', '–', '–', '8,0'],  # its money is another step's too: no share
    ]
    without = read_edition(SMALL.parent / 'utgava')
    assert styrning.worked_table(Amne(without)) == []


def test_the_page_shows_them_and_says_how_many_are_late(folder):
    s = Amne(read_edition(folder))
    said, table = styrning.decision_list(s)
    assert 'Ett beslut är försenat.' in str(said) and len(table.rader) == 4
    page = (folder / 'forbund.html').read_text(encoding='utf-8')
    assert 'Beslutat' in page and 'Beskriv behoven på nytt' in page and 'Senare beslut' not in page
    assert styrning.decision_list(Amne(read_edition(folder), insats='bryggan')) == []


def test_a_decision_has_a_sheet_and_its_faults_a_row(tmp_path):
    from conftest import copy_package

    assert 'beslut' in AV_KANSLI
    package = copy_package(SMALL, tmp_path / 'paket')
    log(package)
    path = package / 'underlag' / 'beslut.csv'
    path.write_text(RADER.replace('2024-06-30;;', '2024-05-01;;', 1), encoding='utf-8')
    found = check_package(package, compute=False).problem
    assert [(p.rad, p.kolumn) for p in found] == [(2, 'klart_senast')]
