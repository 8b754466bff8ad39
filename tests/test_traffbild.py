"Needs held against reach, the survey and the follow-up: what must hold for any numbers"

import datetime as dt
import math
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from finsam_genomlysning.rakna import behov, indikatorer, traffbild, uppfoljning
from finsam_genomlysning.rakna.estimates import NAN, Skattning
from finsam_genomlysning.ord.forbund import example_forbund

F = example_forbund()


def need(a, b):
    return pd.DataFrame(
        {
            'bas': 'B',
            'period': '2023',
            'kommun': ['astad', 'by'],
            'antal': [a, b],
            'nagon_gang': [not math.isnan(x) for x in (a, b)],
        }
    )


def reach(a, b):
    return pd.DataFrame(
        [('Samtliga', 'Samtliga', a + b), ('Samtliga', 'astad', a), ('Samtliga', 'by', b)],
        columns=['insats', 'kommun', 'varde'],
    ).assign(matt='deltagare_12', n=NAN, lag=NAN, hog=NAN)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**5), st.integers(1, 10**5), st.integers(0, 300), st.integers(0, 300))
def test_shares_sum_to_one_and_a_difference_is_carried_by_its_interval(x, y, a, b):
    wide = traffbild.need_against_reach(need(float(x), float(y)), reach(a, b))
    values = wide.pivot(index='kommun', columns='matt', values='varde')
    assert values['andel_behov'].sum() == pytest.approx(1)
    if a + b == 0:
        assert values['kvot'].isna().all() and values['skiljer'].isna().all()
        return
    assert values['andel_deltagare'].sum() == pytest.approx(1)
    assert values['kvot'].tolist() == pytest.approx(
        (values['andel_deltagare'] / values['andel_behov']).tolist()
    )
    for _, r in wide[wide['matt'] == 'kvot'].iterrows():
        verdict = values.loc[r['kommun'], 'skiljer']
        if verdict == 1:
            assert r['lag'] > 1
        if verdict == -1:
            assert r['hog'] < 1


@given(st.integers(1, 1000), st.integers(1, 60))
def test_places_that_follow_need_never_differ(k, n):
    got = traffbild.need_against_reach(need(3.0 * k, 1.0 * k), reach(3 * n, n)).query(
        'matt == "skiljer"'
    )
    assert got['varde'].tolist() == [0, 0]


def test_a_base_that_one_municipality_lacks_is_never_compared():
    bases = need(30.0, NAN)
    assert traffbild.need_against_reach(bases, reach(3, 4)).empty
    assert traffbild.missing_bases(bases.assign(antal=NAN))['varde'].tolist() == [1, 2]


def figures(rows):
    return pd.DataFrame(rows, columns=['omrade', 'period', 'varde', 'alder']).assign(
        indikator='i', namn='I', enhet='personer', kon=None, kalla='k', url=None, anmarkning=None
    )


def test_another_age_definition_is_another_series():
    known = behov.known_needs(
        figures([('9901', '2022', 5.0, '16–64'), ('9901', '2023', 9.0, '16–65')]),
        dt.date(2024, 1, 1),
    )
    assert behov.needs(known, F)['forandring'].isna().all()
    assert behov.trend_long(known).empty


def test_a_figure_without_value_or_for_one_sex_is_not_the_latest():
    rows = figures(
        [('9901', '2021', 5.0, 'x'), ('9901', '2022', None, 'x'), ('9901', '2023', 7.0, 'x')]
    )
    rows.loc[2, 'kon'] = 'K'
    assert behov.needs(behov.known_needs(rows, dt.date(2024, 1, 1)), F)['varde'].tolist() == [5]


@pytest.mark.parametrize(
    ('till', 'expected'), [(dt.date(2023, 12, 30), 0), (dt.date(2023, 12, 31), 1)]
)
def test_a_year_is_known_on_its_last_day(till, expected):
    assert len(behov.known_needs(figures([('9901', '2023', 5.0, 'x')]), till)) == expected


def survey(date, **items):
    return pd.DataFrame(
        [
            dict(
                tillfalle='avslut',
                datum=pd.Timestamp(date),
                insats='spar_a',
                kommun=None,
                kon=None,
                **{f'fraga_{n}': items.get(f'f{n}') for n in range(1, 8)},
            )
        ]
    )


@pytest.mark.parametrize(
    ('date', 'counted'),
    [('2023-10-31', 0), ('2023-11-01', 1), ('2024-10-31', 1), ('2024-11-01', 0)],
)
def test_answers_are_those_of_the_last_twelve_months(date, counted):
    assert len(indikatorer.answers(survey(date, f1=6.0), F, dt.date(2024, 10, 31))) == counted


@pytest.mark.parametrize(('svar', 'positiv'), [(3, 0), (4, 1), (6, 1)])
def test_four_is_the_lowest_positive_answer(svar, positiv):
    got = indikatorer.answers(
        survey('2024-05-01', f1=float(svar), f7=float(svar)), F, dt.date(2024, 10, 31)
    )
    assert got['positiva'].tolist() == [positiv, positiv]


def ratings(days, values):
    return pd.DataFrame(
        {
            'person': 'P1',
            'insats': 'spar_a',
            'datum': [pd.Timestamp('2024-01-01') + pd.Timedelta(days=d) for d in days],
            'indikator': 'x',
            'varde': values,
            'skala_max': 10.0,
            'bedomare': None,
        }
    )


@pytest.mark.parametrize(
    ('days', 'pairs'), [((0, 89), 0), ((0, 90), 1), ((0,), 0), ((0, 40, 200), 1)]
)
def test_two_ratings_need_ninety_days_between(days, pairs):
    assert (
        len(indikatorer.rating_changes(ratings(days, [1.0] * len(days)), F, dt.date(2024, 12, 31)))
        == pairs
    )


def test_ratings_on_another_scale_are_not_compared():
    d = ratings((0, 120), [1.0, 5.0])
    d.loc[1, 'skala_max'] = 5.0
    assert indikatorer.rating_changes(d, F, dt.date(2024, 12, 31)).empty


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 1))
def test_a_goal_is_judged_by_the_whole_interval(a, b, goal):
    low, high = min(a, b), max(a, b)
    got = uppfoljning.judge_goal(Skattning((low + high) / 2, 20, low, high), goal)
    assert got == (1 if low >= goal else -1 if high < goal else 0)


def test_what_either_edition_withholds_is_not_compared():
    old = pd.DataFrame(
        [('a', 'm', 3.0, 'nej'), ('b', 'm', NAN, 'ja'), ('c', 'm', 5.0, 'nej')],
        columns=['dim', 'matt', 'varde', 'skyddad'],
    )
    new = pd.DataFrame(
        [('a', 'm', NAN, 'ja'), ('b', 'm', 8.0, 'nej'), ('c', 'm', 6.0, 'nej')],
        columns=['dim', 'matt', 'varde', 'skyddad'],
    )
    assert uppfoljning.changes({'t': new}, {'t': old})[['koord', 'forandring']].values.tolist() == [
        ['dim=c', 1.0]
    ]
