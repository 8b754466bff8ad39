"Reports on a cluster: the same bytes, no person in what is sent, and what is lost or fails"

import io, pickle, re, shutil, sys

import nbformat
import pytest
from conftest import ROOT, SMALL, copy_package
from distributed import Client
from distributed.comm import tcp
from distributed.scheduler import KilledWorker

from finsam_genomlysning.gora import arbetare, kluster
from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.gora.kluster import start_cluster
from finsam_genomlysning.gora.nycklar import program
from finsam_genomlysning.gora.plan import Rapportplan, in_a_row, plan_reports
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.gora.processer import LIMITS, Limits
from finsam_genomlysning.gora.publicera import WRITERS

EVERY = plan_reports(read_underlag(SMALL).forbund)
(BRYGGAN,) = in_a_row([p for p in EVERY if p.id == 'insats-bryggan'], EVERY)


@pytest.fixture(scope='module')
def motor():
    "A cluster of two workers, each with a process of its own"
    with start_cluster(None, 2, workers=2) as motor:
        yield motor


@pytest.fixture(scope='module')
def tables(small_edition, tmp_path_factory):
    "An edition whose reports are about to be made"
    folder = tmp_path_factory.mktemp('utgava') / 'bygge'
    shutil.copytree(small_edition / 'tabeller', folder / 'tabeller')
    shutil.copy(small_edition / 'utgava.json', folder)
    return folder


def asked(folder, *plans, formats=('html',)):
    return {p.id: (p.id, p, folder, formats, None) for p in plans}


class Notebooks:
    "Report notebooks that note each time they are run, and then do something"

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(ROOT / 'nbs' / 'rapporter', folder)

    def note(self, name):
        return self.folder / f'{name}.txt'

    def write(self, name, does):
        head = 'utgava = ""\nforra = ""'
        source = [head, f'with open({str(self.note(name))!r}, "a") as f: f.write("x")', does]
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in source])
        nb.cells[0].metadata['tags'] = ['parameters']
        nbformat.write(nb, self.folder / f'{name}.ipynb')
        return Rapportplan(name, name, name)


@pytest.fixture(scope='module')
def notebooks(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        own = Notebooks(tmp_path_factory.mktemp('mallar') / 'mallar')
        patch.setattr(kluster, 'package_folder', lambda name: own.folder)
        yield own


@pytest.fixture(scope='module')
def sent():
    "All that this process sends: as client, scheduler and keeper of the workers"
    out, real = io.BytesIO(), tcp.to_frames

    async def recorded(*args, **kwargs):
        frames = await real(*args, **kwargs)
        for frame in frames:
            out.write(frame)
        return frames

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tcp, 'to_frames', recorded)
        yield out


@pytest.fixture(scope='module')
def answers(sent, motor, tables, notebooks):
    "Of three reports: one in all formats, one with an error of its own and one that dies"
    wrong = notebooks.write('fel', 'raise ValueError("trasig")')
    dies = notebooks.write('dör', 'import os; os._exit(9)')
    return dict(motor(asked(tables, BRYGGAN, wrong, dies, formats=tuple(WRITERS)), LIMITS))


def test_a_report_is_the_same_bytes_as_at_home(answers, tables, small_edition):
    names = ['notebooks/insats-bryggan.ipynb', *(f'insats-bryggan.{f}' for f in WRITERS)]
    assert sorted(answers['insats-bryggan']) == sorted(names)
    for name in names:
        assert (tables / name).read_bytes() == (small_edition / name).read_bytes(), name


def test_nothing_of_a_person_is_sent(answers, sent, tables, small_edition):
    raw, package = sent.getvalue(), small_edition.parents[2] / 'paket'
    assert (tables / 'utgava.json').read_bytes() in raw  # the recording hears what is sent
    assert (tables / 'tabeller' / 'deltagare_kon.csv').read_bytes() in raw
    register = (package / 'underlag' / 'deltagare.csv').read_bytes().splitlines()
    assert len(register) > 40 and b'kanarie-' in register[1]
    assert b'kanarie-' not in raw and not [row for row in register if row in raw]
    hidden = [p for p in package.glob('.*/**/*') if p.is_file() and p.stat().st_size > 20]
    assert {'nyckel', 'poster.jsonl'} <= {p.name for p in hidden}
    assert not [p.name for p in hidden if p.read_bytes()[:200] in raw]
    assert str(package).encode() not in raw


def test_what_a_report_does_wrong_is_told_and_not_tried_again(answers, notebooks):
    assert 'ValueError: trasig' in answers['fel'].svenska and answers['fel'].cell == 3
    assert 'Processen dog' in answers['dör'].svenska
    assert [notebooks.note(name).read_text() for name in ('fel', 'dör')] == ['x', 'x']


LOSE = """
import psutil
worker = psutil.Process().parent().parent()
if len(open({note!r}).read()) == 1: worker.kill()
raise ValueError("gjord av en annan")
"""


def test_a_worker_that_is_lost_loses_nothing(answers, motor, tables, notebooks):
    "Its report is made by another, though it was half done"
    lost = notebooks.write('borta', LOSE.format(note=str(notebooks.note('borta'))))
    (answer,) = dict(motor(asked(tables, lost), LIMITS)).values()
    assert notebooks.note('borta').read_text() == 'xx'
    assert (answer.cell, answer.what) == (3, 'ValueError: gjord av en annan')


@pytest.mark.parametrize('breaks', [1, 3])
def test_a_connection_that_breaks_is_made_again(
    breaks, answers, motor, tables, notebooks, monkeypatch
):
    "What is left is ordered again, three times in all"
    wrong, real, times = notebooks.write('fel', 'raise ValueError("än")'), kluster._as_answered, []

    def broken(client, *rest):
        times.append(client)
        if len(times) <= breaks:
            client.loop.add_callback(client.scheduler_comm.comm.abort)
        return real(client, *rest)

    monkeypatch.setattr(kluster, '_as_answered', broken)
    (answer,) = dict(motor(asked(tables, wrong), LIMITS)).values()
    said = 'ValueError: än' if breaks < 3 else 'Förbindelsen med klustret bröts.'
    assert (answer.what, len(times)) == (said, min(breaks + 1, 3))


def test_a_worker_lost_every_time_has_a_sentence():
    fault = kluster._fault_of('a', KilledWorker('nyckel', None, 3))
    assert 'Datorn som gjorde rapporten försvann, 4 gånger i rad.' in fault.svenska
    assert 'AttributeError' in kluster._fault_of('a', AttributeError('x')).svenska


def test_a_cluster_without_workers_is_not_waited_for(tables):
    from distributed import LocalCluster

    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=':0') as empty,
        Client(empty, set_as_default=False) as client,
    ):
        answers = list(kluster.run_on_cluster(client, asked(tables, BRYGGAN), LIMITS, patience=0))
    assert [id for id, _ in answers] == ['insats-bryggan']
    assert 'inga arbetare' in answers[0][1].svenska


def test_another_version_makes_no_report(tables):
    "The order is refused before anything is unpacked"
    other = {**program(), 'bibliotek': ['pandas 0.1', 'numpy 0.1', 'okänd 1', 'scipy 1', 'lxml 1']}
    order = arbetare.Rapportuppdrag(BRYGGAN, ('html',), None, Limits(), other, ())
    said = arbetare.make_packed(order, {}).svenska
    assert 'en annan version av lxml, numpy, pandas …' in said and 'okänd' not in said


def test_without_dask_it_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, 'distributed', None)
    words = ['rapporter', '--forbund', str(SMALL), '--ut', str(tmp_path), '--motor', 'dask']
    assert main(words) == 1
    assert "pip install 'finsam_genomlysning[dask]'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ('words', 'said'),
    [
        (['--motor', 'dask', '--adress', 'tcp://127.0.0.1:9'], 'Klustret svarar inte'),
        (['--motor', 'dask', '--adress', 'kontoret'], 'tcp://dator:8786'),
        (['--adress', 'tcp://127.0.0.1:9'], '--motor dask'),
    ],
)
def test_an_address_that_leads_nowhere(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(kluster, 'CONNECT', 0.2)
    assert main(['rapporter', '--forbund', str(SMALL), '--ut', str(tmp_path), *words]) == 1
    assert said in capsys.readouterr().err


def test_what_makes_the_reports_can_be_sent_to_another_process(motor):
    again = pickle.loads(pickle.dumps(motor))
    assert again.adress == motor.adress and again.adress.startswith('tls://127.0.0.1:')
    assert list(again({}, LIMITS)) == []


@pytest.fixture
def folder(small_edition, tmp_path):
    "Packages: one whose edition is there, one with a fault, and two that say they are the same"
    (tmp_path / 'liten').symlink_to(small_edition.parents[2] / 'paket')
    for name, id in (('fel', 'fel'), ('kopia', 'samma'), ('original', 'samma')):
        path = copy_package(SMALL, tmp_path / name) / 'forbund.toml'
        text = path.read_text(encoding='utf-8')
        assert text.count('id = "an"') == 1
        path.write_text(text.replace('id = "an"', f'id = "{id}"'), encoding='utf-8')
    register = tmp_path / 'fel' / 'underlag' / 'deltagare.csv'
    text = register.read_text(encoding='utf-8')
    register.write_text(text.replace(';K;', ';Q;', 1), encoding='utf-8')
    return tmp_path


def test_one_of_many_that_cannot_be_built_stops_no_other(folder, small_edition, capsys):
    words = ['rapporter', '--alla', str(folder), '--ut', str(small_edition.parents[1]), '--tyst']
    assert main(words) == 1
    said = capsys.readouterr()
    assert said.out == f'liten: {small_edition / "index.html"} (oförändrad)\n'
    lines = said.err.splitlines()
    assert lines[0] == '3 av 4 förbund kunde inte byggas. De andra är klara.'
    assert [line.split(':')[0] for line in lines if re.match(r'  \w+:', line)] == [
        *('  fel', '  kopia', '  original')
    ]
    assert 'underlag/deltagare.csv, rad' in lines[2] and 'kolumn kon' in lines[2]
    assert lines[-1].endswith('Ge varje förbund ett eget id, eller flytta kopian.')
    assert sorted(p.name for p in small_edition.parents[1].iterdir()) == ['an']


def test_many_is_a_folder_of_packages_and_not_one(tmp_path, capsys):
    assert main(['rapporter', '--alla', str(SMALL), '--ut', str(tmp_path)]) == 1
    assert 'Här finns inga datapaket.' in capsys.readouterr().err
    words = ['--alla', str(SMALL.parent), '--forbund', str(SMALL), '--ut', str(tmp_path)]
    assert main(['rapporter', *words]) == 1
    assert '--forbund: Den gäller ett förbund.' in capsys.readouterr().err
