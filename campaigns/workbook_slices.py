"""A large sheet of a workbook in slices: workbooks of some rows each, so that a reader never lays out all at once.

Cuts the text of the sheet where a row ends; what a cell holds is the reader's business. See `workbooks`.
"""

import tempfile
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO

# Sheets with less text are read as they are. A slice has a little more than this; the first one is small, so that rows
# come at once, unless all shared texts would be read for it.
SLICE_BYTES = 12 * 1024 * 1024
_FIRST_BYTES = 1024 * 1024
_SHARED_TEXTS = "xl/sharedStrings.xml"
_CHUNK = 1 << 18
_BEGIN = b"<sheetData>"
_ROW_END = b"</row>"
_END = b"</sheetData></worksheet>"
_EMPTY = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
_SHEETS = "xl/worksheets/"
_UNREAD = ("xl/media/", "xl/drawings/", "xl/charts/", "xl/printerSettings/", "xl/comments")


def slices_of(path: Path, slice_bytes: int = SLICE_BYTES) -> Generator[str]:
    """Where a workbook with some rows of the one large sheet can be read, slice by slice; each is gone with the next.

    Small sheets are in the first slice alone, and empty afterwards. There are no slices at all where no sheet is large
    or the large one cannot be cut: it stands beside another, or its rows do not say their numbers.
    """
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        large = [part.filename for part in parts if _is_sheet(part.filename) and part.file_size > slice_bytes]
        if len(large) != 1:
            return
        has_texts_apart = any(part.filename == _SHARED_TEXTS and part.file_size > _FIRST_BYTES for part in parts)
        with packed.open(large[0]) as source:
            sheet = _Sheet(source, slice_bytes if has_texts_apart else min(_FIRST_BYTES, slice_bytes))
            is_first = True
            while sheet.has_more:
                with tempfile.TemporaryFile() as file:
                    _write(packed, file, large[0], sheet, is_first=is_first)
                    # It has no name, so that nothing is left of it whatever happens to this process.
                    yield f"/dev/fd/{file.fileno()}"
                is_first, sheet.slice_bytes = False, slice_bytes


def _is_sheet(name: str) -> bool:
    return name.startswith(_SHEETS) and name.endswith(".xml")


class _Sheet:
    """The text of a sheet, taken part by part: what stands before all rows, then some whole rows."""

    def __init__(self, source: IO[bytes], slice_bytes: int) -> None:
        self._source, self.slice_bytes = source, slice_bytes
        self._chunk = min(_CHUNK, slice_bytes)
        self._head, found, self._rest = source.read(self._chunk).partition(_BEGIN)
        self.has_more = bool(found) and self._rest.lstrip().startswith(b"<row r=")

    def next_part(self) -> Iterator[bytes]:
        """The text of the next part, in pieces. The last one has what stands behind the rows, too."""
        yield self._head + _BEGIN
        held, size = self._rest, len(self._rest)
        while chunk := self._source.read(self._chunk):
            size += len(chunk)
            if size < self.slice_bytes:
                yield held
                held = chunk
                continue
            held += chunk  # it grows until a row ends in it
            cut = held.rfind(_ROW_END) + len(_ROW_END)
            if cut >= len(_ROW_END):
                yield held[:cut] + _END
                self._rest = held[cut:]
                return
        self.has_more = False
        yield held


def _write(packed: zipfile.ZipFile, file: IO[bytes], large: str, sheet: _Sheet, *, is_first: bool) -> None:
    with zipfile.ZipFile(file, "w") as sliced:
        for name in packed.namelist():
            if name.startswith(_UNREAD):
                continue
            with sliced.open(name, "w") as target:
                if name == large:
                    for piece in sheet.next_part():
                        target.write(piece)
                elif _is_sheet(name) and not is_first:
                    target.write(_EMPTY)
                else:
                    with packed.open(name) as source:
                        while chunk := source.read(_CHUNK):
                            target.write(chunk)
    file.flush()
