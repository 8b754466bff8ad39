"The house holds: wings, one notebook a module, spellings, clean and thin notebooks"

import ast, functools, importlib, json, re, subprocess, sys
from pathlib import Path
import pytest
from finsam_genomlysning.ord.glossary import TERMS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / 'finsam_genomlysning'
REPORTS = sorted((ROOT / 'nbs' / 'rapporter').glob('*.ipynb'))
LESSONS = [ROOT / 'nbs' / 'skydd' / 'tolv_gator.ipynb']  # to be read; they make no module
NOTEBOOKS = sorted(
    p for p in (ROOT / 'nbs').glob('*/*.ipynb') if p not in REPORTS and p not in LESSONS
)
MODULES = sorted(p for p in PACKAGE.glob('*/*.py') if not p.name.startswith('_'))

# The order in which data flows: a wing imports from those before it, and from itself.
WINGS = 'ord lasa rakna nylage katalog skydd granska visa skriva gora'.split()
ALONE = {'granska': {'ord'}, 'rakna': {'ord'}, 'nylage': {'ord', 'rakna'}}


def name_of(path):
    return f'{path.parent.name}.{path.stem}'


def cells(path, kind='code'):
    found = json.loads(path.read_text(encoding='utf-8'))['cells']
    return [''.join(c['source']) for c in found if c['cell_type'] == kind]


def module_of(path):
    return next(
        m[1] for c in cells(path) if (m := re.search(r'^#\| default_exp ([\w.]+)', c, re.M))
    )


def absolute(node, path):
    "The module that an import names, as wing.module; '' when it is not one of ours"
    if node.level == 0:
        top, _, rest = (node.module or '').partition('.')
        return rest if top == 'finsam_genomlysning' else ''
    package = ['finsam_genomlysning', path.parent.name][: 3 - node.level]
    return '.'.join([*package, *(node.module or '').split('.')][1:]).strip('.')


def imports(path):
    "Every module of ours that a module imports, as wing.module, at top or inside a function"
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if not isinstance(node, ast.ImportFrom):
            continue
        where = absolute(node, path)
        if where.count('.') == 1:
            found.add(where)
        elif where in WINGS:
            found |= {f'{where}.{a.name}' for a in node.names}
    return found


@functools.cache
def graph_of_modules():
    return {name_of(p): imports(p) for p in MODULES}


def circle(graph):
    "One circle of a graph, [] when there is none"
    done, path = set(), []

    def walk(name):
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return []
        path.append(name)
        found = next((c for n in sorted(graph.get(name, ())) if (c := walk(n))), [])
        path.pop()
        done.add(name)
        return found

    return next((c for n in sorted(graph) if (c := walk(n))), [])


def test_a_circle_is_found():
    assert circle({'a': {'b'}, 'b': {'c'}, 'c': {'a'}}) == ['a', 'b', 'c']
    assert circle({'a': {'b', 'c'}, 'b': {'c'}, 'c': set()}) == []


def test_one_notebook_per_module():
    assert sorted(map(name_of, NOTEBOOKS)) == sorted(map(name_of, MODULES))
    assert [name_of(p) for p in NOTEBOOKS] == [module_of(p) for p in NOTEBOOKS]
    assert sorted({p.parent.name for p in NOTEBOOKS}) == sorted(WINGS)


@pytest.mark.parametrize('name', map(name_of, MODULES))
def test_imports_go_one_way(name):
    graph = graph_of_modules()
    wing = name.split('.')[0]
    allowed = ALONE.get(wing, set(WINGS[: WINGS.index(wing)])) | {wing}
    assert {n for n in graph[name] if n.split('.')[0] not in allowed} == set()
    assert graph[name] <= graph.keys()


def test_no_circle():
    assert circle(graph_of_modules()) == []


@pytest.mark.parametrize('path', MODULES, ids=name_of)
def test_every_public_name_is_there(path):
    module = importlib.import_module(f'finsam_genomlysning.{name_of(path)}')
    missing = [n for n in module.__all__ if not hasattr(module, n)]
    assert not missing


@pytest.mark.parametrize('path', [*NOTEBOOKS, *LESSONS, *REPORTS], ids=name_of)
def test_notebook_is_clean(path):
    nb = json.loads(path.read_text(encoding='utf-8'))
    code = [c for c in nb['cells'] if c['cell_type'] == 'code']
    assert not any(c['outputs'] or c['execution_count'] for c in code)
    assert set(nb['metadata']) <= {'kernelspec', 'language_info'}
    source = '\n'.join(''.join(c['source']) for c in code)
    assert not re.search(
        r'pd\.set_option|sns\.set_theme\(|warnings\.filter|^\s*[!%](?!=)', source, re.M
    )
    for c in code:
        lines = ''.join(c['source']).splitlines()
        late = [
            x
            for i, x in enumerate(lines)
            if x.startswith('#|') and any(not y.startswith('#|') for y in lines[:i])
        ]
        assert not late, f'a directive below another line is ignored: {late}'


def parts(name):
    return [p.lower() for p in re.findall(r'[A-ZÅÄÖ]?[a-zåäö]+|[A-ZÅÄÖ]+(?![a-z])', name)]


AVOID = {a: t.stem for t in TERMS.values() for a in t.avoid}


@pytest.mark.parametrize('path', MODULES, ids=name_of)
def test_one_spelling_everywhere(path):
    tree = ast.parse(path.read_text(encoding='utf-8'))
    names = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))} | {
        a.arg for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) for a in n.args.args
    }
    wrong = {name: AVOID[p] for name in names for p in parts(name) if p in AVOID}
    assert not wrong, f'names that the glossary spells otherwise: {wrong}'


INSTANCES = re.compile(
    r'\b(NOVA|Enter|FIA|Habo|Mullsjö|Vaggeryd|Jönköping\w*|Höglandet|Finnveden|ACTivera|Insjöriket)\b'
)


@pytest.mark.parametrize('path', [*MODULES, *REPORTS], ids=name_of)
def test_no_instance_is_named(path):
    found = [
        line for line in path.read_text(encoding='utf-8').splitlines() if INSTANCES.search(line)
    ]
    assert not found, found


@pytest.mark.parametrize('path', REPORTS, ids=lambda p: p.stem)
def test_report_notebooks_stay_thin(path):
    nb = json.loads(path.read_text(encoding='utf-8'))
    code = [c for c in nb['cells'] if c['cell_type'] == 'code']
    assert sum('parameters' in c['metadata'].get('tags', []) for c in code) == 1
    for c in code:
        tree = ast.parse(''.join(c['source']))
        assert not [
            n
            for n in ast.walk(tree)
            if isinstance(
                n, (ast.FunctionDef, ast.Lambda, ast.For, ast.While, ast.BinOp, ast.ListComp)
            )
        ], ''.join(c['source'])
        assert len([x for x in ''.join(c['source']).splitlines() if x.strip()]) <= 5


def test_a_page_is_shown_without_the_simulator():
    code = 'import sys, finsam_genomlysning.visa.rapporter; print(*sys.modules)'
    r = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    ours = {m for m in r.stdout.split() if m.startswith('finsam_genomlysning.nylage.')}
    assert ours == {'finsam_genomlysning.nylage.matt'} and 'numba' not in r.stdout.split()
