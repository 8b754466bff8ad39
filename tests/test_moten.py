"The shipped meetings in a row, in one folder: what comes between two of them may be nothing at all"

import datetime as dt
import json, re
from dataclasses import replace

from conftest import MEETINGS, ROOT
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.ord.glossary import SAMTLIGA
from finsam_genomlysning.skydd.forteckning import read_ledger
from finsam_genomlysning.skydd.utgava import read_edition
from finsam_genomlysning.visa.amne import Amne
from finsam_genomlysning.visa.metod import corrected

FIRST = 'Ingen tidigare utgåva finns att jämföra med.'
NOTHING = 'Inget av rapportens huvudtal har ändrats sedan mötet den'
NO_OTHER = 'Inga andra redovisade tal har ändrats.'
DETAIL = 'deltagare_kommun deltagare_kon deltagare_alder resultat remittent vantetid'.split()


def page(folder, name='forbund'):
    html = (folder / f'{name}.html').read_text(encoding='utf-8')
    return ' '.join(re.sub(r'<[^>]+>', ' ', html).split())


def covered(folder):
    "The months that an edition's detail covers"
    about = json.loads((folder / 'utgava.json').read_text(encoding='utf-8'))
    return json.loads(about['metod']['detalj'])['text']


def detail(folder):
    "Tables about who took part and how it went"
    return [(folder / 'tabeller' / f'{t}.csv').read_bytes() for t in DETAIL]


def test_every_shipped_meeting_is_built_after_the_one_before_it(six):
    package, editions = six
    meetings = read_forbund(package).mote
    assert tuple(str(m.datum) for m in meetings) == MEETINGS
    built = [editions[m] for m in MEETINGS]
    assert FIRST in page(built[0])
    for before, after, a, b in zip(meetings, meetings[1:], built, built[1:], strict=False):
        assert FIRST not in page(b)
        same = before.data_till == after.data_till
        said = page(b)
        assert (NOTHING in said and NO_OTHER in said) == same, (a.name, b.name)
        assert (detail(a) == detail(b)) == (covered(a) == covered(b)), (a.name, b.name)
    assert len({covered(b) for b in built}) == 2  # two half-years have ended
    assert [p.mote for p in read_ledger(package).poster] == [m.datum for m in meetings]


def test_a_register_put_right_is_told_of():
    now = read_edition(ROOT / 'tests' / 'fixtur' / 'utgava')
    table = now.tabeller['deltagare_ar']
    past = table.df['period'].isin(['2023', 'senaste_12']) & (table.df['insats'] == SAMTLIGA)
    then = table.df.assign(varde=table.df['varde'].where(~past, table.df['varde'] + 1))
    before = {**now.tabeller, 'deltagare_ar': replace(table, df=then)}
    day = now.mote.model_copy(update={'datum': dt.date(2024, 8, 1)})
    said = corrected(Amne(replace(now, forra=before, forra_mote=day)))
    assert 'tal om 2023 är andra än i den förra utgåvan' in said
    assert corrected(Amne(replace(now, forra=dict(now.tabeller), forra_mote=day))) == ''
    assert corrected(Amne(replace(now, forra=before, forra_mote=day), insats='bryggan')) == ''
    early = day.model_copy(update={'data_till': dt.date(2023, 6, 30)})
    assert corrected(Amne(replace(now, forra=before, forra_mote=early))) == ''
