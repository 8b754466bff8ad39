"One report, three formats: the same content and bytes, and structure that can be read aloud"

import io, os, re, subprocess, sys, zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
import pikepdf
import pytest
from docx import Document
from docx.oxml.ns import qn
from pikepdf import Name
from finsam_genomlysning.ord.errors import ReportError
from finsam_genomlysning.skriva.modell import (
    as_notebook,
    figure_tables,
    needs_contents,
    read_report,
)
from finsam_genomlysning.visa.visning import Cell, Omslag, Tabell, Text
from finsam_genomlysning.skriva.writer_docx import write_docx
from finsam_genomlysning.skriva.writer_html import write_html, write_index
from finsam_genomlysning.skriva.writer_pdf import (
    all_nodes,
    children,
    table_attributes,
    template_data,
    write_pdf,
)

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / 'kontroll'))
import exempel  # noqa: E402

NU = Path(os.environ.get('NU', HERE.parent / '.venv' / 'nu'))
VERAPDF = Path(os.environ.get('VERAPDF', HERE.parent / '.venv' / 'verapdf'))


@pytest.fixture(scope='module')
def rapport():
    return read_report(exempel.notebook())


@pytest.fixture(scope='module')
def html(rapport):
    return write_html(rapport)


@pytest.fixture(scope='module')
def pdf(rapport):
    return write_pdf(rapport)


@pytest.fixture(scope='module')
def docx(rapport):
    return write_docx(rapport)


class Outline(HTMLParser):
    "Headings, tables and alternative texts of a page"

    def __init__(self, page):
        super().__init__()
        self.headings, self.tables, self.alts, self.into = [], [], [], None
        self.feed(page)
        self.tables = [t for t in self.tables if t[0] != 'utan id']

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if re.fullmatch('h[2-5]', tag) and not a.get('id', '').startswith('sida-'):
            self.headings.append([int(tag[1]), ''])
            self.into = self.headings[-1]
        if tag == 'table':
            self.tables.append([] if 'id' in a else ['utan id'])
        if tag == 'tr' and self.tables:
            self.tables[-1].append([])
        if tag in ('th', 'td') and self.tables:
            self.tables[-1][-1].append(['', a])
            self.into = self.tables[-1][-1][-1]
        if tag == 'img':
            self.alts.append(a['alt'])
        if a.get('class') == 'dold':
            self.into = None

    def handle_endtag(self, tag):
        if tag in ('th', 'td') or re.fullmatch('h[1-5]', tag):
            self.into = None

    def handle_data(self, data):
        if self.into:
            self.into[0 if isinstance(self.into[0], str) else 1] += data


def tables_of(rapport):
    "Tables in the order of the web page: the report's own, each figure's under it"
    out = []
    for m in rapport.objects.values():
        if m['typ'] == 'tabell':
            out.append(m)
        elif m['typ'] == 'figur' and not m['samma_som']:
            out.append(m['data'])
    return out


def test_same_bytes_again(rapport, html, pdf, docx):
    again = read_report(exempel.notebook())
    assert (write_html(again), write_pdf(again), write_docx(again)) == (html, pdf, docx)


def test_same_bytes_in_another_process(pdf, docx, html):
    code = (
        'import sys, hashlib; sys.path.insert(0, sys.argv[1]); import exempel;'
        'from finsam_genomlysning.skriva.modell import read_report;'
        'from finsam_genomlysning.skriva.writer_html import write_html;'
        'from finsam_genomlysning.skriva.writer_pdf import write_pdf;'
        'from finsam_genomlysning.skriva.writer_docx import write_docx;'
        'r = read_report(exempel.notebook());'
        'files = write_html(r).encode(), write_pdf(r), write_docx(r);'
        'print(*(hashlib.sha256(x).hexdigest() for x in files))'
    )
    import hashlib

    env = os.environ | {'PYTHONHASHSEED': '7', 'TZ': 'Pacific/Auckland', 'LC_ALL': 'C'}
    out = subprocess.run(
        [sys.executable, '-c', code, str(HERE / 'kontroll')],
        capture_output=True,
        text=True,
        env=env,
        check=True,
    ).stdout.split()
    assert out == [hashlib.sha256(x).hexdigest() for x in (html.encode(), pdf, docx)]


def test_writers_leave_the_model_untouched(rapport):
    import copy

    before = copy.deepcopy(rapport)
    for w in (write_html, write_pdf, write_docx):
        w(rapport)
    assert rapport == before


CONSULT = ['Samlad bedömning', 'Att tänka på']  # headings inside the consultant's box


def test_headings_are_the_same_on_the_page_and_in_word(rapport, html, docx):
    page = Outline(html).headings
    own = [[n, t] for n, _, t in rapport.headings]
    assert [h for h in page if h[1] not in CONSULT] == own
    assert len(page) == len(own) + len(CONSULT)
    word = [
        (p.style.name, p.text)
        for p in Document(io.BytesIO(docx)).paragraphs
        if p.style.name.startswith(('Heading', 'Konsultens rubrik'))
    ]
    assert [t for _, t in word] == [*(t for _, t in page), 'Alla tal']
    levels = [int(s[-1]) for s, t in word[:-1] if t not in CONSULT]
    assert levels == [n - 1 for n, _, _ in rapport.headings]


def test_headings_are_the_same_in_pdf(rapport, pdf):
    def flat(items):
        return [t for i in items for t in (i.title, *flat(i.children))]

    with pikepdf.open(io.BytesIO(pdf)) as p:
        with p.open_outline() as o:
            outline = flat(o.root)
        kinds = [str(n.get('/S', '')) for n in all_nodes(p.Root.StructTreeRoot)]
    want = [t for _, _, t in rapport.headings]
    assert outline[-len(want) - 1 :] == [*want, 'Alla tal']
    levels = [int(k[2]) for k in kinds if re.fullmatch('/H[1-6]', k)]
    assert len(levels) >= len(want) + len(CONSULT)


def test_tables_are_the_same_in_all_formats(rapport, html, docx):
    want = tables_of(rapport)
    page = Outline(html).tables
    assert len(page) == len(want)
    for rows, m in zip(page, want, strict=True):
        body = rows[2 if m['grupper'] else 1 :]
        assert [[c[0] for c in r] for r in body] == [
            [r[0], *(c['t'] for c in r[1:])] for r in m['rader']
        ]
        assert all(r[0][1]['scope'] == 'row' for r in body) and all(
            'scope' in c[1] for c in rows[0]
        )
    own = [m for m in want if 'figur' not in m and m['id'] in rapport.objects]
    word = [
        t
        for t in Document(io.BytesIO(docx)).tables
        if t.rows[0].cells[0].text not in ('Nyckeltal', 'Fråga')
    ]
    order = [*own, *figure_tables(rapport)]
    assert len(word) == len(order)
    for t, m in zip(word, order, strict=True):
        assert [[c.text for c in r.cells] for r in t.rows][1:] == [
            [r[0], *(c['t'] for c in r[1:])] for r in m['rader']
        ]
        assert t.rows[0]._tr.trPr.find(qn('w:tblHeader')) is not None
        assert (
            sum(
                r._tr.trPr is not None and r._tr.trPr.find(qn('w:tblHeader')) is not None
                for r in t.rows
            )
            == 1
        )


def test_alternative_texts_are_the_same_in_all_formats(rapport, html, pdf, docx):
    want = [m['alt'] for m in rapport.objects.values() if m['typ'] == 'figur']
    assert Outline(html).alts == want
    word = Document(io.BytesIO(docx)).element.body
    assert [e.get('descr') for e in word.iter(qn('wp:docPr'))] == want
    with pikepdf.open(io.BytesIO(pdf)) as p:
        assert [
            str(n.Alt) for n in all_nodes(p.Root.StructTreeRoot) if n.get('/S') == Name.Figure
        ] == want


def test_word_pictures_fit_the_page_and_keep_their_shape(rapport, docx):
    figures = [m for m in rapport.objects.values() if m['typ'] == 'figur']
    extents = [
        (int(e.get('cx')), int(e.get('cy')))
        for e in Document(io.BytesIO(docx)).element.body.iter(qn('wp:extent'))
    ]
    assert len(extents) == len(figures) > 0
    for (cx, cy), m in zip(extents, figures, strict=True):
        assert cx == round(min(160, m['bredd_mm']) * 36_000)
        assert cy / cx == pytest.approx(m['hojd_mm'] / m['bredd_mm'], rel=1e-4)


def test_a_picture_wider_than_the_text_is_made_smaller(rapport):
    figure = next(m for m in rapport.objects.values() if m['typ'] == 'figur')
    wide = dict(figure, bredd_mm=400, hojd_mm=100)
    objects = {**rapport.objects, figure['id']: wide}
    body = Document(io.BytesIO(write_docx(replace(rapport, objects=objects)))).element.body
    sizes = [(int(e.get('cx')), int(e.get('cy'))) for e in body.iter(qn('wp:extent'))]
    assert (160 * 36_000, 40 * 36_000) in sizes
    inner = [(int(e.get('cx')), int(e.get('cy'))) for e in body.iter(qn('a:ext'))]
    assert (160 * 36_000, 40 * 36_000) in inner


def expected_headings(m):
    "Per column: positions of the header cells above it, as (row, nth cell of that row)"
    if not m['grupper']:
        return {j: [(0, j)] for j in range(1, len(m['kolumner']))}
    out, j = {}, 1
    for g, (_, n) in enumerate(m['grupper'], 1):
        for _ in range(n):
            out[j] = [(0, g), (1, j - 1)]
            j += 1
    return out


def test_every_pdf_cell_answers_to_its_row_and_columns(rapport, pdf):
    "veraPDF accepts wrong headings; this does not"
    want = [*(m for m in rapport.objects.values() if m['typ'] == 'tabell'), *figure_tables(rapport)]
    with pikepdf.open(io.BytesIO(pdf)) as p:
        found = [n for n in all_nodes(p.Root.StructTreeRoot) if n.get('/S') == Name.Table]
        found = [
            t for t in found if len([r for g in children(t) for r in children(g)]) != 2
        ]  # the table in the consultant's text
        assert len(found) == len(want)
        for t, m in zip(found, want, strict=True):
            head = [children(r) for g in children(t) if g.S == Name.THead for r in children(g)]
            body = [children(r) for g in children(t) if g.S == Name.TBody for r in children(g)]
            assert len(body) == len(m['rader'])
            for row in body:
                assert row[0].S == Name.TH and table_attributes(row[0]).Scope == Name.Row
                for j, c in enumerate(row[1:], 1):
                    ids = {
                        bytes(row[0].ID),
                        *(bytes(head[y][x].ID) for y, x in expected_headings(m)[j]),
                    }
                    assert {bytes(h) for h in table_attributes(c).Headers} == ids


def test_pdf_says_what_it_is(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as p:
        assert str(p.Root.Lang).lower().startswith('sv') and 'Spår A' in str(p.docinfo.Title)
        meta = p.open_metadata()
        assert (
            meta.get('pdfuaid:part'),
            meta.get('pdfaid:part'),
            meta.get('pdfaid:conformance'),
        ) == ('1', '2', 'A')


@pytest.mark.skipif(
    not (VERAPDF / 'Vera.class').exists(),
    reason='veraPDF saknas (tests/kontroll/verapdf.sh hamta): PDF-filen prövas inte',
)
@pytest.mark.parametrize('standard', ['ua1', '2a'])
def test_verapdf(pdf, tmp_path, standard):
    (tmp_path / 'r.pdf').write_bytes(pdf)
    r = subprocess.run(
        [HERE / 'kontroll' / 'verapdf.sh', standard, tmp_path / 'r.pdf'],
        capture_output=True,
        text=True,
        env=os.environ | {'VERAPDF': str(VERAPDF)},
    )
    assert r.returncode == 0 and r.stdout.startswith('PASS'), r.stdout + r.stderr


@pytest.mark.skipif(
    not (NU / 'vnu.jar').exists(),
    reason='Nu-kontrollen saknas (tests/kontroll/nu.sh hamta): HTML-koden prövas inte',
)
def test_nu(html, tmp_path):
    (tmp_path / 'rapport.html').write_text(html, encoding='utf-8')
    (tmp_path / 'index.html').write_text(write_index(exempel.INDEX), encoding='utf-8')
    r = subprocess.run(
        [HERE / 'kontroll' / 'nu.sh', *tmp_path.glob('*.html')],
        capture_output=True,
        text=True,
        env=os.environ | {'NU': str(NU)},
    )
    assert r.returncode == 0, r.stdout + r.stderr


def test_warning_stands_on_every_page(rapport, html, pdf, docx):
    assert html.index(exempel.VARNING) < html.index('<h1')
    d = Document(io.BytesIO(docx))
    s = d.sections[0]
    assert [h.paragraphs[0].text for h in (s.header, s.first_page_header)] == [exempel.VARNING] * 2
    none = read_report(exempel.notebook(exempel.parts(warning='')))
    assert exempel.VARNING not in write_html(none)


def test_word_file_is_sound(docx):
    d = Document(io.BytesIO(docx))
    body = d.element.body
    xml = zipfile.ZipFile(io.BytesIO(docx)).read('word/document.xml').decode()
    refs = [int(e.get(qn('w:id'))) for e in body.iter(qn('w:footnoteReference'))]
    notes = zipfile.ZipFile(io.BytesIO(docx)).read('word/footnotes.xml').decode()
    assert refs == [1, 2] and 'Listorna lämnas varje månad.' in notes
    marks = {e.get(qn('w:name')) for e in body.iter(qn('w:bookmarkStart'))}
    assert {
        e.get(qn('w:anchor')) for e in body.iter(qn('w:hyperlink')) if e.get(qn('w:anchor'))
    } <= marks
    ids = [e.get(qn('w:id')) for e in body.iter(qn('w:bookmarkStart'))]
    assert len(ids) == len(set(ids))
    styles = {s.style_id for s in d.styles}
    assert {e.get(qn('w:val')) for e in body.iter(qn('w:pStyle'))} <= styles
    language = zipfile.ZipFile(io.BytesIO(docx)).read('word/styles.xml').decode()
    assert 'w:lang w:val="sv-SE"' in language
    assert body[-1].tag == qn('w:sectPr')
    assert 'TOC' not in xml  # a few pages are read without


def test_a_long_report_has_a_list_of_contents(rapport):
    long = replace(rapport, headings=[(2, id, t) for _, id, t in rapport.headings] * 4)
    assert not needs_contents(rapport) and needs_contents(long)
    xml = zipfile.ZipFile(io.BytesIO(write_docx(long))).read('word/document.xml').decode()
    assert 'TOC \\o' in xml and 'Innehåll' in xml
    assert '"Innehallsrubrik"/><w:keepNext/><w:pageBreakBefore/>' in xml
    assert 'TOC \\o "1-1"' in xml and '"Sidbryt"' not in xml  # no page holds a break alone
    assert template_data(long)['innehall'] and not template_data(rapport)['innehall']


def cover():
    return Omslag('T', '', 'U', '2026-03-16')


@pytest.mark.parametrize(
    'evil',
    [
        '<script>alert(1)</script>',
        '<img src=x onerror=alert(1)>',
        '"><svg onload=alert(1)>',
        '</style><b>',
        ']]>',
        '#set page(width: 1cm)',
        '{{ 7*7 }}',
        '{% x %}',
    ],
)
def test_no_text_becomes_code(evil):
    t = Tabell(evil, evil, 'tab-x', ['K', evil], [[evil, evil]], noter=evil)
    r = read_report(
        exempel.notebook(
            [
                Omslag(evil, evil, evil, '2026-03-16', varning=evil, fakta={evil: evil}),
                '## ' + evil,
                Text(evil, slag='konsult'),
                t,
            ]
        )
    )
    page = write_html(r)
    assert not re.search(r'<script|<img src=x|<svg onload|<b>', page) and '49' not in re.sub(
        r'<style>.*?</style>', '', page, flags=re.S
    )
    assert len(re.findall('</style>', page)) == 1
    assert evil in '\n'.join(
        c.text
        for t in Document(io.BytesIO(write_docx(r))).tables
        for row in t.rows
        for c in row.cells
    )
    assert write_pdf(r).startswith(b'%PDF')


@pytest.mark.parametrize(
    'text',
    [
        '[x](javascript:alert(1))',
        '[x](data:text/html,1)',
        '[x](//a.se)',
        '[x](file:///etc/passwd)',
        '![b](https://a.se/b.png)',
        '[x](tal:?c=1)',
        '<javascript:alert(1)>',
    ],
)
def test_consultants_links_and_pictures_are_refused(text):
    with pytest.raises(ReportError):
        read_report(exempel.notebook([cover(), '## A', Text(text, slag='konsult')]))


def test_consultant_cannot_break_the_outline():
    text = '##### Djupt\n\n# Högt\n\n### Mitt\n\n- # I en lista'
    page = write_html(
        read_report(
            exempel.notebook([cover(), '## A', '### B', Text(text, slag='konsult'), '## C'])
        )
    )
    levels = [n for n, _ in Outline(page).headings]
    assert levels[0] == 2 and levels[-1] == 2 and all(3 < n <= 5 for n in levels[2:-1])
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize(
    'delar, ord',
    [
        ([], 'Omslaget saknas'),
        (['## Utan omslag'], 'Omslaget saknas'),
        ([cover(), cover()], 'två omslag'),
        ([cover(), '### Hopp'], 'hoppar'),
        ([cover(), '# Nivå ett'], 'nivå 1'),
        ([cover(), Text('not[^1]')], 'fotnot'),
    ],
)
def test_reports_that_cannot_be_built_say_why(delar, ord):
    with pytest.raises(ReportError) as e:
        read_report(exempel.notebook(delar), 'insats-a')
    assert ord in e.value.svenska and e.value.svenska.startswith('Rapporten insats-a')


def test_one_note_referred_to_twice():
    r = read_report(
        exempel.notebook(
            [
                cover(),
                '## A\n\nEtt[^1] och två[^1].\n\n[^1]: Noten.',
                '## B\n\nTre[^1].\n\n[^1]: En annan.',
            ]
        )
    )
    page = write_html(r)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) and len(r.notes) == 2
    assert write_pdf(r).startswith(b'%PDF') and Document(io.BytesIO(write_docx(r)))


def test_start_page_links_to_every_file():
    page = write_index(exempel.INDEX)
    for r in exempel.INDEX['rapporter']:
        for href, _ in r['filer'].values():
            assert f'href="{href}"' in page
    assert write_index(exempel.INDEX) == page


def wide_table(rader, id='tab-f'):
    columns = ['Scenario', *['Personalens restimmar'] * 7]
    cells = [Cell('101,5 (84,0–120,7)', 101.5)] * 7
    return Tabell(
        'Framtider', 'Beräkning', id, columns, [[f'Team {n}', *cells] for n in range(rader)]
    )


def test_a_number_and_its_interval_are_parted_whole_in_word_and_pdf():
    r = read_report(as_notebook(cover(), '## A', wide_table(2)))
    rows = Document(io.BytesIO(write_docx(r))).tables[0].rows
    assert {c.text for row in rows[1:] for c in row.cells[1:]} == {'101,5\n(84,0–120,7)'}
    assert {c.paragraphs[0].style.name for c in rows[1].cells} == {'Tät tabelltext'}
    printed = template_data(r)['objekt']['tab-f']
    assert printed['trang'] and printed['rader'][0][1]['delar'] == ['101,5', '(84,0–120,7)']


def test_a_table_keeps_its_number_and_its_source_in_word():
    r = read_report(as_notebook(cover(), '## A', wide_table(2), wide_table(30, 'tab-g')))
    d = Document(io.BytesIO(write_docx(r)))
    xml = zipfile.ZipFile(io.BytesIO(write_docx(r))).read('word/document.xml').decode()
    assert re.findall(r'SEQ Tabell \\\* ARABIC \\r (\d+)', xml) == ['1', '2']
    kept = [
        [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in t.rows]
        for t in d.tables
    ]
    assert all(kept[0]) and kept[1] == [True, *[False] * 29, True]
