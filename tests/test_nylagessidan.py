"""The report of the nyläge: there when there are scenarios, and it claims no more than its tables

Hostile names are text, and it goes with every report that links to it.
"""

import re, shutil
from dataclasses import replace
import pandas as pd
import pytest
from conftest import SMALL, bare
from finsam_genomlysning.nylage.matt import (
    KALIBRERING,
    MATT,
    OPROVAD,
    PROV,
    PROVADE,
    STAMMER,
    STAMMER_INTE,
    VANDER,
)
from finsam_genomlysning.visa import antaganden, far_betalar, skillnader, tjansterna
from finsam_genomlysning.visa import nylaget, upplagg, utfall, vantan, vinster
from finsam_genomlysning.visa.andrade import proposals_moved
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.avsnitt import lacking, show_section
from finsam_genomlysning.visa.ritytan import signed
from finsam_genomlysning.visa.forstasidan import answer, findings, local_unknowns, ranked
from finsam_genomlysning.visa.metod import changed
from finsam_genomlysning.visa.modellprov import INGEN_PROGNOS, borne_out, calibration, missed_here
from finsam_genomlysning.visa.rapporter import NYLAGE
from finsam_genomlysning.ord.errors import DisclosureError, FolderError, UnknownError
from finsam_genomlysning.granska.sidtal import audit_pages
from finsam_genomlysning.ord.sv import gemen
from finsam_genomlysning.ord.textgranskning import hits
from finsam_genomlysning.gora.publicera import build_edition
from finsam_genomlysning.skydd.utgava import read_edition
from finsam_genomlysning.visa.visning import Figur, Fynd, Tabell, Text

V = 'kalla = "antagande"'
GEMENSAMT = f"""[antaganden]
deltagare_per_arsarbetare = {{varde = 8, lag = 6, hog = 11, {V}}}
kostnad_per_arsarbetare = {{varde = 600000, {V}}}
timmar_per_vecka = {{varde = 40, {V}}}
veckor_per_ar = {{varde = 44, {V}}}
besok_per_vecka = {{varde = 1, {V}}}
timmar_per_besok = {{varde = 1, {V}}}
andel_besok_pa_plats = {{varde = 0.5, {V}}}
besok_per_resa = {{varde = 2, lag = 1, hog = 4, {V}}}
handlaggning_dagar = {{varde = 14, {V}}}
vakanser_per_ar = {{varde = 0.2, {V}}}
vakans_dagar = {{varde = 90, {V}}}
svans_dagar = {{varde = 180, {V}}}
talamod_dagar = {{varde = 365, {V}}}
minsta_team = {{varde = 0.5, {V}}}

[[restid]]
fran = "norrstad"
till = "orsele"
minuter = {{varde = 40, {V}}}
"""
NAMN = '<script>alert(2)</script> *_[x](javascript:alert(2))_* & "Lokalt"'


def scenario(id, namn, slag, teams, teman=''):
    text = f"""id = "{id}"
namn = '{namn}'
slag = "{slag}"
beskrivning = '''=1+1 <b>fet</b> | {namn}'''
{teman}"""
    for t, kommuner, antal in teams:
        inside = ', '.join(f'"{k}"' for k in kommuner)
        text += f"""
[[team]]
id = "{t}"
namn = 'Teamet {t}'
bas = "{kommuner[0]}"
uppdrag = [{{kommuner = [{inside}], insatser = ["bryggan", "farliga_namn"]}}]
tjanst = [{{roll = "coach", antal = {antal}, omfattning = {{varde = 1, {V}}}}}]
"""
    return text


@pytest.fixture(scope='module')
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp('nylage') / 'paket'
    shutil.copytree(SMALL, folder)
    (folder / 'scenarier').mkdir()
    (folder / 'scenarier' / 'gemensamt.toml').write_text(GEMENSAMT, encoding='utf-8')
    (folder / 'scenarier' / 'nu.toml').write_text(
        scenario('nu', 'Samlat', 'nulage', [('samlat', ['norrstad', 'orsele'], 4)]),
        encoding='utf-8',
    )
    (folder / 'scenarier' / 'lokalt.toml').write_text(
        scenario(
            'lokalt',
            NAMN,
            'forslag',
            [('norr', ['norrstad'], 3), ('syd', ['orsele'], 1)],
            f"\n[teman]\n\"Ekonomi\" = '''{NAMN}'''\n",
        ),
        encoding='utf-8',
    )
    return folder


@pytest.fixture(scope='module')
def built(package, tmp_path_factory):
    out = tmp_path_factory.mktemp('ut')
    with bare():
        return build_edition(package, out, only=['orsele'], formats=('html',))


def test_a_report_takes_the_page_that_it_links_to_with_it(built):
    assert sorted(p.name for p in built.glob('*.html')) == [
        'index.html',
        'kommun-orsele.html',
        'nylage.html',
    ]
    assert 'href="nylage.html"' in (built / 'kommun-orsele.html').read_text(
        encoding='utf-8'
    ) and 'href="nylage.html"' in (built / 'index.html').read_text(encoding='utf-8')


def test_hostile_names_are_only_text(built):
    for path in built.glob('*.html'):
        raw = path.read_text(encoding='utf-8')
        assert (
            '<script>alert' not in raw
            and not re.search(r"""href=["']\s*javascript:""", raw, re.I)
            and '<b>fet' not in raw
        ), path.name
    assert '&lt;script&gt;alert(2)' in (built / 'nylage.html').read_text(encoding='utf-8')
    for path in (built / 'tabeller').glob('scenarier*.csv'):
        for line in path.read_text(encoding='utf-8').splitlines():
            assert not [c for c in line.split(';') if re.match(r'[=@]|[+-](?!\d)', c)], path.name


def test_pages_say_what_the_tables_say(built):
    assert audit_pages(built) == []


def test_the_page_alone_and_not_without_scenarios(package, tmp_path, unpacked):
    alone = build_edition(package, tmp_path / 'ut', only=['nylage'], formats=('html',))
    assert sorted(p.name for p in alone.glob('*.html')) == ['index.html', 'nylage.html']
    with pytest.raises(UnknownError) as e:
        build_edition(SMALL, tmp_path / 'utan', only=['nylage'], formats=('html',))
    assert 'nylage' in e.value.svenska


def test_scenarios_without_participants_have_no_page(package, tmp_path, unpacked):
    folder = tmp_path / 'paket'
    shutil.copytree(package, folder)
    (folder / 'underlag' / 'deltagare.csv').unlink()
    with pytest.raises(FolderError) as e:
        build_edition(folder, tmp_path / 'ut', only=['nylage'], formats=('html',))
    assert 'Inga scenarier kan beräknas' in e.value.svenska
    made = build_edition(folder, tmp_path / 'ut', only=['forbund'], formats=('html',))
    assert sorted(p.name for p in made.glob('*.html')) == [
        'forbund.html',
        'index.html',
    ] and 'nylage.html' not in (made / 'forbund.html').read_text(encoding='utf-8')


def test_a_small_count_in_a_scenario_is_refused_by_its_file(package, tmp_path):
    folder = tmp_path / 'paket'
    shutil.copytree(package, folder)
    path = folder / 'scenarier' / 'nu.toml'
    path.write_text(
        path.read_text(encoding='utf-8').replace('=1+1 <b>fet</b>', 'Teamet har tre deltagare'),
        encoding='utf-8',
    )
    with pytest.raises(DisclosureError) as e:
        build_edition(folder, tmp_path / 'ut', formats=('html',))
    assert 'scenarier/nu.toml' in e.value.svenska


def test_what_rests_on_few_referrals_is_left_out(built):
    u = read_edition(built)
    counts = u.tabeller['scenarier'].df.groupby('kommun').size()
    assert 'Samtliga' in counts.index
    for id in ('scenarier_80', 'scenarier_skillnad', 'scenarier_sannolikhet'):
        assert set(u.tabeller[id].df['kommun']) <= set(counts.index), id
    for id in [k for k in u.tabeller if k.startswith('scenarier')]:
        assert (
            {m.slag for m in u.tabeller[id].definition.matt} == {'oppet'}
            and (u.tabeller[id].df['skyddad'] == 'nej').all()
            and u.tabeller[id].df['n'].isna().all()
        ), id


def test_every_section_stands_on_an_edition_with_and_without_scenarios(built):
    s = Amne(read_edition(built), slag='nylage')
    for a in NYLAGE:
        shown = show_section(s, a)
        assert shown and all(o.truth() for o in shown), a.namn
    bare = Amne(read_edition(SMALL.parent / 'utgava'), slag='nylage')
    for a in NYLAGE:
        assert not any(isinstance(o, Tabell) and 'scenar' in o.id for o in show_section(bare, a))
    assert ('den bästa fördelningen av tjänsterna', 'den som leder genomlysningen') in lacking(
        bare, NYLAGE
    )


def test_better_and_worse_are_no_more_than_all_futures_and_ties_are_neither(built):
    df = read_edition(built).tabeller['scenarier_sannolikhet'].df
    there = df.set_index(['scenario', 'mot', 'kommun', 'vad'])['varde']
    both = {k: p + there[k[1], k[0], *k[2:]] for k, p in there.items()}
    assert max(both.values()) <= 1.011  # as printed, in whole per cent
    assert min(both.values()) < 0.9 < max(both.values())


def test_a_division_that_is_called_best_is_not_beaten_by_the_scenario(built):
    d = tjansterna.division_frame(Amne(read_edition(built), slag='nylage'))
    for _, rows in d.groupby('scenario'):
        now, rest = rows[rows['slag'] == tjansterna.NU].iloc[0], rows[rows['slag'] != tjansterna.NU]
        assert rest.empty or (
            rest['alla'].min() <= now['alla'] and rest['samst'].min() <= now['samst']
        )


# ---- the year that was ----


def with_year(u, utslag):
    "An edition where every number of the past year that happened has this verdict"
    pub = u.tabeller['scenarier_kalibrering']
    tried = pub.df['utslag'] != OPROVAD
    df = pub.df.assign(utslag=pub.df['utslag'].mask(tried, utslag))
    return replace(u, tabeller=u.tabeller | {pub.definition.id: replace(pub, df=df)})


def wrong_in(u, kommun):
    "An edition where the model has the wait of one municipality wrong"
    pub = u.tabeller['scenarier_kalibrering']
    row = pub.df[(pub.df['vad'] == PROVADE['vantetid_median'])].head(1)
    place = dict(prov=PROV[KALIBRERING], insats='Samtliga', kommun=kommun, matt='utfall')
    df = pd.concat([pub.df, row.assign(**place, utslag=STAMMER_INTE, varde=0.0)])
    return replace(u, tabeller=u.tabeller | {pub.definition.id: replace(pub, df=df)})


def test_the_past_year_stands_before_any_comparison(built):
    raw = (built / 'nylage.html').read_text(encoding='utf-8')
    order = ['Vad förslagen ger i varje kommun', '>Modellen mot det år som gått', 'tab-aret"']
    at = [raw.index(x) for x in (*order, '>Vad vinns och vad förloras', 'tab-vinst"')]
    assert at == sorted(at)


@pytest.mark.parametrize('utslag, warned', [(STAMMER, False), (STAMMER_INTE, True)])
def test_a_model_that_misses_the_past_year_says_so_first(built, utslag, warned):
    s = Amne(with_year(read_edition(built), utslag), slag='nylage')
    first = answer(s)
    assert first.startswith(f'**{INGEN_PROGNOS}') is warned
    assert (INGEN_PROGNOS in calibration(s)[0].md) is warned
    there = show_section(Amne(s.u, kommun='orsele'), nylaget.NYLAGET)
    told = [o.md for o in there if isinstance(o, Text) and INGEN_PROGNOS in o.md]
    assert len(told) == int(warned)


def test_what_the_model_has_wrong_of_a_place_is_not_called_sure_there(built):
    u = read_edition(built)
    pub = u.tabeller['scenarier_kalibrering']
    here = (pub.df[['insats', 'kommun']] == 'Samtliga').all(axis=1) & (pub.df['utslag'] != OPROVAD)
    wrong = replace(pub, df=pub.df.assign(utslag=pub.df['utslag'].mask(here, STAMMER_INTE)))
    missed = replace(u, tabeller=u.tabeller | {pub.definition.id: wrong})
    vad = ['Antal som väntar, i medeltal', 'Personalens restimmar per år']
    rows = pd.DataFrame({'vad': vad})
    place, other = Amne(missed), Amne(missed, kommun='orsele')
    assert here.any() and missed_here(place) and missed_here(other)
    for s, where in ((place, place.namn), (other, 'hela förbundet')):
        assert borne_out(s, rows)['vad'].tolist() == vad[1:]
        (said,) = utfall.sure_list(s)
        assert 'Modellen återger inte' in said.md and f'i {where} under det år' in said.md


def test_what_the_model_has_wrong_of_one_place_is_sure_of_the_others(built):
    u = wrong_in(with_year(read_edition(built), STAMMER), 'orsele')
    rows = pd.DataFrame({'vad': ['Antal som väntar, i medeltal']})
    sure = {k: len(borne_out(Amne(u, kommun=k), rows)) for k in ('orsele', 'norrstad', None)}
    assert sure == {'orsele': 0, 'norrstad': 1, None: 1}


def test_a_year_that_nobody_can_try_is_no_forecast_either(built):
    u = read_edition(built)
    gone = {k: p for k, p in u.tabeller.items() if k != 'scenarier_kalibrering'}
    s = Amne(replace(u, tabeller=gone), slag='nylage')
    assert answer(s).startswith(f'**{INGEN_PROGNOS}: det är inte redovisat')


def test_what_happened_is_what_other_tables_print(built):
    u = read_edition(built)
    df = u.tabeller['scenarier_kalibrering'].df
    keys = ['prov', 'insats', 'kommun', 'vad', 'utslag']
    happened = df[df['matt'] == 'utfall'].set_index(keys)['varde']
    where = {'vantande': ('ko', 'vantande'), 'vantetid_median': ('vantetid', 'vantetid_median')}
    seen = 0
    for m, (table, matt) in where.items():
        rows = u.tabeller[table].df
        printed = rows[rows['matt'] == matt].set_index(['insats', 'kommun'])['varde']
        for (_, insats, kommun, vad, _), x in happened.items():
            if vad == PROVADE[m]:
                assert x == printed[insats, kommun]
                seen += 1
    assert seen
    said = df[df['matt'] == 'modell'].set_index(keys)
    missing = said.index.difference(happened.index)
    assert set(missing.get_level_values('utslag')) <= {OPROVAD}
    both = said.join(happened.rename('utfall'), how='inner')
    right = both['utfall'].between(both['lag'], both['hog'])
    assert (right == (both.index.get_level_values('utslag') == STAMMER)).all()


def with_waits(u, **changes):
    """An edition where both municipalities are shown, with these changes of the wait

    Of each: the middle, the verdict, and in how many futures it is longer and shorter.
    """
    now, change = u.tabeller['scenarier'], u.tabeller['scenarier_skillnad']
    wait = (change.df['vad'] == MATT['vantetid_median'].namn) & (change.df['matt'] == 'skillnad')
    row = change.df[wait & (change.df['kommun'] == 'Samtliga')]
    each = [
        row.assign(kommun=k, varde=v, lag=v - 9, hog=v + 9, utslag=w)
        for k, (v, w, *_) in changes.items()
    ]
    kept = change.df[~(wait & change.df['kommun'].isin(list(changes)))]
    level = now.df[(now.df['matt'] == 'vantetid_median') & (now.df['kommun'] == 'Samtliga')]
    levels = [level.assign(kommun=k, varde=40.0, lag=20.0, hog=60.0) for k in changes]
    here = now.df[~((now.df['matt'] == 'vantetid_median') & now.df['kommun'].isin(list(changes)))]
    odds = u.tabeller['scenarier_sannolikhet']
    today = now.df['scenario'].iloc[0]
    one = odds.df[(odds.df['vad'] == MATT['vantetid_median'].namn)].drop_duplicates(
        ['scenario', 'mot']
    )
    shares = [
        one.assign(
            kommun=k, varde=one['scenario'].map(lambda x, s=s: s[0][x != today] if s else 0.0)
        )
        for k, (_, _, *s) in changes.items()
    ]
    new = dict(
        scenarier=replace(now, df=pd.concat([here, *levels])),
        scenarier_sannolikhet=replace(odds, df=pd.concat([odds.df, *shares])),
        scenarier_skillnad=replace(change, df=pd.concat([kept, *each])),
    )
    return replace(u, tabeller=u.tabeller | new)


LIKELY, EVEN, SURE = (0.62, 0.09), (0.3, 0.2), (0.98, 0.0)
NORR = 'troligen längre väntan i Norrstad (+3 dagar)'


@pytest.mark.parametrize(
    'orsele, said',
    [
        ((7.0, 'Sämre', SURE), f'säkert längre väntan i Örsele (+7 dagar) och {NORR}.'),
        (
            (-7.0, 'Kan inte avgöras', LIKELY[::-1]),
            f'{NORR} och troligen kortare väntan i Örsele (−7 dagar).',
        ),
        ((0.2, 'Kan inte avgöras', (0.31, 0.02)), f'{NORR} och Örsele.'),
        ((7.0, 'Kan inte avgöras', EVEN), f'{NORR}. I Örsele går det inte att säga.'),
    ],
)
def test_the_effect_in_each_municipality_is_said_as_far_as_the_futures_carry(built, orsele, said):
    u = with_year(read_edition(built), STAMMER)
    norrstad = (3.0, 'Kan inte avgöras', LIKELY)
    whole = vantan.effects(Amne(with_waits(u, norrstad=norrstad, orsele=orsele)))
    text = re.sub(r'\]\(tal:[^)]*\)|[\[\\]', '', whole).replace('\xa0', ' ')
    assert text.endswith(said), text


def test_nothing_is_likely_where_the_model_has_the_past_year_wrong(built):
    u = with_year(read_edition(built), STAMMER_INTE)
    moved = dict.fromkeys(('norrstad', 'orsele'), (9.0, 'Kan inte avgöras', LIKELY))
    s = Amne(with_waits(u, **moved), slag='nylage')
    assert 'troligen' not in vantan.effects(s) and 'går inte att säga' in vantan.effects(s)
    kept = vinster.gain_frame(s)
    waits = kept['vad'].str.contains('väntar')
    assert not kept.loc[waits, 'sagt'].any()


def test_what_no_future_changes_is_the_same_and_counted_apart(built):
    u = with_year(read_edition(built), STAMMER)
    u = with_waits(u, norrstad=(0.0, 'Kan inte avgöras', EVEN), orsele=(7.0, 'Sämre', SURE))
    pub = u.tabeller['scenarier_skillnad']
    wait = pub.df['vad'] == MATT['vantetid_median'].namn
    still = wait & (pub.df['kommun'] == 'norrstad')
    df = pub.df.assign(**{k: pub.df[k].mask(still, 0.0) for k in ('lag', 'hog')})
    s = Amne(replace(u, tabeller=u.tabeller | {pub.definition.id: replace(pub, df=df)}))
    name = skillnader.scenario_names(s, 'Förslag')[0]
    assert vantan.wait_ways(s, name) == {'norrstad': 'samma', 'orsele': 'säkert längre'}
    frame = vinster.gain_frame(s)
    same = frame['sagt'] == utfall.LIKA
    assert 'norrstad' in set(frame.loc[same, 'kod'])
    assert f'i {same.sum()} finns ingen' in vinster.gains(s)[0].md.replace('\xa0', ' ')


def test_the_whole_says_of_a_municipality_what_its_own_report_says(built):
    u = with_year(read_edition(built), STAMMER)
    moved = dict.fromkeys(('norrstad', 'orsele'), (9.0, 'Sämre', SURE))
    u = with_waits(u, **moved)
    u = wrong_in(u, 'orsele')
    name = skillnader.scenario_names(Amne(u), 'Förslag')[0]
    way = vantan.wait_ways(Amne(u), name)
    assert way == {'norrstad': 'säkert längre', 'orsele': ''}
    assert vantan.wait_ways(Amne(u, kommun='orsele'), name) == {'orsele': ''}


@pytest.mark.parametrize(
    'ort, how, odds, sure, head',
    [
        (
            -7.0,
            'Kan inte avgöras',
            LIKELY[::-1],
            'Kan vara slump',
            'troligen kortare väntan i Örsele',
        ),
        (
            0.2,
            'Kan inte avgöras',
            EVEN,
            'Kan vara slump',
            'ändrar väntan i Örsele går inte att säga',
        ),
        (7.0, 'Sämre', SURE, 'Säkert', ' längre väntan i Örsele'),
    ],
)
def test_every_summary_tells_the_wait_in_each_municipality_however_unsure(
    built, ort, how, odds, sure, head
):
    u = with_waits(
        with_year(read_edition(built), STAMMER),
        norrstad=(0.0, 'Kan inte avgöras', EVEN),
        orsele=(ort, how, odds),
    )
    for s in (Amne(u, kommun='orsele'), Amne(u), Amne(u, slag='nylage')):
        told = findings(s)[-1]
        assert told.slag.startswith('nylage-') and told.sakerhet == sure.lower()
        expected = head if s.kommun else head.replace(' i Örsele går', ' går')
        assert told.rubrik.endswith(expected)
        longer, shorter = (f'{100 * x:.0f}\xa0%' for x in odds)
        assert longer in told.text and shorter in told.text
        if round(ort) or s.kommun:
            assert signed(ort) in told.text and f'till {round(ort + 9)}' in told.text
        assert ('hälften minst' in told.text and '40' in told.text) is bool(s.kommun)
        assert ('Norrstad' in told.text) is not bool(s.kommun)
        assert not any('förslag är bättre' in x for x in local_unknowns(s))
    assert vantan.own_finding(Amne(u, kommun='orsele')).endswith(head)
    assert (
        ranked([Fynd('Först', 't', 'säkert', '', k, str(k)) for k in range(9)] + [told])[-1] == told
    )


def test_the_three_deciding_assumptions_stand_beside_each_result(built):
    s = Amne(read_edition(built), slag='nylage')
    df = s.u.tabeller['scenarier_kanslighet'].df
    wide = df.pivot(index='namn', columns='matt', values='varde')
    ends = wide[['vid_lag', 'vid_varde', 'vid_hog']]
    far = (ends.max(axis=1) - ends.min(axis=1)).sort_values(ascending=False)
    assert antaganden.how_far(wide).to_dict() == far[far > 0].to_dict()
    more = pd.DataFrame({'vid_lag': [1, -9, 0, 2, 0], 'vid_varde': 0, 'vid_hog': [0, 0, 4, 2, 0]})
    assert antaganden.how_far(more).index.tolist() == [1, 2, 3, 0]
    (said,) = antaganden.what_it_rests_on(s)
    assert said.md.count('\n- **') == df['scenario'].nunique()
    named = [
        said.md.index(f'{gemen(x)} (')
        for x in antaganden.how_far(wide).index[: antaganden.FLEST_ANTAGANDEN]
    ]
    assert named and named == sorted(named)
    order = [o for o in show_section(s, vinster.VINSTER)]
    picture = next(k for k, o in enumerate(order) if isinstance(o, Figur))
    assert order[picture + 1].md == said.md


def test_queue_and_taken_places_are_drawn_and_printed_in_time(built):
    s = Amne(read_edition(built), slag='nylage')
    df = s.u.tabeller['scenarier_over_tid'].df
    whole = df[df['kommun'] == 'Samtliga']
    assert whole.groupby(['scenario', 'matt']).size().unique().tolist() == [12]
    made = far_betalar.queue_in_time(s)
    assert [o.id for o in made if isinstance(o, Figur)] == ['fig-tid-kolangd', 'fig-tid-belaggning']
    queue = next(o for o in made if isinstance(o, Tabell))
    last = whole[whole['manad'] == whole['manad'].max()].set_index(['scenario', 'matt'])['varde']
    assert [c.v for c in queue.rader[-1][1:]] == [last[x, 'kolangd'] for x in queue.kolumner[1:]]
    assert all(c.md in made[0].md for c in queue.rader[-1][1:])
    assert set(far_betalar.time_rows(s, 'belaggning')['serie']) == set(skillnader.own_scenarios(s))
    few = df.assign(varde=df['varde'].mask(df['matt'] == 'kolangd', df['varde'] % 4 + 1))
    pub = replace(s.u.tabeller['scenarier_over_tid'], df=few)
    small = replace(s.u, tabeller=s.u.tabeller | {'scenarier_over_tid': pub})
    said = [
        o.alt if isinstance(o, Figur) else o.md for o in far_betalar.queue_in_time(Amne(small))[:3]
    ]
    assert said and not [x for text in said for x in hits(text, 5, frozenset())]


def test_what_each_municipality_gets_stands_beside_its_need(built):
    u = read_edition(built)
    pub, reach = u.tabeller['scenarier'], u.tabeller['traffbild']
    shares = pub.df[(pub.df['matt'] == 'andel_dagar') & (pub.df['kommun'] == 'Samtliga')]
    part = [
        shares.assign(kommun=k, varde=v, lag=v - 0.1, hog=v + 0.1)
        for k, v in (('norrstad', 0.6), ('orsele', 0.4))
    ]
    kept = pub.df[(pub.df['matt'] != 'andel_dagar') | (pub.df['kommun'] == 'Samtliga')]
    row = reach.df[(reach.df['matt'] == 'andel_behov') & (reach.df['insats'] == 'Samtliga')]
    row = row.drop_duplicates('matt')
    need = [row.assign(kommun=k, varde=v) for k, v in (('norrstad', 0.45), ('orsele', 0.45))]
    new = dict(
        scenarier=replace(pub, df=pd.concat([kept, *part])),
        traffbild=replace(reach, df=pd.concat(need)),
    )
    with_need = replace(u, tabeller=u.tabeller | new)
    said, beside, more = far_betalar.gets_and_needs(Amne(with_need))
    section = show_section(Amne(with_need, slag='nylage'), far_betalar.FAR_BETALAR)
    assert section[1].md == said.md  # and not the months of the register's people
    assert 'Norrstad en större del av deltagandet än av behovet' in said.md
    assert 'Örsele' not in said.md and 'betalar är inte lämnat' in said.md
    assert [r[1].v for r in beside.rader] == [0.45, 0.45]
    assert [r[2].v for r in beside.rader] == [0.6, 0.4]
    rows = [str(r[0]) for r in more.rader]
    for word in ('Möter fulla platser', 'Kostnad per år', 'Beläggning'):
        assert sum(x.startswith(word) for x in rows) == 2, word


def test_a_proposal_that_is_changed_between_meetings_is_told_of_with_what_that_did(built):
    u = with_waits(read_edition(built), norrstad=(0.0, 'Lika'), orsele=(20.0, 'Kan inte avgöras'))
    same = replace(u, forra=u.tabeller, forra_mote=u.mote)
    assert proposals_moved(Amne(same, slag='nylage'), Amne(u, slag='nylage')) == []
    layouts, themes = u.tabeller['scenarier_upplagg'], u.tabeller['scenarier_tema']
    syd = (layouts.df['team'] == 'Teamet syd') & (layouts.df['matt'] == 'arsarbetare')
    then = with_waits(u, norrstad=(0.0, 'Lika'), orsele=(48.0, 'Kan inte avgöras')).tabeller | dict(
        scenarier_upplagg=replace(
            layouts, df=layouts.df.assign(varde=layouts.df['varde'].mask(syd, 0.5))
        ),
        scenarier_tema=replace(themes, df=themes.df.assign(text='Inget')),
    )
    s = Amne(replace(u, forra=then, forra_mote=u.mote), slag='nylage')
    said = next(x for x in changed(s) if 'är ändrat' in x)
    assert re.search(r'Teamet syd har \[1\]\S+ årsarbetare i stället för 0,5', said)
    assert 'säger något annat om ekonomi' in said and 'Teamet norr' not in said
    assert re.search(r'Örsele från \+48 till \[\\?\+20', said) and 'Norrstad' not in said
    gone = layouts.df[layouts.df['slag'] != 'Förslag']
    old = dict(then, scenarier_upplagg=replace(layouts, df=gone))
    fresh = proposals_moved(s, Amne(replace(u, tabeller=old), slag='nylage'))
    assert len(fresh) == 1 and fresh[0].startswith('Nytt förslag: ')


def test_sources_are_words_and_not_ids_of_tables(built):
    for path in built.glob('*.html'):
        raw = path.read_text(encoding='utf-8')
        assert not re.search(r'(?i)>[^<]*\b(utgåvan|underlag): [a-z_, ]+<', raw), path.name


def test_what_it_takes_is_said_of_the_boards_own_scenarios(built):
    u = read_edition(built)
    df = u.tabeller['scenarier_krav'].df
    assert set(df['scenario']) == {'Samlat', NAMN}
    wide = df.pivot(index=['scenario', 'kommun'], columns='matt', values='varde')
    assert set(wide['har']) == {4.0} and (wide['kravs'].dropna() >= 2).all()
    s = Amne(u, slag='nylage')
    *_, said, _, _ = tjansterna.what_it_takes(s)
    assert said.md.startswith('För att väntan ska vara') and said.md.count('- **') == 4
    assert said.md.count('då krävs') == said.md.count('i hela scenariot)')
    low = replace(u.tabeller['scenarier_krav'], df=df[df['matt'].isin(['har', 'vakans_nu'])])
    s = Amne(replace(u, tabeller=u.tabeller | {'scenarier_krav': low}), slag='nylage')
    *_, said, made, vacant = tjansterna.what_it_takes(s)
    assert 'räcker inte i hela förbundet' in said.md
    assert {str(x) for r in made.rader for x in r[1:]} == {tjansterna.FLER_AN_PROVAT}
    assert {str(x) for r in vacant.rader for x in r[1:]} == {tjansterna.INTE_ENS}
    assert said.md.count('inte ens utan vakanser i hela förbundet.') == 2
    assert said.md.replace('\xa0', ' ').count('(räknar med [5 %]') == 2
    older = replace(low, df=df[df['matt'].isin(['har', 'kravs'])])
    before = Amne(replace(u, tabeller=u.tabeller | {'scenarier_krav': older}), slag='nylage')
    *_, said, _ = tjansterna.what_it_takes(before)
    assert 'vakant' not in said.md
    missed = Amne(with_year(s.u, STAMMER_INTE), slag='nylage')
    assert INGEN_PROGNOS in tjansterna.what_it_takes(missed)[0].md


def test_vacancy_is_said_with_its_interval_and_with_what_it_does(built):
    s = Amne(read_edition(built), slag='nylage')
    *_, said, _, vacant = tjansterna.what_it_takes(s)
    assert 'de som redan deltar räknas vara kvar' in said.md
    shown = [x for r in vacant.rader for x in r[1:] if x.lag is not None]
    assert shown and all(x.md in said.md for x in shown)


def test_every_measure_with_odds_is_shown_with_its_number(built):
    u = read_edition(built)
    asked = [Amne(u, slag='nylage'), *(Amne(u, insats=i.id) for i in u.forbund.insats)]
    assert nylaget.likely(asked[0])
    for s in asked:
        if not (made := nylaget.likely(s)):
            continue
        *more, odds = made
        first = [MATT[m].namn for m in nylaget.SVAR]
        shown = [str(r[0]) for t in more for r in t.rader] + first
        assert all(
            any(x.startswith(str(r[0]).rpartition(':')[0]) for x in shown) for r in odds.rader
        )
        assert all(c.v is not None for t in more for r in t.rader for c in r[1:])


def test_what_other_forms_win_is_listed_apart_as_won_by_assumption(built):
    u = read_edition(built)
    layouts, diffs = u.tabeller['scenarier_upplagg'], u.tabeller['scenarier_skillnad']
    sure = replace(diffs, df=diffs.df.assign(utslag='Bättre'))
    theirs = layouts.df.assign(slag=layouts.df['slag'].replace('Förslag', 'Jämförelse'))
    for kind, said in ((layouts, False), (replace(layouts, df=theirs), True)):
        new = dict(scenarier_upplagg=kind, scenarier_skillnad=sure)
        (text,) = utfall.sure_list(Amne(replace(u, tabeller=u.tabeller | new), slag='nylage'))
        before, _, after = text.md.partition(utfall.ANDRAS_FORMER)
        assert bool(after) == said and text.md.count('- **') == 1
        assert ('- **' in after) == said and ('- **' in before) != said
        assert ('Inget av förslagen' in before) == said


def test_themes_that_a_proposal_says_nothing_of_are_listed(built):
    s = Amne(read_edition(built), slag='nylage')
    said, _ = upplagg.themes(s)
    left = [t for t in s.u.forbund.tema if t != 'Ekonomi']
    assert all(gemen(t) in said.md for t in left) and 'ekonomi' not in said.md


def test_an_assumption_that_perhaps_turns_the_answer_is_not_said_to_turn_nothing():
    def words(*verdicts):
        rows = [(f'Sak {k}', VANDER[v]) for k, v in enumerate(verdicts)]
        return antaganden.turning_words(pd.DataFrame(rows, columns=['namn', 'utslag']), 'Ett')

    assert words('nej', 'kanske') == '**Ett.** Svaret vänder kanske av: sak 1.'
    assert words('vander', 'kanske').endswith('sak 0. Kanske vänder svaret också av: sak 1.')
    assert 'Inget antagande' in words('nej', 'nej')


def test_days_that_begin_alike_are_told_together():
    rows = [('Startade inom 30 dagar', 0.1), ('Startade inom 90 dagar', 0.1), ('Restimmar', -1)]
    said = skillnader.directions(pd.DataFrame(rows, columns=['vad', 'varde']))
    assert said == ['fler som börjar inom 30 och 90 dagar', 'färre restimmar']


def test_a_division_that_the_trial_does_not_bear_out_is_not_called_best():
    rows = [
        (tjansterna.NU, 40, 60),
        ('Kortast för alla', 41, 60),
        ('Däremellan', 39, 70),
        ('Jämn', 40, 50),
    ]
    d = pd.DataFrame(rows, columns=['slag', 'alla', 'samst']).assign(scenario='Ett')
    assert tjansterna.better_divisions(d)['slag'].tolist() == ['Däremellan', 'Jämn']
