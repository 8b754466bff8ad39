"The audit: leaks made by hand, verdicts and their words, and whole editions"

import ast, json

import numpy as np
import pandas as pd
import pytest
from conftest import DEFAULT, ROOT, SMALL

from finsam_genomlysning.granska.granskning import (
    COLUMNS_OUT,
    LACKOR,
    UTSLAG,
    audit,
    audit_revisions,
    audit_with_earlier,
    audit_selections,
    describe_leaks,
    judge,
)
from finsam_genomlysning.granska.sidor import Uppslag, page_differs
from finsam_genomlysning.katalog.falt import Folkmangd, code_field, count_selections
from finsam_genomlysning.katalog.rakningar import Ruta
from finsam_genomlysning.ord.errors import FolderError
from finsam_genomlysning.ord.urval import select, selection_json
from finsam_genomlysning.skydd.grind import pass_gate
from finsam_genomlysning.skydd.utgava import write_edition

S = 'Samtliga'


# ---- editions made by hand ----


def write(folder, fields, tables):
    "An edition; table -> measure -> (field -> values, what is printed or None)"
    (folder / 'tabeller').mkdir(parents=True)
    cells = []
    for tabell, measures in tables.items():
        lines = ['plats;matt;varde;n;lag;hog;skyddad']
        for matt, counts in measures.items():
            for where, n in counts:
                plats = said(where) if where else S
                value, mark = ('', 'ja') if n is None else (n, 'nej')
                lines.append(f'{plats};{matt};{value};;;;{mark}')
                cells.append(
                    {
                        'tabell': tabell,
                        'matt': matt,
                        'plats': {'plats': plats} if where else {},
                        'folkmangd': 'p',
                        'urval': {f: list(v) for f, v in where.items()},
                    }
                )
        text = '\n'.join(lines) + '\n'
        (folder / 'tabeller' / f'{tabell}.csv').write_text(text, encoding='utf-8')
    about = {'falt': {f: {'varden': list(v)} for f, v in fields.items()}, 'celler': cells}
    path = folder / 'tabeller' / 'urval.json'
    path.write_text(json.dumps(about), encoding='utf-8')
    return folder


def said(where):
    return ' '.join(f'{f}:{"/".join(v)}' for f, v in sorted(where.items()))


def verdict(folder, tabell, where, grans=5, matt='antal'):
    d = audit_selections([folder], grans).set_index(['tabell', 'matt', 'plats'])
    r = d.loc[(tabell, matt, f'plats={said(where)}' if where else S)]
    return r['lag'], r['hog'], r['utslag']


def crossed(a, values_a, b, values_b, numbers):
    "A table of two fields with its margins, row by row, the margin last in each"
    places = [({a: x} if x else {}) | ({b: y} if y else {}) for x in values_a for y in values_b]
    return list(zip(places, numbers, strict=True))


KON, KOMMUN = ['K', 'M', None], ['h', 'j', None]


def test_leak_across_two_tables(tmp_path):
    one = [({'kon': 'K'}, None), ({'kon': 'M'}, None), ({}, 40)]
    two = crossed('kon', KON, 'kommun', KOMMUN, [20, 17, None, None, None, None, None, None, 40])
    folder = write(
        tmp_path / 'u', {'kon': 'KM', 'kommun': 'hj'}, {'a': {'antal': one}, 'b': {'antal': two}}
    )
    assert verdict(folder, 'a', {'kon': 'M'}) == (3, 3, 'exakt')
    d = audit(folder)
    assert set(d[(d.utslag == 'exakt') & (d.tabell == 'a')].ur) == {'a, b'}


def test_leak_by_non_negativity_only(tmp_path):
    "Nothing can be subtracted, everything is at most 4, and the diagonal is at least 2"
    numbers = [None, None, 7, None, None, 4, 9, 2, 11]
    t = crossed('r', ['1', '2', None], 'c', ['1', '2', None], numbers)
    folder = write(tmp_path / 'u', {'r': '12', 'c': '12'}, {'t': {'antal': t}})
    assert verdict(folder, 't', {'r': '2', 'c': '1'}) == (2, 4, 'inom')


@pytest.mark.parametrize(('alla', 'leaks'), [(11, True), (10, False)])
def test_leak_by_whole_numbers_only(tmp_path, alla, leaks):
    "Pairs of x, y, z are at most 7, so all three are at most 10, and the last of 11 is one"
    shown = [('xyp', 7), ('yzq', 7), ('xzr', 7), ('xyze', alla), ('eo', 4), ('e', None)]
    counts = [({'v': v}, n) for v, n in shown]
    folder = write(tmp_path / 'u', {'v': 'xyzpqreo'}, {'t': {'antal': counts}})
    low, high, word = verdict(folder, 't', {'v': 'e'})
    assert (word in LACKOR) == leaks
    if leaks:
        assert (low, high, word) == (1, 4, 'inom')


def pair(a, b, both):
    places = crossed(a, ['1', '2', None], b, ['1', '2', None], [0] * 9)
    numbers = [both, None, 10, None, None, 10, 10, 10, 20]
    return [(w, n) for (w, _), n in zip(places, numbers, strict=True)]


@pytest.mark.parametrize(
    ('ab', 'ac', 'word'), [(None, None, None), (9, None, None), (9, 2, (1, 3, 'inom'))]
)
def test_leak_in_three_tables_together_only(tmp_path, ab, ac, word):
    tables = {'ab': pair('a', 'b', ab), 'ac': pair('a', 'c', ac), 'bc': pair('b', 'c', None)}
    folder = write(
        tmp_path / 'u', dict.fromkeys('abc', '12'), {t: {'antal': x} for t, x in tables.items()}
    )
    found = verdict(folder, 'bc', {'b': '1', 'c': '1'})
    assert found == word if word else found[2] not in LACKOR


def test_leak_in_a_group_that_overlaps(tmp_path):
    t = [({'alder': ['16', '18']}, 37), ({'alder': ['18', '30']}, 24), ({}, 40)]
    folder = write(tmp_path / 'u', {'alder': ['16', '18', '30']}, {'t': {'antal': t}})
    d = audit_selections([folder])
    leaks = d[d.utslag.isin(LACKOR)]
    assert leaks[['lag', 'hog', 'utslag']].to_numpy().tolist() == [[3, 3, 'exakt']]
    assert leaks.plats.tolist() == ['Samtliga, utom plats=alder:16/18']


def test_leak_in_measures_that_sum(tmp_path):
    t = {
        'deltagare': [({'status': ['kvar', 'slut']}, 30)],
        'pagaende': [({'status': ['kvar']}, 27)],
        'avslutade': [({'status': ['slut']}, None)],
    }
    folder = write(tmp_path / 'u', {'status': ['vantar', 'kvar', 'slut']}, {'t': t})
    assert verdict(folder, 't', {'status': ['slut']}, matt='avslutade') == (3, 3, 'exakt')


def test_a_small_count_in_print_is_naked_and_only_that(tmp_path):
    t = [({'kon': 'K'}, 3), ({'kon': 'M'}, 37), ({}, 40)]
    folder = write(tmp_path / 'u', {'kon': 'KM'}, {'t': {'antal': t}})
    d = audit_selections([folder])
    assert d[d.utslag.isin(LACKOR)].utslag.tolist() == ['naken']


def test_a_printed_group_is_a_count_like_others(tmp_path):
    "Two withheld parts as one sum tell nothing; with one of them they tell the other"
    parts = [({'k': 'a'}, 20), ({'k': 'b'}, None), ({'k': 'c'}, None), ({'k': 'bc'}, 7), ({}, 27)]
    folder = write(tmp_path / 'u', {'k': 'abc'}, {'t': {'antal': parts}})
    assert not audit(folder).utslag.isin(LACKOR).any()
    told = [x if x[0] != {'k': 'b'} else (x[0], 5) for x in parts]
    folder = write(tmp_path / 'v', {'k': 'abc'}, {'t': {'antal': told}})
    assert verdict(folder, 't', {'k': 'c'}) == (2, 2, 'exakt')


# ---- the gate against the audit ----


def random_register(seed, n=60):
    rng = np.random.default_rng(seed)
    sizes = {'a': 2, 'b': 3, 'c': 4}
    fields = {
        f: code_field([f'{f}{x}' for x in rng.integers(0, k, n)], [f'{f}{x}' for x in range(k)])
        for f, k in sizes.items()
    }
    return Folkmangd('p', fields, tuple(sizes))


def asked(folk):
    values = {f: [*x.varden, None] for f, x in folk.falt.items()}
    found = []
    for x, y in (('a', 'b'), ('b', 'c')):
        size = len(values[x]) * len(values[y])
        found += [where for where, _ in crossed(x, values[x], y, values[y], [0] * size)]
    return [{f: [v] for f, v in where.items()} for where in found]


def edition_of(folk, folder, hidden):
    counts = list(dict.fromkeys(select('p', w) for w in asked(folk)))
    numbers = count_selections(folk, counts).tolist()
    rows = [
        (selection_json(u), None if u in hidden else n)
        for u, n in zip(counts, numbers, strict=True)
    ]
    return write(folder, {f: x.varden for f, x in folk.falt.items()}, {'t': {'antal': rows}})


def test_what_the_gate_lets_through_tells_nobody_and_less_would(tmp_path):
    checked = naive = 0
    for seed in range(6):
        folk = random_register(seed)
        rutor = [Ruta('t', str(w), (), select('p', w)) for w in asked(folk)]
        p = pass_gate(folk, rutor)
        small = {u for u, n in p.tal.items() if 1 <= n < p.k}
        less = audit(edition_of(folk, tmp_path / f'naiv{seed}', small))
        naive += int(less.utslag.isin(LACKOR).sum())
        limits = {
            (low, high)
            for s in p.sokningar
            for n, low, high in zip(s.tal, s.lag, s.hog, strict=True)
            if 1 <= n < p.k
        }
        if limits <= {(1, p.k)}:
            d = audit(edition_of(folk, tmp_path / f'grind{seed}', p.dold))
            assert not d.utslag.isin([*LACKOR, 'motsägelse']).any(), d[d.utslag.isin(LACKOR)]
            checked += 1
    assert checked >= 3 and naive > 0


# ---- verdicts and their words ----


@pytest.mark.parametrize(
    'lo,hi,shown,word',
    [
        (2, 2, True, 'naken'),
        (2, 2, False, 'exakt'),
        (0, 0, True, 'öppen'),
        (7, 7, True, 'öppen'),
        (1, 4, False, 'inom'),
        (0, 4, False, 'trång'),
        (0, 5, False, 'skyddad'),
        (5, 9, False, 'stor'),
        (0, 0, False, 'stor'),
        (np.inf, -np.inf, False, 'motsägelse'),
    ],
)
def test_verdicts(lo, hi, shown, word):
    assert judge(lo, hi, shown, 5) == word and word in UTSLAG


def found(*rows):
    return pd.DataFrame(rows, columns=COLUMNS_OUT)


def test_leaks_are_told_by_kind_with_number_table_and_pages():
    told = describe_leaks(
        found(
            ('a', 'deltagare', 'kon=M', False, 3, 3, 'exakt', 'a, b'),
            ('a', 'deltagare', 'kon=K', True, 2, 2, 'naken', 'a'),
            ('b', 'avslutade', 'kon=M', False, 1, 4, 'inom', 'b'),
            ('b', 'avslutade', 'kon=X', False, 5, np.inf, 'ändrad', 'b'),
            ('b', 'avslutade', 'kon=Y', False, 0, 9, 'skyddad', ''),
        ),
        {'a': ['forbund.html'], 'b': ['1', '2', '3', '4']},
    )
    assert list(told) == ['naken', 'exakt', 'inom', 'ändrad']
    (exakt,) = told['exakt']
    assert exakt.fil == 'tabeller/a.csv'
    assert exakt.vad == 'deltagare (kon=M) går att räkna ut: 3.'
    assert exakt.gor == 'Det framgår av a (forbund.html), b (4 sidor).'
    assert told['inom'][0].vad.endswith(': 1–4.')
    assert told['ändrad'][0].vad.endswith(': minst 5.')


def test_the_audit_shares_no_code_with_the_protection():
    for path in (ROOT / 'finsam_genomlysning' / 'granska').glob('*.py'):
        tree = ast.parse(path.read_text(encoding='utf-8'))
        names = [x.module or '' for x in ast.walk(tree) if isinstance(x, ast.ImportFrom)]
        names += [a.name for x in ast.walk(tree) if isinstance(x, ast.Import) for a in x.names]
        wings = {n.replace('finsam_genomlysning.', '').split('.')[0] for n in names}
        assert not wings & {'skydd', 'katalog', 'rakna', 'gora'}, path.name


# ---- several editions ----


def parts(folder, h, j, s):
    t = [({'kommun': 'h'}, h), ({'kommun': 'j'}, j), ({}, s)]
    return write(folder, {'kommun': 'hj'}, {'t': {'antal': t}})


def test_what_both_editions_tell_together_and_neither_alone(tmp_path):
    a, b = parts(tmp_path / 'a', None, None, 40), parts(tmp_path / 'b', None, 37, None)
    assert not audit(a).utslag.isin(LACKOR).any() and not audit(b).utslag.isin(LACKOR).any()
    d = audit_revisions(a, b).set_index('plats')
    assert d.loc['plats=kommun:h', ['lag', 'hog', 'utslag']].tolist() == [3, 3, 'revision']


def test_what_one_edition_tells_alone_is_not_told_again(tmp_path):
    a, b = parts(tmp_path / 'a', None, 37, 40), parts(tmp_path / 'b', None, 37, 40)
    assert audit(a).utslag.isin(LACKOR).any() and audit_revisions(a, b).empty


def test_a_number_that_was_changed_afterwards_is_told(tmp_path):
    a, b = parts(tmp_path / 'a', 20, 20, 40), parts(tmp_path / 'b', 20, 21, 41)
    assert set(audit_revisions(a, b).utslag) == {'ändrad'}
    assert audit_revisions(a, parts(tmp_path / 'c', 20, 20, 40)).empty


def opened(folder, many):
    "The first counts of an edition, declared open"
    path = folder / 'tabeller' / 'urval.json'
    said = json.loads(path.read_text(encoding='utf-8'))
    said['celler'] = [c | {'oppen': True} for c in said['celler'][:many]] + said['celler'][many:]
    path.write_text(json.dumps(said), encoding='utf-8')
    return folder


def test_open_counts_follow_the_register_and_detail_does_not(tmp_path):
    "A late row changes what is open; where something is protected, it is still a finding"
    for many, told in ((3, set()), (2, {'ändrad'})):
        a = opened(parts(tmp_path / f'a{many}', 20, 20, 40), many)
        b = opened(parts(tmp_path / f'b{many}', 20, 21, 41), many)
        assert set(audit_revisions(a, b).utslag) == told


def test_it_is_told_which_edition_it_takes(tmp_path):
    a, b = parts(tmp_path / 'a', None, None, 40), parts(tmp_path / 'b', None, 37, None)
    c = parts(tmp_path / 'c', None, None, None)
    assert audit_with_earlier(c, [a]).empty and audit_with_earlier(b, []).empty
    assert 'plats=kommun:h mot utgåvan a' in set(audit_with_earlier(b, [a]).plats)
    (told,) = set(audit_with_earlier(c, [a, b]).utslag)
    assert told == 'revision'


def test_an_edition_that_says_not_what_it_counts(tmp_path):
    a, b = parts(tmp_path / 'a', 20, 20, 40), parts(tmp_path / 'b', 20, 21, 41)
    (a / 'tabeller' / 'urval.json').unlink()
    assert audit_with_earlier(b, [a]).empty and list(audit_with_earlier(b, [a])) == COLUMNS_OUT
    with pytest.raises(FolderError) as e:
        audit(a)
    assert 'urval.json' in e.value.svenska


# ---- whole editions ----


@pytest.mark.parametrize('package', [DEFAULT, SMALL], ids=lambda p: p.name)
def test_what_is_read_out_of_a_whole_edition_is_true(package, prepared, tmp_path):
    "No interval leaves out the true number, and nobody is read out"
    content = prepared(package)
    write_edition(content.utgava, tmp_path)
    true = {}
    for x in content.post.rutor:
        place = ', '.join(f'{d}={v}' for d, v in sorted(x.ruta.plats)) or S
        true[x.ruta.tabell, x.ruta.matt, place] = x.tal
    d = audit(tmp_path)
    d['sant'] = [true.get(k, np.nan) for k in zip(d.tabell, d.matt, d.plats, strict=True)]
    known = d[d.sant.notna()]
    assert len(known) > 190 and known.visas.any() and (~known.visas).any()
    assert known[(known.sant < known.lag) | (known.sant > known.hog)].empty
    assert not d.utslag.isin([*LACKOR, 'motsägelse']).any()


def test_a_publisher_may_have_a_number_in_its_name(small_edition):
    "The foot of a page says the name once more than its notebook does"
    html = (small_edition / 'forbund.html').read_text(encoding='utf-8')
    nb = (small_edition / 'notebooks' / 'forbund.ipynb').read_text(encoding='utf-8')
    assert 'Samordningsförbundet Ån' in html and 'Samordningsförbundet Ån' in nb

    def differs(page, name):
        said = page.replace('Samordningsförbundet Ån', name)
        own = json.loads(nb.replace('Samordningsförbundet Ån', name))
        return page_differs(Uppslag(said), own)

    assert not differs(html, 'Samordningsförbundet Ån 7')
    assert differs(html.replace('</main>', '<p>7</p></main>'), 'Samordningsförbundet Ån 7')
