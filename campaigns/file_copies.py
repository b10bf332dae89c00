"""Our own copy of an uploaded file: made once, safe on disk, and removed with its folder."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self

from campaigns.decoding import MAX_BYTES
from foundation.errors import Invalid

_CHUNK = 1 << 20


class NamelessCopy:
    """A copy that has no name yet, so that nothing is left of it when nobody gives it one."""

    def __init__(self, file: BinaryIO, size: int, digest: str) -> None:
        self.size, self.digest = size, digest
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def fileno(self) -> int:
        """The number of the open file."""
        return self._file.fileno()

    def take_name(self, path: Path) -> tuple[int, str]:
        """Be the file at a new path, safe on disk; size and digest as `keep_copy` has them."""
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            # Only with a folder given this follows the link that stands for the file.
            os.link(f"/proc/self/fd/{self.fileno()}", path.name, dst_dir_fd=folder)
        except OSError:  # /proc is not there
            self._file.seek(0)
            return keep_copy(self._file, path)
        finally:
            os.close(folder)
        os.fsync(self.fileno())  # the name, too: what is decided upon later must outlast a power cut
        return self.size, self.digest


def copy_without_name(content: BinaryIO, folder: Path) -> NamelessCopy | None:
    """Copy a file into a folder, as yet without a name; None, with nothing read, where the file system cannot do that.

    Raises:
        Invalid: it is empty or too large.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = os.fdopen(os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600), "w+b")
    except (AttributeError, OSError):  # another system than Linux, or one of its simpler file systems
        return None
    try:
        return NamelessCopy(file, *_copy(content, file))
    except BaseException:
        file.close()
        raise


def keep_copy(content: BinaryIO, path: Path) -> tuple[int, str]:
    """Write a file to a new path; its size in bytes and its SHA-256 in hexadecimal digits.

    Raises:
        Invalid: it is empty or too large.
    """
    with path.open("xb") as target:
        kept = _copy(content, target)
        os.fsync(target.fileno())  # what is decided upon later must outlast a power cut
    return kept


def _copy(content: BinaryIO, target: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise Invalid(
                "The file has more than %(megabytes)s MB. Split it and upload the parts.", megabytes=MAX_BYTES >> 20
            )
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    if not size:
        raise Invalid("Choose a file first. This one is empty.")
    return size, digest.hexdigest()


def remove(path: Path) -> None:
    """Remove a copy, and the folder that is its own."""
    with suppress(FileNotFoundError):
        shutil.rmtree(path.parent)
