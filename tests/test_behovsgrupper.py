"Need groups: who is counted, what is held against what, and what a report says of it"

import datetime as dt
import math

import pandas as pd
import pytest
from conftest import SMALL
from scipy.stats import gamma

from finsam_genomlysning.katalog.rakningar import group_conditions, places, need_group_counts
from finsam_genomlysning.katalog.detalj import read_detail
from finsam_genomlysning.katalog.falt import count_selections
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.forbund import Behovsgrupp, example_forbund
from finsam_genomlysning.ord.urval import select
from finsam_genomlysning.rakna.behovsgrupper import group_sizes, reach_of_groups

HALF_YEAR = dt.date(2024, 6, 30)


@pytest.fixture(scope='module')
def detail():
    underlag = read_underlag(SMALL)
    return read_detail(underlag, underlag.forbund.meeting())


def by_hand(detail, g):
    "Who took part in the twelve months and belongs, read from the rows themselves"
    rows = detail.rader
    first = pd.Timestamp(detail.fran)
    took = rows['deltagare'] & ~(rows['slutdatum'] < first)
    if g.alder_fran is not None or g.alder_till is not None:
        took &= rows['alder'].between(g.alder_fran or 0, g.alder_till or 120)
    if g.forsorjning:
        took &= rows['forsorjning_fore'].isin(g.forsorjning)
    if g.nyanland:
        took &= rows['nyanland'] == 'ja'
    return rows[took]


@pytest.mark.parametrize(
    'rule',
    [
        dict(alder_fran=18, alder_till=29),
        dict(nyanland=True),
        dict(alder_till=29, forsorjning=['ekonomiskt_bistand', 'sjukpenning']),
    ],
)
def test_a_group_counts_those_whom_its_rule_names(detail, rule):
    g = Behovsgrupp(id='g', namn='G', **rule)
    f = read_underlag(SMALL).forbund.model_copy(update={'behovsgrupp': [g]})
    base = select('deltaganden', {f'status@{detail.dag}': detail_states()})
    cells = [x for r in need_group_counts(detail.folk, f, {'n': base}) for x in places(r)]
    counts = count_selections(detail.folk, [x.urval for x in cells])
    own = by_hand(detail, g)
    for x, n in zip(cells, counts, strict=True):
        here = own
        for dim, code in x.plats:
            here = here if dim == 'behovsgrupp' else here[here[dim] == code]
        assert n == len(here), x.plats
    assert {len(x.plats) for x in cells} == {1, 2}


def detail_states():
    from finsam_genomlysning.katalog.falt import PA_DAGEN

    return PA_DAGEN['deltagare']


def test_a_group_that_the_register_does_not_know_is_not_counted(detail):
    g = Behovsgrupp(id='g', namn='Låg arbetsförmåga')
    assert group_conditions(detail.folk, g) == []
    f = example_forbund().model_copy(update={'behovsgrupp': [g]})
    assert need_group_counts(detail.folk, f, {}) == []


def figure(rows, enhet='personer'):
    return pd.DataFrame(rows, columns=['omrade', 'period', 'varde']).assign(
        indikator='i',
        alder='',
        enhet=enhet,
        kalla='k',
        slut=lambda d: pd.to_datetime(d['period'] + '-12-31'),
    )


def one_group():
    groups = [Behovsgrupp(id='g', namn='G', alder_till=29, behov='i')]
    return example_forbund().model_copy(update={'behovsgrupp': groups})


def counted(whole, a, b):
    rows = [('Samtliga', 'Samtliga', whole), ('Samtliga', 'astad', a), ('Samtliga', 'by', b)]
    return pd.DataFrame(rows, columns=['insats', 'kommun', 'varde']).assign(
        behovsgrupp='g', matt='deltagare_12', n=math.nan, lag=math.nan, hog=math.nan
    )


def value(df, matt, kommun):
    return df[(df['matt'] == matt) & (df['kommun'] == kommun)]


def test_figures_of_different_years_are_not_added():
    sizes = group_sizes(
        figure([('9901', '2023', 300.0), ('9902', '2022', 100.0)]), one_group(), HALF_YEAR
    )
    assert sizes['kommun'].tolist() == ['astad', 'by'] and not sizes['lika'].any()
    got = reach_of_groups(counted(50, 30, 20), sizes)
    assert value(got, 'per_100', 'Samtliga').empty and value(got, 'skiljer', 'by').empty
    assert value(got, 'per_100', 'astad')['varde'].tolist() == [10]


def test_full_year_equivalents_are_no_people():
    rows = [('9901', '2023', 300.0), ('9902', '2023', 100.0)]
    sizes = group_sizes(figure(rows, 'helårsekvivalenter'), one_group(), HALF_YEAR)
    assert len(sizes) == 3
    assert set(reach_of_groups(counted(50, 30, 20), sizes)['matt']) == {'deltagare_12'}


@pytest.mark.parametrize('n', [0, 1, 7, 30, 250])
def test_the_interval_is_the_gamma_quantile(n):
    "Garwood by the other road: Poisson tails are those of the gamma distribution"
    rows = [('9901', '2023', 300.0), ('9902', '2023', 100.0)]
    sizes = group_sizes(figure(rows), one_group(), HALF_YEAR)
    got = value(reach_of_groups(counted(n, n, 0), sizes), 'per_100', 'Samtliga').iloc[0]
    low = gamma.ppf(0.025, n) / 4 if n else 0
    assert got['lag'] == pytest.approx(low) and got['varde'] == pytest.approx(n / 4)
    assert got['hog'] == pytest.approx(gamma.ppf(0.975, n + 1) / 4)


def test_municipalities_that_stand_as_one_share_their_people():
    rows = [('9901', '2023', 300.0), ('9902', '2023', 100.0)]
    sizes = group_sizes(figure(rows), one_group(), HALF_YEAR)
    both = counted(40, 40, math.nan).replace('astad', 'astad + by')
    got = reach_of_groups(both, sizes)
    assert value(got, 'per_100', 'astad + by')['varde'].tolist() == [10]


def test_the_report_says_whom_a_programme_is_for_and_what_cannot_be_compared(small_edition):
    page = (small_edition / 'insats-bryggan.html').read_text(encoding='utf-8')
    assert 'Vilka insatserna är till för' in page and 'Vuxna 30–66 år' in page
    assert 'kan inte jämföras med behovet.' in page
    other = (small_edition / 'insats-farliga_namn.html').read_text(encoding='utf-8')
    assert 'Inget dokument säger vilka grupper' in other
