"Says whether export and clean changed a file: `spara` is called before and `jamfor` after"

import hashlib, json, sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MEMORY = ROOT / '.venv' / 'fore_export.json'


def files():
    found = [*ROOT.glob('nbs/**/*.ipynb'), *ROOT.glob('finsam_genomlysning/**/*.py')]
    return {
        str(p.relative_to(ROOT)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(found)
        if '.ipynb_checkpoints' not in p.parts
    }


if sys.argv[1:] == ['spara']:
    MEMORY.write_text(json.dumps(files()))
else:
    before, after = json.loads(MEMORY.read_text()), files()
    changed = sorted(f for f in before.keys() | after.keys() if before.get(f) != after.get(f))
    if changed:
        sys.exit(
            'Export or clean changed '
            + ', '.join(changed)
            + ': run `make check` and commit the result.'
        )
