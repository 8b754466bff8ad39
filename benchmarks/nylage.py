"""How fast the scenario model is, beside the ciw library in the same run

python benchmarks/nylage.py [copies]
"""

import resource, sys, time
from pathlib import Path
import ciw
import numpy as np
from finsam_genomlysning.nylage.ko import run_queue
from finsam_genomlysning.nylage.jamforelse import compare
from finsam_genomlysning.nylage.provning import what_if
from finsam_genomlysning.lasa.scenarier import read_scenarier
from finsam_genomlysning.nylage.simulering import situation
from finsam_genomlysning.lasa.underlag import read_underlag

MAPP = Path(__file__).parents[1] / 'data' / 'sodra_vatterbygden'
PLATSER, TAKT, VISTELSE = 120, 9.5, 12.0  # places, referrals a month, months


def ours(copies, persons=2000):
    rng = np.random.default_rng(1)
    come, stay = (
        rng.exponential(1 / TAKT, (copies, persons)).cumsum(1),
        rng.gamma(2, VISTELSE / 2, (copies, persons)),
    )
    t = time.process_time()
    run_queue(come, stay, np.zeros((copies, 1, PLATSER)))
    return copies * persons / (time.process_time() - t)


def theirs(persons=20_000):
    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(TAKT)],
        service_distributions=[ciw.dists.Gamma(2, VISTELSE / 2)],
        number_of_servers=[PLATSER],
    )
    sim = ciw.Simulation(network)
    t = time.process_time()
    sim.simulate_until_max_customers(persons, method='Arrive')
    return persons / (time.process_time() - t)


if __name__ == '__main__':
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    underlag, scenarier = read_underlag(MAPP), read_scenarier(MAPP)
    datum, deltagare = underlag.forbund.meeting().data_till, underlag.tabell('deltagare')
    lage = situation(deltagare, underlag.forbund, datum)
    t, c = time.perf_counter(), time.process_time()
    compare(scenarier, lage, np.random.default_rng(1), kopior=copies)
    wall, cpu = time.perf_counter() - t, time.process_time() - c
    size = f'{len(scenarier)} scenarios × {len(underlag.forbund.kommun)} municipalities'
    print(f'{copies} copies × 36 months × {size}: {wall:.1f} s, CPU {cpu:.1f} s')
    t, c = time.perf_counter(), time.process_time()
    what_if(scenarier[0], {'deltagare_per_arsarbetare': 8}, lage, np.random.default_rng(1))
    print(f'what_if: {time.perf_counter() - t:.2f} s, CPU {time.process_time() - c:.2f} s')
    a, b = ours(copies), theirs()
    print(f'queue with {PLATSER} places, persons per CPU second:', end=' ')
    print(f'ours {a:,.0f}, ciw {b:,.0f}, ratio {a / b:.0f}')
    print(f'peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB')
