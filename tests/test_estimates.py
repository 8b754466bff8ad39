"Estimates on edges, and what must hold for any data"

import math
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats
from finsam_genomlysning.rakna import estimates as e

counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_a_share_lies_in_its_interval_and_the_interval_in_0_1(c):
    s = e.estimate_share(*c)
    assert 0 <= s.lag <= s.varde + 1e-12 and s.varde - 1e-12 <= s.hog <= 1


@given(counts)
def test_a_share_and_its_complement_mirror_each_other(c):
    x, n = c
    a, b = e.estimate_share(x, n), e.estimate_share(n - x, n)
    assert a.lag == pytest.approx(1 - b.hog, abs=1e-9) and a.varde == pytest.approx(1 - b.varde)


@given(counts)
def test_more_of_the_same_narrows_the_interval(c):
    x, n = c
    a, b = e.estimate_share(x, n), e.estimate_share(4 * x, 4 * n)
    assert b.hog - b.lag < a.hog - a.lag


@given(counts, counts)
def test_a_difference_turns_its_sign_and_stays_within_minus_one_and_one(a, b):
    a, b = e.estimate_share(*a), e.estimate_share(*b)
    d, r = e.difference(a, b), e.difference(b, a)
    assert d.varde == pytest.approx(-r.varde) and d.lag == pytest.approx(-r.hog)
    assert -1 - 1e-9 <= d.lag <= d.varde <= d.hog <= 1 + 1e-9


@given(st.integers(0, 500), st.floats(1, 1e6))
def test_a_rate_interval_covers_at_least_what_it_says(x, bas):
    r = e.estimate_rate(x, bas, 1)
    assert r.lag <= r.varde <= r.hog
    assert stats.poisson.cdf(x, r.hog * bas) == pytest.approx(0.025, abs=1e-6)
    if x:
        assert stats.poisson.sf(x - 1, r.lag * bas) == pytest.approx(0.025, abs=1e-6)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_a_median_is_between_its_ends_and_the_ends_are_observed_values(x):
    m = e.estimate_median(pd.Series(x))
    assert m.n == len(x)
    if len(x) < 6:
        assert math.isnan(m.lag) and math.isnan(m.hog)
    else:
        assert m.lag <= m.varde <= m.hog and m.lag in x and m.hog in x


@pytest.mark.parametrize('n', range(6, 60))
def test_the_median_interval_is_the_shortest_symmetric_one_that_reaches_95(n):
    m = e.estimate_median(pd.Series(range(1, n + 1)))
    rank = int(m.lag)
    assert 1 - 2 * stats.binom.cdf(rank - 1, n, 0.5) >= 0.95 > 1 - 2 * stats.binom.cdf(rank, n, 0.5)


stay = st.lists(st.tuples(st.integers(0, 900), st.booleans()), min_size=1, max_size=50)


def product_limit(rows, at):
    "Kaplan-Meier by the definition, one person at a time"
    s = 1.0
    for day in sorted({d for d, ended in rows if ended and d <= at}):
        risk = sum(d >= day for d, _ in rows)
        s *= 1 - sum(d == day and ended for d, ended in rows) / risk
    return s


@settings(max_examples=50, deadline=None)
@given(stay)
def test_the_curve_is_the_product_limit_and_falls(rows):
    days, ended = zip(*rows, strict=True)
    curve = e.stay_curve(pd.Series(days), pd.Series(ended))
    for _, r in curve.iterrows():
        at = r.manad * e.DAYS_PER_MONTH
        if not math.isnan(r.varde):
            assert r.varde == pytest.approx(product_limit(rows, at), abs=1e-9)
        else:
            assert r.n == 0
    known = curve['varde'].dropna()
    assert known.is_monotonic_decreasing
    assert ((curve['lag'] <= curve['varde'] + 1e-12) | curve['lag'].isna()).all() and (
        (curve['hog'] >= curve['varde'] - 1e-12) | curve['hog'].isna()
    ).all()


@settings(max_examples=30, deadline=None)
@given(stay)
def test_without_censoring_the_curve_is_the_share_still_there(rows):
    days = pd.Series([d for d, _ in rows])
    curve = e.stay_curve(days, pd.Series([True] * len(days)))
    assert np.allclose(
        curve['varde'], [(days > m * e.DAYS_PER_MONTH).mean() for m in curve['manad']]
    )


def test_a_median_that_is_not_reached_is_unknown():
    assert math.isnan(
        e.stay_median(pd.Series([100, 200, 300]), pd.Series([True, False, False])).varde
    )
    assert e.stay_median(pd.Series([], dtype=float), pd.Series([], dtype=bool)).n == 0


rates = st.integers(2, 8).flatmap(
    lambda k: st.tuples(
        st.lists(st.integers(0, 80), min_size=k, max_size=k),
        st.lists(st.integers(50, 20_000), min_size=k, max_size=k),
    )
)


@given(rates)
def test_a_shrunk_rate_lies_between_the_raw_rate_and_the_mean(r):
    x, n = (pd.Series(v, dtype=float) for v in r)
    if x.sum() == 0:
        return
    shrunk, raw, mean = e.shrink_rates(x, n), x / n * 1000, x.sum() / n.sum() * 1000
    assert ((shrunk - raw) * (shrunk - mean) <= 1e-9).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_lowers_a_p_value_and_never_exceeds_bonferroni(p):
    p = pd.Series(p)
    h = e.holm(p)
    assert (h >= p - 1e-12).all() and (h <= (p * len(p)).clip(upper=1) + 1e-12).all()
    assert h[p.sort_values().index].is_monotonic_increasing


def test_an_interval_that_touches_the_reference_is_no_difference():
    assert e.side(e.Skattning(0.5, 10, 0.3, 0.7), 0.3) == 0
    assert math.isnan(e.side(e.Skattning(0.5, 3, math.nan, math.nan), 0.3))
    assert not e.differs(e.Skattning(0.5, 3, math.nan, math.nan), 0.1)


def test_coverage_of_wilson_is_close_to_what_it_says():
    rng = np.random.default_rng(1)
    x = rng.binomial(40, 0.3, 2000)
    hit = {k: e.estimate_share(k, 40) for k in set(x)}
    assert 0.93 < np.mean([hit[k].lag <= 0.3 <= hit[k].hog for k in x]) < 0.97
