"A structural effort has no participants: a report of its own kind, and nobody is asked for people"

from dataclasses import replace

import pandas as pd
import pytest
from conftest import ROOT, SMALL

from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.gora.plan import plan_reports
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.forbund import Insats, Spindelaxel
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.avsnitt import lacking
from finsam_genomlysning.visa.forstasidan import answer, cannot_say
from finsam_genomlysning.visa.rapporter import INSATS_STRUKTUR, annex, body, opening, sections_of
from finsam_genomlysning.visa.visning import Tabell

DAG = pd.Timestamp('2024-08-31')


@pytest.fixture(scope='module')
def small():
    "The small förbund with a structural effort, a survey of cooperation and reported deficiencies"
    u = read_underlag(SMALL)
    guide = Insats(id='guiden', namn='Guiden', i_genomlysningen=True, utan_deltagare=True)
    axes = [Spindelaxel(id='regler', namn='Regelverk'), Spindelaxel(id='syn', namn='Synsätt')]
    f = u.forbund.model_copy(update={'insats': [*u.forbund.insats, guide], 'spindelaxel': axes})
    survey = pd.DataFrame(
        [
            ('2022-11-15', 'regler', 3.0, 20),
            ('2023-11-15', 'regler', 4.5, 18),
            ('2022-11-15', 'syn', 2.0, 9),
            ('2025-11-15', 'regler', 6.0, 30),
        ],
        columns=['datum', 'axel', 'varde', 'svar'],
    ).assign(insats='guiden', kommun='norrstad', kalla='Exempel')
    failures = pd.DataFrame(
        [
            dict(datum=DAG, insats='guiden', kommun=None, amne='Väntan', status='öppen', tema=t)
            for t, n in (('Ansvar', 6), ('Information', 7))
            for _ in range(n)
        ]
    )
    plan = pd.DataFrame(
        [
            dict(
                atgard='Skriv guiden',
                mal='Vägar är kända',
                insats='guiden',
                ansvar='Kansliet',
                klart_senast=pd.NaT,
                status='påbörjad',
                kalla='Exempel',
                huvudmal='Kunskap',
                matning='Antal besök',
            )
        ]
    )
    tables = dict(
        spindeln=survey.assign(datum=pd.to_datetime(survey['datum'])),
        avvikelser=failures,
        handlingsplan=plan,
    )
    u = replace(u, forbund=f, tabeller=u.tabeller | tables)
    return prepare_edition(u, f.meeting()).utgava


def tables_of(s):
    shown = body(s)
    return {o.id: o for o in shown if isinstance(o, Tabell)}


def test_it_has_its_own_sections_and_is_asked_for_no_people(small):
    s = Amne(small, insats='guiden')
    assert 'insats-guiden' in [p.id for p in plan_reports(small.forbund)]
    assert 'guiden' not in [i.id for i in small.forbund.granskade]
    assert sections_of(s) == INSATS_STRUKTUR
    assert answer(s).startswith('Guiden är en insats utan egna deltagare.')
    asked = ' '.join(what for what, _ in lacking(s, sections_of(s)))
    assert not any(w in asked for w in ('deltagare', 'väntetid', 'remiss', 'enkät', 'avslut'))
    assert 'arbete eller studier' not in cannot_say(s)
    assert opening(s) and annex(s, body(s))


def test_the_plan_says_main_goal_goal_measure_and_state(small):
    plan = tables_of(Amne(small, insats='guiden'))['tab-handlingsplan']
    row = dict(zip(plan.kolumner, map(str, plan.rader[0]), strict=True))
    assert (row['Huvudmål'], row['Delmål']) == ('Kunskap', 'Vägar är kända')
    assert (row['Mäts med'], row['Ansvar'], row['Läge']) == ('Antal besök', 'Kansliet', 'påbörjad')


def test_the_survey_stands_beside_its_baseline_and_few_answers_are_withheld(small):
    axes = tables_of(Amne(small, insats='guiden'))['tab-spindeln']
    rows = [dict(zip(axes.kolumner, map(str, r), strict=True)) for r in axes.rader]
    (rules,) = [r for r in rows if r['Del av samverkan'] == 'Regelverk']
    assert (rules['Baslinje'], rules['Senast'], rules['Förändring']) == ('3,0', '4,5', '1,5')
    assert (rules['Baslinjens dag'], rules['Senaste dag']) == ('2022-11-15', '2023-11-15')
    df = small.tabeller['spindeln'].df
    assert set(df[df['axel'] == 'Synsätt']['skyddad']) == {'ja'}
    assert 'tab-spindeln' in tables_of(Amne(small, kommun='norrstad'))


def test_deficiencies_are_told_by_theme_and_by_status_and_in_a_sentence(small):
    whole = tables_of(Amne(small))
    themes = {str(r[0]): str(r[1]) for r in whole['tab-avvikelser-tema'].rader}
    assert themes == {'Ansvar': '6', 'Information': '7', 'Samtliga': '13'}
    said = ' '.join(getattr(o, 'md', '') for o in body(Amne(small)))
    assert 'brister har rapporterats' in said


def test_what_a_structural_effort_counts_is_its_answer():
    u = read_underlag(ROOT / 'data' / 'hoglandet')
    s = Amne(prepare_edition(u, u.forbund.meeting()).utgava, insats='valfardsguiden')
    said = answer(s)
    assert 'insats utan egna deltagare' in said
    assert 'Första halvåret 2023: ' in said and 'publicerade vägval' in said
    assert 'tab-volymer' in tables_of(s)
