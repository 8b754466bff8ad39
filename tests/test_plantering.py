"""Leaks and falsifications planted by program: every one is found, though the hashes are right

Each plant changes one thing in a built edition. What the untouched edition is told of (nothing) is
taken away; a plant that adds no finding is one that the audit would let through.
"""

import base64, csv, hashlib, html, io, json, re, shutil, zipfile
import pikepdf
import pytest
from finsam_genomlysning.granska.bokfiler import audit_books
from finsam_genomlysning.granska.dokument import audit_documents
from finsam_genomlysning.granska.sidtal import audit_pages
from finsam_genomlysning.granska.filer import audit_files
from finsam_genomlysning.granska.former import audit_print
from finsam_genomlysning.granska.granskning import audit, describe_leaks
from finsam_genomlysning.granska.sidor import audit_sheets

RAPPORT = 'insats-bryggan'
STUB = (
    '<!DOCTYPE html>\n<html lang="sv"><head><title>x</title></head><body><p>x</p></body></html>\n'
)


def seal(folder):
    "The manifest tells of exactly the files that are there: the audit has to find the rest itself"
    path = folder / 'manifest.json'
    m = json.loads(path.read_text(encoding='utf-8'))
    files = [p for p in sorted(folder.rglob('*')) if p.is_file() and p != path]
    m['subject'] = [
        {
            'name': p.relative_to(folder).as_posix(),
            'digest': {'sha256': hashlib.sha256(p.read_bytes()).hexdigest()},
        }
        for p in files
    ]
    path.write_text(json.dumps(m, ensure_ascii=False), encoding='utf-8')


def report_alone(edition, folder, rapport, without=()):
    "One report of an edition, in all its formats but some, with all tables"
    shutil.copytree(edition, folder)
    for p in [*folder.glob('*.*'), *folder.glob('notebooks/*')]:
        if p.name in ('utgava.json', 'manifest.json'):
            continue
        if p.stem != rapport or p.suffix in without:
            p.unlink()
    (folder / 'index.html').write_text(STUB, encoding='utf-8')
    for page in folder.glob(f'{rapport}.html'):
        page.write_text(by_itself(page.read_text(encoding='utf-8')), encoding='utf-8')
    seal(folder)
    return folder


def by_itself(page):
    "A page that leads to no neighbour and into no part of the start page: they are not there"
    alone = re.sub(r'<nav class="grannar".*?</nav>', '', page, flags=re.S)
    alone = re.sub(r' <a href="index\.html#sida-(rapporter|ordlista)">.*?</a>', '', alone)
    alone = re.sub(r'<a[^>]*index\.html#ord-[^>]*>(.*?)</a>', r'\1', alone)
    return re.sub(r'<p><a href="index\.html#sida-tillganglighet">.*?</p>', '', alone)


def counts_told(folder):
    "What a reader works out from the tables, where they can be read at all"
    if audit_files(folder):
        return []
    return [p for told in describe_leaks(audit(folder), {}).values() for p in told]


LOOK = {
    'page': (audit_sheets, audit_pages),
    'word': (audit_print, audit_documents),
    'pdf': (audit_print, audit_documents),
    'notebook': (audit_sheets,),
    'file': (audit_files, audit_pages, audit_sheets, counts_told),
    'book': (audit_books,),
}
GONE = {
    'page': ('.pdf', '.docx'),
    'word': ('.pdf',),
    'pdf': ('.docx',),
    'notebook': ('.pdf', '.docx'),
    'file': ('.pdf', '.docx'),
    'book': (),
}
WHOSE = {'book': 'tabeller'}  # files of another name than the report's


def findings(folder, kind):
    "What is told of one kind of file, without help from the other formats of the report"
    return {(p.fil, p.vad) for look in LOOK[kind] for p in look(folder)}


def text_of(folder, name):
    return (folder / name).read_text(encoding='utf-8')


def rewrite(folder, name, old, new, count=1):
    text = text_of(folder, name)
    assert re.search(old, text, re.S), old
    changed = re.sub(old, new, text, count=count, flags=re.S)
    assert changed != text
    (folder / name).write_text(changed, encoding='utf-8')


PAGE = f'{RAPPORT}.html'


def page(old, new):
    return lambda folder: rewrite(folder, PAGE, old, new)


def body(html):
    return page(r'</main>', html + '</main>')


def in_svg(old, new):
    def plant(folder):
        "In the first picture that has such a thing"
        text = text_of(folder, PAGE)
        for coded in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text):
            svg = base64.b64decode(coded).decode()
            changed = re.sub(old, new, svg, count=1, flags=re.S)
            if changed != svg:
                break
        assert changed != svg
        new64 = base64.b64encode(changed.encode()).decode()
        (folder / PAGE).write_text(text.replace(coded, new64), encoding='utf-8')

    return plant


NUMBER = r'(<data value=")(\d+)(" data-tabell="[^"]*" data-koord="[^"]*" data-matt="[^"]*">)(\d+)'
HIDDEN = r'(data-skyddad="ja"><span aria-hidden="true">)\.\.'
REST = r'(\d+\s%)(</td><td>)(\d+\s%)(?=\si\s(?:resten|hela))'  # a share, and that of all others
PAGES = {
    'comment': body('<!-- Kvinnor i kommunen: 3 -->'),
    'comment in the head': page(r'</head>', '<!-- 3 --></head>'),
    'script': body('<script>var n=3</script>'),
    'script of data': body('<script type="application/json">{"n":3}</script>'),
    'noscript': body('<noscript>3</noscript>'),
    'template': body('<template>3 kvinnor</template>'),
    'iframe': body('<iframe src="data:text/html,3"></iframe>'),
    'object': body('<object data="data:text/plain,3"></object>'),
    'embedded drawing': body('<svg><text>3</text></svg>'),
    'form': body('<input type="hidden" value="3">'),
    'table in a form': body('<select><option>3</option></select>'),
    'data attribute': page('<main ', '<main data-n="3" '),
    'title attribute': page('<main ', '<main title="Tre kvinnor" '),
    'style attribute': page('<main ', '<main style="--n:3" '),
    'event': page('<main ', '<main onclick="3" '),
    'hidden attribute': body('<p hidden>3 kvinnor</p>'),
    'class with a number': page('class="ram uppstallning"', 'class="ram uppstallning n3"'),
    'class in words': page('class="ram uppstallning"', 'class="ram tre"'),
    'id with a number': body('<p id="kvinnor-3">x</p>'),
    'aria-label': page('<main ', '<main aria-label="Kvinnor: 3" '),
    'role': page('<main ', '<main role="n3" '),
    'language': page('<html lang="sv">', '<html lang="sv-x-n3">'),
    'css content': page('</style>', 'h1::after{content:"3 kvinnor"}</style>'),
    'css content escaped': page('</style>', r'h1::after{content:"\\33  kvinnor"}</style>'),
    'css comment': page('</style>', '/* 3 kvinnor */</style>'),
    'css address': page('</style>', 'h1{background:url(https://a.se/3.png)}</style>'),
    'css import': page('</style>', '@import "https://a.se/3";</style>'),
    'page title': page('<title>', '<title>3 kvinnor '),
    'description': page('name="description" content="', 'name="description" content="4711 '),
    'author': page('name="author" content="', 'name="author" content="3 kvinnor '),
    'another property': page('<meta charset', '<meta name="keywords" content="3"><meta charset'),
    'another link': page('<link rel="icon"', '<link rel="alternate" href="x3"><link rel="icon"'),
    'alternative text': page(r'<img alt="', '<img alt="Tre kvinnor, 4711. '),
    'text in a sentence': body('<p>Kvinnorna var 4711.</p>'),
    'small count in words': body('<p>Tre deltagare fick arbete.</p>'),
    'identity': body('<p>Född 811218-9876.</p>'),
    'identity in pieces': body('<p>Född 81&shy;12<em>18</em>&#8209;9876.</p>'),
    'hidden from the eye': body('<p class="dold">Kvinnor: 4711</p>'),
    'in the contents': page(
        '</ol></nav>', '<li><a href="#sida-innehall">4711 kvinnor</a></li></ol></nav>'
    ),
    'in the footer': page('</footer>', '<p>4711 kvinnor</p></footer>'),
    'in a summary': page('<summary>', '<summary>4711 '),
    'in a number of a table': page(r'<span class="nr">Tabell', '<span class="nr">4711 Tabell'),
    'withheld number in print': page(HIDDEN, r'\g<1>3'),
    'withheld number behind dots': page(HIDDEN, r'\g<1>..<span class="dold">3</span>'),
    'value of a number': page(NUMBER, r'\g<1>4711\g<3>\g<4>'),
    'number in print': page(NUMBER, r'\g<1>\g<2>\g<3>4711'),
    'number and value': page(NUMBER, r'\g<1>4711\g<3>4711'),
    'lower end': page(r'data-lag="[^"]*"', 'data-lag="0.0123"'),
    'upper end': page(r'data-hog="[^"]*"', 'data-hog="0.9876"'),
    'measure': page(r'data-matt="deltagare"', 'data-matt="kvinnor"'),
    'place': page(r'data-koord="{', 'data-koord="{&#34;kon&#34;:&#34;K&#34;,'),
    'table': page(r'data-tabell="deltagare_ar"', 'data-tabell="rader"'),
    'place that cannot be read': page(r'data-koord="{', 'data-koord="{{'),
    'value that is no number': page(r'<data value="', '<data value="n'),
    'number of a table itself': page(r'(<span class="nr">Tabell )2', r'\g<1>4'),
    'two shares change places': page(REST, r'\3\2\1'),
    'address with a count': page('href="index.html"', 'href="index.html?n=3"'),
    'address abroad': body('<p><a href="https://exempel.invalid/3">x</a></p>'),
    'address of a letter': body('<p><a href="mailto:n3@exempel.invalid">x</a></p>'),
    'doctype': page('<!DOCTYPE html>', '<!DOCTYPE html SYSTEM "3">'),
    'instruction': body('<?php 3 ?>'),
    'text in a picture': in_svg('</svg>', '<text>3</text></svg>'),
    'title in a picture': in_svg('<metadata>', '<title>3 kvinnor</title><metadata>'),
    'description in a picture': in_svg('<metadata>', '<desc>3 kvinnor</desc><metadata>'),
    'comment in a picture': in_svg('</svg>', '<!-- 3 kvinnor --></svg>'),
    'attribute in a picture': in_svg('<g id="figure_1">', '<g id="figure_1" data-n="3">'),
    'property of a picture': in_svg('<dc:format>image/svg\\+xml', '<dc:format>3'),
    'height of a bar': in_svg(r'(<g id="patch_3">\s*<path d="M [\d.]+ )[\d.]+', r'\g<1>12.5'),
    'share in words of people': body('<p>Tre av tio kvinnor går till arbete.</p>'),
    'share in words of what was': body('<p>Tre av tio fick arbete.</p>'),
}


def in_zip(name, change=None, add=None, raw=None):
    "A file that is an archive, with parts changed or added"

    def plant(folder):
        path = folder / name
        out = io.BytesIO()
        with zipfile.ZipFile(path) as zi, zipfile.ZipFile(out, 'w') as zo:
            for n in zi.namelist():
                data = zi.read(n)
                if n in (change or {}):
                    new = change[n](data)
                    assert new != data, n
                    data = new
                zo.writestr(n, data)
            for n, data in (add or {}).items():
                zo.writestr(n, data)
            if raw:
                raw(zo)
        path.write_bytes(out.getvalue())

    return plant


def in_word(change=None, add=None, raw=None):
    "A Word file with parts changed or added"
    return in_zip(f'{RAPPORT}.docx', change, add, raw)


DOC = 'word/document.xml'


def doc(old, new):
    return in_word({DOC: lambda b: re.sub(old, new, b, count=1, flags=re.S)})


def part(name, old, new):
    return in_word({name: lambda b: re.sub(old, new, b, count=1, flags=re.S)})


def core(old, new):
    return part('docProps/core.xml', old, new)


def last_paragraph(xml):
    return doc(rb'<w:sectPr', b'<w:p>' + xml + b'</w:p><w:sectPr')


VARIABLE = rb'<w:docVars><w:docVar w:name="n" w:val="3 kvinnor"/></w:docVars>'
LINK = b'<Relationship Id="rId99" Type="x" Target="https://a.se/3" TargetMode="External"/>'
END = b'</Relationships>'
RUN = rb'<w:p><w:r>%s<w:t>4711 kvinnor</w:t></w:r></w:p><w:sectPr'
WORDS = {
    'comment': doc(rb'<w:body>', rb'<w:body><!-- 3 kvinnor -->'),
    'instruction': doc(rb'<w:body>', rb'<w:body><?n 3?>'),
    'comments part': in_word(add={'word/comments.xml': b'<x>3</x>'}),
    'custom properties': in_word(add={'docProps/custom.xml': b'<x>3</x>'}),
    'custom data': in_word(add={'customXml/item2.xml': b'<x>3</x>'}),
    'embedded file': in_word(add={'word/embeddings/rader.xlsx': b'PK3'}),
    'extra picture': in_word(add={'word/media/image99.png': b'3'}),
    'macro': in_word(add={'word/vbaProject.bin': b'3'}),
    'endnotes': in_word(add={'word/endnotes.xml': b'<x>3</x>'}),
    'glossary': in_word(add={'word/glossary/document.xml': b'<x>3</x>'}),
    'keywords': core(rb'<cp:keywords>', rb'<cp:keywords>3'),
    'title': core(rb'<dc:title>', rb'<dc:title>3 kvinnor '),
    'subject': core(rb'<dc:subject>', rb'<dc:subject>Tre kvinnor '),
    'author': core(rb'<dc:creator>', rb'<dc:creator>3 '),
    'remark in properties': core(rb'<dc:description>', rb'<dc:description>3'),
    'revision': core(rb'<cp:revision>1', rb'<cp:revision>3'),
    'time': core(rb'T12:00:00Z', rb'T12:00:03Z'),
    'company': part('docProps/app.xml', rb'<Company/>', rb'<Company>3</Company>'),
    'thumbnail': in_word({'docProps/thumbnail.jpeg': lambda b: b[:-2] + b'3'}),
    'theme': part('word/theme/theme1.xml', rb'name="Office', rb'name="3 kvinnor Office'),
    'header': part('word/header1.xml', rb'<w:t>', rb'<w:t>4711 '),
    'footer': part('word/footer1.xml', rb'<w:t>', rb'<w:t>4711 '),
    'hidden text': doc(rb'<w:sectPr', RUN % b'<w:rPr><w:vanish/></w:rPr>'),
    'white text': doc(rb'<w:sectPr', RUN % b'<w:rPr><w:color w:val="FFFFFF"/></w:rPr>'),
    'text': doc(rb'<w:sectPr', RUN % b''),
    'deleted text': last_paragraph(b'<w:del w:id="1"><w:r><w:delText>3</w:delText></w:r></w:del>'),
    'inserted text': last_paragraph(b'<w:ins w:id="1"><w:r><w:t>x</w:t></w:r></w:ins>'),
    'number in a cell': doc(rb'(<w:t xml:space="preserve">)(\d\d)(</w:t>)', rb'\g<1>4711\g<3>'),
    'alternative text': doc(rb' descr="', rb' descr="4711 kvinnor '),
    'title of a picture': doc(rb'(<wp:docPr [^>]*title=")', rb'\g<1>4711 kvinnor '),
    'name of a picture': doc(rb'name="figur\d+\.png"', rb'name="3 kvinnor"'),
    'caption of a table': doc(rb'(<w:tblCaption w:val=")', rb'\g<1>3 kvinnor '),
    'description of a table': doc(rb'(<w:tblDescription w:val=")', rb'\g<1>Tre kvinnor '),
    'bookmark': doc(rb'w:name="_r\d+"', rb'w:name="kvinnor_3_st"'),
    'field': doc(rb' SEQ Tabell', rb' DOCVARIABLE n3 SEQ Tabell'),
    'style': part('word/styles.xml', rb'w:val="Fakta"', rb'w:val="3 kvinnor i en kommun"'),
    'comment in styles': part(
        'word/styles.xml', rb'<w:docDefaults>', rb'<!-- 3 --><w:docDefaults>'
    ),
    'settings': part('word/settings.xml', rb'<w:compat>', VARIABLE + rb'<w:compat>'),
    'numbering': part(
        'word/numbering.xml', rb'w:lvlText w:val="[^"]*"', b'w:lvlText w:val="Tre kvinnor %1"'
    ),
    'link': part('word/_rels/document.xml.rels', END, LINK + END),
    'remark of the archive': in_word(raw=lambda z: setattr(z, 'comment', b'3 kvinnor')),
    'a part twice': in_word(raw=lambda z: z.writestr('docProps/app.xml', b'<x>3</x>')),
    'swapped picture': in_word({'word/media/image1.png': lambda b: b[:-12] + b'3' + b[-11:]}),
}


def in_pdf(change):
    def plant(folder):
        path = folder / f'{RAPPORT}.pdf'
        out = io.BytesIO()
        with pikepdf.open(path) as pdf:
            change(pdf)
            pdf.save(out, deterministic_id=True)
        path.write_bytes(out.getvalue())

    return plant


def raw_pdf(change):
    def plant(folder):
        path = folder / f'{RAPPORT}.pdf'
        path.write_bytes(change(path.read_bytes()))

    return plant


def attach(pdf):
    pdf.attachments['rader.csv'] = b'3'


def xmp(old, new):
    def change(pdf):
        data = pdf.Root.Metadata.read_bytes()
        assert old in data
        pdf.Root.Metadata.write(data.replace(old, new, 1))

    return change


def first_element(pdf, kind):
    return next(o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get('/S') == kind)


def set_key(kind, key, value):
    def change(pdf):
        first_element(pdf, pikepdf.Name(kind))[key] = value

    return change


def set_root(key, value):
    def change(pdf):
        pdf.Root[key] = value

    return change


def add_note(pdf):
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Contents='3', Rect=[0, 0, 1, 1]
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])


def widen_link(pdf):
    link = next(a for p in pdf.pages for a in p.obj.get('/Annots', []) if '/Rect' in a)
    link.QuadPoints = pikepdf.Array([*link.Rect, *link.Rect[:3], 3003])


def rename_bookmark(pdf):
    with pdf.open_outline() as tree:
        tree.root[0].title = '3 kvinnor'


def drop_text(pdf):
    page_ = pdf.pages[2]
    ops = [o for o in pikepdf.parse_content_stream(page_)]
    texts = [i for i, o in enumerate(ops) if str(o.operator) == 'TJ']
    del ops[texts[len(texts) // 2]]
    page_.Contents = pdf.make_stream(pikepdf.unparse_content_stream(ops))


PDFS = {
    'attached file': in_pdf(attach),
    'script': in_pdf(
        set_root('/OpenAction', pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS='3'))
    ),
    'form': in_pdf(set_root('/AcroForm', pikepdf.Dictionary(Fields=[]))),
    'private data': in_pdf(set_root('/PieceInfo', pikepdf.Dictionary(N=3))),
    'page label': in_pdf(
        set_root('/PageLabels', pikepdf.Dictionary(Nums=[0, pikepdf.Dictionary(P='3 kvinnor')]))
    ),
    'layer': in_pdf(set_root('/OCProperties', pikepdf.Dictionary(D=3))),
    'keywords': in_pdf(lambda p: p.docinfo.__setitem__('/Keywords', '3 kvinnor')),
    'title': in_pdf(lambda p: p.docinfo.__setitem__('/Title', '3 kvinnor')),
    'property': in_pdf(lambda p: p.docinfo.__setitem__('/Kvinnor', '3')),
    'time': in_pdf(lambda p: p.docinfo.__setitem__('/ModDate', 'D:20240918000003Z')),
    'xmp keyword': in_pdf(xmp(b'<dc:title>', b'<pdf:Keywords>3</pdf:Keywords><dc:title>')),
    'xmp comment': in_pdf(xmp(b'<dc:title>', b'<!-- 3 --><dc:title>')),
    'xmp text': in_pdf(xmp(b'<dc:creator>', b'<dc:creator>Tre kvinnor')),
    'xmp property': in_pdf(xmp(b'<dc:title>', b'<dc:rights>Tre kvinnor</dc:rights><dc:title>')),
    'remark on a page': in_pdf(add_note),
    'number in the corners of a link': in_pdf(widen_link),
    'bookmark': in_pdf(rename_bookmark),
    'alternative text': in_pdf(set_key('/Figure', '/Alt', '4711 kvinnor')),
    'text read aloud': in_pdf(set_key('/TR', '/ActualText', '3 kvinnor')),
    'expansion': in_pdf(set_key('/P', '/E', '3 kvinnor')),
    'title of an element': in_pdf(set_key('/P', '/T', '3 kvinnor')),
    'key of a page': in_pdf(lambda p: p.pages[0].obj.__setitem__('/Kvinnor', 3)),
    'text gone': in_pdf(drop_text),
    'page twice': in_pdf(lambda p: p.pages.append(p.pages[1])),
    'page gone': in_pdf(lambda p: p.pages.__delitem__(-1)),
    'after the end': raw_pdf(lambda b: b + b'% 3 kvinnor\n'),
    'before the beginning': raw_pdf(lambda b: b'3 kvinnor\n' + b),
}


def in_notebook(change):
    def plant(folder):
        path = folder / 'notebooks' / f'{RAPPORT}.ipynb'
        nb = json.loads(path.read_text(encoding='utf-8'))
        change(nb)
        path.write_text(json.dumps(nb, ensure_ascii=False), encoding='utf-8')

    return plant


def outputs(nb, typ=None):
    for c in nb['cells']:
        for o in c.get('outputs', []):
            if typ is None or o['metadata']['rapport']['typ'] == typ:
                yield o


def code(nb):
    return next(c for c in nb['cells'] if c['cell_type'] == 'code' and c['outputs'])


def first_row(nb):
    tables = (o['metadata']['rapport'] for o in outputs(nb, 'tabell'))
    return next(c for m in tables for r in m['rader'] for c in r[1:] if c.get('v'))


def one_more_cell(kind, source, **metadata):
    cell = {'cell_type': kind, 'id': 'a', 'metadata': metadata, 'source': source}
    return in_notebook(lambda nb: nb['cells'].append(cell))


def one_more_output(kind, **content):
    output = {'output_type': kind, **content}
    return in_notebook(lambda nb: code(nb)['outputs'].append(output))


def shown_of(kind, **data):
    return in_notebook(lambda nb: next(outputs(nb, kind))['data'].update(data))


def truth_of(kind, **truth):
    return in_notebook(lambda nb: next(outputs(nb, kind))['metadata']['rapport'].update(truth))


NOTEBOOKS = {
    'stream': one_more_output('stream', name='stdout', text='3'),
    'error': one_more_output('error', ename='3', evalue='', traceback=[]),
    'key in the truth': truth_of(None, n=3),
    'key beside it': in_notebook(lambda nb: next(outputs(nb))['metadata'].update(n=3)),
    'kind of data': shown_of(None, **{'application/json': {'n': 3}}),
    'comment in code': in_notebook(lambda nb: code(nb).update(source='show()  # 3 kvinnor')),
    'number in code': in_notebook(lambda nb: code(nb).update(source='x = "3 kvinnor"')),
    'raw cell': one_more_cell('raw', '3', n=3),
    'metadata of a cell': in_notebook(lambda nb: code(nb)['metadata'].update(n=3)),
    'tag of a cell': in_notebook(lambda nb: code(nb)['metadata'].update(tags=['kvinnor-3'])),
    'metadata': in_notebook(lambda nb: nb['metadata'].update(papermill={'n': 3})),
    'key of the notebook': in_notebook(lambda nb: nb.update(n=3)),
    'attachment': in_notebook(
        lambda nb: nb['cells'][0].update(attachments={'a.txt': {'text/plain': '3'}})
    ),
    'markdown': one_more_cell('markdown', '4711 kvinnor'),
    'number of a cell': in_notebook(lambda nb: first_row(nb).update(t='4711')),
    'key of a number': in_notebook(lambda nb: first_row(nb).update(sant=3)),
    'table as text': shown_of('tabell', **{'text/plain': 'Kvinnor\t4711'}),
    'table as html': shown_of('tabell', **{'text/html': '<p>4711</p>'}),
    'sentence': truth_of('text', md='4711 kvinnor'),
    'picture': shown_of('figur', **{'image/svg+xml': '<svg/>'}),
}


def in_json(name, change):
    def plant(folder):
        path = folder / name
        u = json.loads(path.read_text(encoding='utf-8'))
        change(u)
        path.write_text(json.dumps(u, ensure_ascii=False), encoding='utf-8')

    return plant


def definition(u):
    return u['definitioner']['deltagare_kon']


def table(old, new, name='deltagare_kon'):
    return lambda folder: rewrite(folder, f'tabeller/{name}.csv', old, new)


def table_row(wanted, change):
    "The first row of the tables, in order, that is wanted gets other cells"

    def plant(folder):
        for path in sorted(folder.glob('tabeller/*.csv')):
            text = path.read_text(encoding='utf-8-sig')
            head, *lines = list(csv.reader(text.splitlines(), delimiter=';'))
            for n, cells in enumerate(lines, 1):
                row = dict(zip(head, cells, strict=True))
                if wanted(folder, path.stem, row):
                    change(row)
                    own = text.splitlines()
                    own[n] = ';'.join(f'"{c}"' if ';' in c else c for c in row.values())
                    path.write_text('\n'.join(own) + '\n', encoding='utf-8')
                    return
        pytest.fail('no row of the edition is one that the plant needs')

    return plant


def on_the_page(folder, name, row):
    "Whether the report shows the row's number, by its table, measure and place"
    page_ = html.unescape(text_of(folder, PAGE))
    shown = re.findall(
        r'<data value="([^"]*)" data-tabell="([^"]*)" data-koord="({.*?})" data-matt="([^"]*)"',
        page_,
    )
    return (
        any(
            t == name and m == row['matt'] and all(row[k] == v for k, v in json.loads(c).items())
            for value, t, c, m in shown
        )
        and row['varde'].isdigit()
    )


def in_an_interval(folder, name, row):
    "Whether a row's number has an interval that is one"
    return row['lag'] and row['hog'] and float(row['lag']) < float(row['varde']) < float(row['hog'])


def share_in_an_interval(folder, name, row):
    return row['matt'].startswith('andel') and in_an_interval(folder, name, row)


def turn(row):
    row['lag'], row['hog'] = row['hog'], row['lag']


def cut(row):
    "The interval ends below its number"
    row['hog'] = f'{(float(row["lag"]) + float(row["varde"])) / 2:.2f}'


def file(name, text='pseudonym;kon\n'):
    def plant(folder):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding='utf-8')

    return plant


URVAL = 'tabeller/urval.json'
FILES = {
    'limit of the edition': in_json(
        'utgava.json', lambda u: u['forbund']['regler'].update(grans=3)
    ),
    'notebook away': lambda folder: (folder / f'notebooks/{RAPPORT}.ipynb').unlink(),
    'notebook of nothing': lambda folder: (folder / f'notebooks/{RAPPORT}.ipynb').write_text('{}'),
    'text that is none': lambda folder: (folder / 'dcat.jsonld').write_bytes(b'\xff'),
    'key of the edition': in_json('utgava.json', lambda u: u.update(n=3)),
    'key of a definition': in_json('utgava.json', lambda u: definition(u).update(n=3)),
    'key of a dimension': in_json('utgava.json', lambda u: definition(u)['dims'][0].update(n=3)),
    'key of a measure': in_json('utgava.json', lambda u: definition(u)['matt'][0].update(n=3)),
    'a measure more': in_json(
        'utgava.json', lambda u: u['definitioner'].update(rader=definition(u))
    ),
    'relations of before': in_json(
        'utgava.json', lambda u: u.update(samband=[['deltagare_kon', 3]])
    ),
    'key of the selections': in_json(URVAL, lambda u: u.update(n=3)),
    'key of a selection': in_json(URVAL, lambda u: u['celler'][0].update(tal=3)),
    'key of a field': in_json(URVAL, lambda u: u['falt']['kon'].update(antal=[3])),
    'key of a population': in_json(URVAL, lambda u: u['folkmangder']['deltaganden'].update(n=3)),
    'key of the rules': in_json(URVAL, lambda u: u['regler'].update(n=3)),
    'key of the manifest': in_json('manifest.json', lambda m: m.update(n=3)),
    'key of the build': in_json(
        'manifest.json', lambda m: m['predicate']['buildDefinition'].update(n=3)
    ),
    'key of a file': in_json('manifest.json', lambda m: m['subject'][0].update(n=3)),
    'digest': in_json('manifest.json', lambda m: m['subject'][0]['digest'].update(md5='3')),
    'cell filled in': table(r';;;;;ja', ';3;;;;ja'),
    'cell filled in and open': table(r'(Samtliga;X;deltagare);;;;;ja', r'\g<1>;3;;;;nej'),
    'interval of a withheld one': table(r';;;;;ja', ';;;0.1;0.2;ja'),
    'another mark': table(r';ja\n', ';3\n'),
    'column': table(r'^([^\n]*)\n', r'\g<1>;kommun\n'),
    'cell more': table(r';ja\n', ';ja;3\n'),
    'row twice': table(r'(\n[^\n]*;ja)\n', r'\g<1>\g<1>\n'),
    'unknown measure': table(r';deltagare;', ';kvinnor;'),
    'words for a number': table(r';ja\n', ';ja\n"3 kvinnor";K;deltagare;tre;;;;nej\n'),
    'remark': table(r'^', '# 3 kvinnor\n'),
    'number shown on a page': table_row(on_the_page, lambda r: r.update(varde='4711')),
    'interval turned': table_row(in_an_interval, turn),
    'upper end of a share': table_row(share_in_an_interval, cut),
    'table without definition': file('tabeller/rader.csv'),
    'file of rows': file('rader.csv'),
    'rows among the tables': file('tabeller/rader.json', '[]'),
    'hidden file': file('.rader'),
    'editor leftover': file('insats-bryggan.html~'),
    'folder more': file('bilder/a.png'),
    'program': file('notebooks/x.py', 'n = 3\n'),
    'table among notebooks': file('notebooks/a.csv'),
    'table gone': lambda folder: (folder / 'tabeller' / 'deltagare_kon.csv').unlink(),
    'page that is none': file('rader.html', '<p>3 kvinnor</p><!-- 3 -->'),
}


def book(name, part, old, new):
    "One of the workbooks, with a part changed"
    return in_zip(name, {part: lambda b: re.sub(old, new, b, count=1, flags=re.S)})


def sheet(old, new):
    return book('tabeller.xlsx', 'xl/worksheets/sheet3.xml', old, new)


def excel(part, old, new):
    return book('tabeller.xlsx', part, old, new)


def office(old, new, part='content.xml'):
    return book('tabeller.ods', part, old, new)


SHEET = b'<worksheet><sheetData><row r="1"><c r="A1"><v>3</v></c></row></sheetData></worksheet>'
ROWS = (
    b'<table:table table:name="rader"><table:table-row><table:table-cell/></table:table-row>'
    b'</table:table>'
)
XLSX_CELL = rb'(<c r="[A-Z]+\d+" s="\d+"><v>)[^<]+(</v></c>)'
ODS_CELL = rb'(office:value-type="float" office:value=")[^"]+(")'
BOOKS = {
    'number': sheet(XLSX_CELL, rb'\g<1>4711\g<2>'),
    'withheld number': sheet(
        rb'<c r="(D\d+)" s="\d+" t="s"><v>\d+</v></c>', rb'<c r="\g<1>" s="5"><v>3</v></c>'
    ),
    'word for a number': excel('xl/sharedStrings.xml', b'<t>skyddad</t>', b'<t>3</t>'),
    'heading': excel(
        'xl/sharedStrings.xml', rb'<t>Deltaganden efter k', b'<t>Tre deltaganden efter k'
    ),
    'text in no cell': excel('xl/sharedStrings.xml', b'</sst>', b'<si><t>3 kvinnor</t></si></sst>'),
    'reading of a text': excel(
        'xl/sharedStrings.xml', b'</si>', b'<rPh sb="0" eb="1"><t>3</t></rPh></si>'
    ),
    'formula': sheet(rb'<v>', b'<f>1+2</f><v>'),
    'format that says another number': excel(
        'xl/styles.xml', rb'formatCode="#,##0"', b'formatCode="&quot;3&quot;"'
    ),
    'fewer decimals': excel('xl/styles.xml', rb'formatCode="0%"', b'formatCode="0.0%"'),
    'white letters': excel('xl/styles.xml', rb'rgb="FF0B4F7D"', b'rgb="FFFFFFFF"'),
    'hidden row': sheet(rb'<row r="2"', b'<row r="2" hidden="1"'),
    'hidden column': sheet(rb'customWidth="1"', b'customWidth="1" hidden="1"'),
    'column without width': sheet(rb'width="[\d.]+"', b'width="0"'),
    'row more': sheet(rb'</sheetData>', b'<row r="999"><c r="A999"><v>3</v></c></row></sheetData>'),
    'cell far away': sheet(rb'</row>', b'<c r="ZZ1"><v>3</v></c></row>'),
    'merged cells': sheet(
        rb'</sheetData>', b'</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    ),
    'page header': sheet(
        rb'</worksheet>', b'<headerFooter><oddHeader>3</oddHeader></headerFooter></worksheet>'
    ),
    'words of a link': sheet(rb'display="[^"]*"', b'display="3 kvinnor"'),
    'link to another sheet': sheet(rb"'Inneh[^!]*!A1", b"'Omslag'!A1"),
    'remark in a sheet': sheet(rb'<sheetData>', b'<!-- 3 kvinnor --><sheetData>'),
    'hidden sheet': excel('xl/workbook.xml', rb'sheetId="3"', b'sheetId="3" state="hidden"'),
    'name of a sheet': excel(
        'xl/workbook.xml', rb'<sheet name="Omslag"', b'<sheet name="3 kvinnor"'
    ),
    'name of an area': excel(
        'xl/workbook.xml',
        b'</sheets>',
        b'</sheets><definedNames><definedName name="n">3</definedName></definedNames>',
    ),
    'sheet more': in_zip(
        'tabeller.xlsx',
        {
            'xl/workbook.xml': lambda b: b.replace(
                b'</sheets>', b'<sheet name="rader" sheetId="99" r:id="rId99"/></sheets>'
            )
        },
        {'xl/worksheets/sheet99.xml': SHEET},
    ),
    'sheet that no list names': in_zip('tabeller.xlsx', add={'xl/worksheets/sheet99.xml': SHEET}),
    'name of a table': excel('xl/tables/table2.xml', rb'displayName="t_', b'displayName="n3_'),
    'heading of a table': excel(
        'xl/tables/table2.xml', rb'(<tableColumn id="1" name=")', rb'\g<1>Tre '
    ),
    'place of a table': excel('xl/tables/table2.xml', rb'ref="A\d+:', b'ref="A3:'),
    'comments of cells': in_zip('tabeller.xlsx', add={'xl/comments1.xml': b'<x>3</x>'}),
    'drawing': in_zip('tabeller.xlsx', add={'xl/drawings/drawing1.xml': b'<x>3</x>'}),
    'own properties': in_zip('tabeller.xlsx', add={'docProps/custom.xml': b'<x>3</x>'}),
    'macro of a workbook': in_zip('tabeller.xlsx', add={'xl/vbaProject.bin': b'3'}),
    'property more': excel(
        'docProps/core.xml',
        b'</cp:coreProperties>',
        b'<dc:description>3</dc:description></cp:coreProperties>',
    ),
    'title of a workbook': excel('docProps/core.xml', rb'<dc:title>', b'<dc:title>3 kvinnor '),
    'company of a workbook': excel(
        'docProps/app.xml', rb'<Company></Company>', b'<Company>3</Company>'
    ),
    'time of a workbook': excel('docProps/core.xml', rb'T12:00:00Z', b'T12:00:03Z'),
    'theme of a workbook': excel(
        'xl/theme/theme1.xml', rb'name="Office', b'name="3 kvinnor Office'
    ),
    'link out of a workbook': excel('xl/_rels/workbook.xml.rels', END, LINK + END),
    'remark of a workbook': in_zip(
        'tabeller.xlsx', raw=lambda z: setattr(z, 'comment', b'3 kvinnor')
    ),
    'ods: number': office(ODS_CELL, rb'\g<1>4711\g<2>'),
    'ods: number as shown': office(rb'(office:value="[^"]*"><text:p>)[^<]+', rb'\g<1>4711'),
    'ods: withheld number': office(b'<text:p>skyddad</text:p>', b'<text:p>3</text:p>'),
    'ods: sheet more': office(b'<table:database-ranges>', ROWS + b'<table:database-ranges>'),
    'ods: hidden sheet': office(b'table:display="true"', b'table:display="false"'),
    'ods: hidden row': office(
        b'<table:table-row ', b'<table:table-row table:visibility="collapse" '
    ),
    'ods: remark of a cell': office(
        b'<text:p>', b'<office:annotation><text:p>3</text:p></office:annotation><text:p>'
    ),
    'ods: cell repeated': office(
        b'<table:table-cell ', b'<table:table-cell table:number-columns-repeated="3" '
    ),
    'ods: words beside a cell': office(b'</table:table-cell>', b'3</table:table-cell>'),
    'ods: formula': office(b'<table:table-cell ', b'<table:table-cell table:formula="1+2" '),
    'ods: white letters': office(b'fo:color="#0B4F7D"', b'fo:color="#FFFFFF"'),
    'ods: format with words': office(b'<number:text>', b'<number:text>3 kvinnor'),
    'ods: column without width': office(
        rb'style:column-width="\d+mm"', b'style:column-width="0mm"'
    ),
    'ods: remark': office(b'<office:spreadsheet>', b'<office:spreadsheet><!-- 3 -->'),
    'ods: link out': office(b'xlink:href="#', b'xlink:href="https://a.se/3#'),
    'ods: place of a table': office(rb'&#39;\.A\d+:', b'&#39;.A1:'),
    'ods: own property': office(
        b'</office:meta>',
        b'<meta:user-defined meta:name="n">3</meta:user-defined></office:meta>',
        'meta.xml',
    ),
    'ods: title': office(b'<dc:title>', b'<dc:title>3 kvinnor ', 'meta.xml'),
    'ods: header of a page': office(
        b'<style:master-page ',
        b'<style:header><text:p>3</text:p></style:header><style:master-page ',
        'styles.xml',
    ),
    'ods: settings': in_zip('tabeller.ods', add={'settings.xml': b'<x>3</x>'}),
    'ods: picture': in_zip('tabeller.ods', add={'Thumbnails/thumbnail.png': b'3'}),
    'ods: type': book('tabeller.ods', 'mimetype', b'$', b'3'),
}


@pytest.fixture(scope='module')
def sealed(small_edition, tmp_path_factory):
    "For each kind of plant, the report in the formats that it touches; nothing is told of it"
    out = {}
    for kind, gone in GONE.items():
        folder = tmp_path_factory.mktemp(kind) / 'utgava'
        report_alone(small_edition, folder, WHOSE.get(kind, RAPPORT), gone)
        assert findings(folder, kind) == set()
        out[kind] = folder
    return out


ALL = [
    (kind, name, plant)
    for kind, plants in (
        ('page', PAGES),
        ('word', WORDS),
        ('pdf', PDFS),
        ('notebook', NOTEBOOKS),
        ('file', FILES),
        ('book', BOOKS),
    )
    for name, plant in plants.items()
]


def test_the_books_of_an_untouched_edition_hold(small_edition):
    assert audit_books(small_edition) == []


def test_a_hundred_and_more_are_planted():
    assert len(ALL) >= 240


@pytest.mark.parametrize(
    'kind,plant', [(k, p) for k, _, p in ALL], ids=[f'{k}: {n}' for k, n, _ in ALL]
)
def test_a_plant_is_found(sealed, tmp_path, kind, plant):
    folder = tmp_path / 'utgava'
    shutil.copytree(sealed[kind], folder)
    own = text_of(folder, 'manifest.json')
    plant(folder)
    if text_of(folder, 'manifest.json') == own:
        seal(folder)
    assert findings(folder, kind)


PICTURE = r'src="(data:image/svg\+xml;base64,[^"]+)"'


def pictures_in(path):
    return list(dict.fromkeys(re.findall(PICTURE, path.read_text(encoding='utf-8'))))


def test_swapped_pictures_are_found(small_edition, tmp_path):
    "In the first report that has two"
    pages = [p for p in sorted(small_edition.glob('*.html')) if len(pictures_in(p)) > 1]
    assert pages, 'no report of the edition has two pictures'
    folder = report_alone(small_edition, tmp_path / 'utgava', pages[0].stem, GONE['page'])
    assert findings(folder, 'page') == set()
    page_ = folder / pages[0].name
    a, b = pictures_in(page_)[:2]
    page_.write_text(page_.read_text(encoding='utf-8').replace(b, a), encoding='utf-8')
    seal(folder)
    assert findings(folder, 'page')


@pytest.mark.parametrize('name', ['number in a sentence', 'number of a table'])
def test_the_same_wrong_number_in_page_and_notebook_is_found(sealed, tmp_path, name):
    "Page and notebook both say 4711: the tables do not"
    folder = tmp_path / 'utgava'
    shutil.copytree(sealed['page'], folder)
    page(NUMBER, r'\g<1>4711\g<3>4711')(folder)
    if name == 'number of a table':
        in_notebook(lambda nb: first_row(nb).update(t='4711', v=4711.0))(folder)
    else:
        in_notebook(lambda nb: next(outputs(nb, 'text'))['metadata']['rapport'].update(md='4711'))(
            folder
        )
    seal(folder)
    assert findings(folder, 'page')
