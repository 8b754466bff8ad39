"`python -m finsam_genomlysning` is the same as `genomlysning`"
import sys
from finsam_genomlysning.gora.cli import main

sys.exit(main())
