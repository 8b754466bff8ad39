"The questionnaires: answered in a real browser, on paper, and laid together into the package"

import os
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.gora.enkat import tables_of_answers, read_answers
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.enkater import all_questionnaires
from finsam_genomlysning.ord.errors import FolderError, UnderlagError

HERE = Path(__file__).parent
CHROMIUM = Path('/usr/bin/chromium')
VERAPDF = Path(os.environ.get('VERAPDF', HERE.parent / '.venv' / 'verapdf'))
NU = Path(os.environ.get('NU', HERE.parent / '.venv' / 'nu'))

HTML_PDF = ('html', 'pdf')
PACKAGE = """id = "ex"
namn = "Samordningsförbundet Exempel"
kortnamn = "Ex"
syntetiska_deltagare = true
kommun = [{id = "astad", kod = "9901", namn = "Åstad"}, {id = "by", kod = "9902", namn = "By"}]
insats = [{id = "bryggan", namn = "Bryggan", i_genomlysningen = true}]
mote = [{datum = 2030-06-01, organ = "Styrelsen", rubrik = "Juni", data_till = 2030-04-30}]
pastaende = [{grupp = "chef", fraga = "Jag får veta; i tid"}]
"""


@pytest.fixture(scope='module')
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp('paket')
    (folder / 'forbund.toml').write_text(PACKAGE, encoding='utf-8')
    (folder / 'underlag').mkdir()
    return folder


@pytest.fixture(scope='module')
def forms(package, tmp_path_factory):
    folder = tmp_path_factory.mktemp('enkater')
    assert main(['enkat', '--forbund', str(package), '--ut', str(folder)]) == 0
    return folder


def test_each_questionnaire_has_a_page_and_a_paper(package, forms):
    ids = [e.id for e in all_questionnaires(read_forbund(package))]
    assert len(ids) == 7
    assert {p.name for p in forms.iterdir()} == {f'enkat-{i}.{x}' for i in ids for x in HTML_PDF}


@pytest.fixture(scope='module')
def browser():
    if not CHROMIUM.exists():
        pytest.skip('/usr/bin/chromium saknas')
    sync = pytest.importorskip('playwright.sync_api', reason='playwright saknas')
    with sync.sync_playwright() as p:
        b = p.chromium.launch(executable_path=str(CHROMIUM), args=['--no-sandbox'])
        yield b
        b.close()


@pytest.fixture
def opened(browser, forms):
    page = browser.new_page(locale='sv-SE', viewport={'width': 390, 'height': 800})
    page.asked = []
    page.on('request', lambda r: page.asked.append(r.url))

    def open_form(id):
        page.goto((forms / f'enkat-{id}.html').as_uri())
        return page

    yield open_form
    page.close()


def answer(page, folder, **answers):
    for name, value in answers.items():
        page.locator(f'input[name="{name.replace("_val", "val-")}"][value="{value}"]').check()
    with page.expect_download() as got:
        page.get_by_role('button', name='Spara svaret').click()
    folder.mkdir(exist_ok=True)
    got.value.save_as(folder / got.value.suggested_filename)


def test_two_participants_answer_one_after_the_other(opened, package, tmp_path, capsys):
    page, saved = opened('deltagare-pagaende'), tmp_path / 'svar'
    answer(page, saved, _valinsats='bryggan', fraga_1=6, fraga_7=2)
    page.get_by_role('button', name='Nästa person').click()
    assert page.locator('input:checked').count() == 0
    answer(page, saved, _valinsats='bryggan', _valkon='K', fraga_1=1, fraga_3='')
    assert all(u.startswith(('file:', 'blob:')) for u in page.asked)
    command = ['enkat', '--forbund', str(package), '--las', str(saved)]
    assert main([*command, '--ut', str(tmp_path / 'ut')]) == 0
    assert 'deltagare-pagaende: 2 svar' in capsys.readouterr().out
    (tmp_path / 'p' / 'underlag').mkdir(parents=True)
    (tmp_path / 'p' / 'forbund.toml').write_text(PACKAGE, encoding='utf-8')
    (tmp_path / 'ut' / 'indikatorer.csv').rename(tmp_path / 'p' / 'underlag' / 'indikatorer.csv')
    read = read_underlag(tmp_path / 'p').tabell('indikatorer')
    assert read['fraga_1'].tolist() == [1, 6] and read['fraga_7'].notna().sum() == 1
    assert set(read['tillfalle']) == {'pagaende'} and set(read['kon'].dropna()) == {'K'}


def test_statements_are_counted_and_keep_the_words(opened, package, tmp_path):
    page, saved = opened('chef'), tmp_path / 'svar'
    for n, value in enumerate((2, 2, 1, 3)):
        answer(page, saved, p1=value)
        if n < 3:
            page.get_by_role('button', name='Nästa person').click()
    found = read_answers(saved, read_forbund(package))
    (row,) = tables_of_answers(found.svar)['stodenkat'].to_dict('records')
    assert row['fraga'] == 'Jag får veta; i tid' and row['grupp'] == 'chef'
    assert (row['instammer'], row['instammer_inte'], row['vet_inte']) == (2, 1, 1)
    assert pd.isna(row['insats']) and pd.isna(row['tillfragade'])


def test_an_empty_answer_is_not_saved(opened):
    page = opened('medarbetare')
    page.get_by_role('button', name='Spara svaret').click()
    assert 'inte svarat' in page.get_by_role('alert').inner_text()


def test_a_participant_must_say_which_programme(opened):
    page = opened('deltagare-avslut')
    page.locator('input[name="fraga_1"][value="6"]').check()
    page.get_by_role('button', name='Spara svaret').click()
    assert page.get_by_role('status').inner_text() == ''


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_the_page_is_accessible_on_a_phone(opened, scheme, tmp_path):
    axe = pytest.importorskip('axe_playwright_python.sync_playwright')
    page = opened('deltagare-pagaende')
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate('() => document.documentElement.scrollWidth <= window.innerWidth')
    assert [v['id'] for v in axe.Axe().run(page).response['violations']] == []
    answer(page, tmp_path / 's', _valinsats='bryggan', fraga_1=6)
    assert [v['id'] for v in axe.Axe().run(page).response['violations']] == []


HEAD = 'tillfalle;datum;insats;kommun;kon;fraga_1'
ONE = 'pagaende;2024-03-01;bryggan;;K;5'
CASES = [
    ('svar-medlem-abcdefgh.csv', f'{HEAD}\n{ONE}\n', 'inget svar på enkäten medlem'),
    ('svar-okand-abcdefgh.csv', f'{HEAD}\n{ONE}\n', 'Enkäten okand finns inte'),
    ('svar-deltagare-pagaende-abcdefgh.csv', f'{HEAD}\n{ONE}\n{ONE}9\n', 'fraga_1'),
    ('svar-deltagare-pagaende-abcdefgh.csv', f'{HEAD}\n{ONE}\n{ONE[:-1]}4\n', 'flera svar'),
    ('svar-deltagare-pagaende-abcdefgh.csv', 'x;y\n1;2\n', 'svar-deltagare-pagaende-abcdefgh.csv'),
    (
        'svar-medarbetare-abcdefgh.csv',
        'datum;grupp;insats;fraga;instammer;instammer_inte\n2024-03-01;medarbetare;;Bra;4;1\n',
        'flera svar',
    ),
]


@pytest.mark.parametrize(('name', 'text', 'said'), CASES)
def test_what_is_no_answer_is_handed_back(package, tmp_path, name, text, said):
    (tmp_path / name).write_text(text, encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        read_answers(tmp_path, read_forbund(package))
    assert said in e.value.svenska


def test_a_folder_without_answers_says_so_and_nothing_is_written(package, tmp_path, capsys):
    (tmp_path / 'svar').mkdir()
    (tmp_path / 'svar' / 'läs mig.txt').write_text('x')
    with pytest.raises(FolderError, match='inga svar'):
        read_answers(tmp_path / 'svar', read_forbund(package))
    command = ['enkat', '--forbund', str(package), '--las', str(tmp_path / 'finns inte')]
    assert main([*command, '--ut', str(tmp_path / 'ut')]) == 1
    assert 'finns inte' in capsys.readouterr().err and not (tmp_path / 'ut').exists()


@pytest.mark.skipif(not (VERAPDF / 'Vera.class').exists(), reason='veraPDF saknas')
def test_the_papers_hold_their_standard(forms):
    files = sorted(forms.glob('*.pdf'))
    run = [str(HERE / 'kontroll' / 'verapdf.sh'), 'ua1', *map(str, files)]
    done = subprocess.run(['bash', *run], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not (NU / 'vnu.jar').exists(), reason='Nu-kontrollen saknas')
def test_the_pages_hold_their_standard(forms):
    files = sorted(forms.glob('*.html'))
    run = [str(HERE / 'kontroll' / 'nu.sh'), *map(str, files)]
    done = subprocess.run(['bash', *run], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
