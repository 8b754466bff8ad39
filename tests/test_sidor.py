"The pages in a real browser: axe, keyboard, narrow screens, print, and no request to anybody"

import json, re, shutil, subprocess, sys
from pathlib import Path
import pytest
from finsam_genomlysning.skriva.modell import read_report
from finsam_genomlysning.skriva.writer_html import write_html, write_index

sys.path.insert(0, str(Path(__file__).parent / 'kontroll'))
import exempel  # noqa: E402

CHROMIUM = Path('/usr/bin/chromium')
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason='/usr/bin/chromium saknas: sidorna prövas inte i en webbläsare'
)
TAGS = [
    'wcag2a',
    'wcag2aa',
    'wcag21a',
    'wcag21aa',
    'wcag22a',
    'wcag22aa',
    'best-practice',
    'EN-301-549',
]


# every node of what is right would be described too, which takes longer than the rules
AXE = {'runOnly': {'type': 'tag', 'values': TAGS}, 'resultTypes': ['violations']}


@pytest.fixture(scope='module')
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp('sidor')
    (folder / 'rapport.html').write_text(
        write_html(read_report(exempel.notebook())), encoding='utf-8'
    )
    (folder / 'index.html').write_text(write_index(exempel.INDEX), encoding='utf-8')
    return folder


@pytest.fixture(scope='module')
def browser():
    sync = pytest.importorskip(
        'playwright.sync_api', reason='playwright saknas: sidorna prövas inte i en webbläsare'
    )
    with sync.sync_playwright() as p:
        b = p.chromium.launch(executable_path=str(CHROMIUM), args=['--no-sandbox'])
        yield b
        b.close()


@pytest.fixture
def open_page(browser, pages):
    contexts = []

    def go(name, width=1280, **options):
        c = browser.new_context(viewport={'width': width, 'height': 900}, locale='sv-SE', **options)
        contexts.append(c)
        page = c.new_page()
        page.requests = []
        page.on('request', lambda r: page.requests.append(r.url))
        page.goto((pages / name).as_uri())
        return page

    yield go
    for c in contexts:
        c.close()


@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize('width', [1280, 320])
@pytest.mark.parametrize('name', ['rapport.html', 'index.html'])
def test_axe(open_page, name, width, scheme):
    axe = pytest.importorskip(
        'axe_playwright_python.sync_playwright',
        reason='axe-playwright-python saknas: tillgängligheten prövas inte',
    ).Axe()
    page = open_page(name, width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    result = axe.run(page, options=AXE).response
    assert [(v['id'], v['nodes'][0]['html'][:120]) for v in result['violations']] == []
    assert len(result['passes']) > 20
    assert not page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth'
    )


@pytest.mark.parametrize('name', ['rapport.html', 'index.html'])
def test_asks_nobody_for_anything(open_page, name):
    page = open_page(name)
    assert {u.split(':', 1)[0] for u in page.requests} <= {'file', 'data'}
    assert sum(u.startswith('file:') for u in page.requests) == 1
    assert page.evaluate('document.fonts.check(\'600 16px "Inter Rapport"\')')


VISIBLE_STOPS = """() => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
    .filter(e => e.checkVisibility()).length"""
WHERE = """() => {
    const e = document.activeElement
    e.dataset.nr ??= Math.random()
    return e === document.body ? null : e.dataset.nr
}"""


def test_keyboard_reaches_everything(open_page):
    page = open_page('rapport.html', 320)
    want = page.evaluate(VISIBLE_STOPS)
    seen = []
    for _ in range(want + 5):
        page.keyboard.press('Tab')
        at = page.evaluate(WHERE)
        if at is None or at in seen:
            break
        seen.append(at)
    assert len(seen) == want


SIDEWAYS = """() => [...document.querySelectorAll('.tabellram')]
    .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
    .filter(e => !e.querySelector('[scope=colgroup]')).map(e => e.innerText.slice(0, 60))"""


def test_no_table_is_pushed_sideways_on_a_phone(open_page):
    "A wide one becomes a list, and each cell says its column; in print it is a table"
    page = open_page('rapport.html', 390)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(SIDEWAYS) == []
    cell = "getComputedStyle(document.querySelector('table.stapla td'), '::before').content"
    assert page.evaluate(cell) not in ('none', 'normal', '""')
    page.emulate_media(media='print')
    assert page.evaluate(cell) == 'none'


def test_the_answer_is_on_the_first_screen_of_a_phone(open_page):
    "The contents are one closed line there, and stand in full beside the text where there is room"
    contents = (
        """() => ['.toc', '.smaltoc'].map(x => document.querySelector(x).checkVisibility())"""
    )
    begins = "document.querySelector('main').getBoundingClientRect().top"
    for width, there in ((390, [False, True]), (800, [False, True]), (1280, [True, False])):
        page = open_page('rapport.html', width)
        assert page.evaluate(contents) == there
        assert page.evaluate(begins) < 900
    page = open_page('rapport.html', 390)
    assert not page.evaluate("document.querySelector('.smaltoc a').checkVisibility()")
    page.emulate_media(media='print')
    assert page.evaluate(contents) == [True, False]


def test_skip_link_leads_to_the_content(open_page):
    page = open_page('rapport.html')
    page.keyboard.press('Tab')
    page.keyboard.press('Enter')
    assert page.evaluate('document.activeElement.id') == 'sida-innehall'


def test_details_open_by_keyboard(open_page):
    page = open_page('rapport.html')
    page.focus('main summary')
    page.keyboard.press('Enter')
    assert page.is_visible('details table')


def test_outline_skips_no_level(open_page):
    levels = [
        int(x[1])
        for x in open_page('rapport.html').evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => h.tagName)"
        )
    ]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_every_number_can_be_read_back(open_page):
    "What the page prints equals the published table at the coordinates the page gives"
    df = exempel.avslut().df
    found = open_page('rapport.html').evaluate(
        "[...document.querySelectorAll('data[data-tabell=avslut]')]"
        '.map(d => [d.textContent, d.value, {...d.dataset}])'
    )
    assert len(found) >= 12
    for text, value, at in found:
        row = df[(df['matt'] == at['matt'])]
        for k, v in json.loads(at['koord']).items():
            row = row[row[k] == v]
        assert float(value) == pytest.approx(float(row.iloc[0][at.get('falt', 'varde')]))
        assert re.search(r'\d', text)


@pytest.mark.skipif(
    not shutil.which('pdftotext'), reason='pdftotext saknas: den utskrivna sidan prövas inte'
)
def test_warning_is_printed_on_every_page(open_page, tmp_path):
    open_page('rapport.html').pdf(path=str(tmp_path / 'ut.pdf'), prefer_css_page_size=True)
    text = subprocess.run(
        ['pdftotext', str(tmp_path / 'ut.pdf'), '-'], capture_output=True, text=True, check=True
    ).stdout
    sheets = text.rstrip('\f').split('\f')
    assert len(sheets) >= 4
    assert all(exempel.VARNING[:30] in s for s in sheets)
