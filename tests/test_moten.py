"The shipped meetings in a row, in one folder: what comes between two of them may be nothing at all"

import json, re

from conftest import MEETINGS
from finsam_genomlysning.lasa.konfiguration import read_forbund
from finsam_genomlysning.skydd.forteckning import read_ledger

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
