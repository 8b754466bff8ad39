"The made-up rows: those committed come from their plan; any plan gives rows the reader accepts"

import copy
import re
import shutil
from pathlib import Path
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings, strategies as st
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


def test_a_made_up_table_is_read_only_when_the_forbund_names_it(tmp_path):
    listed = read_underlag(PACKAGE)
    own = {'aktiviteter', 'avvikelser', 'handlingsplan'}
    assert own <= set(listed.tabeller)
    blank = tmp_path / 'blank'
    shutil.copytree(PACKAGE, blank, ignore=shutil.ignore_patterns('.*'))
    path = blank / 'forbund.toml'
    text = path.read_text(encoding='utf-8')
    path.write_text(
        re.sub(r'syntetiska_tabeller = \[.*\]', 'syntetiska_tabeller = []', text), encoding='utf-8'
    )
    honest = read_underlag(blank)
    assert not own & set(honest.tabeller)
    said = ' '.join(honest.anmarkningar)
    assert all(f'{t}-pahittat.csv: läses inte' in said for t in own)
    for u, marked in ((listed, True), (honest, False)):
        tables = build_tables(u, u.forbund.meeting())
        assert ('handlingsplan' in tables) == marked
        if marked:
            kalla = {t: tables[t].definition.kalla for t in (*own, 'avvikelser_tema')}
            assert all(k.endswith('(påhittade)') for k in kalla.values())
            assert not tables['beslut'].definition.kalla.endswith('(påhittade)')
    edition = Utgava(listed.forbund, listed.forbund.meeting(), {})
    assert warning(edition).startswith(VARNING) and 'märkta påhittade' in warning(edition)
