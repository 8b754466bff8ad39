"What staff, steering groups and members answer: counts of people pass the gate, members are open"

import math
import re

import pandas as pd
import pytest
from conftest import SMALL

from finsam_genomlysning.katalog.falt import count_selections
from finsam_genomlysning.katalog.folkmangder import decode_population, other_populations
from finsam_genomlysning.katalog.stod import STODFOLK, medlem_frames, stod_frames
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.errors import UnderlagError
from finsam_genomlysning.ord.forbund import Underlag, example_forbund
from finsam_genomlysning.skydd.passage import at_detail_day
from finsam_genomlysning.skydd.utgava import Utgava
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.stod import response_table, support_words


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


def third(rows):
    named = ['grupp', 'instammer', 'instammer_inte', 'vet_inte', 'tillfragade']
    given = pd.DataFrame(rows, columns=named)
    return given.assign(datum=pd.Timestamp('2024-03-01'), insats=None, fraga='Stödet räcker')


def test_a_third_answer_is_an_answer_and_takes_no_stance():
    u = Underlag(example_forbund(), {'stodenkat': third([('medarbetare', 16, 5, 6, 40)])})
    frames = stod_frames(u, u.forbund.meeting())
    stance, told = (frames[t].set_index('matt') for t in ('stodenkat', 'stodenkat_svarande'))
    assert tuple(stance.loc['andel_instammer', ['varde', 'n']]) == (pytest.approx(16 / 21), 21)
    assert tuple(told.loc['svarsandel', ['varde', 'n']]) == (pytest.approx(27 / 40), 40)
    assert told.loc[['vet_inte', 'svarade_inte'], 'varde'].tolist() == [6, 13]
    assert math.isnan(told.loc['svarsandel', 'lag'])


@pytest.mark.parametrize(
    ('row', 'withheld'),
    [
        ((16, 5, 6, 40), set()),
        ((16, 5, 2, 40), {'vet_inte', 'svarande', 'svarade_inte', 'svarsandel'}),
        ((16, 5, None, 23), {'svarande', 'svarade_inte', 'svarsandel'}),
        ((16, 5, 8, None), set()),
    ],
)
def test_few_who_did_not_answer_are_withheld_and_the_stance_stays(row, withheld):
    u = Underlag(example_forbund(), {'stodenkat': third([('medarbetare', *row)])})
    made = prepare_edition(u, u.forbund.meeting()).utgava.tabeller
    told = made['stodenkat_svarande'].df
    assert set(told.loc[told['skyddad'] == 'ja', 'matt']) == withheld
    assert set(made['stodenkat'].df['skyddad']) == {'nej'}
    (shown,) = response_table(Amne(Utgava(u.forbund, u.forbund.meeting(), made)))
    assert shown.kolumner[-1] == 'Svarsandel'


def test_members_are_told_of_openly_with_how_many_were_asked():
    rows = [('medlem', 3, 1, 1, 7), ('remittent', 18, 22, 6, 60), ('chef', 9, 6, 0, None)]
    u = Underlag(example_forbund(), {'stodenkat': third(rows)})
    made = prepare_edition(u, u.forbund.meeting()).utgava
    said = support_words(Amne(made))[0].md
    plain = re.sub(r'\[([^]]*)\]\([^)]*\)', r'\1', said).replace('\xa0', ' ')
    assert 'Svarsandel: de som anvisar 77 procent av 60 och medlemmar 5 av 7.' in plain
    assert 'Tre av fyra medlemmar instämmer' in plain


def test_more_answers_than_were_asked_are_refused(tmp_path):
    (tmp_path / 'forbund.toml').write_text((SMALL / 'forbund.toml').read_text(), encoding='utf-8')
    (tmp_path / 'underlag').mkdir()
    head = 'datum;grupp;insats;fraga;instammer;instammer_inte;vet_inte;tillfragade'
    rows = f'{head}\n2024-03-01;chef;;Bra;8;3;2;12\n'
    (tmp_path / 'underlag' / 'stodenkat.csv').write_text(rows, encoding='utf-8')
    with pytest.raises(UnderlagError, match='Fler har svarat än som fick frågan'):
        read_underlag(tmp_path)
