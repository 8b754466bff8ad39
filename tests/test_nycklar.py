"What has not changed is not built again, and nothing stale or damaged is taken for new"

import hashlib

import pytest
from conftest import SMALL, copy_package

from finsam_genomlysning.gora.aterbruk import keep_content, recall_content
from finsam_genomlysning.gora.innehall import Innehall
from finsam_genomlysning.gora.nycklar import BOCKERNA, PAKETET, TABELLERNA, edition_key
from finsam_genomlysning.gora import publicera
from finsam_genomlysning.gora.publicera import UNCHANGED, build_edition
from finsam_genomlysning.granska.sidor import audit_sheets

ASKED = {'format': ['html']}


def build(package, out, **choice):
    steps = []
    folder = build_edition(
        package, out, only=['bryggan'], formats=('html',), progress=steps.append, **choice
    )
    return folder, steps


def hashes(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob('*'))
        if p.is_file()
    }


def test_only_what_has_changed_is_built(tmp_path, unaudited):
    package, out = copy_package(SMALL, tmp_path / 'paket'), tmp_path / 'ut'
    folder, steps = build(package, out)
    whole = hashes(folder)
    assert steps[-1] == 'utgåva'
    ledger = ledger_lines(package)
    assert build(package, out)[1] == [UNCHANGED] and hashes(folder) == whole
    assert not list(out.rglob('.cache')) and list(package.glob('.cache/*.json'))
    page = folder / 'insats-bryggan.html'
    page.write_text('skadad', encoding='utf-8')
    assert build(package, out)[1][-1] == 'utgåva' and hashes(folder) == whole
    for memory in package.glob('.cache/*.json'):
        memory.write_text('{"nyckel": 1}', encoding='utf-8')
    assert build(package, out)[1][-1] == 'utgåva' and hashes(folder) == whole
    assert ledger_lines(package) == ledger  # the same edition leaves the same line
    rows = package / 'underlag' / 'deltagare.csv'
    lines = rows.read_text(encoding='utf-8').splitlines()
    rows.write_text('\n'.join(lines[:-6]) + '\n', encoding='utf-8')
    assert build(package, out)[1][-1] == 'utgåva' and hashes(folder) != whole


LINE = '- **Tre** deltagare skrev i [planen](https://exempel.se/plan).'


def more_words(package):
    "A count that the consultant has approved is among them"
    text = package / 'texter' / '2024-09-18' / 'insats-bryggan'
    text.mkdir(parents=True)
    (text / 'uppdrag.md').write_text(f'Så här läser du.\n\n{LINE}\n', encoding='utf-8')
    ok = f'fil = "texter/2024-09-18/insats-bryggan/uppdrag.md"\nrad = "{LINE}"\nskal = "Öppet."'
    (package / 'texter' / 'godkanda.toml').write_text(f'[[rad]]\n{ok}\n', encoding='utf-8')


def test_what_is_made_from_what_was_kept_is_what_a_whole_build_makes(begun, monkeypatch):
    "One report has another text: it is made again and looked over, and no other"
    package, out, _ = begun
    more_words(package)
    known = []
    monkeypatch.setattr(publicera, 'look_over', lambda *edition: known.append(edition[-1]))
    folder, steps = build_all(package, out)
    made = [s for s in steps if s.startswith(('forbund', 'insats', 'kommun', 'nylage'))]
    assert made == ['insats-bryggan']
    quick = hashes(folder)
    assert 'deltagare skrev i' in (folder / 'insats-bryggan.html').read_text(encoding='utf-8')
    assert audit_sheets(folder) == []  # the page may say what is approved
    every = {p.stem for p in folder.glob('notebooks/*.ipynb')}
    assert known.pop() == every - {'insats-bryggan'} | {PAKETET, BOCKERNA, TABELLERNA}
    assert hashes(build_all(package, out, again=True)[0]) == quick
    assert known == [frozenset()]


def build_all(package, out, **choice):
    steps = []
    return build_edition(package, out, progress=steps.append, **choice), steps


@pytest.mark.parametrize('spoil', [lambda raw: raw[:-9], lambda raw: raw[:100] + b'x' + raw[101:]])
def test_a_damaged_memory_is_not_believed(tmp_path, spoil):
    package, target = tmp_path / 'paket', tmp_path / 'ut' / 'f' / '2024-10-01'
    package.mkdir()
    content = Innehall(None, None, (), {})
    keep_content(package, target, None, content)
    assert recall_content(package, target, None) == content
    (path,) = package.glob('.cache/*.innehall')
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(spoil(path.read_bytes()))
    assert recall_content(package, target, None) is None


def ledger_lines(package):
    "All that is kept but the twins: another search may find others that prove as much"
    kept = hashes(package / '.liggare')
    return {k: v for k, v in kept.items() if not k.startswith('tvillingar-')}


@pytest.fixture
def place(tmp_path):
    package = copy_package(SMALL, tmp_path / 'paket')
    (package / '.liggare').mkdir()
    target = tmp_path / 'ut' / 'f' / '2024-10-01'
    old = target.parent / '2024-01-01'
    old.mkdir(parents=True)
    (old / 'manifest.json').write_text('{}')
    return package, target


CHANGES = {
    'a row': lambda p, t: (p / 'underlag' / 'deltagare.csv').open('a').write('\n'),
    'a new table': lambda p, t: (p / 'underlag' / 'restider.csv').write_text('x'),
    'a text': lambda p, t: next(p.glob('texter/*/*/*.md'), p / 'forbund.toml').open('a').write(' '),
    'the configuration': lambda p, t: (p / 'forbund.toml').open('a').write('# x\n'),
    'the ledger': lambda p, t: (p / '.liggare' / 'poster.jsonl').write_text('{}'),
    'a frozen register': lambda p, t: (p / '.liggare' / 'register-2024-06-30.csv').write_text('x'),
    'the key of the hashes': lambda p, t: (p / '.liggare' / 'nyckel').write_bytes(b'x' * 32),
    'a ledger of before': lambda p, t: (t.parent / '.liggare.jsonl').write_text('{}'),
    'an earlier edition': lambda p, t: (t.parent / '2024-01-01' / 'manifest.json').write_text('1'),
    'one more edition': lambda p, t: [
        (t.parent / '2024-02-01').mkdir(),
        (t.parent / '2024-02-01' / 'manifest.json').write_text('1'),
    ],
}


@pytest.mark.parametrize('change', CHANGES)
def test_all_that_an_edition_rests_on_is_in_its_key(place, change):
    before = edition_key(*place, ASKED)
    assert edition_key(*place, ASKED) == before
    CHANGES[change](*place)
    assert edition_key(*place, ASKED) != before


def test_what_was_asked_for_and_the_code_are_in_the_key(place, monkeypatch):
    from finsam_genomlysning.gora import nycklar

    before = edition_key(*place, ASKED)
    assert edition_key(*place, {'format': ['pdf']}) != before
    code = nycklar._code()
    assert 'gora/nycklar.py' in code and any(k.endswith('forbund.ipynb') for k in code)
    monkeypatch.setattr(nycklar, '_code', lambda: code | {'gora/nycklar.py': '0'})
    assert edition_key(*place, ASKED) != before
    monkeypatch.undo()
    monkeypatch.setattr(nycklar, '_libraries', lambda: ['pandas 99'])
    assert edition_key(*place, ASKED) != before
