"""Everything that takes time, side by side in one run

python benchmarks/allt.py                     all parts: some twenty minutes on two quiet cores
python benchmarks/allt.py bygge kommandon     some of them: bygge, kommandon, skydd, scenarier,
                                              lasning, kluster

Each line has seconds, CPU seconds of all processes that took part, and its ratio to the first line
of its part. The floor is one plain process that runs every report notebook and writes it in three
formats from tables that are there; stock is papermill with a kernel a report and the same writers.
"""

import random, shutil, subprocess, sys, tempfile, time
from pathlib import Path

import papermill
from land import Watch, build as build_country, make_country
from nylage import ours, theirs
from sekretess import build as protect, package as package_of_size
from underlag import measure as read_rows, row

from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.gora.installningar import package_folder
from finsam_genomlysning.gora.plan import plan_reports
from finsam_genomlysning.gora.rapport import run_report_at
from finsam_genomlysning.lasa.scenarier import read_scenarier
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skriva.modell import read_report
from finsam_genomlysning.skriva.writer_docx import write_docx
from finsam_genomlysning.skriva.writer_html import write_html
from finsam_genomlysning.skriva.writer_pdf import write_pdf
from finsam_genomlysning.skydd.utgava import write_edition

GENOMLYSNING = (sys.executable, '-m', 'finsam_genomlysning')
MEETING = '2024-11-20'


class Table:
    "Lines of one part, each beside the first"

    def __init__(self, part):
        self.first = None
        print(f'\n{part:44}{"s":>9}{"CPU s":>9}{"ratio":>9}', flush=True)

    def line(self, name, wall, cpu):
        self.first = self.first or cpu
        print(f'{name:44}{wall:9.2f}{cpu:9.2f}{cpu / self.first:9.2f}', flush=True)

    def here(self, name, work, *args):
        "What a piece of work in this process takes"
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work(*args)
        self.line(name, time.perf_counter() - wall, time.process_time() - cpu)
        return answer

    def command(self, name, *words):
        "What a command takes, with every process below it"
        wall = time.perf_counter()
        with Watch(0.05) as watch:
            done = subprocess.run([*map(str, words)], stdout=subprocess.DEVNULL, check=False)
        self.line(name, time.perf_counter() - wall, sum(watch.cpu.values()))
        if done.returncode:
            print(f'  ended with {done.returncode}')


def every_plan(underlag):
    return plan_reports(underlag.forbund, None, True)


def asked_for(plan):
    return dict(utgava='..', forra='', **dict(plan.parametrar))


def write_all(nb, id):
    report = read_report(nb, id)
    return [write(report) for write in (write_html, write_pdf, write_docx)]


def plain(folder, plans):
    "The floor: every report in this process"
    for p in plans:
        notebook = package_folder('rapporter') / f'{p.mall}.ipynb'
        made = folder / 'notebooks' / f'{p.id}.ipynb'
        write_all(run_report_at(p.id, notebook, asked_for(p), made, made.parent), p.id)


def stock(folder, plans):
    "Papermill as it comes"
    for p in plans:
        notebook = package_folder('rapporter') / f'{p.mall}.ipynb'
        made = folder / 'notebooks' / f'stock-{p.id}.ipynb'
        nb = papermill.execute_notebook(
            *(str(notebook), str(made), asked_for(p)),
            engine_name='nbclient',
            kernel_name='python3',
            cwd=str(made.parent),
            progress_bar=False,
        )
        write_all(nb, p.id)


def change_text(package):
    text = next(package.glob('texter/*/*/*.md'))
    text.write_text(text.read_text(encoding='utf-8') + '\nEn mening till.\n', encoding='utf-8')


def change_row(package):
    path = package / 'underlag' / 'deltagare.csv'
    lines = path.read_text(encoding='utf-8').splitlines()
    path.write_text('\n'.join(lines[:-1]) + '\n', encoding='utf-8')


def bygge(home):
    "A default edition, whole and after a change"
    table, package = Table('an edition'), package_of_size(home, 1)
    underlag = read_underlag(package)
    plans, folder = every_plan(underlag), home / 'golv'
    scenarier = read_scenarier(package, underlag.forbund)
    meeting = underlag.forbund.meeting()
    content = prepare_edition(underlag, meeting, scenarier=scenarier)
    write_edition(content.utgava, folder)
    (folder / 'notebooks').mkdir()
    table.here('floor: reports in one process', plain, folder, plans)
    with Watch(0.1) as watch:
        wall, cpu = time.perf_counter(), time.process_time()
        stock(folder, plans)
    own = time.process_time() - cpu
    table.line('stock papermill', time.perf_counter() - wall, own + sum(watch.cpu.values()))
    ask = (*GENOMLYSNING, 'rapporter', '--tyst', '--forbund', package)
    for jobs in (1, 2):
        shutil.rmtree(package / '.cache', ignore_errors=True)
        shutil.rmtree(package / '.liggare', ignore_errors=True)
        out = home / f'ut-{jobs}'
        table.command(f'ours, cold, {jobs} at a time', *ask, '--ut', out, '--jobb', jobs)
    table.command('nothing changed', *ask, '--ut', out)
    change_text(package)
    table.command('one text changed', *ask, '--ut', out)
    change_row(package)
    table.command('one row changed', *ask, '--ut', out)
    table.command('its audit', *GENOMLYSNING, 'granska', out)


def kommandon(home):
    "What a command takes before it does anything, and the smallest commands"
    table, package = Table('commands'), package_of_size(home, 1)
    table.command('python with pandas', sys.executable, '-c', 'import pandas')
    table.command('--help', *GENOMLYSNING, '--help')
    for again in ('', ', again'):
        table.command(f'kontrollera{again}', *GENOMLYSNING, 'kontrollera', '--forbund', package)


def skydd(home):
    "Tables and protection by size, at the first meeting and at a later one"
    table = Table('tables and protection')
    for times in (1, 4, 10):
        package = package_of_size(home, times)
        for mote in ('2024-05-03', MEETING):
            table.here(f'{times} times the people, {mote}', protect, package, mote)


def scenarier(home):
    "Persons through the queue per CPU second"
    a, b = ours(1000), theirs()
    print(f'\nqueue, persons per CPU s: ours {a:,.0f}, ciw {b:,.0f}, ratio {a / b:.0f}', flush=True)


def lasning(home, many=300_000):
    table, rng = Table('reading'), random.Random(1)
    rows = [row(i, rng, 0) for i in range(many)]
    for name in ('deltagare.csv', 'alla.xlsx'):
        cpu, *_ = read_rows(name, rows)
        table.line(f'{name}, {many} rows', cpu, cpu)


def kluster(home):
    "Reports of two made-up förbund over a cluster, by the number of workers"
    table, country = Table('a cluster, per report'), home / 'land'
    reports = make_country(country, 2)
    for workers in (1, 2):
        out = home / f'kluster-{workers}'
        _, wall, cpu, _ = build_country(country, out, workers, 2, ('html',))
        table.line(f'{reports} reports, {workers} workers', wall / reports, cpu / reports)


PARTS = (kommandon, scenarier, skydd, lasning, bygge, kluster)

if __name__ == '__main__':
    wanted = sys.argv[1:] or [part.__name__ for part in PARTS]
    for part in PARTS:
        if part.__name__ in wanted:
            with tempfile.TemporaryDirectory() as d:
                part(Path(d))
