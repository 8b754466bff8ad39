"""Intervals hold what then happens, in made-up worlds of twelve months

The whole study is `benchmarks/tackning.py`; here are few worlds, with tables counted by hand.
"""

import dataclasses
from itertools import product

import numpy as np
import pandas as pd
import pytest
from finsam_genomlysning.nylage.inmatning import published_situation
from finsam_genomlysning.nylage.simulering import chance_for, simulate
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.ord.scenario import Varde, example_scenarier

FORBUND, CUT, YEAR = example_forbund(), pd.Timestamp('2024-06-30'), 365.25
INSATSER = ('spar_a', 'spar_b')
PLATSER, VARLDAR, KOPIOR = 40, 12, 60
HALVAR = {'2023-H2': (-YEAR, -182), '2024-H1': (-182, 0), 'hela': (-YEAR, 0)}
KINDS = (('nya', 0), ('avslutade', 1))


def team_of_forty():
    s = example_scenarier()[0]
    given = dict(vakanser_per_ar=0, talamod_dagar=365, handlaggning_dagar=0, andel_besok_pa_plats=0)
    known = {k: Varde(varde=v, kalla='prov') for k, v in given.items()}
    return s.model_copy(update=dict(antaganden=s.antaganden.model_copy(update=known)))


TEAM = team_of_forty()


def followed(come, stay, patience, opened):
    "One person at a time, whoever came first: to the place that is free first"
    free, start = np.full(PLATSER, opened), np.full(len(come), np.inf)
    for n, day in enumerate(come):
        place = free.argmin()
        when = max(free[place], day)
        if when <= day + patience[n]:
            start[n], free[place] = when, when + stay[n]
    return start


def world(rng):
    "A register of twelve months, a flow and stays of its own, and the three years after it"
    end, mean = 3 * YEAR, np.exp(rng.uniform(np.log(180), np.log(450)))
    rate = PLATSER / mean * rng.uniform(0.75, 1.25)
    come = np.sort(rng.uniform(-YEAR, end, rng.poisson(rate * (end + YEAR))))
    stay, patience = rng.gamma(2, mean / 2, len(come)), rng.exponential(365, len(come))
    start = followed(come, stay, patience, -YEAR)
    return come, start, start + stay, come + patience, rng.random(len(come)) < 0.5


def counted(come, start, end, left, second):
    "What an edition prints, in totals by programme"
    rows = []
    for insats, mine in zip(INSATSER, (~second, second), strict=True):
        for (period, (a, b)), (matt, day) in product(HALVAR.items(), KINDS):
            when = (start, end)[day]
            n = float((mine & (when >= a) & (when < b)).sum())
            rows.append(dict(insats=insats, period=period, matt=matt, varde=n))
        known = mine & (come < 0)
        there, gone = known & (start < 0) & (end >= 0), known & (np.minimum(start, left) < 0)
        each = dict(remitterade=known, deltagare=known & (start < 0), pagaende=there)
        each |= dict(ej_startade=gone & (start >= 0), vantande=known & ~gone)
        rows += [dict(insats=insats, matt=m, varde=float(x.sum())) for m, x in each.items()]
    df = pd.DataFrame(rows)
    still = df[df.matt == 'pagaende'].assign(period='senaste_12')
    other = {'remittent': ['remitterade', 'deltagare'], 'ej_start': ['ej_startade']}
    other['ko'] = ['vantande']
    made = {k: df[df.matt.isin(m)].drop(columns='period') for k, m in other.items()}
    half = df[df.period.isin(['2023-H2', '2024-H1'])]
    return made | {
        'deltagare_ar': pd.concat([df[df.period == 'hela'], still]),
        'deltagare_halvar': half,
    }


def measured(come, start, left):  # copies × persons
    "Starts a year, persons in queue, and the share that began within ninety days"
    end = 3 * YEAR
    mine = (come >= 0) & (come < end)
    waiting = np.minimum(np.minimum(start, left), end) - np.clip(come, 0, end)
    soon = (np.where(mine, start - np.where(mine, come, 0), np.inf) <= 90).sum(1)
    return np.stack(
        [
            ((start >= 0) & (start < end)).sum(1) / 3,
            np.clip(waiting, 0, None).sum(1) / end,
            soon / mine.sum(1),
        ]
    )


def said(lage, seed, sure):
    slump = chance_for([TEAM], lage, np.random.default_rng(seed), KOPIOR, 3 * YEAR + 180)
    if sure:
        mean = np.broadcast_to(lage.takt.medel.to_numpy(), slump.takt.shape)
        slump = dataclasses.replace(slump, takt=mean, langre=np.ones_like(slump.langre))
    u = simulate(TEAM, lage, slump, 3 * YEAR)
    return measured(u.remiss, u.start, u.borta)


@pytest.fixture(scope='module')
def held():
    "Whether each measure of each world lies within the 80 and the 95 % interval; and sure of all"
    found = {False: [], True: []}
    for seed in range(VARLDAR):
        come, start, end, left, second = world(np.random.default_rng([9, seed]))
        tables = counted(come, start, end, left, second)
        lage = published_situation(tables, FORBUND, CUT)
        true = measured(*(x[None] for x in (come, start, left)))[:, 0]
        for sure, into in found.items():
            x = said(lage, seed, sure)
            ends = np.quantile(x, [0.025, 0.1, 0.9, 0.975], axis=1)
            inside = [(ends[k] <= true) & (true <= ends[3 - k]) for k in (1, 0)]
            into.append((*inside, ends[3] - ends[0]))
    return {sure: np.array(x, dtype=float).mean(0) for sure, x in found.items()}


def test_intervals_of_a_young_register_hold_what_happens(held):
    at_80, at_95, width = held[False]
    assert at_80.mean() >= 0.75 and at_95.mean() >= 0.92
    assert at_80.min() >= 0.65 and at_95.min() >= 0.87


def test_without_the_uncertainty_of_flow_and_stays_they_would_not(held):
    at_80, at_95, width = held[True]
    assert at_80.mean() < 0.6 and at_95.mean() < 0.8
    assert (width < 0.75 * held[False][2]).all()


def test_an_interval_that_says_nothing_is_no_answer(held):
    starts = held[False][2][0]
    assert starts < 40  # of some fifty a year
