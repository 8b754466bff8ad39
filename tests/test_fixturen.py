"The tiny edition that report notebooks open by default is what today's code makes of its package"

import json

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
