"The start page: its search, the words explained, and what an audit finds in it"

import json, re, shutil
from dataclasses import replace
import pytest
from finsam_genomlysning.granska.sidor import audit_sheets
from finsam_genomlysning.granska.sidtal import audit_fronts
from finsam_genomlysning.granska.soksidan import audit_start_page
from finsam_genomlysning.gora.plan import plan_reports
from finsam_genomlysning.gora.startsida import start_page
from finsam_genomlysning.ord.ordlista import ORDLISTA
from finsam_genomlysning.skydd.utgava import read_edition
from finsam_genomlysning.skriva.sokregister import search_script
from test_sidor import AXE, CHROMIUM
from test_utgavor import Page, reports

REGISTER = re.compile(
    r'(<script type="application/json" id="sida-register">)(.*?)(</script>)', re.S
)


@pytest.fixture(scope='module')
def site(small_edition, tmp_path_factory):
    "What the start page rests on, to be changed"
    folder = tmp_path_factory.mktemp('sidor') / 'utgava'
    return shutil.copytree(small_edition, folder)


def register_of(folder):
    return json.loads(REGISTER.search((folder / 'index.html').read_text('utf-8'))[2])


def rewritten(change):
    "A plant in the register"

    def plant(text):
        told = json.loads(REGISTER.search(text)[2])
        change(told)
        data = json.dumps(told, ensure_ascii=False).replace('<', '\\u003c')
        return REGISTER.sub(lambda m: m[1] + data + m[3], text)

    return plant


def swapped(old, new):
    return lambda text: text.replace(old, new, 1)


def rewritten_at(old, new):
    return lambda text: re.sub(old, new, text, count=1)


PLANTS = {
    'line': rewritten(lambda r: r[0]['platser'][1].append('Det var 4711 kvinnor.')),
    'part of a number': rewritten(lambda r: r[0]['platser'][1].append('18 deltaganden'[1:])),
    'key': rewritten(lambda r: r[0].update(n=3)),
    'number': rewritten(lambda r: r[0]['platser'][1].append(3)),
    'name': rewritten(lambda r: r[0].update(namn='Tre kvinnor')),
    'page': rewritten(lambda r: r[0].update(fil='3.html')),
    'page above': rewritten(lambda r: r[0].update(fil='../utgava/index.html')),
    'anchor': rewritten(lambda r: r[0]['platser'][1].__setitem__(0, 'kvinnor-3')),
    'kind': rewritten(lambda r: r[0]['platser'][1].__setitem__(2, '3 kvinnor')),
    'no places': rewritten(lambda r: r[0].update(platser='3')),
    'no register': lambda text: REGISTER.sub(r'\1"3"\3', text),
    'broken register': lambda text: REGISTER.sub(r'\g<1>3 kvinnor\3', text),
    'script': swapped("'use strict';", "'use strict';const n=3;"),
    'one script more': swapped('</body>', '<script>3</script></body>'),
    'data only': lambda text: text[: text.index("<script>'use")] + '</body></html>',
    'policy': swapped("; script-src '", "; script-src 'unsafe-inline' '"),
    'event': swapped('<h4>', '<h4 onclick="3">'),
    'field': swapped('</main>', '<input value="3"></main>'),
    'link to a number': swapped('#avsnitt-', '#antal-3-'),
    'word explained': swapped('</dd>', ' Kvinnor: 3 deltagare.</dd>'),
    'number in a list of headings': rewritten_at(r'(#avsnitt-[^>]*>)', r'\g<1>4711 av '),
    'number of the first page': rewritten_at(r'(data-matt="deltagare">)\d+', r'\g<1>4711'),
    'number of a finding': rewritten_at(r'(<h4>)', r'<p>Fyra av 4711 slutar.</p>\1'),
    'law': swapped('2018:1937', '2018:1933'),
    'size of a file': rewritten_at(r'\d+(\s[kM]B)', r'4711\1'),
}


@pytest.mark.parametrize('name', PLANTS)
def test_what_is_hidden_in_the_start_page_is_found(site, small_edition, name):
    path = site / 'index.html'
    text = (small_edition / 'index.html').read_text('utf-8')
    planted = PLANTS[name](text)
    assert planted != text
    path.write_text(planted, encoding='utf-8')
    found = {p.fil for p in (*audit_start_page(site), *audit_sheets(site))}
    path.write_text(text, encoding='utf-8')
    assert found == {'index.html'}


def test_an_edition_of_some_reports_shows_the_first_page_of_one_that_is_not_there(site):
    whole = site / 'forbund.html'
    kept = whole.read_text('utf-8')
    whole.unlink()
    found = [p.vad for p in audit_start_page(site)]
    whole.write_text(kept, encoding='utf-8')
    assert 'Startsidan har ett tal som ingen rapport har.' not in found


@pytest.mark.parametrize(
    'key, called', [('namn', 'Finsam Område 7'), ('kontakt', 'sam7@exempel.se')]
)
def test_a_name_may_hold_a_digit_and_a_number_beside_it_may_not(site, key, called):
    path, about = site / 'index.html', site / 'utgava.json'
    page, data = path.read_text('utf-8'), about.read_text('utf-8')
    new = json.loads(data)
    new['forbund'][key] = called
    about.write_text(json.dumps(new), 'utf-8')
    found = []
    for said in (f'Säg till {called} om något', f'Säg till {called} om 7 brister'):
        path.write_text(
            page.replace('</main>', f'<p>{said} inte går att använda.</p></main>'), 'utf-8'
        )
        found.append([p.vad for p in audit_start_page(site)])
    path.write_text(page, 'utf-8'), about.write_text(data, 'utf-8')
    assert found == [[], ['Startsidan har ett tal som ingen rapport har.']]


def test_a_neighbour_is_called_what_it_is_called(site):
    path = reports(site)[1]
    text = path.read_text('utf-8')
    path.write_text(re.sub(r'(rapport: <a href="[^"]*">)', r'\g<1>3 ', text, count=1), 'utf-8')
    found = [p.vad for p in audit_sheets(site) if p.fil == path.name]
    path.write_text(text, 'utf-8')
    assert found == ['En länk kallar en rapport något som den inte heter.']


def test_a_report_has_no_script(site):
    path = reports(site)[0]
    text = path.read_text('utf-8')
    path.write_text(
        text.replace('</body>', f'<script>{search_script()[0]}</script></body>'), 'utf-8'
    )
    found = [p.vad for p in audit_sheets(site) if p.fil == path.name]
    path.write_text(text, 'utf-8')
    assert 'En rapport har ett skript.' in found


def test_the_register_is_what_the_reports_say(site):
    assert audit_start_page(site) == [] == audit_sheets(site)
    told = register_of(site)
    assert [r['fil'] for r in told] == [
        m for m in Page(site / 'index.html').links if re.fullmatch(r'[\w-]+\.html', m)
    ]
    said = ' '.join(x for r in told for p in r['platser'] for x in p)
    assert 'Väntan från remiss till start' in said and 'Försäkringskassan' in said
    assert (site / 'index.html').stat().st_size < 450_000


def test_the_words_that_the_reports_use_are_explained(site):
    page = Page(site / 'index.html')
    listed = [i.removeprefix('ord-') for i in page.ids if i.startswith('ord-')]
    said = ' '.join(Page(p).text for p in reports(site))
    wanted = {w.id for w in ORDLISTA if w.monster.search(said)}
    assert 15 < len(listed) == len(set(listed)) and set(listed) <= wanted
    assert {'deltagande', 'remiss', 'skyddad'} <= set(listed)


def test_each_report_leads_to_the_words_once_and_to_its_neighbours(site):
    order = [r['fil'] for r in register_of(site)]
    for path in reports(site):
        text = path.read_text('utf-8')
        words = re.findall(r'<a class="ordet" href="index.html#(ord-[^"]*)"', text)
        assert 5 < len(words) == len(set(words)) and set(words) <= Page(site / 'index.html').ids
        boxes = re.findall(r'<div class="ruta konsult">(.*?)</div>', text, re.S)
        assert not any('class="ordet"' in b for b in boxes)
        n = order.index(path.name)
        nav = re.search(r'<nav class="grannar".*?</nav>', text, re.S)[0]
        wanted = [order[i] for i in (n - 1, n + 1) if 0 <= i < len(order)]
        assert re.findall(r'href="([^"]*)"', nav) == wanted


def test_the_statement_names_the_law_and_the_authority_or_is_the_forbunds_own(site):
    page = Page(site / 'index.html')
    assert '2018:1937' in page.text and 'https://www.digg.se/tdosanmalan' in page.links
    u = read_edition(site)
    own = replace(u, forbund=u.forbund.model_copy(update={'tillganglighet': ['Ring <oss>.']}))
    text = start_page(own, plan_reports(u.forbund), site, [])
    assert '<p>Ring &lt;oss&gt;.</p>' in text and '2018:1937' not in text


@pytest.fixture(scope='module')
def open_start(small_edition):
    if not CHROMIUM.exists():
        pytest.skip('/usr/bin/chromium saknas: sökningen prövas inte i en webbläsare')
    sync = pytest.importorskip('playwright.sync_api', reason='playwright saknas')
    with sync.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=['--no-sandbox'])

        def go(width=1280, **options):
            size = {'width': width, 'height': 900}
            page = browser.new_context(viewport=size, locale='sv-SE', **options).new_page()
            page.trouble = []
            page.on('console', lambda m: page.trouble.append(m.text))
            page.on('pageerror', lambda e: page.trouble.append(str(e)))
            page.on('request', lambda r: page.trouble.append(r.url) if r.url[:5] == 'http:' else 0)
            page.goto((small_edition / 'index.html').as_uri())
            return page

        yield go
        browser.close()


FIELD = '#sida-sokord'
SAID = 400  # milliseconds, until the number of hits is said
TIMED = """q => { const f = document.getElementById('sida-sokord'), t = performance.now();
    f.value = q; f.dispatchEvent(new Event('input')); return performance.now() - t }"""
HITS = "[...document.querySelectorAll('.traffar a')].map(a => a.getAttribute('href'))"


def test_the_search_finds_words_as_people_write_them(open_start, small_edition):
    page = open_start()
    for sought in (
        'vantetid',
        'VÄNTAN',
        'remissernas',
        'forsakringskassan',
        'räckvidd',
        'insats a',
    ):
        assert page.evaluate(TIMED, sought) < 100, sought
        assert page.locator('.traffar li').count() > 0, sought
        for href in page.evaluate(HITS):
            name, _, anchor = href.partition('#')
            assert anchor in Page(small_edition / (name or 'index.html')).ids, href
    page.evaluate(TIMED, 'norrstad insatserna')
    tops = [h for h in page.evaluate(HITS) if h.startswith('kommun-norrstad')]
    page.evaluate(TIMED, 'norrstad')
    own = [h for h in page.evaluate(HITS) if h.startswith('kommun-norrstad')]
    assert own[0] == 'kommun-norrstad.html#sida-innehall' and len(own) < len(tops) + 4
    page.evaluate(TIMED, 'vad händer med remisser')
    assert page.evaluate(HITS)  # no place has all of a question's words
    page.evaluate(TIMED, 'xqx zzz')
    assert page.evaluate(HITS) == []
    assert page.evaluate(TIMED, 'räckvidd') and page.evaluate(HITS)[0] == '#ord-rackvidd'
    assert page.inner_text('.traffar mark >> nth=0').lower() == 'räckvidd'
    assert page.trouble == []


def test_the_number_of_hits_is_said_once_and_none_in_a_sentence(open_start):
    page = open_start()
    assert page.get_attribute('.traffantal', 'role') == 'status'
    assert page.inner_text('.traffantal') == ''
    page.fill(FIELD, 'zzz')
    page.wait_for_timeout(SAID)
    said = 'Inget i rapporterna innehåller ”zzz”. Pröva ett kortare ord.'
    assert page.inner_text('.traffantal') == said
    page.fill(FIELD, 'deltaganden')
    page.wait_for_timeout(SAID)
    n = int(re.match(r'\d+', page.inner_text('.traffantal'))[0])
    assert page.locator('.traffar li').count() == min(n, 20)


def test_the_search_is_walked_by_keyboard(open_start):
    page = open_start()
    page.focus(FIELD)
    page.keyboard.type('deltaganden')
    page.keyboard.press('ArrowDown')
    page.keyboard.press('ArrowDown')
    at = "[...document.querySelectorAll('.traffar a')].indexOf(document.activeElement)"
    assert page.evaluate(at) == 1
    page.keyboard.press('Escape')
    assert page.evaluate('document.activeElement.id') == FIELD[1:] and page.evaluate(HITS) == []
    page.keyboard.type('remisser')
    page.keyboard.press('Enter')
    assert page.evaluate(at) == 0
    page.keyboard.press('Enter')
    page.wait_for_url('**/*.html#*')


def test_without_a_script_every_section_is_still_linked(open_start, small_edition):
    page = open_start(java_script_enabled=False)
    assert page.locator('input').count() == 0
    links = set(Page(small_edition / 'index.html').links)
    for path in reports(small_edition):
        text = path.read_text('utf-8')
        main = text[text.index('<main') :]
        heads = re.findall(r'<h2 id="(avsnitt-[^"]*)"', main)
        assert heads and {f'{path.name}#{id}' for id in heads} <= links, path.name


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_the_search_is_accessible_at_every_width(open_start, scheme):
    axe = pytest.importorskip('axe_playwright_python.sync_playwright', reason='axe saknas').Axe()
    page = open_start(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.fill(FIELD, 'deltaganden')
    page.wait_for_timeout(SAID)
    for width in (1280, 390, 320):
        page.set_viewport_size({'width': width, 'height': 900})
        found = axe.run(page, options=AXE).response['violations']
        assert [(v['id'], v['nodes'][0]['html'][:120]) for v in found] == [], width
        assert not page.evaluate(
            'document.documentElement.scrollWidth > document.documentElement.clientWidth'
        )


def test_a_number_of_a_sentence_on_a_first_page_follows_from_the_tables(site, tmp_path):
    folder = shutil.copytree(site, tmp_path / 'utgava')
    assert audit_fronts(folder) == []
    pages = [folder / name for name in ('index.html', 'forbund.html', 'insats-bryggan.html')]
    for p in pages:  # the same wrong number wherever it is said
        text = p.read_text(encoding='utf-8')
        at = text.index('</p>', text.index('<div class="fynd">'))
        p.write_text(f'{text[:at]} Nu är de 37 fler.{text[at:]}', encoding='utf-8')
    for p in folder.glob('forbund.*'):  # a partial edition: only the tables are left to ask
        p.unlink()
    found = {x.fil for x in audit_fronts(folder)}
    assert found == {p.name for p in pages if p.exists()}
