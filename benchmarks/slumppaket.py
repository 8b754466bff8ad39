"""Whatever is accepted is built: random parts of the shipped packages, meeting after meeting

Run by hand: `nice python benchmarks/slumppaket.py [first [last]]`, numbers of the draws. A table is
gone, another has few of its rows, the board's rules are others, and between two meetings somebody
has come, left or been written in anew, or a number that was handed in is another. Each draw ends in
one line: built, refused with a sentence, stopped by the protection, or a fault – and a fault is one
of ours. The same number gives the same draw.
"""

import random
import re
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

import pandas as pd

from finsam_genomlysning.gora.kontroll import check_package
from finsam_genomlysning.gora.publicera import build_edition
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.ord.errors import DisclosureError

ROOT = Path(__file__).parents[1]
FORBUND = ('sodra_vatterbygden', 'finnveden', 'hoglandet', 'insjoriket')
PAKET = [ROOT / 'tests' / 'fixtur' / 'litet_forbund', *(ROOT / 'data' / f for f in FORBUND)]
REGLER = (
    ('visning', ['"avrundat"']),
    ('oppna', ['false']),
    ('period', ['"ar"', '"kvartal"']),
    ('grans', ['3', '10']),
)


def rows_of(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep=';', dtype=str, keep_default_na=False)


def thin_out(path: Path, rng: random.Random) -> None:
    "Few rows of a table, in their order"
    df = rows_of(path)
    many = min(len(df), rng.choice([1, 2, 3, 6, max(1, len(df) // 8), max(1, len(df) // 3)]))
    df.iloc[sorted(rng.sample(range(len(df)), many))].to_csv(path, sep=';', index=False)


def choose_rules(path: Path, rng: random.Random) -> None:
    "Other rules than the package's own"
    text = path.read_text(encoding='utf-8')
    for rule, values in REGLER:
        if rng.random() < 0.3:
            text = re.sub(rf'(?m)^{rule} *=.*\n', '', text)
            text = text if '[regler]\n' in text else f'{text}\n[regler]\n'
            line = f'[regler]\n{rule} = {rng.choice(values)}\n'
            text = text.replace('[regler]\n', line, 1)
    path.write_text(text, encoding='utf-8')


def meet_again(path: Path) -> None:
    "A package with one meeting gets two more, half a year and a year later"
    text = path.read_text(encoding='utf-8')
    days = re.findall(r'(?m)^datum = (\d{4}-\d\d-\d\d)\n(?=organ)', text)
    if len(days) == 1:
        first = pd.Timestamp(days[0])
        for months in (6, 12):
            day = first + pd.DateOffset(months=months)
            end = (day - pd.DateOffset(months=1)) + pd.offsets.MonthEnd(0)
            text += f'\n[[mote]]\ndatum = {day:%F}\norgan = "Styrelsen"\n'
            text += f'rubrik = "Nästa möte"\ndata_till = {end:%F}\n'
        path.write_text(text, encoding='utf-8')


def approve_notes(package: Path) -> None:
    "What the documents tell of few may be printed, whatever limit is drawn"
    notes = re.findall(
        r'"([^"]*\b[Ss]ju deltagare\b[^"]*)"', (package / 'forbund.toml').read_text()
    )
    if notes:
        lines = [f'[[rad]]\nfil = "forbund.toml"\nrad = "{n}"\nskal = "Öppet."' for n in notes]
        (package / 'texter').mkdir(exist_ok=True)
        (package / 'texter' / 'godkanda.toml').write_text('\n'.join(lines), encoding='utf-8')


def draw_package(target: Path, rng: random.Random) -> None:
    "A part of one of the shipped packages"
    source = rng.choice(PAKET)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns('.*'))
    figures = target / 'underlag' / 'uppgifter.csv'
    many_figures = len(rows_of(figures)) if figures.is_file() else 0
    for path in sorted((target / 'underlag').rglob('*.csv')):
        what = rng.random()
        if what < 0.2:
            path.unlink()
        elif what < 0.5:
            thin_out(path, rng)
    if rng.random() < 0.6:
        shutil.rmtree(target / 'scenarier', ignore_errors=True)
    if not figures.is_file() or len(rows_of(figures)) < many_figures:
        (target / 'underlag' / 'avstamningar.csv').unlink(missing_ok=True)
    choose_rules(target / 'forbund.toml', rng)
    meet_again(target / 'forbund.toml')
    approve_notes(target)


NUMBERS = {
    'volymer': ['antal'],
    'behov': ['antal', 'varde'],
    'uppgifter': ['varde'],
    'indikatorer': [f'fraga_{n}' for n in range(1, 8)],
    'progression': ['varde'],
    'stodenkat': ['instammer', 'instammer_inte'],
    'utbetalningar': ['utbetalt'],
}


def write_anew(path: Path, rng: random.Random) -> None:
    "What happens to a register between two meetings"
    df = rows_of(path)
    for n in range(rng.choice([0, 1, 2, 5])):
        row, what = rng.randrange(len(df)), rng.choice(['gone', 'kon', 'kommun', 'new'])
        if what == 'gone' and len(df) > 1:
            df = df.drop(index=df.index[row]).reset_index(drop=True)
        elif what in df:
            df.loc[row, what] = rng.choice(sorted(set(df[what])))
        elif what == 'new':
            more = df.iloc[[row]].assign(person=f'NY{n}-{rng.randrange(10**3)}')
            df = pd.concat([df, more], ignore_index=True)
    df.to_csv(path, sep=';', index=False)


def move_on(df: pd.DataFrame, years: int) -> pd.DataFrame:
    "The same rows a year later"
    days = [c for c in ('fran', 'till', 'datum') if c in df]
    moved = df.assign(**{c: df[c].str.replace(
        r'^\d{4}', lambda m: str(int(m[0]) + years), regex=True) for c in days})  # fmt: skip
    return moved if days else df.iloc[:0]


def hand_in_anew(path: Path, rng: random.Random) -> None:
    "What happens to a table that was handed in: a number is another, a row gone, a year is added"
    df = rows_of(path)
    columns = [c for c in NUMBERS[path.stem] if c in df]
    for _ in range(rng.choice([0, 1, 3])):
        row, column = rng.randrange(len(df)), rng.choice(columns)
        if df.loc[row, column].isdigit():
            most = {'indikatorer': 6, 'progression': 10}.get(path.stem, 10**9)
            now = int(df.loc[row, column]) + rng.choice([-2, -1, 1, 2, 7])
            df.loc[row, column] = str(min(max(now, 1), most))
    if path.stem in ('volymer', 'indikatorer', 'progression', 'stodenkat'):
        if rng.random() < 0.3 and len(df) > 1:
            df = df.drop(index=df.index[rng.randrange(len(df))])
        if rng.random() < 0.4:
            more = move_on(df, 1)
            df = pd.concat([df, more.drop(index=more.sample(frac=0.2, random_state=1).index)])
    df.to_csv(path, sep=';', index=False)


def try_draw(number: int, folder: Path) -> str:
    "How a draw ends"
    rng, package = random.Random(number), folder / 'paket'
    draw_package(package, rng)
    found = check_package(package, compute=False)
    if found.problem:
        return f'refused: {found.problem[0]}'
    meetings = sorted(m.datum for m in read_forbund(package).mote)
    chosen = sorted(rng.sample(meetings, rng.randint(1, min(3, len(meetings)))))
    register = package / 'underlag' / 'deltagare.csv'
    for day in chosen:
        build_edition(package, folder / 'ut', mote=str(day), formats=('html',), futures=20)
        if register.is_file():
            write_anew(register, rng)
        for path in sorted((package / 'underlag').glob('*.csv')):
            if path.stem in NUMBERS and rng.random() < 0.6:
                hand_in_anew(path, rng)
        if (later := check_package(package, compute=False)).problem:
            return f'refused after {day}: {later.problem[0]}'
    return f'built: {len(chosen)} meetings'


def main() -> None:
    given = [int(x) for x in sys.argv[1:3]]
    first, last = [*given, *(0, 20)[len(given) :]]
    for number in range(first, last):
        with tempfile.TemporaryDirectory() as d:
            try:
                said = try_draw(number, Path(d))
            except DisclosureError as e:
                said = f'stopped: {e}'
            except Exception as e:
                said = 'FAULT: ' + ''.join(traceback.format_exception(e)[-3:])
        print(number, said, flush=True)


if __name__ == '__main__':
    main()
