"What a reader meets of the gate's tables: groups, wholes that add up, what is left out, and times"

import json, re, sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import DEFAULT, copy_package
from finsam_genomlysning.katalog.register import T
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.ord.sv import datum
from finsam_genomlysning.ord.tabell import Publicerad
from finsam_genomlysning.visa import figurer, ritytan, visning
from finsam_genomlysning.visa.amne import Amne, drawn, printed, shown
from finsam_genomlysning.visa.deltar import flow_cells
from finsam_genomlysning.visa.metod import followed
from finsam_genomlysning.visa.rapporter import annex, body, opening
from finsam_genomlysning.visa.resultat import reasons_frame, together_sentence
from finsam_genomlysning.visa.tider import AKTIVITET, is_detail
from finsam_genomlysning.visa.visning import Cell, Figur, Forstasida, Tabell, Text

sys.path.insert(0, str(Path(__file__).parent / 'kontroll'))
import ny_form  # noqa: E402

MONTHS = ny_form.DETALJ['text']
UNTIMED = re.compile('hittills|sedan start|Alla som har (?:börjat|avslutat)|Alla remisser')


@pytest.fixture(scope='module')
def u(tmp_path_factory):
    underlag = read_underlag(copy_package(DEFAULT, tmp_path_factory.mktemp('ny') / 'paket'))
    return ny_form.in_new_form(underlag, underlag.forbund.meeting())


@dataclass(frozen=True)
class Made:
    "A report without its pictures' dots"

    s: Amne
    objects: list
    shown: list  # without the annex

    def of(self, kind):
        return [o for o in self.objects if isinstance(o, kind)]

    @property
    def text(self):
        said = [o.md for o in self.of(Text)]
        said += [o.visible()['text/plain'] for o in self.of(Forstasida)]
        return re.sub(r'\[([^\]]*)\]\(tal:[^)]*\)', r'\1', '\n'.join(said))


def make(s):
    first = opening(s)
    sections = body(s)
    return Made(s, [*first, *sections, *annex(s, first, sections)], [*first, *sections])


@pytest.fixture(scope='module')
def reports(u):
    with pytest.MonkeyPatch.context() as m:
        m.setattr(visning, 'as_svg', lambda drawing: '<svg/>')
        m.setattr(visning.Figure, 'savefig', lambda *a, **k: None)
        some = [Amne(u, insats=i.id) for i in u.forbund.granskade]
        yield [make(s) for s in (*some, Amne(u, kommun='vaggeryd'), Amne(u))]


def programmes(reports):
    return [r for r in reports if r.s.insats]


def cells(t):
    return [c for row in t.cells() for c in row]


def test_codes_that_stand_as_one_have_words(u):
    ages = u.labels('deltagare_alder')['aldersgrupp']
    assert ages['45–66 + Uppgift saknas'] == '45–66 år och uppgift saknas'
    places = u.labels('resultat')['kommun']
    assert places['habo + vaggeryd'] == 'Habo och Vaggeryd'
    reasons = u.labels('avslut_orsak')['avslutsorsak']
    joined = {w for code, w in reasons.items() if code.count(' + ') == 3}
    assert 'Aktivt arbetssökande, annan insats, flytt och eget önskemål' in joined


def test_a_group_stands_in_its_place_and_its_members_do_not(reports):
    table = next(o for o in reports[1].of(Tabell) if o.id == 'tab-orsak')
    names = [str(r[0]) for r in table.rader]
    group = 'Aktivt arbetssökande, annan insats, flytt och eget önskemål'
    assert names[:3] == ['Arbete', 'Studier', group]
    assert 'Flytt' not in names and names[-1] == 'Samtliga'
    assert [str(c) for c in table.rader[2][1:]] == ['12', '33\u00a0%']
    assert 'Små grupper visas tillsammans.' in table.noter


def whole(t):
    "Printed counts and shares of a division; None when something is withheld by name"
    if str(t.rader[-1][0]) != 'Samtliga' or 'Visas inte' in t.noter or len(t.kolumner) != 3:
        return None
    rows = [[str(c) for c in r] for r in t.cells()]
    if t.kolumner[2] != 'Andel':
        return None
    return [int(r[0]) for r in rows], [int(r[1].split('\u00a0')[0]) for r in rows]


def test_a_division_with_a_group_adds_up(reports):
    grouped = 0
    for r in reports:
        for t in r.of(Tabell):
            found = whole(t) if t.bilaga and not t.id.startswith('tab-grupp') else None
            if found is None:
                continue
            counts, shares = found
            assert sum(counts[:-1]) == counts[-1], (r.s.id, t.id)
            assert abs(sum(shares[:-1]) - 100) <= len(shares) / 2, (r.s.id, t.id)
            grouped += any(' och ' in str(row[0]) for row in t.rader)
    assert grouped > 5


def test_a_programme_has_at_most_five_holes(reports):
    for r in programmes(reports):
        holes = [(t.id, str(c)) for t in r.of(Tabell) for c in cells(t) if str(c) == '..']
        assert len(holes) <= 5, (r.s.id, holes)


def test_no_group_is_drawn_as_a_hole(reports):
    for r in reports:
        for f in r.of(Figur):
            groups = [str(row[0]) for row in f.data.rader if ' och ' in str(row[0])]
            hidden = f.alt.partition('Skyddad uppgift')[2]
            members = {m for g in groups for m in re.split(', | och ', g)}
            assert not any(m in hidden for m in members), (r.s.id, f.alt)
    df = reasons_frame(reports[1].s)
    assert df['varde'].sum() == pytest.approx(1) and df['flera'].sum() == 1
    every = drawn(reports[1].s, T.avslut_orsak.avslutade, {'avslutsorsak': 'etikett'})
    assert len(every) == len(df) and every['varde'].notna().all()
    with ritytan.apply_theme():
        ax = figurer.plot_bars(df, 'andel')
    assert len(ax.patches) == len(df)
    assert [p.get_linestyle() for p in ax.patches].count('--') == 1


def test_key_figures_are_never_withheld(u):
    for s in (Amne(u), *(Amne(u, insats=i.id) for i in u.forbund.granskade)):
        assert shown(*flow_cells(s))
        assert shown(printed(s, T.deltagare_ar.deltagare, period='senaste_12'))


def is_left_out_line(text):
    return 'ysselsättning före start' in text and text.endswith('visas inte: grupperna är för små.')


def test_a_part_left_out_is_a_line_and_is_not_missing(reports):
    for r in reports:
        ids = {o.id for o in r.of(Tabell)}
        missing = next((o.md for o in r.of(Text) if o.slag == 'saknas'), '')
        assert 'ysselsättning före start' not in missing
        if r.s.insats:
            assert any(is_left_out_line(o.md) for o in r.of(Text))
            assert 'tab-sysselsattning' not in ids
    assert not any(is_left_out_line(o.md) for o in reports[-1].of(Text))


def test_a_number_left_out_is_withheld_and_not_missing(u):
    place = {'insats': 'enter', 'sysselsattning_fore': 'arbete'}
    cell = printed(Amne(u), T.deltagare_sysselsattning.deltagare, **place)
    assert (cell.t, cell.skyddad) == ('..', True)
    merged = printed(Amne(u), T.deltagare_alder.deltagare, aldersgrupp='45–66')
    assert (merged.t, merged.skyddad) == ('..', True)


def sources_of(t):
    return {c.tabell for c in cells(t) if c.tabell}


def test_every_number_of_people_says_its_time(u, reports):
    day, seen = f'till och med {datum(u.mote.data_till)}', [0, 0]
    for r in reports:
        for t in (o for o in r.of(Tabell) if o.id not in ('tab-oversikt', 'tab-saknas')):
            found = sources_of(t)
            if any(map(is_detail, found)):
                assert t.title.endswith(f', {MONTHS}'), (r.s.id, t.id)
                assert u.mote.data_till.isoformat() not in t.kalla
                seen[0] += 1
            elif found & AKTIVITET:
                assert t.title.endswith(f', {day}'), (r.s.id, t.id)
                seen[1] += 1
        for f in (f for f in r.of(Figur) if f.data.tid):
            start = f.data.tid[0].upper() + f.data.tid[1:]
            assert f.rubrik.endswith(f.data.tid) and f.alt.startswith(f'{start}: '), f.id
    assert seen[0] > 40 and seen[1] > 5


def test_every_section_about_people_begins_with_its_time(reports):
    for r in reports:
        heads = [i for i, o in enumerate(r.shown) if isinstance(o, Text) and o.md[:3] == '## ']
        for a, b in zip(heads, [*heads[1:], len(r.shown)], strict=True):
            inside = [o for o in r.shown[a:b] if isinstance(o, Tabell)]
            people = {t for o in inside for t in sources_of(o)}
            if any(is_detail(t) or t in AKTIVITET for t in people):
                lead = r.shown[a + 1]
                assert 'gäller' in lead.md, (r.s.id, r.shown[a].md)
                assert (MONTHS in lead.md) == any(map(is_detail, people)), (r.s.id, lead.md)


def test_no_window_is_called_everything(reports):
    for r in reports:
        assert not UNTIMED.search(r.text), (r.s.id, UNTIMED.search(r.text))
        for o in (*r.of(Tabell), *r.of(Figur)):
            words = o.title if isinstance(o, Tabell) else f'{o.rubrik} {o.alt}'
            assert not UNTIMED.search(words), (r.s.id, words)
    kommun = next(r for r in reports if r.s.kommun)
    assert 'senaste tolv' not in kommun.text and 'Nu pågår' not in kommun.text


def test_an_edition_with_one_clock_reads_as_before(u):
    s = Amne(ny_form.at_one_time(u), insats='enter')
    with pytest.MonkeyPatch.context() as m:
        m.setattr(visning, 'as_svg', lambda drawing: '<svg/>')
        m.setattr(visning.Figure, 'savefig', lambda *a, **k: None)
        made = make(s)
    titles = [o.title for o in made.of(Tabell)] + [o.alt for o in made.of(Figur)]
    said = made.text[:4000].partition('## Ekonomi')[0]  # the accounts have months of their own
    assert said and not any(MONTHS in t or 'till och med' in t for t in (*titles, said) if t)
    assert 'Alla som har börjat' in [o.rubrik for o in made.of(Tabell)]
    assert not any('Uppgifterna om deltagarna gäller' in o.md for o in made.of(Text))


def test_the_group_speaks_for_a_withheld_municipality(u):
    said = together_sentence(Amne(u, kommun='vaggeryd'))
    plain = re.sub(r'\[([^\]]*)\]\(tal:[^)]*\)', r'\1', said)
    assert plain.startswith('Habo och Vaggeryd tillsammans: fem gick till arbete')
    assert together_sentence(Amne(u, kommun='jonkoping')) == together_sentence(Amne(u)) == ''


def test_each_rule_says_whose_it_is(reports):
    text = reports[0].text
    assert '- Antal från 1 till 4 skrivs inte ut (ett antagande).' in text
    assert 'minst 10 (förbundets beslut: Styrelsen den 3 maj 2024).' in text
    assert 'två påhittade men möjliga' in text and 'varför just de här uppgifterna' in text
    assert 'avrundade' not in text and f'{MONTHS}, och är lika' in text


def test_detail_is_news_only_with_new_months(u):
    earlier = {k: Publicerad(p.definition, p.df) for k, p in u.tabeller.items()}
    rows = earlier['resultat'].df
    share = rows['matt'].eq('andel_arbete_studier') & rows['insats'].eq('enter')
    earlier['resultat'] = Publicerad(
        earlier['resultat'].definition, rows.assign(varde=rows['varde'].mask(share, 0.2))
    )
    before = {**ny_form.DETALJ, 'text': 'januari–december 2023'}
    same = replace(u, forra=earlier, forra_mote=u.mote, forra_metod=u.metod)
    other = replace(same, forra_metod={**u.metod, 'detalj': json.dumps(before)})
    tables = [{m.tabell for m, _, _ in followed(Amne(x, insats='enter'))} for x in (same, other)]
    assert tables[0] == {'deltagare_ar'} and 'resultat' in tables[1]
    told = [make_changes(x) for x in (same, other)]
    assert 'som förra gången' in told[0] and 'Till arbete' not in told[0]
    assert 'Till arbete eller studier: från 20' in told[1] and 'förra gången' not in told[1]


def make_changes(u):
    from finsam_genomlysning.visa.metod import changed

    return re.sub(r'\[([^\]]*)\]\(tal:[^)]*\)', r'\1', ' '.join(changed(Amne(u, insats='enter'))))


def test_a_number_in_brackets_is_the_groups_own(reports):
    table = next(o for o in reports[-1].of(Tabell) if o.id == 'tab-forsorjning' and o.bilaga)
    bracket = [c for c in cells(table) if isinstance(c, Cell) and str(c).startswith('(')]
    assert bracket and all(' + ' in c.koord['efter'] and c.v is not None for c in bracket)
    assert 'inom parentes' in table.noter
