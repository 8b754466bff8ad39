"""Each figure looks as it did: small pictures compared block by block

Another version of matplotlib may move a line by a point but not lose one.
"""

import io, re, sys
from pathlib import Path
import matplotlib

matplotlib.use('agg')
import matplotlib.image as mpimg
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from finsam_genomlysning.skriva.writer_html import dark_style
from finsam_genomlysning.visa import figurer, figurer_nylage, figurer_tid
from finsam_genomlysning.visa.ritytan import apply_theme

DRAWN = {
    n.removeprefix('plot_'): getattr(m, n)
    for m in (figurer, figurer_nylage, figurer_tid)
    for n in m.__all__
    if n.startswith('plot_')
}
FOLDER = Path(__file__).parent / 'fixtur' / 'bilder'
NAN = float('nan')
FRAMES = {
    'flow': dict(
        df=pd.DataFrame(
            {
                'period': ['2022', '2023', '2024'],
                'nya': [20, 12, NAN],
                'avslutade': [5, 9, 14],
                'hel': [True, True, False],
            }
        )
    ),
    'grouped': dict(
        df=pd.DataFrame(
            {
                'etikett': ['Kommunen', 'Kommunen', 'Regionen', 'Regionen'],
                'del': ['Kvinnor', 'Män'] * 2,
                'varde': [12, 7, 9, NAN],
                'skyddad': ['nej', 'nej', 'nej', 'ja'],
            }
        )
    ),
    'spine': dict(
        df=pd.DataFrame(
            {
                'grupp': 'Vägen in',
                'etikett': ['Väntan till start', 'Till arbete eller studier'],
                'bas': '',
                'varde': [46, 0.37],
                'lag': [41, 0.27],
                'hog': [58, 0.48],
                'mot': [34, 0.31],
                'text': ['46 dagar', '37 %'],
                'mottext': ['34 dagar', '31 %'],
                'ord': ['säkert', 'kan vara slump'],
            }
        ),
        egen='Spår A',
        mot='alla',
    ),
    'survival': dict(
        df=pd.DataFrame(
            {
                'manad': [3, 6, 12, 3, 6, 12],
                'varde': [0.95, 0.8, 0.5, 0.9, 0.7, 0.35],
                'lag': [0.9, 0.7, 0.4, 0.8, 0.6, 0.25],
                'hog': [0.98, 0.88, 0.6, 0.95, 0.8, 0.45],
                'grupp': ['Spår A'] * 3 + ['Alla'] * 3,
            }
        )
    ),
    'interval': dict(
        df=pd.DataFrame(
            {
                'etikett': ['Åstad', 'By', 'Ön'],
                'varde': [1.2, 0.6, NAN],
                'lag': [0.8, 0.2, NAN],
                'hog': [1.7, 1.4, NAN],
                'n': [30, 8, NAN],
                'skyddad': ['nej', 'nej', 'ja'],
            }
        ),
        reference=(1.0, 'förbundet'),
        enhet='per 1 000',
        dec=1,
    ),
    'bars': dict(
        df=pd.DataFrame(
            {'etikett': ['Ohälsa', 'Ekonomiskt bistånd', 'Annat'], 'varde': [0.5, 0.3, 0.2]}
        ),
        enhet='andel',
    ),
    'matrix': dict(
        df=pd.DataFrame(
            [[20, 5, NAN], [8, 40, 11]],
            index=pd.Index(['Ohälsa', 'Bistånd'], name='Före'),
            columns=pd.Index(['Ohälsa', 'Egen', 'Annat'], name='Efter'),
        )
    ),
    'trend': dict(
        df=pd.DataFrame(
            {
                'period': ['2021', '2022', '2023'] * 2,
                'varde': [4.0, 4.5, 4.2, 5.0, 5.1, 5.6],
                'serie': ['Åstad'] * 3 + ['Riket'] * 3,
            }
        ),
        enhet='%',
    ),
    'process': dict(
        df=pd.DataFrame(
            {
                'etikett': ['A Behov', 'B Nuläge', 'D Nyläge'],
                'start': ['2024-05-01', '2024-08-01', '2024-12-01'],
                'slut': ['2024-09-30', '2024-10-31', '2025-03-31'],
                'status': ['klar', 'pågår', 'planerad'],
            }
        ),
        dag='2024-10-16',
    ),
    'gains': dict(
        df=pd.DataFrame(
            [
                dict(matt=m, scenario=s, kommun=k, varde=v, dec=0, utslag=u)
                for m, s, k, v, u in (
                    ('Väntetid, dagar', 'Lokalt', 'Ådal', -6, 'Bättre'),
                    ('Väntetid, dagar', 'Lokalt', 'By', 13, 'Kan inte avgöras'),
                    ('Väntetid, dagar', 'Nav', 'Ådal', -4, 'Kan inte avgöras'),
                    ('Väntetid, dagar', 'Nav', 'By', 9, 'Sämre'),
                    ('Restid, timmar', 'Lokalt', 'Ådal', -80, 'Bättre'),
                )
            ]
        )
    ),
    'frontier': dict(
        df=pd.DataFrame(
            {
                'scenario': ['Samlat'] * 3 + ['Lokalt'] * 2,
                'alla': [20.0, 15, 12, 18, 16],
                'samst': [22.0, 30, 45, 50, 70],
            }
        ),
        punkter=pd.DataFrame(
            {
                'scenario': ['Samlat', 'Lokalt', 'Annat'],
                'alla': [24.0, 19, 2],
                'samst': [40.0, 62, 9],
            }
        ),
    ),
    'pairs': dict(
        df=pd.DataFrame({'etikett': ['Åstad', 'By'], 'behov': [0.7, 0.3], 'deltagare': [0.6, 0.4]})
    ),
}


def picture(name, smal=False):
    how = dict(FRAMES[name])
    with apply_theme():
        ax = DRAWN[name](how.pop('df'), smal=smal, **how)
        out = io.BytesIO()
        ax.figure.savefig(out, format='png', dpi=60, metadata={'Software': None})
        plt.close(ax.figure)
    return out.getvalue()


def blocks(png, size=8):
    grey = mpimg.imread(io.BytesIO(png), format='png')[..., :3].mean(axis=2)
    h, w = (n - n % size for n in grey.shape)
    return grey[:h, :w].reshape(h // size, size, w // size, size).mean(axis=(1, 3))


def difference(a, b):
    a, b = blocks(a), blocks(b)
    if abs(a.shape[0] - b.shape[0]) > 1 or abs(a.shape[1] - b.shape[1]) > 1:
        return 1.0
    h, w = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    return float(np.abs(a[:h, :w] - b[:h, :w]).mean())


@pytest.mark.parametrize('smal', [False, True], ids=['1280', '390'])
@pytest.mark.parametrize('name', FRAMES)
def test_looks_as_it_did(name, smal):
    kept = FOLDER / f'{name}{"-smal" if smal else ""}.png'
    assert difference(picture(name, smal), kept.read_bytes()) < 0.01


def test_a_lost_line_is_seen():
    how = FRAMES['trend']
    before = picture('trend')
    FRAMES['trend'] = dict(how, df=how['df'].iloc[:3])
    try:
        assert difference(picture('trend'), before) > 0.01
    finally:
        FRAMES['trend'] = how


def drawn(name, smal, **how):
    "The axes of a figure, laid out"
    with apply_theme():
        ax = DRAWN[name](smal=smal, **how)
        ax.figure.canvas.draw()
    return ax


def test_shares_are_drawn_to_a_whole_and_a_phone_has_room_for_its_ticks():
    row = pd.DataFrame({'etikett': ['A'], 'varde': [0.27], 'lag': [0.2], 'hog': [0.37]})
    for smal, ticks in ((False, 5), (True, 3)):
        ax = drawn('interval', smal, df=row, enhet='andel')
        assert ax.get_xlim()[1] == pytest.approx(1.02)
        assert len([x for x in ax.get_xticks() if x <= 1.02]) == ticks
        plt.close(ax.figure)


def test_the_key_of_a_phone_stays_in_the_picture():
    long = 'Bästa fördelningarna, ett förslag med ett mycket långt namn som inte ryms'
    ax = drawn('spine', True, **{**FRAMES['spine'], 'egen': long})
    box = ax.get_legend().get_window_extent()
    assert 0 <= box.x0 and box.x1 <= ax.figure.bbox.x1
    plt.close(ax.figure)


def test_every_colour_of_a_hatched_bar_has_its_dark_one():
    out = io.BytesIO()
    with apply_theme():
        figurer_tid.plot_flow(FRAMES['flow']['df']).figure.savefig(out, format='svg')
    own = set(re.findall(r'<(\w+)[^>]* fill="(#\w+)"', out.getvalue().decode()))
    assert own and all(f'{tag}[fill="{colour}"]' in dark_style() for tag, colour in own)


def test_every_figure_function_has_a_picture():
    assert set(FRAMES) == set(DRAWN)


if __name__ == '__main__' and sys.argv[1:] == ['ny']:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in FRAMES:
        (FOLDER / f'{name}.png').write_bytes(picture(name))
        (FOLDER / f'{name}-smal.png').write_bytes(picture(name, True))
