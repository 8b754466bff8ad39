"""A whole country: many made-up förbund of different sizes, built together over a cluster

python benchmarks/land.py [--forbund 2 8] [--arbetare 1 2 4] [--format html pdf docx] [--mapp DIR]
python benchmarks/land.py --forbund 2 --arbetare 2 --doda     a worker is killed in the middle
python benchmarks/land.py --forbund 4 --arbetare 2 --stopp    the build is killed, and given again

For each number of förbund and of workers: how many reports came out, the seconds and the CPU
seconds that each took, and the largest process. What stands under «mot» is CPU seconds per report
against the first line: 1.00 means that the cost per report does not grow. A country is
`--forbund 80`, some 900 reports.

Two cores shared by three, one förbund of 14 reports as web pages, protection counted in: 7.9 CPU
seconds per report with one worker, 9.3 with two and 13.3 with four, since each has a server to fork
reports from. Two quiet cores and two workers: 5.9 for 24 reports of two förbund. The largest
process took 424 MB. A whole country has not been run.
"""

import argparse, os, shutil, signal, subprocess, sys, tempfile, threading, time
from functools import partial
from pathlib import Path

import numpy as np
import psutil
from distributed import LocalCluster

from finsam_genomlysning.gora.nycklar import MANIFEST, hash_files
from finsam_genomlysning.lasa.syntet import write_syntetiska

FIRST = 'Al Björk Dal Ek Frö Gran Häll Isen Kvarn Lind Mel Norr Rönn Sten Tall Vass'.split()
LAST = 'arp boda by forsa hult näs rum sta sund torp vik ås'.split()
PLAIN = str.maketrans('åäö', 'aao')
LIVELIHOOD = 'sjukpenning aktivitetsersattning aktivitetsstod ekonomiskt_bistand'.split()
REFERRERS = 'kommunen forsakringskassan arbetsformedlingen regionen'.split()
REASONS = 'arbete studier arbetssokande annan_insats halsa flytt eget_onskemal annat'.split()


def weights(rng, names):
    "A TOML table of proportions"
    return (
        '{ '
        + ', '.join(
            f'{n} = {w}' for n, w in zip(names, rng.integers(3, 50, len(names)), strict=True)
        )
        + ' }'
    )


def places(n):
    "Names of places by rule, none of them twice"
    return [FIRST[i % 16].capitalize() + LAST[(i // 16 + i) % 12] for i in range(n)]


def describe(number, rng):
    "The lines of forbund.toml and of syntet.toml for one förbund"
    own, *names = np.roll(places(192), -number).tolist()  # no two förbund are called the same
    kommuner = [own, *rng.choice(names, rng.integers(1, 8), replace=False).tolist()]
    insatser = rng.integers(3, 9)
    id = f'forbund_{number:03}'
    said = [f'id = "{id}"', f'namn = "Samordningsförbundet {own}"']
    said += [f'kortnamn = "{own}"', 'syntetiska_deltagare = true']
    ids = [k.lower().translate(PLAIN) for k in kommuner]
    for n, (k, name) in enumerate(zip(ids, kommuner, strict=True)):
        said += ['[[kommun]]', f'id = "{k}"', f'kod = "99{n:02}"', f'namn = "{name}"', KALLA]
    plan = [PLAN.format(fro=number)]
    for n in range(insatser):
        said += [
            '[[insats]]',
            f'id = "spar_{n}"',
            f'namn = "Spår {n}"',
            'i_genomlysningen = true',
            KALLA,
        ]
        plan += [
            INSATS.format(
                n=n,
                antal=rng.integers(10, 80),
                kommun=weights(rng, ids),
                remittent=weights(rng, REFERRERS),
                forsorjning=weights(rng, LIVELIHOOD),
                orsak=weights(rng, REASONS),
                unga=rng.uniform(0.2, 0.6),
                vanta=rng.integers(2, 9),
                tid=rng.integers(5, 14),
            )
        ]
    return '\n'.join([*said, MOTE]), '\n'.join(plan), len(kommuner) + int(insatser) + 1


KALLA = 'kalla = "Påhittat exempel"'
MOTE = f"""
[[mote]]
datum = 2024-09-18
organ = "Styrelsen"
rubrik = "Septembermötet"
data_till = 2024-08-31
{KALLA}
"""
PLAN = """
fro = {fro}
fran = 2022-01-01
till = 2024-12-31
kon = {{ K = 55, M = 45 }}
manad = [10, 10, 10, 10, 10, 7, 2, 8, 12, 11, 10, 5]
aterkommer = 0.1
nyanland = 0.1
felregistrering = 0.02
sysselsattning = {{ ovrigt = 8, arbetssokande = 1, arbete = 1 }}
ej_start_orsak = {{ eget_onskemal = 1, halsa = 1 }}
saknas = {{ fodelsear = 0.03, remittent = 0.04, forsorjning_efter = 0.09 }}
sent = 0.2
enkatdagar = [2023-10-11]
svarsandel = {{ pagaende = 0.7, avslut = 0.5 }}
fragor = [0, 0, 0, 0, 0, 0, 0]
hoppar_over = 0.05
skattas = 0.4
skattning = ["Vardag", "Arbete"]
[efter]
arbete = {{ lon = 9, ingen_offentlig = 1 }}
studier = {{ studiestod = 1 }}
"""
INSATS = """
[insats.spar_{n}]
antal = {antal}
kommun = {kommun}
remittent = {remittent}
unga = {unga:.2f}
vanta_veckor = {vanta}
ej_start = 0.08
tid_manader = {tid}
tid_spridning = 0.5
forsorjning = {forsorjning}
avslutsorsak = {orsak}
svarsniva = 4.5
"""


def make_country(folder, many):
    "That many data packages, and how many reports they have"
    reports = 0
    for number in range(many):
        package = folder / f'forbund_{number:03}'
        package.mkdir(parents=True)
        about, plan, own = describe(number, np.random.default_rng(number))
        (package / 'forbund.toml').write_text(about, encoding='utf-8')
        (package / 'syntet.toml').write_text(plan, encoding='utf-8')
        write_syntetiska(package)
        reports += own
    return reports


class Watch:
    "What the processes below this one take, looked at again and again"

    def __init__(self, seconds=0.5):  # between two looks
        self.seconds = seconds
        self.cpu, self.most, self.over = {}, 0, threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def look(self):
        while not self.over.wait(self.seconds):
            for p in psutil.Process().children(recursive=True):
                try:
                    times = p.cpu_times()
                    self.cpu[p.pid, p.create_time()] = times.user + times.system
                    self.most = max(self.most, p.memory_info().rss >> 20)
                except psutil.Error:
                    continue

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.thread.join()


def start_build(data, out, address, jobs, formats):
    words = ['rapporter', '--alla', data, '--ut', out, '--motor', 'dask', '--adress', address]
    words += ['--jobb', jobs, '--tyst', '--format', *formats]
    command = [sys.executable, '-m', 'finsam_genomlysning', *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def pages(out):
    "Every file of every edition but the manifests, whose keys differ from package to package"
    return {n: h for n, h in hash_files(out).items() if not n.endswith(MANIFEST)}


def wait_for(out, pattern, many):
    while len(list(out.glob(pattern))) < many:
        time.sleep(0.2)


def build(country, out, workers, jobs, formats, disturb=None):
    "The lines that a build prints, and what it took; `disturb` is called while it works"
    data = out.with_name(f'{out.name}-data')
    shutil.copytree(country, data, ignore=shutil.ignore_patterns('.*'))
    out.mkdir()
    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=':0') as cluster:
        began = time.monotonic()
        with Watch() as watch:
            process = start_build(data, out, cluster.scheduler_address, jobs, formats)
            if disturb:
                process = disturb(process, cluster, data, out)
            said, _ = process.communicate()
    return said.splitlines(), time.monotonic() - began, sum(watch.cpu.values()), watch.most


def kill_worker(process, cluster, data, out):
    "A worker dies when some reports are made and others are not"
    wait_for(out, '*/.bygge-*/notebooks/*.ipynb', 3)
    (victim, *_) = cluster.workers.values()
    os.kill(victim.pid, signal.SIGKILL)
    print('  a worker was killed', flush=True)
    return process


def stop_build(process, cluster, data, out, jobs, formats):
    "The build dies when one edition is finished, and is given again"
    wait_for(out, '*/[0-9]*/index.html', 1)
    process.kill()
    process.communicate()
    print('  the build was killed', flush=True)
    return start_build(data, out, cluster.scheduler_address, jobs, formats)


def measure(args, folder):
    heads = ('förbund', 'reports', 'workers', 's/report', 'CPU s/report', 'mot', 'MB')
    print(''.join(f'{head:>{len(head) + 2}}' for head in heads))
    first = None
    for many in args.forbund:
        country = folder / f'land-{many}'
        reports = make_country(country, many)
        for workers in args.arbetare:
            out = folder / f'ut-{many}-{workers}'
            _, seconds, cpu, most = build(country, out, workers, args.jobb, args.format)
            made = len(list(out.glob('*/[0-9]*/notebooks/*.ipynb')))
            if made < reports:
                print(f'  {reports - made} reports are not there, for the reason above')
            first = first or cpu / reports
            each = [seconds / reports, cpu / reports, cpu / reports / first]
            said = [
                f'{x:.2f}' if isinstance(x, float) else str(x)
                for x in (many, reports, workers, *each, most)
            ]
            print(
                ''.join(f'{x:>{len(h) + 2}}' for x, h in zip(said, heads, strict=True)), flush=True
            )


def disturb(args, folder, how):
    "The same bytes as when nothing happens"
    country = folder / 'land'
    make_country(country, args.forbund[0])
    asked = (args.arbetare[0], args.jobb, args.format)
    build(country, folder / 'lugnt', *asked)
    said, *_ = build(country, folder / 'stort', *asked, how)
    print('  taken over as they were:', sum(line.endswith('(oförändrad)') for line in said))
    same = pages(folder / 'lugnt') == pages(folder / 'stort')
    print('  every file the same as undisturbed:', same, len(pages(folder / 'lugnt')))


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--forbund', type=int, nargs='+', default=[2, 8])
    parser.add_argument('--arbetare', type=int, nargs='+', default=[1, 2, 4])
    parser.add_argument('--jobb', type=int, default=2)
    parser.add_argument('--format', nargs='+', default=['html', 'pdf', 'docx'])
    parser.add_argument('--mapp', type=Path)
    parser.add_argument('--doda', action='store_true')
    parser.add_argument('--stopp', action='store_true')
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.mapp) as d:
        if chosen.doda or chosen.stopp:
            again = partial(stop_build, jobs=chosen.jobb, formats=chosen.format)
            disturb(chosen, Path(d), kill_worker if chosen.doda else again)
        else:
            measure(chosen, Path(d))
