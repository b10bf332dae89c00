"""The modules that describe rows: every `tables.py`, and every `…_tables.py` of a package that has more than one."""

import importlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def import_all() -> None:
    """Import them all. Importing tables is what makes them known."""
    for path in sorted(ROOT.glob("*/*tables.py")):
        importlib.import_module(f"{path.parent.name}.{path.stem}")
