"""Our own copy of an uploaded file: made once, safe on disk, and removed with its folder."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from campaigns.decoding import MAX_BYTES
from foundation.errors import Invalid

_CHUNK = 1 << 20


def keep_copy(content: BinaryIO, path: Path) -> tuple[int, str]:
    """Write a file to a new path; its size in bytes and its SHA-256 in hexadecimal digits.

    Raises:
        Invalid: it is empty or too large.
    """
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as target:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise Invalid(
                    "The file has more than %(megabytes)s MB. Split it and upload the parts.", megabytes=MAX_BYTES >> 20
                )
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())  # what is decided upon later must outlast a power cut
    if not size:
        raise Invalid("Choose a file first. This one is empty.")
    return size, digest.hexdigest()


def remove(path: Path) -> None:
    """Remove a copy, and the folder that is its own."""
    with suppress(FileNotFoundError):
        shutil.rmtree(path.parent)
