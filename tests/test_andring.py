"The change that CONTRIBUTING walks through, in a copy: four places, nineteen lines besides imports"

import json, os, re, shutil, subprocess, sys

import pytest
from conftest import ROOT, SMALL, copy_package

SKIP = shutil.ignore_patterns('.*', 'reports', 'tests', 'docs', 'benchmarks')
BLOCK = re.compile(r'^```python (\S+) (\S+)\n(.*?)^```', re.M | re.S)


def blocks():
    "Code of CONTRIBUTING that says where it goes: file, name that it stands at, lines"
    text = (ROOT / 'CONTRIBUTING.md').read_text(encoding='utf-8')
    return [(file, at, code.rstrip('\n')) for file, at, code in BLOCK.findall(text)]


def add(cell, code, at):
    "A line put before the one that begins as said after a plus, or in its place"
    lines = ''.join(cell['source']).split('\n')
    n = next(i for i, line in enumerate(lines) if line.strip().startswith(at.removeprefix('+')))
    cell['source'] = '\n'.join([*lines[:n], code, *lines[n + (not at.startswith('+')) :]])


def put(root, file, at, code):
    "One block in its place: among the imports, inside a named cell, or as a cell before it"
    path = root / file
    nb = json.loads(path.read_text(encoding='utf-8'))
    named, _, line = at.partition(':')
    exported = [c for c in nb['cells'] if ''.join(c['source']).startswith('#| export')]
    if named == 'import':
        cell = exported[0]
        cell['source'] = ''.join(cell['source']) + '\n' + code
    else:
        cell = next(
            c
            for c in exported
            if re.search(rf'^{named} = |^def {named}\(', ''.join(c['source']), re.M)
        )
        if line:
            add(cell, code, line)
        else:
            new = {**cell, 'id': 'nyttavs1', 'source': f'#| export\n{code}'}
            nb['cells'].insert(nb['cells'].index(cell), new)
    path.write_text(json.dumps(nb, ensure_ascii=False, indent=1) + '\n', encoding='utf-8')


def run(*words, root):
    env = {**os.environ, 'PYTHONPATH': str(root)}
    r = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, timeout=600)
    assert r.returncode == 0, r.stdout + r.stderr
    return r.stdout


def eightfold(package):
    "Each participation eight times, by eight persons: no count is small"
    path = package / 'underlag' / 'deltagare.csv'
    head, *rows = path.read_text(encoding='utf-8').splitlines()
    assert head.startswith('person;')
    many = [f'{n}-{row}' for n in range(8) for row in rows]
    path.write_text('\n'.join([head, *many]) + '\n', encoding='utf-8')
    return package


def test_four_places_and_nineteen_lines():
    code = [
        (file, line) for file, at, text in blocks() if at != 'import' for line in text.splitlines()
    ]
    assert len({file for file, _ in code}) == 4 and len(code) == 19


@pytest.mark.skipif(
    not all((ROOT / file).is_file() for file, *_ in blocks()),
    reason='ett av ställena som CONTRIBUTING nämner saknas',
)
def test_the_change_gives_a_table_a_figure_and_a_sentence(tmp_path):
    root = tmp_path / 'kopia'
    shutil.copytree(ROOT, root, ignore=SKIP)
    for block in blocks():
        put(root, *block)
    export = (
        'import sys; from nbdev.export import nb_export; '
        '[nb_export(p, lib_path="finsam_genomlysning") for p in sys.argv[1:]]'
    )
    run(sys.executable, '-c', export, *sorted({file for file, *_ in blocks()}), root=root)
    package = eightfold(copy_package(SMALL, tmp_path / 'paket'))
    run(
        sys.executable,
        '-m',
        'finsam_genomlysning',
        'rapporter',
        '--forbund',
        str(package),
        '--ut',
        str(tmp_path / 'ut'),
        '--format',
        'html',
        '--endast',
        'bryggan',
        root=root,
    )
    (folder,) = {p.parent for p in (tmp_path / 'ut').rglob('utgava.json')}
    table = (folder / 'tabeller' / 'remittent_kon.csv').read_text(encoding='utf-8-sig')
    assert table.startswith('insats;remittent;kon;matt;')
    whole = re.search(r'^Samtliga;Samtliga;Samtliga;deltagare;(\d+);', table, re.M)[1]
    by_sex = (folder / 'tabeller' / 'deltagare_kon.csv').read_text(encoding='utf-8-sig')
    assert f'Samtliga;Samtliga;deltagare;{whole};' in by_sex
    assert re.search(r'^bryggan;\w+;K;andel;0\.\d+;', table, re.M)
    about = json.loads((folder / 'utgava.json').read_text(encoding='utf-8'))
    own = about['definitioner']['remittent_kon']
    assert own['anteckningsbok'] == 'nbs/katalog/vagen_in.ipynb' and ' 2024' in own['kalla']
    told = json.loads((folder / 'tabeller' / 'urval.json').read_text(encoding='utf-8'))
    assert any(c['tabell'] == 'remittent_kon' for c in told['celler'])
    page = (folder / 'insats-bryggan.html').read_text(encoding='utf-8')
    assert 'tab-remittent-kon' in page and 'fig-remittent-kon' in page
    assert 'Så fördelar sig kvinnor och män på dem som remitterar.' in page
