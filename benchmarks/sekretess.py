"""What the gate withholds meeting after meeting, what it costs, and what an audit reads out

    python benchmarks/sekretess.py              the default package and one ten times as large
    python benchmarks/sekretess.py 1 10 60      other sizes; 60 is about what the whole country has

Beside each edition stands the naive one: the same tables where exactly the counts of 1-4 are
masked. The audit is independent: it reads both from published files alone.
"""

import re
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from finsam_genomlysning.gora.innehall import Innehall, prepare_edition
from finsam_genomlysning.granska.granskning import LACKOR, audit_selections
from finsam_genomlysning.katalog.detalj import detail_day
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.lasa.syntet import write_syntetiska
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.forteckning import append_post, freeze_register, read_ledger
from finsam_genomlysning.skydd.maskering import blank_out, dims_of
from finsam_genomlysning.skydd.passage import FRYSTA
from finsam_genomlysning.skydd.utgava import Utgava, write_edition

DEFAULT = Path(__file__).parents[1] / 'data' / 'sodra_vatterbygden'
COLUMNS = (
    'storlek mote antal dolda_% grupper tvillingar sek cpu_granska lackor naivt_dolda naivt_lackor'
)


def package(home: Path, times: int) -> Path:
    "The default package with so many times as many made-up people"
    there = home / f'paket-{times}'
    shutil.copytree(DEFAULT, there, ignore=shutil.ignore_patterns('.*'))
    if times > 1:
        plan = there / 'syntet.toml'
        text = plan.read_text(encoding='utf-8')
        many = re.sub(r'^(antal = )(\d+)', lambda m: f'{m[1]}{int(m[2]) * times}', text, flags=re.M)
        plan.write_text(many, encoding='utf-8')
        write_syntetiska(there)
    return there


def build(there: Path, meeting: str) -> tuple[Innehall, float]:
    "An edition's content with the ledger as it stands, and seconds"
    underlag = read_underlag(there)
    mote = underlag.forbund.meeting(meeting)
    for tabell in FRYSTA:
        rows = underlag.tabell(tabell)
        if rows is not None:
            freeze_register(there, detail_day(underlag.forbund, mote), rows, tabell)
    began = time.process_time()
    content = prepare_edition(underlag, mote, liggare=read_ledger(there))
    took = time.process_time() - began
    append_post(there, content.post)
    return content, took


def naive(content: Innehall, k: int) -> Utgava:
    "The same edition where the small counts are masked and nothing else"
    tables, cells = dict(content.utgava.tabeller), content.utgava.urval['celler']
    for t in {c['tabell'] for c in cells} & content.oskyddat.keys():
        df, p = content.oskyddat[t], tables[t]
        counts = {m.id for m in p.definition.matt if m.slag == 'antal'}
        few = df['matt'].isin(counts) & df['varde'].between(1, k - 1)
        tables[t] = replace(p, df=blank_out(df.assign(skyddad=np.where(few, 'ja', 'nej'))))
    return replace(content.utgava, tabeller=tables)


def only_there(utgava: Utgava) -> Utgava:
    "Without the groups: a naive edition has none"

    def is_there(c: dict) -> bool:
        df = utgava.tabeller[c['tabell']].df
        rows = df[df['matt'] == c['matt']]
        for d in dims_of(df):
            rows = rows[rows[d] == c['plats'].get(d, 'Samtliga')]
        return len(rows) > 0

    return replace(
        utgava,
        urval={**utgava.urval, 'celler': [c for c in utgava.urval['celler'] if is_there(c)]},
    )


def leaks(folders: list[Path]) -> tuple[int, float]:
    "How many counts a reader works out, and CPU seconds"
    began = time.process_time()
    found = audit_selections(folders)
    return int(found['utslag'].isin(LACKOR).sum()), time.process_time() - began


def rows(home: Path, times: int) -> list[dict]:
    there, out, seen, plain = package(home, times), [], [], []
    for mote in read_forbund(there).mote:
        content, took = build(there, str(mote.datum))
        folders = [home / f'{kind}-{times}' / str(mote.datum) for kind in ('grind', 'naiv')]
        write_edition(content.utgava, folders[0])
        simple = only_there(naive(content, 5))
        write_edition(simple, folders[1])
        seen.append(folders[0])
        plain.append(folders[1])
        own, cpu = leaks(seen)
        alone, _ = leaks([folders[1]])
        post = content.post
        hidden = sum(not x.visad for x in post.rutor)
        masked = sum(int((p.df['skyddad'] == 'ja').sum()) for p in simple.tabeller.values())
        groups = sum(
            int((p.df['skyddad'] == 'grupp').sum()) for p in content.utgava.tabeller.values()
        )
        twins = sum(len(b.tvillingar) for b in content.bevis)
        share = round(100 * hidden / len(post.rutor), 1)
        values = (times, mote.datum, len(post.rutor), share, groups, twins)
        more = (round(took, 1), round(cpu, 1), own, masked, alone)
        out.append(dict(zip(COLUMNS.split(), (*values, *more), strict=True)))
        print(pd.DataFrame(out[-1:]).to_string(index=False, header=len(out) == 1), flush=True)
    return out


def main() -> None:
    sizes = [int(x) for x in sys.argv[1:]] or [1, 10]
    with tempfile.TemporaryDirectory() as home:
        for times in sizes:
            rows(Path(home), times)


if __name__ == '__main__':
    main()
