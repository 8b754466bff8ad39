"`genomlysning liggare`: what was printed, and a lost ledger made again from what was published"

import json, shutil
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, copy_package
from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.gora.tryckt import (
    Tryckantal,
    adopt_editions,
    count_printed,
    ledger_lines,
    read_printed,
)
from finsam_genomlysning.katalog.falt import Folkmangd, code_field
from finsam_genomlysning.katalog.rakningar import Ruta
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.ord.errors import FolderError
from finsam_genomlysning.ord.forbund import Mote
from finsam_genomlysning.ord.tabell import Dim, Matt, Publicerad, Tabelldef
from finsam_genomlysning.ord.urval import select
from finsam_genomlysning.skydd.forteckning import (
    Bevis,
    Post,
    Rutpost,
    Talpost,
    append_post,
    fingerprint_tables,
    freeze_register,
    hold_ledger,
    read_ledger,
    write_twins,
)
from finsam_genomlysning.skydd.utgava import Utgava, write_edition

FIRST, SEPTEMBER = '2024-09-02', '2024-09-18'
DETAIL = '2024-06-30'
ALDER = Tabelldef(
    'deltagare_alder',
    'Ålder',
    (Dim('insats', 'Insats'), Dim('aldersgrupp', 'Ålder')),
    (Matt('deltagare', 'Deltagare', 'antal'), Matt('andel', 'Andel', 'andel')),
    'register',
)
BEFOLKNING = Tabelldef(
    'befolkning', 'Befolkning', (), (Matt('medel', 'Medelålder', 'statistik'),), 'SCB'
)
ALL = 'Samtliga'
ROWS = [  # insats, age, measure, value, n, low, high, mark
    (ALL, ALL, 'deltagare', 60, None, None, None, 'nej'),
    ('a', ALL, 'deltagare', 40, None, None, None, 'nej'),
    ('a', '16–29 + 30–44', 'deltagare', 21, None, None, None, 'nej'),
    ('a', '45–64', 'deltagare', None, None, None, None, 'ja'),
    ('a', 'Uppgift saknas', 'deltagare', None, None, None, None, 'ja'),
    ('a', '45–64 + Uppgift saknas', 'deltagare', 19, None, None, None, 'grupp'),
    ('a', '16–29 + 30–44', 'andel', 0.525, 40, 0.37, 0.67, 'nej'),
    ('a', '45–64', 'andel', None, None, None, None, 'ja'),
]


def frame(rows, dims):
    columns = [*dims, 'matt', 'varde', 'n', 'lag', 'hog', 'skyddad']
    df = pd.DataFrame(rows, columns=columns)
    numbers = ['varde', 'n', 'lag', 'hog']
    return df.astype(dict.fromkeys(numbers, float))


def cell(insats, ages, tabell='deltagare_alder', matt='deltagare'):
    place, urval = {}, {}
    if insats:
        place['insats'], urval['insats'] = insats, [insats]
    if ages:
        place['aldersgrupp'], urval['alder'] = ' + '.join(ages), sorted(ages)
    return {
        'tabell': tabell,
        'matt': matt,
        'plats': place,
        'folkmangd': 'deltaganden',
        'urval': urval,
    }


CELLS = [
    cell(None, []),
    cell('a', []),
    cell('a', ['16–29', '30–44']),
    cell('a', ['45–64']),
    cell('a', ['Uppgift saknas']),
    cell('a', ['45–64', 'Uppgift saknas']),
    cell('b', ['45–64']),  # a part that was left out
    cell('a', [], tabell='kommun_kon'),  # a table that was left out
]
METOD = {
    'detalj': json.dumps({'fran': '2023-07-01', 'till': DETAIL, 'text': 'juli 2023–juni 2024'}),
    'utelamnat': json.dumps([['kommun_kon', 'deltagare', ['kommun', 'kon']]]),
}


@pytest.fixture
def package(tmp_path):
    return copy_package(SMALL, tmp_path / 'paket')


def publish(package, folder, mote=SEPTEMBER, rows=ROWS, metod=METOD, cells=CELLS):
    tables = {
        'deltagare_alder': Publicerad(ALDER, frame(rows, ['insats', 'aldersgrupp'])),
        'befolkning': Publicerad(BEFOLKNING, frame([('medel', 41.5, None, None, None, 'nej')], [])),
    }
    meeting = Mote(organ='styrelsen', rubrik='Möte', datum=mote, data_till='2024-08-31')
    write_edition(Utgava(read_forbund(package), meeting, tables, metod=metod), folder)
    urval = {'falt': {}, 'folkmangder': {}, 'celler': cells, 'regler': {'k': 5}}
    if cells is not None:
        text = json.dumps(urval, ensure_ascii=False)
        (folder / 'tabeller' / 'urval.json').write_text(text, encoding='utf-8')
    return folder


def test_an_edition_is_read_from_what_it_published(package, tmp_path):
    folder = publish(package, tmp_path / 'ut' / SEPTEMBER)
    p = read_printed(folder)
    assert (p.mote, p.data_till, p.dag) == (
        dt.date(2024, 9, 18),
        dt.date(2024, 8, 31),
        dt.date(2024, 6, 30),
    )
    assert p.regler == {'k': 5}
    assert [(x.tal, x.visad) for x in p.rutor] == [
        *((60, True), (40, True), (21, True), (None, False), (None, False), (19, True)),
        *((None, False), (None, False)),
    ]
    young = ('aldersgrupp', '16–29 + 30–44')
    assert p.rutor[2].ruta == Ruta(
        'deltagare_alder',
        'deltagare',
        (('insats', 'a'), young),
        select('deltaganden', {'insats': ['a'], 'alder': ['16–29', '30–44']}),
    )
    assert p.monster == {'deltagare_alder': {'aldersgrupp': (('16–29', '30–44'),)}}
    assert p.utelamnat == (('kommun_kon', 'deltagare', ('kommun', 'kon')),)
    share = Talpost('deltagare_alder', 'andel', (('insats', 'a'), young), 0.525, 40, 0.37, 0.67)
    assert p.ovrigt == (share,)
    assert p.fingeravtryck == fingerprint_tables(folder) and len(p.fingeravtryck) == 64
    assert count_printed(p) == Tryckantal(visade=3, dolda=4, grupper=1)


def test_without_detail_of_its_own_the_edition_is_of_its_cut_off(package, tmp_path):
    p = read_printed(publish(package, tmp_path / SEPTEMBER, metod={}))
    assert p.dag == p.data_till and p.utelamnat == ()


def test_the_fingerprint_is_of_the_tables_alone(package, tmp_path):
    folder = publish(package, tmp_path / SEPTEMBER)
    before = fingerprint_tables(folder)
    (folder / 'index.html').write_text('x')
    (folder / 'tabeller' / 'urval.json').write_text('{}')
    assert fingerprint_tables(folder) == before
    path = folder / 'tabeller' / 'befolkning.csv'
    path.write_bytes(path.read_bytes().replace(b'41.5', b'41.6'))
    changed = fingerprint_tables(folder)
    assert changed != before
    path.rename(path.with_name('annan.csv'))
    assert fingerprint_tables(folder) not in (before, changed)


def test_a_lost_ledger_is_made_again(package, tmp_path, capsys):
    folder = publish(package, tmp_path / 'ut' / 'liten' / SEPTEMBER)
    folk = Folkmangd('deltaganden', {'kon': code_field('KM')}, ('kon',))
    write_twins(package, dt.date(2024, 9, 18), [Bevis(folk, (), ())])
    words = ['liggare', '--forbund', str(package)]
    assert main(words) == 1
    said = capsys.readouterr().out
    assert 'Liggaren är tom' in said
    assert 'Det finns intyg för 2024-09-18 men ingen rad. Nästa bygge stoppas.' in said
    assert main([*words, '--lasin', str(tmp_path / 'ut')]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == '1 utgåva inläst: 2024-09-18.'
    assert said[1] == (
        'Inget register är fryst för 2024-06-30: detalj dit räknas på det som finns nu.'
    )
    assert said[-1] == (
        '  möte 2024-09-18, detalj till 2024-06-30: 3 visade antal, 4 dolda, 1 grupp'
    )
    with hold_ledger(package) as liggare:
        assert liggare.poster == (read_printed(folder),)
    assert main([*words, '--lasin', str(tmp_path / 'ut')]) == 0
    assert 'Inga nya utgåvor' in capsys.readouterr().out
    assert len(read_ledger(package).poster) == 1


def test_what_the_ledger_knows_better_is_left_alone(package, tmp_path):
    folder = publish(package, tmp_path / 'ut' / SEPTEMBER)
    read = read_printed(folder)
    full = tuple(Rutpost(x.ruta, 3 if x.tal is None else x.tal, x.visad) for x in read.rutor)
    own = Post(**{**vars(read), 'rutor': full})
    append_post(package, own)
    other = publish(package, tmp_path / 'ut' / FIRST, FIRST)
    assert [p.mote.isoformat() for p in adopt_editions(package, tmp_path / 'ut')] == [FIRST]
    assert read_ledger(package).poster == (own, read_printed(other))


def test_an_edition_in_two_places_is_one(package, tmp_path):
    folder = publish(package, tmp_path / 'ut' / SEPTEMBER)
    shutil.copytree(folder, tmp_path / 'ut' / 'kopia')
    shutil.copytree(folder, tmp_path / 'ut' / '.gammal-2024-09-18')
    assert len(adopt_editions(package, tmp_path / 'ut')) == 1


def test_one_that_cannot_be_read_stops_all(package, tmp_path):
    publish(package, tmp_path / 'ut' / FIRST, FIRST)
    bad = publish(package, tmp_path / 'ut' / SEPTEMBER, cells=None)
    with pytest.raises(FolderError, match='saknar tabeller/urval.json'):
        adopt_editions(package, tmp_path / 'ut')
    (bad / 'tabeller' / 'urval.json').write_text('{"celler": 3}')
    with pytest.raises(FolderError, match='går inte att läsa'):
        adopt_editions(package, tmp_path / 'ut')
    assert read_ledger(package).poster == ()


def test_another_forbunds_editions_are_refused(package, tmp_path, capsys):
    folder = publish(package, tmp_path / 'ut' / SEPTEMBER)
    about = json.loads((folder / 'utgava.json').read_text(encoding='utf-8'))
    about['forbund'] |= {'id': 'annat', 'namn': 'Annat förbund'}
    (folder / 'utgava.json').write_text(json.dumps(about), encoding='utf-8')
    assert main(['liggare', '--forbund', str(package), '--lasin', str(folder)]) == 1
    assert 'Utgåvan hör till Annat förbund' in capsys.readouterr().err
    assert read_ledger(package).poster == ()


def test_a_folder_without_editions(package, tmp_path):
    (tmp_path / 'tom').mkdir()
    with pytest.raises(FolderError, match='ingen utgåva'):
        adopt_editions(package, tmp_path / 'tom')


def test_the_lines_go_by_meeting_and_say_what_was_replaced(package):
    d = dt.date.fromisoformat
    empty = {'data_till': d(DETAIL), 'dag': d(DETAIL), 'regler': {}, 'monster': {}}
    one = Rutpost(Ruta('t', 'm', (), select('deltaganden')), 9, True)
    late = Post(mote=d(SEPTEMBER), rutor=(), **empty)
    first, second = (Post(mote=d(FIRST), rutor=r, **empty) for r in ((), (one,)))
    for p in (late, first, second):
        append_post(package, p)
    assert list(ledger_lines(read_ledger(package))) == [
        '  möte 2024-09-02, detalj till 2024-06-30: 0 visade antal, 0 dolda, 0 grupper '
        '(ersatt av en senare)',
        '  möte 2024-09-02, detalj till 2024-06-30: 1 visat antal, 0 dolda, 0 grupper',
        '  möte 2024-09-18, detalj till 2024-06-30: 0 visade antal, 0 dolda, 0 grupper',
    ]


def test_a_frozen_register_is_not_said_to_be_missing(package, tmp_path, capsys):
    publish(package, tmp_path / 'ut' / SEPTEMBER)
    freeze_register(package, dt.date(2024, 6, 30), pd.DataFrame({'kon': ['K', np.nan]}))
    main(['liggare', '--forbund', str(package), '--lasin', str(tmp_path / 'ut')])
    assert 'Inget register är fryst' not in capsys.readouterr().out


def test_showing_the_ledger_writes_nothing(package, capsys):
    before = sorted(p.name for p in package.iterdir())
    assert main(['liggare', '--forbund', str(package)]) == 0
    assert sorted(p.name for p in package.iterdir()) == before
    assert 'Liggaren är tom' in capsys.readouterr().out
