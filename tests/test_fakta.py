"""Every figure of the documents stands in an edition, or the ledger says why it does not

`fixtur/dokumenttal.csv` holds one figure a row: package, document and place, what it is, the
figure, and where it stands: a published table with coordinates and measure, or a page's words.
"""

import csv
import html
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from finsam_genomlysning.ord.perioder import name_period
from finsam_genomlysning.ord.sv import datum

ROOT = Path(__file__).parents[1]
with open(ROOT / 'tests' / 'fixtur' / 'dokumenttal.csv', encoding='utf-8') as f:
    TAL = list(csv.DictReader(f, delimiter=';'))
PAKET = ('hoglandet', 'insjoriket', 'finnveden', 'sodra_vatterbygden')
SKALEN = {
    'Antal från 1 till 4 personer skrivs inte ut': 2,
    'Räknat av läsaren': 4,
    'Frågans nummer': 7,
    'Svarsalternativets plats i skalan': 15,
    'Målsättningens ordningsnummer': 3,
    'Temats ordningsnummer': 8,
}


@pytest.fixture(scope='session', params=PAKET)
def utgavan(request):
    "The edition of one package"
    if request.param == 'sodra_vatterbygden':
        return request.param, request.getfixturevalue('edition')
    return request.param, request.getfixturevalue('neighbour')(request.param)


def read_table(folder, name):
    with open(folder / 'tabeller' / f'{name}.csv', encoding='utf-8-sig') as f:
        return list(csv.DictReader(f, delimiter=';'))


def words(folder, name):
    "What a reader sees on a page, with one kind of space"
    text = (folder / f'{name}.html').read_text(encoding='utf-8')
    text = re.sub(r'<(script|style|svg)\b.*?</\1>', ' ', text, flags=re.S)
    text = html.unescape(re.sub(r'<[^>]+>', ' ', text))
    return re.sub(r'[\s\u00a0\u202f]+', ' ', text)


def cells(folder, row, tables):
    "The published values at a row's coordinates"
    where = dict(part.split('=', 1) for part in row['rad'].split('|'))
    table = tables.setdefault(row['tabell'], read_table(folder, row['tabell']))
    return [
        r['varde']
        for r in table
        if r['matt'] == row['matt'] and all(r[k] == v for k, v in where.items())
    ]


def printed(folder):
    "(table, measure) -> the coordinates of its numbers on the pages; None -> all numbers of them"
    found = {None: set()}
    for page in folder.glob('*.html'):
        for tag in re.findall(r'<data ([^>]*data-tabell[^>]*)>', page.read_text(encoding='utf-8')):
            at = {k: html.unescape(v) for k, v in re.findall(r'data-(\w+)="([^"]*)"', tag)}
            found.setdefault((at['tabell'], at['matt']), []).append(json.loads(at['koord']))
            found[None] |= set(re.findall(r'\bvalue="([^"]*)"', tag))
    return found


def is_read(folder, row, pages):
    "Whether a reader meets the figure on a page; an amount in two lists is told in one of them"
    if row['enhet'] == 'datum':
        said = datum(row['tal']) if len(row['tal']) == 10 else name_period(row['tal'])
        return said.replace('\xa0', ' ') in pages.setdefault('forbund', words(folder, 'forbund'))
    where = dict(part.split('=', 1) for part in row['rad'].split('|'))
    seen = pages.setdefault('tal', printed(folder))
    if row['enhet'] == 'kr' and row['tal'] in seen[None]:
        return True
    return any(where.items() <= at.items() for at in seen.get((row['tabell'], row['matt']), []))


def problem(folder, row, tables, pages):
    "What is wrong with a figure's place; None when it stands there"
    name = f'{row["dokument"]}: {row["vad"]} {row["tal"]}'
    if row['tabell'] == 'sida':
        page = pages.setdefault(row['rad'], words(folder, row['rad']))
        there = any(words in page for words in row['matt'].split(' // '))
        return None if there else f'{name}: inte på sidan {row["rad"]}'
    found = cells(folder, row, tables)
    if not found:
        return f'{name}: finns inte i {row["tabell"]}'
    by_place = row['enhet'] == 'datum'  # the coordinates say it
    wrong = [
        v for v in found if not by_place and (not v or abs(float(v) - float(row['tal'])) > 1e-9)
    ]
    if wrong:
        return f'{name}: {row["tabell"]} säger {wrong}'
    return None if is_read(folder, row, pages) else f'{name}: står inte på någon sida'


def test_every_figure_stands_where_the_ledger_says_and_none_is_contradicted(utgavan):
    paket, folder = utgavan
    tables, pages = {}, {}
    rows = [r for r in TAL if r['paket'] == paket and not r['skal']]
    assert len(rows) >= {'hoglandet': 320, 'insjoriket': 40, 'finnveden': 55}.get(paket, 40)
    wrong = [p for r in rows if (p := problem(folder, r, tables, pages))]
    assert wrong == []


def test_every_figure_has_a_place_or_a_reason():
    assert len(TAL) >= 500
    assert all(bool(r['skal']) != bool(r['tabell']) for r in TAL)
    assert all(r['dokument'] and r['vad'] and r['tal'] for r in TAL)
    assert {r['paket'] for r in TAL} == set(PAKET)


def test_the_reasons_are_few_and_known():
    reasons = Counter(r['skal'] for r in TAL if r['skal'])
    assert sum(reasons.values()) <= 50
    for start, n in SKALEN.items():
        assert sum(v for k, v in reasons.items() if k.startswith(start)) == n, start


def test_a_wrong_figure_is_seen(utgavan):
    paket, folder = utgavan
    row = next(r for r in TAL if r['paket'] == paket and r['tabell'] not in ('', 'sida'))
    assert 'säger' in problem(folder, row | {'tal': '123456789'}, {}, {})
    assert 'finns inte' in problem(folder, row | {'matt': 'okant'}, {}, {})
    page = dict(row, tabell='sida', rad='forbund', matt='något som ingen sida säger')
    assert 'inte på sidan' in problem(folder, page, {}, {})
