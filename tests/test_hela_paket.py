"Whatever kontrollera accepts, rapporter builds: whole packages, drawn at random, up to the edition"

import datetime as dt
import shutil
import tempfile
from pathlib import Path
from conftest import SMALL
from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.gora.kontroll import check_package, render_faults
from finsam_genomlysning.ord.scheman import DELTAGARE, EKONOMI, VOLYMER

DAYS = st.dates(dt.date(2021, 1, 1), dt.date(2024, 8, 31))
MAYBE_DAY = st.none() | DAYS
AMOUNT = st.sampled_from(['', '0', '450000', '450 000', '12,5', '-300', '1 200 000 kr'])
COUNT = st.sampled_from(['0', '1', '4', '5', '17', '120'])
TOWN = st.sampled_from(['norrstad', 'orsele', 'Norrstad', ''])
PROGRAMME = st.sampled_from(['bryggan', 'farliga_namn'])
COST = {
    'post': 'Lokal',
    'slag': 'kostnad',
    'insats': 'bryggan',
    'fran': '2024-01-01',
    'till': '2024-06-30',
    'budget': '100',
    'utfall': '90',
}
NOBODY = {
    'insats': 'farliga_namn',
    'kommun': 'orsele',
    'fran': '2024-01-01',
    'till': '2024-06-30',
    'kon': 'K',
    'matt': 'deltagare',
    'antal': '0',
}  # all that a programme hands in is zero
SOME = NOBODY | {'insats': 'bryggan', 'kommun': '', 'kon': '', 'antal': '120'}
BUILT = []  # how many tables each accepted package gave


def line(schema, values):
    return ';'.join(str(values.get(k.namn) or '') for k in schema.kolumner)


def table(schema, rows):
    head = ';'.join(k.namn for k in schema.kolumner)
    return '\n'.join([head, *(line(schema, r) for r in rows)]) + '\n'


@st.composite
def participation(draw, n):
    came = draw(DAYS)
    start = draw(MAYBE_DAY)
    end = draw(MAYBE_DAY) if start else None
    return {
        'person': f'P{n:03}',
        'insats': draw(PROGRAMME) or 'bryggan',
        'kommun': draw(TOWN) or 'norrstad',
        'kon': draw(st.sampled_from('KMX')),
        'fodelsear': draw(st.sampled_from(['', '1960', '1985', '2005'])),
        'remissdatum': came,
        'startdatum': max(came, start) if start else None,
        'slutdatum': max(came, start, end) if start and end else None,
        'avslutsorsak': draw(st.sampled_from(['arbete', 'annat'])) if start and end else '',
        'omfattning_efter': draw(st.sampled_from(['', '0', '50', '75 %'])),
        'nyanland': draw(st.sampled_from(['', 'ja', 'nej'])),
    }


@st.composite
def people(draw):
    many = draw(st.integers(0, 14))
    return [draw(participation(n)) for n in range(many)]


MONEY = st.fixed_dictionaries(
    {
        'post': st.sampled_from(['Löner', 'Lokal', 'Medlemsavgifter', 'Resor 5*3']),
        'slag': st.sampled_from(['kostnad', 'intakt']),
        'insats': PROGRAMME,
        'fran': st.sampled_from(['2023-01-01', '2024-01-01']),
        'till': st.sampled_from(['2023-12-31', '2024-12-31', '2024-06-30']),
        'budget': AMOUNT,
        'utfall': AMOUNT,
    }
)
VOLUME = st.fixed_dictionaries(
    {
        'insats': PROGRAMME,
        'kommun': TOWN,
        'fran': st.just('2024-01-01'),
        'till': st.just('2024-06-30'),
        'kon': st.sampled_from(['K', 'M', '']),
        'matt': st.sampled_from(['deltagare', 'avslutade']),
        'antal': COUNT,
    }
)
TEXT = st.sampled_from(
    ['', 'Hej.', 'Från 5*3 till 6*3.', '- a\n- b', 'a\x0bb', '|a|\n|-|', 'Se [1].']
)


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    rows=people(),
    money=st.lists(MONEY, max_size=4),
    volumes=st.lists(VOLUME, max_size=4),
    text=TEXT,
)
@example(rows=[], money=[COST], volumes=[NOBODY, SOME], text='')
def any_package(rows, money, volumes, text):
    with tempfile.TemporaryDirectory() as d:
        package = Path(shutil.copytree(SMALL, Path(d) / 'p'))
        for schema, lines in ((DELTAGARE, rows), (EKONOMI, money), (VOLYMER, volumes)):
            path = package / 'underlag' / f'{schema.namn}.csv'
            path.unlink(missing_ok=True)
            if lines:
                path.write_text(table(schema, lines), encoding='utf-8')
        own = package / 'texter/2024-09-18/forbund/mal.md'
        own.write_text(text, encoding='utf-8')
        found = check_package(package, compute=False)
        if found.underlag and not [*found.problem, *render_faults(found.underlag)]:
            _build(found.underlag)
        assert all(p.vad and p.gor for p in found.problem)


def _build(underlag):
    utgava = prepare_edition(underlag, underlag.forbund.meeting()).utgava
    BUILT.append(len(utgava.tabeller))


def test_what_is_accepted_is_built():
    BUILT.clear()
    any_package()
    assert len(BUILT) > 1 and max(BUILT) > 10, BUILT
