"""Puts Twilio's own OpenAPI descriptions under build/openapi, for the contract tests of the sandbox.

Twilio publishes them in an npm package of its command line (MIT). Only the files are wanted, not the program and the
hundreds of packages that it needs, so the package is fetched by `npm pack`, checked against the digest below, and read.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@twilio/cli-core@9.0.0"
INTEGRITY = "FPHm5gXAUwM2oATmQi3AGYPFz4Urg5G5/vDkpUu5WqNuwueQaS93HwXjdX1OM+miuq0LMimdfbXDTLEp4Nsjfg=="
FOLDER = "package/src/services/twilio-api/"
FILES = ("twilio_api_v2010.json", "twilio_lookups_v2.json", "twilio_monitor_v1.json", "twilio_voice_v1.json")
ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "openapi"
STAMP = TARGET / ".installed"


class Unusable(Exception):
    """The descriptions cannot be had; the message says why."""


def main() -> int:
    """Bring the folder up to date; 0, or 1 with a message on stderr."""
    wanted = f"{PACKAGE} {INTEGRITY} {FILES}"
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return 0
    try:
        with tempfile.TemporaryDirectory() as workshop:
            unpack(fetch(Path(workshop)))
    except Unusable as error:
        sys.stderr.write(f"openapi: {error}\n")
        return 1
    STAMP.write_text(wanted)
    return 0


def fetch(workshop: Path) -> Path:
    """Fetch the package and return its archive; Unusable when it is not the one that is known."""
    npm = shutil.which("npm")
    if npm is None:
        raise Unusable("npm is needed once, to fetch Twilio's API descriptions.")
    sys.stderr.write("openapi: fetching Twilio's API descriptions\n")
    command = [npm, "pack", PACKAGE, "--silent", "--pack-destination", str(workshop)]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise Unusable("`npm pack` failed; the lines above say why.")
    archive = next(workshop.glob("*.tgz"))
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != INTEGRITY:
        raise Unusable(f"{PACKAGE} is not the package that it was: its SHA-512 is {digest}.")
    return archive


def unpack(archive: Path) -> None:
    """Copy the wanted files, and the licence, out of the archive."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    with tarfile.open(archive) as packed:
        for name in (*(FOLDER + file for file in FILES), "package/LICENSE"):
            source = packed.extractfile(name)
            if source is None:
                raise Unusable(f"{PACKAGE} no longer has {name}.")
            (TARGET / Path(name).name).write_bytes(source.read())


if __name__ == "__main__":
    sys.exit(main())
