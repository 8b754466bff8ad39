"The board's what-if: the page's script against the model, to the printed digit, in a real browser"

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from finsam_genomlysning.granska.sidor import TANKOMSKRIPTET
from finsam_genomlysning.nylage import tankom
from finsam_genomlysning.nylage.simulering import example_deltagare, situation
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.ord.scenario import Varde, example_scenarier
from finsam_genomlysning.ord.sv import tal
from finsam_genomlysning.skriva.sokregister import what_if_script
from finsam_genomlysning.skydd.utgava import read_edition

CHROMIUM = Path('/usr/bin/chromium')
GRID = list(
    itertools.product(
        (0.25, 1.0, 2.75, 6.0),  # posts of the last team
        (0.5, 1.0, 2.0),  # participants per FTE
        (0.4, 1.0, 1.9),  # inflow
        (0.0, 1.0, 3.0),  # vacancies
        (0.0, 1.0, 2.0),  # travel
    )
)


@pytest.fixture(scope='module')
def data():
    lage = situation(example_deltagare(np.random.default_rng(1)), example_forbund(), '2024-04-30')
    paid = dict(vakansersattning=Varde(varde=0.3, kalla='antagande'))
    own = [
        s.model_copy(update=dict(antaganden=s.antaganden.model_copy(update=paid)))
        for s in example_scenarier()
    ]
    return tankom.what_if_data(own, lage)


def settings(scenario):
    "Every setting of the grid: the last team's posts, and the factors"
    team = scenario['team'][-1]['id']
    return [({team: fte}, dict(zip(tankom.VAL, rest, strict=True))) for fte, *rest in GRID]


def printed(answer):
    "Every number of an answer, as a reader sees it"
    rows = [*answer['team'], *answer['kommun'], answer['hela']]
    return [f'{m} {tal(x, 1)}' for r in rows for m, x in r.items() if m != 'id']


@pytest.mark.skipif(not CHROMIUM.exists(), reason='/usr/bin/chromium saknas')
def test_the_page_says_what_the_model_says_to_the_printed_digit(data):
    sync = pytest.importorskip('playwright.sync_api', reason='playwright saknas')
    ask = """([s, settings]) => settings.map(([posts, factors]) => {
        const a = tankom.svara(s, posts, factors);
        return [...a.team, ...a.kommun, a.hela].flatMap(r => Object.entries(r)
            .filter(([m]) => m !== 'id').map(([m, x]) => `${m} ${tankom.tal(x, 1)}`));
    })"""
    tried = 0
    with sync.sync_playwright() as p:
        b = p.chromium.launch(executable_path=str(CHROMIUM), args=['--no-sandbox'])
        page = b.new_page()
        page.set_content(f'<script>{what_if_script()[0]}; window.tankom = tankom;</script>')
        for s in data['scenarier']:
            every = settings(s)
            theirs = page.evaluate(ask, [s, every])
            for (posts, factors), seen in zip(every, theirs, strict=True):
                assert seen == printed(tankom.answer(s, posts, **factors)), (posts, factors)
                tried += 1
        took = page.evaluate(
            """s => { const t = performance.now();
            for (let i = 0; i < 20; i++) tankom.svara(s); return (performance.now() - t) / 20; }""",
            data['scenarier'][-1],
        )
        b.close()
    assert tried >= 500 and took < 100


@pytest.fixture(scope='module')
def published(edition):
    return tankom.read_what_if(read_edition(edition).tabeller['scenarier_tankom'].df)


@pytest.fixture
def shown(edition):
    "The page of the nyläge in a browser, from a file, with nothing fetched and no error"
    sync = pytest.importorskip('playwright.sync_api', reason='playwright saknas')
    if not CHROMIUM.exists():
        pytest.skip('/usr/bin/chromium saknas')
    with sync.sync_playwright() as p:
        b = p.chromium.launch(executable_path=str(CHROMIUM), args=['--no-sandbox'])
        page, wrong = b.new_page(viewport={'width': 390, 'height': 900}), []
        page.on('pageerror', lambda e: wrong.append(str(e)))
        page.on('console', lambda m: wrong.append(m.text))
        page.goto((edition / 'nylage.html').as_uri())
        yield page
        b.close()
    assert not wrong


def waits(page):
    "What the page answers: place -> wait in the scenario, wait now"
    rows = page.locator('#tank-om .svaren table').nth(0).locator('tbody tr')
    return {
        r[0]: r[1:]
        for r in rows.evaluate_all('x => x.map(r => [...r.cells].map(c => c.textContent))')
    }


def as_printed(k):
    return f'{tal(k["vantan"])} ({tal(k["vantan_lag"])}–{tal(k["vantan_hog"])})'


def test_the_page_begins_where_its_table_does(edition, shown, published):
    told = waits(shown)['Hela förbundet']
    assert told == [as_printed(tankom.answer(published[0])['hela'])] * 2
    table = read_edition(edition).tabeller['scenarier_tankom_svar'].df
    as_is = table[(table['andring'] == 'som scenariot är') & (table['matt'] == 'vantan')]
    row = as_is[as_is['kommun'] == 'Samtliga'].iloc[0]
    assert told[0] == f'{tal(row["varde"])} ({tal(row["lag"])}–{tal(row["hog"])})'
    assert shown.evaluate('document.documentElement.scrollWidth') <= 390


def test_a_post_that_is_moved_changes_the_answer_and_the_link_carries_it(shown, published):
    s = published[1]
    shown.select_option('#tank-om select', label=s['namn'])
    first, last = s['team'][0], s['team'][-1]
    moved = {first['id']: first['arsarbetare'] - 0.5, last['id']: last['arsarbetare'] + 0.5}
    for team, n in moved.items():
        shown.get_by_label(team, exact=True).fill(str(n))
    more = shown.locator('#tank-om input[type=range]').nth(1)
    more.focus()
    for _ in range(5):
        shown.keyboard.press('ArrowRight')
    want = as_printed(tankom.answer(s, moved, inflode=1.25)['hela'])
    assert waits(shown)['Hela förbundet'][1] == want
    link = shown.locator('#tank-om a').get_attribute('href')
    shown.locator('#tank-om [role=status]').filter(has_text='Hela förbundet').wait_for()
    shown.get_by_text('Återställ').click()
    assert len(set(waits(shown)['Hela förbundet'])) == 1
    shown.evaluate('h => { location.hash = h; }', link)
    shown.locator('#tank-om .svaren').filter(has_text=want).wait_for()
    shown.evaluate("location.hash = '#tank-om=scenario=Finns+inte&t.x=9'")
    shown.get_by_text('Länken har en inställning som inte finns').wait_for()


def test_the_audit_knows_the_script_and_no_other():
    assert what_if_script()[1] == TANKOMSKRIPTET


def test_the_answers_are_about_nobody(data):
    text = json.dumps(data)
    assert set(data['scenarier'][0]['team'][0]['par'][0]) == {
        *('kommun', 'takt', 'vistelse', 'resa')
    }
    assert 'P1' not in text and 'person' not in text


@pytest.mark.parametrize('platser', [0, 0.4, 3, 11.5, 40])
@pytest.mark.parametrize('takt', [0.01, 0.1, 0.5])
def test_what_comes_in_goes_out(platser, takt):
    "Balance: referrals = starts + leavers, starts × stay = enrolled, leavers × patience = waiting"
    a = tankom.erlang_a(platser, takt, 300.0, 120.0)
    assert takt * (1 - a.lamnar) * 300 == pytest.approx(a.inskrivna, rel=1e-6, abs=1e-9)
    assert takt * a.lamnar * 120 == pytest.approx(takt * a.vantan, rel=1e-9)
    assert 0 <= a.inskrivna <= platser + 1e-9 and -1e-9 <= a.lamnar <= 1 + 1e-9


def test_more_posts_less_waiting_more_inflow_more_waiting(data):
    s = data['scenarier'][-1]
    team = s['team'][-1]['id']

    def wait(fte, **factors):
        return tankom.answer(s, {team: fte}, **factors)['hela']['vantan']

    waits = [wait(n) for n in (0.25, 0.5, 1, 2, 4)]
    assert waits == sorted(waits, reverse=True) and waits[0] > waits[-1] + 10
    assert wait(1, inflode=1.2) > wait(1) > wait(1, per_arsarbetare=1.5)
    assert wait(1, vakanser=3) > wait(1)


def test_the_uncertain_inflow_surrounds_the_answer(data):
    for s in data['scenarier']:
        for k in tankom.answer(s)['kommun']:
            assert k['vantan_lag'] < k['vantan'] < k['vantan_hog']
