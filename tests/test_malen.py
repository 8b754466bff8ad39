"Goals that can be read in several ways or have no threshold, and the rule for a change that counts"

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from finsam_genomlysning.gora.kontroll import goal_measures
from finsam_genomlysning.katalog.folkmangder import decode_ratings, rating_population
from finsam_genomlysning.katalog.register import DEFINITIONER
from finsam_genomlysning.ord.forbund import Lasning, Mal, Skattningsregel, example_forbund
from finsam_genomlysning.ord.referenser import goal_faults
from finsam_genomlysning.ord.tabell import Publicerad
from finsam_genomlysning.rakna.estimates import Skattning, estimate_share
from finsam_genomlysning.rakna.indikatorer import rating_changes
from finsam_genomlysning.rakna.uppfoljning import goals
from finsam_genomlysning.skydd.utgava import Utgava
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.styrning import goal_finding, goal_table, goal_verdicts

DAY = dt.date(2024, 12, 31)
ASKED = 'andel_positiva tillfalle=avslut fraga='


def answers(*shares):
    rows = [('spar_a', 'avslut', str(q), 'andel_positiva', *s) for q, s in enumerate(shares, 1)]
    columns = ['insats', 'tillfalle', 'fraga', 'matt', *Skattning._fields]
    return {'enkat': pd.DataFrame(rows, columns=columns)}


def with_goal(limit, readings=()):
    goal = Mal(
        id='nytta',
        insatser=['spar_a'],
        matt=ASKED + '1',
        riktvarde=limit,
        ordalydelse='Stödet är till nytta',
        namnare='svar',
        lasning=list(readings),
    )
    return example_forbund().model_copy(update={'mal': [goal]})


def shown(f, frames):
    df = goals(f, frames).assign(skyddad='nej')
    return Amne(Utgava(f, f.meeting(), {'mal': Publicerad(DEFINITIONER['mal'], df)}))


TWO = [Lasning(namn=f'fråga {q}', matt=f'{ASKED}{q}') for q in (1, 2)]


@pytest.mark.parametrize(
    'second, verdict',
    [(190, 'Uppfyllt'), (100, 'Kan inte bedömas'), (20, 'Kan inte bedömas')],
)
def test_a_goal_is_met_only_when_every_reading_is(second, verdict):
    f = with_goal(0.5, TWO)
    s = shown(f, answers(estimate_share(180, 200), estimate_share(second, 200)))
    assert goal_verdicts(s) == [verdict]
    rows = goal_table(s)[0].rader
    assert [str(r[0]) for r in rows] == [
        'Stödet är till nytta (läst som: fråga 1)',
        'Stödet är till nytta (läst som: fråga 2)',
    ]
    assert rows[0][-1] == 'Uppfyllt'


def test_a_goal_whose_readings_are_all_unknown_stands_once():
    (row,) = goal_table(shown(with_goal(0.5, TWO), {}))[0].rader
    assert str(row[0]) == 'Stödet är till nytta (kan läsas på två sätt)'
    assert [str(x) for x in row[2:]] == ['50\xa0%', 'Inte redovisat', 'Kan inte bedömas']


def test_a_goal_without_a_threshold_is_followed_and_not_judged():
    f = with_goal(None)
    df = goals(f, answers(estimate_share(150, 200)))
    assert 'bedomning' not in set(df['matt'])
    s = shown(f, answers(estimate_share(150, 200)))
    row = goal_table(s)[0].rader[0]
    assert row[2] == '–' and row[3].v == 0.75 and row[4] == 'Inget riktvärde'
    assert goal_finding(s) == ''
    assert list(goal_faults(f)) == []


def test_every_reading_is_tried_when_a_package_is_checked():
    wrong = [TWO[0], Lasning(namn='fel', matt='andel_positva fraga=1', riktvarde=70)]
    f = with_goal(0.5, wrong)
    assert ['andel_positva' in b.vad for b in goal_measures(f)] == [True]
    high = [TWO[0], Lasning(namn='fel', matt=ASKED + '2', riktvarde=70)]
    assert ['0.7 för 70' in b.gor for b in goal_faults(with_goal(0.5, high))] == [True]


def ratings(seed):
    "Random ratings of forty people on two things"
    rng = np.random.default_rng(seed)
    n = 240
    days = pd.Timestamp('2024-01-01') + pd.to_timedelta(rng.integers(0, 360, n), unit='D')
    return pd.DataFrame(
        {
            'person': [f'p{i}' for i in rng.integers(0, 40, n)],
            'insats': rng.choice(['spar_a', 'spar_b'], n),
            'datum': days,
            'indikator': rng.choice(['Vardag', 'Hälsa'], n),
            'varde': rng.integers(1, 11, n).astype(float),
            'skala_max': 10.0,
            'bedomare': 'deltagaren',
        }
    ).drop_duplicates(['person', 'insats', 'indikator', 'datum'])


def by_hand(d, rule):
    "The same rule, person by person"
    pairs = better = 0
    for (_, _, thing), own in d.groupby(['person', 'insats', 'indikator']):
        if rule.indikatorer and thing not in rule.indikatorer:
            continue
        own = own.sort_values('datum')
        first, last = own.iloc[0], own.iloc[-1]
        if (last['datum'] - first['datum']).days < rule.min_dagar:
            continue
        pairs += 1
        better += last['varde'] - first['varde'] >= rule.minsta_steg
    return pairs, better


RULES = [
    Skattningsregel(),
    Skattningsregel(min_dagar=30, minsta_steg=3),
    Skattningsregel(min_dagar=180, indikatorer=['Hälsa'], kalla='avtalet'),
]


@pytest.mark.parametrize('rule', RULES)
@pytest.mark.parametrize('seed', [1, 2])
def test_the_rule_counts_as_it_says(rule, seed):
    f = example_forbund()
    f = f.model_copy(update={'regler': f.regler.model_copy(update={'progression': rule})})
    d = ratings(seed)
    moved = rating_changes(d, f, DAY)
    assert (len(moved), int(moved['forbattrade'].sum())) == by_hand(d, rule)


@pytest.mark.parametrize('rule', RULES)
def test_a_twin_of_the_ratings_obeys_the_same_rule(rule):
    from finsam_genomlysning.katalog.falt import Falt, Folkmangd

    f = example_forbund()
    f = f.model_copy(update={'regler': f.regler.model_copy(update={'progression': rule})})
    d = ratings(3)
    folk, _ = rating_population({DAY: d}, f, DAY)
    name = next(k for k in folk.falt if k.endswith('.utfall'))
    other = {**folk.falt, name: Falt(folk.falt[name].varden, 1 - folk.falt[name].koder)}
    twin = decode_ratings(Folkmangd(folk.namn, other, folk.rorliga), {DAY: d}, f, DAY)
    was, now = rating_changes(d, f, DAY), rating_changes(twin, f, DAY)
    assert (now['forbattrade'].to_numpy() == ~was['forbattrade'].to_numpy(dtype=bool)).all()
    assert twin['varde'].between(1, 10).all()
