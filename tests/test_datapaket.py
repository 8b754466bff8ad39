"The default data package says what its sources say, and agrees with itself"

import csv
import datetime as dt
from pathlib import Path
import pandas as pd
import pytest
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.lasa.underlag import read_underlag

PACKAGE = Path(__file__).parents[1] / 'data' / 'sodra_vatterbygden'


@pytest.fixture(scope='module')
def forbund():
    return read_forbund(PACKAGE)


@pytest.fixture(scope='module')
def behov():
    return read_underlag(PACKAGE).tabell('behov')


def test_members_and_municipalities(forbund):
    assert [(k.namn, k.kod) for k in forbund.kommun] == [
        ('Habo', '0643'),
        ('Jönköping', '0680'),
        ('Mullsjö', '0642'),
        ('Vaggeryd', '0665'),
    ]
    assert sorted(p.slag for p in forbund.part) == ['kommun'] * 4 + ['region'] + ['stat'] * 2


def test_programmes(forbund):
    assert [(i.namn, i.medarbetare) for i in forbund.granskade] == [
        ('NOVA', 7),
        ('Enter', 6),
        ('FIA', 2),
    ]
    assert {i.namn for i in forbund.insats if not i.i_genomlysningen} == {
        'IT-spåret',
        'Koll på förmåga',
    }
    assert all(m.pahittad for m in forbund.mal)  # no source gives goals per programme


def test_money_adds_up(forbund):
    kr = {b.id: b.kr for b in forbund.belopp}
    assert kr['budget'] == 11_400_000
    assert (
        kr['genomlysning_2024'] + kr['genomlysning_2025']
        == kr['moment_b'] + kr['moment_d_e']
        == kr['genomlysning_totalram']
        == 150_000
    )
    assert kr['enter_utvardering'] + kr['enter_ytterligare'] == kr['genomlysning_totalram']
    assert {m.id: m.belopp_kr for m in forbund.moment if m.belopp_kr} == {'B': 50_000}


def test_every_cutoff_is_the_last_day_of_the_month_before(forbund):
    for m in forbund.mote:
        assert m.data_till == m.datum.replace(day=1) - dt.timedelta(days=1)
        assert 'antagande' in m.kalla
    assert [str(m.datum) for m in forbund.mote] == [
        '2024-05-03',
        '2024-05-15',
        '2024-06-03',
        '2024-09-18',
        '2024-10-16',
        '2024-11-20',
    ]


def test_everything_has_a_source(forbund):
    parts = [
        *forbund.kommun,
        *forbund.part,
        *forbund.insats,
        *forbund.mote,
        *forbund.moment,
        *forbund.handelse,
        *forbund.prioriterad_grupp,
        *forbund.belopp,
        *forbund.organ,
        *forbund.jamforelse,
        forbund.regler,
    ]
    assert all(p.kalla for p in parts)
    assert forbund.syntetiska_deltagare and forbund.syntetiska_tabeller == [
        'deltagare',
        'indikatorer',
        'progression',
        'samverkan',
        'utsagor',
        'aktiviteter',
        'avvikelser',
        'handlingsplan',
        'bemanning',
        'ekonomi',
        'restider',
        'stodenkat',
        'mal',
        'enhetsvarde',
        'aterbetalning',
    ]


def test_themes_in_order(forbund):
    assert (
        forbund.tema[0] == 'Beskrivning av behovsgrupper'
        and forbund.tema[5] == 'Statistik, uppföljning och utvärdering'
        and len(forbund.tema) == 8
    )


def test_needs_have_source_and_address(behov):
    assert (
        behov.kalla.notna().all()
        and behov.url.str.startswith('http').all()
        and behov.varde.notna().all()
    )
    assert (
        behov.groupby('indikator')[['namn', 'enhet']].nunique().eq(1).all().all()
    )  # one name and one unit per indicator


def test_population_parts_make_the_whole(behov):
    p = behov[behov.period == '2024-12-31']
    whole = p[(p.indikator == 'befolkning') & p.kon.isna()].set_index('omrade').varde
    assert whole[['0643', '0680', '0642', '0665']].sum() == 183_529
    assert p[(p.indikator == 'befolkning') & p.kon.notna()].varde.sum() == whole['0680']
    assert (
        p[(p.indikator == 'befolkning_alder') & p.alder.isin(['0–17', '18–64', '65+'])].varde.sum()
        == whole['0680']
    )


def test_population_is_of_the_same_days_in_every_municipality(behov):
    b = behov[
        (behov.indikator == 'befolkning') & behov.kon.isna() & ~behov.omrade.isin(['00', '06'])
    ]
    assert b.groupby('period').omrade.nunique().eq(4).all()


@pytest.mark.parametrize('group', ['arbetslosa', 'arbetslosa_utrikes'])
def test_unemployment_share_is_count_over_labour_force(behov, group):
    names = [
        f'{group}_andel',
        f'{group}_antal',
        group.replace('arbetslosa', 'arbetskraft') + '_antal',
    ]
    t = (
        behov[behov.indikator.isin(names)]
        .pivot_table(index=['omrade', 'period', 'alder'], columns='indikator', values='varde')
        .dropna()
    )
    assert len(t) >= 3
    assert ((t[names[1]] / t[names[2]] * 100 - t[names[0]]).abs() <= 0.0501).all()


def test_women_and_men_lie_on_either_side_of_all(behov):
    t = behov[behov.indikator.isin(['ohalsotal', 'stress_f43_andel'])].assign(
        kon=lambda d: d.kon.fillna('T')
    )
    t = t.pivot_table(index=['indikator', 'omrade', 'period'], columns='kon', values='varde')
    assert len(t) == 18 and ((t.M < t['T']) & (t['T'] < t.K)).all()


def test_proposals_belong_to_themes_and_existing_scenarios(forbund):
    f = read_underlag(PACKAGE).tabell('forslag')
    assert set(f.tema) <= set(forbund.tema) and f.avsandare.notna().all()
    assert {s for s in f.scenario.dropna()} <= {
        p.stem for p in (PACKAGE / 'scenarier').glob('*.toml')
    }


def test_economy_repeats_the_amounts_of_the_configuration(forbund):
    kr = {b.id: b.kr for b in forbund.belopp}
    e = read_underlag(PACKAGE).tabell('ekonomi').query('kalla != "Påhittat"')
    assert e.budget.tolist() == [kr['budget'], kr['genomlysning_2024'], kr['genomlysning_2025']]
    assert (
        e[['utfall', 'prognos']].isna().all().all() and e.kalla.notna().all()
    )  # no source gives outturn


def test_texts_belong_to_meetings_and_subjects(forbund):
    meetings = {str(m.datum) for m in forbund.mote}
    subjects = {
        'forbund',
        *(f'insats-{i.id}' for i in forbund.granskade),
        *(f'kommun-{k.id}' for k in forbund.kommun),
    }
    texts = read_underlag(PACKAGE).texter
    assert texts and all(
        m in meetings and s in subjects and t.strip() for (m, s, _), t in texts.items()
    )


@pytest.mark.parametrize('path', sorted(p.name for p in (PACKAGE / 'underlag').glob('*.csv')))
def test_files_are_plain(path):
    raw = (PACKAGE / 'underlag' / path).read_bytes()
    assert not raw.startswith(b'\xef\xbb\xbf') and b'\r' not in raw and raw.endswith(b'\n')
    rows = list(csv.reader(raw.decode('utf-8').splitlines(), delimiter=';'))
    assert {len(r) for r in rows} == {len(rows[0])}


def test_package_is_read_without_remark():
    u = read_underlag(PACKAGE)
    assert u.anmarkningar == [] and 'behov' in u.tabeller
    assert all(isinstance(t, pd.DataFrame) and len(t) for t in u.tabeller.values())
