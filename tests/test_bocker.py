"All tables of an edition as workbooks: what the guidance on accessible spreadsheets asks of each"

import io, re, zipfile
from dataclasses import replace
import pytest
from lxml import etree
from openpyxl import load_workbook
from finsam_genomlysning.granska.bokmall import expected_book
from finsam_genomlysning.ord.bokord import INNEHALLSBLAD, OMSLAGSBLAD, PAHITTAT
from finsam_genomlysning.skriva.tabellbok import Tabellbok, table_book, table_sheet
from finsam_genomlysning.skriva.writer_ods import write_ods
from finsam_genomlysning.skriva.writer_xlsx import write_xlsx
from finsam_genomlysning.skydd.utgava import read_edition

OFFICE = '{urn:oasis:names:tc:opendocument:xmlns:table:1.0}'


@pytest.fixture(scope='module')
def bok(small_edition):
    return table_book(read_edition(small_edition))


@pytest.fixture(scope='module')
def excel(small_edition):
    return load_workbook(small_edition / 'tabeller.xlsx')


@pytest.fixture(scope='module')
def content(small_edition):
    with zipfile.ZipFile(small_edition / 'tabeller.ods') as z:
        return etree.fromstring(z.read('content.xml'))


def test_the_files_are_what_the_tables_give(small_edition, bok):
    assert (small_edition / 'tabeller.xlsx').read_bytes() == write_xlsx(bok)
    assert (small_edition / 'tabeller.ods').read_bytes() == write_ods(bok)


def test_every_table_with_rows_has_a_sheet(small_edition, bok, excel):
    "By the files alone: a table more, or one that was forgotten, is seen"
    rows = {p.stem: p.read_text(encoding='utf-8') for p in small_edition.glob('tabeller/*.csv')}
    filled = {name for name, text in rows.items() if len(text.splitlines()) > 1}
    assert set(excel.sheetnames) == filled | {OMSLAGSBLAD, INNEHALLSBLAD}
    assert excel.sheetnames[:2] == [OMSLAGSBLAD, INNEHALLSBLAD]


def test_a_sheet_has_one_real_table_under_its_notes(excel):
    for ws in excel.worksheets[1:]:
        (table,) = ws.tables.values()
        first, last = table.ref.split(':')
        top = int(re.sub(r'\D', '', first))
        assert last == ws.cell(ws.max_row, ws.max_column).coordinate
        heads = [ws.cell(top, j).value for j in range(1, ws.max_column + 1)]
        assert heads == [c.name for c in table.tableColumns] and len(set(heads)) == len(heads)
        cells = [c.value for row in ws.iter_rows(min_row=top) for c in row]
        assert all(v is not None and v != '' for v in cells), ws.title
        above = [ws.cell(i, 1).value for i in range(1, top)]
        assert all(above), ws.title
        assert not ws.merged_cells.ranges and ws.sheet_state == 'visible'


def test_what_is_made_up_is_said_on_the_cover_and_every_sheet(excel):
    said = {ws.title for ws in excel if any(row[0] == PAHITTAT for row in ws.values)}
    assert said == set(excel.sheetnames) - {INNEHALLSBLAD}


def test_nothing_is_called_made_up_where_it_is_not(small_edition):
    u = read_edition(small_edition)
    real = u.forbund.model_copy(update={'syntetiska_deltagare': False})
    book = table_book(replace(u, forbund=real))
    assert PAHITTAT not in [*book.omslag, *(n for b in book.blad for n in b.noter)]


def test_every_link_leads_to_a_sheet(excel):
    links = [c.hyperlink.location for ws in excel for row in ws for c in row if c.hyperlink]
    tables = excel.sheetnames[2:]
    assert sorted(links) == sorted(
        [f"'{n}'!A1" for n in tables] + [f"'{INNEHALLSBLAD}'!A1"] * len(tables)
    )


def test_a_withheld_number_is_a_word_that_leaves_zero_open(bok):
    sheet = next(b for b in bok.blad for r in b.rader if 'skyddad' in r)
    assert any('Det kan vara 0' in n for n in sheet.noter)


def test_title_language_and_day_are_the_editions_own(excel, bok):
    p = excel.properties
    assert (p.title, p.language, p.creator) == (bok.titel, 'sv-SE', bok.utgivare)
    assert p.created.date() == p.modified.date() == bok.dag


def test_both_formats_have_the_same_rows(excel, content):
    for t in content.iter(f'{OFFICE}table'):
        name = next(v for k, v in t.attrib.items() if k == f'{OFFICE}name')
        rows = [r for r in t.iter(f'{OFFICE}table-row')]
        assert len(rows) == excel[name].max_row
        assert [len(r) for r in rows[-1:]] == [excel[name].max_column]


def test_the_audit_puts_the_same_book_together_by_itself(small_edition, bok):
    "Two programs, one from memory and one from the files"
    others = {b.namn: b for b in expected_book(small_edition).blad}
    for b in bok.blad:
        own = [[c if isinstance(c, str) else (c.varde, c.dec, c.andel) for c in r] for r in b.rader]
        other = others[b.namn].rader[others[b.namn].huvud :]
        assert [b.kolumner, *own] == [
            [c if isinstance(c, str) else tuple(c) for c in r] for r in other
        ]


@pytest.mark.parametrize('text', ['=1+1', '@SUM(A1)', "+46 och 'noll'", '-3', '<b>&amp;</b>'])
def test_hostile_text_stays_text(small_edition, text):
    u = read_edition(small_edition)
    pub = u.tabeller['deltagare_kon']
    pub.df['insats'] = text
    sheet = table_sheet(u, 'deltagare_kon')
    assert sheet.rader[0][0] == text
    one = Tabellbok('t', 'u', u.mote.datum, [], [sheet])
    rows = load_workbook(io.BytesIO(write_xlsx(one)))['deltagare_kon']
    cell = rows.cell(len(sheet.noter) + 5, 1)
    assert (cell.value, cell.data_type) == (text, 's')
