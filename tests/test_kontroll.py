"What kontrollera accepts is built; what it refuses has its file, its row and what was meant"

import shutil
import pytest
from conftest import DEFAULT, SMALL
from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.gora.kontroll import check_package
from finsam_genomlysning.lasa.mallar import new_package
from finsam_genomlysning.lasa.texter import read_texts
from finsam_genomlysning.ord.textplatser import TEXTPLATSER
from finsam_genomlysning.skriva.block import MARKDOWN


@pytest.fixture
def paket(tmp_path):
    shutil.copytree(SMALL, tmp_path / 'p')
    return tmp_path / 'p'


def add(paket, text):
    path = paket / 'forbund.toml'
    path.write_text(path.read_text(encoding='utf-8') + text, encoding='utf-8')


def change(paket, old, new):
    path = paket / 'forbund.toml'
    text = path.read_text(encoding='utf-8')
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding='utf-8')


GOAL = """
[[mal]]
id = "arbete"
insatser = ["bryggan"]
matt = "{}"
riktvarde = {}
ordalydelse = "70 procent"
namnare = "avslutade"
"""


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        (GOAL.format('andel_arbte_studier', 0.7), 'Menas andel_arbete_studier?'),
        (GOAL.format('andel_arbete_studier komun=K', 0.7), 'Menas kommun?'),
        (GOAL.format('andel_arbete_studier', 70), 'Skriv en andel mellan 0 och 1: 0.7'),
        ('jamfor_komuner = true\n', 'Menas jamfor_kommuner?'),
        ('sla_ihop = [{dimension = "kn", kategorier = ["K", "M"], namn = "x"}]\n', 'Menas kon?'),
        ('aldersgrupper = [[16, 30], [30, 44]]\n', 'överlappar'),
        ('aldersgrupper = [[44, 30]]\n', 'börjar efter sitt slut'),
        ('[[handelse]]\nfran = "2024-13"\nvad = "x"\n', 'finns inte i kalendern'),
        ('[[jamforelse]]\nkod = "02"\nnamn = "Län"\n', 'Län har två siffror'),
        ('[[jamforelse]]\nkod = "6"\nnamn = "Län"\n', 'är ingen kod hos SCB'),
        ('[[jamforelse]]\nkod = "Jönköpings län"\nnamn = "Län"\n', 'Skriv 06, och namnet'),
        ('[[jamforelse]]\nkod = "riket"\nnamn = "Riket"\n', 'Skriv 00, och namnet'),
        ('befolkning = "ohalsa_antl"\n', 'Menas ohalsa_antal?'),
        (
            '[[behovsgrupp]]\nid = "x"\nnamn = "X"\nalder_fran = 18\nalder_till = 29\n'
            'behov = "ohalsa"\nkalla = "x"\n',
            'Indikatorn ”ohalsa” finns inte i tabellen behov',
        ),
        (
            '[[volymmatt]]\nid = "deltagare"\nnamn = "Deltagande"\npersoner = false\n',
            'redan ett mått för alla förbund',
        ),
        (GOAL.format('andel_arbete_studier', 0.7).replace('"bryggan"', ''), 'gäller ingen insats'),
        ('[[part]]\nid = "x"\nslag = "stat"\nnamn = " "\n', 'Namnet är tomt'),
    ],
)
def test_references_are_looked_up(paket, text, says):
    add(paket, text)
    found = check_package(paket, compute=False).problem
    assert [p.rad > 0 for p in found] == [True], found
    assert says in str(found[0]) and str(found[0]).startswith('forbund.toml, rad ')


@pytest.mark.parametrize(
    'rule', ['avrunda = ["personer"]', 'visa_alltid = ["resultat"]', 'skydda_okningar = true']
)
def test_a_rule_that_there_is_not_is_told_with_those_that_there_are(paket, rule):
    add(paket, f'{rule}\n')
    (problem,) = check_package(paket, compute=False).problem
    name = rule.split(' = ')[0]
    assert f'”{name}” känns inte igen.' in str(problem) and 'Möjliga är: ' in str(problem)
    assert problem.rad > 0 and str(problem).startswith('forbund.toml, rad ')
    for known in ('grans', 'grans_andel', 'period', 'sla_ihop', 'jamfor_kommuner'):
        assert known in problem.gor.split(': ')[1].rstrip('.').split(', ')


def test_one_mistake_is_one_problem(paket):
    change(paket, 'kortnamn =', 'kortnam =')
    found = check_package(paket).problem
    assert [(p.rad, p.kolumn) for p in found] == [(4, 'kortnam')]


@pytest.mark.parametrize(
    ('kod', 'namn', 'stops'),
    [
        ('0665', 'Vaggeryd', False),
        ('0665', 'Habo', True),
        ('0666', 'Vaggeryd', True),
        ('9911', 'X', False),
    ],
)
def test_codes_are_those_of_scb(paket, kod, namn, stops):
    change(paket, 'kod = "9911"', f'kod = "{kod}"')
    change(paket, 'namn = "Norrstad"', f'namn = "{namn}"')
    shutil.rmtree(paket / 'underlag')
    assert bool(check_package(paket, compute=False).problem) == stops


def test_nobody_has_started(paket):
    path = paket / 'underlag' / 'deltagare.csv'
    head, *rows = path.read_text(encoding='utf-8').splitlines()
    names = head.split(';')
    gone = [names.index(n) for n in ('startdatum', 'slutdatum', 'avslutsorsak')]
    cut = [[('' if i in gone else c) for i, c in enumerate(r.split(';'))] for r in rows]
    path.write_text('\n'.join([head, *map(';'.join, cut)]) + '\n', encoding='utf-8')
    assert check_package(paket).problem == []


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        ('Se [den](file:///x).', 'inte tillåten'),
        ('Se ![bild](a.png).', 'finns inte bredvid texten'),
        ('En fotnot[^1].', 'fotnot'),
        ('Det gällde 3 deltagare.', 'antal'),
    ],
)
def test_texts_are_refused_before_the_build(paket, text, says):
    (paket / 'texter/2024-09-18/forbund/mal.md').write_text(text, encoding='utf-8')
    found = check_package(paket).problem
    assert len(found) == 1 and found[0].fil.endswith('forbund/mal.md') and says in str(found[0])


def test_asterisks_between_digits_and_control_characters(paket):
    path = paket / 'texter/2024-09-18/forbund/mal.md'
    path.write_bytes('från 5*3 till 6*3 tkr\x0boch mer'.encode())
    md = read_texts(paket)['2024-09-18', 'forbund', 'mal']
    assert MARKDOWN.render(md).strip() == '<p>från 5*3 till 6*3 tkr och mer</p>'


def test_the_next_step_is_always_said(tmp_path, capsys):
    assert main(['ny', str(tmp_path / 'ny')]) == 0
    assert 'genomlysning kontrollera' in capsys.readouterr().out
    assert main(['kontrollera', '--forbund', str(tmp_path / 'ny')]) == 0
    said = capsys.readouterr().out
    assert 'Nästa steg: skriv de rätta namnen' in said and 'Kommunkoden 0000' in said
    assert main(['rapporter', '--forbund', str(tmp_path / 'ny'), '--ut', str(tmp_path)]) == 1
    assert 'kvar namn från mallen' in capsys.readouterr().err
    new_package(
        tmp_path / 'x', namn='Förbundet X', kommuner=(('0665', 'Vaggeryd'),), insatser=('A',)
    )
    assert main(['kontrollera', '--forbund', str(tmp_path / 'x')]) == 0
    assert 'Nästa steg: genomlysning mallar' in capsys.readouterr().out


def test_a_folder_that_is_no_package_says_what_is_there(paket, capsys):
    (paket / 'forbund.toml').rename(paket / 'forbund.toml.txt')
    assert main(['kontrollera', '--forbund', str(paket)]) == 1
    assert 'forbund.toml.txt men ingen forbund.toml' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('words', 'says'),
    [
        (['kontrollera', '--finns-inte'], 'okända ord: --finns-inte'),
        (['kontrolera'], 'Menas kontrollera?'),
        (['kontrollera', '--frobund', 'x'], 'Menas --forbund?'),
        (['visa', '--forbund', 'x'], 'visa tar '),
        (['rapporter', '--jobb', 'x'], "'x' är inget heltal"),
        (['mallar'], 'det här saknas: --ut'),
        (['hamta', '--kalla', 'af'], "'af' finns inte; möjliga är"),
    ],
)
def test_wrong_usage_is_said_in_swedish(words, says, capsys):
    with pytest.raises(SystemExit) as e:
        main(words)
    assert e.value.code == 2 and says in capsys.readouterr().err


def test_sections_are_listed(capsys):
    assert main(['texter', '--forbund', str(DEFAULT)]) == 0
    said = capsys.readouterr().out
    assert 'lasanvisning.md' in said and '(finns)' in said
    assert all(f'{s}.md' in said for places in TEXTPLATSER.values() for s in places)


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        ('[[jamforelse]]\nkod = 06\nnamn = "Län"\n', 'Talet börjar med en nolla'),
        ('[[jamforelse]]\nkod = "06" ; län\nnamn = "Län"\n', 'mer på raden efter texten'),
        ('[kommun]\nid = "x"\n', 'Skriv [[kommun]] med dubbla hakparenteser'),
    ],
)
def test_a_row_that_is_no_toml_says_how_to_write_it(paket, text, says):
    add(paket, text)
    (found,) = check_package(paket, compute=False).problem
    assert found.rad > 0 and says in f'{found.vad} {found.gor}', found


def test_a_description_that_is_a_document_says_so(paket):
    (paket / 'forbund.toml').write_bytes(b'{\\rtf1 id = "x"}')
    (found,) = check_package(paket, compute=False).problem
    assert 'ordbehandlare' in found.vad and 'oformaterad text' in found.gor


@pytest.mark.parametrize('name', ['Scenarier', 'scenario', 'Texter'])
def test_a_folder_that_is_almost_one_of_ours_is_told(paket, name):
    (paket / name).mkdir()
    (paket / name / 'x.md').write_text('x')
    (found,) = [p for p in check_package(paket, compute=False).problem if p.fil == name]
    assert name.lower()[:5] in found.gor


def test_a_later_meeting_with_older_data_is_remarked_on(paket):
    day = 'datum = 2031-01-01\ndata_till = 2020-01-01\n'
    add(paket, f'[[mote]]\norgan = "S"\nrubrik = "R"\n{day}')
    notes = check_package(paket, compute=False).underlag.anmarkningar
    assert any('har äldre uppgifter än mötet' in n for n in notes)
