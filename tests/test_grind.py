"The gate: declared selections are the tables, and each protected count has its twins"

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from finsam_genomlysning.katalog.falt import (
    Falt,
    Folkmangd,
    code_field,
    count_selections,
    participations,
)
from finsam_genomlysning.katalog.rakningar import (
    Ruta,
    activity_counts,
    period_cuts,
    places,
    result_counts,
    way_in_counts,
    who_counts,
)
from finsam_genomlysning.katalog.tabeller import build_tables
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.glossary import SAMTLIGA
from finsam_genomlysning.ord.urval import select
from finsam_genomlysning.rakna import nulage
from finsam_genomlysning.skydd.grind import (
    check_proof_of_gate,
    check_twins,
    make_twins,
    pass_gate,
    row_groups,
    small_counts,
)
from finsam_genomlysning.skydd.vittnen import check_witnesses

ROOT = Path(__file__).parents[1]
PACKAGES = [ROOT / 'data' / 'sodra_vatterbygden', ROOT / 'tests' / 'fixtur' / 'litet_forbund']


def population(underlag, till):
    f = underlag.forbund
    rows = nulage.prepare(underlag.tabell('deltagare'), f, till)
    periods = {
        'deltagare_ar': nulage.years(rows, till),
        'deltagare_halvar': nulage.periods(rows, till, 'H'),
        'deltagare_kvartal': nulage.periods(rows, till, 'Q'),
    }
    folk = participations(rows, f, [till], period_cuts(periods))
    tables = [*who_counts(folk, f, till), *way_in_counts(folk, till), *result_counts(folk, till)]
    return folk, tables, activity_counts(folk, periods)


@pytest.fixture(scope='module')
def shipped():
    underlag = read_underlag(PACKAGES[0])
    folk, tables, _ = population(underlag, underlag.forbund.meeting().data_till)
    return pass_gate(folk, [x for r in tables for x in places(r)]), tables


@pytest.mark.parametrize('package', PACKAGES, ids=lambda p: p.name)
def test_the_selections_are_the_tables(package):
    underlag = read_underlag(package)
    mote = underlag.forbund.meeting()
    folk, tables, activity = population(underlag, mote.data_till)
    cells = [x for r in tables for x in places(r)] + activity
    counted = dict(
        zip(
            [(x.tabell, x.matt, frozenset(x.plats)) for x in cells],
            count_selections(folk, [x.urval for x in cells]).tolist(),
            strict=True,
        )
    )
    printed = {}
    for id, pub in build_tables(underlag, mote).items():
        dims = [d.id for d in pub.definition.dims]
        counts = {m.id for m in pub.definition.matt if m.slag == 'antal'}
        for r in pub.df[pub.df['matt'].isin(counts)].to_dict('records'):
            place = frozenset((d, r[d]) for d in dims if r[d] != SAMTLIGA)
            printed[id, r['matt'], place] = r['varde']
    declared = {t for t, *_ in counted}
    known = {k: v for k, v in printed.items() if k[0] in declared}
    assert len(declared) >= 17
    assert {k: known.get(k) for k in counted} == counted
    assert not any(known[k] for k in known.keys() - counted.keys())


def test_every_protected_count_of_the_default_package_has_its_twins(shipped):
    p, _ = shipped
    assert len(small_counts(p)) == 93
    assert check_proof_of_gate(p) == []
    assert all((s.lag <= 1).all() and (s.hog >= p.k).all() for s in p.sokningar)
    assert len(make_twins(p)) <= 14


def test_the_same_people_give_the_same_mask(shipped):
    p, tables = shipped
    again = pass_gate(p.folk, [x for r in tables for x in places(r)])
    assert again.dold == p.dold


def test_a_group_tells_only_what_follows(shipped):
    p, tables = shipped
    found = row_groups(p, tables)
    assert len(found) > 30
    for g in found:
        assert g.antal >= p.k and len(g.koder) >= 2


def test_a_twin_that_prints_another_number_is_found(shipped):
    p, _ = shipped
    twins = make_twins(p)
    codes = twins[0].falt['kommun'].koder.copy()
    codes[0] = (codes[0] + 1) % 4
    moved = twins[0].falt | {'kommun': Falt(twins[0].falt['kommun'].varden, codes)}
    spoiled = Folkmangd(twins[0].namn, moved, twins[0].rorliga, twins[0].efter)
    assert any('twin 1 prints' in f for f in check_twins(p, [spoiled]))
    assert any('no twin' in f for f in check_twins(p, twins[:1]))


def test_a_count_that_is_shown_again_breaks_the_proof(shipped):
    p, _ = shipped
    s = p.sokningar[0]
    i = int(np.flatnonzero((s.tal >= 1) & (s.tal < p.k))[0])
    shown = s.dold.copy()
    shown[i] = False
    faults = check_witnesses(s.system, shown, s.vittnen, s.lag, s.hog, p.k)
    assert any('prints other numbers' in f for f in faults)


def registers(folk):
    "Every register with the same skeleton"
    fields = list(folk.rorliga)
    values = [range(len(folk.falt[f].varden)) for f in fields]
    for rows in product(product(*values), repeat=folk.antal):
        codes = np.array(rows)
        new = {f: Falt(folk.falt[f].varden, codes[:, i]) for i, f in enumerate(fields)}
        yield Folkmangd(folk.namn, {**folk.falt, **new}, folk.rorliga, folk.efter)


TINY = [
    ('aaabb', 'xxyyy', 'KMKKM'),
    ('aaaaa', 'xyyyy', 'KKKKK'),
    ('aabbb', 'xxxxx', 'KMMMM'),
    ('aaaaa', 'xyyyy', 'MKKKM'),
]


@pytest.mark.parametrize('insats, kommun, kon', TINY)
def test_nothing_is_fixed_when_every_register_is_listed(insats, kommun, kon):
    folk = Folkmangd(
        'deltaganden',
        {
            'insats': code_field(insats, 'ab'),
            'kommun': code_field(kommun, 'xy'),
            'kon': code_field(kon, 'KM'),
        },
        ('kommun', 'kon'),
    )
    asked = [{}, *({'kommun': [a]} for a in 'xy'), *({'kon': [b]} for b in 'KM')]
    asked += [{'kommun': [a], 'kon': [b]} for a in 'xy' for b in 'KM']
    asked += [{'insats': [i], 'kommun': [a]} for i in 'ab' for a in 'xy']
    k = 3
    p = pass_gate(folk, [Ruta('t', str(a), (), select('deltaganden', a)) for a in asked], k)
    assert check_proof_of_gate(p) == []
    urval = list(p.tal)
    shown = np.array([u not in p.dold for u in urval])
    truth = np.array([p.tal[u] for u in urval])
    same = [
        c
        for r in registers(folk)
        if (c := count_selections(r, urval))[shown].tolist() == truth[shown].tolist()
    ]
    seen = np.vstack(same)
    goals = {u: (s.lag[i], s.hog[i]) for s in p.sokningar for i, u in enumerate(s.system.urval)}
    for i, u in enumerate(urval):
        if u in goals and 1 <= truth[i] < k:
            low, high = goals[u]
            assert seen[:, i].min() <= low and seen[:, i].max() >= high
            assert seen[:, i].min() < seen[:, i].max()
