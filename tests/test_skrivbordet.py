"The desk: letters about what is missing, days in a calendar, and documents that are what they were"

import datetime as dt

import pytest
from conftest import SMALL, copy_package
from icalendar import Calendar

from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.lasa.filer import file_hash
from finsam_genomlysning.skriva.begaran import PAMINNELSER

SVAR = dt.date.today() + dt.timedelta(days=30)


@pytest.fixture
def package(tmp_path):
    return copy_package(SMALL, tmp_path / 'paket')


def run(capsys, *words):
    code = main([*map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def letters(package, ut, capsys, svar=SVAR):
    found = run(capsys, 'begaran', '--forbund', package, '--ut', ut, '--svar', svar)
    return *found, {p.name: p.read_text(encoding='utf-8') for p in ut.glob('*')}


def test_each_supplier_is_asked_for_what_is_missing(package, tmp_path, capsys):
    code, out, _, sent = letters(package, tmp_path / 'ut', capsys)
    assert code == 0 and 'begaran-bryggan.md' in out
    office, programme = sent['begaran-kansliet.md'], sent['begaran-bryggan.md']
    assert '- **bidrag**: en rad per medlem och år' in office and '**behov**' not in office
    assert '- **bemanning**' in programme and '- **deltagare**: en rad' not in programme
    assert '**volymer**' not in programme
    for text in (office, programme):
        assert f'{SVAR.day}\u00a0' in text and 'kansliet@exempel.invalid' in text
    assert 'att-ratta.md' not in sent


def test_who_has_handed_in_is_not_asked_again(package, tmp_path, capsys):
    path = package / 'underlag' / 'bidrag.csv'
    path.write_text('part;ar;belopp;kalla\nregionen;2024;100;x\n', encoding='utf-8')
    office = letters(package, tmp_path / 'ut', capsys)[3]['begaran-kansliet.md']
    assert '**bidrag**' not in office and '**balans**' in office
    path.write_text('part;ar;belopp;kalla\nregionen;2024;100;\n', encoding='utf-8')
    office = letters(package, tmp_path / 'ut2', capsys)[3]['begaran-kansliet.md']
    assert '- **bidrag**: kalla' in office


def test_what_is_wrong_is_a_letter_of_its_own_with_rows_and_no_values(package, tmp_path, capsys):
    path = package / 'underlag' / 'bidrag.csv'
    path.write_text('part;ar;belopp;kalla\nhemligt;2024;100;x\n', encoding='utf-8')
    sent = letters(package, tmp_path / 'ut', capsys)[3]
    assert 'bidrag.csv' in sent['att-ratta.md'] and 'rad 2' in sent['att-ratta.md']


def test_the_days_are_in_a_calendar_that_a_calendar_reads(package, tmp_path, capsys):
    sent = letters(package, tmp_path / 'ut', capsys)[3]
    raw = (tmp_path / 'ut' / 'paminnelser.ics').read_bytes()
    assert raw.count(b'\n') == raw.count(b'\r\n') and max(map(len, raw.split(b'\r\n'))) <= 75
    events = Calendar.from_ical(raw).walk('VEVENT')
    asked = [n for n in sent if n.startswith('begaran-')]
    assert len(events) == len(PAMINNELSER) * len(asked)
    assert len({str(e['uid']) for e in events}) == len(events)
    days = {e.decoded('dtstart') - SVAR for e in events}
    assert days == {dt.timedelta(days=d) for d, _ in PAMINNELSER}


@pytest.mark.parametrize('svar', ['2020-01-01', 'i mars'])
def test_a_day_that_cannot_be_is_refused(package, tmp_path, capsys, svar):
    code, _, err, sent = letters(package, tmp_path / 'ut', capsys, svar)
    assert code == 1 and '--svar' in err and sent == {}


def entered(package, **fields):
    (package / 'dokument').mkdir(exist_ok=True)
    (package / 'dokument' / 'pm.txt').write_text('Ett PM.', encoding='utf-8')
    lines = ''.join(f'{k} = {v}\n' for k, v in fields.items())
    with open(package / 'forbund.toml', 'a', encoding='utf-8') as f:
        f.write(f'\n[[dokument]]\ntitel = "PM om urval"\n{lines}')


@pytest.mark.parametrize(
    ('fields', 'said'),
    [
        (dict(datum='2024-09-19', mote='2024-09-18'), 'efter mötet 2024-09-18'),
        (dict(datum='2024-09-02', mottaget='2024-09-01'), 'mottaget 2024-09-01'),
        (dict(datum='2024-09-01', mote='2024-09-17'), 'Inget möte hålls 2024-09-17'),
        (dict(datum='2024-09-01', fil='"dokument/borta.pdf"'), 'borta.pdf finns inte'),
        (dict(datum='2024-09-01', fil='"../pm.txt"'), 'ligger inte i datapaketet'),
        (dict(datum='2024-09-01', fil='"dokument/pm.txt"', sha256=f'"{"0" * 64}"'), 'en annan'),
    ],
)
def test_a_document_that_cannot_be_right_is_caught_with_its_row(package, capsys, fields, said):
    entered(package, **fields)
    code, out, err = run(capsys, 'kontrollera', '--forbund', package)
    assert code == 1 and said in out + err and 'forbund.toml, rad' in out + err


def test_the_register_says_what_is_there_and_what_is_not_entered(package, capsys):
    entered(package, datum='2024-09-01', fran='"Kansliet"', fil='"dokument/pm.txt"')
    (package / 'dokument' / 'annat.txt').write_text('Något annat.', encoding='utf-8')
    code, out, _ = run(capsys, 'dokument', '--forbund', package)
    mark = file_hash(package / 'dokument' / 'pm.txt')
    assert code == 0 and 'PM om urval' in out and 'från Kansliet' in out
    assert f'fingeravtryck saknas: sha256 = "{mark}"' in out
    assert 'fil = "dokument/annat.txt"' in out and out.count('[[dokument]]') == 1
    (package / 'dokument' / 'pm.txt').unlink()
    assert run(capsys, 'dokument', '--forbund', package)[0] == 1
