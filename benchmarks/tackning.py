"""How often do the intervals hold? Worlds whose future is known, registers of 36, 24 and 12 months

Run by hand: `nice python benchmarks/tackning.py [worlds [copies [kind …]]]`. Each world is made up:
a queue with known flow, stays and patience, followed from the opening of its register until three
years past the cut-off. The model sees the tables that are made of the register and nothing else, as
an edition's scenarios do; its 80 and 95 % intervals are held against what then happened in that
world. Beside each coverage stands how wide the 95 % interval is, in the middle world, and how wide
one would be that knew nothing of the world but the kind that it is of.
"""

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from finsam_genomlysning.katalog.vistelser import coarse_tables
from finsam_genomlysning.nylage.inmatning import published_situation
from finsam_genomlysning.nylage.jamforelse import EFTER, pair_sums, waits
from finsam_genomlysning.nylage.ko import run_queue
from finsam_genomlysning.nylage.simulering import (
    chance_for,
    simulate,
    team_places,
    with_estimates,
)
from finsam_genomlysning.ord.forbund import example_forbund
from finsam_genomlysning.ord.perioder import last_12_months
from finsam_genomlysning.ord.scenario import Scenario, Varde, example_scenarier
from finsam_genomlysning.rakna import nulage

MATT = ['vantetid_median', 'vantetid_p90', 'startade_90', 'deltagare_per_ar', 'kolangd']
CUT = pd.Timestamp('2024-05-01')
AR = 365.25
EFTERAT = 3 * AR
PLATSER = 40
SLAG = {
    'jamn': 'a steady flow; patience is known',
    'trend': 'the flow changes by up to a tenth a year, before the cut-off and after it',
    'sasong': 'the flow goes up and down by 20–50 % over the year',
    'oppnade': 'the second programme opened later, with other stays and half of the places',
    'talamod': 'nobody knows how long people wait before they leave',
    'ej_start': 'the same, and 5–15 % never begin whatever they are offered',
}
OKANT = ('talamod', 'ej_start')


@dataclass(frozen=True)
class Varld:
    "What is true and what is in the register"

    register: pd.DataFrame  # referrals before the cut-off
    sant: dict[str, float]  # measure -> what happened in the three years


def scenario(slag: str) -> Scenario:
    "One team with known places; stays, their tail and, for some kinds, patience are not known"
    s = example_scenarier()[0]
    svans = Varde(varde=180, lag=90, hog=365, kalla='antagande')
    known = dict(
        vakanser_per_ar=Varde(varde=0, kalla='känt'),
        talamod_dagar=Varde(varde=365, kalla='känt'),
        handlaggning_dagar=Varde(varde=0, kalla='känt'),
        andel_besok_pa_plats=Varde(varde=0, kalla='känt'),
        svans_dagar=svans,
    )
    if slag in OKANT:
        known['talamod_dagar'] = Varde(varde=365, lag=180, hog=730, kalla='antagande')
    return s.model_copy(update=dict(antaganden=s.antaganden.model_copy(update=known)))


def referrals(rng: np.random.Generator, slag: str, rate: float, opened: float) -> np.ndarray:
    "Days of referral, from the opening on: a Poisson process whose rate may change"
    growth = rng.uniform(-0.1, 0.1) if slag == 'trend' else 0.0
    swing, phase = (rng.uniform(0.2, 0.5) if slag == 'sasong' else 0.0), rng.random()

    def flow(day: np.ndarray) -> np.ndarray:
        year = day / AR
        return rate * np.exp(growth * year) * (1 + swing * np.sin(2 * np.pi * (year + phase)))

    end = EFTERAT + EFTER
    top = flow(np.linspace(opened, end, 1000)).max() * 1.02
    come = rng.uniform(opened, end, rng.poisson(top * (end - opened)))
    return np.sort(come[rng.random(len(come)) * top < flow(come)])


def world(rng: np.random.Generator, manader: int, slag: str) -> Varld:
    "Stays of six to fifteen months; referrals for 75 to 125 % of the places"
    open_for = manader * AR / 12
    mean, form = np.exp(rng.uniform(np.log(180), np.log(450))), rng.uniform(1, 4)
    load, part = rng.uniform(0.75, 1.25), rng.uniform(0.35, 0.65)
    later, skew = 1.0, 1.0
    if slag == 'oppnade':
        later, skew = rng.uniform(0.3, 0.7), np.exp(rng.uniform(-0.3, 0.3))
    opened, means = (-open_for, -open_for * later), np.array([mean * skew, mean / skew])
    each = [
        referrals(rng, slag, PLATSER * load * p / m, day)
        for day, p, m in zip(opened, (part, 1 - part), means, strict=True)
    ]
    come = np.concatenate(each)
    which = np.repeat([0, 1], [len(x) for x in each])
    return _followed(
        rng, come, which, rng.gamma(form, 1 / form, len(come)) * means[which], opened, slag
    )


def _followed(
    rng: np.random.Generator,
    come: np.ndarray,
    which: np.ndarray,
    stay: np.ndarray,
    opened: tuple[float, float],
    slag: str,
) -> Varld:
    "Everybody's way through the queue"
    n = len(come)
    calm = np.exp(rng.uniform(np.log(150), np.log(900))) if slag in OKANT else 365.0
    never = rng.random(n) < (rng.uniform(0.05, 0.15) if slag == 'ej_start' else 0.0)
    patience = np.where(never, rng.exponential(30, n), rng.exponential(calm, n))
    free = np.broadcast_to(np.repeat(opened, 2)[None, :, None], (1, 4, PLATSER // 4)).copy()
    start = np.full(n, np.inf)
    queue = (x[None, ~never] for x in (come, stay))
    start[~never] = run_queue(*queue, free, talamod=patience[None, ~never])[0]
    gone = np.where(np.isfinite(start), start + stay, come + patience)
    register = pd.DataFrame(
        dict(
            insats=np.array(['spar_a', 'spar_b'])[which],
            kommun=rng.choice(['astad', 'by'], n, p=[0.75, 0.25]),
            remissdatum=_day(come),
            startdatum=_day(np.where(np.isfinite(start), start, np.nan)),
            slutdatum=_day(gone),
        )
    )
    return Varld(register[register.remissdatum < CUT], _happened(come, start, come + patience))


def _day(x: np.ndarray) -> pd.Series:
    return CUT + pd.to_timedelta(pd.Series(np.floor(x)), unit='D')


def _happened(come: np.ndarray, start: np.ndarray, left: np.ndarray) -> dict[str, float]:
    mine = (come >= 0) & (come < EFTERAT)
    wait = (start - come)[mine & np.isfinite(start)]
    queue = np.minimum(np.minimum(start, left), EFTERAT) - np.maximum(come, 0)
    return dict(
        vantetid_median=np.median(wait),
        vantetid_p90=np.quantile(wait, 0.9),
        startade_90=(wait <= 90).sum() / mine.sum(),
        deltagare_per_ar=((start >= 0) & (start < EFTERAT)).sum() / 3,
        kolangd=np.clip(queue, 0, None)[come < EFTERAT].sum() / EFTERAT,
    )


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


def answers(
    slag: str, register: pd.DataFrame, rng: np.random.Generator, kopior: int
) -> dict[str, np.ndarray]:  # measure -> copies
    "What the model says of the three years, from published tables"
    till = CUT - pd.Timedelta(days=1)
    lage = published_situation(tables(register, till), example_forbund(), till.date())
    told = {k: v for k, v in lage.skattade.items() if k == 'talamod_dagar'}
    own = with_estimates(scenario(slag), told)
    slump = chance_for([own], lage, rng, kopior, EFTERAT + EFTER)
    assert round(float(team_places(own, own.team[0], lage, slump)[0])) == PLATSER
    u = simulate(own, lage, slump, EFTERAT + EFTER)
    sums = {n: x.sum(1) for n, x in pair_sums(u, lage, EFTERAT).items()}
    return waits(u, np.ones(u.remiss.shape[1], bool), EFTERAT) | dict(
        deltagare_per_ar=sums['startade'] / 3, kolangd=sums['dagar_i_ko'] / EFTERAT
    )


def study(slag: str, manader: int, worlds: int, kopior: int) -> pd.DataFrame:
    "Per measure: 80 and 95 % coverage, width in the middle world, and the spread between worlds"
    found = []
    for seed in range(worlds):
        rng = np.random.default_rng([seed, manader, list(SLAG).index(slag)])
        v = world(rng, manader, slag)
        said = answers(slag, v.register, rng, kopior)
        for m in MATT:
            low, l80, h80, high = np.nanquantile(said[m], [0.025, 0.1, 0.9, 0.975])
            x = v.sant[m]
            found.append((m, x, l80 <= x <= h80, low <= x <= high, high - low))
    each = pd.DataFrame(found, columns=['matt', 'sant', 'inom_80', 'inom_95', 'bredd'])
    by = each.groupby('matt', sort=False)
    made = by[['inom_80', 'inom_95']].mean().assign(bredd=by.bredd.median())
    return made.assign(mellan=by.sant.quantile(0.975) - by.sant.quantile(0.025))


def main(worlds: int = 200, kopior: int = 200, *slag: str) -> None:
    for s in slag or SLAG:
        print(f'{s}: {SLAG[s]}')
        for manader in (36, 24, 12):
            told = [
                f'{m} {r.inom_80:.0%}/{r.inom_95:.0%} ({r.bredd:.3g} of {r.mellan:.3g})'
                for m, r in study(s, manader, worlds, kopior).iterrows()
            ]
            print(f'  {manader} months: ' + '  '.join(told), flush=True)


if __name__ == '__main__':
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])
