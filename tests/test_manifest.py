"The manifest: whoever has it alone learns nothing of what went in, and can check all that came out"

import hashlib, hmac, json, shutil

import pytest
from conftest import SMALL, copy_package
from finsam_genomlysning.gora.harkomst import build_manifest
from finsam_genomlysning.gora.nycklar import hash_files
from finsam_genomlysning.gora.ursprung import input_lines
from finsam_genomlysning.granska.filer import audit_manifest
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.forteckning import MAPP, certificate_key

HEAD = 'insats;period;matt;antal\n'


def volumes(n):
    return f'{HEAD}nova;2024-H1;besok;{n}\n'.encode()


@pytest.fixture
def package(tmp_path):
    own = copy_package(SMALL, tmp_path / 'paket')
    (own / 'underlag' / 'behov.csv').write_bytes(volumes(37))
    return own


def manifest(package, underlag):
    mote = underlag.forbund.meeting(None)
    key = certificate_key(package)
    return build_manifest(underlag, mote, (), {'a.html': '0' * 64}, None, key=key)


def small_underlag(package):
    "The small package as read, with the fingerprint of the guessable file"
    underlag = read_underlag(SMALL)
    digest = hashlib.sha256((package / 'underlag' / 'behov.csv').read_bytes()).hexdigest()
    underlag.filer['underlag/behov.csv'] = digest
    return underlag


def inputs(m):
    named = m['predicate']['buildDefinition']['resolvedDependencies']
    return {x['name']: x['digest'] for x in named}


def guesses(m, key=None):
    "Which of two hundred files an attacker takes for the one that went in"
    printed = {d for digest in inputs(m).values() for d in digest.values()}
    public = [b'', b'genomlysning', m['predicate']['buildDefinition']['buildType'].encode()]
    keys = public if key is None else [key]
    found = set()
    for n in range(200):
        raw = volumes(n)
        own = hashlib.sha256(raw)
        tries = {own.hexdigest()} if key is None else set()
        for k in keys:
            for message in (raw, own.digest(), own.hexdigest().encode()):
                tries.add(hmac.new(k, message, 'sha256').hexdigest())
        if tries & printed:
            found.add(n)
    return found


def test_a_small_file_is_not_guessed_from_the_manifest(package):
    m = manifest(package, small_underlag(package))
    assert guesses(m) == set()
    assert guesses(m, certificate_key(package)) == {37}


def test_every_input_has_a_keyed_hash_and_no_other(package):
    m = manifest(package, small_underlag(package))
    found = inputs(m)
    assert {'forbund.toml', 'underlag/behov.csv', 'underlag/deltagare.csv'} <= found.keys()
    assert {tuple(d) for d in found.values()} == {('hmac-sha256',)}
    plain = small_underlag(package).filer
    assert not {d['hmac-sha256'] for d in found.values()} & set(plain.values())
    assert json.dumps(certificate_key(package).hex()) not in json.dumps(m)


def test_the_same_package_has_the_same_manifest_and_another_key_another(package, tmp_path):
    u = small_underlag(package)
    assert manifest(package, u) == manifest(package, u)
    other = copy_package(package, tmp_path / 'annat')
    assert inputs(manifest(other, u)).keys() == inputs(manifest(package, u)).keys()
    assert inputs(manifest(other, u)) != inputs(manifest(package, u))
    moved = shutil.copytree(package, tmp_path / 'flyttat')
    assert manifest(moved, u) == manifest(package, u)


def test_an_edition_is_still_checked_file_by_file(small_edition, tmp_path):
    m = json.loads((small_edition / 'manifest.json').read_text(encoding='utf-8'))
    published = {s['name']: s['digest'] for s in m['subject']}
    assert published == {n: {'sha256': d} for n, d in hash_files(small_edition).items()}
    assert 'utgava.json' in published and 'underlag/deltagare.csv' in inputs(m)
    assert audit_manifest(small_edition) == []
    copy = shutil.copytree(small_edition, tmp_path / 'utgava')
    page = copy / 'index.html'
    page.write_bytes(page.read_bytes() + b' ')
    assert [p.fil for p in audit_manifest(copy)] == ['index.html']


def test_a_plain_hash_of_an_input_is_found(small_edition, tmp_path):
    copy = shutil.copytree(small_edition, tmp_path / 'utgava')
    path = copy / 'manifest.json'
    m = json.loads(path.read_text(encoding='utf-8'))
    first = m['predicate']['buildDefinition']['resolvedDependencies'][0]
    first['digest'] = {'sha256': '0' * 64}
    path.write_text(json.dumps(m), encoding='utf-8')
    said = f'Kontrollsumman för {first["name"]} är utan nyckel: innehållet går att gissa.'
    assert [p.vad for p in audit_manifest(copy)] == [said]


def test_the_key_lies_with_the_package_and_never_with_the_edition(small_edition):
    package = small_edition.parents[2] / 'paket'
    key = (package / MAPP / 'nyckel').read_bytes()
    assert len(key) == 32
    for p in small_edition.rglob('*'):
        if p.is_file():
            raw = p.read_bytes()
            assert key not in raw and key.hex().encode() not in raw, p.name
    assert not [p for p in small_edition.parents[1].rglob('*') if p.name == 'nyckel']


def test_where_a_number_came_from_says_keyed_hashes(small_edition):
    lines = list(input_lines(small_edition))
    assert lines[0] == 'Indata:'
    assert any(x.startswith('  underlag/deltagare.csv  hmac-sha256 ') for x in lines)
