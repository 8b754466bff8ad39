"Merging and rounding: what they save, and what they may not change"
import sys
from pathlib import Path
import numpy as np, pandas as pd, pytest
from finsam_genomlysning.errors import DisclosureError
from finsam_genomlysning.ladder import merge_categories, round_counts, suggest_merges
from finsam_genomlysning.sekretess import protect, share_withheld
from finsam_genomlysning.tabeller import Dim, Matt, Publicerad, Tabelldef
sys.path.insert(0, str(Path(__file__).parents[1] / 'benchmarks'))
from sekretess import cross, edition, people  # noqa: E402

SCOPES = ['insats kommun', 'kommun kon', 'kommun alder']


def test_the_first_suggestion_saves_withheld_numbers():
    tables = edition(150, SCOPES, 4)
    best = suggest_merges(tables).iloc[0]
    before = share_withheld(protect(tables)).skyddade.sum()
    merged = {t: merge_categories(p, best.dimension, (best.a, best.b), 'ihop') if best.dimension in p.df else p for t, p in tables.items()}
    assert share_withheld(protect(merged)).skyddade.sum() < before
    assert suggest_merges(merged).sma_fore.max() <= best.sma_efter


def test_merging_keeps_totals_shares_and_the_input():
    m = (Matt('avslutade', 'Avslutade', 'antal'), Matt('andel', 'Andel', 'andel'), Matt('median', 'Median', 'statistik'))
    rows = [('a', 'avslutade', 10, np.nan), ('b', 'avslutade', 30, np.nan), ('Samtliga', 'avslutade', 40, np.nan), ('a', 'andel', .5, 10), ('b', 'andel', .1, 30), ('a', 'median', 3., 10)]
    df = pd.DataFrame(rows, columns=['kommun', 'matt', 'varde', 'n']).assign(lag=np.nan, hog=np.nan)
    p = Publicerad(Tabelldef('t', 'T', (Dim('kommun', 'Kommun'),), m, 'påhittat'), df)
    before = df.copy()
    out = merge_categories(p, 'kommun', ('a', 'b'), 'ab').df.set_index(['kommun', 'matt'])
    pd.testing.assert_frame_equal(df, before)
    assert out.varde['ab', 'avslutade'] == 40 and out.varde['ab', 'andel'] == pytest.approx(8 / 40) and out.n['ab', 'andel'] == 40 and ('ab', 'median') not in out.index


@pytest.mark.parametrize('seed', range(8))
def test_rounding_is_additive_and_leaves_nothing_small(seed):
    p = cross(people(90, np.random.default_rng(seed)), ['insats', 'kommun'])
    q = round_counts(p)
    v = q.df.set_index(['insats', 'kommun']).varde
    assert not v.between(1, 4).any()
    for d in ('insats', 'kommun'):
        inner = v.drop('Samtliga', level=d).groupby(level='kommun' if d == 'insats' else 'insats').sum()
        assert inner.equals(v.xs('Samtliga', level=d)[inner.index])
    one_way = (p.df.insats == 'Samtliga') | (p.df.kommun == 'Samtliga')
    assert p.df.varde[one_way].between(1, 4).any() or (q.df.varde == p.df.varde)[one_way].all()
    assert (abs(q.df.varde - p.df.varde) <= 10).all() and q.df.varde.iloc[-1] == 90


def test_a_table_that_cannot_be_rounded_says_so():
    df = pd.DataFrame({'kommun': [*'abcdefghijklmnop', 'Samtliga'], 'varde': [1.] * 16 + [16.]}).assign(matt='deltagare', n=np.nan, lag=np.nan, hog=np.nan)
    p = Publicerad(Tabelldef('t', 'T', (Dim('kommun', 'Kommun'),), (Matt('deltagare', 'Deltagare', 'antal'),), 'påhittat'), df)
    with pytest.raises(DisclosureError): round_counts(p) # sixteen ones: fives do not make sixteen, and a one may not become a six
