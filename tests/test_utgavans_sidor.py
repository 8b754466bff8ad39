"Every page of the default edition in a real browser, and the three formats of every report"

import re, subprocess
from html import unescape
import pikepdf
import pytest
from docx import Document
from conftest import ROOT
from finsam_genomlysning.skriva.modell import BILAGA, read_report
from finsam_genomlysning.gora.processer import run_isolated
from finsam_genomlysning.gora.rapport import run_report_at
from test_sidor import AXE, CHROMIUM
from test_utgavor import Page, reports
from test_writers import NU, VERAPDF

BROWSER = pytest.mark.skipif(
    not CHROMIUM.exists(),
    reason='/usr/bin/chromium saknas: utgåvans sidor prövas inte i en webbläsare',
)


WIDTHS = (1280, 320)
SCREENS = (320, 390, 688, 689, 1088)  # where tables change, and the least
UNREACHED = "[...document.querySelectorAll('.tabellram:not([tabindex])')]"
UNREACHED += '.filter(e => e.scrollWidth > e.clientWidth).map(e => e.firstChild.id)'
SIDEWAYS = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'


def complaints(page, path, axe, widths):
    "What a browser, axe and a narrow screen have to say of a page, at some widths"
    said, asked = [], []
    page.on('console', lambda m: said.append(m.text) if m.type in ('error', 'warning') else None)
    page.on('pageerror', lambda e: said.append(str(e)))
    page.on('request', lambda r: asked.append(r.url))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for width in widths:
        page.set_viewport_size({'width': width, 'height': 900})
        contrast = {'color-contrast': {'enabled': width == WIDTHS[0]}}  # no width has own colours
        found = axe.run(page, options=AXE | {'rules': contrast}).response['violations']
        said += [f'{v["id"]} ({width})' for v in found]
        said += [f'sidledes rullning ({width})'] if page.evaluate(SIDEWAYS) else []
    for width in SCREENS:
        page.set_viewport_size({'width': width, 'height': 900})
        said += [f'{id} nås inte ({width})' for id in page.evaluate(UNREACHED)]
    return said + [u for u in asked if not u.startswith(('data:', path.as_uri()))]


@BROWSER
def test_every_page_is_accessible_at_both_widths(edition):
    "The first of each kind at both, its like at one of them: they have the same template"
    sync = pytest.importorskip('playwright.sync_api', reason='playwright saknas')
    axe = pytest.importorskip(
        'axe_playwright_python.sync_playwright', reason='axe-playwright-python saknas'
    ).Axe()
    pages, faults, kinds = sorted(edition.glob('*.html')), {}, set()
    with sync.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=['--no-sandbox'])
        for path in pages:
            page = browser.new_page(viewport={'width': WIDTHS[0], 'height': 900}, locale='sv-SE')
            kind = path.stem.partition('-')[0]
            widths = WIDTHS[len(faults) % 2 :][:1] if kind in kinds else WIDTHS
            kinds.add(kind)
            faults[path.name] = complaints(page, path, axe, widths)
            page.close()
        browser.close()
    assert len(faults) == 10 and not any(faults.values()), faults


def test_every_report_exists_in_three_formats(edition):
    for path in reports(edition):
        for form in ('pdf', 'docx'):
            assert path.with_suffix(f'.{form}').stat().st_size > 10_000


HEADINGS = ('Heading 1', 'Heading 2', 'Heading 3')


def test_the_three_formats_say_the_same(edition):
    for path in reports(edition):
        html, docx = Page(path), Document(path.with_suffix('.docx'))
        heads = [' '.join(p.text.split()) for p in docx.paragraphs if p.style.name in HEADINGS]
        wanted = [
            ' '.join(t.split())
            for h, t in html.headings
            if h in ('h2', 'h3', 'h4') and t.strip() not in ('Innehåll', 'Noter')
        ]
        assert heads == [*wanted, BILAGA] and len(heads) > 10, path.name
        report = read_report(path.parent / 'notebooks' / f'{path.stem}.ipynb')
        tables = [o for o in report.objects.values() if o['typ'] == 'tabell']
        for t in tables:
            assert any(t['rubrik'] in p.text for p in docx.paragraphs), (path.name, t['rubrik'])
        figures = [o for o in report.objects.values() if o['typ'] == 'figur']
        assert len(docx.inline_shapes) == len(figures)
        with pikepdf.open(path.with_suffix('.pdf')) as pdf:
            assert str(pdf.Root.Lang) == 'sv-SE' and len(pdf.pages) > 3


FRAGORNA = {  # of a board member, and how the first page of the whole answers or says it cannot
    'hur många får hjälp nu': r'Nu pågår \w+',
    'fler eller färre än förra året': r'(fler|färre) än ett år tidigare',
    'leder det till arbete': r'går till arbete eller studier',
    'hur säkert är det': r'Osäkerhetsintervall står inom parentes',
    'hur lång är väntan': r'Hälften väntar minst \d+ dagar',
    'vem väntar längst': r'Går inte att säga:.*olika lång väntan|har längre väntan än',
    'får min kommun sin del': r'Går inte att säga:.*någon kommun nås|nås (mer|mindre)',
    'vad kostar det': r'Förbundet kostar 11 400 000 kronor 2024',
    'nås målen': r'Inte lämnat:.*mål med riktvärde|mål nås|Målen är påhittade',
    'vad föreslås': r'Fyra lokala team ger',
    'vad betyder det för oss': r'Längre i \d+ % av .* i Habo .* I Jönköping går det inte att säga',
    'vad ska beslutas': r'Ingen fråga att besluta är lämnad',
    'vad har ändrats': r'Ingen tidigare utgåva finns',
}


@pytest.mark.parametrize('fraga', FRAGORNA)
def test_the_first_page_answers_a_board_member(edition, fraga):
    for name in ('forbund.html', 'index.html'):
        text = re.sub(r'<[^>]+>', '', (edition / name).read_text('utf-8'))
        first = ' '.join(unescape(text).split()).split('Ingen tidigare utgåva')[0]
        assert re.search(FRAGORNA[fraga], first + 'Ingen tidigare utgåva finns'), name


MOST_PAGES = {'kommun': 4, 'insats': 8, 'forbund': 8, 'nylage': 8}  # before the annex


def annex_page(pdf):
    "On which page, counted from 0, the annex begins"
    with pdf.open_outline() as outline:
        (item,) = [i for i in outline.root if i.title == 'Bilaga']
    target = item.destination or item.action.D
    named = pikepdf.NameTree(pdf.Root.Names.Dests)
    place = named[str(target)] if isinstance(target, pikepdf.String) else target
    page = (place.D if isinstance(place, pikepdf.Dictionary) else place)[0]
    return next(i for i, p in enumerate(pdf.pages) if p.objgen == page.objgen)


def test_a_report_is_as_short_as_its_reader_has_time_for(edition):
    for path in reports(edition):
        with pikepdf.open(path.with_suffix('.pdf')) as pdf:
            pages = annex_page(pdf)
        assert 2 < pages <= MOST_PAGES[path.stem.partition('-')[0]], (path.stem, pages)


@pytest.mark.skipif(
    not (VERAPDF / 'Vera.class').exists(),
    reason='veraPDF saknas (tests/kontroll/verapdf.sh hamta): PDF-filerna prövas inte',
)
@pytest.mark.parametrize('standard', ['ua1', '2a'])
def test_the_pdfs_follow_the_standards(edition, standard):
    every = sorted(
        str(p) for p in edition.glob('*.pdf')
    )  # typst holds both; this is the second opinion
    files = every[::2] if standard == 'ua1' else every[1::2]
    r = subprocess.run(
        ['bash', str(ROOT / 'tests' / 'kontroll' / 'verapdf.sh'), standard, *files],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert r.returncode == 0 and r.stdout.count('PASS') == len(files), r.stdout[-3000:]


@pytest.mark.skipif(
    not (NU / 'vnu.jar').exists(),
    reason='Nu-kontrollen saknas (tests/kontroll/nu.sh hamta): sidorna prövas inte mot standarden',
)
def test_every_page_is_valid_html(edition):
    r = subprocess.run(
        [
            'bash',
            str(ROOT / 'tests' / 'kontroll' / 'nu.sh'),
            *sorted(str(p) for p in edition.glob('*.html')),
        ],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert r.returncode == 0, (r.stdout + r.stderr)[-3000:]


ENGLISH = re.compile(
    r'\b(the|and|of|with|table|figure|participants?|municipality|share|count|total|mean|'
    r'median of|not reported|missing|nan)\b',
    re.I,
)


def test_readers_meet_no_english_word(edition):
    for path in reports(edition):
        found = {m[0] for m in ENGLISH.finditer(Page(path).text)} - {'of'}
        assert not found, (path.name, found)


@pytest.mark.parametrize('name', ['forbund', 'insats', 'kommun'])
def test_report_notebooks_run_by_themselves(name, tmp_path):
    notebook = ROOT / 'nbs' / 'rapporter' / f'{name}.ipynb'
    answer = dict(
        run_isolated(
            run_report_at,
            {name: (name, notebook, {}, tmp_path / 'ut.ipynb', notebook.parent)},
            jobs=1,
        )
    )[name]
    assert isinstance(answer, dict), answer
    assert read_report(answer, name).headings


@pytest.mark.parametrize(
    ('name', 'parameters'),
    [
        ('rakna/behov', {'kommun': 'vaggeryd'}),
        ('rakna/nulage', {'insats': 'fia'}),
        ('nylage/jamforelse', {'kommun': 'habo'}),
    ],
)
def test_working_notebooks_run_for_one_subject(name, parameters, tmp_path):
    notebook = ROOT / 'nbs' / f'{name}.ipynb'
    answer = dict(
        run_isolated(
            run_report_at,
            {name: (name, notebook, parameters, tmp_path / 'ut.ipynb', notebook.parent)},
            jobs=1,
        )
    )[name]
    assert isinstance(answer, dict), answer
    assert any('injected-parameters' in c['metadata'].get('tags', []) for c in answer['cells'])
