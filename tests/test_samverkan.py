"With whom one works: how often, how well, now and before"

import pytest
from conftest import SMALL, copy_package

from finsam_genomlysning.gora.kontroll import check_package
from finsam_genomlysning.katalog.listor import lista_frames
from finsam_genomlysning.katalog.register import DEFINITIONER
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.tabell import Publicerad
from finsam_genomlysning.skydd.utgava import Utgava
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.samverkan import (
    ties_finding,
    ties_matrix,
    ties_table,
)

RADER = """insats;part;form;hur_ofta;hur_det_fungerar;datum;bedomare;kalla
bryggan;Vården;Möten;varje_manad;delvis;2023-05-01;Teamet;Protokoll
bryggan;Vården;Möten;varje_vecka;bra;2024-05-01;Teamet;Protokoll
bryggan;Vården;Möten;inte_alls;daligt;2024-09-01;Teamet;Protokoll
bryggan;Kommunen;Möten;Varje dag;Fungerar bra;2023-05-01;;
bryggan;Kommunen;Möten;varje_vecka;delvis;2024-05-01;;
;Kommunen;Beredning;;;;;
"""


def given(tmp_path, text):
    package = copy_package(SMALL, tmp_path / 'paket')
    (package / 'underlag' / 'samverkan.csv').write_text(text, encoding='utf-8')
    return package


def subject(package, **what):
    u = read_underlag(package)
    meeting = u.forbund.meeting()
    df = lista_frames(u, meeting)['samverkan'].assign(skyddad='nej')
    table = Publicerad(DEFINITIONER['samverkan'], df)
    return Amne(Utgava(u.forbund, meeting, {'samverkan': table}), **what)


def test_now_against_before_and_nothing_after_the_cut_off(tmp_path):
    s = subject(given(tmp_path, RADER))
    said, table = ties_matrix(s)
    assert table.kolumner == ['Part', 'Bryggan', 'Hela förbundet']
    assert table.rader == [
        ['Vården', 'Varje vecka, fungerar bra; oftare än förut; bättre än förut', '–'],
        [
            'Kommunen',
            'Varje vecka, fungerar delvis; mer sällan än förut; sämre än förut',
            'Beredning',
        ],
    ]
    assert said.md == 'Två samarbeten har bedömts förut: ett bättre nu, ett sämre.'
    assert ties_finding(s) == 'Av två bedömda samarbeten fungerar ett bra'


def test_two_forms_are_two_cooperations(tmp_path):
    text = RADER + 'bryggan;Vården;Kartläggning;varje_dag;bra;2024-05-01;;\n'
    s = subject(given(tmp_path, text), insats='bryggan')
    rows = ties_table(s)[-1].rader
    assert [(r[0], r[1]) for r in rows] == [
        ('Vården', 'Möten'),
        ('Kommunen', 'Möten'),
        ('Vården', 'Kartläggning'),
    ]
    assert rows[2][4] == 'Första gången'


def test_a_file_from_before_is_read_and_shown_as_before(tmp_path):
    s = subject(given(tmp_path, 'insats;part;form;kalla\nbryggan;Vården;;\n'), insats='bryggan')
    (table,) = ties_table(s)
    assert table.kolumner == ['Part', 'Form', 'Källa']
    assert ties_finding(s) == ''


@pytest.mark.parametrize(
    ('old', 'new', 'column'),
    [
        ('varje_manad', 'varje_mond', 'hur_ofta'),
        (';bra;2024-05-01', ';brra;2024-05-01', 'hur_det_fungerar'),
    ],
)
def test_a_wrong_code_is_told_with_its_row(tmp_path, old, new, column):
    found = check_package(given(tmp_path, RADER.replace(old, new, 1)), compute=False).problem
    assert [p.kolumn for p in found] == [column] and found[0].rad in (2, 3)
