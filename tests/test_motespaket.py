"What a meeting gets beside its reports: slides and a page to print, and the audit of both"

import csv, io, json, re, shutil, zipfile
from dataclasses import replace

import pikepdf
import pytest
from lxml import etree
from pptx import Presentation

from finsam_genomlysning.gora.aterbruk import books_key, pack_key, tables_key
from finsam_genomlysning.gora.motespaket import (
    BOKFILER,
    MOTESFILER,
    front_report,
    meeting_slides,
    write_meeting,
)
from finsam_genomlysning.granska.filer import allowed_name
from finsam_genomlysning.granska.motesfiler import audit_meeting
from finsam_genomlysning.granska.oppnafiler import audit_open_files
from finsam_genomlysning.ord.bildord import BILDORD, BILDSIDOR, MER_I_NOTER, NYLAGESBILD
from finsam_genomlysning.ord.dataord import CSVW_FIL, DCAT_FIL
from finsam_genomlysning.skriva import bildspel
from finsam_genomlysning.skriva.bildspel import slide_show, turned, word_count
from finsam_genomlysning.skriva.modell import as_notebook, read_report
from finsam_genomlysning.skriva.oppnadata import as_open_json, catalogue_record, table_metadata
from finsam_genomlysning.skriva.writer_html import write_index
from finsam_genomlysning.skriva.writer_handout import page_count, write_handout
from finsam_genomlysning.skriva.writer_pptx import write_pptx
from finsam_genomlysning.skydd.utgava import read_edition, write_edition
from finsam_genomlysning.visa.visning import Cell, Forstasida, Fynd, Omslag, Tabell

NEEDED = ('index.html', 'utgava.json', 'bildspel.pptx', 'pa-en-sida.pdf')
A = '{http://schemas.openxmlformats.org/drawingml/2006/main}'


@pytest.fixture(scope='module')
def untouched(small_edition, tmp_path_factory):
    "The parts of an edition that the slides and the page are held against"
    folder = tmp_path_factory.mktemp('mote')
    for name in NEEDED:
        shutil.copy(small_edition / name, folder / name)
    (folder / 'notebooks').mkdir()
    shutil.copy(small_edition / 'notebooks' / 'forbund.ipynb', folder / 'notebooks')
    return folder


@pytest.fixture
def folder(untouched, tmp_path):
    return shutil.copytree(untouched, tmp_path / 'utgava')


@pytest.fixture(scope='module')
def slides(untouched):
    return Presentation(untouched / 'bildspel.pptx')


def first_page(antal=1, fynd=5, ord=8):
    "A first page with so many decisions and findings"
    cover = Omslag(
        *('Genomlysning', 'Möte', 'Förbundet', '2024-09-18', 'Underlag.', 'Påhittat. Allt.'),
        fakta={'Möte': 'Styrelsen'},
    )
    rows = [f'Beslut {i}: {"ett ord " * ord}om det.' for i in range(antal)]
    found = [
        Fynd(
            f'Fynd {i} säger något', f'Det gäller {i + 10} av 40. {"Ord " * 60}.', 'Säkert', 'År 1'
        )
        for i in range(fynd)
    ]
    parts = [('Beslutas', rows), ('Osäkert', rows), ('Ändrats', rows)]
    return read_report(as_notebook(cover, Forstasida('Ett svar.', found, '', parts)))


def test_nothing_is_told_of_an_untouched_edition(untouched):
    assert audit_meeting(untouched) == []


def test_the_files_are_what_the_edition_gives(small_edition, untouched):
    u = read_edition(small_edition)
    front = front_report(u)
    slides = write_pptx(meeting_slides(u, front, small_edition))
    assert (untouched / 'bildspel.pptx').read_bytes() == slides
    assert (untouched / 'pa-en-sida.pdf').read_bytes() == write_handout(front)


def test_each_slide_can_be_read_aloud(slides):
    assert (slides.slide_width, slides.slide_height) == (12192000, 6858000)
    assert 5 <= len(slides.slides) <= BILDSIDOR
    titles = [s.shapes.title.text for s in slides.slides]
    assert all(titles) and len(set(titles)) == len(titles)
    for nr, s in enumerate(slides.slides, 1):
        kinds = [x.placeholder_format.type if x.is_placeholder else None for x in s.shapes]
        assert s.shapes[0] == s.shapes.title and kinds[0] is not None
        for x in s.shapes:
            alt = x._element.xpath('.//p:cNvPr/@descr')
            assert x.is_placeholder or len(alt[0]) > 20
        assert s.shapes[-1].text_frame._txBody.xpath('.//a:fld/a:t/text()') == [str(nr)]
        assert 'påhittade' in s.shapes[-2].text
        assert s.notes_slide.notes_text_frame.text


def test_a_picture_has_its_source_in_the_notes(slides):
    shown = [s for s in slides.slides if any(x.shape_type == 13 for x in s.shapes)]
    notes = [s.notes_slide.notes_text_frame.text for s in shown]
    assert len(notes) >= 2 and all('Källa: ' in t and 'Bilden visar: ' in t for t in notes)


def test_every_run_is_swedish(untouched):
    with zipfile.ZipFile(untouched / 'bildspel.pptx') as z:
        parts = [n for n in z.namelist() if re.match(r'ppt/(slides|notesSlides)/\w+\.xml', n)]
        for n in parts:
            runs = list(etree.fromstring(z.read(n)).iter(f'{A}r', f'{A}fld'))
            assert runs and all(r.find(f'{A}rPr').get('lang') == 'sv-SE' for r in runs), n


def test_the_file_says_whose_it_is(slides):
    p = slides.core_properties
    assert (p.title, p.author, p.language) == (
        'Genomlysning av Ån',
        'Samordningsförbundet Ån',
        'sv-SE',
    )
    assert p.created == p.modified and p.created.isoformat()[:16] == '2024-09-18T12:00'


@pytest.mark.parametrize('fynd', [0, 1, 5])
@pytest.mark.parametrize('antal', [1, 2, 40])
def test_a_room_can_read_it_with_much_and_little(antal, fynd):
    spel = slide_show(first_page(antal, fynd), None, None, {})
    assert len(spel.sidor) <= BILDSIDOR
    assert [s.titel for s in spel.sidor][-1] == 'Beslutas'
    for s in spel.sidor:
        assert word_count(s.titel, *(r.text for r in s.rader)) <= BILDORD
        assert s.rader and s.noter
    assert sum(s.titel.startswith('Fynd') for s in spel.sidor) == fynd
    found = [s for s in spel.sidor if s.titel.startswith('Fynd')]
    assert all(MER_I_NOTER in [r.text for r in s.rader] for s in found)  # sixty words more
    assert all('Säkert. År 1' in [r.text for r in s.rader] for s in found)
    decide = spel.sidor[-1]
    assert (MER_I_NOTER in [r.text for r in decide.rader]) == (antal == 40)
    assert all(f'Beslut {i}: ' in ' '.join(decide.noter) for i in range(antal))


@pytest.mark.parametrize(('antal', 'ord'), [(1, 1), (6, 8), (60, 8)])
def test_the_page_is_one_page_with_much_and_little(antal, ord):
    data = write_handout(first_page(antal, 4, ord))
    assert page_count(data) == 1
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == 'sv-SE'
        with pdf.open_metadata() as meta:
            assert meta['pdfuaid:part'] == '1'


def test_a_table_is_turned_so_that_a_municipality_is_a_row():
    t = Tabell('T', 'K', 'tab-a', ['Scenario', 'Ån', 'Alla'], [['Ett', Cell('+1'), Cell('0')]])
    made = turned(read_report(as_notebook(Omslag('T', '', 'F', '2024-09-18'), t)).objects['tab-a'])
    assert made['kolumner'] == ['Kommun', 'Ett']
    assert [[r[0], r[1]['t']] for r in made['rader']] == [['Ån', '+1'], ['Alla', '0']]


def in_show(part, old, new):
    "A part of the slides with something changed"

    def plant(folder):
        path, out = folder / 'bildspel.pptx', io.BytesIO()
        hit = 0
        with zipfile.ZipFile(path) as zi, zipfile.ZipFile(out, 'w') as zo:
            for n in zi.namelist():
                data = zi.read(n)
                if re.fullmatch(part, n) and not hit:
                    text, hit = re.subn(old, new, data.decode(), count=1, flags=re.S)
                    data = text.encode()
                zo.writestr(n, data)
        assert hit, (part, old)
        path.write_bytes(out.getvalue())

    return plant


def with_part(name, data='<x>3</x>', **more):
    def plant(folder):
        with zipfile.ZipFile(folder / 'bildspel.pptx', 'a') as z:
            z.writestr(name, data)
            z.comment = more.get('comment', b'')

    return plant


def other_picture(folder):
    path, out = folder / 'bildspel.pptx', io.BytesIO()
    with zipfile.ZipFile(path) as zi, zipfile.ZipFile(out, 'w') as zo:
        names = zi.namelist()
        media = [n for n in names if 'media/' in n]
        for n in names:
            zo.writestr(n, zi.read(media[1] if n == media[0] else n))
    path.write_bytes(out.getvalue())


def in_pdf(change):
    def plant(folder):
        path, out = folder / 'pa-en-sida.pdf', io.BytesIO()
        with pikepdf.open(path) as pdf:
            change(pdf)
            pdf.save(out)
        path.write_bytes(out.getvalue())

    return plant


def other_page(change):
    "A page to print of another first page"

    def plant(folder):
        r = front_report(read_edition(folder.parent / 'hel'))
        change(r)
        (folder / 'pa-en-sida.pdf').write_bytes(write_handout(r))

    return plant


def texts_of(blocks):
    for b in blocks:
        if hasattr(b, 'text'):
            yield b
        yield from texts_of([*getattr(b, 'inne', []), *getattr(b, 'block', [])])
        for post in getattr(b, 'poster', []):
            yield from texts_of(post)


def one_more(r):
    next(b for b in texts_of(r.blocks) if b.text == '18').text = '17'


def a_line_less(r):
    parts = next(b for b in r.blocks if getattr(b, 'slag', '') == 'delarna')
    parts.block[1].block[1].poster.pop()


def a_finding_less(r):
    next(b for b in r.blocks if getattr(b, 'slag', '') == 'fynden').block.pop()


SLIDE = r'ppt/slides/slide3\.xml'
NOTE = r'ppt/notesSlides/notesSlide3\.xml'
CORE = r'docProps/core\.xml'
LIST = r'ppt/presentation\.xml'
SHOWS = {
    'number': in_show(SLIDE, 'började 18', 'började 17'),
    'number in the notes': in_show(NOTE, 'började 18', 'började 17'),
    'half a sentence': in_show(SLIDE, r'De senaste tolv månaderna ', ''),
    'sentence more': in_show(SLIDE, r'Nu pågår 16[^.]*\.', 'Nu pågår 16. Tre är kvinnor.'),
    'how sure it is': in_show(SLIDE, 'Räknat, inte uppskattat', 'Säkert'),
    'line of another slide': in_show(
        SLIDE, r'De senaste [^<]*', 'Ingen fråga att besluta är lämnad till mötet.'
    ),
    'line gone': in_show(r'ppt/slides/slide2\.xml', r'Fler slutar än börjar', 'Ett svar'),
    'notes gone': in_show(NOTE, r'<a:p><a:r>.*?</a:p>', ''),
    'source': in_show(NOTE, 'Källa: ', 'Källa: Tre '),
    'words of a picture': in_show(SLIDE, 'descr="', 'descr="Tre kvinnor. '),
    'picture': other_picture,
    'title': in_show(SLIDE, 'Fler slutar än börjar', 'Färre slutar än börjar'),
    'title of the meeting': in_show(r'ppt/slides/slide1\.xml', 'Delårsrapport 2024', 'Tre kvinnor'),
    'made up no more': in_show(SLIDE, 'Deltagarna är påhittade', 'Deltagarna är tre'),
    'number of the slide': in_show(SLIDE, '<a:t>3</a:t></a:fld>', '<a:t>4</a:t></a:fld>'),
    'hidden slide': in_show(SLIDE, r'(<p:sld\b)', r'\1 show="0"'),
    'slide gone from the list': in_show(LIST, r'<p:sldId [^>]*/>(?=</p:sldIdLst>)', ''),
    'slides in another order': in_show(
        LIST, r'(<p:sldId id="258"[^>]*/>)(<p:sldId [^>]*/>)', r'\2\1'
    ),
    'name of a section': in_show(LIST, r'(</p:presentation>)', r'<p:extLst><p:x/></p:extLst>\1'),
    'remark in XML': in_show(SLIDE, r'(<p:cSld>)', r'<!-- 3 kvinnor -->\1'),
    'movement': in_show(SLIDE, r'(</p:sld>)', r'<p:transition/>\1'),
    'shape more': in_show(
        SLIDE,
        r'(</p:spTree>)',
        r'<p:sp><p:txBody><a:p><a:r><a:t>3</a:t></a:r></a:p></p:txBody></p:sp>\1',
    ),
    'shape outside the slide': in_show(SLIDE, r'<a:off x="\d+"', '<a:off x="12190000"'),
    'letters that nobody sees': in_show(SLIDE, r'sz="1600"', 'sz="100"'),
    'white letters': in_show(SLIDE, '6B4600', 'FFFFFF'),
    'another language': in_show(SLIDE, 'sv-SE', 'en-US'),
    'link': in_show(SLIDE, r'<a:rPr lang="sv-SE"/>', '<a:rPr lang="sv-SE"><a:hlinkClick/></a:rPr>'),
    'name of a shape': in_show(SLIDE, 'name="Text"', 'name="Tre kvinnor"'),
    'text in the master': in_show(
        r'ppt/slideMasters/slideMaster1\.xml', 'Klicka för att skriva text', '3 kvinnor'
    ),
    'name of the theme': in_show(r'ppt/theme/theme1\.xml', 'name="Genomlysning"', 'name="3"'),
    'relation out': in_show(
        r'ppt/slides/_rels/slide3\.xml\.rels',
        '(</Relationships>)',
        r'<Relationship Id="rId9" Type="x" Target="https://a.se/3" TargetMode="External"/>\1',
    ),
    'kind of a part': in_show(
        r'\[Content_Types\]\.xml', '(</Types>)', r'<Default Extension="bin" ContentType="3"/>\1'
    ),
    'title of the file': in_show(CORE, r'(</dc:title>)', r' med tre kvinnor\1'),
    'property more': in_show(CORE, r'(</cp:coreProperties>)', r'<cp:keywords>3</cp:keywords>\1'),
    'another day': in_show(CORE, r'2024-09-18T12:00:00Z', '2024-09-17T12:00:00Z'),
    'comment': with_part('ppt/comments/comment1.xml'),
    'authors of comments': with_part('ppt/commentAuthors.xml'),
    'macro': with_part('ppt/vbaProject.bin', '3'),
    'own properties': with_part('docProps/custom.xml'),
    'picture that is not shown': with_part('ppt/media/image9.png', '3'),
    'slide that no list names': with_part('ppt/slides/slide9.xml', '<x/>'),
    'remark of the archive': with_part('ppt/x.xml', comment=b'3 kvinnor'),
    'nothing to read': lambda folder: (folder / 'bildspel.pptx').write_bytes(b'3'),
}
PAGES = {
    'number': other_page(one_more),
    'line gone': other_page(a_line_less),
    'finding gone': other_page(a_finding_less),
    'two pages': in_pdf(lambda p: p.pages.append(p.pages[0])),
    'key': in_pdf(lambda p: p.Root.__setitem__('/Tre', 3)),
    'property': in_pdf(lambda p: p.docinfo.__setitem__('/Keywords', '3 kvinnor')),
    'title': in_pdf(lambda p: p.docinfo.__setitem__('/Title', '3 kvinnor')),
    'attached file': in_pdf(lambda p: p.attachments.__setitem__('a.txt', b'3 kvinnor')),
    'remark': in_pdf(
        lambda p: p.pages[0].obj.__setitem__(
            '/Annots', pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Text, Contents='3')])
        )
    ),
    'bytes after the end': lambda f: (f / 'pa-en-sida.pdf').open('ab').write(b'3 kvinnor'),
    'nothing to read': lambda f: (f / 'pa-en-sida.pdf').write_bytes(b'3'),
}
PLANTS = [('bildspel.pptx', name, p) for name, p in SHOWS.items()]
PLANTS += [('pa-en-sida.pdf', name, p) for name, p in PAGES.items()]


@pytest.mark.parametrize(('fil', 'name', 'plant'), PLANTS, ids=[f'{f}: {n}' for f, n, _ in PLANTS])
def test_every_plant_is_found(folder, small_edition, fil, name, plant):
    (folder.parent / 'hel').symlink_to(small_edition)
    plant(folder)
    found = audit_meeting(folder)
    assert {p.fil for p in found} == {fil}, name
    assert not any('kvinnor' in p.vad for p in found)


def test_the_first_page_holds_the_slides(folder):
    "A number that was changed on the start page is another than on the slides and on paper"
    path = folder / 'index.html'
    text = path.read_text(encoding='utf-8')
    path.write_text(text.replace('>18</data>', '>17</data>'), encoding='utf-8')
    assert {p.fil for p in audit_meeting(folder)} == set(NEEDED[2:])


def test_the_start_page_links_what_the_meeting_gets(small_edition):
    page = (small_edition / 'index.html').read_text(encoding='utf-8')
    for name in (*MOTESFILER, *BOKFILER):
        assert re.search(rf'<a href="{name}">[^<]+</a>, [\d,]+\s[kM]B', page), name
        assert (small_edition / name).is_file()


def test_the_pack_is_made_again_when_its_tables_or_pictures_have_changed(small_edition, tmp_path):
    edition = shutil.copytree(small_edition, tmp_path / 'utgava')
    key, books = pack_key(edition, None), books_key(edition, None)
    (edition / 'index.html').write_text('x', encoding='utf-8')
    (edition / 'insats-bryggan.docx').unlink()
    assert pack_key(edition, None) == key != pack_key(edition, '../2024-05-15')
    path = edition / 'notebooks' / 'forbund.ipynb'
    path.write_text(path.read_text(encoding='utf-8') + '\n', encoding='utf-8')
    assert pack_key(edition, None) != key and books_key(edition, None) == books
    change(edition / 'tabeller' / 'befolkning.csv')
    assert books_key(edition, None) != books


def change(path):
    path.write_text(path.read_text(encoding='utf-8') + '\n', encoding='utf-8')


def test_tables_are_asked_again_when_they_or_an_earlier_edition_or_the_limit_change(
    small_edition, tmp_path
):
    edition, before = (shutil.copytree(small_edition, tmp_path / n) for n in ('nu', '2024-01-01'))
    key = tables_key(edition, [before], 5)
    change(edition / 'forbund.html')
    assert tables_key(edition, [before], 5) == key
    assert len({key, tables_key(edition, [], 5), tables_key(edition, [before], 4)}) == 3
    change(before / 'tabeller' / 'urval.json')
    new = tables_key(edition, [before], 5)
    change(edition / 'tabeller' / 'urval.json')
    assert len({key, new, tables_key(edition, [before], 5)}) == 3


def test_an_edition_without_the_whole_reports_has_slides_without_pictures(small_edition, tmp_path):
    edition = shutil.copytree(small_edition, tmp_path / 'utgava')
    (edition / 'notebooks' / 'forbund.ipynb').unlink()
    write_meeting(read_edition(edition), edition)
    assert audit_meeting(edition) == []
    shown = Presentation(edition / 'bildspel.pptx')
    assert not any(x.shape_type == 13 for s in shown.slides for x in s.shapes)


@pytest.fixture(scope='module')
def described(small_edition):
    return json.loads((small_edition / CSVW_FIL).read_text(encoding='utf-8'))


def test_every_column_of_every_table_is_described_as_it_stands(small_edition, described):
    "The headings are among the titles, numbers are numbers, and the key is a key"
    files = {p.name: p for p in small_edition.glob('tabeller/*.csv')}
    assert {t['url'] for t in described['tables']} == files.keys()
    for t in described['tables']:
        with files[t['url']].open(encoding='utf-8-sig', newline='') as f:
            head, *rows = csv.reader(f, delimiter=';')
        columns = t['tableSchema']['columns']
        assert [c['name'] for c in columns] == head
        assert all(c['name'] in c['titles'] for c in columns)
        for c, values in zip(columns, zip(*rows, strict=True), strict=False):
            if c['datatype'] == 'number':
                assert c['null'] == ['', '..']
                assert all(v in c['null'] or float(v) is not None for v in values)
        at = [head.index(k) for k in t['tableSchema']['primaryKey']]
        assert len({tuple(r[j] for j in at) for r in rows}) == len(rows)


def test_units_and_codes_are_in_words(described):
    t = next(t for t in described['tables'] if t['url'] == 'resultat.csv')
    words = {c['name']: c.get('dc:description', '') for c in t['tableSchema']['columns']}
    assert 'andel_arbete_studier = ' in words['matt'] and 'andel från 0 till 1' in words['matt']
    assert 'bryggan = Bryggan' in words['insats'] and 'påhittade' in t['dc:description']
    assert t['dc:source'] and t['dc:title']


def test_the_record_leads_to_files_that_are_there(small_edition):
    graph = json.loads((small_edition / DCAT_FIL).read_text(encoding='utf-8'))['@graph']
    ids = {x['@id'] for x in graph}
    kinds = [x['@type'] for x in graph]
    assert kinds.count('dcat:Distribution') == 3 and len(ids) == len(graph)
    for x in graph:
        for to in [*x.get('dcat:downloadURL', []), *x.get('dcat:accessURL', [])]:
            assert (small_edition / to['@id'].partition('#')[0]).is_file(), to
        for to in [*x.get('dcat:distribution', []), *x.get('dcterms:publisher', [])]:
            assert to['@id'] in ids
    assert not any('dcterms:license' in x for x in graph)


OPEN = {
    'unit': (CSVW_FIL, 'andel från 0 till 1', 'procent'),
    'key more': (CSVW_FIL, r'"dialect"', '"kvinnor": 3, "dialect"'),
    'key more in a column': (CSVW_FIL, r'"name": "matt"', '"n": 3, "name": "matt"'),
    'table gone': (CSVW_FIL, r'"url": "resultat.csv"', '"url": "resultat2.csv"'),
    'source': (CSVW_FIL, r'"dc:source": "', '"dc:source": "Tre '),
    'words of a code': (CSVW_FIL, r'bryggan = Bryggan', 'bryggan = Tre kvinnor'),
    'address': (DCAT_FIL, r'"tabeller\.xlsx"', '"https://a.se/3"'),
    'publisher': (DCAT_FIL, r'"foaf:name": "', '"foaf:name": "Tre '),
    'node more': (DCAT_FIL, r'"@graph": \[', '"@graph": [{"@id": "#n", "n": 3},'),
    'key more in a record': (DCAT_FIL, r'"dcterms:format"', '"n": 3, "dcterms:format"'),
    'nothing to read': (CSVW_FIL, r'\A', '{'),
}


@pytest.mark.parametrize('name', OPEN)
def test_a_changed_description_is_found(small_edition, tmp_path, name):
    fil, old, new = OPEN[name]
    for part in ('utgava.json', DCAT_FIL):
        shutil.copy(small_edition / part, tmp_path / part)
    shutil.copytree(small_edition / 'tabeller', tmp_path / 'tabeller')
    assert audit_open_files(tmp_path) == []
    text = (tmp_path / fil).read_text(encoding='utf-8')
    changed = re.sub(old, new, text, count=1)
    assert changed != text
    (tmp_path / fil).write_text(changed, encoding='utf-8')
    assert [p.fil for p in audit_open_files(tmp_path)] == [fil]


def test_a_licence_is_the_forbunds_own(small_edition, tmp_path):
    "Named in `forbund.toml` it stands in both files, and the audit asks for it"
    u = read_edition(small_edition)
    free = 'https://creativecommons.org/publicdomain/zero/1.0/'
    u = replace(u, forbund=u.forbund.model_copy(update={'licens': free}))
    write_edition(u, tmp_path)
    (tmp_path / CSVW_FIL).write_bytes(as_open_json(table_metadata(u)))
    (tmp_path / DCAT_FIL).write_bytes(as_open_json(catalogue_record(u)))
    assert audit_open_files(tmp_path) == []
    for name in (CSVW_FIL, DCAT_FIL):
        text = (tmp_path / name).read_text(encoding='utf-8')
        assert free in text
        (tmp_path / name).write_text(text.replace('zero', 'noll'), encoding='utf-8')
    assert len(audit_open_files(tmp_path)) == 2


@pytest.mark.parametrize('name', ['tabeller/resultat.csv-metadata.json', 'tre.pptx', 'a.jsonld'])
def test_only_the_files_of_a_meeting_may_lie_there(name):
    assert not allowed_name(name)
    assert allowed_name(CSVW_FIL) and allowed_name(DCAT_FIL) and allowed_name('bildspel.pptx')


def test_a_table_opens_in_a_spreadsheet_as_it_is(small_edition):
    "The mark of UTF-8 first, then the headings: no remark, no empty line, as many cells everywhere"
    for path in small_edition.glob('tabeller/*.csv'):
        data = path.read_bytes()
        assert data.startswith(b'\xef\xbb\xbf') and data.count(b'\xef\xbb\xbf') == 1, path.name
        head, *rows = csv.reader(data.decode('utf-8-sig').splitlines(), delimiter=';')
        assert all(re.fullmatch(r'[a-z][a-z0-9_]*', h) for h in head), path.name
        assert {len(r) for r in rows} <= {len(head)}, path.name


UTAN_PLATS = Cell('+39 (−20 till 200)')
EFFEKT = Cell('+39 (−20 till 200)', 39.0, 'scenarier_skillnad', {'kommun': 'an'}, 'skillnad')


def with_scenarios(folder, change=lambda t: t, effekt=UTAN_PLATS, fynd=()):
    "An edition with a report of the scenarios, and its slides, made of nothing but words"
    cover = Omslag(
        *(
            'Genomlysning av Ån',
            'Möte',
            'Förbundet Ån',
            '2024-09-18',
            'Underlag.',
            'Påhittat. Allt.',
        ),
        fakta={'Möte': 'Styrelsen'},
    )
    parts = [('Beslutas', ['Inget.']), ('Osäkert', ['Allt.']), ('Ändrats', ['A.', 'B.'])]
    first = [Fynd('Fler slutar än börjar', 'Det var 12 och 10.', 'Räknat', 'År 2024'), *fynd]
    front = read_report(as_notebook(cover, Forstasida('Ett svar.', first, '', parts)))
    rows = [['Fyra team', effekt, Cell('0 (−12 till 45)')]]
    heads = ['Scenario', 'Ån', 'Hela förbundet']
    own = Tabell('Väntan', 'Beräkning', 'tab-vinst-vantan', heads, rows, noter='Osäkert.')
    other = Forstasida('Fyra team ger längre väntan i Ån (+39 dagar).', [], '**Osäkert.**', parts)
    nylage = as_notebook(cover, other, own)
    page = write_index(
        {
            **dict(forbund='Förbundet Ån', titel='Genomlysning av Ån', datum='2024-09-18'),
            **dict(varning='Påhittat. Allt.', forsta=front.blocks),
            'rapporter': [{'id': 'nylage', 'titel': 'Nyläge', 'slag': 'nylage', 'filer': {}}],
        }
    )
    (folder / 'notebooks').mkdir(parents=True)
    (folder / 'index.html').write_text(page, encoding='utf-8')
    about = {'mote': {'datum': '2024-09-18'}, 'definitioner': {}}
    (folder / 'utgava.json').write_text(json.dumps(about), encoding='utf-8')
    text = json.dumps(nylage, ensure_ascii=False)
    (folder / 'notebooks' / 'nylage.ipynb').write_text(text, encoding='utf-8')
    spel = slide_show(front, None, read_report(change(nylage)), {})
    (folder / 'bildspel.pptx').write_bytes(write_pptx(spel))
    (folder / 'pa-en-sida.pdf').write_bytes(write_handout(front))
    return spel


def test_the_scenarios_stand_municipality_by_municipality(tmp_path):
    spel = with_scenarios(tmp_path / 'u')
    s = next(s for s in spel.sidor if s.titel == NYLAGESBILD)
    assert [[c if isinstance(c, str) else c['t'] for c in r] for r in s.visar['rader']] == [
        ['Ån', '+39 (−20 till 200)'],
        ['Hela förbundet', '0 (−12 till 45)'],
    ]
    assert any('(+39 dagar)' in t for t in s.noter)
    assert audit_meeting(tmp_path / 'u') == []
    shown = Presentation(tmp_path / 'u' / 'bildspel.pptx')
    table = next(x.table for p in shown.slides for x in p.shapes if x.has_table)
    assert table.first_row and table.first_col and table.cell(1, 1).text == '+39 (−20 till 200)'


def test_a_finding_of_the_scenarios_has_their_table_and_no_second_slide_has_it(tmp_path):
    own = Fynd('Fyra team ger längre väntan', f'Längre i Ån ({EFFEKT.md}).', 'Slump', 'Tre år')
    spel = with_scenarios(tmp_path / 'u', effekt=EFFEKT, fynd=[own])
    (s,) = [s for s in spel.sidor if s.visar]
    assert s.titel == own.rubrik and s.visar['rader'][0][0] == 'Ån'
    assert NYLAGESBILD not in [x.titel for x in spel.sidor]
    assert any('(+39 dagar)' in t for t in s.noter) and any('Längre i Ån' in t for t in s.noter)
    assert word_count(s.titel, *(r.text for r in s.rader)) <= BILDORD
    assert audit_meeting(tmp_path / 'u') == []
    in_show('ppt/slides/slide4.xml', r'−20 till', '−2 till')(tmp_path / 'u')
    assert audit_meeting(tmp_path / 'u')


@pytest.mark.parametrize(
    ('old', 'new'),
    [('+39 (−20', '+3 (−20'), ('+39 dagar', '+3 dagar'), ('Osäkert.', 'Säkert.')],
    ids=['cell', 'sentence', 'note'],
)
def test_another_effect_than_the_reports_is_found(tmp_path, old, new):
    def change(nb):
        text = json.dumps(nb, ensure_ascii=False)
        assert old in text
        return json.loads(text.replace(old, new))

    with_scenarios(tmp_path / 'u', change)
    found = audit_meeting(tmp_path / 'u')
    assert {p.fil for p in found} == {'bildspel.pptx'} and all('Bild ' in p.vad for p in found)


def test_the_slide_of_the_scenarios_may_not_be_left_out(tmp_path):
    with_scenarios(tmp_path / 'u')
    in_show(LIST, r'<p:sldId id="259"[^>]*/>', '')(tmp_path / 'u')
    assert audit_meeting(tmp_path / 'u')


def test_slides_that_never_had_the_scenarios_lack_them(tmp_path, monkeypatch):
    monkeypatch.setattr(bildspel, '_effect_slides', lambda u: [])
    with_scenarios(tmp_path / 'u')
    assert [p.vad for p in audit_meeting(tmp_path / 'u')] == [
        'En bild som alla möten får saknas, eller står på en annan plats.'
    ]


def test_a_finding_has_the_picture_that_shows_it_and_not_one_that_has_its_number_too():
    def place(heading, *tables):
        rows = [['A', *({'t': '1', 'tabell': t} for t in tables)]]
        return bildspel.Bildplats(heading, {'data': {'rader': rows}})

    finding = bildspel.Forstadel('Var fjärde', [], ['resultat'])
    way, own = (
        place('Så går det till', 'ko', 'resultat', 'vantetid'),
        place('Var fjärde', 'resultat'),
    )
    assert bildspel.picture_of(finding, [way, own]) is own
    assert bildspel.picture_of(finding, [way]) is None
