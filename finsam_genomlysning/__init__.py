"""Genomlysning: from what a samordningsförbund hands in to accessible, protected reports

A script needs one import, `import finsam_genomlysning as fg`: `dir(fg)` lists what there is, and
`help(fg.read_underlag)` tells of one function. Names are looked up when they are used.
"""

__version__ = '0.2.0'


def __getattr__(name: str) -> object:
    if name.startswith('_'):
        raise AttributeError(name)
    from finsam_genomlysning.gora.ansikte import look_up

    globals()[name] = found = look_up(name)
    return found


def __dir__() -> list[str]:
    from finsam_genomlysning.gora.ansikte import ERRORS, FACE

    return sorted([*FACE, *ERRORS, '__version__'])
