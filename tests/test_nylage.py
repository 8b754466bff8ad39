"Nyläge: scenario files, the queue against a naive program, shared futures, division of posts"

import dataclasses, itertools, re, shutil
from pathlib import Path
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from hypothesis import given, settings, strategies as st
from finsam_genomlysning.nylage import (
    fordelning,
    ko,
    jamforelse as nylage,
    kanslighet,
    matt,
    provning,
    scenariotabeller,
    simulering,
)
from finsam_genomlysning.ord import scenario
from finsam_genomlysning.lasa import scenarier
from finsam_genomlysning.nylage.ejstart import Ejstart
from finsam_genomlysning.ord.errors import UnderlagError, UnknownError
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.ord.scenario import Varde, example_scenarier

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / 'data' / 'sodra_vatterbygden'
DATUM = '2024-04-30'
FORBUND = example_forbund()
SAMLAT, LOKALA = example_scenarier()


@pytest.fixture(scope='module')
def deltagare():
    return simulering.example_deltagare(np.random.default_rng(1))


@pytest.fixture(scope='module')
def lage(deltagare):
    return simulering.situation(deltagare, FORBUND, DATUM)


def small(scenarios, deltagare, **kw):
    return nylage.compare(
        scenarios,
        simulering.situation(deltagare, FORBUND, DATUM),
        np.random.default_rng(7),
        **(dict(manader=12, kopior=40) | kw),
    )


# ---- what it takes ----


def test_the_largest_vacancy_is_the_one_that_trying_each_finds(lage):
    "In each future the largest share, of all even per cents, with a wait of at most the limit"
    shares = np.arange(0, 51, 2) / 100
    asked = dict(hogst=25.0, manader=12, kopior=25)
    every, few = (
        provning.vacancy_allowed(LOKALA, lage, np.random.default_rng(3), **asked, **more)
        for more in (dict(andelar=tuple(shares[::-1])), {})
    )
    found = every.set_index('kommun')
    days = 12 * 30.4375
    assumed = [
        provning.changed_scenario(
            LOKALA, dict(vakanser_per_ar=x / (1 - x) * 365.25 / 90, vakans_dagar=90)
        )
        for x in shares
    ]
    slump = simulering.chance_for(assumed, lage, np.random.default_rng(3), 25, days + 180)
    runs = [simulering.simulate(s, lage, slump, days + 180) for s in assumed]
    for k in ('astad', 'by', 'Samtliga'):
        waits = np.array([simulering.total_wait(u, lage, days, k) for u in runs])
        short = waits <= 25.0
        most = np.where(short.any(0), shares[::-1][short[::-1].argmax(0)], -np.inf)
        low, half, high = np.quantile(most, [0.1, 0.5, 0.9], method='nearest')
        got = found.loc[k].clip(lower=0)
        assert half >= 0 and 0 <= got.varde - half < 0.02  # read off between two shares
        assert 0 <= got.lag - max(low, 0) < 0.02 and 0 <= got.hog - high < 0.02
    assert 0.01 < found.varde['Samtliga'] < 0.5
    assert abs(few.set_index('kommun').varde['Samtliga'] - found.varde['Samtliga']) < 0.05


# ---- the modules ----


@pytest.mark.parametrize(
    'module', [scenario, scenarier, ko, simulering, nylage, fordelning, provning]
)
def test_module_names_no_instance(module):
    text = Path(module.__file__).read_text(encoding='utf-8').lower()
    assert not re.search(
        r'\b(nova|enter|fia|habo|jönköping|jonkoping|mullsjö|mullsjo|vaggeryd|finnveden|activera|höglandet|vätterbygden|vatterbygden)\b',
        text,
    )
    assert 'print(' not in text


# ---- scenario files ----


def test_shipped_scenarios_are_possible_and_sourced():
    made = scenarier.read_scenarier(PACKAGE)
    assert [s.id for s in made][:1] == ['nulage'] and {
        'fyra_lokala_team',
        'nav_och_lokala',
        'som_finnveden',
        'som_activera',
        'som_se_hoglandet',
    } <= {s.id for s in made}
    table = scenario.assumptions(made)
    assert table.kalla.str.len().ge(3).all() and set(table.ar_antagande) == {'ja', 'nej'}
    assert (table.antagande == 'restid').any() and (
        table[table.antagande == 'restid'].ar_antagande == 'ja'
    ).all()
    assert (
        table[(table.scenario == 'nulage') & (table.antagande == 'omfattning')].ar_antagande == 'ja'
    ).all()


def test_proposals_cost_what_today_costs():
    by_id = {s.id: s for s in scenarier.read_scenarier(PACKAGE)}
    assert (
        by_id['nulage'].arsarbetare
        == by_id['fyra_lokala_team'].arsarbetare
        == by_id['nav_och_lokala'].arsarbetare
        == 15
    )


@pytest.mark.parametrize(
    'old, new, fault',
    [
        ('bas = "habo"', 'bas = "hobo"', 'kommun: hobo. Menas habo?'),
        ('insatser = ["nova"]', 'insatser = ["nava"]', 'insats: nava. Menas nova?'),
        ('antal = 6', 'antal = 0', 'Värdet'),
        ('omfattning = {varde = 1,', 'omfattning = {varde = 1.5,', 'högst 1'),
        ('omfattning = {varde = 1,', 'omfattning = {varde = -1,', 'över 0'),
        ('kommuner = ["mullsjo"]', 'kommuner = ["habo"]', 'Ingen betjänar nova i mullsjo.'),
        ('slag = "nulage"', 'slag = "dagens"', 'Möjliga är: nulage, forslag, jamforelse.'),
        (
            'namn = "Enter"',
            'namn = "Enter"\nfarg = "röd"',
            'team Enter: farg: ”farg” känns inte igen.',
        ),
        ('id = "nulage"', 'id = "nulage', 'citattecken saknas'),
        ('roll = "medarbetare"', 'roll = "Anna Karlsson"', 'ut att vara ett personnamn'),
        ('id = "fia"', 'id = "enter"', 'samma id'),
        ('"Verksamhetsbeskrivning" =', '"Verksamheten" =', 'Menas Verksamhetsbeskrivning?'),
        ('namn = "FIA"', 'namn = "Enter"', 'samma namn'),
        ('slag = "nulage"', 'slag = "nulage"\nslag = "forslag"', 'två gånger'),
        ('kommuner = ["habo"]', 'kommuner = []', 'Minst 1 behövs.'),
        ('omfattning = {varde = 1,', 'omfattning = {varde = "hel",', 'Värdet'),
    ],
)
def test_wrong_scenario_is_refused_with_file_and_key(tmp_path, old, new, fault):
    shutil.copytree(PACKAGE, tmp_path / 'p')
    file = tmp_path / 'p' / 'scenarier' / 'nulage.toml'
    text = file.read_text(encoding='utf-8')
    assert old in text
    file.write_text(text.replace(old, new), encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        scenarier.read_scenarier(tmp_path / 'p')
    assert all(p.fil == 'scenarier/nulage.toml' for p in e.value.problem)
    assert any(fault in str(p) for p in e.value.problem), e.value.svenska


@pytest.mark.parametrize(
    'line, fault',
    [
        ('besok_per_vecka = {varde = 20, kalla = "antagande"}', 'Mötena tar'),
        ('minsta_team = {varde = 3, kalla = "antagande"}', 'mindre än'),
        (
            'besok_per_vecka = {varde = -1, kalla = "antagande"}',
            'Omöjligt värde för besok_per_vecka',
        ),
        ('besok_per_vecka = {varde = 1}', 'Uppgiften saknas'),
        ('andel_besok_pa_plats = {varde = 1.5, kalla = "antagande"}', 'Omöjligt'),
        ('svans_dagar = {varde = 1, lag = 2, hog = 3, kalla = "antagande"}', 'mellan lag och hog'),
        ('vakanser_per_ar = {varde = nan, kalla = "antagande"}', 'inget tal'),
        ('besok_per_vecka = {varde = inf, kalla = "antagande"}', 'inget tal'),
        (
            'vakanser_per_ar = {varde = 0.1, lag = -1, hog = 1, kalla = "antagande"}',
            'Omöjligt värde för vakanser_per_ar',
        ),
        ('besok_per_vecka = {varde = 1, kalla = "  "}', 'minst 3 tecken'),
        (
            '[[efterfragan]]\nkommun = "habo"\nokning = {varde = -2, kalla = "antagande"}',
            'minskar med allt',
        ),
        (
            '[[restid]]\nfran = "habo"\ntill = "jonkoping"'
            '\nminuter = {varde = -20, kalla = "antagande"}',
            'negativ',
        ),
        (
            '[overgang]\ndagar = {varde = 5, kalla = "antagande"}'
            '\nkapacitet = {varde = 2, kalla = "antagande"}',
            'mellan 0 och 1',
        ),
        (
            '[vistelse]\nkortast_dagar = {varde = 400, kalla = "antagande"}'
            '\nlangst_dagar = {varde = 100, kalla = "antagande"}',
            'kortare än den kortaste',
        ),
    ],
)
def test_impossible_assumption_is_refused(tmp_path, line, fault):
    shutil.copytree(PACKAGE, tmp_path / 'p')
    file = tmp_path / 'p' / 'scenarier' / 'nulage.toml'
    file.write_text(
        file.read_text(encoding='utf-8') + f'\n[antaganden]\n{line}\n', encoding='utf-8'
    )
    with pytest.raises(UnderlagError, match='.') as e:
        scenarier.read_scenarier(tmp_path / 'p')
    assert fault in e.value.svenska


def test_what_is_no_scenario_file_gets_one_sentence_each(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / 'p')
    folder = tmp_path / 'p' / 'scenarier'
    (folder / 'tom.toml').write_text('# att göra\n', encoding='utf-8')
    (folder / 'ny.docx').write_bytes(b'PK')
    (folder / 'gamla').mkdir()
    with pytest.raises(UnderlagError) as e:
        scenarier.read_scenarier(tmp_path / 'p')
    said = [str(p) for p in e.value.problem]
    told = (
        'scenarier/gamla: Mappar',
        'scenarier/ny.docx: Filen läses',
        'scenarier/tom.toml: Filen är tom',
    )
    assert len(said) == 3 and all(any(s.startswith(t) for s in said) for t in told)
    assert 'Döp om' not in e.value.svenska


def test_missing_travel_time_and_common_file(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / 'p')
    file = tmp_path / 'p' / 'scenarier' / 'gemensamt.toml'
    text = file.read_text(encoding='utf-8')
    file.write_text(text.split('[[restid]]')[0], encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        scenarier.read_scenarier(tmp_path / 'p')
    assert 'Restid saknas från jonkoping till habo, mullsjo, vaggeryd.' in e.value.svenska
    file.unlink()
    with pytest.raises(UnderlagError) as e:
        scenarier.read_scenarier(tmp_path / 'p')
    assert 'Antaganden saknas' in e.value.svenska
    file.write_bytes('[antaganden] # å'.encode('cp1252'))
    with pytest.raises(UnderlagError) as e:
        scenarier.read_scenarier(tmp_path / 'p')
    assert 'UTF-8' in e.value.svenska


# ---- the queue, against a program that does it the slow way ----


def naive(come, stay, posts, patience, first, closed):
    "One copy, person by person: a list of free times per place, and a search for the next event"
    free = [[t for t in post] for post in posts]
    waiting, start = sorted(range(len(come)), key=lambda i: (come[i], i)), [np.inf] * len(come)

    def opens(p, t):
        for a, b in closed[p]:
            t = b if a <= t < b else t
        return t

    while waiting:
        earliest = min(come[i] for i in waiting)
        t, p = min((opens(p, max(min(post), earliest)), p) for p, post in enumerate(free))
        here = [i for i in waiting if come[i] <= t]
        i = min(here, key=lambda i: (not first[i], come[i], i))
        waiting.remove(i)
        if t <= come[i] + patience[i]:
            start[i] = t
            free[p][free[p].index(min(free[p]))] = t + stay[i]
    return start


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(1, 25),
    st.integers(1, 3),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_queue_equals_the_naive_program(seed, n, posts, places, tires, priority, vacant):
    rng = np.random.default_rng(seed)
    R = 3
    come, stay = rng.exponential(1, (R, n)).cumsum(1), rng.exponential(4, (R, n))
    come = rng.permuted(come, axis=1)
    free = rng.choice([0.0, 0, 2, 5], (R, posts, places))
    patience = rng.exponential(3, (R, n)) if tires else None
    first = rng.random((R, n)) < 0.4 if priority else None
    closed = rng.exponential(4, (R, posts, 4)).cumsum(2).reshape(R, posts, 2, 2) if vacant else None
    got = ko.run_queue(come, stay, free, talamod=patience, forst=first, stangt=closed)
    for r in range(R):
        want = naive(
            come[r],
            stay[r],
            free[r],
            patience[r] if tires else [np.inf] * n,
            first[r] if priority else [False] * n,
            closed[r] if vacant else [[]] * posts,
        )
        np.testing.assert_allclose(got[r], want)


def test_queue_equals_the_naive_program_in_fifteen_hundred_cases():
    "Every shape of team, with and without patience, priority and vacancies"
    rng, copies, n, tried = np.random.default_rng(11), 32, 9, 0
    shapes = itertools.product((1, 2, 3), (1, 3), *[(False, True)] * 3)
    for posts, places, tires, priority, vacant in shapes:
        come = rng.permuted(rng.exponential(1, (copies, n)).cumsum(1), axis=1)
        stay, free = (
            rng.exponential(4, (copies, n)),
            rng.choice([0.0, 2, 5], (copies, posts, places)),
        )
        patience = rng.exponential(3 if tires else np.inf, (copies, n))
        first = rng.random((copies, n)) < (0.4 if priority else 0)
        gaps = rng.exponential(4, (copies, posts, 4)).cumsum(2).reshape(copies, posts, 2, 2)
        closed = gaps if vacant else gaps[:, :, :0]
        got = ko.run_queue(come, stay, free, talamod=patience, forst=first, stangt=closed)
        for r in range(copies):
            want = naive(come[r], stay[r], free[r], patience[r], first[r], closed[r])
            np.testing.assert_allclose(got[r], want)
            tried += 1
    assert tried >= 1500


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_no_more_people_than_places_and_no_place_idle(seed, places):
    rng = np.random.default_rng(seed)
    come, stay = rng.exponential(1, (1, 40)).cumsum(1), rng.exponential(places, (1, 40))
    start = ko.run_queue(come, stay, np.zeros((1, 1, places)))[0]
    assert (start >= come[0]).all() and (np.diff(start) >= 0).all()
    for t in start + 1e-9:
        assert ((start <= t) & (start + stay[0] > t)).sum() <= places
    for i in np.flatnonzero(start > come[0] + 1e-9):
        assert ((start < start[i]) & (start + stay[0] >= start[i] - 1e-9)).sum() >= places


def test_nobody_and_no_place():
    assert (
        ko.run_queue(np.full((2, 3), np.inf), np.ones((2, 3)), np.zeros((2, 1, 1))).tolist()
        == [[np.inf] * 3] * 2
    )
    assert np.isinf(
        ko.run_queue(np.array([[1.0, 2]]), np.ones((1, 2)), np.full((1, 1, 1), np.inf))
    ).all()
    assert ko.run_queue(np.empty((2, 0)), np.empty((2, 0)), np.zeros((2, 1, 1))).shape == (2, 0)


@pytest.mark.parametrize(
    'change',
    [
        dict(vistelse=np.ones((1, 3))),
        dict(ledig=np.zeros((2, 1, 1))),
        dict(vistelse=np.array([[1.0, np.nan]])),
        dict(ankomst=np.array([[np.nan, 1]])),
        dict(talamod=np.array([[-1.0, 1]])),
    ],
)
def test_impossible_queue_is_refused(change):
    with pytest.raises(ValueError):
        ko.run_queue(
            **(
                dict(
                    ankomst=np.array([[0.0, 1]]),
                    vistelse=np.ones((1, 2)),
                    ledig=np.zeros((1, 1, 1)),
                )
                | change
            )
        )


# ---- shared futures ----


def test_input_is_untouched_and_seed_decides(deltagare):
    before = deltagare.copy(deep=True)
    a, b = small([SAMLAT, LOKALA], deltagare), small([SAMLAT, LOKALA], deltagare)
    pd.testing.assert_frame_equal(deltagare, before)
    for name in a:
        pd.testing.assert_frame_equal(a[name], b[name])
    lage = simulering.situation(deltagare, FORBUND, DATUM)
    other = nylage.compare([SAMLAT], lage, np.random.default_rng(8), manader=12, kopior=40)
    assert not other['nylage'].varde.equals(a['nylage'][a['nylage'].scenario == 'samlat'].varde)


def test_equal_scenarios_differ_by_exactly_nothing(deltagare):
    twin = SAMLAT.model_copy(update=dict(id='tvilling'))
    t = small([SAMLAT, twin], deltagare)
    assert (t['nylage_skillnad'][['varde', 'lag', 'hog']] == 0).all(axis=None) and set(
        t['nylage_skillnad'].utslag
    ) == {'lika'}
    assert (t['nylage_sannolikhet'].varde == 0).all() and set(
        zip(t['nylage_sannolikhet'].scenario, t['nylage_sannolikhet'].mot, strict=True)
    ) == {('samlat', 'tvilling'), ('tvilling', 'samlat')}
    assert (t['nylage_skillnad_80'][['varde', 'lag', 'hog']] == 0).all(axis=None)


def test_another_scenario_changes_nothing_for_the_first(deltagare):
    more = LOKALA.model_copy(
        update=dict(
            id='fler',
            efterfragan=[
                scenario.Efterfragan(
                    kommun='by', okning=Varde(varde=0.5, lag=0, hog=1, kalla='antagande')
                )
            ],
        )
    )
    alone, both = small([SAMLAT], deltagare)['nylage'], small([SAMLAT, more], deltagare)['nylage']
    pd.testing.assert_frame_equal(alone, both[both.scenario == 'samlat'].reset_index(drop=True))


def test_later_rows_do_not_matter(deltagare):
    late = deltagare.head(20).assign(
        remissdatum=pd.Timestamp('2024-06-01'),
        startdatum=pd.Timestamp('2024-07-01'),
        slutdatum=pd.NaT,
    )
    a, b = (
        small([SAMLAT], deltagare),
        small([SAMLAT], pd.concat([deltagare, late], ignore_index=True)),
    )
    pd.testing.assert_frame_equal(a['nylage'], b['nylage'])


def test_published_form_and_margins(deltagare):
    t = small([SAMLAT, LOKALA], deltagare, befolkning={'astad': 60_000, 'by': 20_000})
    for name in ('nylage', 'nylage_80', 'nylage_skillnad', 'nylage_sannolikhet'):
        assert {'scenario', 'kommun', 'matt', 'varde', 'n', 'lag', 'hog'} <= set(t[name].columns)
    n = t['nylage'].set_index(['scenario', 'kommun', 'matt']).varde
    for s, m in itertools.product(
        ('samlat', 'tva_lokala'), ('deltagare_per_ar', 'kolangd', 'restimmar', 'inskrivna')
    ):
        assert n[s, 'astad', m] + n[s, 'by', m] == pytest.approx(n[s, 'Samtliga', m])
    wide, narrow = (t[k].set_index(['scenario', 'kommun', 'matt']) for k in ('nylage', 'nylage_80'))
    assert (
        (wide.lag <= narrow.lag + 1e-9).all()
        and (wide.hog >= narrow.hog - 1e-9).all()
        and (wide.varde == narrow.varde).all()
    )
    assert (t['nylage_over_tid'].manad >= 3).all()
    assert t['nylage'].n.max() == 40


@pytest.mark.parametrize(
    'agree, battre, said',
    [
        (975, -1, 'battre'),
        (974, -1, 'oavgjort'),
        (975, 1, 'samre'),
        (975, None, 'skild'),
        (0, -1, 'samre'),
        (500, -1, 'oavgjort'),
    ],
)
def test_the_printed_rule_is_the_rule(agree, battre, said):
    d = np.r_[np.full(agree, -2.0), np.full(1000 - agree, 2.0)]
    assert nylage.verdict(d, battre) == said
    assert '97,5 procent' in matt.REGEL and matt.SAKERT == 0.975


def referred(fran, dagar):
    "Referrals to one programme from one municipality, nobody started yet"
    rows = pd.DataFrame(
        dict(
            insats='spar_a',
            kommun='astad',
            remissdatum=pd.Timestamp(fran) + pd.to_timedelta(dagar.astype(int), 'D'),
            startdatum=pd.NaT,
            slutdatum=pd.NaT,
        )
    )
    return rows.astype({'startdatum': 'datetime64[ns]', 'slutdatum': 'datetime64[ns]'})


def test_a_register_of_twelve_months_is_not_divided_by_thirty_six():
    "108 a year for one year: the rate is 108 a year, and its interval holds it"
    rows = referred('2023-05-01', np.linspace(0, 360, 108))
    takt = simulering.situation(rows, example_forbund(), '2024-04-30').takt
    r = takt.set_index(['kommun', 'insats']).loc[('astad', 'spar_a')]
    assert r.dagar == 366 and r.remisser == 108
    assert 365.25 * r.medel == pytest.approx(108, rel=0.03)
    low, high = stats.gamma.ppf([0.025, 0.975], r.samlat, scale=365.25 / r.dagar)
    assert low < 108 < high


@pytest.mark.parametrize('power, kvot', [(1, 1.0), (0.5, 3.0)])
def test_a_flow_that_grows_is_seen_and_one_that_does_not_is_not(power, kvot):
    rows = referred('2021-05-01', np.linspace(0, 1, 100) ** power * 1090)
    lage = simulering.situation(rows, example_forbund(), '2024-04-30')
    u = lage.utveckling.set_index('insats').loc['spar_a']
    assert u.kvot == pytest.approx(kvot, rel=0.1) and (u.p < 0.01) == (kvot > 1)
    assert u.lag < u.kvot < u.hog


def test_what_the_register_knows_is_not_assumed_and_a_source_is_left_alone():
    s = example_scenarier()[0]
    known = dict(talamod_dagar=Varde(varde=50, kalla='avtal 2023'))
    own = s.model_copy(update=dict(antaganden=s.antaganden.model_copy(update=known)))
    told = simulering.handling_of(np.arange(1.0, 101)) | simulering.patience_of(25, 5000.0)
    assert simulering.with_estimates(s, told).antaganden.talamod_dagar.varde == 200
    assert simulering.with_estimates(own, told).antaganden.talamod_dagar.varde == 50
    assert simulering.with_estimates(own, told).antaganden.handlaggning_dagar.varde == 25.75
    assert simulering.with_estimates(own, {}) is own


def test_a_fixed_price_has_no_probability():
    x = {m: pd.DataFrame({'by': [1.0, 2]}) for m in ('kostnad_per_plats', 'kolangd')}
    both = nylage.probabilities({'a': x, 'b': x}, fast_pris={'b': ('', frozenset([5.0]))})
    assert set(both.matt) == {'kolangd'} and both.varde.tolist() == [0, 0]
    assert set(nylage.probabilities({'a': x, 'b': x}).matt) == set(x)
    same = dict.fromkeys('ab', ('', frozenset([5.0])))
    assert set(nylage.probabilities({'a': x, 'b': x}, fast_pris=same).matt) == set(x)


def test_a_cost_without_a_range_is_a_fixed_price_in_posts_and_in_places():
    s = example_scenarier()[0]
    wide = Varde(varde=6e5, lag=5e5, hog=8e5, kalla='antagande')
    own = s.model_copy(
        update=dict(antaganden=s.antaganden.model_copy(update=dict(kostnad_per_arsarbetare=wide)))
    )
    price = Varde(varde=7e6, kalla='antagande')
    places = s.team[0].model_copy(update=dict(tjanst=[], platser=price, kostnad_kr=price))
    assert nylage.fixed_prices(s) == ('', {6e5}) and nylage.fixed_prices(own) is None
    assert nylage.fixed_prices(own.model_copy(update=dict(team=[places]))) == (s.id, {7e6})


def test_how_many_never_begin_is_moved_among_the_assumptions(deltagare, monkeypatch):
    a, b = example_scenarier()
    lage = simulering.situation(deltagare, example_forbund(), '2024-04-30')
    lage = dataclasses.replace(lage, ejstart=Ejstart(12, 60, 20.0))
    assert 'ejstart' in kanslighet.uncertain([a], lage)
    assert 'ejstart' not in kanslighet.uncertain([a], dataclasses.replace(lage, ejstart=None))
    turn = kanslighet.turning_points([a, b], lage, np.random.default_rng(3), 700, framtider=6)
    (row,) = turn[turn['antagande'] == 'ejstart'].to_dict('records')
    left = 1 - np.exp(-20 / 365)  # who had waited long enough
    low, high = (100 * (stats.beta.ppf(u, 12.5, 48.5) - left) / (1 - left) for u in (0.025, 0.975))
    assert row['lag'] == pytest.approx(low) and row['hog'] == pytest.approx(high)
    assert row['vid_lag'] != row['vid_varde'] != row['vid_hog']
    monkeypatch.setattr(nylage, 'begin_share', lambda s, lage: 0.9375)
    assert nylage.never_begin(a, lage).varde == 6.3  # 6.25, half away from zero


def test_one_assumption_at_a_time_equals_running_each_setting_by_itself(deltagare):
    "What cannot move a wait is not run, and today's organisation is run once: same answers"
    lage = simulering.situation(deltagare, example_forbund(), '2024-04-30')
    a, b = example_scenarier()
    wide = dict(
        talamod_dagar=Varde(varde=365, lag=180, hog=700, kalla='antagande'),
        kostnad_per_arsarbetare=Varde(varde=600_000, lag=5e5, hog=7e5, kalla='antagande'),
    )
    b = b.model_copy(update=dict(antaganden=b.antaganden.model_copy(update=wide)))
    turn = kanslighet.turning_points([a, b], lage, np.random.default_rng(3), 700, framtider=6)
    futures = simulering.chance_for([a, b], lage, np.random.default_rng(3), 6, 880)
    names = kanslighet.uncertain([a, b])
    given = dict(zip(names, kanslighet._ends([b, a], names), strict=True))
    gap = kanslighet._setting_difference(a, b, lage, futures, given, 700, 'Samtliga')
    for k, n in enumerate(names):
        r = turn.set_index('antagande').loc[n]
        whole = gap[[2 * k + 1, 0, 2 * k + 2]].mean(1)
        np.testing.assert_allclose([r.vid_lag, r.vid_varde, r.vid_hog], whole)
    still = turn.set_index('antagande').loc['kostnad_per_arsarbetare']
    assert still.vid_lag == still.vid_hog and kanslighet.deciding(turn).antagande.tolist() == [
        'talamod_dagar'
    ]


def test_places_without_posts_say_nothing_of_staff(deltagare):
    team = scenario.Team.model_validate(
        dict(
            id='platser',
            namn='P',
            bas='astad',
            uppdrag=[dict(kommuner=['astad', 'by'], insatser=['spar_a', 'spar_b'])],
            platser=dict(varde=40, kalla='prov'),
            kostnad_kr=dict(varde=1e6, kalla='prov'),
        )
    )
    n = small([SAMLAT.model_copy(update=dict(team=[team]))], deltagare)['nylage']
    assert not set(n.matt) & {'restimmar', 'reskostnad', 'effekt_av_vakans'} and not len(
        n[(n.kommun == 'astad') & (n.matt == 'dagar_utan_personal')]
    )
    assert n[(n.matt == 'kostnad') & (n.kommun == 'Samtliga')].varde.item() == pytest.approx(1e6)


def test_impossible_is_refused_with_the_reason(deltagare):
    with pytest.raises(UnderlagError) as e:
        small([LOKALA.model_copy(update=dict(team=LOKALA.team[:1]))], deltagare)
    assert 'Ingen betjänar spar_a i by.' in e.value.svenska
    with pytest.raises(UnknownError):
        small([SAMLAT], deltagare, mot='nej')
    with pytest.raises(simulering.NoDemandError) as e:
        small([SAMLAT], deltagare.iloc[:0])
    assert 'Ingen remiss' in e.value.svenska
    with pytest.raises(ValueError, match='two copies'):
        small([SAMLAT], deltagare, kopior=1)


def test_more_posts_never_lengthen_the_wait(deltagare, lage):
    answer = provning.what_if(
        SAMLAT, {'arsarbetare.samlat': 5}, lage, np.random.default_rng(3), kopior=40
    ).set_index(['kommun', 'matt'])
    assert (
        answer.loc[('Samtliga', 'kolangd'), 'skillnad'] <= 0
        and answer.loc[('Samtliga', 'deltagare_per_ar'), 'skillnad'] >= 0
    )
    assert answer.loc[('Samtliga', 'kostnad'), 'utslag'] == 'skild'


def test_first_come_first_served_unless_the_young_go_first(lage):
    young = SAMLAT.model_copy(
        update=dict(
            unga=scenario.Unga(forst=True, kalla='prov'),
            antaganden=SAMLAT.antaganden.model_copy(
                update=dict(deltagare_per_arsarbetare=Varde(varde=6, kalla='prov'))
            ),
        )
    )
    old = young.model_copy(update=dict(unga=None))
    slump = simulering.draw_chance(lage, np.random.default_rng(1), 30, 900, 4)
    a, b = simulering.simulate(young, lage, slump, 900), simulering.simulate(old, lage, slump, 900)

    def wait(u, who):
        some = who & np.isfinite(u.remiss)
        x = np.minimum(u.start, u.borta)[some] - u.remiss[some]
        return x[np.isfinite(x)].mean()

    assert wait(a, a.ung) < wait(b, b.ung) and wait(a, ~a.ung) > wait(b, ~b.ung)


@settings(max_examples=50, deadline=None)
@given(
    st.floats(1, 100),
    st.floats(0, 50),
    st.floats(0, 50),
    st.lists(st.floats(0, 1), min_size=2, max_size=20),
)
def test_values_stay_within_their_range(varde, below, above, u):
    v = Varde(varde=varde, lag=varde - below, hog=varde + above, kalla='antagande')
    x = simulering.value_at(v, np.sort(u))
    assert (x >= v.lag - 1e-9).all() and (x <= v.hog + 1e-9).all() and (np.diff(x) >= -1e-9).all()


def test_stay_with_tail_and_already_stayed():
    curve = (np.array([10.0, 30]), np.array([0.5, 0.25]))
    u = np.linspace(0.0005, 0.9995, 1000)
    beyond = simulering.draw_stay(u, curve, np.array(90.0), redan=200.0)
    assert beyond.mean() == pytest.approx(90, rel=0.02)
    assert simulering.draw_stay(u, curve, np.array(90.0)).mean() == pytest.approx(
        0.5 * 10 + 0.25 * 30 + 0.25 * (30 + 90), rel=0.02
    )
    assert (
        simulering.draw_stay(u, (np.array([10.0]), np.array([0.0])), np.array(90.0), redan=50.0)
        == 0
    ).all()


def test_sensitivity_names_what_decides(lage):
    wide = LOKALA.model_copy(
        update=dict(
            antaganden=LOKALA.antaganden.model_copy(
                update=dict(
                    deltagare_per_arsarbetare=Varde(varde=10, lag=6, hog=14, kalla='antagande'),
                    veckor_per_ar=Varde(varde=44, lag=40, hog=48, kalla='antagande'),
                )
            )
        )
    )
    s = kanslighet.sensitivity(
        [SAMLAT, wide], lage, np.random.default_rng(1), 365.0, prov=16, framtider=4
    ).set_index('antagande')
    assert (
        s.loc['deltagare_per_arsarbetare', 'total'] > 0.5
        and abs(s.loc['veckor_per_ar', 'total']) < 1e-9
    )
    assert (
        s.loc['veckor_per_ar', 'vid_lag']
        == s.loc['veckor_per_ar', 'vid_hog']
        == s.loc['veckor_per_ar', 'vid_varde']
    )


# ---- division of posts ----


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 3), st.booleans())
def test_best_division_against_every_division(seed, teams, tires):
    rng = np.random.default_rng(seed)
    needs = [
        fordelning.Teambehov(
            str(k),
            rng.uniform(0.005, 0.04),
            rng.uniform(50, 400),
            8,
            1,
            rng.uniform(30, 800) if tires else None,
        )
        for k in range(teams)
    ]
    prices = fordelning.price_list(needs, 10, 0.5)
    every = [d for d in itertools.product(range(11), repeat=teams) if sum(d) == 10]
    sums = [sum(prices[k, n] for k, n in enumerate(d)) for d in every]
    longest = [max(prices[k, n] / needs[k].takt for k, n in enumerate(d)) for d in every]
    if not np.isfinite(min(sums)):
        with pytest.raises(fordelning.DivisionError):
            fordelning.best_allocation(prices, 10)
        return
    best = fordelning.best_allocation(prices, 10)
    assert best.sum() == 10 and sum(prices[k, n] for k, n in enumerate(best)) == pytest.approx(
        min(sums)
    )
    fair = fordelning.frontier(needs, 5, storlek=0.5)
    assert fair.langsta_vantan.iloc[0] == pytest.approx(min(longest)) and fair.medelvantan.iloc[
        -1
    ] == pytest.approx(min(sums) / sum(b.takt for b in needs))
    assert (fair.langsta_vantan.diff().dropna() > 0).all() and (
        fair.medelvantan.diff().dropna() < 0
    ).all()


def test_division_refuses_what_cannot_be():
    need = [fordelning.Teambehov('a', 0.1, 300, 8, 1)]
    with pytest.raises(fordelning.DivisionError, match='jämnt'):
        fordelning.frontier(need, 5.1)
    with pytest.raises(fordelning.DivisionError, match='räcker inte'):
        fordelning.frontier(need, 1)
    with pytest.raises(fordelning.DivisionError, match='minsta team'):
        fordelning.frontier(need * 3, 4, minst=2)


def test_division_keeps_the_smallest_team():
    need = [fordelning.Teambehov(t, r, 300, 8, 1, 365) for t, r in (('a', 0.1), ('b', 0.001))]
    f = fordelning.frontier(need, 5, minst=1)
    assert (f[['a', 'b']].min(axis=None) >= 1) and (f[['a', 'b']].sum(1) == 5).all()


def test_proposed_division_serves_both_aims_in_the_full_model(deltagare):
    need = fordelning.team_needs(LOKALA, simulering.situation(deltagare, FORBUND, DATUM))
    best = fordelning.frontier(need, 4, minst=0.5).iloc[0]
    now = fordelning.point_of(need)
    assert best.langsta_vantan <= now['langsta_vantan'] + 1e-9


# ---- assumptions that data replace ----


def test_handed_in_tables_go_before_assumptions():
    assert simulering.with_underlag(SAMLAT) == SAMLAT
    posts = pd.DataFrame(
        {
            'post': ['a', 'a'],
            'insats': 'spar_a',
            'fran': pd.to_datetime(['2023-01-01', '2023-07-01']),
            'till': pd.to_datetime(['2023-06-30', None]),
            'vakant': ['ja', 'nej'],
        }
    )
    v = simulering.observed_vacancies(posts)
    assert (
        'vakanser_per_ar' not in v and v['vakans_dagar'].varde == 181
    )  # nothing held yet: the last day known is where the held period begins
    none = simulering.observed_vacancies(
        posts.assign(vakant='nej', till=pd.to_datetime(['2023-06-30', '2024-06-30']))
    )
    assert (
        none['vakanser_per_ar'].varde == 0
        and none['vakanser_per_ar'].hog == pytest.approx(3.689 / 1.5, rel=0.01)
        and 'vakans_dagar' not in none
    )
    long = pd.DataFrame(
        {
            'post': 'a',
            'insats': 'spar_a',
            'fran': pd.to_datetime(['2022-01-01', '2023-01-01', '2023-04-01']),
            'till': pd.to_datetime(['2022-12-31', '2023-03-31', '2023-12-31']),
            'vakant': ['nej', 'ja', 'ja'],
        }
    )
    assert simulering.observed_vacancies(long)['vakanser_per_ar'].varde == pytest.approx(
        365.25 / 365
    )  # two rows of one vacancy are one


def test_no_travel_and_no_vacancy_is_possible(deltagare):
    still = SAMLAT.antaganden.model_copy(
        update=dict(
            vakanser_per_ar=Varde(varde=0, kalla='prov'),
            andel_besok_pa_plats=Varde(varde=0, kalla='prov'),
        )
    )
    n = (
        small([SAMLAT.model_copy(update=dict(antaganden=still))], deltagare)['nylage']
        .set_index(['kommun', 'matt'])
        .varde
    )
    assert (
        n['by', 'restimmar'] == 0
        and n['astad', 'dagar_utan_personal'] == 0
        and n['by', 'dagar_utan_personal'] == pytest.approx(220)
    )


def test_transition_closes_places_until_it_ends(lage):
    start = scenario.Overgang(
        dagar=Varde(varde=200, kalla='prov'), kapacitet=Varde(varde=0.25, kalla='prov')
    )
    slow, slump = (
        SAMLAT.model_copy(update=dict(overgang=start)),
        simulering.draw_chance(lage, np.random.default_rng(1), 30, 900, 4),
    )
    empty = dataclasses.replace(lage, inskrivna=lage.inskrivna.iloc[:0])
    slump = simulering.draw_chance(empty, np.random.default_rng(1), 30, 900, 4)
    a, b = (
        simulering.simulate(slow, empty, slump, 900),
        simulering.simulate(SAMLAT, empty, slump, 900),
    )
    present = ((a.start < 199) & (a.slut > 199)).sum(1)
    assert (present <= np.ceil(0.25 * a.platser[:, 0])).all() and (
        present < ((b.start < 199) & (b.slut > 199)).sum(1)
    ).any()
    assert (a.start < 900).sum() > (a.start < 199).sum()


def test_transition_cost_is_spread_over_the_period(deltagare):
    dear = SAMLAT.model_copy(
        update=dict(
            overgang=scenario.Overgang(
                dagar=Varde(varde=0, kalla='prov'),
                kapacitet=Varde(varde=1, kalla='prov'),
                kostnad_kr=Varde(varde=300_000, kalla='prov'),
            )
        )
    )
    d = small([SAMLAT, dear.model_copy(update=dict(id='dyr'))], deltagare)[
        'nylage_skillnad'
    ].set_index(['kommun', 'matt'])
    assert (
        d.loc[('Samtliga', 'kostnad'), 'lag'] == pytest.approx(300_000, rel=1e-3)
        and d.loc[('Samtliga', 'kolangd'), 'utslag'] == 'lika'
    )


def test_days_are_counted_within_the_period():
    assert nylage._days(
        np.array([-10.0, 5, 90, -9]), np.array([5.0, 7, np.inf, -1]), 100
    ).tolist() == [5, 2, 10, 0]


def test_scenarios_have_names_of_their_own_and_one_is_todays(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / 'p')
    folder = tmp_path / 'p' / 'scenarier'
    text = (folder / 'nulage.toml').read_text(encoding='utf-8')
    (folder / 'nulage.toml').write_text(
        text.replace('id = "nulage"', 'id = "fyra_lokala_team"'), encoding='utf-8'
    )
    with pytest.raises(UnderlagError) as e:
        scenarier.read_scenarier(tmp_path / 'p')
    (told,) = e.value.problem
    both = 'scenarier/fyra_lokala_team.toml och scenarier/nulage.toml'
    assert told.vad == f'{both} har samma id, fyra_lokala_team.'
    assert told.fil == 'scenarier/nulage.toml' and told.rad == 2
    (folder / 'nulage (kopia).toml').write_text(text, encoding='utf-8')
    (folder / 'nulage.toml').write_text(text, encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        scenarier.read_scenarier(tmp_path / 'p')
    assert [p.kolumn for p in e.value.problem] == ['id']  # nor that two are today's
    (folder / 'nulage (kopia).toml').unlink()
    (folder / 'nulage.toml').write_text(
        text.replace('slag = "nulage"', 'slag = "jamforelse"'), encoding='utf-8'
    )
    with pytest.raises(UnderlagError) as e:
        scenarier.read_scenarier(tmp_path / 'p')
    assert 'Inget scenario har slag = "nulage"' in e.value.svenska


def test_a_scenarios_own_travel_time_goes_before_the_common_one(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / 'p')
    file = tmp_path / 'p' / 'scenarier' / 'nulage.toml'
    file.write_text(
        file.read_text(encoding='utf-8')
        + '\n[[restid]]\nfran = "habo"\ntill = "jonkoping"\n'
        + 'minuter = {varde = 99, kalla = "antagande"}\n',
        encoding='utf-8',
    )
    s = scenarier.read_scenarier(tmp_path / 'p')[0]
    assert (
        s.minutes('jonkoping', 'habo') == 99
        and s.minutes('jonkoping', 'mullsjo') == 30
        and len(s.restid) == 6
    )


# ---- how sure, and what turns it ----


def test_more_copies_make_the_mean_surer_by_the_square_root(lage):
    def means(copies):
        out = []
        for seed in range(40):
            slump = nylage.chance_for(
                [SAMLAT], lage, np.random.default_rng([copies, seed]), copies, 545.0
            )
            u = simulering.simulate(SAMLAT, lage, slump, 365.0)
            out.append(((u.start >= 0) & (u.start < 365)).sum(1).mean())
        return np.array(out)

    ratio = means(10).std(ddof=1) / means(40).std(ddof=1)
    assert 1.3 < ratio < 3.0  # two, within what forty means of each allow


def test_the_standard_error_of_a_turning_point_falls_by_the_square_root(lage):
    wide = LOKALA.model_copy(
        update=dict(
            antaganden=LOKALA.antaganden.model_copy(
                update=dict(
                    deltagare_per_arsarbetare=Varde(varde=10, lag=6, hog=14, kalla='antagande')
                )
            )
        )
    )
    few, many = (
        kanslighet.turning_points(
            [SAMLAT, wide], lage, np.random.default_rng(1), 365.0, framtider=k
        )
        for k in (50, 200)
    )
    assert 1.4 < (few.fel_varde / many.fel_varde).item() < 2.9
    assert (
        many.vid_varde.between(
            many[['vid_lag', 'vid_hog']].min(axis=1) - 1,
            many[['vid_lag', 'vid_hog']].max(axis=1) + 1,
        )
    ).all()


def test_nothing_turns_where_nothing_differs(lage):
    twin = SAMLAT.model_copy(update=dict(id='tvilling', slag='forslag'))
    wide = [
        s.model_copy(
            update=dict(
                antaganden=s.antaganden.model_copy(
                    update=dict(talamod_dagar=Varde(varde=365, lag=180, hog=700, kalla='antagande'))
                )
            )
        )
        for s in (SAMLAT, twin)
    ]
    t = kanslighet.turning_points(wide, lage, np.random.default_rng(1), 365.0, framtider=10)
    assert (
        (t[['vid_lag', 'vid_varde', 'vid_hog', 'fel_lag', 'fel_varde', 'fel_hog']] == 0).all(
            axis=None
        )
        and set(t.vander) == {'nej'}
        and t.brytpunkt.isna().all()
    )


def test_compare_explains_only_proposals(deltagare):
    t = small([SAMLAT, LOKALA.model_copy(update=dict(slag='jamforelse'))], deltagare, kanslighet=4)
    assert len(t['nylage_kanslighet']) == 0 and len(t['nylage_forklarad']) == 0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(20, 400))
def test_explained_share_stays_a_share(seed, n):
    rng = np.random.default_rng(seed)
    y, u = rng.normal(size=n), rng.random(n)
    y[rng.random(n) < 0.1] = np.nan
    share, p = kanslighet.explained_share(y, u)
    assert 0 <= share <= 1 and 0 <= p <= 1
    assert kanslighet.explained_share(u, u)[0] > 0.8


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 3), st.integers(2, 4))
def test_municipal_frontier_against_every_division(seed, teams, places):
    rng = np.random.default_rng(seed)
    needs = [
        fordelning.Teambehov(
            str(k), rng.uniform(0.005, 0.04), rng.uniform(50, 400), 8, 1, rng.uniform(30, 800)
        )
        for k in range(teams)
    ]
    share = pd.DataFrame(
        rng.dirichlet(np.ones(teams), places),
        index=[f'k{n}' for n in range(places)],
        columns=[b.team for b in needs],
    )
    got = fordelning.kommun_frontier(needs, share, 3, minst=0.25)
    prices = fordelning.price_list(needs, 12)
    points = []
    for d in itertools.product(range(1, 13), repeat=teams):
        if sum(d) != 12:
            continue
        queue = np.array([prices[k, m] for k, m in enumerate(d)])
        points.append(
            (
                queue.sum() / sum(b.takt for b in needs),
                (share.to_numpy() @ (queue / [b.takt for b in needs])).max(),
            )
        )
    points = np.array(points)
    best = {
        tuple(np.round(p, 6))
        for p in points
        if not ((points <= p + 1e-9).all(1) & (points < p - 1e-9).any(1)).any()
    }
    assert {
        tuple(np.round(r, 6)) for r in got[['medelvantan', 'langsta_vantan']].to_numpy()
    } == best
    assert (got[[b.team for b in needs]].sum(axis=1) == 3).all() and (
        got[[b.team for b in needs]].min(axis=None) >= 0.25
    )


def test_too_many_divisions_take_a_coarser_step_and_then_refuse():
    assert fordelning._step(15, 6, 1) == (0.25, 60, 4) and fordelning._step(15, 9, 1)[0] == 0.5
    with pytest.raises(fordelning.DivisionError, match='för många'):
        fordelning._step(100, 20, 0)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=7), st.integers(1, 15))
def test_nobody_is_left_alone_by_subtraction(counts, limit):
    table = pd.DataFrame(
        {
            'kommun': [*(f'k{n}' for n in range(len(counts))), 'Samtliga'],
            'matt': 'remisser',
            'varde': [*counts, sum(counts)],
        }
    )
    shown = scenariotabeller.enough(table, limit)
    hidden = [c for n, c in enumerate(counts) if f'k{n}' not in shown]
    assert all(counts[int(k[1:])] >= limit for k in shown if k != 'Samtliga')
    if 'Samtliga' in shown and hidden:
        assert sum(hidden) >= limit  # whole minus shown
    if not hidden:
        assert len([k for k in shown if k != 'Samtliga']) == len(counts)


def test_published_scenarios_leave_out_the_complement_too(deltagare):
    rare = deltagare[(deltagare.kommun == 'astad') | (deltagare.groupby('kommun').cumcount() < 5)]
    lage = simulering.situation(rare, FORBUND, DATUM)
    t = small([SAMLAT, LOKALA], rare, kanslighet=2)
    frames = scenariotabeller.scenario_frames(t, [SAMLAT, LOKALA], lage, np.random.default_rng(1))
    assert lage.takt[lage.takt.kommun == 'by'].remisser.sum() < FORBUND.regler.grans_andel
    for id in ('scenarier', 'scenarier_80', 'scenarier_skillnad', 'scenarier_sannolikhet'):
        assert set(frames[id].kommun) == {'Samtliga'}, id
    upplagg = frames['scenarier_upplagg']
    assert not (
        (upplagg.scenario == LOKALA.namn) & (upplagg.matt == 'platser')
    ).any() and LOKALA.namn not in set(frames['scenarier_fordelning'].scenario)


def test_one_uncertain_assumption_has_indices_too(lage):
    wide = Varde(varde=10, lag=8, hog=14, kalla='antagande')
    own = LOKALA.antaganden.model_copy(update=dict(deltagare_per_arsarbetare=wide))
    other = LOKALA.model_copy(update=dict(antaganden=own))
    table = kanslighet.sensitivity([SAMLAT, other], lage, np.random.default_rng(2), 300.0, prov=8)
    assert list(table['antagande']) == ['deltagare_per_arsarbetare']
    assert table['total'].iloc[0] == pytest.approx(1, abs=0.3)  # converges to 1 with more samples


@pytest.mark.parametrize('doubted', [False, True])
def test_meetings_that_fill_the_week_are_told_once_for_what_all_share(tmp_path, doubted):
    shutil.copytree(PACKAGE, tmp_path / 'p')
    file = tmp_path / 'p' / 'scenarier' / 'gemensamt.toml'
    text = file.read_text(encoding='utf-8')
    many = '9, lag = 8, hog = 900' if doubted else '9, lag = 8, hog = 10'
    text = text.replace(
        'besok_per_vecka = {varde = 0.75, lag = 0.5, hog = 1.25',
        f'besok_per_vecka = {{varde = {many}',
    )
    cheap = text.replace(
        'varde = 532000, lag = 465000, hog = 833333', 'varde = 532, lag = 465, hog = 833'
    )
    file.write_text(cheap, encoding='utf-8')
    with pytest.raises(UnderlagError) as e:
        scenarier.read_scenarier(tmp_path / 'p')
    said = [p.vad for p in e.value.problem]
    assert sum('465 kr per år är orimligt' in x for x in said) == 1
    assert sum('900' in x for x in said) == doubted
    # a cost in another unit says nothing of the meetings, a number of meetings does
    assert any(x.startswith('Mötena tar 67,5 timmar') for x in said) != doubted
    assert len(said) <= 3
