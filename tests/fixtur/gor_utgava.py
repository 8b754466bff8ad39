"Makes the tiny edition that the report notebooks open by default"

import shutil
from pathlib import Path
from finsam_genomlysning.gora.innehall import prepare_edition
from finsam_genomlysning.lasa.underlag import read_underlag
from finsam_genomlysning.skydd.utgava import write_edition

HERE = Path(__file__).parent
underlag = read_underlag(HERE / 'litet_forbund')
shutil.rmtree(HERE / 'utgava', ignore_errors=True)
write_edition(prepare_edition(underlag, underlag.forbund.meeting()).utgava, HERE / 'utgava')
