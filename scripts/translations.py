"""Compiles every catalogue (*.po) of the program whose compiled form (*.mo) is missing or older."""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = {"node_modules", "tests", "var"}


def main() -> int:
    """Compile what has changed; 1 when a catalogue cannot be read, with its name on stderr."""
    failed = False
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            compile_catalogue(source, target)
        except PoFileError as error:
            sys.stderr.write(f"translations: {source.relative_to(ROOT)}: {error}\n")
            failed = True
    return 1 if failed else 0


def catalogues() -> Iterator[Path]:
    """The catalogues of all packages."""
    for package in sorted(ROOT.iterdir()):
        if package.is_dir() and not package.name.startswith(".") and package.name not in OUTSIDE:
            yield from sorted(package.rglob("*.po"))


def compile_catalogue(source: Path, target: Path) -> None:
    """Write the compiled form beside the source, in one step, so that no reader meets half a file."""
    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    unfinished = target.with_suffix(".mo.part")
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(target)


if __name__ == "__main__":
    sys.exit(main())
