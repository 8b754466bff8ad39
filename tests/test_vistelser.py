"Stays and persons are told only where nobody can be counted out of them"

import datetime as dt
from itertools import combinations
import numpy as np
import pandas as pd
import pytest
from finsam_genomlysning.katalog.vistelser import coarse_tables, stays_told
from finsam_genomlysning.ord.glossary import SAMTLIGA
from finsam_genomlysning.ord.perioder import DAYS_PER_MONTH

FRAN, TILL = dt.date(2023, 7, 1), dt.date(2024, 6, 30)
SPAR = ['a', 'b', 'c']


def register(seed, people=260):
    "Made-up participations as they are known on the last day"
    rng = np.random.default_rng(seed)
    start = pd.Timestamp(FRAN) + pd.to_timedelta(rng.integers(-700, 360, people), 'D')
    stay = pd.to_timedelta(rng.gamma(3, 90, people).astype(int), 'D')
    last = pd.Timestamp(TILL)
    over = start + stay <= last
    rows = pd.DataFrame(
        {
            'person': rng.integers(0, int(people * 0.95), people).astype(str),
            'insats': rng.choice(SPAR, people, p=[0.5, 0.35, 0.15]),
            'startdatum': start,
            'slutdatum': (start + stay).where(over),
            'avslutade': over,
            'deltagare': True,
        }
    )
    return rows.assign(dagar=(rows['slutdatum'].fillna(last) - start).dt.days)


def people_between(rows, a, b):
    "Who came in late, left, and was still there, with a stay between two months, one by one"
    late = left = there = 0
    for r in rows.itertuples():
        if pd.notna(r.slutdatum) and r.slutdatum.date() < FRAN:
            continue
        before = (FRAN - r.startdatum.date()).days
        late += before > 0 and a < before / DAYS_PER_MONTH <= b
        inside = a < r.dagar / DAYS_PER_MONTH <= b or (a == 0 and r.dagar == 0)
        left += inside and r.avslutade
        there += inside and not r.avslutade
    return late, left, there


@pytest.mark.parametrize('seed', range(12))
def test_no_small_count_is_left_between_two_months(seed):
    "Not for a programme, not for all, and not for the rest of those that are told alike"
    rows = register(seed)
    t = stays_told(rows, FRAN, SPAR, 5, 10)
    read = {
        i: [0, *sorted(int(m) for m in d.query('skyddad == "nej"').manad), 10**6]
        for i, d in t.groupby('insats')
    }
    for i, months in read.items():
        own = rows if i == SAMTLIGA else rows[rows.insats == i]
        for a, b in combinations(months, 2):
            alike = [s for s in SPAR if i == SAMTLIGA and {a, b} <= set(read[s])]
            rest = own[~own.insats.isin(alike)]
            for part in (own, rest):
                if (a, b) != (0, 10**6):  # all who left and are there: activity, told by itself
                    assert not any(1 <= n < 5 for n in people_between(part, a, b)), (i, a, b)


def test_something_is_told():
    told = [stays_told(register(n), FRAN, SPAR, 5, 10).eq('nej').any(axis=None) for n in range(12)]
    assert sum(told) >= 10


def test_the_share_is_that_of_those_who_were_followed():
    "Many stays of a known kind: the printed curve is theirs"
    rows = pd.concat([register(n, 4000) for n in range(3)], ignore_index=True)
    t = stays_told(rows, FRAN, SPAR, 5, 10)
    at = t[t.insats == SAMTLIGA].set_index(t[t.insats == SAMTLIGA].manad.astype(int)).varde
    stay = np.random.default_rng(9).gamma(3, 90, 100_000).astype(int) / DAYS_PER_MONTH
    for month, share in at.dropna().items():
        assert share == pytest.approx((stay > month).mean(), abs=0.03)
    assert at.notna().sum() >= 5


def test_nothing_is_told_of_a_few():
    assert coarse_tables(register(1, 20), FRAN, SPAR, 5, 10) == {}
