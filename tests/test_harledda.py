"Leaks that a reader found with pencil and paper, attacked on the protected tables of an edition"

from pathlib import Path

import pytest

from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.glossary import SAMTLIGA

PACKAGE = Path(__file__).parents[1] / 'data' / 'sodra_vatterbygden'


@pytest.fixture(scope='module')
def content():
    underlag = read_underlag(PACKAGE)
    return prepare_edition(underlag, underlag.forbund.meeting('2024-05-03'))


def printed(content, tabell, matt, **plats):
    "A count as printed: None where it is withheld"
    pub = content.utgava.tabeller[tabell]
    rows = pub.df[pub.df['matt'] == matt]
    for d in pub.definition.dims:
        rows = rows[rows[d.id] == plats.get(d.id, SAMTLIGA)]
    assert len(rows) == 1
    return None if rows['skyddad'].item() == 'ja' else rows['varde'].item()


def small(n):
    return n is not None and 1 <= n <= 4


def test_those_still_there_cannot_be_subtracted(content):
    for k in content.utgava.forbund.kommun:
        whole = printed(content, 'deltagare_kommun', 'deltagare', kommun=k.id)
        ended = printed(content, 'resultat', 'avslutade', kommun=k.id)
        assert not (whole is not None and ended is not None and small(whole - ended))


def test_studies_cannot_be_subtracted_from_work_or_studies(content):
    for i in content.utgava.forbund.granskade:
        both = printed(content, 'resultat', 'till_arbete_studier', insats=i.id)
        work = printed(
            content, 'fore_efter_sysselsattning', 'avslutade', insats=i.id, efter='arbete'
        )
        assert not (both is not None and work is not None and small(both - work))


def test_positive_answers_cannot_be_taken_apart(content):
    df = content.utgava.tabeller['enkat_fordelning'].df
    parts = df[(df['matt'] == 'besvarade') & (df['svar'] != SAMTLIGA)]
    for (tillfalle, fraga), answers in parts.groupby(['tillfalle', 'fraga']):
        positive = printed(content, 'enkat', 'positiva', tillfalle=tillfalle, fraga=fraga)
        known = answers[answers['skyddad'] != 'ja'].set_index('svar')['varde']
        top = [known.get(s) for s in ('4', '5', '6')]
        if positive is not None and sum(n is None for n in top) == 1:
            assert not small(positive - sum(n for n in top if n is not None))


def hidden_beside(content, tabell, matt, dim, grund):
    "Statistics that are printed though a count of their row is withheld"
    df = content.utgava.tabeller[tabell].df
    rest = [c for c in df.columns[: df.columns.get_loc('matt')] if c != dim]
    hidden = df[df['matt'].isin(grund) & (df['skyddad'] == 'ja') & (df[dim] != SAMTLIGA)]
    where = set(hidden[rest].itertuples(index=False, name=None))
    shown = df[(df['matt'] == matt) & df['varde'].notna()]
    return where, where & set(shown[rest].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    'tabell, matt, dim, grund',
    [
        ('resultat_kon', 'skillnad_k_m', 'kon', {'avslutade', 'till_arbete_studier'}),
        ('resultat_kon', 'skiljer', 'kon', {'avslutade', 'till_arbete_studier'}),
        ('traffbild', 'p_holm', 'kommun', {'deltagare_12'}),
    ],
)
def test_a_statistic_goes_with_its_counts(content, tabell, matt, dim, grund):
    where, both = hidden_beside(content, tabell, matt, dim, grund)
    assert where and not both
    df = content.utgava.tabeller[tabell].df
    gone = df[(df['matt'] == matt) & (df['skyddad'] == 'ja')]
    assert len(gone) and gone[['varde', 'n', 'lag', 'hog']].isna().all(axis=None)


def test_every_sum_that_follows_is_in_the_edition(content):
    terms = {frozenset((t, m) for t, _, m, _ in s.termer) for s in content.utgava.samband}
    assert {('kommun_12', 'deltagare_12'), ('rackvidd', 'deltagare_12')} in terms
    assert {
        ('deltagare_kommun', 'deltagare'),
        ('resultat', 'avslutade'),
        ('kommun_12', 'pagaende'),
    } in terms
    assert {('enkat', 'positiva'), ('enkat_fordelning', 'besvarade')} in terms
