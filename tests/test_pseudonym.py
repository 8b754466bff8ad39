"""Pseudonyms made where the numbers are: one person is one, nothing stays in clear, nor the key

The numbers are made by rule, for days on which nobody who takes part can be born.
"""

import io
import os
import stat
import zipfile

import pandas as pd
import pytest
from conftest import ROOT, spellings, workbook
from conftest import identity_number as number
from openpyxl import load_workbook
from openpyxl.comments import Comment

from finsam_genomlysning.gora import pseudonym
from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.gora.pseudonym import make_copies, make_key
from finsam_genomlysning.lasa.kontroll import check_cells
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.ord.personnummer import has_personnummer
from finsam_genomlysning.ord.pseudonymer import make_pseudonym, read_identity
from finsam_genomlysning.ord.scheman import DELTAGARE

KEY = bytes(range(32))


ONE, TWO = number(101), number(345)
SPELLINGS = spellings(ONE)


@pytest.mark.parametrize('spelled', SPELLINGS)
def test_every_spelling_is_the_same_person(spelled):
    assert read_identity(spelled, 2026).nummer == ONE


def test_ten_digits_are_of_the_latest_century_that_is_possible():
    young = number(7, '20050307')
    assert read_identity(young[2:], 2026).nummer == young
    assert read_identity(f'{young[2:8]}+{young[8:]}', 2026).nummer == f'19{young[2:]}'
    assert read_identity(young[2:], 2004).nummer == f'19{young[2:]}'


def test_a_day_with_sixty_added_is_a_number_and_with_forty_none():
    assert read_identity(number(11, '19050367'), 2026).fodelsear == 1905
    assert read_identity(number(11, '19050347'), 2026).nummer == ''
    assert read_identity(number(11, '19010229'), 2026).nummer == ''


@pytest.fixture
def key(tmp_path):
    path = tmp_path / 'hemma' / 'pseudonym.nyckel'
    path.parent.mkdir()
    make_key(path)
    return path


def run(capsys, *words):
    code = main(['pseudonym', *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_one_person_in_two_files_and_two_formats(tmp_path, key, capsys):
    (tmp_path / 'a.csv').write_text(f'Personnummer;kommun\n{SPELLINGS[1]};By\n{TWO};By\n')
    rows = [['', ''], ['kommun', 'Pnr'], ['By', SPELLINGS[2]], ['Åstad', int(TWO)]]
    (tmp_path / 'b.xlsx').write_bytes(workbook({'deltagare': rows}))
    files = [tmp_path / 'a.csv', tmp_path / 'b.xlsx']
    code, out, err = run(capsys, *files, '--ut', tmp_path / 'ut', '--nyckel', key)
    assert (code, err) == (0, '') and '2 nummer blev pseudonymer för 2 personer' in out
    a = pd.read_csv(tmp_path / 'ut' / 'a.csv', sep=';', dtype=str)
    ws = load_workbook(tmp_path / 'ut' / 'b.xlsx')['deltagare']
    assert list(a.columns) == ['person', 'kommun', 'fodelsear'] and set(a.fodelsear) == {'1905'}
    assert [ws.cell(2, n).value for n in (1, 2, 3)] == ['kommun', 'person', 'fodelsear']
    assert [ws.cell(3, 2).value, ws.cell(4, 2).value] == list(a.person)
    assert not has_personnummer(out) and (tmp_path / 'a.csv').read_text().count(TWO) == 1


def test_nothing_that_is_hidden_goes_with_the_copy(tmp_path, key, capsys):
    def hide(book):
        ws = book['deltagare']
        ws['A2'].comment = Comment(f'är {ONE}', 'någon')
        book.create_sheet('gammalt').append([ONE])
        book['gammalt'].sheet_state = 'hidden'
        book.properties.title = ONE

    data = workbook({'deltagare': [['pnr', 'kommun'], [ONE, 'By']]}, hide)
    (tmp_path / 'a.xlsx').write_bytes(data)
    code, out, _ = run(capsys, tmp_path / 'a.xlsx', '--ut', tmp_path / 'ut', '--nyckel', key)
    assert code == 0 and 'bladet är dolt och följer inte med' in out
    with zipfile.ZipFile(tmp_path / 'ut' / 'a.xlsx') as z:
        parts = b'\n'.join(z.read(n) for n in z.namelist()).decode()
    assert ONE not in parts and ONE[2:] not in parts and 'gammalt' not in parts


@pytest.mark.parametrize(
    ('rows', 'places'),
    [
        ([['pnr', 'kommun'], [ONE, 'By'], [ONE[:-1] + '9', 'By']], ['rad 3, kolumn pnr']),
        ([['pnr', 'kommun'], ['Summa', 'By']], ['rad 2, kolumn pnr']),
        ([['pnr', 'not'], [ONE, f'bror till {TWO}']], ['rad 2, kolumn B']),
        ([['pnr', 'f', 'sista'], [ONE, TWO[2:8], TWO[8:]]], ['rad 2, kolumn B']),
        ([['pnr', 'kommun'], [ONE[3:], 'By']], ['rad 2, kolumn pnr']),
    ],
)
def test_what_is_no_number_or_left_in_clear_stops_everything(rows, places, tmp_path, key, capsys):
    (tmp_path / 'fel.xlsx').write_bytes(workbook({'deltagare': rows}))
    (tmp_path / 'ratt.csv').write_text(f'pnr;kommun\n{ONE};By\n')
    files = [tmp_path / 'ratt.csv', tmp_path / 'fel.xlsx']
    code, out, err = run(capsys, *files, '--ut', tmp_path / 'ut', '--nyckel', key)
    assert code == 1 and all(f'fel.xlsx, blad deltagare, {p}' in err for p in places), err
    assert not (tmp_path / 'ut').exists() and 'Traceback' not in err
    digits = [c for row in rows[1:] for c in row if c[-4:].isdigit()]
    assert not any(c[-4:] in err for c in digits)


def test_other_personal_data_are_named_and_not_shown(tmp_path, key, capsys):
    text = f'pnr;namn;kontakt;född\n{ONE};Karin Ek;x@exempel.se;1905-03-07\n'
    (tmp_path / 'a.csv').write_text(text)
    code, out, _ = run(capsys, tmp_path / 'a.csv', '--ut', tmp_path / 'ut', '--nyckel', key)
    assert code == 0
    for column, what in (('B', 'namn'), ('C', 'e-postadresser'), ('D', 'födelsedatum')):
        assert f'a.csv, kolumn {column}: {what}' in out
    assert 'Karin' not in out and 'exempel.se' not in out


def test_a_pseudonym_passes_the_check_that_a_table_meets():
    rows = (
        pd.DataFrame(
            [
                dict(person=make_pseudonym(number(n), KEY), insats='spar_a', kommun='By', kon='K')
                | dict(remissdatum='2023-02-14', fodelsear='1990')
                for n in range(400)
            ]
        )
        .reindex(columns=[k.namn for k in DELTAGARE.kolumner])
        .fillna('')
    )
    found = check_cells(rows, DELTAGARE, example_forbund(), 'deltagare.csv')
    assert [p for p in found.problem if p.kolumn == 'person'] == []


def test_the_key_is_its_owners_alone_and_never_written_over(tmp_path, capsys):
    path = tmp_path / 'n.nyckel'
    code, out, _ = run(capsys, '--ny-nyckel', '--nyckel', path)
    first = path.read_bytes()
    assert code == 0 and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.split()[1].decode() not in out
    code, _, err = run(capsys, '--ny-nyckel', '--nyckel', path)
    assert code == 1 and 'skrivs inte över' in err and path.read_bytes() == first


def test_the_key_never_goes_with_what_is_sent(tmp_path, key, capsys):
    (tmp_path / 'a.csv').write_text(f'pnr;kommun\n{ONE};By\n')
    package = ROOT / 'data' / 'sodra_vatterbygden' / 'underlag'
    code, _, err = run(capsys, '--ny-nyckel', '--nyckel', package / 'x.nyckel')
    assert code == 1 and 'datapaket' in err and not (package / 'x.nyckel').exists()
    code, _, err = run(capsys, tmp_path / 'a.csv', '--ut', key.parent, '--nyckel', key)
    assert code == 1 and 'kopiorna' in err and os.listdir(key.parent) == [key.name]


def test_a_copy_is_never_written_over_and_no_key_is_made_unasked(tmp_path, key, capsys):
    (tmp_path / 'a.csv').write_text(f'pnr;kommun\n{ONE};By\n')
    (tmp_path / 'ut').mkdir()
    (tmp_path / 'ut' / 'a.csv').write_text('min')
    words = (tmp_path / 'a.csv', '--ut', tmp_path / 'ut', '--nyckel')
    code, _, err = run(capsys, *words, key)
    assert (
        code == 1 and 'skrivs inte över' in err and (tmp_path / 'ut' / 'a.csv').read_text() == 'min'
    )
    code, _, err = run(capsys, *words, tmp_path / 'ingen')
    assert code == 1 and '--ny-nyckel' in err and not (tmp_path / 'ingen').exists()


def test_ten_thousand_numbers_each_get_their_own(tmp_path):
    lines = [f'{number(1 + n % 900, f"19{5 + n // 900:02}0307")};By' for n in range(10_000)]
    (tmp_path / 'a.csv').write_text('pnr;kommun\n' + '\n'.join(lines))
    (copy,) = make_copies([tmp_path / 'a.csv'], tmp_path / 'ut', KEY, 2026)
    assert sum(m.antal for m in copy.blad) == 10_000
    assert len(pd.read_csv(io.BytesIO(copy.innehall), sep=';').person.unique()) == 10_000
    assert pseudonym.key_mark(KEY) not in copy.innehall.decode()
