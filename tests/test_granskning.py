"The audit against full enumeration, leaks made by hand, and the protection against the audit"

import itertools, json, sys
from dataclasses import asdict, replace
from pathlib import Path
import numpy as np, pandas as pd, pytest
from finsam_genomlysning.granska.granskning import (
    LACKOR,
    _statements,
    audit,
    audit_between,
    audit_statements,
    judge,
    share_bounds,
)
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.skydd.sekretess import list_exposed, protect_edition
from finsam_genomlysning.katalog.tabeller import build_tables
from finsam_genomlysning.ord.tabell import Dim, Matt, Publicerad, Tabelldef
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.utgava import write_edition

sys.path.insert(0, str(Path(__file__).parents[1] / 'benchmarks'))
from sekretess import cross, edition, LEAN  # noqa: E402

DELTAGARE = (Matt('deltagare', 'Deltagare', 'antal'),)
S = 'Samtliga'
CATS = {'a': ['a1', 'a2'], 'b': ['b1', 'b2'], 'c': ['c1', 'c2'], 'd': ['d1', 'd2', 'd3']}


def published(tables):
    defs = {t: asdict(p.definition) for t, p in tables.items()}
    return defs, [u for t, p in tables.items() for u in _statements(t, defs[t], p.df)]


def naive(p, k):
    df = p.df.assign(skyddad=np.where((p.df.varde > 0) & (p.df.varde < k), 'ja', 'nej'))
    return Publicerad(p.definition, df.assign(varde=df.varde.where(df.skyddad == 'nej')))


def people(rng, n, dims):
    return pd.DataFrame({d: rng.choice(CATS[d], n) for d in dims})


def compositions(n, parts):
    for bars in itertools.combinations(range(n + parts - 1), parts - 1):
        yield np.diff([-1, *bars, n + parts - 1]) - 1


def enumerate_intervals(tables, dims, n):
    "Smallest and largest value of every count over all populations that print the same"
    atoms = list(itertools.product(*[CATS[d] for d in dims]))
    Y = np.array(list(compositions(n, len(atoms))))
    cols, keys, ok = {}, [], np.ones(len(Y), bool)
    for t, p in tables.items():
        own = [d.id for d in p.definition.dims]
        for r in p.df.to_dict('records'):
            hit = np.array(
                [all(r[d] in ('Samtliga', x[dims.index(d)]) for d in own) for x in atoms]
            )
            z = Y @ hit
            key = (
                t,
                ', '.join(f'{d}={r[d]}' for d in sorted(own) if r[d] != 'Samtliga') or 'Samtliga',
            )
            keys.append(key)
            cols[key] = z
            if r['skyddad'] == 'nej':
                ok &= z == r['varde']
    return {k: (cols[k][ok].min(), cols[k][ok].max()) for k in keys}


@pytest.mark.parametrize('seed', range(60))
@pytest.mark.parametrize(
    'scopes', [['a b'], ['a b', 'b c'], ['a b', 'b c', 'a c']], ids=['one', 'chain', 'ring']
)
def test_intervals_are_exact(scopes, seed):
    rng = np.random.default_rng(seed)
    dims = sorted(set(' '.join(scopes).split()))
    n = int(rng.integers(5, 10))
    rows = people(rng, n, dims)
    tables = {s: naive(cross(rows, s.split(), id=s, categories=CATS), 3) for s in scopes}
    truth = enumerate_intervals(tables, dims, n)
    d = audit_statements(*published(tables), grans=3)
    found = {
        (t, p): (lo, hi)
        for t, p, lo, hi in zip(d.tabell, d.plats, d.lag, d.hog, strict=True)
        if 'utom' not in p
    }
    assert found and all(truth[k] == v for k, v in found.items())


STATUS = (
    Matt('deltagare', 'Deltagare', 'antal'),
    Matt('pagaende', 'Pågående', 'antal'),
    Matt('avslutade', 'Avslutade', 'antal'),
    Matt('andel', 'Andel avslutade', 'andel', taljare='avslutade'),
)


def with_status(rows, dims, id, hide):
    "A table of counts that sum and a share without decimals; `hide(place, measure, value)` says what is withheld"
    out = []
    for key in itertools.product(*[[*CATS[d], S] for d in dims]):
        at = rows[
            [
                all(v in (S, r[d]) for d, v in zip(dims, key, strict=True))
                for r in rows.to_dict('records')
            ]
        ]
        n, left = len(at), int((at.status == 'avslutade').sum())
        gone = {
            m: hide(key, m, v)
            for m, v in (('deltagare', n), ('pagaende', n - left), ('avslutade', left))
        }
        for m, v in (('deltagare', n), ('pagaende', n - left), ('avslutade', left)):
            out.append((*key, m, np.nan if gone[m] else v, np.nan, 'ja' if gone[m] else 'nej'))
        no_share = gone['deltagare'] or n == 0 or hide(key, 'andel', left)
        if n:
            out.append(
                (
                    *key,
                    'andel',
                    np.nan if no_share else round(left / n, 2),
                    np.nan if gone['deltagare'] else n,
                    'ja' if no_share else 'nej',
                )
            )
    df = pd.DataFrame(out, columns=[*dims, 'matt', 'varde', 'n', 'skyddad']).assign(
        lag=np.nan, hog=np.nan
    )
    return Publicerad(
        Tabelldef(
            id,
            id,
            tuple(Dim(d, d) for d in dims),
            STATUS,
            'påhittat',
            summor=(('deltagare', ('pagaende', 'avslutade')),),
        ),
        df,
    )


def enumerate_with_status(tables, dims, n):
    "As `enumerate_intervals`, for tables with status and shares"
    atoms = [
        (*x, s)
        for x in itertools.product(*[CATS[d] for d in dims])
        for s in ('pagaende', 'avslutade')
    ]
    Y = np.array(list(compositions(n, len(atoms))))
    ok, cols = np.ones(len(Y), bool), {}
    for t, p in tables.items():
        own = [d.id for d in p.definition.dims]
        for r in p.df.to_dict('records'):
            at = np.array([all(r[d] in (S, x[dims.index(d)]) for d in own) for x in atoms])
            part = {
                m: Y @ (at & np.array([m in ('deltagare', x[-1]) for x in atoms]))
                for m in ('deltagare', 'pagaende', 'avslutade')
            }
            if r['matt'] != 'andel':
                cols[
                    t, r['matt'], ', '.join(f'{d}={r[d]}' for d in sorted(own) if r[d] != S) or S
                ] = part[r['matt']]
            if r['skyddad'] == 'ja':
                continue
            if r['matt'] != 'andel':
                ok &= part[r['matt']] == r['varde']
            else:
                ok &= (part['deltagare'] == r['n']) & (
                    abs(part['avslutade'] / np.maximum(part['deltagare'], 1) - r['varde'])
                    <= 0.005 + 1e-9
                )
    return {k: (z[ok].min(), z[ok].max()) for k, z in cols.items()}


@pytest.mark.parametrize('seed', range(50))
@pytest.mark.parametrize(
    'scopes,n', [(['a b'], 8), (['a', 'b'], 9), (['a d'], 5)], ids=['table', 'two', 'wide']
)
def test_intervals_with_shares_and_sums_are_exact(scopes, n, seed):
    rng = np.random.default_rng(seed)
    dims = sorted(set(' '.join(scopes).split()))
    rows = people(rng, n, dims).assign(status=rng.choice(['pagaende', 'avslutade'], n))
    lot = {}

    def hide(key, m, v):
        return (0 < v < 3 and m != 'andel') or lot.setdefault(
            (key, m), rng.random() < (0.5 if m == 'andel' else 0.25)
        )

    tables = {s: with_status(rows, s.split(), s, hide) for s in scopes}
    truth = (
        enumerate_with_status(tables, dims, n)
        if any(
            p.df.skyddad[
                (p.df.matt == 'deltagare')
                & (p.df[[d.id for d in p.definition.dims]] == S).all(axis=1)
            ]
            .eq('nej')
            .any()
            for p in tables.values()
        )
        else None
    )
    d = audit_statements(*published(tables), grans=3)
    found = {
        (t, m, p): (lo, hi)
        for t, m, p, lo, hi in zip(d.tabell, d.matt, d.plats, d.lag, d.hog, strict=True)
        if (t, m, p) in (truth or {})
    }
    if truth is None:
        return  # the total itself is withheld: nothing to enumerate
    wrong = {k: (v, truth[k]) for k, v in found.items() if v != truth[k]}
    assert found and not wrong, wrong


@pytest.mark.parametrize('seed', range(8))
@pytest.mark.parametrize(
    'scopes',
    [['a b', 'b c', 'c d', 'a d'], ['a b', 'b c', 'a c', 'a d']],
    ids=['square', 'ring and tail'],
)
def test_intervals_in_larger_rings_are_exact(scopes, seed):
    rng = np.random.default_rng(seed)
    rows = people(rng, 5, ['a', 'b', 'c', 'd'])
    tables = {s: naive(cross(rows, s.split(), id=s, categories=CATS), 3) for s in scopes}
    truth = enumerate_intervals(tables, ['a', 'b', 'c', 'd'], 5)
    d = audit_statements(*published(tables), grans=3)
    found = {
        (t, p): (lo, hi)
        for t, p, lo, hi in zip(d.tabell, d.plats, d.lag, d.hog, strict=True)
        if 'utom' not in p
    }
    wrong = {k: (v, truth[k]) for k, v in found.items() if v != truth[k]}
    assert found and not wrong, wrong


@pytest.mark.parametrize('seed', range(40))
def test_protection_holds_against_enumeration(seed):
    rng = np.random.default_rng(seed)
    scopes, dims, k = ['a b', 'b c', 'a c'], ['a', 'b', 'c'], 3
    n = int(rng.integers(7, 11))
    rows = people(rng, n, dims)
    raw = {s: cross(rows, s.split(), id=s, categories=CATS) for s in scopes}
    safe = protect_edition(raw, k)
    shown = {t: p.df.skyddad.eq('nej') for t, p in safe.tabeller.items()}
    weak = set(list_exposed(safe.intyg, k).namn)
    if not any(shown[t][p.df.index[-1]] for t, p in raw.items()):
        return  # the total itself is withheld: nothing to enumerate
    truth = enumerate_intervals(safe.tabeller, dims, n)
    for (t, place), (lo, hi) in truth.items():
        own = raw[t].df
        keys = [
            ', '.join(
                f'{d.id}={r[d.id]}'
                for d in sorted(raw[t].definition.dims, key=lambda d: d.id)
                if r[d.id] != 'Samtliga'
            )
            or 'Samtliga'
            for r in own.to_dict('records')
        ]
        z = own.varde.to_numpy()[keys.index(place)]
        if 0 < z < k and not weak:
            assert lo <= 1 and hi >= k


@pytest.mark.parametrize('seed', range(2))
def test_a_protected_edition_passes(seed):
    raw = edition(200, LEAN, seed + 1)
    naive_leaks = (
        audit_statements(*published({t: naive(p, 5) for t, p in raw.items()}))
        .utslag.isin(LACKOR)
        .sum()
    )
    d = audit_statements(*published(protect_edition(raw).tabeller))
    assert naive_leaks > 0 and not (bad := d.utslag.isin([*LACKOR, 'trång', 'motsägelse'])).any(), (
        d[bad]
    )


def one(id, dims, rows, matt=DELTAGARE, overlap=(), **k):
    "A published table; None is withheld"
    out = []
    for key, v in rows.items():
        *c, m = key if len(key) == len(dims) + 1 else (*key, matt[0].id)
        v, n = v if isinstance(v, tuple) else (v, np.nan)
        out.append(
            dict(
                zip(dims, c, strict=True),
                matt=m,
                varde=np.nan if v is None else v,
                n=n,
                lag=np.nan,
                hog=np.nan,
                skyddad='ja' if v is None else 'nej',
            )
        )
    return Publicerad(
        Tabelldef(
            id,
            id,
            tuple(Dim(d, d, additiv=d not in overlap) for d in dims),
            tuple(matt),
            'påhittat',
            **k,
        ),
        pd.DataFrame(out),
    )


def leaks(*tables):
    d = audit_statements(*published({p.definition.id: p for p in tables}))
    return {(r.tabell, r.plats): r.ur for r in d[d.utslag.isin(LACKOR)].itertuples()}


def words(*tables):
    d = audit_statements(*published({p.definition.id: p for p in tables}))
    return {(r.tabell, r.plats): r.utslag for r in d.itertuples()}


def test_leak_across_two_tables():
    a = one('a', ['kon'], {('K',): None, ('M',): None, (S,): 40})
    b = one(
        'b',
        ['kon', 'kommun'],
        {
            ('K', 'h'): 20,
            ('K', 'j'): 17,
            ('M', 'h'): None,
            ('M', 'j'): None,
            (S, 'h'): None,
            (S, 'j'): None,
            ('K', S): None,
            ('M', S): None,
            (S, S): 40,
        },
    )
    assert leaks(a, b)['a', 'kon=M'] == 'a, b'


def test_leak_by_non_negativity_only():
    # two rows that sum to 4 and 4, two columns too: nothing can be subtracted, everything is at most 4, and the diagonal is shown to be at least 1
    t = one(
        't',
        ['r', 'c'],
        {
            ('1', '1'): None,
            ('1', '2'): None,
            ('1', S): 7,
            ('2', '1'): None,
            ('2', '2'): None,
            ('2', S): 4,
            (S, '1'): 9,
            (S, '2'): 2,
            (S, S): 11,
        },
    )
    assert ('t', 'c=1, r=2') in leaks(t)  # between 2 and 4


def test_leak_by_the_decimals_of_a_share():
    # a share of 33 % of 10 to 12 persons without decimals
    m = (Matt('avslutade', 'Avslutade', 'antal'), Matt('andel', 'Andel', 'andel', taljare='till'))
    t = one('t', ['insats'], {('a', 'avslutade'): 12, ('a', 'andel'): (0.33, 12)}, m)
    assert ('t', 'insats=a') in leaks(t) and share_bounds(0.33, 12, 0) == (4, 4)


def test_leak_by_whole_numbers_only():
    # x + y, y + z and x + z are at most 7 each, so x + y + z is at most 10,5, and the last of 11 is at least a half: one person. At most four are.
    hidden = ('x', 'y', 'z', 's1', 's2', 's3', 'alla3', 'ensam', 'annan')
    sums = {
        'p': ('x', 'y', 's1'),
        'q': ('y', 'z', 's2'),
        'r': ('x', 'z', 's3'),
        'alla3': ('x', 'y', 'z'),
        'alla': ('alla3', 'ensam'),
        'fyra': ('ensam', 'annan'),
    }

    def table(alla):
        shown = {'p': 7, 'q': 7, 'r': 7, 'alla': alla, 'fyra': 4}
        m = tuple(Matt(k, k, 'antal') for k in (*shown, *hidden))
        d = audit_statements(
            *published(
                {
                    't': one(
                        't',
                        ['insats'],
                        {('a', k): shown.get(k) for k in (*shown, *hidden)},
                        m,
                        summor=tuple(sums.items()),
                    )
                }
            )
        )
        return d.set_index('matt').loc['ensam', ['lag', 'hog', 'utslag']].tolist()

    assert table(11) == [1, 4, 'inom'] and table(10) == [0, 4, 'trång']


def test_a_small_base_of_a_mean_or_a_median_is_naked():
    m = (Matt('median', 'Median', 'statistik'),)
    t = one(
        't',
        ['kommun'],
        {('h', 'median'): (14.0, 3), ('j', 'median'): (20.0, 30), (S, 'median'): (19.0, 33)},
        m,
    )
    assert words(t)['t', 'kommun=h'] == 'naken'


def test_leak_in_the_joint_table_only():
    # pairwise tables of three yes/no questions, ten of each answer; each pair alone says nothing, and together: of the ten a1 nine are b1 and two c1, so at least one is both
    def pair(x, y, v):
        return one(
            f'{x}{y}',
            [x, y],
            {
                ('1', '1'): v,
                ('1', '2'): None,
                ('2', '1'): None,
                ('2', '2'): None,
                ('1', S): 10,
                ('2', S): 10,
                (S, '1'): 10,
                (S, '2'): 10,
                (S, S): 20,
            },
        )

    def ends(*tables):
        d = audit_statements(*published({p.definition.id: p for p in tables}))
        return (
            d[(d.tabell == 'bc') & (d.plats == 'b=1, c=1')][['lag', 'hog', 'utslag']]
            .iloc[0]
            .tolist()
        )

    assert ends(pair('b', 'c', None)) == [0, 10, 'skyddad']
    assert ends(pair('a', 'b', 9), pair('b', 'c', None)) == [0, 10, 'skyddad']
    assert ends(pair('a', 'b', 9), pair('a', 'c', 2), pair('b', 'c', None)) == [1, 3, 'inom']


def test_leak_in_an_overlapping_group():
    t = one('t', ['grupp'], {('unga',): 37, (S,): 40}, overlap=['grupp'])
    assert list(leaks(t)) == [('t', 'Samtliga, utom grupp=unga')]


def test_leak_in_measures_that_sum():
    m = tuple(Matt(x, x, 'antal') for x in ('deltagare', 'pagaende', 'avslutade'))
    t = one(
        't',
        ['insats'],
        {('a', 'deltagare'): 30, ('a', 'pagaende'): 27, ('a', 'avslutade'): None},
        m,
        summor=(('deltagare', ('pagaende', 'avslutade')),),
    )
    assert ('t', 'insats=a') in leaks(t)


def test_a_shown_small_count_is_naked():
    assert words(one('t', ['kon'], {('K',): 3, (S,): 40})) == {
        ('t', 'kon=K'): 'naken',
        ('t', S): 'öppen',
        ('t', 'Samtliga, utom kon=K'): 'stor',
    }


@pytest.mark.parametrize(
    'lo,hi,shown,word',
    [
        (2, 2, True, 'naken'),
        (2, 2, False, 'exakt'),
        (0, 0, True, 'öppen'),
        (7, 7, True, 'öppen'),
        (1, 4, False, 'inom'),
        (0, 4, False, 'trång'),
        (0, 5, False, 'skyddad'),
        (5, 9, False, 'stor'),
        (0, 0, False, 'stor'),
        (np.inf, -np.inf, False, 'motsägelse'),
    ],
)
def test_verdicts(lo, hi, shown, word):
    assert judge(lo, hi, shown, 5) == word


def test_audit_shares_no_code_with_the_protection():
    text = (
        Path(__file__).parents[1] / 'finsam_genomlysning' / 'granska' / 'granskning.py'
    ).read_text(encoding='utf-8')
    assert (
        'sekretess' not in text.split('import')[0]
        and 'from .sekretess' not in text
        and 'from .statements' not in text
    )


def reasons(id, cells, dims=('insats', 'avslutsorsak')):
    t = one(id, list(dims), cells)
    return Publicerad(
        replace(
            t.definition,
            dims=tuple(replace(d, kanslig=d.id == 'avslutsorsak') for d in t.definition.dims),
        ),
        t.df,
    )


def test_a_group_with_one_reason_is_a_leak():
    shown = reasons(
        't',
        {
            ('a', 'arbete'): 12,
            ('a', 'flytt'): 0,
            ('a', S): 12,
            ('b', 'arbete'): 9,
            ('b', 'flytt'): 8,
            ('b', S): 17,
            (S, 'arbete'): 21,
            (S, 'flytt'): 8,
            (S, S): 29,
        },
    )
    assert {k for k, v in words(shown).items() if v == 'grupp'} == {
        ('t', 'insats=a: alla har avslutsorsak=arbete')
    }
    plain = Publicerad(
        replace(
            shown.definition, dims=tuple(replace(d, kanslig=False) for d in shown.definition.dims)
        ),
        shown.df,
    )
    assert 'grupp' not in words(plain).values()


def test_a_group_is_a_leak_also_when_its_zero_is_withheld_but_worked_out():
    hidden = reasons(
        't',
        {
            ('a', 'arbete'): None,
            ('a', 'flytt'): None,
            ('a', S): 12,
            ('b', 'arbete'): 9,
            ('b', 'flytt'): 8,
            ('b', S): 17,
            (S, 'arbete'): 21,
            (S, 'flytt'): 8,
            (S, S): 29,
        },
    )
    assert ('t', 'insats=a: alla har avslutsorsak=arbete') in leaks(hidden)
    loose = reasons(
        't',
        {
            ('a', 'arbete'): None,
            ('a', 'flytt'): None,
            ('a', S): 12,
            ('b', 'arbete'): None,
            ('b', 'flytt'): None,
            ('b', S): 17,
            (S, 'arbete'): 21,
            (S, 'flytt'): 8,
            (S, S): 29,
        },
    )
    assert 'grupp' not in words(loose).values()


def test_nobody_is_no_group():
    empty = reasons(
        't',
        {
            ('a', 'arbete'): 0,
            ('a', 'flytt'): 0,
            ('a', S): 0,
            ('b', 'arbete'): 9,
            ('b', 'flytt'): 8,
            ('b', S): 17,
        },
    )
    assert 'grupp' not in words(empty).values()


def test_a_rounded_table_is_held_against_an_exact_one():
    exact = one('a', ['kommun'], {('h',): None, ('j',): 20, ('m',): None, (S,): 40})
    rounded = one(
        'b',
        ['kommun', 'kon'],
        {('h', S): 20, ('j', S): 20, ('m', S): 0, (S, S): 40, (S, 'K'): 20, (S, 'M'): 20},
        avrundad=5,
    )
    d = audit_statements(*published({'a': exact, 'b': rounded})).set_index('plats')
    assert (d.loc['kommun=h', ['lag', 'hog']] == (15, 20)).all() and (
        d.loc['kommun=m', ['lag', 'hog']] == (0, 5)
    ).all()


def test_rounded_counts_are_intervals():
    t = one('t', ['kon'], {('K',): 5, ('M',): 20, (S,): 25}, avrundad=5)
    defs, given = published({'t': t})
    assert {u.plats: (u.lag, u.hog) for u in given} == {
        'kon=K': (0, 10),
        'kon=M': (15, 25),
        S: (20, 30),
    }
    assert audit_statements(defs, given).utslag.tolist() == ['stor', 'skyddad', 'stor']


def on_disk(folder, till, *tables):
    "An edition's folder"
    (folder / 'tabeller').mkdir(parents=True)
    about = dict(
        definitioner={p.definition.id: asdict(p.definition) for p in tables},
        mote=dict(data_till=till),
    )
    (folder / 'utgava.json').write_text(json.dumps(about), encoding='utf-8')
    for p in tables:
        p.df.to_csv(folder / 'tabeller' / f'{p.definition.id}.csv', sep=';', index=False)
    return folder


def between(tmp_path, old, new, tills=('2024-05-31', '2024-10-31')):
    a, b = (
        on_disk(tmp_path / name, till, *tables)
        for name, till, tables in zip(('a', 'b'), tills, (old, new), strict=True)
    )
    return {(r.tabell, r.plats): (r.lag, r.hog, r.ur) for r in audit_between(a, b).itertuples()}


def parts(h, j, s, **k):
    return one('t', ['kommun'], {('h',): h, ('j',): j, (S,): s}, **k)


def test_an_increase_is_read_between_editions(tmp_path):
    assert between(tmp_path, [parts(20, 20, 40)], [parts(20, 23, 43)]).keys() == {
        ('t', 'kommun=j, ökning'),
        ('t', 'Samtliga, ökning'),
    }


def test_an_increase_of_what_both_withhold(tmp_path):
    # everybody 17 more, j 16 more: h, which neither edition shows, is one more
    assert between(tmp_path, [parts(None, 79, 102)], [parts(None, 95, 119)])[
        't', 'kommun=h, ökning'
    ][:2] == (1, 1)


def test_a_large_increase_is_no_leak(tmp_path):
    assert not between(tmp_path, [parts(20, 20, 40)], [parts(25, 25, 50)])


def test_what_falls_or_rolls_ties_nothing(tmp_path):
    assert not between(tmp_path / '1', [parts(20, 20, 40)], [parts(19, 23, 42)])
    rolling = (Matt('deltagare', 'Deltagare', 'antal', vaxer=False),)
    assert not between(
        tmp_path / '2', [parts(20, 20, 40, matt=rolling)], [parts(20, 23, 43, matt=rolling)]
    )

    def window(n):
        return one('t', ['period'], {('senaste_12',): n}, overlap=['period'])

    assert not between(tmp_path / '3', [window(40)], [window(42)])


def test_a_closed_year_is_the_same_in_both(tmp_path):
    def years(a, b, c):
        return one(
            't',
            ['period', 'kon'],
            {
                ('2022', 'K'): 30,
                ('2022', S): 60,
                ('2023', 'K'): a,
                ('2023', 'M'): b,
                ('2023', S): c,
            },
            overlap=['period'],
        )

    assert between(tmp_path, [years(None, None, 41)], [years(None, 38, None)])[
        't', 'kon=K, period=2023'
    ][:2] == (3, 3)
    assert not between(
        tmp_path / 'x',
        [years(None, None, 41)],
        [years(None, 38, None)],
        ('2023-10-31', '2023-11-30'),
    )  # the year had not ended


def time_table(id, cells, matt=DELTAGARE, dims=('period',)):
    return one(id, list(dims), cells, matt, overlap=['period'])


def with_relations(samband, *tables):
    d = audit_statements(*published({p.definition.id: p for p in tables}), samband=samband)
    return {(r.tabell, r.plats): (r.lag, r.hog, r.utslag) for r in d.itertuples()}


def test_a_half_year_is_read_from_the_year():
    seen = {(f'{y}{h}',): n for y in (2020, 2021) for h, n in (('', 30), ('-H1', 10), ('-H2', 20))}
    t = time_table('t', seen | {('2022',): 33, ('2022-H1',): None, ('2022-H2',): 30})
    assert with_relations([], t)['t', 'period=2022-H1'] == (3, 3, 'exakt')
    # where the parts of other years are seen not to be the year (people are there in both), nothing is read
    t = time_table('t', seen | {('2021',): 25, ('2022',): 33, ('2022-H1',): None, ('2022-H2',): 30})
    assert with_relations([], t)['t', 'period=2022-H1'][2] == 'skyddad'
    # once is chance
    t = time_table(
        't',
        {k: v for k, v in seen.items() if k[0] > '2021'}
        | {('2022',): 33, ('2022-H1',): None, ('2022-H2',): 30},
    )
    assert with_relations([], t)['t', 'period=2022-H1'][2] == 'skyddad'


def test_quarters_of_one_table_and_half_years_of_another():
    halves = time_table('h', {('2020-H1',): 15, ('2020-H2',): 30, ('2021-H1',): 21})
    quarters = time_table(
        'q',
        {
            ('2020-K1',): 5,
            ('2020-K2',): 10,
            ('2020-K3',): 12,
            ('2020-K4',): 18,
            ('2021-K1',): 19,
            ('2021-K2',): None,
        },
    )
    assert with_relations([], halves, quarters)['q', 'period=2021-K2'] == (2, 2, 'exakt')


def test_stock_and_flow_as_the_edition_says():
    m = tuple(Matt(x, x, 'antal') for x in ('pagaende', 'nya', 'avslutade'))
    t = time_table(
        't',
        {
            ('2021', 'pagaende'): 20,
            ('2022', 'pagaende'): 40,
            ('2022', 'nya'): 31,
            ('2022', 'avslutade'): None,
        },
        m,
    )
    said = [
        [
            ['t', 'pagaende', {'period': '2022'}, 1],
            ['t', 'pagaende', {'period': '2021'}, -1],
            ['t', 'nya', {'period': '2022'}, -1],
            ['t', 'avslutade', {'period': '2022'}, 1],
        ]
    ]
    assert with_relations([], t)['t', 'period=2022'][2] != 'motsägelse'
    d = audit_statements(*published({'t': t}), samband=said).set_index('matt')
    assert d.loc['avslutade', ['lag', 'hog']].tolist() == [11, 11]
    t.df.loc[2, 'varde'] = 23.0  # 20 + 23 − 40 = 3 have left
    assert (
        audit_statements(*published({'t': t}), samband=said)
        .set_index('matt')
        .loc['avslutade', 'utslag']
        == 'exakt'
    )


def test_a_relation_of_three_tables():
    a, b, c = (
        one(id, ['insats'], {('x',): n}, (Matt(m, m, 'antal'),))
        for id, m, n in (('a', 'remitterade', 50), ('b', 'deltagare', 38), ('c', 'vantande', None))
    )
    e = one(
        'e',
        ['insats', 'orsak'],
        {('x', S): 9, ('x', 'p'): None, ('x', 'q'): None},
        (Matt('ej_startade', 'x', 'antal'),),
    )
    said = [
        [
            ['a', 'remitterade', {'insats': 'x'}, 1],
            *(
                [t, m, {'insats': 'x'}, -1]
                for t, m in (('b', 'deltagare'), ('c', 'vantande'), ('e', 'ej_startade'))
            ),
        ]
    ]
    assert with_relations(said, a, b, c, e)['c', 'insats=x'] == (3, 3, 'exakt')
    assert with_relations([], a, b, c, e)['c', 'insats=x'][2] == 'skyddad'
    wrong = [[[*x[:3], 1] for x in said[0]]]  # cannot be: taken as not said
    assert with_relations(wrong, a, b, c, e) == with_relations([], a, b, c, e)
    assert with_relations([[['a', 'remitterade', {'insats': 'annan'}, 1]]], a) == with_relations(
        [], a
    )  # of what is not there


@pytest.mark.parametrize('package', ['data/sodra_vatterbygden', 'tests/fixtur/litet_forbund'])
def test_what_is_read_out_of_a_whole_edition_is_true(package, tmp_path):
    "The audit guesses which numbers are the same people; no interval may leave out the true number, and nobody is read out"
    underlag = read_underlag(Path(__file__).parents[1] / package)
    mote = underlag.forbund.meeting()
    write_edition(prepare_edition(underlag, mote).utgava, tmp_path)
    true = {}
    for t, p in build_tables(underlag, mote).items():
        for r in p.df.to_dict('records'):
            place = (
                ', '.join(
                    f'{d}={v}'
                    for d, v in sorted(
                        (x.id, str(r[x.id])) for x in p.definition.dims if r[x.id] != S
                    )
                )
                or S
            )
            true |= {(t, r['matt'], place): r['varde'], (t, 'n:' + r['matt'], place): r['n']}
    d = audit(tmp_path)
    d['sant'] = [true.get(k, np.nan) for k in zip(d.tabell, d.matt, d.plats, strict=True)]
    known = d[d.sant.notna()]
    assert len(known) > 600 and (known.visas | (known.hog > known.lag)).any()
    assert known[(known.sant < known.lag) | (known.sant > known.hog)].empty
    assert not d.utslag.isin([*LACKOR, 'motsägelse']).any()


@pytest.mark.parametrize('seed', range(60))
def test_increases_are_exact(seed, tmp_path):
    rng, k, kinds = np.random.default_rng(seed), 3, ['x', 'y', 'z']
    old = rng.integers(0, 4, 3)
    new = old + rng.integers(0, 4, 3)

    def printed(v):
        cells = {(c,): int(n) for c, n in zip([*kinds, S], [*v, v.sum()], strict=True)}
        return {c: None if 0 < n < k or rng.random() < 0.3 else n for c, n in cells.items()}

    before, after = printed(old), printed(new)
    if before[(S,)] is None or after[(S,)] is None:
        return

    def fits(v, cells):
        return all(cells[(c,)] in (None, n) for c, n in zip(kinds, v, strict=True))

    pairs = [
        (o, n)
        for o in compositions(int(old.sum()), 3)
        if fits(o, before)
        for n in compositions(int(new.sum()), 3)
        if fits(n, after) and (n >= o).all()
    ]
    more = np.array([[*(n - o), (n - o).sum()] for o, n in pairs])
    truth = {
        f'{place}, ökning': (x.min(), x.max())
        for place, x in zip([*(f'kommun={c}' for c in kinds), S], more.T, strict=True)
        if x.min() >= 1 and x.max() < k
    }
    a, b = (
        on_disk(tmp_path / name, till, one('t', ['kommun'], cells))
        for name, till, cells in (('a', '2024-05-31', before), ('b', '2024-10-31', after))
    )
    assert {
        r.plats: (r.lag, r.hog)
        for r in audit_between(a, b, k).itertuples()
        if r.plats.endswith('ökning')
    } == truth
