"`python -m finsam_genomlysning` is the same as `genomlysning`"
import sys
from finsam_genomlysning.gora.cli import main

if __name__ == '__main__':  # a process that is started from here reads this file again
    sys.exit(main())
