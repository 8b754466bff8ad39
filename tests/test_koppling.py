"Exports that are not ours: read by their description, and refused by name when they have changed"

import datetime as dt
import re, shutil
import pytest
from conftest import workbook
from openpyxl.styles import Font
from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.lasa.koppling import fitting, foreign_sheets, read_kopplingar
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.errors import UnderlagError

FORBUND = """id = "prov"
namn = "Prov"
kortnamn = "Prov"
syntetiska_deltagare = true
kommun = [{id = "norrstad", kod = "9911", namn = "Norrstad"}]
insats = [{id = "spar", namn = "Spår", i_genomlysningen = true}]
jamforelse = [{kod = "00", namn = "Riket"}]
mote = [{datum = 2024-06-01, organ = "S", rubrik = "M", data_till = 2024-04-30}]
"""


@pytest.fixture
def paket(tmp_path):
    (tmp_path / 'underlag').mkdir()
    (tmp_path / 'forbund.toml').write_text(FORBUND, encoding='utf-8')
    return tmp_path


def values(paket):
    b = read_underlag(paket).tabell('behov').astype(object)
    b = b.where(b.notna(), None)
    return sorted(
        map(tuple, b[['omrade', 'period', 'kon', 'alder', 'varde', 'enhet']].values.tolist()),
        key=str,
    )


SHAPES = {
    'fk-sjukpenningtal.xlsx': (
        {
            'Data 1': [
                ['Sjukpenningtal'],
                ['Alla län'],
                ['År', 'Månad', 'Län', 'Kommun', 'Kön', 'Ålder', 'Sjukpenningtal'],
                ['2023', '12', '99 Påhittat', '9911 Norrstad', 'Kvinnor och män', 'Samtliga', 10.5],
                ['2023', '12', '99 Påhittat', '9999 Annan', 'Kvinnor', 'Samtliga', 1],
            ],
            'Data 2': [
                ['Sjukpenningtal'],
                ['År', 'Månad', 'Län', 'Kommun', 'Kön', 'Ålder', 'Sjukpenningtal'],
                ['2023', '12', '99 Påhittat', '9911 Norrstad', 'Kvinnor', '16-64 år', 12],
            ],
        },
        [
            ('9911', '2023-12', 'K', '16–64', 12.0, 'dagar'),
            ('9911', '2023-12', None, None, 10.5, 'dagar'),
        ],
    ),
    'sos ekonomiskt bistand.xlsx': (
        {
            'Blad1': [
                ['Antal biståndsmottagare'],
                [None],
                ['Region', 'Kön', 'Ålder', '2022', '2023'],
                ['9911 Norrstad', 'Män', '18-24', 40, 35],
                ['00 Riket', 'Båda könen', 'Totalt', 1000, 'X'],
            ]
        },
        [
            ('00', '2022', None, None, 1000.0, 'personer'),
            ('9911', '2022', 'M', '18–24', 40.0, 'personer'),
            ('9911', '2023', 'M', '18–24', 35.0, 'personer'),
        ],
    ),
    'mucf_uvas_2023.xlsx': (
        {
            'Tabell': [
                ['Andel unga som varken arbetar eller studerar'],
                [None, '2022', None, '2023', None],
                ['Kommun', 'Kvinnor', 'Män', 'Kvinnor', 'Män'],
                ['Norrstad', 7.1, 8.2, 7.3, '..'],
            ]
        },
        [
            ('9911', '2022', 'K', '16–29', 7.1, '%'),
            ('9911', '2022', 'M', '16–29', 8.2, '%'),
            ('9911', '2023', 'K', '16–29', 7.3, '%'),
        ],
    ),
}


@pytest.mark.parametrize('name', SHAPES)
def test_shapes_of_authorities_are_read(paket, name):
    sheets, expected = SHAPES[name]
    (paket / 'underlag' / name).write_bytes(workbook(sheets))
    assert values(paket) == expected


def test_a_csv_of_inskrivna_is_read(paket):
    (paket / 'underlag' / 'inskrivna-arbetslosa.csv').write_text(
        'Månad;Kommun;Kön;Antal\n2024-03;Norrstad;Kvinnor;120\n2024-03;Annan;Män;7\n',
        encoding='utf-8',
    )
    assert values(paket) == [('9911', '2024-03', 'K', None, 120.0, 'personer')]
    notes = read_underlag(paket).anmarkningar
    assert any('1 rad om andra områden läses inte' in n for n in notes)


def test_a_changed_layout_is_named(paket):
    sheets, _ = SHAPES['sos ekonomiskt bistand.xlsx']
    rows = [['Område' if c == 'Region' else c for c in r] for r in sheets['Blad1']]
    (paket / 'underlag' / 'sos ekonomiskt bistand.xlsx').write_bytes(workbook({'Blad1': rows}))
    with pytest.raises(UnderlagError) as e:
        read_underlag(paket)
    assert '”Region” saknas' in e.value.svenska and 'Nya rubriker: Område' in e.value.svenska


def test_koppla_proposes_and_the_file_is_read_from_then_on(paket, tmp_path, capsys):
    other = tmp_path / 'Ohälsa 2023.csv'
    other.write_text(
        'Ohälsotal per kommun\n\nKommun;Kön;2022;2023\n9911 Norrstad;Kvinnor;20,1;21\n'
        '9911 Norrstad;Män;15;..\n9999 Annan;Män;3;4\n',
        encoding='utf-8',
    )
    assert main(['koppla', str(other), '--forbund', str(paket)]) == 0
    assert 'Nästa steg' in capsys.readouterr().out
    shutil.copy(other, paket / 'underlag' / 'Ohälsa 2024.csv')
    assert fitting('Ohälsa 2024.csv', read_kopplingar(paket)).namn == 'ohalsa'
    assert [v[:5] for v in values(paket)] == [
        ('9911', '2022', 'K', None, 20.1),
        ('9911', '2022', 'M', None, 15.0),
        ('9911', '2023', 'K', None, 21.0),
    ]
    assert main(['koppla', str(other), '--forbund', str(paket)]) == 1


def test_a_misspelt_mapping_says_where(paket):
    (paket / 'kopplingar').mkdir()
    (paket / 'kopplingar' / 'x.toml').write_text(
        'namn = "x"\nfil = "x*"\ntabell = "behv"\nrubriker = ["A"]\n', encoding='utf-8'
    )
    with pytest.raises(UnderlagError, match='kopplingar/x.toml, rad 3, tabell.*behv'):
        read_underlag(paket)


def test_what_is_no_number_in_a_wide_file_is_told_by_its_row(paket):
    sheets, _ = SHAPES['sos ekonomiskt bistand.xlsx']
    rows = [['åtta' if c in (40, 35) else c for c in r] for r in sheets['Blad1']]
    (paket / 'underlag' / 'sos ekonomiskt bistand.xlsx').write_bytes(workbook({'Blad1': rows}))
    with pytest.raises(UnderlagError) as e:
        read_underlag(paket)
    assert [(p.rad, p.kolumn) for p in e.value.problem] == [(4, 'varde')]


def test_a_personnummer_in_a_file_of_others_stops_it(paket):
    text = 'Månad;Kommun;Kön;Antal\n2024-03;Norrstad;Kvinnor;120\n;19800101-0019;;\n'
    (paket / 'underlag' / 'inskrivna-arbetslosa.csv').write_text(text, encoding='utf-8')
    with pytest.raises(UnderlagError, match='rad 3.*personnummer'):
        read_underlag(paket)


def test_a_mapping_without_a_demanded_column_is_told(paket):
    (paket / 'kopplingar').mkdir()
    (paket / 'kopplingar' / 'x.toml').write_text(
        'namn = "x"\nfil = "xyz*"\ntabell = "behov"\nrubriker = ["A"]\nkolumner = {varde = "A"}\n',
        encoding='utf-8',
    )
    (paket / 'underlag' / 'xyz.csv').write_text('A;B\n1;2\n', encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        read_underlag(paket)
    assert 'kolumn omrade: Kopplingen ger ingen sådan kolumn' in e.value.svenska


PROPOSED = {
    'langt.csv': (
        'Kommun;Nyckeltal;År;Kön;Värde\nNorrstad;Arbetslösa, andel (%);2023;Totalt;5,2\n'
        'Norrstad;Arbetslösa, andel (%);2022;Kvinnor;5,1\n',
        [('9911', '2022', 'K', None, 5.1, '%'), ('9911', '2023', None, None, 5.2, '%')],
    ),
    'folk.csv': (
        '"region";"kön";"ålder";"år";"Folkmängd"\n"9911 Norrstad";"män";"16-64 år";"2023";"4012"\n'
        '"9911 Norrstad";"kvinnor";"16-64 år";"2023";"3800"\n',
        [
            ('9911', '2023', 'K', '16–64', 3800.0, 'personer'),
            ('9911', '2023', 'M', '16–64', 4012.0, 'personer'),
        ],
    ),
    'utan rubriker.xlsx': (
        {
            'A': [
                ['Folkmängd'],
                [None, None, '2022', '2023'],
                ['9911 Norrstad', 'män', 4000, 4012],
                [None, 'kvinnor', 3790, 3800],
                ['Källa: påhittat'],
            ]
        },
        [
            ('9911', '2022', 'K', None, 3790.0, 'personer'),
            ('9911', '2022', 'M', None, 4000.0, 'personer'),
            ('9911', '2023', 'K', None, 3800.0, 'personer'),
            ('9911', '2023', 'M', None, 4012.0, 'personer'),
        ],
    ),
    'per manad.xlsx': (
        {
            '2023-11': [['Inskrivna'], ['Kommun', 'Antal totalt', 'Kvinnor'], ['Norrstad', 9, 4]],
            '2023-12': [['Inskrivna'], ['Kommun', 'Antal totalt', 'Kvinnor'], ['Norrstad', 8, 3]],
        },
        [
            ('9911', '2023-11', 'K', None, 4.0, 'personer'),
            ('9911', '2023-11', None, None, 9.0, 'personer'),
            ('9911', '2023-12', 'K', None, 3.0, 'personer'),
            ('9911', '2023-12', None, None, 8.0, 'personer'),
        ],
    ),
    'kvartal.csv': (
        'Antal personer;;\nRegion;Kv 1 2023;Kv 2 2023\nNorrstad;10;11\nRiket;100;110\n',
        [
            ('00', '2023-01/2023-03', None, None, 100.0, 'personer'),
            ('00', '2023-04/2023-06', None, None, 110.0, 'personer'),
            ('9911', '2023-01/2023-03', None, None, 10.0, 'personer'),
            ('9911', '2023-04/2023-06', None, None, 11.0, 'personer'),
        ],
    ),
    'pa tvaren.csv': (
        'Antal personer;;\nÅr;Norrstad;Riket\n2022;10;100\n2023;11;110\n',
        [
            ('00', '2022', None, None, 100.0, 'personer'),
            ('00', '2023', None, None, 110.0, 'personer'),
            ('9911', '2022', None, None, 10.0, 'personer'),
            ('9911', '2023', None, None, 11.0, 'personer'),
        ],
    ),
}


@pytest.mark.parametrize('name', PROPOSED)
def test_a_proposal_reads_every_number_with_its_unit(paket, tmp_path, name):
    content, expected = PROPOSED[name]
    data = content.encode() if isinstance(content, str) else workbook(content)
    (tmp_path / name).write_bytes(data)
    assert main(['koppla', str(tmp_path / name), '--forbund', str(paket)]) == 0
    (tmp_path / name).rename(paket / 'underlag' / name)
    assert values(paket) == expected


def test_what_a_file_does_not_say_is_asked_and_never_guessed(paket, tmp_path, capsys):
    path = tmp_path / 'blandat.csv'
    path.write_text('Kommun;Utfall\nNorrstad;12\nNorrstad;13\n', encoding='utf-8')
    assert main(['koppla', str(path), '--forbund', str(paket)]) == 0
    assert 'Filen säger inte enhet' in capsys.readouterr().out
    path.rename(paket / 'underlag' / path.name)
    with pytest.raises(UnderlagError) as e:
        read_underlag(paket)
    assert {p.kolumn for p in e.value.problem} == {'fasta: enhet', 'fasta: period'}
    assert all(p.rad for p in e.value.problem)


LANGT = '[kolumner]\nomrade = "Kommun"\nperiod = "År"\nvarde = "Antal"\n\n'
FASTA = '[fasta]\nindikator = "x"\nnamn = "X"\nenhet = "{}"\nkalla = "k"\n'
BRETT = (
    '[kolumner]\nomrade = "Kommun"\n\n' + FASTA + "\n[bred]\nrubrik = '\\d{{4}}'\ntill = 'period'\n"
)


def mapped(paket, content, how, heads=('Kommun',), change=None, more=''):
    "What a file with these cells is read as, by a mapping with these lines"
    (paket / 'kopplingar').mkdir(exist_ok=True)
    lines = f'namn = "x"\nfil = "x*"\ntabell = "behov"\n{more}rubriker = {list(heads)}\n'
    (paket / 'kopplingar' / 'x.toml').write_text(lines.replace("'", '"') + how, encoding='utf-8')
    csv = isinstance(content, str)
    data = content.encode() if csv else workbook({'A': content}, change)
    (paket / 'underlag' / f'x.{"csv" if csv else "xlsx"}').write_bytes(data)
    try:
        return values(paket)
    except UnderlagError as e:
        return e.svenska


ROWS = [['Kommun', 'År', 'Antal'], ['Norrstad', 2022, 10], [None, 2023, 12], ['Riket', 2023, 99]]
TRE = [
    ('00', '2023', None, None, 99.0, 'personer'),
    ('9911', '2022', None, None, 10.0, 'personer'),
    ('9911', '2023', None, None, 12.0, 'personer'),
]


def long_file(paket, rows, change=None, enhet='personer', more=''):
    heads = ('Kommun', 'År', 'Antal')
    return mapped(paket, rows, LANGT + FASTA.format(enhet), heads, change, more)


def test_a_merged_or_repeated_area_holds_for_its_rows(paket):
    assert long_file(paket, ROWS, lambda b: b['A'].merge_cells('A2:A3')) == TRE
    assert long_file(paket, ROWS, more='fyll = ["Kommun"]\n') == TRE
    assert 'rad 3: Raden har ett värde men inget i kolumnen ”Kommun”' in long_file(paket, ROWS)


def test_a_missing_value_is_never_the_one_above(paket):
    rows = [ROWS[0], ['Riket', 2023, 99], ['Norrstad', 2023, None]]
    assert long_file(paket, rows) == TRE[:1]
    said = long_file(paket, rows, more='fyll = ["Antal"]\n')
    assert 'Värdets rubrik står i fyll' in said


def strike(book):
    for cell in book['A'][2]:
        cell.font = Font(strike=True)


@pytest.mark.parametrize(
    ('change', 'says'),
    [
        (lambda b: b['A'].row_dimensions.__getitem__(2).__setattr__('hidden', True), 'rad 2.*dold'),
        (strike, 'rad 2: Raden har genomstruken text'),
        (lambda b: b['A'].merge_cells('C2:C3'), 'hur talet delas syns inte'),
        (lambda b: b['A'].__setitem__('D1', 'Antal') or b['A'].__setitem__('D2', 7), 'C och D'),
    ],
    ids=['hidden', 'struck', 'merged number', 'heading twice'],
)
def test_what_the_sender_sees_is_read_in_a_mapped_file(paket, change, says):
    rows = [ROWS[0], ROWS[1], ['Norrstad', 2023, 12], ROWS[3]]
    assert long_file(paket, rows) == TRE
    assert re.search(says, long_file(paket, rows, change))


def test_a_hidden_row_about_others_is_not_ours(paket):
    def hide(book):
        book['A'].row_dimensions[3].hidden = True

    rows = [ROWS[0], ROWS[1], ['Annan', 2023, 5]]
    assert long_file(paket, rows, hide) == TRE[1:2]


@pytest.mark.parametrize(
    ('title', 'enhet', 'says'),
    [
        ('Belopp i tkr', 'kr', 'Här står tkr, men kopplingen säger att enheten är kr'),
        ('Belopp i tkr', 'tkr', ''),
        ('Belopp i kronor', 'tkr', 'Här står kr, men kopplingen säger att enheten är tkr'),
        ('Antal hushåll och belopp (tkr)', 'personer', ''),
        ('Antal i tusental', 'personer', 'Här står tusen'),
        ('Antal i tusental', 'tusental personer', ''),
    ],
)
def test_the_unit_that_a_file_says_is_the_one_of_its_mapping(paket, title, enhet, says):
    rows = [[title], ['Kommun', '2023'], ['Norrstad', 450]]
    got = mapped(paket, rows, BRETT.format(enhet))
    assert got == [('9911', '2023', None, None, 450.0, enhet)] if not says else says in got


def test_a_heading_of_another_unit_is_told(paket):
    how = LANGT.replace('Antal', 'Andel (%)') + FASTA.format('personer')
    text = 'Kommun;År;Andel (%)\nNorrstad;2023;12\n'
    got = mapped(paket, text, how, ('Kommun', 'År', 'Andel (%)'))
    assert 'rad 1, kolumn C: Här står %, men kopplingen säger att enheten är personer' in got


def test_a_year_with_a_note_is_never_unread_in_silence(paket):
    got = mapped(paket, 'Kommun;2022;2023*\nNorrstad;1;2\n', BRETT.format('st'))
    assert 'kolumn C: Rubriken ”2023*” passar inte mönstret under bred' in got


def test_a_decimal_comma_that_parts_the_columns_is_told(paket):
    got = long_file(paket, 'Kommun,År,Antal\nNorrstad,2023,12,5\nRiket,2023,7\n')
    assert 'rad 2: Raden har fler celler än rubrikraden' in got


def test_a_code_without_its_first_zero_and_a_name_with_its_kind(paket):
    text = FORBUND.replace('9911', '0680').replace('Norrstad', 'Jönköping')
    (paket / 'forbund.toml').write_text(text, encoding='utf-8')
    for area in ('680', '0680', 'Jönköpings kommun', '680 Jönköping', '80 Jönköping'):
        got = long_file(paket, f'Kommun;År;Antal\n{area};2023;12\n0;2023;99\n')
        assert got == [TRE[0], ('0680', '2023', None, None, 12.0, 'personer')], area


def test_nothing_for_us_is_told_and_a_municipality_without_values_is_noted(paket):
    got = long_file(paket, 'Kommun;År;Antal\nAnnan;2023;12\n')
    assert 'Ingen rad har ett värde för förbundets kommuner' in got and '”Kommun”' in got
    got = mapped(paket, 'Kommun;A\nNorrstad;12\n', BRETT.format('st'))
    assert 'Ingen rubrik passar mönstret' in got
    long_file(paket, 'Kommun;År;Antal\nRiket;2023;12\n')
    assert 'underlag/x.csv: inget värde för Norrstad' in read_underlag(paket).anmarkningar


def test_measures_of_different_units_get_their_own(paket, tmp_path):
    path = tmp_path / 'blandat.csv'
    text = 'Kommun;År;Inskrivna personer;Inskrivna, % av alla\nNorrstad;2023;12;40\n'
    path.write_text(text, encoding='utf-8')
    assert main(['koppla', str(path), '--forbund', str(paket)]) == 0
    path.rename(paket / 'underlag' / path.name)
    assert values(paket) == [
        ('9911', '2023', None, None, 12.0, 'personer'),
        ('9911', '2023', None, None, 40.0, '%'),
    ]


PROPOSED_TOO = {
    'ar och manad.csv': (
        'År;Månad;Kommun;Antal mottagare\n2023;november;Norrstad;10\n2023;december;Norrstad;11\n',
        [
            ('9911', '2023-11', None, None, 10.0, 'personer'),
            ('9911', '2023-12', None, None, 11.0, 'personer'),
        ],
    ),
    'bistand.csv': (
        'Kommun;Antal hushåll 2022;Antal hushåll 2023;Belopp (tkr) 2022\nNorrstad;100;110;4500\n',
        [
            ('9911', '2022', None, None, 100.0, 'hushåll'),
            ('9911', '2022', None, None, 4500.0, 'tkr'),
            ('9911', '2023', None, None, 110.0, 'hushåll'),
        ],
    ),
    'jamforelse.csv': (
        'Nyckeltal;Kommun;Kön;2022;2023\nArbetslöshet, andel (%);Norrstad;Alla;5,1;5,2\n'
        'Nettokostnad, kr/inv;Norrstad;Alla;900;\n',
        [
            ('9911', '2022', None, None, 5.1, '%'),
            ('9911', '2022', None, None, 900.0, 'kr per invånare'),
            ('9911', '2023', None, None, 5.2, '%'),
        ],
    ),
    'kpi.csv': (
        'kpi;municipality;period;gender;value\nN1 andel (%);9911;2023;T;5.1\n'
        'N1 andel (%);9911;2023;K;4.9\n',
        [('9911', '2023', 'K', None, 4.9, '%'), ('9911', '2023', None, None, 5.1, '%')],
    ),
    'antal och procent.xlsx': (
        {
            'A': [
                ['Inskrivna, december 2023'],
                ['Kommun', 'Totalt', None, 'Kvinnor', None],
                [None, 'Antal', '%', 'Antal', '%'],
                ['Norrstad', 1000, 5.1, 500, 5],
                ['Annan', 10, 5, 5, 5],
            ]
        },
        [
            ('9911', '2023-12', 'K', None, 500.0, 'personer'),
            ('9911', '2023-12', None, None, 1000.0, 'personer'),
        ],
    ),
    'noter under.xlsx': (
        {
            'A': [
                ['Folkmängd'],
                [None, None, '2022', '2023'],
                ['9911 Norrstad', 'män', None, 4012],
                [None, 'kvinnor', None, 3800],
                ['Folkmängd:'],
                ['Källa: påhittat'],
                ['Senaste uppdatering: 20240222'],
            ]
        },
        [
            ('9911', '2023', 'K', None, 3800.0, 'personer'),
            ('9911', '2023', 'M', None, 4012.0, 'personer'),
        ],
    ),
}


@pytest.mark.parametrize('name', PROPOSED_TOO)
def test_a_proposal_of_a_public_shape_reads_every_number(paket, tmp_path, name):
    content, expected = PROPOSED_TOO[name]
    data = content.encode() if isinstance(content, str) else workbook(content)
    (tmp_path / name).write_bytes(data)
    assert main(['koppla', str(tmp_path / name), '--forbund', str(paket)]) == 0
    (tmp_path / name).rename(paket / 'underlag' / name)
    (own,) = (paket / 'kopplingar').glob('*.toml')
    text = own.read_text(encoding='utf-8').replace('period = "?"', 'period = "2023"')
    own.write_text(text, encoding='utf-8')
    assert values(paket) == expected


def test_a_measure_in_another_unit_than_the_mapping_says(paket):
    how = '[kolumner]\nomrade = "Kommun"\nindikator = "Nyckeltal"\nnamn = "Nyckeltal"\n'
    how += 'varde = "Antal"\nperiod = "År"\n\n[fasta]\nenhet = "%"\nkalla = "k"\n'
    heads = ('Kommun', 'Nyckeltal', 'År', 'Antal')
    text = 'Kommun;Nyckeltal;År;Antal\nNorrstad;Andel;2023;5\nNorrstad;Kostnad, kr;2023;900\n'
    said = mapped(paket, text, how, heads)
    assert 'rad 3: ”Kostnad, kr” räknas i kronor, men kopplingen säger %' in said
    got = mapped(paket, text, how + '\n[enheter]\n"Kostnad, kr" = "kronor"\n', heads)
    assert [v[4:] for v in got] == [(5.0, '%'), (900.0, 'kronor')]


@pytest.mark.parametrize('title', ['Antal personer, tusental', 'Andel personer, procent'])
def test_a_title_that_ends_in_another_unit(paket, title):
    rows = [[title], ['Kommun', '2023'], ['Norrstad', 450]]
    assert 'kopplingen säger att enheten är personer' in mapped(
        paket, rows, BRETT.format('personer')
    )


# a file with one time


ONE_TIME = {
    'ett år': ([['Kommun', '2023'], ['Norrstad', 3]], '2023'),
    'år som tal': ([['Kommun', 2023], ['Norrstad', 3]], '2023'),
    'år med ord': ([['Kommun', 'År 2023'], ['Norrstad', 3]], '2023'),
    'preliminärt år': ([['Kommun', '2023*'], ['Norrstad', 3]], '2023'),
    'en månad': ([['Kommun', 'dec-23'], ['Norrstad', 3]], '2023-12'),
    'ett kvartal': ([['Kommun', 'Kv 4 2023'], ['Norrstad', 3]], '2023-10/2023-12'),
    'antal och år': ([['Kommun', 'Antal 2023'], ['Norrstad', 3]], '2023'),
    'i titeln': ([['Läget december 2023'], ['Kommun', 'Antal'], ['Norrstad', 3]], '2023-12'),
}


@pytest.mark.parametrize('name', ONE_TIME)
def test_a_file_with_one_time_is_proposed_with_it(paket, tmp_path, name):
    rows, period = ONE_TIME[name]
    path = tmp_path / 'lage.xlsx'
    path.write_bytes(workbook({'Blad1': rows}))
    assert main(['koppla', str(path), '--forbund', str(paket)]) == 0
    mapping = paket / 'kopplingar/lage.toml'
    text = mapping.read_text(encoding='utf-8').replace('enhet = "?"', 'enhet = "personer"')
    mapping.write_text(text, encoding='utf-8')
    shutil.copy(path, paket / 'underlag/lage.xlsx')
    assert values(paket) == [('9911', period, None, None, 3.0, 'personer')]
    fits = 'lage.xlsx' if name == 'i titeln' else 'lage*.xlsx'  # next year's has another title
    assert f'fil = "{fits}"' in text


def test_the_name_of_a_sheet_is_its_time(paket, tmp_path):
    path = tmp_path / 'lage.xlsx'
    path.write_bytes(workbook({'2023': [['Kommun', 'Antal personer'], ['Norrstad', 3]]}))
    assert main(['koppla', str(path), '--forbund', str(paket)]) == 0
    shutil.copy(path, paket / 'underlag/lage.xlsx')
    assert values(paket) == [('9911', '2023', None, None, 3.0, 'personer')]


def test_months_of_one_year_are_months(paket):
    heads = ['År', 'Månad', 'Kommun', 'Kön', 'Ålder', 'Sjukpenningtal']
    rows = [[2023, m, '9911 Norrstad', 'Kvinnor', '16-64', 10 + m] for m in (1, 12)]
    (paket / 'underlag/sjukpenningtal.xlsx').write_bytes(workbook({'D': [heads, *rows]}))
    got = [(p, v) for _, p, _, _, v, _ in values(paket)]
    assert sorted(got) == [('2023-01', 11.0), ('2023-12', 22.0)]


def test_cells_with_a_percent_sign_say_the_unit(paket, tmp_path):
    path = tmp_path / 'lage.csv'
    path.write_text('Kommun;2022;2023\nNorrstad;3,5 %;4 %\n', encoding='utf-8')
    assert main(['koppla', str(path), '--forbund', str(paket)]) == 0
    assert 'enhet = "%"' in (paket / 'kopplingar/lage.toml').read_text(encoding='utf-8')


SILENT = {
    'Antal per 1000 invånare;\nKommun;2023\nNorrstad;5,5\n': 'enhet',
    'Andel;\nKommun;2023\nNorrstad;0,051\n': 'enhet',
    'Antal personer 2023;;\nKommun;jan;feb\nNorrstad;4;5\n': 'månader utan år',
}


@pytest.mark.parametrize('text', SILENT)
def test_a_unit_or_a_time_that_a_file_does_not_say_is_asked(paket, tmp_path, capsys, text):
    path = tmp_path / 'lage.csv'
    path.write_text(text, encoding='utf-8')
    main(['koppla', str(path), '--forbund', str(paket)])
    shown = capsys.readouterr()
    assert SILENT[text] in shown.out + shown.err


@pytest.mark.parametrize('area', ['Norrstad (9911)', '"Norrstad, 9911"'])
def test_a_code_after_the_name_of_an_area(paket, tmp_path, area):
    path = tmp_path / 'lage.csv'
    path.write_text(f'Förändring, %;\nKommun;2023\n{area};−4,5\n', encoding='utf-8')
    assert main(['koppla', str(path), '--forbund', str(paket)]) == 0
    shutil.copy(path, paket / 'underlag/lage.csv')
    assert values(paket) == [('9911', '2023', None, None, -4.5, '%')]


def coupled(paket, name, sheets, **answers):
    "What a file gives by its own proposal, with the question marks answered"
    path = paket / 'underlag' / name
    path.write_bytes(sheets.encode() if isinstance(sheets, str) else workbook(sheets))
    assert main(['koppla', str(path), '--forbund', str(paket)]) == 0
    (toml,) = (paket / 'kopplingar').glob('*.toml')
    text = toml.read_text(encoding='utf-8')
    for key, answer in answers.items():
        text = text.replace(f'{key} = "?"', f'{key} = "{answer}"')
    toml.write_text(text, encoding='utf-8')
    return values(paket)


HEADED = {
    'two': (
        [
            ['Bistånd', '', ''],
            ['', '2022', '', '2023', ''],
            ['', 'Kvinnor', 'Män', 'Kvinnor', 'Män'],
        ]
        + [['Norrstad', 20.1, 15.2, 19.9, 15.0]],
        [
            ('9911', '2022', 'K', None, 20.1, '%'),
            ('9911', '2022', 'M', None, 15.2, '%'),
            ('9911', '2023', 'K', None, 19.9, '%'),
            ('9911', '2023', 'M', None, 15.0, '%'),
        ],
    ),
    'units': (
        [['Kommun', '2022', ''], ['', 'Antal', 'Andel'], ['Norrstad', 120, 3.1], ['Annan', 1, 2]],
        [
            ('9911', '2022', None, None, 120.0, 'personer'),
            ('9911', '2022', None, None, 3.1, '%'),
        ],
    ),
    'ages': (
        [['Kommun', 'Kvinnor 16-24', 'Män 16-24'], ['Norrstad', 12, 13], ['Annan', 1, 2]],
        [
            ('9911', '2023', 'K', '16–24', 12.0, '%'),
            ('9911', '2023', 'M', '16–24', 13.0, '%'),
        ],
    ),
    'age': (
        [['Kommun', '16-24 år', '25-64 år'], ['Norrstad', 12, 50], ['Annan', 1, 2]],
        [
            ('9911', '2023', None, '16–24', 12.0, '%'),
            ('9911', '2023', None, '25–64', 50.0, '%'),
        ],
    ),
    'few': (
        [['Kommun', '2022', '2023'], ['Norrstad', '<5', 13], ['Annan', 'x', 2]],
        [('9911', '2023', None, None, 13.0, '%')],
    ),
}


@pytest.mark.parametrize('name', HEADED)
def test_headings_that_say_two_things_are_proposed_with_both(paket, name):
    rows, right = HEADED[name]
    got = coupled(paket, 'tabell.xlsx', {'D': rows}, enhet='%', period='2023')
    assert got == right


def test_sheets_named_after_a_sex_are_proposed_by_it(paket):
    sheets = {n: [['Kommun', '2023'], ['Norrstad', v]] for n, v in (('Kvinnor', 12), ('Män', 13))}
    got = coupled(paket, 'kon.xlsx', sheets, enhet='%')
    assert [(k, v) for _, _, k, _, v, _ in got] == [('K', 12.0), ('M', 13.0)]


def test_a_table_beside_another_gets_no_proposal(paket, tmp_path, capsys):
    rows = [['Kommun', 'Antal', None, 'Kommun', 'Andel'], ['Norrstad', 12, None, 'Norrstad', 3.1]]
    path = tmp_path / 'tva.xlsx'
    path.write_bytes(workbook({'D': rows}))
    assert main(['koppla', str(path), '--forbund', str(paket)]) == 1
    assert 'Bredvid tabellen står en annan; den börjar i kolumn D.' in capsys.readouterr().err


def test_a_mapped_file_may_be_called_what_a_table_of_ours_is(paket):
    wide = 'Kommun;2022;2023\nNorrstad;12;13\n'
    got = coupled(paket, 'behov.csv', wide, enhet='personer')
    assert [v for *_, v, _ in got] == [12.0, 13.0]
    own = 'omrade;indikator;namn;period;varde;enhet;kalla\n9911;x;X;2021;5;personer;k\n'
    (paket / 'underlag/behov_2.csv').write_text(own, encoding='utf-8')
    assert sorted(v for *_, v, _ in values(paket)) == [5.0, 12.0, 13.0]


TIMED = {
    'År;Kvartal;Kommun;Antal\n2023;1;Norrstad;12\n2023;2;Norrstad;13\n': [
        ('2023-01/2023-03', 12.0),
        ('2023-04/2023-06', 13.0),
    ],
    'Kommun;Antal (2022);Antal (2023)\nNorrstad;12;13\n': [('2022', 12.0), ('2023', 13.0)],
    'Kommun;2019-2021;2020-2022\nNorrstad;12;13\n': [('2019/2021', 12.0), ('2020/2022', 13.0)],
    'Kommun;Antal 2022;Andel 2022\nNorrstad;12;3,5\n': [('2022', 12.0), ('2022', 3.5)],
}


@pytest.mark.parametrize('text', TIMED)
def test_a_time_in_parts_or_in_brackets(paket, text):
    got = coupled(paket, 'tid.csv', text, enhet='personer', period='1999')
    assert [(p, v) for _, p, _, _, v, _ in got] == TIMED[text]


@pytest.mark.parametrize(
    'text',
    ['Kommun;2021/22;2022/23\nNorrstad;12;13\n', 'Kommun;Vecka;Antal\nNorrstad;2024-v05;12\n'],
)
def test_a_time_that_is_no_period_is_handed_back(paket, text):
    with pytest.raises(UnderlagError) as e:
        coupled(paket, 'tid.csv', text, enhet='personer', period='1999')
    assert 'ingen period' in e.value.svenska


OTHERS = {  # exports of other tables than behov: which, and what is asked of whoever maps them
    'konton.csv': (
        'Konto;Benämning;Budget;Utfall\n5010;Hyra;120000;118000\n4010;Löner;900000;905000\n',
        'ekonomi',
        {'slag': 'ett av intakt, kostnad', 'fran': 'periodens första dag', 'till': 'sista dag'},
    ),
    'huvudbok.csv': (
        'Konto;Konto text;Ansvar;Projekt;Budget 2024;Utfall 2024-04\n'
        '5010;Löner;9;Spår;450000;150000\n6110;Hyra;9;Spår;10000;2000\n',
        'ekonomi',
        {'slag': 'ett av intakt, kostnad', 'fran': 'periodens första dag'},
    ),
    'volymer 2023.csv': (
        'Insats;Period;Kön;Antal deltagare\nSpår;2023;Kvinnor;20\n',
        'volymer',
        {'matt': 'ett av deltagare, nya'},
    ),
    'tjanster.csv': (
        'Tjänst;Projekt;Tjänstgöringsgrad;Vakans;Anställd från\nCoach;Spår;75 %;nej;2024-01-01\n',
        'bemanning',
        {},
    ),
    'clients.csv': (
        'Client ID;Programme;Municipality;Sex;Birth year;Referral date;Start date;End date;'
        'Exit reason\n'
        'C001;Spår;Norrstad;F;1990;2023-01-10;2023-02-01;2023-09-01;Work\n'
        'C002;Spår;Norrstad;M;1980;2023-01-12;2023-02-02;;\n',
        'deltagare',
        {},
    ),
    'agresso.csv': (
        'Konto;Kontonamn;Ansvar;Verksamhet;Period;Belopp\n'
        '5010;Lokalhyra;100;Spår;202401;12000,50\n5010;Lokalhyra;100;Spår;202402;12000,50\n',
        'ekonomi',
        {'slag': 'ett av intakt, kostnad'},
    ),
    'resultat.csv': (
        'Konto;Benämning;Budget helår;Utfall ack;Avvikelse\n'
        '3000;Bidrag staten;-1500000;-750000;0\n7010;Löner;900000;430000;20000\n',
        'ekonomi',
        {'slag': 'ett av intakt, kostnad', 'fran': 'periodens första dag'},
    ),
}


@pytest.mark.parametrize('name', OTHERS)
def test_an_export_of_another_table_of_ours_is_proposed_as_it(paket, tmp_path, capsys, name):
    text, tabell, asked = OTHERS[name]
    (tmp_path / name).write_text(text, encoding='utf-8')
    assert main(['koppla', str(tmp_path / name), '--forbund', str(paket)]) == 0
    out = capsys.readouterr().out
    (toml,) = (paket / 'kopplingar').glob('*.toml')
    assert f'tabell = "{tabell}"' in toml.read_text(encoding='utf-8')
    assert 'säger inte slag' not in out or 'rader: lägg till en kolumn slag i filen' in out
    assert ('Work' in text) == ('eller skriv ordet under [koder.avslutsorsak] i kopp' in out)
    for column, what in asked.items():
        assert re.search(f'säger inte {column}. Skriv .*{what}', out), out


def test_a_register_with_other_headings_is_read_by_its_mapping(paket, tmp_path):
    name = 'verksamhet 2024.csv'
    (tmp_path / name).write_text(
        'Kodnummer;Verksamhet;Hemkommun;Juridiskt kön;Anmäld;Inskriven;Utskriven;Orsak;Team\n'
        'A17;Spår;Norrstad;Kvinna;2023-01-02;2023-02-01;2023-06-01;Arbete;1\n',
        encoding='utf-8',
    )
    assert main(['koppla', str(tmp_path / name), '--forbund', str(paket)]) == 0
    shutil.copy(tmp_path / name, paket / 'underlag' / 'verksamhet 2025.csv')
    u = read_underlag(paket)
    row = u.tabeller['deltagare'].iloc[0]
    assert (row.person, row.insats, row.kon, row.avslutsorsak) == ('A17', 'spar', 'K', 'arbete')
    assert f'{row.startdatum:%Y-%m-%d}' == '2023-02-01'
    assert any('som kopplingen inte läser: Team' in n for n in u.anmarkningar)


@pytest.mark.parametrize(
    ('text', 'pattern'),
    [
        ('Personnummer;Kommun;Antal\n19121212-1212;Norrstad;3\n', 'personnummer'),
        (
            'Löpnr;Insats;Hemkommun;Kön;Inskriven;Utskriven\n1;Spår;Norrstad;Kvinna;2023-01-02;\n',
            'liknar tabellen deltagare, men ingen kolumn har pseudonymer',
        ),
        (
            'Namn;Kommun;Antal\nAnna Berg;Norrstad;1\nKalle Ek;Norrstad;2\n',
            'x.csv, kolumn A: Kolumnen ser ut att innehålla personnamn',
        ),
        (
            'Löpnr;Tema;Gjord\n1;Spår;2023-01-02\n2;Spår;2023-02-07\n',
            'en rad för varje person eller händelse: ”Gjord” är dagar',
        ),
        ('Hej!\nHär kommer siffrorna.\n', 'ingen kolumn med antal'),
        ('Kommun;Kön;Födelseår\nNorrstad;K;1990\nNorrstad;M;1985\n', 'har pseudonymer'),
        ('Konto;Kommun\n5010;Norrstad\n5020;Norrstad\n', 'ingen kolumn med antal'),
    ],
)
def test_persons_are_not_mapped_by_who_they_are(paket, tmp_path, capsys, text, pattern):
    (tmp_path / 'x.csv').write_text(text, encoding='utf-8')
    assert main(['koppla', str(tmp_path / 'x.csv'), '--forbund', str(paket)]) == 1
    said = capsys.readouterr()
    assert re.search(pattern, said.out + said.err) and '1212-1212' not in said.out + said.err


def test_a_rate_in_a_title_is_no_percent_whatever_the_file_is_called(paket, tmp_path, capsys):
    f = tmp_path / 'andel.csv'
    f.write_text(
        'Antal per 1000 invånare;;\nKommun;2022;2023\nNorrstad;12,5;11\n', encoding='utf-8'
    )
    assert main(['koppla', str(f), '--forbund', str(paket)]) == 0
    assert 'Filen säger inte enhet' in capsys.readouterr().out


@pytest.mark.parametrize('heads', ['Första halvåret 2023;Andra halvåret 2023', 'H1 2023;H2 2023'])
def test_halves_of_a_year_in_words_are_periods(paket, tmp_path, heads):
    f = tmp_path / 'halvar.csv'
    f.write_text(f'Antal personer;;\nKommun;{heads}\nNorrstad;10;12\n', encoding='utf-8')
    assert main(['koppla', str(f), '--forbund', str(paket)]) == 0
    shutil.copy(f, paket / 'underlag')
    periods = [('2023-01/2023-06', 10.0), ('2023-07/2023-12', 12.0)]
    assert [(v[1], v[4]) for v in values(paket)] == periods


def test_a_value_that_is_no_period_is_told_once(paket, tmp_path):
    f = tmp_path / 'lasar.csv'
    f.write_text(
        'Antal personer;;\nKommun;Läsår 22/23;Läsår 23/24\nNorrstad;1;2\n', encoding='utf-8'
    )
    main(['koppla', str(f), '--forbund', str(paket)])
    shutil.copy(f, paket / 'underlag')
    with pytest.raises(UnderlagError) as e:
        read_underlag(paket)
    assert 'säger emot' not in e.value.svenska


TWO = {
    'years': (
        [['Kommun', '2022', '', '2023', ''], ['', 'Antal', '%', 'Antal', '%']],
        [('antal', '2022', None), ('andel', '2022', None)]
        + [('antal', '2023', None), ('andel', '2023', None)],
    ),
    'sexes': (
        [['Kommun', '2022', '', '', ''], ['', 'Antal', '', 'Andel', ''], ['', 'K', 'M', 'K', 'M']],
        [('antal', '2022', 'K'), ('antal', '2022', 'M')]
        + [('andel', '2022', 'K'), ('andel', '2022', 'M')],
    ),
}


@pytest.mark.parametrize('name', ['years', 'sexes'])
def test_measures_without_a_name_are_called_after_their_file(paket, name):
    rows, right = TWO[name]
    coupled(paket, 'sjuka.xlsx', {'D': [*rows, ['Norrstad', 1, 2, 3, 4]]})
    t = read_underlag(paket).tabeller['behov']
    got = t[['indikator', 'period', 'kon', 'varde', 'enhet']].values.tolist()
    said = [(f'sjuka_{kind}', *rest) for kind, *rest in right]
    units = ['personer' if kind == 'antal' else '%' for kind, *_ in right]
    assert got == [[*s, n + 1.0, u] for n, (s, u) in enumerate(zip(said, units, strict=True))]


def test_two_measures_each_by_sex_are_two_measures(paket):
    heads = [['Kommun', 'Arbetslösa', '', 'Sjuka', ''], ['', 'Kvinnor', 'Män', 'Kvinnor', 'Män']]
    coupled(paket, 'a.xlsx', {'D': [*heads, ['Norrstad', 1, 2, 3, 4]]}, enhet='st', period='2023')
    t = read_underlag(paket).tabeller['behov']
    both = [('arbetslosa', 'K'), ('arbetslosa', 'M'), ('sjuka', 'K'), ('sjuka', 'M')]
    assert t[['indikator', 'kon', 'varde']].values.tolist() == [
        [*s, n + 1.0] for n, s in enumerate(both)
    ]


def test_a_measure_that_says_its_age_is_read_beside_others(paket):
    old = 'Andel av 16–64 år'
    rows = [['Kommun', '2022', '', '2023', ''], ['', 'Antal', old, 'Antal', old]]
    coupled(paket, 'sjuka.xlsx', {'D': [*rows, ['Norrstad', 1, 2, 3, 4]]})
    t = read_underlag(paket).tabeller['behov']
    assert t.varde.tolist() == [1, 2, 3, 4] and t.enhet.tolist() == ['personer', '%'] * 2


def test_a_heading_that_shows_a_month_is_that_month(paket):
    def shown(book):
        for cell in ('B1', 'C1'):
            book['D'][cell].number_format = 'mmm-yy'

    rows = [['Kommun', dt.date(2023, 11, 30), dt.date(2023, 12, 31)], ['Norrstad', 5, 6]]
    sheets = foreign_sheets(workbook({'D': rows}, shown), 'a.xlsx')
    assert sheets[0].rader[0][1] == ['Kommun', '2023-11', '2023-12']


def test_a_heading_with_its_month_after_the_year_is_that_month(paket):
    rows = [['Inskrivna'], ['Kommun', '2024 januari', '2024 februari'], ['Norrstad', 120, 118]]
    got = coupled(paket, 'lage.xlsx', {'D': rows}, enhet='personer')
    assert [(r[1], r[4]) for r in got] == [('2024-01', 120.0), ('2024-02', 118.0)]


def test_a_sheet_of_words_beside_the_table_is_not_read(paket, tmp_path):
    rows = [['Kommun', 'Antal inskrivna 2023'], ['Norrstad', 100]]
    (tmp_path / 'af.xlsx').write_bytes(workbook({'Info': [['Källa']], 'Tabell 1': rows}))
    assert main(['koppla', str(tmp_path / 'af.xlsx'), '--forbund', str(paket)]) == 0
    shutil.copy(tmp_path / 'af.xlsx', paket / 'underlag')
    assert values(paket) == [('9911', '2023', None, None, 100.0, 'personer')]
