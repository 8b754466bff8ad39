"""What a reader meets: the first page by its rule, one list of what is missing

The words are those that a politician knows, and no two sentences disagree.
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
import numpy as np
import pandas as pd
import pytest
from finsam_genomlysning.katalog.register import T
from finsam_genomlysning.ord.errors import GenomlysningError, UnknownError
from finsam_genomlysning.ord.glossary import SAMTLIGA
from finsam_genomlysning.ord.tabell import Publicerad
from finsam_genomlysning.skriva.block import Nod, Ruta, plain
from finsam_genomlysning.skriva.modell import Rapport, as_notebook, read_report
from finsam_genomlysning.skydd.utgava import read_edition
from finsam_genomlysning.visa.amne import Amne, printed
from finsam_genomlysning.visa.avsnitt import Avsnitt, Del, show_section
from finsam_genomlysning.visa.behov import match_list
from finsam_genomlysning.visa.forstasidan import findings, first_page
from finsam_genomlysning.visa.lattlast import PAHITTADE, easy_summary
from finsam_genomlysning.visa.rapporter import annex, body, opening, sections_of
from finsam_genomlysning.visa.resultat import outcome_sentence, unnoted
from finsam_genomlysning.visa.rost import ROST
from finsam_genomlysning.visa.svenska import RAKNAT, SAKERT
from finsam_genomlysning.visa.vagen_in import wait_sentence
from finsam_genomlysning.visa.visning import Figur, Tabell, Text

FOLDER = Path(__file__).parent / 'fixtur' / 'utgava'


@pytest.fixture(scope='module')
def u():
    return read_edition(FOLDER)


def subjects(u):
    "Every report of an edition"
    some = [Amne(u), *(Amne(u, insats=i.id) for i in u.forbund.granskade)]
    return [*some, *(Amne(u, kommun=k.id) for k in u.forbund.kommun), Amne(u, slag='nylage')]


@dataclass(frozen=True)
class Made:
    "One report, made once for all tests"

    s: Amne
    objects: list
    shown: list  # without the annex
    model: Rapport

    @property
    def id(self):
        return self.s.id

    def of_years(self):
        return [o for o in self.shown if getattr(o, 'id', '') == 'tab-ar']


def make(s):
    first, sections = opening(s), body(s)
    rest = annex(s, first, sections)
    objects = [*first, *sections, *rest]
    return Made(s, objects, [*first, *sections], read_report(as_notebook(*objects), s.id))


@pytest.fixture(scope='module')
def reports(u):
    return [make(s) for s in subjects(u)]


def with_values(u, tabell, matt, values):
    "An edition with other values of a measure, {insats: (value, low, high)}; None withholds"
    pub = u.tabeller[tabell]
    df = pub.df.copy()
    for code, v in values.items():
        rows = (df['matt'] == matt) & (df['insats'] == code)
        rows &= (df['kommun'] == 'Samtliga') if 'kommun' in df else True
        df.loc[rows, ['varde', 'lag', 'hog']] = [np.nan] * 3 if v is None else v
        df.loc[rows, 'skyddad'] = 'ja' if v is None else 'nej'
    return replace(u, tabeller={**u.tabeller, tabell: Publicerad(pub.definition, df)})


def test_a_planted_finding_leads(u):
    a, b = (i.id for i in u.forbund.granskade[:2])
    planted = with_values(
        u, 'vantetid', 'vantetid_median', {a: (100.0, 90.0, 110.0), b: (20.0, 15.0, 25.0)}
    )
    name, other = planted.namn(insats=a), planted.namn(insats=b)
    for s in (Amne(planted), Amne(planted, insats=a)):
        found = findings(s)
        assert found[0].rubrik == f'{name} har längre väntan än {other}'
        assert found[0].sakerhet == SAKERT and '100' in found[0].text and '20' in found[0].text
    meeting = with_values(
        u, 'vantetid', 'vantetid_median', {a: (100.0, 20.0, 110.0), b: (20.0, 15.0, 25.0)}
    )
    assert all('väntan' not in f.rubrik for f in findings(Amne(meeting)))


def test_nothing_to_say_is_said(u):
    hidden = {
        k: Publicerad(p.definition, p.df.assign(varde=np.nan, lag=np.nan, hog=np.nan, skyddad='ja'))
        for k, p in u.tabeller.items()
    }
    page = first_page(Amne(replace(u, tabeller=hidden)), ())[0]
    assert page.fynd == [] and 'Går inte att säga' in page.oppet
    empty = first_page(Amne(replace(u, tabeller={})), ())[0]
    assert empty.fynd == [] and 'räcker inte' in empty.oppet


def test_sure_before_counted_before_level(u):
    for s in subjects(u):
        order = [{SAKERT: 0, RAKNAT: 1}.get(f.sakerhet, 2) for f in findings(s)]
        assert order == sorted(order) and len(order) <= 5


@pytest.mark.parametrize('part', ['beslutas', 'osäkert', 'ändrats'])
def test_every_report_answers_on_its_first_page(reports, part):
    for r in reports:
        page = next(o for o in r.shown if type(o).__name__ == 'Forstasida')
        rows = next(rows for name, rows in page.delar if part in name)
        assert page.svar and all(rows)


def test_the_interval_is_explained_once(reports):
    for r in reports:
        text = words(r.model.blocks)
        assert text.count('Osäkerhetsintervall står inom parentes') == 1, r.id


def test_what_is_missing_is_one_list(reports):
    for r in reports:
        boxes = [b for b in r.model.blocks if isinstance(b, Ruta) and b.slag == 'saknas']
        assert len(boxes) <= 1, r.id


def words(nodes):
    "All running text"
    out = []
    for n in nodes:
        if isinstance(n, list):
            out.append(words(n))
        elif isinstance(n, Nod):
            out.append(plain([n]) if n.typ in ('ord', 'kod') else words(list(vars(n).values())))
    return ' '.join(' '.join(out).split())


STATISTIK = re.compile(
    r'wilson|ordningsstatistik|poisson|sobol|kvartil|utjämna|log-rank|p-värde|median|\bkvot', re.I
)


def printed_words(o):
    "What an object says in words: prose, headings, rows, notes"
    if isinstance(o, Tabell):
        first = [str(r[0]) for r in o.rader]
        return ' | '.join([o.rubrik, *map(str, o.kolumner), *first, o.notes()])
    text = o.md if isinstance(o, Text) else getattr(o, 'rubrik', '')
    return re.sub(r'\]\(tal:[^)]*\)', ']', text)


def test_statistical_words_stand_in_the_method_only(reports):
    for r in reports:
        for o in r.shown:
            text = printed_words(o)
            assert not STATISTIK.search(text), (r.id, text)


def test_what_the_text_sends_the_reader_to_stands_there(reports):
    sent = 0
    for r in reports:
        said = ' '.join(f'{printed_words(o)} {getattr(o, "kalla", "")}' for o in r.objects)
        assert not re.search(r'[Ss]e (tabellen|avsnittet|figuren|bilagan)', said), r.id
        for t in (o for o in r.objects if isinstance(o, Tabell)):
            for column in re.findall(r'se kolumnen ([A-ZÅÄÖ][\w ]+)', f'{t.kalla} {t.notes()}'):
                assert column.strip() in t.kolumner, (r.id, t.id)
                sent += 1
        assert ('står sist i rapporten' not in said) or 'Det här har ingen lämnat' in said, r.id
        assert ('i ord i bilagan' not in said) or '### Steg för steg' in said, r.id
    assert sent


def test_a_year_that_goes_on_says_so_in_the_table(u, reports):
    last = u.mote.data_till
    for r in reports:
        for t in (o for o in r.of_years() if isinstance(o, Tabell)):
            rows = {str(x[0]) for x in t.rader}
            assert f'{last.year} (inte slut)' in rows and str(last.year - 1) in rows, (r.id, t.id)


def test_a_withheld_verdict_is_words(u):
    pub = u.tabeller['traffbild']
    df = pub.df.copy()
    verdict = df['matt'] == 'skiljer'
    df.loc[verdict, ['varde', 'n', 'lag', 'hog']] = np.nan
    df['skyddad'] = np.where(verdict, 'ja', df.get('skyddad', 'nej'))
    hidden = replace(u, tabeller={**u.tabeller, 'traffbild': Publicerad(pub.definition, df)})
    table = next(o for o in match_list(Amne(hidden)) if isinstance(o, Tabell))
    assert {str(x[-1]) for x in table.rader} <= {'kan inte visas', 'för få'}
    assert 'kan inte visas' in {str(x[-1]) for x in table.rader}


def test_running_text_never_holds_the_sign_of_a_withheld_number(u):
    gone = {i.id: None for i in u.forbund.granskade} | {'Samtliga': None}
    hidden = with_values(u, 'resultat', 'andel_arbete_studier', gone)
    made = [make(s) for s in subjects(hidden) if s.slag != 'nylage']
    for r in made:
        for o in (x for x in r.objects if isinstance(x, Text)):
            assert '..' not in printed_words(o).split() and '[..]' not in printed_words(o), o.md
    assert any('tal kan inte visas' in printed_words(o) for r in made for o in r.objects)


def test_who_cannot_see_a_figure_is_told_every_value(reports):
    told = [f.alt for r in reports for f in r.objects if isinstance(f, Figur)]
    assert told and not [a for a in told if re.search(r'(Högst|lägst)[^.]* Samtliga', a)]
    assert not [a for a in told if 'kan inte avgöras' in a or '..' in a.split()]


def test_a_sentence_never_says_one_days(reports):
    for r in reports:
        text = words(r.model.blocks)
        assert not re.search(r'\b1\s+(dagar|månader|deltaganden|remisser)\b', text), r.id
        assert 'nan' not in text.split() and 'None' not in text


def test_headings_are_findings_or_plain_names(reports):
    for r in reports:
        names = {a.vinjett for a in sections_of(r.s)} | {
            f'{r.s.namn} i en bild',
            'Insatserna i en bild',
            'Lättläst sammanfattning',
        }
        shown = [o.md[3:] for o in r.shown if isinstance(o, Text) and o.md.startswith('## ')]
        over = [o.md for o in r.shown if isinstance(o, Text) and o.slag == 'vinjett']
        assert len([h for h in shown if h not in names]) == len(over), r.id


def test_no_two_numbers_disagree(reports):
    "The same measure at the same place is the same number wherever it is printed"
    seen = {}
    for r in reports:
        for key, v in numbers(r.model):
            assert seen.setdefault(key, v) == v, (r.id, key)
    assert len(seen) > 100


def numbers(r):
    def cells(x):
        if isinstance(x, dict):
            if 'tabell' in x and 'koord' in x and 'v' in x:
                yield x
            for y in x.values():
                yield from cells(y)
        elif isinstance(x, (list, tuple)):
            for y in x:
                yield from cells(y)
        elif isinstance(x, Nod):
            yield from cells(vars(x))

    for c in cells([r.blocks, r.objects]):
        place = tuple(sorted(c['koord'].items()))
        yield (c['tabell'], place, c.get('matt'), c.get('falt', 'varde')), c['v']


def test_no_share_of_fewer_than_ten_is_printed(u, reports):
    assert shares_in_print(u, reports) > 10


def shares_in_print(u, reports):
    "How many shares are printed; each has a base of at least the limit"
    limit, found = u.forbund.regler.grans_andel, 0
    kinds = {k: {m.id: m.slag for m in p.definition.matt} for k, p in u.tabeller.items()}
    for r in reports:
        for (tabell, place, matt, falt), _ in numbers(r.model):
            if kinds[tabell].get(matt) != 'andel' or falt != 'varde':
                continue
            df = u.tabeller[tabell].df
            rows = df[df['matt'] == matt]
            for k, v in place:
                rows = rows[rows[k] == v]
            found += 1
            assert rows['n'].iloc[0] >= limit, (tabell, place, matt)
    return found


def test_a_share_of_nine_would_be_seen(u, reports):
    kinds = {
        (k, m.id) for k, p in u.tabeller.items() for m in p.definition.matt if m.slag == 'andel'
    }
    printed = (n[0] for r in reports for n in numbers(r.model))
    tabell, matt = next((t, m) for t, _, m, f in printed if (t, m) in kinds and f == 'varde')
    pub = u.tabeller[tabell]
    df = pub.df.copy()
    df.loc[df['matt'] == matt, 'n'] = 9
    broken = replace(u, tabeller={**u.tabeller, tabell: Publicerad(pub.definition, df)})
    with pytest.raises(AssertionError, match=tabell):
        shares_in_print(broken, reports)


def test_a_misspelt_measure_stops_and_is_never_called_missing(u):
    with pytest.raises(GenomlysningError, match='andel_arbete_studier'):
        exec('M = T.resultat.andel_arbete_studeir', {'T': T})
    with pytest.raises(UnknownError, match='insats'):
        printed(Amne(u), T.resultat.avslutade, insatts='bryggan')
    wrong = Avsnitt('x', 'X', (Del('tab-x', 'X', (T.resultat.avslutade,), 'insatts'),))
    with pytest.raises(GenomlysningError, match='insatts'):
        show_section(Amne(u), wrong)


def test_known_in_the_catalogue_and_absent_here_is_not_reported(u):
    without = replace(u, tabeller={k: p for k, p in u.tabeller.items() if k != 'resultat'})
    assert printed(Amne(without), T.resultat.avslutade).t == 'Inte redovisat'


def test_each_figure_has_a_phone_version_and_its_numbers(reports):
    count = 0
    for r in reports:
        for o in r.shown:
            if isinstance(o, Figur):
                count += 1
                assert o.svg_smal and isinstance(o.data, Tabell)
                wide, narrow = (
                    float(re.search(r'width="([\d.]+)pt"', x)[1]) for x in (o.svg, o.svg_smal)
                )
                assert wide > 400 and narrow < 280
    assert count > 5


def test_ids_are_used_once(reports):
    for r in reports:
        ids = [o.id for o in r.objects if hasattr(o, 'id') and o.id]
        assert len(ids) == len(set(ids)), r.id


def lix(text):
    said = re.findall(r'[\wåäöÅÄÖ-]+', text)
    sentences = max(len(re.findall(r'[.!?:](?:\s|$)', text)), 1)
    return len(said) / sentences + 100 * sum(len(w) > 6 for w in said) / max(len(said), 1)


def test_the_answer_is_easy_to_read(reports):
    for r in reports:
        page = next(o for o in r.shown if type(o).__name__ == 'Forstasida')
        text = re.sub(r'\[([^\]]*)\]\(tal:[^)]*\)', r'\1', page.svar)
        assert lix(text) <= 42, (r.id, lix(text), text)


def bare(md):
    "Markdown as it is read"
    return re.sub(r'\[([^\]]*)\]\(tal:[^)]*\)', r'\1', md)


def without_people(u):
    "The edition without any table about who takes part and how it went"
    return replace(u, tabeller={k: u.tabeller[k] for k in ('befolkning', 'behov')})


def test_the_easy_summary_is_easy_and_says_what_the_first_page_says(u, reports):
    for now in (u, without_people(u)):
        s = Amne(now)
        head, *said = [bare(o.md) for o in easy_summary(s, sections_of(s))]
        assert head == '## Lättläst sammanfattning'
        assert lix(' '.join(said)) <= 30, said
        sentences = re.split(r'(?<=[.!?]) ', ' '.join(said))
        assert max(len(x.split()) for x in sentences) <= 16, sentences
        assert any(x.startswith('Vi vet inte') for x in sentences)
        assert PAHITTADE in sentences
    (whole,) = (r for r in reports if r.id == 'forbund')
    assert [r.id for r in reports if easy_heading(r)] == [whole.id]


def easy_heading(r):
    return [o for o in r.shown if isinstance(o, Text) and o.md == '## Lättläst sammanfattning']


def test_the_easy_summary_prints_numbers_of_the_tables_only(u):
    "Every figure in it is a number of a table, a day or a year"
    s = Amne(u)
    for o in easy_summary(s, sections_of(s)):
        loose = re.sub(r'\[[^\]]*\]\(tal:[^)]*\)', '', o.md)
        loose = re.sub(r'\d+\s\w+ 20\d\d|20\d\d', '', loose)
        assert not re.search(r'\d', loose), o.md


def test_a_withheld_outcome_is_not_known_in_the_easy_summary(u):
    hidden = with_values(u, 'resultat', 'andel_arbete_studier', {'Samtliga': None})
    s = Amne(hidden)
    said = ' '.join(bare(o.md) for o in easy_summary(s, sections_of(s)))
    assert 'Vi vet inte hur många som gick till arbete eller studier.' in said


@pytest.mark.parametrize('place', [{}, {'insats': 'bryggan'}])
def test_a_heading_rests_on_no_part_when_the_whole_is_left_out(u, place):
    columns = ['insats', 'tillfalle', 'fraga', 'matt', 'varde', 'n', 'lag', 'hog', 'skyddad']
    rows = [
        (i, 'pagaende', q, m, v, np.nan, np.nan, np.nan, 'nej')
        for i in ('bryggan', 'farliga_namn')
        for q in ('En fråga?', 'En annan?')
        for m, v in (('besvarade', 20.0), ('positiva', 15.0), ('andel_positiva', 0.75))
    ]
    table = Publicerad(T.enkat.definition, pd.DataFrame(rows, columns=columns))
    gone = [['enkat', m, ['fraga', 'tillfalle']] for m in ('besvarade', 'positiva')]
    metod = {**u.metod, 'utelamnat': json.dumps(gone)}
    s = Amne(replace(u, tabeller={**u.tabeller, 'enkat': table}, metod=metod), **place)
    shown = show_section(s, ROST)
    said = ' '.join(o.md for o in shown if isinstance(o, Text))
    assert ('75' in said) is bool(place) and ('visas inte' in said) is not bool(place)


def test_outcomes_that_nobody_noted_give_the_upper_end(u):
    def said(unnoted):
        values = {'Samtliga': (unnoted, np.nan, np.nan)}
        return bare(outcome_sentence(Amne(with_values(u, 'resultat', 'utfall_saknas', values))))

    own = [
        printed(Amne(u), m).value for m in (T.resultat.till_arbete_studier, T.resultat.avslutade)
    ]
    assert own == [10, 17]
    # Wilson of 14 in 17, by hand: 0.764 ± 0.174
    assert 'För fyra av dem är inget antecknat. Hade alla' in said(4.0)
    assert 'vore andelen 82\u00a0procent (59–94).' in said(4.0)
    assert said(0.0).endswith('Nämnaren är alla som har avslutat.')


def test_who_is_not_noted_in_a_programme_is_read_where_it_stands(u):
    id, tabell = u.forbund.granskade[0].id, 'fore_efter_sysselsattning'
    pub = u.tabeller[tabell]
    row = pub.df[(pub.df['insats'] == id) & (pub.df['fore'] == SAMTLIGA)].iloc[:1]

    def read(*codes):
        more = [row.assign(efter=c, varde=6.0, skyddad='nej') for c in codes]
        df = pd.concat([pub.df, *more], ignore_index=True)
        tables = {**u.tabeller, tabell: Publicerad(pub.definition, df)}
        return unnoted(Amne(replace(u, tabeller=tables), insats=id)).v

    assert (read(), read('ovrigt + Uppgift saknas'), read('Uppgift saknas')) == (0, None, 6)


def test_the_wait_of_all_stands_beside_the_wait_of_those_who_began(u):
    text = bare(wait_sentence(Amne(u)))
    assert 'Räknas de som ännu väntar med är det 46\u00a0dagar (22–62).' in text


def test_what_is_missing_stands_last(reports):
    for r in reports:
        ids = [getattr(o, 'id', '') for o in r.objects]
        assert 'saknas' not in ids or ids[-1] == 'saknas', r.id
