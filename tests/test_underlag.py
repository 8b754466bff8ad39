"Reading what people hand in: every spelling, every fault with its place; never a traceback"

import datetime as dt
import io, zipfile
from pathlib import Path
import pandas as pd
import pytest
from conftest import ASTAD, BORJAN, JUNI, workbook
from hypothesis import HealthCheck, given, settings, strategies as st
from openpyxl import Workbook, load_workbook
from finsam_genomlysning.lasa.arbetsbok import read_workbook
from finsam_genomlysning.lasa.celler import cell_text
from finsam_genomlysning.lasa.textfil import read_csv_sheet
from finsam_genomlysning.ord.errors import FolderError, UnderlagError
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.ord.personnummer import check_digit, has_personnummer
from finsam_genomlysning.ord.scheman import SCHEMAN, code_names
from finsam_genomlysning.lasa.tolka import (
    NUMMER,
    convert,
    read_textcell,
    read_datum,
    read_heltal,
    read_period,
    read_tal,
    to_cells,
)
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.lasa.kontroll import check_table
from finsam_genomlysning.lasa.underlag import read_file, read_underlag

LUGN = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # the machine may be busy

SMALL = Path(__file__).parent / 'fixtur' / 'litet_forbund'
HEAD = 'person;insats;kommun;kon;remissdatum;startdatum;slutdatum;avslutsorsak\n'
ROW = 'P1;Spår A;Åstad;K;2024-01-10;2024-02-01;;\n'
TOML = f"""{BORJAN}{ASTAD}aven = ["Åstads kommun"]
[[insats]]
id = "spar_a"
namn = "Spår A"
i_genomlysningen = true
{JUNI}"""


@pytest.fixture
def paket(tmp_path):
    (tmp_path / 'forbund.toml').write_text(TOML, encoding='utf-8')
    (tmp_path / 'underlag').mkdir()
    return tmp_path


def problems(folder):
    with pytest.raises(UnderlagError) as e:
        read_underlag(folder)
    return e.value.problem


RADER = [
    HEAD.strip().split(';'),
    ['P1', 'Spår A', 'Åstad', 'K', dt.date(2024, 1, 10), dt.datetime(2024, 2, 1)],
]


def test_small_package_has_no_problems_and_a_remark_on_each_oddity():
    u = read_underlag(SMALL)
    rows = {k: len(v) for k, v in u.tabeller.items()}
    assert rows == {'behov': 11, 'deltagare': 42, 'ekonomi': 1, 'forslag': 3, 'stodenkat': 4}
    assert u.rader_in['deltagare'] == 42 and u.anmarkningar == [
        'underlag/forslag.csv: kolumn forslag: 1 cell med HTML, som trycks som den står',
        'deltagare: minst en pseudonym har olika födelseår på olika rader',
        'texter/2024-09-18/forbund/lasanvisning.md, rad 5: HTML trycks som den står',
    ]
    assert '=1+1' in u.tabeller['forslag'].forslag.tolist()
    assert u.tabeller['behov'].varde.isna().sum() == 1
    assert 'underlag/behov.csv' in u.filer and len(u.filer['forbund.toml']) == 64


@pytest.mark.parametrize('delimiter', [';', ',', '\t'])
@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig', 'cp1252', 'utf-16'])
@pytest.mark.parametrize('newline', ['\n', '\r\n'])
def test_csv_as_people_save_it(paket, delimiter, encoding, newline):
    text = (HEAD + ROW).replace(';', delimiter).replace('\n', newline)
    (paket / 'underlag/deltagare.CSV').write_bytes(text.encode(encoding))
    u = read_underlag(paket)
    assert u.tabeller['deltagare'].loc[0, ['insats', 'kommun', 'kon']].tolist() == [
        'spar_a',
        'astad',
        'K',
    ]
    assert [('Windows-1252' in n) for n in u.anmarkningar].count(True) == (encoding == 'cp1252')


def test_workbook_reads_as_csv_does(paket):
    (paket / 'underlag/spår a.xlsx').write_bytes(
        workbook(
            {
                'Läs mig': [['Fyll i']],
                'Deltagare': RADER,
                'behov': [['omrade', 'indikator', 'namn', 'period', 'varde', 'enhet', 'kalla']],
            }
        )
    )
    book = read_underlag(paket).tabeller
    (paket / 'underlag/spår a.xlsx').unlink()
    (paket / 'underlag/deltagare.csv').write_text(HEAD + ROW, encoding='utf-8')
    assert list(book) == ['deltagare']  # a sheet without rows is a table that was not handed in
    pd.testing.assert_frame_equal(book['deltagare'], read_underlag(paket).tabeller['deltagare'])


def test_all_problems_at_once_with_the_rows_a_spreadsheet_shows(paket):
    (paket / 'underlag/deltagare.csv').write_text(
        HEAD
        + '\n'
        + ROW
        + '\n\n'
        + ROW.replace('P1', 'P2').replace('Åstad', 'Nystad').replace('2024-02-01', '2024-01-01'),
        encoding='utf-8',
    )
    (paket / 'underlag/bok.xlsx').write_bytes(
        workbook(
            {
                'restider': [
                    ['Restider 2024'],
                    [],
                    ['fran_kommun', 'till_kommun', 'fardsatt', 'minuter'],
                    [],
                    ['Åstad', 'Åstad', 'buss', 'länge'],
                    ['Åstad', '', 'bil', 5],
                ]
            }
        )
    )
    (paket / 'underlag/deltagre.csv').write_text('a;b\n1;2\n')
    (paket / 'underlag/gammal.xls').write_bytes(b'x')
    places = [(p.fil, p.blad, p.rad, p.kolumn) for p in problems(paket)]
    assert places == [
        ('underlag/bok.xlsx', 'restider', 5, 'minuter'),
        ('underlag/bok.xlsx', 'restider', 6, 'till_kommun'),
        ('underlag/deltagare.csv', '', 6, 'kommun'),
        ('underlag/deltagare.csv', '', 6, 'startdatum'),
        ('underlag/deltagre.csv', '', 0, ''),
        ('underlag/gammal.xls', '', 0, ''),
    ]


@pytest.mark.parametrize(
    'name, data, says',
    [
        ('deltagare.csv', b'', 'Filen är tom'),
        ('deltagare.csv', b' \n\n', 'Filen är tom'),
        ('deltagare.csv', HEAD.encode(), 'inga rader'),
        ('deltagare.csv', b'\x00\x01\x02', 'ingen textfil'),
        ('deltagare.csv', 'person;insats\n"P1;x\n'.encode(), 'citattecken'),
        (
            'deltagare.csv',
            (HEAD + ROW).encode().decode('cp1252', 'replace').encode(),
            'förvanskade',
        ),
        ('bok.xlsx', b'', 'tom'),
        ('bok.xlsx', b'PK\x03\x04' + b'x' * 99, 'skadad'),
        ('bok.xlsx', b'person;insats', 'textfil'),
        ('bok.xlsx', bytes.fromhex('d0cf11e0a1b11ae1') + b'x' * 99, 'skadad'),
        (
            'bok.xlsx',
            bytes.fromhex('d0cf11e0a1b11ae1') + 'EncryptedPackage'.encode('utf-16le'),
            'lösenord',
        ),
        ('bok.xlsm', b'x', 'makron'),
        ('bok.ods', b'x', 'skadad'),
        ('bok.xlsx', workbook({'Blad1': [['a']]}), 'Inget blad'),
        ('bok.xlsx', workbook({'Deltagre': [['a', 'b'], [1, 2]]}), 'Menas deltagare?'),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence(paket, name, data, says):
    (paket / 'underlag' / name).write_bytes(data)
    found = problems(paket)
    assert len(found) == 1 and says in str(found[0]) and found[0].gor


def test_macro_inside_an_xlsx(paket):
    data = io.BytesIO(workbook({'deltagare': RADER}))
    with zipfile.ZipFile(data, 'a') as z:
        z.writestr('xl/vbaProject.bin', b'x')
    (paket / 'underlag/bok.xlsx').write_bytes(data.getvalue())
    assert [p.vad for p in problems(paket)] == ['Arbetsboken innehåller makron.']


def test_formulas_are_values_and_unsaved_ones_a_problem(paket):
    rows = [
        ['fran_kommun', 'till_kommun', 'fardsatt', 'minuter'],
        ['Åstad', 'Åstad', 'buss', '=10*2'],
    ]
    data = workbook({'restider': rows})
    (paket / 'underlag/bok.xlsx').write_bytes(data)
    assert [(p.rad, p.kolumn) for p in problems(paket) if 'formel' in p.vad] == [(2, 'minuter')]
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as src, zipfile.ZipFile(saved, 'w') as out:
        for n in src.namelist():
            out.writestr(
                n,
                src.read(n)
                .replace(b'<f>10*2</f><v></v>', b'<f>10*2</f><v>20</v>')
                .replace(b'<f>10*2</f><v />', b'<f>10*2</f><v>20</v>'),
            )
    (paket / 'underlag/bok.xlsx').write_bytes(saved.getvalue())
    assert read_underlag(paket).tabeller['restider'].minuter.tolist() == [20]


def test_merged_titles_totals_and_extra_columns_are_noted(paket):
    def merge(book):
        book['deltagare'].merge_cells('C3:C4')

    rows = [
        ['Register våren 2024'],
        ['Person', 'Insats', 'Kommun', 'Kön', 'Remiss datum', 'Anteckning'],
        ['P1', 'Spår A', 'Åstads kommun', 'Kvinna', '3/5-24', 'x'],
        ['P2', 'Spår A', None, 'man', 45415, None],
        ['Summa', None, None, 2],
    ]
    (paket / 'underlag/bok.xlsx').write_bytes(workbook({'deltagare': rows}, merge))
    u = read_underlag(paket)
    assert (
        u.tabeller['deltagare'].kommun.tolist() == ['astad', 'astad']
        and u.tabeller['deltagare'].remissdatum.dt.strftime('%Y-%m-%d').tolist()
        == ['2024-05-03'] * 2
    )
    for word in (
        'ovanför rubrikraden',
        'sammanslagna',
        'summarad',
        'kolumnen «Anteckning» (F) hör inte till tabellen',
        'dagnummer',
        'annan stavning',
        'annat sätt än ÅÅÅÅ-MM-DD',
    ):
        assert any(word in n for n in u.anmarkningar), word


def test_the_same_row_and_the_same_file_twice(paket):
    (paket / 'underlag/deltagare-1.csv').write_text(HEAD + ROW, encoding='utf-8')
    (paket / 'underlag/deltagare-2.csv').write_text(
        HEAD + ROW.replace('P1', 'P2') + ROW, encoding='utf-8'
    )
    u = read_underlag(paket)
    assert (
        sorted(u.tabeller['deltagare'].person) == ['P1', 'P2']
        and u.rader_in['deltagare'] == 3
        and any('mer än en gång' in n for n in u.anmarkningar)
    )
    (paket / 'underlag/deltagare-3.csv').write_text(
        HEAD + ROW.replace('Åstad;K', 'Åstad;M'), encoding='utf-8'
    )
    assert [(p.fil, p.rad, 'deltagare-1.csv' in p.vad) for p in problems(paket)] == [
        ('underlag/deltagare-3.csv', 2, True)
    ]


def test_equal_questionnaires_are_two_but_a_copied_file_is_one(paket):
    text = (
        'tillfalle;datum;insats;fraga_1\navslut;2024-03-01;spar_a;5\navslut;2024-03-01;spar_a;5\n'
    )
    (paket / 'underlag/indikatorer.csv').write_text(text)
    assert len(read_underlag(paket).tabeller['indikatorer']) == 2
    (paket / 'underlag/indikatorer-kopia.csv').write_text(text)
    u = read_underlag(paket)
    assert len(u.tabeller['indikatorer']) == 2 and any('kopia av' in n for n in u.anmarkningar)


def test_partly_there_is_a_problem_and_absent_is_fine(paket):
    assert read_underlag(paket).tabeller == {}
    (paket / 'underlag/deltagare.csv').write_text('person;insats;slutdatm\nP1;spar_a;2024-01-01\n')
    missing, unread = problems(paket)
    assert missing.vad == 'Kolumnerna kommun, kon och remissdatum saknas.' and unread.kolumn == 'C'


def test_totals_that_look_like_data_are_refused(paket):
    (paket / 'underlag/ekonomi.csv').write_text(
        'post;slag;fran;till;budget\n'
        'Hyra;kostnad;2024-01-01;2024-12-31;10\n'
        'Summa kostnader;kostnad;2024-01-01;2024-12-31;10\n'
    )
    assert [(p.rad, p.kolumn) for p in problems(paket)] == [(3, 'post')]


SPELLINGS = [
    '121212-1212',
    '1212121212',
    '19121212-1212',
    '191212121212',
    '121212+1212',
    '19121212 1212',
    '121212–1212',
    '701063-2391',
    '7010632391',
]


@pytest.mark.parametrize('pnr', SPELLINGS)
def test_personnummer_anywhere_is_refused_and_never_shown(paket, pnr):
    (paket / 'underlag/deltagare.csv').write_text(
        HEAD + ROW + ROW.replace('P1', pnr), encoding='utf-8'
    )
    (paket / 'underlag/forslag.csv').write_text(
        f'datum;tema;forslag;egen\n2024-05-03;Ekonomi;se {pnr}, tack;{pnr}\n'
    )

    def comment(book):
        from openpyxl.comments import Comment

        book['restider']['A1'].comment = Comment(f'ring {pnr}', 'x')

    (paket / 'underlag/bok.xlsx').write_bytes(
        workbook(
            {
                'restider': [['fran_kommun', 'till_kommun', 'fardsatt', 'minuter']],
                'Annat': [[], ['', pnr]],
                'balans': [[pnr]],
            },
            comment,
        )
    )
    (paket / 'texter/2024-06-01/forbund').mkdir(parents=True)
    (paket / 'texter/2024-06-01/forbund/a.md').write_text(f'# A\n\n{pnr}\n', encoding='utf-8')
    (paket / 'scenarier').mkdir()
    (paket / 'scenarier/x.toml').write_text(f'a = "{pnr}"\n', encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        read_underlag(paket)
    assert pnr not in e.value.svenska and not has_personnummer(e.value.svenska)
    hits = {(p.fil, p.blad, p.rad, p.kolumn) for p in e.value.problem if 'personnummer' in p.vad}
    assert hits == {
        ('underlag/deltagare.csv', '', 3, 'person'),
        ('underlag/forslag.csv', '', 2, 'forslag'),
        ('underlag/forslag.csv', '', 2, 'D'),
        ('underlag/bok.xlsx', 'Annat', 2, 'B'),
        ('underlag/bok.xlsx', 'balans', 1, 'A'),
        ('underlag/bok.xlsx', '', 0, ''),
        ('texter/2024-06-01/forbund/a.md', '', 3, ''),
        ('scenarier/x.toml', '', 1, ''),
    }


def test_personnummer_as_number_with_lost_zeros(paket):
    number = int('010101000' + str(check_digit('010101000')))
    (paket / 'underlag/bok.xlsx').write_bytes(
        workbook({'deltagare': [RADER[0], [number, *RADER[1][1:]]]})
    )
    assert [(p.rad, p.kolumn) for p in problems(paket)] == [(2, 'person')]


def test_personnummer_in_toml_and_in_file_names(paket):
    (paket / 'underlag/deltagare 121212-1212.csv').write_text(HEAD + ROW, encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        read_underlag(paket)
    assert '121212-1212' not in e.value.svenska
    (paket / 'forbund.toml').write_text(TOML + 'kalla = "19121212-1212"\n', encoding='utf-8')
    assert [(p.fil, p.rad) for p in problems(paket)] == [('forbund.toml', TOML.count('\n') + 1)]


@pytest.mark.parametrize(
    'change, rad, says',
    [
        (('id = "ex"', 'id = "ex'), 1, 'citattecken saknas'),
        (('kod = "9901"', 'kod = 9901'), 7, 'citattecken'),
        (('id = "astad"', 'id = "Åstad"'), 6, 'små bokstäver'),
        (('rubrik', 'rubbrik'), 17, 'Menas rubrik?'),
        (('2024-06-01', '"snart"'), 15, 'inget datum'),
        (('2024-04-30', '2024-07-30'), 14, 'efter mötet'),
        (('i_genomlysningen = true', ''), 10, 'saknas'),
    ],
)
def test_config_faults_have_a_line(paket, change, rad, says):
    (paket / 'forbund.toml').write_text(TOML.replace(*change, 1), encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        read_forbund(paket)
    assert any(p.rad == rad and says in str(p) for p in e.value.problem), e.value.svenska


def test_config_in_another_encoding(paket):
    (paket / 'forbund.toml').write_bytes(TOML.encode('cp1252'))
    assert [(p.rad, 'UTF-8' in p.vad) for p in problems(paket)] == [(8, True)]
    with pytest.raises(FolderError):
        read_underlag(paket / 'finns inte')


def test_values_never_appear_in_messages(paket):
    (paket / 'underlag/deltagare.csv').write_text(
        HEAD
        + ROW.replace('Åstad', 'Kalle Kula').replace('P1', 'Anna Ek').replace('2024-01-10', 'Lisa'),
        encoding='utf-8',
    )
    with pytest.raises(UnderlagError) as e:
        read_underlag(paket)
    assert len(e.value.problem) == 3 and not any(
        n in e.value.svenska for n in ('Kalle', 'Anna', 'Lisa')
    )


def test_input_is_untouched():
    cells = (
        pd.DataFrame([HEAD.strip().split(';')]).T.assign(v=ROW.strip().split(';')).set_index(0).T
    )
    before = cells.copy()
    check_table(cells, SCHEMAN['deltagare'], example_forbund(), 'x')
    pd.testing.assert_frame_equal(cells, before)


# properties

F = example_forbund()
WORDS = st.text(
    st.characters(codec='utf-8', exclude_categories=['C', 'Z'], exclude_characters='Ã\ufffe\uffff'),
    min_size=1,
    max_size=12,
).filter(lambda t: not has_personnummer(t) and t[0] != '#' and '_x' not in t)
WORDS = WORDS.filter(lambda t: read_textcell(t, NUMMER).varde == t)  # no sign of repetition


def values_of(k):
    some = {
        'datum': st.dates(dt.date(1930, 1, 1), dt.date(2090, 1, 1)).map(pd.Timestamp),
        'heltal': st.integers(int(k.minst or 0), int(k.hogst or 10**6)).map(float),
        'tal': st.floats(k.minst if k.minst is not None else -1e9, k.hogst or 1e9, allow_nan=False),
        'period': st.sampled_from(['2023', '2023-12', '2023-09/2023-11']),
        'text': WORDS,
    }
    made = (
        st.sampled_from([c for c, _, _ in code_names(k.koder, F)])
        if k.typ == 'kod'
        else some[k.typ]
    )
    return st.none() | made if k.tomt else made


TABLES = [
    s for s in SCHEMAN.values() if all(k.typ != 'kod' or code_names(k.koder, F) for k in s.kolumner)
]


@settings(LUGN, max_examples=60)
@given(
    st.data(),
    st.sampled_from(TABLES),
    st.sampled_from([';', ',', '\t']),
    st.sampled_from(['utf-8', 'utf-8-sig', 'utf-16']),
)
def test_any_table_written_as_csv_reads_back(data, schema, delimiter, encoding):
    rows = data.draw(
        st.lists(
            st.fixed_dictionaries({k.namn: values_of(k) for k in schema.kolumner}),
            min_size=1,
            max_size=4,
        )
    )
    values = pd.DataFrame(rows, columns=[k.namn for k in schema.kolumner], dtype=object)
    out = (
        to_cells(values, schema.kolumner)
        .to_csv(sep=delimiter, index=False, quoting=1)
        .encode(encoding)
    )
    found, _, wrong, *_ = read_file(out, f'underlag/{schema.namn}.csv')
    assert not wrong and not found[0].celler.problem
    for k in schema.kolumner:
        read = convert(found[0].celler.celler[k.namn], k, F)
        assert (read.fel == '').all() and [None if pd.isna(v) else v for v in read.varden] == [
            None if pd.isna(v) else v for v in values[k.namn]
        ], k.namn


@settings(LUGN, max_examples=300)
@given(
    st.binary(max_size=400), st.sampled_from(['deltagare.csv', 'ekonomi.csv', 'bok.xlsx', 'x.csv'])
)
def test_arbitrary_bytes_never_give_a_traceback(data, name):
    found, _, wrong, *_ = read_file(data, f'underlag/{name}')
    for x in found:
        check_table(x.celler.celler, SCHEMAN[x.tabell], F, name)
    assert found or wrong


GOOD_BOOK = workbook({'deltagare': RADER})


@settings(LUGN, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, len(GOOD_BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=30
    )
)
def test_damaged_workbooks_never_give_a_traceback(changes):
    data = bytearray(GOOD_BOOK)
    for at, byte in changes:
        data[at] = byte
    read_file(bytes(data), 'underlag/bok.xlsx')


@settings(LUGN, max_examples=60)
@given(
    st.sampled_from(
        [
            'xl/workbook.xml',
            'xl/worksheets/sheet1.xml',
            'xl/_rels/workbook.xml.rels',
            '[Content_Types].xml',
            'xl/styles.xml',
        ]
    ),
    st.data(),
)
def test_workbooks_with_odd_xml_never_give_a_traceback(part, data):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD_BOOK)) as src, zipfile.ZipFile(out, 'w') as z:
        for n in src.namelist():
            xml = src.read(n)
            if n == part:
                at = data.draw(st.integers(0, len(xml) - 1))
                xml = (
                    xml[:at]
                    + data.draw(st.binary(max_size=6))
                    + xml[at + data.draw(st.integers(0, 8)) :]
                )
            z.writestr(n, xml)
    read_file(out.getvalue(), 'underlag/bok.xlsx')


@settings(LUGN, max_examples=300)
@given(st.text(max_size=20) | st.from_regex(r'\A[\d/.\-, ]{1,12}\Z'))
def test_any_cell_is_read_or_refused(text):
    text = text.strip()
    for reader in (read_datum, read_tal, read_heltal, read_period):
        last = reader(text)
        assert (last.varde is None) == bool(last.fel)


@settings(LUGN)
@given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)))
def test_every_way_to_write_a_date_means_that_date_or_nothing(d):
    month = [
        'januari',
        'februari',
        'mars',
        'april',
        'maj',
        'juni',
        'juli',
        'augusti',
        'september',
        'oktober',
        'november',
        'december',
    ][d.month - 1]
    serial = str((d - dt.date(1899, 12, 30)).days)
    for text in (
        d.isoformat(),
        f'{d:%Y%m%d}',
        f'{d.day} {month} {d.year}',
        f'{d.day} {month[:3]} -{d:%y}',
        f'{d.day}/{d.month}-{d:%y}',
        f'{d.day}/{d.month} {d.year}',
        serial if int(serial) >= 20000 else d.isoformat(),
    ):
        assert read_datum(text).varde == d.isoformat(), text
    for text in (f'{d:%d/%m/%Y}', f'{d:%y%m%d}', f'{d:%d.%m.%Y}', f'{d:%y-%m-%d}'):
        assert read_datum(text).varde in (d.isoformat(), None)


@settings(LUGN)
@given(
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
    st.sampled_from(['', '-', '+', ' ', '–']),
    st.sampled_from(['', '19', '20']),
    st.sampled_from([0, 60]),
)
def test_every_personnummer_is_found(year, month, day, n, sign, century, extra):
    nine = f'{year:02}{month:02}{day + extra:02}{n:03}'
    assert has_personnummer(f'x {century}{nine[:6]}{sign}{nine[6:]}{check_digit(nine)}.')
    assert not has_personnummer(
        f'x {century}{nine[:6]}{sign}{nine[6:]}{(check_digit(nine) + 1) % 10}.'
    )


def test_odd_csv_header_rows():
    sheet = read_csv_sheet('\ufeffperson,"insats"\nP1,"a, b"\n'.encode(), 'deltagare.csv')
    assert sheet.rader == [(1, ['person', 'insats']), (2, ['P1', 'a, b'])]


CELLS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 4))
    | WORDS
    | st.dates(dt.date(1901, 1, 1), dt.date(2100, 1, 1))
    | st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2100, 1, 1)).map(
        lambda d: d.replace(microsecond=0)
    )
    | st.sampled_from(['=1', '#N/A', ' två ord ', 'rad\nbrytning', '_x0000_', 0, 0.1, '0'])
)


@settings(LUGN, max_examples=60)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=5))
def test_workbooks_read_as_openpyxl_reads_them(rows):
    book = Workbook()
    for n, row in enumerate(rows, 1):
        for i, v in enumerate(row, 1):
            cell = book.active.cell(n, i)
            cell.value = v
            if isinstance(v, str):
                cell.data_type = 's'
    out = io.BytesIO()
    book.save(out)
    theirs = [
        [cell_text(v) for v in row]
        for row in load_workbook(out, data_only=True).active.iter_rows(values_only=True)
    ]
    ours = read_workbook(out.getvalue(), 'a.xlsx')[0].rader

    def trimmed(cells):
        return cells[: max((i for i, c in enumerate(cells, 1) if c), default=0)]

    assert [(n, trimmed(c)) for n, c in ours] == [
        (n, trimmed(c)) for n, c in enumerate(theirs, 1) if any(c)
    ]


def odd_workbook(cells, shared='', extra=''):
    "A workbook as other programs write it: prefixed tags, rich texts, cells without references"
    ns = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    package = 'http://schemas.openxmlformats.org/package/2006/relationships'
    parts = {
        'xl/workbook.xml': (
            f'<x:workbook {ns} xmlns:r="{rel}"><x:sheets>'
            '<x:sheet name="restider" sheetId="1" r:id="a"/></x:sheets></x:workbook>'
        ),
        'xl/_rels/workbook.xml.rels': (
            f'<Relationships xmlns="{package}"><Relationship Id="a" '
            f'Type="{rel}/worksheet" Target="/xl/worksheets/s.xml"/></Relationships>'
        ),
        'xl/sharedStrings.xml': f'<x:sst {ns}>{shared}</x:sst>',
        'xl/worksheets/s.xml': (
            f'{extra}<x:worksheet {ns}><x:sheetData>{cells}</x:sheetData></x:worksheet>'
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        for n, xml in parts.items():
            z.writestr(n, xml)
    return out.getvalue()


def test_workbooks_of_other_programs():
    shared = (
        '<x:si><x:r><x:t>Ås</x:t></x:r><x:r><x:t>tad_x005F_x000D_</x:t></x:r>'
        '<x:rPh sb="0" eb="1"><x:t>läses ej</x:t></x:rPh></x:si>'
    )
    cells = (
        '<x:row r="3"><x:c r="B3" t="s"><x:v>0</x:v></x:c>'
        '<x:c t="inlineStr"><x:is><x:t>buss</x:t></x:is></x:c>'
        '<x:c t="b"><x:v>1</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c>'
        '<x:c t="str"><x:f>A1</x:f><x:v></x:v></x:c>'
        '<x:c t="d"><x:v>2024-05-03T00:00:00</x:v></x:c>'
        '<x:c><x:v>8.507E2</x:v></x:c></x:row>'
        '<x:row><x:c><x:v>007</x:v></x:c></x:row>'
    )
    sheet = read_workbook(odd_workbook(cells, shared), 'a.xlsx')[0]
    assert (
        sheet.rader
        == [(3, ['', 'Åstad_x000D_', 'buss', 'ja', '#REF!', '', '2024-05-03', '850,7']), (4, ['7'])]
        and not sheet.problem
    )


@pytest.mark.parametrize(
    'cells, extra',
    [
        ('<x:row r="1"><x:c r="A1" t="s"><x:v>9</x:v></x:c></x:row>', ''),
        ('<x:row r="1"><x:c r="ZZZ1"><x:v>1</x:v></x:c></x:row>', ''),
        ('<x:row r="x"></x:row>', ''),
        ('<x:row>', ''),
        ('', '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]>'),
    ],
)
def test_workbooks_that_are_wrong_inside(cells, extra):
    with pytest.raises(UnderlagError, match='skadad'):
        read_workbook(odd_workbook(cells, '', extra), 'a.xlsx')


def test_texts_that_no_report_would_show(paket):
    for name in (
        '2024-06-01/insats-spar_a/mal.md',
        '2024-06-01/kommun-astad/far.md',
        '2024-06-01/forbund/mal.md',
        '2024-06-01/nylage/teman.md',
        '2024-06-01/forbund/maal.md',
        '2024-06-02/forbund/mal.md',
        '2024-06-01/spår/mal.md',
        '2024-06-01/a.md',
        'b.txt',
    ):
        (paket / 'texter' / name).parent.mkdir(parents=True, exist_ok=True)
        (paket / 'texter' / name).write_text('text', encoding='utf-8')
    assert [p.fil.removeprefix('texter/') for p in problems(paket)] == [
        '2024-06-01/a.md',
        '2024-06-01/forbund/maal.md',
        '2024-06-01/spår/mal.md',
        '2024-06-02/forbund/mal.md',
        'b.txt',
    ]


# what people really send


def test_percentages_and_months_are_what_the_screen_showed(paket):
    def shown(book):
        ws = book['deltagare']
        for n, value in ((2, 1), (3, 0.5), (4, 0.29)):
            ws.cell(n, 6).value, ws.cell(n, 6).number_format = value, '0%'
        ws['E4'].number_format = 'mmm\\-yy'

    head = ['person', 'insats', 'kommun', 'kon', 'remissdatum', 'omfattning_efter']
    (paket / 'underlag/bok.xlsx').write_bytes(
        workbook(
            {
                'deltagare': [
                    head,
                    *([f'P{n}', 'Spår A', 'Åstad', 'K', dt.date(2024, 1, 1), 0] for n in range(3)),
                ]
            },
            shown,
        )
    )
    assert [(p.rad, p.kolumn, p.vad) for p in problems(paket)] == [
        (4, 'remissdatum', 'Värdet «2024-01» är inget datum: dagen saknas.')
    ]  # «jan-24» is no day
    table = read_file((paket / 'underlag/bok.xlsx').read_bytes(), 'underlag/bok.xlsx')[0][
        0
    ].celler.celler
    assert (
        table.omfattning_efter.tolist() == ['100 %', '50 %', '29 %']
        and table.remissdatum.tolist()[2] == '2024-01'
    )
    share = next(k for k in SCHEMAN['bemanning'].kolumner if k.namn == 'omfattning')
    assert convert(pd.Series(['75 %', '0,75', '1']), share, F).varden.tolist() == [0.75, 0.75, 1]


@pytest.mark.parametrize(
    'tabell, kolumn, text',
    [
        ('aktiviteter', 'timmar', '90 min'),
        ('volymer', 'antal', '50 %'),
        ('restider', 'minuter', '2 h'),
        ('ekonomi', 'budget', '3 tkr'),
        ('ekonomi', 'budget', '1 5'),
        ('volymer', 'antal', '20 24'),
    ],
)
def test_a_unit_or_a_space_is_never_guessed_away(tabell, kolumn, text):
    k = next(k for k in SCHEMAN[tabell].kolumner if k.namn == kolumn)
    assert convert(pd.Series([text]), k, F).fel.tolist() != ['']


def test_a_dash_is_no_pseudonym_and_two_spellings_are_remarked_on(paket):
    (paket / 'underlag/deltagare.csv').write_text(
        HEAD + ROW.replace('P1', '-') + ROW.replace('P1', 'okänd'), encoding='utf-8'
    )
    assert [(p.rad, p.vad) for p in problems(paket)] == [
        (2, 'Pseudonymen saknas.'),
        (3, 'Pseudonymen saknas.'),
    ]
    (paket / 'underlag/deltagare.csv').write_text(
        HEAD
        + ROW
        + ROW.replace('P1', 'p-1').replace(';K;', ';M;')
        + ROW.replace('2024-01-10', '2024-01-11').replace(';K;', ';M;'),
        encoding='utf-8',
    )
    remarks = [r for r in read_underlag(paket).anmarkningar if 'pseudonym' in r]
    assert [('olika kön' in r, 'räknas som olika personer' in r) for r in remarks] == [
        (True, False),
        (False, True),
    ] and not any(c.isdigit() for r in remarks for c in r)


def test_the_same_fault_is_said_once_with_its_rows(paket):
    (paket / 'underlag/deltagare.csv').write_text(
        HEAD + ''.join(ROW.replace('P1', f'P{n}').replace('Åstad', 'Åsta') for n in range(200)),
        encoding='utf-8',
    )
    with pytest.raises(UnderlagError) as e:
        read_underlag(paket)
    assert len(e.value.problem) == 200 and e.value.svenska.splitlines() == [
        'Underlaget har 200 fel av 1 slag som behöver rättas:',
        '  underlag/deltagare.csv, kolumn kommun (200 fel): Värdet är inget tillåtet värde. '
        'Menas Åstad? Tillåtna: Åstad.',
        '    rad 2–201',
    ]


def test_names_left_from_the_template_are_remarked_on(paket):
    (paket / 'forbund.toml').write_text(
        TOML.replace('"Åstad"', '"Kommunens namn"'), encoding='utf-8'
    )
    assert read_underlag(paket).anmarkningar == [
        'forbund.toml, rad 8, kommun Kommunens namn: namn: '
        '”Kommunens namn” står kvar från mallen. Skriv det rätta namnet.'
    ]


@pytest.mark.parametrize('name', ['deltagare.csv', 'bok.xlsx'])
def test_what_no_forbund_has_is_refused(paket, name, monkeypatch):
    data = (HEAD + ROW).encode() if name.endswith('csv') else GOOD_BOOK
    monkeypatch.setattr('finsam_genomlysning.lasa.textfil.TEXT_MAX', 20)
    monkeypatch.setattr('finsam_genomlysning.lasa.arbetsbok.WORKBOOK_MAX', 20)
    assert ['orimligt stor' in p.vad for p in read_file(data, f'underlag/{name}')[2]] == [True]


def test_a_bomb_is_refused_before_it_is_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        with z.open('xl/worksheets/sheet1.xml', 'w', force_zip64=True) as f:
            for _ in range(700):
                f.write(bytes(1_000_000))
    assert 'orimligt stor' in read_file(out.getvalue(), 'underlag/bok.xlsx')[2][0].vad


LEFT_OUT = st.sampled_from(
    [
        '',
        ' ',
        None,
        'Anteckning',
        'Summa',
        'x',
        17,
        3.5,
        'Totalt',
        '-',
        '#REF!',
        dt.date(2024, 1, 1),
        True,
    ]
)


@settings(LUGN, max_examples=60)
@given(st.data(), st.sampled_from(TABLES))
def test_hostile_workbooks_are_read_or_refused_in_swedish(data, schema):
    """Columns in any order, some twice, some missing, some strange

    With titles, blank rows, totals, merged cells, and any value anywhere.
    """
    names = data.draw(st.permutations([k.namn for k in schema.kolumner]))[
        : data.draw(st.integers(0, len(schema.kolumner)))
    ] + data.draw(
        st.lists(
            st.sampled_from([*(k.namn for k in schema.kolumner), 'Egen', '', 'kön', 'Kommun ']),
            max_size=3,
        )
    )
    cell = (
        LEFT_OUT
        | WORDS
        | st.one_of(
            *(values_of(k).map(lambda v: None if pd.isna(v) else v) for k in schema.kolumner)
        )
    )

    def row():
        return [
            v.to_pydatetime() if isinstance(v, pd.Timestamp) else v
            for v in data.draw(st.lists(cell, max_size=len(names) + 2))
        ]

    rows = (
        [row() for _ in range(data.draw(st.integers(0, 2)))]
        + [names]
        + [row() for _ in range(data.draw(st.integers(0, 5)))]
    )

    def merge(book):
        for a in data.draw(
            st.lists(st.sampled_from(['A1:C1', 'B2:B4', 'A3:B5', 'C4:D4']), max_size=2, unique=True)
        ):
            try:
                book.worksheets[0].merge_cells(a)
            except AttributeError:
                pass  # openpyxl cannot merge twice over one cell

    found, notes, wrong, *_ = read_file(
        workbook(
            {
                data.draw(
                    st.sampled_from(
                        [
                            schema.namn,
                            schema.namn.title(),
                            f'{schema.namn} 2024',
                            'Blad1',
                            schema.namn[:-1],
                        ]
                    )
                ): rows
            },
            merge,
        ),
        f'underlag/{schema.namn}.xlsx',
    )
    for x in found:
        values, problems = check_table(x.celler.celler, SCHEMAN[x.tabell], F, x.fil, x.blad)
        wrong = wrong + x.celler.problem + problems
        if not wrong:
            assert list(values) == [k.namn for k in schema.kolumner]
    assert all(p.vad.endswith('.') and p.gor and p.fil for p in wrong) and all(
        isinstance(n, str) for n in notes
    )
