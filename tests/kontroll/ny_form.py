"An edition in the form that the gate prints, made by a rule of thumb that protects nobody"

import json
from dataclasses import replace

import numpy as np
import pandas as pd
from finsam_genomlysning.katalog.tabeller import build_tables
from finsam_genomlysning.ord.glossary import SAMTLIGA
from finsam_genomlysning.ord.tabell import Publicerad
from finsam_genomlysning.skydd.utgava import Utgava, round_published

K = 5
DETALJ = {'fran': '2023-07-01', 'till': '2024-06-30', 'text': 'juli 2023–juni 2024'}
REGLER = [
    {'regel': 'grans', 'varde': K, 'kalla': 'antagande'},
    {'regel': 'grans_andel', 'varde': 10, 'kalla': 'Styrelsen den 3 maj 2024'},
    {'regel': 'period', 'varde': 'halvar', 'kalla': 'antagande'},
    {'regel': 'oppna', 'varde': ['deltagare_ar'], 'kalla': 'antagande'},
    {'regel': 'sla_ihop', 'varde': [], 'kalla': 'antagande'},
]
OPPNA = 'deltagare_ar deltagare_halvar deltagare_kvartal per_medarbetare'
LEFT_OUT = [['deltagare_sysselsattning', 'deltagare', ['insats', 'sysselsattning_fore']]]
MERGED = {'deltagare_alder': ('aldersgrupp', ('45–66', 'Uppgift saknas'))}


def merge(pub, dim, codes):
    "Two categories as one in the whole table; shares are counted again"
    d, df = pub.definition, pub.df
    keys = [x.id for x in d.dims] + ['matt']
    counts = [m.id for m in d.matt if m.slag == 'antal']
    inside = df[dim].isin(codes)
    one = df[inside & df['matt'].isin(counts)].assign(**{dim: ' + '.join(codes)})
    one = one.groupby(keys, sort=False, as_index=False).agg({'varde': 'sum'})
    whole = df[(df[dim] == SAMTLIGA) & df['matt'].isin(counts)].set_index(keys[0])['varde']
    n = one[keys[0]].map(whole)
    shares = one.assign(matt='andel', varde=one['varde'] / n, n=n)
    return Publicerad(d, pd.concat([df[~inside], one, shares], ignore_index=True))


def hide(counts):
    "Which of a row's counts are withheld: the small, and one more where only one is"
    small = counts.between(1, K - 1)
    if small.sum() == 1 and len(counts) > 1:
        rest = counts[~small & (counts > 0)]
        if len(rest):
            small[rest.idxmin()] = True
    return small


def printed_rows(d, df):
    "The rows of a table as they are printed"
    *others, last = [x.id for x in d.dims]
    df = df.assign(skyddad='nej')
    sums = []
    for m in (m.id for m in d.matt if m.slag == 'antal'):
        mine = df[(df['matt'] == m) & (df[last] != SAMTLIGA)]
        for place, row in mine.groupby(others, sort=False) if others else [((), mine)]:
            off = hide(row['varde'])
            df.loc[off[off].index, 'skyddad'] = 'ja'
            total, whole = row.loc[off, 'varde'].sum(), row['varde'].sum()
            if off.sum() > 1 and K <= total < whole:
                head = dict(zip(others, place, strict=True))
                code = ' + '.join(row.loc[off, last])
                sums.append(head | {last: code, 'matt': m, 'varde': total, 'skyddad': 'grupp'})
    df = pd.concat([df, pd.DataFrame(sums)], ignore_index=True) if sums else df
    return df


def follow(d, df):
    "Shares go with their counts, and numbers of small bases with their bases"
    dims = [x.id for x in d.dims]
    hidden = df[df['skyddad'] == 'ja']
    for m in d.matt:
        if m.taljare:
            places = {tuple(r) for r in hidden.loc[hidden['matt'] == m.taljare, dims].to_numpy()}
            there = np.array([tuple(r) in places for r in df[dims].to_numpy()], dtype=bool)
            mine = (df['matt'] == m.id) & there
            df.loc[mine, 'skyddad'] = 'ja'
        if m.slag in ('andel', 'statistik'):
            df.loc[(df['matt'] == m.id) & (df['n'] < 10), 'skyddad'] = 'ja'
    df.loc[df['skyddad'] == 'ja', ['varde', 'n', 'lag', 'hog']] = np.nan
    for _, matt, spelled in (x for x in LEFT_OUT if x[0] == d.id):
        out = df['matt'].isin([matt, *(m.id for m in d.matt if m.taljare == matt)])
        for k in dims:
            out &= df[k].ne(SAMTLIGA) if k in spelled else df[k].eq(SAMTLIGA)
        df = df[~out]
    return df.reset_index(drop=True)


def in_new_form(underlag, mote):
    "The edition of a meeting, with made-up protection"
    tables = {}
    for id, pub in build_tables(underlag, mote).items():
        pub = merge(round_published(pub), *MERGED[id]) if id in MERGED else round_published(pub)
        d, df = pub.definition, pub.df.assign(skyddad='nej')
        if d.kalla.startswith('Deltagaruppgifter') and id not in OPPNA.split():
            df = follow(d, printed_rows(d, df))
        tables[id] = Publicerad(d, df)
    metod = {k: json.dumps(v) for k, v in (('detalj', DETALJ), ('regler', REGLER))}
    return Utgava(
        underlag.forbund,
        mote,
        tables,
        metod=metod | {'utelamnat': json.dumps(LEFT_OUT), 'sekretess': 'Skyddet.'},
    )


def at_one_time(u):
    "The same edition as it was before there were two clocks"
    return replace(u, metod={k: v for k, v in u.metod.items() if k != 'detalj'})
