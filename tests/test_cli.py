"""The command line: what it prints, where, and how it ends

`genomlysning` is a process of its own, as a user has it: where building, usage, interruption or
installing is what is tried. `command` is the same words in this process, without reading the
libraries anew.
"""

import json, re, shutil, signal, subprocess, sys, time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from urllib.request import urlopen
import pytest
from conftest import DEFAULT, ROOT, SMALL, copy_package
from finsam_genomlysning.gora.avbrott import _HEARD, _interrupted
from finsam_genomlysning.gora.cli import main, make_parser
from finsam_genomlysning.gora.publicera import build_edition


def genomlysning(*words, cwd=ROOT, env=None):
    return subprocess.run(
        [sys.executable, '-m', 'finsam_genomlysning', *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=600,
        env=env,
    )


@pytest.fixture
def command(capsys, monkeypatch):
    "A command in this process, from the repository's folder; a traceback would fail the test"

    def run(*words):
        monkeypatch.chdir(ROOT)
        capsys.readouterr()
        code = main([*map(str, words)])
        said = capsys.readouterr()
        return SimpleNamespace(returncode=code, stdout=said.out, stderr=said.err)

    return run


def test_builds_an_edition_and_says_where(tmp_path):
    package = copy_package(SMALL, tmp_path / 'paket')
    words = (
        *('rapporter', '--forbund', package, '--ut', tmp_path / 'ut'),
        *('--endast', 'forbund', '--jobb', 1, '--format', 'html'),
    )
    r = genomlysning(*words)
    assert r.returncode == 0, r.stderr
    assert genomlysning(*words).stdout == r.stdout  # also when nothing is built
    place = re.search(r'Utgåvan är klar: (.*index\.html)', r.stdout)[1]
    assert Path(place).is_file()
    told = re.search(r'^Skyddat: (\d+) av (\d+) antal', r.stdout, re.M)
    assert 0 < int(told[1]) < int(told[2]) / 4
    parts = re.search(r'^Delar som utelämnas: (\d+), i (.*)\.$', r.stdout, re.M)
    assert int(parts[1]) and 'Till arbete eller studier' in parts[2]


@pytest.mark.parametrize(
    ('words', 'names'),
    [
        (['rapporter', '--forbund', 'finns-inte'], 'sodra_vatterbygden'),
        (['rapporter', '--mote', '2024-13-01'], '2024-11-20'),
        (['rapporter', '--endast', 'novum'], 'insats-nova'),
        (['rapporter', '--format', 'odt'], 'html'),
        (['kontrollera', '--forbund', 'finns-inte'], 'sodra_vatterbygden'),
        (['visa', 'finns-inte'], 'genomlysning rapporter'),
    ],
)
def test_what_does_not_exist_gets_one_sentence(words, names, tmp_path, command):
    r = command(*words, *(['--ut', tmp_path] if words[0] == 'rapporter' else []))
    assert r.returncode == 1
    assert names in r.stderr and 'Traceback' not in r.stderr
    assert not list(tmp_path.iterdir())


def test_a_process_ends_as_its_command_does(tmp_path):
    "The code, and each stream's own words"
    r = genomlysning('kontrollera', '--forbund', 'finns-inte')
    assert (r.returncode, r.stdout) == (1, '') and 'Traceback' not in r.stderr
    assert 'sodra_vatterbygden' in r.stderr


def test_wrong_usage_ends_with_two():
    assert genomlysning('rapportera').returncode == 2
    assert genomlysning().returncode == 2


def test_problems_are_listed_all_at_once(tmp_path, command):
    package = copy_package(SMALL, tmp_path / 'paket')
    path = package / 'underlag' / 'deltagare.csv'
    lines = path.read_text(encoding='utf-8').splitlines()
    head = lines[0].split(';')
    for row, column, value in (
        (1, 'kon', 'Q'),
        (2, 'kommun', 'Ingenstans'),
        (3, 'remissdatum', 'i våras'),
    ):
        cells = lines[row].split(';')
        cells[head.index(column)] = value
        lines[row] = ';'.join(cells)
    path.write_text('\n'.join(lines) + '\n', encoding='utf-8')
    r = command('kontrollera', '--forbund', package, '--json')
    found = {(p['rad'], p['kolumn']) for p in json.loads(r.stdout)}
    assert r.returncode == 1 and {(2, 'kon'), (3, 'kommun'), (4, 'remissdatum')} <= found
    r = command('rapporter', '--forbund', package, '--ut', tmp_path / 'ut')
    assert (
        r.returncode == 1
        and 'rad 3' in r.stderr
        and 'Traceback' not in r.stderr
        and not (tmp_path / 'ut').exists()
    )


HEAVY = ('pandas', 'numpy', 'scipy', 'matplotlib', 'papermill', 'pydantic', 'IPython', 'nbformat')


def test_the_help_answers_at_once():
    "What a command is called is known without loading what it does"
    code = (
        'import sys; from finsam_genomlysning.gora.cli import make_parser; '
        'make_parser().format_help(); import finsam_genomlysning as fg; dir(fg); '
        f'print([m for m in {HEAVY} if m in sys.modules])'
    )
    r = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert r.stdout == '[]\n'
    r = genomlysning('--help')
    assert r.returncode == 0 and 'varifran' in r.stdout and 'Jämför nylägets scenarier' in r.stdout


def test_a_flag_that_is_given_twice_takes_both():
    given = [
        'rapporter',
        '--format',
        'html',
        '--format',
        'pdf',
        '--endast',
        'nova',
        '--endast',
        'fia',
    ]
    args = make_parser().parse_args(given)
    assert (args.format, args.endast) == (['html', 'pdf'], ['nova', 'fia'])
    assert make_parser().parse_args(['hamta', '--kalla', 'scb']).kalla == ['scb']


def test_a_word_to_stop_that_a_library_swallowed_is_heard(tmp_path):
    "numpy takes any error in a type's description for a no; nothing is published"
    package, out = copy_package(SMALL, tmp_path / 'paket'), tmp_path / 'ut'

    def swallow(step):
        if step == 'tabeller':
            with suppress(KeyboardInterrupt):
                _interrupted(signal.SIGINT, None)

    try:
        with pytest.raises(KeyboardInterrupt):
            build_edition(package, out, formats=['html'], progress=swallow)
    finally:
        _HEARD.clear()
    assert not [f for f in out.rglob('*') if f.is_file() and not f.name.endswith('.lock')]
    assert not (package / '.liggare' / 'poster.jsonl').exists()


def test_an_interrupted_command_ends_in_one_line(tmp_path):
    package, out = copy_package(SMALL, tmp_path / 'paket'), tmp_path / 'ut'
    args = ['rapporter', '--forbund', package, '--ut', out, '--tyst']
    p = subprocess.Popen(
        [sys.executable, '-m', 'finsam_genomlysning', *map(str, args)],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=ignore_interrupts,
    )
    try:
        end = time.monotonic() + 120
        while not list(out.rglob('.bygge-*/tabeller')) and time.monotonic() < end:
            time.sleep(0.1)  # until its reports are about to run
        p.send_signal(signal.SIGINT)
        _, said = p.communicate(timeout=60)
    finally:
        p.kill()
    assert (p.returncode, said) == (130, 'Avbrutet. Det som fanns är kvar som det var.\n')
    assert not [f for f in out.rglob('*') if f.is_file() and not f.name.endswith('.lock')]
    assert not (package / '.liggare' / 'poster.jsonl').exists()  # nothing has been published


def test_a_number_is_followed_to_where_it_came_from(small_edition, command):
    def ask(*words):
        return command('varifran', *words, '--utgava', small_edition)

    r = ask('deltagare_kon', 'insats=Samtliga', 'kon=Samtliga', 'matt=deltagare')
    assert r.returncode == 0, r.stderr
    assert 'Deltaganden efter kön (tabeller/deltagare_kon.csv)' in r.stdout
    printed = (small_edition / 'tabeller' / 'deltagare_kon.csv').read_text(encoding='utf-8')
    whole = re.search(r'^Samtliga;Samtliga;deltagare;(\d+)', printed, re.M)[1]
    assert f'insats=Samtliga, kon=Samtliga, matt=deltagare: {whole}' in r.stdout
    assert 'underlag/deltagare.csv  hmac-sha256' in r.stdout and 'Källa: ' in r.stdout
    for words, possible in (
        (['deltagare_kn'], 'deltagare_kon'),
        (['deltagare_kon', 'kn=K'], 'insats'),
        (['deltagare_kon', 'kon=Q'], 'Samtliga'),
    ):
        r = ask(*words)
        assert r.returncode == 1 and possible in r.stderr and 'Traceback' not in r.stderr


def test_a_right_package_has_no_problems(command):
    r = command('kontrollera', '--forbund', DEFAULT)
    assert r.returncode == 0 and 'inga fel' in r.stdout


def test_a_package_without_rows_about_persons_builds(tmp_path, command):
    package = copy_package(SMALL, tmp_path / 'paket')
    shutil.rmtree(package / 'underlag')
    asked = ('--ut', tmp_path / 'ut', '--format', 'html')
    r = command('rapporter', '--forbund', package, *asked)
    assert r.returncode == 0, r.stderr
    pages = [p for p in (tmp_path / 'ut').rglob('*.html') if p.name != 'index.html']
    assert all('Inte redovisat' in p.read_text(encoding='utf-8') for p in pages) and len(pages) >= 5


def ignore_interrupts():
    "As in a background job of a shell, or under nohup"
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.parametrize('before', [None, ignore_interrupts])
def test_visa_serves_the_edition_until_it_is_interrupted(small_edition, before):
    p = subprocess.Popen(
        [
            sys.executable,
            '-m',
            'finsam_genomlysning',
            'visa',
            str(small_edition),
            '--utan-webblasare',
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )
    try:
        address = re.search(r'http://\S+index\.html', p.stdout.readline())[0]
        assert '<html' in urlopen(address, timeout=60).read().decode()
        p.send_signal(signal.SIGINT)
        said, wrong = p.communicate(timeout=60)
    finally:
        p.kill()
    assert (p.returncode, said, wrong) == (0, 'Avslutat.\n', '')


def test_scenarios_are_compared_and_assumptions_named(command):
    r = command('scenarier', '--kopior', 20)
    assert r.returncode == 0, r.stderr
    assert 'Hela förbundet' in r.stdout and 'Antaganden utan källa' in r.stdout
    assert (
        '95 procent' in r.stdout
        and len(re.findall(r'^  Så stor del av framtiderna är bättre och sämre', r.stdout, re.M))
        == 5
    )  # four municipalities and the whole


def test_scenario_files_are_validated_with_the_rest(tmp_path, command):
    copy_package(DEFAULT, tmp_path / 'p')
    file = tmp_path / 'p' / 'scenarier' / 'nulage.toml'
    file.write_text(
        file.read_text(encoding='utf-8').replace('antal = 6', 'antal = 0'), encoding='utf-8'
    )
    r = command('kontrollera', '--forbund', tmp_path / 'p')
    assert r.returncode == 1 and 'scenarier/nulage.toml' in r.stdout and 'Traceback' not in r.stderr
    r = command('scenarier', '--forbund', tmp_path / 'p')
    assert r.returncode == 1 and 'scenarier/nulage.toml' in r.stderr


def test_an_edition_is_audited(small_edition, tmp_path, command):
    r = command('granska', small_edition)
    assert r.returncode == 0 and r.stdout.endswith('Inga fel.\n'), r.stdout
    shutil.copytree(small_edition, tmp_path / 'kopia')
    page = tmp_path / 'kopia' / 'forbund.html'
    html, n = re.subn(
        r'(<data value=")(\d{2,})(" data-tabell)',
        lambda m: f'{m[1]}{int(m[2]) + 1}{m[3]}',
        page.read_text(encoding='utf-8'),
        count=1,
    )
    page.write_text(html, encoding='utf-8')
    assert n == 1
    r = command('granska', tmp_path / 'kopia')
    assert r.returncode == 1 and 'forbund.html' in r.stdout


@pytest.mark.parametrize('form', ['[]', '{"celler": ["x"]}', '{'])
def test_an_edition_of_another_form_is_told_of(small_edition, tmp_path, command, form):
    shutil.copytree(small_edition, tmp_path / 'kopia')
    (tmp_path / 'kopia' / 'tabeller' / 'urval.json').write_text(form, encoding='utf-8')
    r = command('granska', tmp_path / 'kopia')
    assert r.returncode == 1 and 'Traceback' not in r.stderr
    assert 'tabeller/urval.json: Filen har en annan form än i en utgåva.' in r.stdout


def test_an_edition_is_audited_with_those_beside_it(small_edition, tmp_path, command):
    "One that says the same is no harm; one whose women were two fewer in the same months is"
    later, old = tmp_path / small_edition.name, tmp_path / '2000-01-01'
    shutil.copytree(small_edition, later)
    shutil.copytree(small_edition, old)
    assert command('granska', later).returncode == 0
    for name in ('deltagare_kon', 'kommun_kon'):
        path = old / 'tabeller' / f'{name}.csv'
        text = path.read_text(encoding='utf-8')
        for who, more in (('K', -2), (r'M \+ X', 2)):
            text, n = re.subn(
                rf'^(Samtliga;{who};deltagare;)(\d+)',
                lambda m, more=more: f'{m[1]}{int(m[2]) + more}',
                text,
                flags=re.M,
            )
            assert n == 1
        path.write_text(text, encoding='utf-8')
    r = command('granska', later)
    assert r.returncode == 1 and 'tabeller/deltagare_kon.csv' in r.stdout, r.stdout
    assert 'mot utgåvan 2000-01-01' in r.stdout


def test_templates_and_a_new_package(tmp_path, command):
    assert command('mallar', '--forbund', SMALL, '--ut', tmp_path / 'mallar').returncode == 0
    assert len(list((tmp_path / 'mallar').glob('*.xlsx'))) == 3
    assert command('ny', tmp_path / 'nytt').returncode == 0
    assert command('kontrollera', '--forbund', tmp_path / 'nytt').returncode == 0
    assert command('ny', tmp_path / 'nytt').returncode == 1  # nothing is written over


def test_bad_cells_come_back_marked(tmp_path, command):
    package = copy_package(SMALL, tmp_path / 'paket')
    path = package / 'underlag' / 'deltagare.csv'
    path.write_text(path.read_text(encoding='utf-8').replace(';K;', ';Q;', 1), encoding='utf-8')
    r = command('kontrollera', '--forbund', package, '--markera', tmp_path / 'ut')
    assert r.returncode == 1 and (tmp_path / 'ut' / 'deltagare-markerad.xlsx').is_file()


def test_marked_copies_beside_json_and_never_over_each_other(tmp_path, command):
    package = copy_package(SMALL, tmp_path / 'paket')
    (package / 'underlag' / 'skadad.xlsx').write_bytes(b'PK')
    (package / 'underlag' / 'restider.csv').write_text(
        'fran_kommun;till_kommun;fardsatt;minuter\nx;x;bil;9\n', encoding='utf-8'
    )
    for n in (1, 2):
        r = command('kontrollera', '--forbund', package, '--json', '--markera', tmp_path / 'ut')
        assert (
            r.returncode == 1
            and len(json.loads(r.stdout)) == 3
            and 'Markerad kopia' in r.stderr
            and 'Traceback' not in r.stderr
        )
        assert len(list((tmp_path / 'ut').iterdir())) == n
    assert sorted(p.name for p in (tmp_path / 'ut').iterdir()) == [
        'restider-markerad-2.xlsx',
        'restider-markerad.xlsx',
    ]
