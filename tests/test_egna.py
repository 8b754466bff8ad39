"A gate that forgot to declare a table: the audit reads what the tables mean, and finds it"

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from conftest import DEFAULT, SMALL

from finsam_genomlysning.granska.egna import (
    MENINGAR,
    both_numerators,
    is_declared,
    meaning_of,
    numerators,
    told_counts,
    value_lists,
)
from finsam_genomlysning.granska.granskning import LACKOR, audit, audit_selections, meant_rows
from finsam_genomlysning.granska.system import read_counts
from finsam_genomlysning.skydd.utgava import write_edition


@pytest.fixture(scope='module', params=[DEFAULT, SMALL], ids=lambda p: p.name)
def made(request, prepared, tmp_path_factory):
    innehall = prepared(request.param)
    folder = tmp_path_factory.mktemp('utgava')
    write_edition(innehall.utgava, folder)
    return innehall, folder


def forget(made, folder, tabell):
    "The edition as it would be if a table had never been declared: its counts stand as they are"
    innehall, whole = made
    shutil.copytree(whole, folder)
    true = innehall.oskyddat[tabell].assign(skyddad='nej')
    pub = innehall.utgava.tabeller[tabell]
    counts = {m.id for m in pub.definition.matt if m.slag == 'antal'}
    naked = replace(pub, df=true[true['matt'].isin(counts)])
    write_edition(replace(innehall.utgava, tabeller={tabell: naked}, urval=None), folder / 'ny')
    shutil.copy(folder / 'ny' / 'tabeller' / f'{tabell}.csv', folder / 'tabeller')
    shutil.rmtree(folder / 'ny')
    path = folder / 'tabeller' / 'urval.json'
    said = json.loads(path.read_text(encoding='utf-8'))
    said['celler'] = [c for c in said['celler'] if c['tabell'] != tabell]
    path.write_text(json.dumps(said), encoding='utf-8')
    few = naked.df[naked.df['varde'].between(1, 4)]
    return len(few)


def test_an_untouched_edition_declares_all_that_its_tables_mean(made):
    _, folder = made
    fields, declared, lost = read_counts(folder)
    about = json.loads((folder / 'utgava.json').read_text(encoding='utf-8'))
    own = told_counts(folder, about['definitioner'])
    assert len(own) > 150 and not lost
    assert is_declared(own, value_lists(folder, own), declared, fields)
    assert meant_rows(folder) == [] and not audit(folder)['utslag'].isin(LACKOR).any()


def test_a_table_that_was_never_declared_is_found(made, tmp_path):
    innehall, _ = made
    if innehall.utgava.forbund.id == DEFAULT.name:
        pytest.skip('the small package has the same kinds, in a tenth of the time')
    tables = [t for t in innehall.oskyddat if t in innehall.utgava.tabeller]
    forgotten = [t for t in tables if t in MENINGAR or t in ('stodenkat', 'progression', 'enkat')]
    tried = 0
    for tabell in forgotten:
        folder = tmp_path / tabell
        few = forget(made, folder, tabell)
        if not few:
            continue
        tried += 1
        declared = audit_selections([folder])
        assert not (declared['utslag'].isin(LACKOR) & (declared['tabell'] == tabell)).any()
        found = audit(folder)
        naked = found[(found['tabell'] == tabell) & (found['utslag'] == 'naken')]
        assert len(naked) == few, tabell
        if tried == 5:
            break
    assert tried == 5


VOLYM = 'insats;kommun;kon;period;kalla;matt;varde;n;lag;hog;skyddad'
SVAR = 'grupp;insats;fraga;datum;matt;varde;n;lag;hog;skyddad'
OUT_OF = {
    'outcomes': (
        'volymer',
        VOLYM,
        ['a;{0};{0};2023;;till_arbete_studier;15', 'a;{0};{0};2023;;till_arbete;12'],
        [3],
    ),
    'sexes': (
        'volymer',
        VOLYM,
        ['a;{0};K;2023;;till_arbete;20', 'a;by;K;2023;;till_arbete;18'],
        [2],
    ),
    'answers': (
        'stodenkat',
        SVAR,
        ['chef;{0};F;2024-05-01;instammer;20', 'chef;a;F;2024-05-01;instammer;19'],
        [1],
    ),
    'open': (
        'volymer',
        VOLYM,
        ['a;{0};{0};2023;;deltagare;15', 'a;{0};{0};2023;;avslutade;12'],
        [],
    ),
    'contradiction': (
        'volymer',
        VOLYM,
        ['a;{0};{0};2023;;till_arbete_studier;9', 'a;{0};{0};2023;;till_arbete;12'],
        [],
    ),
}  # what -> table, heading, rows, what a reader works out


@pytest.mark.parametrize('what', OUT_OF)
def test_handed_in_counts_are_read_as_their_words_mean_them(made, tmp_path, what):
    tabell, head, rows, counts = OUT_OF[what]
    folder = shutil.copytree(made[1], tmp_path / 'utgava')
    for other in ('stodenkat', 'stodenkat_svarande', 'volymer'):
        (folder / f'tabeller/{other}.csv').unlink(missing_ok=True)
    lines = [head, *(r.format('Samtliga') + ';;;;nej' for r in rows)]
    (folder / f'tabeller/{tabell}.csv').write_text('\n'.join(lines) + '\n', encoding='utf-8')
    told = [r.lag for r in meant_rows(folder) if r.tabell == tabell]
    assert [n for n in told if n < 5] == counts


@pytest.mark.parametrize(
    ('share', 'n', 'counts'), [(0.15, 20, (3, 3)), (0.0, 12, (0, 0)), (0.02, 300, (5, 7))]
)
def test_a_share_is_of_so_many(share, n, counts):
    fits = [x for x in range(n + 1) if abs(x / n - share) <= 0.005 + 1e-12]
    assert numerators(share, n) == counts == (fits[0], fits[-1])


def test_a_difference_of_shares_is_of_so_many():
    rng = np.random.default_rng(1)
    for _ in range(50):
        n = int(rng.integers(10, 30)), int(rng.integers(10, 30))
        x = int(rng.integers(0, n[0] + 1)), int(rng.integers(0, n[1] + 1))
        (a, b), (c, d) = both_numerators(round(x[0] / n[0] - x[1] / n[1], 2), n)
        assert a <= x[0] <= b and c <= x[1] <= d
    assert both_numerators(2.0, (10, 10)) is None


def test_before_and_after_are_what_the_other_tables_call_them():
    place = frozenset({('fore', 'A + B'), ('efter', 'arbete')})
    said = meaning_of('fore_efter_sysselsattning', 'avslutade', place)
    assert said['sysselsattning_fore'] == ('A', 'B')
    assert said['sysselsattning_efter'] == ('arbete', 'arbete+')
    grouped = meaning_of('behovsgrupp', 'deltagare_12', frozenset({('behovsgrupp', 'unga')}))
    assert grouped['behovsgrupp.unga'] == ('ja',)
