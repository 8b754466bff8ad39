"Whole editions: what is in them, that they are the same each time, and that nothing hostile or personal gets through"

import hashlib, json, re, shutil
from html.parser import HTMLParser
from pathlib import Path
import pandas as pd
import pytest
from conftest import DEFAULT, SMALL
from finsam_genomlysning.ord.errors import DisclosureError, FolderError, GenomlysningError
from finsam_genomlysning.granska.dokument import find_canaries
from finsam_genomlysning.skydd.liggare import read_certificate
from finsam_genomlysning.gora.publicera import build_edition, look_over
from finsam_genomlysning.skydd.sekretess import check_proof
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.gora.plan import plan_reports
from finsam_genomlysning.skydd.utgava import read_edition, read_tables


class Page(HTMLParser):
    "Text, headings, links and ids of a page"

    def __init__(self, path):
        super().__init__()
        self.links, self.ids, self.tags, self.headings, self.out, self._h, self._quiet = (
            [],
            set(),
            [],
            [],
            [],
            None,
            False,
        )
        self.feed(Path(path).read_text(encoding='utf-8'))

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.tags.append((tag, a))
        self._quiet = tag in ('style', 'script')
        if 'id' in a:
            self.ids.add(a['id'])
        if tag == 'a' and 'href' in a:
            self.links.append(a['href'])
        self._h = tag if re.fullmatch('h[1-6]', tag) else self._h

    def handle_endtag(self, tag):
        self._h, self._quiet = None if tag == self._h else self._h, False

    def handle_data(self, data):
        if self._quiet:
            return
        self.out.append(data)
        if self._h:
            self.headings.append((self._h, data))

    @property
    def text(self):
        return ' '.join(' '.join(self.out).split())


def reports(folder):
    return sorted(p for p in folder.glob('*.html') if p.name != 'index.html')


def hashes(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob('*'))
        if p.is_file()
    }


def test_an_edition_has_all_its_reports(edition):
    f = read_forbund(DEFAULT)
    assert {p.stem for p in reports(edition)} == {p.id for p in plan_reports(f, nylage=True)}
    assert len(reports(edition)) == len(f.granskade) + len(f.kommun) + 2 == 9
    assert (
        (edition / 'index.html').is_file()
        and (edition / 'manifest.json').is_file()
        and len(list((edition / 'notebooks').glob('*.ipynb'))) == 9
    )


def test_every_report_begins_with_what_matters_and_ends_with_its_annex(edition):
    for path in reports(edition):
        found = [t.strip() for h, t in Page(path).headings if h == 'h2']
        found = [t for t in found if t not in ('Innehåll', 'Noter')]
        assert (found[0], found[-1]) == ('Det viktigaste', 'Bilaga'), path.name
        assert len(found) == len(set(found)) >= 7, path.name


def test_every_page_says_that_the_rows_are_made_up(edition):
    for path in [*reports(edition), edition / 'index.html']:
        assert 'påhittade' in Page(path).text.lower(), path.name


def test_no_page_says_nan_or_none(edition):
    for path in reports(edition):
        assert not re.search(r'\b(nan|None|NaT|inf|null)\b', Page(path).text), path.name


def test_links_lead_somewhere(edition):
    pages = {p.name: Page(p) for p in [*reports(edition), edition / 'index.html']}
    for name, page in pages.items():
        for href in page.links:
            target, _, anchor = href.partition('#')
            if target.startswith(('http:', 'https:', 'mailto:')):
                continue
            assert not target or (edition / target).is_file(), (name, href)
            if anchor and (target or name) in pages:
                assert anchor in pages[target or name].ids, (name, href)


def test_the_page_about_the_scenarios_is_linked_from_everywhere(edition, small_edition):
    for path in [*reports(edition), edition / 'index.html']:
        assert path.stem == 'nylage' or 'nylage.html' in Page(path).links, path.name
    for path in [*reports(small_edition), small_edition / 'index.html']:
        assert 'nylage.html' not in Page(path).links  # no scenarios, no page
    assert not (small_edition / 'nylage.html').exists()
    text = Page(edition / 'nylage.html').text
    u = read_edition(edition)
    for s in dict.fromkeys(u.tabeller['scenarier'].df['scenario']):
        assert s in text
    for t in set(u.tabeller['forslag'].df['tema']):
        assert t.lower() in text.lower()
    assert (
        'Fyra lokala team' in text and 'lokala samverkansteam' in text
    )  # a proposal beside the scenario that would carry it


def test_words_claim_no_more_than_intervals(edition):
    df = read_edition(edition).tabeller['scenarier_skillnad'].df.query('matt == "skillnad"')
    sure = df['utslag'].isin(['Bättre', 'Sämre'])
    assert (
        sure.any()
        and ((df.loc[sure, 'lag'] >= 0) | (df.loc[sure, 'hog'] <= 0)).all()
        and (df.loc[sure, 'varde'].abs() > 0).all()
    )  # as printed, with one decimal
    wait = df['vad'].iloc[0]
    assert (
        not df.loc[(df['scenario'] == 'Fyra lokala team') & (df['vad'] == wait), 'utslag']
        .isin(['Bättre', 'Sämre'])
        .any()
    )


def test_withheld_numbers_are_nowhere(edition):
    u = read_edition(edition)
    for t in u.tabeller.values():
        df = t.df
        assert set(df.skyddad) <= {'ja', 'nej'}
        assert df.loc[df.skyddad == 'ja', ['varde', 'lag', 'hog']].isna().all().all(), (
            t.definition.id
        )
        counts = {m.id for m in t.definition.matt if m.slag == 'antal'}
        shown = df[df.matt.isin(counts) & (df.skyddad == 'nej') & df.varde.notna()]
        assert not shown.varde.between(1, 4).any(), t.definition.id


def test_no_row_about_a_person_is_in_an_edition(tmp_path):
    package = tmp_path / 'paket'
    shutil.copytree(SMALL, package)
    path = package / 'underlag' / 'deltagare.csv'
    rows = pd.read_csv(path, sep=';', dtype=str, keep_default_na=False)
    planted = {p: f'kanarie-{n:04}-zqx' for n, p in enumerate(dict.fromkeys(rows.person))}
    rows.assign(person=rows.person.map(planted)).to_csv(path, sep=';', index=False)
    folder = build_edition(package, tmp_path / 'ut')
    assert len(planted) > 30 and not find_canaries(folder, sorted(planted.values()))
    (folder / 'glomd.txt').write_text(next(iter(planted.values())), encoding='utf-8')
    assert find_canaries(folder, sorted(planted.values()))  # the search can find


def test_the_same_package_gives_the_same_bytes(small_edition, tmp_path):
    package = small_edition.parents[2] / 'paket'  # the manifest's fingerprints have its key
    assert hashes(build_edition(package, tmp_path)) == hashes(small_edition)


def test_another_forbund_needs_no_code(small_edition):
    f = read_forbund(SMALL)
    assert {p.stem for p in reports(small_edition)} == {p.id for p in plan_reports(f)}
    assert not set(i.namn for i in read_forbund(DEFAULT).insats) & set(
        re.findall(r'\w+', ' '.join(Page(p).text for p in reports(small_edition)))
    )


def test_hostile_text_is_only_text(small_edition):
    for path in [*reports(small_edition), small_edition / 'index.html']:
        raw = path.read_text(encoding='utf-8')
        assert '<script>alert' not in raw and not re.search(
            r"""href=["']\s*javascript:""", raw, re.I
        ), path.name
    assert any(
        '<script>alert(1)</script>' in Page(p).text for p in reports(small_edition)
    )  # shown, as text
    for path in (small_edition / 'tabeller').glob('*.csv'):
        for line in path.read_text(encoding='utf-8').splitlines():
            assert not [c for c in line.split(';') if re.match(r'[=@]|[+-](?!\d)', c)], path.name


def test_the_manifest_names_every_file_and_no_path(edition):
    m = json.loads((edition / 'manifest.json').read_text(encoding='utf-8'))
    named = {s['name']: s['digest']['sha256'] for s in m['subject']}
    assert named == {k: v for k, v in hashes(edition).items() if k != 'manifest.json'}
    text = (edition / 'manifest.json').read_text(encoding='utf-8')
    assert str(DEFAULT.parent) not in text and str(edition.parent) not in text


def test_notebooks_of_an_edition_hold_no_path_of_the_machine(edition):
    for path in (edition / 'notebooks').glob('*.ipynb'):
        text = path.read_text(encoding='utf-8')
        assert str(edition.parent) not in text and str(Path.home()) not in text


def test_one_report_is_renewed_and_the_others_stay(small_edition, tmp_path):
    package, out = tmp_path / 'paket', tmp_path / 'ut'
    shutil.copytree(SMALL, package)
    full = hashes(build_edition(package, out, formats=('html',)))
    again = hashes(build_edition(package, out, only=['bryggan'], formats=('html',)))
    assert again == full  # the same tables: the rest is carried over
    path = package / 'underlag' / 'deltagare.csv'
    path.write_text(
        '\n'.join(path.read_text(encoding='utf-8').splitlines()[:-6]) + '\n', encoding='utf-8'
    )
    fewer = build_edition(package, out, only=['bryggan'], formats=('html',))
    assert [p.stem for p in reports(fewer)] == [
        'insats-bryggan'
    ]  # other tables: an old report is not passed off as new


def test_the_earlier_edition_is_read(tmp_path):
    package = tmp_path / 'paket'
    shutil.copytree(SMALL, package)
    first = build_edition(package, tmp_path / 'ut', only=['forbund'], formats=('html',))
    assert 'ingen tidigare utgåva' in Page(first / 'forbund.html').text.lower()
    config = package / 'forbund.toml'
    config.write_text(
        config.read_text(encoding='utf-8')
        + '\n[[mote]]\ndatum = 2024-12-18\norgan = "Styrelsen"\nrubrik = "Decembermötet"\ndata_till = 2024-11-30\n',
        encoding='utf-8',
    )
    second = build_edition(package, tmp_path / 'ut', only=['forbund'], formats=('html',))
    assert second.name == '2024-12-18' and first.is_dir()
    assert 'ingen tidigare utgåva' not in Page(second / 'forbund.html').text.lower()
    assert f'../{first.name}/index.html' in Page(second / 'index.html').links


def test_a_failed_build_leaves_the_previous_edition(small_edition, tmp_path, monkeypatch):
    package = tmp_path / 'paket'
    shutil.copytree(SMALL, package)
    done = build_edition(package, tmp_path / 'ut', only=['forbund'])
    before = hashes(done)
    texts = package / 'texter' / done.name / 'forbund'
    texts.mkdir(parents=True, exist_ok=True)
    (texts / 'sammanfattning.md').write_text('![bild](x.png)\n', encoding='utf-8')
    with pytest.raises(Exception) as e:
        build_edition(package, tmp_path / 'ut', only=['forbund'])
    assert hasattr(e.value, 'svenska')
    assert hashes(done) == before
    assert not [p for p in done.parent.iterdir() if p.name.startswith(('.bygge', '.gammal'))]


def test_a_read_only_folder_gets_a_sentence(tmp_path):
    (tmp_path / 'fil').write_text('')
    with pytest.raises(FolderError):
        build_edition(SMALL, tmp_path / 'fil', only=['forbund'])


def test_a_forbund_may_decide_not_to_protect_increases(tmp_path):
    package = tmp_path / 'paket'
    shutil.copytree(SMALL, package)
    config = package / 'forbund.toml'
    text = config.read_text(encoding='utf-8')
    assert '[regler]' not in text or 'skydda_okningar' not in text
    text = (
        text.replace('[regler]\n', '[regler]\nskydda_okningar = false\n')
        if '[regler]' in text
        else text + '\n[regler]\nskydda_okningar = false\n'
    )
    config.write_text(text, encoding='utf-8')
    folder = build_edition(package, tmp_path / 'ut', only=['forbund'], formats=('html',))
    assert 'ökningar mellan utgåvor inte skyddas' in Page(folder / 'forbund.html').text


def with_rules(tmp_path, rules: str):
    "A copy of the small package whose rules begin with some more lines"
    package = tmp_path / 'paket'
    shutil.copytree(SMALL, package)
    config = package / 'forbund.toml'
    text = config.read_text(encoding='utf-8')
    config.write_text(
        text.replace('[regler]\n', f'[regler]\n{rules}\n')
        if '[regler]' in text
        else f'{text}\n[regler]\n{rules}\n',
        encoding='utf-8',
    )
    return package


def test_a_forbund_may_have_a_table_rounded(tmp_path):
    folder = build_edition(
        with_rules(tmp_path, 'avrunda = ["deltagare_kommun"]'),
        tmp_path / 'ut',
        only=['forbund'],
        formats=('html',),
    )
    about, tables = read_tables(folder)
    df = tables['deltagare_kommun'].df
    counts = df[df['matt'] == 'deltagare']
    assert about['definitioner']['deltagare_kommun']['avrundad'] == 5
    assert (counts['skyddad'] == 'nej').all() and not counts['varde'].between(1, 4).any()
    text = Page(folder / 'forbund.html').text
    assert 'avrundade och kan avvika med högst 5' in text


@pytest.mark.parametrize(
    ('rules', 'word'),
    [
        ('avrunda = ["deltagare_komun"]', 'deltagare_kommun'),
        ('visa_alltid = [{tabell = "deltagare_kon", matt = "deltagre"}]', 'deltagare'),
        (
            'visa_alltid = [{tabell = "deltagare_kon", matt = "deltagare", dar = {insatz = "x"}}]',
            'insats',
        ),
        (
            'visa_alltid = [{tabell = "deltagare_kon", matt = "deltagare", dar = {insats = "finns-inte"}}]',
            'finns inte',
        ),
    ],
)
def test_rules_about_tables_that_do_not_exist_name_those_that_do(tmp_path, rules, word):
    with pytest.raises(GenomlysningError) as e:
        build_edition(
            with_rules(tmp_path, rules), tmp_path / 'ut', only=['forbund'], formats=('html',)
        )
    assert word in e.value.svenska


def test_a_workbook_named_after_a_person_is_not_named_in_print(tmp_path):
    package = tmp_path / 'paket'
    shutil.copytree(SMALL, package)
    own = package / 'underlag' / 'Zebedeus siffror.xlsx'
    table = pd.read_csv(
        package / 'underlag' / 'deltagare.csv', dtype=str, sep=None, engine='python'
    )
    with pd.ExcelWriter(own) as w:
        table.to_excel(w, sheet_name='deltagare', index=False)
    (package / 'underlag' / 'deltagare.csv').unlink()
    folder = build_edition(package, tmp_path / 'ut', only=['forbund'], formats=('html',))
    assert find_canaries(folder, ['Zebedeus']) == []
    assert 'underlag/arbetsbok-1.xlsx' in (folder / 'manifest.json').read_text(encoding='utf-8')


def test_the_proof_is_kept_with_the_underlag_and_not_with_the_edition(tmp_path):
    package = tmp_path / 'paket'
    shutil.copytree(SMALL, package, ignore=shutil.ignore_patterns('.intyg'))
    folder = build_edition(package, tmp_path / 'ut', only=['forbund'], formats=('html',))
    kept = package / '.intyg' / f'{folder.name}.npz'
    proof = read_certificate(kept)
    assert check_proof(proof) == [] and len(proof.vittnen) and proof.dold.any()
    assert not list((tmp_path / 'ut').rglob('*.npz'))
    before = kept.read_bytes()
    build_edition(package, tmp_path / 'ut', only=['forbund'], formats=('html',))
    assert kept.read_bytes() == before
    assert '.intyg/' not in (folder / 'manifest.json').read_text(encoding='utf-8')


def test_an_edition_with_a_small_count_in_print_is_stopped(small_edition, tmp_path):
    folder = tmp_path / 'kopia'
    shutil.copytree(small_edition, folder)
    look_over(folder, 5)  # as it was published
    path = folder / 'tabeller' / 'deltagare_kon.csv'
    lines = path.read_text(encoding='utf-8').splitlines()
    at = next(i for i, line in enumerate(lines) if ';deltagare;;' in line and line.endswith(';ja'))
    lines[at] = lines[at].replace(';deltagare;;', ';deltagare;3;').removesuffix(';ja') + ';nej'
    path.write_text('\n'.join(lines) + '\n', encoding='utf-8')
    with pytest.raises(DisclosureError):
        look_over(folder, 5)
