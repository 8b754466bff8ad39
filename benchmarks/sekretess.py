"""How long protection takes and how much it withholds, on made-up editions of the usual shape

python benchmarks/sekretess.py [persons] [lean|full|year] [seed]
"""
import itertools, sys, time
import numpy as np, pandas as pd
from finsam_genomlysning.sekretess import check_proof, protect_edition
from finsam_genomlysning.tabeller import Dim, Matt, Publicerad, Tabelldef

DIMS = {'insats': (['a', 'b', 'c'], [.45, .35, .20]), 'kommun': (['h', 'j', 'm', 'v'], [.10, .68, .08, .14]), 'kon': (['K', 'M'], [.56, .44]),
        'alder': (['16-24', '25-34', '35-49', '50-64'], [.3, .28, .27, .15]), 'utfall': (['arbete', 'studier', 'af', 'sjuk', 'annat'], [.28, .12, .25, .2, .15]),
        'utb': (['grund', 'gymn', 'efter'], [.35, .5, .15])}
LEAN = ['insats kommun', 'insats kon', 'insats alder', 'insats utfall', 'kommun kon', 'kommun alder', 'kommun utfall', 'utfall kon']
FULL = ['insats kommun kon', 'insats alder kon', 'insats utfall kon', 'insats kommun utfall', 'kommun alder kon', 'kommun utfall kon', 'insats utb']


def people(n, rng): return pd.DataFrame({d: rng.choice(v, n, p=p) for d, (v, p) in DIMS.items()})


def cross(rows, dims, id=None, categories=None, overlap=()):
    "A table with all its margins"
    cats = {d: (categories or {}).get(d) or DIMS[d][0] for d in dims}
    out = []
    for combo in itertools.product(*[[*cats[d], 'Samtliga'] for d in dims]):
        hit = np.ones(len(rows), bool)
        for d, v in zip(dims, combo, strict=True): hit &= (rows[d] == v).to_numpy() | (v == 'Samtliga')
        out.append(dict(zip(dims, combo, strict=True), matt='deltagare', varde=float(hit.sum()), n=np.nan, lag=np.nan, hog=np.nan))
    id = id or '_'.join(dims)
    return Publicerad(Tabelldef(id, id, tuple(Dim(d, d, additiv=d not in overlap) for d in dims), (Matt('deltagare', 'Deltagare', 'antal'),), 'påhittat'), pd.DataFrame(out))


def edition(n, scopes, seed):
    rows = people(n, np.random.default_rng(seed))
    return {p.definition.id: p for p in (cross(rows, s.split()) for s in scopes)}


if __name__ == '__main__':
    n, shape, seed = int((sys.argv[1:] or [300])[0]), (sys.argv[2:] or ['lean'])[0], int((sys.argv[3:] or [1])[0])
    t = time.perf_counter()
    s = protect_edition(edition(n, LEAN if shape == 'lean' else FULL, seed))
    took = time.perf_counter() - t
    z = np.array(s.intyg.system.antal)
    cells = np.array(s.intyg.system.synlig)
    print(f'{cells.sum()} counts, {((z > 0) & (z < 5) & cells).sum()} of them 1-4, {(s.intyg.dold & cells).sum()} withheld, {len(s.intyg.vittnen)} witnesses, '
          f'{len(check_proof(s.intyg))} faults, {took:.1f} s')
