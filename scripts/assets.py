"""Installs the browser libraries that package-lock.json names and puts what the pages need under web/static/vendor.

The folder is git-ignored; each library's licence travels with it. Does nothing when the lock file has not changed.
With --runtime what only tests need is left out.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
BROWSER = ROOT / "web" / "static" / "vendor"
STAMP = BROWSER / ".installed"
OLDEST_NODE = 20


@dataclass(frozen=True)
class Library:
    """One package and the files that are taken from it, relative to its folder."""

    package: str
    files: tuple[str, ...]


LIBRARIES = (
    Library("htmx.org", ("dist/htmx.min.js",)),
    Library("htmx-ext-sse", ("dist/sse.min.js",)),
    Library("@alpinejs/csp", ("dist/cdn.min.js",)),
    Library("uplot", ("dist/uPlot.iife.min.js", "dist/uPlot.min.css")),
    Library("@picocss/pico", ("css/pico.min.css", "css/pico.slate.min.css", "css/pico.classless.min.css")),
    Library("@twilio/voice-sdk", ("dist/twilio.min.js",)),
)


class Unusable(Exception):
    """Something that the installation needs is missing; the message says what to do."""


def main() -> int:
    """Bring the folder up to date; 0, or 1 with a message on stderr."""
    is_runtime = "--runtime" in sys.argv[1:]
    everything = fingerprint()
    wanted = f"{everything} runtime" if is_runtime else everything
    # Where everything is installed, there is also what a run needs.
    if STAMP.is_file() and STAMP.read_text() in (wanted, everything):
        return 0
    try:
        install(is_runtime)
        shutil.rmtree(BROWSER, ignore_errors=True)
        for library in LIBRARIES:
            copy(library)
    except Unusable as error:
        sys.stderr.write(f"assets: {error}\n")
        return 1
    STAMP.write_text(wanted)
    return 0


def fingerprint() -> str:
    """What the folder depends on: the lock file and this list."""
    digest = hashlib.sha256()
    for path in (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install(is_runtime: bool) -> None:
    """Run `npm ci`, which installs exactly what the lock file says."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Unusable("node and npm are needed once, to install the browser libraries (Node.js 20 or newer).")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        raise Unusable(f"Node.js {version} is too old: {OLDEST_NODE} or newer is needed.")
    sys.stderr.write("assets: installing the browser libraries\n")
    command = [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", *(["--omit=dev"] if is_runtime else [])]
    outcome = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    if outcome.returncode != 0:
        raise Unusable("`npm ci` failed; the lines above say why.")


def copy(library: Library) -> None:
    """Copy one library's files, flat, beside its licence and a note of its version."""
    source = MODULES / library.package
    target = BROWSER / library.package.removeprefix("@").replace("/", "-")
    target.mkdir(parents=True, exist_ok=True)
    for name in library.files:
        if not (source / name).is_file():
            raise Unusable(f"{library.package} no longer has {name}: mend the list in scripts/assets.py.")
        shutil.copyfile(source / name, target / Path(name).name)
    for licence in sorted(source.glob("LICENSE*")) + sorted(source.glob("NOTICE*")):
        shutil.copyfile(licence, target / licence.name)
    about = json.loads((source / "package.json").read_text(encoding="utf-8"))
    words = f"{about['name']} {about['version']}\nLicence: {about.get('license', 'see LICENSE')}\n"
    (target / "ABOUT.txt").write_text(words, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
