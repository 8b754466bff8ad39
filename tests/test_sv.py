"Edges and properties of Swedish numbers, dates and escaped text"

import math
import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
import finsam_genomlysning
from finsam_genomlysning.ord import perioder, sv
from finsam_genomlysning.ord.errors import UnknownError

PAKET = Path(finsam_genomlysning.__file__).parent
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)


def parse(text):
    return Decimal(text.replace(sv.SMAL, '').replace(',', '.').replace(sv.MINUS, '-'))


@given(NUMBERS, st.integers(0, 4))
def test_a_printed_number_is_the_number_rounded_half_up(x, dec):
    assert parse(sv.tal(x, dec)) == Decimal(repr(x)).quantize(
        Decimal(1).scaleb(-dec), ROUND_HALF_UP
    )


@given(NUMBERS, st.integers(0, 4))
def test_thousands_and_minus(x, dec):
    text = sv.tal(x, dec)
    assert '-' not in text and '.' not in text and ' ' not in text
    whole = text.lstrip(sv.MINUS).split(',')[0]
    assert (
        all(len(g) == 3 for g in whole.split(sv.SMAL)[1:])
        and 1 <= len(whole.split(sv.SMAL)[0]) <= 3
    )
    assert not text.startswith(sv.MINUS) or parse(text) < 0


@pytest.mark.parametrize('x', [None, math.nan, math.inf, -math.inf, pd.NA, pd.NaT, float('nan')])
def test_unknown_is_said_in_words(x):
    assert sv.tal(x) == sv.procent(x) == sv.kronor(x) == 'Inte redovisat'
    assert sv.intervall(x, x) == 'Inte redovisat'


def test_zero_is_a_number():
    assert (sv.tal(0), sv.procent(0), sv.kronor(0.0)) == ('0', '0\u00a0%', '0\u00a0kr')


@given(st.floats(0, 1), st.integers(0, 2))
def test_shares_are_rounded_once(andel, dec):
    shown = Decimal(sv.procent(andel, dec).removesuffix('\u00a0%').replace(',', '.'))
    assert shown == (Decimal(repr(andel)) * 100).quantize(Decimal(1).scaleb(-dec), ROUND_HALF_UP)


@given(NUMBERS, NUMBERS)
def test_an_interval_cannot_be_misread(a, b):
    text = sv.intervall(min(a, b), max(a, b), 1)
    parts = text.split(' till ') if sv.MINUS in text else text.split('–')
    assert [parse(p) for p in parts] == [parse(sv.tal(x, 1)) for x in (min(a, b), max(a, b))]


@given(st.text())
def test_escaped_data_is_shown_literally(text):
    text = ''.join(c for c in text if c.isprintable())
    tokens = MarkdownIt('commonmark', {'html': False}).parse(sv.md(text))
    shown = ''.join(c.content for t in tokens for c in t.children or [])
    assert shown == ' '.join(text.split())
    assert {t.type for t in tokens} <= {'paragraph_open', 'inline', 'paragraph_close'}


@pytest.mark.parametrize('bad', ['2024-13', '24-01', '', 'maj', '2024-K'])
def test_what_is_no_period_is_left_alone(bad):
    assert perioder.name_period(bad) == bad


@given(st.sampled_from('YHQM'), st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 900))
def test_a_code_has_the_days_that_it_was_made_of(steg, forsta, dagar):
    till = forsta + timedelta(days=dagar)
    made = perioder.calendar_periods(forsta, till, steg)
    days = [perioder.period_days(code) for code in made]
    assert [d[0] for d in days] == [d[0] for d in made.values()]
    assert [d[1] for d in days[:-1]] == [d[1] for d in list(made.values())[:-1]]
    assert days[0][0] <= forsta and list(made.values())[-1][1] == till <= days[-1][1]
    assert all(b[0] - a[1] == timedelta(days=1) for a, b in zip(days, days[1:], strict=False))


def test_a_half_year_is_printed_one_way():
    assert perioder.name_period('2024-H1') == 'första halvåret 2024'
    assert perioder.period_label('2024-H1') == 'Första halvåret 2024'
    assert perioder.name_period('2024-H2', kort=True) == 'H2 2024'


@pytest.mark.parametrize(
    'wrong', ['2024-H3', '2024-K0', '2024-T4', '2024-02-30', '2024-06/2024-05']
)
def test_a_period_that_cannot_be_is_refused(wrong):
    with pytest.raises(UnknownError) as e:
        perioder.period_days(wrong)
    assert e.value.got == wrong


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)))
def test_twelve_months_are_a_year(till):
    fran = perioder.last_12_months(till)
    assert (till - fran).days in (364, 365)
    assert perioder.last_12_months(date(2024, 2, 29)) == date(2023, 3, 1)


def test_only_one_thousands_separator_is_made():
    made = [p.name for p in PAKET.rglob('*.py') if re.search(r':,[.}{]', p.read_text('utf-8'))]
    assert made == ['sv.py']


def test_nothing_that_is_read_rounds_a_half_to_the_even_neighbour():
    read = [*(PAKET / 'visa').glob('*.py'), PAKET / 'skydd' / 'utgava.py']
    even = re.compile(r'(?<![\w.])round\(|\.round\(|np\.rint')
    places = {p.name: len(even.findall(p.read_text('utf-8'))) for p in read}
    # a size in millimetres, whether a number has decimals, what `half_up` mends at once, and
    # whether two lists have the same amount
    known = {'visning.py': 1, 'skillnader.py': 1, 'utgava.py': 1, 'styrning.py': 1}
    assert {k: n for k, n in places.items() if n} == known
