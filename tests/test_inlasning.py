"""What people really send, kind by kind: read rightly, or noted, or handed back in a sentence that
names the place and what to write; never a wrong number in silence, never a number that points at
somebody shown"""

import datetime as dt
import base64, io, re, zipfile, zlib
from pathlib import Path
import pytest
import pandas as pd
from conftest import ASTAD, BORJAN, JUNI, workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from finsam_genomlysning.lasa.arbetsbok import read_workbook
from finsam_genomlysning.lasa.personuppgifter import hidden_personnummer
from finsam_genomlysning.lasa.tolka import convert
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.errors import UnderlagError
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.ord.glossary import ENKATFRAGOR
from finsam_genomlysning.ord.scheman import DELTAGARE

TOML = f"""{BORJAN}{ASTAD}[[part]]
id = "fk"
namn = "Försäkringskassan"
slag = "stat"
[[insats]]
id = "spar_a"
namn = "Spår A"
i_genomlysningen = true
{JUNI}"""
PERSON = 'person;insats;kommun;kon;fodelsear;remissdatum;startdatum;slutdatum;avslutsorsak\n'
EN = 'P1;Spår A;Åstad;K;1990;2023-01-10;2023-02-01;;\n'
TVA = 'P2;Spår A;Åstad;M;1985;2023-01-12;2023-02-03;2023-09-01;arbete\n'
PENGAR = 'post;slag;insats;fran;till;budget;utfall;prognos;kalla\n'
TJANST = 'post;insats;kommun;omfattning;fran;till;vakant;roll;arbetsgivare;kalla\n'
TID = 'insats;fran;till;aktivitet;kommun;timmar;kalla\n'
ANTAL = 'insats;kommun;fran;till;kon;matt;antal;kalla\n'
BEHOV = 'omrade;indikator;namn;period;kon;alder;varde;enhet;kalla\n'
NR = '121212-1212'


def rad(post, budget, utfall='', slag='kostnad'):
    return f'{post};{slag};spar_a;2024-01-01;2024-12-31;{budget};{utfall};;\n'


def tjanst(omfattning, till=''):
    return f'coach 1;spar_a;Åstad;{omfattning};2023-01-01;{till};nej;;;\n'


def tid(timmar):
    return f'spar_a;2024-01-01;2024-06-30;direkt;Åstad;{timmar};\n'


def antal(n, kon='K'):
    return f'spar_a;Åstad;2024-01-01;2024-06-30;{kon};deltagare;{n};\n'


def behov(varde, enhet='kr'):
    return f'9901;x;X;2023;;;{varde};{enhet};k\n'


def bok(rows, namn='ekonomi', change=None, more=()):
    return workbook({namn: rows, **dict(more)}, change)


def pengar(post, budget, utfall=None):
    days = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
    return [post, 'kostnad', 'spar_a', *days, budget, utfall, None, None]


RUBRIKER = PENGAR.strip().split(';')
DELTAR = [
    PERSON.strip().split(';'),
    ['P1', 'Spår A', 'Åstad', 'K', 1990, dt.date(2023, 1, 10), dt.date(2023, 2, 1), None, None],
]


@pytest.fixture
def las(tmp_path):
    "Reads files as a package: the package, or what was said of it"

    def read(toml=TOML, **files):
        (tmp_path / 'forbund.toml').write_text(toml, encoding='utf-8')
        (tmp_path / 'underlag').mkdir(exist_ok=True)
        for name, content in files.items():
            table, ending = name.rsplit('_', 1)
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / 'underlag' / f'{table}.{ending}').write_bytes(data)
        try:
            return read_underlag(tmp_path)
        except UnderlagError as e:
            return e.svenska

    read.folder = tmp_path
    return read


def says(said, pattern):
    assert isinstance(said, str), said.anmarkningar
    assert re.search(pattern, said, re.S), said
    assert NR not in said


def notes(underlag, pattern):
    assert not isinstance(underlag, str), underlag
    assert any(re.search(pattern, n) for n in underlag.anmarkningar), underlag.anmarkningar


# headings


def test_headings_as_people_write_them(las):
    head = PERSON.replace('startdatum', 'Start').replace('slutdatum', 'Avslutad')
    head = head.replace('avslutsorsak', 'Orsak till avslut').replace('kon', 'Kön (K/M)')
    u = las(deltagare_csv=head + EN + TVA)
    d = u.tabeller['deltagare']
    assert d.startdatum.dt.day.tolist() == [1, 3] and d.avslutsorsak.tolist() == [None, 'arbete']
    notes(u, r'«Start» \(G\) är läst som startdatum')


@pytest.mark.parametrize(
    'old, new, pattern',
    [
        ('fodelsear', 'Född', r'kolumn E: Kolumnen «Född» .*liknar fodelsear'),
        ('fodelsear', 'Födelsedatum', r'liknar fodelsear.*bara årtalet'),
        ('slutdatum', 'Slutdatm', r'kolumn H: Kolumnen «Slutdatm» .*liknar slutdatum'),
        ('slutdatum', 'Klart hos oss', r'Kolumnen «Klart hos oss» känns inte igen'),
        ('fodelsear', '', r'ingen rubrik'),
        ('kon', 'kommun', r'kolumn kommun: Kolumnen finns två gånger \(C och D\)'),
    ],
)
def test_a_filled_column_is_never_unread_in_silence(las, old, new, pattern):
    head = PERSON.replace(old, new)
    says(las(deltagare_csv=head + EN + TVA), pattern)


BETALT = 'insats;kommun;fran;till;omfattning;schablon;{};utbetalt;intyg;kalla\n'
BETALD = 'spar_a;Åstad;2023-01-01;2023-12-31;0,75;600000;6;225000;ja;x\n'
SKATTAT = 'person;insats;datum;indikator;varde;skala_max;{}\nP1;spar_a;2023-05-01;tro;3;5;coach\n'


def test_optional_columns_by_other_names_are_read(las):
    u = las(
        utbetalningar_csv=BETALT.format('Mån') + BETALD,
        ekonomi_csv=PENGAR.strip() + ';Ingår i annan rad\n' + rad('A', 450).strip() + ';ja\n',
    )
    assert u.tabeller['utbetalningar'].manader.tolist() == [6]
    assert u.tabeller['ekonomi'].varav.tolist() == ['ja']


@pytest.mark.parametrize(
    'files, pattern',
    [
        ({'utbetalningar_csv': BETALT.format('Hur länge') + BETALD}, 'liknar manader'),
        ({'ekonomi_csv': PENGAR.strip() + ';Delpost\n' + rad('A', 4).strip() + ';ja\n'}, 'varav'),
        ({'ekonomi_csv': PENGAR.strip() + ';Del av\n' + rad('A', 4).strip() + ';ja\n'}, 'varav'),
        (
            {'ekonomi_csv': PENGAR.strip() + ';Ort\n' + rad('A', 4).strip() + ';Åstad\n'},
            'tabellen saknar kommun',
        ),
        (
            {
                'ekonomi_csv': PENGAR.strip()
                + ';Kategori\n'
                + rad('A', 4).strip()
                + ';administration\n'
            },
            'liknar grupp',
        ),
        ({'progression_csv': SKATTAT.format('Vem')}, 'liknar bedomare'),
        ({'progression_csv': SKATTAT.format('Roll')}, 'tabellen saknar bedomare'),
        ({'volymer_csv': ANTAL.replace('kalla', 'Dokument') + antal(4)[:-1] + 'x\n'}, 'kalla'),
        ({'.deltagare.xlsx_icloud': b'bplist00'}, 'underlag/deltagare.xlsx: .* inte hämtad'),
    ],
)
def test_an_optional_column_is_never_unread_in_silence(las, files, pattern):
    says(las(**files), pattern)


@pytest.mark.parametrize('cells', ['kansliet', '12', '2024-05-01'])
def test_a_column_that_can_be_no_missing_one_is_noted(las, cells):
    head = PENGAR.strip() + ';Hos oss\n'
    u = las(ekonomi_csv=head + rad('A', 450).strip() + f';{cells}\n')
    notes(u, r'«Hos oss» \(J\) hör inte till tabellen')


def test_a_column_in_brackets_and_a_note_do_not_belong(las):
    u = las(deltagare_csv=PERSON.strip() + ';(Stödnivå);Anteckning\n' + EN.strip() + ';hög;x\n')
    notes(u, r'«\(Stödnivå\)» \(J\), «Anteckning» \(K\) hör inte till tabellen')


@pytest.mark.parametrize('namn', ['Deltagarlista', 'Blad1', 'Våren 2024'])
def test_a_sheet_is_known_by_its_headings(las, namn):
    u = las(bok_xlsx=bok(DELTAR, namn))
    assert u.tabeller['deltagare'].person.tolist() == ['P1']
    notes(u, f'blad {namn}: är läst som tabellen deltagare')


def test_a_file_is_known_by_its_headings_and_a_wrong_name_is_told(las):
    assert len(las(lista_csv=PERSON + EN).tabeller['deltagare']) == 1
    says(las(ekonomi_csv=PERSON + EN), 'ekonomi.csv: .*rubrikerna är de i tabellen deltagare')


# units


@pytest.mark.parametrize(
    'rubrik, pattern',
    [
        ('Budget (tkr)', '450 tkr skrivs 450 000'),
        ('Budget, tkr', '450 tkr skrivs 450 000'),
        ('Budget i tusental kronor', '450 tkr skrivs 450 000'),
        ('Budget KSEK', '450 tkr skrivs 450 000'),
        ('Budget (Mkr)', '1,2 mkr skrivs 1 200 000'),
        ('Budget (EUR)', 'svenska kronor'),
        ('Budget (tkr, exkl. moms)', 'anger tkr.*450 tkr skrivs 450 000'),
        ('Budget (tkr 2023)', '450 tkr skrivs 450 000'),
        ('Budget (x1000)', '450 tusen skrivs 450 000'),
        ("Budget (1000's)", '450 tusen skrivs 450 000'),
        ('Budget (1 000-tal)', '450 tusen skrivs 450 000'),
        ('Budget (kr i tusental)', '450 tusen skrivs 450 000'),
        ('Budget (mkr, löpande priser)', '1,2 mkr skrivs 1 200 000'),
        ('Budget (mdkr)', '1,2 miljarder kronor skrivs 1 200 000 000'),
        ('Budget (kr/månad)', 'anger kr per månad. Räkna om till .*budget i kronor'),
        ('Budget (exkl. moms)', 'säger också «exkl. moms».*skriv bara budget i rubrikraden'),
    ],
)
def test_a_unit_in_a_heading(las, rubrik, pattern):
    said = las(ekonomi_csv=PENGAR.replace('budget', rubrik) + rad('Lön', 450))
    says(said, f'kolumn budget: Rubriken «{re.escape(rubrik)}» .*{pattern}')


@pytest.mark.parametrize(
    'rubrik, pattern',
    [
        ('Budget-tkr', 'tkr. .*450 tkr skrivs 450 000'),
        ('Budget_tkr', 'tkr. .*450 tkr skrivs 450 000'),
        ('Tkr budget', 'tkr. .*450 tkr skrivs 450 000'),
        ('Budget x 1000', '450 tusen skrivs 450 000'),
        ('Budget T', 'skrivs 450 000'),
        ('Budgetmedel per månad', 'Räkna om'),
    ],
)
def test_a_question_about_a_heading_tells_of_its_unit(las, rubrik, pattern):
    said = las(ekonomi_csv=PENGAR.replace('budget', rubrik) + rad('Lön', 450))
    says(said, f'Menas budget. .*{pattern}')


def test_a_rate_of_hours_and_a_share_are_told(las):
    says(las(aktiviteter_csv=TID.replace('timmar', 'Timmar/vecka') + tid(4)), 'timmar per vecka.')
    enkat = 'datum;grupp;insats;fraga;Andel instämmer;instammer_inte\n'
    said = las(stodenkat_csv=enkat + '2023-05-01;medarbetare;;Jag får stöd;60;40\n')
    says(said, 'liknar instammer.*säger «andel». Skriv hela antalet')


# before and after, years and sexes


FORE_EFTER = PERSON.strip() + ';{};{}\n' + EN.strip() + ';{};{}\n'


@pytest.mark.parametrize(
    'a, b, stem',
    [
        (('Försörjning', 'lon'), ('Försörjning ', 'sjukpenning'), 'forsorjning'),
        (('Omfattning', '0'), ('Omfattning 2', '75'), 'omfattning'),
    ],
)
def test_before_and_after_are_never_guessed(las, a, b, stem):
    said = las(deltagare_csv=FORE_EFTER.format(a[0], b[0], a[1], b[1]))
    both = f'liknar {stem}_fore eller {stem}_efter. Gäller den före eller efter insatsen'
    assert len(re.findall(both, said)) == 2 and 'Menas' not in said


def test_a_word_for_a_time_settles_it(las):
    text = FORE_EFTER.format('Försörjning i början', 'Försörjning avslutning', 'lon', 'lon')
    said = las(deltagare_csv=text)
    says(said, 'kolumn J: .*Menas forsorjning_fore.*kolumn K: .*Menas forsorjning_efter')


def test_a_merged_heading_is_to_be_divided(las):
    rows = [[*DELTAR[0], 'Försörjning', None], [*DELTAR[1], 'lon', 'lon']]
    said = las(deltagare_xlsx=bok(rows, 'deltagare', lambda b: b.active.merge_cells('J1:K1')))
    says(said, 'kolumn J: .*före eller efter.*kolumn K: .*sammanslagen med kolumn J. Dela')


WIDE = 'post;slag;insats;fran;till;{}\nLön;kostnad;spar_a;2023-01-01;2023-12-31;1;2;3\n'


@pytest.mark.parametrize('heads', ['Budget 2022;Utfall 2022;Budget 2023', '2021;2022;2023'])
def test_years_side_by_side_are_to_be_rows(las, heads):
    said = las(ekonomi_csv=WIDE.format(heads))
    says(said, 'olika år av samma sak. Skriv en rad per år, .*fran och till')
    assert 'Menas' not in said and said.count('ekonomi.csv') == 1
    if 'Budget' in heads:
        says(said, '«Budget 2022» och «Budget 2023»')


def test_years_in_brackets_side_by_side_are_to_be_rows(las):
    said = las(ekonomi_csv=WIDE.format('Budget (2022);Budget (2023);Utfall'))
    says(said, 'olika år av samma sak')
    assert 'två gånger' not in said


def test_sexes_side_by_side_are_to_be_rows(las):
    text = 'insats;kommun;fran;till;matt;Kvinnor;Män\n'
    said = las(volymer_csv=text + 'spar_a;Åstad;2023-01-01;2023-12-31;deltagare;7;5\n')
    says(said, '«Kvinnor» och «Män» är olika kön .* med könet i kolumnen kon')
    assert 'Menas' not in said and 'saknas' not in said


def test_a_year_in_one_heading_is_asked_about(las):
    said = las(ekonomi_csv=PENGAR.replace('budget', 'Budget 2024') + rad('Lön', 450))
    says(said, 'Menas budget')


def test_the_columns_own_unit_in_a_heading(las):
    u = las(
        ekonomi_csv=PENGAR.replace('budget', 'Budget (SEK)') + rad('Lön', 450),
        bemanning_csv=TJANST.replace('omfattning', 'Omfattning (%)') + tjanst(75),
        aktiviteter_csv=TID.replace('timmar', 'Timmar (h)') + tid('7,5'),
    )
    assert u.tabeller['ekonomi'].budget.tolist() == [450]
    assert u.tabeller['bemanning'].omfattning.tolist() == [0.75]
    assert u.tabeller['aktiviteter'].timmar.tolist() == [7.5]


@pytest.mark.parametrize(
    'files, pattern',
    [
        ({'aktiviteter_csv': TID.replace('timmar', 'Timmar (per vecka)') + tid(40)}, 'per vecka'),
        ({'aktiviteter_csv': TID.replace('timmar', 'Timmar (h/v)') + tid(40)}, 'per vecka'),
        ({'volymer_csv': ANTAL.replace('antal', 'Antal (kvinnor)') + antal(9)}, 'kvinnor'),
        ({'volymer_csv': ANTAL.replace('antal', 'Antal (per 1000 inv)') + antal(9)}, 'per 1000'),
        ({'deltagare_csv': PERSON.replace('slutdatum', 'Slutdatum (planerat)') + TVA}, 'planerat'),
        ({'behov_csv': BEHOV.replace('varde', 'Värde (tusental)') + behov(450)}, '450 000'),
    ],
)
def test_a_bracket_that_changes_the_values_is_asked_about(las, files, pattern):
    says(las(**files), f'Rubriken .*{pattern}')


def test_a_bracket_that_says_what_the_column_says(las):
    money = PENGAR.replace('budget', 'Budget (kr, löpande priser)').replace('fran', 'Från (ÅÅMMDD)')
    person = PERSON.replace('kon', 'Kön (1=man, 2=kvinna)').replace('kommun', 'Kommun (hemort)')
    u = las(
        ekonomi_csv=money.replace('utfall', 'Utfall (2024)') + rad('Lön', 450),
        deltagare_csv=person.replace('startdatum', 'Startdatum (ÅÅÅÅ-MM-DD)') + EN,
    )
    assert u.tabeller['ekonomi'].budget.tolist() == [450]
    assert u.tabeller['deltagare'].startdatum.notna().all()
    notes(u, 'Kommun \\(hemort\\).* är läst som kommun')


@pytest.mark.parametrize(
    'cell, skriv',
    [
        ('450 tkr', '450 000'),
        ('450tkr', '450 000'),
        ("450'", '450 000'),
        ('450 k', '450 000'),
        ('0,45 mkr', '450 000'),
        ('1,2 miljoner kronor', '1 200 000'),
    ],
)
def test_an_amount_in_thousands_is_handed_back_with_the_number_to_write(las, cell, skriv):
    said = las(ekonomi_csv=PENGAR + rad('Lön', cell))
    says(said, f'ekonomi.csv, rad 2, kolumn budget: Värdet «{cell}» .*Skriv {skriv}\\.')
    assert said.count('\n') == 1  # one error per mistake


@pytest.mark.parametrize(
    'cell, value', [('450:-', 450), ('450 kr', 450), ('kr 450', 450), ('1 250 000,50', 1250000.5)]
)
def test_an_amount_in_kronor(las, cell, value):
    u = las(ekonomi_csv=PENGAR + rad('Lön', cell))
    assert u.tabeller['ekonomi'].budget.tolist() == [value]


@pytest.mark.parametrize(
    'cell, value',
    [('kr.450000', 450000), ('SEK.1200', 1200), ('kr,450000', 450000), ('kr: 7,5', 7.5)],
)
def test_a_unit_before_an_amount_takes_its_full_stop_along(las, cell, value):
    u = las(ekonomi_csv=PENGAR + rad('Lön', cell))
    assert u.tabeller['ekonomi'].budget.tolist() == [value]


@pytest.mark.parametrize(
    'cell', ['450 000\n430 000', '450 000\t430 000', '450 000 kr\n430 000 kr', '450\n000']
)
def test_two_numbers_in_one_cell_are_never_one(las, cell):
    said = las(ekonomi_csv=PENGAR + rad('Lön', f'"{cell}"'))
    says(said, 'kolumn budget: .*mer än ett tal.* Skriv ett tal per cell')


@pytest.mark.parametrize('cell', ['40 h/v', '40 tim/vecka', '120 h/mån', '40 timmar per vecka'])
def test_so_many_hours_per_week_are_no_number_of_hours(las, cell):
    said = las(aktiviteter_csv=TID + tid(cell))
    says(said, f'kolumn timmar: Värdet «{cell}» .*per (vecka|månad).* Räkna om till .*arbetade')


def test_hours_per_week_are_an_extent_and_hours_per_month_are_none(las):
    says(las(bemanning_csv=TJANST + tjanst('30 h/v')), 'Skriv 75 %, om heltid är 40 timmar')
    says(las(bemanning_csv=TJANST + tjanst('120 h/mån')), 'per månad. Räkna om till')


@pytest.mark.parametrize('cell', ['12 %', '12 personer'])
def test_a_figure_in_another_unit_than_its_row_says(las, cell):
    said = las(uppgifter_csv=f'uppgift;vad;varde;enhet;kalla\na;A;{cell};kr;k\n')
    says(said, 'kolumn varde: Värdet är skrivet i .*enhet säger kr')
    u = las(uppgifter_csv='uppgift;vad;varde;enhet;kalla\na;A;12 %;%;k\nb;B;12 kr;kr;k\n')
    assert u.tabeller['uppgifter'].varde.tolist() == [12, 12]


@pytest.mark.parametrize(
    'cell, gor',
    [
        ('1,250 tkr', 'Skriv 1 250 000 om det är tusental, annars 1 250.'),
        ('1.250 mkr', 'Skriv 1 250 000 000 om det är tusental, annars 1 250 000.'),
        ('450 tkr 1)', 'utan nottecken. Skriv i kronor: 450 tkr skrivs 450 000.'),
        ('450¹ tkr', 'utan fotnot. Skriv i kronor: 450 tkr skrivs 450 000.'),
        ('400-450 tkr', 'Skriv i kronor: 450 tkr skrivs 450 000.'),
        ('450000 K', 'Skriv 450 000 om det är kronor, 450 000 000 om det är tusental.'),
    ],
)
def test_advice_about_a_number_does_not_forget_its_unit(las, cell, gor):
    says(las(ekonomi_csv=PENGAR + rad('Lön', cell)), re.escape(gor))


def test_a_letter_means_what_its_column_counts(las):
    paid = 'insats;kommun;fran;till;omfattning;schablon;manader;utbetalt;intyg;kalla\n'
    paid += 'spar_a;Åstad;2023-01-01;2023-12-31;75 %;600000 kr/år;6 mån;;;\n'
    trip = "fran_kommun;till_kommun;fardsatt;minuter;kalla\nÅstad;Åstad;bil;45';\n"
    u = las(aktiviteter_csv=TID + tid('30t'), utbetalningar_csv=paid, restider_csv=trip)
    assert u.tabeller['aktiviteter'].timmar.tolist() == [30]
    assert u.tabeller['restider'].minuter.tolist() == [45]
    row = u.tabeller['utbetalningar'].iloc[0]
    assert (row.omfattning, row.schablon, row.manader) == (0.75, 600000, 6)


def test_an_age_is_no_year_of_birth(las):
    says(las(deltagare_csv=PERSON + EN.replace('1990', '28 år')), 'är en ålder. Räkna om åldern')


def test_a_year_may_be_named(las):
    u = las(bidrag_csv='part;ar;belopp;kalla\nfk;År 2023;1;k\n')
    assert u.tabeller['bidrag'].ar.tolist() == [2023]


def test_every_kind_of_space_stands_within_a_number(las):
    cells = '\u00a0\u202f\u2009 '
    u = las(ekonomi_csv=PENGAR + ''.join(rad(f'Lön {i}', f'45{s}000') for i, s in enumerate(cells)))
    assert u.tabeller['ekonomi'].budget.tolist() == [45000] * 4


@pytest.mark.parametrize('cell', ['1' * 24 + ' tkr', '1e30 tkr', '1e400', '1' * 30, '-1e15'])
def test_a_number_that_nobody_has_is_refused(las, cell):
    said = las(ekonomi_csv=PENGAR + rad('Lön', cell))
    says(said, 'kolumn budget: .*orimligt stort')


@pytest.mark.parametrize(
    'files, pattern',
    [
        ({'ekonomi_csv': 'Belopp i tkr;;;;;;;;\n' + PENGAR + rad('A', 450)}, 'På rad 1 .* tkr'),
        (
            {'ekonomi_csv': PENGAR + rad('A', 450) + 'Alla belopp i tkr;;;;;;;;\n'},
            'På rad 3 .* tkr',
        ),
        ({'e_xlsx': bok([RUBRIKER, pengar('A', 450)], 'Ekonomi (tkr)')}, 'bladets namn .* tkr'),
        ({'ekonomi tkr_csv': PENGAR + rad('A', 450)}, 'filens namn .* tkr'),
    ],
)
def test_a_unit_that_holds_for_the_whole_table(las, files, pattern):
    says(las(**files), pattern)


def comment(text, author='A'):
    return lambda book: setattr(book.active['F1'], 'comment', Comment(text, author))


def page_header(book):
    book.active.oddHeader.center.text = '&"Arial"&12Belopp i tkr'


LAS_MIG = [('Läs mig', [['Så här fylls boken i'], ['Alla belopp i tkr']])]


@pytest.mark.parametrize(
    'book, pattern',
    [
        (bok([[*RUBRIKER, None, 'Alla belopp i tkr'], pengar('A', 450)]), 'I cell K1 .* tkr'),
        (bok([[*RUBRIKER, 'Enhet'], [*pengar('A', 450), 'tkr']]), 'I cell J2 .* tkr'),
        (bok([[*RUBRIKER, 'Valuta'], [*pengar('A', 450), 'EUR']]), 'I cell J2 .* utländsk valuta'),
        (bok([RUBRIKER, [*pengar('A', 450), None, 'OBS belopp i tkr']]), 'I cell K2 .* tkr'),
        (bok([RUBRIKER, pengar('Personal (tkr)', 450)]), 'rad 2, kolumn post.* är i tkr'),
        (bok([RUBRIKER, pengar('A', 450)], change=comment('Anges i tkr')), 'till F1 .* tkr'),
        (bok([RUBRIKER, pengar('A', 450)], change=page_header), 'sidhuvud .* tkr'),
        (bok([RUBRIKER, pengar('A', 450)], more=LAS_MIG), 'På bladet Läs mig .* tkr'),
    ],
)
def test_a_unit_that_is_said_beside_the_table(las, book, pattern):
    said = las(ekonomi_xlsx=book)
    says(said, pattern)
    if 'tkr' in pattern:
        says(said, '450 tkr skrivs 450 000')


@pytest.mark.parametrize(
    'book',
    [
        bok([RUBRIKER, pengar('A', 450)], more=[('Läs mig', [['Hela kronor, inte tkr']])]),
        bok([RUBRIKER, pengar('A', 450)], change=comment('Skriv i kronor: tkr', 'genomlysning')),
        bok([[*RUBRIKER, '(Avvikelse tkr)'], [*pengar('A', 450), 3]]),
        bok([[*RUBRIKER, 'Enhet'], [*pengar('A', 450), 'kr']]),
        bok([[*RUBRIKER, 'Kommentar'], [*pengar('A', 450), 'varav 50 tkr i hyra']]),
    ],
)
def test_a_unit_that_is_denied_or_another_thing_declares_nothing(las, book):
    assert las(ekonomi_xlsx=book).tabeller['ekonomi'].budget.tolist() == [450]


def test_a_unit_of_a_source_or_of_another_calculation_is_noted(las):
    own = [['Kalkyl', 'tkr'], *([f'rad {n}', n] for n in range(9))]
    row = [*pengar('A', 450)[:-1], 'Årsredovisning, alla belopp i tkr']
    u = las(ekonomi_xlsx=bok([RUBRIKER, row], more=[('Kalkyl', own)]))
    assert u.tabeller['ekonomi'].budget.tolist() == [450]
    notes(u, 'kolumn kalla nämner tkr; beloppen är lästa i kronor')
    notes(u, 'bladet Kalkyl nämner tkr; beloppen här är lästa i kronor')


# pseudonyms


@pytest.mark.parametrize('person', ['2,02301E+11', '2.02301E+11', '2e+11'])
def test_a_rounded_number_is_no_pseudonym(las, person):
    says(las(deltagare_csv=PERSON + EN.replace('P1', person)), 'rad 2, kolumn person: .* avrundat')


def test_a_pseudonym_may_have_an_e_in_it(las):
    u = las(deltagare_csv=PERSON + EN.replace('P1', '1E5'))
    assert u.tabeller['deltagare'].person.tolist() == ['1E5']


@pytest.mark.parametrize('names', [('001', '1'), ('P001', 'P1'), ('1', '1.0')])
def test_pseudonyms_alike_but_for_zeros_are_noted(las, names):
    one, two = (EN.replace('P1;', f'{n};') for n in names)
    u = las(deltagare_a_csv=PERSON + one, deltagare_b_csv=PERSON + two.replace('01-10', '01-11'))
    assert sorted(u.tabeller['deltagare'].person) == sorted(names)
    notes(u, 'inledande nollor och räknas som olika')


def test_one_and_ten_are_two_persons(las):
    u = las(deltagare_csv=PERSON + EN.replace('P1', '1') + EN.replace('P1', '10'))
    assert not any('pseudonymer' in n for n in u.anmarkningar)


@pytest.mark.parametrize('code, seen', [('"P-"000', 'P-001'), ('"P"000', 'P001'), ('-0', '1')])
def test_a_pseudonym_is_read_as_its_format_shows_it(las, code, seen):
    rows = [DELTAR[0], [1, *DELTAR[1][1:]]]
    book = bok(rows, 'deltagare', lambda b: setattr(b.active['A2'], 'number_format', code))
    assert las(deltagare_xlsx=book).tabeller['deltagare'].person.tolist() == [seen]


# proposals of codes


@pytest.mark.parametrize(
    'old, new, proposed',
    [
        (';K;', ';kvinnor & män;', ''),
        (';K;', ';Kvinor;', 'K'),
        ('Åstad', '9912 Åstad', ''),
        ('Åstad', 'Åstd', 'Åstad'),
        (';arbete', ';Annan', ''),
        (';arbete', ';Arbete/studier', ''),
        (';arbete', ';Arbette', 'Arbete'),
    ],
)
def test_a_code_is_proposed_only_when_nothing_speaks_against_it(las, old, new, proposed):
    cells = EN if old != ';arbete' else TVA
    said = las(deltagare_csv=PERSON + cells.replace(old, new))
    says(said, 'inget tillåtet värde. ' + (f'Menas {proposed}. ' if proposed else 'Tillåtna'))


@pytest.mark.parametrize(
    'matt, proposed', [('Nya och avslutade', ''), ('Avslutade till arbte', 'Avslutade till arbete')]
)
def test_two_measures_in_a_cell_get_no_proposal(las, matt, proposed):
    said = las(volymer_csv=ANTAL + antal(4).replace('deltagare', matt))
    says(said, 'inget tillåtet värde. ' + (f'Menas {proposed}.' if proposed else 'Tillåtna'))


@pytest.mark.parametrize(
    'word, proposed',
    [
        ('Sjukpenning + ekonomiskt bistånd', ''),
        ('Lön eller eget företg', 'Lön eller eget företag'),
        ('Ekonomiskt bistnd', 'Ekonomiskt bistånd'),
    ],
)
def test_two_supports_in_a_cell_get_no_proposal(las, word, proposed):
    text = f'{PERSON.strip()};forsorjning_fore;nyanland\n{EN.strip()};{word};nja\n'
    said = las(deltagare_csv=text)
    says(said, 'inget tillåtet värde. ' + (f'Menas {proposed}.' if proposed else 'Tillåtna'))
    says(said, 'kolumn nyanland: .*värde. Tillåtna: ja, nej')


# rows with one filled cell


PLAN = 'atgard;mal;insats;ansvar;klart_senast;status;kalla\n'
SAK = 'Gör X;Bli bra;spar_a;kansliet;2024-12-31;;\n'


def test_notes_and_counts_are_no_measures(las):
    lone = [f'{t};;;;;;\n' for t in ('Källa: planen 2024, antagen', 'Totalt 1 åtgärd', 'Summa:')]
    u = las(handlingsplan_csv=PLAN + SAK + ''.join(lone))
    assert u.tabeller['handlingsplan'].atgard.tolist() == ['Gör X']
    notes(u, 'rad 3–5 är en anmärkning och läses inte')


def test_a_lone_measure_is_read_and_asked_about(las):
    u = las(handlingsplan_csv=PLAN + 'Område 1: Samverkan;;;;;;\n' + SAK)
    assert u.tabeller['handlingsplan'].atgard.tolist() == ['Område 1: Samverkan', 'Gör X']
    notes(u, 'rad 2 har bara en ifylld cell men läses; ta bort den om den är en rubrik')
    u = las(handlingsplan_csv='atgard;mal\nSamtliga kommuner utser en person;\nTotalt sett mer;\n')
    assert len(u.tabeller['handlingsplan']) == 2
    assert not any('ifylld cell' in n for n in u.anmarkningar)


def test_a_note_in_another_column_is_no_part(las):
    text = 'insats;part;form;kalla\nspar_a;Kommunen;möten;\n;Källa: egen;;\n'
    u = las(samverkan_csv=text)
    assert u.tabeller['samverkan'].part.tolist() == ['Kommunen']


# amounts


def test_a_sum_in_a_title_declares_nothing(las):
    u = las(ekonomi_csv='Beslut om 2,1 mkr;;;;;;;;\n' + PENGAR + rad('A', 450))
    assert u.tabeller['ekonomi'].budget.tolist() == [450]


@pytest.mark.parametrize(
    'cell, pattern',
    [
        ('75', 'Skriv 0,75 eller 75 %'),
        ('0,75 %', 'Skriv 75 %'),
        ('30 h', 'Skriv 75 %'),
        ('halvtid', 'Skriv 50 %'),
    ],
)
def test_an_extent_that_could_mean_two_things(las, cell, pattern):
    says(las(bemanning_csv=TJANST + tjanst(cell)), f'rad 2, kolumn omfattning: .*{pattern}')


@pytest.mark.parametrize('cell', ['0,75', '75 %', '75 procent'])
def test_an_extent_with_one_meaning(las, cell):
    assert las(bemanning_csv=TJANST + tjanst(cell)).tabeller['bemanning'].omfattning[0] == 0.75


@pytest.mark.parametrize('cell, skriv', [('90 min', '1,5'), ('1:30', '1,5'), ('1 h 30 min', '1,5')])
def test_hours_in_another_unit(las, cell, skriv):
    says(las(aktiviteter_csv=TID + tid(cell)), f'kolumn timmar: .*Skriv {skriv}')


@pytest.mark.parametrize(
    'cells, values',
    [
        (('1,250,000', '950,000'), [1250000, 950000]),
        (('1.250.000', '950.000'), [1250000, 950000]),
        (('450,000', '900000'), None),
        (('450.000', '12.5'), None),
        (('450,000', '12,5'), None),
    ],
)
def test_thousands_are_weighed_by_the_whole_column(las, cells, values):
    got = las(ekonomi_csv=PENGAR + ''.join(rad(f'Post {c}', c) for c in cells))
    if values is None:
        says(got, 'rad 2, kolumn budget: .*Skriv 450 000 om det är tusental, annars 450')
    else:
        assert got.tabeller['ekonomi'].budget.tolist() == values


def test_three_decimals_in_a_number_cell_are_decimals(las):
    rows = [BEHOV.strip().split(';'), ['9901', 'x', 'X', 2023, None, None, 12.345, '%', 'SCB']]
    assert las(behov_xlsx=bok(rows, 'behov')).tabeller['behov'].varde.tolist() == [12.345]


# what the sender sees


def look(**cells):
    "Number formats of cells"

    def change(book):
        for place, code in cells.items():
            book.worksheets[0][place].number_format = code

    return change


def test_a_number_is_read_as_its_format_shows_it(las):
    rows = [DELTAR[0], [7, *DELTAR[1][1:]], [123, *DELTAR[1][1:]]]
    u = las(deltagare_xlsx=bok(rows, 'deltagare', look(A2='"K"000', A3='00000')))
    assert u.tabeller['deltagare'].person.tolist() == ['K007', '00123']
    rows = [RUBRIKER, pengar('Lön', 450)]
    assert (
        las(ekonomi_xlsx=bok(rows, change=look(F2='#,##0\\ "kr"'))).tabeller['ekonomi'].budget[0]
        == 450
    )
    says(las(ekonomi_xlsx=bok(rows, change=look(F2='0" tkr"'))), '«450 tkr».*Skriv 450 000')


def raised(book):
    mark = TextBlock(InlineFont(vertAlign='superscript'), '1')
    book.worksheets[0]['F2'] = CellRichText('12', mark)


def half_struck(book):
    book.worksheets[0]['F2'] = CellRichText(TextBlock(InlineFont(strike=True), '12'), '14')


def struck(*cells):
    def change(book):
        for c in cells:
            book.worksheets[0][c].font = Font(strike=True)

    return change


def hidden_row(book):
    book.worksheets[0].row_dimensions[3].hidden = True


def merged(book):
    book.worksheets[0].merge_cells('F2:F3')


def painted(ink, ground=None):
    def change(book):
        cell = book.worksheets[0]['F3']
        cell.font = Font(color=ink)
        if ground:
            cell.fill = PatternFill('solid', fgColor=ground)

    return change


@pytest.mark.parametrize(
    ('ink', 'ground', 'told'),
    [
        ('FFFFFFFF', None, True),
        (Color(theme=0), None, True),
        (Color(indexed=9), 'FFFFFFFF', True),
        ('FF0B4F7D', 'FF0B4F7D', True),
        ('FFFFFFFF', 'FF0B4F7D', False),
        ('FFFF0000', None, False),
        (Color(theme=0, tint=-0.5), None, False),
    ],
)
def test_white_letters_on_white_are_noted(las, ink, ground, told):
    rows = [RUBRIKER, pengar('A', 12), pengar('B', 30)]
    u = las(ekonomi_xlsx=bok(rows, change=painted(ink, ground)))
    assert u.tabeller['ekonomi'].budget.tolist() == [12, 30]
    what = 'kolumn budget (F) har text i bakgrundens färg, som inte syns men läses'
    assert any(what in n for n in u.anmarkningar) == told


@pytest.mark.parametrize(
    'change, pattern',
    [
        (raised, r'rad 2, kolumn budget: Talet har en upphöjd siffra'),
        (half_struck, r'rad 2, kolumn budget: Cellen har genomstruken text'),
        (struck('F3'), r'rad 3, kolumn budget: Cellen har genomstruken text'),
        (struck('A3', 'B3', 'C3', 'D3', 'E3', 'F3'), r'rad 3: Raden är genomstruken'),
        (hidden_row, r'rad 3: Raden är dold eller bortfiltrerad'),
        (merged, r'rad 2, kolumn budget: Cellen är sammanslagen över rad 2–3'),
    ],
)
def test_what_is_raised_struck_hidden_or_merged_is_handed_back(las, change, pattern):
    says(
        las(ekonomi_xlsx=bok([RUBRIKER, pengar('A', 12), pengar('B', 30)], change=change)), pattern
    )


@pytest.mark.parametrize('state', ['hidden', 'veryHidden'])
def test_a_hidden_sheet_with_a_table_is_handed_back(las, state):
    def hide(book):
        book['ekonomi (2)'].sheet_state = state

    old = ('ekonomi (2)', [RUBRIKER, pengar('Lön', 390)])
    book = bok([RUBRIKER, pengar('Lön', 400)], change=hide, more=[old])
    says(las(ekonomi_xlsx=book), r'blad ekonomi \(2\): Bladet är dolt')


def test_a_merged_name_holds_for_its_rows(las):
    def merge(book):
        book.worksheets[0].merge_cells('C2:C3')

    rows = [RUBRIKER, pengar('A', 1), pengar('B', 2)]
    rows[2][2] = None
    u = las(ekonomi_xlsx=bok(rows, change=merge))
    assert u.tabeller['ekonomi'].insats.tolist() == ['spar_a', 'spar_a']


@pytest.mark.parametrize(
    'day, pattern',
    [
        ('2023-01-31 23:59:12', 'Skriv bara dagen: 2023-01-31 eller 2023-02-01'),
        ('2023-01-31T23:00:00Z', 'Skriv bara dagen: 2023-01-31 eller 2023-02-01'),
        ('03/05/2023', 'Skriv 2023-03-05 eller 2023-05-03'),
        ('pågående', 'lämna cellen tom'),
        ('2044-02-01', 'långt efter det sista mötet'),
    ],
)
def test_a_day_that_may_be_another(las, day, pattern):
    says(
        las(deltagare_csv=PERSON + EN.replace('2023-02-01', day)), f'kolumn startdatum: .*{pattern}'
    )


def test_a_day_before_the_law(las):
    says(
        las(deltagare_csv=PERSON + EN.replace('2023-01-10', '1923-01-10')), 'remissdatum.*orimligt'
    )


@pytest.mark.parametrize('alder', ['2024-12-10', 'okt-12', '10-dec'])
def test_an_age_that_became_a_date(las, alder):
    said = las(behov_csv=BEHOV + f'9901;x;X;2023;;{alder};1;st;SCB\n')
    says(said, 'rad 2, kolumn alder: .*datum')


@pytest.mark.parametrize(
    'fel', ['#N/A', '#SAKNAS!', '#DIVISION/0!', '#ÖVERSPILL!', '####', 'Err:502']
)
def test_an_error_is_no_missing_value(las, fel):
    says(las(ekonomi_csv=PENGAR + rad('A', fel, 2)), 'rad 2, kolumn budget: .*(formelfel|smal)')


@pytest.mark.parametrize(
    'namn',
    'Totalt|S:a kostnader|Summa|Kostnader totalt|Tot.|varav lön|Σ|Sa kostnader|Årstotal|Totals'
    '|Kostnadssumma|Totalbelopp 2024|Verksamhetens kostnader|S U M M A'.split('|'),
)
def test_a_total_by_any_name_is_handed_back(las, namn):
    text = PENGAR + rad('Lön', 300, 280) + rad('Hyra', 100, 90) + rad(namn, 399, 371)
    says(las(ekonomi_csv=text), 'rad 4, kolumn post: .*räknas dubbelt')


@pytest.mark.parametrize(
    'namn', ['Totalentreprenad', 'Summerskola', 'Verksamhetschef', 'Engångssumma']
)
def test_a_name_that_begins_as_a_total_is_none(las, namn):
    text = PENGAR + rad('Lön', 3000, 2800) + rad('Hyra', 1000, 900) + rad(namn, 3990, 3710)
    assert len(las(ekonomi_csv=text).tabeller['ekonomi']) == 3


def test_a_row_that_equals_the_sum_above(las):
    text = PENGAR + rad('Lön', 300, 280) + rad('Hyra', 100, 90)
    says(las(ekonomi_csv=text + rad('Drift', 400, 370)), 'rad 4, .*summan av rad 2–3')
    notes(las(ekonomi_csv=text + rad('Drift', 400)), 'rad 4 är lika med summan av rad 2–3')


def test_a_total_alone_or_marked_as_part_is_data(las):
    assert (
        las(ekonomi_csv=PENGAR + rad('Förbundet totalt', 300)).tabeller['ekonomi'].budget[0] == 300
    )
    head = PENGAR.strip() + ';varav\n'
    rows = rad('Drift', 300).strip() + ';\n' + rad('Varav lön', 100).strip() + ';ja\n'
    assert len(las(ekonomi_csv=head + rows).tabeller['ekonomi']) == 2


def test_repeated_headings_and_notes_are_passed_over_with_a_remark(las):
    u = las(deltagare_csv=PERSON + EN + PERSON + TVA + '\nKälla: registret;;;;;;;;\n')
    assert u.tabeller['deltagare'].person.tolist() == ['P1', 'P2']
    notes(u, 'rubrikraden upprepas på rad 3')
    notes(u, 'rad 6 är en anmärkning')
    says(las(deltagare_csv=PERSON + EN + 'P7;;;;;;;;\n'), 'rad 3: Raden har bara en ifylld cell')


def test_another_table_under_the_first(las):
    rows = [RUBRIKER, pengar('A', 1), [], ['part', 'ar', 'belopp'], ['fk', 2024, 3]]
    says(las(ekonomi_xlsx=bok(rows)), 'rad 4: Här börjar en ny rubrikrad')


def test_the_same_line_in_two_files(las):
    files = {
        'ekonomi_a_csv': PENGAR + rad('Lön', 300),
        'ekonomi_b_csv': PENGAR + rad('LÖN', 300) + rad('x', 1),
    }
    says(
        las(**files),
        r'ekonomi_b.csv, rad 2, kolumn post: Samma rad står på underlag/ekonomi_a.csv, rad 2',
    )
    files['ekonomi_b_csv'] = PENGAR + rad('Lön', '', 280)
    u = las(**files)
    assert (u.tabeller['ekonomi'].budget.sum(), u.tabeller['ekonomi'].utfall.sum()) == (300, 280)


def test_a_budgeted_line_without_outturn_is_remarked_on(las):
    notes(
        las(ekonomi_csv=PENGAR + rad('A', 300, 280) + rad('B', 100)),
        'rad 3 har budget men inget utfall',
    )


# files


@pytest.mark.parametrize('encoding', ['utf-8', 'cp1252', 'mac_roman', 'cp850'])
def test_swedish_letters_in_every_encoding(las, encoding):
    u = las(ekonomi_csv=(PENGAR + rad('Löner för två på väg', 1)).encode(encoding))
    assert u.tabeller['ekonomi'].post.tolist() == ['Löner för två på väg']


@pytest.mark.parametrize('post', ['L\ufffdner', 'L?ner', 'LÃ¶ner', 'L├Âner'])
def test_lost_letters_are_refused(las, post):
    says(las(ekonomi_csv=PENGAR + rad(post, 1)), 'ekonomi.csv, rad 2: Å, ä och ö är förvanskade')


@pytest.mark.parametrize(
    'data, pattern',
    [
        (b'<html><table><tr><th>person', 'webbsida'),
        ((PERSON + EN).replace(';', '|').encode(), 'lodstreck'),
        (b'PK\x03\x04x', 'annat slag'),
        (b'[{"person": "P1"}]', 'JSON'),
        ((PERSON + EN).encode('utf-32'), 'textfil'),
    ],
)
def test_a_file_of_another_kind_is_named(las, data, pattern):
    says(las(deltagare_csv=data), f'deltagare.csv: .*{pattern}')


def test_a_cell_that_protects_its_zeros(las):
    u = las(deltagare_csv=PERSON + EN.replace('P1', '="00123"'))
    assert u.tabeller['deltagare'].person.tolist() == ['00123']


@pytest.mark.parametrize(
    'error, pattern',
    [
        (PermissionError(13, 'x'), 'öppnas: .*öppen i Excel'),
        (OSError(5, 'x'), 'kan inte läsas från disken'),
    ],
)
def test_a_file_that_cannot_be_opened(las, monkeypatch, error, pattern):
    real = Path.read_bytes

    def read_bytes(path):
        if path.name == 'deltagare.csv':
            raise error
        return real(path)

    monkeypatch.setattr(Path, 'read_bytes', read_bytes)
    says(las(deltagare_csv=PERSON + EN), f'deltagare.csv: .*{pattern}')


def test_links_that_lead_nowhere_and_a_file_for_a_folder(las):
    las(deltagare_csv=PERSON + EN)
    folder = las.folder / 'underlag'
    (folder / 'balans.xlsx').symlink_to('balans.xlsx')
    (folder / 'bidrag.csv').symlink_to('borta.csv')
    said = las()
    says(said, 'balans.xlsx: Länken leder till sig själv')
    says(said, 'bidrag.csv: Länken kan inte öppnas')
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text('x')
    with pytest.raises(UnderlagError, match='underlag är en fil'):
        read_underlag(las.folder)


def test_a_workbook_that_is_open_is_remarked_on(las):
    las(deltagare_csv=PERSON + EN)
    (las.folder / 'underlag' / '~$deltagare.xlsx').write_bytes(b'x')
    notes(las(), 'deltagare.xlsx: arbetsboken verkar vara öppen')


# what points at somebody


@pytest.mark.parametrize(
    'text',
    [NR, '1212121212', '12.12.12-1212', '1 212 121 212', '121212\u200b1212', '1912 12 12 1212'],
)
def test_a_personnummer_in_any_spelling(las, text):
    said = las(ekonomi_csv=PENGAR + rad(f'se {text}', 1))
    says(said, 'rad 2, kolumn post: Här står ett personnummer')
    assert text not in said


def test_a_personnummer_in_two_columns(las):
    head = PERSON.replace('fodelsear', 'egen_a').strip() + ';egen_b;egen_c\n'
    said = las(deltagare_csv=head + EN.replace('1990', '').strip() + ';121212;1212\n')
    says(said, 'rad 2, kolumn J: Ett personnummer är delat på två kolumner')


@pytest.mark.parametrize(
    'pseudonym',
    ['Anna', 'Anna B', 'Berg, Anna', 'ANNA BERG', 'A.B.', 'AB', '850412', '1985-04-12', 'AB1985']
    + ['070-123 45 67', 'a.b@c.se', 'anna 2', '12 april 1985'],
)
def test_a_pseudonym_that_is_a_person(las, pseudonym):
    said = las(deltagare_csv=PERSON + EN.replace('P1', pseudonym))
    says(said, 'rad 2, kolumn person: Pseudonymen ser ut som')
    assert pseudonym not in said


@pytest.mark.parametrize('pseudonym', ['A1', '00123', 'Spår A 12', '7f3c', '123456', 'Deltagare 4'])
def test_a_pseudonym_that_is_none_of_them(las, pseudonym):
    u = las(deltagare_csv=PERSON + EN.replace('P1', pseudonym))
    assert u.tabeller['deltagare'].person.tolist() == [pseudonym]


def footer(book):
    book.worksheets[0].evenFooter.left.text = NR


def choices(book):
    listed = DataValidation(type='list', formula1=f'"{NR},B"')
    book.worksheets[0].add_data_validation(listed)
    listed.add('Z9')


def link(book):
    book.worksheets[0]['B2'].hyperlink = f'mailto:x?subject={NR}'


def comment(book):
    book.worksheets[0]['B2'].comment = Comment(f'ring {NR}', 'x')


def defined(book):
    book.defined_names['x'] = DefinedName('x', attr_text=f'"{NR}"')


def described(book):
    book.properties.description = f'gäller {NR}'


@pytest.mark.parametrize(
    'change, where',
    [
        (footer, 'ett sidhuvud eller en sidfot'),
        (choices, 'en rullista'),
        (link, 'en länk'),
        (comment, 'en kommentar'),
        (defined, 'ett bladnamn eller definierat namn'),
        (described, 'filens egenskaper'),
    ],
)
def test_a_personnummer_in_any_part_of_a_workbook(las, change, where):
    says(las(deltagare_xlsx=bok(DELTAR, 'deltagare', change)), f'personnummer .*finns i {where}')


def test_a_personnummer_in_a_pivot_cache_and_in_forgotten_texts(las):
    data = io.BytesIO(bok(DELTAR, 'deltagare'))
    with zipfile.ZipFile(data, 'a') as z:
        z.writestr('xl/pivotCache/pivotCacheRecords1.xml', f'<r><s v="{NR}"/></r>')
        z.writestr('xl/embeddings/x.xml', '<a><r><t>1212</t></r><r><t>12-1212</t></r></a>')
    said = las(deltagare_xlsx=data.getvalue())
    says(said, 'en pivottabells sparade värden')
    says(said, 'en dold del av filen')


def test_the_same_mistake_many_times_is_said_once_with_an_example(las):
    rows = ''.join(rad(f'Post {n}', f'{n} tkr') for n in range(100, 120))
    said = las(ekonomi_csv=PENGAR + rows)
    says(
        said,
        r'kolumn budget \(20 fel\): .*Till exempel: «100 tkr» skrivs 100 000',
    )
    assert said.count('\n') == 2


# what the sentence leads to


def test_a_year_in_a_heading_does_not_hide_its_unit(las):
    said = las(ekonomi_csv=PENGAR.replace('budget', 'Budget 2024 (tkr)') + rad('Lön', 450))
    says(said, r'liknar budget\. .*Rubriken anger tkr\. Skriv i kronor: 450 tkr skrivs 450 000')


def test_a_heading_is_asked_about_by_what_stands_under_it(las):
    head = PERSON.replace('remissdatum', 'Datum för remittering')
    says(las(deltagare_csv=head + EN), r'«Datum för remittering» .*liknar remissdatum')


def test_a_numbered_heading_is_read_and_an_age_is_asked_about_once(las):
    head = ';'.join(f'{n}. {h}' for n, h in enumerate(PERSON.strip().split(';'), 1)) + '\n'
    assert len(las(deltagare_csv=head + EN).tabeller['deltagare']) == 1
    said = las(deltagare_csv=PERSON.replace('fodelsear', 'Ålder') + EN.replace('1990', '34'))
    says(said, r'1 fel .*Räkna om åldern till födelseår')


@pytest.mark.parametrize(
    'value, pattern',
    [
        ('1,5', r'flera tjänster: en rad för var och en'),
        ('20', r'0,2 eller 20 % om det är procent, 0,5 om det är timmar av 40'),
        ('75', r'Skriv 0,75 eller 75 %\.'),
    ],
)
def test_an_extent_above_one_is_asked_about_by_what_it_may_be(las, value, pattern):
    says(las(bemanning_csv=TJANST + tjanst(value)), pattern)


def test_one_is_asked_about_in_every_spelling(las):
    head = PERSON.strip() + ';omfattning_efter\n'
    says(las(deltagare_csv=head + TVA.strip() + ';1,0\n'), r'«1,0» kan vara heltid eller')


def test_a_day_that_is_not_known_never_becomes_a_person_who_is_still_there(las):
    said = las(deltagare_csv=PERSON + TVA.replace('2023-09-01', 'i höstas'))
    says(said, r'kolumn slutdatum: .*Är personen kvar: lämna cellen tom')
    assert 'inte känd' not in said


@pytest.mark.parametrize('word', ['okänt', 'Uppgift saknas', '?', 'vet ej'])
@pytest.mark.parametrize(
    'files, says_empty',
    [
        ({'deltagare_csv': PERSON + EN.replace(';;\n', ';%s;\n')}, 'slutdatum: .*är kvar'),
        (
            {'deltagare_csv': PERSON + EN.replace('2023-02-01', '%s')},
            'startdatum: .*inte har börjat',
        ),
        ({'volymer_csv': ANTAL + antal(9, '%s')}, 'kon: .*samtliga.* X \\(annat'),
        ({'volymer_csv': ANTAL + antal(9).replace('Åstad', '%s')}, 'kommun: .*hela förbundet'),
        ({'bemanning_csv': TJANST + tjanst('0,5', '%s')}, 'till: .*tjänsten löper'),
    ],
)
def test_a_word_for_not_known_does_not_say_what_an_empty_cell_says(las, word, files, says_empty):
    said = las(**{name: text.replace('%s', word) for name, text in files.items()})
    says(said, f'kolumn {says_empty}')


def test_a_dash_is_an_empty_cell_and_an_unknown_answer_is_missing(las):
    u = las(
        deltagare_csv=PERSON + EN.replace('1990', 'okänt').replace(';;\n', ';–;\n'),
        volymer_csv=ANTAL + antal(9, '-'),
    )
    assert u.tabeller['deltagare'].slutdatum.isna().all()
    assert u.tabeller['deltagare'].fodelsear.isna().all()
    assert u.tabeller['volymer'].kon.isna().all()


@pytest.mark.parametrize(
    'day',
    [
        '2023-02-01 0:00',
        '2023-02-01 8:15',
        '1-feb-23',
        '01-feb-2023',
        '2023–02–01',
        '2023\u201102\u201101',
        '2023−02−01',
        '1. 2. 2023',
        '01.02.2023 00:00',
    ],
)
def test_a_day_as_systems_and_word_processors_write_it(las, day):
    u = las(deltagare_csv=PERSON + EN.replace('2023-02-01', day))
    assert u.tabeller['deltagare'].startdatum.dt.date.tolist() == [dt.date(2023, 2, 1)]


@pytest.mark.parametrize('day', ['2023-02-01 – 2023-03-01', '2023-02-01 23:30', '01/02/23'])
def test_a_day_that_is_two_or_may_be_another_is_still_asked_about(las, day):
    says(las(deltagare_csv=PERSON + EN.replace('2023-02-01', day)), 'kolumn startdatum')


def test_a_whole_number_is_whole_after_a_spreadsheet_has_multiplied(las):
    people = PERSON.replace('slutdatum', 'omfattning_fore;slutdatum')
    row = EN.replace('Åstad', '9901.0').replace('1990', '1990.0')
    need = BEHOV + behov(5).replace('2023', '2023.0') + behov(6).replace('2023', '2023M12')
    u = las(
        deltagare_csv=people + row.replace(';;\n', ';28.000000000000004;;\n'),
        behov_csv=need,
        ekonomi_xlsx=bok([RUBRIKER, pengar('A', 0.1 + 0.2)]),
    )
    person = u.tabeller['deltagare'].iloc[0]
    assert (person.kommun, person.fodelsear, person.omfattning_fore) == ('astad', 1990, 28)
    assert u.tabeller['behov'].period.tolist() == ['2023', '2023-12']
    assert u.tabeller['ekonomi'].budget.tolist() == [0.3]


def test_letters_are_explained_where_they_are_listed(las):
    says(las(deltagare_csv=PERSON + EN.replace(';K;', ';Q;')), r'K \(kvinnor\), M \(män\)')


# sums and cells of more than one


def test_a_total_that_stands_first_and_one_without_words(las):
    rows = rad('Verksamheten', 450, 430) + rad('Lön', 300, 290) + rad('Lokal', 150, 140)
    says(las(ekonomi_csv=PENGAR + rows), r'rad 2, kolumn post: Raden är summan av rad 3–4')
    rows = rad('Lön', 300, 290) + rad('Lokal', 150, 140) + ';;;;;450;430;;\n'
    said = las(ekonomi_csv=PENGAR + rows)
    says(said, r'1 fel .*rad 4: Raden har tal men ingenting som säger')


def test_an_amount_merged_over_two_columns_is_handed_back(las):
    rows = [RUBRIKER, pengar('Lön', 450)]
    said = las(ekonomi_xlsx=bok(rows, change=lambda b: b.worksheets[0].merge_cells('F2:G2')))
    says(said, r'kolumn budget: Cellen är sammanslagen över budget och utfall')


def test_a_number_that_its_format_hides_is_handed_back(las):
    def hide(book):
        book.worksheets[0]['F2'].number_format = ';;;'

    said = las(ekonomi_xlsx=bok([RUBRIKER, pengar('Lön', 450)], change=hide))
    says(said, r'kolumn budget: Cellens talformat döljer talet')


def test_a_code_with_its_name_is_read(las):
    u = las(deltagare_csv=PERSON + EN.replace('Åstad', '9901 Åstad'))
    assert u.tabeller['deltagare'].kommun.tolist() == ['astad']


# more about persons


@pytest.mark.parametrize(
    'spelling',
    [
        *('121212-121 2', '12-12-2012-1212', '12l212-1212', '1212\u033112-1212', '1212-121212'),
        *('1212 (20121212)', '12 dec 2012, 1212', '12:e december -12 1212', '121212-12XX'),
    ],
)
def test_odd_spellings_of_a_personnummer(las, spelling):
    says(las(ekonomi_csv=PENGAR + rad(f'Lön {spelling}', 1)), 'Här står ett personnummer')


def test_a_personnummer_with_a_wrong_check_digit_is_no_pseudonym(las):
    says(las(deltagare_csv=PERSON + EN.replace('P1', '1212121213')), 'ser ut som ett födelsedatum')


def test_initials_with_a_number_are_no_pseudonyms(las):
    rows = ''.join(
        EN.replace('P1', f'{c}{n}') for n, c in enumerate(['LS', 'AK', 'MB', 'EE', 'TR'], 1)
    )
    says(las(deltagare_csv=PERSON + rows), 'initialer med en siffra')
    rows = ''.join(EN.replace('P1', f'SA{n}') for n in range(1, 6))
    rows += ''.join(EN.replace('P1', f'SPAR{n:02}') for n in range(1, 6))
    assert len(las(deltagare_csv=PERSON + rows).tabeller['deltagare']) == 10


@pytest.mark.parametrize(
    'code, said',
    [
        ('036123456', 'ett telefonnummer'),
        ('ANAN01', 'bokstäver ur ett namn'),
        ('AnAn90', 'en kod med födelseåret'),
        ('AL90', 'en kod med födelseåret'),
        ('12apr90', 'ett födelsedatum'),
        ('1990-04', 'ett födelsedatum'),
        ('E.S.-90', 'initialer'),
        ('P2/Kalle', 'ett namn'),
    ],
)
def test_a_code_that_points_at_somebody_is_no_pseudonym(las, code, said):
    found = las(deltagare_csv=PERSON + TVA + EN.replace('P1', code))
    says(found, f'rad 3, kolumn person: Pseudonymen ser ut som {said}')
    assert code not in found


def test_a_name_of_a_file_or_sheet_that_is_a_personnummer_is_never_shown(las):
    says(las(**{f'volymer {NR}_csv': PENGAR + rad('Lön', 1)}), r'volymer \*{6}\.csv: Namnet säger')
    found = las(ekonomi_xlsx=bok([RUBRIKER, pengar('Lön', 'x')], f'ekonomi {NR}'))
    says(found, r'blad ekonomi \*{6}, rad 2, kolumn budget')


@pytest.mark.parametrize(
    'text, pattern', [('ring 070-123 45 67', 'ett telefonnummer'), ('a@b.se', 'en e-postadress')]
)
def test_a_way_to_reach_somebody_is_not_printed(las, text, pattern):
    head = 'datum;tema;insats;kommun;forslag;avsandare\n'
    says(las(forslag_csv=head + f'2024-01-02;Vägen in;spar_a;;{text};\n'), f'Här står {pattern}')


def test_a_date_beside_a_year_is_no_split_personnummer(las):
    rows = [['Nr', 'Dag', 'År'], *([n, '2012-12-12', 1212 if n > 3 else 1990] for n in range(5))]
    said = las(bok_xlsx=bok(DELTAR, 'deltagare', more={'annat': rows[:3]}))
    assert len(said.tabeller['deltagare']) == 1
    split = [['Nr', 'Dag', 'Kod'], [1, '121212', '1212']]
    says(las(bok_xlsx=bok(DELTAR, 'deltagare', more={'annat': split})), 'delat på två kolumner')


# files


@pytest.mark.parametrize(
    'name, data, pattern',
    [
        ('bok_xls', b'<html><table><tr><td>post</td></tr></table></html>', 'en webbsida'),
        (
            'bok_xls',
            b'<!-- x --><style>td{}</style><table></table>',
            'en webbsida .HTML.*Öppna den',
        ),
        ('bok_xls', b'<frameset><frame src="a.htm"></frameset>', 'en webbsida .HTML.*Öppna den'),
        (
            'bok_xls',
            b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
            r'ett XML-kalkylblad .Excel 2003., inte en arbetsbok. Öppna den i Excel',
        ),
        ('ekonomi_csv', b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', '2003'),
        ('bok_xlsx', b'post;slag;budget\n', r'en textfil .*Byt ändelsen till \.csv'),
        ('ekonomi_csv', b';\n;\n', 'Filen är tom'),
        ('ekonomi_csv', (PENGAR + rad('L+APY-n', 1)).encode(), 'förvanskade'),
    ],
)
def test_what_is_no_workbook_is_named(las, name, data, pattern):
    says(las(**{name: data}), pattern)


def test_utf_16_without_a_mark_is_read(las):
    u = las(ekonomi_csv=(PENGAR + rad('Löner på väg', 450)).encode('utf-16-le'))
    assert u.tabeller['ekonomi'].post.tolist() == ['Löner på väg']


def test_what_a_program_left_behind_is_not_read(las):
    assert len(las(deltagare_csv=PERSON + EN, **{'~WRL01_tmp': b'x'}).tabeller['deltagare']) == 1


# what a newcomer meets


def test_a_list_is_read_and_an_example_is_said_not_to_be(las):
    u = las(bok_xlsx=bok(DELTAR, 'Lista', more={'Exempel': DELTAR}))
    assert u.tabeller['deltagare'].person.tolist() == ['P1']
    notes(u, r'blad Exempel: bladet läses inte, efter sitt namn')


def test_a_file_of_another_system_is_led_to_its_command(las):
    says(las(annat_csv='Kommun;2022;2023\nÅstad;1;2\n'), 'kör genomlysning koppla')
    says(las(annat_xlsx=bok([['Kommun', 2022, 2023], ['Åstad', 1, 2]], 'X')), 'genomlysning koppla')


ODS = '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
ODS += 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
ODS += 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
ODS += '<office:spreadsheet><table:table table:name="T">{}</table:table>'
ODS += '</office:spreadsheet></office:body></office:document-content>'


MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)


def ods_cell(kind, value, shown, more=''):
    at = f'office:value-type="{kind}" office:value="{value}" {more}'
    return f'<table:table-cell {at}><text:p>{shown}</text:p></table:table-cell>'


def test_ods_is_read_as_it_is_shown():
    cells = [ods_cell('percentage', 1, '100 %'), ods_cell('float', 123, '00123')]
    cells += ['<table:table-cell table:number-columns-repeated="2"/>']
    cells += [ods_cell('float', 450, '450 tkr', 'table:number-columns-repeated="2"')]
    cells += [ods_cell('float', 1234.5, '1 234,50'), ods_cell('float', 7, 'P-007')]
    row = f'<table:table-row table:number-rows-repeated="2">{"".join(cells)}</table:table-row>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        z.writestr('mimetype', 'application/vnd.oasis.opendocument.spreadsheet')
        z.writestr('content.xml', ODS.format(row))
        z.writestr('META-INF/manifest.xml', MANIFEST)
    sheet = read_workbook(out.getvalue(), 'a.ods')[0]
    want = ['100 %', '00123', '', '', '450 tkr', '450 tkr', '1234,5', 'P-007']
    assert sheet.rader == [(1, want), (2, want)]


@pytest.mark.parametrize('mark', ["'{}'", '"""{}"""', '”{}”', "'{}"])
def test_quotation_marks_are_no_unit(las, mark):
    year = EN.replace('1990', mark.format(1995)).replace('2023-02-01', mark.format('2023-02-01'))
    u = las(
        deltagare_csv=PERSON + year,
        ekonomi_csv=PENGAR + rad('Lön', mark.format(450000)),
        behov_csv=BEHOV + behov(1).replace('2023', mark.format('2023-12')),
    )
    assert u.tabeller['deltagare'].fodelsear.tolist() == [1995]
    assert str(u.tabeller['deltagare'].startdatum[0].date()) == '2023-02-01'
    assert u.tabeller['ekonomi'].budget.tolist() == [450000]
    assert u.tabeller['behov'].period.tolist() == ['2023-12']


def test_a_year_is_never_multiplied(las):
    head = 'part;ar;belopp;kalla\n'
    says(las(bidrag_csv=head + 'fk;2023 tkr;5;\n'), 'kolumn ar: .*Skriv bara årtalet')


@pytest.mark.parametrize(
    'month', ['202312', '12/2023', '2023.12', 'dec-23', '2023 dec', '2023-M12', "dec '23"]
)
def test_a_month_in_any_spelling(las, month):
    u = las(behov_csv=BEHOV + behov(1).replace('2023', month))
    assert u.tabeller['behov'].period.tolist() == ['2023-12']
    notes(u, 'månad skriven på annat sätt')


@pytest.mark.parametrize(
    ('period', 'skriv'),
    [
        ('2023K4', 'Skriv 2023-10/2023-12'),
        ('2023-01 - 2023-06', 'Skriv 2023-01/2023-06'),
        ('202301-202306', 'Skriv 2023-01/2023-06'),
        ('2023 (prel.)', 'Skriv 2023 om det är hela året'),
        ('2009/10', 'ingen period'),
        ('2023-1', 'ingen period'),
        ('maj 12', 'ingen period'),
    ],
)
def test_a_period_that_may_be_another_is_asked_about(las, period, skriv):
    says(las(behov_csv=BEHOV + behov(1).replace('2023', period)), f'kolumn period: .*{skriv}')


def test_hours_that_may_be_a_clock_are_asked_about(las):
    says(las(aktiviteter_csv=TID + tid('7.30') + tid('8.00')), 'Skriv 7,5 om det är 7 timmar')
    u = las(aktiviteter_csv=TID + tid('7.30') + tid('8.20'))
    assert u.tabeller['aktiviteter'].timmar.tolist() == [7.3, 8.2]


UTBETALT = 'insats;kommun;fran;till;omfattning;schablon;manader;utbetalt;kalla\n'


def test_percent_of_a_post_is_not_so_many_posts(las):
    row = 'spar_a;Åstad;2024-01-01;2024-12-31;{};800000;;{};\n'
    said = las(utbetalningar_csv=UTBETALT + row.format(75, 600000))
    says(said, 'rad 2, kolumn omfattning: Utbetalt är omkring en hundradel.*skriv 75 %')
    notes(las(utbetalningar_csv=UTBETALT + row.format(75, '')), 'rad 2 har omfattning över 10')
    for extent, paid in (('0,75', 600000), ('75 %', 600000), ('12', 9600000)):
        u = las(utbetalningar_csv=UTBETALT + row.format(extent, paid))
        assert not any('omfattning över' in n for n in u.anmarkningar)


def test_shares_in_a_column_of_percent_are_noted(las):
    rows = behov('0,12', '%') + behov('0,1', '%').replace('9901', '9901').replace('2023', '2022')
    notes(las(behov_csv=BEHOV + rows), 'alla värden för x är högst 1')
    more = rows.replace('0,1;', '12;')
    assert not any('högst 1' in n for n in las(behov_csv=BEHOV + more).anmarkningar)


def test_low_and_mixed_amounts_are_noted(las):
    low = ''.join(rad(p, n) for p, n in (('Lön', 450), ('Hyra', 120), ('Resor', 31)))
    notes(las(ekonomi_csv=PENGAR + low), 'alla belopp är under 10 000 och läses i kronor')
    mixed = PENGAR + rad('Lön', 450, 430000) + rad('Hyra', 120000, 110000)
    notes(las(ekonomi_csv=mixed), 'rad 2 har belopp som skiljer sig omkring tusen gånger')


def test_a_sum_of_rounded_amounts_is_noted(las):
    rows = rad('Lön', '120333,4') + rad('Hyra', '50333,4') + rad('Resor', '20333,4')
    notes(las(ekonomi_csv=PENGAR + rows + rad('Drift', 191001)), 'rad 5 är nästan lika med summan')
    notes(
        las(ekonomi_csv=PENGAR + rows + rad('Drift', 191000)), 'rad 5 är lika med|rad 5 är nästan'
    )
    u = las(ekonomi_csv=PENGAR + rows + rad('Drift', 193000))
    assert not any('summan' in n for n in u.anmarkningar)


@pytest.mark.parametrize('name', ['Anna Andersson', 'coach Anna', 'Karl-Erik Ek', 'Anna'])
def test_a_name_where_a_function_is_asked_for(las, name):
    row = tjanst('0,75').replace('coach 1', name)
    said = las(bemanning_csv=TJANST + row)
    says(said, 'rad 2, kolumn post: Här ser det ut att stå ett personnamn')
    assert name not in said


@pytest.mark.parametrize('post', ['Coach 1', 'Samordnare Norr', 'Max 2 dagar', 'Sankta Maria'])
def test_a_function_is_no_name(las, post):
    u = las(bemanning_csv=TJANST + tjanst('0,75').replace('coach 1', post))
    assert u.tabeller['bemanning'].post.tolist() == [post]


def test_an_end_without_a_beginning_is_noted(las):
    row = TVA.replace('2023-02-03', '')
    doubts(
        las(deltagare_csv=PERSON + EN + row),
        'rad 3 är avslutad till arbete eller studier utan startdatum',
    )


def test_a_decimal_comma_between_commas_is_never_two_numbers(las):
    text = (PENGAR + rad('Lön', '5,5')).replace(';', ',')
    says(las(ekonomi_csv=text), 'rad 2: Raden har fler celler än rubrikraden')
    quoted = (PENGAR + rad('Lön', '@')).replace(';', ',').replace('@', '"5,5"')
    assert las(ekonomi_csv=quoted).tabeller['ekonomi'].budget.tolist() == [5.5]


def test_quotes_after_a_space_are_quotes(las):
    lines = (PENGAR + rad('Lön; fast', '5')).replace('Lön; fast', 'Lön').splitlines()
    text = '\n'.join('; '.join(f'"{c}"' for c in line.split(';')) for line in lines)
    u = las(ekonomi_csv=text.replace('"Lön"', '"Lön; fast"'))
    assert u.tabeller['ekonomi'].post.tolist() == ['Lön; fast']


def test_a_formula_as_text_is_named(las):
    says(las(ekonomi_csv=PENGAR + rad('Lön', '=SUM(A1:A3)')), 'Cellen har en formel i stället')


def test_incomes_and_costs_have_no_minus(las):
    rows = rad('Bidrag', -500000, slag='intakt') + rad('Lön', 450000)
    says(las(ekonomi_csv=PENGAR + rows), 'rad 2, kolumn slag: Intäkterna är skrivna med minus')
    rows = rad('Lön', -450000) + rad('Hyra', -2000)
    says(las(ekonomi_csv=PENGAR + rows), r'kolumn slag \(2 fel\): Kostnaderna är skrivna')
    rows = rad('Lön', 450000) + rad('Återbetald hyra', -2000)
    assert len(las(ekonomi_csv=PENGAR + rows).tabeller['ekonomi']) == 2


def test_a_year_and_its_half_are_noted(las):
    half = rad('Lön', 200000).replace('2024-12-31', '2024-06-30')
    notes(
        las(ekonomi_csv=PENGAR + rad('Lön', 450000) + half), 'rad 2 gäller samma post|rad 3 gäller'
    )
    later = half.replace('2024-01-01', '2025-01-01').replace('2024-06-30', '2025-06-30')
    u = las(ekonomi_csv=PENGAR + rad('Lön', 450000) + later)
    assert not any('överlappar' in n for n in u.anmarkningar)


STYLES = (
    '<office:automatic-styles xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0">'
    '<number:date-style style:name="N1"><number:month/><number:year/></number:date-style>'
    '<style:style style:name="struken" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="arvd" style:family="table-cell" style:parent-style-name="struken"/>'
    '<style:style style:name="vit" style:family="table-cell"><style:text-properties '
    'fo:color="#FFFFFF"/></style:style>'
    '<style:style style:name="upp" style:family="text"><style:text-properties '
    'style:text-position="super 58%"/></style:style>'
    '<style:style style:name="manad" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="gomd" style:family="table"><style:table-properties '
    'table:display="false"/></style:style></office:automatic-styles>'
)


def ods(*rows, columns='', table='', manifest=MANIFEST, first='mimetype'):
    body = f'{columns}{"".join(f"<table:table-row {a}>{r}</table:table-row>" for a, r in rows)}'
    xml = ODS.replace('<office:body>', STYLES + '<office:body>').format(body)
    xml = xml.replace('table:name="T"', f'table:name="T" {table}')
    parts = {
        'mimetype': 'application/vnd.oasis.opendocument.spreadsheet',
        'content.xml': xml,
        'META-INF/manifest.xml': manifest,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        for name in sorted(parts, key=lambda n: n != first):
            z.writestr(name, parts[name])
    return out.getvalue()


def word(text, style=''):
    at = f'table:style-name="{style}"' if style else ''
    return (
        f'<table:table-cell office:value-type="string" {at}><text:p>{text}</text:p>'
        '</table:table-cell>'
    )


def cell(at, text=''):
    return f'<table:table-cell {at}><text:p>{text}</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ('at', 'shown', 'read'),
    [
        ('office:value-type="boolean" office:boolean-value="true"', 'SANT', 'ja'),
        ('office:value-type="float" office:value="1"', 'TRUE', 'TRUE'),
        ('office:value-type="time" office:time-value="PT30H15M00S"', '30:15', '30:15'),
        ('office:value-type="float" office:value="12000"', '', '#DOLT!'),
        ('office:value-type="date" office:date-value="2024-03-01"', '2024-03-01', '2024-03-01'),
        (
            'office:value-type="date" office:date-value="2024-03-01" table:style-name="manad"',
            'mar 24',
            '2024-03',
        ),
        (
            'office:value-type="date" office:date-value="2024-03-01T14:30:00"',
            'x',
            '2024-03-01 14:30:00',
        ),
        ('office:value-type="string"', 'a<text:s text:c="2"/>b<text:line-break/>c', 'a  b\nc'),
        ('office:value-type="string"', '12<text:span text:style-name="upp">1</text:span>', '12¹'),
        ('office:value-type="string" calcext="error"', '#DIV/0!', '#DIV/0!'),
        ('office:value-type="currency" office:value="450.5"', '450,50 kr', '450,5'),
    ],
)
def test_a_cell_of_an_ods_is_what_the_sender_sees(at, shown, read):
    assert read_workbook(ods(('', cell(at, shown))), 'a.ods')[0].rader == [(1, [read])]


def test_an_ods_tells_what_is_hidden_struck_merged_and_said_beside():
    note = '<office:annotation><text:p>Belopp i tkr</text:p></office:annotation>'
    rows = [
        ('', word('a') + word('b').replace('</text:p>', f'</text:p>{note}')),
        ('table:visibility="filter"', word('c')),
        ('', word('d', 'arvd') + word('e', 'vit')),
        ('table:number-rows-repeated="3"', '<table:table-cell/>'),
        (
            '',
            word('f').replace(
                '<table:table-cell', '<table:table-cell table:number-rows-spanned="2"'
            ),
        ),
        ('', '<table:covered-table-cell/>' + word('g')),
    ]
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    data = ods(*rows, columns=columns, table='table:style-name="gomd"')
    blad = read_workbook(data, 'a.ods')[0]
    assert [n for n, _ in blad.rader] == [1, 2, 3, 7, 8]
    assert blad.dolt and blad.dolda_rader == {2} and blad.dolda_kolumner == {1}
    assert blad.strukna == {(3, 0)} and blad.osynliga == {(3, 1)}
    assert blad.sammanslagna == [(0, 7, 8)] and blad.noter == []
    assert [(t.rad, t.var, t.text) for t in blad.invid] == [
        (1, 'I kommentaren till B1', 'Belopp i tkr')
    ]


def test_a_formula_without_value_in_an_ods(las):
    row = cell('table:formula="of:=1+1"').replace('<text:p></text:p>', '')
    assert [p.rad for p in read_workbook(ods(('', word('a') + row)), 'a.ods')[0].problem] == [1]


def test_an_ods_by_another_program_or_locked(las):
    data = ods(('', word('a')), first='content.xml')
    assert read_workbook(data, 'a.ods')[0].rader == [(1, ['a'])]
    locked = '<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>'
    says(las(ekonomi_ods=ods(('', word('a')), manifest=locked)), 'skyddad med lösenord')


@pytest.mark.parametrize(
    ('part', 'says_so'),
    [
        ('xl/workbook.bin', r'\.xlsb'),
        ('Index/Document.iwa', 'Numbers'),
        ('word/document.xml', 'Word'),
    ],
)
def test_a_zip_of_another_kind_is_named(las, part, says_so):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        z.writestr(part, b'x')
    says(las(ekonomi_xlsx=out.getvalue()), says_so)


@pytest.mark.parametrize('spelling', ['1912 1212 1212', '1912-1212-1212', '121212-l212'])
def test_a_personnummer_with_its_year_apart_or_a_letter_first(las, spelling):
    says(las(ekonomi_csv=PENGAR + rad(spelling, 5)), 'rad 2, kolumn post: .*personnummer')


@pytest.mark.parametrize('number', ['1912 1212 1212 1212', '2012-1213 1212', 'dnr 2024-1212-1213'])
def test_other_numbers_in_fours_are_none(las, number):
    assert las(ekonomi_csv=PENGAR + rad(number, 5)).tabeller['ekonomi'].post.tolist() == [number]


def test_a_part_that_there_may_be_many_of_has_two_brackets(las):
    las()
    single = TOML.replace('[[mote]]', '[mote]')
    (las.folder / 'forbund.toml').write_text(single, encoding='utf-8')
    with pytest.raises(UnderlagError, match=r'Skriv \[\[mote\]\] med dubbla hakparenteser'):
        read_underlag(las.folder)


# dates that are more or less than a day, files of text, columns of time


@pytest.mark.parametrize(
    'text, first, last',
    [
        ('2024', '2024-01-01', '2024-12-31'),
        ('2024-02', '2024-02-01', '2024-02-29'),
        ('kv 2 2024', '2024-04-01', '2024-06-30'),
        ('v. 12 2024', '2024-03-18', '2024-03-24'),
        ('jan–jun 2024', '2024-01-01', '2024-06-30'),
    ],
)
def test_a_time_in_a_column_of_periods_is_its_first_and_last_day(las, text, first, last):
    row = f'Lön;kostnad;spar_a;{text};{text};9;9;;\n'
    got = las(ekonomi_csv=PENGAR + row)
    df = got.tabeller['ekonomi']
    assert [f'{df.fran[0]:%Y-%m-%d}', f'{df.till[0]:%Y-%m-%d}'] == [first, last]
    notes(got, 'kolumn till: 1 cell med år, månad, kvartal eller vecka')
    heads = 'post;slag;insats;Period;budget;utfall;prognos;kalla\n'
    once = las(ekonomi_csv=heads + f'Lön;kostnad;spar_a;{text};9;9;;\n')
    assert once.tabeller['ekonomi'].till.equals(df.till)
    notes(once, '«Period» .D. är läst som periodens första och sista dag')


def test_a_time_in_two_columns_is_asked_for_as_days(las):
    heads = 'post;slag;insats;År;Månad;budget;utfall;prognos;kalla\n'
    says(
        las(ekonomi_csv=heads + 'Lön;kostnad;spar_a;2024;3;9;9;;\n'),
        'Tiden står i «År» och «Månad», men tabellen behöver periodens första och sista dag',
    )


@pytest.mark.parametrize(
    'text, said',
    [
        ('v 12 2023', 'dagen saknas. Vecka 12 är 2023-03-20 till 2023-03-26'),
        ('mars 2023', 'dagen saknas. Skriv hela dagen'),
        ('1 mars', 'året saknas'),
        ('tis 1 mars 2023', '2023-03-01 är en onsdag'),
        ('31/4 2023', 'Dagen finns inte i kalendern'),
        ('2023-03-01 (prel)', 'Skriv bara dagen, 2023-03-01'),
    ],
)
def test_a_day_that_is_not_whole_is_handed_back(las, text, said):
    says(las(deltagare_csv=PERSON + EN.replace('2023-02-01', text)), f'rad 2, .*{re.escape(said)}')


@pytest.mark.parametrize(
    'text', ['March 1, 2023', '1-Mar-23', '2023/03/01 00:00', 'ons 1 mars 2023']
)
def test_more_ways_of_writing_a_day(las, text):
    got = las(deltagare_csv=PERSON + EN.replace('2023-02-01', text))
    assert f'{got.tabeller["deltagare"].startdatum[0]:%Y-%m-%d}' == '2023-03-01'


def test_a_day_that_is_not_plausible_is_told_once(las):
    found = las(deltagare_csv=PERSON + EN.replace('2023-02-01', '1923-03-01'))
    says(found, '1 fel.*orimligt tidigt')


@pytest.mark.parametrize('ending', ['txt', 'tsv', 'TXT'])
def test_a_text_file_is_read_as_csv(las, ending):
    text = (PENGAR + rad('Lön', 9, 9)).replace(';', '\t')
    assert las(**{f'ekonomi_{ending}': text}).tabeller['ekonomi'].budget[0] == 9


def test_a_text_that_is_no_table_may_be_a_note(las):
    says(las(anteckning_txt='Ring Kim; sedan klart\n'), 'ge den ändelsen .md')


@pytest.mark.parametrize(
    'ending, said', [('zip', 'Packa upp'), ('gsheet', 'länk till ett kalkylark'), ('px', 'PC-Axis')]
)
def test_a_file_that_is_no_table_says_what_it_is(las, ending, said):
    says(las(**{f'ekonomi_{ending}': 'x'}), said)


def test_lines_that_are_whole_cells_and_rules_under_headings(las):
    lines = (PENGAR + rad('Lön', 9, 9)).splitlines()
    got = las(ekonomi_csv='\n'.join(f'"{x}"' for x in lines))
    assert got.tabeller['ekonomi'].budget.tolist() == [9]
    notes(got, 'varje rad står helt inom citattecken')
    ruled = [lines[0], ';'.join(['-----'] * 9), lines[1], '', '(1 rad)', '\x1a']
    assert las(ekonomi_csv='\n'.join(ruled)).tabeller['ekonomi'].budget.tolist() == [9]


def test_a_row_with_a_delimiter_inside_is_told_once(las):
    rows = rad('Hyra', 1) + rad('El', 2) + rad('Lön; mer', 9)
    says(las(ekonomi_csv=PENGAR + rows), '1 fel.*rad 4: Raden har fler celler')


def test_two_tables_beside_each_other_are_told_once(las):
    rows = [RUBRIKER + [None] + RUBRIKER, pengar('Lön', 9) + [None] + pengar('Hyra', 8)]
    says(las(ekonomi_xlsx=bok(rows)), '1 fel.*den andra börjar i kolumn K')


def test_advice_never_leads_to_an_empty_cell_that_is_refused(las):
    says(las(volymer_csv=ANTAL + antal('färre än 5')), 'eller ta bort raden om det inte är känt')


@pytest.mark.parametrize('text, said', [('150 %', 'mer än en heltid.*en rad för var och en')])
def test_more_than_a_whole_post(las, text, said):
    says(las(bemanning_csv=TJANST + tjanst(text)), said)


def test_a_lone_one_beside_percents_is_asked_for(las):
    head = PERSON.strip() + ';omfattning_efter\n'
    rows = [TVA.strip() + f';{n}\n' for n in ('50', '1')]
    rows[1] = rows[1].replace('P2', 'P3')
    says(las(deltagare_csv=head + ''.join(rows)), 'rad 3, .*100 om det är heltid')


# the old format


def test_an_old_workbook_is_read_as_it_is_seen():
    packed = (Path(__file__).parent / 'fixtur/gammal_xls.txt').read_bytes()
    data = zlib.decompress(base64.b64decode(packed))  # three sheets, saved by LibreOffice
    money, people, hidden = read_workbook(data, 'underlag/gammal.xls')
    assert dict(money.rader)[2] == ['Löner', '380 tkr', '75 %', '2024-03-01']
    assert dict(money.rader)[5] == ['Vatten', '12¹']
    assert (money.dolda_rader, money.strukna) == ({3}, {(4, 0), (4, 1)})
    assert [(x.var, x.text) for x in money.invid] == [('I kommentaren till A2', 'beloppen i tkr')]
    assert dict(people.rader)[2] == ['00123', '#DIV/0!']
    assert (people.sammanslagna, people.dolda_kolumner) == ([(0, 3, 4)], {1})
    assert (hidden.dolt, money.noter) == (True, [])


def test_an_old_file_that_is_no_workbook_says_so(las):
    ole = bytes.fromhex('d0cf11e0a1b11ae1') + b'a' * 600
    says(las(ekonomi_xls=ole), 'ekonomi.xls: Arbetsboken kan inte läsas')


def persons(codes, kon='KM' * 9, years=(1985, 1990, 1971, 2001, 1966, 1988, 1979, 1994)):
    rows = zip(codes, kon, years, strict=False)
    return PERSON + ''.join(
        EN.replace('P1', c).replace(';K;', f';{k};').replace('1990', str(y)) for c, k, y in rows
    )


@pytest.mark.parametrize(
    ('codes', 'said'),
    [
        (['1204', '0311', '2809', '3005'], 'en födelsedag'),
        (['P-0412', 'P-1130', 'P-0725', 'P-0202'], 'en födelsedag'),
        (['12/4', '3/3', '28/9'], 'ett födelsedatum'),
        (['kvinna 38', 'man 33', 'kvinna 52'], 'en kod med åldern'),
        (['P1', 'Storgatan 12'], 'en adress'),
        (
            ['4821', '0193', '7720', '5531', '9004', '1178', '3349', '6612'],
            'de fyra sista siffrorna',
        ),
    ],
)
def test_a_column_of_days_ages_or_last_digits_is_no_column_of_pseudonyms(las, codes, said):
    says(las(deltagare_csv=persons(codes)), f'Pseudonymen ser ut som {said}')


def test_four_digits_in_no_order_are_asked_about_and_running_numbers_are_not(las):
    told = 'minst en pseudonym är fyra siffror'
    notes(las(deltagare_csv=persons(['4821', '0193', '7720', '5561'])), told)
    notes(las(deltagare_csv=persons(['P1', '1204', 'P3'])), told)
    for codes in (['0101', '0102', '0201', '0202'], ['1001', '1002', '1004'], ['P0112', 'P0305']):
        u = las(deltagare_csv=persons(codes))
        assert not any(told in n for n in u.anmarkningar)


def test_advice_about_a_day_is_that_of_its_column(las):
    said = las(deltagare_csv=PERSON + EN.replace('2023-02-01', '2023-02-29'))
    says(said, 'kolumn startdatum: Dagen finns inte i kalendern.*Har personen inte börjat')
    assert 'slut' not in said.partition('Dagen finns')[2]
    says(las(deltagare_csv=PERSON + TVA.replace('2023-09-01', '9999-12-31')), 'Är personen kvar')


def test_a_word_that_denies_gets_no_proposal(las):
    said = las(deltagare_csv=PERSON + TVA.replace(';arbete', ';ej arbete'))
    says(said, 'inget tillåtet värde. Tillåtna')


def test_two_years_of_birth_are_no_day(las):
    said = las(deltagare_csv=PERSON + EN.replace('1990', '1985-1990'))
    says(said, 'Här står mer än ett årtal')


def test_two_amounts_in_a_cell_are_no_amount(las):
    said = las(ekonomi_csv=PENGAR + rad('Lön', '450 000 450 000'))
    says(said, 'kolumn budget: Talet är orimligt stort')


def test_a_single_very_low_amount_is_noted(las):
    notes(las(ekonomi_csv=PENGAR + rad('Lön', '0,45')), 'alla belopp är under 1 000')
    u = las(ekonomi_csv=PENGAR + rad('Lön', 4500))
    assert not any('alla belopp' in n for n in u.anmarkningar)


LOOKS = (
    '<number:number-style style:name="N2"><style:text-properties fo:color="#ff0000"/>'
    '<number:number/></number:number-style>'
    '<style:style style:name="rod" style:family="table-cell" style:data-style-name="N2"/>'
    '<style:style style:name="platt" style:family="table-row"><style:table-row-properties '
    'style:row-height="0cm"/></style:style>'
)


@pytest.mark.parametrize(
    ('at', 'shown', 'read'),
    [
        ('office:value-type="float" office:value="-300"', '300', '#MINUS!'),
        ('office:value-type="float" office:value="-300" table:style-name="rod"', '300', '-300'),
        ('office:value-type="float" office:value="-300"', '(300)', '-300'),
        ('office:value-type="float" office:value="-0.4"', '0', '-0,4'),
        ('office:value-type="float" office:value="300000"', '300 000 €', '300 000 €'),
        ('office:value-type="currency" office:currency="SEK" office:value="3"', '3,00', '3'),
        ('office:value-type="currency" office:currency="EUR" office:value="3"', '3,00', '3 EUR'),
        ('office:value-type="currency" office:currency="USD" office:value="3"', '$3.00', '$3.00'),
    ],
)
def test_signs_and_currencies_of_an_ods(at, shown, read, monkeypatch):
    monkeypatch.setitem(
        globals(), 'STYLES', STYLES.replace('</office:auto', LOOKS + '</office:auto')
    )
    data = ods(('', cell(at, shown)), ('table:style-name="platt"', word('a')))
    blad = read_workbook(data, 'a.ods')[0]
    assert blad.rader[0][1] == [read] and blad.dolda_rader == {2}


@pytest.mark.parametrize(
    ('code', 'said'),
    [
        ('#,##0;#,##0', 'Talet är negativt men visas utan minustecken'),
        ('#,##0;[Red]#,##0', ''),
        ('#,##0;-#,##0', ''),
        ('#,##0_);(#,##0)', ''),
    ],
)
def test_a_format_that_drops_the_minus(las, code, said):
    def change(book):
        book['ekonomi']['F2'].number_format = code

    rows = [RUBRIKER, pengar('Återbetalning', -300000), pengar('Lön', 500000)]
    u = las(ekonomi_xlsx=bok(rows, change=change))
    if said:
        return says(u, f'rad 2, kolumn budget: {said}')
    assert u.tabeller['ekonomi'].budget.tolist() == [-300000, 500000]


def test_a_comment_beside_a_cell_is_told_of(las):
    def change(book):
        book['ekonomi']['F2'].comment = Comment('Ska vara 350 000', 'x')
        book['ekonomi']['G1'].comment = Comment('Skriv kronor', 'mall')

    u = las(ekonomi_xlsx=bok([RUBRIKER, pengar('Lön', 300000)], change=change))
    notes(u, r'1 kommentar läses inte \(F2\)')


def test_an_empty_workbook_and_a_text_under_its_name(las):
    says(las(ekonomi_xlsx=b''), 'ekonomi.xlsx: Filen är tom')
    said = las(ekonomi_xls=(PENGAR + rad('Lön', 1)).replace(';', '\t').encode('utf-16'))
    says(said, r'ekonomi.xls: Filen är en textfil')


def texts_of(las, text):
    path = las.folder / 'texter' / '2024-06-01' / 'forbund' / 'lasanvisning.md'
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding='utf-8')
    return las(deltagare_csv=PERSON + EN)


def test_marks_of_another_markdown_are_told_of_and_comments_refused(las):
    text = 'Titel\n---\n~~bort~~ och `~~kod~~`\n- [ ] gör\n<b>fet</b>\nTODO: mer\n5*3\n'
    u = texts_of(las, text)
    told = [n.partition(', rad ')[2][:14] for n in u.anmarkningar if 'lasanvisning' in n]
    marks = [
        '2: strecket gör',
        '3: Genomstruken',
        '4: En bock i en',
        '5: HTML trycks',
        '6: Texten ser ',
    ]
    assert told == [m[:14] for m in marks]


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('---\ntitle: Hej\n---\n\nText.\n', 'rad 1: Uppgifterna mellan strecken överst'),
        ('Vi har $x^2$.\n', 'rad 1: En formel'),
        ('1.\tEtt\n\nÅr\tAntal\n', 'rad 3: En tabb delar inga kolumner'),
        ('Bra \u202e bakvänt.\n', 'rad 1: Ett tecken som inte syns'),
        ('Ett\n<script>x</script>\n', 'rad 2: HTML trycks som den står'),
        ('Här står mer (kompletteras).\n', 'rad 1: Texten ser inte färdig ut'),
    ],
)
def test_what_other_programs_write_in_a_text_is_told_of(las, text, said):
    told = [n for n in texts_of(las, text).anmarkningar if 'lasanvisning' in n]
    assert said in told[0]


def test_a_comment_in_a_text_is_refused(las):
    says(
        texts_of(las, 'a\n\n<!-- kom ihåg -->\n'),
        r'rad 3: En kommentar \(<!-- -->\) skulle tryckas',
    )


@pytest.mark.parametrize(
    ('code', 'said'),
    [
        ('46701234567', 'ett telefonnummer'),
        ('P1 f. 90', 'en kod med födelseåret'),
        ('P1 född 1990', 'en kod med födelseåret'),
    ],
)
def test_more_that_a_pseudonym_must_not_say(las, code, said):
    says(las(deltagare_csv=PERSON + EN.replace('P1', code)), f'Pseudonymen ser ut som {said}')


def test_months_side_by_side_are_to_be_rows(las):
    head = PENGAR.replace('budget;utfall;prognos', 'jan;feb;Kv 2 2024')
    said = las(ekonomi_csv=head + rad('Lön', 1000, 2000))
    says(said, 'är olika delar av året av samma sak. Skriv en rad för varje månad')
    more = PENGAR.replace('kalla', 'kalla;jan;feb') + rad('Lön', 1000, 2000)[:-1] + ';500;500\n'
    assert las(ekonomi_csv=more).tabeller['ekonomi'].budget.tolist() == [1000]


@pytest.mark.parametrize(
    'name', ['Avvikelse', 'Differens mot budget', 'Medel', 'Genomsnitt', 'diff']
)
def test_a_row_that_is_counted_from_others_is_no_line(las, name):
    rows = rad('Lön', 300000) + rad('Hyra', 80000) + rad(name, -20000)
    says(las(ekonomi_csv=PENGAR + rows), 'rad 4, kolumn post: Raden är en summarad')


def test_money_from_the_state_is_no_mean(las):
    u = las(ekonomi_csv=PENGAR + rad('Medel från staten', 300000) + rad('Extra stöd', 5000))
    assert len(u.tabeller['ekonomi']) == 2


def test_an_example_is_handed_back_and_numbers_of_columns_passed_over(las):
    rows = rad('Exempel: löner', 999) + rad('Lön', 300000)
    says(las(ekonomi_csv=PENGAR + rows), 'rad 2: Raden ser ut att vara ett exempel')
    numbers = ';'.join(str(n) for n in range(1, 10)) + '\n'
    u = las(ekonomi_csv=PENGAR + numbers + rad('Lön', 300000))
    notes(u, 'rad 2 är kolumnernas nummer och läses inte')


def test_a_row_pushed_aside_is_told_once(las):
    rows = rad('Lön', 1000) + rad('Lokaler; hyra', 2000)
    said = las(ekonomi_csv=PENGAR + rows)
    says(said, 'rad 3: Raden har fler celler än rubrikraden')
    assert said.count('rad 3') == 1


def test_a_curled_apostrophe_parts_thousands(las):
    assert las(ekonomi_csv=PENGAR + rad('Lön', '450’000')).tabeller['ekonomi'].budget[0] == 450000


# what a second round of inputs found


def test_a_workbook_that_counts_from_1904_is_read_as_it_is_shown(las):
    def from_1904(book):
        book.epoch = dt.datetime(1904, 1, 1)

    u = las(ekonomi_xlsx=bok([RUBRIKER, pengar('Löner', 450000)], change=from_1904))
    assert str(u.tabeller['ekonomi'].fran[0])[:10] == '2024-01-01'
    bare = [*pengar('Löner', 450000)]
    bare[3] = 43830  # a day in 2024, counted from 1904, that has lost its format
    says(
        las(ekonomi_xlsx=bok([RUBRIKER, bare], change=from_1904)),
        r'rad 2, kolumn fran: Dagen är ett bart tal.*1904.*datumformat',
    )


def test_headings_on_two_rows_are_read_together(las):
    head = [['person', 'insats', 'kommun', 'kon', 'remissdatum', 'Försörjning', ''], [''] * 7]
    head[1][5:] = ['före', 'efter']
    person = ['P1', 'Spår A', 'Åstad', 'K', dt.date(2023, 1, 10), 'aktivitetsersattning', '']
    u = las(deltagare_xlsx=bok([*head, person], 'deltagare'))
    assert u.tabeller['deltagare'].forsorjning_fore.tolist() == ['aktivitetsersattning']
    notes(u, 'rubrikerna på rad 1 och 2 är lästa tillsammans')

    def merge(book):
        for area in ('A1:A2', 'B1:B2', 'D1:F1'):
            book['bemanning'].merge_cells(area)

    rows = [
        ['post', 'insats', 'vakant', 'Tjänst', '', ''],
        ['', '', '', 'omfattning', 'fran', 'till'],
    ]
    rows.append(['coach 1', 'spar_a', 'nej', 0.75, dt.date(2023, 1, 1), None])
    las.folder.joinpath('underlag/deltagare.xlsx').unlink()
    u = las(bemanning_xlsx=bok(rows, 'bemanning', merge))
    assert u.tabeller['bemanning'].omfattning.tolist() == [0.75]


@pytest.mark.parametrize(
    'rows',
    [
        [['Post:', 'Löner'], ['Slag:', 'kostnad'], ['Från:', '2024-01-01'], ['Budget:', '9']],
        [['post', 'Löner', 'Hyra'], ['slag', 'kostnad', 'kostnad'], ['budget', '9', '8']],
    ],
)
def test_headings_under_each_other_are_told_of(las, rows):
    says(las(ekonomi_xlsx=bok(rows)), 'Rubrikerna står under varandra, i kolumn A')


def test_sexes_as_letters_are_sexes_and_their_total_is_not_asked_about(las):
    head = 'insats;kommun;fran;till;matt;K;M;Totalt\n'
    said = las(volymer_csv=head + 'spar_a;Åstad;2024-01-01;2024-06-30;deltagare;12;14;26\n')
    says(said, '«K» och «M» är olika kön.*en rad för kvinnor')
    assert 'har 1 fel' in said and 'tusen' not in said


def test_a_few_columns_past_an_empty_one_are_another_table(las):
    rows = [[*RUBRIKER, None, 'post', 'budget'], [*pengar('Löner', 9000), None, 'Hyra', 5000]]
    says(
        las(ekonomi_xlsx=bok(rows)),
        'Två tabeller står bredvid varandra; den andra börjar i kolumn K',
    )


def test_a_foreign_table_under_our_name_is_led_to_its_command(las):
    said = las(behov_csv='region;kön;ålder;år;Folkmängd\n9901;män;16–64;2023;2250\n')
    says(said, 'Kolumnerna indikator, namn, enhet och kalla saknas.*genomlysning koppla')
    assert 'Menas varde' in said and '«år»' not in said  # the year is no value
    wide = [['Nyckeltal', 'Område', '2022', '2023'], ['Bistånd', 'Åstad', 3, 4]]
    las.folder.joinpath('underlag/behov.csv').unlink()
    says(las(behov_xlsx=bok(wide, 'Kolada')), 'genomlysning koppla')


@pytest.mark.parametrize('sign, word', [(',', 'komma'), ('\t', 'tabb')])
def test_a_row_with_another_separator_is_told_of(las, sign, word):
    said = las(ekonomi_csv=PENGAR + rad('Löner', 9000).replace(';', sign))
    says(said, f'rad 2: Raden har {word} som skiljetecken.*Skriv semikolon')


@pytest.mark.parametrize('text', ['3 febr. 2023', '3 febr 2023', '3 feb. 2023'])
def test_a_month_cut_short_in_any_way(las, text):
    u = las(deltagare_csv=PERSON + EN.replace('2023-02-01', text))
    assert str(u.tabeller['deltagare'].startdatum[0])[:10] == '2023-02-03'


def test_months_in_figures_are_a_time(las):
    u = las(ekonomi_csv='post;slag;insats;Period;budget\nLöner;kostnad;spar_a;202401-202406;9000\n')
    days = u.tabeller['ekonomi'][['fran', 'till']].astype(str).to_numpy().tolist()
    assert days == [['2024-01-01', '2024-06-30']]


def test_a_code_beside_its_name_or_without_its_first_zero():
    f = example_forbund()
    town = f.kommun[0].model_copy(
        update={'kod': '0199', 'namn': 'Åstad', 'id': 'astad', 'aven': []}
    )
    f = f.model_copy(update={'kommun': [town, *f.kommun[1:]]})
    column = next(k for k in DELTAGARE.kolumner if k.namn == 'kommun')
    texts = ['199', '199,0', '0199 Åstad', 'Åstad (0199)', 'Åstad 0199', 'Åstad (0198)']
    assert convert(pd.Series(texts), column, f).varden.tolist() == ['astad'] * 5 + [None]


def test_a_birth_day_as_a_number_is_never_shown(las):
    said = las(deltagare_csv=PERSON + EN.replace('1990', '32997'))
    says(said, 'fodelsear: Här står en hel dag')
    assert '32997' not in said


@pytest.mark.parametrize(
    'code, said',
    [
        ('-4821', 'fyra sista siffrorna'),
        ('XXXXXX-4821', 'fyra sista siffrorna'),
        ('https://x.invalid/klient/44', 'webbadress'),
        ('K90', 'kod med födelseåret'),
        ('1990-K-1', 'kod med födelseåret'),
    ],
)
def test_a_lone_code_that_says_who_somebody_is(las, code, said):
    text = las(deltagare_csv=PERSON + EN.replace('P1;', f'{code};'))
    says(text, f'rad 2, kolumn person: Pseudonymen ser ut som .*{said}')
    assert code not in text
    u = las(deltagare_csv=PERSON + EN.replace('P1;', 'K91;'))
    assert u.tabeller['deltagare'].person.tolist() == ['K91']


@pytest.mark.parametrize(
    'files, pattern',
    [
        (
            {
                'volymer_csv': 'insats;kommun;fran;till;kon;Antal deltagare;Antal avslutade\n'
                'spar_a;Åstad;2024-01-01;2024-06-30;K;12;5\n'
            },
            'är olika mått av samma sak. Skriv en rad för varje mått, med måttet i kolumnen matt',
        ),
        (
            {
                'volymer_csv': 'insats;fran;till;matt;Habo;Mullsjö;Vaggeryd\n'
                'spar_a;2024-01-01;2024-06-30;deltagare;12;5;7\n'
            },
            '«Habo» och «Mullsjö» är olika kommuner.*med kommunen i kolumnen kommun',
        ),
        ({'bidrag_csv': 'Part;2022;2023\nfk;1200000;1300000\n'}, 'olika år.*året i kolumnen ar'),
        (
            {'balans_csv': 'post;slag;2022-12-31;2023-12-31\nKassa;tillgång;1;2\n'},
            'med dagen i kolumnen datum',
        ),
        (
            {
                'volymer_csv': ANTAL.replace('fran;till', 'Period').replace('kalla', '')
                + 'spar_a;Åstad;2023/24;K;deltagare;3;\n'
            },
            'kolumn fran: Värdet «2023/24»',
        ),
        (
            {
                'progression_csv': 'person;insats;datum;indikator;varde\n'
                'P1;spar_a;2023-05-01;tro;3\n'
            },
            'skala_max: Kolumnen saknas',
        ),
    ],
)
def test_a_wide_table_of_any_kind_is_one_mistake(las, files, pattern):
    said = las(**files)
    says(said, pattern)
    assert 'har 1 fel' in said


@pytest.mark.parametrize(
    'old, new, pattern',
    [
        ('startdatum', 'planerat startdatum', 'Bara om det är första dagen.*säger «planerat»'),
        ('slutdatum', 'Slutdatm', '^((?!Bara om).)*$'),
    ],
)
def test_a_question_tells_what_the_heading_says_besides(las, old, new, pattern):
    says(las(deltagare_csv=PERSON.replace(old, new) + EN + TVA), pattern)


def test_a_question_about_an_amount_asks_for_its_time(las):
    for word in ('utfall t.o.m. aug', 'Ack utfall', 'utfall 2023'):
        head = PENGAR.replace('utfall', word)
        says(las(ekonomi_csv=head + rad('Lön', 9000, 8000)), 'Låt fran och till vara den tid')


def test_amounts_are_never_asked_about_as_codes(las):
    head = 'post;Kostnad eller ej;insats;fran;till;budget;Avvikelse\n'
    said = las(ekonomi_csv=head + 'Lön;kostnad;spar_a;2024-01-01;2024-12-31;9000;-100\n')
    says(said, 'kolumn B: .*saknar slag')
    assert 'Avvikelse' not in said and 'har 1 fel' in said


@pytest.mark.parametrize(
    'files, table, column, value',
    [
        ({'bemanning_csv': TJANST + tjanst('1').replace('nej', '0')}, 'bemanning', 'vakant', 'nej'),
        ({'ekonomi_csv': PENGAR + rad('Lön', 9000, slag='Utgifter')}, 'ekonomi', 'slag', 'kostnad'),
        (
            {'volymer_csv': ANTAL + antal(4).replace('deltagare', 'Nya deltagare')},
            'volymer',
            'matt',
            'nya',
        ),
        (
            {
                'deltagare_csv': PERSON.strip()
                + ';forsorjning_fore\n'
                + EN.strip()
                + ';Försörjningsstöd\n'
            },
            'deltagare',
            'forsorjning_fore',
            'ekonomiskt_bistand',
        ),
        (
            {'restider_csv': 'Från;Till;fardsatt;minuter\nÅstad;Åstad;bil;20\n'},
            'restider',
            'fran_kommun',
            'astad',
        ),
    ],
)
def test_words_that_mean_one_code(las, files, table, column, value):
    u = las(**files)
    assert not isinstance(u, str), u
    assert u.tabeller[table][column].tolist() == [value]


def test_one_cost_with_a_minus_among_incomes(las):
    rows = rad('Bidrag', 500000, slag='intakt') + rad('Lön', -450000)
    says(las(ekonomi_csv=PENGAR + rows), 'rad 3, kolumn slag: Kostnaderna är skrivna med minus')
    rows = rad('Lön', -450000) + rad('Hyra', -90000) + rad('Återbetalt', 2000)
    said = las(ekonomi_csv=PENGAR + rows)
    says(said, r'kolumn slag \(2 fel\): Kostnaderna är skrivna')
    assert 'rad 2, 3' in said


@pytest.mark.parametrize('month', ['januari', 'jan.'])
def test_a_month_without_a_year(las, month):
    head = 'insats;kommun;Månad;kon;matt;antal\n'
    says(las(volymer_csv=head + f'spar_a;Åstad;{month};K;deltagare;4\n'), 'året saknas')


@pytest.mark.parametrize(
    'heading', ['Namn', 'Deltagarens namn', 'Personnummer', 'E-post', 'Sista 4']
)
def test_a_column_that_says_who_somebody_is_is_to_be_taken_away(las, heading):
    said = las(deltagare_csv=PERSON.strip() + f';{heading}\n' + EN.strip() + ';K. Ask\n')
    says(said, f'kolumn J: Kolumnen «{heading}» ser ut att säga vem.*Ta bort den ur filen')
    assert 'Ask' not in said
    said = las(deltagare_csv=PERSON.replace('person', heading) + EN)
    says(said, 'kolumn A: .*Ta bort den ur filen. Personer skrivs med pseudonym i kolumnen person')
    assert 'Skriv då person' not in said


@pytest.mark.parametrize('mark', ['-"-', '”', 'd:o', 'dito'])
def test_a_sign_for_the_row_above_is_handed_back(las, mark):
    cell = mark.replace('"', '""')
    cells = TVA.replace('Åstad', f'"{cell}"')
    says(
        las(deltagare_csv=PERSON + EN + cells),
        'rad 3, kolumn kommun: Cellen har ett tecken för upprep',
    )
    cells = rad('Lön', 9000) + rad(f'"{cell}"', 8000)
    las.folder.joinpath('underlag/deltagare.csv').unlink()
    says(las(ekonomi_csv=PENGAR + cells), 'rad 3, kolumn post: .*Skriv värdet på varje rad')


def test_two_tables_on_a_sheet_without_a_name(las):
    rows = [*DELTAR, [], RUBRIKER, pengar('Löner', 9000)]
    says(
        las(allt_xlsx=bok(rows, 'Blad1')),
        r'mer än en tabell: deltagare \(rad 1\) och ekonomi \(rad 4\)',
    )


@pytest.mark.parametrize(
    'text, period, first, last',
    [
        ('jan-jun 2023', '2023-01/2023-06', '2023-01-01', '2023-06-30'),
        ('K2 2023', '2023-04/2023-06', '2023-04-01', '2023-06-30'),
        ('Q4-23', '2023-10/2023-12', '2023-10-01', '2023-12-31'),
        ('3:e kvartalet 2023', '', '', ''),
        ('tredje kvartalet 2023', '2023-07/2023-09', '2023-07-01', '2023-09-30'),
        ('1:a halvåret 2023', '2023-01/2023-06', '2023-01-01', '2023-06-30'),
        ('januari–december 2023', '2023', '2023-01-01', '2023-12-31'),
        ('2023-01-15 - 2023-02-03', '2023-01-15/2023-02-03', '', ''),
        ('2023 helår', '2023', '2023-01-01', '2023-12-31'),
        ('VT 2023', '', '', ''),
        ('jan23', '', '', ''),
    ],
)
def test_a_part_of_a_year_is_never_the_whole_year(las, text, period, first, last):
    said = las(behov_csv=BEHOV + behov(4).replace('2023', text))
    says(said, 'kolumn period: .*ingen period. ' + (f'Skriv {period}' if period else 'Skriv ÅÅÅÅ,'))
    las.folder.joinpath('underlag/behov.csv').unlink()
    head = 'post;slag;insats;Period;budget\n'
    u = las(ekonomi_csv=head + f'Löner;kostnad;spar_a;{text};9000\n')
    if not first:
        says(u, 'inget datum|periodens första dag i en kolumn fran')
    else:
        days = u.tabeller['ekonomi'][['fran', 'till']].astype(str).to_numpy().tolist()
        assert days == [[first, last]]


@pytest.mark.parametrize(
    'text',
    [
        '2023-feb-03',
        '2023 februari 3',
        '3e februari 2023',
        'd. 3 feb 2023',
        '3 / 2, 2023',
        '44960,0',
    ],
)
def test_a_day_in_still_other_ways(las, text):
    u = las(deltagare_csv=PERSON + EN.replace('2023-02-01', text))
    assert str(u.tabeller['deltagare'].startdatum[0])[:10] == '2023-02-03'


@pytest.mark.parametrize('cell', ['+450.000', '+450,000'])
def test_a_plus_does_not_make_thousands_decimals(las, cell):
    said = las(ekonomi_csv=PENGAR + rad('Löner', cell))
    says(said, 'Skriv 450 000 om det är tusental, annars 450')


SKULDER = (
    'post;slag;datum;belopp;kalla\nKassa;tillgång;2023-12-31;{};\n'
    'Skulder;skuld;2023-12-31;{};\nEget kapital;eget_kapital;2023-12-31;{};\n'
)


@pytest.mark.parametrize(
    'amounts, rows',
    [
        ((100000, -40000, -60000), '3, 4'),
        ((100000, -40000, 70000), '3'),
        ((90000, 100000, -10000), ''),
    ],
)
def test_debts_and_equity_have_no_minus(las, amounts, rows):
    said = las(balans_csv=SKULDER.format(*amounts))
    if rows:
        says(said, 'kolumn belopp.*Skulder och eget kapital är skrivna med minus')
        assert f'rad {rows}' in said
    else:  # a true loss
        assert said.tabeller['balans'].belopp.tolist() == [*amounts]


def test_a_decision_that_is_done_never_becomes_one_that_is_not(las):
    head = 'datum;paragraf;beslut;insats;ansvar;klart_senast;genomfort;uppfoljning;kalla\n'
    said = las(beslut_csv=head + '2024-05-15;31;Mer tid;;kansliet;;ja;;\n')
    says(said, 'kolumn genomfort: .*tom bara om den ska betyda att beslutet inte är genomfört')
    assert 'inte känd' not in said


def test_low_rates_of_payment_are_noted(las):
    row = 'spar_a;Åstad;2024-01-01;2024-12-31;0,75;600;12;450;Ja;\n'
    head = 'insats;kommun;fran;till;omfattning;schablon;manader;utbetalt;intyg;kalla\n'
    notes(las(utbetalningar_csv=head + row), 'alla belopp är under 1 000')


def test_years_above_their_headings_are_years_side_by_side(las):
    head = [
        ['post', 'slag', 'insats', '2023', '', '2024', ''],
        ['', '', '', *['Budget', 'Utfall'] * 2],
    ]
    said = las(ekonomi_xlsx=bok([*head, ['Lön', 'kostnad', 'spar_a', 9000, 8000, 7000, 6000]]))
    says(said, '«Budget 2023» och «Budget 2024» är olika år av samma sak. Skriv en rad per år')
    assert 'har 1 fel' in said


@pytest.mark.parametrize('post', ['L=C3=B6ner', 'L%C3%B6ner', 'L\\u00f6ner'])
def test_letters_written_as_codes_are_lost(las, post):
    says(las(ekonomi_csv=PENGAR + rad(post, 9000)), 'rad 2: Å, ä och ö är förvanskade')
    address = rad('Lön', 9000).replace(';;\n', ';;https://x.invalid/l%C3%B6n\n')
    assert not isinstance(las(ekonomi_csv=PENGAR + address), str)


# rows that are each in order and together are in doubt

PERSON_OMF = PERSON.replace('\n', ';omfattning_efter\n')


def deltar(n, fodd='1990', start='2023-02-01', slut='', orsak='', remiss='2023-01-10'):
    return f'P{n};Spår A;Åstad;K;{fodd};{remiss};{start};{slut};{orsak}\n'


def volym(n, kon='', kommun='Åstad', matt='deltagare'):
    return f'spar_a;{kommun};2024-01-01;2024-06-30;{kon};{matt};{n};\n'


def doubts(underlag, pattern):
    assert not isinstance(underlag, str), underlag
    assert any(re.search(pattern, n) for n in underlag.tvivel), underlag.tvivel
    assert not any(re.search(pattern, n) for n in underlag.anmarkningar)  # those are printed


@pytest.mark.parametrize(
    ('files', 'pattern'),
    [
        (
            dict(deltagare_csv=PERSON + EN + deltar(2, start='2024-05-20')),
            'rad 3 har startdatum eft',
        ),
        (
            dict(deltagare_csv=PERSON + EN + deltar(2, slut='2024-12-31', orsak='arbete')),
            'rad 3 har slutdatum efter 2024-04-30.*räknas som kvar',
        ),
        (dict(deltagare_csv=PERSON + EN + deltar(2, remiss='2024-05-02', start='')), 'räknas inte'),
        (dict(deltagare_csv=PERSON + EN + deltar(2, fodd='2011')), 'rad 3 ger en ålder under 16'),
        (
            dict(
                deltagare_csv=PERSON
                + ''.join(deltar(n, slut='2023-02-01', orsak='annat') for n in range(6))
            ),
            'rad 2–7 har samma startdatum som slutdatum',
        ),
        (
            dict(deltagare_csv=PERSON + ''.join(deltar(n, start='2023-03-01') for n in range(11))),
            'rad 2–12 har samma startdatum, 2023-03-01',
        ),
        (
            dict(
                deltagare_csv=PERSON_OMF
                + ''.join(
                    deltar(n).strip()[:-1] + f';;{h}\n' for n, h in enumerate((40, 20, 30, 8, 38))
                )
            ),
            'högst 40.*20 timmar som 50 %',
        ),
        (
            dict(
                progression_csv='person;insats;datum;indikator;varde;skala_max\n'
                'P1;spar_a;2023-03-01;Tilltro;4;5\nP1;spar_a;2023-09-01;Tilltro;8;10\n'
                'P2;spar_a;2023-09-01;Tilltro;3;5\n'
            ),
            r'rad 3 skattar Tilltro på en annan skala \(5 och 10',
        ),
        (
            dict(volymer_csv=ANTAL + volym(20, 'K') + volym(15, 'M') + volym(30)),
            'rad 4 är färre än könen',
        ),
        (
            dict(volymer_csv=ANTAL + volym(35) + volym(30, kommun='')),
            'rad 3 är färre än kommunerna',
        ),
        (
            dict(volymer_csv=ANTAL + volym(5, matt='avslutade') + volym(9, matt='till_arbete')),
            'rad 3 har fler avslutade till arbete än avslutade',
        ),
        (
            dict(
                stodenkat_csv='datum;grupp;insats;fraga;instammer;instammer_inte\n'
                '2024-05-20;medarbetare;;Stöd;64;36\n2024-05-20;chef;;Stöd;71;29\n'
                '2024-05-20;styrgrupp;;Stöd;58;42\n'
            ),
            'rad 2–4 har svar som blir 100',
        ),
        (
            dict(bemanning_csv=TJANST + tjanst('1') + tjanst('0,5').replace('2023-', '2024-')),
            'rad 3 gäller en tjänst som redan',
        ),
        (
            dict(
                bemanning_csv=TJANST + tjanst('1'),
                bemanning_b_csv=TJANST + tjanst('1').replace('coach', 'Coach'),
            ),
            'bemanning_b.csv: rad 2 gäller en tjänst som redan',
        ),
        (dict(aktiviteter_csv=TID + tid(160000)), 'fler timmar än 10 heltidstjänster'),
        (
            dict(aktiviteter_csv=TID + tid(60) + tid(40).replace('direkt', 'resor')),
            'rad 2, 3 har timmar som blir 100',
        ),
        (
            dict(ekonomi_csv=PENGAR + rad('Lön', 900000).replace('2024-12-31', '2024-01-01')),
            'rad 2 gäller en enda dag',
        ),
        (
            dict(ekonomi_csv=PENGAR + rad('Lön', 900000).replace('2024-01-01', '2014-01-01')),
            'rad 2 gäller en period på mer än två år',
        ),
        (
            dict(
                balans_csv='post;slag;datum;belopp\nBank;tillgang;2023-12-31;900000\n'
                'Skuld;skuld;2023-12-31;300000\nEget;eget_kapital;2023-12-31;500000\n'
            ),
            'rad 2–4 är balansen 2023-12-31: tillgångarna är 900 000 kr .* 800 000 kr',
        ),
        (dict(behov_csv=BEHOV + behov('1245', '%')), 'rad 2 har enheten procent'),
        (
            dict(
                behov_csv=BEHOV
                + behov('12', '%')
                + behov('540', 'personer').replace('2023', '2022')
            ),
            'olika enheter för x: %, personer',
        ),
        (
            dict(
                behov_csv=BEHOV
                + behov('12').replace(';;;', ';;16–64;', 1)
                + behov('19').replace(';;;', ';;16-64;', 1)
            ),
            'samma alder på olika sätt.*«16–64», «16-64»',
        ),
        (
            dict(restider_csv='fran_kommun;till_kommun;fardsatt;minuter\nÅstad;Åstad;bil;1000\n'),
            'rad 2 har en restid över 10 timmar',
        ),
    ],
)
def test_rows_that_contradict_each_other_are_told_of_and_never_printed(las, files, pattern):
    doubts(las(**files), pattern)


def test_nothing_is_in_doubt_of_rows_that_agree(las):
    u = las(
        volymer_csv=ANTAL + volym(20, 'K') + volym(15, 'M') + volym(35) + volym(9, matt='nya'),
        bemanning_csv=TJANST + tjanst('1', '2023-12-31') + tjanst('0,5').replace('2023-', '2024-'),
        deltagare_csv=PERSON + EN + TVA,
        balans_csv='post;slag;datum;belopp\nBank;tillgang;2023-12-31;8\nEK;eget_kapital;2023-12-31;8\n',
    )
    assert not isinstance(u, str) and u.tvivel == []


def test_a_line_of_the_programmes_is_not_counted_with_them(las):
    other = TOML + '[[insats]]\nid = "b"\nnamn = "B"\ni_genomlysningen = true\n'
    rows = rad('Lokal', 90000) + rad('Lön', 300000).replace('spar_a', '') + rad('Lön', 100000)
    rows += rad('Hyra', 5000) + rad('Lön', 200000).replace('spar_a', 'b')
    says(
        las(toml=other, ekonomi_csv=PENGAR + rows),
        'rad 3, kolumn post: Raden är summan av samma post i insatserna',
    )


def test_more_months_than_the_period_has(las):
    head = 'insats;kommun;fran;till;omfattning;schablon;manader;utbetalt\n'
    row = 'spar_a;Åstad;2024-01-01;2024-06-30;1;600000;12;600000\n'
    says(las(utbetalningar_csv=head + row), 'kolumn manader: Fler månader än perioden har')


@pytest.mark.parametrize(
    ('delar', 'pattern'),
    [
        ('budget_a b', 'Sambandet «Summan» räknar ihop olika enheter: kr och tkr'),
        ('budget_aa b', 'nämner budget_aa, som inte finns i uppgifter. Menas budget_a'),
    ],
)
def test_a_relation_whose_figures_are_not_there_or_in_another_unit(las, delar, pattern):
    facts = 'uppgift;vad;varde;enhet;kalla\nbudget_a;A;450;tkr;Plan\nb;B;550000;kr;Plan\n'
    facts += 'c;C;1000000;kr;Plan\n'
    head = 'samband;typ;uppgift;delar;tolerans\n'
    u = las(uppgifter_csv=facts, avstamningar_csv=f'{head}Summan;summa;c;{delar};\n')
    says(u, pattern)


@pytest.mark.parametrize('word', ['K+M', 'Kvinnor och män', 'män & kvinnor', 'Bada könen'])
def test_both_sexes_are_an_empty_cell(las, word):
    says(las(volymer_csv=ANTAL + volym(20, word)), 'Lämna cellen tom när uppgiften gäller samtliga')


def test_a_proposal_of_an_unknown_theme_is_told_of(las):
    head = 'datum;tema;insats;kommun;forslag;avsandare\n'
    row = '2024-05-20;Ekonomin;spar_a;;Bättre mål;Arbetsgruppen\n'
    u = las(toml='tema = ["Ekonomi"]\n' + TOML, forslag_csv=head + row)
    doubts(u, 'rad 2 har ett tema som inte finns i forbund.toml.*menas Ekonomi')


@pytest.mark.parametrize('ages', ['alder_fran = 16\nalder_till = 24', 'alder_fran = 18'])
def test_a_group_is_named_after_the_ages_that_it_counts(las, ages):
    group = f'[[prioriterad_grupp]]\nid = "u"\nnamn = "Unga 18–29 år"\n{ages}\n'
    says(
        las(toml=TOML + group, deltagare_csv=PERSON + EN), 'säger 18–29 år, men gruppen räknas som'
    )


def test_a_scenario_among_the_tables_is_told_its_folder(las):
    said = las(deltagare_csv=PERSON + EN, team_toml='id = "a"\n')
    says(said, 'TOML-fil och ingen tabell. Flytta den: ett scenario till mappen scenarier')


BLAD = PERSON.replace('insats;', '').strip().split(';')
EN_RAD = ['P1', 'Åstad', 'K', 1990, dt.date(2023, 1, 10), dt.date(2023, 2, 1)]


def test_a_sheet_that_lacks_one_column_is_never_passed_over(las):
    other = {'ekonomi': [RUBRIKER, pengar('Lön', 900000)]}
    says(
        las(bok_xlsx=workbook({'Spår': [BLAD, EN_RAD], **other})),
        'blad Spår: Bladet har rubriker som i tabellen deltagare men saknar kolumnen insats. '
        'Lägg till kolumnen med insatsens id eller namn på varje rad',
    )
    (las.folder / 'underlag' / 'bok.xlsx').unlink()
    text = ';'.join(BLAD) + '\nP1;Åstad;K;1990;2023-01-10;2023-02-01\n'
    says(las(sparet_csv=text), 'sparet.csv: Filen har rubriker som .* saknar kolumnen insats')


@pytest.mark.parametrize(
    ('files', 'pattern'),
    [
        (dict(deltagare_csv=PERSON + EN.replace(';K;', ';K?;')), 'kon: Värdet har ett frågetecken'),
        (dict(deltagare_csv=PERSON + EN.replace('P1', 'P1, P2')), 'Cellen har mer än en pseudonym'),
        (dict(deltagare_csv=PERSON + EN.replace('P1', 'P1 och P2')), 'mer än en pseudonym'),
    ],
)
def test_a_cell_in_doubt_or_with_two_persons_is_handed_back(las, files, pattern):
    says(las(**files), pattern)


def test_a_lone_pseudonym_that_may_be_initials_is_asked_about(las):
    rows = EN.replace('P1', 'P001') + TVA.replace('P2', 'P002') + EN.replace('P1', 'AS1')
    notes(las(deltagare_csv=PERSON + rows), 'minst en pseudonym börjar med andra bokstäver')
    plain = las(deltagare_csv=PERSON + EN.replace('P1', 'P001') + TVA.replace('P2', 'P002'))
    assert not any('andra bokstäver' in n for n in plain.anmarkningar)


def test_a_flat_amount_of_a_month_is_asked_about(las):
    head = 'insats;kommun;fran;till;omfattning;schablon;utbetalt\n'
    row = 'spar_a;Åstad;2024-01-01;2024-06-30;1;50000;300000\n'
    doubts(las(utbetalningar_csv=head + row), 'rad 2 har ett utbetalt belopp .* tolv gånger')
    right = las(utbetalningar_csv=head + row.replace('50000', '600000', 1))
    assert right.tvivel == []


def test_one_unit_and_one_age_in_two_spellings(las):
    u = las(behov_csv=BEHOV + behov('12', '%') + behov('14', 'procent').replace('2023', '2022'))
    assert u.tvivel == []
    rows = behov('12').replace(';;;', ';;16–64;', 1) + behov('19').replace(';;;', ';;16–64 år;', 1)
    doubts(las(behov_csv=BEHOV + rows), 'samma alder på olika sätt')


@pytest.mark.parametrize('kind', ['Åstads kommun', 'Åstad kn', 'Åstads stad'])
def test_a_municipality_with_its_kind(las, kind):
    u = las(deltagare_csv=PERSON + EN.replace('Åstad', kind))
    assert u.tabeller['deltagare'].kommun.tolist() == ['astad']


def test_a_file_or_sheet_named_after_a_person_is_told_of_without_the_name(las):
    rows = [PERSON.strip().split(';'), ['P1', 'Spår A', *EN_RAD[1:]]]
    said = las(bok_xlsx=workbook({'Anna Svensson': rows}))
    says(said, 'bok.xlsx, blad … …: Namnet ser ut att vara en persons. Döp om')
    assert 'Svensson' not in said
    (las.folder / 'underlag' / 'bok.xlsx').unlink()
    said = las(**{'deltagare Anna Svensson_csv': PERSON + EN.replace(';K;', ';Q;')})
    says(said, r'underlag/deltagare … …\.csv, rad 2, kolumn kon')
    assert 'Svensson' not in said


@pytest.mark.parametrize('name', ['Deltagare Spår A', 'Åstad Kommun', 'Stella', 'Iris deltagare'])
def test_a_programme_or_a_town_is_no_person(las, name):
    rows = [PERSON.strip().split(';'), ['P1', 'Spår A', *EN_RAD[1:]]]
    assert not isinstance(las(bok_xlsx=workbook({name: rows})), str)


@pytest.mark.parametrize(
    ('shape', 'said'),
    [
        ('mmm-yy', 'startdatum .G.: 1 cell visar bara månaden; hela det sparade datumet är läst'),
        ('d mmm', 'startdatum .G.: 1 cell visar inget år; hela det sparade datumet är läst'),
    ],
)
def test_a_day_that_is_not_shown_whole_is_told_of(las, shape, said):
    def shown(book):
        book['deltagare']['G2'].number_format = shape

    rows = [DELTAR[0], [*DELTAR[1][:6], dt.date(2023, 2, 15), None, None]]
    u = las(bok_xlsx=workbook({'deltagare': rows}, shown))
    notes(u, said)
    assert u.tabeller['deltagare'].startdatum.tolist() == [pd.Timestamp(2023, 2, 15)]


def test_a_time_that_is_shown_as_its_month_is_that_month(las):
    def shown(book):
        for cell in ('D2', 'E2'):
            book['ekonomi'][cell].number_format = 'mmm-yy'

    days = dt.date(2024, 1, 15), dt.date(2024, 12, 15)
    rows = [RUBRIKER, ['Hyra', 'kostnad', 'spar_a', *days, 5000, None, None, None]]
    got = las(bok_xlsx=bok(rows, change=shown)).tabeller['ekonomi']
    assert got[['fran', 'till']].astype(str).values.tolist() == [['2024-01-01', '2024-12-31']]


ZIPPAD = io.BytesIO()
with zipfile.ZipFile(ZIPPAD, 'w') as packed:
    packed.writestr('deltagare.csv', PERSON + EN)


@pytest.mark.parametrize(
    ('name', 'data', 'pattern'),
    [
        ('a_xls', b'MIME-Version: 1.0\r\nX-Document-Type: Workbook;\r\n', 'webbsida .MHT.* Öppna'),
        ('a_xls', b'ID;PWXL;N;E\nC;Y1;X1;K"person"\n', 'SYLK, inte en arbetsbok. Öppna den'),
        ('a_csv', b'ID;PWXL;N;E\nC;Y1;X1;K"person"\n', 'SYLK, inte CSV. Öppna den'),
        ('a_xlsx', ZIPPAD.getvalue(), 'en packad mapp .zip.* Packa upp den'),
        ('a_html', b'<html>', 'webbsida .HTML.* Öppna den i Excel'),
        ('a_pptx', b'PK', 'en presentation'),
        ('a_qdpx', b'PK', 'kodade intervjuer .* genomlysning utsagor --ur'),
        ('a_mdb', b'x', 'en databas'),
    ],
)
def test_a_file_of_another_kind_says_what_it_is(las, name, data, pattern):
    says(las(**{name: data}), pattern)


@pytest.mark.parametrize('year', ['2023/2024', '23/24', '2023–24'])
def test_a_year_that_may_be_broken_is_asked_about(las, year):
    text = f'post;slag;insats;År;budget;utfall\nHyra;kostnad;spar_a;{year};5000;4000\n'
    says(las(bok_csv=text), 'två hela år eller ett brutet år.* till exempel 2023-07-01 och 2024-06')


def test_a_table_whose_time_stands_in_one_column_is_known_by_its_headings(las):
    text = 'post;slag;insats;Period;budget;utfall\nHyra;kostnad;spar_a;Q1/2024;5000;4000\n'
    got = las(bok_csv=text).tabeller['ekonomi']
    assert got[['fran', 'till']].astype(str).values.tolist() == [['2024-01-01', '2024-03-31']]


def test_a_period_beside_an_amount_is_no_split_number(las):
    text = (
        'post;slag;insats;fran;till;Helår;utfall\nHyra;kostnad;spar_a;2023-01-01;2023-12-31;{};9\n'
    )
    said = [str(las(ekonomi_csv=text.format(n))) for n in range(1000, 1012)]
    assert not any('personnummer' in s for s in said)


@pytest.mark.parametrize('who', ['anna.svensson@exempel.se', 'Anna Svensson, 036-10 50 00'])
def test_a_contact_is_an_office(las, who):
    says(las(toml=f'kontakt = "{who}"\n{TOML}', behov_csv=BEHOV + behov('1')), 'vara en persons')
    said = las(toml=f'kontakt = "070-123 45 67"\n{TOML}', behov_csv=BEHOV + behov('1'))
    notes(said, 'Kontakten är ett mobilnummer')
    plain = las(toml=f'kontakt = "info@exempel.se"\n{TOML}', behov_csv=BEHOV + behov('1'))
    assert not any('ontakten' in n for n in plain.anmarkningar)


def test_the_id_of_a_fact_is_one_word(las):
    head = 'uppgift;vad;varde;enhet;kalla\n'
    says(las(uppgifter_csv=f'{head}Budgetår 2024;B;1;kr;PM\n'), 'Skriv budgetar_2024')
    assert not isinstance(las(uppgifter_csv=f'{head}budget_2024;B;1;kr;PM\n'), str)


def test_one_part_with_single_brackets_among_others(las):
    toml = TOML.replace('[[kommun]]', '[kommun]', 1) + '\n[[kommun]]\nid = "b"\n'
    says(las(toml=toml, behov_csv=BEHOV + behov('1')), r'Skriv \[\[kommun\]\] med dubbla')


@pytest.mark.parametrize('area', ['Åstads kommun', 'Åstad kn', '9901 Åstad'])
def test_an_area_with_its_kind(las, area):
    u = las(behov_csv=BEHOV + behov('1').replace('9901', area))
    assert u.tabeller['behov'].omrade.tolist() == ['9901']


def test_answers_of_a_form_are_read_by_their_words(las):
    asked = [text for text, _ in ENKATFRAGOR.values()]
    heads = [
        'Tidstämpel',
        'Tillfälle',
        'Insats',
        'Kön',
        *(f'{n}. {q}' for n, q in enumerate(asked, 1)),
    ]
    said = ['Ofta', 'Alltid', '3', '4 – Ofta', 'Delvis', 'Till stor del', 'Inte alls']
    row = ['2024-05-03 14.22.10', 'Vid avslut', 'Spår A', 'Kvinna', *said]
    u = las(bok_xlsx=workbook({'Formulärsvar 1': [heads, row]}))
    notes(u, 'fraga_1: 1 cell med svar skrivet med ord')
    (got,) = u.tabeller['indikatorer'].to_dict('records')
    assert [got[f'fraga_{n}'] for n in range(1, 8)] == [4, 6, 3, 4, 3, 4, 1]
    assert got['datum'] == pd.Timestamp(2024, 5, 3)
    other = [*row[:4], 'Till stor del', *said[1:]]
    says(
        las(bok_xlsx=workbook({'Formulärsvar 1': [heads, other]})), 'fraga_1: Värdet är inget helt'
    )


def test_counts_with_a_column_for_each_municipality_are_told_as_such(las):
    text = 'Insats;Period;Mullsjö;Habo;Totalt\nSpår A;2024;3;4;7\n'
    says(las(volymer_csv=text), 'olika kommuner av samma sak. Skriv en rad för varje kommun')


def test_a_heading_of_identity_numbers_is_told_as_such(las):
    rows = [[*DELTAR[0], 'Pers.nr'], [*DELTAR[1], 'x']]
    says(las(bok_xlsx=workbook({'deltagare': rows})), '«Pers.nr» ser ut att säga vem en person är')


def test_a_wider_table_below_is_told_once(las):
    rows = [RUBRIKER, pengar('Hyra', 5000, 4000), [], *DELTAR]
    said = las(bok_xlsx=bok([r[:7] for r in rows[:2]] + [[]] + DELTAR))
    says(said, 'rad 4: Här börjar en ny rubrikrad')
    assert 'ingen rubrik' not in said


def test_days_of_two_programmes_beside_each_other_are_two_rows(las):
    heads = ['person', 'kon', 'kommun', 'remissdatum', 'NOVA start', 'FIA start']
    days = [dt.date(2024, 1, 8), dt.date(2024, 2, 1), dt.date(2024, 6, 1)]
    said = las(bok_xlsx=workbook({'deltagare': [heads, ['P1', 'K', 'Åstad', *days]]}))
    says(said, '«NOVA start» och «FIA start» liknar båda startdatum. Gäller de olika insatser')
    assert said.count('FIA start') == 1


def test_a_planned_day_beside_the_real_one_is_not_read(las):
    text = PERSON.replace(';slutdatum', ';Planerad start') + EN.replace(
        '02-01;;', '02-01;2023-03-01;'
    )
    notes(las(deltagare_csv=text), '«Planerad start» .H. hör inte till tabellen')


@pytest.mark.parametrize(
    ('files', 'pattern'),
    [
        (dict(bokslut_se='#FLAGGA 0\n'), 'en SIE-fil .* Ta ut resultatrapporten'),
        (dict(ekonomi_txt='#FLAGGA 0\n#SIETYP 4\n'), 'en SIE-fil .* Ta ut resultatrapporten'),
        (
            dict(ekonomi_csv='Ansvar;Enhet(T);Konto;Utfall ack;Budget\n1;Ett;5010;12;9\n'),
            r'Kolumnerna slag, fran och till saknas\. Kommer filen .* genomlysning koppla',
        ),
        (dict(deltagare_csv=PERSON.replace('fodelsear', 'Åldersgrupp') + EN), 'Ett spann kan inte'),
        (
            dict(deltagare_csv=PERSON + EN.replace(';;\n', ';2023-09-01 (planerat);\n')),
            'slutdatum: .* Lämna cellen tom tills personen har slutat',
        ),
        (
            dict(ekonomi_csv=PENGAR + rad('Hyra', 5).replace('spar_a', 'Kansli')),
            'Tillåtna: .* Lämna cellen tom bara om .* gäller hela förbundet',
        ),
        (
            dict(bok_csv='post;insats;fran;till;Intäkter\nHyra;spar_a;2024-01-01;2024-12-31;5\n'),
            'som i tabellen ekonomi men saknar kolumnen slag',
        ),
    ],
)
def test_a_sentence_leads_to_the_right_value(las, files, pattern):
    says(las(**files), pattern)


def test_figures_of_both_sexes_are_held_against_each_other(las):
    def three(unit, *values):
        rows = zip(('K', 'M', ''), values, strict=True)
        return ''.join(behov(v, unit).replace(';2023;;', f';2023;{k};') for k, v in rows)

    doubts(las(behov_csv=BEHOV + three('personer', 10, 12, 25)), 'rad 4 är inte summan av kvinnor')
    doubts(las(behov_csv=BEHOV + three('%', 5, 7, 8)), 'rad 4 ligger inte mellan kvinnornas andel')
    for fine in (three('personer', 10, 12, 22), three('%', 5, 7, '6,1'), three('dagar', 5, 7, 9)):
        assert las(behov_csv=BEHOV + fine).tvivel == []


def test_one_indicator_with_two_names_and_a_figure_of_the_future_are_asked_about(las):
    other = behov('2').replace('9901;x;X;2023', '9901;x;Annat;2022')
    doubts(las(behov_csv=BEHOV + behov('1') + other), 'rad 3 ger x olika namn: «X», «Annat»')
    late = behov('1').replace('2023', '2039')
    doubts(las(behov_csv=BEHOV + late), 'rad 2 har en period efter')


def test_who_rates_is_no_name(las):
    text = 'person;insats;datum;indikator;varde;skala_max;bedomare\n'
    text += 'P1;Spår A;2024-01-02;Hälsa;{};10;{}\n'
    says(las(progression_csv=text.format(5, 'Anna Svensson')), 'bedomare: .* personnamn')
    assert not isinstance(las(progression_csv=text.format(5, 'coachen')), str)
    said = las(progression_csv=text.format('-', 'coachen'))
    assert isinstance(said, str) and 'skala_max' not in said


def test_a_part_by_its_short_name(las):
    text = 'part;ar;belopp;kalla\nFK;2024;500000;x\n'
    assert las(bidrag_csv=text).tabeller['bidrag'].part.tolist() == ['fk']


@pytest.mark.parametrize('whole', [False, True])
def test_a_nought_that_is_not_seen_is_told_of(las, whole):
    def shown(book):
        if whole:
            book['ekonomi'].sheet_view.showZeros = False
        else:
            book['ekonomi']['F2'].number_format = '#,##0;-#,##0;;@'

    u = las(bok_xlsx=bok([RUBRIKER, pengar('Hyra', 0, 50_000)], change=shown))
    notes(u, 'kolumn budget .F.: 1 cell ser tom ut men innehåller 0, som är läst')
    assert u.tabeller['ekonomi'].budget.tolist() == [0]
    plain = las(bok_xlsx=bok([RUBRIKER, pengar('Hyra', 0, 50_000)]))
    assert not any('tom ut' in n for n in plain.anmarkningar)


def test_what_has_happened_after_the_last_meeting_is_asked_about(las):
    late = antal(12).replace('2024-01-01;2024-06-30', '2024-07-01;2024-12-31')
    doubts(las(volymer_csv=ANTAL + late), 'rad 2 säger vad som har hänt i en period efter')
    (las.folder / 'underlag' / 'volymer.csv').unlink()
    plan = rad('Hyra', 50_000).replace('2024-01-01', '2024-07-01')
    assert las(ekonomi_csv=PENGAR + plan).tvivel == []
    done = rad('Hyra', 50_000, 40_000).replace('2024-01-01', '2024-07-01')
    doubts(las(ekonomi_csv=PENGAR + done), 'rad 2 säger vad som har hänt')


def test_what_a_mac_packs_beside_the_files_is_nobodys(las):
    (las.folder / 'underlag' / '__MACOSX').mkdir(parents=True)
    (las.folder / 'underlag' / '__MACOSX' / '._deltagare.csv').write_bytes(b'\0')
    u = las(deltagare_csv=PERSON + EN)
    assert not isinstance(u, str) and not any('MACOSX' in f for f in u.filer)


@pytest.mark.parametrize(
    ('files', 'row'),
    [
        ({'deltagare_csv': PERSON + EN + TVA.replace('P2', 'UTGÅR P2')}, 'rad 3, kolumn person'),
        ({'deltagare_csv': PERSON + EN + TVA.replace('P2', 'P2 (makulerad)')}, 'rad 3'),
        ({'ekonomi_csv': PENGAR + rad('Lön', 9e5) + rad('Resor - ska ej vara med', 5)}, 'rad 3'),
        ({'ekonomi_csv': PENGAR + rad('Hyra (utgår)', 5)}, 'rad 2, kolumn post'),
    ],
)
def test_a_row_that_says_it_does_not_hold_is_handed_back(las, files, row):
    says(las(**files), f'{row}.*säger att den inte gäller')


def test_a_row_for_trying_is_handed_back_and_a_word_within_is_none(las):
    posts = ('Bidrag som utgår till Åstad', 'Tester', 'Lön, ej medlemmar')
    text = PENGAR + ''.join(rad(post, n + 90000) for n, post in enumerate(posts))
    assert len(las(ekonomi_csv=text).tabeller['ekonomi']) == 3
    marked = PERSON.strip() + ';Status\n' + EN.strip() + ';Aktiv\n' + TVA.strip() + ';Makulerad\n'
    notes(las(deltagare_csv=marked), 'rad 3 säger i kolumn J.* att raden inte gäller')
    says(las(deltagare_csv=PERSON + EN + TVA.replace('P2', 'TEST')), 'rad 3: .*ett exempel')


def test_one_share_among_percents_is_noted(las):
    rows = [behov(v, '%').replace('2023', str(2020 + n)) for n, v in enumerate(('12,3', '0,118'))]
    notes(las(behov_csv=BEHOV + ''.join(rows)), 'rad 3 har för x omkring en hundradel')
    low = BEHOV + rows[0] + rows[1].replace('0,118', '0,4')
    assert not any('hundradel' in n for n in las(behov_csv=low).anmarkningar)


# another table, another copy, another heading


def test_a_whole_table_above_another_is_never_unread(las):
    counts = [ANTAL.strip().split(';'), antal(12).strip().split(';')]
    rows = [['Tabell 1'], *counts, ['Tabell 2'], RUBRIKER, pengar('Lön', 400000)]
    says(las(lista_xlsx=bok(rows, 'Blad1')), r'mer än en tabell: volymer \(rad 2\) och ekonomi')
    beside = [[*a, None, *b] for a, b in zip(counts, (RUBRIKER, pengar('L', 1)), strict=True)]
    said = las(lista_xlsx=bok(beside, 'Blad1'))
    says(said, '1 fel .*bredvid varandra; den andra börjar i kolumn L')


@pytest.mark.parametrize(
    'copy',
    ['Kopia av ekonomi', 'ekonomi - Kopia', 'ekonomi (B:s konflikterande kopia 2024-05-01)']
    + ['ekonomi-LAPTOP-7QK2', 'ekonomi.sync-conflict-20240501'],
)
def test_a_copy_by_name_that_differs_is_handed_back(las, copy):
    las(ekonomi_csv=PENGAR + rad('Lön', 450000))
    path = las.folder / 'underlag' / f'{copy}.csv'
    path.write_text(PENGAR + rad('Löner', 450000), encoding='utf-8')
    says(las(), 'Namnet säger att filen är en kopia av ekonomi.csv')
    path.write_text(PENGAR + rad('Lön', 450000), encoding='utf-8')
    notes(las(), 'räknas en gång')
    path.rename(path.with_stem('ekonomi (1)'))
    assert not any('nyare kopia' in n for n in las().anmarkningar)


def test_a_numbered_copy_is_noted(las):
    las(ekonomi_csv=PENGAR + rad('Lön', 450000))
    path = las.folder / 'underlag' / 'ekonomi (1).csv'
    path.write_text(PENGAR + rad('Hyra', 450000), encoding='utf-8')
    notes(las(), r'ekonomi \(1\).csv: kan vara en nyare kopia av ekonomi.csv')


def test_january_is_no_man(las):
    months = [('Feb', [RUBRIKER, pengar('Lön', 2)]), ('Jan 2024', [RUBRIKER, pengar('Lön', 3)])]
    said = las(ekonomi_xlsx=bok([RUBRIKER, pengar('Lön', 1)], 'Jan', more=months))
    assert 'en persons' not in str(said)
    says(las(ekonomi_xlsx=bok([RUBRIKER, pengar('Lön', 1)], 'Jan')), 'ser ut att vara en persons')


def test_headings_of_other_programs(las):
    columns = PERSON.strip().split(';')
    head = ','.join(f'Deltagare[{h}]' for h in columns) + '\n'
    assert len(las(deltagare_csv=head + EN.replace(';', ',')).tabeller['deltagare']) == 1
    assert len(las(deltagare_csv='#;' + PERSON + '1;' + EN).tabeller['deltagare']) == 1
    days = PERSON.replace('startdatum', 'Beslut fr.o.m.').replace('slutdatum', 'Beslut t.o.m.')
    said = las(deltagare_csv=days + EN + TVA)
    says(said, r'2 fel .*«Beslut fr.o.m.» .*liknar startdatum.*«Beslut t.o.m.» .*liknar slutdatum')


@pytest.mark.parametrize(
    'heads', [['K1 2024', 'K2 2024'], ['2024K1', '2024K2'], ['2024-01', '2024-02'], ['v 1', 'v 2']]
)
def test_parts_of_a_year_in_any_order_are_to_be_rows(las, heads):
    text = f'post;slag;insats;{";".join(heads)}\nLön;kostnad;spar_a;100000;100000\n'
    says(las(ekonomi_csv=text), 'är olika delar av året av samma sak')


def test_the_last_of_merged_headings_is_read_with_the_row_below(las):
    above = [*DELTAR[0], 'Försörjning', None, 'Sysselsättning', None]
    below = [None] * 9 + ['före', 'efter'] * 2
    rows = [above, below, [*DELTAR[1], 'sjukpenning', 'lon', 'ovrigt', 'arbete']]

    def merge(book):
        book.worksheets[0].merge_cells('J1:K1')
        book.worksheets[0].merge_cells('L1:M1')

    d = las(deltagare_xlsx=bok(rows, 'deltagare', merge)).tabeller['deltagare']
    assert d.sysselsattning_efter.tolist() == ['arbete']


def test_a_correction_in_a_cell_is_no_note_mark(las):
    said = las(ekonomi_csv=PENGAR + rad('Lön', '450000 (fel, ska vara 400000)'))
    says(said, 'rad 2, kolumn budget: Värdet är inget tal')
    says(las(ekonomi_csv=PENGAR + rad('Lön', '450000 (1)')), 'nottecken')


def test_a_personnummer_told_in_words(las):
    for told in ('född 121212, fyra sista 1212', '121212 kod: 1212'):
        says(las(ekonomi_csv=PENGAR + rad(told, 1)), 'Här står ett person')
    for other in ('bok 121212, sidan 1212', '1 april 2022 kl 0114', '2012-121212', '1212-12-12'):
        assert len(las(ekonomi_csv=PENGAR + rad(other, 1)).tabeller['ekonomi'])


def test_a_folder_that_is_a_link_to_nothing_and_one_of_another_kind(las):
    las(deltagare_csv=PERSON + EN)
    (las.folder / 'Enter').mkdir()
    (las.folder / 'Enter' / 'ekonomi.csv').write_text('x')
    notes(las(), r'Enter: mappen läses inte \(1 fil\)')
    (las.folder / 'texter').symlink_to('texter')
    says(las(), 'texter: Mappen är en länk som inte leder till någon mapp')


@pytest.mark.parametrize(
    ('codes', 'said'),
    [
        (['2121-212121'], 'ett omskrivet personnummer'),
        (['1203K', '2911M', '3005A', '1408B'], 'en födelsedag'),
    ],
)
def test_a_disguise_is_no_pseudonym(las, codes, said):
    text = PERSON + ''.join(EN.replace('P1', c) for c in codes)
    says(las(deltagare_csv=text), f'Pseudonymen ser ut som {said}')


def test_sums_of_control_are_asked_about(las):
    u = las(deltagare_csv=PERSON + EN.replace('P1', '5f4dcc3b5aa765d61d8327deb882cf99'))
    notes(u, 'ser ut som kontrollsummor')


def test_names_beside_the_cells_of_a_table_are_told_of(las):
    def listed(names):
        def change(book):
            choice = DataValidation(type='list', formula1=f'"{names}"')
            book.worksheets[0].add_data_validation(choice)
            choice.add('Z9')

        return change

    said = las(deltagare_xlsx=bok(DELTAR, 'deltagare', listed('Anna Berg,Kalle Ek')))
    says(said, 'blad deltagare: Personnamn ser ut att finnas i en rullista')
    assert len(las(deltagare_xlsx=bok(DELTAR, 'deltagare', listed('Norr,Max 2'))).tabeller)
    condition = 'of:cell-content-is-in-list(&quot;Anna Berg&quot;;&quot;Kalle Ek&quot;)'
    xml = f'<a xmlns:t="urn:t"><t:content-validation t:condition="{condition}"/></a>'
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, 'w') as z:
        z.writestr('mimetype', 'application/vnd.oasis.opendocument.spreadsheet')
        z.writestr('content.xml', xml)
    (hit,) = hidden_personnummer(ods.getvalue(), 'a.ods', [])
    assert hit.vad == 'Personnamn ser ut att finnas i en rullista.'

    def said_so(book):
        book.worksheets[0]['A2'].comment = Comment('Kansliet:\ngäller Anna Berg', 'x')

    staff = [('Listor', [['Coacher'], ['Anna Berg'], ['Kalle Ek']])]
    u = las(deltagare_xlsx=bok(DELTAR, 'deltagare', said_so, staff))
    notes(u, 'i kommentaren till A2 ser det ut att stå ett personnamn')
    notes(u, 'blad Listor: bladet ser ut att innehålla personnamn')
    text = PERSON.strip() + ';Coach\n' + EN.strip() + ';Anna Berg\n'
    (las.folder / 'underlag' / 'deltagare.xlsx').unlink()
    notes(las(deltagare_csv=text), r'«Coach» \(J\) ser ut att innehålla personnamn')


def test_an_older_version_by_name_is_not_counted_beside_what_holds(las):
    old = [('ekonomi utkast', [RUBRIKER, pengar('Löner', 440000)])]
    said = las(ekonomi_xlsx=bok([RUBRIKER, pengar('Lön', 450000)], more=old))
    says(said, 'blad ekonomi utkast: Namnet säger att tabellen är en äldre eller ofärdig version')
    u = las(ekonomi_xlsx=bok([RUBRIKER, pengar('Lön', 450000)], 'ekonomi utkast'))
    assert u.tabeller['ekonomi'].budget.tolist() == [450000]


def test_ore_and_long_trips_are_noted(las):
    notes(las(ekonomi_csv=PENGAR + rad('Lön', 45000000, 440000)), 'rad 2 .* hundra gånger')
    head = 'fran_kommun;till_kommun;fardsatt;minuter;kalla\n'
    notes(las(restider_csv=head + 'Åstad;Åstad;bil;3500;x\n'), 'rad 2 har restid över 5 timmar')


def test_a_day_number_of_another_program_is_told_as_such(las):
    said = las(deltagare_csv=PERSON + EN.replace('2023-01-10', '23020'))
    says(said, 'rad 2, kolumn remissdatum: .*läst som Excels dagnummer. Skriv dagen i stället')


def test_a_report_that_counts_its_rows_is_read(las):
    u = las(deltagare_csv='Rapport: Deltagare\n\n' + PERSON + EN + '\nAntal rader: 1\n')
    notes(u, 'rad 6 är en anmärkning')


def test_a_row_with_more_cells_than_a_spreadsheet_has(las):
    said = las(ekonomi_csv=PENGAR.strip() + ';x' * 40_000 + '\n')
    says(said, 'ekonomi.csv, rad 1: Raden har orimligt många celler')


def test_numbered_days_of_the_same_kind_are_two_rows(las):
    head = PERSON.replace('startdatum;slutdatum', 'Start 1;Slut 1;Start 2;Slut 2')
    row = 'P1;Spår A;Åstad;K;1990;2023-01-10;2023-02-01;2023-03-01;2023-05-01;2023-06-01;arbete\n'
    said = las(deltagare_csv=head + row)
    says(said, r'2 fel .*«Start 1» och «Start 2» liknar båda startdatum.*«Slut 1» och «Slut 2»')


@pytest.mark.parametrize(
    ('code', 'said'),
    [
        ('50-12345678', 'numret på ett LMA-kort'),
        ('LMA 50-12345678', 'numret på ett LMA-kort'),
        ('Norr kvinna 34', 'en beskrivning av personen'),
    ],
)
def test_a_card_or_a_description_is_no_pseudonym(las, code, said):
    says(las(deltagare_csv=PERSON + EN.replace('P1', code)), f'Pseudonymen ser ut som {said}')


def test_numbers_of_a_register_are_asked_about(las):
    notes(las(deltagare_csv=PERSON + EN.replace('P1', 'SN 2023/0123')), 'ut som diarienummer')
    says(las(deltagare_csv=PERSON + EN.replace('P1', 't.ex. P0001')), 'ser ut att vara ett exempel')


def test_characters_written_as_in_a_web_page_are_read(las):
    u = las(ekonomi_csv=PENGAR + rad('Hyra &amp; el', '450&nbsp;000') + rad('L&ouml;n', 1000))
    e = u.tabeller['ekonomi']
    assert e.post.tolist() == ['Hyra & el', 'Lön'] and e.budget.tolist() == [450000, 1000]
    notes(u, r'webbsida \(&amp;\) är lästa som tecken')
    u = las(ekonomi_csv='', bok_xlsx=bok([RUBRIKER, pengar('Hyra &amp; el', 5)]))
    says(u, 'ekonomi.csv: Filen är tom')
    (las.folder / 'underlag' / 'ekonomi.csv').unlink()
    assert las().tabeller['ekonomi'].post.tolist() == ['Hyra & el']
    says(las(ekonomi_csv=PENGAR + rad('Lön 121212&#45;1212', 1)), 'Här står ett personnummer')


def test_one_column_per_programme_is_to_be_rows(las):
    head = PERSON.replace('insats;', '').strip() + ';Spår A;Spår B\n'
    said = las(deltagare_csv=head + 'P1;Åstad;K;1990;2023-01-10;2023-02-01;;;X;\n')
    says(said, 'Kolumnen')
    rows = 'P1;Åstad;K;1990;2023-01-10;2023-02-01;;;X;\nP2;Åstad;M;1990;2023-01-10;;;;;X\n'
    said = las(deltagare_csv=head + rows)
    says(
        said, '1 fel .*kolumn I: Kolumnerna «Spår A» och «Spår B» har bara kryss.*en rad för varje'
    )
    head = 'post;slag;fran;till;Spår A;Spår B\nLön;kostnad;2024-01-01;2024-12-31;450000;20000\n'
    says(las(deltagare_csv=PERSON + EN, ekonomi_csv=head), '1 fel .*insatsen i kolumnen insats och')


def test_a_passport_number_is_no_pseudonym(las):
    codes = ('AA1234567', 'P2', 'P3')
    said = las(deltagare_csv=PERSON + ''.join(EN.replace('P1', c) for c in codes))
    says(said, '1 fel .*rad 2, kolumn person: Pseudonymen ser ut som numret på ett pass')
    codes = ('AA1234567', 'AB7654321', 'AC1029384')
    u = las(deltagare_csv=PERSON + ''.join(EN.replace('P1', c) for c in codes))
    notes(u, 'ser ut som nummer på pass eller id-kort')
    codes = ('KT0000001', 'KT0000002', 'KT0000003')
    u = las(deltagare_csv=PERSON + ''.join(EN.replace('P1', c) for c in codes))
    assert not any('pass eller' in n for n in u.anmarkningar)


@pytest.mark.parametrize(
    ('old', 'new', 'pattern'),
    [
        (
            'startdatum;slutdatum',
            'Start- och slutdatum;',
            'är två kolumner i tabellen: startdatum och',
        ),
        ('kon;fodelsear', 'Kön/födelseår;', 'är två kolumner i tabellen: kon och fodelsear. Dela'),
    ],
)
def test_a_heading_of_two_columns_is_to_be_divided(las, old, new, pattern):
    says(las(deltagare_csv=PERSON.replace(old, new) + EN), pattern)


def test_headings_by_letter_and_in_another_language(las):
    heads = ';'.join(
        f'{x}) {h}' for x, h in zip('abcdefghi', PERSON.strip().split(';'), strict=True)
    )
    assert las(deltagare_csv=f'{heads}\n{EN}').tabeller['deltagare'].person.tolist() == ['P1']
    english = 'client;programme;municipality;sex;born;referred;started;ended;reason\n'
    says(
        las(deltagare_csv=english + EN), 'Ingen rubrikrad .*kör genomlysning koppla.*Annars: skriv'
    )
    assert 'koppla' not in las(deltagare_csv=EN + TVA)


def test_a_tiny_amount_beside_large_ones_is_asked_about(las):
    rows = PENGAR + rad('Lön', '1,2') + rad('Hyra', 120000) + rad('El', 90000)
    notes(las(ekonomi_csv=rows), 'rad 2 har belopp under 10 kronor bredvid stora; är de i miljoner')
    u = las(ekonomi_csv=rows.replace('1,2', '7'))  # the rounding of a sum
    assert not any('miljoner' in n for n in u.anmarkningar)


@pytest.mark.parametrize('quotes', ["''", '””', '«»'])
def test_cells_within_signs_that_are_no_quotes_are_read(las, quotes):
    a, b = quotes
    lines = (PENGAR + rad('Lön', '450 000')).splitlines()
    text = '\n'.join(';'.join(f'{a}{c}{b}' for c in x.split(';')) for x in lines)
    assert las(ekonomi_csv=text).tabeller['ekonomi'].budget.tolist() == [450000]


def test_rows_may_end_in_another_sign(las):
    text = (PENGAR + rad('Lön', 450)).replace('\n', '\u2028')
    assert las(ekonomi_csv=text).tabeller['ekonomi'].budget.tolist() == [450]


def test_a_part_that_is_repeated_with_single_brackets_is_never_to_be_removed(las):
    said = las(
        toml=TOML.replace('[[kommun]]', '[kommun]') + ASTAD.replace('[[kommun]]', '[kommun]')
    )
    says(said, r'Rubriken \[kommun\] har enkla hakparenteser.*Skriv \[\[kommun\]\]')
    said = las(toml=TOML + '[[dokument]]\nid = "a"\n')
    assert '”id” känns inte igen. Möjliga är: ' in said


def test_ratings_side_by_side_are_to_be_rows(las):
    text = 'person;insats;datum;Tro på förmåga;Hälsa\nP1;spar_a;2023-05-01;3;4\n'
    said = las(progression_csv=text)
    says(
        said, '2 fel .*kolumn D: .*«Hälsa» .*en rad för varje indikator.*skala_max: Kolumnen saknas'
    )
    says(
        las(progression_csv=SKATTAT.format('bedomare').replace(';3;5;', ';3/5;5;')), 'steget, 3, om'
    )


def test_codes_that_no_part_of_the_toml_has_are_to_be_added_there(las):
    text = 'datum;insats;kommun;axel;varde;svar;kalla\n2023-05-01;;;Ledning;3;10;x\n'
    says(las(spindeln_csv=text), r'kolumn axel: .*lägg till en del \[\[spindelaxel\]\] för var')


def test_html_in_a_cell_is_told_of(las):
    head = 'datum;insats;kommun;amne;status;tema\n'
    text = head + '2023-05-01;spar_a;Åstad;<b>Kö</b><br>lång;öppen;x\n2023-05-01;;;5 < 6 > 4;;\n'
    notes(las(avvikelser_csv=text), 'kolumn amne: 1 cell med HTML, som trycks som den står')


def test_a_pseudonym_with_decimals_is_told_as_such(las):
    said = las(deltagare_csv=PERSON + EN.replace('P1', '1,0'))
    says(said, '1 fel .*person: Pseudonymen är ett tal med decimaler. Skriv den som text')
