"The tiny edition that report notebooks open by default is what today's code makes of its package"

import json
import os
import subprocess
import sys

from conftest import ROOT, SMALL, copy_package
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.utgava import write_edition

KEPT = ROOT / 'tests' / 'fixtur' / 'utgava'
MEND = 'run `python tests/fixtur/gor_utgava.py` and look at what differs'


def files(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_text(encoding='utf-8')
        for p in sorted(folder.rglob('*'))
        if p.is_file()
    }


def test_the_fixture_edition_is_not_stale(tmp_path):
    underlag = read_underlag(copy_package(SMALL, tmp_path / 'paket'))
    content = prepare_edition(underlag, underlag.forbund.meeting())
    write_edition(content.utgava, tmp_path / 'utgava')
    kept, made = files(KEPT), files(tmp_path / 'utgava')
    assert kept.keys() == made.keys(), MEND
    differ = [name for name in kept if kept[name] != made[name]]
    assert not differ, f'{MEND}: {differ[:5]}'
    assert json.loads(kept['utgava.json'])['forbund']['id'] == underlag.forbund.id


UNDER_SEED = """
import sys
from pathlib import Path
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.passage import pass_register

underlag = read_underlag(Path(sys.argv[1]))
told = pass_register(underlag, underlag.forbund.meeting(), None)
print({t: df.to_csv() for t, df in sorted(told.ramar.items())})
"""


def test_what_is_withheld_is_no_matter_of_how_sets_are_ordered(tmp_path):
    "A set of conditions has another order in each process"
    package = copy_package(SMALL, tmp_path / 'paket')

    def told(seed):
        run = [sys.executable, '-c', UNDER_SEED, str(package)]
        env = os.environ | {'PYTHONHASHSEED': seed}
        return subprocess.run(run, env=env, capture_output=True, text=True, check=True).stdout

    first, *others = (told(seed) for seed in '157')
    assert 'fore_efter_sysselsattning' in first and others == [first, first]
