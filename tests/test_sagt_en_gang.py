"What people write wrong in the description, the scenarios and the texts: one sentence that helps"

import re
from pathlib import Path
import pytest
from conftest import ASTAD, BORJAN, JUNI
from finsam_genomlysning.gora.kontroll import check_package
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.lasa.scenarier import read_scenarier
from finsam_genomlysning.ord.errors import UnderlagError

TOML = f"""{BORJAN}tema = ["Ekonomi"]
{ASTAD}[[kommun]]
id = "by"
kod = "9902"
namn = "By"
[[insats]]
id = "spar"
namn = "Spår"
i_genomlysningen = true
{JUNI}[[mal]]
id = "arbete"
insatser = ["spar"]
matt = "andel_arbete_studier"
riktvarde = 0.7
ordalydelse = "70 procent"
namnare = "avslutade"
"""


@pytest.fixture
def paket(tmp_path):
    (tmp_path / 'forbund.toml').write_text(TOML, encoding='utf-8')
    return tmp_path


def sentences(paket):
    got = check_package(paket, compute=False)
    return [str(p) for p in got.problem], got.underlag.anmarkningar if got.underlag else []


DESCRIBED = [
    ('riktvarde = 0.7', 'riktvarde = "70 %"', 'rad 27.*Skriv 0.7, utan citattecken'),
    ('riktvarde = 0.7', 'riktvarde = "0,7"', 'rad 27.*Skriv 0.7, utan citattecken'),
    ('riktvarde = 0.7', 'riktvarde = nan', 'rad 27.*Värdet är inget tal'),
    ('riktvarde = 0.7', 'riktvarde = true', 'Riktvarde ska vara ett tal'),
    ('["spar"]', '["spar", "spar"]', 'rad 25.*Insatsen spar står två gånger'),
    (
        'datum = 2024-06-01\norgan = "Styrelsen"\nrubrik = "Juni"\ndata_till = 2024',
        'datum = 1924-06-01\norgan = "Styrelsen"\nrubrik = "Juni"\ndata_till = 1924',
        'rad 19.*samordningsförbund finns sedan 2004',
    ),
    ('rubrik', '// not\nrubrik', 'rad 21.*En anmärkning börjar med #'),
    ('"Ex"', '"E\x0bx"', 'rad 3.*ett tecken som inte syns'),
    ('"Åstad"', '"Ã…stad"', 'rad 9.*förvanskade'),
    ('"Åstad"', '"\ufffdstad"', 'rad 9.*förvanskade'),
    ('["Ekonomi"]', '["Ekonomi", "Ekonomi"]', 'rad 5, tema nr 2.*två gånger'),
    ('"Styrelsen"', '""', 'rad 20.*organ: Namnet är tomt'),
    ('["Ekonomi"]', '[""]', 'rad 5, tema nr 1: Texten är tom'),
    ('"Ex"', '"Ex"\nlicens = "CC BY"', 'rad 4, licens.*adressen'),
    ('', '[regler]\naldersgrupper = []\n', 'Det finns inga åldersgrupper'),
    ('', '[[regler]]\ngrans = 5\n', r'Skriv \[regler\], en gång'),
    ('', '[[handelse]]\nfran = "2024"\nvad = "x"\nmoment = "X"\n', '”X” är inget moment'),
    (
        '',
        '[[enhetsvarde]]\nid = "k"\nbetalare = "kommun"\nnamn = "k"\nkr_per_ar = 120\nar = "2023"\n'
        'kalla = "antagande"\n',
        '120 tkr skrivs 120000',
    ),
    ('', '[[behovsgrupp]]\nid = "u"\nnamn = "U"\ninsatser = {spår = "PM"}\n', 'Nyckeln kan inte'),
]


@pytest.mark.parametrize(('old', 'new', 'says'), DESCRIBED, ids=[c[2][:30] for c in DESCRIBED])
def test_a_mistake_in_the_description_gets_one_sentence(paket, old, new, says):
    text = TOML.replace(old, new, 1) if old else TOML + new
    (paket / 'forbund.toml').write_text(text, encoding='utf-8')
    with pytest.raises(UnderlagError, match=says) as e:
        read_forbund(paket)
    assert len(e.value.problem) == 1


CHECKED = [
    ('studier"', 'studier insats=spår"', '”spår” är ingen kod i insats.*Menas spar'),
    ('studier"', 'studier kommun=åstad"', '”åstad” är ingen kod i kommun.*Menas astad'),
    (
        '',
        '[regler]\nsla_ihop = [{dimension = "aldersgrupp", kategorier = ["16-29", "30–44"],'
        ' namn = "x"}]\n',
        '”16-29” finns inte i aldersgrupp.*Menas 16–29',
    ),
]


@pytest.mark.parametrize(('old', 'new', 'says'), CHECKED)
def test_a_code_that_selects_nothing_is_told(paket, old, new, says):
    text = TOML.replace(old, new, 1) if old else TOML + new
    (paket / 'forbund.toml').write_text(text, encoding='utf-8')
    problems, _ = sentences(paket)
    assert len(problems) == 1
    assert re.search(says, problems[0])


def test_a_goal_whose_words_and_threshold_differ_is_noted(paket):
    text = TOML.replace('"70 procent"', '"80 procent av dem"')
    (paket / 'forbund.toml').write_text(text, encoding='utf-8')
    problems, notes = sentences(paket)
    assert not problems
    assert 'Målet sägs vara 80 procent, men riktvärdet är 0.7' in ' '.join(notes)


# scenarios

SHARED = '[antaganden]\n' + ''.join(
    f'{name} = {{varde = {x}, kalla = "antagande"}}\n'
    for name, x in dict(
        deltagare_per_arsarbetare=10,
        kostnad_per_arsarbetare=600000,
        timmar_per_vecka=40,
        veckor_per_ar=44,
        besok_per_vecka=1,
        timmar_per_besok=1,
        andel_besok_pa_plats=0.5,
        besok_per_resa=2,
        handlaggning_dagar=14,
        vakanser_per_ar=0.2,
        vakans_dagar=90,
        svans_dagar=180,
    ).items()
)
JOURNEY = '[[restid]]\nfran = "astad"\ntill = "by"\nminuter = {varde = 30, kalla = "antagande"}\n'
TODAY = """id = "nulage"
namn = "Nuläget"
slag = "nulage"
beskrivning = "Som det är."
[[team]]
id = "alla"
namn = "Teamet"
bas = "astad"
uppdrag = [{kommuner = ["astad", "by"], insatser = ["spar"]}]
tjanst = [{roll = "coach", antal = 2, omfattning = {varde = 1, kalla = "antagande"}}]
"""
OTHER = TODAY.replace('nulage"', 'ny"').replace('"Nuläget"', '"Nya"')
OTHER = OTHER.replace('slag = "ny"', 'slag = "forslag"')
IN_SCENARIOS = [
    ('ny', 'kalla = "antagande"', 'kalla = "gissning"', 'skulle inte räknas som ett antagande'),
    ('ny', 'kalla = "antagande"', 'kalla = "antagnde"', 'skulle inte räknas som ett antagande'),
    ('ny', 'kalla = "antagande"', 'kalla = "???"', 'säger inget'),
    ('ny', 'roll = "coach"', 'roll = ""', 'tjänsten har ingen roll'),
    ('ny', 'varde = 1,', 'varde = "75 %",', 'Skriv 0.75, utan citattecken'),
    ('ny', '"antagande"}}', '"antagande",}}', 'rad 10: Raden har ett komma före }'),
    ('ny', 'det är', 'det Ã¤r', 'rad 4: Å, ä och ö är förvanskade'),
    ('ny', '', 'unga = true\n', 'rad 11.*ovanför den första rubriken'),
    ('gemensamt', 'svans_dagar', '#', 'nulage.toml.*svans_dagar.*Detsamma gäller ny.toml'),
    ('gemensamt', '[antaganden]\n', '', r'rad 1.*Skriv \[antaganden\] på raden ovanför'),
    ('gemensamt', '"by"', '"astad"', 'restiden går från och till samma kommun'),
    ('gemensamt', '', JOURNEY, 'astad och by står två gånger i restid'),
    ('gemensamt', 'timmar_per_besok = {varde = 1', 'timmar_per_besok = {varde = 45', '0.75 för 45'),
    ('gemensamt', '600000', 'true', 'varde ska vara ett tal, inte ja eller nej'),
]


@pytest.mark.parametrize(('where', 'old', 'new', 'says'), IN_SCENARIOS)
def test_a_mistake_in_a_scenario_gets_one_sentence(paket, where, old, new, says):
    files = {'nulage': TODAY, 'ny': OTHER, 'gemensamt': SHARED + JOURNEY}
    files[where] = files[where].replace(old, new, 1) if old else files[where] + new
    (paket / 'scenarier').mkdir()
    for name, text in files.items():
        (paket / f'scenarier/{name}.toml').write_text(text, encoding='utf-8')
    with pytest.raises(UnderlagError, match=f'(?i){says}') as e:
        read_scenarier(paket)
    assert len(e.value.problem) == 1


def test_a_common_file_with_another_name_is_told(paket):
    (paket / 'scenarier').mkdir()
    (paket / 'scenarier/nulage.toml').write_text(TODAY, encoding='utf-8')
    (paket / 'scenarier/Gemensam.toml').write_text(SHARED + JOURNEY, encoding='utf-8')
    with pytest.raises(UnderlagError, match='Döp om den till gemensamt.toml') as e:
        read_scenarier(paket)
    assert len(e.value.problem) == 1


# texts and folders

PLACE = 'texter/2024-06-01/forbund/lasanvisning.md'
REFUSED = [
    (PLACE, 'P\ufffd v\ufffdg', 'rad 1: Å, ä och ö är förvanskade'),
    (PLACE, 'Vi har f|rb{ttrat', 'rad 1: Å, ä och ö är förvanskade'),
    (PLACE, '{\\rtf1 Hej}', 'ordbehandlare'),
    (PLACE, ' \n', 'Texten är tom'),
    (PLACE, 'Person 8504 12-2386', 'personnummer'),
    (PLACE, 'Person 850412-XXXX', 'personnummer'),
    (PLACE, 'Person 850412-TF12', 'personnummer'),
    (PLACE.replace('.md', '.markdown'), 'Hej', 'Döp om den till lasanvisning.md'),
    ('ekonomi.csv', 'post;slag\n', 'Flytta den till mappen underlag'),
    ('underlag/ekonomi.doc', 'x', 'ett dokument'),
    ('underlag/IMG_1.HEIC', 'x', 'en bild'),
    ('underlag/ekonomi.xlsx', '%PDF-1.4', 'Filen är en PDF, inte en arbetsbok'),
    ('kopplingar/x.toml.txt', 'a = 1', 'Döp om den till x.toml'),
    ('kopplingar/x.docx', 'a = 1', 'oformaterad text (UTF-8) med namnet x.toml'),
    ('kopplingar/gamla/x.toml', 'a = 1', 'Mappar i kopplingar läses inte'),
    ('underlag/gamla/x.csv', 'a', 'Mappar i underlag läses inte'),
    ('texts/2024-06-01/forbund/lasanvisning.md', 'Hej', 'Mappen texts läses inte'),
    ('mina texter/x.md', 'Hej', 'Menas texter? Byt då namn på mappen till texter.'),
]


@pytest.mark.parametrize(('name', 'text', 'says'), REFUSED, ids=[c[1][:12] for c in REFUSED])
def test_a_file_that_would_be_read_wrong_is_refused(paket, name, text, says):
    path = Path(paket / name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8')
    problems, _ = sentences(paket)
    assert len(problems) == 1
    assert says in problems[0]
    assert '850412' not in problems[0]


def test_what_a_text_prints_otherwise_is_noted(paket):
    lines = [
        '#Rubrik',
        '',
        'Se [[x]] och noten',
        '',
        '    Kod',
        '',
        '2024. Ett år',
        '',
        'blev',
    ]
    lines += ['- 300 tkr', '', '| a | b |', '|---|---|', '| 20 | 30 | 40 |', '', 'Se [x][y]', '```']
    path = paket / PLACE
    path.parent.mkdir(parents=True)
    path.write_text('\n'.join([*lines, '']), encoding='utf-8')
    (paket / 'texter/godkanda.toml').write_text(
        f'[[rad]]\nfil = "{PLACE}"\nrad = "Borta"\nskal = "x"\n', encoding='utf-8'
    )
    (paket / 'forbund (1).toml').write_text('x', encoding='utf-8')
    (paket / 'underlag').mkdir()
    (paket / 'underlag/.~lock.ekonomi.ods#').write_text('x', encoding='utf-8')
    problems, notes = sentences(paket)
    assert not problems
    rows = sorted(int(n.split('rad ')[1].split(':')[0]) for n in notes if n.startswith(PLACE))
    assert rows == [1, 3, 5, 7, 10, 14, 16, 17]
    said = ' '.join(notes)
    assert 'godkännande 1: raden finns inte' in said
    assert 'forbund (1).toml: filen läses inte' in said
    assert 'underlag/ekonomi.ods: arbetsboken verkar vara öppen' in said
