"""What the erasure plan says goes, and what is in print is remembered; the papers say what is known

The package is the one with hostile data that `begun` has built an edition from.
"""

import datetime as dt
import json
import tomllib

import pytest
from conftest import ROOT, SMALL, copy_package, workbook
from openpyxl import load_workbook

from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.gora.gallring import doomed_files, erase
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.ord.errors import DisclosureError, UnderlagError
from finsam_genomlysning.ord.glossary import INTE_REDOVISAT
from finsam_genomlysning.skydd.forteckning import (
    forget_people,
    forgotten_editions,
    hold_ledger,
    post_json,
    read_ledger,
)

IDAG = dt.date(2026, 1, 31)
PLAN = """
[[gallring]]
vad = "deltagare"
senast = 2020-01-31
kalla = "Styrelsen 2019-12-01 § 4"

[[gallring]]
vad = "register"
senast = 2019-06-30

[[gallring]]
vad = "indikatorer"
senast = 2999-01-31
"""


def planned(package, text=PLAN):
    path = package / 'forbund.toml'
    path.write_text(path.read_text(encoding='utf-8') + text, encoding='utf-8')
    return read_forbund(package)


def files(package):
    return {p.relative_to(package).as_posix() for p in package.rglob('*') if p.is_file()}


def run(capsys, *words):
    code = main([*map(str, words)])
    said = capsys.readouterr()
    return code, said.out.replace('\xa0', ' '), said.err


def test_nothing_goes_unless_it_is_asked_for(begun, capsys):
    package, _, _ = begun
    planned(package)
    before = files(package)
    code, out, _ = run(capsys, 'gallra', '--forbund', package)
    assert code == 0 and 'tas bort: underlag/deltagare' in out and 'Inget är borttaget' in out
    assert 'indikatorer i underlaget: senast 31 januari 2999, gäller inte än' in out
    assert files(package) == before


def test_people_go_and_what_is_in_print_is_remembered(begun, capsys):
    package, _, _ = begun
    planned(package)
    (post,) = read_ledger(package).poster
    key = (package / '.liggare' / 'nyckel').read_bytes()
    assert any(x.tal is not None and not x.visad for x in post.rutor)
    code, out, err = run(capsys, 'gallra', '--forbund', package, '--verkstall')
    assert (code, err) == (0, '') and 'Kvitto' in out
    left = files(package)
    assert not [f for f in left if 'deltagare' in f or f.endswith('.npz') or 'register-' in f]
    assert {'underlag/behov.csv', 'underlag/forslag.csv'} <= left
    (after,) = read_ledger(package).poster
    shown = [x for x in post.rutor if x.visad]
    assert [x for x in after.rutor if x.visad] == shown and after.ovrigt == post.ovrigt
    assert {x.tal for x in after.rutor if not x.visad} == {None}
    assert 'kanarie' not in json.dumps(post_json(after))
    assert (package / '.liggare' / 'nyckel').read_bytes() == key
    assert forgotten_editions(read_ledger(package)) == []
    with pytest.raises(DisclosureError, match='gallrade'), hold_ledger(package):
        pass
    assert run(capsys, 'liggare', '--forbund', package)[0] == 0


def test_the_receipt_says_what_went_and_by_which_row(begun):
    package, _, _ = begun
    forbund = planned(package)
    gone = {f'underlag/{p.name}' for p in (package / 'underlag').glob('deltagare*')}
    (package / '.cache').mkdir(exist_ok=True)
    (package / '.cache' / '2026-01-01.innehall').write_bytes(b'what was made of the rows')
    receipt = erase(package, forbund, forbund.gallring[:1], IDAG).read_text(encoding='utf-8')
    assert not (package / '.cache').exists()
    assert gone and all(f'- {g}: ' in receipt for g in gone)
    assert 'Styrelsen 2019-12-01 § 4' in receipt and 'kanarie' not in receipt
    assert erase(package, forbund, forbund.gallring[:1], IDAG).name == '2026-01-31-2.md'


SHEETS = {
    'progression': [
        ['person', 'insats', 'datum', 'indikator', 'varde', 'skala_max', 'bedomare'],
        ['K1', 'bryggan', '2024-01-08', 'hopp', 3, 5, ''],
    ],
    'bidrag': [['part', 'ar', 'belopp', 'kalla'], ['norrstad', 2024, 1, 'x']],
}


def test_only_the_sheets_of_the_plan_leave_a_workbook(tmp_path):
    package = copy_package(SMALL, tmp_path / 'paket')
    (package / 'underlag' / 'blandat.xlsx').write_bytes(workbook(SHEETS))
    forbund = planned(package, '\n[[gallring]]\nvad = "progression"\nsenast = 2020-01-31\n')
    erase(package, forbund, forbund.gallring, IDAG)
    assert load_workbook(package / 'underlag' / 'blandat.xlsx').sheetnames == ['bidrag']
    assert doomed_files(package, {'progression'}) == []


def test_a_file_that_cannot_be_read_stops_all_of_it(tmp_path):
    package = copy_package(SMALL, tmp_path / 'paket')
    (package / 'underlag' / 'trasig.xlsx').write_bytes(b'PK\x03\x04 trasig')
    forbund = planned(package)
    before = files(package)
    with pytest.raises(UnderlagError):
        erase(package, forbund, forbund.gallring[:1], IDAG)
    assert {f for f in files(package) if not f.startswith('.liggare')} == before


def test_an_erased_ledger_can_be_erased_again(begun):
    package, _, _ = begun
    forget_people(package)
    forget_people(package)
    assert len(read_ledger(package).poster) == 1


def test_the_papers_say_what_is_known_and_nothing_else(tmp_path, capsys):
    package = copy_package(SMALL, tmp_path / 'paket')
    more = '\n[personuppgifter]\ndataskyddsombud = "Ombudet *A*"\nbitrade = "Firman"\n'
    planned(package, more + PLAN)
    code, out, _ = run(capsys, 'handlingar', '--forbund', package, '--ut', tmp_path / 'ut')
    names = 'gallringsplan konsekvensbedomning personuppgiftsbitradesavtal registerforteckning'
    assert code == 0 and sorted(p.stem for p in (tmp_path / 'ut').glob('*.md')) == names.split()
    text = {
        p.stem: p.read_text(encoding='utf-8').replace('\xa0', ' ')
        for p in (tmp_path / 'ut').glob('*.md')
    }
    assert r'Dataskyddsombud: Ombudet \*A\*' in text['registerforteckning']
    assert 'Personuppgiftsbiträde: Firman, Inte redovisat' in text['personuppgiftsbitradesavtal']
    assert 'senast 31 januari 2020' in text['gallringsplan']
    assert '(2003:1210)' in text['konsekvensbedomning']
    for law, paper in (('30.1', 'registerforteckning'), ('28.3', 'personuppgiftsbitradesavtal')):
        assert f'artikel {law}' in text[paper]
    missing = text['konsekvensbedomning'].count(INTE_REDOVISAT) - 1
    assert f'konsekvensbedomning.md: {missing} uppgifter saknas' in out
    code, _, err = run(capsys, 'handlingar', '--forbund', package, '--ut', tmp_path / 'ut')
    assert code == 1 and 'skrivs inte över' in err


def test_none_of_it_is_published():
    toml = tomllib.loads((ROOT / 'data' / 'sodra_vatterbygden' / 'forbund.toml').read_text())
    more = {'personuppgifter': {'bitrade': 'Firman'}, 'gallring': []}
    from finsam_genomlysning.ord.forbund import Forbund

    dumped = Forbund.model_validate(toml | more).model_dump(mode='json', by_alias=True)
    assert not dumped.keys() & more.keys()


def test_a_plan_that_names_something_else_is_told_with_its_row(tmp_path, capsys):
    package = copy_package(SMALL, tmp_path / 'paket')
    path = package / 'forbund.toml'
    path.write_text(path.read_text() + '\n[[gallring]]\nvad = "allt"\nsenast = 2020-01-31\n')
    code, _, err = run(capsys, 'gallra', '--forbund', package)
    assert code == 1 and 'forbund.toml, rad' in err and 'deltagare' in err
