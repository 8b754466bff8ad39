"""What a report costs: executing its notebook, and writing it as web page, PDF and Word

python benchmarks/publicering.py [data package]
"""

import sys, tempfile, time
from pathlib import Path
from finsam_genomlysning.skriva.modell import read_report
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.gora.installningar import package_folder
from finsam_genomlysning.gora.plan import plan_reports
from finsam_genomlysning.gora.rapport import run_report_at
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.utgava import write_edition
from finsam_genomlysning.skriva.writer_docx import write_docx
from finsam_genomlysning.skriva.writer_html import write_html
from finsam_genomlysning.skriva.writer_pdf import write_pdf


def seconds(work, *args):
    t = time.process_time()
    return work(*args), time.process_time() - t


underlag = read_underlag(
    Path(sys.argv[1]) if len(sys.argv) > 1 else package_folder('data') / 'sodra_vatterbygden'
)
with tempfile.TemporaryDirectory() as d:
    content, cost = seconds(prepare_edition, underlag, underlag.forbund.meeting())
    print(f'tables and protection: {cost:.1f} CPU s')
    write_edition(content.utgava, Path(d))
    (Path(d) / 'notebooks').mkdir()
    print(f'{"report":24}{"run":>8}{"read":>8}{"html":>8}{"pdf":>8}{"docx":>8}{"writers/run":>14}')
    for p in plan_reports(underlag.forbund):
        nb, run = seconds(
            run_report_at,
            p.id,
            package_folder('rapporter') / f'{p.mall}.ipynb',
            dict(utgava='..', forra='', **dict(p.parametrar)),
            Path(d) / 'notebooks' / f'{p.id}.ipynb',
            Path(d) / 'notebooks',
        )
        report, read = seconds(read_report, nb, p.id)
        costs = [seconds(w, report)[1] for w in (write_html, write_pdf, write_docx)]
        print(
            f'{p.id:24}{run:8.2f}{read:8.2f}'
            + ''.join(f'{c:8.2f}' for c in costs)
            + f'{sum(costs) / run:14.2f}'
        )
