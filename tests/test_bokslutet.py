"The economy that a board knows: each number stands under its own year"

import re
from dataclasses import replace
from functools import cache

import pytest
from finsam_genomlysning.katalog.tabeller import build_tables
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.forbund import Kapitalsteg
from finsam_genomlysning.rakna.ekonomi import equity
from finsam_genomlysning.skydd.utgava import Utgava
from finsam_genomlysning.visa.bokslut import (
    contributions_by_year,
    cost_groups,
    equity_table,
    payments,
    post_words,
    unit_costs_of_totals,
    whole_cost_words,
)
from finsam_genomlysning.visa.visning import Cell
from conftest import ROOT


@pytest.fixture(scope='module')
def edition_of_totals():
    @cache
    def ask(name):
        underlag = read_underlag(ROOT / 'data' / name)
        mote = underlag.forbund.meeting()
        return Utgava(underlag.forbund, mote, build_tables(underlag, mote))

    return ask


def test_each_share_of_the_budget_is_of_its_group_and_year(edition_of_totals):
    u = edition_of_totals('hoglandet')
    (table,) = cost_groups(u)
    df = u.tabeller['kostnadsgrupp'].df.query('matt == "andel_budget"')
    true = df.set_index(['grupp', 'period'])['varde'].dropna()
    cells = [c for row in table.rader for c in row if isinstance(c, Cell) and c.koord]
    assert len(cells) == len(true) > 1 and true.nunique() > 1
    for c in cells:
        assert c.v == true[c.koord['grupp'], c.koord['period']]


def test_the_key_the_certificate_and_how_a_payment_is_reckoned_are_read(edition_of_totals):
    u = edition_of_totals('hoglandet')
    members = contributions_by_year(u)[0]
    key = {str(r[0]): str(r[-1]).replace('\xa0', ' ') for r in members.rader}
    assert members.kolumner[-1] == 'Del inom slaget 2023'
    assert key['Aneby kommun'] == '5,95 %' and key['Nässjö kommun'] == '27,76 %'
    assert key['Region Jönköpings län'] == '–'
    paid = payments(u, kommun='aneby')[0]
    how = [re.sub('[\u202f\xa0]', ' ', str(r[-1])) for r in paid.rader]
    assert how[0] == '0,4 × 465 000 kr × 4/12 + 0,75 × 465 000 kr × 2/12'
    assert 'Intyg' not in paid.kolumner and 'Inte redovisat: intyg om tjänsterna.' in paid.noter


def test_equity_is_held_against_the_recommendation_that_the_user_gives(edition_of_totals):
    u = edition_of_totals('hoglandet')
    steps = [Kapitalsteg(bidrag_till_kr=9_000_000, andel=0.2, kalla='Exempel')]
    underlag = read_underlag(ROOT / 'data' / 'hoglandet')
    sheet, paid = underlag.tabell('balans'), underlag.tabell('bidrag')
    found = equity(sheet, paid, u.mote.data_till, steps)
    kr = found.set_index(['datum', 'matt'])['varde']
    assert kr['2023-06-30', 'eget_kapital'] == 3_406_363
    assert kr['2023-06-30', 'over_rekommendation'] == 3_406_363 - 0.2 * 8_036_000
    pub = u.tabeller['eget_kapital']
    told = replace(u, forbund=u.forbund.model_copy(update={'kapitalsteg': steps}))
    told = replace(told, tabeller=u.tabeller | {'eget_kapital': replace(pub, df=found)})
    said, table = equity_table(told)
    assert 'Rekommendationen är högst' in said.md and '(Exempel)' in said.md
    assert table.kolumner[-2:] == ['Rekommenderat högst', 'Över rekommendationen']
    assert [o.kolumner for o in equity_table(u)] == [
        ['Dag', 'Eget kapital', 'Andel av årets bidrag']
    ]


def test_what_programmes_cost_is_not_called_what_the_whole_costs(edition_of_totals):
    assert whole_cost_words(edition_of_totals('finnveden')) == ''
    assert cost_groups(edition_of_totals('finnveden')) == []
    assert '16' in whole_cost_words(edition_of_totals('insjoriket'))


def test_a_forbund_without_a_register_has_participants_and_cost_for_each_paid_post(
    edition_of_totals,
):
    "Höglandet's payments: 0,4 post four months and 0,75 two months of six, and 7,3 posts all six"
    u = edition_of_totals('hoglandet')
    (said,) = post_words(u, 'se_hoglandet')
    posts = (0.4 * 4 + 0.75 * 2) / 6 + 1.5 + 1.8 + 1.5 + 1 + 1.5
    assert 'i medeltal 7,82 tjänster' in said.md and f'{posts:.2f}' == '7.82'
    assert f'{164 / posts:.1f}'.replace('.', ',') + ' deltagare per tjänst' in said.md
    (table,) = unit_costs_of_totals(u, 'se_hoglandet')
    (row,) = [r for r in table.rader if 'tjänst' in str(r[4])]
    assert row[5].v == pytest.approx(1_817_375 / posts, abs=1) and row[6].t == '7,82'
    assert post_words(u, 'it_sparet') == []
