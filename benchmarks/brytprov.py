"""Do the tests bite? Breaks seeded lines, one at a time, in a copy, and counts how many are caught

python benchmarks/brytprov.py [how many, 60] [seed, 1] [processes, 2]

The lines are drawn over ord, rakna, nylage, skydd, granska and visa. For each, the notebook of its
module and the tests that name the module are run; a break is caught when one of them fails. What
survives is printed with its line. Run by hand: it takes a while and is no test.
"""

import ast, concurrent.futures, os, random, re, shutil, subprocess, sys, tempfile
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
                found[a, b] = (node.lineno, f'({ast.unparse(new)})')
    return found


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
    "Tests that name a module, and those of the wing's own names when none does"
    wing, name = Path(module).parts[-2], Path(module).stem
    pattern = re.compile(rf'finsam_genomlysning\.{wing}(\.{name}\b| import .*\b{name}\b)')
    tests = sorted((ROOT / 'tests').glob('test_*.py'))
    own = [p for p in tests if pattern.search(p.read_text(encoding='utf-8'))]
    quick = [p for p in own if 'utgav' not in p.name and p.name not in ('test_cli.py',)]
    return [f'tests/{p.name}' for p in quick or own]


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


def try_break(task):
    "Whether the closest tests catch one break"
    module, at, (number, instead) = task
    source = (ROOT / module).read_text(encoding='utf-8')
    broken = put_break(source, at, instead)
    with tempfile.TemporaryDirectory(prefix='brytprov-') as folder:
        copy = Path(folder) / 'kopia'
        skip = shutil.ignore_patterns('.git', '.venv', '__pycache__', 'reports', '.*cache')
        shutil.copytree(ROOT, copy, ignore=skip)
        (copy / module).write_text(broken, encoding='utf-8')
        before, after = source.splitlines(), broken.splitlines()
        if len(before) == len(after):
            break_notebook(copy, module, before[number - 1], after[number - 1])
        key = f'{Path(module).parts[-2]}.{Path(module).stem}'
        runs = [['tests/test_notebooks.py', '-k', key]]
        runs += [[t] for t in closest_tests(module)]
        env = {**os.environ, 'PYTHONPATH': str(copy), 'HYPOTHESIS_SEED': '1'}
        caught = next((r[0] for r in runs if fails(r, copy, env)), None)
    return module, number, before[number - 1].strip(), instead, caught


def fails(run, copy, env):
    command = [sys.executable, '-m', 'pytest', '-x', '-q', '-p', 'no:cacheprovider', *run]
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
