"Faults that really happen: killed, interrupted, full, forbidden; the edition that was there stands"

import hashlib, json, os, random, shutil, signal, subprocess, sys, time
from pathlib import Path

import pytest
from conftest import SMALL, copy_package
from finsam_genomlysning.gora.plats import edition_folder
from finsam_genomlysning.gora.processer import Limits
from finsam_genomlysning.gora.publicera import FailedReportsError, build_edition, run_plans
from finsam_genomlysning.gora.plan import Rapportplan
from finsam_genomlysning.ord.errors import FolderError
from finsam_genomlysning.skydd.forteckning import certificate_faults, read_ledger, read_twins
from finsam_genomlysning.lasa.konfiguration import read_forbund

KILLS = int(os.environ.get('GENOMLYSNING_AVBROTT', '2'))
BUILD = """
import sys
from finsam_genomlysning.gora.publicera import build_edition
build_edition(
    sys.argv[1], sys.argv[2], only=['bryggan'], formats=('html',), progress=print, again=True
)
"""


def hashes(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob('*'))
        if p.is_file()
    }


def start(script, package, out, **env):
    "A build in a process of its own, from a plain script that has no __main__ guard"
    return subprocess.Popen(
        [sys.executable, str(script), str(package), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **env},
    )


def descendants(pid):
    "Processes below one, as /proc tells"
    parents = {}
    for stat in Path('/proc').glob('[0-9]*/stat'):
        try:
            fields = stat.read_text().rpartition(')')[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, left = set(), [pid]
    while left:
        for child in parents.get(left.pop(), ()):
            found.add(child)
            left.append(child)
    return found


def alive(pids):
    def running(pid):
        try:
            return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
        except OSError:
            return False

    return {p for p in pids if running(p)}


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    "A package, the script that builds it, the finished edition and how long it took"
    folder = tmp_path_factory.mktemp('avbrott')
    package = copy_package(SMALL, folder / 'paket')
    script = folder / 'skript.py'
    script.write_text(BUILD, encoding='utf-8')
    home = folder / 'hem'
    home.mkdir()
    own = {'MPLCONFIGDIR': str(folder / 'mpl'), 'IPYTHONDIR': str(home / '.ipython')}
    began = time.monotonic()
    p = start(script, package, folder / 'ut', HOME=str(home), **own)
    said, wrong = p.communicate(timeout=600)
    assert p.returncode == 0, wrong
    return package, script, folder / 'ut', said, time.monotonic() - began


def test_a_script_without_a_guard_builds_once(built):
    said = built[3]
    assert said.splitlines().count('utgåva') == 1 and said.splitlines().count('underlag') == 1


def test_reports_leave_no_history_in_the_users_profile(built):
    home = built[2].with_name('hem')
    assert home.is_dir() and not [f for f in home.rglob('*') if f.is_file()]
    manifest = json.loads(next(built[2].rglob('manifest.json')).read_text())
    assert str(home) not in json.dumps(manifest)


@pytest.mark.skipif(not Path('/proc/self/stat').exists(), reason='/proc saknas')
def test_a_build_that_is_killed_leaves_the_edition_and_no_process(built):
    package, script, out, _, seconds = built
    (edition,) = out.rglob('utgava.json')
    before, rng = hashes(edition.parent), random.Random(7)
    for n in range(KILLS):
        p = start(script, package, out)
        time.sleep(rng.uniform(0.2, 1.1) * seconds)
        below = descendants(p.pid)
        victim = p.pid if n % 2 == 0 or not below else rng.choice(sorted(below))
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            pass
        p.communicate(timeout=600)
        end = time.monotonic() + 30
        while alive(below) and time.monotonic() < end:
            time.sleep(0.1)
        assert not alive(below), n
        assert hashes(edition.parent) == before, n
    p = start(script, package, out)
    assert p.communicate(timeout=600) and p.returncode == 0
    assert hashes(edition.parent) == before
    assert not [f for f in edition.parents[1].iterdir() if f.name.startswith(('.bygge', '.gammal'))]
    (post,) = read_ledger(package).poster  # whole, and once
    assert certificate_faults(read_twins(package, post.mote)) == []


SERVER_DIES = """
import math, os, signal, sys, threading, time
from multiprocessing import forkserver
from finsam_genomlysning.gora.processer import run_isolated

def kill():
    while not (pid := forkserver._forkserver._forkserver_pid):
        time.sleep(0.01)
    time.sleep(0.3)
    os.kill(pid, signal.SIGKILL)

threading.Thread(target=kill).start()
print(dict(run_isolated(math.sqrt, {'rot': (9.0,)}, jobs=1, preload=('slumrar',))))
"""


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='fork saknas')
def test_a_server_that_dies_while_it_is_asked_is_begun_again(tmp_path):
    (tmp_path / 'slumrar.py').write_text('import time\ntime.sleep(1)\n')
    (tmp_path / 'skript.py').write_text(SERVER_DIES)
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get('PYTHONPATH')])])
    done = subprocess.run(
        [sys.executable, tmp_path / 'skript.py'],
        capture_output=True,
        text=True,
        env={**os.environ, 'PYTHONPATH': path},
    )
    assert (done.stdout, done.returncode) == ("{'rot': 3.0}\n", 0), done.stderr


def test_a_target_that_cannot_be_written_is_found_before_the_work(tmp_path):
    steps, package, out = [], copy_package(SMALL, tmp_path / 'paket'), tmp_path / 'ut'
    out.mkdir()
    (out / read_forbund(package).id).write_text('en fil, ingen mapp')
    with pytest.raises(FolderError) as e:
        build_edition(package, out, only=['bryggan'], progress=steps.append)
    assert steps == ['underlag'] and 'Mappen kan inte skapas' in e.value.svenska
    assert read_ledger(package).poster == ()


def test_every_report_that_fails_is_named(small_edition, tmp_path):
    folder = tmp_path / 'utgava'
    shutil.copytree(small_edition, folder)
    plans = [
        Rapportplan(f'insats-{i}', 'insats', i, (('insats', i),)) for i in ('saknas', 'finns_inte')
    ]
    with pytest.raises(FailedReportsError) as e:
        run_plans(plans, folder, ('html',), jobs=2)
    said = e.value.svenska
    assert '2 av 2 rapporter' in said and 'insats-saknas' in said and 'insats-finns_inte' in said
    assert [f.report for f in e.value.faults] == ['insats-saknas', 'insats-finns_inte']


def test_a_report_that_takes_too_long_is_stopped(small_edition, tmp_path):
    folder = tmp_path / 'utgava'
    shutil.copytree(small_edition, folder)
    (plan,) = [Rapportplan('forbund', 'forbund', 'F')]
    with pytest.raises(FailedReportsError) as e:
        run_plans([plan], folder, ('html',), limits=Limits(seconds=0.05))
    assert 'tog för lång tid' in e.value.svenska


def test_a_full_disk_leaves_the_edition_that_was_there(tmp_path):
    target = tmp_path / 'f' / '2024-01-01'
    with edition_folder(target) as b:
        (b / 'index.html').write_text('ett')
    with pytest.raises(FolderError) as e, edition_folder(target) as b:
        (b / 'index.html').write_text('halvt')
        raise OSError(28, 'No space left on device')
    assert 'kan inte skrivas' in e.value.svenska
    assert (target / 'index.html').read_text() == 'ett'
    assert sorted(p.name for p in target.parent.iterdir() if not p.name.endswith('.lock')) == [
        '2024-01-01'
    ]


def test_the_folder_is_there_at_every_moment_while_editions_change_places(tmp_path):
    target = tmp_path / 'f' / '2024-01-01'
    with edition_folder(target) as b:
        (b / 'index.html').write_text('0')
    code = (
        'import sys, time, pathlib\n'
        'p, end, gone, n = pathlib.Path(sys.argv[1]), time.time() + 3, 0, 0\n'
        'print("nu", flush=True)\n'
        'while time.time() < end:\n'
        '    n += 1\n'
        '    try: p.read_text()\n'
        '    except OSError: gone += 1\n'
        'print(gone, n)'
    )
    watch = subprocess.Popen(
        [sys.executable, '-c', code, str(target / 'index.html')], stdout=subprocess.PIPE, text=True
    )
    watch.stdout.readline()
    for n in range(60):
        with edition_folder(target) as b:
            (b / 'index.html').write_text(str(n))
    gone, looks = map(int, watch.communicate(timeout=60)[0].split())
    assert gone == 0 and looks > 100
