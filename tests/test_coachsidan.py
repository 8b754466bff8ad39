"The coach's page against the command: the same copies, in a real browser, and nothing sent"

from pathlib import Path

import pytest
from conftest import identity_number as number
from conftest import spellings

from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.gora.pseudonym import key_text, make_copies
from finsam_genomlysning.ord.pseudonymer import key_mark, read_identity

CHROMIUM = Path('/usr/bin/chromium')
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason='/usr/bin/chromium saknas')
AR = 2026
KEY = bytes(range(32))
ONE, TWO = number(101), number(345)
SPELLINGS = spellings(ONE)


@pytest.fixture(scope='module')
def page(tmp_path_factory):
    sync = pytest.importorskip('playwright.sync_api', reason='playwright saknas')
    folder = tmp_path_factory.mktemp('sida')
    assert main(['pseudonym', '--sida', str(folder)]) == 0
    with sync.sync_playwright() as p:
        b = p.chromium.launch(executable_path=str(CHROMIUM), args=['--no-sandbox'])
        page = b.new_page(locale='sv-SE')
        page.asked, page.said = [], []
        page.on('request', lambda r: page.asked.append(r.url))
        page.on('console', lambda m: page.said.append(m.text))
        page.goto((folder / 'pseudonym.html').as_uri())
        yield page
        b.close()


NUMBERS = [
    *SPELLINGS,
    *(number(n, born) for n in (1, 77, 999) for born in ('18991231', '19040229', '19050361')),
    *('', 'okänd', ONE[3:], ONE[:-1], ONE[:-1] + '0', '19010229' + ONE[8:], '20990101' + ONE[8:]),
    *(number(5, '20050307')[2:], f'{ONE[2:8]}-{ONE[8:]}', f'{ONE[2:8]}--{ONE[8:]}', '190503670000'),
]


def test_the_page_reads_a_number_as_the_command_does(page):
    ask = f'texts => texts.map(t => {{ const n = lasNummer(t, {AR}); return [n.nummer, n.fel]; }})'
    assert page.evaluate(ask, NUMBERS) == [list(read_identity(t, AR)) for t in NUMBERS]


FILES = {
    'rubrik': f'Personnummer;kommun\r\n{SPELLINGS[1]};By\r\n{TWO};"a;""b"""\r\n',
    'utan rubrik': f'vem,kommun\n{SPELLINGS[2]},By\n{ONE},Åstad\n',
    'två kolumner': f'pnr;person;samordningsnummer;fodelsear\n{ONE};x;{number(11, "19050367")};\n',
    'tomma': f'pnr\tkommun\n{ONE}\tBy\n\tÅstad\n',
}


def copied(tmp_path, text):
    path = tmp_path / 'a.csv'
    path.write_text(text, encoding='utf-8', newline='')
    (copy,) = make_copies([path], tmp_path / 'ut', KEY, AR)
    return copy.innehall.decode('utf-8')


@pytest.mark.parametrize('name', FILES)
def test_the_page_makes_the_very_file_that_the_command_makes(page, name, tmp_path):
    ask = '([key, t]) => lasNyckel(key).then(k => gorKopia(t, k, 2026))'
    made = page.evaluate(ask, [key_text(KEY), FILES[name]])
    assert made['fel'] == [] and made['csv'] == copied(tmp_path, FILES[name])


def use(page, tmp_path, text):
    (tmp_path / 'n.nyckel').write_text(key_text(KEY))
    (tmp_path / 'deltagare.csv').write_text(text, encoding='utf-8')
    page.get_by_label('Välj nyckelfilen').set_input_files(tmp_path / 'n.nyckel')
    page.get_by_label('Välj CSV-filer').set_input_files(tmp_path / 'deltagare.csv')
    page.get_by_role('button', name='Gör pseudonymer').click()
    page.get_by_role('status').locator('li').first.wait_for()


def test_a_coach_gets_a_file_to_save_and_nothing_is_sent(page, tmp_path):
    text = f'pnr;mejl\n{ONE};x@exempel.se\n'
    use(page, tmp_path, text)
    with page.expect_download() as got:
        page.get_by_role('link', name='Spara deltagare-pseudonym.csv').click()
    assert got.value.path().read_bytes().decode('utf-8') == copied(tmp_path, text)
    said = page.get_by_role('status').inner_text()
    assert key_mark(KEY) in said and 'kolumn B: e-postadresser' in said
    assert ONE not in said and key_text(KEY).split()[1] not in page.content()
    assert all(u.startswith(('file:', 'blob:')) for u in page.asked) and page.said == []


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        (f'pnr;not\n{ONE[:-1]}0;\n', 'rad 2, kolumn A: Datumet eller kontrollsiffran'),
        (f'pnr;not\n{ONE};bror till {TWO}\n', 'rad 2, kolumn B: Här står ett personnummer'),
        (f'pnr;not\n"{ONE};\n', 'citattecken'),
    ],
)
def test_a_fault_gives_no_file_and_no_value(page, text, said, tmp_path):
    use(page, tmp_path, text)
    status = page.get_by_role('status')
    assert said in status.inner_text() and status.get_by_role('link').count() == 0
    assert ONE[8:] not in status.inner_text() and TWO[8:] not in status.inner_text()


def test_the_page_can_reach_nothing(page):
    ask = "() => fetch('data:text/plain,x').then(() => 'gick', () => 'stoppades')"
    assert page.evaluate(ask) == 'stoppades'
    page.said.clear()


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_the_page_is_accessible(page, scheme):
    axe = pytest.importorskip('axe_playwright_python.sync_playwright')
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate('() => document.documentElement.scrollWidth <= window.innerWidth')
    result = axe.Axe().run(page).response['violations']
    assert [v['id'] for v in result] == []
