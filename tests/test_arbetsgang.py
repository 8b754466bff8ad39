"Who does what in which phase: what a map may say, what it shows, and what it never says"

import re

import pytest
from conftest import ROOT, SMALL, copy_package

from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.gora.kontroll import check_package
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.errors import DisclosureError
from finsam_genomlysning.skydd.utgava import read_edition
from finsam_genomlysning.visa import arbetsgang
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.banor import plot_lanes
from finsam_genomlysning.visa.visning import Cell, Figur, Tabell, Text


def changed(tmp_path, old, new):
    package = copy_package(SMALL, tmp_path / 'paket')
    path = package / 'forbund.toml'
    text = path.read_text(encoding='utf-8')
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding='utf-8')
    return package


@pytest.fixture(scope='module')
def edition():
    return read_edition(ROOT / 'tests' / 'fixtur' / 'utgava')


@pytest.mark.parametrize(
    ('old', 'new', 'column', 'said'),
    [
        ('fas = "remiss"', 'fas = "remis"', 'fas', 'Menas remiss? Möjliga är: uppdrag, inbjudan'),
        ('aktor = "Teamet", med', 'aktor = "Temet", med', 'aktor', 'Menas Teamet?'),
        ('med = ["Remittenten"]', 'med = ["Remitent"]', 'med', 'Menas Remittenten?'),
        ('insats = "bryggan"\naktorer', 'insats = "brygan"\naktorer', 'insats', 'Menas bryggan?'),
        (
            'aktorer = ["Remittenten", "Teamet"]\nkalla = "Påhittat exempel"',
            'aktorer = ["Remittenten", "Teamet"]',
            'kalla',
            'pahittad = true',
        ),
    ],
)
def test_a_wrong_map_is_told_with_its_row(tmp_path, old, new, column, said):
    package = changed(tmp_path, old, new)
    found = check_package(package, compute=False).problem
    assert found and all(p.fil == 'forbund.toml' for p in found)
    text = (package / 'forbund.toml').read_text(encoding='utf-8').splitlines()
    first = next(p for p in found if p.kolumn.endswith(column))
    assert said in first.gor
    start = text.index('[[arbetsgang]]')
    assert start < first.rad - 1 < start + 10


def test_two_maps_of_one_programme_are_refused(tmp_path):
    again = (
        '[[arbetsgang]]\ninsats = "bryggan"\naktorer = ["A"]\n'
        'steg = [{ fas = "remiss", aktor = "A", vad = "V", pahittad = true }]\n\n'
    )
    package = changed(tmp_path, '[[jamforelse]]', again + '[[jamforelse]]')
    found = check_package(package, compute=False).problem
    assert [('redan en arbetsgång för bryggan' in p.vad) for p in found] == [True]


def test_a_map_that_goes_back_is_only_a_remark(tmp_path):
    package = changed(tmp_path, 'fas = "avslut"', 'fas = "inbjudan"')
    report = check_package(package, compute=False)
    assert not report.problem
    assert any('kartan går bakåt' in x for x in report.underlag.anmarkningar)


def test_steps_pass_the_search_for_what_may_not_be_printed(tmp_path):
    package = changed(tmp_path, 'vad = "Skickar remissen"', 'vad = "Tre deltagare fick arbete"')
    underlag = read_underlag(package)
    with pytest.raises(DisclosureError, match='arbetsgång bryggan, steg nr 1'):
        prepare_edition(underlag, underlag.forbund.meeting())


def test_the_published_steps(edition):
    df = edition.tabeller['arbetsgang'].df
    assert df['fas'].tolist() == ['remiss', 'arbete', 'avslut']
    assert df['pahittad'].tolist() == ['nej', 'nej', 'ja']
    assert df['kalla'].tolist() == ['Påhittat exempel', 'Påhittat exempel', 'Påhittat']


def test_the_section_has_picture_list_and_tables(edition):
    parts = arbetsgang.map_part(Amne(edition, insats='bryggan'))
    assert [type(p) for p in parts] == [Text, Figur, Tabell, Tabell]
    said, figure, numbers, table = parts
    _, steps = arbetsgang.steps_in_words(Amne(edition, insats='bryggan'))
    assert 'Ett av tre steg är påhittade' in said.md and 'i bilagan' in said.md
    assert re.findall(r'^(\d)\. ', steps.md, re.M) == ['1', '2', '3']
    assert '<b>' not in steps.md.replace('\\<b', '')
    assert len(table.rader) == 3 and figure.svg_smal and 'arbete' in figure.alt.lower()
    for r in numbers.rader:
        cell = r[1]
        rows = edition.tabeller[cell.tabell].df
        for k, v in cell.koord.items():
            rows = rows[rows[k] == v]
        rows = rows[rows['matt'] == cell.matt]
        assert rows['varde'].tolist() == [cell.v] or cell.skyddad


def test_without_a_map_nothing_is_shown(edition):
    assert arbetsgang.map_part(Amne(edition, insats='farliga_namn')) == []
    assert arbetsgang.map_part(Amne(edition)) == []
    assert arbetsgang.steps_in_words(Amne(edition)) == []
    assert arbetsgang.GAR_TILL.saknas == ''


def test_withheld_is_dots_and_absent_is_said(edition, monkeypatch):
    def as_if(s, matt, *at, **more):
        return Cell('..', skyddad=True) if matt.tabell == 'remittent' else Cell('Inte redovisat')

    monkeypatch.setattr(arbetsgang, 'printed', as_if)
    said, figure, *_ = arbetsgang.map_part(Amne(edition, insats='bryggan'))
    _, steps = arbetsgang.steps_in_words(Amne(edition, insats='bryggan'))
    assert 'Remisser: visas inte' in figure.alt and '..' not in figure.alt
    assert 'kan inte visas' in steps.md and '..' not in steps.md
    assert 'Inte redovisat: hälften väntar minst (dagar), ' in said.md
    monkeypatch.setattr(arbetsgang, 'printed', lambda *a, **k: Cell('Inte redovisat'))
    said, figure, *_ = arbetsgang.map_part(Amne(edition, insats='bryggan'))
    assert 'börjar och slutar är inte redovisat' in said.md and 'Tal på pilarna' not in figure.alt


def test_boxes_never_overlap_and_a_phone_reads_downwards(edition):
    import pandas as pd

    from finsam_genomlysning.visa.banor import SMAL, place_lanes, place_stack

    lanes = ['A', 'B', 'C']
    steps = pd.DataFrame(
        [('Remiss', a, 'Gör något som tar flera rader att läsa ' * 2, [], False) for a in 'ABCABC'],
        columns=['fas', 'aktor', 'vad', 'med', 'pahittad'],
    )
    numbers = {2: ['Remisser: 9']}
    boxes, end = place_lanes(steps, lanes, numbers)
    assert [b.y == boxes[0].y for b in boxes] == [True] * 3 + [False] * 3
    assert all(a.x + a.bredd <= b.x for a, b in zip(boxes[:2], boxes[1:3], strict=True))
    assert max(b.botten for b in boxes) < end
    stack, _ = place_stack(steps, numbers, SMAL)
    assert all(a.botten < b.y for a, b in zip(stack[:-1], stack[1:], strict=True))
    fig = plot_lanes(steps, lanes, numbers, smal=True).figure
    assert fig.get_size_inches()[0] == pytest.approx(3.7)
