"What an outcome is held against: printed counts or a source, and never more than a table tells"

import math

import pandas as pd
import pytest
from conftest import ROOT, SMALL, copy_package

from finsam_genomlysning.gora.kontroll import check_package
from finsam_genomlysning.ord.forbund import VadAnnars, example_forbund
from finsam_genomlysning.rakna.vad_annars import (
    anyway_shares,
    before_share,
    others_adjusted,
    others_plain,
    standardised,
)
from finsam_genomlysning.skydd.utgava import read_edition
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.vad_annars import anyway_sentence

NAN = float('nan')


def test_standardised_against_people_weighed_one_by_one():
    own, others = {'K': 30, 'M': 10}, {'K': (8, 40), 'M': (21, 35)}
    people = [(sex, i < k) for sex, (k, n) in others.items() for i in range(n)]
    weight = {sex: own[sex] / 40 / others[sex][1] for sex in own}
    by_hand = sum(weight[sex] for sex, did in people if did)
    got = standardised([(own[s], *others[s]) for s in own])
    assert got.varde == pytest.approx(by_hand) and got.n == 75
    assert got.lag < got.varde < got.hog
    spread = sum(
        (weight[s] * others[s][1]) ** 2 * p * (1 - p) / others[s][1]
        for s in own
        for p in [others[s][0] / others[s][1]]
    )
    assert (got.hog - got.lag) / 2 == pytest.approx(1.96 * math.sqrt(spread), rel=0.1)


def test_a_part_without_others_or_withheld_gives_nothing():
    assert math.isnan(standardised([(5, 0, 0), (5, 2, 10)]).varde)
    assert math.isnan(standardised([(5, NAN, 10), (5, 2, 10)]).varde)
    assert standardised([(0, 0, 0), (5, 2, 10)]).varde == pytest.approx(0.2)


def outcome(rows):
    columns = ['insats', 'del', 'matt', 'varde']
    return pd.DataFrame(rows, columns=columns)


def test_the_others_are_the_whole_without_oneself():
    df = outcome(
        [
            ('Samtliga', 'Samtliga', 'avslutade', 106),
            ('Samtliga', 'Samtliga', 'till_arbete_studier', 29),
            ('a', 'Samtliga', 'avslutade', 52),
            ('a', 'Samtliga', 'till_arbete_studier', 14),
            ('b', 'Samtliga', 'avslutade', 36),
            ('b', 'Samtliga', 'till_arbete_studier', NAN),
        ]
    ).rename(columns={'del': 'kommun'})
    got = others_plain(df, 'a', 'andel_arbete_studier')
    assert (got.varde, got.n) == (pytest.approx(15 / 54), 54)
    assert math.isnan(others_plain(df, 'b', 'andel_arbete_studier').varde)
    assert math.isnan(others_plain(df, 'a', 'andel_arbete').varde)


def test_sexes_that_are_withheld_leave_the_plain_share():
    whole = [
        ('Samtliga', s, m, v)
        for s, n, k in (('K', 56, 14), ('M', 50, 15))
        for m, v in (('avslutade', n), ('till_arbete_studier', k))
    ]
    own = [
        ('a', s, m, v)
        for s, n, k in (('K', 20, 4), ('M', 32, NAN))
        for m, v in (('avslutade', n), ('till_arbete_studier', k))
    ]
    df = outcome(whole + own).rename(columns={'del': 'kon'})
    assert math.isnan(others_adjusted(df, 'a').varde)
    shown = others_adjusted(df.fillna(10), 'a')
    assert shown.varde == pytest.approx((20 * 10 / 36 + 32 * 5 / 18) / 52)


def test_before_uses_a_group_only_when_all_of_it_belongs():
    def rows(parts):
        d = pd.DataFrame([('a', f, 'Samtliga', 'avslutade', v) for f, v in parts])
        return d.set_axis(['insats', 'fore', 'efter', 'matt', 'varde'], axis=1)

    joined = rows([('Samtliga', 50), ('arbete + studier', 12), ('ovrigt', 38)])
    assert before_share(joined, 'a', 'andel_arbete_studier').varde == pytest.approx(0.24)
    assert math.isnan(before_share(joined, 'a', 'andel_arbete').varde)
    mixed = rows([('Samtliga', 50), ('arbete + arbetssokande', 12), ('studier', 6)])
    assert math.isnan(before_share(mixed, 'a', 'andel_arbete_studier').varde)
    assert math.isnan(
        before_share(
            rows([('Samtliga', 50), ('arbete', NAN), ('studier', 6)]), 'a', 'andel_arbete_studier'
        ).varde
    )


def test_nothing_is_declared_for_the_whole_against_the_others():
    f = example_forbund().model_copy(update={'vad_annars': [VadAnnars(slag='andra_insatser')]})
    df = outcome([]).rename(columns={'del': 'kommun'})
    assert set(anyway_shares(f, {'resultat': df})['insats']) == {'spar_a', 'spar_b'}


WRONG = """[[vad_annars]]
slag = "publicerad"
insats = "brygan"
matt = "andel_arbete_studie"
andel = 0.3

[[jamforelse]]"""


def changed(tmp_path, new):
    package = copy_package(SMALL, tmp_path / 'paket')
    path = package / 'forbund.toml'
    text = path.read_text(encoding='utf-8').replace('[[jamforelse]]', new, 1)
    path.write_text(text, encoding='utf-8')
    return package


def test_a_wrong_comparison_is_told(tmp_path):
    found = check_package(changed(tmp_path, WRONG), compute=False).problem
    told = {p.kolumn.split()[-1]: p.gor for p in found}
    assert 'Menas andel_arbete_studier?' in told['matt'] and 'Menas bryggan?' in told['insats']
    assert {'namn', 'kalla'} <= set(told)


def test_a_wrong_kind_is_told_with_the_possible_ones(tmp_path):
    new = '[[vad_annars]]\nslag = "innan"\n\n[[jamforelse]]'
    (p,) = check_package(changed(tmp_path, new), compute=False).problem
    assert 'fore' in p.gor and 'publicerad' in p.gor


def test_without_a_declaration_it_is_said_once():
    u = read_edition(ROOT / 'tests' / 'fixtur' / 'utgava')
    said = anyway_sentence(Amne(u))
    assert said in (
        '',
        'Ingen uppgift finns om hur många som hade gått till arbete eller studier ändå.',
    )
