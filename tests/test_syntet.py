"The made-up rows: those committed come from their plan; any plan gives rows the reader accepts"

import copy
import re
from pathlib import Path
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings, strategies as st
from conftest import bare, build_once, copy_package, without_scenarios
from finsam_genomlysning.ord.errors import UnderlagError, UnknownError
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.ord.scheman import SCHEMAN
from finsam_genomlysning.lasa.syntet import (
    Plan,
    draw_after,
    draw_before,
    draw_persons,
    draw_reasons,
    draw_referrals,
    draw_times,
    example_plan,
    let_return,
    make_deltagare,
    make_indikatorer,
    make_progression,
    make_syntetiska,
    observe,
    read_plan,
    to_text,
    write_syntetiska,
)
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.lasa.kontroll import check_table
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.katalog.tabeller import build_tables
from finsam_genomlysning.skydd.utgava import Utgava
from finsam_genomlysning.visa.avsnitt import VARNING, warning

PACKAGE = Path(__file__).parents[1] / 'data' / 'sodra_vatterbygden'


# the plan that fails is small already: shrinking it takes minutes and says no more
QUICK = settings(
    max_examples=25, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)


def as_cells(df):
    return pd.DataFrame(
        [r.split(';') for r in to_text(df).splitlines()[1:]], columns=df.columns, dtype=object
    )


def plans():
    share = st.floats(0, 1)
    return st.builds(
        lambda n, seed, never, back, wrong, lost, late, skip, rated, spread: Plan.model_validate(
            example_plan(n).model_dump()
            | dict(
                fro=seed,
                aterkommer=back,
                felregistrering=wrong,
                saknas={'fodelsear': lost, 'sysselsattning_efter': lost},
                sent=late,
                hoppar_over=skip,
                skattas=rated,
                insats={
                    k: v | {'ej_start': never, 'tid_spridning': spread}
                    for k, v in example_plan(n).model_dump()['insats'].items()
                },
            )
        ),
        st.integers(1, 60),
        st.integers(0, 2**32),
        share,
        share,
        share,
        share,
        share,
        share,
        share,
        st.floats(0.01, 2),
    )


def test_committed_rows_come_from_the_committed_plan(tmp_path):
    for name in ('forbund.toml', 'syntet.toml'):
        (tmp_path / name).write_bytes((PACKAGE / name).read_bytes())
    for path in write_syntetiska(tmp_path):
        assert path.read_bytes() == (PACKAGE / 'underlag' / path.name).read_bytes(), (
            f'{path.name}: run write_syntetiska and commit the result'
        )


def test_default_package_holds_every_awkward_case():
    d = make_syntetiska(read_plan(PACKAGE), read_forbund(PACKAGE))['deltagare']
    assert (
        len(d) == 330
        and set(d.kommun) == {k.id for k in read_forbund(PACKAGE).kommun}
        and set(d.kon) == {'K', 'M'}
    )
    begun, ended = d.startdatum.notna(), d.slutdatum.notna()
    for what in (
        begun & ~ended,
        ~begun & ended,
        ~begun & ~ended,
        d.avslutsorsak == 'felregistrering',
        d.fodelsear.isna(),
        d.remittent.isna(),
        d.nyanland == 'ja',
        begun & ended & d.forsorjning_efter.isna(),
        d.duplicated('person'),
    ):
        assert what.sum() >= 1
    months = d.groupby('insats').remissdatum.apply(lambda s: s.dt.to_period('M').nunique())
    assert months['fia'] < 36  # the smallest programme has months without referral
    stay = (d.slutdatum - d.startdatum).dt.days[d.avslutsorsak != 'felregistrering'] / 30.44
    assert 7 <= stay.median() <= 12 and stay.max() > 18


@QUICK
@given(plans())
def test_any_plan_gives_rows_that_the_reader_accepts(plan):
    for name, df in make_syntetiska(plan, example_forbund()).items():
        values, problems = check_table(
            as_cells(df), SCHEMAN[name], example_forbund(), f'{name}.csv'
        )
        assert problems == []
        assert to_text(values) == to_text(df)


@QUICK
@given(plans())
def test_rows_hang_together(plan):
    d = make_deltagare(np.random.default_rng(plan.fro), plan)
    for when in ('fore', 'efter'):
        does, extent = d[f'sysselsattning_{when}'], d[f'omfattning_{when}']
        assert (does.isna() == extent.isna()).all()
        assert ((extent > 0) == does.isin(['arbete', 'studier'])).all()
    assert (
        d[d.startdatum.isna()][[c for c in d if c.endswith(('_fore', '_efter'))]].isna().all().all()
    )
    assert (d.avslutsorsak.notna() == d.slutdatum.notna()).all()
    for dates in (d.remissdatum, d.startdatum, d.slutdatum):
        assert (
            dates.dropna().le(pd.Timestamp(plan.till)).all()
            and dates.dropna().dt.weekday.lt(5).all()
        )
    young = (d.remissdatum.dt.year - d.fodelsear)[
        d.forsorjning_fore == 'aktivitetsersattning'
    ].dropna()
    assert young.lt(30).all()


@QUICK
@given(plans())
def test_nobody_is_in_two_programmes_at_once_or_changes(plan):
    d = make_deltagare(np.random.default_rng(plan.fro), plan).sort_values(['person', 'remissdatum'])
    before = d.groupby('person').slutdatum.shift()
    again = d.duplicated('person')
    assert (before[again] < d.remissdatum[again]).all()
    assert d.groupby('person')[['kommun', 'kon']].nunique().le(1).all().all()


def test_everybody_returns_when_they_can():
    plan = example_plan(50).model_copy(update={'aterkommer': 1.0})
    assert (
        make_deltagare(np.random.default_rng(1), plan).person.nunique()
        < make_deltagare(
            np.random.default_rng(1), plan.model_copy(update={'aterkommer': 0.0})
        ).person.nunique()
        == 100
    )


def test_what_is_known_earlier_stays_known_later():
    rng, plan = np.random.default_rng(7), example_plan(60)
    d = let_return(
        rng, draw_persons(rng, plan, draw_times(rng, plan, draw_referrals(rng, plan))), 0.1
    )
    d = draw_after(rng, plan, draw_reasons(rng, plan, draw_before(rng, plan, d)))
    early, late = observe(d, pd.Timestamp('2023-12-31')), observe(d, pd.Timestamp('2024-12-31'))
    for c in ('startdatum', 'slutdatum', 'avslutsorsak', 'forsorjning_efter'):
        assert early[c].notna().sum() < late[c].notna().sum()
        assert (early[c].isna() | (early[c] == late[c])).all()


def test_input_is_untouched():
    rng, plan = np.random.default_rng(1), example_plan()
    d = make_deltagare(rng, plan)
    before, plan_before = d.copy(deep=True), copy.deepcopy(plan)
    (
        make_indikatorer(rng, plan, d),
        make_progression(rng, plan, d),
        observe(d, plan.fran),
        let_return(rng, d, 0.5),
    )
    pd.testing.assert_frame_equal(d, before)
    assert plan == plan_before


def test_another_seed_gives_other_rows():
    a, b = (
        make_syntetiska(example_plan().model_copy(update={'fro': s}), example_forbund())
        for s in (1, 2)
    )
    assert not any(a[k].equals(b[k]) for k in a)


def test_no_questionnaire_and_no_rating_gives_empty_tables_with_columns():
    plan = example_plan(1).model_copy(update={'enkatdagar': [], 'svarsandel': {}, 'skattas': 0.0})
    tables = make_syntetiska(plan, example_forbund())
    assert len(tables['indikatorer']) == len(tables['progression']) == 0
    assert list(tables['progression'].columns) == [k.namn for k in SCHEMAN['progression'].kolumner]


def test_wrong_plans_say_where(tmp_path):
    text = (PACKAGE / 'syntet.toml').read_text(encoding='utf-8')
    (tmp_path / 'syntet.toml').write_text(
        text.replace('aterkommer = 0.12', 'aterkommer = 12').replace(
            'svarsniva = 4.8', 'svarsniva = 9'
        ),
        encoding='utf-8',
    )
    with pytest.raises(UnderlagError) as e:
        read_plan(tmp_path)
    assert [p.kolumn for p in e.value.problem] == ['aterkommer', 'insats, fia: svarsniva']
    (tmp_path / 'syntet.toml').write_text('fro = = 1', encoding='utf-8')
    with pytest.raises(UnderlagError, match='syntet.toml, rad 1'):
        read_plan(tmp_path)


def test_unknown_municipality_writes_nothing(tmp_path):
    (tmp_path / 'forbund.toml').write_bytes((PACKAGE / 'forbund.toml').read_bytes())
    (tmp_path / 'syntet.toml').write_text(
        (PACKAGE / 'syntet.toml').read_text(encoding='utf-8').replace('habo = 12', 'hobo = 12'),
        encoding='utf-8',
    )
    with pytest.raises(UnknownError, match='hobo'):
        write_syntetiska(tmp_path)
    assert not (tmp_path / 'underlag').exists()


OWN = {
    *('aktiviteter', 'avvikelser', 'bemanning', 'ekonomi', 'handlingsplan', 'restider'),
    *('samverkan', 'stodenkat', 'utsagor'),
}  # tables about nobody that the default package makes up
MARKED = (
    *('aktiviteter', 'avvikelser_tema', 'bemanning', 'enhetsvarde', 'handlingsplan', 'kostnad'),
    *('mal', 'medlemsenkat', 'restider', 'stodenkat'),
)  # published tables where every row is made up


def no_made_up_tables(package):
    path = package / 'forbund.toml'
    text = path.read_text(encoding='utf-8')
    named = re.sub(r'syntetiska_tabeller = \[.*\]', 'syntetiska_tabeller = []', text)
    path.write_text(named, encoding='utf-8')
    without_scenarios(package)


def test_a_made_up_table_is_read_only_when_the_forbund_names_it(tmp_path):
    listed = read_underlag(PACKAGE)
    assert OWN <= set(listed.tabeller) and set(OWN) < set(listed.forbund.syntetiska_tabeller)
    no_made_up_tables(copy_package(PACKAGE, tmp_path / 'blank'))
    honest = read_underlag(tmp_path / 'blank')
    assert OWN & set(honest.tabeller) == {'ekonomi', 'samverkan'}  # what the sources say of them
    for t in OWN & set(honest.tabeller):
        assert not honest.tabeller[t]['kalla'].str.contains('åhittat').any()
    said = ' '.join(honest.anmarkningar)
    assert all(f'{t}-pahittat.csv: läses inte' in said for t in OWN)
    f = honest.forbund
    assert not f.mal and not f.enhetsvarde and f.aterbetalning is None
    for u, marked in ((listed, True), (honest, False)):
        tables = build_tables(u, u.forbund.meeting())
        assert all((t in tables) == marked for t in MARKED)
        if marked:
            assert all('(påhittade)' in tables[t].definition.kalla for t in MARKED)
            assert 'påhittad' not in tables['beslut'].definition.kalla
            assert 'beloppen per insats är påhittade' in tables['ekonomi'].definition.kalla
    edition = Utgava(listed.forbund, listed.forbund.meeting(), {})
    assert warning(edition).startswith(VARNING) and 'märkta påhittade' in warning(edition)


def test_no_made_up_row_takes_the_place_of_what_a_source_says():
    "Posts as many as the source counts, lines that no sum adds, and no row of a source's own kind"
    u = read_underlag(PACKAGE)
    posts, money = u.tabell('bemanning'), u.tabell('ekonomi')
    for i in u.forbund.granskade:
        assert posts.loc[posts['insats'] == i.id, 'post'].nunique() == i.medarbetare
    made_up = money['kalla'] == 'Påhittat'
    assert (money.loc[made_up, 'varav'] == 'ja').all() and money.loc[
        made_up, 'insats'
    ].notna().all()
    assert money.loc[~made_up, 'insats'].isna().all()
    year = made_up & (money['fran'] == '2024-01-01') & money['budget'].notna()
    total = money.loc[~made_up & (money['post'] == 'Förbundet totalt'), 'budget'].item()
    assert 0.70 * total < money.loc[year, 'budget'].sum() < total  # «mer än 70 procent»
    ties = pd.read_csv(PACKAGE / 'underlag' / 'samverkan.csv', sep=';')
    judged = u.tabell('samverkan').query('datum.notna()')
    named = set(zip(judged['insats'], judged['part'], judged['form'].fillna(''), strict=True))
    assert set(zip(ties['insats'], ties['part'], ties['form'], strict=True)) < named


def test_every_table_of_a_page_that_is_made_up_says_so(edition):
    "In whatever report it stands, and no first page rests on it"
    ids = ('bemanning', 'ekonomi', 'kostnad', 'mal', 'aterbetalning', 'enhetsvarde', 'restider')
    met = set()
    for path in edition.glob('*.html'):
        page = path.read_text(encoding='utf-8')
        for id in (*ids, 'stod', 'medlemmar'):
            for part in page.split(f'id="tab-{id}"')[1:]:
                met.add(id)
                source = part.partition('</table>')[2].partition('</p>')[0]
                assert 'åhitta' in source, (path.name, id, source)
        first = page.partition('Det viktigaste')[2].partition('Innehåll')[0]
        assert 'kostar' not in first.replace('Förbundet kostar', '') and 'mål nås' not in first
    assert met == {*ids, 'stod', 'medlemmar'}


def test_the_blank_version_builds_and_says_what_is_missing(tmp_path):
    with bare():
        only = dict(only=['forbund', 'insats-enter'], formats=('html',))
        blank = build_once(tmp_path / 'blank', PACKAGE, no_made_up_tables, **only)
    pages = {p: (blank / f'{p}.html').read_text(encoding='utf-8') for p in only['only']}
    for page, missing in (
        ('insats-enter', ('Tjänsternas omfattning', 'Mål med riktvärde', 'Budget, utfall')),
        ('forbund', ('Restider mellan kommunerna', 'Mål med riktvärde')),
    ):
        assert all(x in pages[page] for x in missing), page
        assert not re.search('påhittade belopp|insats är påhittade|Målen är', pages[page]), page
