"""Runs notebooks one after another, each in a process of its own that has the libraries already

`python tests/anteckningsbok.py` reads the path of a notebook on each line, and answers each with a
line of JSON: `ok`, and what was printed. What a notebook leaves behind dies with its process.
"""

import json, os, signal, sys, tempfile
from pathlib import Path

LIBRARIES = (
    'highspy IPython.core.interactiveshell markdown_it matplotlib.pyplot nbdev.test nbformat numba'
    ' openpyxl pandas papermill pandera.pandas pydantic scipy.optimize scipy.sparse scipy.stats'
    ' seaborn typst docx pikepdf'
    ' finsam_genomlysning.gora.publicera finsam_genomlysning.visa.avsnitt'
)
SECONDS = 600
DONE = 77  # a notebook that ends its process by itself has not come to its end


def run(path, printed):
    "In the child: from top to bottom, in the notebook's own folder"
    os.dup2(printed.fileno(), 1)
    os.dup2(printed.fileno(), 2)
    os.chdir(path.parent)
    sys.path[0] = ''
    signal.alarm(SECONDS)
    ok, _ = sys.modules['nbdev.test'].test_nb(path)
    sys.stdout.flush()
    sys.stderr.flush()
    return ok


def answer(path):
    with tempfile.TemporaryFile() as printed:
        child = os.fork()
        if not child:
            code = 1
            try:
                code = DONE if run(path, printed) else 1
            except BaseException:
                sys.excepthook(*sys.exc_info())
                sys.stderr.flush()
            os._exit(code)
        _, status = os.waitpid(child, 0)
        printed.seek(0)
        return {
            'ok': os.waitstatus_to_exitcode(status) == DONE,
            'printed': printed.read().decode('utf-8', 'replace'),
        }


def main():
    for name in LIBRARIES.split():
        __import__(name)
    for line in sys.stdin:
        print(json.dumps(answer(Path(line.strip()))), flush=True)


if __name__ == '__main__':
    main()
