"""What three ways of protecting an edition withhold, how long they take, and what an independent audit reads out of each

python benchmarks/sekretess.py              every shape, side by side
python benchmarks/sekretess.py 300 full 2   one shape: persons (per body), lean, full or bodies, seed
"""

import itertools, sys, time
from dataclasses import replace
import numpy as np, pandas as pd
from finsam_genomlysning.granska.granskning import LACKOR, Uppgift, audit_statements
from finsam_genomlysning.skydd.sekretess import check_proof, protect_edition
from finsam_genomlysning.ord.tabell import Dim, Matt, Publicerad, Tabelldef

DIMS = {
    'insats': (['a', 'b', 'c'], [0.45, 0.35, 0.20]),
    'kommun': (['h', 'j', 'm', 'v'], [0.10, 0.68, 0.08, 0.14]),
    'kon': (['K', 'M'], [0.56, 0.44]),
    'alder': (['16-24', '25-34', '35-49', '50-64'], [0.3, 0.28, 0.27, 0.15]),
    'utfall': (['arbete', 'studier', 'af', 'sjuk', 'annat'], [0.28, 0.12, 0.25, 0.2, 0.15]),
    'utb': (['grund', 'gymn', 'efter'], [0.35, 0.5, 0.15]),
}
LEAN = [
    'insats kommun',
    'insats kon',
    'insats alder',
    'insats utfall',
    'kommun kon',
    'kommun alder',
    'kommun utfall',
    'utfall kon',
]
FULL = [
    'insats kommun kon',
    'insats alder kon',
    'insats utfall kon',
    'insats kommun utfall',
    'kommun alder kon',
    'kommun utfall kon',
    'insats utb',
]


def people(n, rng):
    return pd.DataFrame({d: rng.choice(v, n, p=p) for d, (v, p) in DIMS.items()})


def cross(rows, dims, id=None, categories=None, overlap=()):
    "A table with all its margins"
    cats = {d: (categories or {}).get(d) or DIMS[d][0] for d in dims}
    out = []
    for combo in itertools.product(*[[*cats[d], 'Samtliga'] for d in dims]):
        hit = np.ones(len(rows), bool)
        for d, v in zip(dims, combo, strict=True):
            hit &= (rows[d] == v).to_numpy() | (v == 'Samtliga')
        out.append(
            dict(
                zip(dims, combo, strict=True),
                matt='deltagare',
                varde=float(hit.sum()),
                n=np.nan,
                lag=np.nan,
                hog=np.nan,
            )
        )
    id = id or '_'.join(dims)
    return Publicerad(
        Tabelldef(
            id,
            id,
            tuple(Dim(d, d, additiv=d not in overlap) for d in dims),
            (Matt('deltagare', 'Deltagare', 'antal'),),
            'påhittat',
        ),
        pd.DataFrame(out),
    )


def edition(n, scopes, seed):
    rows = people(n, np.random.default_rng(seed))
    return {p.definition.id: p for p in (cross(rows, s.split()) for s in scopes)}


def bodies(n, scopes, seed, antal=14):
    "Many förbund with an edition each, and national tables that tie them: the shape that is searched piece by piece"
    rng = np.random.default_rng(seed)
    kropp = [f'f{i:02}' for i in range(antal)]
    rows = people(n * antal, rng).assign(kropp=np.repeat(kropp, n))
    out = {}
    for s in scopes:
        own = [cross(g, s.split()) for _, g in rows.groupby('kropp')]
        d = own[0].definition
        df = pd.concat(
            [p.df.assign(kropp=k) for k, p in zip(kropp, own, strict=True)], ignore_index=True
        )
        out[d.id] = Publicerad(
            replace(d, dims=(Dim('kropp', 'Förbund'), *d.dims)), df[['kropp', *own[0].df.columns]]
        )
    return out | {
        p.definition.id: p
        for p in (cross(rows, ['kropp', d], categories={'kropp': kropp}) for d in ('kon', 'alder'))
    }


def statements(tables, hidden):
    "What a reader has: every count that is not hidden"
    return [
        Uppgift(
            t,
            'deltagare',
            frozenset(),
            frozenset((d.id, r[d.id]) for d in p.definition.dims if r[d.id] != 'Samtliga'),
            *((0, np.inf) if i in hidden[t] else (r['varde'],) * 2),
        )
        for t, p in tables.items()
        for i, r in enumerate(p.df.to_dict('records'))
    ]


def naive(tables, grans=5):
    return {t: set(np.flatnonzero(p.df.varde.between(1, grans - 1))) for t, p in tables.items()}


def gauss(tables, grans=5, prime=2_147_483_629):
    """Gaussian elimination: print the heaviest counts first, none that would put a small one in the span of what is printed

    Source: the method of Langsrud (2024), "Secondary Cell Suppression by Gaussian Elimination", Privacy in Statistical Databases; written anew here, over a prime field.
    """
    dims = sorted({d.id for p in tables.values() for d in p.definition.dims})
    values = {
        d: sorted({v for p in tables.values() if d in p.df for v in p.df[d]} - {'Samtliga'})
        for d in dims
    }
    atoms = pd.MultiIndex.from_product([values[d] for d in dims]).to_frame(index=False, name=dims)
    cells = {}
    for t, p in tables.items():
        for i, r in enumerate(p.df.to_dict('records')):
            cells.setdefault(
                frozenset((d.id, r[d.id]) for d in p.definition.dims if r[d.id] != 'Samtliga'), []
            ).append((t, i, r['varde']))

    def vector(k):
        return np.logical_and.reduce(
            [np.ones(len(atoms), bool), *((atoms[d] == v).to_numpy() for d, v in k)]
        ).astype(np.int64)

    small = [k for k, where in cells.items() if 0 < where[0][2] < grans]
    left = np.array([vector(k) for k in small]).reshape(len(small), len(atoms))
    basis, hidden = [], {t: set() for t in tables}
    for k, where in sorted(cells.items(), key=lambda x: (-x[1][0][2], sorted(x[0]))):
        v = vector(k)
        for j, b in basis:
            v = (v - v[j] * b) % prime
        ok = k not in small
        if ok and v.any():
            j = int(np.flatnonzero(v)[0])
            v = v * pow(int(v[j]), prime - 2, prime) % prime
            new = (left - left[:, [j]] * v) % prime
            ok = bool(new.any(axis=1).all())
            if ok:
                left = new
                basis.append((j, v))
        if not ok:
            for t, i, _ in where:
                hidden[t].add(i)
    return hidden


def ours(tables, grans=5):
    s = protect_edition(tables, grans)
    if check_proof(s.intyg, grans):
        raise SystemExit('the proof does not hold')
    return {t: set(np.flatnonzero(p.df.skyddad == 'ja')) for t, p in s.tabeller.items()}


def by_body(tables, hidden):
    "The edition of each body by itself, with what is hidden in it; the whole is too much for the audit"
    for k in sorted(set(next(iter(tables.values())).df['kropp'])):
        own = {t: p.df['kropp'] == k for t, p in tables.items()}
        yield (
            {
                t: Publicerad(
                    replace(
                        p.definition, dims=tuple(d for d in p.definition.dims if d.id != 'kropp')
                    ),
                    p.df[own[t]].reset_index(drop=True),
                )
                for t, p in tables.items()
            },
            {
                t: {n for n, i in enumerate(np.flatnonzero(own[t])) if i in hidden[t]}
                for t in tables
            },
        )


def leaks(tables, hidden):
    "How many counts the audit reads out"
    defs = {
        t: dict(
            matt=[dict(id='deltagare', slag='antal', taljare=None, enhet='')],
            summor=[],
            dims=[dict(id=d.id, additiv=True) for d in p.definition.dims],
        )
        for t, p in tables.items()
    }
    return int(audit_statements(defs, statements(tables, hidden))['utslag'].isin(LACKOR).sum())


def row(name, tables, way, each=False):
    start = time.process_time()
    hidden = way(tables)
    took = time.process_time() - start
    n, gone = sum(len(p.df) for p in tables.values()), sum(map(len, hidden.values()))
    found = sum(leaks(*x) for x in (by_body(tables, hidden) if each else [(tables, hidden)]))
    print(
        f'{name:34} {n:6} {gone:7} {gone / n:6.0%} {took:8.1f}   {f"{found} read out" if found else "holds"}{", body by body" if each else ""}',
        flush=True,
    )


def compare(name, tables, ways=(naive, gauss, ours), each=False):
    small = sum(int(p.df.varde.between(1, 4).sum()) for p in tables.values())
    print(f'\n{name}: {small} counts of 1-4\n{"":34} counts  hidden  share    CPU s   audit')
    for way in ways:
        row(f'  {way.__name__}', tables, way, each)


if __name__ == '__main__':
    if sys.argv[1:]:
        n, shape, seed = (
            int(sys.argv[1]),
            (sys.argv[2:] or ['lean'])[0],
            int((sys.argv[3:] or [1])[0]),
        )
        compare(
            f'{shape}, {n} persons',
            bodies(n, FULL, seed)
            if shape == 'bodies'
            else edition(n, LEAN if shape == 'lean' else FULL, seed),
            (naive, ours) if shape == 'bodies' else (naive, gauss, ours),
            shape == 'bodies',
        )
    else:
        compare('lean, 300 persons', edition(300, LEAN, 1))
        compare('full, 300 persons', edition(300, FULL, 1))
        compare('full, 1 200 persons', edition(1200, FULL, 2))
        compare('14 bodies, lean, 300 persons each', bodies(300, LEAN, 3), (naive, ours), each=True)
        compare('14 bodies, full, 300 persons each', bodies(300, FULL, 3), (naive, ours), each=True)
