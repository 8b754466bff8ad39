"What it takes for a programme to pay for itself, against a cash flow counted person by person"

import math

import pytest
from conftest import SMALL

from finsam_genomlysning.ord.forbund import Aterbetalning, Enhetsvarde
from finsam_genomlysning.ord.referenser import repayment_faults
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.rakna.aterbetalning import repayment
from finsam_genomlysning.rakna.estimates import NAN, Skattning, estimate_share

VALUES = [
    Enhetsvarde(id='a', betalare='kommun', namn='A', kr_per_ar=90_000, ar='2024', kalla='k'),
    Enhetsvarde(id='b', betalare='stat', namn='B', kr_per_ar=60_000, ar='2024', kalla='k'),
]
RULE = Aterbetalning(utan_insats_lag=0.1, utan_insats_hog=0.25, horisont_ar=4, kalla='k')


def left_after(ended, share, anyway, cost, kr, years, steps=1000):
    "Kronor that remain when everybody who ended has been followed: a cash flow, step by step"
    gained = ended * share - ended * anyway
    balance = -cost * ended
    for _ in range(steps):
        balance += gained * kr * years / steps
    return balance


def found(share, cost=120_000.0):
    df = repayment({'x': cost}, {'x': share}, VALUES, RULE)
    return df.set_index(['betalare', 'utan_insats', 'matt'])


@pytest.mark.parametrize('payer, kr', [('kommun', 90_000), ('stat', 60_000), ('Samtliga', 150_000)])
@pytest.mark.parametrize('end, anyway', [('lag', 0.1), ('hog', 0.25)])
def test_the_needed_share_leaves_nothing_and_the_years_leave_nothing(payer, kr, end, anyway):
    df = found(estimate_share(120, 200))
    need = df.loc[(payer, end, 'andel_som_kravs'), 'varde']
    assert left_after(200, need, anyway, 120_000, kr, 4) == pytest.approx(0, abs=1)
    years = df.loc[(payer, end, 'ar')]
    for share, n in ((0.6, 'varde'), (estimate_share(120, 200).hog, 'lag')):
        assert left_after(200, share, anyway, 120_000, kr, years[n]) == pytest.approx(0, abs=1)


@pytest.mark.parametrize('antal, said', [(190, 1.0), (70, 0.0), (10, -1.0)])
def test_it_is_said_to_repay_only_when_the_whole_interval_does(antal, said):
    share = estimate_share(antal, 200)
    df = found(share)
    for end, anyway in (('lag', 0.1), ('hog', 0.25)):
        ends = [left_after(200, x, anyway, 120_000, 150_000, 4) for x in (share.lag, share.hog)]
        want = 1.0 if min(ends) >= 0 else -1.0 if max(ends) < 0 else 0.0
        assert df.loc[('Samtliga', end, 'utslag'), 'varde'] == want
    assert said in set(df.xs('Samtliga').xs('utslag', level='matt')['varde'])


def test_a_withheld_share_gives_away_nothing_and_no_gain_has_no_end():
    df = found(Skattning(NAN, 12, NAN, NAN))
    for matt in ('ar', 'utslag'):
        assert df.xs(matt, level='matt')['varde'].isna().all()
    none = found(estimate_share(20, 200))
    assert math.isinf(none.loc[('Samtliga', 'hog', 'ar'), 'varde'])


def test_what_has_no_source_or_no_comparison_is_told():
    f = read_underlag(SMALL).forbund
    assert list(repayment_faults(f)) == []
    bare = [v.model_copy(update={'kalla': None}) for v in f.enhetsvarde]
    found = list(repayment_faults(f.model_copy(update={'enhetsvarde': bare})))
    assert [b.hindrar for b in found] == [True, True]
    nothing = f.model_copy(update={'aterbetalning': None})
    assert [b.hindrar for b in repayment_faults(nothing)] == [False]


def test_the_report_says_the_assumption_before_what_is_needed(small_edition):
    page = (small_edition / 'insats-bryggan.html').read_text(encoding='utf-8')
    words = page[page.index('Utan insatsen antas') :]
    assert '10–20 procent' in words[:200] and 'Det kräver att' in words
    other = (small_edition / 'insats-farliga_namn.html').read_text(encoding='utf-8')
    assert 'Utan insatsen antas' not in other and 'Om kostnaden kommer tillbaka' in other
