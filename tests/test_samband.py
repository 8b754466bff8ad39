"The proof of protection holds against everything that is known of how the tables hang together, as the catalogue itself writes it down"

import numpy as np
import pytest
from conftest import DEFAULT, SMALL
from finsam_genomlysning.ord.glossary import SAMTLIGA
from finsam_genomlysning.skydd.sekretess import protect_edition
from finsam_genomlysning.katalog.tabeller import build_tables, relations
from finsam_genomlysning.lasa.underlag import read_underlag


@pytest.mark.parametrize('package', [DEFAULT, SMALL], ids=['default', 'liten'])
def test_every_witness_keeps_every_relation(package):
    underlag = read_underlag(package)
    mote = underlag.forbund.meeting()
    tables = build_tables(underlag, mote)
    known = relations(tables, mote.data_till)
    skydd = protect_edition(
        tables, underlag.forbund.regler.grans, underlag.forbund.regler.grans_andel, samband=known
    )
    counts = skydd.tal[skydd.tal['roll'] == 'varde']
    cell = {
        (t, m, frozenset((*g, *k))): c
        for t, m, g, k, c in zip(
            counts.tabell, counts.matt, counts.grupp, counts.koord, counts.cell, strict=True
        )
    }
    populations = np.vstack([np.array(skydd.intyg.system.antal), skydd.intyg.vittnen]).astype(int)
    found = broken = 0
    for r in known:
        terms = [
            (cell.get((t, m, frozenset((d, v) for d, v in place if v != SAMTLIGA))), k)
            for t, place, m, k in r.termer
        ]
        if any(c is None for c, _ in terms):
            continue
        found += 1
        broken += bool(
            (populations[:, [c for c, _ in terms]] @ np.array([k for _, k in terms])).any()
        )
    assert found > 50
    assert not broken
