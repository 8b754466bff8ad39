"The ledger: successive editions, torn lines, several at once"

import itertools, sys, threading
from pathlib import Path
import numpy as np, pandas as pd, pytest
from finsam_genomlysning.ord.errors import DisclosureError
from finsam_genomlysning.skydd.ladder import round_counts
from finsam_genomlysning.skydd.liggare import append_entry, data_hash, protect_next, read_entries
from finsam_genomlysning.skydd.sekretess import check_proof, list_exposed, protect_edition
from finsam_genomlysning.ord.tabell import Dim, Matt, Publicerad, Tabelldef

sys.path.insert(0, str(Path(__file__).parents[1] / 'benchmarks'))
from sekretess import cross, people  # noqa: E402

SCOPES = ['insats kommun', 'insats kon', 'kommun kon']
MEETINGS = [
    ('2024-06-03', '2024-05-31', 120),
    ('2024-09-18', '2024-08-31', 150),
    ('2024-11-20', '2024-10-31', 163),
]


def edition(rows):
    return {p.definition.id: p for p in (cross(rows, s.split()) for s in SCOPES)}


def increases(editions):
    "Small increases that can be read by subtracting one edition from the next"
    out = 0
    for a, b in itertools.pairwise(editions):
        for t in a:
            d = (b[t].df.varde - a[t].df.varde).dropna()
            out += int(((d > 0) & (d < 5)).sum())
    return out


@pytest.fixture(scope='module')
def meetings():
    rows = people(200, np.random.default_rng(3))
    return [(m, till, edition(rows[:n])) for m, till, n in MEETINGS]


def test_three_meetings_leak_alone_and_not_together(meetings, tmp_path_factory):
    path = tmp_path_factory.mktemp('l') / 'liggare.jsonl'
    alone = [protect_edition(t).tabeller for _, _, t in meetings]
    together = []
    for m, till, t in meetings:
        skydd, entry = protect_next(path, t, m, till)
        assert check_proof(skydd.intyg) == []
        append_entry(path, entry)
        together.append(skydd.tabeller)
    assert increases(alone) > 0 and increases(together) == 0
    rebuilt, entry = protect_next(path, meetings[1][2], *meetings[1][:2])
    assert entry is None and len(read_entries(path)) == 3
    for t, p in together[1].items():
        pd.testing.assert_frame_equal(p.df, rebuilt.tabeller[t].df)


def test_the_same_cut_off_prints_the_same(meetings, tmp_path):
    path = tmp_path / 'liggare.jsonl'
    m, till, t = meetings[0]
    first, entry = protect_next(path, t, m, till)
    append_entry(path, entry)
    second, entry = protect_next(path, t, '2024-06-20', till)
    assert entry is not None
    for id, p in first.tabeller.items():
        pd.testing.assert_frame_equal(p.df, second.tabeller[id].df)


def compositions(n, parts):
    for bars in itertools.combinations(range(n + parts - 1), parts - 1):
        yield np.diff([-1, *bars, n + parts - 1]) - 1


def two_by_two(rng, n, more):
    "Two editions of one table, of the first `n` people and of all; and which of the four inner cells each printed count holds"
    cats = {'a': ['a1', 'a2'], 'b': ['b1', 'b2']}
    rows = pd.DataFrame({d: rng.choice(v, n + more) for d, v in cats.items()})
    raw = [{'t': cross(r, ['a', 'b'], id='t', categories=cats)} for r in (rows[:n], rows)]
    atoms = list(itertools.product(*cats.values()))
    return raw, np.array(
        [
            [all(r[d] in ('Samtliga', x[i]) for i, d in enumerate('ab')) for x in atoms]
            for r in raw[0]['t'].df.to_dict('records')
        ]
    ).T


@pytest.mark.parametrize('seed', range(40))
def test_two_editions_against_enumeration(seed, tmp_path):
    rng, k = np.random.default_rng(seed), 3
    n, more = int(rng.integers(8, 13)), int(rng.integers(0, 6))
    raw, hit = two_by_two(rng, n, more)
    path = tmp_path / 'l.jsonl'
    first, entry = protect_next(path, raw[0], 'e1', '2024-05-31', k)
    append_entry(path, entry)
    second, _ = protect_next(path, raw[1], 'e2', '2024-08-31', k)
    if len(list_exposed(second.intyg, k)) or len(list_exposed(first.intyg, k)):
        return
    shown = [p.tabeller['t'].df for p in (first, second)]
    # a total that is withheld may be anything; try totals up to three more than the truth
    grow = [range(max(0, v - 4), v + 5) for v in (n, more)]
    Y1 = np.array(
        [
            y
            for m in (grow[0] if np.isnan(shown[0].varde.iloc[-1]) else [n])
            for y in compositions(m, 4)
        ]
    )
    Y1 = Y1[
        ((Y1 @ hit == shown[0].varde.to_numpy()) | shown[0].varde.isna().to_numpy()).all(axis=1)
    ]
    D = np.array([y for m in range(0, more + 9) for y in compositions(m, 4)])
    z1 = np.repeat(Y1 @ hit, len(D), axis=0)
    z2 = z1 + np.tile(D @ hit, (len(Y1), 1))
    ok = ((z2 == shown[1].varde.to_numpy()) | shown[1].varde.isna().to_numpy()).all(axis=1)
    z1, z2 = z1[ok], z2[ok]
    for z, truth in (
        (z1, raw[0]['t'].df.varde),
        (z2, raw[1]['t'].df.varde),
        (z2 - z1, raw[1]['t'].df.varde - raw[0]['t'].df.varde),
    ):
        small = ((truth > 0) & (truth < k)).to_numpy(copy=True)
        assert (z[:, small].min(axis=0) <= 1).all() and (z[:, small].max(axis=0) >= k).all()


@pytest.mark.parametrize('seed', range(12))
def test_two_rounded_editions_against_enumeration(seed, tmp_path):
    "Every filling that fits both rounded tables: each small count, and each small increase, can still be 1 and still be the limit"
    rng, k = np.random.default_rng(seed), 3
    n, more = int(rng.integers(9, 14)), int(rng.integers(2, 7))
    raw, hit = two_by_two(rng, n, more)
    path = tmp_path / 'l.jsonl'
    try:
        rounded = [{'t': round_counts(x['t'], k)} for x in raw]
        first, entry = protect_next(path, raw[0], 'e1', '2024-05-31', k, avrundade=rounded[0])
        append_entry(path, entry)
        assert read_entries(path) == [entry] and entry.rutor
        second, _ = protect_next(path, raw[1], 'e2', '2024-08-31', k, avrundade=rounded[1])
    except DisclosureError:
        return  # refused, which is a right answer too
    shown = [p.tabeller['t'].df.varde.to_numpy() for p in (first, second)]
    Y1 = np.array([y for m in range(n - k, n + k + 1) for y in compositions(m, 4)])
    Y1 = Y1[(abs(Y1 @ hit - shown[0]) <= k).all(axis=1)]
    D = np.array([y for m in range(0, more + 2 * k) for y in compositions(m, 4)])
    z1, z2 = (
        np.repeat(Y1 @ hit, len(D), axis=0),
        np.repeat(Y1 @ hit, len(D), axis=0) + np.tile(D @ hit, (len(Y1), 1)),
    )
    ok = (abs(z2 - shown[1]) <= k).all(axis=1)
    for z, truth in (
        (z1[ok], raw[0]['t'].df.varde),
        (z2[ok], raw[1]['t'].df.varde),
        ((z2 - z1)[ok], raw[1]['t'].df.varde - raw[0]['t'].df.varde),
    ):
        small = ((truth > 0) & (truth < k)).to_numpy(copy=True)
        assert (z[:, small].min(axis=0) <= 1).all() and (z[:, small].max(axis=0) >= k).all()


def counted(vaxer, **antal):
    "One table of counts by category"
    df = pd.DataFrame([dict(a=k, matt='m', varde=float(v)) for k, v in antal.items()]).assign(
        n=np.nan, lag=np.nan, hog=np.nan
    )
    return {
        't': Publicerad(
            Tabelldef(
                't', 'T', (Dim('a', 'A'),), (Matt('m', 'M', 'antal', vaxer=vaxer),), 'påhittat'
            ),
            df,
        )
    }


def test_rows_that_are_corrected_backwards_do_not_stop_the_next_edition(tmp_path):
    "Three and twenty were withheld behind 23; now they are one and twenty beside five new, or the whole is 26 of a period that had ended"
    for vaxer, first, second in (
        (True, dict(x=3, y=20, Samtliga=23), dict(x=1, y=20, z=5, Samtliga=26)),
        (False, dict(x=3, y=20, Samtliga=23), dict(x=1, y=25, Samtliga=26)),
    ):
        path = tmp_path / f'{vaxer}.jsonl'
        append_entry(path, protect_next(path, counted(vaxer, **first), 'e1', '2024-05-31')[1])
        for till in ('2024-05-31', '2024-08-31'):
            skydd, entry = protect_next(path, counted(vaxer, **second), 'e2', till)
            assert (
                entry
                and check_proof(skydd.intyg) == []
                and not skydd.tabeller['t'].df.varde.between(1, 4).any()
            )


def test_half_a_line_is_cut_off(meetings, tmp_path):
    path = tmp_path / 'liggare.jsonl'
    _, entry = protect_next(path, meetings[0][2], *meetings[0][:2])
    append_entry(path, entry)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:1000])
    assert len(read_entries(path)) == 1
    append_entry(path, entry)
    assert path.read_bytes() == whole * 2


def test_what_is_read_is_what_was_written(meetings, tmp_path):
    path = tmp_path / 'liggare.jsonl'
    skydd, entry = protect_next(path, meetings[0][2], *meetings[0][:2])
    append_entry(path, entry)
    assert read_entries(path) == [entry]
    hidden = skydd.tal[skydd.tal.dold]
    assert len(hidden) and all(entry.tryckt[c] is None for c in hidden.cell)


def test_ten_at_once(meetings, tmp_path):
    path = tmp_path / 'liggare.jsonl'
    _, entry = protect_next(path, meetings[0][2], *meetings[0][:2])
    threads = [threading.Thread(target=append_entry, args=(path, entry)) for _ in range(10)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert read_entries(path) == [entry] * 10


def test_the_hash_follows_the_data_and_the_limits(meetings):
    (_, _, a), (_, _, b), _ = meetings
    assert len({data_hash(a, 5, 10), data_hash(b, 5, 10), data_hash(a, 4, 10)}) == 3 and data_hash(
        a, 5, 10
    ) == data_hash(a, 5, 10)


def test_without_increases_closed_periods_still_hang_together(meetings, tmp_path):
    path = tmp_path / 'liggare.jsonl'
    (m, till, t), (m2, till2, t2), _ = meetings
    _, entry = protect_next(path, t, m, till)
    append_entry(path, entry)
    free, held = (protect_next(path, t2, m2, till2, okningar=o)[0] for o in (False, True))
    assert free.tal.dold.sum() < held.tal.dold.sum() and check_proof(free.intyg) == []
