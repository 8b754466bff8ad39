"What a series does by itself: limits, rules, and never through a withheld number"

import datetime as dt
import random
import statistics
from itertools import pairwise

import pandas as pd
import pytest
from conftest import ROOT

from finsam_genomlysning.katalog.register import DEFINITIONER
from finsam_genomlysning.katalog.styrdiagram import styr_frames
from finsam_genomlysning.ord.forbund import Mote, example_forbund
from finsam_genomlysning.ord.tabell import Publicerad
from finsam_genomlysning.rakna.styrdiagram import (
    limits_of_inflow,
    usable_points,
    xmr_limits,
    xmr_signals,
)
from finsam_genomlysning.skydd.utgava import Utgava, read_edition
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.styrdiagram import calm_chart, control_part
from finsam_genomlysning.visa.visning import Figur, Text

NAN = float('nan')
END = dt.date(2024, 12, 31)
QUARTERS = [f'{y}-K{k}' for y in (2022, 2023, 2024) for k in (1, 2, 3, 4)]


def by_hand(values):
    """The published rules, said another way: each point with what the windows around it tell

    As NHS England's Making data count defines them and the R package of its charts marks them.
    """
    mean = statistics.fmean(values)
    steps = [abs(b - a) for a, b in pairwise(values)]
    wide = 2.66 * statistics.fmean(steps)
    low, high = max(0, mean - wide), mean + wide

    def windows(n, i):
        return [values[j : j + n] for j in range(max(0, i - n + 1), i + 1) if j + n <= len(values)]

    def far(x, side):
        return side * (x - mean) > wide * 2 / 3 and low <= x <= high

    def one_way(w):
        up = [b - a for a, b in pairwise(w)]
        return min(up) > 0 or max(up) < 0

    def near(i, side):
        whole = [w for w in windows(3, i) if all(side * (x - mean) > 0 for x in w)]
        return far(values[i], side) and any(sum(far(x, side) for x in w) > 1 for w in whole)

    signals = []
    for i, v in enumerate(values):
        shift = any(min(w) > mean or max(w) < mean for w in windows(7, i))
        trend = any(one_way(w) for w in windows(7, i))
        close = near(i, 1) or near(i, -1)
        out = v > high or v < low
        signals.append(1 if out else 2 if shift else 4 if trend else 3 if close else 0)
    return (mean, wide / 2.66, low, high), signals


SHAPES = [
    lambda i, r: r.randint(0, 20) + (6 if i > 9 else 0),
    lambda i, r: r.randint(0, 20),
    lambda i, r: 5 + i + r.randint(0, 1),
    lambda i, r: r.randint(8, 12) + (40 if i == 7 else 0),
]


@pytest.mark.parametrize('seed', range(40))
def test_limits_and_rules_against_another_way_to_say_them(seed):
    rnd = random.Random(seed)
    values = [SHAPES[seed % 4](i, rnd) for i in range(18)]
    g = xmr_limits(values, minst=0)
    limits, signals = by_hand(values)
    assert (g.medel, g.steg, g.undre, g.ovre) == pytest.approx(limits)
    assert xmr_signals(values, g) == signals


def test_every_rule_is_met():
    found = set()
    for seed in range(40):
        rnd = random.Random(seed)
        values = [SHAPES[seed % 4](i, rnd) for i in range(18)]
        found |= set(xmr_signals(values, xmr_limits(values)))
    assert found == {0, 1, 2, 3, 4}


def test_the_handbooks_ten_flow_rates():
    flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    g = xmr_limits(flow)
    assert g.medel == pytest.approx(50.81) and g.steg == pytest.approx(1.8778, abs=1e-4)
    assert (g.undre, g.ovre) == (
        pytest.approx(45.8159, abs=2e-3),
        pytest.approx(55.8041, abs=2e-3),
    )


def series(values):
    return pd.DataFrame({'period': QUARTERS[: len(values)], 'varde': [float(v) for v in values]})


@pytest.mark.parametrize(
    ('values', 'cut_off', 'kept'),
    [
        ([1, 2, 3, 4], END, [2, 3, 4]),
        ([1, 2, 3, 4], dt.date(2022, 11, 30), [2, 3]),
        ([1, NAN, 3, 4], END, [3, 4]),
        ([1, 2, 3, NAN], END, []),
    ],
)
def test_only_whole_points_after_the_last_withheld(values, cut_off, kept):
    assert usable_points(series(values), cut_off)['varde'].tolist() == kept


def test_a_gap_in_the_periods_breaks_the_series():
    gap = series([1, 2, 3, 4, 5]).drop(2)
    assert usable_points(gap, END)['varde'].tolist() == [4, 5]


def handed_in(values, hidden=()):
    rows = [
        {
            'insats': 'spar_a',
            'kommun': 'Samtliga',
            'kon': 'Samtliga',
            'period': f'{2022 + i // 4}-{i % 4 * 3 + 1:02}-01/'
            + str((pd.Period(QUARTERS[i].replace('K', 'Q'), 'Q').end_time).date()),
            'kalla': '',
            'matt': 'nya',
            'varde': NAN if i in hidden else float(v),
            'n': NAN,
            'lag': NAN,
            'hog': NAN,
            'skyddad': 'ja' if i in hidden else 'nej',
        }
        for i, v in enumerate(values)
    ]
    return pd.DataFrame(rows)


def test_counts_that_are_handed_in_and_a_withheld_one_among_them():
    whole = limits_of_inflow({'volymer': handed_in(range(10, 22))}, END)
    assert whole['n'].unique().tolist() == [12] and set(whole['serie']) == {'volymer'}
    after = limits_of_inflow({'volymer': handed_in(range(10, 22), hidden=(2,))}, END)
    assert after['n'].unique().tolist() == [9]
    assert after.query('matt == "medel"')['varde'].iloc[0] == pytest.approx(17)
    assert limits_of_inflow({'volymer': handed_in(range(10, 22), hidden=(6,))}, END).empty


def edition(values, hidden=()):
    mote = Mote(datum=END, organ='Styrelsen', rubrik='Möte', data_till=END)
    given = {'volymer': handed_in(values, hidden)}
    frames = given | {t: d.assign(skyddad='nej') for t, d in styr_frames(given, mote).items()}
    tables = {t: Publicerad(DEFINITIONER[t], d) for t, d in frames.items()}
    return Utgava(example_forbund(), mote, tables)


def test_what_the_programmes_page_says():
    s = Amne(edition([10, 12, 11, 13, 10, 12, 11, 13, 10, 12, 11, 60]), insats='spar_a')
    said, figure, table = control_part(s)
    assert isinstance(figure, Figur) and figure.svg_smal
    assert 'kvartal 4 2024' in figure.alt.partition('Avviker: ')[2]
    assert 'Kvartal 4 2024 ligger utanför vad slumpen brukar ge.' in said.md
    assert [r[-1] for r in table.rader][-1] == 'Utanför gränserna'
    assert table.rader[-1][1].tabell == 'volymer' and table.rader[-1][2].tabell == 'styrgranser'
    calm = Amne(edition([10, 12] * 6), insats='spar_a')
    (told,) = control_part(calm)
    assert 'Av de tolv kvartalen avviker inget mer' in told.md and calm_chart(s) == []
    assert [type(o).__name__ for o in calm_chart(calm)] == ['Text', 'Figur', 'Tabell']
    rising = Amne(edition([9, 8, 6, 7, 8, 9, 10, 11, 12, 8, 9, 8]), insats='spar_a')
    assert 'Minst sju kvartal i rad går åt samma håll' in control_part(rising)[0].md
    level = Amne(edition([2, 12, 2, 12, *[15, 22] * 4]), insats='spar_a')
    words = control_part(level)[0].md
    assert 'Åtta kvartal i rad, kvartal 1 2023 till kvartal 4 2024, ligger över' in words


def test_nobody_for_years_is_no_chart():
    s = Amne(edition([0] * 12), insats='spar_a')
    assert control_part(s) == calm_chart(s) == []


def test_too_few_points_are_said():
    s = Amne(edition([10, 12] * 6, hidden=(8,)), insats='spar_a')
    (said,) = control_part(s)
    assert isinstance(said, Text) and 'tre hela kvartal utan skyddade antal' in said.md
    assert 'minst åtta behövs' in said.md
    assert control_part(Amne(s.u, insats='spar_b')) == []
    small = read_edition(ROOT / 'tests' / 'fixtur' / 'utgava')
    assert 'går inte att säga' in control_part(Amne(small, insats='bryggan'))[0].md
    shown = [*control_part(Amne(small)), *calm_chart(Amne(small))]
    assert {'Text', 'Figur', 'Tabell'} == {type(o).__name__ for o in shown}
    assert calm_chart(Amne(small, insats='bryggan')) == []
