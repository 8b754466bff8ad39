"Loading public statistics from a local server as bad as real ones; all answers are our own"

import contextlib, datetime as dt, http.server, json, threading, time
from pathlib import Path
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from finsam_genomlysning.ord.errors import UnknownError
from finsam_genomlysning.ord.forbund import Omrade, example_forbund
from finsam_genomlysning.lasa.forsakringskassan import fk_area_key, read_fk
from finsam_genomlysning.lasa.kolada import SERIER, kolada_behov, read_kolada
from finsam_genomlysning.lasa.offentlig import load_public
from finsam_genomlysning.lasa.scb import from_jsonstat, read_scb, scb_behov
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.lasa.webbtjanst import KallaError, fetch_json

LUGN = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # the machine may be busy

SMALL = Path(__file__).parent / 'fixtur' / 'litet_forbund'
DAY = dt.date(2026, 1, 2)


@contextlib.contextmanager
def replay(answer):
    "A server here; `answer(path, body, n)` gives status, headers and bytes for the n-th call"
    calls = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.reply(None)

        def do_POST(self):
            self.reply(json.loads(self.rfile.read(int(self.headers['Content-Length']))))

        def log_message(self, *args):
            pass

        def reply(self, body):
            calls.append((self.path, body))
            status, headers, data = answer(self.path, body, len(calls))
            self.send_response(status)
            for k, v in ({'Content-Length': str(len(data))} | headers).items():
                self.send_header(k, v)
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(data)

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f'http://127.0.0.1:{server.server_address[1]}', calls
    finally:
        server.shutdown()
        server.server_close()


def ok(x):
    return 200, {}, json.dumps(x).encode()


def then(*first):
    "The given answers first, then a good one"
    return lambda path, body, n: first[n - 1] if n <= len(first) else ok({'bra': 1})


@pytest.mark.parametrize(
    'first, pauses',
    [
        ([(429, {'Retry-After': '7'}, b'')], [7]),
        ([(429, {'Retry-After': '9999'}, b'')], [60]),
        ([(503, {}, b''), (500, {}, b'x')], [1, 2]),
        (
            [
                (
                    429,
                    {
                        'Date': 'Fri, 02 Jan 2026 10:00:00 GMT',
                        'Retry-After': 'Fri, 02 Jan 2026 10:00:05 GMT',
                    },
                    b'',
                )
            ],
            None,
        ),
        ([(503, {'Retry-After': 'snart'}, b'')], [1]),
        ([(200, {}, b'<html>Underhall</html>')], [1]),
        ([(200, {}, b'{"values": [1,')], [1]),
        ([(200, {}, b'\xff\xfe\x00')], [1]),
        ([(200, {'Content-Length': '500'}, b'{"a": 1}')], [1]),
        ([(200, {}, b'"text"')], [1]),
    ],
)
def test_what_passes_is_tried_again(first, pauses):
    waited = []
    with replay(then(*first)) as (base, calls):
        assert fetch_json(base + '/x', wait=waited.append, timeout=5) == {'bra': 1}
    assert len(calls) == len(first) + 1 and (pauses is None or waited == pauses)


@pytest.mark.parametrize('status, tries', [(400, 1), (404, 1), (403, 1), (500, 4), (429, 4)])
def test_what_does_not_pass_is_told_in_swedish(status, tries):
    with replay(lambda *a: (status, {}, b'')) as (base, calls), pytest.raises(KallaError) as e:
        fetch_json(base + '/x?nyckel=hemlig', wait=lambda s: None)
    assert (
        len(calls) == tries
        and f'svarar {status}' in e.value.svenska
        and 'hemlig' not in e.value.svenska
    )


def test_a_slow_server_and_one_that_hangs_up():
    def slow(path, body, n):
        time.sleep(0.6)
        return ok({})

    with replay(slow) as (base, _), pytest.raises(KallaError, match='nå'):
        fetch_json(base, tries=2, timeout=0.2, wait=lambda s: None)


def test_redirects_only_within_the_host():
    with replay(
        lambda path, body, n: ok({'a': 1}) if path == '/b' else (302, {'Location': '/b'}, b'')
    ) as (base, _):
        assert fetch_json(base + '/a') == {'a': 1}
    with (
        replay(lambda *a: (302, {'Location': 'http://127.0.0.2:1/b'}, b'')) as (base, _),
        pytest.raises(KallaError, match='annan adress'),
    ):
        fetch_json(base + '/a', wait=lambda s: None)


def test_an_answer_too_large(monkeypatch):
    monkeypatch.setattr('finsam_genomlysning.lasa.webbtjanst.MAX_BYTES', 1000)
    with replay(lambda *a: ok(['x' * 2000])) as (base, _), pytest.raises(KallaError, match='stort'):
        fetch_json(base)


def kolada_row(kpi, omrade, ar, **values):
    return {
        'kpi': kpi,
        'municipality': omrade,
        'period': ar,
        'values': [
            {'gender': g, 'count': 1, 'status': '', 'value': v, 'isdeleted': False}
            for g, v in values.items()
        ],
    }


def kolada_server(path, body, n):
    if 'sida=2' in path:
        return ok(
            {
                'values': [
                    kolada_row('N2', '9902', 2023, T=2),
                    kolada_row('N1', '9901', 2022, T=None),
                ],
                'count': 2,
                'next_page': None,
            }
        )
    return ok(
        {
            'values': [
                kolada_row('N1', '9901', 2023, T=1.5, K=2, M=1),
                kolada_row('N1', '9901', 2023, T=1.5),
                kolada_row('N9', '9901', 2023, T=9),
                kolada_row('N1', '1234', 2023, T=9),
            ],
            'count': 4,
            'next_url': None,
            'next_page': f'http://{HOST[0]}/sida=2',
        }
    )


HOST = ['']


def test_kolada_pages_duplicates_nulls_and_things_not_asked_for():
    with replay(kolada_server) as (base, calls):
        HOST[0] = base.removeprefix('http://')
        got = read_kolada(['N1', 'N2'], ['9901', '9902'], [2022, 2023], base=base)
    assert (
        len(calls) == 2
        and len(got.df) == 5
        and set(got.df.kpi) == {'N1', 'N2'}
        and set(got.df.omrade) == {'9901', '9902'}
    )
    assert got.df.kon.isna().sum() == 3 and got.noter == [
        'Kolada: 6 av 8 värden (nyckeltal × område × år) finns inte hos källan.'
    ]


def test_kolada_asks_in_pieces_of_25():
    asked = []
    read_kolada(
        [f'N{i}' for i in range(30)],
        [f'{i:04}' for i in range(26)],
        [2023],
        base='https://k',
        get=lambda url, body: asked.append(url) or {'values': []},
    )
    assert len(asked) == 4 and max(len(p.split(',')) for u in asked for p in u.split('/')) == 25


@pytest.mark.parametrize(
    'page',
    [
        [],
        {},
        {'values': 1},
        {'values': [1]},
        {'values': [{'kpi': 'N1'}]},
        {'values': [kolada_row('N1', '9901', 2023, T='1')]},
        {'values': [kolada_row('N1', '9901', 2023, Z=1)]},
        {'values': [kolada_row('N1', '9901', 2023, T=1), kolada_row('N1', '9901', 2023, T=2)]},
        {'values': [], 'next_url': 'https://annan/x'},
    ],
)
def test_kolada_of_another_shape(page):
    with pytest.raises(KallaError):
        read_kolada(['N1'], ['9901'], [2023], base='https://k', get=lambda url, body: page)


def test_breaks_in_a_series_are_told():
    def get(url, body):
        return {'values': [kolada_row('N03920', '9901', y, T=3.0) for y in (2022, 2023)]}

    df = kolada_behov(
        example_forbund(),
        [2022, 2023],
        DAY,
        serier=tuple(s for s in SERIER if s.kod == 'N03920'),
        get=get,
    ).df
    assert df.set_index('period').anmarkning.notna().to_dict() == {'2022': True, '2023': False}


def dataset(regions, times, value, **more):
    return {
        'id': ['Region', 'Alder', 'Kon', 'ContentsCode', 'Tid'],
        'size': [len(regions), 1, 3, 1, len(times)],
        'value': value,
        'note': ['En liten osäkerhet är [införd](https://x). Mer text.'],
        'dimension': {
            'Region': {'category': {'index': {r: i for i, r in enumerate(regions)}}},
            'Alder': {'category': {'index': ['TotSA']}},
            'Kon': {'category': {'index': ['TotSa', '1', '2']}},
            'ContentsCode': {'category': {'label': {'000007SF': 'Folkmängd'}}},
            'Tid': {'category': {'index': times}},
        },
    } | more


def scb_server(path, body, n):
    if 'metadata' in path:
        return ok(
            {'dimension': {'Tid': {'category': {'index': ['2024M12', '2025M01', '2025M02']}}}}
        )
    if path == '/config':
        return ok({'maxDataCells': 6, 'maxCallsPerTimeWindow': 3, 'timeWindow': 1})
    val = {s['variableCode']: s['valueCodes'] for s in body['selection']}
    cells = len(val['Region']) * len(val['Kon']) * len(val['Tid'])
    return (
        (403, {}, b'')
        if cells > 6
        else ok(
            dataset(val['Region'], val['Tid'], list(range(cells)))
            | {'size': [len(val['Region']), 1, len(val['Kon']), 1, len(val['Tid'])]}
            | {
                'dimension': dataset(val['Region'], val['Tid'], [])['dimension']
                | {'Kon': {'category': {'index': val['Kon']}}}
            }
        )
    )


def test_scb_never_asks_for_more_cells_than_allowed():
    waited = []
    with replay(scb_server) as (base, calls):
        got = scb_behov(
            example_forbund(), ['2025-01', '2025-02', '2026-01'], DAY, base=base, wait=waited.append
        )
    assert (
        len(got.df) == 12
        and set(got.df.period) == {'2025-01', '2025-02'}
        and set(got.df.kon.dropna()) == {'K', 'M'}
    )
    assert (
        len(calls) == 5
        and waited == [pytest.approx(1 / 3)] * 2
        and got.noter == ['SCB: En liten osäkerhet är införd.']
    )


@pytest.mark.parametrize(
    'change',
    [{'value': [1]}, {'size': [1]}, {'value': 'x'}, {'dimension': {}}, {'value': ['1'] * 3}],
)
def test_scb_of_another_shape(change):
    with pytest.raises(KallaError):
        from_jsonstat(dataset(['9901'], ['2025M01'], [1, 2, 3]) | change)


def test_scb_leaves_something_out():
    def get(url, body):
        return (
            {'maxDataCells': 100}
            if url.endswith('config')
            else dataset(['9901'], ['2025M01'], [1, None, 3])
        )

    with pytest.raises(KallaError, match='Region'):
        read_scb('T', {'Region': ['9901', '9902'], 'Tid': ['2025M01']}, get=get)
    assert (
        read_scb('T', {'Region': ['9901'], 'Tid': ['2025M01']}, get=get).df.varde.isna().sum() == 1
    )


@settings(LUGN, max_examples=50)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.data())
def test_jsonstat_last_dimension_turns_fastest(sizes, data):
    n = 1
    for s in sizes:
        n *= s
    doc = {
        'id': [f'd{i}' for i in range(len(sizes))],
        'size': sizes,
        'value': list(range(n)),
        'dimension': {
            f'd{i}': {'category': {'index': [f'c{j}' for j in range(s)]}}
            for i, s in enumerate(sizes)
        },
    }
    df, at = from_jsonstat(doc), [data.draw(st.integers(0, s - 1)) for s in sizes]
    expect = 0
    for a, s in zip(at, sizes, strict=True):
        expect = expect * s + a
    for i, a in enumerate(at):
        df = df[df[f'd{i}'] == f'c{a}']
    assert df.varde.tolist() == [expect]


def fk_row(rojd=False, **dims):
    return {
        'dimensions': dims,
        'observations': {'oht': {'rojd': rojd, 'value': None if rojd else 20.5}},
    }


@pytest.mark.parametrize(
    'rows',
    [
        [],
        {},
        [1],
        [{'dimensions': {}}],
        [{'dimensions': {'ar': '2023'}, 'observations': {'oht': {'value': 'x'}}}],
        [fk_row(ar='2023'), fk_row(rojd=True, ar='2023')],
    ],
)
def test_fk_empty_or_of_another_shape(rows):
    with pytest.raises(KallaError):
        read_fk('d', 't', {'ar': ['2023']}, get=lambda url, body: rows)


def test_fk_withheld_is_missing_and_other_years_are_left_out():
    got = read_fk(
        'd',
        't',
        {'ar': ['2023']},
        get=lambda url, body: [
            fk_row(ar='2023', kon_kod='K', rojd=True),
            fk_row(ar='2023', kon_kod='M'),
            fk_row(ar='2022', kon_kod='M'),
        ],
    )
    assert got.df.varde.isna().tolist() == [True, False] and len(got.noter) == 1
    assert fk_area_key({}, '9901') is None and fk_area_key({'filter': None}, '00') is None


@pytest.fixture
def paket(tmp_path):
    (tmp_path / 'forbund.toml').write_bytes((SMALL / 'forbund.toml').read_bytes())
    return tmp_path


def everything(path, body, n):
    if path == '/scb/config':
        return ok({'maxDataCells': 1000, 'maxCallsPerTimeWindow': 3, 'timeWindow': 1})
    if path.startswith('/scb') and 'metadata' in path:
        return ok({'dimension': {'Tid': {'category': {'index': {'2025M01': 0}}}}})
    if path.startswith('/scb'):
        regions = body['selection'][0]['valueCodes']
        return ok(dataset(regions, ['2025M01'], [100, 49, 52] * len(regions)))
    if path.endswith('meta.json'):
        return ok(
            {
                'filter': {
                    'dimension': [
                        {
                            'key': 'kommun_kod',
                            'values': [{'key': k} for k in ('ALL_ALL', '9911_99', '9912_99')],
                        }
                    ]
                }
            }
        )
    if path.startswith('/fk'):
        return ok(
            [
                fk_row(
                    ar='2023',
                    manad='12',
                    kon_kod=k,
                    kommun_kod=o,
                    aldersklass_kod='ALL',
                    rojd=k == 'K' and o == '9912_99',
                )
                for k in ('ALL', 'K', 'M')
                for o in ('ALL_ALL', '9911_99', '9912_99')
            ]
        )
    return ok(
        {
            'values': [
                kolada_row(s.kod, o, 2023, T=5.5, K=5, M=6)
                for s in SERIER
                for o in ('9911', '9912', '0000')
            ]
        }
    )


def load(paket, base, kallor=('kolada', 'scb', 'fk')):
    return load_public(
        paket,
        kallor,
        hamtad=DAY,
        ar=[2023],
        baser={k: f'{base}/{k}' for k in ('kolada', 'scb', 'fk')},
        wait=lambda s: None,
        get=lambda url, body: fetch_json(url, body, wait=lambda s: None),
    )


def test_a_whole_loading_is_read_by_the_package(paket):
    with replay(everything) as (base, _):
        done = load(paket, base)
        before = {p.name: p.read_bytes() for p in done.filer}
        load(paket, base)
    assert [p.name for p in done.filer] == [
        'behov-kolada.csv',
        'behov-scb.csv',
        'behov-fk.csv',
    ] and not done.fel
    assert before == {p.name: p.read_bytes() for p in done.filer}
    u = read_underlag(paket)
    df = u.tabeller['behov']
    assert (
        u.anmarkningar == []
        and len(df) == len(SERIER) * 9 + 9 + 8
        and df.kalla.str.contains('2026-01-02').all()
    )
    assert df.query('indikator == "fk_ohalsotal" and omrade == "9912"').kon.tolist() == [None, 'M']
    assert [n for n in done.noter if 'skyddat' in n]


def test_a_source_that_fails_leaves_what_was_loaded(paket):
    with replay(everything) as (base, _):
        load(paket, base)
    old = (paket / 'underlag/behov-scb.csv').read_bytes()
    with replay(
        lambda path, body, n: (
            (500, {}, b'') if path.startswith('/scb') else everything(path, body, n)
        )
    ) as (base, _):
        done = load(paket, base)
    assert [p.name for p in done.filer] == ['behov-kolada.csv', 'behov-fk.csv'] and len(
        done.fel
    ) == 1
    assert 'svarar 500' in done.fel[0].svenska and done.fel[0].svenska.endswith(
        'Det som hämtades 2026-01-02 används.'
    )
    assert (paket / 'underlag/behov-scb.csv').read_bytes() == old
    assert sorted(p.name for p in (paket / 'underlag').iterdir()) == [
        'behov-fk.csv',
        'behov-kolada.csv',
        'behov-scb.csv',
    ]


def test_unknown_source_and_a_source_without_values(paket):
    with pytest.raises(UnknownError, match='kolada'):
        load(paket, 'http://127.0.0.1:9', ('wikipedia',))
    with replay(lambda *a: ok({'values': []})) as (base, _):
        done = load(paket, base, ('kolada',))
    assert not done.filer and 'inga värden' in done.fel[0].svenska


@settings(LUGN, max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=3),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        'values',
                        'next_url',
                        'id',
                        'size',
                        'dimension',
                        'value',
                        'dimensions',
                        'observations',
                        'kpi',
                        'municipality',
                        'period',
                        'category',
                        'index',
                        'oht',
                        'rojd',
                        'd0',
                    ]
                ),
                x,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(found):
    for read in (
        lambda: read_kolada(['N1'], ['9901'], [2023], base='https://k', get=lambda u, b: found),
        lambda: from_jsonstat(found),
        lambda: read_fk('d', 't', {'ar': ['2023']}, get=lambda u, b: found),
    ):
        with contextlib.suppress(KallaError):
            assert read() is not None


def test_similar_municipalities_and_every_benefit_are_asked_of_kolada():
    "A group of Kolada's own is asked for and marked as unweighted; none is dropped"
    similar = Omrade(kod='G33616', namn='Liknande kommuner')
    f = example_forbund().model_copy(update={'jamforelse': [similar]})
    asked = []

    def get(url, body):
        asked.append(url)
        return {'values': [kolada_row('N01702', 'G33616', 2023, T=40.5)]}

    df = kolada_behov(f, [2023], DAY, base='https://k', get=get).df
    assert df[['omrade', 'varde', 'anmarkning']].to_numpy().tolist() == [
        ['G33616', 40.5, 'Ovägt medelvärde av gruppens kommuner.']
    ]
    assert df['namn'].tolist() == ['Ohälsa: aktivitetsersättning, helårsekvivalenter']
    wanted = {f'N017{n:02}' for n in range(12)}
    assert all(k in ' '.join(asked) for k in (*wanted, 'G33616'))
    groups = {s.namn.split(':')[0].split(',')[0] for s in SERIER if s.kod in wanted - {'N01711'}}
    assert groups == {'Ohälsa', 'Arbetsmarknadsstöd', 'Ekonomiskt bistånd'}
