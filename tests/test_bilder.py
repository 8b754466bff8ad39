"The consultant's own pictures: refused with a sentence, stripped, and shown with their words"

import base64
import io
import json
import re
import shutil
import zipfile

import pikepdf
import pytest
from conftest import SMALL
from docx import Document
from finsam_genomlysning.granska.dokument import audit_documents
from finsam_genomlysning.granska.former import audit_forms
from finsam_genomlysning.gora.kontroll import render_faults
from finsam_genomlysning.lasa.bilder import read_picture
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.errors import UnderlagError
from PIL import Image

PLACE = 'texter/2024-09-18/forbund'
DRAWN = 'Ritning: kontoret är en fyrkant, mötesrummet en rund sal bredvid'
PHOTO = 'Entrén, ljusare åt ena sidan'


@pytest.fixture
def package(tmp_path):
    shutil.copytree(SMALL, tmp_path / 'p', ignore=shutil.ignore_patterns('.*', '*.csv'))
    return tmp_path / 'p'


def told(package, text, name='mal.md'):
    "What the reader says of a text: (row, what, what to do)"
    (package / PLACE / name).write_text(text, encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        read_underlag(package)
    return [(p.rad, p.vad, p.gor) for p in e.value.problem if p.fil.startswith('texter/')]


REFUSED = [
    ('![](plan.png)', 'saknar beskrivning', 'läses upp'),
    ('![plan](plan.png)', 'saknar beskrivning', '![Beskrivning](plan.png)'),
    ('Se ![En ritning](plan.png) här.', 'står inte för sig', 'tom rad före och efter'),
    ('Rad.\n![En ritning](plan.png)', 'står inte för sig', 'tom rad före och efter'),
    ('- Punkt\n\n  ![En ritning](plan.png)', 'står inte för sig', 'tom rad före och efter'),
    ('![En ritning](plann.png)', 'finns inte bredvid texten', 'Menas plan.png?'),
    ('![En ritning](Plan.PNG)', 'finns inte bredvid texten', 'Menas plan.png?'),
    ('![En ritning](https://exempel.invalid/plan.png)', 'inte från nätet', 'bredvid texten'),
    ('![En ritning](data:image/png;base64,AA==)', 'inte från nätet', 'bredvid texten'),
    ('![En ritning](../forbund/plan.png)', 'ligger inte bredvid texten', 'samma mapp'),
    ('![En ritning](plan.svg)', 'varken PNG eller JPEG', 'Spara bilden som PNG'),
    ('![En ritning](min plan.png)', 'filnamn går inte att läsa', 'utan mellanslag'),
    ('![En ritning](plan.png "Bildtext")', 'citattecken', 'eget stycke'),
]


@pytest.mark.parametrize(('text', 'vad', 'gor'), REFUSED)
def test_a_picture_that_no_report_can_show_is_told_of_with_its_row(package, text, vad, gor):
    found = told(package, f'Först.\n\n{text}\n')
    rad = 3 + text.count('\n')
    assert [(r, vad in v, gor in g) for r, v, g in found] == [(rad, True, True)], found


def test_a_picture_that_no_text_shows_is_told_of(package):
    Image.new('RGB', (9, 9)).save(package / PLACE / 'glomd.png')
    found = told(package, 'Text.')
    assert found == [
        (
            0,
            'Ingen text visar bilden.',
            'Skriv ![Beskrivning](glomd.png) i en text i samma mapp, eller ta bort bilden.',
        )
    ]


def test_a_picture_of_another_kind_is_told_how_to_be_saved(package):
    (package / PLACE / 'logga.svg').write_text('<svg/>', encoding='utf-8')
    assert 'PNG eller JPEG' in told(package, 'Text.')[0][2]


def test_a_picture_by_reference_is_refused_before_anything_is_built(package):
    text = '![Ritning][r]\n\n[r]: plan.png\n'
    (package / PLACE / 'mal.md').write_text(text, encoding='utf-8')
    found = list(render_faults(read_underlag(package)))
    assert len(found) == 1 and 'ensam på en rad' in found[0].vad


def moving(path):
    frames = [Image.new('RGB', (9, 9), c) for c in ('red', 'blue')]
    frames[0].save(path, save_all=True, append_images=frames[1:])


BROKEN = {
    'ingen PNG': lambda p: p.write_bytes(b'GIF89a' + b'0' * 90),
    'större än 10 MB': lambda p: p.write_bytes(b'0' * 10_000_001),
    'rör sig': moving,
    '8 bitar': lambda p: Image.new('I;16', (9, 9)).save(p),
    'till slutet': lambda p: p.write_bytes((SMALL / PLACE / 'plan.png').read_bytes()[:150]),
    '50 miljoner': lambda p: Image.new('1', (8000, 7000)).save(p),
}


@pytest.mark.parametrize('vad', BROKEN)
def test_a_file_that_cannot_be_shown_says_why(package, vad):
    BROKEN[vad](package / PLACE / 'x.png')
    found = told(package, '![En ritning](x.png)\n')
    assert [vad in v and bool(g) for _, v, g in found] == [True], found


def test_a_photograph_is_made_smaller_and_knows_no_place(tmp_path):
    exif = Image.Exif()
    exif[0x8825] = {1: 'N', 2: (57.0, 46.0, 0.0)}  # where it was taken
    path = tmp_path / 'a.jpg'
    Image.effect_noise((4000, 3000), 60).convert('RGB').save(path, exif=exif)
    raw = base64.b64decode(read_picture(path, 'a.jpg').partition(',')[2])
    seen = Image.open(io.BytesIO(raw))
    assert seen.size == (1600, 1200) and not seen.getexif() and len(raw) < path.stat().st_size


# ---- in an edition ----


def test_pictures_are_on_the_page_in_print_and_in_word_with_their_words(small_edition):
    page = (small_edition / 'forbund.html').read_text(encoding='utf-8')
    shown = re.findall(r'<div class="bildram infogad"><img alt="([^"]*)" src="data:(\S+);', page)
    assert shown == [(DRAWN, 'image/png'), (PHOTO, 'image/jpeg')]
    shapes = Document(small_edition / 'forbund.docx').inline_shapes
    words = {s._inline.docPr.get('descr'): s for s in shapes}
    assert {DRAWN, PHOTO} <= set(words)
    assert words[PHOTO].height > words[PHOTO].width  # turned as it was meant to be seen
    with pikepdf.open(small_edition / 'forbund.pdf') as pdf:
        told = {str(o.get('/Alt')) for o in pdf.objects if isinstance(o, pikepdf.Dictionary)}
    assert {DRAWN, PHOTO} <= told


def test_nothing_of_a_picture_is_published_but_what_is_seen(small_edition):
    for path in small_edition.rglob('*'):
        if path.is_file():
            data = path.read_bytes()
            assert b'Fotograf' not in data and b'plan.png' not in data, path
    with zipfile.ZipFile(small_edition / 'forbund.docx') as z:
        media = [z.read(n) for n in z.namelist() if 'media' in n]
    assert not any(b'Fotograf' in m or b'Exif' in m for m in media)


@pytest.fixture
def copy(small_edition, tmp_path):
    return shutil.copytree(small_edition, tmp_path / 'utgava')


def other_picture(data):
    "Another picture of the same kind, as base64"
    out = io.BytesIO()
    Image.new('RGB', (5, 5), 'red').save(out, 'PNG')
    return base64.b64encode(data or out.getvalue()).decode()


def swap(path, new):
    "Each of the consultant's PNG in a file becomes another"
    text = path.read_text(encoding='utf-8')
    old = re.search(r'data:image/png;base64,([A-Za-z0-9+/]+=*)', text)[1]
    path.write_text(text.replace(old, new), encoding='utf-8')
    return base64.b64decode(old)


def findings(folder):
    return {(p.fil, p.vad) for p in audit_forms(folder, manifest=False)}


def test_a_swapped_picture_is_found_wherever_it_is_swapped(copy):
    new = other_picture(b'')
    swap(copy / 'forbund.html', new)
    what = 'Konsultens bilder är andra än i anteckningsboken.'
    assert ('forbund.html', what) in findings(copy)
    swap(copy / 'notebooks' / 'forbund.ipynb', new)
    what = 'En bild i anteckningsboken står inte i utgåvans texter.'
    assert ('forbund.html', what) in findings(copy)
    swap(copy / 'utgava.json', new)
    what = 'En bild är en annan än i anteckningsboken.'
    assert ('forbund.docx', what) in findings(copy)  # and all of them by the manifest
    told = {p.fil for p in audit_forms(copy) if 'manifestet' in p.vad}
    assert {'forbund.html', 'utgava.json', 'notebooks/forbund.ipynb'} <= told


def test_something_behind_the_end_of_a_picture_is_found(copy):
    old = swap(copy / 'forbund.html', 'x')
    for name in ('forbund.html', 'notebooks/forbund.ipynb', 'utgava.json'):
        path = copy / name
        text = path.read_text(encoding='utf-8')
        plain = base64.b64encode(old).decode()
        hidden = base64.b64encode(old + b'rader om personer').decode()
        text = text.replace('png;base64,x"', f'png;base64,{hidden}"').replace(plain, hidden)
        path.write_text(text, encoding='utf-8')
    assert ('forbund.html', 'En bild har något som inte syns i den.') in findings(copy)


def test_an_added_picture_is_found(copy):
    path = copy / 'forbund.html'
    text = path.read_text(encoding='utf-8')
    src = f'data:image/png;base64,{other_picture(b"")}'
    image = f'<img alt="Extra" src="{src}" width="5" height="5">'
    more = f'<div class="bildram infogad">{image}</div></main>'
    path.write_text(text.replace('</main>', more, 1), encoding='utf-8')
    assert ('forbund.html', 'En bild är inte en teckning i sidan.') in findings(copy)
    assert any('beskrivningar' in p.vad for p in audit_documents(copy))


def test_the_words_of_a_picture_are_checked_as_any_text(package):
    (package / PLACE / 'mal.md').write_text(
        '![Tre kvinnor vid en maskin, ring 070-123 45 67](plan.png)\n', encoding='utf-8'
    )
    from finsam_genomlysning.gora.kontroll import text_faults

    found = list(text_faults(read_underlag(package)))
    assert found and all(p.rad == 1 for p in found)


def test_edition_keeps_the_pictures_in_its_own_texts(small_edition):
    about = json.loads((small_edition / 'utgava.json').read_text(encoding='utf-8'))
    assert about['texter']['forbund/lasanvisning'].count('](data:image/') == 2
