"""Do the tests bite? Breaks seeded lines, one at a time, in a copy, and counts how many are caught

python benchmarks/brytprov.py [how many, 60] [seed, 1] [processes, 2]

The lines are drawn over ord, rakna, nylage, skydd, granska and visa. For each, the notebook of its
module and the tests that name the module are run; a break is caught when one of them fails that
passes in a copy with nothing broken. What survives is printed with its line. Run by hand: it takes
a while and is no test.
"""

import ast, concurrent.futures, contextlib, functools, os, random, re, shutil, subprocess, sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
WINGS = ('ord', 'rakna', 'nylage', 'skydd', 'granska', 'visa')
SECONDS = 400
COMPARE = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COUNT = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def breaks(node):
    "What a node could wrongly be instead; none when it is nothing that we break"
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARE:
        yield ast.Compare(node.left, [COMPARE[type(node.ops[0])]()], node.comparators)
    if isinstance(node, ast.BinOp) and type(node.op) in COUNT:
        if not any(isinstance(x, (ast.JoinedStr, ast.List)) for x in (node.left, node.right)):
            yield ast.BinOp(node.left, COUNT[type(node.op)](), node.right)
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.BoolOp(other, node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        yield ast.Constant(node.value + 1)


def spans(source):
    "Every break of a module: where it stands, and what stands there instead"
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    tree = ast.parse(source)
    inside = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    found = {}
    for function in inside:
        for node in (n for part in function.body for n in ast.walk(part)):
            for new in breaks(node):
                a = starts[node.lineno - 1] + node.col_offset
                b = starts[node.end_lineno - 1] + node.end_col_offset
                if stands_at(source, (a, b), node):
                    found[a, b] = (node.lineno, f'({ast.unparse(new)})')
    return found


def stands_at(source, at, node):
    "Whether a node is where it says: inside an f-string its place may be another"
    try:
        there = ast.parse(f'({source.encode()[at[0] : at[1]].decode()})', mode='eval')
    except (SyntaxError, UnicodeDecodeError):
        return False
    return ast.unparse(there) == ast.unparse(node)


def draw(how_many, seed):
    "Seeded breaks, spread over the wings"
    rng, drawn = random.Random(seed), []
    for n in range(how_many):
        wing = WINGS[n % len(WINGS)]
        paths = sorted((ROOT / 'finsam_genomlysning' / wing).glob('[a-z]*.py'))
        options = []
        for path in paths:
            for at, what in spans(path.read_text(encoding='utf-8')).items():
                options.append((path.relative_to(ROOT).as_posix(), at, what))
        drawn.append(rng.choice(options))
    return drawn


def closest_tests(module):
    "Tests that name a module; when none does, those that name the modules that import it"
    asked, found = {module}, named_in_tests(module)
    level = [module]
    while level and not found:
        level = sorted({m for name in level for m in importers(name)} - asked)
        asked.update(level)
        found = sorted({t for name in level for t in named_in_tests(name)})
    quick = [t for t in found if 'utgav' not in t and t != 'tests/test_cli.py']
    return quick or found


def named_in_tests(module):
    "Tests whose imports name a module"
    wing, name = Path(module).parts[-2], Path(module).stem
    pattern = re.compile(rf'finsam_genomlysning\.{wing}(\.{name}\b| import .*\b{name}\b)')
    tests = sorted((ROOT / 'tests').glob('test_*.py'))
    return [f'tests/{p.name}' for p in tests if pattern.search(p.read_text(encoding='utf-8'))]


def importers(module):
    "Modules that import one: by a dot within its wing, by two from another"
    wing, name = Path(module).parts[-2], Path(module).stem
    found = []
    for path in sorted((ROOT / 'finsam_genomlysning').glob('*/*.py')):
        near = rf'\.{name}' if path.parent.name == wing else rf'\.\.{wing}\.{name}'
        pattern = rf'^\s*from (finsam_genomlysning\.{wing}\.{name}|{near}) import '
        if re.search(pattern, path.read_text(encoding='utf-8'), re.M):
            found.append(path.relative_to(ROOT).as_posix())
    return found


def put_break(source, at, instead):
    raw = source.encode()
    return (raw[: at[0]] + instead.encode() + raw[at[1] :]).decode()


def break_notebook(copy, module, before, after):
    "The same break in the notebook, whose own tests run its own definitions"
    path = copy / 'nbs' / Path(module).parts[-2] / f'{Path(module).stem}.ipynb'
    text = path.read_text(encoding='utf-8')

    def encode(line):
        return line.replace('\\', '\\\\').replace('"', '\\"')

    if text.count(encode(before)) == 1:
        path.write_text(text.replace(encode(before), encode(after)), encoding='utf-8')
        return True
    return False


@contextlib.contextmanager
def a_copy():
    "The repository as it is, to be broken"
    with tempfile.TemporaryDirectory(prefix='brytprov-') as folder:
        copy = Path(folder) / 'kopia'
        skip = shutil.ignore_patterns('.git', '.venv', '__pycache__', 'reports', '.*cache')
        shutil.copytree(ROOT, copy, ignore=skip)
        yield copy


def try_break(task):
    "The closest tests that catch one break, or none"
    module, at, (number, instead) = task
    source = (ROOT / module).read_text(encoding='utf-8')
    broken = put_break(source, at, instead)
    before, after = source.splitlines(), broken.splitlines()
    key = f'{Path(module).parts[-2]}.{Path(module).stem}'
    runs = [('tests/test_notebooks.py', '-k', key), *((t,) for t in closest_tests(module))]
    with a_copy() as copy:
        (copy / module).write_text(broken, encoding='utf-8')
        if len(before) == len(after):
            break_notebook(copy, module, before[number - 1], after[number - 1])
        caught = next((r[0] for r in runs if fails(r, copy) and passes_unbroken(r)), None)
    return module, number, before[number - 1].strip(), instead, caught


@functools.cache
def passes_unbroken(run):
    "Tests that fail or last too long with nothing broken catch nothing"
    with a_copy() as copy:
        return not fails(run, copy)


def fails(run, copy):
    command = [sys.executable, '-m', 'pytest', '-x', '-q', '-p', 'no:cacheprovider', *run]
    env = {**os.environ, 'PYTHONPATH': str(copy), 'HYPOTHESIS_SEED': '1'}
    try:
        r = subprocess.run(command, cwd=copy, env=env, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return True  # a loop that never ends is seen
    return r.returncode not in (0, 5)  # 5: nothing to run


if __name__ == '__main__':
    how_many, seed, processes = (
        int(x) for x in (*sys.argv[1:], *('60', '1', '2')[len(sys.argv) - 1 :])
    )
    tasks, caught = draw(how_many, seed), 0
    with concurrent.futures.ThreadPoolExecutor(processes) as pool:
        for module, number, line, instead, by in pool.map(try_break, tasks):
            caught += by is not None
            if by is None:
                print(f'survived  {module}:{number}\n    {line}\n    -> {instead}', flush=True)
            else:
                print(f'caught    {module}:{number}  by {by}', flush=True)
    print(f'{caught} of {how_many} breaks were caught')
