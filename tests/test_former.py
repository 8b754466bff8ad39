"Untouched editions hold nothing that no edition holds, and one remark in a Word file is told of"

import hashlib, io, json, re, shutil, zipfile
import pytest
from conftest import ROOT
from finsam_genomlysning.granska.dokument import audit_documents
from finsam_genomlysning.granska.sidtal import audit_pages
from finsam_genomlysning.granska.former import audit_forms
from finsam_genomlysning.gora.nycklar import BOCKERNA
from finsam_genomlysning.gora.oversyn import OVERSYNER, ask_files, file_faults


def test_untouched_editions_have_no_findings(small_edition):
    assert audit_forms(small_edition) == []


def test_the_default_edition_has_no_findings(edition):
    assert audit_forms(edition) == []


@pytest.fixture
def copy(small_edition, tmp_path):
    shutil.copytree(small_edition, tmp_path / 'utgava')
    return tmp_path / 'utgava'


def test_a_remark_in_a_word_file_is_told_of_and_stops_nothing(copy):
    path = copy / 'forbund.docx'
    out = io.BytesIO()
    with zipfile.ZipFile(path) as zi, zipfile.ZipFile(out, 'w') as zo:
        for n in zi.namelist():
            data = zi.read(n)
            if n == 'word/document.xml':
                data = data.replace(b'<w:body>', b'<w:body><!-- 3 kvinnor -->', 1)
            zo.writestr(n, data)
    path.write_bytes(out.getvalue())
    assert audit_documents(copy) == [] and audit_pages(copy) == []
    assert any('XML-kommentar' in p.vad for p in audit_forms(copy, manifest=False))


def test_what_was_looked_over_before_must_still_be_the_same_file(copy):
    path = copy / 'forbund.docx'
    path.write_bytes(path.read_bytes() + b' ')
    assert [p.plats for p in file_faults(copy, omit={'forbund'})] == ['forbund.docx']
    told = {p.plats for p in file_faults(copy, omit={'insats-bryggan'})}
    assert told == {'forbund.docx'}


def test_a_changed_byte_is_told_of_by_the_manifest(copy):
    table = sorted((copy / 'tabeller').glob('*.csv'))[0]
    table.write_bytes(table.read_bytes() + b'\n')
    name = f'tabeller/{table.name}'
    assert [p.fil for p in audit_forms(copy) if 'manifestet' in p.vad] == [name]
    m = json.loads((copy / 'manifest.json').read_text(encoding='utf-8'))
    own = next(s for s in m['subject'] if s['name'] == name)
    assert own['digest']['sha256'] != hashlib.sha256(table.read_bytes()).hexdigest()


STRAY = (
    *('rader.csv', '.dold', 'tabeller/extra.csv', 'tabeller/rader.json'),
    *('tabeller/.liggare.jsonl', 'notebooks/x.py', 'bilder/a.png'),
)


def test_files_that_do_not_belong_are_told_of(copy):
    for name in STRAY:
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text('pseudonym;kon\n', encoding='utf-8')
    told = {p.fil for p in audit_forms(copy)}
    assert set(STRAY) <= told


def test_what_the_counts_count_is_a_known_file_and_the_relations_of_before_are_not(copy):
    selections, about = copy / 'tabeller' / 'urval.json', copy / 'utgava.json'
    given = json.loads(about.read_text(encoding='utf-8'))
    assert 'samband' not in given and selections.is_file()
    about.write_text(json.dumps(given | {'samband': []}), encoding='utf-8')
    told = json.loads(selections.read_text(encoding='utf-8'))
    told['celler'][0]['tal'] = 3
    selections.write_text(json.dumps(told), encoding='utf-8')
    found = [(p.fil, p.vad) for p in audit_forms(copy, manifest=False)]
    assert found == [
        ('utgava.json', 'Nyckeln samband hör inte dit.'),
        ('tabeller/urval.json', 'Nyckeln tal hör inte dit.'),
    ]


def add_part(path, name):
    with zipfile.ZipFile(path, 'a') as z:
        z.writestr(name, b'<x>3</x>')


def test_every_question_is_asked_and_a_report_is_left_out_alone(copy):
    add_part(copy / 'tabeller.xlsx', 'xl/comments1.xml')
    add_part(copy / 'forbund.docx', 'word/comments.xml')
    page = copy / 'forbund.html'
    told = page.read_text(encoding='utf-8')
    wrong = re.sub(r'(<data [^>]*>)[^<]+(</data>)', r'\g<1>987\g<2>', told, count=1)
    page.write_text(wrong.replace('</main>', '<p>3 kvinnor</p></main>', 1), encoding='utf-8')
    assert set(OVERSYNER) == {'former', 'dokument', 'böcker', 'sidor'}
    found = {q: [p.plats for p in ask_files(q, copy)] for q in OVERSYNER}
    assert all(found.values()), found
    known = {'forbund', BOCKERNA}
    left = {q: [p.plats for p in ask_files(q, copy, known)] for q in OVERSYNER}
    assert left['böcker'] == left['dokument'] == [] and left['sidor'] == found['sidor']
    whole = ['forbund.docx', 'forbund.html', 'index.html', 'index.html', 'tabeller.xlsx']
    assert sorted(left['former']) == whole  # fingerprints, and what the start page says
    assert len(found['former']) > len(whole)


def test_questions_side_by_side_find_the_same(tmp_path):
    folder = shutil.copytree(ROOT / 'tests' / 'fixtur' / 'utgava', tmp_path / 'utgava')
    page = '<!doctype html><p>Hej <a href="#borta">du</a><!-- 3 --></p>'
    (folder / 'forbund.html').write_text(page, encoding='utf-8')
    found = file_faults(folder)
    assert any('leder ingenstans' in x.vad for x in found) and len(found) > 3
    assert file_faults(folder, jobs=2) == found
