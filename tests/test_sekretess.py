"Disclosure control: edges, leaks by hand, and properties on random linked tables"
import numpy as np, pandas as pd, pytest
from finsam_genomlysning.sekretess import check_text, describe_protection, protect, share_withheld
from finsam_genomlysning.tabeller import Dim, Matt, Publicerad, Tabelldef

DELTAGARE = Matt('deltagare', 'Deltagare', 'antal')


def table(id, dims, rows, matt=(DELTAGARE,), **k):
    "rows: {(coordinates..., measure): (value, n)} or {coordinates: value}"
    out = []
    for key, v in rows.items():
        *c, m = key if len(key) == len(dims) + 1 else (*key, matt[0].id)
        v, n = v if isinstance(v, tuple) else (v, np.nan)
        out.append(dict(zip(dims, c, strict=True), matt=m, varde=float(v), n=float(n), lag=np.nan, hog=np.nan))
    overlap = k.pop('overlap', ())
    ds = tuple(Dim(d, d, additiv=d not in overlap) for d in dims)
    return Publicerad(Tabelldef(id, id.capitalize(), ds, tuple(matt), 'påhittat', **k), pd.DataFrame(out, columns=[*dims, 'matt', 'varde', 'n', 'lag', 'hog']))


def status(p): return dict(zip([tuple(r) for r in p.df[[*(d.id for d in p.definition.dims), 'matt']].to_numpy()], p.df.skyddad, strict=True))


def test_nothing_small_nothing_withheld():
    t = table('a', ['kon'], {('K',): 12, ('M',): 8, ('Samtliga',): 20})
    assert share_withheld(protect({'a': t})).andel.tolist() == [0]
    assert 'Ingen uppgift' in describe_protection(protect({'a': t}))


def test_no_tables_and_empty_table():
    assert protect({}) == {}
    assert 'skyddad' in protect({'a': table('a', ['kon'], {})})['a'].df


def test_input_is_untouched():
    t = table('a', ['kon'], {('K',): 2, ('M',): 18, ('Samtliga',): 20})
    before = t.df.copy()
    protect({'a': t})
    pd.testing.assert_frame_equal(t.df, before)


def test_small_count_takes_a_sibling_along():
    s = status(protect({'a': table('a', ['kon'], {('K',): 2, ('M',): 18, ('Samtliga',): 20})})['a'])
    assert s == {('K', 'deltagare'): 'ja', ('M', 'deltagare'): 'ja', ('Samtliga', 'deltagare'): 'nej'}


def test_complement_of_an_overlapping_group():
    s = status(protect({'a': table('a', ['grupp'], {('18_29',): 18, ('Samtliga',): 20}, overlap=['grupp'])})['a'])
    assert 'ja' in s.values()


def test_share_falls_with_numerator_complement_and_base():
    m = (Matt('avslutade', 'Avslutade', 'antal'), Matt('till_arbete', 'Till arbete', 'antal'), Matt('andel', 'Andel', 'andel', taljare='till_arbete'))
    def one(n, x): return status(protect({'a': table('a', ['insats'], {('a', 'avslutade'): n, ('a', 'till_arbete'): x, ('a', 'andel'): (x / n, n)}, m)})['a'])
    assert one(40, 20)['a', 'andel'] == 'nej'
    assert one(40, 3)['a', 'andel'] == 'ja'
    assert one(40, 37)['a', 'andel'] == 'ja'
    assert one(9, 5)['a', 'andel'] == 'ja'
    assert set(one(4, 2).values()) == {'ja'}


def test_statistic_falls_with_its_base_and_n_goes_too():
    m = (Matt('median', 'Median', 'statistik'), )
    d = protect({'a': table('a', ['insats'], {('a', 'median'): (7.5, 3), ('b', 'median'): (8.5, 30)}, m)})['a'].df
    assert d.skyddad.tolist() == ['ja', 'nej'] and d.n.isna().tolist() == [True, False] and d.varde.isna().tolist() == [True, False]


def test_open_measure_is_nobodys_secret():
    m = (Matt('belopp', 'Belopp', 'oppet'), )
    assert protect({'a': table('a', ['post'], {('x', 'belopp'): 3}, m)})['a'].df.skyddad.tolist() == ['nej']


@pytest.mark.parametrize('text', ['811218-9876', '19811218-9876', '198112189876', '811218+9876', '811218 9876', '8112189876', '1981-12-18-9876', '811278-9873', '19 811218–9876'])
def test_personnummer_in_every_spelling(text):
    found = check_text(f'Född {text} i Habo', 'x.md')
    assert found and 'personnummer' in found[0].vad and text not in str(found[0])


@pytest.mark.parametrize('text', ['222000-1234', '811218-9875', '2024-11-20', '150 000 kr', 'SFS 2003:1210', 'dnr 2024/0123-45', '0680', 'tel', '18–29 år', '1 000 personer',
                                  'en person', 'antal från 1 till 4 personer', '2,5 deltagare', '3 % av deltagarna', 'två medarbetare', 'https://kolada.se/x'])
def test_ordinary_text_passes(text): assert check_text(text, 'x.md') == []


@pytest.mark.parametrize('text,word', [('skriv till a.b@c.se', 'e-post'), ('ring 036-10 50 00', 'telefon'), ('ring +46 70 174 06 05', 'telefon'), ('0701740605', 'telefon'),
                                       ('tre deltagare', 'antal'), ('3 personer', 'antal'), ('Två unga kvinnor', 'antal'), ('en av deltagarna', 'antal'), ('fyra av deltagarna', 'antal')])
def test_text_that_gives_away(text, word): assert word in check_text('första raden\n' + text, 'x.md')[0].vad and check_text('\n' + text, 'x.md')[0].rad == 2
