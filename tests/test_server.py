"What `visa` serves: an edition, and nothing above it, beside it or hidden in it"

import http.client, os, re, socket, threading

import pytest
from finsam_genomlysning.gora.server import edition_server, served_file

SECRET = b'pseudonym;kon\nP1;K\n'


@pytest.fixture
def place(tmp_path):
    "An edition among what must not be served"
    edition = tmp_path / 'reports' / '2024-11-20'
    (edition / 'tabeller').mkdir(parents=True)
    (edition / 'index.html').write_text('hej', encoding='utf-8')
    (edition / 'tabeller' / 'resultat kön.csv').write_text('a;b\n', encoding='utf-8')
    other = edition.parent / '2024-09-18'
    other.mkdir()
    hidden = edition.parent / '.bygge-2024-12-01'
    hidden.mkdir()
    for p in (
        tmp_path / 'deltagare.csv',
        edition.parent / 'deltagare.csv',
        other / 'index.html',
        hidden / 'index.html',
        edition / '.dold',
        edition / 'tabeller' / '.liggare.jsonl',
    ):
        p.write_bytes(SECRET)
    (edition / '.liggare').mkdir()
    (edition / '.liggare' / 'poster.jsonl').write_bytes(SECRET)
    (edition / 'lank.csv').symlink_to(tmp_path / 'deltagare.csv')
    (edition / 'upp').symlink_to(tmp_path, target_is_directory=True)
    (edition / 'egen.html').symlink_to(edition / '.dold')
    return edition


@pytest.fixture
def server(place):
    s, address = edition_server(place)
    threading.Thread(target=s.serve_forever, daemon=True).start()
    yield s, address
    s.shutdown()
    s.server_close()


def ask(server, path, method='GET', **headers):
    "Status, headers and body, with the path sent exactly as it is written"
    port = server[0].server_address[1]
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    c.putrequest(method, path, skip_host='Host' in headers)
    for k, v in headers.items():
        c.putheader(k, v)
    c.endheaders()
    r = c.getresponse()
    body = r.read()
    c.close()
    return r.status, dict(r.getheaders()), body


def test_the_edition_is_served(server):
    assert server[1] == f'http://127.0.0.1:{server[0].server_address[1]}/index.html'
    status, headers, body = ask(server, '/index.html')
    assert (status, body, headers['Content-type']) == (200, b'hej', 'text/html')
    assert headers['Cache-Control'] == 'no-store'
    assert ask(server, '/')[2] == b'hej'
    assert ask(server, '/tabeller/resultat%20k%C3%B6n.csv?x=1')[2] == b'a;b\n'
    status, headers, body = ask(server, '/index.html', 'HEAD')
    assert (status, headers['Content-Length'], body) == (200, '3', b'')


ATTACKS = [
    '/../deltagare.csv',
    '/../../deltagare.csv',
    '/%2e%2e/deltagare.csv',
    '/%2E%2E%2F%2E%2E%2Fdeltagare.csv',
    '/..%2fdeltagare.csv',
    '/..%5cdeltagare.csv',
    '/..\\deltagare.csv',
    '/tabeller/../../deltagare.csv',
    '/tabeller/%2e%2e/%2e%2e/deltagare.csv',
    '/%252e%252e/deltagare.csv',
    '/....//deltagare.csv',
    '//../deltagare.csv',
    '/./../deltagare.csv',
    '/../2024-09-18/index.html',
    '/2024-09-18/index.html',
    '/../.bygge-2024-12-01/index.html',
    '/../2024-11-20/index.html',
    '/.dold',
    '/%2edold',
    '/./.dold',
    '/tabeller/.liggare.jsonl',
    '/.liggare/poster.jsonl',
    '/%2eliggare/poster.jsonl',
    '/lank.csv',
    '/upp/deltagare.csv',
    '/upp/reports/2024-11-20/index.html',
    '/egen.html',
    '/tabeller',
    '/tabeller/',
    '/upp/',
    '/index.html/',
    '/index.html%00.csv',
    '/etc/passwd',
    '//etc/passwd',
    '/file:///etc/passwd',
    '/C:/deltagare.csv',
    'http://127.0.0.1/../deltagare.csv',
    '../deltagare.csv',
    '*',
]


@pytest.mark.parametrize('method', ['GET', 'HEAD'])
def test_nothing_else_is(server, method):
    for path in ATTACKS:
        status, _, body = ask(server, path, method)
        assert status in (400, 404), (path, status)
        assert SECRET not in body and b'deltagare.csv' not in body, path
        assert b'Directory listing' not in body and b'root:' not in body, path


@pytest.mark.skipif(os.name == 'nt', reason='such names cannot be made there')
def test_names_that_mean_another_folder_on_other_systems(place):
    for name in ('a\\b.html', 'C:a.html'):
        (place / name).write_bytes(b'x')
        assert served_file(place, f'/{name}') is None, name
    (place / 'ab.html').write_bytes(b'x')
    assert served_file(place, '/ab.html') == place / 'ab.html'


def test_what_is_not_there_is_said_in_swedish(server):
    status, headers, body = ask(server, '/2024-09-18/<script>alert(1)</script>.html')
    assert status == 404 and headers['Content-Type'] == 'text/html;charset=utf-8'
    text = body.decode('utf-8')
    assert 'Här visas en utgåva i taget' in text and 'alert' not in text
    assert '<html lang="sv">' in text


def test_a_page_of_another_site_gets_nothing(server):
    port = server[0].server_address[1]
    for host in ('ond.example', f'ond.example:{port}', '', '127.0.0.1.ond.example:80'):
        assert ask(server, '/index.html', Host=host)[0] == 404, host
    for host in (f'127.0.0.1:{port}', f'localhost:{port}'):
        assert ask(server, '/index.html', Host=host)[0] == 200, host


@pytest.mark.parametrize('method', ['POST', 'PUT', 'DELETE', 'OPTIONS'])
def test_nothing_can_be_sent_to_it(server, place, method):
    before = sorted(os.listdir(place))
    assert ask(server, '/index.html', method)[0] == 501
    assert sorted(os.listdir(place)) == before


def test_it_listens_to_this_machine_alone(server):
    assert server[0].socket.getsockname()[0] == '127.0.0.1'
    assert server[0].socket.family == socket.AF_INET


def test_every_link_of_an_edition_leads_to_a_served_file(small_edition):
    page = (small_edition / 'index.html').read_text(encoding='utf-8')
    own = [h for h in re.findall(r'href="([^"#:]+)["#]', page) if not h.startswith('../')]
    assert len(own) > 5
    for href in own:
        assert served_file(small_edition, f'/{href}') is not None, href
