"""How our notebooks read, beside the libraries that they learn from

python benchmarks/lasbarhet.py            one line per wing, the whole, fastcore and nbdev
python benchmarks/lasbarhet.py visa       one line per notebook of a wing
"""

import ast, importlib.util, json, re, statistics, sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONG = 100
HEAD = (
    f'{"":26}{"cells":>7}{"median":>8}{"p90":>7}{"largest":>9}{"prose":>7}{"long":>6}{"longest":>9}'
)
DIRECTIVE = re.compile(r'^#\|[^\n]*\n?', re.M)


def read_cells(path):
    "Exported code, other code and prose of one notebook"
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    source = [(c['cell_type'], ''.join(c['source'])) for c in cells]
    exported = [s for kind, s in source if kind == 'code' and '#| export' in s]
    prose = [s for kind, s in source if kind == 'markdown']
    code = [s for kind, s in source if kind == 'code']
    return exported, prose, code


def is_imports(cell):
    kinds = (ast.Import, ast.ImportFrom)
    return all(isinstance(n, kinds) for n in ast.parse(DIRECTIVE.sub('', cell)).body)


def figures(exported, prose, lines):
    "Characters of exported cells without their directives; import cells are no code to read"
    sizes = sorted(len(DIRECTIVE.sub('', c).strip()) for c in exported if not is_imports(c)) or [0]
    return dict(
        cells=len(sizes),
        median=statistics.median(sizes),
        p90=sizes[int(0.9 * (len(sizes) - 1))],
        largest=sizes[-1],
        prose=len(prose) / len(sizes) if prose else float('nan'),
        long=sum(len(line) > LONG for line in lines),
        longest=max(map(len, lines), default=0),
    )


def told(name, f):
    return (
        f'{name:26}{f["cells"]:7}{f["median"]:8.0f}{f["p90"]:7}{f["largest"]:9}{f["prose"]:7.2f}'
        f'{f["long"]:6}{f["longest"]:9}'
    )


def of_notebooks(paths):
    exported, prose, lines = [], [], []
    for path in paths:
        e, p, code = read_cells(path)
        exported, prose = exported + e, prose + p
        lines += [line for c in code for line in c.splitlines()]
    return figures(exported, prose, lines)


def of_library(name):
    "An installed library that nbdev has exported: each cell is marked in its modules"
    folder = Path(importlib.util.find_spec(name).origin).parent
    exported, lines = [], []
    for path in sorted(folder.glob('*.py')):
        text = path.read_text(encoding='utf-8')
        parts = re.split(r'^# %% [^\n]*\n', text, flags=re.M)[1:]
        exported += [p for p in parts if p.strip() and not p.startswith('__all__')]
        lines += [line for p in parts for line in p.splitlines()]
    return figures(exported, [], lines)


def wings():
    found = {}
    for path in sorted((ROOT / 'nbs').glob('*/*.ipynb')):
        if path.parent.name != 'rapporter' and '.ipynb_checkpoints' not in path.parts:
            found.setdefault(path.parent.name, []).append(path)
    return found


if __name__ == '__main__':
    own = wings()
    print(HEAD)
    if sys.argv[1:]:
        for path in own[sys.argv[1]]:
            print(told(path.stem, of_notebooks([path])))
        sys.exit()
    for wing, paths in own.items():
        print(told(wing, of_notebooks(paths)))
    print(told('ours', of_notebooks([p for paths in own.values() for p in paths])))
    for name in ('fastcore', 'nbdev'):
        print(told(name, of_library(name)))
    print('Prose is markdown cells per exported cell; the libraries ship none with their modules.')
