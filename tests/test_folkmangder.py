"The populations beside the register: their counts are the tables, and every twin becomes a package"

import datetime as dt
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from finsam_genomlysning.katalog.falt import INGEN, Falt, Folkmangd, count_selections
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.gora.paket import package_lines
from finsam_genomlysning.katalog.folkmangder import (
    told_of_programmes,
    answered_in_all,
    complement_counts,
    decode_population,
    handed_remarks,
    other_populations,
    told_by_register,
)
from finsam_genomlysning.katalog.inlamnat import (
    Inlamnat,
    contradicted,
    contradicting_counts,
    handed_selection,
    volume_population,
    volumes_of_people,
)
from finsam_genomlysning.katalog.listor import handed_frames
from finsam_genomlysning.katalog.rakningar import Ruta
from finsam_genomlysning.katalog.register import DEFINITIONER
from finsam_genomlysning.katalog.rost import rost_frames
from finsam_genomlysning.katalog.stod import stod_frames
from finsam_genomlysning.katalog.utsagor import utsage_frames
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.forbund import (
    Mote,
    Rostkod,
    Rosttema,
    Underlag,
    Volymmatt,
    example_forbund,
)
from finsam_genomlysning.ord.errors import DisclosureError
from finsam_genomlysning.ord.glossary import ENKATFRAGOR, SAMTLIGA, UPPGIFT_SAKNAS
from finsam_genomlysning.ord.urval import select
from finsam_genomlysning.rakna.indikatorer import rating_changes
from finsam_genomlysning.rakna.nulage import flows, prepare
from finsam_genomlysning.skydd.passage import at_detail_day, pass_others
from finsam_genomlysning.skydd.forteckning import Liggare, certificate_faults
from finsam_genomlysning.skydd.grind import (
    check_proof_of_gate,
    unprinted,
    make_twins,
    pass_gate,
    small_counts,
)

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT / 'data' / 'sodra_vatterbygden'
PACKAGES = [DEFAULT, ROOT / 'tests' / 'fixtur' / 'litet_forbund', ROOT / 'data' / 'hoglandet']
TABLES = (
    *('enkat', 'enkat_kommun', 'enkat_fordelning', 'progression'),
    *('volymer', 'fragor_om_vald', 'stodenkat', 'stodenkat_svarande', 'utsagor'),
)
TILL = dt.date(2024, 6, 30)
MEETING = Mote(datum=dt.date(2024, 9, 18), organ='Styrelsen', rubrik='Nuläge', data_till=TILL)


def tables_of(underlag, mote):
    "The tables of these populations by the ordinary code"
    frames = rost_frames(underlag, mote) | handed_frames(underlag, mote)
    frames |= stod_frames(underlag, mote) | utsage_frames(underlag, mote)
    return {t: d for t, d in frames.items() if t in TABLES}


def printed(tables, forbund):
    "(table, measure, place) -> value, of every count of people"
    found = {}
    people = {m.id for m in forbund.volymmatt if m.personer}
    for t, df in tables.items():
        d = DEFINITIONER[t]
        counts = {m.id for m in d.matt if m.slag == 'antal'} | (people if t == 'volymer' else set())
        for r in df[df['matt'].isin(counts)].to_dict('records'):
            place = frozenset((x.id, r[x.id]) for x in d.dims if r[x.id] != SAMTLIGA)
            assert (t, r['matt'], place) not in found
            found[t, r['matt'], place] = r['varde']
    return found


def counted(populations):
    found = {}
    for folk, cells in populations:
        numbers = count_selections(folk, [x.urval for x in cells]).tolist()
        for x, n in zip(cells, numbers, strict=True):
            found[x.tabell, x.matt, frozenset(x.plats)] = n
        assert {x.urval.folkmangd for x in cells} == {folk.namn}
    return found


def random_package(seed):
    "A package with every table of these populations"
    g = np.random.default_rng(seed)
    f = example_forbund()
    own = (Volymmatt(id='praktik', namn='På praktik', personer=True),)
    rules = f.regler.model_copy(update={'enkat_per_kommun': True})
    f = f.model_copy(update={'regler': rules, 'volymmatt': list(own), 'rosttema': themes()})
    t = {'indikatorer': survey(g, f), 'progression': ratings(g, f)}
    t |= {'volymer': volumes(g), 'fragor_om_vald': questions(g), 'stodenkat': support(g)}
    t['utsagor'] = statements(g)
    return Underlag(f, t)


def themes():
    "Two themes of a codebook, with two codes each"
    return [
        Rosttema(
            id=t,
            namn=t.capitalize(),
            pastaende='Det går bra',
            kod=[Rostkod(id=f'{t}_{n}', namn=f'{t} {n}', definition='Något') for n in (1, 2)],
        )
        for t in ('start', 'slut')
    ]


def statements(g, rows=60):
    "What twenty informants have said, one row a statement"
    role = g.choice(['medarbetare', 'chef'], 20)
    who = g.integers(0, 20, rows)
    said = dict(
        datum=pd.Timestamp('2024-05-31'),
        person=[f'I{i:02}' for i in who],
        roll=role[who],
        insats='spar_a',
        kommun=None,
        kod=g.choice([k.id for t in themes() for k in t.kod], rows),
        hallning=g.choice(['for', 'emot', 'neutral'], rows),
        utsaga='Så är det.',
        citat='nej',
    )
    return pd.DataFrame(said)


def survey(g, f, rows=40):
    days = pd.Timestamp('2023-01-01') + pd.to_timedelta(g.integers(0, 600, rows), 'D')
    d = pd.DataFrame(
        dict(
            tillfalle=g.choice(['avslut', 'pagaende'], rows),
            datum=days,
            insats=g.choice([i.id for i in f.granskade], rows),
            kommun=g.choice([*(k.id for k in f.kommun), None], rows),
        )
    )
    answers = g.choice([*range(1, 7), None], (rows, len(ENKATFRAGOR)))
    return d.assign(**{f'fraga_{n}': answers[:, n - 1] for n in ENKATFRAGOR}).astype(
        {f'fraga_{n}': 'Int64' for n in ENKATFRAGOR}
    )


def ratings(g, f, persons=30):
    rows = [
        (f'P{p}', str(g.choice([i.id for i in f.granskade])), day, what, float(g.integers(1, 11)))
        for p in range(persons)
        for what in ('Hälsa', 'Vardag')
        for day in ('2023-06-01', '2023-11-01', '2024-05-01')[: g.integers(1, 4)]
    ]
    d = pd.DataFrame(rows, columns=['person', 'insats', 'datum', 'indikator', 'varde'])
    first = d.groupby('person')['insats'].transform('first')
    return d.assign(insats=first, datum=pd.to_datetime(d['datum']), skala_max=10.0, bedomare=None)


def volume(fran, till, matt, antal, kommun=None, kon=None, kalla='Årsredovisning'):
    return dict(
        insats='spar_a',
        kommun=kommun,
        fran=pd.Timestamp(fran),
        till=pd.Timestamp(till),
        kon=kon,
        matt=matt,
        antal=antal,
        kalla=kalla,
    )


H1, H2, YEAR = (
    ('2023-01-01', '2023-06-30'),
    ('2023-07-01', '2023-12-31'),
    ('2023-01-01', '2023-12-31'),
)


def volumes(g):
    "Counts of made-up people, so that they go together"
    rows = []
    kinds = [(k, s) for k in ('astad', 'by') for s in 'KM']
    new = {h: dict(zip(kinds, g.integers(0, 8, 4).tolist(), strict=True)) for h in (H1, H2)}
    for h in (H1, H2):
        rows.append(volume(*h, 'nya', sum(new[h].values())))
        rows += [
            volume(*h, 'nya', sum(n for (_, x), n in new[h].items() if x == s), kon=s) for s in 'KM'
        ]
    rows.append(volume(*YEAR, 'nya', sum(sum(x.values()) for x in new.values())))
    for k in ('astad', 'by'):
        every = sum(n for h in new.values() for (x, _), n in h.items() if x == k)
        rows.append(volume(*YEAR, 'nya', every, kommun=k, kalla=None))
    rows += [volume(*H1, 'praktik', 3), volume(*H1, 'till_arbete', 2)]
    rows += [volume(*H1, 'platser', 30), volume('2024-01-01', '2024-12-31', 'nya', 4)]
    return pd.DataFrame(rows)


def support(g):
    "Answers of staff, by programme and in all, and of members"
    groups = [('medarbetare', 'spar_a'), ('medarbetare', None), ('styrgrupp', None)]
    rows = [
        dict(
            datum=pd.Timestamp(day),
            grupp=grupp,
            insats=insats,
            fraga='Stödet räcker',
            instammer=int(g.integers(0, 12)),
            instammer_inte=int(g.integers(0, 12)),
            vet_inte=int(g.integers(0, 9)),
            tillfragade=int(g.integers(40, 60)),
        )
        for grupp, insats in [*groups, ('medlem', None)]
        for day in ('2023-11-01', '2024-05-01', '2024-12-01')
    ]
    return pd.DataFrame(rows)


def questions(g):
    rows = [
        dict(
            insats='spar_a',
            fran=pd.Timestamp(a),
            till=pd.Timestamp(b),
            fragade=int(g.integers(1, 9)),
            ej_fragade=int(g.integers(1, 9)),
        )
        for a, b in (H1, H2)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize('package', PACKAGES, ids=lambda p: p.name)
def test_every_count_is_declared_and_is_the_table(package):
    underlag = read_underlag(package)
    for mote in underlag.forbund.mote:
        tables = printed(tables_of(underlag, mote), underlag.forbund)
        assert counted(other_populations(underlag, mote)) == tables


def test_an_edition_that_is_made_after_a_later_one_counts_what_its_own_day_knows():
    underlag = read_underlag(DEFAULT)
    first, *_, last = underlag.forbund.mote
    own, later = (printed(tables_of(underlag, m), underlag.forbund) for m in (first, last))
    assert counted(other_populations(underlag, first, {last.data_till: underlag})) == own != later


def test_the_default_package_and_another_have_such_tables():
    found = [
        {t for t, *_ in counted(other_populations(u, u.forbund.meeting()))}
        for u in map(read_underlag, PACKAGES)
    ]
    asked = {'enkat', 'enkat_fordelning', 'progression', 'stodenkat', 'utsagor'}
    asked |= {'stodenkat_svarande'}
    assert found == [asked, {'stodenkat'}, {'volymer'}]


@pytest.mark.parametrize('seed', range(6))
def test_every_count_of_made_up_packages_is_declared(seed):
    underlag = random_package(seed)
    tables = tables_of(underlag, MEETING)
    assert set(tables) == set(TABLES)
    assert counted(other_populations(underlag, MEETING)) == printed(tables, underlag.forbund)


def test_days_before_are_counted_in_the_same_population():
    underlag = random_package(1)
    before = dt.date(2023, 12, 31)
    known = underlag.tabeller['indikatorer']
    earlier = replace(underlag, tabeller=underlag.tabeller | {'indikatorer': known[5:]})
    old = MEETING.model_copy(update={'data_till': before})
    now = dict(
        (folk.namn, folk) for folk, _ in other_populations(underlag, MEETING, {before: earlier})
    )
    for folk, cells in other_populations(earlier, old):
        if folk.namn in ('enkatsvar', 'skattningar'):
            urval = [x.urval for x in cells]
            assert count_selections(now[folk.namn], urval).tolist() == (
                count_selections(folk, urval).tolist()
            )
            assert count_selections(folk, urval).sum() > 10


@pytest.mark.parametrize('seed', range(4))
def test_people_become_the_same_package_again(seed):
    underlag = random_package(seed)
    for folk, cells in other_populations(underlag, MEETING):
        for t, df in decode_population(folk, cells, underlag, MEETING).items():
            if t == 'utsagor':  # who thinks what comes back, and not in which words
                again = replace(underlag, tabeller=underlag.tabeller | {t: df})
                df, same = (utsage_frames(x, MEETING)[t] for x in (again, underlag))
                pd.testing.assert_frame_equal(df, same)
                continue
            pd.testing.assert_frame_equal(df, underlag.tabeller[t])


def same_numbers(a, b):
    return {k for k in a if a[k] == b[k] or (pd.isna(a[k]) and pd.isna(b[k]))}


def numbers(tables):
    "(table, measure, place) -> value and base of every row"
    found = {}
    for t, df in tables.items():
        dims = [x.id for x in DEFINITIONER[t].dims]
        for r in df.to_dict('records'):
            found[t, r['matt'], tuple(r[d] for d in dims)] = r['varde']
    return found


@pytest.mark.parametrize(
    'given',
    [partial(read_underlag, DEFAULT), partial(random_package, 1)],
    ids=['default', 'random'],
)
def test_twins_are_packages_that_print_the_same_counts(given):
    underlag = given()
    mote = underlag.forbund.meeting() if 'behov' in underlag.tabeller else MEETING
    truth = printed(tables_of(underlag, mote), underlag.forbund)
    moved = 0
    for folk, cells in other_populations(underlag, mote):
        p = pass_gate(folk, cells, underlag.forbund.regler.grans)
        assert check_proof_of_gate(p) == []
        shown = {(x.tabell, x.matt, frozenset(x.plats)) for x in cells if x.urval not in p.dold}
        for twin in make_twins(p)[:3]:
            t = decode_population(twin, cells, underlag, mote)
            other = replace(underlag, tabeller=underlag.tabeller | t)
            made = printed(tables_of(other, mote), underlag.forbund)
            assert {k: made[k] for k in shown} == {k: truth[k] for k in shown}
            numbers_of_twin = count_selections(twin, [x.urval for x in cells]).tolist()
            for x, n in zip(cells, numbers_of_twin, strict=True):
                assert made[x.tabell, x.matt, frozenset(x.plats)] == n
            moved += sum(made[k] != truth[k] for k in truth)
    assert moved > 10


def test_every_small_count_has_a_twin_below_and_one_above():
    underlag = read_underlag(DEFAULT)
    for folk, cells in other_populations(underlag, underlag.forbund.meeting()):
        p = pass_gate(folk, cells)
        asked = list(dict.fromkeys(x.urval for x in cells))
        small = small_counts(p)
        own = [u for u in small if u in set(asked)]
        assert set(small) - set(own) <= set(unprinted(folk, asked))
        assert len(own) == {'enkatsvar': 15, 'stodenkat': 2, 'utsagor': 14}.get(folk.namn, 0)
        assert set(small) <= p.dold and len(p.dold & set(asked)) <= 70
        assert check_proof_of_gate(p) == []
        limits = {
            u: (low, high)
            for s in p.sokningar
            for u, low, high in zip(s.system.urval, s.lag, s.hog, strict=True)
        }
        seen = [count_selections(x, small) for x in (p.folk, *make_twins(p))]
        for u, numbers in zip(small, np.array(seen).T, strict=True):
            low, high = limits[u]
            assert numbers.min() <= low < numbers.max() and numbers.max() >= high
            assert (low, high) == (1, 5) or u not in own


def test_withheld_answers_of_a_question_stand_together():
    answers = [1] * 2 + [2] * 4 + [3] * 7 + [4] * 9 + [5] * 8
    rows = pd.DataFrame(
        dict(tillfalle='avslut', datum=pd.Timestamp('2024-05-01'), insats='spar_a', kommun=None),
        index=range(len(answers)),
    )
    rows = rows.assign(**{f'fraga_{n}': None for n in ENKATFRAGOR}).assign(fraga_1=answers)
    underlag = Underlag(example_forbund(), {'indikatorer': rows})
    given = rost_frames(underlag, MEETING)
    (passage,) = pass_others(underlag, MEETING, given, None)
    df = passage.ramar['enkat_fordelning'].query('tillfalle == "avslut" and fraga == "1"')
    own = df[(df['matt'] == 'besvarade') & (df['svar'] != SAMTLIGA)]
    hidden = own.loc[own['skyddad'] == 'ja', 'svar'].tolist()
    (group,) = own[own['skyddad'] == 'grupp'].to_dict('records')
    assert group['svar'].split(' + ') == hidden and {'1', '2'} <= set(hidden)
    assert group['varde'] == sum(answers.count(int(x)) for x in hidden) >= 5
    assert certificate_faults([passage.bevis]) == []
    assert {'svar': group['svar']}.items() <= dict(passage.rutor[-1].ruta.plats).items()


def test_a_closed_board_is_told_no_volume_of_a_programme_with_few():
    rows = [volume(*H1, 'nya', 4), volume(*YEAR, 'nya', 14), volume(*YEAR, 'nya', 9, kon='K')]
    f = example_forbund()
    closed = f.model_copy(update={'regler': f.regler.model_copy(update={'oppna': False})})
    for forbund, hidden in ((f, 0), (closed, 3)):
        underlag = Underlag(forbund, {'volymer': pd.DataFrame(rows)})
        ((folk, cells),) = other_populations(underlag, MEETING)
        assert len(told_of_programmes(folk, cells, underlag)) == hidden
        given = handed_frames(underlag, MEETING)
        (passage,) = pass_others(underlag, MEETING, given, None)
        assert certificate_faults([passage.bevis]) == []
        shown = passage.ramar['volymer']['varde'].notna().sum()
        assert shown == len(rows) - hidden


def test_few_who_are_rated_in_a_programme_are_not_told():
    rows = [
        dict(
            person=f'P{n}',
            insats='spar_a' if n < 12 else 'spar_b',
            datum=pd.Timestamp(day),
            indikator='Vardag',
            varde=value,
            skala_max=10.0,
            bedomare='coachen',
        )
        for n in range(14)
        for day, value in (('2023-09-01', 4.0), ('2024-05-01', 4.0 + n % 2))
    ]
    underlag = Underlag(example_forbund(), {'progression': pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    p = pass_gate(folk, cells, 5)
    rated = {dict(x.plats).get('insats'): x.urval for x in cells if x.matt == 'skattade'}
    assert [p.tal[rated[i]] for i in (None, 'spar_a', 'spar_b')] == [14, 12, 2]
    assert {i for i, u in rated.items() if u in p.dold} == {'spar_a', 'spar_b'}
    for twin in make_twins(p):
        table = decode_population(twin, cells, underlag, MEETING)
        moved = rating_changes(table['progression'], underlag.forbund, TILL)
        assert len(moved) == 14 and moved['person'].nunique() == 14
        n = count_selections(twin, [rated['spar_b']])[0]
        assert (moved['insats'] == 'spar_b').sum() == n


def test_means_over_everybody_survive_an_exchange():
    underlag = random_package(2)
    folk, cells = next(
        (a, b) for a, b in other_populations(underlag, MEETING) if a.namn == 'skattningar'
    )
    name = 'skattningar.utfall'
    codes = folk.falt[name].koder.copy()
    shown = folk.holds('skattningar.indikator', {'Hälsa'}) & folk.holds(
        f'skattningar.skattad@{TILL}', {'ja'}
    )
    down = np.flatnonzero(shown & (codes == 0))[:2]
    up = np.flatnonzero(shown & (codes == 1))[:2]
    codes[down], codes[up] = 1, 0
    twin = Folkmangd(
        folk.namn, {**folk.falt, name: Falt(folk.falt[name].varden, codes)}, folk.rorliga
    )
    t = decode_population(twin, cells, underlag, MEETING)
    a = numbers(tables_of(underlag, MEETING))
    b = numbers(tables_of(replace(underlag, tabeller=underlag.tabeller | t), MEETING))
    rows = [k for k in a if k[0] == 'progression' and k[2][0] == SAMTLIGA]
    assert len(rows) == 12
    for k in rows:
        assert a[k] == pytest.approx(b[k], nan_ok=True)
    assert (t['progression']['varde'] != underlag.tabeller['progression']['varde']).any()


def registers(folk, fields):
    "Every population with the same skeleton, where some fields move"
    options = []
    for row in range(folk.antal):
        for f in (folk.falt[f] for f in fields):
            none = f.varden.index(INGEN) if INGEN in f.varden else -1
            own = int(f.koder[row])
            options.append([own] if own == none else [c for c in range(len(f.varden)) if c != none])
    for values in product(*options):
        codes = np.array(values).reshape(folk.antal, len(fields))
        new = {f: Falt(folk.falt[f].varden, codes[:, i]) for i, f in enumerate(fields)}
        yield replace(folk, falt={**folk.falt, **new})


def enumerated(folk, cells, fields, k):
    "What each small count can be, when every population that prints the same is listed"
    p = pass_gate(folk, cells, k)
    assert check_proof_of_gate(p) == []
    urval = list(p.tal)
    truth = np.array([p.tal[u] for u in urval])
    shown = np.array([u not in p.dold for u in urval])
    seen = np.array(
        [
            c
            for r in registers(folk, fields)
            if ((c := count_selections(r, urval)) == truth)[shown].all()
        ]
    )
    goals = {u: (s.lag[i], s.hog[i]) for s in p.sokningar for i, u in enumerate(s.system.urval)}
    found = {}
    for u in small_counts(p):
        i = urval.index(u)
        found[u] = (int(seen[:, i].min()), int(seen[:, i].max()), *goals[u])
    return p, found


def certain(found, k, roof):
    "Counts that a reader would know, or know to be small, though there were people enough"
    for u, (low, high, lag, hog) in found.items():
        assert low <= lag and high >= hog and low < high, u
        assert low <= 1, u
        assert high >= min(k, roof), u
    return len(found)


@pytest.mark.parametrize('answers', ['4411', '6543', '1', '44444', '4–11', '–––4'])
def test_no_answer_can_be_worked_out_when_every_survey_is_listed(answers):
    f = example_forbund()
    rows = pd.DataFrame(
        dict(tillfalle='avslut', datum=pd.Timestamp('2024-05-01'), insats='spar_a', kommun=None),
        index=range(len(answers)),
    )
    given = [None if a == '–' else int(a) for a in answers]
    rows = rows.assign(**{f'fraga_{n}': None for n in ENKATFRAGOR}).assign(fraga_1=given)
    (folk, cells), *_ = other_populations(Underlag(f, {'indikatorer': rows}), MEETING)
    own = [x for x in cells if ('fraga', '1') in x.plats and ('tillfalle', 'avslut') in x.plats]
    p, found = enumerated(folk, own, ['enkatsvar.fraga_1'], 3)
    assert certain(found, 3, len(answers)) == sum(1 <= n < 3 for n in p.tal.values())


@pytest.mark.parametrize('better', ['10', '1000', '110000', '111', '101010', '1111110'])
def test_no_improvement_can_be_worked_out_when_every_rating_is_listed(better):
    rows = [
        dict(
            person=f'P{n}',
            insats='spar_a' if n % 2 else 'spar_b',
            datum=pd.Timestamp(day),
            indikator='Vardag',
            varde=4.0 + (int(b) if day > '2024' else 0),
            skala_max=10.0,
            bedomare='coachen',
        )
        for n, b in enumerate(better)
        for day in ('2023-09-01', '2024-05-01')
    ]
    f = example_forbund()
    underlag = Underlag(f, {'progression': pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    _, found = enumerated(folk, cells, list(folk.rorliga), 3)
    for u, (low, high, lag, hog) in found.items():
        rated = replace(u, villkor=frozenset(v for v in u.villkor if v[0] not in folk.rorliga))
        room = int(count_selections(folk, [rated])[0])
        assert low <= lag and high >= hog and low <= 1 and high >= min(3, room)


SMALL = [
    [volume(*H1, 'nya', 4), volume(*H1, 'nya', 3, kon='K'), volume(*H1, 'nya', 1, kon='M')],
    [volume(*H1, 'nya', 1, kon='K'), volume(*H1, 'nya', 3, kon='M')],
    [volume(*H1, 'till_arbete', 1)],
    [volume(*H1, 'avslutade', 4), volume(*H1, 'till_arbete', 1), volume(*H1, 'till_studier', 2)],
    [volume(*H1, 'nya', 2), volume(*YEAR, 'nya', 4), volume(*YEAR, 'nya', 1, kon='K')],
    [volume(*H1, 'deltagare', 4), volume(*H1, 'avslutade', 2), volume(*H1, 'pagaende', 1, kon='K')],
    [volume(*H1, 'praktik', 2), volume(*H1, 'praktik', 1, kon='M')],
]


@pytest.mark.parametrize('rows', SMALL)
def test_no_volume_can_be_worked_out_when_all_are_listed(rows):
    f = example_forbund()
    rules = f.regler.model_copy(update={'grans': 2})
    own = [Volymmatt(id='praktik', namn='På praktik', personer=True)]
    f = f.model_copy(update={'regler': rules, 'volymmatt': own})
    ((folk, cells),) = other_populations(Underlag(f, {'volymer': pd.DataFrame(rows)}), MEETING)
    used = {v[0] for x in cells for v in x.urval.villkor}
    fields = [f for f in folk.rorliga if f in used]
    if folk.antal > 6:
        pytest.skip('too many to list')
    _, found = enumerated(folk, cells, fields, 2)
    for low, high, lag, hog in found.values():
        assert low <= lag and high >= hog and low == 0 and high >= 2
    assert found


def test_a_total_that_is_not_handed_in_leaves_room_for_more():
    one = [volume(*H1, 'till_arbete', 1), volume(*H1, 'nya', 3, kon='K')]
    underlag = Underlag(example_forbund(), {'volymer': pd.DataFrame(one)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    p = pass_gate(folk, cells)
    assert len(small_counts(p)) == 2 and check_proof_of_gate(p) == []
    assert all((s.lag <= 1).all() and (s.hog >= 5).all() for s in p.sokningar)


def test_halves_bind_their_year():
    rows = [volume(*h, 'nya', n, kon=s) for h, n in ((H1, 20), (H2, 22)) for s in 'KM']
    rows += [volume(*h, 'nya', 2 * n) for h, n in ((H1, 20), (H2, 22))]
    rows += [volume(*YEAR, 'nya', 84), volume(*YEAR, 'nya', 42, kon='K')]
    rows[0]['antal'], rows[1]['antal'] = 38, 2
    rows[-1]['antal'] = 60
    underlag = Underlag(example_forbund(), {'volymer': pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    p = pass_gate(folk, cells)
    hidden = {
        (dict(x.plats).get('kon'), dict(x.plats)['period']) for x in cells if x.urval in p.dold
    }
    assert {('K', '/'.join(H1)), ('M', '/'.join(H1))} <= hidden
    assert hidden & {('K', '2023'), ('K', '/'.join(H2))}


def test_those_who_go_on_and_those_who_ended_are_the_participants():
    rows = [volume(*H1, m, n, kon='K') for m, n in (('deltagare', 40), ('avslutade', 37))]
    rows.append(volume(*H1, 'pagaende', 3, kon='K'))
    underlag = Underlag(example_forbund(), {'volymer': pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    p = pass_gate(folk, cells)
    hidden = {x.matt for x in cells if x.urval in p.dold}
    assert 'pagaende' in hidden and len(hidden) > 1


WRONG = [
    [volume(*H1, 'deltagare', 10), volume(*H1, 'deltagare', 12, kon='K')],
    [volume(*H1, 'deltagare', 10), volume(*H1, 'avslutade', 12)],
    [volume(*H1, 'nya', 10), volume(*YEAR, 'nya', 4)],
    [volume(*H1, 'nya', 3, kommun='by'), volume(*YEAR, 'nya', 2, kommun='by')],
]


@pytest.mark.parametrize('rows', WRONG)
def test_parts_and_wholes_that_disagree_are_taken_apart_and_told(rows):
    f = example_forbund()
    rows = [*rows, {**volume(*H1, 'nya', 7), 'insats': 'spar_b'}]
    underlag = Underlag(f, {'volymer': pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    assert count_selections(folk, [x.urval for x in cells]).tolist() == [r['antal'] for r in rows]
    assert check_proof_of_gate(pass_gate(folk, cells)) == []
    (told,) = contradicting_counts(folk, f)
    assert f.find('insats', 'spar_a').namn in told
    assert handed_remarks(underlag, MEETING) == [told]
    late = f.model_copy(update={'mote': [MEETING]})
    assert f'  {told}' in package_lines(replace(underlag, forbund=late))


def test_what_can_be_true_together_hides_together_whatever_contradicts_it():
    half = [('deltagare', 60), ('avslutade', 30)]
    half += [('till_arbete', 12), ('till_studier', 3), ('till_arbete_studier', 15)]
    rows = [*(volume(*H1, m, n) for m, n in half), volume(*H2, 'deltagare', 12)]
    rows.append(volume(*H2, 'deltagare', 9, kon='K'))
    underlag = Underlag(example_forbund(), {'volymer': pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    p = pass_gate(folk, cells)
    hidden = {x.matt for x in cells if x.urval in p.dold}
    assert 'till_studier' in hidden and len(hidden) > 1
    assert [dict(x.plats)['kon'] for x in cells if x.urval in contradicted(cells)] == ['K']


def test_a_total_of_the_register_binds_the_counts_that_do_not_contradict_it():
    wrong = [volume(*H1, 'avslutade', 40), volume(*H1, 'nya', 9), volume(*YEAR, 'nya', 4)]
    rows = [volume(*H1, 'deltagare', 47, kon='K'), *wrong]
    f, table = example_forbund(), pd.DataFrame(rows)
    total = Inlamnat('spar_a', *(dt.date.fromisoformat(d) for d in H1), 'deltagare', 50)
    folk, _ = volume_population(volumes_of_people(table, f, MEETING.data_till), f, [total])
    (n,) = count_selections(folk, [handed_selection('volymer', total, 'spar_a')])
    assert n == 50


def test_a_count_that_agrees_is_told_of_nobody():
    f = example_forbund()
    underlag = Underlag(f, {'volymer': pd.DataFrame(SMALL[0])})
    ((folk, _),) = other_populations(underlag, MEETING)
    assert contradicting_counts(folk, f) == []


def test_two_answers_of_the_same_row_are_both_counted():
    rows = [dict(insats='spar_a', fran=H1[0], till=H1[1], fragade=n, ej_fragade=2) for n in (6, 9)]
    table = pd.DataFrame(rows).astype({c: 'datetime64[ns]' for c in ('fran', 'till')})
    underlag = Underlag(example_forbund(), {'fragor_om_vald': table})
    ((folk, cells),) = other_populations(underlag, MEETING)
    assert count_selections(folk, [x.urval for x in cells]).tolist() == [6, 2, 9, 2]
    back = decode_population(folk, cells, underlag, MEETING)['fragor_om_vald']
    pd.testing.assert_frame_equal(back, table)


def test_a_package_without_such_tables_has_no_such_populations():
    assert other_populations(Underlag(example_forbund(), {}), MEETING) == []
    nobody = random_package(0)
    day = dt.date(2019, 12, 31)
    long_ago = MEETING.model_copy(update={'data_till': day, 'datum': day})
    assert other_populations(nobody, long_ago) == []


def test_a_skipped_question_is_a_value():
    (folk, _), *_ = other_populations(random_package(3), MEETING)
    assert folk.falt['enkatsvar.fraga_1'].varden == (*'123456', UPPGIFT_SAKNAS)
    assert 'enkatsvar.kommun' in folk.rorliga and 'enkatsvar.insats' not in folk.rorliga


def test_those_who_are_left_are_counted_where_no_table_counts_them():
    underlag = read_underlag(DEFAULT)
    mote = underlag.forbund.meeting()
    for folk, cells in other_populations(underlag, mote):
        more = complement_counts(folk, cells)
        at = dict(
            zip(cells, count_selections(folk, [x.urval for x in cells]).tolist(), strict=True)
        )
        value = {(x.tabell, x.matt, x.plats): n for x, n in at.items()}
        for x, n in zip(
            more, count_selections(folk, [x.urval for x in more]).tolist(), strict=True
        ):
            whole, part = x.matt.split(' − ')
            assert n == value[x.tabell, whole, x.plats] - value[x.tabell, part, x.plats]
        places = {x.plats for x in more}
        if folk.namn == 'enkatsvar':
            assert len(more) == 42 and all('insats' in dict(p) for p in places)
        elif folk.namn in ('utsagor', 'stodenkat'):
            assert more == []  # for, against and neither are the role, agree and not the answers
        else:
            assert len(more) == 12 and {x.matt for x in more} == {'skattade − forbattrade'}


def test_few_who_are_left_are_protected_by_the_gate_itself():
    rows = [volume(*H1, 'deltagare', 40), volume(*H1, 'deltagare', 38, kon='K')]
    underlag = Underlag(example_forbund(), {'volymer': pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    more = complement_counts(folk, cells)
    assert count_selections(folk, [x.urval for x in more]).tolist() == [2]
    p = pass_gate(folk, cells)
    assert [x.urval for x in more] == small_counts(p)
    assert cells[1].urval in p.dold and check_proof_of_gate(p) == []


def asked(fran, till, fragade, ej_fragade):
    days = {'fran': pd.Timestamp(fran), 'till': pd.Timestamp(till)}
    return dict(insats='spar_a', **days, fragade=fragade, ej_fragade=ej_fragade)


def said(insats, agree, not_, fraga='Stödet räcker'):
    row = dict(datum=pd.Timestamp('2024-05-01'), grupp='medarbetare', insats=insats, fraga=fraga)
    return row | dict(instammer=agree, instammer_inte=not_)


WITHHELD_TOGETHER = [
    ('fragor_om_vald', [asked(*H1, 18, 3)], {18, 3}),
    ('fragor_om_vald', [asked(*H1, 0, 3)], {0, 3}),
    ('fragor_om_vald', [asked(*H1, 18, 3), asked(*YEAR, 28, 9)], {18, 3}),
    ('fragor_om_vald', [asked(*H1, 18, 0)], set()),
    ('stodenkat', [said('spar_a', 8, 3), said('spar_a', 6, 5, 'Målen är tydliga')], {8, 3}),
    (
        'stodenkat',
        [said(None, 25, 20), said('spar_a', 21, 8), said('spar_b', 4, 12)],
        {21, 8, 4, 12},
    ),
    ('stodenkat', [said(None, 25, 11), said('spar_a', 12, 5), said('spar_b', 13, 6)], set()),
]


@pytest.mark.parametrize(('tabell', 'rows', 'withheld'), WITHHELD_TOGETHER)
def test_both_answers_and_the_parts_of_a_group_are_of_the_same_people(tabell, rows, withheld):
    underlag = Underlag(example_forbund(), {tabell: pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    known = answered_in_all(cells)
    wholes = [r[a] + r[b] for r in rows for a, b in [list(r)[-2:]]]
    assert count_selections(folk, [x.urval for x in known]).tolist() == wholes
    p = pass_gate(folk, [*cells, *known], visade={x.urval for x in known})
    assert {p.tal[x.urval] for x in cells if x.urval in p.dold} == withheld
    assert check_proof_of_gate(p) == []
    frames = handed_frames(underlag, MEETING) | stod_frames(underlag, MEETING)
    (q,) = pass_others(underlag, MEETING, frames, None)
    assert {x.tal for x in q.rutor if not x.visad} == withheld


SMALL_PACKAGE = PACKAGES[1]
BEFORE, LATELY = ('2023-01-01', '2023-06-30'), ('2023-07-01', '2023-12-31')


def handed_of_the_register(*periods):
    "The small package with its women and men handed in once more"
    underlag = read_underlag(SMALL_PACKAGE)
    mote = underlag.forbund.meeting()
    rows = prepare(underlag.tabell('deltagare'), underlag.forbund, mote.data_till)
    insats = str(rows['insats'].mode()[0])
    handed: list[dict] = []
    for period in periods:
        there = flows(rows[rows['insats'] == insats], *map(dt.date.fromisoformat, period))
        for m, s in product(('nya', 'deltagare'), 'KM'):
            n = int(there.loc[there['kon'] == s, m].sum())
            handed.append(volume(*period, m, n, kon=s) | {'insats': insats})
    given = pd.DataFrame(handed)
    return replace(underlag, tabeller=underlag.tabeller | {'volymer': given}), mote


def withheld_of(underlag, mote, liggare=None):
    "(measure, sex, period) of the volumes -> true number, whether it is withheld"
    passed = pass_others(underlag, mote, handed_frames(underlag, mote), liggare)
    (q,) = (q for q in passed if q.bevis.folk.namn == 'volymer')
    places = [(x.ruta.matt, dict(x.ruta.plats), x) for x in q.rutor]
    return {(m, p['kon'], p['period']): (x.tal, not x.visad) for m, p, x in places}


def test_the_total_that_the_register_prints_binds_what_is_handed_in():
    underlag, mote = handed_of_the_register(BEFORE)
    numbers = {
        (m, s): n
        for m, n_k, n_m in (('nya', 5, 4), ('deltagare', 7, 6))
        for s, n in (('K', n_k), ('M', n_m))
    }
    found = withheld_of(underlag, mote)
    assert found == {(*k, '/'.join(BEFORE)): (n, True) for k, n in numbers.items()}
    alone = replace(underlag, tabeller={'volymer': underlag.tabeller['volymer']})
    shown = {k[:2] for k, (_, hidden) in withheld_of(alone, mote).items() if not hidden}
    assert shown == {('deltagare', 'K'), ('deltagare', 'M')}


def test_a_total_of_other_people_binds_nobody():
    underlag, mote = handed_of_the_register(BEFORE)
    table = underlag.tabeller['volymer']
    more = table[table['matt'] == 'nya'].assign(antal=lambda d: d['antal'] + 40)
    other = replace(underlag, tabeller=underlag.tabeller | {'volymer': more})
    assert not any(hidden for _, hidden in withheld_of(other, mote).values())
    assert handed_remarks(other, mote) == []


def test_the_register_tells_of_its_people_once():
    underlag, mote = handed_of_the_register(LATELY)
    table = underlag.tabeller['volymer']
    enough = table.assign(antal=table['antal'] + 40)
    whole = volume(*LATELY, 'nya', 95) | {'insats': table['insats'].iloc[0], 'kon': None}
    given = pd.concat([enough, pd.DataFrame([whole])], ignore_index=True)
    other = replace(underlag, tabeller=underlag.tabeller | {'volymer': given})
    at = at_detail_day(other.forbund, mote)
    ((folk, cells),) = (x for x in other_populations(other, at) if x[0].namn == 'volymer')
    told = {
        dict(x.plats).get('kon')
        for x in cells
        if x.urval in told_by_register(cells, other, [at.data_till])
    }
    assert told == {'K', 'M'} and len(told_by_register(cells, other, [dt.date(2023, 6, 30)])) == 0
    assert (
        told_by_register(cells, replace(other, tabeller={'volymer': given}), [at.data_till]) == []
    )


def test_what_is_handed_in_of_days_after_the_last_half_year_waits():
    underlag, mote = handed_of_the_register()[0], read_underlag(SMALL_PACKAGE).forbund.meeting()
    insats, (h1, later) = 'bryggan', (BEFORE, ('2024-07-01', '2024-08-31'))
    assert str(mote.data_till) == later[1]
    own = {'insats': insats}
    rows = [volume(*later, 'nya', 2) | own, volume(*later, 'nya', 9, kon='K') | own]
    places = [volume('2025-01-01', '2025-12-31', 'platser', 3) | own]
    late = {'volymer': pd.DataFrame([*rows, *places])}
    late['fragor_om_vald'] = pd.DataFrame([asked(*later, 9, 2) | own])
    tables = {k: v for k, v in underlag.tabeller.items() if k != 'volymer'}
    made = prepare_edition(replace(underlag, tabeller=tables | late), mote).utgava
    assert (
        made.tabeller['volymer'].df['varde'].tolist() == [3]
        and 'fragor_om_vald' not in made.tabeller
    )
    late['volymer'] = pd.DataFrame([*rows, *places, volume(*h1, 'nya', 12) | own])
    made = prepare_edition(replace(underlag, tabeller=tables | late), mote).utgava
    assert sorted(made.tabeller['volymer'].df['varde']) == [3, 12]


def test_many_who_are_left_cost_nothing():
    rows = [volume(*H1, 'deltagare', 40), volume(*H1, 'deltagare', 30, kon='K')]
    underlag = Underlag(example_forbund(), {'volymer': pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    p = pass_gate(folk, cells)
    assert p.dold == frozenset() and small_counts(p) == []


def test_increments_of_ratings_are_no_counts():
    underlag = random_package(2)
    before = dt.date(2023, 12, 31)
    folk = dict((a.namn, a) for a, _ in other_populations(underlag, MEETING, {before: underlag}))[
        'skattningar'
    ]
    old, new = (folk.holds(f'skattningar.skattad@{d}', {'ja'}) for d in (before, TILL))
    assert (old & ~new).any() and (new & ~old).any()


def test_those_of_whom_nothing_is_said_may_have_any_outcome():
    rows = [volume(*H1, 'deltagare', 7), volume(*H1, 'till_arbete', 1)]
    underlag = Underlag(example_forbund(), {'volymer': pd.DataFrame(rows)})
    ((folk, cells),) = other_populations(underlag, MEETING)
    p = pass_gate(folk, cells)
    assert p.dold == {cells[1].urval} and folk.antal == 7
    assert all((s.lag <= 1).all() and (s.hog >= 5).all() for s in p.sokningar)


def test_somebody_at_the_top_of_the_scale_can_have_come_from_below():
    days = pd.to_datetime(['2023-09-01', '2024-05-01'])
    table = pd.DataFrame(
        dict(person='P1', insats='spar_a', datum=days, indikator='Vardag', varde=10.0)
    ).assign(skala_max=10.0, bedomare='coachen')
    underlag = Underlag(example_forbund(), {'progression': table})
    ((folk, cells),) = other_populations(underlag, MEETING)
    name = 'skattningar.utfall'
    better = Falt(folk.falt[name].varden, 1 - folk.falt[name].koder)
    twin = replace(folk, falt={**folk.falt, name: better})
    t = decode_population(twin, cells, underlag, MEETING)
    assert t['progression']['varde'].tolist() == [9, 10]
    other = replace(underlag, tabeller=t)
    assert counted(other_populations(other, MEETING)) == counted([(twin, cells)])


REVISED = [
    ('fragor_om_vald', asked(*H1, 18, 9), {'fragade': 19}),
    ('stodenkat', said('spar_a', 8, 6), {'instammer': 9, 'instammer_inte': 5}),
    ('volymer', volume(*H1, 'nya', 12, kon='K'), {'antal': 13}),
]


@pytest.mark.parametrize(('tabell', 'row', 'new'), REVISED)
@pytest.mark.parametrize('visning', ['dolt', 'avrundat'])
def test_a_handed_in_count_that_is_in_print_is_the_same_ever_after(tabell, row, new, visning):
    "Another number would tell of one person; a new row and one that is gone tell nothing"
    forbund = example_forbund()
    rules = forbund.regler.model_copy(update={'visning': visning})
    forbund = forbund.model_copy(update={'regler': rules})

    def tables(*rows):
        return Underlag(forbund, {tabell: pd.DataFrame(rows)})

    more = {**row, 'insats': 'spar_b'}
    liggare = Liggare(Path('.liggare'), (prepare_edition(tables(row), MEETING).post,))
    for rows in ((row,), (row, more), *([] if visning == 'avrundat' else [(more,)])):
        prepare_edition(tables(*rows), MEETING, liggare=liggare)
    changed = tables({**row, **new}, more)
    if visning == 'avrundat':  # it stays as it was printed
        post = prepare_edition(changed, MEETING, liggare=liggare).post
        first = {x.ruta: x.tal for x in liggare.poster[0].rutor}
        assert [x.tal for x in post.rutor if x.ruta in first] == list(first.values())
        return
    with pytest.raises(DisclosureError, match='ändrat sedan det trycktes'):
        prepare_edition(changed, MEETING, liggare=liggare)


def test_what_several_counts_leave_is_protected_too():
    field = Falt(('a', 'b', 'c'), np.array([0] * 9 + [1] * 2 + [2] * 7))
    folk = Folkmangd('skattningar', {'utfall': field}, ('utfall',))
    asked = {'alla': select('skattningar', {})}
    asked |= {x: select('skattningar', {'utfall': [x]}) for x in 'ac'}
    more = complement_counts(folk, [Ruta('progression', m, (), u) for m, u in asked.items()])
    left = {tuple(sorted(v)) for x in more for _, v in x.urval.villkor}
    assert left == {('b', 'c'), ('a', 'b'), ('b',)}
