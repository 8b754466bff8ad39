"Edges and properties of Swedish numbers, dates and escaped text"

import math
from decimal import ROUND_HALF_UP, Decimal
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from finsam_genomlysning.ord import sv

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


@pytest.mark.parametrize('bad', ['2024-13', '24-01', '', 'maj'])
def test_other_periods_are_left_alone(bad):
    assert sv.manad(bad) == bad
