"`python -m finsam_genomlysning` is the same as `genomlysning`"
import sys
from finsam_genomlysning.cli import main

sys.exit(main())
