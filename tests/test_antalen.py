"A förbund without a register: what it has handed in is the answer, and is never called unknown"

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from conftest import ROOT

from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.perioder import name_period
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.antalen import counts_finding, handed_in, latest, places_sentence
from finsam_genomlysning.visa.avsnitt import cover, lacking
from finsam_genomlysning.visa.behovsgrupper import not_compared
from finsam_genomlysning.visa.bokslut import accumulated, stated_for_all, statement
from finsam_genomlysning.visa.deltar import FLODE, GRUPPERNA, UPPDRAG, stated_own, volume_list
from finsam_genomlysning.visa.forstasidan import (
    INGA_SKATTADE,
    UNGEFARLIGA,
    answer,
    begins_later,
    findings,
    uncertain,
)
from finsam_genomlysning.visa.lattlast import easy_summary
from finsam_genomlysning.visa.metod import changed, documents, late_documents
from finsam_genomlysning.visa.rapporter import sections_of
from finsam_genomlysning.visa.styrning import BUDGET
from finsam_genomlysning.visa.visning import Tabell


def edition_of(namn, change=None):
    underlag = read_underlag(ROOT / 'data' / namn)
    if change:
        rows = change(underlag.tabell('volymer'))
        underlag = replace(underlag, tabeller=underlag.tabeller | {'volymer': rows})
    return prepare_edition(underlag, underlag.forbund.meeting()).utgava


@pytest.fixture(scope='module')
def hoglandet():
    return edition_of('hoglandet')


def plain(text):
    return re.sub(r'\[([^\]]*)\]\(tal:[^)]*\)', r'\1', text).replace('\xa0', ' ')


def test_the_answer_is_what_was_handed_in(hoglandet):
    s = Amne(hoglandet, insats='se_hoglandet')
    said = plain(answer(s))
    assert said.startswith('Första halvåret 2023 hade SE-Höglandet 164 deltagare. 16 gick till')
    assert counts_finding(s) == '164 deltagare första halvåret 2023'
    told = {f.rubrik: plain(f.text) for f in findings(s)}
    assert told['Knappt hälften av deltagarna är kvinnor'] == '78 kvinnor och 86 män deltog.'
    assert told['16 gick till arbete eller studier'].startswith('Tio kvinnor och sex män.')
    whole = plain(answer(Amne(hoglandet)))
    assert 'SE-Höglandet 164 deltagare och IT-spåret sju deltagare' in whole


def test_a_sum_of_two_printed_counts_is_known_and_one_of_a_withheld_is_not(hoglandet):
    (first, *_) = [a for a, _ in latest(Amne(hoglandet, insats='se_hoglandet'))]
    gone = first.cell('till_arbete_studier')
    assert (gone.v, gone.tabell) == (16, None)  # no row of the table says it
    assert first.cell('deltagare').tabell == 'volymer'
    every = [a for a in handed_in(Amne(hoglandet)) if a.insats == 'it_sparet']
    assert all(a.cell('praktik').v is None for a in every)  # withheld


def test_the_table_stands_where_it_is_read_and_tells_time_in_words(hoglandet):
    made = volume_list(Amne(hoglandet, insats='se_hoglandet'))
    (table,) = [o for o in made if isinstance(o, Tabell)]
    assert not table.bilaga and 'Kommun' not in table.kolumner
    at = table.kolumner.index('Period')
    assert {r[at] for r in table.rader} == {'Första halvåret 2023'}
    gone = [n for n, k in enumerate(table.kolumner) if 'arbete' in k]
    assert [str(r[n]) for r in table.rader for n in gone] == ['16', '10', '6']


def test_what_a_forbund_counts_beside_the_usual_is_printed(hoglandet):
    (table,) = [o for o in volume_list(Amne(hoglandet)) if isinstance(o, Tabell)]
    at = {k: n for n, k in enumerate(table.kolumner)}
    said = {
        (str(r[0]), k): str(r[n])
        for r in table.rader
        for k, n in at.items()
        if r[n].__class__ is not str
    }
    assert said['Välfärdsguiden', 'Publicerade vägval'] == '85'
    assert said['Välfärdsguiden', 'Vägval som väntar på att publiceras'] == '23'
    assert 'Inte redovisat' not in said.values() and '25' in {
        str(r[at['Individer i efterstöd']]) for r in table.rader
    }


def test_what_the_documents_say_is_printed_and_not_asked_for(hoglandet):
    s = Amne(hoglandet, insats='se_hoglandet')
    said = {str(r[0]): str(r[1]) for t in stated_own(s) for r in t.rader}
    assert said['Omfattning av tjänst i Eksjö, januari–juni 2023'] == '1,5'
    assert said['SE-Höglandet långsiktig integrerad verksamhet sedan'] == '2021'
    asked = [what for what, _ in lacking(s, [UPPDRAG, FLODE, GRUPPERNA])]
    assert 'deltaganden efter ålder' in asked and 'deltaganden efter kön' not in asked
    assert not any('tjänst' in what for what in asked)
    other = Amne(hoglandet, insats='it_sparet')
    assert any('tjänst' in what for what, _ in lacking(other, [UPPDRAG]))
    assert not any(t.rubrik.startswith('Uppdrag Samverkan: ') for t in stated_for_all(hoglandet))
    outside = [
        i.model_copy(update={'i_genomlysningen': i.id == 'se_hoglandet'})
        for i in hoglandet.forbund.insats
    ]
    without = hoglandet.forbund.model_copy(update={'insats': outside})
    whole = stated_for_all(replace(hoglandet, forbund=without))
    assert any(t.rubrik.startswith('Uppdrag Samverkan: ') for t in whole)
    assert len({t.id for t in whole}) == len(whole)


def earlier(rows):
    "The same programme half a year before, with fewer"
    first = rows[(rows['insats'] == 'se_hoglandet') & (rows['matt'] == 'deltagare')]
    back = pd.DateOffset(months=6)
    old = first.assign(
        antal=first['antal'] - 20,
        fran=first['fran'] - back,
        till=pd.Timestamp('2022-12-31'),
    )
    return pd.concat([rows, old.astype(rows.dtypes)], ignore_index=True)


def test_two_periods_are_compared():
    u = edition_of('hoglandet', earlier)
    told = {f.rubrik: plain(f.text) for f in findings(Amne(u, insats='se_hoglandet'))}
    assert told['Fler deltar'].startswith('164 deltagare första halvåret 2023, ')


def test_two_documents_that_differ_give_no_number():
    def twice(rows):
        other = rows[(rows['insats'] == 'se_hoglandet') & (rows['matt'] == 'deltagare')]
        other = other.assign(antal=other['antal'] + 9, kalla='Ett annat dokument')
        return pd.concat([rows, other.astype(rows.dtypes)], ignore_index=True)

    s = Amne(edition_of('hoglandet', twice), insats='se_hoglandet')
    assert all(a.insats != 'se_hoglandet' for a, _ in latest(s))
    assert 'Dokumenten anger olika många deltagare' in answer(s) and '164' not in answer(s)


def test_places_are_told_where_nobody_has_been_counted():
    u = edition_of('insjoriket')
    assert (
        plain(places_sentence(Amne(u, insats='activera')))
        == '2023 har ACTivera omkring 475 platser.'
    )
    said = plain(answer(Amne(u, kommun='molndal')))
    assert '145 platser för Mölndal' in said and 'från Mölndal som deltar är inte redovisat' in said
    heads = [f.rubrik for f in findings(Amne(u))]
    assert 'Budgeten för 2023 ger ett underskott' in heads


@pytest.mark.parametrize(
    ('code', 'words'),
    [
        ('2023-01-01/2023-06-30', 'första halvåret 2023'),
        ('2022-11-01/2023-02-28', 'november 2022–februari 2023'),
        ('2023-02-01/2023-05-31', 'februari–maj 2023'),
        ('2023-01-02/2023-05-31', '2 januari 2023–31 maj 2023'),
        ('2023-01-01/2023-12-31', '2023'),
    ],
)
def test_days_are_told_in_words(code, words):
    assert name_period(code).replace('\xa0', ' ') == words


def test_a_programme_that_has_not_begun_is_not_called_unreported():
    u = edition_of('finnveden')
    begins = 'Samverkansteam Finnveden börjar den 1 oktober 2021, så ingen har deltagit än.'
    for s in (Amne(u, insats='samverkansteam'), Amne(u), Amne(u, kommun='gislaved')):
        assert plain(answer(s)).startswith(begins)
    easy = plain(' '.join(o.md for o in easy_summary(Amne(u), ())))
    assert begins in easy and 'hur många som är med' not in easy


def test_what_one_of_two_programmes_has_not_begun_is_not_said_of_both():
    u = edition_of('hoglandet')
    late = {'start': '2030-01-01'}
    own = [i.model_copy(update=late if i.id == 'it_sparet' else {}) for i in u.forbund.insats]
    later = replace(u, forbund=u.forbund.model_copy(update={'insats': own}))
    assert begins_later(Amne(later, insats='it_sparet')) and not begins_later(Amne(later))


def test_a_column_that_nobody_has_reported_is_named_and_not_printed():
    u = edition_of('finnveden')
    tables = [o for o in BUDGET(Amne(u, insats='samverkansteam')) if isinstance(o, Tabell)]
    (budget,) = tables
    assert budget.kolumner == ['Post', 'Period', 'Budget']
    assert 'Inte redovisat: utfall och prognos.' in budget.noter
    assert all(len(r) == 3 for r in budget.rader)


def test_what_money_and_places_say_stands_first_where_nobody_is_counted():
    fin, hog, ins = (edition_of(n) for n in ('finnveden', 'hoglandet', 'insjoriket'))

    def heads(u, **who):
        return [plain(f.rubrik).replace('\u202f', ' ') for f in findings(Amne(u, **who))]

    cost = 'Samverkansteam Finnveden får kosta 3 048 000 kronor 2022'
    assert heads(fin) == heads(fin, insats='samverkansteam') == [cost]
    assert 'SE-Höglandet väntas kosta 3 825 000 kronor 2023' in heads(hog, insats='se_hoglandet')
    assert heads(hog, insats='it_sparet')[0] == 'Sju deltagare och 15 platser'
    assert heads(hog)[0] == '16 gick till arbete eller studier i SE-Höglandet'
    assert heads(hog, kommun='aneby')[0] == 'Aneby fick 270 125 kronor första halvåret 2023'
    assert heads(ins, kommun='partille') == ['Budget för ACTivera i Partille: 1 500 000 kronor']
    assert heads(ins, insats='activera') == ['Budget för ACTivera: 9 550 000 kronor']


def test_what_the_documents_call_approximate_is_not_called_certain():
    ins, hog = edition_of('insjoriket'), edition_of('hoglandet')
    assert UNGEFARLIGA in uncertain(Amne(ins), ()) and UNGEFARLIGA in uncertain(
        Amne(ins, kommun='lerum'), ()
    )
    assert uncertain(Amne(hog, kommun='eksjo'), ()) == [INGA_SKATTADE]
    (single,) = [t for t in accumulated(ins) if isinstance(t, Tabell)]
    assert single.kolumner == ['År', 'Årets resultat'] and 'Ett streck' not in single.noter
    assert [t.rubrik for t in statement(ins, framat=True)] == ['Budget']
    assert [t.rubrik for t in statement(hog, framat=True)] == ['Flerårsbudget']


def test_what_cannot_be_compared_is_told_in_sentences_with_small_letters():
    said = not_compared(Amne(edition_of('finnveden'), kommun='gislaved'))
    assert said.count('. För ') == 2 and 'och personer med aktivitetsersättning finns ingen' in said
    assert 'För långtidsarbetslösa, långtidssjukskrivna och personer' in said
    assert not re.search(r'[,;:] [A-ZÅÄÖ][a-zåäö]', said)


def test_nobody_is_asked_for_numbers_of_people_before_a_programme_begins():
    u = edition_of('finnveden')
    asked = {what for s in (Amne(u), Amne(u, insats='samverkansteam')) for what, _ in gone(s)}
    assert not asked & {'antal deltagare per år', 'väntetid från remiss till start'}
    assert 'restider mellan kommunerna' in asked
    late = replace(u, mote=replace_day(u.mote, date(2022, 5, 31)))
    assert 'antal deltagare per år' in {what for what, _ in gone(Amne(late))}


def gone(s):
    return lacking(s, sections_of(s))


def replace_day(mote, day):
    return mote.model_copy(update={'data_till': day})


def test_amounts_of_a_document_are_a_finding_where_nothing_else_is_known():
    u = edition_of('finnveden')
    for kommun in ('gislaved', 'gnosjo', 'varnamo'):
        (fynd,) = findings(Amne(u, kommun=kommun))
        assert fynd.slag == 'pengar' and 'budget 2022' in fynd.rubrik and 'kronor' in fynd.rubrik


def test_what_the_whole_costs_is_told_with_its_kind():
    said = plain(answer(Amne(edition_of('hoglandet')))).replace('\u202f', ' ')
    assert 'Förbundet kostar 7 839 000 kronor 2023 enligt helårsprognosen.' in said
    assert 'kostar' not in plain(answer(Amne(edition_of('hoglandet'), kommun='eksjo')))


def test_an_assumed_day_is_called_assumed_where_it_is_told():
    assert '31 maj 2021 (antagen dag).' in plain(answer(Amne(edition_of('finnveden'))))
    assert 'antagen' not in plain(answer(Amne(edition_of('hoglandet'))))
    (front,) = cover(Amne(edition_of('insjoriket'), insats='activera'))
    assert front.fakta['Möte'].endswith('(mötets dag är antagen)')
    assert 'antagen' not in str(cover(Amne(edition_of('hoglandet')))[0].fakta)


def test_sources_that_are_later_than_the_meeting_are_told_first_and_last():
    s = Amne(edition_of('finnveden'))
    said, table = late_documents(s)
    assert said.md.replace('\xa0', ' ') == 'En källa är daterad efter mötet den 21 juni 2021.'
    assert [str(r[0]) for r in table.rader] == ['Budgetbilaga (uppdaterad 2021-11-11)']
    assert said.md in uncertain(s, sections_of(s)) and said in documents(s)
    assert late_documents(Amne(edition_of('hoglandet'))) == []


def with_earlier(u, tabell, change):
    "An edition after one in which a table was another"
    before = u.tabeller[tabell]
    other = replace(before, df=change(before.df.copy()))
    return replace(u, forra=u.tabeller | {tabell: other}, forra_mote=u.mote)


def test_what_has_changed_is_told_of_counts_too(hoglandet):
    "A new half-year, another number, and a programme that is new"

    def half_year_before(df):
        return df.assign(
            period=df['period'].replace('2023-01-01/2023-06-30', '2022-07-01/2022-12-31')
        )

    def one_fewer(df):
        here = (df['matt'] == 'deltagare') & (df['varde'] == 164)
        return df.assign(varde=df['varde'].mask(here, 163))

    def said(change, **about):
        return [
            plain(x) for x in changed(Amne(with_earlier(hoglandet, 'volymer', change), **about))
        ]

    at = {'insats': 'se_hoglandet'}
    _, new = said(half_year_before, **at)
    assert new == 'Deltagare: från 164 andra halvåret 2022 till 164 första halvåret 2023.'
    assert said(one_fewer, **at)[1:] == ['Deltagare första halvåret 2023: från 163 till 164.']
    assert 'Deltagare i SE-Höglandet första halvåret 2023: från 163 till 164.' in said(one_fewer)
    gone = said(lambda df: df[df['insats'] != 'se_hoglandet'])
    assert 'Nytt: 164 deltog i SE-Höglandet första halvåret 2023.' in gone
    (nothing,) = said(lambda df: df)
    assert nothing.startswith('Inget av rapportens huvudtal')


def test_another_result_of_the_year_is_a_change_of_the_whole(hoglandet):
    def poorer(df):
        return df.assign(varde=df['varde'].mask(df['matt'] == 'arets_resultat', -5000.0))

    u = with_earlier(hoglandet, 'balanskrav', poorer)
    assert any('Förra gången: årets resultat 2023 ' in plain(x) for x in changed(Amne(u)))
    assert len(changed(Amne(u, insats='se_hoglandet'))) == 1
