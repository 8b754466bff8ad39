"The economy that a board knows: each number stands under its own year"

import pytest
from finsam_genomlysning.katalog.tabeller import build_tables
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.utgava import Utgava
from finsam_genomlysning.visa.bokslut import cost_groups
from finsam_genomlysning.visa.visning import Cell
from conftest import ROOT


@pytest.fixture(scope='module')
def edition_of_totals():
    underlag = read_underlag(ROOT / 'data' / 'hoglandet')
    mote = underlag.forbund.meeting()
    return Utgava(underlag.forbund, mote, build_tables(underlag, mote))


def test_each_share_of_the_budget_is_of_its_group_and_year(edition_of_totals):
    (table,) = cost_groups(edition_of_totals)
    df = edition_of_totals.tabeller['kostnadsgrupp'].df.query('matt == "andel_budget"')
    true = df.set_index(['grupp', 'period'])['varde'].dropna()
    cells = [c for row in table.rader for c in row if isinstance(c, Cell) and c.koord]
    assert len(cells) == len(true) > 1 and true.nunique() > 1
    for c in cells:
        assert c.v == true[c.koord['grupp'], c.koord['period']]
