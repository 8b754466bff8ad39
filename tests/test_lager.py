"The house holds: layers, one notebook per module, spellings, clean notebooks, report notebooks that stay thin"
import ast, importlib, json, re
from pathlib import Path
import pytest
from finsam_genomlysning.glossary import TERMS

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / 'nbs').glob('[0-9]*.ipynb'))
REPORTS = sorted((ROOT / 'nbs' / 'rapporter').glob('*.ipynb'))
MODULES = sorted(p for p in (ROOT / 'finsam_genomlysning').glob('*.py') if not p.name.startswith('_'))


def cells(path, kind='code'): return [''.join(c['source']) for c in json.loads(path.read_text(encoding='utf-8'))['cells'] if c['cell_type'] == kind]


def module_of(path): return next(m[1] for c in cells(path) if (m := re.search(r'^#\| default_exp (\w+)', c, re.M)))


NUMBER = {module_of(p): int(p.name[:2]) for p in NOTEBOOKS}


def imports(path): return {n.module.split('.')[0] for n in ast.walk(ast.parse(path.read_text(encoding='utf-8'))) if isinstance(n, ast.ImportFrom) and n.level == 1 and n.module}


def test_one_notebook_per_module():
    assert sorted(NUMBER) == [p.stem for p in MODULES]
    assert len(NUMBER) == len(NOTEBOOKS)
    assert [p.stem[3:] for p in NOTEBOOKS] == [module_of(p) for p in NOTEBOOKS]


@pytest.mark.parametrize('path', MODULES, ids=lambda p: p.stem)
def test_imports_go_down(path):
    mine = NUMBER[path.stem]
    for name in imports(path):
        assert NUMBER[name] < mine, f'{path.stem} ({mine}) imports {name} ({NUMBER[name]})'
        if 30 <= mine < 80: assert not 10 <= NUMBER[name] < 30, f'{path.stem} imports the source layer ({name})'


@pytest.mark.parametrize('path', MODULES, ids=lambda p: p.stem)
def test_every_public_name_is_there(path):
    module = importlib.import_module(f'finsam_genomlysning.{path.stem}')
    missing = [n for n in module.__all__ if not hasattr(module, n)]
    assert not missing


@pytest.mark.parametrize('path', [*NOTEBOOKS, *REPORTS], ids=lambda p: p.stem)
def test_notebook_is_clean(path):
    nb = json.loads(path.read_text(encoding='utf-8'))
    code = [c for c in nb['cells'] if c['cell_type'] == 'code']
    assert not any(c['outputs'] or c['execution_count'] for c in code)
    assert set(nb['metadata']) <= {'kernelspec', 'language_info'}
    source = '\n'.join(''.join(c['source']) for c in code)
    assert not re.search(r'pd\.set_option|sns\.set_theme\(|warnings\.filter|^\s*[!%]', source, re.M)
    for c in code:
        lines = ''.join(c['source']).splitlines()
        late = [x for i, x in enumerate(lines) if x.startswith('#|') and any(not y.startswith('#|') for y in lines[:i])]
        assert not late, f'a directive below another line is ignored: {late}'


def parts(name): return [p.lower() for p in re.findall(r'[A-ZÅÄÖ]?[a-zåäö]+|[A-ZÅÄÖ]+(?![a-z])', name)]


AVOID = {a: t.stem for t in TERMS.values() for a in t.avoid}


@pytest.mark.parametrize('path', MODULES, ids=lambda p: p.stem)
def test_one_spelling_everywhere(path):
    tree = ast.parse(path.read_text(encoding='utf-8'))
    names = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))} | {a.arg for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) for a in n.args.args}
    wrong = {name: AVOID[p] for name in names for p in parts(name) if p in AVOID}
    assert not wrong, f'names that the glossary spells otherwise: {wrong}'


INSTANCES = re.compile(r'\b(NOVA|Enter|FIA|Habo|Mullsjö|Vaggeryd|Jönköping\w*|Höglandet|Finnveden|ACTivera|Insjöriket)\b')


@pytest.mark.parametrize('path', [*MODULES, *REPORTS], ids=lambda p: p.stem)
def test_no_instance_is_named(path):
    found = [line for line in path.read_text(encoding='utf-8').splitlines() if INSTANCES.search(line)]
    assert not found, found


@pytest.mark.parametrize('path', REPORTS, ids=lambda p: p.stem)
def test_report_notebooks_stay_thin(path):
    nb = json.loads(path.read_text(encoding='utf-8'))
    code = [c for c in nb['cells'] if c['cell_type'] == 'code']
    assert sum('parameters' in c['metadata'].get('tags', []) for c in code) == 1
    for c in code:
        tree = ast.parse(''.join(c['source']))
        assert not [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.Lambda, ast.For, ast.While, ast.BinOp, ast.ListComp))], ''.join(c['source'])
        assert len([x for x in ''.join(c['source']).splitlines() if x.strip()]) <= 5
