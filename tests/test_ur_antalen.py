"Neither the rows nor what is withheld changes a number, a blank or a mark that a reader meets"

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import DEFAULT, SMALL

from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.katalog.detalj import counted_tables, read_detail, silent_programmes
from finsam_genomlysning.katalog.falt import count_selections
from finsam_genomlysning.katalog.rakningar import outcome_counts
from finsam_genomlysning.katalog.tabeller import builders
from finsam_genomlysning.katalog.register import DEFINITIONER
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.glossary import SAMTLIGA
from finsam_genomlysning.ord.urval import narrow
from finsam_genomlysning.skydd import passage
from finsam_genomlysning.skydd.grind import make_twins, pass_gate
from finsam_genomlysning.skydd.maskering import withhold_few


@pytest.fixture(scope='module', params=[DEFAULT, SMALL], ids=lambda p: p.name)
def detail(request):
    underlag = read_underlag(request.param)
    mote = underlag.forbund.meeting()
    d = read_detail(underlag, mote)
    urval = d.urval()
    counts = dict(zip(urval, count_selections(d.folk, urval).tolist(), strict=True))
    return underlag, mote, d, counts


def test_the_counted_tables_know_no_rows(detail):
    underlag, mote, d, counts = detail
    more = builders(underlag, mote, (d.fran, d.dag))
    tal = {u: float(n) for u, n in counts.items()}
    there = counted_tables(d, tal, *more)
    without = counted_tables(replace(d, rader=d.rader[:0]), tal, *more)
    assert there.keys() == without.keys()
    for t, df in there.items():
        pd.testing.assert_frame_equal(df, without[t])


def test_what_is_withheld_changes_no_number_and_no_mark(detail):
    underlag, mote, d, _ = detail
    p = pass_gate(d.folk, d.rutor())
    bases = {u: int(count_selections(d.folk, [u])[0]) for u in d.urval() if u not in p.tal}
    p = replace(p, tal={**p.tal, **bases})
    one, _ = passage._marked(d, p, [], underlag, mote)
    assert any((df['skyddad'] == 'ja').any() for df in one.values())
    noughts = 0
    for twin in make_twins(p)[::8]:
        tal = dict(zip(p.tal, count_selections(twin, list(p.tal)).tolist(), strict=True))
        noughts += sum((n == 0) != (p.tal[u] == 0) for u, n in tal.items())
        two, _ = passage._marked(d, replace(p, tal=tal), [], underlag, mote)
        for t, df in one.items():
            pd.testing.assert_frame_equal(df, two[t])
    assert noughts > 10


def test_a_programme_is_silent_when_its_counts_say_so(detail):
    _, _, d, counts = detail
    asked = outcome_counts(d.dag)
    insats = d.folk.falt['insats'].varden[0]
    of = {m: narrow(u, 'insats', {insats}) for m, u in asked.items()}
    codes = d.folk.falt['utfall']
    everybody = replace(codes, koder=np.full(len(codes.koder), len(codes.varden)))
    named = replace(everybody, varden=(*codes.varden, 'Uppgift saknas'))
    folk = replace(d.folk, falt={**d.folk.falt, 'utfall': named})
    tal = {u: float(n) for u, n in counts.items()}
    ended = tal[of['avslutade']]
    said = silent_programmes(replace(d, folk=folk), tal)
    row = {'efter': {'Uppgift saknas': ('utfall', frozenset({'Uppgift saknas'}))}}
    tables = [
        replace(r, dims={**r.dims, **row}) if r.tabell == 'fore_efter_sysselsattning' else r
        for r in d.rakningar
    ]
    noted = replace(d, rakningar=tuple(tables))
    assert said == (set(), set())
    none = {of['till_arbete_studier']: 0.0, of['utfall_saknas']: ended}
    assert silent_programmes(noted, tal | none)[0] == {insats}
    hidden = none | {of['utfall_saknas']: float('nan')}
    assert silent_programmes(noted, tal | hidden) == (set(), {insats})
    some = hidden | {of['till_arbete_studier']: 2.0}
    assert silent_programmes(noted, tal | some) == (set(), set())


def test_a_comparison_of_the_sexes_goes_with_what_it_compares(prepared):
    tables = prepared(DEFAULT).utgava.tabeller
    df = tables['resultat_kon'].df
    parts = df[(df['insats'] != SAMTLIGA) & (df['kon'] != SAMTLIGA)]
    gaps = df[df['matt'].isin(['skillnad_k_m', 'skiljer'])]
    assert parts.empty and gaps['insats'].unique().tolist() == [SAMTLIGA]


def test_the_method_does_not_say_how_many_cells_a_remark_is_about():
    underlag = read_underlag(SMALL)
    said = ['nova.csv: kolumn kon: 3 celler med annan stavning']
    made = prepare_edition(replace(underlag, anmarkningar=said), underlag.forbund.meeting())
    assert made.utgava.metod['anmarkningar'] == 'nova.csv: kolumn kon: celler med annan stavning'


@pytest.mark.parametrize(('antal', 'visas'), [((6, 7), True), ((6, 2), False)])
def test_deviations_are_told_together_or_not_at_all(antal, visas):
    underlag = read_underlag(SMALL)
    mote = underlag.forbund.meeting()
    programmes = [i.id for i in underlag.forbund.granskade]
    day = pd.Timestamp(mote.data_till)
    rows = [
        dict(datum=day, insats=i, kommun=None, amne='Lång väntan på svar', status='besvarad')
        for i, n in zip(programmes, antal, strict=True)
        for _ in range(n)
    ]
    rows.append(rows[0] | dict(datum=day - pd.DateOffset(months=13)))
    given = replace(underlag, tabeller=underlag.tabeller | {'avvikelser': pd.DataFrame(rows)})
    df = prepare_edition(given, mote).utgava.tabeller['avvikelser'].df
    assert df['varde'].notna().all() == visas and df['varde'].notna().any() == visas
    assert set(df['skyddad']) == {'nej' if visas else 'ja'}
    if visas:
        assert df.loc[df['insats'] != SAMTLIGA, 'varde'].tolist() == list(antal)


def test_a_quartile_takes_twice_the_base_of_a_median():
    definition = DEFINITIONER['vantetid']
    rows = [
        dict(insats='a', kommun=SAMTLIGA, matt=f'vantetid_{m}', varde=30.0, n=float(n))
        for m in ('median', 'q1', 'q3')
        for n in (9, 10, 19, 20)
    ]
    df = pd.DataFrame(rows).assign(lag=np.nan, hog=np.nan, skyddad='nej')
    few = withhold_few(df, definition, 10)
    shown = few[few['skyddad'] == 'nej'].groupby('matt')['n'].min().to_dict()
    assert shown == {'vantetid_median': 10, 'vantetid_q1': 20, 'vantetid_q3': 20}
