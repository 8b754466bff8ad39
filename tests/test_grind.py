"The gate: declared selections are the tables, and each protected count has its twins"

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.granska.granskning import LACKOR, audit
from finsam_genomlysning.katalog.detalj import (
    DETALJTABELLER,
    counted_tables,
    detail_day,
    read_detail,
    single_values,
)
from finsam_genomlysning.katalog.falt import (
    INGEN,
    RORLIGA,
    Falt,
    Folkmangd,
    code_field,
    count_selections,
)
from finsam_genomlysning.katalog.rakningar import ENBART_ALLA, Ruta
from finsam_genomlysning.katalog.register import DEFINITIONER
from finsam_genomlysning.katalog.tabeller import build_tables, builders
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.glossary import SAMTLIGA, UPPGIFT_SAKNAS
from finsam_genomlysning.ord.perioder import last_12_months
from finsam_genomlysning.ord.urval import select
from finsam_genomlysning.rakna import nulage, resultat
from finsam_genomlysning.skydd.ekvationer import movable_fields
from finsam_genomlysning.skydd.forteckning import certificate_faults
from finsam_genomlysning.skydd.grind import (
    check_proof_of_gate,
    check_twins,
    differences,
    make_twins,
    pass_gate,
    row_groups,
    small_counts,
)
from finsam_genomlysning.skydd.maskering import dims_of
from finsam_genomlysning.skydd.passage import pass_register
from finsam_genomlysning.skydd.urvalslista import activity_cells
from finsam_genomlysning.skydd.utgava import write_edition
from finsam_genomlysning.skydd.vittnen import check_witnesses

ROOT = Path(__file__).parents[1]
PACKAGES = [ROOT / 'data' / 'sodra_vatterbygden', ROOT / 'tests' / 'fixtur' / 'litet_forbund']
AKTIVITET = ('deltagare_ar', 'deltagare_halvar', 'deltagare_kvartal')


@pytest.fixture(scope='module', params=PACKAGES, ids=lambda p: p.name)
def package(request):
    underlag = read_underlag(request.param)
    return underlag, underlag.forbund.meeting()


@pytest.fixture(scope='module')
def shipped():
    underlag = read_underlag(PACKAGES[0])
    d = read_detail(underlag, underlag.forbund.meeting())
    return pass_gate(d.folk, d.rutor()), d


@pytest.fixture(scope='module')
def passed(package):
    return pass_register(*package, None)


def cells_of(tables, matt=('antal',)):
    "(table, measure, spelled-out place) -> value, of measures of some kinds"
    found = {}
    for t, df in tables.items():
        dims = [x.id for x in DEFINITIONER[t].dims]
        ids = {m.id for m in DEFINITIONER[t].matt if m.slag in matt}
        for r in df[df['matt'].isin(ids)].to_dict('records'):
            key = (t, r['matt'], frozenset((d, r[d]) for d in dims if r[d] != SAMTLIGA))
            assert key not in found
            found[key] = r['varde']
    return found


def counted(folk, rutor):
    numbers = count_selections(folk, [x.urval for x in rutor]).tolist()
    keys = [(x.tabell, x.matt, frozenset(x.plats)) for x in rutor]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, numbers, strict=True))


# ---- the counts are the tables ----


def ordinary(rows, f, dag):
    "The detail tables by the functions that know of no selections"
    begun = pd.Timestamp(last_12_months(dag))
    last = rows[~(rows['slutdatum'] < begun)]
    sent = rows[rows['remissdatum'] >= begun]
    cats = nulage.categories(rows, f)

    def dims(*names):
        return {d: cats[d] for d in names}

    def recent(*names):
        found = nulage.by_category(last, dims(*names))
        return found[found['matt'] == 'deltagare'].assign(matt='deltagare_12')

    return {
        'deltagare_kommun': nulage.by_category(last, dims('insats', 'kommun')),
        'deltagare_kon': nulage.by_category(last, dims('insats', 'kon')),
        'deltagare_alder': nulage.by_category(last, dims('insats', 'aldersgrupp')),
        'deltagare_forsorjning': nulage.by_category(last, dims('insats', 'forsorjning_fore')),
        'deltagare_sysselsattning': nulage.by_category(last, dims('insats', 'sysselsattning_fore')),
        'deltagare_grupp': nulage.by_group(last, f),
        'behovsgrupp': by_need_group(last[last['deltagare']], f),
        'kommun_kon': nulage.by_category(last, dims('kommun', 'kon')),
        'kommun_alder': nulage.by_category(last, dims('kommun', 'aldersgrupp')),
        'kommun_12': nulage.recent_by_kommun(rows, cats['kommun'], dag),
        'rackvidd': recent('insats', 'kommun'),
        'remittent': nulage.by_remittent(sent, dims('insats', 'remittent')),
        'ej_start': nulage.never_started(sent, dims('insats', 'avslutsorsak')),
        'ko': nulage.queue(rows, dims('insats', 'kommun'), dag),
        'avslut_orsak': resultat.exits(last, dims('insats', 'avslutsorsak')),
        'resultat': resultat.outcomes(
            last, dims('insats', 'kommun'), [(), ('insats',), ('kommun',)]
        ),
        'resultat_kon': resultat.outcomes(
            last, dims('insats', 'kon'), matt=('avslutade', 'till_arbete_studier')
        ),
        'fore_efter_forsorjning': resultat.before_after(last, cats, 'forsorjning'),
        'fore_efter_sysselsattning': resultat.before_after(last, cats, 'sysselsattning'),
        'datakvalitet': lacking(rows, last, sent),
    }


def by_need_group(started, f):
    "Participations of those whom each need group's rule names, in all and in each place"
    rows = []
    for g in (g for g in f.behovsgrupp if g.i_registret):
        own = started
        if g.alder_fran is not None or g.alder_till is not None:
            own = own[own['alder'].between(g.alder_fran or 0, g.alder_till or 120)]
        if g.nyanland:
            own = own[own['nyanland'] == 'ja']
        for column in ('forsorjning', 'sysselsattning'):
            if codes := getattr(g, column):
                own = own[own[f'{column}_fore'].isin(codes)]
        every = {'insats': SAMTLIGA, 'kommun': SAMTLIGA, 'behovsgrupp': g.id}
        rows.append(every | {'varde': len(own)})
        for d in ('insats', 'kommun'):
            rows += [every | {d: c, 'varde': n} for c, n in own[d].value_counts().items()]
    columns = ['insats', 'kommun', 'behovsgrupp', 'varde']
    return pd.DataFrame(rows, columns=columns).assign(matt='deltagare_12')


def lacking(rows, last, sent):
    "How many lack a value, column by column"
    started, ended = last[last['deltagare']], last[last['avslutade']]
    each = {
        'fodelsear': sent['alder'].isna(),
        'remittent': sent['remittent'] == UPPGIFT_SAKNAS,
        'nyanland': sent['nyanland'].isna(),
        'forsorjning_fore': started['forsorjning_fore'] == UPPGIFT_SAKNAS,
        'sysselsattning_fore': started['sysselsattning_fore'] == UPPGIFT_SAKNAS,
        'forsorjning_efter': ended['forsorjning_efter'] == UPPGIFT_SAKNAS,
        'sysselsattning_efter': ended['sysselsattning_efter'] == UPPGIFT_SAKNAS,
    }
    found = [('deltagare', c, 'saknas', float(x.sum())) for c, x in each.items()]
    return pd.DataFrame(found, columns=['tabell', 'kolumn', 'matt', 'varde'])


def test_every_count_of_every_detail_table_is_declared_and_is_what_the_rows_give(package):
    underlag, mote = package
    d = read_detail(underlag, mote)
    f = underlag.forbund
    assert d.dag == detail_day(f, mote) < mote.data_till
    tables = build_tables(underlag, mote)
    printed = cells_of({t: tables[t].df for t in DETALJTABELLER & set(tables)})
    printed |= {
        k: v
        for k, v in cells_of({'datakvalitet': tables['datakvalitet'].df}).items()
        if k[1] == 'saknas'
    }
    reach = {k: v for k, v in printed.items() if k[0] == 'traffbild'}
    printed = {k: v for k, v in printed.items() if k[0] != 'traffbild'}
    assert counted(d.folk, d.rutor()) == printed
    rows = cells_of(ordinary(nulage.prepare(underlag.tabell('deltagare'), f, d.dag), f, d.dag))
    assert len(printed) > 250 and len({k[0] for k in printed}) >= 19
    assert {k: rows.get(k, 0) for k in printed} == printed
    assert {k[1] for k in rows.keys() - printed.keys() if rows[k]} <= set(ENBART_ALLA)
    for (_, matt, place), n in reach.items():
        own = frozenset(x for x in place if x[0] in ('insats', 'kommun'))
        assert printed['rackvidd', matt, own] == n


def test_the_published_values_of_a_field_do_not_tell_that_somebody_has_one(package):
    underlag, mote = package
    rows = underlag.tabell('deltagare')
    same = rows.assign(nyanland=None, omfattning_efter=rows['omfattning_fore'])
    nobody = replace(underlag, tabeller=underlag.tabeller | {'deltagare': same})
    one, other = (read_detail(u, mote).folk.falt for u in (underlag, nobody))
    assert set(one['utfall'].varden) == set(other['utfall'].varden)
    assert {'ja', 'nej'} <= set(one['nyanland'].varden) & set(other['nyanland'].varden)
    assert 'studier+' in other['utfall'].varden


def test_every_count_over_time_is_declared_and_is_what_the_table_says(package):
    underlag, mote = package
    folk, rutor = activity_cells(underlag, mote)
    tables = build_tables(underlag, mote)
    printed = cells_of({t: tables[t].df for t in AKTIVITET})
    assert counted(folk, rutor) == printed and len(printed) > 140
    assert folk.rorliga == () and not set(folk.falt) & set(RORLIGA)


def test_what_is_known_after_the_day_is_in_no_detail(package):
    underlag, mote = package
    d = read_detail(underlag, mote)
    rows = underlag.tabell('deltagare')
    known = rows[~(rows['remissdatum'] > pd.Timestamp(d.dag))]
    after = known.tail(3).assign(
        person=['ny 1', 'ny 2', 'ny 3'],
        remissdatum=pd.Timestamp(d.dag) + pd.Timedelta(days=1),
        startdatum=pd.NaT,
        slutdatum=pd.NaT,
    )
    for now in (known, pd.concat([known, after], ignore_index=True)):
        other = replace(underlag, tabeller=underlag.tabeller | {'deltagare': now})
        again = read_detail(other, mote)
        assert counted(again.folk, again.rutor()) == counted(d.folk, d.rutor())


# ---- the proof ----


def test_every_protected_count_of_the_default_package_has_its_twins(shipped):
    p, d = shipped
    small = small_counts(p)
    own = [u for u in dict.fromkeys(x.urval for x in d.rutor()) if 1 <= p.tal[u] < p.k]
    own = [u for u in own if movable_fields(p.folk, u)]  # when a programme had how many is open
    assert set(own) <= set(small) and len(own) > 80
    near = {u for u in differences(d.folk, [x.urval for x in d.rutor()]) if u in p.tal}
    assert {u for u in near if movable_fields(p.folk, u)} <= set(small)
    assert check_proof_of_gate(p) == []
    assert set(small) <= p.dold
    assert len(make_twins(p)) <= 40


def days_of_detail():
    "One meeting for each day that the detail of the shipped meetings is told for"
    f = read_underlag(PACKAGES[0]).forbund
    return {detail_day(f, m): m.datum.isoformat() for m in f.mote if m.data_till}


DAYS = ('2024-06-03', '2024-11-20')


def test_no_day_of_detail_is_left_out():
    assert tuple(days_of_detail().values()) == DAYS


@pytest.mark.parametrize('dag', DAYS)
def test_the_proof_holds_at_every_meeting(dag):
    underlag = read_underlag(PACKAGES[0])
    d = read_detail(underlag, underlag.forbund.meeting(dag))
    p = pass_gate(d.folk, d.rutor())
    small = small_counts(p)
    assert len(small) > 60 and set(small) <= p.dold
    assert check_proof_of_gate(p) == []
    limits = [
        (low, high)
        for s in p.sokningar
        for n, low, high in zip(s.tal, s.lag, s.hog, strict=True)
        if 1 <= n < p.k
    ]
    narrow = [x for x in limits if x != (1, p.k)]
    assert len(narrow) <= 20 and all(low < high for low, high in narrow)


def test_the_same_people_give_the_same_mask(shipped):
    p, d = shipped
    again = pass_gate(p.folk, d.rutor())
    assert again.dold == p.dold and again.tal == p.tal


def test_a_group_tells_only_what_follows(shipped):
    p, d = shipped
    found = row_groups(p, d.rakningar)
    assert len(found) > 30
    at = {(x.tabell, x.matt, frozenset(x.plats)): x.urval for x in d.rutor()}
    dims = {r.tabell: r.dims for r in d.rakningar}
    for g in found:
        members = [at[g.tabell, g.matt, frozenset((*g.plats, (g.dim, c)))] for c in g.koder]
        assert g.antal >= p.k and len(g.koder) >= 2 and set(members) <= p.dold
        whole = at[g.tabell, g.matt, frozenset(g.plats)]
        rest = [
            at[g.tabell, g.matt, frozenset((*g.plats, (g.dim, c)))]
            for c in dims[g.tabell][g.dim]
            if c not in g.koder
        ]
        assert not {whole, *rest} & p.dold
        assert g.antal == p.tal[whole] - sum(p.tal[u] for u in rest) < p.tal[whole]


# ---- a reader cannot tell a twin from the truth ----


def as_rows(d, folk, f):
    "The rows that a register is counted from, when the people are those of a twin"

    def words(name):
        x = folk.falt[name]
        return pd.Series(np.array(x.varden, dtype=object)[x.koder][d.plats], index=d.rader.index)

    age = words('alder').str.extract(r'^(\d+)–')[0].astype(float)
    outcome = words('utfall')
    more = outcome.str.endswith('+')
    new = {c: words(c) for c in RORLIGA if c not in ('alder', 'utfall')}
    rows = d.rader.assign(**new, alder=age)
    rows['nyanland'] = rows['nyanland'].where(rows['nyanland'] != UPPGIFT_SAKNAS, None)
    rows['aldersgrupp'] = nulage.age_group(age, f.regler.aldersgrupper)
    rows['sysselsattning_efter'] = outcome.str.rstrip('+')
    rows['omfattning_fore'] = 0.0
    rows['omfattning_efter'] = np.where(more, 100.0, 0.0)
    return rows.assign(**{f'grupp_{g.id}': nulage.in_group(rows, g) for g in f.prioriterad_grupp})


def test_the_register_itself_comes_back_from_its_fields(package):
    underlag, mote = package
    d = read_detail(underlag, mote)
    f = underlag.forbund
    true = ordinary(nulage.prepare(underlag.tabell('deltagare'), f, d.dag), f, d.dag)
    back = ordinary(as_rows(d, d.folk, f), f, d.dag)
    there, want = (
        {k: v for k, v in cells_of(x, ('antal', 'andel', 'statistik')).items() if v}
        for x in (back, true)
    )  # a category that nobody is in may be absent
    assert there == pytest.approx(want, nan_ok=True)


def reader(df):
    "What a reader has of a table"
    return df.sort_values([*dims_of(df), 'matt'], ignore_index=True)


def masked(d, p, passage, underlag, mote):
    "The tables of a register behind a mask that is decided already"
    tal = dict(zip(d.urval(), count_selections(d.folk, d.urval()).astype(float), strict=True))
    shown = {u: np.nan if u in p else n for u, n in tal.items()}
    frames = counted_tables(d, shown, *builders(underlag, mote, (d.fran, d.dag)))
    for id, single in single_values(d).items():
        frames[id] = pd.concat([frames[id], single]) if id in frames else single
    out = {}
    for t, kept in passage.ramar.items():
        dims = dims_of(kept)
        marks = kept[kept['skyddad'] != 'grupp'][[*dims, 'matt', 'skyddad']]
        here = marks.merge(frames[t], on=[*dims, 'matt'], how='left')
        numbers = ['varde', 'n', 'lag', 'hog']
        here.loc[here['skyddad'] == 'ja', numbers] = np.nan
        out[t] = reader(here)
    return out


def test_a_twin_behind_the_same_mask_is_the_same_edition(package, passed):
    underlag, mote = package
    dold = {x.ruta.urval for x in passed.rutor if not x.visad}
    d = passed.detalj
    kept = {t: reader(df[df['skyddad'] != 'grupp']) for t, df in passed.ramar.items()}
    true = masked(d, dold, passed, underlag, mote)
    assert set(true) == set(kept) and len(kept) >= 20
    moved = 0
    for twin in (d.folk, *passed.bevis.tvillingar[::3]):
        made = masked(replace(d, folk=twin), dold, passed, underlag, mote)
        for t, df in kept.items():
            pd.testing.assert_frame_equal(made[t][df.columns], df, check_dtype=False, obj=t)
        codes = [twin.falt[x].koder != d.folk.falt[x].koder for x in RORLIGA]
        moved += int(np.array(codes).any(axis=0).sum())
    assert len(passed.bevis.tvillingar) >= 2 and moved > 20


def test_a_twin_counted_by_the_ordinary_functions_prints_the_same(package, passed):
    underlag, _ = package
    f, d = underlag.forbund, passed.detalj

    def parts(place):
        "A joined category is its parts"
        each = [[(x, c) for c in code.split(' + ')] for x, code in place]
        return [frozenset(c) for c in product(*each)]

    shown = {
        k: v for k, v in cells_of(passed.ramar).items() if not np.isnan(v) and k[0] != 'traffbild'
    }
    assert len(shown) > 140
    for twin in passed.bevis.tvillingar[1::3]:
        rows = cells_of(ordinary(as_rows(d, twin, f), f, d.dag))
        for (t, matt, place), n in shown.items():
            assert sum(rows.get((t, matt, x), 0) for x in parts(place)) == n, (t, matt, place)


def test_a_small_count_is_another_in_some_twin_whatever_it_is(passed):
    folk = passed.bevis.folk
    small = [x for x in passed.rutor if 1 <= x.tal < 5]
    about_nobody = [x for x in small if not movable_fields(folk, x.ruta.urval)]
    assert [x for x in small if x.visad] == about_nobody
    small = [x for x in small if not x.visad]
    assert len(small) > 20
    urval = [x.ruta.urval for x in small]
    seen = np.array([count_selections(t, urval) for t in passed.bevis.tvillingar])
    limits = {u: (a, b) for u, a, b in passed.bevis.granser}
    for x, numbers in zip(small, seen.T, strict=True):
        low, high = limits.get(x.ruta.urval, (1, 5))
        assert min(numbers.min(), x.tal) <= low and max(numbers.max(), x.tal) >= high
        assert len({*numbers.tolist(), x.tal}) > 1


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
    faults = check_witnesses(s.system, shown, s.vittnen, s.lag, s.hog)
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


@pytest.mark.parametrize('insats, orsak', [('aaabbb', 'hhhhhh'), ('aaabbb', 'hhhfff')])
def test_nobody_is_one_of_all_when_every_register_is_listed(insats, orsak):
    "A sensitive category of a whole group: some register that prints the same has fewer in it"
    folk = Folkmangd(
        'deltaganden',
        {'insats': code_field(insats, 'ab'), 'orsak': code_field(orsak, 'hfa')},
        ('orsak',),
    )
    places = [{}, *({'insats': [i]} for i in 'ab')]
    asked = [[select('deltaganden', at | {'orsak': [o]}) for o in 'hfa'] for at in places]
    wholes = [select('deltaganden', at) for at in places]
    rutor = [Ruta('t', str(u), (), u) for u in (*wholes, *(u for row in asked for u in row))]
    k, ill = 3, frozenset({('orsak', frozenset('h'))})
    printed, safe = pass_gate(folk, rutor, k), pass_gate(folk, rutor, k, kansliga=ill)
    assert check_proof_of_gate(safe) == []

    def of_all(p):
        "Groups of at least k that no register that prints the same has outside the category"
        urval = [u for u in p.tal if u not in p.dold]
        every = [
            r
            for r in registers(folk)
            if (count_selections(r, urval) == [p.tal[u] for u in urval]).all()
        ]
        pairs = [(whole, row[0]) for whole, row in zip(wholes, asked, strict=True)]
        large = [(w, u) for w, u in pairs if p.tal[w] == p.tal[u] >= k]
        return [u for _, u in large if min(count_selections(r, [u])[0] for r in every) == p.tal[u]]

    assert of_all(safe) == [] != of_all(printed)


def two_meetings(seed):
    "A few made-up people as they were known at two meetings, and what is printed at each"
    pick = np.random.default_rng(seed)
    n = 5 - seed % 2
    before = pick.choice(['okand', 'kvar', 'slut'], n, p=[0.3, 0.4, 0.3])
    after = np.where(before == 'slut', 'slut', pick.choice(['kvar', 'slut'], n))
    outcome = np.where(after == 'slut', pick.choice(['arbete', 'ovrigt'], n), INGEN)
    fields = {
        'insats': code_field(pick.choice(['a', 'b'], n), 'ab'),
        'status@1': code_field(before, ['okand', 'kvar', 'slut']),
        'status@2': code_field(after, ['okand', 'kvar', 'slut']),
        'kommun': code_field(pick.choice(['x', 'y'], n), 'xy'),
        'utfall': code_field(outcome, ['arbete', 'ovrigt', INGEN]),
    }
    moving = ('insats', 'kommun', 'utfall') if seed % 2 else ('kommun', 'utfall')
    folk = Folkmangd('deltaganden', fields, moving, ('utfall',))
    printed = []
    for day in '12':
        there, ended = {f'status@{day}': ['kvar', 'slut']}, {f'status@{day}': ['slut']}
        asked = [base | {'insats': [i]} for base in (there, ended) for i in 'ab']
        asked += [there, *(there | {'kommun': [v]} for v in 'xy')]
        asked += [there | {'insats': ['a'], 'kommun': [v]} for v in 'xy']
        asked += [ended, ended | {'utfall': ['arbete']}, ended | {'insats': ['b'], 'kommun': ['x']}]
        printed.append([Ruta(day, str(a), (), select('deltaganden', a)) for a in asked])
    return folk, printed


def listed(folk, urval):
    "The counts of every register of the same people; nobody has an outcome before the end"
    none = {f: folk.falt[f].varden.index(INGEN) for f in folk.efter}
    options = []
    for row, f in product(range(folk.antal), folk.rorliga):
        own = folk.falt[f].koder[row]
        values = range(len(folk.falt[f].varden))
        closed = f in none and own == none[f]
        options.append([own] if closed else [v for v in values if v != none.get(f)])
    codes = np.array(list(product(*options))).reshape(-1, folk.antal, len(folk.rorliga))
    found = []
    for u in urval:
        met = np.ones(codes.shape[:2], dtype=bool)
        for f, values in u.villkor:
            if f in folk.rorliga:
                wanted = [n for n, v in enumerate(folk.falt[f].varden) if v in values]
                met &= np.isin(codes[:, :, folk.rorliga.index(f)], wanted)
            else:
                met &= folk.holds(f, values)
        found.append(met.sum(axis=1))
    return np.array(found).T


@pytest.mark.parametrize('seed', range(12))
def test_two_meetings_together_fix_nothing_when_every_register_is_listed(seed):
    folk, (first, second) = two_meetings(seed)
    k = 3
    one = pass_gate(folk, first, k)
    own = {x.urval for x in first}
    p = pass_gate(folk, [*first, *second], k, visade=own - one.dold, dolda=own & one.dold)
    assert not (own - one.dold) & p.dold and own & one.dold <= p.dold
    assert check_proof_of_gate(p) == []
    urval = list(p.tal)
    truth, shown = np.array([p.tal[u] for u in urval]), np.array([u not in p.dold for u in urval])
    known = np.array([u in own - one.dold for u in urval])
    every = listed(folk, urval)
    before = every[(every == truth)[:, known].all(axis=1)]
    same = every[(every == truth)[:, shown].all(axis=1)]
    goals = {u: (s.lag[i], s.hog[i]) for s in p.sokningar for i, u in enumerate(s.system.urval)}
    for i, u in enumerate(urval):
        if u not in goals or not 1 <= truth[i] < k:
            continue
        low, high = goals[u]
        assert same[:, i].min() <= low and same[:, i].max() >= high
        assert same[:, i].min() < same[:, i].max() or before[:, i].min() == before[:, i].max()
        if before[:, i].min() <= 1 and before[:, i].max() >= k:  # not known by the first meeting
            assert same[:, i].min() <= 1 and same[:, i].max() >= k, (u, low, high)


@pytest.fixture(scope='module')
def closed():
    "The small package, whose board protects how many each programme has"
    underlag = read_underlag(PACKAGES[1])
    rules = underlag.forbund.regler.model_copy(update={'oppna': False})
    forbund = underlag.forbund.model_copy(update={'regler': rules})
    underlag = replace(underlag, forbund=forbund)
    return underlag, prepare_edition(underlag, forbund.meeting())


def test_a_board_may_protect_how_many_each_programme_has(closed, tmp_path):
    _, content = closed
    assert all(certificate_faults([b]) == [] for b in content.bevis)
    posts = [x for b in content.bevis if b.folk.namn == 'deltaganden' for x in b.rutor]
    small = [x for x in posts if 'insats' in dict(x.ruta.plats) and 1 <= x.tal < 5]
    only = [x for x in small if set(dict(x.ruta.plats)) == {'insats'}]
    assert only and not any(x.visad for x in small)
    tables = {t: p.df for t, p in content.utgava.tabeller.items()}
    for t in ('deltagare_ar', 'deltagare_halvar'):
        of_one = tables[t][tables[t]['insats'] != SAMTLIGA]
        assert of_one['varde'].isna().all() and set(of_one['skyddad']) == {'ja'}
        assert tables[t].loc[tables[t]['insats'] == SAMTLIGA, 'varde'].notna().all()
    assert set(tables['kostnad']['matt']) == {'kostnad'}
    assert 'i_flera_insatser' not in set(tables.get('personer', pd.DataFrame({'matt': []}))['matt'])
    write_edition(content.utgava, tmp_path)
    assert not audit(tmp_path)['utslag'].isin(LACKOR).any()


@pytest.mark.parametrize('table', ['deltagare_ar', 'per_medarbetare', 'ej_start'])
def test_the_audit_knows_what_the_board_protects(closed, tmp_path, table):
    _, content = closed
    write_edition(content.utgava, tmp_path)
    path = tmp_path / 'tabeller' / f'{table}.csv'
    lines = path.read_text(encoding='utf-8').splitlines()
    heads = ('bryggan;2023;nya', 'bryggan;pagaende', 'bryggan;Samtliga;ej_startade')
    at, head = next((n, h) for n, x in enumerate(lines) for h in heads if x.startswith(f'{h};'))
    lines[at] = f'{head};2;;;;nej'
    path.write_text('\n'.join(lines) + '\n', encoding='utf-8')
    found = audit(tmp_path)
    assert {'naken', 'ändrad'} & set(found.loc[found['tabell'] == table, 'utslag'])


def test_twins_of_a_closed_package_print_the_same(closed):
    underlag, content = closed
    (proof,) = (b for b in content.bevis if b.folk.namn == 'deltaganden')
    d = read_detail(underlag, underlag.forbund.meeting())
    shown = [x.ruta.urval for x in proof.rutor if x.visad]
    truth, true = count_selections(d.folk, shown), single_values(d)
    moved = 0
    for twin in proof.tvillingar[:4]:
        assert (count_selections(twin, shown) == truth).all()
        moved += int((twin.falt['insats'].koder != d.folk.falt['insats'].koder).sum())
        for t, df in single_values(d, twin).items():
            table = content.utgava.tabeller[t].df
            keys = [*dims_of(df), 'matt']
            printed = set(table[table['skyddad'] == 'nej'][keys].itertuples(index=False, name=None))
            here = [x in printed for x in df[keys].itertuples(index=False, name=None)]
            assert df[here].equals(true[t][here])
    assert moved
