"The audit of selections against full enumeration, editions as one, and changed numbers"

import itertools, json, math
import numpy as np
import pytest
from finsam_genomlysning.granska.granskning import LACKOR, audit_selections
from finsam_genomlysning.granska.system import (
    Uppgiften,
    changed_counts,
    known_intervals,
    read_counts,
    write_system,
)

FIELDS = {'a': ['a1', 'a2'], 'b': ['b1', 'b2', 'b3'], 'c': ['c1', 'c2'], 'd': ['d1', 'd2']}


def people(rng, n, fields):
    return [{f: str(rng.choice(FIELDS[f])) for f in fields} for _ in range(n)]


def counted(rows, where):
    return sum(all(r[f] in vs for f, vs in where) for r in rows)


def crossed(scope):
    "Every cell of a table over some fields, margins too"
    for point in itertools.product(*[[*FIELDS[f], None] for f in scope]):
        yield frozenset((f, frozenset([v])) for f, v in zip(scope, point, strict=True) if v)


def unions(rng, scope):
    "Conditions that let several values through"
    for f in scope:
        for k in range(2, len(FIELDS[f])):
            values = rng.choice(FIELDS[f], k, replace=False)
            yield frozenset([(f, frozenset(map(str, values)))])


def published(rows, cells, hidden, utgava='1'):
    out = []
    for nr, where in enumerate(cells):
        n = counted(rows, where)
        low, high = (0, math.inf) if nr in hidden else (n, n)
        out.append(Uppgiften('t', 'm', str(nr), 'p', where, low, high, utgava=utgava))
    return out


def registers(n, fields):
    "Every register of n persons, as how many there are of each kind"
    atoms = list(itertools.product(*[FIELDS[f] for f in fields]))
    for bars in itertools.combinations(range(n + len(atoms) - 1), len(atoms) - 1):
        yield atoms, np.diff([-1, *bars, n + len(atoms) - 1]) - 1


def enumerated(cells, counts, n, fields):
    masks, ok = None, []
    for atoms, y in registers(n, fields):
        if masks is None:
            masks = np.array(
                [
                    [all(x[fields.index(f)] in vs for f, vs in where) for x in atoms]
                    for where in cells
                ]
            )
        z = masks @ y
        if all(u.lag <= v <= u.hog for u, v in zip(counts, z, strict=True)):
            ok.append(z)
    return np.min(ok, axis=0), np.max(ok, axis=0)


@pytest.mark.parametrize('seed', range(12))
@pytest.mark.parametrize(
    'scopes,n',
    [(['ab'], 7), (['ab', 'ac'], 5), (['ac', 'cd', 'ad'], 6), (['ab', 'bc', 'ac'], 4)],
    ids=['table', 'chain', 'ring', 'wide ring'],
)
def test_intervals_are_those_of_full_enumeration(scopes, n, seed):
    rng = np.random.default_rng(seed)
    fields = sorted(set(''.join(scopes)))
    rows = people(rng, n, fields)
    cells = list(dict.fromkeys(x for s in scopes for x in (*crossed(s), *unions(rng, s))))
    small = {i for i, c in enumerate(cells) if 0 < counted(rows, c) < 3}
    lot = {i for i, c in enumerate(cells) if c and rng.random() < 0.25}
    counts = published(rows, cells, small | lot)
    low, high = enumerated(cells, counts, n, fields)
    s = write_system('p', counts, FIELDS)
    found = known_intervals(s, 3)
    assert len(found) == len(cells)
    for k, given in enumerate(s.uppgifter):
        i = int(given[0].plats)
        assert found[k] == (low[i], high[i])


def test_a_ring_of_four_is_made_chordal():
    rng = np.random.default_rng(3)
    rows = people(rng, 4, 'abcd')
    scopes = ['ac', 'cd', 'bd', 'ab']
    cells = list(dict.fromkeys(x for s in scopes for x in crossed(s)))
    small = {i for i, c in enumerate(cells) if 0 < counted(rows, c) < 3}
    counts = published(rows, cells, small)
    low, high = enumerated(cells, counts, 4, 'abcd')
    s = write_system('p', counts, FIELDS)
    found = known_intervals(s, 3)
    assert {int(g[0].plats): found[k] for k, g in enumerate(s.uppgifter)} == {
        i: (low[i], high[i]) for i in range(len(cells))
    }


def test_the_quick_search_finds_the_same_leaks():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        rows = people(rng, 12, 'abc')
        cells = list(dict.fromkeys(x for s in ('ab', 'bc') for x in crossed(s)))
        small = {i for i, c in enumerate(cells) if 0 < counted(rows, c) < 3}
        s = write_system('p', published(rows, cells, small), FIELDS)
        full, quick = known_intervals(s, 3), known_intervals(s, 3, exact=False)
        leaks = {i for i, (a, b) in full.items() if 1 <= a and b < 3}
        assert {i for i, (a, b) in quick.items() if 1 <= a and b < 3} == leaks


@pytest.mark.parametrize('seed', range(6))
def test_a_changed_number_is_found(seed):
    rng = np.random.default_rng(seed)
    rows = people(rng, 30, 'ab')
    cells = list(crossed('ab'))
    counts = published(rows, cells, set())
    target = int(rng.integers(len(cells)))
    wrong = [
        u
        if i != target
        else Uppgiften(u.tabell, u.matt, u.plats, 'p', u.villkor, u.lag + 1, u.hog + 1)
        for i, u in enumerate(counts)
    ]
    s = write_system('p', wrong, FIELDS)
    assert known_intervals(s, 5) == {}
    assert [s.uppgifter[i][0].plats for i in changed_counts(s)] == [str(target)]


def write(folder, tables, fields, cells):
    "An edition with no more than tables and selections"
    (folder / 'tabeller').mkdir(parents=True)
    for id, (dims, rows) in tables.items():
        lines = [';'.join([*dims, 'matt', 'varde', 'n', 'lag', 'hog', 'skyddad'])]
        lines += [
            ';'.join(
                [
                    *place,
                    'antal',
                    '' if v is None else str(v),
                    '',
                    '',
                    '',
                    'ja' if v is None else 'nej',
                ]
            )
            for place, v in rows.items()
        ]
        (folder / 'tabeller' / f'{id}.csv').write_text('\n'.join(lines) + '\n', encoding='utf-8')
    u = {
        'falt': {f: {'varden': v, 'text': f} for f, v in fields.items()},
        'folkmangder': {'personer': {}},
        'regler': {'grans': 5},
        'celler': [
            {'tabell': t, 'matt': 'antal', 'plats': p, 'urval': w, 'folkmangd': 'personer'}
            for t, p, w in cells
        ],
    }
    path = folder / 'tabeller' / 'urval.json'
    path.write_text(json.dumps(u, ensure_ascii=False), encoding='utf-8')
    return folder


S = 'Samtliga'


def by_kon(folder, total, k, m, fields=('K', 'M'), extra=None):
    rows = {('K',): k, ('M',): m, (S,): total}
    cells = [('kon', {'kon': 'K'}, {'kon': ['K']}), ('kon', {'kon': 'M'}, {'kon': ['M']})]
    cells += [('kon', {}, {})]
    tables = {'kon': (['kon'], rows)}
    if extra:
        tables['fler'] = (['kon'], extra)
        cells += [('fler', {'kon': key[0]}, {'kon': [key[0]]}) for key in extra]
    return write(folder, tables, {'kon': list(fields)}, cells)


def verdicts(*folders, grans=5):
    d = audit_selections(list(folders), grans)
    return {(r.tabell, r.plats): r.utslag for r in d.itertuples() if r.utslag in LACKOR}


def test_a_withheld_count_that_follows_is_told(tmp_path):
    assert verdicts(by_kon(tmp_path / 'u', 20, 17, None))['kon', 'kon=M'] == 'exakt'
    assert verdicts(by_kon(tmp_path / 'v', 20, 17, None, 'KMX')) == {
        ('kon', 'Samtliga, utom kon=K'): 'exakt'
    }
    assert verdicts(by_kon(tmp_path / 'w', 20, None, None)) == {}


def test_a_small_count_in_print_is_told(tmp_path):
    found = verdicts(by_kon(tmp_path / 'u', 20, 17, 3))
    assert found['kon', 'kon=M'] == 'naken'


def test_the_same_count_in_two_tables_is_one(tmp_path):
    found = verdicts(by_kon(tmp_path / 'u', 20, None, None, extra={('K',): 18}))
    assert found['kon', 'kon=M'] == 'exakt'


def test_two_tables_that_contradict_each_other_are_told(tmp_path):
    found = verdicts(by_kon(tmp_path / 'u', 20, 12, None, extra={('K',): 11}))
    assert set(found.values()) == {'ändrad'}
    found = verdicts(by_kon(tmp_path / 'v', 20, 12, 9))
    assert list(found.values()) == ['ändrad']


def test_a_selection_without_its_row_is_told(tmp_path):
    folder = by_kon(tmp_path / 'u', 20, None, None)
    path = folder / 'tabeller' / 'kon.csv'
    path.write_text(
        path.read_text(encoding='utf-8').replace('M;antal', 'X;antal'), encoding='utf-8'
    )
    assert read_counts(folder)[2] == ['kon, antal (kon=M)']
    assert 'ändrad' in verdicts(folder).values()


def dated(folder, cut, before, after, total):
    spans = [f'1900-01-01/{cut}', f'{next_day(cut)}/2200-01-01']
    rows = {('fore',): before, ('efter',): after, (S,): total}
    cells = [
        ('start', {'start': 'fore'}, {'start': [spans[0]]}),
        ('start', {'start': 'efter'}, {'start': [spans[1]]}),
        ('start', {}, {}),
    ]
    return write(folder, {'start': (['start'], rows)}, {'start': spans}, cells)


def next_day(day):
    return str(np.datetime64(day) + 1)


def test_two_editions_are_one_system(tmp_path):
    "Those who started between two cuts of the calendar: 12 before one, 15 before the next"
    one = dated(tmp_path / '1', '2024-03-31', 12, 20, 32)
    two = dated(tmp_path / '2', '2024-04-30', 15, 17, 32)
    assert verdicts(one) == {} == verdicts(two)
    d = audit_selections([one, two], 5)
    assert (d.utslag == 'revision').any()


def test_nothing_is_told_of_what_is_nobodys_secret(tmp_path):
    folder = by_kon(tmp_path / 'u', 20, 17, 3)
    path = folder / 'tabeller' / 'urval.json'
    u = json.loads(path.read_text(encoding='utf-8'))
    for c in u['celler']:
        c['oppen'] = True
    path.write_text(json.dumps(u), encoding='utf-8')
    assert verdicts(folder) == {}
