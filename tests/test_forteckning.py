"The ledger of a data package: whole or not at all, one build at a time, nothing forgotten"

import json, os, subprocess, sys, threading, time
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from finsam_genomlysning.katalog.falt import INGEN, code_field
from finsam_genomlysning.katalog.rakningar import Ruta
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.errors import DisclosureError, FolderError
from finsam_genomlysning.ord.urval import narrow, select
from finsam_genomlysning.katalog.falt import Folkmangd
from finsam_genomlysning.skydd.forteckning import (
    MAPP,
    Bevis,
    Liggare,
    Post,
    Rutpost,
    Talpost,
    append_post,
    certificate_faults,
    certificate_key,
    forgotten_editions,
    freeze_register,
    hold_ledger,
    post_json,
    read_ledger,
    read_post,
    read_rutpost,
    read_twins,
    rutpost_json,
    write_twins,
)

JUNE, SEPTEMBER = dt.date(2024, 6, 12), dt.date(2024, 9, 18)
ALL = select('deltaganden')
WOMEN, MEN = narrow(ALL, 'kon', ['K']), narrow(ALL, 'kon', ['M'])


def count(urval, tal, visad, *plats):
    return Rutpost(Ruta('deltagare_kon', 'deltagare', plats, urval), tal, visad)


def post(mote=JUNE, rutor=(), **more):
    day = dt.date(2023, 12, 31)
    kept = {'regler': {'k': 5}, 'monster': {}, **more}
    return Post(mote=mote, data_till=dt.date(2024, 5, 31), dag=day, rutor=tuple(rutor), **kept)


def lines(package):
    return (package / MAPP / 'poster.jsonl').read_text(encoding='utf-8').splitlines()


# JSON


def test_a_post_is_the_same_there_and_back():
    p = post(
        rutor=[count(WOMEN, 3, False, ('insats', 'å b'), ('kon', 'K')), count(ALL, None, False)],
        monster={'t': {'alder': (('16–29', '30–44'), ('45–64', 'Uppgift saknas'))}},
        utelamnat=(('t', 'm', ('kommun', 'kon')), ('t', 'm', ())),
        ovrigt=(Talpost('vantetid', 'median', (('insats', 'x'),), 41.5, 12.0, None, 50.25),),
        fingeravtryck='ab',
    )
    text = json.dumps(post_json(p), ensure_ascii=False)
    assert read_post(json.loads(text)) == p
    assert list(post_json(p)) == [
        *('mote', 'data_till', 'dag', 'regler', 'rutor'),
        *('monster', 'utelamnat', 'ovrigt', 'fingeravtryck'),
    ]
    assert '"plats": {"insats": "å b", "kon": "K"}' in text


def test_the_same_count_is_the_same_line():
    u = select('deltaganden', {'kon': ['M', 'K'], 'alder': ['30–44', '16–29']})
    v = select('deltaganden', {'alder': ['16–29', '30–44'], 'kon': ['K', 'M']})
    assert json.dumps(rutpost_json(count(u, 9, True))) == json.dumps(
        rutpost_json(count(v, 9, True))
    )


@pytest.mark.parametrize(
    'damage', [{'tal': '3'}, {'tal': True}, {'visad': 1}, {'visad': None}, {'tal': 1.0}]
)
def test_a_damaged_count_is_not_interpreted(damage):
    with pytest.raises(ValueError):
        read_rutpost(rutpost_json(count(WOMEN, 3, False)) | damage)


# What the gate asks


def test_a_count_printed_once_is_in_print():
    first = post(JUNE, [count(ALL, 40, True), count(WOMEN, 3, False), count(MEN, 37, False)])
    second = post(SEPTEMBER, [count(ALL, 44, True), count(WOMEN, 9, True), count(MEN, 35, False)])
    both = Liggare(ROOT, (first, second))
    assert both.visade == {ALL, WOMEN} and both.dolda == {MEN}
    assert [x.urval for x in both.rutor] == [ALL, WOMEN, MEN]
    assert Liggare(ROOT, (second, first)).visade == {ALL, WOMEN}


# Append


def test_the_same_edition_again_is_one_line_and_another_is_a_line_more(tmp_path):
    first = post(rutor=[count(ALL, 40, True)])
    mended = post(rutor=[count(ALL, 41, True)])
    for p in (first, mended, first):
        append_post(tmp_path, p)
    kept = read_ledger(tmp_path)
    assert kept.poster == (mended, first) and kept.post(JUNE) == first
    assert kept.post(SEPTEMBER) is None


def test_a_crash_between_write_and_rename_leaves_the_old(tmp_path, monkeypatch):
    append_post(tmp_path, post())

    def stop(a, b):
        raise OSError(5, 'Input/output error')

    with monkeypatch.context() as m:
        m.setattr(os, 'replace', stop)
        with pytest.raises(FolderError, match='kan inte skrivas'):
            append_post(tmp_path, post(SEPTEMBER))
    assert [p.mote for p in read_ledger(tmp_path).poster] == [JUNE]
    append_post(tmp_path, post(SEPTEMBER))
    assert [p.mote for p in read_ledger(tmp_path).poster] == [JUNE, SEPTEMBER]


KILLED = """
import os, signal, sys
from pathlib import Path
from finsam_genomlysning.skydd.forteckning import append_post, read_ledger
package = Path(sys.argv[1])
os.replace = lambda a, b: os.kill(os.getpid(), signal.SIGKILL)
append_post(package, read_ledger(package).poster[0].__class__(**{
    **vars(read_ledger(package).poster[0]), 'fingeravtryck': 'ny'}))
"""


def test_a_process_killed_before_the_rename_leaves_the_old_and_no_lock(tmp_path):
    append_post(tmp_path, post())
    before = (tmp_path / MAPP / 'poster.jsonl').read_bytes()
    done = subprocess.run([sys.executable, '-c', KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -9
    assert (tmp_path / MAPP / 'poster.jsonl').read_bytes() == before
    with hold_ledger(tmp_path, wait=0) as liggare:
        assert len(liggare.poster) == 1


def test_a_broken_last_line_is_said_in_swedish_and_never_skipped(tmp_path):
    append_post(tmp_path, post())
    append_post(tmp_path, post(SEPTEMBER))
    path = tmp_path / MAPP / 'poster.jsonl'
    path.write_bytes(path.read_bytes()[:-20])
    for attempt in (read_ledger, lambda p: append_post(p, post(dt.date(2024, 11, 20)))):
        with pytest.raises(FolderError) as e:
            attempt(tmp_path)
        assert e.value.svenska == (
            '.liggare/poster.jsonl: Rad 2 i liggaren går inte att läsa. '
            'Återställ mappen .liggare i datapaketet från en säkerhetskopia.'
        )
    with pytest.raises(FolderError, match='Rad 2'), hold_ledger(tmp_path):
        pass


@pytest.mark.parametrize('text', ['[]', '5', '{"mote": "2024-06-12"}', 'null', '{"rutor": 3}'])
def test_a_line_that_is_no_post(tmp_path, text):
    (tmp_path / MAPP).mkdir()
    (tmp_path / MAPP / 'poster.jsonl').write_text(text + '\n', encoding='utf-8')
    with pytest.raises(FolderError, match='Rad 1'):
        read_ledger(tmp_path)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / MAPP).mkdir()
    (tmp_path / MAPP / 'poster.jsonl').write_bytes(b'\xff\xfe\n')
    with pytest.raises(FolderError, match='går inte att läsa'):
        read_ledger(tmp_path)


# One at a time

SECOND = """
import sys, time
from pathlib import Path
from finsam_genomlysning.skydd.forteckning import hold_ledger
print('ready', flush=True)
sys.stdin.readline()
before = time.monotonic()
with hold_ledger(Path(sys.argv[1])) as liggare:
    print(round(time.monotonic() - before, 2), *(p.mote for p in liggare.poster))
"""


def test_a_second_build_waits_and_sees_the_first_ones_post(tmp_path):
    other = subprocess.Popen(
        [sys.executable, '-c', SECOND, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout.readline() == 'ready\n'
    with hold_ledger(tmp_path) as liggare:
        assert liggare.poster == ()
        other.stdin.write('\n')
        other.stdin.flush()
        time.sleep(1)
        assert other.poll() is None
        append_post(tmp_path, post())
    waited, *moten = other.communicate(timeout=60)[0].split()
    assert moten == ['2024-06-12'] and float(waited) >= 0.9


def test_who_waits_too_long_is_told(tmp_path):
    told = []

    def other():
        try:
            with hold_ledger(tmp_path, wait=0.2):
                told.append('in')
        except FolderError as e:
            told.append(e.svenska)

    with hold_ledger(tmp_path):
        t = threading.Thread(target=other)
        t.start()
        t.join()
    assert 'Ett annat bygge av samma förbund' in told[0] and len(told) == 1
    other()
    assert told[1] == 'in'


def test_two_threads_lose_no_post(tmp_path):
    days = [dt.date(2024, 1, n) for n in range(1, 13)]

    def some(own):
        for d in own:
            append_post(tmp_path, post(d))

    ts = [threading.Thread(target=some, args=(days[n::2],)) for n in (0, 1)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    assert sorted(p.mote for p in read_ledger(tmp_path).poster) == days


def test_the_lock_is_let_go_when_a_build_stops(tmp_path):
    with pytest.raises(ZeroDivisionError), hold_ledger(tmp_path):
        raise ZeroDivisionError
    with hold_ledger(tmp_path, wait=0):
        pass


@pytest.mark.skipif(sys.platform == 'win32', reason='modes of POSIX')
def test_a_package_that_cannot_be_written_stops_the_build(tmp_path, monkeypatch):
    from pathlib import Path

    def refuse(self, *a, **k):
        raise PermissionError(13, 'Permission denied')

    monkeypatch.setattr(Path, 'mkdir', refuse)
    with pytest.raises(FolderError) as e, hold_ledger(tmp_path):
        pass
    assert 'Liggaren kan inte skrivas, och utan den byggs ingen utgåva.' in e.value.svenska
    assert read_ledger(tmp_path).poster == ()


def test_what_lies_in_the_ledger_is_for_its_owner(tmp_path):
    append_post(tmp_path, post())
    certificate_key(tmp_path)
    freeze_register(tmp_path, JUNE, pd.DataFrame({'kon': ['K']}))
    write_twins(tmp_path, JUNE, [proof()])
    folder = tmp_path / MAPP
    assert (folder / '.gitignore').read_text() == '*\n'
    assert folder.stat().st_mode & 0o077 == 0
    secret = [p for p in folder.iterdir() if p.name != '.gitignore']
    assert {p.name for p in secret} == {
        'lock',
        'nyckel',
        'poster.jsonl',
        'register-2024-06-12.csv',
        'tvillingar-2024-06-12.npz',
    }
    assert [p.name for p in secret if p.stat().st_mode & 0o077] == []


# The register as it was known


def test_the_default_register_comes_back_as_it_was(tmp_path):
    rows = read_underlag(ROOT / 'data' / 'sodra_vatterbygden').tabell('deltagare')
    frozen = freeze_register(tmp_path, JUNE, rows)
    pd.testing.assert_frame_equal(frozen, rows)
    pd.testing.assert_frame_equal(read_ledger(tmp_path).register(JUNE), rows)
    assert read_ledger(tmp_path).register(SEPTEMBER) is None


def test_kinds_and_gaps_come_back(tmp_path):
    rows = pd.DataFrame(
        {
            'text': ['a;"b"', 'rad\nbruten', None, 'NA', '0012'],
            'tal': [0.1, 1 / 3, np.nan, -2.0, 1e-17],
            'hel': [1, 2, 3, 4, 2**62],
            'ja': [True, False, True, True, False],
            'kort': pd.array([1, None, 3, 4, 5], dtype='Int64'),
            'dag': pd.to_datetime(['2024-02-29', None, '1999-01-01', '2024-01-01', None]),
            'tom': [None] * 5,
        }
    )
    pd.testing.assert_frame_equal(freeze_register(tmp_path, JUNE, rows), rows)
    some = rows[rows['ja']]
    again = freeze_register(tmp_path, SEPTEMBER, some)
    pd.testing.assert_frame_equal(again, some.reset_index(drop=True))
    empty = rows.iloc[:0]
    pd.testing.assert_frame_equal(freeze_register(tmp_path, dt.date(2025, 1, 1), empty), empty)


def test_rows_are_frozen_when_their_day_is_published_and_not_before(tmp_path):
    day = post().dag
    wrong, right, late = (pd.DataFrame({'kon': list(k)}) for k in ('KK', 'KM', 'KMM'))
    assert freeze_register(tmp_path, day, wrong)['kon'].tolist() == ['K', 'K']
    assert freeze_register(tmp_path, day, right)['kon'].tolist() == ['K', 'M']
    append_post(tmp_path, post())
    assert freeze_register(tmp_path, day, late)['kon'].tolist() == ['K', 'M']
    other = day.replace(year=2024)
    assert freeze_register(tmp_path, other, late)['kon'].tolist() == ['K', 'M', 'M']


def test_a_damaged_register_is_said(tmp_path):
    freeze_register(tmp_path, JUNE, pd.DataFrame({'dag': pd.to_datetime(['2024-01-01'])}))
    path = tmp_path / MAPP / 'register-2024-06-12.csv'
    path.write_text(path.read_text().replace('2024-01-01', 'igår'), encoding='utf-8')
    with pytest.raises(FolderError, match='frysta registret'):
        read_ledger(tmp_path).register(JUNE)


# The key


def test_the_key_is_made_once_and_is_another_for_each_package(tmp_path):
    a, b = tmp_path / 'a', tmp_path / 'b'
    a.mkdir()
    b.mkdir()
    first = certificate_key(a)
    assert len(first) == 32 and certificate_key(a) == first != certificate_key(b)
    (a / MAPP / 'nyckel').write_bytes(first[:31])
    with pytest.raises(FolderError, match='skadad'):
        certificate_key(a)


# Certificates


def people(kon, utfall='aaaaaaaaaa'):
    fields = {
        'insats': code_field('xxxxxyyyyy'),
        'kon': code_field(kon, ['K', 'M']),
        'utfall': code_field(utfall, ['a', 'b', INGEN]),
    }
    return Folkmangd('deltaganden', fields, ('kon', 'utfall'), ('utfall',))


def proof(twins=('KMMMMMMMMM', 'KKKKKMMMMM'), **more):
    rutor = (
        count(ALL, 10, True),
        count(WOMEN, 2, False, ('kon', 'K')),
        count(MEN, 8, False, ('kon', 'M')),
    )
    return Bevis(people('KKMMMMMMMM'), tuple(people(t) for t in twins), rutor, **more)


def test_twins_come_back_as_they_were(tmp_path):
    other = Bevis(Folkmangd('enkatsvar', {'svar': code_field('121')}, ('svar',)), (), ())
    given = [proof(granser=((WOMEN, 0, 5),)), other]
    write_twins(tmp_path, JUNE, given)
    back = read_twins(tmp_path, JUNE)
    assert len(back) == 2
    for was, now in zip(given, back, strict=True):
        assert (was.rutor, was.k, was.granser) == (now.rutor, now.k, now.granser)
        pairs = zip((was.folk, *was.tvillingar), (now.folk, *now.tvillingar), strict=True)
        for a, b in pairs:
            assert (a.namn, a.rorliga, a.efter, list(a.falt)) == (
                b.namn,
                b.rorliga,
                b.efter,
                list(b.falt),
            )
            for f in a.falt:
                assert a.falt[f].varden == b.falt[f].varden
                assert a.falt[f].koder.tolist() == b.falt[f].koder.tolist()


def test_a_certificate_says_what_it_fails_to_prove():
    assert certificate_faults([proof()]) == []
    unproved = ["deltagare_kon: deltagare {'kon': 'K'} is proved by no twin"]
    assert certificate_faults([proof(twins=['KKKKKMMMMM'])]) == unproved
    assert certificate_faults([proof(twins=['KMMMMMMMMM', 'KKKKMMMMMM'])]) == unproved
    near = proof(twins=['KMMMMMMMMM', 'KKKKMMMMMM'], granser=((WOMEN, 1, 4),))
    assert certificate_faults([near]) == []
    far = proof(granser=((WOMEN, 0, 5),))
    assert certificate_faults([far]) == unproved


def test_a_twin_that_prints_another_number_is_found():
    shown = Bevis(
        people('KKMMMMMMMM'),
        (people('KKMMMMMMMM'), people('KMMMMMMMMM'), people('KKKMMMMMMM')),
        (count(MEN, 8, True, ('kon', 'M')),),
    )
    assert certificate_faults([shown]) == [
        f'register {n} of deltaganden prints 1 other numbers' for n in (2, 3)
    ]


def test_a_twin_never_moves_the_programme(tmp_path):
    folk = people('KKMMMMMMMM')
    moved = Folkmangd(
        'deltaganden', {**folk.falt, 'insats': code_field('yyyyyxxxxx')}, folk.rorliga, folk.efter
    )
    with pytest.raises(ValueError, match='insats'):
        write_twins(tmp_path, JUNE, [Bevis(folk, (moved,), ())])


def test_a_certificate_without_its_edition_stops_the_build(tmp_path):
    append_post(tmp_path, post(JUNE))
    for day in (JUNE, SEPTEMBER):
        write_twins(tmp_path, day, [proof()])
    with pytest.raises(DisclosureError) as e, hold_ledger(tmp_path):
        pass
    assert 'Det finns intyg för 2024-09-18 men liggaren saknar' in e.value.svenska
    assert 'säkerhetskopia' in e.value.svenska and 'hela mappen .liggare' in e.value.svenska
    with hold_ledger(tmp_path, adopt=True) as liggare:
        assert forgotten_editions(liggare) == ['2024-09-18']
        append_post(tmp_path, post(SEPTEMBER))
    with hold_ledger(tmp_path) as liggare:
        assert len(liggare.poster) == 2


@pytest.mark.parametrize('damage', [b'', b'PK\x03\x04 not a zip', None])
def test_a_certificate_that_cannot_be_read_is_said(tmp_path, damage):
    if damage is not None:
        path = write_twins(tmp_path, JUNE, [proof()])
        path.write_bytes(damage)
    with pytest.raises(FolderError, match='Intyget går inte att läsa'):
        read_twins(tmp_path, JUNE)
