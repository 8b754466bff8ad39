"""How long a folder with many participations takes to read: CSV and workbook, whole and faulty

python benchmarks/underlag.py [rows]
"""

import csv, datetime as dt, random, resource, sys, tempfile, time
from pathlib import Path
from openpyxl import Workbook
from finsam_genomlysning.ord.errors import UnderlagError
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.lasa.underlag import read_package_tables

HEAD = (
    'person insats kommun kon fodelsear remittent remissdatum startdatum slutdatum '
    'avslutsorsak forsorjning_fore forsorjning_efter '
    'sysselsattning_fore sysselsattning_efter omfattning_fore omfattning_efter nyanland'
).split()


def row(i, rng, wrong):
    first = dt.date(2019, 1, 1) + dt.timedelta(rng.randrange(1500))
    start = first + dt.timedelta(rng.randrange(60))
    return [
        f'P{i:06}',
        rng.choice(['Spår A', 'spar_b']),
        rng.choice(['Åsta', 'Nystan'] if wrong else ['Åstad', 'By']),
        rng.choice('KM'),
        rng.randrange(1955, 2004),
        'kommunen',
        first,
        start - dt.timedelta(100 * wrong),
        start + dt.timedelta(rng.randrange(400)),
        'arbete',
        'sjukpenning',
        'lon',
        'arbete',
        'arbete',
        rng.choice([0, 50, 100]),
        500 if wrong else 50,
        'nej',
    ]


def write(path, rows):
    if path.suffix == '.csv':
        with path.open('w', newline='', encoding='utf-8') as f:
            csv.writer(f, delimiter=';').writerows([HEAD, *rows])
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet('deltagare')
    for r in (HEAD, *rows):
        sheet.append(r)
    book.save(path)


def measure(name, rows):
    with tempfile.TemporaryDirectory() as d:
        path = Path(d, 'underlag', name)
        path.parent.mkdir()
        write(path, rows)
        t = time.process_time()
        tables, *_, problems = read_package_tables(Path(d), example_forbund())
        read = time.process_time() - t
        said = len(UnderlagError(problems).svenska) if problems else 0
        return read, path.stat().st_size, len(tables.get('deltagare', ())), len(problems), said


if __name__ == '__main__':
    n = int((sys.argv[1:] or [100_000])[0])
    base = None
    for name in ('deltagare.csv', 'alla.xlsx'):
        for wrong in (0, 1):
            rng = random.Random(1)
            s, size, got, bad, said = measure(name, [row(i, rng, wrong) for i in range(n)])
            base = base or s
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            print(f'{name:14} {n} rows {size / 1e6:5.0f} MB', end=' ')
            print(f'{s:6.1f} s ({s / base:4.1f} times the first),', end=' ')
            print(f'{got} read, {bad} problems in {said} characters, at most {most:.2f} GB')
