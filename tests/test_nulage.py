"Current state and outcomes: what was known then, and counts that must agree whatever the rows are"

import datetime as dt
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from finsam_genomlysning.nylage.simulering import situation
from finsam_genomlysning.rakna import nulage, resultat
from finsam_genomlysning.rakna.cube import count_cube, estimate_parts
from finsam_genomlysning.rakna.estimates import LONG, Skattning
from finsam_genomlysning.ord.forbund import Grupp, example_forbund
from finsam_genomlysning.ord.glossary import CODES

F = example_forbund()
BAS = dt.date(2022, 1, 1)


def day(offset):
    return pd.NaT if offset is None else pd.Timestamp(BAS) + pd.Timedelta(days=offset)


maybe = lambda s: st.one_of(st.none(), s)  # noqa: E731
row = st.fixed_dictionaries(
    dict(
        insats=st.sampled_from(['spar_a', 'spar_b']),
        kommun=st.sampled_from(['astad', 'by']),
        kon=st.sampled_from('KMX'),
        fodelsear=maybe(st.integers(1955, 2008)),
        remittent=maybe(st.sampled_from(sorted(CODES['remittent']))),
        remiss=st.integers(0, 900),
        vantan=maybe(st.integers(0, 200)),
        stannar=maybe(st.integers(0, 600)),
        orsak=st.sampled_from(sorted(CODES['avslutsorsak'])),
        fore=maybe(st.sampled_from(sorted(CODES['forsorjning']))),
        efter=maybe(st.sampled_from(sorted(CODES['forsorjning']))),
        sfore=maybe(st.sampled_from(sorted(CODES['sysselsattning']))),
        sefter=maybe(st.sampled_from(sorted(CODES['sysselsattning']))),
        ofore=maybe(st.integers(0, 100)),
        oefter=maybe(st.integers(0, 100)),
        nyanland=maybe(st.sampled_from(['ja', 'nej'])),
    )
)


def frame(rows):
    out = []
    for i, r in enumerate(rows):
        start = None if r['vantan'] is None else r['remiss'] + r['vantan']
        end = (
            None
            if r['stannar'] is None
            else (r['remiss'] if start is None else start) + r['stannar']
        )
        done = end is not None
        out.append(
            dict(
                person=f'P{i % 40}',
                insats=r['insats'],
                kommun=r['kommun'],
                kon=r['kon'],
                fodelsear=r['fodelsear'],
                remittent=r['remittent'],
                remissdatum=day(r['remiss']),
                startdatum=day(start),
                slutdatum=day(end),
                avslutsorsak=r['orsak'] if done else None,
                forsorjning_fore=r['fore'],
                forsorjning_efter=r['efter'] if done else None,
                sysselsattning_fore=r['sfore'],
                sysselsattning_efter=r['sefter'] if done else None,
                omfattning_fore=r['ofore'],
                omfattning_efter=r['oefter'] if done else None,
                nyanland=r['nyanland'],
            )
        )
    columns = [
        'person',
        'insats',
        'kommun',
        'kon',
        'fodelsear',
        'remittent',
        'remissdatum',
        'startdatum',
        'slutdatum',
        'avslutsorsak',
        'forsorjning_fore',
        'forsorjning_efter',
        'sysselsattning_fore',
        'sysselsattning_efter',
        'omfattning_fore',
        'omfattning_efter',
        'nyanland',
    ]
    d = pd.DataFrame(out, columns=columns).astype(
        {'fodelsear': float, 'omfattning_fore': float, 'omfattning_efter': float}
    )
    return d.assign(**{c: pd.to_datetime(d[c]) for c in ('remissdatum', 'startdatum', 'slutdatum')})


registers = st.lists(row, min_size=1, max_size=30).map(frame)
cutoffs = st.integers(0, 1500).map(lambda n: BAS + dt.timedelta(days=n))


def two_started_one_by_mistake():
    "Both started in January; one is taken back in April"
    d = pd.DataFrame(
        dict(
            person=['P1', 'P2'],
            insats='spar_a',
            kommun='astad',
            kon='K',
            fodelsear=1990.0,
            remittent='kommunen',
            remissdatum=pd.Timestamp('2022-01-10'),
            startdatum=pd.Timestamp('2022-01-20'),
            slutdatum=pd.to_datetime([None, '2022-04-15']),
            avslutsorsak=[None, 'felregistrering'],
        )
    )
    words = ['forsorjning_fore', 'forsorjning_efter', 'sysselsattning_fore', 'sysselsattning_efter']
    empty = {c: None for c in words} | dict(omfattning_fore=0.0, omfattning_efter=None)
    return d.assign(**empty, nyanland='nej')


@settings(max_examples=30, deadline=None)
@given(registers, cutoffs)
def test_nothing_after_the_cut_off_is_known_and_the_input_is_untouched(d, till):
    before = d.copy(deep=True)
    known = nulage.as_of(d, till)
    pd.testing.assert_frame_equal(d, before)
    for c in ('remissdatum', 'startdatum', 'slutdatum'):
        assert not (known[c] > pd.Timestamp(till)).any()
    assert known.loc[known['slutdatum'].isna(), nulage.AFTER].isna().all().all()
    assert not (known['avslutsorsak'] == 'felregistrering').any()


@settings(max_examples=20, deadline=None)
@given(registers, cutoffs)
def test_a_cut_off_twice_is_a_cut_off_once_and_later_rows_change_nothing(d, till):
    once = nulage.as_of(d, till)
    pd.testing.assert_frame_equal(nulage.as_of(once, till), once)
    later = till + dt.timedelta(days=100)
    mistaken = d['avslutsorsak'].eq('felregistrering') & ~(d['slutdatum'] > pd.Timestamp(later))
    assert set(once.index) - set(d.index[mistaken]) <= set(nulage.as_of(d, later).index)


def test_a_mistake_that_is_taken_back_later_counts_in_the_tables_and_in_the_model_alike():
    d = two_started_one_by_mistake()
    before, after = dt.date(2022, 3, 1), dt.date(2022, 6, 1)
    rows, model = nulage.prepare(d, F, before), situation(d, F, str(before))
    assert (int(rows['pagaende'].sum()), len(model.inskrivna)) == (2, 2)
    rows, model = nulage.prepare(d, F, after), situation(d, F, str(after))
    assert (int(rows['pagaende'].sum()), len(model.inskrivna)) == (1, 1)
    assert model.takt.remisser.sum() == 1


@settings(max_examples=20, deadline=None)
@given(registers, cutoffs)
def test_every_referral_stands_in_exactly_one_place(d, till):
    rows = nulage.prepare(d, F, till)
    assert (rows[['pagaende', 'avslutade', 'vantande', 'ej_startade']].sum(axis=1) == 1).all()
    assert (rows['deltagare'] == rows['pagaende'] | rows['avslutade']).all()
    assert (rows.loc[rows['deltagare'], 'dagar'] >= 0).all() and (
        rows.loc[rows['deltagare'], 'vantan'] >= 0
    ).all()


@settings(max_examples=12, deadline=None)
@given(registers, cutoffs)
def test_parts_sum_to_the_whole_in_every_table(d, till):
    rows = nulage.prepare(d, F, till)
    cats = nulage.categories(rows, F)
    for dims in (
        ('insats', 'kommun'),
        ('insats', 'aldersgrupp'),
        ('insats', 'forsorjning_fore'),
        ('kommun', 'kon'),
    ):
        t = nulage.by_category(rows, {k: cats[k] for k in dims})
        wide = t[t['matt'] == 'deltagare'].set_index(list(dims))['varde']
        assert wide['Samtliga', 'Samtliga'] == rows['deltagare'].sum()
        for a in (*cats[dims[0]], 'Samtliga'):
            assert wide[a, 'Samtliga'] == sum(wide[a, b] for b in cats[dims[1]])
        for b in cats[dims[1]]:
            assert wide['Samtliga', b] == sum(wide[a, b] for a in cats[dims[0]])


@settings(max_examples=12, deadline=None)
@given(registers, cutoffs)
def test_flows_balance_from_period_to_period(d, till):
    rows = nulage.prepare(d, F, till)
    for step in 'YQM':
        wide = nulage.volumes(rows, {}, nulage.periods(rows, till, step)).pivot(
            index='period', columns='matt', values='varde'
        )
        before = 0
        for _, p in wide.iterrows():
            assert p['deltagare'] == p['pagaende'] + p['avslutade'] == before + p['nya']
            before = p['pagaende']


@settings(max_examples=12, deadline=None)
@given(registers, cutoffs)
def test_outcomes_never_exceed_those_who_ended(d, till):
    rows = nulage.prepare(d, F, till)
    t = resultat.outcomes(rows, {'insats': ['spar_a', 'spar_b']}).pivot(
        index='insats', columns='matt', values='varde'
    )
    assert (t['till_arbete_studier'] == t['till_arbete'] + t['till_studier']).all()
    assert (t['borjat_okat'] <= t['till_arbete_studier']).all() and (
        t['till_arbete_studier'] + t['utfall_saknas'] <= t['avslutade']
    ).all()
    assert t.loc['Samtliga', 'avslutade'] == rows['avslutade'].sum()


def test_a_row_without_birth_year_stays_in_every_total():
    d = frame(
        [
            dict(
                insats='spar_a',
                kommun='by',
                kon='K',
                fodelsear=None,
                remittent=None,
                remiss=0,
                vantan=5,
                stannar=None,
                orsak='annat',
                fore=None,
                efter=None,
                sfore=None,
                sefter=None,
                ofore=None,
                oefter=None,
                nyanland=None,
            )
        ]
    )
    rows = nulage.prepare(d, F, dt.date(2022, 6, 1))
    cats = nulage.categories(rows, F)
    for c in ('aldersgrupp', 'forsorjning_fore', 'sysselsattning_fore'):
        t = nulage.by_category(rows, {'insats': cats['insats'], c: cats[c]})
        assert t[
            (t['insats'] == 'spar_a') & (t[c] == 'Uppgift saknas') & (t['matt'] == 'deltagare')
        ]['varde'].tolist() == [1]


def test_a_programme_outside_the_review_is_left_out():
    only_a = F.model_copy(
        update={
            'insats': [
                F.insats[0],
                F.insats[1].model_copy(update={'i_genomlysningen': False, 'undantag': 'prov'}),
            ]
        }
    )
    base = dict(
        kommun='by',
        kon='K',
        fodelsear=1990,
        remittent=None,
        remiss=0,
        vantan=5,
        stannar=None,
        orsak='annat',
        fore=None,
        efter=None,
        sfore=None,
        sefter=None,
        ofore=None,
        oefter=None,
        nyanland='ja',
    )
    rows = nulage.prepare(
        frame([base | {'insats': 'spar_a'}, base | {'insats': 'spar_b'}]),
        only_a,
        dt.date(2022, 6, 1),
    )
    assert rows['insats'].tolist() == ['spar_a']


def test_a_group_by_column_counts_only_a_known_yes():
    g = Grupp(id='ny', namn='Nyanlända', kolumn='nyanland')
    assert nulage.in_group(
        pd.DataFrame({'nyanland': ['ja', 'nej', None], 'alder': 20}), g
    ).tolist() == [True, False, False]
    assert nulage.in_group(pd.DataFrame({'alder': [20]}), g).tolist() == [False]


@pytest.mark.parametrize(
    ('start', 'end', 'expected'),
    [
        ('2023-12-31', None, 1),
        ('2024-01-01', None, 0),
        ('2022-05-01', '2023-01-01', 1),
        ('2022-05-01', '2022-12-31', 0),
    ],
)
def test_a_stay_touches_a_period_on_its_first_and_last_day(start, end, expected):
    d = pd.DataFrame(
        {
            'startdatum': [pd.Timestamp(start)],
            'slutdatum': [pd.NaT if end is None else pd.Timestamp(end)],
        }
    )
    assert len(nulage.flows(d, dt.date(2023, 1, 1), dt.date(2023, 12, 31))) == expected


@pytest.mark.parametrize(
    ('end', 'known', 'ended'), [('2023-06-30', True, 1), ('2023-07-01', False, 0)]
)
def test_the_cut_off_day_itself_is_known_and_the_next_is_not(end, known, ended):
    d = frame(
        [
            dict(
                insats='spar_a',
                kommun='by',
                kon='K',
                fodelsear=1990,
                remittent=None,
                remiss=0,
                vantan=5,
                stannar=0,
                orsak='arbete',
                fore=None,
                efter='lon',
                sfore=None,
                sefter='arbete',
                ofore=0,
                oefter=50,
                nyanland=None,
            )
        ]
    ).assign(slutdatum=pd.Timestamp(end))
    till = dt.date(2023, 6, 30)
    rows = nulage.prepare(d, F, till)
    assert rows['avslutade'].tolist() == [known] and rows['avslutsorsak'].notna().tolist() == [
        known
    ]
    june = nulage.flows(rows, dt.date(2023, 6, 1), till)
    assert june[['avslutade', 'pagaende']].sum().tolist() == [ended, 1 - ended]
    start = d.assign(remissdatum=pd.Timestamp(end), startdatum=pd.Timestamp(end), slutdatum=pd.NaT)
    assert (
        len(nulage.prepare(start, F, till)) == known
        and len(
            nulage.prepare(start.assign(remissdatum=pd.Timestamp(till)), F, till).query('deltagare')
        )
        == known
    )


def test_nobody_is_not_an_error():
    rows = nulage.prepare(frame([]), F, dt.date(2024, 1, 1))
    assert nulage.volumes(rows, {}, nulage.periods(rows, dt.date(2024, 1, 1), 'M')).empty
    assert count_cube(rows, {'kommun': ['astad']}, ['deltagare'])['varde'].tolist() == [0, 0]
    assert estimate_parts(
        rows, {'kommun': ['astad']}, lambda p: {'m': Skattning(float(len(p)), len(p), 0, 0)}
    )[LONG]['varde'].tolist() == [0, 0]
