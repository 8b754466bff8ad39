"A made-up report with everything that a report can hold, as an executed notebook without a kernel"

from dataclasses import replace

import numpy as np
import pandas as pd
from finsam_genomlysning.visa import figurer, figurer_tid, ritytan
from finsam_genomlysning.ord.ordlista import ORDLISTA
from finsam_genomlysning.skriva.modell import as_notebook, read_report
from finsam_genomlysning.skriva.sokregister import register_data
from finsam_genomlysning.ord.sv import procent
from finsam_genomlysning.ord.tabell import Dim, Matt, Publicerad, Tabelldef
from finsam_genomlysning.visa.publicerat import (
    Uppstallning,
    published_cell,
    published_frame,
    published_table,
)
from finsam_genomlysning.visa.visning import (
    Cell,
    Figur,
    Nyckeltal,
    Omslag,
    Tabell,
    Text,
    plain_table,
    saknas,
)

KOMMUNER = {'adal': 'Ådal', 'berga': 'Berga', 'ceder': 'Cederköping', 'dalby': 'Dalby'}
ETIKETTER = {'kommun': KOMMUNER}
VARNING = 'Personerna i rapporten är påhittade. Inga tal om deltagare gäller verkliga människor.'


def avslut():
    "Four municipalities: two with numbers, one withheld, one not handed in"
    d = Tabelldef(
        'avslut',
        'Avslut',
        (Dim('kommun', 'Kommun'), Dim('kon', 'Kön', 'kon')),
        (
            Matt('antal', 'Avslutade', 'antal'),
            Matt('andel', 'Till arbete eller studier', 'andel'),
            Matt('tid', 'Mediantid', 'statistik', 'månader', 1),
        ),
        'Påhittat exempel 2024–2025',
    )
    base = {
        ('adal', 'Samtliga'): 95,
        ('adal', 'K'): 52,
        ('adal', 'M'): 43,
        ('berga', 'Samtliga'): 24,
        ('berga', 'K'): 14,
        ('berga', 'M'): 10,
        ('ceder', 'Samtliga'): 6,
        ('ceder', 'K'): 4,
        ('ceder', 'M'): 2,
        ('Samtliga', 'Samtliga'): 125,
        ('Samtliga', 'K'): 70,
        ('Samtliga', 'M'): 55,
    }
    rows = []
    for i, ((k, s), n) in enumerate(base.items()):
        a = 0.28 + 0.02 * (i % 4)
        rows += [
            (k, s, 'antal', n, n, None, None),
            (k, s, 'andel', a, n, a - 1 / n**0.5, a + 1 / n**0.5),
            (k, s, 'tid', 9 + i / 3, n, 7.5, 11.5),
        ]
    df = pd.DataFrame(rows, columns=['kommun', 'kon', 'matt', 'varde', 'n', 'lag', 'hog']).astype(
        {'varde': float, 'n': float, 'lag': float, 'hog': float}
    )
    df['skyddad'] = np.where(df['kommun'] == 'ceder', 'ja', 'nej')
    df.loc[df['skyddad'] == 'ja', ['varde', 'n', 'lag', 'hog']] = np.nan
    return Publicerad(d, df)


def figures():
    "One figure of each kind, with its data"
    with ritytan.apply_theme():
        flow = pd.DataFrame(
            {
                'period': [f'2025-{m:02}' for m in range(1, 13)],
                'nya': [3, 5, 4, 6, 2, 0, 1, 7, 5, 4, 6, 3],
                'avslutade': [1, 2, 4, 3, 4, 1, 0, 3, 4, 3, 5, 2],
                'hel': [True] * 11 + [False],
            }
        )
        yield Figur(
            figurer_tid.plot_flow(flow),
            figurer_tid.describe_flow(flow),
            'Nya, avslutade och pågående per månad 2025',
            'Påhittat exempel',
            'fig-flode',
            plain_table(
                flow,
                'Nya, avslutade och pågående',
                'Påhittat exempel',
                'data-flode',
                kolumner={
                    'period': 'Månad',
                    'nya': 'Nya',
                    'avslutade': 'Avslutade',
                },
            ),
        )
        part = published_frame(
            avslut(), 'andel', {'kommun': 'etikett'}, etiketter=ETIKETTER, utan_samtliga=True
        )
        yield Figur(
            figurer.plot_interval(part, (0.3, 'Hela förbundet'), 'andel'),
            figurer.describe_interval(part, (0.3, 'Hela förbundet'), 'andel'),
            'Andel till arbete eller studier per kommun',
            'Påhittat exempel',
            'fig-andel',
            published_table(
                avslut(),
                Uppstallning('Avslut per kommun', 'tab-avslut', 'kommun', ['andel']),
                ETIKETTER,
            ),
        )
        fm = pd.DataFrame(
            [[12, 3, 0], [4, 25, 7], [np.nan, 2, 18]],
            pd.Index(['Arbete', 'Studier', 'Övrigt'], name='Före'),
            pd.Index(['Arbete', 'Studier', 'Övrigt'], name='Efter'),
        )
        yield Figur(
            figurer.plot_matrix(fm),
            figurer.describe_matrix(fm),
            'Sysselsättning före och efter insatsen',
            'Påhittat exempel',
            'fig-matris',
            plain_table(
                fm.reset_index(),
                'Före och efter',
                'Påhittat exempel',
                'data-matris',
                kolumner={
                    'Före': 'Före',
                    'Arbete': 'Arbete',
                    'Studier': 'Studier',
                    'Övrigt': 'Övrigt',
                },
            ),
        )


def long_table():
    "Forty-five rows, so that it breaks across pages"
    rows = [
        (f'Post nummer {i}', i * 1234.5, i / 50, 'I arbete' if i % 3 else 'Planerad')
        for i in range(1, 46)
    ]
    df = pd.DataFrame(rows, columns=['namn', 'kr', 'andel', 'lage'])
    return plain_table(
        df,
        'Alla poster i handlingsplanen',
        'Påhittat exempel',
        'tab-lang',
        kolumner={'namn': 'Post', 'kr': 'Utfall (kr)', 'andel': 'Andel', 'lage': 'Läge'},
        form={'andel': procent},
        noter='Beloppen är avrundade',
    )


KONSULT = """# Samlad bedömning

Insatsen arbetar **nära deltagarna**, och fler kvinnor än män kommer vidare. Se [socialstyrelsen](https://www.socialstyrelsen.se/).

### Att tänka på

- Väntetiden är <b>inte</b> redovisad.
- Två kommuner saknar lokal.

> ”Jag fick den tid jag behövde.”

| Fråga | Svar |
|---|---|
| Lokal | Delas med vården |
"""


def parts(warning=VARNING):
    "What the notebook shows, in order"
    pub = avslut()
    share = published_cell(pub, 'andel')
    yield '# Anteckningsbokens egen rubrik'
    yield Omslag(
        'Spår A',
        'Rapport till förbundsstyrelsen',
        'Samordningsförbundet Exempel',
        '2026-03-16',
        amne='Insatsen Spår A: deltagare, resultat och ekonomi',
        varning=warning,
        kontakt='kansli@exempel.se',
        fakta={'Möte': 'Styrelsen', 'Uppgifter till och med': '31 januari 2026'},
    )
    yield '## Sammanfattning'
    yield Text(
        f'Av dem som avslutade gick {share.md} till arbete eller studier. '
        'Det är fler än vid förra mötet.',
        slag='ingress',
    )
    yield Nyckeltal(
        [
            ('Avslutade hittills', published_cell(pub, 'antal'), 'förra mötet 110'),
            ('Till arbete eller studier', share, 'målet är minst 30 %'),
            ('Mediantid i insatsen, månader', published_cell(pub, 'tid'), ''),
            ('Väntetid till start', Cell('Inte redovisat'), 'lämnas av insatsen'),
            ('Avslutade i Cederköping', published_cell(pub, 'antal', {'kommun': 'ceder'}), ''),
        ],
        'Läget i korthet',
        'nyckeltal',
    )
    yield Text('Mindre än fem personer redovisas inte.', slag='varning')
    yield (
        'Uppgifterna bygger på insatsens egna listor.[^1] '
        'Kostnaden var **1,2 miljoner kronor**.[^2]\n\n'
        '[^1]: Listorna lämnas varje månad.\n[^2]: Enligt *årsbokslutet*.'
    )
    yield '## Avslut\n\n### Per kommun'
    figs = list(figures())
    form = Uppstallning('Avslut per kommun', 'tab-avslut', 'kommun', ['antal', 'andel', 'tid'])
    yield published_table(pub, replace(form, koder=[*KOMMUNER, 'Samtliga']), ETIKETTER)
    yield figs[1]
    yield saknas('väntetid till start', 'insatsen')
    yield '### Kvinnor och män'
    yield Tabell(
        'Avslut efter kön och utfall',
        'Påhittat exempel',
        'tab-kon',
        ['Kommun', 'Antal', 'Till arbete', 'Antal', 'Till arbete'],
        [
            [
                'Ådal',
                Cell('52', 52),
                Cell('30\u00a0%', 0.3),
                Cell('43', 43),
                Cell('32\u00a0%', 0.32),
            ],
            [
                'Berga',
                Cell('14', 14),
                Cell('28\u00a0%', 0.28),
                Cell('10', 10),
                Cell('30\u00a0%', 0.3),
            ],
        ],
        grupper=[('Kvinnor', 2), ('Män', 2)],
    )
    yield figs[0]
    yield figs[2]
    yield Text(KONSULT, slag='konsult')
    yield '## Handlingsplan'
    yield '1. Först detta\n2. Sedan detta\n   - med en underpunkt'
    yield long_table()


def notebook(delar=None):
    "The parts as an executed notebook"
    return as_notebook(*(parts() if delar is None else delar))


INDEX = {
    'forbund': 'Samordningsförbundet Exempel',
    'titel': 'Genomlysning inför styrelsen 16 mars 2026',
    'undertitel': 'Åtta rapporter om behov, insatser och nyläge',
    'datum': '2026-03-16',
    'mote': 'Styrelsen',
    'varning': VARNING,
    'kontakt': 'kansli@exempel.se',
    'ingress': 'Varje rapport inleds med en halv sida som kan läsas för sig.',
    'fakta': {'Uppgifter till och med': '31 januari 2026'},
    'nyckeltal': [
        (
            'Deltagare 2025',
            Cell('214', 214, 'deltagare', {'kommun': 'Samtliga'}, 'antal'),
            'förra året 198',
        ),
        ('Till arbete eller studier', Cell('31\u00a0% (25–38)', 0.31), ''),
    ],
    'rapporter': [
        {
            'id': 'forbund',
            'titel': 'Hela förbundet',
            'slag': 'forbund',
            'beskrivning': 'Nyckeltal, ekonomi, mål och vad styrelsen föreslås besluta.',
            'avsnitt': [('avsnitt-deltagare', 'Deltagare')],
            'filer': {
                'html': ('forbund.html', 400_000),
                'pdf': ('forbund.pdf', 320_400),
                'docx': ('forbund.docx', 120_000),
            },
        },
        *(
            {
                'id': f'insats-{i}',
                'titel': f'Spår {i.upper()}',
                'slag': 'insats',
                'filer': {'html': (f'insats-{i}.html', 1), 'pdf': (f'insats-{i}.pdf', 1_320_400)},
            }
            for i in 'abc'
        ),
        *(
            {
                'id': f'kommun-{k}',
                'titel': n,
                'slag': 'kommun',
                'filer': {'html': (f'kommun-{k}.html', 1), 'pdf': (f'kommun-{k}.pdf', 210_000)},
            }
            for k, n in KOMMUNER.items()
        ),
    ],
    'ordlista': ORDLISTA,
    'register': register_data({'rapport.html': read_report(notebook())}),
    'nytt': ['Väntetid till start redovisas för Berga.'],
    'underlag': [
        {'href': 'manifest.json', 'text': 'Underlag, versioner och kontrollsummor (JSON)'}
    ],
    'tidigare': [
        {
            'href': '../2025-12-01/index.html',
            'titel': 'Utgåva till styrelsen',
            'datum': '1 december 2025',
        }
    ],
}
