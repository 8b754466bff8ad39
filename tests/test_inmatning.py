"The scenarios start from published tables and nothing else, in whatever form the tables come"

import dataclasses, re, shutil

import numpy as np
import pandas as pd
import pytest
from conftest import DEFAULT, SMALL

from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.gora.korning import rerun_scenarios
from finsam_genomlysning.katalog.scenarier import Korning
from finsam_genomlysning.katalog.tabeller import build_tables
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.nylage.inmatning import published_situation
from finsam_genomlysning.nylage.simulering import NoDemandError, situation
from finsam_genomlysning.ord.forbund import Underlag
from finsam_genomlysning.ord.scenario import (
    EXEMPEL,
    Restid,
    Scenario,
    Team,
    Tjanst,
    Uppdrag,
    Varde,
)
from finsam_genomlysning.rakna import nulage
from finsam_genomlysning.skydd.utgava import write_edition

SENASTE_HALVAR = pd.Timestamp('2024-06-30')  # the last closed half-year of the default package


# ---- the forms that tables come in ----


@pytest.fixture(scope='module')
def underlag():
    return read_underlag(DEFAULT)


def detail(underlag, fran, dag):
    "Detail tables of the twelve months, or of everything, up to a day"
    f = underlag.forbund
    rows = nulage.prepare(underlag.tabell('deltagare'), f, dag)
    last = rows[~(rows['slutdatum'] < fran)]
    cats = nulage.categories(rows, f)

    def dims(*names):
        return {d: cats[d] for d in names}

    return {
        'deltagare_kommun': nulage.by_category(last, dims('insats', 'kommun')),
        'deltagare_alder': nulage.by_category(last, dims('insats', 'aldersgrupp')),
        'remittent': nulage.by_remittent(
            rows[rows['remissdatum'] >= fran], dims('insats', 'remittent')
        ),
        'vantetid': nulage.waiting_times(
            last[last['startdatum'] >= fran], dims('insats', 'kommun')
        ),
        'ej_start': nulage.never_started(
            last[last['remissdatum'] >= fran], dims('insats', 'avslutsorsak')
        ),
        'ko': nulage.queue(last, dims('insats', 'kommun'), dag),
        'kommun_12': nulage.recent_by_kommun(rows, cats['kommun'], dag),
    }


@pytest.fixture(scope='module')
def open_tables(underlag):
    return {k: p.df for k, p in build_tables(underlag, underlag.forbund.meeting()).items()}


@pytest.fixture(scope='module')
def whole(underlag, open_tables):
    "Tables of everybody up to the cut-off, nothing withheld"
    dag = pd.Timestamp(day(underlag))
    return open_tables | detail(underlag, pd.Timestamp('2000-01-01'), dag)


@pytest.fixture(scope='module')
def window(underlag, open_tables):
    "Detail tables of twelve months up to a closed half-year; activity up to the cut-off"
    begun = SENASTE_HALVAR + pd.Timedelta(days=1) - pd.DateOffset(years=1)
    return open_tables | detail(underlag, begun, SENASTE_HALVAR)


def day(underlag):
    return underlag.forbund.meeting().data_till


def rates(lage, by):
    return lage.takt.groupby(by, sort=False).medel.sum() * 365.25


def test_open_tables_give_what_the_rows_give(underlag, whole):
    here = published_situation(whole, underlag.forbund, day(underlag))
    rows = situation(underlag.tabell('deltagare'), underlag.forbund, day(underlag))
    for n in ('inskrivna', 'vantande'):
        a, b = (
            pd.Series([lage.par[p][1] for p in vars(lage)[n].par]).value_counts()
            for lage in (here, rows)
        )
        assert a.to_dict() == b.to_dict(), n
    assert rates(here, 'insats').to_numpy() == pytest.approx(rates(rows, 'insats'), rel=0.2)
    assert rates(here, 'kommun').to_numpy() == pytest.approx(rates(rows, 'kommun'), rel=0.25)
    assert here.unga == pytest.approx(rows.unga, abs=0.06)


def test_those_who_never_began_are_counted_from_what_is_printed(underlag, whole):
    f, at = underlag.forbund, day(underlag)
    seen = published_situation(whole, f, at).ejstart
    rows = situation(underlag.tabell('deltagare'), f, at).ejstart
    assert (seen.antal, seen.avgjorda) == (rows.antal, rows.avgjorda) and seen.antal > 0
    hidden = {k: d for k, d in whole.items() if k != 'ej_start'}
    assert published_situation(hidden, f, at).ejstart is None


def test_the_first_half_year_is_left_out_and_the_time_with_it(underlag, whole):
    lage = published_situation(whole, underlag.forbund, day(underlag))
    assert set(lage.utveckling.fran) == {pd.Timestamp('2022-07-01')}
    half = whole['deltagare_halvar']
    after = half[(half.matt == 'nya') & (half.insats == 'nova') & (half.period > '2022-H1')]
    nova = lage.takt[lage.takt.insats == 'nova']
    assert nova.remisser.sum() == pytest.approx(after.varde.sum() * 135 / 125, rel=0.06)


def test_a_shorter_window_moves_shares_and_no_totals(underlag, whole, window):
    a, b = (published_situation(t, underlag.forbund, day(underlag)) for t in (whole, window))
    assert rates(b, 'insats').to_numpy() == pytest.approx(rates(a, 'insats'), rel=0.15)
    assert rates(b, 'kommun').to_numpy() == pytest.approx(rates(a, 'kommun'), rel=0.3)
    assert len(a.inskrivna) == len(b.inskrivna) == 82
    persons = [
        t['deltagare_kommun'].query('kommun == insats').varde.iloc[0] for t in (whole, window)
    ]
    assert persons[1] < persons[0]
    assert b.takt.delning.sum() == pytest.approx(persons[1] + 6, abs=1)  # half a person per pair


def joined(df, dim, codes):
    "Two categories as one, in every row of a table"
    rest = [c for c in df.columns if c not in (dim, 'varde', 'n', 'lag', 'hog')]
    both = df[df[dim].isin(codes) & df['matt'].isin(['deltagare', 'pagaende', 'vantande'])]
    made = both.groupby(rest, sort=False)['varde'].sum(min_count=1).reset_index()
    return made.assign(**{dim: ' + '.join(codes)})


@pytest.mark.parametrize('skyddad', ['nej', 'grupp'])
def test_a_printed_sum_of_categories_is_used(underlag, whole, skyddad):
    "Merged: the parts are absent. A group: they are there, withheld, beside their sum"
    codes, tables = ['habo', 'mullsjo'], dict(whole)
    for t in ('deltagare_kommun', 'kommun_12', 'ko'):
        df = whole[t]
        parts = df.assign(varde=df.varde.where(~df.kommun.isin(codes)))
        kept = df[~df.kommun.isin(codes)] if skyddad == 'nej' else parts
        tables[t] = pd.concat([kept, joined(df, 'kommun', codes)], ignore_index=True)
    a, b = (published_situation(t, underlag.forbund, day(underlag)) for t in (whole, tables))
    x, y = rates(a, 'kommun'), rates(b, 'kommun')
    assert y[codes].sum() == pytest.approx(x[codes].sum(), rel=0.05)
    assert y['jonkoping'] == pytest.approx(x['jonkoping'], rel=0.01)
    assert y['habo'] == pytest.approx(y['mullsjo'])  # nothing tells them apart


def test_no_category_and_no_detail_table_has_to_be_there(underlag, whole):
    activity = {k: whole[k] for k in ('deltagare_ar', 'deltagare_halvar', 'tid_i_insats')}
    lage = published_situation(activity, underlag.forbund, day(underlag))
    assert len(set(rates(lage, 'kommun').round(3))) == 1 and len(lage.inskrivna) == 82
    assert lage.unga.sum() == 0 and lage.skattade == {}
    assert len(lage.vantande) == pytest.approx(rates(lage, 'kommun').sum() * 30 / 365.25, abs=1)
    absent = {t: whole[t].query('kommun != "vaggeryd"') for t in ('deltagare_kommun', 'ko')}
    lage = published_situation(whole | absent, underlag.forbund, day(underlag))
    seen = whole['deltagare_kommun'].query('insats == "Samtliga" and matt == "deltagare"')
    part = seen.set_index('kommun').varde
    want = part['vaggeryd'] / part['Samtliga']
    assert rates(lage, 'kommun')['vaggeryd'] / rates(lage, 'kommun').sum() == pytest.approx(
        want, abs=0.01
    )  # what the whole leaves


def test_nothing_printed_is_no_demand(underlag, whole):
    hidden = {k: d.assign(varde=np.nan) for k, d in whole.items() if 'varde' in d}
    with pytest.raises(NoDemandError):
        published_situation(hidden, underlag.forbund, day(underlag))


def test_a_year_that_ended_earlier_is_counted_to_the_cut_off(underlag, whole):
    "The pace is starts by the days that they came in, whatever the detail tables cover"
    lage = published_situation(whole, underlag.forbund, day(underlag))
    days = (pd.Timestamp(day(underlag)) - pd.Timestamp('2022-07-01')).days + 1
    assert set(lage.takt.dagar) == {days}
    total = whole['deltagare_halvar'].query('matt == "nya" and insats == "Samtliga"')
    starts = total[total.period > '2022-H1'].varde.sum() / days * 365.25
    assert starts < rates(lage, 'insats').sum() < 1.25 * starts  # some never begin


# ---- other rows, the same tables ----


def scenario(id, slag, teams):
    hour = Varde(varde=40, kalla='antagande')
    return Scenario(
        id=id,
        namn=id,
        beskrivning='Påhittat',
        slag=slag,
        team=[
            Team(
                id=t,
                namn=t,
                bas=t,
                uppdrag=[Uppdrag(kommuner=kommuner, insatser=['bryggan', 'farliga_namn'])],
                tjanst=[
                    Tjanst(roll='coach', antal=n, omfattning=Varde(varde=1, kalla='antagande'))
                ],
            )
            for t, kommuner, n in teams
        ],
        antaganden=EXEMPEL,
        restid=[Restid(fran='norrstad', till='orsele', minuter=hour)],
    )


SCENARIER = [
    scenario('samlat', 'nulage', [('norrstad', ['norrstad', 'orsele'], 3)]),
    scenario('lokalt', 'forslag', [('norrstad', ['norrstad'], 2), ('orsele', ['orsele'], 1)]),
]
FLYTTADE = [1, 3, 4, 10, 12, 16, 18, 19, 25, 26, 28, 31, 36, 37, 40]  # ended a day earlier


@pytest.fixture(scope='module')
def small():
    underlag = read_underlag(SMALL)
    return underlag, prepare_edition(
        underlag, underlag.forbund.meeting(), scenarier=SCENARIER, futures=12
    )


def test_other_rows_with_the_same_protected_tables_give_the_same_scenarios(small):
    underlag, content = small
    rows = underlag.tabell('deltagare').copy()
    rows.loc[FLYTTADE, 'slutdatum'] -= pd.Timedelta(days=1)
    assert not rows.equals(underlag.tabell('deltagare'))
    other = Underlag(underlag.forbund, underlag.tabeller | {'deltagare': rows})
    again = prepare_edition(other, other.forbund.meeting(), scenarier=SCENARIER, futures=12)
    here, there = content.utgava.tabeller, again.utgava.tabeller
    assert list(here) == list(there) and 'scenarier' in here
    for k in here:
        pd.testing.assert_frame_equal(here[k].df, there[k].df, obj=k)
    far = underlag.forbund.meeting().data_till
    a, b = (situation(u.tabell('deltagare'), u.forbund, far) for u in (underlag, other))
    assert any(not np.array_equal(a.kurvor[i][0], b.kurvor[i][0]) for i in a.kurvor)  # rows differ


# ---- run again from the files ----


@pytest.fixture(scope='module')
def folder(small, tmp_path_factory):
    target = tmp_path_factory.mktemp('utgava')
    write_edition(small[1].utgava, target)
    return target


def test_a_finished_edition_gives_its_own_numbers_digit_by_digit(folder):
    utgava, again = rerun_scenarios(folder)
    assert again.olika == [] and again.tal > 300
    for k, p in utgava.tabeller.items():
        pd.testing.assert_frame_equal(p.df, again.tabeller[k].df, check_dtype=False, obj=k)


def test_the_run_is_kept_whole(folder, small):
    utgava, _ = rerun_scenarios(folder)
    run = Korning.from_json(utgava.metod['scenarier'])
    assert run == Korning(tuple(SCENARIER), 12, 12, 1) == Korning.from_json(run.to_json())


def test_the_command_says_that_every_number_is_as_printed(folder, capsys):
    assert main(['scenarier', '--ur', str(folder)]) == 0
    said = capsys.readouterr().out
    assert 'Hela förbundet' in said and '12 simulerade framtider' in said
    assert re.search(r'Alla [\d\s]+ tal är siffra för siffra de som utgåvan trycker\.', said)


def test_the_command_names_a_number_that_was_changed(folder, tmp_path, capsys):
    shutil.copytree(folder, tmp_path / 'u')
    path = tmp_path / 'u' / 'tabeller' / 'scenarier.csv'
    lines = path.read_text(encoding='utf-8').splitlines()
    n = next(k for k, x in enumerate(lines) if x.startswith('samlat;Samtliga;deltagare_per_ar;'))
    cells = lines[n].split(';')
    cells[3] = '1234'
    lines[n] = ';'.join(cells)
    path.write_text('\n'.join(lines) + '\n', encoding='utf-8')
    assert main(['scenarier', '--ur', str(tmp_path / 'u')]) == 1
    said = capsys.readouterr().out
    assert 'scenarier, samlat, Samtliga, deltagare_per_ar, varde: tryckt 1234, nu ' in said
    assert '1 av ' in said


def test_an_edition_without_scenarios_says_so(small, tmp_path, capsys):
    write_edition(dataclasses.replace(small[1].utgava, metod={}), tmp_path)
    assert main(['scenarier', '--ur', str(tmp_path)]) == 1
    assert 'Utgåvan har inga scenarier.' in capsys.readouterr().err
