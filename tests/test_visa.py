"Edges of the display objects: nothing guessed, no number without place, no absence becomes zero"

import sys
from pathlib import Path
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from finsam_genomlysning.visa import figurer, figurer_tid, ritytan
from finsam_genomlysning.ord.errors import ColumnError, ReportError
from finsam_genomlysning.skriva.block import Ord, Talet
from finsam_genomlysning.skriva.modell import read_report
from finsam_genomlysning.ord.tabell import Dim, Matt, Publicerad, Tabelldef
from finsam_genomlysning.visa.publicerat import (
    Uppstallning,
    published_cell,
    published_frame,
    published_table,
    shown_bases,
)
from finsam_genomlysning.visa.visning import (
    SKYDDAD,
    Cell,
    Omslag,
    Tabell,
    Text,
    alignment,
    check_alt,
    plain_table,
)

sys.path.insert(0, str(Path(__file__).parent / 'kontroll'))
import exempel  # noqa: E402

PUB = exempel.avslut()


def test_table_leaves_the_edition_untouched():
    before = PUB.df.copy(deep=True)
    published_table(PUB, Uppstallning('R', 'tab-x', 'kommun', ['antal', 'andel']))
    published_frame(PUB, 'andel', {'kommun': 'etikett'})
    pd.testing.assert_frame_equal(PUB.df, before)


def test_every_number_has_coordinates_that_lead_back():
    for kolumner, urval in ((['antal', 'andel', 'tid'], {}), ('kon', {'matt': 'andel'})):
        t = published_table(PUB, Uppstallning('R', 'tab-x', 'kommun', kolumner, urval))
        for c in (c for r in t.rader for c in r[1:]):
            row = PUB.df[PUB.df['matt'] == c.matt]
            for k, v in c.koord.items():
                row = row[row[k] == v]
            assert len(row) == 1 and c.tabell == 'avslut'
            if c.v is not None:
                assert c.v == row.iloc[0][c.falt]
            else:
                assert c.t in (SKYDDAD, 'Inte redovisat')


def test_withheld_number_is_nowhere_in_the_table():
    t = published_table(PUB, Uppstallning('R', 'tab-x', 'kommun', ['antal', 'andel']))
    row = next(r for r in t.rader if r[0] == 'ceder')
    assert [str(c) for c in row[1:]] == [SKYDDAD] * 3
    assert all(c.skyddad and c.v is None and c.lag is None for c in row[1:])
    assert 'skyddad uppgift, kan vara 0' in t.noter


def test_share_of_nobody_is_not_zero():
    d = Tabelldef('t', 'T', (Dim('k', 'K'),), (Matt('a', 'A', 'andel'),), 'Q')
    pub = Publicerad(
        d,
        pd.DataFrame(
            {
                'k': ['x'],
                'matt': 'a',
                'varde': [np.nan],
                'n': [0.0],
                'lag': [np.nan],
                'hog': [np.nan],
            }
        ),
    )
    assert str(published_cell(pub, 'a')) == 'Kan inte beräknas'


def test_absent_row_is_said_and_keeps_its_coordinates():
    c = published_cell(PUB, 'antal', {'kommun': 'dalby'})
    assert (str(c), c.v, c.koord) == (
        'Inte redovisat',
        None,
        {'kommun': 'dalby', 'kon': 'Samtliga'},
    )


@pytest.mark.parametrize('left', [1, 2])
def test_a_margin_that_was_left_out_is_never_the_part_that_remains(left):
    margin = (PUB.df['matt'] == 'antal') & (PUB.df['kommun'] == 'Samtliga')
    parts = PUB.df[(PUB.df['matt'] == 'antal') & (PUB.df['kommun'] != 'Samtliga')]['kommun']
    gone = (PUB.df['matt'] == 'antal') & PUB.df['kommun'].isin(parts.unique()[left:])
    pub = Publicerad(PUB.definition, PUB.df[~margin & ~gone])
    cell = published_cell(pub, 'antal')
    assert (str(cell), cell.v) == ('Inte redovisat', None)


def test_a_dimension_without_margin_must_be_chosen():
    pub = Publicerad(PUB.definition, PUB.df[PUB.df['kon'] != 'Samtliga'])
    with pytest.raises(ReportError, match='kon'):
        published_table(pub, Uppstallning('R', 'tab-x', 'kommun', ['antal']))
    form = Uppstallning('R', 'tab-x', 'kommun', ['antal'], urval={'kon': 'K'})
    assert published_table(pub, form).rader


def test_two_numbers_for_one_place_stop():
    pub = Publicerad(PUB.definition, pd.concat([PUB.df, PUB.df]))
    with pytest.raises(ReportError, match='Två tal'):
        published_table(pub, Uppstallning('R', 'tab-x', 'kommun', ['antal']))


def test_empty_selection_stops():
    with pytest.raises(ReportError):
        published_table(PUB, Uppstallning('R', 'tab-x', 'kommun', ['antal'], {'kon': 'X'}))


def test_samtliga_stands_last_and_labels_order():
    t = published_table(
        PUB,
        Uppstallning('R', 'tab-x', 'kommun', ['antal']),
        {'kommun': {'berga': 'Berga', 'adal': 'Ådal'}},
    )
    assert [r[0] for r in t.rader] == ['Berga', 'Ådal', 'ceder', 'Samtliga']


def test_bases_are_shared_only_when_equal():
    a, b = Matt('a', 'A', 'andel'), Matt('b', 'B', 'andel')
    pair = lambda n: (Cell('x', 0.5), Cell(str(n), n))
    assert shown_bases([[pair(5), pair(5)]], [a, b]) == [[0, 1]]
    assert shown_bases([[pair(5), pair(6)]], [a, b]) == [[0], [1]]


@pytest.mark.parametrize(
    'alt',
    [
        '',
        '   ',
        'Kort text',
        'Diagram över deltagare per månad',
        'En bild av utvecklingen 2024',
        'Stapeldiagram med antal per kommun',
        None,
    ],
)
def test_empty_alternative_texts_are_refused(alt):
    with pytest.raises(ReportError):
        check_alt(alt, 'fig-x')


def test_described_figures_pass_their_own_rule():
    said = [figure.alt for figure in exempel.figures()]
    assert len(said) == 3 and [check_alt(text, 'fig-x') for text in said] == said


def test_words_and_numbers_are_set_apart():
    rows = [[Cell('12', 12), Cell('ja')], [Cell('..', skyddad=True), Cell('nej')]]
    assert alignment(rows, 3) == ['left', 'right', 'left']


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4), st.text())
@settings(max_examples=40, deadline=None)
def test_any_text_survives_the_model(cells, heading):
    heading = heading.strip() or 'R'
    t = Tabell(heading, 'Q', 'tab-x', ['K', *('A' for _ in cells)], [['rad', *cells]])
    r = read_report(exempel.notebook([Omslag('T', '', 'U', '2026-03-16'), t]))
    assert [c['t'] for c in r.objects['tab-x']['rader'][0][1:]] == cells


@given(
    st.text(alphabet=st.characters(codec='utf-8', exclude_categories=['Cc', 'Cs']), max_size=30),
    st.floats(-1e9, 1e9),
)
@settings(max_examples=60, deadline=None)
def test_a_number_in_a_sentence_keeps_its_coordinates(code, v):
    c = Cell('12', v, 'tab', {'k': code}, 'm')
    r = read_report(exempel.notebook([Omslag('T', '', 'U', '2026-03-16'), Text(f'De var {c.md}.')]))
    assert r.blocks[0].inne[1] == Talet(c.truth(), [Ord('12')])


@pytest.mark.parametrize(
    'f, cols',
    [
        (figurer_tid.plot_flow, 4),
        (figurer.plot_grouped, 3),
        (figurer.plot_spine, 9),
        (figurer_tid.plot_survival, 5),
        (figurer.plot_interval, 4),
        (figurer.plot_bars, 2),
        (figurer_tid.plot_trend, 3),
        (figurer_tid.plot_process, 4),
        (figurer.plot_pairs, 3),
    ],
)
def test_figures_name_a_missing_column(f, cols):
    with pytest.raises(ColumnError):
        f(pd.DataFrame({'x': [1]}))


def test_figures_leave_their_frame_and_the_settings_untouched():
    import matplotlib as mpl

    df = pd.DataFrame(
        {'etikett': ['A', 'B'], 'varde': [1.0, np.nan], 'lag': [0.0, np.nan], 'hog': [2.0, np.nan]}
    )
    before, rc = df.copy(), dict(mpl.rcParams)
    with ritytan.apply_theme():
        figurer.plot_interval(df), figurer.plot_bars(df)
    pd.testing.assert_frame_equal(df, before)
    assert dict(mpl.rcParams) == rc


@pytest.mark.parametrize('values', [[np.nan, np.nan], [0.0, 0.0], [-2.0, 3.0]])
def test_figures_of_nothing_and_zero(values):
    df = pd.DataFrame(
        {
            'etikett': ['A', 'B'],
            'varde': values,
            'lag': values,
            'hog': values,
            'skyddad': ['ja', 'nej'],
        }
    )
    with ritytan.apply_theme():
        for plot in (figurer.plot_bars, figurer.plot_interval):
            plot(df).figure.canvas.draw()
        figurer_tid.plot_trend(df.assign(period=['2024', '2025'], serie='S')).figure.canvas.draw()
        figurer.plot_matrix(df[['varde', 'lag']]).figure.canvas.draw()
        figurer.plot_pairs(
            df.rename(columns={'varde': 'behov', 'lag': 'deltagare'})
        ).figure.canvas.draw()
    for text in (figurer.describe_bars(df), figurer.describe_interval(df)):
        assert 'nan' not in text


def test_time_is_drawn_as_long_as_it_is():
    periods = ['2021-12', '2022-02', '2022-05', '2023-09/2023-11']
    df = pd.DataFrame({'period': periods, 'varde': [0.9, 0.9, 0.9, 0.7], 'serie': 'Ådal'})
    with ritytan.apply_theme():
        ax = figurer_tid.plot_trend(df, '%')
        years = figurer_tid.plot_trend(df.assign(period=['2018', '2020', '2021', '2024']), '%')
    x = ax.lines[0].get_xdata()
    assert 8 < (x[3] - x[2]) / (x[1] - x[0]) < 9  # seventeen months against two, nearly
    assert [t.get_text() for t in ax.get_xticklabels()][-1] == 'sep–nov\n2023'
    assert [t.get_text() for t in years.get_xticklabels()] == ['2018', '2020', '2021', '2024']
    said = figurer_tid.describe_trend(df, '%')
    assert 'mellan december 2021 och september–november 2023' in said


def test_no_bar_is_drawn_for_a_withheld_value():
    df = pd.DataFrame({'etikett': ['A', 'B'], 'varde': [3.0, np.nan], 'skyddad': ['nej', 'ja']})
    with ritytan.apply_theme():
        ax = figurer.plot_bars(df)
    assert np.isnan(ax.patches[1].get_width())
    assert '..' in [t.get_text() for t in ax.texts]


def test_plain_table_names_a_missing_column():
    with pytest.raises(ColumnError):
        plain_table(pd.DataFrame({'a': [1]}), 'R', 'Q', 'tab-x', kolumner={'b': 'B'})


def test_per_cent_that_is_already_per_cent_is_not_multiplied():
    df = pd.DataFrame({'period': ['2023', '2024'], 'varde': [1.4, 1.2], 'serie': 'Riket'})
    with ritytan.apply_theme():
        ax = figurer_tid.plot_trend(df, '%')
    assert [t.get_text() for t in ax.texts] == ['Riket 1,2\u00a0%']
    assert (
        figurer_tid.describe_trend(df, '%')
        == 'Riket minskar från 1,4\u00a0% till 1,2\u00a0% mellan 2023 och 2024.'
    )
    assert figurer_tid.describe_trend(df.assign(varde=[0.31, 0.27]), 'andel').startswith(
        'Riket minskar från 31\u00a0% till 27\u00a0%'
    )


def test_zero_keeps_its_number():
    t = Tabell(
        'R', 'Q', 'tab-x', ['K', 'A'], [['rad', Cell('0', 0.0, 'tab', {'k': 'a'}, 'm')]]
    ).truth()
    assert t['rader'][0][1]['v'] == 0


@pytest.mark.parametrize(
    ('lag', 'hog', 'want'),
    [(0.22, 0.41, '31\u00a0% (22–41)'), (0.22, np.nan, '31\u00a0% (minst 22)')]
    + [(np.nan, 0.41, '31\u00a0% (högst 41)'), (np.nan, np.nan, '31\u00a0%')],
)
def test_an_interval_is_printed_with_the_ends_it_has(lag, hog, want):
    d = Tabelldef('t', 'T', (Dim('k', 'K'),), (Matt('a', 'A', 'andel'),), 'Q')
    row = {'k': ['x'], 'matt': 'a', 'varde': [0.31], 'n': [40.0], 'lag': [lag], 'hog': [hog]}
    cell = published_cell(Publicerad(d, pd.DataFrame(row)), 'a')
    assert str(cell) == want
    assert [cell.lag, cell.hog] == [None if np.isnan(x) else x for x in (lag, hog)]


def test_a_group_stands_instead_of_its_members():
    d = Tabelldef('t', 'T', (Dim('k', 'K'),), (Matt('a', 'A', 'antal'),), 'Q')
    df = pd.DataFrame(
        {
            'k': ['x', 'y', 'z', 'y + z', 'Samtliga'],
            'matt': 'a',
            'varde': [20.0, np.nan, np.nan, 9.0, 29.0],
            'n': np.nan,
            'lag': np.nan,
            'hog': np.nan,
            'skyddad': ['nej', 'ja', 'ja', 'grupp', 'nej'],
        }
    )
    words = {'k': {'x': 'Arbete', 'y': 'Studier', 'z': 'Flytt'}}
    t = published_table(Publicerad(d, df), Uppstallning('R', 'tab-x', 'k', ['a']), words)
    assert [(r[0], str(r[1])) for r in t.rader] == [
        ('Arbete', '20'),
        ('Studier och flytt', '9'),
        ('Samtliga', '29'),
    ]
    drawn = published_frame(
        Publicerad(d, df), 'a', {'k': 'etikett'}, etiketter=words, utan_samtliga=True
    )
    assert drawn['etikett'].tolist() == ['Arbete', 'Studier och flytt']
