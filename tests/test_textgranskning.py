"What a text may not say, in every spelling that a person uses, and what it may"

import csv
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from finsam_genomlysning.gora.fritext import pointing_faults, pointing_questions
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.gora.kontroll import check_package
from finsam_genomlysning.gora.paket import package_lines
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.errors import DisclosureError, Problem, UnderlagError
from finsam_genomlysning.ord.personnummer import FIRST_NAMES
from finsam_genomlysning.ord.textgranskning import (
    UTPEKAR,
    Godkand,
    check_text,
    hits,
    read_approved,
)
from finsam_genomlysning.ord.utpekande import check_pointing, known_words, points_out

PNR = [
    '811218-9876',
    '19811218-9876',
    '198112189876',
    '811218+9876',
    '811218 9876',
    '8112189876',
    '1981-12-18-9876',
    '811278-9873',
    '19 811218–9876',
    '81.12.18-9876',
    '81.12.18.9876',
    '81/12/18-9876',
    '1981/12/18 9876',
    '81:12:18:9876',
    '81 12 18 98 76',
    '8 1 1 2 1 8 9 8 7 6',
    '811218 - 9876',
    '811218—9876',
    '811218−9876',
    '811218\u00ad-9876',
    '8112\u200b18-9876',
    '811218\u2060-\u206098\ufeff76',
    '811218&shy;-9876',
    '811218&#45;9876',
    '811218&ndash;9876',
    '811218&#x2011;9876',
    '811218&nbsp;9876',
    '&#56;11218-9876',
    '**811218**-9876',
    '811218-**98**76',
    '811218-_9876_',
    '<b>811218</b>-9876',
    '811218-<wbr>9876',
    '811218\\-9876',
    '811218-\n9876',
    '811218\n-9876',
    '８１１２１８-９８７６',
    '٨١١٢١٨-٩٨٧٦',
    '(811218)9876',
    '[811218](https://a.se)-9876',
    '<!-- 811218-9876 -->',
]


@pytest.mark.parametrize('text', PNR)
def test_identities_in_every_spelling(text):
    found = check_text(f'Rad ett.\nFödd {text} i Habo', 'x.md')
    assert [(p.rad, 'personnummer' in p.vad) for p in found][:1] == [(2, True)]
    assert '9876' not in str(found[0])


@pytest.mark.parametrize(
    'text',
    [
        '222000-1234',
        '8112189876543',
        '811218-9875',
        '2024-11-20',
        '150 000 kr',
        'SFS 2003:1210',
        'dnr 2024/0123-45',
        '0680',
        'tel',
        '18–29 år',
        '1 000 personer',
        'en person',
        'antal från 1 till 4 personer',
        '2,5 deltagare',
        '3 % av deltagarna',
        'två medarbetare',
        'https://kolada.se/x',
        '2019, 2020, 2021 och 2022',
        'Tabell 3 visar deltagare',
        'tre av fyra kommuner',
        '3 av 4 mål är nådda',
        'steg 2 är klart',
        'Två av tre medarbetare finns i centralorten',
        'färre än 5 deltagare visas inte',
        '1–4 personer',
        'kl. 3 börjar mötet',
        'Den 3 juni var mötet',
        'konto 1234 5678 9012',
        'från 2 till 12 deltagare per grupp',
        '5 deltagare',
        'I december var deltagarna 37',
        'halvår 2023-H1',
        'Väntetiden som en av tio överskrider är 90 dagar',
        'dagar som en av tio väntar längre än',
    ],
)
def test_ordinary_text_passes(text):
    assert check_text(text, 'x.md') == []


@pytest.mark.parametrize(
    'text',
    [
        'skriv till a.b@c.se',
        'a.b (at) c.se',
        'a.b&#64;c.se',
        'a.**b**@c.se',
        'a.b [at] c.se',
    ],
)
def test_addresses(text):
    assert ['e-post' in p.vad for p in check_text(text, 'x.md')] == [True]


@pytest.mark.parametrize(
    'text',
    ['ring 036-10 50 00', '+46 70 174 06 05', '0701740605', '070 174 06 05', '0046 36 105000'],
)
def test_telephones(text):
    assert ['telefon' in p.vad for p in check_text(text, 'x.md')] == [True]


SMALL = [
    'tre deltagare',
    '3 personer',
    'Två unga kvinnor',
    'en av deltagarna',
    'fyra av deltagarna',
    '3 av 20',
    'tre av 20',
    'tre av tjugo',
    'fyra av de tjugo som slutade',
    '3 utav 20',
    'en av 12',
    'ett av tolv',
    'tre fick arbete',
    'två slutade i förtid',
    '3 gick till studier',
    'fyra är sjukskrivna',
    'två av dem flyttade',
    '4 brukare',
    'tre klienter',
    '3 elever',
    '2 ungdomar',
    'Antal: 3',
    'Antal deltagare: 3',
    'Antalet var 3',
    'antalet deltagare är tre',
    'antalet som slutade uppgick till fyra',
    'n = 3',
    'n=3',
    'deltagare: 2',
    'De var fyra.',
    'kvinnorna var tre',
    'bara två.',
    'endast tre, enligt handläggaren',
    '**3** deltagare',
    '3&nbsp;deltagare',
    'tre\ndeltagare',
    '3\u00ad deltagare',
    '３ deltagare',
    '٣ deltagare',
    'tre (3) deltagare',
    '3 (tre) deltagare',
    '3 st deltagare',
    'tre stycken deltagare',
    '2–3 personer',
    'En fick arbete',
    'och en gick till studier',
    'och två gick till studier',
    'de kurser som tre av dem gick',
    'en enda deltagare',
    'ett par deltagare',
    '| Antal | 3 |',
    '| Kommun | Deltagare |\n|---|---|\n| Habo | 3 |',
]


@pytest.mark.parametrize('text', SMALL)
def test_small_counts_in_digits_and_words(text):
    assert {'antal' in p.vad for p in check_text(text, 'x.md')} == {True}


SHARES = [
    ('Tre av tio går till arbete', 0.31),
    ('Knappt tre av tio av dem som slutar går till arbete', 0.28),
    ('En av tre går till arbete', 0.34),
    ('Drygt två av tre skattar vardagen högre', 0.69),
    ('Fyra av tio till hälften har bättre skattningar', 0.42),
    ('En av fem remisser till Enter har inte lett till start', 0.81),
    ('En av fyra slutar för att de har fått arbete', 0.25),
]


@pytest.mark.parametrize('text,share', SHARES)
def test_a_share_in_round_words_is_no_count_where_the_share_is_in_print(text, share):
    assert [kind for kind, _ in hits(text, 5, [share])] == []
    assert {kind for kind, _ in hits(text, 5)} == {'antal'}
    assert {kind for kind, _ in hits(text, 5, [0.53])} == {'antal'}


@pytest.mark.parametrize(
    'text',
    [
        'Tre av tio fick arbete',
        'Tre av tio kvinnor går till arbete',
        'Tre av tio deltagare slutar',
        '3 av 10 går till arbete',
        'tre av tolv går till arbete',
        'bara tre av tio går till arbete',
        'Tre av tio går till arbete, och två fick studera',
    ],
)
def test_a_share_in_print_excuses_no_count(text):
    assert {kind for kind, _ in hits(text, 5, [0.3])} == {'antal'}


@pytest.mark.parametrize(
    'text', ['tre deltagare som en av tio', 'en av tio slutade', 'dagar som två av tio hade']
)
def test_a_percentile_is_of_time(text):
    assert {kind for kind, _ in hits(text, 5)} == {'antal'}


@pytest.mark.parametrize(
    'before',
    [
        'Ljusare åt ena sidan',
        'Vi stod vid sidan.',
        '## Sidan\n',
        'Så var det i år.',
        'Mål',
        'I vår',
    ],
)
def test_a_word_that_numbers_things_does_so_in_its_own_sentence_only(before):
    "Whether a paragraph, a heading, a sentence or the end of another word stands between"
    apart = '' if before.endswith('\n') else ' ' if before[-1] in '.r' else '\n\n'
    assert len(check_text(f'{before}{apart}Tre fick arbete.', 'x.md', 5)) == 1


@pytest.mark.parametrize(
    'text',
    ['Se tabell 3 är ny.', 'Delmål tre har nåtts.', 'På sidan 3 står mer.', 'Kl. 3 var det.'],
)
def test_a_numbered_thing_is_nobody(text):
    assert check_text(text, 'x.md', 5) == []


def test_the_limit_is_the_forbunds_own():
    assert check_text('fyra deltagare', 'x.md', 4) == [] != check_text('fyra deltagare', 'x.md', 5)
    assert check_text('9 deltagare', 'x.md', 10) != [] == check_text('9 deltagare', 'x.md', 5)
    assert 'färre än 10' in check_text('nio deltagare', 'x.md', 10)[0].gor
    assert check_text('tre deltagare', 'x.md', 0) == []


def test_an_approved_line_passes_and_an_identity_never():
    approved = (Godkand('x.md', 'De var fyra.', 'Gäller kommunerna.'),)
    assert check_text('De var fyra.', 'x.md', 5, approved) == []
    assert check_text('De var fyra.', 'y.md', 5, approved) != []
    assert check_text('De var fyra!', 'x.md', 5, approved) != []
    number = (Godkand('x.md', 'Född 811218-9876.', 'En övning.'),)
    assert len(check_text('Född 811218-9876.', 'x.md', 5, number)) == 1


@pytest.mark.parametrize(
    'text',
    [
        'inte toml',
        'rad = 3',
        '[[rad]]\nfil = "a"\nrad = "b"',
        '[[rad]]\nfil = "a"\nrad = "b"\nskal = " "',
        '[[rad]]\nfil = "a"\nrad = "b"\nskal = "c"\nannat = 1',
        '[rad]\nfil = "a"',
    ],
)
def test_an_approval_without_its_reason_is_refused(text):
    with pytest.raises(UnderlagError) as e:
        read_approved(text)
    assert e.value.problem[0].fil == 'texter/godkanda.toml'
    assert '[[rad]]' in e.value.problem[0].gor


@pytest.fixture
def package(tmp_path, request):
    import shutil

    shutil.copytree(request.path.parent / 'fixtur' / 'litet_forbund', tmp_path / 'p')
    return tmp_path / 'p'


def build(package):
    underlag = read_underlag(package)
    return prepare_edition(underlag, underlag.forbund.mote[0])


def test_a_text_stops_the_build_until_it_is_approved(package):
    text = next(package.glob('texter/*/*/*.md'))
    fil = text.relative_to(package).as_posix()
    text.write_text(text.read_text(encoding='utf-8') + '\nTre fick arbete.\n', encoding='utf-8')
    rad = len(text.read_text(encoding='utf-8').splitlines())
    with pytest.raises(DisclosureError) as e:
        build(package)
    assert f'{fil}, rad {rad}' in e.value.svenska
    ok = f'[[rad]]\nfil = "{fil}"\nrad = "Tre fick arbete."\nskal = "Gäller tre kommuner."\n'
    (package / 'texter' / 'godkanda.toml').write_text(ok, encoding='utf-8')
    assert json.loads(build(package).utgava.metod['godkanda']) == ['Tre fick arbete.']


def test_a_proposal_stops_the_build(package):
    p = package / 'underlag' / 'forslag.csv'
    lines = p.read_text(encoding='utf-8').splitlines()
    column = lines[0].split(';').index('forslag')
    cells = lines[1].split(';')
    cells[column] = 'Låt 3 av 20 börja om'
    p.write_text('\n'.join([lines[0], ';'.join(cells), *lines[2:]]) + '\n', encoding='utf-8')
    assert [p.plats for p in check_package(package, compute=False).problem] == [
        'underlag/forslag, rad 2, kolumn forslag'
    ]
    with pytest.raises(DisclosureError) as e:
        build(package)
    assert 'underlag/forslag, rad 2' in e.value.svenska


# ---- what singles somebody out without a number ----

SAID = Path(__file__).parent / 'fixtur' / 'utpekande.csv'
PLACES = frozenset(
    'habo jönköping jönköpings mullsjö vaggeryd vaggeryds bryggan nova enter fia koll '
    'försäkringskassan arbetsförmedlingen'.split()
)


def said(rule):
    with SAID.open(encoding='utf-8') as f:
        rows = [r for r in csv.DictReader(f, delimiter=';') if r['regel'] == rule]
    assert len(rows) > 2
    return [(r['text'], r['slag'] == 'citat') for r in rows]


def rules_of(text, citat):
    return {rule for rule, _ in points_out(text, PLACES, citat)}


@pytest.mark.parametrize('rule', UTPEKAR)
def test_each_way_of_singling_out_is_found_by_its_rule(rule):
    assert [text for text, citat in said(rule) if rule not in rules_of(text, citat)] == []


def test_what_points_at_nobody_passes():
    assert [(text, found) for text, citat in said('') if (found := rules_of(text, citat))] == []


def test_names_are_found_though_no_rule_has_a_list_of_them():
    "The list is that of pseudonyms; the rules do not read it"
    names = [n.capitalize() for n in sorted(FIRST_NAMES)]
    first = [n for n in names if 'namn' not in rules_of(f'{n} sa att det gick bra.', True)]
    inside = [n for n in names if 'namn' not in rules_of(f'Det var {n} som ringde.', True)]
    assert len(names) > 300 and len(first) <= 1 and inside == []


def pointed(text, kolumn='utsaga', citat=True, godkanda=()):
    here = Problem('underlag/utsagor', rad=7, kolumn=kolumn)
    return check_pointing(text, here, PLACES, godkanda, citat=citat)


@pytest.mark.parametrize('rule', UTPEKAR)
def test_a_message_says_where_and_what_to_do_and_never_the_words(rule):
    for text, citat in said(rule):
        found = [p for p in pointed(text, citat=citat) if UTPEKAR[rule] in p.vad]
        assert [(p.rad, p.kolumn) for p in found] == [(7, 'utsaga')]
        assert f'regel = "{rule}"' in found[0].gor and 'godkanda.toml' in found[0].gor
        assert not any(w in str(found[0]) for w in text.split() if w[0].isupper() and len(w) > 5)


@pytest.mark.parametrize(
    'text',
    [
        'Utan Zel\u00admira hade jag slutat.',
        'Utan **Zelmira** hade jag slutat.',
        'Utan &#90;elmira hade jag slutat.',
        'Utan Zelmiras\nmamma.',
        'Jag tackar, t.ex. Zelmira.',
        'Bra (Zelmira sa det).',
    ],
)
def test_a_name_is_found_in_disguise(text):
    assert [p.vad for p in pointed(text)] == [f'Citatet kan peka ut någon: {UTPEKAR["namn"]}.']


def test_the_row_of_a_text_is_its_line():
    here = Problem('texter/a.md', rad=1)
    text = '# Rubrik\n\nDet gick bra\nför Zelmira.\n\nEn 47-åring slutade.\n'
    found = check_pointing(text, here, PLACES)
    assert [(p.rad, p.vad[:6]) for p in found] == [(4, 'Texten'), (6, 'Texten')]
    picture = check_pointing('![Zelmira vid datorn](bild.png)', here, PLACES)
    assert [p.rad for p in picture] == []  # the first word, and nobody does anything
    assert len(check_pointing('![Lokalen med Zelmira](bild.png)', here, PLACES)) == 1


def test_a_source_has_capitals_and_still_no_names():
    assert pointed('Protokoll, Budget; Socialstyrelsen, via Ankaret', 'kalla', False) == []
    assert len(pointed('Samtal med Zelmira', 'kalla', False)) == 1


def test_an_approval_holds_for_its_rule_its_line_and_its_file():
    text = 'Zelmira sa att jag är den enda kvinnan.'
    assert len(pointed(text)) == 2
    ok = Godkand('underlag/utsagor', text, 'Zelmira är en häst.', 'namn')
    assert [UTPEKAR['ensam'] in p.vad for p in pointed(text, godkanda=[ok])] == [True]
    both = [ok, replace(ok, regel='ensam')]
    assert pointed(text, godkanda=both) == []
    assert len(pointed(text + ' Ja.', godkanda=both)) == 2
    assert len(pointed(text, godkanda=[replace(x, fil='underlag/forslag') for x in both])) == 2
    assert len(pointed(text, godkanda=[replace(x, regel='') for x in both])) == 2


def test_an_approval_of_a_rule_excuses_no_count():
    ok = (Godkand('x.md', 'De var fyra.', 'Kommunerna.', 'namn'),)
    assert len(check_text('De var fyra.', 'x.md', 5, ok)) == 1


def test_a_declared_word_is_nobody(package):
    forbund = read_underlag(package).forbund
    ok = read_approved('[[ord]]\nord = "Ankaret"\nskal = "En lokal."\n')
    text, here = 'Vi träffades med Ankaret.', Problem('x')
    assert len(check_pointing(text, here, known_words(forbund))) == 1
    assert check_pointing(text, here, known_words(forbund, ok)) == []
    assert 'bryggan' in known_words(forbund) and 'norrstads' in known_words(forbund)


@pytest.mark.parametrize(
    'text',
    [
        '[[rad]]\nfil = "a"\nrad = "b"\nregel = "nam"\nskal = "c"\n',
        '[[ord]]\nord = "Ankaret"\n',
        '[[ord]]\nord = "Ankaret"\nskal = "c"\nregel = "namn"\n',
        '[[rader]]\nfil = "a"\nrad = "b"\nskal = "c"\n',
    ],
)
def test_an_approval_that_would_approve_nothing_is_refused(text):
    with pytest.raises(UnderlagError):
        read_approved(text)


def test_every_place_of_the_consultants_words_is_asked_about(package):
    u = read_underlag(package)
    who = 'Det gick bra för Zelmira.'
    words = pd.DataFrame({'amne': [who], 'status': ['öppen']})
    goals = pd.DataFrame({'atgard': ['Mer tid', who], 'ansvar': ['Styrelsen', None]})
    said = {'avvikelser': words, 'handlingsplan': goals}
    where = {('2024-09-18', 'forbund', 'beslut'): f'Bra.\n\n{who}\n'}
    f = u.forbund.model_copy(update={'bakgrund': ['Kort.', who]})
    u = replace(u, forbund=f, tabeller=said, texter=where)
    assert [p.plats for p in pointing_faults(u)] == ['underlag/avvikelser, rad 2, kolumn amne']
    assert [p.plats for p in pointing_questions(u)] == [
        'texter/2024-09-18/forbund/beslut.md, rad 3',
        'underlag/handlingsplan, rad 3, kolumn atgard',
        'forbund.toml, bakgrund nr 2',
    ]


def test_kontrollera_refuses_a_quotation_and_asks_about_prose(package):
    text = next(package.glob('texter/*/*/*.md'))
    said = text.read_text(encoding='utf-8').rstrip() + '\n\nDet gick bra för Zelmira.\n'
    text.write_text(said, encoding='utf-8')
    found = check_package(package)
    lines = list(package_lines(found.underlag, found.fragor))
    assert found.problem == [] and [p.rad for p in found.fragor] == [len(said.splitlines())]
    assert 'Frågor om texterna' in lines[-2] and text.name in lines[-1]
    assert 'Zelmira' not in ' '.join(lines)
    failures = 'datum;insats;kommun;amne;status\n2024-05-01;;;Zelmira fick vänta.;öppen\n'
    (package / 'underlag' / 'avvikelser.csv').write_text(failures, encoding='utf-8')
    (stopped,) = check_package(package, compute=False).problem
    assert stopped.plats == 'underlag/avvikelser, rad 2, kolumn amne'
    assert stopped.vad.startswith('Texten') and 'citat' not in stopped.gor


@pytest.mark.parametrize(
    ('said', 'named'),
    [
        ('anna sa att det gick bra', True),
        ('Jag fick hjälp av görans kollega', True),
        ('Tack till fatima och teamet', True),
        ('Det gäller att klara sig själv', False),
        ('Två dagar per vecka i jan, med hans stöd', False),
    ],
)
def test_a_name_in_small_letters_is_a_name(said, named):
    found = check_pointing(said, Problem('underlag/x.csv', rad=2), frozenset(), citat=True)
    assert any('namn' in p.vad for p in found) == named


@pytest.mark.parametrize('many', ['två', 'tre', '4'])
@pytest.mark.parametrize(
    'text',
    [
        'Det gäller {} av fem redovisade tal för 2023.',
        'Då stämmer {} av fem tal.',
        '{} av 20 skillnader är inte säkra.',
        'I {} av 20 rutor är skillnaden säker.',
        '{} av sju mål nås.',
        '{} av nio steg har en uppgift.',
    ],
)
def test_numbers_of_what_is_nobody_are_no_counts(text, many):
    assert list(hits(text.format(many), 5)) == []


def test_what_people_do_is_no_thing_that_is_counted():
    assert [kind for kind, _ in hits('Tre av fem talade svenska.', 5)] == ['antal']
