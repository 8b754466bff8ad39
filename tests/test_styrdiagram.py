"What a series does by itself: limits, rules, and never through a withheld number"

import datetime as dt
import statistics

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


def by_hand(values, limits):
    "The three rules, said another way: for each point, whether any window breaks them"
    mean, low, high = limits
    out = []
    for i, v in enumerate(values):
        eight = [values[j : j + 8] for j in range(max(0, i - 7), i + 1) if j + 8 <= len(values)]
        four = [values[j : j + 4] for j in range(max(0, i - 3), i + 1) if j + 4 <= len(values)]
        run = any(min(w) > mean or max(w) < mean for w in eight)
        up = v > (mean + high) / 2 and any(sum(x > (mean + high) / 2 for x in w) >= 3 for w in four)
        down = v < (mean + low) / 2 and any(sum(x < (mean + low) / 2 for x in w) >= 3 for w in four)
        out.append(1 if not low <= v <= high else 2 if run else 3 if up or down else 0)
    return out


@pytest.mark.parametrize('seed', range(20))
def test_limits_and_rules_against_another_way_to_say_them(seed):
    import random

    rnd = random.Random(seed)
    values = [rnd.randint(0, 20) + (6 if i > 9 and seed % 2 else 0) for i in range(18)]
    g = xmr_limits(values, minst=0)
    step = statistics.mean(abs(values[i] - values[i - 1]) for i in range(1, len(values)))
    mean = statistics.mean(values)
    assert (g.medel, g.steg) == (pytest.approx(mean), pytest.approx(step))
    assert g.ovre == pytest.approx(mean + 2.66 * step)
    assert g.undre == pytest.approx(max(0, mean - 2.66 * step))
    assert xmr_signals(values, g) == by_hand(values, (g.medel, g.undre, g.ovre))


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
