"Merging and rounding: what they save, and what they may not change"

import sys
from pathlib import Path
import numpy as np, pandas as pd, pytest
from finsam_genomlysning.ord.errors import DisclosureError
from finsam_genomlysning.ord.forbund import Alltid
from finsam_genomlysning.skydd.ladder import merge_categories, round_counts, suggest_merges
from finsam_genomlysning.skydd.sekretess import (
    check_proof,
    list_exposed,
    protect,
    protect_edition,
    share_withheld,
)
from finsam_genomlysning.ord.tabell import Dim, Matt, Publicerad, Tabelldef

sys.path.insert(0, str(Path(__file__).parents[1] / 'benchmarks'))
from sekretess import cross, edition, people  # noqa: E402

SCOPES = ['insats kommun', 'kommun kon', 'kommun alder']


def test_the_first_suggestion_saves_withheld_numbers():
    tables = edition(150, SCOPES, 4)
    best = suggest_merges(tables).iloc[0]
    before = share_withheld(protect(tables)).skyddade.sum()
    merged = {
        t: merge_categories(p, best.dimension, (best.a, best.b), 'ihop')
        if best.dimension in p.df
        else p
        for t, p in tables.items()
    }
    assert share_withheld(protect(merged)).skyddade.sum() < before
    assert suggest_merges(merged).sma_fore.max() <= best.sma_efter


def test_merging_keeps_totals_shares_and_the_input():
    m = (
        Matt('avslutade', 'Avslutade', 'antal'),
        Matt('andel', 'Andel', 'andel'),
        Matt('median', 'Median', 'statistik'),
    )
    rows = [
        ('a', 'avslutade', 10, np.nan),
        ('b', 'avslutade', 30, np.nan),
        ('Samtliga', 'avslutade', 40, np.nan),
        ('a', 'andel', 0.5, 10),
        ('b', 'andel', 0.1, 30),
        ('a', 'median', 3.0, 10),
    ]
    df = pd.DataFrame(rows, columns=['kommun', 'matt', 'varde', 'n']).assign(lag=np.nan, hog=np.nan)
    p = Publicerad(Tabelldef('t', 'T', (Dim('kommun', 'Kommun'),), m, 'påhittat'), df)
    before = df.copy()
    out = merge_categories(p, 'kommun', ('a', 'b'), 'ab').df.set_index(['kommun', 'matt'])
    pd.testing.assert_frame_equal(df, before)
    assert (
        out.varde['ab', 'avslutade'] == 40
        and out.varde['ab', 'andel'] == pytest.approx(8 / 40)
        and out.n['ab', 'andel'] == 40
        and ('ab', 'median') not in out.index
    )


@pytest.mark.parametrize('seed', range(8))
def test_rounding_is_additive_and_leaves_nothing_small(seed):
    p = cross(people(90, np.random.default_rng(seed)), ['insats', 'kommun'])
    q = round_counts(p)
    v = q.df.set_index(['insats', 'kommun']).varde
    assert not v.between(1, 4).any()
    for d in ('insats', 'kommun'):
        inner = (
            v.drop('Samtliga', level=d).groupby(level='kommun' if d == 'insats' else 'insats').sum()
        )
        assert inner.equals(v.xs('Samtliga', level=d)[inner.index])
    z, r = p.df.varde, q.df.varde
    assert (abs(r - z) <= 5).all() and r.iloc[-1] == 90 and q.definition.avrundad == 5
    assert set(r[z.between(1, 4)]) <= {0, 5, 6}  # each of them could be 1, and could be 5


def test_rounding_is_right_on_average():
    "Up with probability count / limit: over many tables the drawn counts sum to the true ones"
    z, r = (
        np.concatenate(x)
        for x in zip(
            *(
                (p.df.varde[small], round_counts(p).df.varde[small])
                for seed in range(60)
                for p in [cross(people(60, np.random.default_rng(seed)), ['insats', 'kommun'])]
                for small in [p.df.varde.between(1, 4)]
            ),
            strict=True,
        )
    )
    assert len(z) > 200 and abs(r.mean() - z.mean()) < 0.5 and {0, 5} <= set(r)


@pytest.mark.parametrize('seed', range(6))
def test_a_rounded_table_keeps_every_promise_of_the_edition(seed):
    "The rounded numbers are bounds in the system: every small count can still be 1 and still be 5"
    tables = edition(200, SCOPES, seed)
    rounded = {'insats_kommun': round_counts(tables['insats_kommun'])}
    s = protect_edition(tables, avrundade=rounded)
    assert check_proof(s.intyg) == [] and not len(list_exposed(s.intyg))
    out, q = s.tabeller['insats_kommun'].df, rounded['insats_kommun'].df
    assert (out.skyddad == 'nej').all() and out.varde.tolist() == q.varde.tolist()
    own = s.tal[(s.tal.tabell == 'insats_kommun') & (s.tal.roll == 'varde')]
    for w in s.intyg.vittnen:
        assert (
            abs(w[own.cell.to_numpy(int)] - q.varde.to_numpy()[own.rad.to_numpy(int)]) <= 5
        ).all()


def test_a_forged_proof_that_leaves_the_rounded_interval_is_refused():
    tables = edition(200, SCOPES, 1)
    s = protect_edition(tables, avrundade={'insats_kommun': round_counts(tables['insats_kommun'])})
    c = next(iter(s.intyg.system.rutor))
    s.intyg.system.rutor[c] = (s.intyg.system.antal[c], s.intyg.system.antal[c])
    moved = any(w[c] != s.intyg.system.antal[c] for w in s.intyg.vittnen)
    assert moved == any('avrundade' in f for f in check_proof(s.intyg)) and moved


def test_a_count_that_has_to_be_printed_is_printed_and_others_go_in_its_place():
    tables = edition(150, SCOPES, 4)
    free = protect_edition(tables)
    gone = free.tabeller['insats_kommun'].df.query("skyddad == 'ja' and varde.isna()").index
    row = next(i for i in gone if tables['insats_kommun'].df.varde[i] >= 5)
    r = tables['insats_kommun'].df.loc[row]
    always = Alltid(
        tabell='insats_kommun',
        matt='deltagare',
        dar={d: r[d] for d in ('insats', 'kommun') if r[d] != 'Samtliga'},
    )
    s = protect_edition(tables, alltid=[always])
    assert (
        s.tabeller['insats_kommun'].df.skyddad[row] == 'nej'
        and check_proof(s.intyg) == []
        and not len(list_exposed(s.intyg))
    )
    small = next(i for i in gone if 0 < tables['insats_kommun'].df.varde[i] < 5)
    r = tables['insats_kommun'].df.loc[small]
    bad = always.model_copy(update=dict(dar={'insats': r.insats, 'kommun': r.kommun}))
    with pytest.raises(DisclosureError, match='mindre än 5'):
        protect_edition(tables, alltid=[bad])
    with pytest.raises(DisclosureError, match='finns inte'):
        protect_edition(tables, alltid=[always.model_copy(update=dict(dar={'insats': 'x'}))])
    with pytest.raises(DisclosureError, match='avrundas'):
        protect_edition(
            tables,
            alltid=[always],
            avrundade={'insats_kommun': round_counts(tables['insats_kommun'])},
        )


def test_forcing_too_much_is_refused():
    "All but one count of a row in print is the row in print"
    tables = edition(150, ['insats kommun'], 4)
    df = tables['insats_kommun'].df
    every = [
        Alltid(
            tabell='insats_kommun',
            matt='deltagare',
            dar={d: r[d] for d in ('insats', 'kommun') if r[d] != 'Samtliga'},
        )
        for r in df[df.varde >= 5].to_dict('records')
    ]
    with pytest.raises(DisclosureError, match='inte skyddas'):
        protect_edition(tables, alltid=every)


def test_a_table_that_cannot_be_rounded_says_so():
    df = pd.DataFrame({'kommun': ['a', 'b', 'Samtliga'], 'varde': [3.0, 4.0, 7.0]}).assign(
        matt='deltagare', n=np.nan, lag=np.nan, hog=np.nan
    )
    p = Publicerad(
        Tabelldef(
            't',
            'T',
            (Dim('kommun', 'Kommun'),),
            (Matt('deltagare', 'Deltagare', 'antal'),),
            'påhittat',
        ),
        df,
    )
    with pytest.raises(DisclosureError):
        round_counts(p)  # 0, 5 and 6 do not make 7, and 7 is the total
