"What staff, steering groups and members answer: counts of people pass the gate, members are open"

import math

import pandas as pd
import pytest
from conftest import SMALL

from finsam_genomlysning.katalog.falt import count_selections
from finsam_genomlysning.katalog.folkmangder import decode_population, other_populations
from finsam_genomlysning.katalog.stod import STODFOLK, medlem_frames, stod_frames
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.passage import at_detail_day


@pytest.fixture(scope='module')
def package():
    return read_underlag(SMALL)


@pytest.fixture(scope='module')
def meeting(package):
    return at_detail_day(package.forbund, package.forbund.meeting())


def wilson(k, n, z=1.959963984540054):
    "The interval's ends as the roots of the score equation"
    a, b, c = 1 + z * z / n, -(2 * k / n + z * z / n), (k / n) ** 2
    root = math.sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def test_every_share_has_its_n_and_its_interval(package, meeting):
    people = stod_frames(package, meeting)['stodenkat']
    members = medlem_frames(package, meeting)['medlemsenkat']
    both = pd.concat([people, members])
    shares = both[both['matt'].isin(['andel_instammer', 'andel_medlemmar'])]
    assert sorted(shares['n']) == [3, 13, 18, 21]
    for r in shares.to_dict('records'):
        low, high = wilson(round(r['varde'] * r['n']), r['n'])
        assert r['lag'] == pytest.approx(low) and r['hog'] == pytest.approx(high)


def test_the_counts_of_people_are_selections_and_come_back(package, meeting):
    (folk, cells), *_ = [x for x in other_populations(package, meeting) if x[0].namn == STODFOLK]
    printed = stod_frames(package, meeting)['stodenkat']
    dims = ['grupp', 'insats', 'fraga', 'datum']
    for x, n in zip(cells, count_selections(folk, [x.urval for x in cells]), strict=True):
        here = printed[printed['matt'] == x.matt]
        place = dict(x.plats)
        for d in dims:
            here = here[here[d] == place.get(d, 'Samtliga')]
        assert here['varde'].tolist() == [n]
    back = decode_population(folk, cells, package, meeting)['stodenkat']
    pd.testing.assert_frame_equal(back, package.tabell('stodenkat'))


def test_a_later_day_is_not_counted(package, meeting):
    early = meeting.model_copy(update={'data_till': pd.Timestamp('2024-01-01').date()})
    assert set(stod_frames(package, early)['stodenkat']['datum']) == {'2023-11-15'}
    assert medlem_frames(package, early) == {}


def test_few_people_are_withheld_and_the_page_compares_the_two_times(small_edition):
    table = pd.read_csv(small_edition / 'tabeller' / 'stodenkat.csv', sep=';', dtype=str)
    few = table[(table['grupp'] == 'styrgrupp') & (table['matt'] == 'instammer_inte')]
    assert few['skyddad'].tolist() == ['ja'] and few['varde'].isna().all()
    page = (small_edition / 'forbund.html').read_text(encoding='utf-8').replace('\xa0', ' ')
    assert 'Medlemmarna' in page and 'högre än 15 november 2023, kan vara slump' in page
