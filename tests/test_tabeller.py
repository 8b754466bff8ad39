"The catalogue: every table as defined, nothing dropped, the default package for every meeting"

import datetime as dt
import re
from pathlib import Path
import numpy as np
import pandas as pd
import pytest
from finsam_genomlysning.gora.korning import prepare_run, with_scenarios
from finsam_genomlysning.katalog import listor, tabeller
from finsam_genomlysning.katalog.detalj import detail_day
from finsam_genomlysning.ord.forbund import Mal, Underlag, example_forbund
from finsam_genomlysning.ord.glossary import SAMTLIGA, UPPGIFT_SAKNAS
from finsam_genomlysning.katalog.register import DEFINITIONER, chapter_tables
from finsam_genomlysning.katalog.tabeller import build_tables
from finsam_genomlysning.ord.tabell import COLUMNS
from finsam_genomlysning.lasa.scenarier import read_scenarier
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.utgava import round_published

PACKAGE = Path(__file__).parents[1] / 'data' / 'sodra_vatterbygden'


@pytest.fixture(scope='module')
def underlag():
    return read_underlag(PACKAGE)


@pytest.fixture(scope='module')
def tables(underlag):
    return build_tables(underlag, underlag.forbund.meeting())


@pytest.mark.parametrize('d', DEFINITIONER.values(), ids=lambda d: d.id)
def test_a_definition_is_whole(d):
    ids = [m.id for m in d.matt]
    assert len(set(ids)) == len(ids) and d.titel and d.kalla
    assert {m.taljare for m in d.matt} - {None} <= set(ids)
    assert {x for total, parts in d.summor for x in (total, *parts)} <= set(ids)
    kinds = {m.id: m.slag for m in d.matt}
    for m in d.matt:
        if m.taljare:
            assert m.slag in ('andel', 'statistik') and kinds[m.taljare] == 'antal'


def test_every_table_keeps_its_definition(tables):
    for id, t in tables.items():
        dims = [d.id for d in t.definition.dims]
        assert list(t.df.columns) == [*dims, *COLUMNS], id
        assert len(t.df) and set(t.df['matt']) <= {m.id for m in t.definition.matt}, id
        assert not t.df.duplicated([*dims, 'matt']).any(), id
        assert not t.df[dims].isna().any().any(), id


def test_shares_have_a_base_and_counts_are_whole(tables):
    for id, t in tables.items():
        kinds = {m.id: m for m in t.definition.matt}
        for r in t.df.itertuples():
            m = kinds[r.matt]
            if m.slag == 'antal':
                assert r.varde == round(r.varde) >= 0, id
            if m.slag in ('andel', 'statistik'):
                assert not np.isnan(r.n), (id, r.matt)
            if m.slag == 'andel' and m.enhet == '%' and r.n > 0 and not np.isnan(r.varde):
                assert 0 <= r.varde <= 1, (id, r.matt)
            if not np.isnan(r.lag) and not np.isnan(r.hog):
                assert r.lag - 1e-9 <= r.varde <= r.hog + 1e-9, (id, r)


def test_a_share_is_its_numerator_over_its_base(tables):
    for id, t in tables.items():
        dims = [d.id for d in t.definition.dims]
        for m in (m for m in t.definition.matt if m.taljare and m.enhet == '%'):
            share = t.df[t.df['matt'] == m.id].set_index(dims)
            top = t.df[t.df['matt'] == m.taljare].set_index(dims)['varde'].reindex(share.index)
            got = (share['varde'] * share['n'])[share['n'] > 0]
            assert np.allclose(got, top[share['n'] > 0]), (id, m.id)


def test_parts_sum_to_samtliga_along_every_additive_dimension(tables):
    checked = 0
    for id, t in tables.items():
        dims = [d.id for d in t.definition.dims]
        for d in (d for d in t.definition.dims if d.additiv):
            for m in (m for m in t.definition.matt if m.slag == 'antal'):
                rows = t.df[t.df['matt'] == m.id]
                rest = [x for x in dims if x != d.id]
                for _, part in rows.groupby(rest) if rest else [((), rows)]:
                    whole = part[part[d.id] == SAMTLIGA]['varde']
                    parts = part[part[d.id] != SAMTLIGA]['varde']
                    if len(whole) and len(parts):
                        checked += 1
                        assert parts.sum() == whole.item(), (id, d.id, m.id)
    assert checked > 200


def test_declared_sums_hold(tables):
    for id, t in tables.items():
        dims = [d.id for d in t.definition.dims]
        wide = (
            t.df.pivot(index=dims, columns='matt', values='varde') if t.definition.summor else None
        )
        for total, parts in t.definition.summor:
            known = wide[[total, *parts]].dropna()
            assert len(known) and (known[total] == known[list(parts)].sum(axis=1)).all(), id


def cells(tables):
    "Value by table, measure and what is spelled out"
    out = {}
    for t, p in tables.items():
        dims = [d.id for d in p.definition.dims]
        for r in p.df.to_dict('records'):
            place = tuple((d, r[d]) for d in dims if r[d] != SAMTLIGA)
            out[t, r['matt'], place] = r['varde']
    return out


def over_time(found, tabell, steg):
    "Stock and flow of each programme: (period, nya, avslutade, pagaende) in order"
    places = {p for t, m, p in found if t == tabell and m == 'pagaende'}
    rows = {}
    for place in places:
        at = dict(place)
        if re.fullmatch(steg, at['period']):
            flow = [found[tabell, m, place] for m in ('nya', 'avslutade', 'pagaende')]
            rows.setdefault(at.get('insats', SAMTLIGA), {})[at['period']] = flow
    return {i: sorted((p, *flow) for p, flow in x.items()) for i, x in rows.items()}


STEG = [
    ('deltagare_ar', r'\d{4}'),
    ('deltagare_halvar', r'\d{4}-H\d'),
    ('deltagare_kvartal', r'\d{4}-K\d'),
]
DAYS = [dt.date(2022, 5, 3), dt.date(2022, 12, 31), dt.date(2024, 9, 30), dt.date(2024, 12, 15)]


@pytest.fixture(scope='module', params=DAYS, ids=str)
def at_a_day(request, underlag):
    till = request.param
    meeting = underlag.forbund.meeting().model_copy(update={'data_till': till, 'datum': till})
    return till, build_tables(underlag, meeting)


def test_stock_and_flow_hold_at_any_cut_off(at_a_day):
    _, tables = at_a_day
    found = cells(tables)
    for tabell, steg in STEG:
        for periods in over_time(found, tabell, steg).values():
            before = 0
            for _, nya, avslutade, pagaende in periods:
                assert before + nya - avslutade == pagaende
                before = pagaende


def test_shorter_periods_make_up_the_longer_at_any_cut_off(at_a_day):
    _, tables = at_a_day
    found = cells(tables)
    years, halves, quarters = (over_time(found, *x) for x in STEG)
    half = [(p, *flow) for p, *flow in quarters[SAMTLIGA]]
    checked = 0
    for i, rows in years.items():
        for year, *flow in rows:
            inside = [x for x in halves[i] if x[0][:4] == year]
            assert flow[:2] == [sum(x[n] for x in inside) for n in (1, 2)]
            assert flow[2] == inside[-1][3]
            checked += 1
        hela = [found['deltagare_ar', m, p] for m, p in whole(i, 'hela')]
        assert hela == [
            sum(x[1] for x in rows),
            sum(x[1] for x in rows),
            sum(x[2] for x in rows),
            rows[-1][3],
        ]
    for name, *flow in halves[SAMTLIGA]:
        inside = [x for x in half if f'{x[0][:4]}-H{(int(x[0][-1]) + 1) // 2}' == name]
        assert flow[:2] == [sum(x[n] for x in inside) for n in (1, 2)]
        assert flow[2] == inside[-1][3]
    assert checked >= 4


def whole(insats, period):
    place = () if insats == SAMTLIGA else (('insats', insats),)
    every = ('deltagare', 'nya', 'avslutade', 'pagaende')
    return [(m, (*place, ('period', period))) for m in every]


SAMMA = {
    'deltagare': 'deltagare_kommun deltagare_kon deltagare_alder deltagare_forsorjning'
    ' deltagare_sysselsattning deltagare_grupp',
    'avslutade': 'avslut_orsak resultat resultat_kon fore_efter_forsorjning'
    ' fore_efter_sysselsattning',
    'till_arbete_studier': 'resultat resultat_kon',
}
SAKNAS_I = {
    'remittent': ('remittent', 'remittent', 'remitterade'),
    'forsorjning_fore': ('deltagare_forsorjning', 'forsorjning_fore', 'deltagare'),
    'sysselsattning_fore': ('deltagare_sysselsattning', 'sysselsattning_fore', 'deltagare'),
    'forsorjning_efter': ('fore_efter_forsorjning', 'efter', 'avslutade'),
    'sysselsattning_efter': ('fore_efter_sysselsattning', 'efter', 'avslutade'),
}


def test_the_sums_between_tables_hold_at_any_cut_off(at_a_day, underlag):
    till, tables = at_a_day
    found = cells(tables)
    if 'deltagare_kommun' not in tables:
        assert detail_day(underlag.forbund, underlag.forbund.meeting()) > till
        return
    insatser = [(), *((('insats', i.id),) for i in underlag.forbund.granskade)]
    for matt, named in SAMMA.items():
        for place in insatser:
            assert len({found[t, matt, place] for t in named.split()}) == 1
    for place in insatser:
        assert (
            found['deltagare_kommun', 'deltagare', place]
            == (found['rackvidd', 'deltagare_12', place])
        )
    for k in [None, *(k.id for k in underlag.forbund.kommun)]:
        place = (('kommun', k),) if k else ()
        same = {('kommun_12', 'deltagare_12'), ('rackvidd', 'deltagare_12')}
        same |= {(t, 'deltagare') for t in ('deltagare_kommun', 'kommun_kon', 'kommun_alder')}
        assert len({found[t, m, place] for t, m in same}) == 1
        assert found['kommun_12', 'avslutade_12', place] == found['resultat', 'avslutade', place]
    for column, (t, dim, matt) in SAKNAS_I.items():
        at = (('tabell', 'deltagare'), ('kolumn', column))
        there = found.get((t, matt, ((dim, UPPGIFT_SAKNAS),)), 0)
        assert found['datakvalitet', 'saknas', at] == there


def test_at_the_end_of_a_half_year_the_two_clocks_agree(underlag):
    dag = dt.date(2023, 12, 31)
    meeting = underlag.forbund.meeting().model_copy(update={'data_till': dag, 'datum': dag})
    found = cells(build_tables(underlag, meeting))
    for i in underlag.forbund.granskade:
        place = (('insats', i.id),)
        year = {m: found['deltagare_ar', m, p] for m, p in whole(i.id, 'senaste_12')}
        assert year['deltagare'] == found['deltagare_kommun', 'deltagare', place] > 0
        assert year['avslutade'] == found['resultat', 'avslutade', place]
    for m in ('nya', 'avslutade', 'deltagare'):
        total = dict(whole(SAMTLIGA, 'senaste_12'))[m]
        assert found['kommun_12', f'{m}_12', ()] == found['deltagare_ar', m, total]


def test_nobody_is_lost_on_the_way(underlag, tables):
    q = (
        tables['datakvalitet']
        .df.query('tabell == "deltagare" and kolumn == "Samtliga"')
        .set_index('matt')['varde']
    )
    assert (
        q['rader_in']
        == len(underlag.tabeller['deltagare'])
        == q[['anvanda', 'felregistrerade', 'utanfor', 'efter_brytdag']].sum()
    )


def test_twice_is_the_same_and_the_input_is_untouched(underlag, tables):
    before = {k: d.copy(deep=True) for k, d in underlag.tabeller.items()}
    again = build_tables(underlag, underlag.forbund.meeting())
    for k, t in tables.items():
        pd.testing.assert_frame_equal(t.df, again[k].df)
    for k, d in before.items():
        pd.testing.assert_frame_equal(d, underlag.tabeller[k])


def test_rows_in_another_order_give_the_same_tables(underlag, tables):
    turned = {
        k: d.sample(frac=1, random_state=1).reset_index(drop=True)
        for k, d in underlag.tabeller.items()
        if k != 'forslag'
    }
    again = build_tables(Underlag(underlag.forbund, turned), underlag.forbund.meeting())
    lists = {d.id for d in chapter_tables(listor)} | {
        'avstamning',
        'ekonomi',
        'datakvalitet',
        'medlemsenkat',
        'stodenkat',
        'stodenkat_svarande',
    }  # in the order they were handed in
    for k in set(tables) - lists:
        pd.testing.assert_frame_equal(tables[k].df, again[k].df, check_dtype=False)


def test_a_source_that_is_not_handed_in_gives_no_table(underlag, tables):
    for source, gone in dict(
        deltagare={'deltagare_ar', 'resultat', 'rackvidd', 'traffbild'},
        behov={'behov', 'befolkning', 'traffbild'},
    ).items():
        rest = build_tables(
            Underlag(underlag.forbund, {k: v for k, v in underlag.tabeller.items() if k != source}),
            underlag.forbund.meeting(),
        )
        assert gone <= set(tables) and not gone & set(rest), source


def test_made_up_rows_are_called_that(tables):
    for id in ('deltagare_ar', 'resultat', 'enkat', 'progression', 'traffbild'):
        assert 'påhittade' in tables[id].definition.kalla, id


def test_a_goal_is_judged_from_the_published_measure(underlag):
    goal = Mal(
        id='arbete',
        insatser=[underlag.forbund.granskade[0].id],
        matt='andel_arbete_studier',
        riktvarde=0.01,
        ordalydelse='Minst en procent.',
        namnare='avslutade',
    )
    survey = Mal(
        id='nytta',
        insatser=[underlag.forbund.granskade[0].id],
        matt='andel_positiva fraga=1 tillfalle=avslut',
        riktvarde=0.75,
        ordalydelse='Minst 75 procent.',
        namnare='svar',
    )
    f = underlag.forbund.model_copy(update={'mal': [goal, survey]})
    got = build_tables(Underlag(f, underlag.tabeller), f.meeting())['mal'].df.set_index(
        ['mal', 'matt']
    )['varde']
    assert got['arbete', 'bedomning'] == 1 and 0 < got['nytta', 'utfall_andel'] <= 1


def test_lists_and_counts_without_a_register():
    f = example_forbund()
    when = dict(fran=pd.Timestamp('2024-01-01'), till=pd.Timestamp('2024-06-30'))
    t = {
        'volymer': pd.DataFrame(
            [
                dict(
                    insats='spar_a', kommun=None, kon='K', matt='nya', antal=7.0, kalla=None, **when
                ),
                dict(
                    insats='spar_a',
                    kommun=None,
                    kon=None,
                    matt='nya',
                    antal=12.0,
                    kalla=None,
                    **when,
                ),
            ]
        ),
        'bemanning': pd.DataFrame(
            [
                dict(
                    post='coach',
                    insats='spar_a',
                    roll=None,
                    arbetsgivare='by',
                    kommun='by',
                    omfattning=0.5,
                    vakant='nej',
                    kalla=None,
                    fran=when['fran'],
                    till=pd.NaT,
                )
            ]
        ),
        'aktiviteter': pd.DataFrame(
            [
                dict(insats='spar_a', aktivitet=a, kommun=None, timmar=h, kalla=None, **when)
                for a, h in (('direkt', 30.0), ('resor', 10.0))
            ]
        ),
        'avvikelser': pd.DataFrame(
            [dict(datum=when['fran'], insats=None, kommun=None, amne='x', status='öppen')]
        ),
        'fragor_om_vald': pd.DataFrame(
            [dict(insats='spar_a', fragade=6.0, ej_fragade=2.0, **when)]
        ),
        'balans': pd.DataFrame(
            [
                dict(
                    post='Eget kapital',
                    slag='eget_kapital',
                    datum=when['till'],
                    belopp=100.0,
                    kalla=None,
                )
            ]
        ),
        'bidrag': pd.DataFrame([dict(part='x', ar=2024.0, belopp=1000.0, kalla=None)]),
        'restider': pd.DataFrame(
            [dict(fran_kommun='by', till_kommun='astad', fardsatt='bil', minuter=20.0, kalla=None)]
        ),
        'samverkan': pd.DataFrame([dict(insats='spar_a', part='vården', form=None, kalla=None)]),
        'handlingsplan': pd.DataFrame(
            [
                dict(
                    atgard='x',
                    mal=None,
                    insats=None,
                    ansvar=None,
                    klart_senast=pd.NaT,
                    status=None,
                    kalla=None,
                )
            ]
        ),
        'forslag': pd.DataFrame(
            [
                dict(
                    datum=when['fran'],
                    tema='t',
                    insats=None,
                    kommun=None,
                    forslag='=1+1',
                    avsandare=None,
                    scenario=None,
                ),
                dict(
                    datum=pd.Timestamp('2030-01-01'),
                    tema='t',
                    insats=None,
                    kommun=None,
                    forslag='senare',
                    avsandare=None,
                    scenario=None,
                ),
            ]
        ),
    }
    got = build_tables(Underlag(f, t), f.meeting())
    assert {*t, 'eget_kapital', 'bidrag_slag'} - {'bidrag_slag'} <= set(got)
    assert got['aktiviteter'].df.query('matt == "andel"')['varde'].tolist() == [0.75, 0.25]
    assert got['fragor_om_vald'].df.query('matt == "andel_fragade"')['varde'].tolist() == [0.75]
    assert got['volymer'].df['kon'].tolist() == ['K', SAMTLIGA]
    assert got['eget_kapital'].df['varde'].tolist() == [100, 0.1]
    assert got['forslag'].df['forslag'].tolist() == ['=1+1']


def test_the_report_functions_are_public():
    assert {'build_tables', 'detail_frames', 'activity_frames'} <= set(tabeller.__all__)


def test_published_precision_keeps_open_shares(tables):
    got = round_published(tables['traffbild']).df.query('matt == "andel_behov"')['varde'].dropna()
    assert ((got > 0) & (got < 1)).all()


@pytest.fixture(scope='module')
def with_three(underlag, tables):
    "The tables with those of three scenarios, run twice"
    given = read_scenarier(PACKAGE, underlag.forbund)[:3]
    run, mote = prepare_run(underlag, given, 12), underlag.forbund.meeting()
    return given, *(with_scenarios(tables, underlag.forbund, mote, run) for _ in range(2))


def test_scenarios_are_published_by_name_with_a_fixed_seed(with_three):
    scenarier, a, b = with_three
    for id in (
        'scenarier',
        'scenarier_80',
        'scenarier_skillnad',
        'scenarier_sannolikhet',
        'scenarier_antaganden',
    ):
        pd.testing.assert_frame_equal(a[id].df, b[id].df)
    assert [k for k in DEFINITIONER if k in a] == list(a)
    assert set(a['scenarier'].df['scenario']) == {s.namn for s in scenarier}
    assert (
        not a['scenarier'].df.duplicated(['scenario', 'kommun', 'matt']).any()
        and not a['scenarier_skillnad'].df.duplicated(['scenario', 'kommun', 'vad', 'matt']).any()
    )
    assert set(a['scenarier'].df['matt']) <= {m.id for m in DEFINITIONER['scenarier'].matt}
    keys = ['scenario', 'kommun', 'matt']
    wide, narrow = (a[id].df.set_index(keys) for id in ('scenarier', 'scenarier_80'))
    assert (
        wide.index.equals(narrow.index)
        and (wide.varde == narrow.varde).all()
        and (wide.lag <= narrow.lag + 1e-9).all()
        and (wide.hog >= narrow.hog - 1e-9).all()
        and (wide.lag < narrow.lag - 1e-9).any()
    )


def test_every_pair_of_scenarios_has_its_probability(with_three):
    scenarier, tables, _ = with_three
    df = tables['scenarier_sannolikhet'].df
    assert set(zip(df['scenario'], df['mot'], strict=True)) == {
        (s.namn, t.namn) for s in scenarier for t in scenarier if s != t
    }
    there = df.set_index(['scenario', 'mot', 'kommun', 'vad'])['varde']
    back = (
        there.rename_axis(['mot', 'scenario', 'kommun', 'vad'])
        .reorder_levels(there.index.names)
        .reindex(there.index)
    )
    assert (
        (there + back).max() < 1.011  # as printed, in whole per cent; ties are neither's
        and (there + back).max() > 0.95
        and there.between(0, 1).all()
        and there.nunique() > 2
    )
