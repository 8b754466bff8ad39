"The PDF and the Word file against the page: equal as they are written, and every change is found"

import copy, io, sys, zipfile
from pathlib import Path
import pikepdf
import pytest
from finsam_genomlysning.granska.dokument import (
    audit_documents,
    compare_documents,
    find_canaries,
    read_page,
    read_pdf,
    read_word,
)
from finsam_genomlysning.skriva.block import Ord
from finsam_genomlysning.skriva.modell import read_report
from finsam_genomlysning.gora.publicera import look_over
from finsam_genomlysning.skriva.writer_docx import write_docx
from finsam_genomlysning.skriva.writer_html import write_html
from finsam_genomlysning.skriva.writer_pdf import write_pdf

sys.path.insert(0, str(Path(__file__).parent / 'kontroll'))
import exempel  # noqa: E402


@pytest.fixture(scope='module')
def rapport():
    return read_report(exempel.notebook())


@pytest.fixture(scope='module')
def sida(rapport):
    return read_page(write_html(rapport))


@pytest.fixture(scope='module')
def word(rapport):
    return write_docx(rapport)


@pytest.fixture(scope='module')
def pdf(rapport):
    return write_pdf(rapport)


def in_zip(data, change, add=None):
    "A Word file with some parts changed"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as zi, zipfile.ZipFile(out, 'w') as zo:
        for n in zi.namelist():
            zo.writestr(n, change.get(n, lambda b: b)(zi.read(n)))
        for n, b in (add or {}).items():
            zo.writestr(n, b)
    return out.getvalue()


def in_pdf(data, change):
    "A PDF with something changed"
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as p:
        change(p)
        p.save(out)
    return out.getvalue()


def replaced(old, new, count=1):
    def f(b):
        assert old.encode() in b, old
        return b.replace(old.encode(), new.encode(), count)

    return f


def test_everything_a_report_can_hold_is_the_same_in_all_formats(sida, word, pdf):
    assert (
        compare_documents(sida, read_word(word), 'a.docx') == []
        and compare_documents(sida, read_pdf(pdf), 'a.pdf') == []
    )
    kinds = {s.slag for s in sida.stycken}
    assert (
        kinds == {'text', 'tabell', 'bild'}
        and sida.bilaga
        and sida.noter
        and len(sida.words()) > 250
    )  # there was something to compare


def test_a_report_about_something_else_is_told(sida, rapport):
    other = copy.deepcopy(rapport)
    m = next(m for m in other.objects.values() if m['typ'] == 'tabell' and len(m['rader']) > 1)
    nr = [x for x in other.objects.values() if x['typ'] == 'tabell'].index(m) + 1
    m['rader'][1][1]['t'] = '77'
    for read, data, name in (
        (read_pdf, write_pdf(other), 'a.pdf'),
        (read_word, write_docx(other), 'a.docx'),
    ):
        found = compare_documents(sida, read(data), name)
        assert (
            [(p.fil, p.rad) for p in found] == [(name, 2)]
            and f'Tabell {nr} ' in found[0].vad
            and found[0].kolumn == m['kolumner'][1]
            and '77' not in str(found[0])
        )


def test_a_masked_cell_that_is_filled_in_is_told(sida, rapport):
    other = copy.deepcopy(rapport)
    cell = next(
        c
        for m in other.objects.values()
        if m['typ'] == 'tabell'
        for r in m['rader']
        for c in r[1:]
        if c['t'] == '..'
    )
    cell['t'] = '3'
    for read, data in ((read_pdf, write_pdf(other)), (read_word, write_docx(other))):
        assert len(compare_documents(sida, read(data), 'x')) == 1


def test_a_number_in_the_text_a_note_a_key_figure_and_a_picture(sida, rapport):
    def text(r):
        words = (b for b in r.blocks if b.typ == 'stycke' and b.inne[0].typ == 'ord')
        next(words).inne.append(Ord(' Det är 17.'))

    def note(r):
        r.notes[0][0].inne.append(Ord(' Se 17.'))

    def figure(r):
        next(m for m in r.objects.values() if m['typ'] == 'nyckeltal')['poster'][0][1]['t'] = '17'

    def picture(r):
        next(m for m in r.objects.values() if m['typ'] == 'figur')['alt'] = 'Det är 17.'

    def behind(r):
        next(m for m in r.objects.values() if m['typ'] == 'figur' and not m['samma_som'])['data'][
            'rader'
        ][0][1]['t'] = '17'

    for change in (text, note, figure, picture, behind):
        other = copy.deepcopy(rapport)
        change(other)
        for read, data, name in (
            (read_pdf, write_pdf(other), 'pdf'),
            (read_word, write_docx(other), 'docx'),
        ):
            assert compare_documents(sida, read(data), name), (change, name)


WORD = {
    'hidden text': (
        {
            'word/document.xml': replaced(
                '</w:body>',
                '<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>17 personer</w:t></w:r></w:p></w:body>',
            )
        },
        {},
    ),
    'deleted text': (
        {
            'word/document.xml': replaced(
                '</w:body>',
                '<w:p><w:del w:id="900"><w:r><w:delText>17</w:delText></w:r></w:del></w:p>'
                '</w:body>',
            )
        },
        {},
    ),
    'a comment': (
        {},
        {
            'word/comments.xml': b'<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
        },
    ),
    'a workbook inside': ({}, {'word/embeddings/a.xlsx': b'x'}),
    'own properties': ({}, {'docProps/custom.xml': b'<Properties/>'}),
    'a property': ({'docProps/core.xml': replaced('<dc:title>', '<dc:title>1 234 567 ')}, {}),
}


@pytest.mark.parametrize('what', WORD)
def test_what_a_word_file_can_hide(sida, word, what):
    change, add = WORD[what]
    assert compare_documents(sida, read_word(in_zip(word, change, add)), 'a.docx')


def _outside(p):
    "Text that the structure tree does not know"
    page = p.pages[1]
    font = next(iter(page.resources.Font.keys())).encode()
    page.contents_add(
        pikepdf.Stream(p, b'BT ' + font + b' 9 Tf 10 10 Td <' + b'0001' * 2 + b'> Tj ET')
    )
    cmap = page.resources.Font[font.decode()].ToUnicode
    cmap.write(cmap.read_bytes() + b'\n1 beginbfchar\n<0001> <0037>\nendbfchar\n')


PDF = {
    'an attached file': lambda p: p.attachments.update(
        {'rader.csv': pikepdf.AttachedFileSpec(p, b'1;2')}
    ),
    'a property': lambda p: p.docinfo.update({'/Keywords': '98765'}),
    'a remark': lambda p: p.pages[0].obj.update(
        {
            '/Annots': pikepdf.Array(
                [
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Annot,
                        Subtype=pikepdf.Name.Text,
                        Contents=pikepdf.String('98765'),
                    )
                ]
            )
        }
    ),
    'text outside the structure': _outside,
    'no structure': lambda p: p.Root.__delitem__('/StructTreeRoot'),
}


@pytest.mark.parametrize('what', PDF)
def test_what_a_pdf_can_hide(sida, pdf, what):
    def change(p):
        PDF[what](p)

    assert compare_documents(sida, read_pdf(in_pdf(pdf, change)), 'a.pdf')


def test_canaries_in_names_text_and_archives(tmp_path):
    (tmp_path / 'P0417.txt').write_text('x', encoding='utf-8')
    (tmp_path / 'b.html').write_text('<p>p0417</p>', encoding='utf-8')
    assert [p.fil for p in find_canaries(tmp_path, ['P0417'])] == [
        'P0417.txt',
        'b.html',
    ] and find_canaries(tmp_path, ['Q1']) == []


def test_canaries_are_found_in_the_letters_of_a_pdf(tmp_path, pdf, sida):
    (tmp_path / 'a.pdf').write_bytes(pdf)
    word = next(w for w, _ in sida.words() if w.isalpha() and len(w) > 8 and w.encode() not in pdf)
    assert [(p.fil, p.blad) for p in find_canaries(tmp_path, [word])] == [('a.pdf', 'text')]


def test_the_contents_may_name_pages(sida, pdf):
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Contents=pikepdf.String('”Resultat” sida 98765'),
    )

    def change(p):
        p.pages[0].obj['/Annots'] = pikepdf.Array([link])

    assert compare_documents(sida, read_pdf(in_pdf(pdf, change)), 'a.pdf') == []


def test_a_whole_edition_agrees(edition):
    assert audit_documents(edition) == []


def test_a_small_edition_agrees(small_edition):
    assert audit_documents(small_edition) == []


def test_an_edition_whose_word_file_says_more_is_stopped(small_edition, tmp_path):
    from shutil import copytree
    from finsam_genomlysning.ord.errors import DisclosureError

    folder = copytree(small_edition, tmp_path / 'kopia')
    path = folder / 'forbund.docx'
    path.write_bytes(
        in_zip(
            path.read_bytes(),
            {
                'word/document.xml': replaced(
                    '<w:t xml:space="preserve">..</w:t>', '<w:t xml:space="preserve">12</w:t>'
                )
            },
        )
    )
    with pytest.raises(DisclosureError, match='forbund.docx'):
        look_over(folder, 5)
