"Templates: what is filled in is read back, what is wrong is marked, a new package works at once"

import datetime as dt
import io
import re
from pathlib import Path
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, example, given, settings, strategies as st
from openpyxl import Workbook, load_workbook
from finsam_genomlysning.lasa.tabellblad import table_name
from finsam_genomlysning.ord.errors import FolderError, Problem, UnderlagError, UnknownError
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.lasa.mallar import (
    AV_INSATS,
    AV_KANSLI,
    choices,
    make_mall,
    new_package,
    write_mallar,
    write_marked_copy,
)
from finsam_genomlysning.ord.personnummer import has_personnummer
from finsam_genomlysning.ord.scheman import SCHEMAN, code_map, code_names, fold
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.lasa.kontroll import check_table
from finsam_genomlysning.lasa.underlag import read_file, read_underlag

SMALL = Path(__file__).parent / 'fixtur' / 'litet_forbund'
F = read_forbund(SMALL)


def test_every_table_is_in_one_template():
    assert sorted([*AV_INSATS, *AV_KANSLI]) == sorted(SCHEMAN)


def test_filled_templates_read_back_without_loss_or_remark(tmp_path):
    u = read_underlag(SMALL)
    (tmp_path / 'forbund.toml').write_bytes((SMALL / 'forbund.toml').read_bytes())
    paths = write_mallar(F, tmp_path / 'underlag', tabeller=u.tabeller)
    assert [p.name for p in paths] == [
        'mall-bryggan.xlsx',
        'mall-farliga_namn.xlsx',
        'mall-kansliet.xlsx',
    ]
    back = read_underlag(tmp_path)
    said = [a.rpartition(': kolumn ')[2] for a in u.anmarkningar if not a.startswith('texter/')]
    assert [a.rpartition(': kolumn ')[2] for a in back.anmarkningar] == said
    assert back.tabeller.keys() == u.tabeller.keys()  # and no remark that was not before
    for t, df in u.tabeller.items():
        order = ['person', 'insats', 'remissdatum'] if t == 'deltagare' else list(df)
        pd.testing.assert_frame_equal(
            df.sort_values(order, ignore_index=True),
            back.tabeller[t].sort_values(order, ignore_index=True),
        )


def test_empty_templates_are_no_tables_and_no_problems(tmp_path):
    (tmp_path / 'forbund.toml').write_bytes((SMALL / 'forbund.toml').read_bytes())
    write_mallar(F, tmp_path / 'underlag')
    u = read_underlag(tmp_path)
    assert (u.tabeller, u.anmarkningar) == ({}, [])


def test_a_template_helps_and_guards(tmp_path):
    book = load_workbook(write_mallar(F, tmp_path, 'bryggan')[0])
    assert book.sheetnames == ['Läs mig', *AV_INSATS, 'Koder'] and book.security.lockStructure
    ws = book['deltagare']
    assert ws.freeze_panes == 'A2' and ws.protection.sheet and not ws.protection.password
    assert ws['A1'].protection.locked and not ws.column_dimensions['A'].protection.locked
    for cell, k in zip(ws[1], SCHEMAN['deltagare'].kolumner, strict=True):
        assert k.beskrivning in cell.comment.text
    rules = {str(r.sqref).split(':')[0]: r for r in ws.data_validations.dataValidation}
    assert {r.type for r in rules.values()} == {'list', 'date', 'whole'}
    heads = {c.value: c.column_letter for c in ws[1]}
    assert (
        rules[heads['kon'] + '2'].formula1.startswith('Koder!')
        and rules[heads['remissdatum'] + '2'].type == 'date'
    )
    codes = {
        c.value: [x.value for x in book['Koder'][c.column_letter][1:] if x.value]
        for c in book['Koder'][1]
    }
    assert (
        codes['insats'] == ['Bryggan']
        and codes['kommun'] == ['Norrstad', 'Örsele']
        and codes['kon'] == ['K', 'M', 'X']
    )
    assert 'personnummer' in ' '.join(str(c.value) for row in book['Läs mig'] for c in row)


def test_every_choice_can_be_read():
    for s in SCHEMAN.values():
        for k in s.kolumner:
            if k.typ == 'kod':
                assert [code_map(k.koder, F)[fold(c)] for c in choices(k, F)] == [
                    code for code, _, _ in code_names(k.koder, F)
                ]


def test_unknown_programme_and_unwritable_folder(tmp_path):
    with pytest.raises(UnknownError, match='bryggan'):
        write_mallar(F, tmp_path, 'okand')
    (tmp_path / 'fil').write_text('x')
    with pytest.raises(FolderError):
        write_mallar(F, tmp_path / 'fil', 'bryggan')
    assert [p.name for p in tmp_path.iterdir()] == ['fil']


TEXT = st.text(
    st.characters(codec='utf-8', exclude_categories=['C', 'Z']), min_size=1, max_size=15
).filter(lambda t: not has_personnummer(t) and not t.startswith('#') and '_x' not in t)


@example([('0', None, 'kostnad')] * 3 + [('0', 0.01, 'kostnad')])  # no sum of what is empty
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            TEXT | st.sampled_from(['=1+1', '+46', '-', '@x', '<b>', '1', '2024-05-00']),
            st.none() | st.integers(-(10**12), 10**12).map(lambda n: n / 100),
            st.sampled_from(['intakt', 'kostnad']),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_values_survive_a_template(rows):
    "Any values but days and signs that are handed back, as test_inlasning shows"
    rows = [r for r in rows if not re.match(r'\d+-(?:\d\d-[0-3]\d|[a-z]{3})', r[0], re.I)]
    assume(rows)
    day = pd.Timestamp('2024-01-01')
    values = pd.DataFrame(
        [
            dict(
                post=p,
                slag=s,
                insats=None,
                fran=day,
                till=day,
                budget=b,
                utfall=None,
                prognos=None,
                kalla=None,
            )
            for p, b, s in rows
        ]
    )
    out = io.BytesIO()
    make_mall(example_forbund(), ('ekonomi',), tabeller={'ekonomi': values}).save(out)
    found, notes, wrong, *_ = read_file(out.getvalue(), 'underlag/mall.xlsx')
    assert not wrong and not notes
    read, problems = check_table(found[0].celler.celler, SCHEMAN['ekonomi'], example_forbund(), 'x')
    assert (
        not [p for p in problems if not re.search('summarad|minustecken', p.vad)]
        and read.post.tolist() == values.post.tolist()
    )
    assert [None if pd.isna(b) else b for b in read.budget] == [b for _, b, _ in rows]


def test_marked_copy_of_a_workbook(tmp_path):
    (tmp_path / 'forbund.toml').write_bytes((SMALL / 'forbund.toml').read_bytes())
    (tmp_path / 'underlag').mkdir()
    book = Workbook()
    ws = book.active
    ws.title = 'Restider'
    for row in (
        ['Restider'],
        ['Från kommun', 'Till kommun', 'Färdsätt', 'Minuter'],
        ['Norrstad', 'Nånstans', 'buss', 'länge'],
        ['Norrstad', 'Örsele', 'bil', 20],
    ):
        ws.append(row)
    book.save(tmp_path / 'underlag/bok.xlsx')
    with pytest.raises(UnderlagError) as e:
        read_underlag(tmp_path)
    copy = load_workbook(
        write_marked_copy(
            tmp_path / 'underlag/bok.xlsx', e.value.problem, tmp_path / 'ut/att_ratta.xlsx'
        )
    )
    red = {
        c.coordinate
        for row in copy['Restider'].iter_rows()
        for c in row
        if c.fill.fgColor.rgb == '00FFC7CE'
    }
    assert red == {'B3', 'D3'} and 'inget tal' in copy['Restider']['D3'].comment.text
    assert copy.sheetnames[0] == 'Att rätta' and copy['Att rätta'].max_row == 3
    assert load_workbook(tmp_path / 'underlag/bok.xlsx').sheetnames == [
        'Restider'
    ]  # the source is untouched


def test_new_package_is_valid_and_never_overwrites(tmp_path):
    paths = new_package(tmp_path / 'ny')
    assert paths[0].name == 'forbund.toml' and read_underlag(tmp_path / 'ny').tabeller == {}
    with pytest.raises(FolderError):
        new_package(tmp_path / 'ny')
    new_package(
        tmp_path / 'x',
        namn='Förbundet "a\\b" {x}',
        kommuner=(('0665', 'Vaggeryd'), ('0643', 'Habo')),
        insatser=('!!', '??'),
        mote=dt.date(2026, 1, 2),
        data_till=dt.date(2026, 1, 1),
    )
    f = read_forbund(tmp_path / 'x')
    assert (
        f.namn == 'Förbundet "a\\b" {x}'
        and [i.id for i in f.insats] == ['del_1', 'del_2']
        and table_name('underlag') is None
    )


def test_a_template_in_use_is_never_written_over(tmp_path):
    paths = write_mallar(F, tmp_path)
    before = {p: p.read_bytes() for p in paths}
    book = load_workbook(paths[0])
    book['deltagare']['A2'] = 'P1'
    book.save(paths[0])
    begun = paths[0].read_bytes()
    with pytest.raises(FolderError, match='ifylld'):
        write_mallar(F, tmp_path)
    assert paths[0].read_bytes() == begun and all(p.read_bytes() == before[p] for p in paths[1:])
    paths[0].write_bytes(b'open elsewhere, or damaged')
    with pytest.raises(FolderError, match='ifylld'):
        write_mallar(F, tmp_path)
    assert [p.name for p in write_mallar(F, tmp_path, F.granskade[1].id)] == [paths[1].name]


def test_templates_can_be_printed_and_say_whose_they_are(tmp_path):
    book = load_workbook(write_mallar(F, tmp_path)[0])
    assert (
        book.properties.language == 'sv-SE'
        and F.granskade[0].namn in book.properties.title
        and book.security.lockStructure
    )
    for ws in book:
        assert (
            ws.page_setup.orientation == 'landscape'
            and ws.sheet_properties.pageSetUpPr.fitToPage
            and ws.print_title_rows == '$1:$1'
        ), ws.title
        assert {c.font.name for c in ws[1] if c.value} == {'Calibri'}, ws.title


@pytest.mark.parametrize(
    'name, data',
    [
        ('bok.xlsx', b'PK no workbook'),
        ('bok.xlsx', bytes.fromhex('d0cf11e0a1b11ae1')),
        ('deltagare.csv', b'\0\0'),
    ],
)
def test_what_cannot_be_read_cannot_be_marked(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnderlagError):
        write_marked_copy(
            tmp_path / name, [Problem(f'underlag/{name}', vad='x')], tmp_path / 'ut.xlsx'
        )
    assert not (tmp_path / 'ut.xlsx').exists()
