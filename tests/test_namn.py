"Names mean one thing, public functions are called by the product, and the house only gets cleaner"

import ast, collections, functools, json, re

import pytest
from conftest import ROOT
from finsam_genomlysning.gora.ansikte import FACE

PACKAGE = ROOT / 'finsam_genomlysning'
MODULES = sorted(p for p in PACKAGE.glob('*/*.py') if not p.name.startswith('_'))
REPORTS = sorted((ROOT / 'nbs' / 'rapporter').glob('*.ipynb'))


@functools.cache
def tree(path):
    return ast.parse(path.read_text(encoding='utf-8'))


def public(path):
    "Names that a module defines for others"
    found = set()
    for node in tree(path).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return {n for n in found if not n.startswith('_')}


def functions(path):
    return {n.name: n for n in tree(path).body if isinstance(n, ast.FunctionDef)}


def twice():
    where = collections.defaultdict(set)
    for path in MODULES:
        for name in public(path):
            where[name].add(f'{path.parent.name}.{path.stem}')
    return {name for name, places in where.items() if len(places) > 1}


def like_modules():
    modules = {p.stem for p in MODULES}
    return {n for p in MODULES for n in functions(p) if n in modules}


def used():
    "Every name that the package or a report notebook uses"
    found = set()
    for parsed in map(tree, MODULES):
        for node in ast.walk(parsed):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
    for path in REPORTS:
        for cell in json.loads(path.read_text(encoding='utf-8'))['cells']:
            if cell['cell_type'] == 'code':
                found |= set(re.findall(r'\w+', ''.join(cell['source'])))
    return found


# started by a name in a file of settings, by the command line's table, or in a process of its own
CALLED = {'main', 'look_up', 'run_report_at'}


def uncalled():
    "Public functions that no product code calls and that do not say that they are the consultant's"
    there = used() | CALLED | set(FACE)
    return {
        name
        for p in MODULES
        for name, node in functions(p).items()
        if not name.startswith(('_', 'do_'))
        and name not in there
        and "consultant's" not in (ast.get_docstring(node) or '')
    }


# What is left from before: the lists may only shrink (tests/kontroll/namn_kvar.py)
LEFT = json.loads((ROOT / 'tests' / 'kontroll' / 'namn_kvar.json').read_text(encoding='utf-8'))


@pytest.mark.parametrize('find', [twice, like_modules, uncalled])
def test_nothing_new_is(find):
    assert sorted(find() - set(LEFT[find.__name__])) == []
