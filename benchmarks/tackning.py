"""How often do the intervals hold? Worlds whose future is known, registers of 36, 24 and 12 months

Run by hand: `python benchmarks/tackning.py [worlds]`. Each world is made up: one queue with known
rate, stays and patience, followed from the opening of its register until three years past the
cut-off. The model sees the tables that are made of the register and nothing else, as an edition's
scenarios do; its 80 and 95 % intervals are held against what then happened in that world.
"""

import sys

import numpy as np
import pandas as pd

from finsam_genomlysning.katalog.vistelser import coarse_tables
from finsam_genomlysning.nylage.jamforelse import EFTER, measures
from finsam_genomlysning.nylage.ko import run_queue
from finsam_genomlysning.nylage.inmatning import published_situation
from finsam_genomlysning.nylage.simulering import (
    chance_for,
    team_places,
    with_estimates,
)
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.ord.scenario import Scenario, Varde, example_scenarier
from finsam_genomlysning.ord.perioder import last_12_months
from finsam_genomlysning.rakna import nulage

MATT = ['vantetid_median', 'vantetid_p90', 'startade_90', 'deltagare_per_ar', 'kolangd']
CUT = pd.Timestamp('2024-05-01')
AR = 365.25


def scenario() -> Scenario:
    "One team with known places; what a reader would have to assume is known here"
    s = example_scenarier()[0]
    known = dict(
        vakanser_per_ar=Varde(varde=0, kalla='känt'),
        talamod_dagar=Varde(varde=365, kalla='känt'),
        handlaggning_dagar=Varde(varde=0, kalla='känt'),
        svans_dagar=Varde(varde=180, kalla='känt'),
        andel_besok_pa_plats=Varde(varde=0, kalla='känt'),
    )
    return s.model_copy(update=dict(antaganden=s.antaganden.model_copy(update=known)))


def world(rng: np.random.Generator, manader: int, platser: int) -> tuple[pd.DataFrame, dict]:
    "The register up to the cut-off, and what happened in the three years after it"
    open_for, after = manader * AR / 12, 3 * AR
    rate = platser / 300 * rng.uniform(0.85, 1.1)
    n = rng.poisson(rate * (open_for + after + EFTER))
    come = np.sort(rng.random(n)) * (open_for + after + EFTER) - open_for
    stay, patience = rng.gamma(2.5, 120, n), rng.exponential(365, n)
    free = np.full((1, 4, platser // 4), -open_for)
    start = run_queue(come[None], stay[None], free, talamod=patience[None])[0]
    gone = np.where(np.isfinite(start), start + stay, come + patience)
    begun = pd.Series(np.where(np.isfinite(start), start, np.nan))
    day = lambda x: CUT + pd.to_timedelta(np.floor(x), unit='D')  # noqa: E731
    rows = pd.DataFrame(
        dict(
            insats=rng.choice(['spar_a', 'spar_b'], n),
            kommun=rng.choice(['astad', 'by'], n, p=[0.75, 0.25]),
            remissdatum=day(come),
            startdatum=day(begun),
            slutdatum=day(gone),
        )
    )
    mine = (come >= 0) & (come < after)
    wait = (start - come)[mine & np.isfinite(start)]
    queue = np.clip(
        np.minimum(np.minimum(start, come + patience), after) - np.maximum(come, 0), 0, None
    )
    truth = dict(
        vantetid_median=np.median(wait),
        vantetid_p90=np.quantile(wait, 0.9),
        startade_90=(wait <= 90).sum() / mine.sum(),
        deltagare_per_ar=((start >= 0) & (start < after)).sum() / 3,
        kolangd=queue[come < after].sum() / after,
    )
    return rows[rows.remissdatum < CUT], truth


EJ_I_VARLDEN = (
    'kon remittent avslutsorsak forsorjning_fore forsorjning_efter sysselsattning_fore '
    'sysselsattning_efter omfattning_fore omfattning_efter'
).split()


def tables(register: pd.DataFrame, till: pd.Timestamp) -> dict[str, pd.DataFrame]:
    "What an edition prints of a register, as far as the scenarios read it"
    f, day = example_forbund(), till.date()
    none = {c: None for c in EJ_I_VARLDEN}
    given = register.assign(**none, fodelsear=1990, person=[str(i) for i in register.index])
    rows = nulage.prepare(given, f, day)
    cats = nulage.categories(rows, f)
    insats, kommun = {'insats': cats['insats']}, {'kommun': cats['kommun']}
    return dict(
        deltagare_ar=nulage.volumes(rows, insats, nulage.years(rows, day)),
        deltagare_halvar=nulage.volumes(rows, insats, nulage.periods(rows, day, 'H')),
        deltagare_kommun=nulage.by_category(rows, insats | kommun),
        kommun_12=nulage.recent_by_kommun(rows, cats['kommun'], day),
        remittent=nulage.by_remittent(rows, insats | {'remittent': cats['remittent']}),
        vantetid=nulage.waiting_times(rows, insats | kommun),
        ej_start=nulage.never_started(rows, insats | {'avslutsorsak': cats['avslutsorsak']}),
        ko=nulage.queue(rows, insats | kommun, day),
        **coarse_tables(rows, last_12_months(day), cats['insats'], 5, 10),
    )


def main(worlds: int = 200, kopior: int = 200) -> None:
    f, s = example_forbund(), scenario()
    for manader in (36, 24, 12):
        hits = {m: [0, 0] for m in MATT}
        for seed in range(worlds):
            rng = np.random.default_rng([seed, manader])
            probe = np.random.default_rng(0)
            rows, truth = world(rng, manader, 40)
            till = CUT - pd.Timedelta(days=1)
            lage = published_situation(tables(rows, till), f, till.date())
            own = with_estimates(s, {})
            slump = chance_for([own], lage, probe, kopior, 3 * AR + EFTER)
            assert round(float(team_places(own, own.team[0], lage, slump)[0])) == 40
            made = measures(own, lage, slump, 3 * AR)
            for m in MATT:
                x = made[m]['Samtliga']
                for k, level in enumerate((0.8, 0.95)):
                    low, high = x.quantile([(1 - level) / 2, (1 + level) / 2])
                    hits[m][k] += int(low <= truth[m] <= high)
        told = '  '.join(f'{m} {a / worlds:.0%}/{b / worlds:.0%}' for m, (a, b) in hits.items())
        print(f'{manader} months: {told}')


if __name__ == '__main__':
    main(*map(int, sys.argv[1:]))
