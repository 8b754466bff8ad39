"Builds the site of the documentation: `make dokumentation`, then open dokumentation/index.html"

from pathlib import Path

from finsam_genomlysning.gora.dokumentation import build_site

if __name__ == '__main__':
    root = Path(__file__).resolve().parents[1]
    print(build_site(root, root / 'dokumentation'))
