"What is said in interviews: informants pass the gate, quotations need consent, codes a codebook"

import datetime as dt
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from finsam_genomlysning.gora.cli import main
from finsam_genomlysning.gora.gallring import doomed_files
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.katalog.falt import count_selections
from finsam_genomlysning.katalog.folkmangder import decode_population, other_populations
from finsam_genomlysning.katalog.utsagor import (
    EN_KALLA,
    TVA_KALLOR,
    UTSAGEFOLK,
    informants_by_theme,
    skal_frames,
    utsage_frames,
)
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.lasa.refi import read_refi
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.errors import DisclosureError, UnderlagError
from finsam_genomlysning.ord.glossary import CODES
from finsam_genomlysning.rakna.samstammighet import coder_agreement
from finsam_genomlysning.skydd.forteckning import Liggare
from finsam_genomlysning.skydd.passage import revised_places
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.utsagor import (
    reasons_table,
    themes_table,
    voice_tables,
    voices_finding,
    voices_in_words,
)

PACKAGE = """id = "ex"
namn = "Samordningsförbundet Exempel"
kortnamn = "Ex"
syntetiska_deltagare = true
kommun = [{id = "astad", kod = "9901", namn = "Åstad"}, {id = "by", kod = "9902", namn = "By"}]
insats = [{id = "bryggan", namn = "Bryggan", i_genomlysningen = true}]
mote = [{datum = 2024-06-15, organ = "Styrelsen", rubrik = "Juni", data_till = 2024-05-31}]
"""
KODBOK = """
[[rosttema]]
id = "vagen_in"
namn = "Vägen in"
pastaende = "Man får börja i tid"
kod = [
  {id = "ko", namn = "Kö till start", definition = "Väntan före start"},
  {id = "remiss", namn = "Underlaget", definition = "Vad som behövs för att anvisa"},
]
[[rosttema]]
id = "efter"
namn = "Efteråt"
pastaende = "Någon tar vid"
kod = [{id = "overlamning", namn = "Överlämning", definition = "Nästa steg"}]
"""
HUVUD = 'datum;person;roll;insats;kommun;kod;hallning;utsaga;citat\n'
# role, how many against, for, neither about the way in; and against what comes after
PLAN = {'medarbetare': (7, 6, 1, 0), 'chef': (6, 0, 5, 6), 'remittent': (2, 2, 0, 3)}


def statements(citat='ja', ord='Det tar tid.'):
    rows, nr = [], 0
    for roll, (emot, fore, varken, efter) in PLAN.items():
        for i in range(emot + fore + varken):
            nr += 1
            hall = 'emot' if i < emot else 'for' if i < emot + fore else 'neutral'
            kod = 'remiss' if roll == 'medarbetare' and i == 0 else 'ko'
            rows.append(f'2024-05-31;I{nr:03d};{roll};bryggan;;{kod};{hall};{ord};{citat}')
            if i < efter:
                row = f'2024-05-31;I{nr:03d};{roll};bryggan;;overlamning;emot;Det blir tyst.;nej'
                rows.append(row)
    return HUVUD + '\n'.join(rows) + '\n'


def package(folder, text, kodbok=KODBOK):
    (folder / 'underlag').mkdir(parents=True)
    (folder / 'underlag' / 'utsagor.csv').write_text(text, encoding='utf-8')
    (folder / 'forbund.toml').write_text(PACKAGE + kodbok, encoding='utf-8')
    return folder


@pytest.fixture(scope='module')
def underlag(tmp_path_factory):
    return read_underlag(package(tmp_path_factory.mktemp('roster') / 'paket', statements()))


@pytest.fixture(scope='module')
def edition(underlag):
    return prepare_edition(underlag, underlag.forbund.meeting()).utgava


def printed(edition, **place):
    df = edition.tabeller['utsagor'].df
    df = df[df['matt'] == 'informanter']
    for d, v in place.items():
        df = df[df[d] == v]
    return df.set_index('hallning')['varde'].to_dict()


def test_informants_are_counted_once_in_each_theme(underlag):
    f, mote = underlag.forbund, underlag.forbund.meeting()
    rows = informants_by_theme(underlag.tabell('utsagor'), f, mote)
    assert len(rows) == (14 + 11) * 2 and set(rows['roll']) == {'medarbetare', 'chef'}
    table = underlag.tabell('utsagor')
    again = pd.concat([table, table[table['person'] == 'I001'].assign(utsaga='Igen.')])
    assert informants_by_theme(again, f, mote).equals(rows)
    both = pd.concat([table, table[table['person'] == 'I001'].assign(hallning='for')])
    now = informants_by_theme(both, f, mote)
    assert now.loc[now['person'].eq('I001'), 'hallning'].tolist() == ['neutral', 'neutral']


def test_a_round_after_the_meeting_is_not_told_of(underlag):
    early = underlag.forbund.meeting().model_copy(update={'datum': dt.date(2024, 5, 30)})
    assert utsage_frames(underlag, early) == {}


def test_the_gate_withholds_what_would_tell_of_few(edition):
    "7 against and 6 for of 14: the one left would follow, so two of the three are withheld"
    seen = printed(edition, roll='medarbetare', tema='Vägen in')
    assert seen['Samtliga'] == 14 and pd.isna(seen['neutral'])
    assert sum(pd.isna(seen[h]) for h in ('for', 'emot', 'neutral')) == 2
    assert printed(edition, roll='chef', tema='Vägen in') == {
        **{'Samtliga': 11, 'for': 0, 'emot': 6, 'neutral': 5}
    }
    assert 'remittent' not in set(edition.tabeller['utsagor'].df['roll'])


def test_a_role_that_says_the_same_is_told_of_in_no_stance(tmp_path):
    alike = statements().replace(';neutral;', ';emot;').replace(';for;', ';emot;')
    u = read_underlag(package(tmp_path / 'paket', alike))
    edition = prepare_edition(u, u.forbund.meeting()).utgava
    seen = printed(edition, roll='chef', tema='Vägen in')
    assert {h for h, n in seen.items() if pd.notna(n)} == {'Samtliga'}
    assert voices_finding(Amne(edition)) == '' and 'skal' not in edition.tabeller


def test_the_statements_come_back(underlag):
    f, mote = underlag.forbund, underlag.forbund.meeting()
    found = [x for x in other_populations(underlag, mote) if x[0].namn == UTSAGEFOLK]
    ((folk, cells),) = found
    back = decode_population(folk, cells, underlag, mote)['utsagor']
    again = informants_by_theme(back, f, mote)
    key = ['person', 'tema']
    first = informants_by_theme(underlag.tabell('utsagor'), f, mote).sort_values(key)
    assert again.sort_values(key)['hallning'].tolist() == first['hallning'].tolist()
    assert len(back[back['roll'] == 'remittent']) == 7
    assert count_selections(folk, [x.urval for x in cells]).sum() == 2 * len(first)


def test_reasons_and_quotations_are_of_printed_counts_only(edition, underlag):
    rows = edition.tabeller['skal'].df
    told = rows[['tema', 'hallning', 'skal', 'belagt', 'roll']].values.tolist()
    assert told == [
        ['Vägen in', 'emot', 'Kö till start', TVA_KALLOR, 'chef'],
        ['Vägen in', 'emot', 'Underlaget', EN_KALLA, 'medarbetare'],
        ['Efteråt', 'emot', 'Överlämning', EN_KALLA, ''],
    ]
    assert 'remittent' not in set(rows['roll'])
    asked = underlag.tabell('utsagor').assign(citat='nej')
    none = type(underlag)(underlag.forbund, {'utsagor': asked})
    frames = {'utsagor': edition.tabeller['utsagor'].df}
    assert set(skal_frames(none, underlag.forbund.meeting(), frames)['skal']['citat']) == {''}


def test_two_colleagues_are_one_source(edition):
    rows = edition.tabeller['skal'].df.set_index(['tema', 'skal'])['belagt']
    assert rows['Efteråt', 'Överlämning'] == EN_KALLA


def test_the_page_says_who_and_by_which_rule(edition):
    s = Amne(edition)
    (lead,) = voices_in_words(s)
    assert 'mer än hälften' in lead.md and 'minst 5;' in lead.md
    assert themes_table(s)[0].rader[1] == [
        *('Efteråt', 'Någon tar vid', 'De flesta chefer', '–', '–')
    ]
    assert voices_finding(s) == 'De flesta chefer håller inte med: ”Man får börja i tid”'
    assert [t.id for t in voice_tables(s)] == ['tab-utsagor-medarbetare', 'tab-utsagor-chef']
    assert all(t.bilaga for t in (*voice_tables(s), *reasons_table(s)))


def test_a_quotation_passes_the_check_of_texts(tmp_path):
    u = read_underlag(package(tmp_path / 'a', statements(ord='Tre deltagare fick vänta.')))
    with pytest.raises(DisclosureError) as e:
        prepare_edition(u, u.forbund.meeting())
    assert 'underlag/utsagor' in str(e.value)
    silent = statements(citat='nej', ord='Tre deltagare fick vänta.')
    u = read_underlag(package(tmp_path / 'b', silent))
    assert set(prepare_edition(u, u.forbund.meeting()).utgava.tabeller['skal'].df['citat']) == {''}


@pytest.mark.parametrize(
    'old, new, said',
    [
        (';ko;', ';kö till stat;', 'Kö till start'),
        ('I001;medarbetare', 'Anna Andersson;medarbetare', 'Pseudonymen'),
        ('I001;medarbetare;bryggan;;remiss', 'I002;chef;bryggan;;remiss', 'flera roller'),
    ],
)
def test_what_is_wrong_is_refused_with_what_was_meant(tmp_path, old, new, said):
    with pytest.raises(UnderlagError) as e:
        read_underlag(package(tmp_path / 'paket', statements().replace(old, new, 1)))
    assert said in ' '.join(f'{p.vad} {p.gor}' for p in e.value.problem)


def test_a_code_has_one_theme(tmp_path):
    twice = KODBOK.replace('id = "overlamning"', 'id = "ko"')
    with pytest.raises(UnderlagError) as e:
        read_forbund(package(tmp_path / 'paket', statements(), twice))
    assert e.value.problem[0].vad == 'Koden ko finns redan, i temat vagen_in.'


def table_of(folder):
    return (folder / 'underlag' / 'utsagor.csv').read_text(encoding='utf-8')


def test_a_project_goes_out_and_comes_back(tmp_path, capsys):
    "With every statement, code, stance, consent and informant; another program may rename nothing"
    made = package(
        tmp_path / 'paket',
        statements().replace('I001;medarbetare;bryggan;', 'I001;medarbetare;;', 1),
    )
    where = ['--forbund', str(made)]
    assert main(['utsagor', *where, '--till', str(tmp_path / 'ut.qdpx')]) == 0
    assert (
        main(['utsagor', *where, '--ur', str(tmp_path / 'ut.qdpx'), '--ut', str(tmp_path / 'in')])
        == 0
    )
    assert 'lika hemlig' in capsys.readouterr().out
    back = (tmp_path / 'in' / 'utsagor.csv').read_text(encoding='utf-8')
    assert sorted(back.splitlines()) == sorted(table_of(made).splitlines())


def project(text, coded, start, end, doctype=''):
    "One passage as another program writes it, with codes a, b and c"
    names = {'a': 'kö till start', 'b': 'Talar emot', 'c': 'Okänd'}
    codes = ''.join(f'<Code guid="{k}" name="{v}" isCodable="true"/>' for k, v in names.items())
    xml = (
        f'{doctype}<Project name="x" xmlns="urn:QDA-XML:project:1.0">'
        f'<CodeBook><Codes>{codes}</Codes></CodeBook><Sources><TextSource guid="s" name="I001">'
        f'<PlainTextContent>{text}</PlainTextContent><PlainTextSelection guid="p" '
        f'startPosition="{start}" endPosition="{end}">{coded}</PlainTextSelection>'
        '</TextSource></Sources></Project>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        z.writestr('project.qde', xml)
    return out.getvalue()


def test_a_project_of_another_program_is_read_by_the_names_of_its_codes(tmp_path):
    f = read_forbund(package(tmp_path / 'paket', statements()))
    text = 'Först något annat. Det tar för lång tid.'
    coded = ''.join(f'<Coding guid="k{x}"><CodeRef targetGUID="{x}"/></Coding>' for x in 'abc')
    rows = read_refi(project(text, coded, 19, 40), 'annat.qdpx', f)
    assert rows[['person', 'kod', 'hallning', 'utsaga', 'citat']].values.tolist() == [
        ['I001', 'ko', 'emot', 'Det tar för lång tid.', 'nej'],
        ['I001', 'Okänd', 'emot', 'Det tar för lång tid.', 'nej'],
    ]


@pytest.mark.parametrize('data', [b'', b'PK', b'<Project/>'])
def test_what_is_no_project_is_refused(data):
    with pytest.raises(UnderlagError) as e:
        read_refi(data, 'fel.qdpx', None)
    assert 'REFI-QDA' in e.value.problem[0].gor


def test_a_project_reads_nothing_outside_itself(tmp_path):
    f = read_forbund(package(tmp_path / 'paket', statements()))
    (tmp_path / 'hemligt').write_text('HEMLIGT', encoding='utf-8')
    secret = (tmp_path / 'hemligt').as_uri()
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret}">]>'
    coded = '<Coding guid="k"><CodeRef targetGUID="a"/></Coding>'
    data = project('&e; tyst', coded, 0, 12, doctype)
    assert 'HEMLIGT' not in read_refi(data, 'x.qdpx', f).to_csv()


def test_two_coders_are_told_how_much_they_agree(tmp_path, capsys):
    made = package(tmp_path / 'paket', statements())
    for name, text in (('a', table_of(made)), ('b', table_of(made).replace(';remiss;', ';ko;'))):
        (tmp_path / name).mkdir()
        (tmp_path / name / 'utsagor.csv').write_text(text, encoding='utf-8')
    files = [str(tmp_path / x / 'utsagor.csv') for x in 'ab']
    assert main(['utsagor', '--forbund', str(made), '--kodare', *files]) == 0
    code, stance = capsys.readouterr().out.splitlines()[:2]
    assert code.startswith('Koder: 38 utsagor kodade av minst två, Krippendorffs alfa 0,93 (')
    assert 'Krippendorffs alfa 1,00 (1,00–1,00): tillförlitligt' in stance


def test_the_published_example_of_krippendorff(tmp_path):
    "Four observers, twelve units, values missing: 0.743 (Krippendorff 2011, section C)"
    rows = ['123321412...', '123322412 5.3', '.333234225 1.', '123324412 51.']
    given = [[float(x) if x.isdigit() else np.nan for x in r.replace(' ', '')] for r in rows]
    a = coder_agreement(pd.DataFrame(given).T, np.random.default_rng(0), omgangar=50)
    assert round(a.alfa, 3) == 0.743 and a.antal == 11


def test_each_role_has_its_guide(tmp_path):
    made = package(tmp_path / 'paket', statements())
    assert main(['utsagor', '--forbund', str(made), '--ut', str(tmp_path / 'guider')]) == 0
    names = {p.name for p in (tmp_path / 'guider').iterdir()}
    assert names == {f'intervjuguide-{r}.md' for r in CODES['rostroll']}
    text = (tmp_path / 'guider' / 'intervjuguide-chef.md').read_text(encoding='utf-8')
    assert 'minst 5 intervjuade' in text and '## Efteråt' in text


def test_statements_can_be_erased_by_the_plan(tmp_path):
    made = package(tmp_path / 'paket', statements())
    plan = '[[gallring]]\nvad = "utsagor"\nsenast = 2025-01-31\nkalla = "Styrelsen"\n'
    (made / 'forbund.toml').write_text(PACKAGE + KODBOK + plan, encoding='utf-8')
    assert read_forbund(made).gallring[0].vad == 'utsagor'
    assert [x.fil for x in doomed_files(made, {'utsagor'})] == ['underlag/utsagor.csv']


# ---- a round that is in print ----


def printed_before(underlag):
    mote = underlag.forbund.meeting()
    return Liggare(Path('.liggare'), (prepare_edition(underlag, mote).post,))


LATE = '2024-05-31;I099;chef;bryggan;;ko;emot;Det tar tid.;nej\n'


@pytest.mark.parametrize(
    'change, moves',
    [
        (lambda text: text + LATE, False),  # one interview more
        (
            lambda text: text.replace('I016;chef;bryggan;;ko;emot', 'I016;chef;bryggan;;ko;for'),
            True,
        ),
        (lambda text: text + LATE.replace('chef', 'remittent'), False),
        (lambda text: text.replace(';chef;', ';medlem;'), False),
    ],
)
@pytest.mark.parametrize('visning', ['dolt', 'avrundat'])
def test_a_round_that_is_in_print_gets_no_interview_more(
    underlag, tmp_path, change, moves, visning
):
    "The difference would be one person, and everything that she thinks"
    liggare, mote = printed_before(underlag), underlag.forbund.meeting()
    later = read_underlag(package(tmp_path / 'paket', change(statements())))
    ((folk, own),) = other_populations(later, mote)
    other = revised_places(folk, own, liggare, avrundat=visning == 'avrundat')
    assert bool(other) == (visning == 'dolt' or not moves)  # what is rounded stays by itself
    if visning == 'dolt':
        with pytest.raises(DisclosureError, match='ändrat sedan det trycktes') as e:
            prepare_edition(later, mote, liggare=liggare)
        assert 'I099' not in str(e.value) and '12' not in str(e.value)


def test_the_same_round_and_a_new_one_are_printed(underlag, tmp_path):
    liggare, mote = printed_before(underlag), underlag.forbund.meeting()
    again = prepare_edition(underlag, mote, liggare=liggare).utgava
    new = statements() + statements().replace(HUVUD, '').replace('2024-05-31', '2024-06-14')
    later = read_underlag(package(tmp_path / 'paket', new))
    edition = prepare_edition(later, mote, liggare=liggare).utgava
    first = edition.tabeller['utsagor'].df
    first = first[first['datum'] == '2024-05-31'].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, again.tabeller['utsagor'].df.reset_index(drop=True))
    assert set(edition.tabeller['utsagor'].df['datum']) == {'2024-05-31', '2024-06-14'}


def test_a_round_that_is_taken_out_stops_nobody(underlag, tmp_path):
    moved = statements().replace('2024-05-31', '2024-06-14')
    later = read_underlag(package(tmp_path / 'paket', moved))
    ((folk, own),) = other_populations(later, later.forbund.meeting())
    assert revised_places(folk, own, printed_before(underlag)) == []


def test_one_who_works_in_two_programmes_is_one_source(underlag):
    table, mote = underlag.tabell('utsagor'), underlag.forbund.meeting()
    one = table[(table['person'] == 'I001') & (table['kod'] == 'remiss')]
    frames = {'utsagor': prepare_edition(underlag, mote).utgava.tabeller['utsagor'].df}

    def sources(*more):
        rows = pd.concat([table, *more], ignore_index=True)
        got = skal_frames(type(underlag)(underlag.forbund, {'utsagor': rows}), mote, frames)
        return got['skal'].set_index(['skal', 'hallning'])['belagt']['Underlaget', 'emot']

    assert sources(one.assign(insats='annan')) == EN_KALLA
    assert sources(one.assign(person='I002', insats=None)) == EN_KALLA  # nobody knows where
    assert sources(one.assign(person='I002', insats='annan')) == TVA_KALLOR


@pytest.mark.parametrize(
    'ord',
    [
        'Som enda kvinna i gruppen fick jag vänta.',
        'Det var bara en man i gruppen.',
        'Jag är den ende från Åstad.',
        'Två av oss fick jobb.',
        'Vi var tre som slutade.',
        'A.S. sa att det inte gick.',
        'Min handläggare Lars Berg svarade inte.',
    ],
)
def test_a_quotation_points_at_nobody(tmp_path, ord):
    u = read_underlag(package(tmp_path / 'a', statements(ord=ord)))
    with pytest.raises(DisclosureError, match='kan peka ut') as e:
        prepare_edition(u, u.forbund.meeting())
    assert ord not in str(e.value)
    silent = read_underlag(package(tmp_path / 'b', statements(citat='nej', ord=ord)))
    prepare_edition(silent, silent.forbund.meeting())
