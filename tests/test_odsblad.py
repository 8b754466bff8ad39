"An OpenDocument sheet, and tables beside and below a table: what the sender sees is what is read"

import io, zipfile
import pytest
from conftest import workbook
from finsam_genomlysning.lasa.underlag import read_file

SPACES = 'office table text style number calcext'
NS = ' '.join(f'xmlns:{p}="urn:test:{p}"' for p in SPACES.split())
HEAD = ['post', 'slag', 'insats', 'fran', 'till', 'budget', 'utfall', 'kalla']
ROW = ['Löner', 'kostnad', 'spar', '2024-01-01', '2024-12-31', 380000, 350000, 'Bokslut']


def cell(value, shown=None, more='', body=None):
    if isinstance(value, str):
        kind = 'office:value-type="string"'
    else:
        kind = f'office:value-type="float" office:value="{value}"'
    body = f'<text:p>{value if shown is None else shown}</text:p>' if body is None else body
    return f'<table:table-cell {more} {kind}>{body}</table:table-cell>'


def row(cells):
    filled = [c if str(c).startswith('<') else cell(c) for c in cells]
    return f'<table:table-row>{"".join(filled)}</table:table-row>'


def sheet(rows, styles='', before=''):
    body = ''.join(r if isinstance(r, str) else row(r) for r in rows)
    xml = f'<office:document-content {NS}><office:automatic-styles>{styles}'
    xml += '</office:automatic-styles><office:body><office:spreadsheet>'
    xml += f'<table:table table:name="ekonomi">{before}{body}</table:table>'
    xml += '</office:spreadsheet></office:body></office:document-content>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        z.writestr('mimetype', 'application/vnd.oasis.opendocument.spreadsheet')
        z.writestr('content.xml', xml)
    return out.getvalue()


def budget(shown_cell, styles=''):
    found = read_file(sheet([HEAD, [*ROW[:5], shown_cell, *ROW[6:]]], styles), 'ekonomi.ods')
    (table,) = found.tabeller
    return table.celler.celler['budget'].tolist()


SUB = '<style:style style:name="T1"><style:text-properties style:text-position="sub 58%"/>'
SUB += '</style:style>'
SHOWN = [
    (cell(380000, '380 000'), '380000'),
    (cell(380000, '380 000,00 kr'), '380000'),
    (cell(380000, '3,8E+005'), '380000'),
    (cell(380000, '380'), '#SKALAT!'),
    (cell(3810000, '3,8'), '#SKALAT!'),
    (cell(380, '380 000'), '#SKALAT!'),
    (cell(380, '380 tusen'), '380 tusen'),
    (cell(3.8, '3,8 milj kr'), '3,8 milj kr'),
    (cell(380, '380 %'), '380 %'),
    (cell(0, 'Err:508'), '#FEL!'),
    (cell(0, '#DIV/0!'), '#FEL!'),
    (cell('x', body='<text:p>38<text:span text:style-name="T1">1</text:span></text:p>'), '38₁'),
]


@pytest.mark.parametrize(('shown', 'read'), SHOWN, ids=[c[1] for c in SHOWN])
def test_a_cell_is_read_as_it_is_shown(shown, read):
    assert budget(shown, SUB) == [read]


@pytest.mark.parametrize('code', ['#,##0,', '0,,'])
def test_excel_hides_thousands_too(code):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook({'ekonomi': [HEAD, ROW]})))
    book['ekonomi']['F2'].number_format = code
    out = io.BytesIO()
    book.save(out)
    (table,) = read_file(out.getvalue(), 'ekonomi.xlsx').tabeller
    assert table.celler.celler['budget'].tolist() == ['#SKALAT!']


def test_rows_of_a_folded_group_and_columns_without_width_are_hidden():
    folded = f'<table:table-row-group table:display="false">{row(ROW)}</table:table-row-group>'
    found = read_file(sheet([HEAD, ROW, folded]), 'ekonomi.ods')
    assert [p.rad for p in found.tabeller[0].celler.problem] == [3]
    thin = '<style:style style:name="c"><style:p style:column-width="0cm"/></style:style>'
    columns = '<table:table-column table:number-columns-repeated="5"/>'
    columns += '<table:table-column table:style-name="c"/>'
    found = read_file(sheet([HEAD, ROW], thin, columns), 'ekonomi.ods')
    said = [*found.tabeller[0].celler.problem, *found.tabeller[0].celler.noter]
    assert 'dold' in ' '.join(map(str, said))


WORDS = ['Vad', 'slag', 'vilken', 'första dagen', 'sista dagen', 'kronor', 'bokfört', 'var']
BESIDE = [
    ([HEAD, WORDS, ROW], 2, 'Raden beskriver kolumnerna', 1),
    ([HEAD, ROW, [None], ['Kommun', 'Andel'], ['Åstad', 60]], 4, 'Under tabellen börjar', 1),
    (
        [HEAD, ['', '', '', '', '', 'tkr', 'tkr', ''], ROW],
        2,
        'Under rubrikerna budget och utfall står tkr',
        1,
    ),
    (
        [[*HEAD, None, 'Andel', 'Prognosen'], [*ROW, None, 60, 1], [*ROW[:7], 'x', None, 40, 2]],
        1,
        'Bredvid tabellen står en annan; den börjar i kolumn J',
        2,
    ),
]


@pytest.mark.parametrize(('rows', 'rad', 'says', 'kept'), BESIDE, ids=[c[2][:14] for c in BESIDE])
def test_what_is_beside_and_below_gets_one_sentence(rows, rad, says, kept):
    (table,) = read_file(workbook({'ekonomi': rows}), 'ekonomi.xlsx').tabeller
    assert [(p.rad, p.vad[: len(says)]) for p in table.celler.problem] == [(rad, says)]
    assert len(table.celler.celler) == kept
